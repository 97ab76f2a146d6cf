# SPDX-License-Identifier: MIT
"""What libkam wants to know of an account (kam/account.h): as one record, or as
columns. NaN, None, a null and an absent column all mean "not known"."""
from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import Any, Optional, Union

from . import _columns, _ffi
from ._errors import check, refuse
from ._library import lib
from .calendar import number

#: the columns, each as the member of kam_account of that name
FIELDS = tuple(name for name, *_ in _ffi.kam_account._fields_)
_DAYS = tuple(name for name in FIELDS if name == "contract_day" or name.startswith("last_") and name != "last_order_periods")
#: a summary's trailing revenue is what tiers are cut on, unless told otherwise
_STANDS_IN = {"tier_value": "window_revenue"}
#: what the Python package lifetimes calls them in its summaries; read so only
#: where the first three stand together, for "recency" alone often means another thing
_LIFETIMES = {"repeat_orders": "frequency", "last_order_periods": "recency", "age_periods": "T",
              "mean_order_value": "monetary_value"}


class Part:
    """Some rows as one kam_accounts, and what keeps their memory alive."""

    def __init__(self, raw: _ffi.kam_accounts, first: int, keep: Any) -> None:
        self.raw, self.first, self.keep = raw, first, keep

    @property
    def n_rows(self) -> int:
        return int(self.raw.n_rows)


class Accounts:
    """Accounts as columns, borrowed from `book`: the result of Ledger.summary, a
    DataFrame of any kind, an Arrow table, a dict of columns. A keyword names the
    column to read for a field, gives that column itself, or None for absent:
    Accounts(frame, repeat_orders="n", tier_before=None). `tier_value` is read
    from `window_revenue` when the book has no column of its own name; a summary
    of lifetimes is read as it is (frequency, recency, T, monetary_value).

    period_days: days in a period of the book, None where nobody said it."""

    def __init__(self, book: Any = None, **fields: Any) -> None:
        for name in fields:
            if name not in FIELDS:
                raise TypeError(f"{name!r} is no field of an account: {', '.join(FIELDS)}")
        source = None if book is None else _columns.Source(book, "accounts")
        found: dict[str, _columns.Column] = {}
        stands_in = dict(_STANDS_IN)
        self.period_days: Optional[float] = getattr(book, "period_days", None)
        self.is_of_lifetimes = source is not None and "repeat_orders" not in source and all(
            name in source for name in ("frequency", "recency", "T"))
        if self.is_of_lifetimes:
            stands_in.update(_LIFETIMES)
        for field in FIELDS:
            given = fields.get(field, field)
            if source is not None and field not in fields and field not in source:
                given = stands_in.get(field)
                given = given if given is not None and given in source else None
            elif source is None and field not in fields:
                given = None
            if isinstance(given, str):
                if source is None:
                    raise refuse(field, f"names a column {given!r}, but there is no table", _ffi.KAM_ERR_SHAPE)
                found[field] = source.column(given, _kind(field))
            elif given is not None:
                found[field] = _columns.column(field, given, _kind(field))
        if not found:
            told = ", ".join(source.names or ()) if source is not None else ""
            raise refuse("accounts", f"have none of the columns {', '.join(FIELDS)}; they have {told or 'none'}",
                         _ffi.KAM_ERR_SHAPE)
        self.parts = [self._part(*part) for part in _columns.parts(found)]

    @staticmethod
    def _part(first: int, n_rows: int, chunks: Mapping[str, _columns.Chunk]) -> Part:
        raw = _ffi.kam_accounts(struct_size=ctypes.sizeof(_ffi.kam_accounts), n_rows=n_rows)
        for field, chunk in chunks.items():
            setattr(raw, field, chunk.raw)
        return Part(raw, first, chunks)

    @classmethod
    def _of_parts(cls, parts: list[Part], period_days: Optional[float] = None, is_of_lifetimes: bool = False
                  ) -> Accounts:
        """Parts in this order, their rows counted anew."""
        made, first = cls.__new__(cls), 0
        made.parts, made.period_days, made.is_of_lifetimes = [], period_days, is_of_lifetimes
        for part in parts:
            made.parts.append(Part(part.raw, first, part.keep))
            first += part.n_rows
        return made

    @classmethod
    def of(cls, records: Sequence[Mapping[str, Any]]) -> Accounts:
        """Accounts from records, such as [{"repeat_orders": 3, ...}, ...]."""
        memory = (_ffi.kam_account * max(len(records), 1))(*[record_of(record) for record in records])
        raw = _ffi.kam_accounts(struct_size=ctypes.sizeof(_ffi.kam_accounts))
        check(lib.kam_accounts_of(memory, ctypes.sizeof(_ffi.kam_account), len(records), ctypes.byref(raw)))
        return cls._of_parts([Part(raw, 0, memory)])

    def __len__(self) -> int:
        return sum(part.n_rows for part in self.parts)

    def __getitem__(self, rows: slice) -> Accounts:
        """Rows [first:last], still borrowed."""
        if not isinstance(rows, slice):
            raise TypeError("accounts are cut by slices: accounts[first:last]")
        first, last, step = rows.indices(len(self))
        if step != 1:
            raise ValueError("accounts are cut by slices without a step")
        cut: list[Part] = []
        for part in self.parts:
            low, high = max(first, part.first), min(last, part.first + part.n_rows)
            if low < high or (first >= last and not cut):
                raw = _ffi.kam_accounts(struct_size=ctypes.sizeof(_ffi.kam_accounts))
                check(lib.kam_accounts_slice(ctypes.byref(part.raw), max(low - part.first, 0) if low < high else 0,
                                             max(high - low, 0), ctypes.byref(raw)))
                cut.append(Part(raw, 0, part.keep))
        return self._of_parts(cut, self.period_days, self.is_of_lifetimes)

    def array(self) -> Any:
        """The parts side by side, as fits take them."""
        return (_ffi.kam_accounts * len(self.parts))(*[part.raw for part in self.parts])


