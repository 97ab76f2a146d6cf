# SPDX-License-Identifier: MIT
"""Backtests over time: rolling origin and lead time (kam/backtest_panel.h)."""
from __future__ import annotations

import ctypes
from typing import Any, NamedTuple, Optional

from . import _columns, _ffi, _report
from ._errors import new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table
from .hazard import Prior, options_of
from .panel import Panel


class Rolling(NamedTuple):
    """`probability` and `naive` of each row (NaN before the first period), and what was done."""
    table: Table
    report: dict[str, Any]


def rolling(panel: Panel, period: Any, first: int, step: int = 1, link: str = "logistic", *,
            prior: Optional[Prior] = None, ridge: float = 0.0, firth: str = "auto",
            progress: Optional[Progress] = None, threads: Optional[int] = None) -> Rolling:
    """Fits kam.hazard on the rows before `first`, `first` + `step`, ... and forecasts the next `step` periods."""
    from .hazard import LINKS, _one_of
    chunk = _columns.column("period", period, "key").whole("key")
    if chunk.n_rows != len(panel):
        raise refuse("period", f"has {chunk.n_rows} rows, not {len(panel)}", _ffi.KAM_ERR_SHAPE)
    options = options_of(panel, prior, ridge, firth)
    plan = _ffi.kam_backtest_panel_plan(struct_size=ctypes.sizeof(_ffi.kam_backtest_panel_plan),
                                        link=_one_of("link", link, LINKS), first=first, step=step,
                                        options=ctypes.cast(ctypes.byref(options), ctypes.c_void_p))
    forecast, naive = Buffer("d", len(panel)), Buffer("d", len(panel))
    report, diag = _report.new(_ffi.kam_backtest_panel_report), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_backtest_panel_rolling(
            ctypes.byref(panel.raw), ctypes.byref(chunk.raw), ctypes.byref(plan), ctypes.byref(host.raw),
            forecast.at(), naive.at(), ctypes.byref(report), ctypes.byref(diag)), diag)
    return Rolling(Table({"probability": forecast.view(), "naive": naive.view()}), _report.as_dict(report))


def columns_of(given: dict[str, tuple[Any, str]]) -> dict[str, _columns.Chunk]:
    """Columns of one length, each whole."""
    chunks = {name: _columns.column(name, data, kind).whole(kind) for name, (data, kind) in given.items()}
    n = next(iter(chunks.values())).n_rows
    for name, chunk in chunks.items():
        if chunk.n_rows != n:
            raise refuse(name, f"has {chunk.n_rows} rows, not {n}", _ffi.KAM_ERR_SHAPE)
    return chunks


def lead(account: Any, period: Any, risk: Any, event: Any, threshold: float) -> dict[str, Any]:
    """How early the warnings came that a threshold gives, over accounts."""
    chunks = columns_of({"account": (account, "key"), "period": (period, "key"), "risk": (risk, "number"),
                         "event": (event, "number")})
    report, diag = _report.new(_ffi.kam_backtest_panel_lead_report), new_diag()
    with Host(None, None) as host:
        host.check(lib.kam_backtest_panel_lead(*(ctypes.byref(one.raw) for one in chunks.values()),
                                               chunks["account"].n_rows, threshold, ctypes.byref(host.raw),
                                               ctypes.byref(report), ctypes.byref(diag)), diag)
    return _report.as_dict(report)
