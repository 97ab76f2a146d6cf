# SPDX-License-Identifier: MIT
"""What every file of the project keeps to."""
import re
import sys

import tap

# Put together from pieces, so that this file does not contain them.
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")
MACHINE = re.compile(r"(?<![\w.<>*$-])/(?:work|root|tmp|home|Users)/\w|[A-Z]:\\Users")
SOURCE = re.compile(r"\.(c|h|py|sh|map)$|(^|/)(meson\.build|meson_options\.txt|Makefile|Doxyfile\.in|\.clang-format)$|^tools/|^\.ci/")
TABS = re.compile(r"(^|/)(Makefile|.*\.csv|.*\.csv\.gz|.*\.tsv)$|\.go$")
DATA = re.compile(r"\.(csv|gz|txt|out|json)$|^tests/fuzz/corpus/")


def is_text(raw):
    return b"\0" not in raw


def problems_of(name, raw):
    """What is wrong with one file."""
    if not is_text(raw):
        return []
    found = []
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return [] if DATA.search(name) else [f"{name}: not UTF-8"]
    data = DATA.search(name)
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        at = f"{name}:{number}: "
        if not data and "\t" in line and not TABS.search(name):
            found.append(at + "a tab")
        if not data and line != line.rstrip():
            found.append(at + "blanks at the end of the line")
        if UNFINISHED.search(line):
            found.append(at + "an unfinished mark")
        if MACHINE.search(line):
            found.append(at + "a path of one machine")
    if not data and text and not text.endswith("\n"):
        found.append(f"{name}: the last line has no end")
    if not data and text.endswith("\n\n"):
        found.append(f"{name}: empty lines at the end")
    if SOURCE.search(name) and not any("SPDX-License-Identifier: MIT" in line for line in lines[:3]):
        found.append(f"{name}: no SPDX line")
    return found


def every_file():
    """no tabs, blanks at line ends, unfinished marks or machine paths; SPDX lines"""
    files = tap.tracked()
    tap.check(len(files) > 50, f"only {len(files)} files were found")
    tap.none([problem for path in files
              for problem in problems_of(str(path.relative_to(tap.ROOT)), path.read_bytes())])


def sizes():
    """no file above 1 MB"""
    tap.none([f"{path.relative_to(tap.ROOT)}: {path.stat().st_size} bytes" for path in tap.tracked()
              if path.stat().st_size > 1000000])


def planted():
    """each kind of slip is caught"""
    spdx = "/* SPDX-License-Identifier: MIT */\n"
    for slip, text in (("tab", "\tint a;\n"), ("blanks", "int a; \n"), ("end", "int a;"),
                       ("mark", "/* TO" "DO: later */\n"), ("path", 'const char *a = "/wo' 'rk/main/x";\n'),
                       ("empty", "int a;\n\n")):
        tap.check(problems_of("lib/base/a.c", (spdx + text).encode()), f"{slip} passed")
    tap.check(problems_of("lib/base/a.c", b"int a;\n"), "a file without an SPDX line passed")
    tap.check(not problems_of("lib/base/a.c", (spdx + "int a;\n").encode()), "a good file failed")


if __name__ == "__main__":
    sys.exit(tap.main([every_file, sizes, planted]))
