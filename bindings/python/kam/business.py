# SPDX-License-Identifier: MIT
"""Business hours: which seconds count (kam/business.h)."""
from __future__ import annotations

import ctypes
import datetime
from collections.abc import Iterable, Mapping
from typing import Any, Optional, Union

from . import _ffi
from ._errors import check, new_diag, refuse
from ._library import lib
from .calendar import Day, number

#: a time of the office's own clock, or seconds since 1970-01-01 of it
Time = Union[datetime.datetime, int]
_EPOCH = datetime.datetime(1970, 1, 1)


def seconds_of(when: Time, argument: str = "time") -> int:
    """A time as seconds since 1970-01-01; times with a zone are refused."""
    if isinstance(when, datetime.datetime):
        if when.tzinfo is not None:
            raise refuse(argument, f"is in the zone {when.tzinfo}: hand in the office's own clock", _ffi.KAM_ERR_OPTION)
        return round((when - _EPOCH).total_seconds())
    return int(when)


class Hours:
    """Hours(open={0: (540, 1080), ...}, holidays=["2024-02-12"]): minutes after midnight by weekday, Monday 0;
    without `open`, Monday to Friday, 09:00 to 18:00."""

    def __init__(self, open: Optional[Mapping[int, tuple[int, int]]] = None, holidays: Iterable[Day] = ()) -> None:
        self.raw = _ffi.kam_business_hours()
        check(lib.kam_business_hours_init(ctypes.byref(self.raw), ctypes.sizeof(self.raw)))
        if open is not None:
            for weekday in range(7):
                self.raw.open_minute[weekday], self.raw.close_minute[weekday] = open.get(weekday, (0, 0))
        days = sorted({number(day, "holidays") for day in holidays})
        self._days = (ctypes.c_int32 * max(len(days), 1))(*days)
        self.raw.holidays, self.raw.n_holidays = self._days, len(days)


def at(hours: Optional[Hours]) -> Any:
    return None if hours is None else ctypes.byref(hours.raw)


def between(start: Time, end: Time, hours: Optional[Hours] = None) -> int:
    """Business seconds between two times; by the wall without `hours`."""
    found, diag = ctypes.c_int64(), new_diag()
    check(lib.kam_business_between(at(hours), seconds_of(start, "start"), seconds_of(end, "end"), ctypes.byref(found),
                                   ctypes.byref(diag)), diag)
    return found.value


def after(start: Time, seconds: int, hours: Optional[Hours] = None) -> datetime.datetime:
    """The earliest time at which so many business seconds have passed."""
    found, diag = ctypes.c_int64(), new_diag()
    check(lib.kam_business_after(at(hours), seconds_of(start, "start"), seconds, ctypes.byref(found),
                                 ctypes.byref(diag)), diag)
    return _EPOCH + datetime.timedelta(seconds=found.value)
