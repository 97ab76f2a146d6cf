# SPDX-License-Identifier: MIT
"""abi.py BUILD: programs built against the last tag work with this library.

The last tag, or before there is one the commit below, is built beside this tree, both
with debugging information. abidiff (of abigail-tools) says what changed between them:
functions may be added, and members at the end of structs that begin with their size
and that no other holds. Then the tests of the old Python binding, which knows the old
structs, run with the new library."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import layout
import tap

#: what stands for the last tag until there is one
BEFORE_TAGS = "5d9b5a916e0ab413c8fc24a16688a59123023a71"

#: bits of abidiff's exit status
ERROR, USAGE = 1, 2


def reference():
    """The commit to compare with."""
    if not shutil.which("git") or not (tap.ROOT / ".git").exists():
        raise tap.Skip("there is no history here")
    tag = tap.run(["git", "-C", tap.ROOT, "describe", "--tags", "--abbrev=0", "--match", "v*"])
    commit = tag.stdout.strip() if tag.returncode == 0 else BEFORE_TAGS
    if tap.run(["git", "-C", tap.ROOT, "cat-file", "-e", commit + "^{commit}"]).returncode:
        raise tap.Skip(f"{commit} is not in the history here")
    return commit


def may_grow(text):
    """The structs that may get members at the end."""
    return sorted(set(layout.sized(text)) - {inner for _, inner in layout.held(text)})


def changes(old, new, names, folder, *options):
    """What abidiff says that old callers would notice."""
    allowed = pathlib.Path(folder) / "allowed"
    allowed.write_text(f"[suppress_type]\n  type_kind = struct\n  name_regexp = ^({'|'.join(names)})$\n"
                       "  has_data_member_inserted_at = end\n")
    told = tap.run(["abidiff", "--no-show-locs", "--no-added-syms", "--suppressions", allowed, *options, old, new])
    tap.check(not told.returncode & (ERROR | USAGE), told.stdout + told.stderr)
    return told.stdout if told.returncode else ""


def build(source, place):
    """The shared library of a source tree, with debugging information."""
    tap.output(["meson", "setup", place, source, "-Dtests=disabled", "-Dexamples=disabled", "-Disa=false",
                "-Dbuildtype=debugoptimized", "-Ddefault_library=shared"])
    tap.output(["meson", "compile", "-C", place])
    return next(path for path in (place / "lib").iterdir() if re.fullmatch(r"libkam[.]so([.]\d+){3}", path.name))


def soname(library):
    return re.search(r"SONAME.*\[(.*)\]", tap.output(["readelf", "-dW", library]))[1]


def main(place):
    place = pathlib.Path(place).resolve() / "abi"
    shutil.rmtree(place, ignore_errors=True)
    old = place / "main"  # beside ../shared, as the tests of bindings look for it
    built = {}

    def libraries():
        """the last tag and this tree are built"""
        commit = reference()
        old.mkdir(parents=True)
        archive = subprocess.run(["git", "-C", tap.ROOT, "archive", commit], stdout=subprocess.PIPE, check=True)
        subprocess.run(["tar", "x", "-C", old], input=archive.stdout, check=True)
        if (tap.ROOT / "../shared").exists():
            (place / "shared").symlink_to((tap.ROOT / "../shared").resolve())
        built.update(old=build(old, place / "old"), new=build(tap.ROOT, place / "new"))
        print(f"# compared with {commit}")

    def needs(tool=None):
        if not built:
            raise tap.Skip("there is nothing to compare with")
        if soname(built["old"]) != soname(built["new"]):
            raise tap.Skip("another soname: both can be installed")
        if tool and not shutil.which(tool):
            raise tap.Skip(f"{tool} is not here")

    def nothing_taken():
        """abidiff sees functions that were added, and structs that grew at the end, and nothing else"""
        needs("abidiff")
        told = changes(built["old"], built["new"], may_grow(layout.declared()), place,
                       "--headers-dir1", old / "include/kam", "--headers-dir2", tap.ROOT / "include/kam")
        tap.check(not told, told)

    def lines_kept():
        """no offset, size or number of the last tag moved, and no first version did"""
        needs()
        grown = "|".join(may_grow(layout.declared()))
        before = (old / "tests/golden/layout.txt").read_text().splitlines()
        now = set((tap.ROOT / "tests/golden/layout.txt").read_text().splitlines())
        tap.none([line for line in before if line not in now and not line.startswith("#")
                  and not re.fullmatch(rf"({grown}) \d+|\w+[.]reserved\d? .*", line)], "lines")

    def old_callers():
        """the old Python binding and its tests work with the new library"""
        needs()
        environment = {**os.environ, "KAM_LIBRARY": str(built["new"]), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
        count, problems = 0, []
        for test in sorted((old / "bindings/python/tests").glob("test_*.py")):
            told = tap.run([sys.executable, "-B", test], env=environment)
            count += len(re.findall(r"^ok (?!.*# SKIP)", told.stdout, re.MULTILINE))
            if told.returncode:
                problems.append(f"{test.name}:\n{told.stdout}{told.stderr}")
        tap.none(problems)
        tap.check(count > 100, f"only {count} tests ran")
        print(f"# {count} tests of the old binding")

    def planted():
        """a member in the middle, a frozen struct that grows, a parameter and a lost function are seen"""
        if not shutil.which("abidiff"):
            raise tap.Skip("abidiff is not here")
        before = ("typedef struct kam_a { unsigned struct_size; int b; } kam_a; typedef struct kam_f { int b; } kam_f;\n"
                  "int kam_one(kam_a *a, kam_f *f) { return a->b + f->b; } int kam_two(int n) { return n; }\n")
        with tempfile.TemporaryDirectory() as folder:
            def library(name, text):
                source, made = pathlib.Path(folder) / f"{name}.c", pathlib.Path(folder) / f"{name}.so"
                source.write_text(text)
                tap.output([*(tap.words("CC") or ["cc"]), "-g", "-shared", "-fPIC", "-o", made, source])
                return made

            def seen(name, was, is_now):
                return changes(library("before", before), library(name, before.replace(was, is_now)), ["kam_a"], folder)
            tap.check(not seen("same", "", ""), "a change was seen where there is none")
            tap.check(not seen("grown", "int b; } kam_a", "int b, c; } kam_a"), "growth at the end was seen")
            tap.check(not seen("added", "int kam_two", "int kam_new(void) { return 1; } int kam_two"), "a new function was seen")
            for name, was, is_now in (("middle", "int b; } kam_a", "int c, b; } kam_a"), ("frozen", "int b; } kam_f", "int b, c; } kam_f"),
                                      ("parameter", "kam_two(int", "kam_two(double"), ("lost", "int kam_two", "static int kam_two")):
                tap.check(seen(name, was, is_now), f"{name} was not seen")

    return tap.main([planted, libraries, nothing_taken, lines_kept, old_callers])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
