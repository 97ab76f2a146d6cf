# SPDX-License-Identifier: MIT
"""A health score: points, weights by stage, bands, roll-up, and its own backtest (kam/health.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Optional

from . import _columns, _ffi, _report
from ._errors import new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table
from .backtest import VERDICTS
from .backtest_panel import columns_of

#: bit of row_flags: the account has left, the score is the last one before
FROZEN = _ffi.KAM_HEALTH_FROZEN
RULES = {"weight": _ffi.KAM_HEALTH_BY_WEIGHT, "worst": _ffi.KAM_HEALTH_BY_WORST}


class Policy:
    """How measures become a score of 0..100.

    Policy({"usage": (0.5, 1.0), "silence": (60, 10)}, weights=[[2, 1]], cuts=[40, 70])"""

    def __init__(self, measures: Mapping[str, tuple[float, float]], weights: Sequence[Sequence[float]],
                 cuts: Sequence[float] = (), coverage: float = 0.0) -> None:
        self.names = list(measures)
        n = len(self.names)
        for row in weights:
            if len(row) != n:
                raise refuse("weights", f"has a profile of {len(row)} weights, not {n}", _ffi.KAM_ERR_SHAPE)
        self.n_bands = len(cuts) + 1

        def doubles(values: Sequence[float]) -> Any:
            return (ctypes.c_double * max(len(values), 1))(*values)

        self.raw = _ffi.kam_health_policy(
            struct_size=ctypes.sizeof(_ffi.kam_health_policy), n_parts=n, n_profiles=len(weights),
            n_bands=self.n_bands, bad=doubles([bad for bad, _ in measures.values()]),
            good=doubles([good for _, good in measures.values()]),
            weight=doubles([one for row in weights for one in row]), cut=doubles(cuts), coverage=coverage)

    def score(self, measures: Mapping[str, Any], *, profile: Any = None, left: Any = None, before: Any = None,
              progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
        """`score`, `band` (0 is the worst), `known`, row_flags, and points_<measure>: what each takes off 100."""
        for name in self.names:
            if name not in measures:
                raise refuse(name, "is missing among the measures", _ffi.KAM_ERR_NULL)
        given = {**{name: (measures[name], "number") for name in self.names},
                 **{name: (data, "number") for name, data in (("profile", profile), ("left", left),
                                                              ("before", before)) if data is not None}}
        chunks = columns_of(given)
        n, p = chunks[self.names[0]].n_rows, len(self.names)
        panel = _ffi.kam_health_panel(
            struct_size=ctypes.sizeof(_ffi.kam_health_panel), n_parts=p, n_rows=n,
            part=(_ffi.kam_column * p)(*(chunks[name].raw for name in self.names)))
        for name in ("profile", "left", "before"):
            if name in chunks:
                setattr(panel, name, chunks[name].raw)
        out, diag = _report.new(_ffi.kam_health_out), new_diag()
        made = {"score": Buffer("d", n), "band": Buffer("i", n), "known": Buffer("d", n), "row_flags": Buffer("I", n)}
        points = Buffer("d", n * p)
        for name, buffer in {**made, "points": points}.items():
            setattr(out, name, buffer.at())
        with Host(progress, threads) as host:
            host.check(lib.kam_health_score(ctypes.byref(self.raw), ctypes.byref(panel), ctypes.byref(host.raw),
                                            ctypes.byref(out), ctypes.byref(diag)), diag)
        return Table({**{name: buffer.view() for name, buffer in made.items()},
                      **{f"points_{name}": points.view()[j::p] for j, name in enumerate(self.names)}})

    def backtest(self, account: Any, period: Any, score: Any, event: Any, horizon: int) -> Backtest:
        """Scores of accounts and periods against who left within `horizon` periods."""
        chunks = columns_of({"account": (account, "key"), "period": (period, "key"), "score": (score, "number"),
                             "event": (event, "number")})
        bands, report = (_ffi.kam_health_band * self.n_bands)(), _report.new(_ffi.kam_health_report)
        diag = new_diag()
        with Host(None, None) as host:
            host.check(lib.kam_health_backtest(
                ctypes.byref(self.raw), *(ctypes.byref(one.raw) for one in chunks.values()),
                chunks["account"].n_rows, horizon, ctypes.byref(host.raw), bands, ctypes.byref(report),
                ctypes.byref(diag)), diag)
        told = {**_report.as_dict(report), "verdict": VERDICTS[report.verdict], "lead": _report.as_dict(report.lead)}
        return Backtest([_report.as_dict(one) for one in bands], told)


class Backtest(NamedTuple):
    """Bands, the worst first, and what the score foresees; the verdict is "better", "worse" or "undecided"."""
    bands: list[dict[str, Any]]
    numbers: dict[str, Any]


def roll_up(score: Any, parent: Any, n_parents: int, rule: str = "weight", *, weight: Any = None, left: Any = None
            ) -> Table:
    """`score` and `children` of each parent, from its children's scores."""
    if rule not in RULES:
        raise refuse("rule", f"is {rule!r}, not {' or '.join(RULES)}", _ffi.KAM_ERR_OPTION)
    given = {"score": (score, "number"), "parent": (parent, "key"),
             **{name: (data, "number") for name, data in (("weight", weight), ("left", left)) if data is not None}}
    chunks = columns_of(given)
    raw = {name: ctypes.byref(chunk.raw) for name, chunk in chunks.items()}
    rolled, children, diag = Buffer("d", max(n_parents, 0)), Buffer("q", max(n_parents, 0)), new_diag()
    with Host(None, None) as host:
        host.check(lib.kam_health_roll_up(RULES[rule], raw["score"], raw["parent"], raw.get("weight"), raw.get("left"),
                                          chunks["score"].n_rows, n_parents, ctypes.byref(host.raw), rolled.at(),
                                          children.at(), ctypes.byref(diag)), diag)
    return Table({"score": rolled.view(), "children": children.view()})
