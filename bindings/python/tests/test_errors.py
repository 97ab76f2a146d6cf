# SPDX-License-Identifier: MIT
"""Statuses become exceptions that say where; what is refused leaves no mark."""
import os
import subprocess
import sys

from support import ROOT, kam, ledger, main, raised, same, tap
from kam import _ffi, _library
from kam._errors import error_of

BOOK = {"repeat_orders": [2.0, 1.0, 0.0, 5.0], "last_order_periods": [30.0, 2.0, 0.0, 20.0],
        "age_periods": [39.0, 39.0, 38.0, 40.0]}


def test_row_and_value():
    """an exception has status, name, argument, row, value and message"""
    error = raised(kam.KamError, lambda: kam.backtest.event([0.5, 0.25, 1.5], [0.0, 1.0, 1.0]))
    same((error.status, error.name, error.row, error.value), (4, "KAM_ERR_OPTION", 2, 1.5))
    tap.check("probability" in error.argument and "1.5" in error.message, str(error))
    tap.check("KAM_ERR_OPTION" in str(error) and error.message in str(error), str(error))


def test_kinds():
    """every code has a class that is also Python's own"""
    kinds = {1: ValueError, 4: ValueError, 6: TypeError, 20: ValueError, 22: ValueError, 40: ArithmeticError,
             41: ArithmeticError, 60: MemoryError, 61: RuntimeError, 62: InterruptedError}
    for status, kind in kinds.items():
        error = error_of(status)
        tap.check(isinstance(error, kind) and isinstance(error, kam.KamError), f"{status} is {type(error)}")
        same((error.status, error.row, error.value), (status, None, None))
        tap.check(kam.status.text(status) in str(error), str(error))


def test_argument():
    """a wrong option names itself"""
    model = kam.btyd.Model("bgnbd", r=0.24, alpha=4.4, a=0.79, b=2.4)
    error = raised(ValueError, lambda: model.alive(BOOK, ahead_periods=-1.0))
    same((error.argument, error.value), ("ahead_periods", -1.0))
    raised(kam.KamValueError, lambda: kam.btyd.Model("bgnbd", r=0.24))
    raised(kam.KamValueError, lambda: kam.btyd.Model("nosuch", r=0.24))


def test_verdict_has_a_model():
    """a fit at the edge raises, with the best point found"""
    error = raised(kam.KamError, lambda: kam.btyd.fit(
        {"repeat_orders": [3.0] * 40, "last_order_periods": [30.0] * 40, "age_periods": [30.0] * 40}, "bgnbd"))
    tap.check(error.status in (_ffi.KAM_ERR_AT_BOUND, _ffi.KAM_ERR_FLAT, _ffi.KAM_ERR_NOT_CONVERGED), str(error))
    same(list(error.model.parameters), ["r", "alpha", "a", "b"])
    same(error.model.report["status"], error.name)


def test_empty():
    """a book that cannot answer is a KamDataError"""
    error = raised(kam.KamDataError, lambda: kam.btyd.fit({name: [] for name in BOOK}))
    same(error.name, "KAM_ERR_EMPTY")
    same(error.model, None)


def test_cancelled():
    """progress that says stop cancels; what it raises is raised"""
    error = raised(InterruptedError, lambda: kam.btyd.fit(BOOK, "bgnbd", progress=lambda done, total: True))
    same(error.name, "KAM_ERR_CANCELLED")

    def stop(done, total):
        raise KeyboardInterrupt

    raised(KeyboardInterrupt, lambda: ledger(progress=stop).summary())


def test_progress():
    """progress is told how far it is"""
    seen = []
    kam.btyd.Model("bgnbd", r=0.24, alpha=4.4, a=0.79, b=2.4).alive(
        BOOK, progress=lambda done, total: seen.append((done, total)))
    tap.check(seen and all(0 <= done <= total for done, total in seen), f"{seen}")


def child(code, **environment):
    return subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT / "bindings/python"), **environment})


def test_not_found():
    """without a library, one error says what was tried"""
    done = child("import kam", KAM_LIBRARY="/nowhere/libkam.so")
    tap.check(done.returncode == 1 and "KamLibraryNotFound" in done.stderr and "/nowhere/libkam.so" in done.stderr,
              done.stderr)


def test_wrong_library():
    """a library that is not libkam is refused"""
    done = child("import kam", KAM_LIBRARY="libc.so.6")
    tap.check("KamLibraryNotFound" in done.stderr and "libc.so.6" in done.stderr and "kam_version" in done.stderr,
              done.stderr)


class Other:
    """A library of another version."""

    def __init__(self, version):
        self.kam_version = lambda: version

    def __getattr__(self, name):
        return lambda: None


def test_versions():
    """another major version, or an older minor one, is refused"""
    major, minor = _ffi.KAM_VERSION_MAJOR, _ffi.KAM_VERSION_MINOR
    bind, _ffi.bind = _ffi.bind, lambda library: None
    try:
        for version, is_good in ((major << 16 | minor << 8, True), (major << 16 | minor + 1 << 8 | 7, True),
                                 (major + 1 << 16 | minor << 8, False), (major << 16 | minor - 1 << 8, False)):
            same(not _library._refusal(Other(version)), is_good, hex(version))
    finally:
        _ffi.bind = bind


def test_import_needs_nothing():
    """importing kam loads none of numpy, pandas, pyarrow, polars"""
    done = child("import sys, time; start = time.perf_counter(); import kam; "
                 "print(round(1000 * (time.perf_counter() - start)), 'ms'); "
                 "print([name for name in ('numpy', 'pandas', 'pyarrow', 'polars') if name in sys.modules])")
    print(f"# import kam: {done.stdout.splitlines()[0]}, compiling its source included")
    same(done.stdout.splitlines()[1], "[]")


if __name__ == "__main__":
    main(globals())
