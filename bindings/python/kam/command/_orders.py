# SPDX-License-Identifier: MIT
"""Files of order lines, as columns that a ledger takes."""
from __future__ import annotations

import math
from array import array
from typing import Any, Optional

from .. import _columns, _ffi
from . import _csvfile
from ._csvfile import Record, fail_at
from ._options import Options
from ._text import NO_DAY, Failure, parse_day, parse_number, show


class Texts:
    """A growing column of texts."""

    def __init__(self) -> None:
        self.offsets, self.bytes = array("q", [0]), bytearray()

    def add(self, text: bytes) -> None:
        self.bytes += text
        self.offsets.append(len(self.bytes))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> bytes:
        return bytes(self.bytes[self.offsets[row]:self.offsets[row + 1]])

    def column(self, name: str) -> _columns.Column:
        chunk = _columns._of_arrays(self.offsets, len(self), _ffi.KAM_TEXT64, None, self.bytes)
        return _columns.Column(name, [chunk])


class Log:
    """All lines that were read, but for the dropped bad ones. Reading does what
    kam-score does, word for word."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.account, self.order = Texts(), Texts()
        self.day, self.revenue, self.cost = array("i"), array("d"), array("d")
        self.has_cost = self.has_order = False
        self.last_day = NO_DAY
        self.n_read = self.n_short = self.n_bad = 0
        self.first_bad = ""
        self._days: dict[bytes, tuple[int, str]] = {}
        for i, path in enumerate(options.orders):
            self._read(path, is_first=i == 0)

    def __len__(self) -> int:
        return len(self.day)

    def columns(self) -> dict[str, Any]:
        """As kam.Ledger takes them."""
        return {"account": self.account.column("account"), "day": self.day, "revenue": self.revenue,
                "cost": self.cost if self.has_cost else None,
                "order": self.order.column("order") if self.has_order else None}

    def _optional(self, header: Record, name: str, is_wanted: bool, option: str) -> int:
        return _csvfile.require(header, name, option) if is_wanted else _csvfile.find(header, name)

    def _header(self, header: Record, is_first: bool) -> None:
        options = self.options
        self._at = [_csvfile.require(header, options.account, "--account"),
                    _csvfile.require(header, options.day, "--day"),
                    _csvfile.require(header, options.revenue, "--revenue"),
                    self._optional(header, options.cost, options.cost_is_wanted, "--cost"),
                    self._optional(header, options.order, options.order_is_wanted, "--order")]
        has_cost, has_order = self._at[3] >= 0, self._at[4] >= 0
        for name, had, has in ((options.cost, self.has_cost, has_cost), (options.order, self.has_order, has_order)):
            if not is_first and had != has:
                fail_at(header, f'{"here is a" if has else "there is no"} column "{name}", but the file before has '
                        f'{"one" if had else "none"}')
        self.has_cost, self.has_order = has_cost, has_order

    def _read(self, path: str, is_first: bool) -> None:
        records = _csvfile.read(path, self.options.delimiter)
        self._header(next(records), is_first)
        n_before = self.n_read
        for record in records:
            self.n_read += 1
            self.n_short += record.is_short
            self._take(record)
        if self.n_read == n_before:
            raise Failure(f"{_csvfile.name_of(path)} has a header but no lines")

    def _bad(self, record: Record, role: str, cell: bytes, wrong: str, column: str) -> None:
        """Stops, or notes it when bad lines are only dropped."""
        if not self.options.drop_bad:
            fail_at(record, f'{role} "{show(cell)}" {wrong} (column "{column}")')
        if self.n_bad == 0:
            self.first_bad = f'{record.path}:{record.line}: {role} "{show(cell)}" {wrong}'
        self.n_bad += 1

    def _amount(self, record: Record, role: str, column: str, at: int) -> Optional[float]:
        """NaN when it is not there, None when it is bad."""
        cell = record.cells[at] if at >= 0 else b""
        if not cell:
            return math.nan
        value, wrong = parse_number(cell, self.options.point)
        if wrong:
            self._bad(record, role, cell, wrong, column)
            return None
        return value

    def _day(self, record: Record) -> Optional[int]:
        """Days repeat: each text is read once."""
        cell = record.cells[self._at[1]]
        if not cell:
            return NO_DAY
        if cell not in self._days:
            self._days[cell] = parse_day(cell, self.options.date_format)
        day, wrong = self._days[cell]
        if wrong:
            self._bad(record, "day", cell, wrong, self.options.day)
            return None
        return day

    def _take(self, record: Record) -> None:
        day = self._day(record)
        if day is None:
            return
        revenue = self._amount(record, "revenue", self.options.revenue, self._at[2])
        cost = None if revenue is None else self._amount(record, "cost", self.options.cost, self._at[3])
        if revenue is None or cost is None:
            return
        account = record.cells[self._at[0]]
        self.account.add(account)
        self.day.append(day)
        self.revenue.append(revenue)
        self.cost.append(cost)
        if self.has_order:
            self.order.add(record.cells[self._at[4]])
        # NO_DAY is the smallest of days. A line that no score can use does not
        # say what day it is.
        if day > self.last_day and account and not math.isnan(revenue):
            self.last_day = day
