# SPDX-License-Identifier: MIT
"""Everything about every account, in one call (kam/score.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import Any, Optional, Union

from . import _ffi, clv, reason
from ._errors import check, new_diag, refuse
from ._fit import Models, fit
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Data, Table
from .account import Book, accounts, record_of

#: what can be asked for
COLUMNS = tuple(name for name, *_ in _ffi.kam_scores._fields_[2:])
_LETTERS = {"tier": "i", "row_flags": "I"}


class Scores(Table):
    """One row an account. `explain(row)` tells the reasons of its churn risk."""

    def __init__(self, columns: Mapping[str, Data], memory: Optional[reason.Memory]) -> None:
        super().__init__(columns)
        self._memory = memory

    def reasons(self, row: int) -> list[reason.Reason]:
        """The base, then what moved the risk, largest first."""
        if self._memory is None:
            raise refuse("columns", "were chosen without reasons", _ffi.KAM_ERR_OPTION)
        return self._memory.of(row)

    def explain(self, row: int, language: str = "en") -> list[str]:
        """Up to three sentences, the weightiest first."""
        return [reason.text(one, language) for one in self.reasons(row)[1:]
                if one.id != _ffi.KAM_REASON_NONE and one.contribution == one.contribution]


def _room(columns: Optional[Sequence[str]], n_rows: int) -> dict[str, Union[Buffer, reason.Memory]]:
    wanted = COLUMNS if columns is None else columns
    for name in wanted:
        if name not in COLUMNS:
            raise refuse("columns", f"cannot have {name!r}: there are {', '.join(COLUMNS)}", _ffi.KAM_ERR_OPTION)
    return {name: reason.Memory(n_rows) if name == "reasons" else Buffer(_LETTERS.get(name, "d"), n_rows)
            for name in COLUMNS if name in wanted}


def _out(room: Mapping[str, Union[Buffer, reason.Memory]], first: int) -> _ffi.kam_scores:
    return _ffi.kam_scores(struct_size=ctypes.sizeof(_ffi.kam_scores),
                           **{name: memory.at(first) for name, memory in room.items()})


def _scores(room: Mapping[str, Union[Buffer, reason.Memory]]) -> Scores:
    made: dict[str, Data] = {}
    reasons = None
    for name, memory in room.items():
        if isinstance(memory, Buffer):
            made[name] = memory.view()
        else:
            reasons = memory
            made.update(memory.columns())
    return Scores(made, reasons)


def score(book: Book, models: Optional[Models] = None, *, columns: Optional[Sequence[str]] = None,
          horizon_days: Optional[float] = None, discount_per_year: Optional[float] = None,
          interval: Optional[float] = None, progress: Optional[Progress] = None, threads: Optional[int] = None
          ) -> Scores:
    """Scores every account of a book; `columns` are the members of kam_scores
    that are wanted, all when None. Without models, those of kam.fit(book)."""
    rows = accounts(book)
    if models is None:
        models = fit(rows, threads=threads)
    if models.raw.orders.family:
        accounts(rows, models.raw.orders.period_days)
    room, how = _room(columns, len(rows)), clv.options(horizon_days, discount_per_year, interval)
    with Host(progress, threads) as host:
        for part in rows.parts:
            diag = new_diag()
            host.check(lib.kam_score(ctypes.byref(part.raw), ctypes.byref(models.raw), ctypes.byref(how),
                                     ctypes.byref(host.raw), ctypes.byref(_out(room, part.first)),
                                     ctypes.byref(diag)), diag, part.first)
    return _scores(room)


def score_one(account: Mapping[str, Any], models: Models, *, horizon_days: Optional[float] = None,
              discount_per_year: Optional[float] = None, interval: Optional[float] = None) -> Scores:
    """Scores one account given as a record: the same bits as in a book."""
    record, room, diag = record_of(account), _room(None, 1), new_diag()
    how = clv.options(horizon_days, discount_per_year, interval)
    check(lib.kam_score_one(ctypes.byref(record), ctypes.sizeof(record), ctypes.byref(models.raw), ctypes.byref(how),
                            ctypes.byref(_out(room, 0)), ctypes.byref(diag)), diag)
    return _scores(room)
