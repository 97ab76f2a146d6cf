# SPDX-License-Identifier: MIT
"""Recency, frequency, money as scores (kam/rfm.h)."""
from __future__ import annotations

import ctypes
from typing import Any, Optional

from . import _columns, _ffi
from ._errors import new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table

MEASURES = ("recency", "frequency", "money")


def _chunks(recency: Any, frequency: Any, money: Any) -> list[_columns.Chunk]:
    made = [_columns.column(name, data).whole() for name, data in zip(MEASURES, (recency, frequency, money))]
    for name, one in zip(MEASURES, made):
        if one.n_rows != made[0].n_rows:
            raise refuse(name, f"has {one.n_rows} rows, recency {made[0].n_rows}", _ffi.KAM_ERR_SHAPE)
    return made


class Cuts:
    """Where scores begin, to be kept and used again: entry k of a measure is that
    of score n_scores - k. Cuts(recency=[...], frequency=[...], money=[...])."""

    def __init__(self, **limits: list[float]) -> None:
        self.raw = _ffi.kam_rfm(n_scores=len(limits.get("recency", ())) + 1)
        for name, values in limits.items():
            setattr(self.raw, name, (ctypes.c_double * 9)(*values))

    def limits(self) -> dict[str, list[float]]:
        return {name: list(getattr(self.raw, name))[:self.raw.n_scores - 1] for name in MEASURES}

    def score(self, recency: Any, frequency: Any, money: Any, *, progress: Optional[Progress] = None,
              threads: Optional[int] = None) -> Table:
        """Scores from 1 to n_scores, the best; 0 where a measure is missing."""
        chunks = _chunks(recency, frequency, money)
        buffers = {name: Buffer("I" if name == "row_flags" else "i", chunks[0].n_rows)
                   for name, *_ in _ffi.kam_rfm_out._fields_[2:]}
        out = _ffi.kam_rfm_out(struct_size=ctypes.sizeof(_ffi.kam_rfm_out),
                               **{name: buffer.at() for name, buffer in buffers.items()})
        diag = new_diag()
        with Host(progress, threads) as host:
            host.check(lib.kam_rfm_score(ctypes.byref(self.raw), *[ctypes.byref(one.raw) for one in chunks],
                                         chunks[0].n_rows, ctypes.byref(host.raw), ctypes.byref(out),
                                         ctypes.byref(diag)), diag)
        return Table({name: buffer.view() for name, buffer in buffers.items()})


def fit(recency: Any, frequency: Any, money: Any, n_scores: int = 5, *, progress: Optional[Progress] = None,
        threads: Optional[int] = None) -> Cuts:
    """Cuts each measure of a book into parts of equal count."""
    chunks, cuts, diag = _chunks(recency, frequency, money), Cuts(), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_rfm_fit(n_scores, *[ctypes.byref(one.raw) for one in chunks], chunks[0].n_rows,
                                   ctypes.byref(host.raw), ctypes.byref(cuts.raw), ctypes.byref(diag)), diag)
    return cuts
