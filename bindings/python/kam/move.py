# SPDX-License-Identifier: MIT
"""Tiers that hold still, and who moved (kam/move.h)."""
from __future__ import annotations

import ctypes
from typing import Any, NamedTuple, Optional

from . import _columns, _ffi
from ._errors import check, new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table
from .reason import language_of
from .tier import Bands, raw_bands

_DAYS = ("since", "override_until")


def name(verdict: int, language: str = "en") -> str:
    """The verdict as a phrase, in "en" or "zh"."""
    return str(lib.kam_move_name(verdict, language_of(language)).decode("utf-8"))


def decide(limits: Bands, score: Any, *, as_of: Any, dwell_months: int = 0, confidence: float = 0.8,
           progress: Optional[Progress] = None, threads: Optional[int] = None, **rows: Any) -> Table:
    """`tier`, `verdict`, `proposed`, `since`. Rows are the columns of
    kam_move_rows: tier_before, since, score_low, score_high, chance_up,
    chance_down, override_tier, override_until."""
    options, raw = _ffi.kam_move_options(), _ffi.kam_move_rows(struct_size=ctypes.sizeof(_ffi.kam_move_rows))
    check(lib.kam_move_options_init(ctypes.byref(options), ctypes.sizeof(options)))
    options.as_of_day, options.dwell_months, options.confidence = _columns.day_number(as_of), dwell_months, confidence
    known = [name for name, *_ in raw._fields_[3:]]
    keep = [_columns.column("score", score).whole()]
    raw.n_rows, raw.score = keep[0].n_rows, keep[0].raw
    for one, data in rows.items():
        if one not in known:
            raise TypeError(f"{one!r} is no column of kam_move_rows: {', '.join(known)}")
        if data is None:
            continue
        keep.append(_columns.column(one, data, "day" if one in _DAYS else "number").whole())
        if keep[-1].n_rows != raw.n_rows:
            raise refuse(one, f"has {keep[-1].n_rows} rows, score {raw.n_rows}", _ffi.KAM_ERR_SHAPE)
        setattr(raw, one, keep[-1].raw)
    buffers = {one: Buffer("I" if one == "row_flags" else "i", raw.n_rows)
               for one, *_ in _ffi.kam_move_out._fields_[2:-1]}
    defaults = ctypes.c_uint32()
    out = _ffi.kam_move_out(struct_size=ctypes.sizeof(_ffi.kam_move_out), defaults=ctypes.addressof(defaults),
                            **{one: buffer.at() for one, buffer in buffers.items()})
    diag = new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_move_decide(ctypes.byref(options), raw_bands(limits), len(limits), ctypes.byref(raw),
                                       ctypes.byref(host.raw), ctypes.byref(out), ctypes.byref(diag)), diag)
    return Table({one: buffer.view() for one, buffer in buffers.items()}, days=("since",), defaults=defaults)


class Moves(NamedTuple):
    """From tier (row) to tier (column); the last two are untiered and unknown."""
    accounts: list[list[int]]
    amount: Optional[list[list[float]]]
    numbers: dict[str, int]


def count(before: Any, after: Any, n_bands: int, amount: Any = None) -> Moves:
    """Who was in which tier on two days, and how many went up and down."""
    columns = {one: _columns.column(one, data).whole()
               for one, data in (("before", before), ("after", after), ("amount", amount)) if data is not None}
    n_rows, n = columns["before"].n_rows, max(n_bands, 0) + 2
    for one, chunk in columns.items():
        if chunk.n_rows != n_rows:
            raise refuse(one, f"has {chunk.n_rows} rows, before {n_rows}", _ffi.KAM_ERR_SHAPE)
    counts, money = Buffer("q", n * n), Buffer("d", n * n)
    table = _ffi.kam_move_table(struct_size=ctypes.sizeof(_ffi.kam_move_table), n_bands=n_bands, count=counts.at(),
                                amount=None if amount is None else money.at())
    diag = new_diag()
    check(lib.kam_move_count(ctypes.byref(columns["before"].raw), ctypes.byref(columns["after"].raw),
                             None if amount is None else ctypes.byref(columns["amount"].raw), n_rows,
                             ctypes.byref(table), ctypes.byref(diag)), diag)
    rows = [slice(n * row, n * row + n) for row in range(n)]
    accounts: Any = [counts.view()[row].tolist() for row in rows]
    sums: Any = [money.view()[row].tolist() for row in rows]
    return Moves(accounts, None if amount is None else sums,
                 {one: getattr(table, one) for one in ("n_up", "n_down", "n_same", "n_new", "n_gone")})
