# SPDX-License-Identifier: MIT
"""consumer.py BUILD_DIR: an installed libkam serves README.md's program by
pkg-config."""
import os
import pathlib
import sys
import tempfile

import readme
import tap

CC = tap.words("CC") or ["cc"]
PROGRAM, PRINTS = next(readme.programs((tap.ROOT / "README.md").read_text()))


def main(build):
    with tempfile.TemporaryDirectory() as folder:
        return check(build, pathlib.Path(folder))


def check(build, folder):
    stage = folder / "stage"
    tap.output(["meson", "install", "-C", build, "--no-rebuild"], env={**os.environ, "DESTDIR": str(stage)})
    files = sorted(str(path.relative_to(stage)) for path in stage.rglob("*") if not path.is_dir())
    module = next(stage.rglob("libkam.pc"))
    prefix = next(line for line in module.read_text().splitlines() if line.startswith("prefix="))[7:]
    source = folder / "consumer.c"
    source.write_text(PROGRAM)

    def flags(*wanted):
        return tap.output(["pkg-config", f"--define-variable=prefix={stage}{prefix}", *wanted, "libkam"],
                          env={**os.environ, "PKG_CONFIG_LIBDIR": str(module.parent),
                               "PKG_CONFIG_ALLOW_SYSTEM_CFLAGS": "1"}).split()

    def build_with(*options):
        return tap.run([*CC, "-std=c99", "-o", folder / "consumer", source, *options])

    def answers(**environment):
        printed = tap.output([folder / "consumer"], env={**os.environ, **environment})
        tap.check(printed == PRINTS, printed)

    def contents():
        """what is installed: headers, both libraries, libkam.pc, CMake's files, what it is made of"""
        names = {pathlib.PurePath(name).name for name in files}
        wanted = {header.name for header in tap.HEADERS} | {"libkam.so", "libkam.a", "libkam.pc",
                                                          "kamConfig.cmake", "kamConfigVersion.cmake", "libkam.cdx.json"}
        tap.none(sorted(wanted - names), "missing files")
        known = ("/include/kam/", "/pkgconfig/libkam.pc", "/libkam.", "/bin/kam-", "/cmake/kam/", "/share/libkam/")
        tap.none([name for name in files if not any(part in "/" + name for part in known)], "other files")

    def alone():
        """without pkg-config's flags the program does not build"""
        tap.check(build_with().returncode != 0, "it built: this machine has another libkam installed")

    def shared():
        """a program links the shared library and runs"""
        done = build_with(*flags("--cflags", "--libs"))
        tap.check(done.returncode == 0, done.stderr)
        tap.check("libkam.so" in tap.output(["readelf", "-dW", folder / "consumer"]), "not linked to libkam.so")
        answers(LD_LIBRARY_PATH=str(next(stage.rglob("libkam.so")).parent))

    def static():
        """a program links the static library and runs without the shared one"""
        libdir = flags("--variable=libdir")[0]
        done = build_with(*flags("--cflags"), f"{libdir}/libkam.a", "-lm")
        tap.check(done.returncode == 0, done.stderr)
        tap.check("libkam" not in tap.output(["readelf", "-dW", folder / "consumer"]), "linked to libkam.so")
        answers()

    return tap.main([contents, alone, shared, static])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
