# SPDX-License-Identifier: MIT
"""How good a forecast was (kam/backtest.h)."""
from __future__ import annotations

import ctypes
from typing import Any, Optional

from . import _columns, _ffi, _report
from ._errors import check, new_diag, refuse
from ._host import Host, Progress
from ._library import lib


def _two(**given: Any) -> list[_columns.Chunk]:
    """Two columns of one length, each whole."""
    chunks = {name: _columns.column(name, data).whole() for name, data in given.items()}
    (name, first), (_, second) = chunks.items()
    if first.n_rows != second.n_rows:
        raise refuse(name, f"has {first.n_rows} rows, the other column {second.n_rows}", _ffi.KAM_ERR_SHAPE)
    return [first, second]


def amount(forecast: Any, actual: Any) -> dict[str, Any]:
    """Errors of forecast amounts, as in kam_backtest_amount_report."""
    one, other = _two(forecast=forecast, actual=actual)
    report, diag = _report.new(_ffi.kam_backtest_amount_report), new_diag()
    check(lib.kam_backtest_amount(ctypes.byref(one.raw), ctypes.byref(other.raw), one.n_rows, ctypes.byref(report),
                                  ctypes.byref(diag)), diag)
    return _report.as_dict(report)


def event(probability: Any, event: Any, *, progress: Optional[Progress] = None, threads: Optional[int] = None
          ) -> dict[str, Any]:
    """Errors of forecast probabilities, as in kam_backtest_event_report."""
    one, other = _two(probability=probability, event=event)
    report, diag = _report.new(_ffi.kam_backtest_event_report), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_backtest_event(ctypes.byref(one.raw), ctypes.byref(other.raw), one.n_rows,
                                          ctypes.byref(host.raw), ctypes.byref(report), ctypes.byref(diag)), diag)
    return _report.as_dict(report)
