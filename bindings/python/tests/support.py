# SPDX-License-Identifier: MIT
"""What the tests of the binding share: TAP from tests/house, and the sample book."""
import csv
import gzip
import importlib
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "bindings/python"), str(ROOT / "tests/house")]

import kam  # noqa: E402
import tap  # noqa: E402

SHARED = ROOT.parent / "shared"
AS_OF = "2024-12-31"


def raised(kind, call):
    """The exception of this kind that a call ends in."""
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__} was raised")


def need(name):
    """A package that may not be here."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise tap.Skip(f"no {name}") from None


def same(actual, expected, about=""):
    tap.check(actual == expected, f"{actual!r}, expected {expected!r} {about}")


def bits(one):
    return one.tobytes() if isinstance(one, memoryview) else one


def same_table(actual, expected, rows=slice(None)):
    """Every column to the bit."""
    same(actual.column_names, expected.column_names)
    for name in expected:
        tap.check(bits(actual[name]) == bits(expected[name][rows]), f"column {name} differs")


def orders():
    """The sample book as lists: days and names are texts, "" is none."""
    with open(ROOT / "examples/data/orders.csv", encoding="utf-8", newline="") as text:
        table = list(csv.DictReader(text))
    made = {name: [row[name] or None for row in table] for name in table[0]}
    for name in ("revenue", "cost"):
        made[name] = [None if value is None else float(value) for value in made[name]]
    return made


def ledger(table=None, **options):
    return kam.Ledger(orders() if table is None else table, **{"cost": "cost", "order": "order", "as_of": AS_OF, **options})


def shared(*path):
    """Rows of a table beside the repository, or Skip."""
    full = SHARED.joinpath(*path)
    if not full.exists():
        raise tap.Skip("no ../shared/" + "/".join(path))
    opener = gzip.open if full.suffix == ".gz" else open
    with opener(full, "rt", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def main(names):
    """Runs every test_* of a module."""
    sys.exit(tap.main([test for name, test in names.items() if name.startswith("test_")]))


KAM_SCORE = os.environ.get("KAM_SCORE")
