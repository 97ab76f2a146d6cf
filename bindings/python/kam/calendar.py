# SPDX-License-Identifier: MIT
"""Days since 1970-01-01 and calendar steps (kam/calendar.h)."""
from __future__ import annotations

import ctypes
import datetime
from typing import Union

from . import _ffi
from ._columns import day_number
from ._errors import check, refuse
from ._library import lib

#: a date, "2024-12-31", or a number of days since 1970-01-01
Day = Union[datetime.date, str, int]


def day(year: int, month: int, day: int) -> int:
    """The day number of a date."""
    number = ctypes.c_int32()
    check(lib.kam_calendar_day(year, month, day, ctypes.byref(number)), argument="date")
    return number.value


def date(number: int) -> datetime.date:
    """The date of a day number, the inverse of `day`."""
    parts = [ctypes.c_int32() for _ in range(3)]
    check(lib.kam_calendar_date(number, *map(ctypes.byref, parts)), argument="number")
    return datetime.date(*[part.value for part in parts])


def add_months(when: Day, months: int) -> int:
    """The day number so many calendar months later, or the month's last day."""
    result = ctypes.c_int32()
    check(lib.kam_calendar_add_months(number(when), months, ctypes.byref(result)), argument="months")
    return result.value


def number(when: Day, argument: str = "day") -> int:
    """Any way to write a day as a day number."""
    try:
        found = day_number(when)
    except (TypeError, ValueError, AttributeError):
        raise refuse(argument, f"is {when!r}, not a day", _ffi.KAM_ERR_OPTION) from None
    if not -2**31 < found < 2**31:
        raise refuse(argument, f"is {when!r}, not a day", _ffi.KAM_ERR_OPTION)
    return found
