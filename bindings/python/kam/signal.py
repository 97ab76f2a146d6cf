# SPDX-License-Identifier: MIT
"""Early warnings: measurements, changes, and alarms of a designed rate (kam/signal.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, NamedTuple, Optional

from . import _columns, _ffi, _report
from ._errors import check, new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table

RULES = {"sum": _ffi.KAM_SIGNAL_SUM, "count": _ffi.KAM_SIGNAL_COUNT, "total": _ffi.KAM_SIGNAL_TOTAL,
         "mean": _ffi.KAM_SIGNAL_MEAN, "open": _ffi.KAM_SIGNAL_OPEN, "age": _ffi.KAM_SIGNAL_AGE,
         "delay": _ffi.KAM_SIGNAL_DELAY, "late": _ffi.KAM_SIGNAL_LATE}
KINDS = {"cusum": _ffi.KAM_SIGNAL_CUSUM, "ewma": _ffi.KAM_SIGNAL_EWMA, "poisson": _ffi.KAM_SIGNAL_POISSON}
DIRECTIONS = {"up": _ffi.KAM_SIGNAL_UP, "down": _ffi.KAM_SIGNAL_DOWN, "both": _ffi.KAM_SIGNAL_BOTH}
LAWS = {"normal": _ffi.KAM_SIGNAL_IS_NORMAL, "log_normal": _ffi.KAM_SIGNAL_IS_LOG_NORMAL,
        "count": _ffi.KAM_SIGNAL_IS_COUNT, "gap": _ffi.KAM_SIGNAL_IS_GAP}
#: bits of `flags`
ALARM, STALE, LOST, SHORT, OUTSIDE, LIMIT = (
    _ffi.KAM_SIGNAL_ALARM, _ffi.KAM_SIGNAL_STALE, _ffi.KAM_SIGNAL_LOST, _ffi.KAM_SIGNAL_SHORT, _ffi.KAM_SIGNAL_OUTSIDE,
    _ffi.KAM_SIGNAL_LIMIT)


def _one_of(name: str, given: str, known: dict[str, int]) -> int:
    if given not in known:
        raise refuse(name, f"is {given!r}, not one of {', '.join(known)}", _ffi.KAM_ERR_OPTION)
    return known[given]


class Chart(NamedTuple):
    """A chart, and what it promises where `design` made it."""
    kind: str
    direction: str
    reference: float
    limit: float
    rate: float = 0.0
    report: Optional[dict[str, Any]] = None

    def raw(self) -> _ffi.kam_signal_chart:
        return _ffi.kam_signal_chart(kind=_one_of("kind", self.kind, KINDS),
                                     direction=_one_of("direction", self.direction, DIRECTIONS),
                                     reference=self.reference, limit=self.limit, rate=self.rate)


def design(kind: str = "cusum", direction: str = "up", *, periods: int = 12, false_alarm: float = 0.05,
           run_length: float = 0.0, reference: float = 0.0, rate: float = 0.0) -> Chart:
    """The chart whose false alarms are as rare as asked: a chance within so many
    periods, or, where a run length is given, periods to the first on average."""
    options, raw, report, diag = (_ffi.kam_signal_options(), _ffi.kam_signal_chart(),
                                  _report.new(_ffi.kam_signal_report), new_diag())
    check(lib.kam_signal_options_init(ctypes.byref(options), ctypes.sizeof(options)))
    options.kind, options.direction = _one_of("kind", kind, KINDS), _one_of("direction", direction, DIRECTIONS)
    options.periods, options.false_alarm, options.run_length = periods, false_alarm, run_length
    options.reference, options.rate = reference, rate
    check(lib.kam_signal_design(ctypes.byref(options), None, ctypes.byref(raw), ctypes.byref(report),
                                ctypes.byref(diag)), diag)
    return Chart(kind, direction, raw.reference, raw.limit, raw.rate, _report.as_dict(report))


class RunLength(NamedTuple):
    """Chance of an alarm by each period, and the mean number of periods until it."""
    alarm_by: list[float]
    mean: float


def run_length(chart: Chart, shift: float = 0.0, periods: int = 12) -> RunLength:
    """How long until the alarm when the mean has moved up by `shift` standard deviations (Poisson: counts)."""
    raw, by, mean, diag = chart.raw(), (ctypes.c_double * max(periods, 1))(), ctypes.c_double(), new_diag()
    check(lib.kam_signal_run_length(ctypes.byref(raw), shift, periods, None, by, ctypes.byref(mean),
                                    ctypes.byref(diag)), diag)
    return RunLength(list(by), mean.value)


def _events(starts: Sequence[int], n_accounts: int, given: dict[str, tuple[Any, str]]) -> Any:
    """kam_signal_events, what keeps its memory alive, and its cells."""
    chunks = {name: _columns.column(name, data, kind).whole(kind) for name, (data, kind) in given.items()
              if data is not None}
    n, t = chunks["account"].n_rows, len(starts) - 1
    for name, chunk in chunks.items():
        if chunk.n_rows != n:
            raise refuse(name, f"has {chunk.n_rows} rows, not {n}", _ffi.KAM_ERR_SHAPE)
    events = _ffi.kam_signal_events(struct_size=ctypes.sizeof(_ffi.kam_signal_events), n_periods=t,
                                    n_accounts=n_accounts, n_events=n, start=(ctypes.c_int32 * len(starts))(*starts))
    for name, chunk in chunks.items():
        setattr(events, name, chunk.raw)
    return events, chunks, max(n_accounts * t, 0)


def measure(rule: str, starts: Sequence[int], n_accounts: int, account: Any, day: Any, *, end: Any = None,
            amount: Any = None, term: Any = None) -> Any:
    """One number an account and period, accounts one after the other, from events. `starts` has the first day
    of each period and the day after the last; accounts are numbered from 0."""
    events, _keep, n = _events(starts, n_accounts, {"account": (account, "key"), "day": (day, "day"),
                                                    "end": (end, "day"), "amount": (amount, "number"),
                                                    "term": (term, "number")})
    value, diag = Buffer("d", n), new_diag()
    check(lib.kam_signal_measure(_one_of("rule", rule, RULES), ctypes.byref(events), None, value.at(), None,
                                 ctypes.byref(diag)), diag)
    return value.view()


def of(signal: str, starts: Sequence[int], n_accounts: int, account: Any, day: Any, *, end: Any = None,
       amount: Any = None, term: Any = None) -> Table:
    """One of the signals of practice ("usage", "contact_gap", ...) from its events, in the unit that
    kam.hazard knows: `signal`, `since` (a period, -1: no change) and `flags`, a row an account and period."""
    from .panel import SIGNALS
    events, _keep, n = _events(starts, n_accounts, {"account": (account, "key"), "day": (day, "day"),
                                                    "end": (end, "day"), "amount": (amount, "number"),
                                                    "term": (term, "number")})
    found, since, flags, diag = Buffer("d", n), Buffer("i", n), Buffer("I", n), new_diag()
    check(lib.kam_signal_of(_one_of("signal", signal, SIGNALS), ctypes.byref(events), None, None, found.at(),
                            since.at(), flags.at(), ctypes.byref(diag)), diag)
    return Table({"signal": found.view(), "since": since.view(), "flags": flags.view()})


def watch(chart: Chart, value: Any, n_periods: int, law: str = "normal", *, stale_periods: int = 0, level: Any = None,
          spread: Any = None, progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
    """What a chart says of each account and period: value, base, change, share, since (a period, -1: no change),
    statistic over its limit, and flags (ALARM, STALE, LOST, SHORT, OUTSIDE)."""
    chunks = {name: _columns.column(name, data).whole()
              for name, data in (("value", value), ("level", level), ("spread", spread)) if data is not None}
    n = chunks["value"].n_rows
    if n_periods < 1 or n % n_periods:
        raise refuse("value", f"has {n} rows, no multiple of {n_periods} periods", _ffi.KAM_ERR_SHAPE)
    for name in chunks:
        if name != "value" and chunks[name].n_rows != n // n_periods:
            raise refuse(name, f"has {chunks[name].n_rows} rows, not {n // n_periods}", _ffi.KAM_ERR_SHAPE)
    series = _ffi.kam_signal_series(struct_size=ctypes.sizeof(_ffi.kam_signal_series), n_periods=n_periods,
                                    n_accounts=n // n_periods, law=_one_of("law", law, LAWS),
                                    stale_periods=stale_periods)
    for name, chunk in chunks.items():
        setattr(series, name, chunk.raw)
    columns = {"value": "d", "base": "d", "change": "d", "share": "d", "since": "i", "statistic": "d", "flags": "I"}
    made = {name: Buffer(code, n) for name, code in columns.items()}
    raw, out, diag = chart.raw(), _report.new(_ffi.kam_signal_out), new_diag()
    for name, buffer in made.items():
        setattr(out, name, buffer.at())
    with Host(progress, threads) as host:
        host.check(lib.kam_signal_watch(ctypes.byref(raw), ctypes.byref(series), ctypes.byref(host.raw),
                                        ctypes.byref(out), ctypes.byref(diag)), diag)
    return Table({name: buffer.view() for name, buffer in made.items()})
