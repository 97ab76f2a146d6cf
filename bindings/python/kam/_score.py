# SPDX-License-Identifier: MIT
"""Everything about every account, in one call (kam/score.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import Any, Optional

from . import _ffi, policy as _policy, reason
from ._errors import check, new_diag, refuse
from ._fit import Models, fit
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Data, Table
from .account import Book, accounts, record_of
from .calendar import Day, number

_MEMBERS = tuple(name for name, *_ in _ffi.kam_scores._fields_[2:-1])
#: what can be asked for; RULES need a day
COLUMNS, RULES = _MEMBERS[:_MEMBERS.index("matrix_class")], _MEMBERS[_MEMBERS.index("matrix_class"):]
_LETTERS = {"row_flags": "I", **dict.fromkeys(
    ("tier", "matrix_class", "stage", "touch_due", "touch_overdue", "touch_next", "n_actions", "actions",
     "action_days"), "i")}


class Scores(Table):
    """One row an account. `explain(row)` tells the reasons of its churn risk; `defaults` names the parts of the
    policy that these answers used and that stand at their defaults."""

    def __init__(self, columns: Mapping[str, Data], memory: Optional[reason.Memory], days: Sequence[str] = (),
                 defaults: int = 0) -> None:
        super().__init__(columns, days)
        self._memory = memory
        self.defaults = _policy.names_of(defaults)

    def reasons(self, row: int) -> list[reason.Reason]:
        """The base, then what moved the risk, largest first."""
        if self._memory is None:
            raise refuse("columns", "were chosen without reasons", _ffi.KAM_ERR_OPTION)
        return self._memory.of(row)

    def explain(self, row: int, language: str = "en") -> list[str]:
        """Up to three sentences, the weightiest first."""
        return [reason.text(one, language) for one in self.reasons(row)[1:]
                if one.id != _ffi.KAM_REASON_NONE and one.contribution == one.contribution]


class _Room:
    """Memory for the answers that are wanted; some have several numbers a row."""

    def __init__(self, columns: Optional[Sequence[str]], n_rows: int, as_of: Optional[Day], width: int) -> None:
        wanted = (_MEMBERS if as_of is not None else COLUMNS) if columns is None else columns
        for name in wanted:
            if name not in _MEMBERS:
                raise refuse("columns", f"cannot have {name!r}: there are {', '.join(_MEMBERS)}", _ffi.KAM_ERR_OPTION)
        self.per_row = {**dict.fromkeys(("touch_due", "touch_overdue", "touch_next"), _ffi.KAM_SCORE_TOUCHES),
                        **dict.fromkeys(("actions", "action_days"), width)}
        self.defaults = ctypes.c_uint32()
        self.made = {name: reason.Memory(n_rows) if name == "reasons"
                     else Buffer(_LETTERS.get(name, "d"), n_rows * self.per_row.get(name, 1))
                     for name in _MEMBERS if name in wanted}

    def out(self, first: int) -> _ffi.kam_scores:
        return _ffi.kam_scores(struct_size=ctypes.sizeof(_ffi.kam_scores), defaults=ctypes.addressof(self.defaults),
                               **{name: memory.at(first * self.per_row.get(name, 1))
                                  for name, memory in self.made.items()})

    def scores(self) -> Scores:
        """touch_due_1 ... of touch KAM_TOUCH_VISIT and so on, actions_1 ... in order of their day."""
        columns: dict[str, Data] = {}
        reasons = None
        for name, memory in self.made.items():
            if not isinstance(memory, Buffer):
                reasons = memory
                columns.update(memory.columns())
            elif name in self.per_row:
                n = self.per_row[name]
                columns.update((f"{name}_{k + 1}", memory.view()[k::n]) for k in range(n))
            else:
                columns[name] = memory.view()
        return Scores(columns, reasons, [name for name in columns if name.startswith(("touch_due", "touch_next"))],
                      self.defaults.value)


def score(book: Book, models: Optional[Models] = None, *, columns: Optional[Sequence[str]] = None,
          horizon_days: Optional[float] = None, discount_per_year: Optional[float] = None,
          interval: Optional[float] = None, pace: Optional[float] = None, pace_variance: Optional[float] = None,
          policy: Optional[_policy.Policy] = None, as_of: Optional[Day] = None, progress: Optional[Progress] = None, threads: Optional[int] = None) -> Scores:
    """Scores every account of a book; `columns` are the members of kam_scores
    that are wanted. None: all; those of RULES (class, stage, touches, actions)
    only with `as_of`, "today". Without models, those of kam.fit(book). What of the
    future is given goes before the policy's."""
    rows = accounts(book)
    if models is None:
        models = fit(rows, policy=policy, threads=threads)
    if models.raw.orders.family:
        accounts(rows, models.raw.orders.period_days)
    room = _Room(columns, len(rows), as_of, _policy.width_of(policy))
    how = _policy.raw_of(policy, horizon_days, discount_per_year, interval, pace, pace_variance)
    today = _day(as_of)
    with Host(progress, threads) as host:
        for part in rows.parts:
            diag = new_diag()
            host.check(lib.kam_score(ctypes.byref(part.raw), ctypes.byref(models.raw), ctypes.byref(how), today,
                                     ctypes.byref(host.raw), ctypes.byref(room.out(part.first)),
                                     ctypes.byref(diag)), diag, part.first)
    return room.scores()


def score_one(account: Mapping[str, Any], models: Models, *, horizon_days: Optional[float] = None,
              discount_per_year: Optional[float] = None, interval: Optional[float] = None,
              pace: Optional[float] = None, pace_variance: Optional[float] = None, policy: Optional[_policy.Policy] = None, as_of: Optional[Day] = None) -> Scores:
    """Scores one account given as a record: the same bits as in a book."""
    record, room, diag = record_of(account), _Room(None, 1, as_of, _policy.width_of(policy)), new_diag()
    how = _policy.raw_of(policy, horizon_days, discount_per_year, interval, pace, pace_variance)
    check(lib.kam_score_one(ctypes.byref(record), ctypes.sizeof(record), ctypes.byref(models.raw), ctypes.byref(how),
                            _day(as_of), ctypes.byref(room.out(0)), ctypes.byref(diag)), diag)
    return room.scores()


def _day(as_of: Optional[Day]) -> int:
    return _ffi.KAM_NO_DAY if as_of is None else number(as_of, "as_of")
