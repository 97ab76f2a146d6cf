# SPDX-License-Identifier: MIT
"""tools/run-tests counts what meson's log says, crashes included."""
import importlib.machinery
import importlib.util
import sys

import tap

LOADER = importlib.machinery.SourceFileLoader("run_tests", str(tap.ROOT / "tools/run-tests"))
SPEC = importlib.util.spec_from_loader("run_tests", LOADER)
RUN_TESTS = importlib.util.module_from_spec(SPEC)
sys.dont_write_bytecode = True
LOADER.exec_module(RUN_TESTS)


def counts(expected, result, stdout, name=""):
    told = RUN_TESTS.count({"name": name, "result": result, "stdout": stdout, "returncode": 0})
    tap.check(told == expected, f"{told}, expected {expected} of {stdout!r} ({result})")


def subtests():
    """subtests are counted, not programs"""
    counts((2, 0, 0), "OK", "1..2\nok 1 - a\nok 2 - b\n")
    counts((1, 1, 0), "FAIL", "1..2\nok 1 - a\nnot ok 2 - b\n# why\n")
    counts((1, 0, 1), "OK", "1..2\nok 1 - a\nok 2 - b # SKIP not here\n")
    counts((3, 0, 0), "OK", "1..1\nok 1 - a\n1..2\nok 1 - b\nok 2 - c\n")


def crashes():
    """a crash, a hang and a bad exit status are failed tests"""
    counts((1, 2, 0), "ERROR", "1..3\nok 1 - a\n")
    counts((0, 1, 0), "ERROR", "")
    counts((0, 1, 0), "TIMEOUT", "")
    counts((2, 1, 0), "ERROR", "1..2\nok 1 - a\nok 2 - b\n")


def whole_programs():
    """a program without TAP is one test"""
    counts((1, 0, 0), "OK", "all is well\n")
    counts((0, 1, 0), "FAIL", "")
    counts((0, 0, 1), "SKIP", "")


def told():
    """what failed is told, with its diagnostics"""
    tap.check(RUN_TESTS.failures("1..2\nok 1 - a\n# fine\nnot ok 2 - b\n# why\n") ==
              ["    not ok 2 - b", "    # why"], "wrong lines")


if __name__ == "__main__":
    sys.exit(tap.main([subtests, crashes, whole_programs, told]))
