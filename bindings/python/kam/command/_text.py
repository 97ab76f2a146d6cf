# SPDX-License-Identifier: MIT
"""Days and numbers from text, and values as they stand in messages: the rules of
kam-score (docs/kam-score.md), on bytes, for a file may not be UTF-8."""
from __future__ import annotations

import ctypes
import datetime
import math
import re
from typing import Optional

from .. import _ffi
from .._columns import EPOCH

NO_DAY: int = _ffi.KAM_NO_DAY


class Failure(Exception):
    """Ends the command with one sentence and an exit status: 2 for the input's or
    the command line's fault, 1 for the machine's."""

    def __init__(self, sentence: str, status: int = 2) -> None:
        super().__init__(sentence)
        self.status = status


def decode(text: bytes) -> str:
    """Text that gives the same bytes back, UTF-8 or not."""
    return text.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


_CHARACTER = re.compile(rb"[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def character(text: bytes, at: int) -> int:
    """Length in bytes of the UTF-8 character there; 0 when broken."""
    found = _CHARACTER.match(text, at)
    return found.end() - at if found else 0


def show(text: bytes, longest: int = 60) -> str:
    """A value from a file in a message: control characters and broken UTF-8 as
    \\xNN, and not too long."""
    at, made = 0, bytearray()
    while at < len(text) and len(made) < longest:
        n = character(text, at)
        if n == 0 or text[at] < 0x20 or text[at] == 0x7F:
            made += b"\\x%02X" % text[at]
            at += 1
        else:
            made += text[at:at + n]
            at += n
    return decode(bytes(made)) + ("..." if at < len(text) else "")


# Days. (?=(...))\N takes as many digits as there are, and gives none back.

_ZONE = rb"(?:Z|(?P<zone>[+-](?P<zh>\d\d)(?::?(?P<zm>\d\d))?)|)"
_TIME = (rb"(?:[T ] *(?=(?P<h>\d\d?))(?P=h):?(?P<m>\d\d)(?::?(?P<s>\d\d))?(?:[.,]\d+)? *"
         + _ZONE + rb")?")
_USUAL = re.compile(rb"(?P<Y>\d{4})(?:(?P<mark>[-/])(?P<M>\d\d?)(?P=mark)(?P<D>\d\d?)|(?P<M2>\d\d)(?P<D2>\d\d))" + _TIME)
_AMBIGUOUS = re.compile(rb"\d\d?([/.-])\d\d?\1\d\d")


def _ordinal(year: int, month: int, day: int) -> Optional[int]:
    try:
        return datetime.date(year, month, day).toordinal() - EPOCH
    except (ValueError, OverflowError):
        return None


def _usual_form(text: bytes) -> Optional[int]:
    found = _USUAL.fullmatch(text)
    if not found:
        return None
    one = found.groupdict()
    if one["h"] is not None and (int(one["h"]) > 24 or int(one["m"]) > 59 or int(one["s"] or 0) > 60):
        return None
    if one["zone"] and (int(one["zh"]) > 24 or int(one["zm"] or 0) > 59):
        return None
    return _ordinal(int(one["Y"]), int(one["M"] or one["M2"]), int(one["D"] or one["D2"]))


class _Time(ctypes.Structure):
    """struct tm, with room for what a C library adds."""
    _fields_ = [(name, ctypes.c_int) for name in ("sec", "min", "hour", "mday", "mon", "year", "wday", "yday", "isdst")
                ] + [("more", ctypes.c_long * 8)]


def _given_form(text: bytes, form: str) -> Optional[int]:
    """By strptime(3), as kam-score has it; by Python's where there is none."""
    try:
        strptime = ctypes.CDLL(None).strptime
    except (AttributeError, OSError, TypeError):
        try:
            return datetime.datetime.strptime(decode(text), form).toordinal() - EPOCH
        except ValueError:
            return None
    strptime.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(_Time)]
    strptime.restype = ctypes.c_char_p
    tm = _Time(year=-5000, mon=-1)
    rest = strptime(text, encode(form), ctypes.byref(tm))
    return _ordinal(tm.year + 1900, tm.mon + 1, tm.mday) if rest == b"" else None


def parse_day(text: bytes, form: Optional[str] = None) -> tuple[int, str]:
    """(day number, "") or (no day, the rest of a sentence that begins with the
    text)."""
    day = None if len(text) >= 64 else _usual_form(text) if form is None else _given_form(text, form)
    if day is not None:
        return day, ""
    if len(text) >= 64:
        return NO_DAY, "is no date"
    if form is not None:
        return NO_DAY, "is no date of the form given by --date-format"
    if _AMBIGUOUS.match(text):
        return NO_DAY, "is no date of the form YYYY-MM-DD; say which form it has, such as --date-format %m/%d/%Y"
    return NO_DAY, "is no date"


# Numbers

_DECIMAL = re.compile(rb"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_DIGITS = re.compile(rb"[-+0-9.,]*")


def _why_no_number(text: bytes, point: bytes) -> str:
    if b"," in text and _DIGITS.fullmatch(text):
        if point == b"." and text.count(b",") == 1 and b"." not in text:
            return "is no number; write 1234.50, or give --decimal-comma"
        return "is no number; write it without a thousands separator, as 1234.50"
    return "is no number"


def parse_number(text: bytes, point: bytes = b".") -> tuple[float, str]:
    """(value, "") or (NaN, the rest of a sentence that begins with the text)."""
    if len(text) >= 400:
        return math.nan, "is no number"
    if point != b".":
        if b"." in text:
            return math.nan, "is no number; with --decimal-comma write 1234,50"
        text = text.replace(point, b".", 1)
    if not _DECIMAL.fullmatch(text):
        return math.nan, _why_no_number(text, point)
    value = float(text)
    return (math.nan, "is too large a number") if math.isinf(value) else (value, "")


def day_text(day: int) -> str:
    """YYYY-MM-DD, or nothing for no day."""
    try:
        return datetime.date.fromordinal(day + EPOCH).isoformat()
    except (ValueError, OverflowError):
        return ""
