# SPDX-License-Identifier: MIT
"""layout.py [--write]: sizes, offsets and numbers of the public headers, as
bindings rely on them, equal tests/golden/layout.txt (64-bit hosts).

The sizes of first versions (lib/base/first_version.h) are there, too: the least
struct_size that a caller may ever say. A C program made from the headers themselves prints them, so that nothing is
forgotten. --write makes the file anew: only ever add to it."""
import pathlib
import re
import sys
import tempfile

import tap

GOLDEN = tap.ROOT / "tests/golden/layout.txt"
FIRST = tap.ROOT / "lib/base/first_version.h"
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


def firsts():
    """The structs whose first version lib/base/first_version.h knows."""
    return re.findall(r"^#define KAM__LAST_(kam_\w+) \w+$", FIRST.read_text(), re.MULTILINE)


def sized(text):
    """The structs that begin with their own size."""
    return [name for name, members in structs(text) if members[0] == "struct_size"]


def held(text):
    """(struct, struct with a size that it holds by value)."""
    names = set(sized(text))
    return [(found[1], kind) for found in re.finditer(r"\btypedef struct (\w+)\s*\{(.*?)\}\s*\w+;", text, re.DOTALL)
            for kind in re.findall(r"\b(kam_\w+)\s+\w", found[2]) if kind in names]


def reads(text):
    """Where lib reads or writes a caller's struct by another size than the table's."""
    calls = re.finditer(r"\bkam__sized_(check|read|view|write|init)\(((?:[^()]|\([^()]*\))*)\)", text)
    at = {"check": 1, "read": 3, "view": 3, "write": 3, "init": 4}
    for call in calls:
        first = re.sub(r"\s+", " ", re.split(r",(?![^(]*\))", call[2])[at[call[1]]].strip())
        if not re.fullmatch(r"KAM__FIRST\(kam_\w+\)|job->first_version", first):
            yield f"kam__sized_{call[1]}: {first}"


def program(text):
    """The C program that prints the layout of what `text` declares."""
    lines = []
    for name, members in structs(text):
        lines.append(f'    printf("{name} %zu\\n", sizeof({name}));')
        lines += [f'    printf("{name}.{member} %zu %zu\\n", offsetof({name}, {member}), '
                  f'sizeof((({name} *)0)->{member}));' for member in members]
    lines += [f'    printf("{name} %lld\\n", (long long){name});' for name in enumerators(text)]
    lines += [f'    printf("KAM__FIRST({name}) %u\\n", KAM__FIRST({name}));' for name in firsts()]
    return ("#include <stddef.h>\n#include <stdio.h>\n#include <kam/kam.h>\n#include \"base/first_version.h\"\n"
            "int main(void) {\n"
            + "\n".join(lines) + "\n    return 0;\n}\n")


def declared():
    return "\n".join(tap.without_comments(header.read_text()) for header in tap.HEADERS)


def layout():
    text = declared()
    with tempfile.TemporaryDirectory() as folder:
        source, tool = pathlib.Path(folder) / "layout.c", pathlib.Path(folder) / "layout"
        source.write_text(program(text))
        tap.output([*CC, "-std=c11", "-I", tap.ROOT / "include", "-I", tap.ROOT / "lib", "-o", tool, source])
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


def first_versions():
    """every struct with a size has a first version, and lib reads and writes it by that"""
    names = sized(declared())
    tap.check(len(names) > 100, f"only {len(names)} structs were found")
    tap.check(firsts() == sorted(firsts()), "lib/base/first_version.h is not in order")
    tap.none(sorted({*names, "kam_account"} ^ set(firsts())), "names in one list only")
    tap.none([f"{source.relative_to(tap.ROOT)}: {problem}" for source in sorted((tap.ROOT / "lib").rglob("*.c"))
              if source.name != "sized.c" for problem in reads(source.read_text())], "other sizes")


def held_by_value():
    """a struct with a size that another holds by value has not grown"""
    size = dict(re.findall(r"^(\S+) (\d+)$", GOLDEN.read_text(), re.MULTILINE))
    pairs = held(declared())
    tap.check(len(pairs) >= 5, f"{pairs}")
    tap.none([f"{inner}, in {outer}" for outer, inner in pairs if size[inner] != size[f"KAM__FIRST({inner})"]])


def planted():
    """members of every shape are seen"""
    text = "typedef struct a { int b, c; double *d; char e[4]; int (*f)(void *g, int h); const struct x *i; } a;"
    tap.check(list(structs(text)) == [("a", ["b", "c", "d", "e", "f", "i"])], f"{list(structs(text))}")
    tap.check(list(enumerators("enum { KAM_A = 1, KAM_B = 2 };")) == ["KAM_A", "KAM_B"], "enumerators")
    text = "typedef struct kam_a { uint32_t struct_size; } kam_a; typedef struct kam_b { int n; kam_a a; kam_a *p; } kam_b;"
    tap.check(sized(text) == ["kam_a"] and held(text) == [("kam_b", "kam_a")], f"{sized(text)} {held(text)}")
    calls = "kam__sized_read(&o, sizeof(o), t, sizeof o, x); kam__sized_check(t, KAM__FIRST(kam_a), x)"
    tap.check(list(reads(calls)) == ["kam__sized_read: sizeof o"], f"{list(reads(calls))}")


if __name__ == "__main__":
    if "--write" in sys.argv:
        GOLDEN.write_text("# SPDX-License-Identifier: MIT\n"
                          "# Sizes, offsets (then sizes) of members, and numbers of the public headers\n"
                          "# on 64-bit hosts; last, the sizes of first versions. Made by\n"
                          "# tests/house/layout.py --write; bindings rely on it.\n"
                          + layout())
        sys.exit(0)
    sys.exit(tap.main([same, nothing_forgotten, first_versions, held_by_value, planted]))
