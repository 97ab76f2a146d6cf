# SPDX-License-Identifier: MIT
"""The file of signals: what else is known of accounts, and what it does to their
churn risk. The measuring, weighing and fitting are the library's."""
from __future__ import annotations

import math
from array import array
from typing import Any, NamedTuple, Optional

from .. import calendar, hazard, reason, signal
from .._errors import KamError
from ..panel import SIGNALS, Panel
from . import _cells, _csvfile
from ._book import Answers, Book
from ._csvfile import Record
from ._options import Options
from ._orders import Log
from ._text import NO_DAY, decode

MONTHS = 36
_FIELDS = ("day", "end", "amount", "term")
_NEEDS_AMOUNT = ("usage", "orders", "satisfaction", "price_gap")
#: why events of known accounts are left out, in English and Chinese
LOSSES = {"without a day": "无日期", "without an amount": "无金额", "without days of credit": "无账期天数",
          "after the as-of day": "晚于截至日", "with a value that cannot be": "的数值不可能"}
_NO_DAY, _NO_AMOUNT, _NO_CREDIT, _LATER, _WRONG = LOSSES


class _Event(NamedTuple):
    account: str
    day: float
    end: float
    amount: float
    term: float


def _impossible(name: str, one: _Event) -> str:
    """What a value of that signal cannot be; nothing when it can."""
    if name == "usage" and one.amount < 0:
        return "is below zero"
    if name == "satisfaction" and (one.amount < 0 or one.amount > 10):
        return "is not on the scale of 0 to 10"
    if name == "price_gap" and (one.amount < -1 or one.amount > 1):
        return "is no share from -1 to 1 (0.08 is 8 %)"
    if name in ("payment_delay", "complaints", "changes") and one.term < 0:
        return "days of term are below zero"
    return "ends before it begins" if name in ("complaints", "changes") and one.end < one.day else ""


def _loss(name: str, one: _Event, today: int) -> Optional[str]:
    """Why an event is left out; None: it is not. A payment made before its due day
    is known on the day it was made."""
    if math.isnan(one.day):
        return _NO_DAY
    if _impossible(name, one):
        return _WRONG
    if name in _NEEDS_AMOUNT and math.isnan(one.amount):
        return _NO_AMOUNT
    if name == "payment_delay" and not one.term > 0:
        return _NO_CREDIT  # a delay is a share of the credit: without one it is not known
    return _LATER if one.day > today and not one.end <= today else None


class _View:
    """Signals of a book as of its day, by signal."""

    def __init__(self, logs: dict[str, list[_Event]], book: Book) -> None:
        self.start = [calendar.add_months(book.as_of + 1, t - MONTHS) for t in range(MONTHS + 1)]
        self.value: dict[str, Any] = {}
        self.since: dict[str, Any] = {}
        self.flags: dict[str, Any] = {}
        for name, events in logs.items():
            rows = array("q", [book.row.get(one.account, -1) for one in events])
            day, end, amount, term = (array("d", [getattr(one, field) for one in events]) for field in _FIELDS)
            found = signal.of(name, self.start, book.n, rows, day, end=end, amount=amount, term=term)
            self.value[name], self.since[name], self.flags[name] = (
                list(found[column][MONTHS - 1::MONTHS]) for column in ("signal", "since", "flags"))


