# SPDX-License-Identifier: MIT
"""docs/rules.md is true: every rule has its row, and every function, test and page
that it names is there and knows of the rule."""
import re
import sys

import tap

PAGE = tap.ROOT / "docs/rules.md"
RULES = [f"{letter}{i}" for letter, last in (("T", 9), ("P", 6), ("K", 15), ("L", 4), ("A", 2)) for i in range(1, last + 1)]


def rows(text):
    """The cells of every row of every table, without heads."""
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith(("|---", "| id ", "| where ", "| property ")):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def tests_of(cell):
    """(file, test) of a cell such as `a.c` test_b test_c; `d.py` test_e"""
    for part in cell.split(";"):
        file = re.search(r"`([\w/]+\.(?:c|py))`", part)
        for name in re.findall(r"\btest_\w+", part.replace(file[0], "") if file else part):
            yield (file[1] if file else None), name


def lost_tests(text):
    """Tests that are named, but not there or not run."""
    lost = []
    for cells in rows(text):
        for file, name in tests_of(cells[-2] if len(cells) == 5 else cells[-1]):
            path = tap.ROOT / "tests" / str(file)
            source = path.read_text() if path.exists() else ""
            runs = f"cmocka_unit_test({name})" if path.suffix == ".c" else f"def {name}("
            if runs not in source:
                lost.append(f"{file}: {name}")
    return lost


def cites(text, rule):
    """Whether a text names a rule, alone or in a range such as K1-K15."""
    letter, number = rule[0], int(rule[1:])
    return any(low <= number <= high for low, high in (
        (int(found[1]), int(found[2] or found[1]))
        for found in re.finditer(rf"\b{letter}(\d+)(?:-{letter}(\d+))?\b", text)))


def all_rules():
    """every rule has one row, with functions, tests and a page"""
    found = [cells for cells in rows(PAGE.read_text()) if len(cells) == 5]
    tap.check([cells[0] for cells in found] == RULES, f"rows are {[cells[0] for cells in found]}")
    tap.none([cells[0] for cells in found if "`kam_" not in cells[2] or "test_" not in cells[3] or ".md" not in cells[4]],
             "rules that lack a function, a test or a page")


def functions():
    """every function that is named is public, and its header cites the rule"""
    headers = {name: header for header in tap.HEADERS for name, _ in tap.public_functions(header)}
    problems = []
    for cells in rows(PAGE.read_text()):
        for name in re.findall(r"`(kam_\w+)`", cells[2]) if len(cells) == 5 else []:
            if name not in headers:
                problems.append(f"{cells[0]}: {name} is not public")
        if len(cells) == 5 and not any(cites(headers[name].read_text(), cells[0])
                                       for name in re.findall(r"`(kam_\w+)`", cells[2]) if name in headers):
            problems.append(f"{cells[0]}: no header of its functions cites it")
    tap.none(problems)


def tests():
    """every test that is named is there and runs"""
    tap.none(lost_tests(PAGE.read_text()), "tests that are named but not there")


def cited():
    """the page of every rule, a file of the library and a test cite its id"""
    library = "\n".join(path.read_text() for path in sorted((tap.ROOT / "lib").glob("*/*.[ch]")))
    problems = []
    for cells in rows(PAGE.read_text()):
        if len(cells) != 5:
            continue
        page = tap.ROOT / "docs" / re.search(r"\(([\w/.]+)\)", cells[4])[1]
        if not page.exists() or not cites(page.read_text(), cells[0]):
            problems.append(f"{cells[0]}: {page.name} does not cite it")
        if not cites(library, cells[0]):
            problems.append(f"{cells[0]}: no file in lib/ cites it")
        files = {file for file, _ in tests_of(cells[3])}
        if not any(cites((tap.ROOT / "tests" / str(file)).read_text(), cells[0]) for file in files):
            problems.append(f"{cells[0]}: none of {', '.join(sorted(map(str, files)))} cites it")
    tap.none(problems)


def planted():
    """a test that is not there is caught, as is one that is not run"""
    row = "| T1 | x | `kam_tier_name` | `tier/test_tier.c` {} | [tier](models/tier.md) |\n"
    tap.check(lost_tests(row.format("test_that_never_was")), "a test that is not there passed")
    tap.check(not lost_tests(row.format("test_payment_tiers")), "a good row failed")
    tap.check(lost_tests("| edge | what | `tier/none.c` test_names |\n"), "a file that is not there passed")
    tap.check(cites("K1-K15", "K7") and not cites("K1-K5", "K7") and not cites("T12", "T1"), "citations")


if __name__ == "__main__":
    sys.exit(tap.main([all_rules, functions, tests, cited, planted]))
