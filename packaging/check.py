# SPDX-License-Identifier: MIT
"""check.py BUILD_DIR: README.md's program is built by each route of docs/embedding.md,
and prints what the page says. A route whose tool is missing is skipped."""
import json
import os
import pathlib
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/house"))
import readme  # noqa: E402
import tap  # noqa: E402
from version import version  # noqa: E402

PROGRAM, PRINTS = next(readme.programs((ROOT / "README.md").read_text()))
OFF = ["-Dtests=disabled", "-Dexamples=disabled", "-Dsqlite=disabled", "-Dpostgresql=disabled", "-Dduckdb=disabled"]

CMAKE = """cmake_minimum_required(VERSION 3.21)
project(consumer C)
find_package(kam {wanted} CONFIG REQUIRED)
add_executable(consumer consumer.c)
target_link_libraries(consumer PRIVATE {target})
"""

MESON = """project('consumer', 'c')
executable('consumer', 'consumer.c', dependencies: dependency('libkam', static: {static}))
"""


def needs(*tools):
    missing = [tool for tool in tools if not shutil.which(tool)]
    if missing:
        raise tap.Skip(f"{missing[0]} is not here")


def project(folder, name, text):
    """A program of its own in a folder, with the description its build system reads."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "consumer.c").write_text(PROGRAM)
    (folder / name).write_text(text)
    return folder


def answers(program, libraries=""):
    printed = tap.output([program], env={**os.environ, "LD_LIBRARY_PATH": str(libraries)})
    tap.check(printed == PRINTS, printed)


def linked(program):
    """Is it linked to the shared library?"""
    return "libkam" in tap.output(["readelf", "-dW", program])


def installed(work, name, source=ROOT, *options):
    """Where a build of its own installed itself, then was moved to."""
    build, stage, place = work / name, work / f"{name}-stage", work / f"{name}-installed"
    for old in (build, stage, place):
        shutil.rmtree(old, ignore_errors=True)
    tap.output(["meson", "setup", build, source, "--prefix=/opt/kam", "--libdir=lib", *OFF, *options])
    tap.output(["meson", "install", "-C", build], env={**os.environ, "DESTDIR": str(stage)})
    (stage / "opt/kam").rename(place)
    return place


def main(work):
    work = pathlib.Path(work).resolve() / "packages"
    work.mkdir(exist_ok=True)
    places, tarball = {}, work / f"dist/meson-dist/libkam-{version()}.tar.xz"

    def place(kind):
        if kind not in places:
            places[kind] = installed(work, kind, ROOT, f"-Ddefault_library={kind}")
        return places[kind]

    def cmake(name, prefix, target="kam::kam", wanted="0.1"):
        folder = project(work / name, "CMakeLists.txt", CMAKE.format(target=target, wanted=wanted))
        done = tap.run(["cmake", "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={prefix}"])
        if done.returncode == 0:
            done = tap.run(["cmake", "--build", folder / "build"])
        return done, folder / "build/consumer"

    def destdir():
        """DESTDIR holds everything, and nothing is written elsewhere"""
        place("both")
        tap.none([path for path in (work / "both-stage").rglob("*") if path.is_file()], "files outside the prefix")
        tap.check(not os.path.exists("/opt/kam"), "/opt/kam was written to")

    def cmake_shared():
        """CMake: find_package(kam) of a moved installation, shared"""
        needs("cmake")
        done, program = cmake("cmake-shared", place("both"))
        tap.check(done.returncode == 0, done.stdout + done.stderr)
        tap.check(linked(program), "not linked to libkam.so")
        answers(program)

    def cmake_static():
        """CMake: kam::static, and kam::kam where only the static library is"""
        needs("cmake")
        for name, kind, target in (("cmake-static", "both", "kam::static"), ("cmake-only", "static", "kam::kam")):
            done, program = cmake(name, place(kind), target)
            tap.check(done.returncode == 0, done.stdout + done.stderr)
            tap.check(not linked(program), "linked to libkam.so")
            answers(program)

    def cmake_version():
        """CMake: a version that this one does not serve is not found"""
        needs("cmake")
        major, minor, patch = map(int, version().split("."))
        for wanted, served in ((version(), True), (f"{major}.{minor}", True), (f"{major}", True),
                               (f"{version()} EXACT", True), (f"{major}.{minor}.{patch + 1}", False),
                               (f"{major + 1}.0", False), (f"{major}.{minor + 1}", False),
                               (f"{major}.{minor} EXACT", patch == 0)):
            done, _ = cmake("cmake-version", place("both"), wanted=wanted)
            tap.check((done.returncode == 0) == served, f"{wanted}: {done.stdout}{done.stderr}")

    def dist():
        """meson dist: the source distribution builds, and its tests pass"""
        shutil.rmtree(work / "dist", ignore_errors=True)
        tap.output(["meson", "setup", work / "dist", ROOT, "-Dtests=enabled", "-Dexamples=disabled"])
        tap.output(["meson", "dist", "-C", work / "dist", "--no-tests", "--allow-dirty"])
        shutil.rmtree(work / "dist-source", ignore_errors=True)
        shutil.unpack_archive(tarball, work / "dist-source")
        source = work / "dist-source" / f"libkam-{version()}"
        tap.output(["meson", "setup", source / "build", source, "-Dtests=enabled", "-Dexamples=disabled"])
        tap.output(["meson", "compile", "-C", source / "build"])
        tap.output([ROOT / "tools/run-tests", source / "build", "--suite", "score", "--suite", "value"])

    def subproject():
        """meson: a subproject by packaging/libkam.wrap and the source distribution"""
        tap.check(tarball.exists(), "no source distribution")
        for kind in ("shared", "static"):
            text = MESON.format(static=str(kind == "static").lower())
            folder = project(work / f"meson-{kind}", "meson.build", text)
            (folder / "subprojects/packagefiles").mkdir(parents=True)
            shutil.copy(ROOT / "packaging/libkam.wrap", folder / "subprojects")
            shutil.copy(tarball, folder / "subprojects/packagefiles")
            tap.output(["meson", "setup", folder / "build", folder])
            tap.output(["meson", "compile", "-C", folder / "build"])
            tap.check(linked(folder / "build/consumer") == (kind == "shared"), f"{kind}: linked otherwise")
            answers(folder / "build/consumer")

    def conan():
        """Conan: the recipe makes a package, shared and static, and its consumer runs"""
        conan = shutil.which("conan", path=os.pathsep.join([str(work.parent / "venv-check-all/bin"), os.environ["PATH"]]))
        if not conan:
            raise tap.Skip("conan is not here")
        needs("cmake")
        env = {**os.environ, "CONAN_HOME": str(work / "conan")}
        tap.output([conan, "profile", "detect", "--force"], env=env)
        shutil.rmtree(work / "conan-consumer", ignore_errors=True)
        shutil.copytree(ROOT / "packaging/conan/test_package", work / "conan-consumer")
        for shared in ("True", "False"):
            done = tap.run([conan, "create", ROOT / "packaging/conan", "--no-remote", "--build=missing",
                            "-tf", work / "conan-consumer", "-o", f"&:shared={shared}"], env=env)
            told = done.stdout + done.stderr
            tap.check(done.returncode == 0 and f"libkam {version()}\n" in told, told)

    def vcpkg():
        """vcpkg: the port's own steps, with stand-ins for vcpkg's functions, make a package"""
        needs("cmake")
        package = work / "vcpkg"
        shutil.rmtree(package, ignore_errors=True)
        tap.output(["cmake", f"-DWORK={package}", f"-DPORT_DIR={ROOT / 'packaging/vcpkg/libkam'}",
                    "-P", ROOT / "packaging/vcpkg/steps.cmake"])
        done, program = cmake("cmake-vcpkg", package / "packages")
        tap.check(done.returncode == 0, done.stdout + done.stderr)
        answers(program)

    def bill():
        """the bill of materials is valid CycloneDX"""
        path = place("both") / "share/libkam/libkam.cdx.json"
        component = json.loads(path.read_text())["metadata"]["component"]
        tap.check(component["version"] == version() and component["purl"].endswith("@" + version()), str(component))
        try:
            from cyclonedx.schema import SchemaVersion
            from cyclonedx.validation.json import JsonStrictValidator
            problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(path.read_text())
        except ImportError as error:
            raise tap.Skip("cyclonedx-python-lib is not here") from error
        tap.check(not problem, str(problem))

    return tap.main([destdir, cmake_shared, cmake_static, cmake_version, dist, subproject, conan, vcpkg, bill])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