def _median(values: list[float]) -> float:
    """Of what is known; 0 when nothing is."""
    known = sorted(value for value in values if not math.isnan(value))
    return (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2 if known else 0.0


def _offset(reasons: list[reason.Reason]) -> float:
    """The log-odds of the order model, which its reasons add up to."""
    found = math.nan
    for i, one in enumerate(reasons):
        found = found + one.contribution if i else one.contribution
    return found if math.isfinite(found) else math.nan


class Signals:
    """Reads the file, nothing of it dated after the book's day, and puts the signals into the risks and reasons of a scored book."""

    def __init__(self, options: Options, log: Log, book: Book, answers: Answers) -> None:
        assert options.signals_file is not None
        self.path, self._options = options.signals_file, options
        self.n_events = self.n_strangers = self.n_learned = self.n_left = 0
        self.n_lost, self.first_wrong = dict.fromkeys(LOSSES, 0), ""
        self._wrong: set[str] = set()
        self._keys = book.key
        self._read(book)
        self.names = list(self._logs)
        prior = hazard.expert(self.names)
        mean = [0.0, *prior.mean[1:]]
        self._weights = mean
        self.now = _View(self._logs, book)
        self.n_rows = book.n
        self._typical = {name: _median(self.now.value[name]) if name == "contact_gap" else 0.0 for name in self.names}
        self._most = {name: 4 * 0.6931471805599453 / mean[j + 1] for j, name in enumerate(self.names)}
        self._learn(book, log, hazard.Prior(mean, prior.precision), answers)
        self._change(answers)
        self.n_alarmed, self.n_limited = (sum(bool(self._flags(i)[0] & bit) for i in range(book.n))
                                          for bit in (signal.ALARM, signal.LIMIT))
        self.n_measured = sum(self._flags(i)[1] < len(self.names) for i in range(book.n))

    def _read(self, book: Book) -> None:
        records = _csvfile.read(self.path)
        header = next(records)
        self._account = _cells.account_column(self._options, header)
        self._signal, self._day = (_csvfile.require(header, name, None) for name in ("signal", "day"))
        self._end, self._amount, self._term = (_csvfile.find(header, name) for name in ("end", "amount", "term"))
        logs: dict[str, list[_Event]] = {name: [] for name in SIGNALS}
        seen: set[str] = set()
        for record in records:
            name = decode(record.cells[self._signal])
            if name not in SIGNALS:
                _cells.refuse(record, "signal", record.cells[self._signal], f"is none of {', '.join(SIGNALS)}")
            day, end = (math.nan if found == NO_DAY else float(found)
                        for found in (_cells.day(self._options, record, "day", self._day),
                                      _cells.day(self._options, record, "end", self._end)))
            amount = _cells.number(self._options, record, "amount", self._amount)
            term = _cells.number(self._options, record, "term", self._term)
            self.n_events += 1
            account = decode(record.cells[self._account])
            if account not in book.row:
                self.n_strangers += 1
                continue
            seen.add(name)
            event = _Event(account, day, end, amount, term)
            loss = _loss(name, event, book.as_of)
            if loss:
                self.n_lost[loss] += 1
                if loss == _WRONG:
                    self._remember_wrong(record, name, event)
                continue
            logs[name].append(event._replace(end=math.nan if end > book.as_of else end, term=term if term >= 0 else 0.0))
        self._logs = {name: events for name, events in logs.items() if name in seen}

    def _remember_wrong(self, record: Record, name: str, one: _Event) -> None:
        self._wrong.add(one.account)
        value = f" {one.amount:g}" if name in _NEEDS_AMOUNT else ""
        self.first_wrong = self.first_wrong or f"line {record.line}: {name}{value} {_impossible(name, one)}"

    def _columns(self, view: _View) -> dict[str, array[float]]:
        """What is more than typical counts, up to four limits of practice; what is
        not measured counts as typical."""
        made = {}
        for name in self.names:
            typical, most = self._typical[name], self._most[name]
            made[name] = array("d", [0.0 if math.isnan(x) else max(min(x - typical, most), -most)
                                     for x in view.value[name]])
        return made

    def _learn(self, book: Book, log: Log, prior: hazard.Prior, answers: Answers) -> None:
        """One horizon ago: who was there, its signals and risk then, and whether it
        ordered since. Moves the weights when there is such a book."""
        horizon = answers.horizon_days
        if not (1 <= horizon <= 36500 and self.names):
            return
        then = Book(log, book.as_of - int(horizon))
        if then.n == 0:
            return
        answers = Answers(then, log, self._options, horizon)
        last = book.summary["last_day"]
        left = [float(last[book.row[key]] <= then.as_of) if key in book.row else 0.0 for key in then.key]
        offset = array("d", [_offset(answers.of_orders(i)) for i in range(then.n)])
        panel = Panel(self._columns(_View(self._logs, then)), offset=offset, event=array("d", left))
        try:
            model = hazard.fit(panel, prior=prior)
        except KamError:
            return
        assert model.report
        if model.report["verdict"] != "prior_only":
            self._weights = list(model.coefficients.values())
            self.n_learned, self.n_left = model.report["n_rows"], model.report["n_events"]

    def _change(self, answers: Answers) -> None:
        n = self.n_rows
        of_orders = [answers.of_orders(i) for i in range(n)]
        self.risk, self.reasons = list(answers.scores["churn_risk"]), [list(one) for one in of_orders]
        if not self.names:
            return
        model = hazard.Model(dict(zip(["constant", *self.names], self._weights)))
        panel = Panel(self._columns(self.now), offset=array("d", [_offset(one) for one in of_orders]))
        risks, found = model.risk(panel)["risk"], model.reasons(panel, top=len(self.names))
        by_id = {SIGNALS[name]: name for name in self.names}
        for i in range(n):
            if math.isnan(risks[i]):
                continue
            self.risk[i] = risks[i]
            mine = [one._replace(value=self.now.value[by_id[one.id]][i])
                    for one in found[i][1:-1] if one.id in by_id and one.contribution != 0]
            every = [one for one in of_orders[i][1:4] if one.id != 0] + mine
            every.sort(key=lambda one: -abs(one.contribution))
            self.reasons[i][1:1 + len(every[:3])] = every[:3]

    def text(self, row: int, one: reason.Reason, language: str) -> str:
        """In words, with the month where it began."""
        for name in self.names:
            if SIGNALS[name] == one.id and self.now.since[name][row] >= 0:
                return reason.text_since(one, self.now.start[self.now.since[name][row]], language)
        return reason.text(one, language)

    def _flags(self, row: int) -> tuple[int, int]:
        every = 0
        for name in self.names:
            every |= self.now.flags[name][row]
        return every, sum(math.isnan(self.now.value[name][row]) for name in self.names)

    def alarms(self) -> array[float]:
        """One bit a signal with an alarm, from bit 0 for usage on; NaN where nothing is measured."""
        measured = [[name for name in self.names if not math.isnan(self.now.value[name][i])] for i in range(self.n_rows)]
        return array("d", [sum(1 << list(SIGNALS).index(name) for name in names if self.now.flags[name][i] & (signal.ALARM | signal.LIMIT))
                           if names else math.nan for i, names in enumerate(measured)])

    def flag_names(self, row: int) -> list[str]:
        flags, lacks = self._flags(row)
        return ([name for bit, name in ((signal.ALARM, "alarm"), (signal.LIMIT, "limit"), (signal.STALE, "stale")) if flags & bit]
                + ["unmeasured"] * (lacks > 0) + ["impossible"] * (self._keys[row] in self._wrong))
