# SPDX-License-Identifier: MIT
"""Every public header compiles alone, twice, as C99, C11 and C++11."""
import pathlib
import shutil
import sys
import tempfile

import tap

STRICT = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only"]
C = tap.words("CC") or ["cc"]


def complaints(compiler, suffix, includes, folder):
    """What a compiler says of a file that holds nothing but these includes."""
    path = pathlib.Path(folder) / ("alone" + suffix)
    path.write_text("".join(f"#include <{name}>\n" for name in includes) + "int kam_alone;\n")
    done = tap.run([*compiler, *STRICT, "-I", tap.ROOT / "include", "-I", folder, path])
    return [f"{includes[0]}: {done.stderr}"] if done.returncode else []


def all_headers(compiler, suffix):
    with tempfile.TemporaryDirectory() as folder:
        problems = []
        for header in tap.HEADERS:
            problems += complaints(compiler, suffix, [f"kam/{header.name}"] * 2, folder)
    tap.none(problems, "headers that do not compile alone")


def c99():
    """headers alone as C99"""
    all_headers([*C, "-std=c99"], ".c")


def c11():
    """headers alone as C11"""
    all_headers([*C, "-std=c11"], ".c")


def cpp11():
    """headers alone as C++11"""
    compiler = shutil.which("g++") or shutil.which("clang++")
    if not compiler:
        raise tap.Skip("there is no C++ compiler")
    all_headers([compiler, "-std=c++11"], ".cc")


def planted():
    """a header that leans on others, and one that needs C11, are caught"""
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "leans.h").write_text("int32_t kam_leans(void);\n")
        (pathlib.Path(folder) / "new.h").write_text("struct a { int b; union { int c; int d; }; };\n")
        tap.check(complaints([*C, "-std=c99"], ".c", ["leans.h"], folder), "a missing include passed")
        tap.check(complaints([*C, "-std=c99"], ".c", ["new.h"], folder), "an anonymous union passed as C99")


def complete():
    """kam.h includes every header, and the build installs every header"""
    everything = (tap.ROOT / "include/kam/kam.h").read_text()
    installed = (tap.ROOT / "include/kam/meson.build").read_text()
    tap.none([header.name for header in tap.HEADERS
              if header.name not in ("kam.h", "export.h") and f'#include "{header.name}"' not in everything],
             "headers that kam.h leaves out")
    tap.none([header.name for header in tap.HEADERS if f"'{header.name}'" not in installed],
             "headers that are not installed")


if __name__ == "__main__":
    sys.exit(tap.main([c99, c11, cpp11, planted, complete]))
