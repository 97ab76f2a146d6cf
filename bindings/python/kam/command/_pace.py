# SPDX-License-Identifier: MIT
"""Whether the book orders faster or slower than its past says: a fit as of a year
ago, held against the year since."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Optional

from .. import _fit, btyd_pace
from .._errors import KamError
from ._options import Options
from ._orders import Log
from ._text import day_text
from ._words import grouped

if TYPE_CHECKING:
    from ._book import Book

#: the window is a year, so that seasons cancel, after half a year or more
_YEAR, _LEAST = 365, 548

_WORDS = {
    "found": ("{pace:.3f}: {what}, less what may be chance (se {se:.2g})", "{pace:.3f}：{what}（已剔除可能的偶然部分，标准误 {se:.2g}）"),
    "chance": ("1: {what}, which may be chance", "1：{what}，差异可能出于偶然"),
    "impossible": ("1: {what}, too far off to go by", "1：{what}，相差过大，不予采用"),
    "what": ("the 365 days to {to} brought {came} orders where {expected} were expected",
             "截至 {to} 的 365 天内有 {came} 个订单，一年前的预期为 {expected}"),
    "given": ("as given", "按所给的值"),
    "young": ("1: the orders do not reach back 18 months, so that no year can tell", "1：订单记录不足 18 个月，没有完整的一年可供判断"),
    "periods": ("1: a model of periods has none", "1：按时段的模型没有趋势系数"),
    "no_model": ("1: a year ago there was no order model to tell", "1：一年前没有可用的订单模型"),
}


class Pace:
    """`pace` and `variance` as kam.score takes them."""

    def __init__(self, book: Book, log: Log, options: Options) -> None:
        self.pace, self.variance = options.pace, 0.0
        self.found: Optional[btyd_pace.Pace] = None
        self._to = book.as_of
        self._how = self._find(book, log, options)

    def _find(self, book: Book, log: Log, options: Options) -> str:
        if options.pace_is_given:
            return "given"
        if options.period_days:
            return "periods"
        if not book.report["n_used"] or book.as_of - book.first_line_day() < _LEAST:
            return "young"
        past, year = type(book)(log, book.as_of - _YEAR), type(book)(log, book.as_of, book.as_of - _YEAR + 1)
        for row, key in enumerate(past.key):
            if key in book.row and book.weight[book.row[key]] == 0:
                past.weight[row] = 0.0
        rows = past.rows()
        model = _fit.fit(rows, family=options.family).orders
        if model is None:
            return "no_model"
        try:
            self.found = btyd_pace.find(model, rows, [year.order_days(key) for key in past.key], _YEAR / model.period_days)
        except KamError:
            return "no_model"
        if self.found.status != "KAM_OK":
            return "impossible"
        self.pace, self.variance = self.found.pace, self.found.variance
        return "found" if self.pace != 1 else "chance"

    def text(self, language: str) -> str:
        """In words, without a full stop."""
        zh = language == "zh"
        made = _WORDS[self._how][zh]
        if self.found is None:
            return made
        what = _WORDS["what"][zh].format(to=day_text(self._to), came=grouped(self.found.actual),
                                         expected=grouped(self.found.expected))
        return made.format(pace=self.pace, what=what, se=self.pace * math.sqrt(self.found.variance))
