# SPDX-License-Identifier: MIT
"""exhausted.py PROGRAM ...: every public function that is lent a host was refused each
allocation once, told to stop at each look once, and ran in other orders and without
threads, as often as its comment says that it allocates, can be cancelled, or not.

The programs (tests/fuzz/exhaust.c) check each call and print what was done."""
import pathlib
import re
import sys

import tap

#: functions that no fuzz target lends a host to -> the unit test that fails each
#: allocation, or None where there is none to fail
ELSEWHERE = {
    "kam_arrow_schema": ("tests/data/test_arrow.c", "no_memory"),
    "kam_arrow_table": ("tests/data/test_arrow.c", "no_memory"),
    "kam_trees_from_xgboost": ("tests/churn/test_trees.c", "test_every_allocation"),
    "kam_trees_from_lightgbm": ("tests/churn/test_trees.c", "test_every_allocation"),
    "kam_trees_load": ("tests/churn/test_trees.c", "test_every_allocation"),
    "kam_trees_score": None,
    "kam_trees_contributions": None,
    "kam_trees_reasons": None,
}
#: functions that no random book lets answer -> the unit test whose books do
ANSWERED = {
    "kam_retention_fit": "tests/value/test_retention.c",
    "kam_retention_profile": "tests/value/test_profile.c",
}

#: the share of outcomes that another refusal elsewhere may take away
LOST = 0.05


def comments():
    """name -> (its comment, its parameters) of every public function."""
    found = {}
    for header in tap.HEADERS:
        for one in re.finditer(r"/\*\*((?:(?!\*/).)*)\*/\s*KAM_API\b[^;(]*?(\w+)\s*\(([^;]*)\)\s*;",
                               header.read_text(), re.DOTALL):
            found[one[2]] = (re.sub(r"\s*\n \* ?", " ", one[1]), one[3])
    return found


def wrong(name, text, done):
    """What was done with a function against what its comment says."""
    answered, refused, stopped, ordered, denied = done
    problems = []
    if not answered and name not in ANSWERED:
        problems.append("never answered")
    if re.search(r"\bAllocates\b", text) and not refused:
        problems.append("says that it allocates, and never did")
    if re.search(r"\bNever allocates\b", text) and refused:
        problems.append("says that it never allocates, and did")
    if re.search(r"\bcan be cancelled\b", text) and not stopped:
        problems.append("says that it can be cancelled, and never was")
    if bool(ordered) != bool(denied):
        problems.append("ran in an order, and not without threads")
    return [f"{name}: {what}" for what in problems]


def main(programs):
    done, said = {}, comments()
    lent = {name for name, (text, parameters) in said.items()
            if "kam_host *" in parameters or re.search(r"\bAllocates\b(?! nothing)", text)}

    def runs(program):
        def test():
            name = pathlib.Path(program).stem.removeprefix("exhaust_")
            told = tap.run([*tap.words("KAM_RUNS_BY"), program, tap.ROOT / f"tests/fuzz/outcomes_{name}.txt"])
            lost = [line for line in told.stdout.splitlines() if line.startswith("not seen: ")]
            tap.check(told.returncode == bool(lost), f"ended with {told.returncode}:\n{told.stdout[-2000:]}{told.stderr[-2000:]}")
            print(*(f"# {line}" for line in lost), sep="\n", end="\n" if lost else "")
            tap.check(len(lost) <= LOST * len((tap.ROOT / f"tests/fuzz/outcomes_{name}.txt").read_text().splitlines()),
                      "The target has changed: tests/fuzz/seek.c makes its outcomes anew.\n" + "\n".join(lost))
            for line in told.stdout.splitlines()[len(lost):]:
                name, *counts = line.split()
                done[name] = [a + int(b) for a, b in zip(done.get(name, [0] * 5), counts)]
        test.__doc__ = f"{pathlib.Path(program).name}: what calls come to, without memory, stopped, in every order"
        return test

    def complete():
        """every function that is lent a host was tried, or a unit test does"""
        tap.check(len(lent) > 100, f"only {len(lent)} functions were found")
        tap.none(sorted(lent - set(done) - set(ELSEWHERE)), "functions never tried")
        tap.none(sorted(name for name in ELSEWHERE if name not in lent or name in done), "names listed for nothing")
        tap.none([f"{name}: not in {test}" for name, test in ANSWERED.items() if f"{name}(" not in (tap.ROOT / test).read_text()])
        tap.none([f"{name}: no {test[1]} in {test[0]}" for name, test in ELSEWHERE.items()
                  if test and not re.search(rf"\b{test[1]}\b", (tap.ROOT / test[0]).read_text())], "tests")

    def as_said():
        """memory, looks and threads were asked for as the comments say"""
        tap.none([line for name in sorted(lent & set(done)) for line in wrong(name, said[name][0], done[name])])
        tap.check(sum(counts[4] > 0 for counts in done.values()) > 20, "few functions ever had threads")
        print("# functions {}, allocations refused {}, stops {}, runs in another order {}, without threads {}".format(
            len(lent & set(done)), *(sum(counts[i] for counts in done.values()) for i in range(1, 5))))

    def planted():
        """a comment that says otherwise is seen"""
        tap.check(wrong("f", "Allocates; can be cancelled.", [1, 0, 0, 0, 0]) ==
                  ["f: says that it allocates, and never did", "f: says that it can be cancelled, and never was"], "silence")
        tap.check(wrong("f", "Never allocates.", [0, 1, 0, 1, 0]) ==
                  ["f: never answered", "f: says that it never allocates, and did", "f: ran in an order, and not without threads"], "silence")

    return tap.main([*map(runs, programs), complete, as_said, planted])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
