# SPDX-License-Identifier: MIT
"""How long things may be: a source file 400 lines, a public header 200, a
function 80."""
import re
import sys

import tap

FILE, HEADER, FUNCTION = 400, 200, 80


def functions(text):
    """(name, first line, lines) of every function defined in a C file: braces at
    the outermost level that follow a closing parenthesis."""
    text = tap.without_comments(text)
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*",
                  lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.MULTILINE)
    found = []
    depth = 0
    head = start = 0  # where the text before a brace began; where the brace is
    for at, letter in enumerate(text):
        if letter == "{":
            if depth == 0:
                start = at
            depth += 1
        elif letter == "}":
            depth -= 1
            if depth == 0:
                before = text[head:start].rstrip()
                name = re.search(r"(\w+)\s*\([^{}]*\)$", before, re.DOTALL)
                if name:
                    first = head + len(text[head:start]) - len(text[head:start].lstrip())
                    found.append((name[1], text.count("\n", 0, first) + 1,
                                  text.count("\n", first, at) + 1))
                head = at + 1
        elif letter == ";" and depth == 0:
            head = at + 1
    return found


def too_long(text, limit=FUNCTION):
    return [(name, line, lines) for name, line, lines in functions(text) if lines > limit]


def files():
    """no file in lib/ above 400 lines"""
    tap.none([f"{path.relative_to(tap.ROOT)}: {lines} lines" for path in sorted((tap.ROOT / "lib").rglob("*.[ch]"))
              for lines in [len(path.read_text().splitlines())] if lines > FILE])


def headers():
    """no public header above 200 lines"""
    tap.none([f"{path.name}: {lines} lines" for path in tap.HEADERS
              for lines in [len(path.read_text().splitlines())] if lines > HEADER])


def all_functions():
    """no function in lib/ or examples/ above 80 lines"""
    count = 0
    problems = []
    for room in ("lib", "examples"):
        for path in sorted((tap.ROOT / room).rglob("*.[ch]")):
            text = path.read_text()
            count += len(functions(text))
            problems += [f"{path.relative_to(tap.ROOT)}:{line}: {name} has {lines} lines"
                         for name, line, lines in too_long(text)]
    tap.none(problems)
    tap.check(count > 50, f"only {count} functions were found: the scan is blind")


def planted():
    """the scan sees long functions, and only functions"""
    body = "    x++; /* } */\n" * 79
    text = f'#define A {{\nstatic const char *t[] = {{"}}"}};\nstruct s {{ int a; }};\nint\nf(int x) {{\n{body}}}\nint g(void) {{ return 0; }}\n'
    tap.check([name for name, _, _ in functions(text)] == ["f", "g"], f"found {functions(text)}")
    tap.check(too_long(text) == [("f", 4, 82)], f"lengths {functions(text)}")


if __name__ == "__main__":
    sys.exit(tap.main([files, headers, all_functions, planted]))
