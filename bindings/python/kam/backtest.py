# SPDX-License-Identifier: MIT
"""How good a forecast was (kam/backtest.h)."""
from __future__ import annotations

import ctypes
from typing import Any, NamedTuple, Optional

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


def _same_length(**given: Any) -> list[_columns.Chunk]:
    chunks = {name: _columns.column(name, data).whole() for name, data in given.items()}
    n = next(iter(chunks.values())).n_rows
    for name, chunk in chunks.items():
        if chunk.n_rows != n:
            raise refuse(name, f"has {chunk.n_rows} rows, another column {n}", _ffi.KAM_ERR_SHAPE)
    return list(chunks.values())


class Bands(NamedTuple):
    """Bands from the lowest probability to the highest, and the book's numbers."""
    bands: list[dict[str, Any]]
    numbers: dict[str, Any]


def bands(probability: Any, event: Any, n: int = 10, *, progress: Optional[Progress] = None,
          threads: Optional[int] = None) -> Bands:
    """Calibration by band, and Murphy's decomposition."""
    one, other = _same_length(probability=probability, event=event)
    memory, report = (_ffi.kam_backtest_band * max(n, 1))(), _report.new(_ffi.kam_backtest_bands_report)
    diag = new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_backtest_bands(ctypes.byref(one.raw), ctypes.byref(other.raw), one.n_rows, n,
                                          ctypes.byref(host.raw), memory, ctypes.byref(report), ctypes.byref(diag)),
                   diag)
    return Bands([_report.as_dict(memory[i]) for i in range(report.n_bands)], _report.as_dict(report))


VERDICTS = {_ffi.KAM_BACKTEST_BETTER: "better", _ffi.KAM_BACKTEST_WORSE: "worse",
            _ffi.KAM_BACKTEST_UNDECIDED: "undecided"}


def versus(probability: Any, naive: Any, event: Any) -> dict[str, Any]:
    """A forecast beside a naive one; the verdict is "better", "worse" or "undecided"."""
    chunks = _same_length(probability=probability, naive=naive, event=event)
    report, diag = _report.new(_ffi.kam_backtest_versus_report), new_diag()
    check(lib.kam_backtest_versus(*(ctypes.byref(chunk.raw) for chunk in chunks), chunks[0].n_rows,
                                  ctypes.byref(report), ctypes.byref(diag)), diag)
    return {**_report.as_dict(report), "verdict": VERDICTS[report.verdict]}


def stability(before: Any, after: Any, n: int = 10, *, progress: Optional[Progress] = None,
              threads: Optional[int] = None) -> dict[str, Any]:
    """The population stability index, and what chance alone would give."""
    one, other = (_columns.column(name, data).whole() for name, data in (("before", before), ("after", after)))
    report, diag = _report.new(_ffi.kam_backtest_stability_report), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_backtest_stability(ctypes.byref(one.raw), one.n_rows, ctypes.byref(other.raw), other.n_rows,
                                              n, ctypes.byref(host.raw), ctypes.byref(report), ctypes.byref(diag)),
                   diag)
    return _report.as_dict(report)


def profit(rank: Any, value: Any, event: Any, *, saved: tuple[float, float] = (6, 14), offer: float = 10,
           offer_share: float = 0, contact: float = 1, progress: Optional[Progress] = None,
           threads: Optional[int] = None) -> dict[str, Any]:
    """Expected maximum profit of approaching the highest ranked, an account."""
    chunks = _same_length(rank=rank, value=value, event=event)
    options, report = _ffi.kam_backtest_profit_options(), _report.new(_ffi.kam_backtest_profit_report)
    check(lib.kam_backtest_profit_options_init(ctypes.byref(options), ctypes.sizeof(options)))
    options.saved_alpha, options.saved_beta = saved
    options.offer, options.offer_share, options.contact = offer, offer_share, contact
    diag = new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_backtest_profit(*(ctypes.byref(chunk.raw) for chunk in chunks), chunks[0].n_rows,
                                           ctypes.byref(options), ctypes.byref(host.raw), ctypes.byref(report),
                                           ctypes.byref(diag)), diag)
    return _report.as_dict(report)
