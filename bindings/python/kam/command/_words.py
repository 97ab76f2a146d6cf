# SPDX-License-Identifier: MIT
"""Numbers and texts as people read them, and tables of them."""
from __future__ import annotations

import math
import re
from collections.abc import Sequence

from .. import _ffi, status
from ._text import character, decode, encode


def plain(value: float, decimals: int) -> str:
    """As printf has it, but nothing is ever "-0.00"."""
    text = f"{value:.{decimals}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text


def grouped(value: float, decimals: int = 0) -> str:
    """1,234,567 or 1,234,567.89; "-" for NaN."""
    if math.isnan(value):
        return "-"
    if not abs(value) < 1e15:
        return f"{value:.6g}"
    text = f"{value:,.{decimals}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.,") else text


def many(n: int, one: str) -> str:
    """1 account, or 2,345 accounts."""
    return f"{grouped(n)} {one}{'' if n == 1 else 's'}"


_COUNTED = {"account": "个客户", "order": "笔订单", "line": "行", "event": "条事件", "signal": "种信号", "contract": "份合同",
            "month": "个月", "start": "个开始日"}


def many_in(n: int, one: str, zh: bool) -> str:
    """The same, or in Chinese 2,345 个客户."""
    return f"{grouped(n)} {_COUNTED[one]}" if zh else many(n, one)


def compact(value: float, language: str) -> str:
    """Three digits that count: 6,420k or 12.3M, or in Chinese 642万 and 1.23亿;
    "-" for NaN."""
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    units = ([(99950000, 1e8, "亿"), (9999.5, 1e4, "万")] if language == "zh" else
             [(999.5e6, 1e9, "bn"), (999.5e3, 1e6, "M"), (999.5, 1e3, "k")])
    for least, one, unit in units:
        if abs(value) >= least:
            size = abs(value / one)
            return grouped(value / one, 0 if size >= 99.95 else 1 if size >= 9.995 else 2) + unit
    return grouped(value)


def percent(share: float, decimals: int) -> str:
    """12.3 %; "-" for NaN."""
    return "-" if math.isnan(share) else f"{grouped(100 * share, decimals)} %"


#: what a fit may end with
_STATUS = {_ffi.KAM_ERR_EMPTY: "没有可用的数据", _ffi.KAM_ERR_TOO_FEW: "数据太少，不足以拟合",
           _ffi.KAM_ERR_AT_BOUND: "最优解位于参数的边界", _ffi.KAM_ERR_FLAT: "许多参数拟合得同样好",
           _ffi.KAM_ERR_CONSTANT: "有一列每行都相同", _ffi.KAM_ERR_COLLINEAR: "有一列没有提供其他列以外的信息",
           _ffi.KAM_ERR_ONE_CLASS: "所有行都有事件，或都没有", _ffi.KAM_ERR_SEPARATED: "有一列可无误地区分事件",
           _ffi.KAM_ERR_WEAK: "弱先验使最优解的移动超过其误差", _ffi.KAM_ERR_NOT_CONVERGED: "拟合在收敛前停止"}


def status_words(code: int, zh: bool) -> str:
    """A status as the end of a sentence: no capital, no full stop."""
    if zh and code in _STATUS:
        return _STATUS[code]
    text = status.text(code)
    text = text[:-1] if text.endswith(".") else text
    return text[0].lower() + text[1:] if re.match("[A-Z]", text) else text


# East Asian wide and full-width characters take two columns (UAX 11)
_WIDE = ((0x1100, 0x115F), (0x2E80, 0x303E), (0x3041, 0xA4CF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F),
         (0xFF00, 0xFF60), (0xFFE0, 0xFFE6), (0x1F300, 0x1FAFF), (0x20000, 0x3FFFD))


def _code_width(code: int) -> int:
    if 0x300 <= code <= 0x36F or 0x200B <= code <= 0x200F:
        return 0
    return 2 if any(low <= code <= high for low, high in _WIDE) else 1


def width(text: str) -> int:
    """Columns of a terminal that a text takes."""
    return sum(_code_width(ord(letter)) for letter in text)


def cut(text: str, columns: int) -> str:
    """At most so many columns, the last an ellipsis when cut; what cannot be
    printed is a question mark."""
    raw, used, at = encode(text), 0, 0
    made = bytearray()
    end = 0
    while at < len(raw):
        n = character(raw, at)
        is_plain = n > 0 and raw[at] >= 0x20 and raw[at] != 0x7F
        used += width(decode(raw[at:at + n])) if is_plain else 1
        if used > columns or len(made) + 8 > 256:
            return decode(bytes(made[:end])) + "…"
        made += raw[at:at + n] if is_plain else b"?"
        at += n or 1
        if used <= columns - 1:
            end = len(made)
    return decode(bytes(made))


def grid(rows: Sequence[Sequence[str]], align: str, indent: str = "") -> str:
    """An aligned table, two blanks between columns."""
    widths = [max(map(width, column)) for column in zip(*rows)]
    made = []
    for row in rows:
        cells = []
        for j, (text, side) in enumerate(zip(row, align)):
            blanks = " " * (widths[j] - width(text))
            is_last = j == len(align) - 1
            cells.append(blanks + text if side == "r" else text if is_last else text + blanks)
        made.append(indent + "  ".join(cells) + "\n")
    return "".join(made)
