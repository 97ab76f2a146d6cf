# SPDX-License-Identifier: MIT
"""Cells of the files of facts, signals and contracts."""
from __future__ import annotations

import math
from typing import NoReturn

from . import _csvfile
from ._csvfile import Record, fail_at
from ._options import Options
from ._text import NO_DAY, parse_day, parse_number, show


def refuse(record: Record, column: str, cell: bytes, wrong: str) -> NoReturn:
    fail_at(record, f'{column} "{show(cell)}" {wrong} (column "{column}")')


def account_column(options: Options, header: Record) -> int:
    """As in the orders, or "account"."""
    found = _csvfile.find(header, options.account)
    return found if found >= 0 else _csvfile.require(header, "account", None)


def number(options: Options, record: Record, name: str, at: int) -> float:
    """NaN when it is not there."""
    cell = record.cells[at] if at >= 0 else b""
    if not cell:
        return math.nan
    value, wrong = parse_number(cell, options.point)
    if wrong:
        refuse(record, name, cell, wrong)
    return value


def day(options: Options, record: Record, name: str, at: int) -> int:
    """NO_DAY when it is not there."""
    cell = record.cells[at] if at >= 0 else b""
    if not cell:
        return NO_DAY
    found, wrong = parse_day(cell)
    if wrong and options.date_format is not None:
        found, wrong = parse_day(cell, options.date_format)
    if wrong:
        refuse(record, name, cell, wrong)
    return found
