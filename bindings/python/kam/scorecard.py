# SPDX-License-Identifier: MIT
"""Weighted criteria as one number, with its parts (kam/scorecard.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, NamedTuple, Optional

from . import _columns, _ffi
from ._errors import check, new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table


class Criterion(NamedTuple):
    """`worst` scores 0, `best` 1, values between on a straight line."""
    weight: float
    worst: float
    best: float


def score(criteria: Sequence[Criterion], values: Sequence[Any], *, least_coverage: float = 0.5,
          progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
    """`score`, `coverage`, and `part_0`, `part_1`, ... that add up to the score."""
    chunks = [_columns.column(f"values[{k}]", one).whole() for k, one in enumerate(values)]
    n, n_rows = len(criteria), chunks[0].n_rows if chunks else 0
    if len(chunks) != n:
        raise refuse("values", f"are {len(chunks)} columns, and there are {n} criteria", _ffi.KAM_ERR_SHAPE)
    for chunk in chunks:
        if chunk.n_rows != n_rows:
            raise refuse("values", f"have {chunk.n_rows} and {n_rows} rows", _ffi.KAM_ERR_SHAPE)
    raw = (_ffi.kam_scorecard_criterion * max(n, 1))(*[_ffi.kam_scorecard_criterion(*one) for one in criteria])
    card = _ffi.kam_scorecard(struct_size=ctypes.sizeof(_ffi.kam_scorecard), n_criteria=n,
                              least_coverage=least_coverage, criteria=raw)
    columns = (_ffi.kam_column * max(n, 1))(*[chunk.raw for chunk in chunks])
    total, coverage, flags = Buffer("d", n_rows), Buffer("d", n_rows), Buffer("I", n_rows)
    part = Buffer("d", n_rows * n)
    defaults = ctypes.c_uint32()
    out = _ffi.kam_scorecard_out(struct_size=ctypes.sizeof(_ffi.kam_scorecard_out), defaults=ctypes.addressof(defaults), score=total.at(),
                                 coverage=coverage.at(), part=part.at(), row_flags=flags.at())
    diag = new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_scorecard_score(ctypes.byref(card), columns, n_rows, ctypes.byref(host.raw),
                                           ctypes.byref(out), ctypes.byref(diag)), diag)
    parts = {f"part_{k}": part.view()[k::n] for k in range(n)}
    return Table({"score": total.view(), "coverage": coverage.view(), **parts, "row_flags": flags.view()}, defaults=defaults)


def rank(score: Any, *, progress: Optional[Progress] = None, threads: Optional[int] = None) -> memoryview:
    """1 is the best, equal scores share the best of their ranks, 0 where missing."""
    chunk = _columns.column("score", score).whole()
    made, diag = Buffer("q", chunk.n_rows), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_scorecard_rank(ctypes.byref(chunk.raw), chunk.n_rows, ctypes.byref(host.raw), made.at(),
                                          ctypes.byref(diag)), diag)
    return made.view()


def preset_stickiness(n_services: float) -> list[Criterion]:
    """How much an account depends on us: services used, integration, alternatives."""
    memory = (_ffi.kam_scorecard_criterion * 3)()
    check(lib.kam_scorecard_preset_stickiness(n_services, memory))
    return [Criterion(one.weight, one.worst, one.best) for one in memory]
