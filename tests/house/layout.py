# SPDX-License-Identifier: MIT
"""layout.py [--write]: sizes, offsets and numbers of the public headers, as
bindings rely on them, equal tests/golden/layout.txt (64-bit hosts).

A C program made from the headers themselves prints them, so that nothing is
forgotten. --write makes the file anew: only ever add to it."""
import pathlib
import re
import sys
import tempfile

import tap

GOLDEN = tap.ROOT / "tests/golden/layout.txt"
CC = tap.words("CC") or ["cc"]


def structs(text):
    """(name, members) of every struct with a body."""
    for found in re.finditer(r"\btypedef struct (\w+)\s*\{(.*?)\}\s*\w+;", text, re.DOTALL):
        members = []
        for member in found[2].split(";"):
            pointer = re.search(r"\(\s*\*\s*(\w+)\s*\)\s*\(", member)
            if pointer:
                members.append(pointer[1])
            elif member.strip():
                members += re.findall(r"(\w+)\s*(?:\[[^]]*\])*\s*(?:,|$)", member.strip())
        yield found[1], members


def enumerators(text):
    for found in re.finditer(r"\benum\s*\w*\s*\{(.*?)\}", text, re.DOTALL):
        yield from re.findall(r"\b(KAM_\w+)\s*=", found[1])


def program(text):
    """The C program that prints the layout of what `text` declares."""
    lines = []
    for name, members in structs(text):
        lines.append(f'    printf("{name} %zu\\n", sizeof({name}));')
        lines += [f'    printf("{name}.{member} %zu %zu\\n", offsetof({name}, {member}), '
                  f'sizeof((({name} *)0)->{member}));' for member in members]
    lines += [f'    printf("{name} %lld\\n", (long long){name});' for name in enumerators(text)]
    return ("#include <stddef.h>\n#include <stdio.h>\n#include <kam/kam.h>\nint main(void) {\n"
            + "\n".join(lines) + "\n    return 0;\n}\n")


def layout():
    text = "\n".join(tap.without_comments(header.read_text()) for header in tap.HEADERS)
    with tempfile.TemporaryDirectory() as folder:
        source, tool = pathlib.Path(folder) / "layout.c", pathlib.Path(folder) / "layout"
        source.write_text(program(text))
        tap.output([*CC, "-std=c11", "-I", tap.ROOT / "include", "-o", tool, source])
        return tap.output([tool])


def same():
    """sizes, offsets and numbers are those bindings were told"""
    if sys.maxsize < 2**33:
        raise tap.Skip("this is not a 64-bit machine")
    now = layout().splitlines()
    before = [line for line in GOLDEN.read_text().splitlines() if line and not line.startswith("#")]
    tap.none([f"- {line}" for line in before if line not in set(now)] +
             [f"+ {line}" for line in now if line not in set(before)], "differences")


def nothing_forgotten():
    """every struct and every member is in the layout"""
    text = GOLDEN.read_text()
    typedefs = {name for header in tap.HEADERS
                for name in re.findall(r"\btypedef struct \w+\s*\{.*?\}\s*(\w+);",
                                       tap.without_comments(header.read_text()), re.DOTALL)}
    tap.none([name for name in typedefs if not re.search(rf"^{name} \d+$", text, re.MULTILINE)], "structs")
    tap.check(len(typedefs) >= 20, f"only {len(typedefs)} structs were found")


def planted():
    """members of every shape are seen"""
    text = "typedef struct a { int b, c; double *d; char e[4]; int (*f)(void *g, int h); const struct x *i; } a;"
    tap.check(list(structs(text)) == [("a", ["b", "c", "d", "e", "f", "i"])], f"{list(structs(text))}")
    tap.check(list(enumerators("enum { KAM_A = 1, KAM_B = 2 };")) == ["KAM_A", "KAM_B"], "enumerators")


if __name__ == "__main__":
    if "--write" in sys.argv:
        GOLDEN.write_text("# SPDX-License-Identifier: MIT\n"
                          "# Sizes, offsets (then sizes) of members, and numbers of the public headers\n"
                          "# on 64-bit hosts. Made by tests/house/layout.py --write; bindings rely on it.\n"
                          + layout())
        sys.exit(0)
    sys.exit(tap.main([same, nothing_forgotten, planted]))
