# SPDX-License-Identifier: MIT
"""Doxygen has nothing to complain of (`make docs`)."""
import pathlib
import shutil
import sys
import tempfile

import tap


def complaints(source):
    """What Doxygen says of a tree that has the project's shape."""
    if not shutil.which("doxygen"):
        raise tap.Skip("doxygen is not here")
    text = (tap.ROOT / "docs/Doxyfile.in").read_text()
    with tempfile.TemporaryDirectory() as folder:
        for name, value in (("version", "0"), ("source", str(source)), ("build", folder)):
            text = text.replace(f"@{name}@", value)
        doxyfile = pathlib.Path(folder) / "Doxyfile"
        doxyfile.write_text(text)
        done = tap.run(["doxygen", doxyfile], cwd=folder)
    return done.stderr if done.returncode else ""


def clean():
    """headers and pages pass Doxygen without a warning"""
    said = complaints(tap.ROOT)
    tap.check(not said, said)


def planted():
    """a function without documentation and a wrong parameter are caught"""
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder) / "tree"
        (tree / "include/kam").mkdir(parents=True)
        (tree / "docs").mkdir()
        for page in ("README.md", "README.zh-CN.md", "CHANGELOG.md", "CONTRIBUTING.md"):
            (tree / page).write_text("# Page\n")
        (tree / "include/kam/a.h").write_text(
            "/** @file kam/a.h */\nint kam_bare(int a);\n/** Good. @param b wrong */\nint kam_wrong(int a);\n")
        said = complaints(tree)
        tap.check("kam_bare" in said, f"a bare function passed: {said}")
        tap.check("kam_wrong" in said, f"a wrong parameter passed: {said}")


if __name__ == "__main__":
    sys.exit(tap.main([clean, planted]))
