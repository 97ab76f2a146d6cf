# SPDX-License-Identifier: MIT
"""From order lines in any order to one row an account (kam/ledger.h)."""
from __future__ import annotations

import ctypes
import datetime
import warnings
from collections.abc import Mapping
from typing import Any, NamedTuple, Optional, Union

from . import _columns, _ffi
from ._errors import check, new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Data, Table, day
from .calendar import Day, number

_LETTERS = {"key": "q", "first_day": "i", "last_day": "i", "row_flags": "I"}
_DAYS = ("first_day", "last_day")


class Summary(Table):
    """One row an account, in ascending order of key: `account`, then the members
    of kam_summary. Quarters are quarter_1 (the oldest), ...

    report: what happened to the lines, counted; as_of and period_days: the day and
    the unit that the numbers count to and in, which fits and scores make use of."""

    def __init__(self, columns: Mapping[str, Data], report: dict[str, Any], as_of: Optional[datetime.date],
                 period_days: float) -> None:
        super().__init__(columns, days=_DAYS)
        self.report, self.as_of, self.period_days = report, as_of, period_days


class _Lines(NamedTuple):
    """Columns of order lines or postings, borrowed, and the call that reads them."""
    struct: Any
    call: Any
    columns: dict[str, _columns.Column]


class Ledger:
    """A growing summary of a log of order lines.

    orders: a table (Arrow, DataFrame, dict of columns, ...), or None. account,
    day, revenue, cost, order: names of its columns, or columns themselves; cost
    and order may be left out. Options as in kam_ledger_options: first_day,
    zero_is_order, window_months, n_quarters, period_days, keep_values, value_first.

        book = kam.Ledger(orders, account="customer", day="date", revenue="amount").summary(as_of="2024-12-31")

    as_of: "today". Given here, lines are summed up when they are added, and need
    not be kept. Left to `summary`, the columns are borrowed until then, and the
    same log can be looked at as of several days.
    """

    def __init__(self, orders: Any = None, *, account: Any = "account", day: Any = "day", revenue: Any = "revenue",
                 cost: Any = None, order: Any = None, as_of: Optional[Day] = None, first_day: Optional[Day] = None,
                 zero_is_order: bool = True, window_months: Optional[int] = None,
                 n_quarters: Optional[int] = None, period_days: Optional[float] = None,
                 keep_values: bool = False, value_first: bool = False,
                 progress: Optional[Progress] = None, threads: Optional[int] = None) -> None:
        self._raw = ctypes.c_void_p()
        options = _ffi.kam_ledger_options()
        check(lib.kam_ledger_options_init(ctypes.byref(options), ctypes.sizeof(options)))
        options.zero_is_order = int(zero_is_order)
        options.keep_values, options.value_first = int(keep_values), int(value_first)
        if first_day is not None:
            options.first_day = number(first_day, "first_day")
        for name, value in (("window_months", window_months), ("n_quarters", n_quarters),
                            ("period_days", period_days)):
            if value is not None:
                setattr(options, name, value)
        self._options, self._lent = options, (progress, threads)
        self._columns = {"account": account, "day": day, "revenue": revenue, "cost": cost, "order": order}
        self._keys_are_text: Optional[bool] = None
        self._lines: list[_Lines] = []
        if as_of is not None:
            self._open(as_of)
        if orders is not None or not isinstance(account, str):
            self.add(orders)

    def _open(self, as_of: Day) -> None:
        self._options.as_of_day = number(as_of, "as_of")
        self._host = Host(*self._lent)  # the ledger keeps a copy: it must live as long
        diag = new_diag()
        self._host.check(lib.kam_ledger_new(ctypes.byref(self._options), ctypes.byref(self._host.raw),
                                            ctypes.byref(self._raw), ctypes.byref(diag)), diag)

    def _at(self, as_of: Day) -> Ledger:
        """A ledger of the lines held here."""
        made = Ledger.__new__(Ledger)
        made._raw, made._keys_are_text, made._lent, made._columns = ctypes.c_void_p(), None, self._lent, self._columns
        made._options = _ffi.kam_ledger_options.from_buffer_copy(self._options)
        made._open(as_of)
        for lines in self._lines:
            made._take(lines)
        return made

    def _opened(self) -> ctypes.c_void_p:
        if not self._raw:
            raise refuse("as_of", "is not known yet: give it to Ledger(...), or call summary(as_of=...)",
                         _ffi.KAM_ERR_OPTION)
        return self._raw

    def __del__(self) -> None:
        raw = getattr(self, "_raw", None)
        if raw:
            lib.kam_ledger_free(raw)
            self._raw = ctypes.c_void_p()
            self._host.close()

    def __len__(self) -> int:
        """How many accounts it holds."""
        return int(lib.kam_ledger_n_accounts(self._opened()))

    def __bool__(self) -> bool:
        return True

    def add(self, orders: Any = None, **columns: Any) -> Ledger:
        """Adds lines; columns as told to the constructor, unless told anew."""
        for name in columns:
            if name not in self._columns:
                raise TypeError(f"{name!r} is no column of order lines: {', '.join(self._columns)}")
        self._add(orders, {**self._columns, **columns}, ("revenue", "cost"), _ffi.kam_lines, lib.kam_ledger_add)
        return self

    def add_activities(self, postings: Any = None, *, account: Any = "account", day: Any = "day", cost: Any = "cost"
                       ) -> Ledger:
        """Adds cost-to-serve postings."""
        self._add(postings, {"account": account, "day": day, "cost": cost}, ("cost",), _ffi.kam_activities,
                  lib.kam_ledger_add_activities)
        return self

    def _add(self, table: Any, wanted: Mapping[str, Any], numbers: tuple[str, ...], struct: Any, call: Any) -> None:
        source = None if table is None else _columns.Source(table, "orders")
        found: dict[str, _columns.Column] = {}
        for role, given in wanted.items():
            kind = "number" if role in numbers else "day" if role == "day" else "key"
            if isinstance(given, str):
                if source is None:
                    raise refuse(role, f"names a column {given!r}, but there is no table", _ffi.KAM_ERR_SHAPE)
                found[role] = source.column(given, kind)
            elif given is not None:
                found[role] = _columns.column(role, given, kind)
        lines = _Lines(struct, call, found)
        if self._raw:
            self._take(lines)
        else:
            next(_columns.parts(found))  # complains of lengths now
            self._lines.append(lines)

    def _take(self, lines: _Lines) -> None:
        for first, n_rows, chunks in _columns.parts(lines.columns):
            raw = lines.struct(struct_size=ctypes.sizeof(lines.struct), n_rows=n_rows)
            for role, chunk in chunks.items():
                setattr(raw, role, chunk.raw)
            diag = new_diag()
            self._host.check(lines.call(self._raw, ctypes.byref(raw), ctypes.byref(diag)), diag, first)
            if n_rows:
                self._keys_are_text = chunks["account"].raw.type in (_ffi.KAM_TEXT32, _ffi.KAM_TEXT64,
                                                                     _ffi.KAM_CHARS)
        self._host.rest()

    def merge(self, other: Ledger) -> Ledger:
        """Adds all that `other` holds; `other` stays. Both know as_of, or neither."""
        if not self._raw and not other._raw:
            self._lines += other._lines
            return self
        diag = new_diag()
        self._host.check(lib.kam_ledger_merge(self._opened(), other._opened(), ctypes.byref(diag)), diag)
        if self._keys_are_text is None:
            self._keys_are_text = other._keys_are_text
        return self

    def report(self) -> dict[str, Any]:
        """What happened to the lines, counted."""
        report = _ffi.kam_ledger_report(struct_size=ctypes.sizeof(_ffi.kam_ledger_report))
        diag = new_diag()
        check(lib.kam_ledger_report_of(self._opened(), ctypes.byref(report), ctypes.byref(diag)), diag)
        made = {name: getattr(report, name) for name, *_ in report._fields_[2:]}
        return {**made, **{name: day(made[name]) for name in ("first_line_day", "last_line_day")}}

    def keys(self) -> Union[list[str], memoryview]:
        """The accounts, in the order of the summary: texts, or numbers."""
        if self._keys_are_text:
            return self._texts()
        table = self._summarise({"key": Buffer("q", len(self))})
        assert isinstance(table["key"], memoryview)
        return table["key"]

    def _texts(self) -> list[str]:
        n = len(self)
        texts, lengths = (ctypes.c_void_p * max(n, 1))(), Buffer("q", n)
        diag = new_diag()
        self._host.check(lib.kam_ledger_keys(self._raw, texts, lengths.at(), ctypes.byref(diag)), diag)
        return [ctypes.string_at(texts[i] or 0, length).decode("utf-8", "surrogateescape")
                for i, length in enumerate(lengths.view())]

    def _summarise(self, buffers: Mapping[str, Buffer]) -> dict[str, Data]:
        raw = _ffi.kam_summary(struct_size=ctypes.sizeof(_ffi.kam_summary),
                               **{name: buffer.at() for name, buffer in buffers.items()})
        diag = new_diag()
        self._host.check(lib.kam_ledger_summarise(self._opened(), ctypes.byref(raw), ctypes.byref(diag)), diag)
        self._host.rest()
        return {name: buffer.view() for name, buffer in buffers.items()}

    def summary(self, as_of: Optional[Day] = None) -> Summary:
        """One row an account. `as_of` unless the ledger knows it."""
        if as_of is not None and not self._raw:
            return self._at(as_of).summary()
        n, quarters = len(self), self._options.n_quarters
        if as_of is not None and number(as_of, "as_of") != self._options.as_of_day:
            raise refuse("as_of", f"is {as_of}, but the ledger was made as of {day(self._options.as_of_day)}",
                         _ffi.KAM_ERR_OPTION)
        wanted = [name for name, *_ in _ffi.kam_summary._fields_[2:]]
        if self._keys_are_text:
            wanted.remove("key")
        wanted.remove("quarter_revenue")
        buffers = {name: Buffer(_LETTERS.get(name, "d"), n) for name in wanted}
        if quarters:
            buffers["quarter_revenue"] = Buffer("d", n * quarters)
        made = self._summarise(buffers)
        columns: dict[str, Data] = {"account": self._texts() if self._keys_are_text else made.pop("key")}
        revenue = made.pop("quarter_revenue", memoryview(b""))
        flags = made.pop("row_flags")
        columns.update(made)
        columns.update((f"quarter_{i + 1}", revenue[i::quarters]) for i in range(quarters))
        columns["row_flags"] = flags
        report = self.report()
        if 0 < report["n_lines"] == report["n_bad_day"]:
            warnings.warn("no order line has a day that a calendar has: numbers are days since 1970-01-01, and 20240131 is "
                          "written \"2024-01-31\"", stacklevel=2)
        return Summary(columns, report, day(self._options.as_of_day), self._options.period_days)