def record_of(record: Mapping[str, Any]) -> _ffi.kam_account:
    """One account; what is not given is not known."""
    for name in record:
        if name not in FIELDS:
            raise refuse(f"account.{name}", f"is no field of an account: {', '.join(FIELDS)}", _ffi.KAM_ERR_SHAPE)
    made = _ffi.kam_account()
    check(lib.kam_account_init(ctypes.byref(made), ctypes.sizeof(made)))
    for name, value in record.items():
        setattr(made, name, _known(name, value))
    return made


def _kind(field: str) -> str:
    return "day" if field in _DAYS else "number"


def _known(field: str, value: Any) -> float:
    if value is None or value != value:
        return float("nan")
    return float(number(value, field) if field in _DAYS else value)


#: what functions take: Accounts, or anything to make them of
Book = Union[Accounts, Any]


def accounts(book: Book, period_days: Optional[float] = None) -> Accounts:
    """The book as columns. `period_days`, those of a model, must not be others
    than those that the book is known to have."""
    made = book if isinstance(book, Accounts) else Accounts(book)
    if period_days is not None and made.period_days not in (None, period_days):
        raise refuse("period_days", f"are {period_days:g} here, but the book counts in periods of "
                     f"{made.period_days:g} days", _ffi.KAM_ERR_OPTION)
    return made


def period_of(book: Accounts, given: Optional[float]) -> Optional[float]:
    """Days in a period, for a fit: as given, or as the book knows; None for the
    library's default. Columns of lifetimes count in whatever they were made in."""
    accounts(book, given)
    if given is None and book.period_days is None and book.is_of_lifetimes:
        raise refuse("period_days", "must be given: columns frequency, recency and T may count in days (1) or in "
                     "weeks (7)", _ffi.KAM_ERR_OPTION)
    return book.period_days if given is None else given
