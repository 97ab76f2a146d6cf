# SPDX-License-Identifier: MIT
"""From order lines in any order to one row an account (kam/ledger.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import Any, Optional, Union

from . import _columns, _ffi
from ._errors import check, new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Data, Table, day
from .calendar import Day, number

_LETTERS = {"key": "q", "first_day": "i", "last_day": "i", "row_flags": "I"}
_DAYS = ("first_day", "last_day")


class Ledger:
    """A growing summary of a log of order lines.

    orders: a table (Arrow, DataFrame, dict of columns, ...), or None. account,
    day, revenue, cost, order: names of its columns, or columns themselves; cost
    and order may be left out. as_of: "today". Options as in kam_ledger_options:
    first_day, zero_is_order, window_months, n_quarters, period_days.

        ledger = kam.Ledger(orders, account="customer", day="date", revenue="amount", as_of="2024-12-31")
        book = ledger.summary()
    """

    def __init__(self, orders: Any = None, *, account: Any = "account", day: Any = "day", revenue: Any = "revenue",
                 cost: Any = None, order: Any = None, as_of: Day, first_day: Optional[Day] = None,
                 zero_is_order: bool = True, window_months: Optional[int] = None,
                 n_quarters: Optional[int] = None, period_days: Optional[float] = None,
                 progress: Optional[Progress] = None, threads: Optional[int] = None) -> None:
        self._raw = ctypes.c_void_p()
        options = _ffi.kam_ledger_options()
        check(lib.kam_ledger_options_init(ctypes.byref(options), ctypes.sizeof(options)))
        options.as_of_day = number(as_of, "as_of")
        options.zero_is_order = int(zero_is_order)
        if first_day is not None:
            options.first_day = number(first_day, "first_day")
        for name, value in (("window_months", window_months), ("n_quarters", n_quarters),
                            ("period_days", period_days)):
            if value is not None:
                setattr(options, name, value)
        self._n_quarters: int = options.n_quarters
        self._host = Host(progress, threads)  # the ledger keeps a copy: it must live as long
        self._columns = {"account": account, "day": day, "revenue": revenue, "cost": cost, "order": order}
        self._keys_are_text: Optional[bool] = None
        diag = new_diag()
        self._host.check(lib.kam_ledger_new(ctypes.byref(options), ctypes.byref(self._host.raw),
                                            ctypes.byref(self._raw), ctypes.byref(diag)), diag)
        if orders is not None or not isinstance(account, str):
            self.add(orders)

    def __del__(self) -> None:
        raw = getattr(self, "_raw", None)
        if raw:
            lib.kam_ledger_free(raw)
            self._raw = ctypes.c_void_p()
            self._host.close()

    def __len__(self) -> int:
        """How many accounts it holds."""
        return int(lib.kam_ledger_n_accounts(self._raw))

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
        for first, n_rows, chunks in _columns.parts(found):
            raw = struct(struct_size=ctypes.sizeof(struct), n_rows=n_rows)
            for role, chunk in chunks.items():
                setattr(raw, role, chunk.raw)
            diag = new_diag()
            self._host.check(call(self._raw, ctypes.byref(raw), ctypes.byref(diag)), diag, first)
            if n_rows:
                self._keys_are_text = chunks["account"].raw.type in (_ffi.KAM_TEXT32, _ffi.KAM_TEXT64,
                                                                      _ffi.KAM_CHARS)

    def merge(self, other: Ledger) -> Ledger:
        """Adds all that `other` holds; `other` stays."""
        diag = new_diag()
        self._host.check(lib.kam_ledger_merge(self._raw, other._raw, ctypes.byref(diag)), diag)
        if self._keys_are_text is None:
            self._keys_are_text = other._keys_are_text
        return self

    def report(self) -> dict[str, Any]:
        """What happened to the lines, counted."""
        report = _ffi.kam_ledger_report(struct_size=ctypes.sizeof(_ffi.kam_ledger_report))
        diag = new_diag()
        check(lib.kam_ledger_report_of(self._raw, ctypes.byref(report), ctypes.byref(diag)), diag)
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
        self._host.check(lib.kam_ledger_summarise(self._raw, ctypes.byref(raw), ctypes.byref(diag)), diag)
        return {name: buffer.view() for name, buffer in buffers.items()}

    def summary(self) -> Table:
        """One row an account, in ascending order of key: `account`, then the
        members of kam_summary. Quarters are quarter_1 (the oldest), ..."""
        n, quarters = len(self), self._n_quarters
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
        return Table(columns, days=_DAYS)
