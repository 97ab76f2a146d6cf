# SPDX-License-Identifier: MIT
"""From order lines to one row an account, facts about accounts, and the two calls
that do everything."""
from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Optional

from .. import _fit, _score, account, ledger, reason, status, tier
from ..calendar import number
from . import _cells, _csvfile
from ._csvfile import Record, fail_at
from ._options import Options
from ._orders import Log
from ._pace import Pace
from ._text import NO_DAY, decode, encode, parse_number, show

if TYPE_CHECKING:
    from . import _contracts, _signals

#: what is read from a summary to fit and score
_FROM_SUMMARY = ("repeat_orders", "last_order_periods", "age_periods", "mean_order_value", "gross_revenue", "returns",
                 "direct_cost", "log_gaps", "valued_orders", "log_values")
_BY_PERIOD = ("repeat_orders", "last_order_periods", "age_periods", "mean_order_value", "valued_orders", "log_values")
#: the first order counts for what one is worth, and so do single values
_VALUES: dict[str, Any] = {"keep_values": True, "value_first": True}
#: what a row of the CSV shows; flags are of these answers
_SHOWN = ("tier", "net_revenue", "profit", "margin_ratio", "alive", "expected_orders", "lifetime_value",
          "lifetime_value_low", "lifetime_value_high", "churn_risk", "reasons", "row_flags")

#: what the accounts file may tell for --playbook; the touches by KAM_TOUCH_*
LAST_TOUCHES = ("last_visit", "last_review", "last_onboarding", "last_value_report", "last_executive_meeting",
                "last_data_review", "last_survey", "last_revisit", "last_resource_review", "last_rival_watch")
FOR_PLAYBOOK = ("stable", "growth", "wallet", "pain", "start_day", *LAST_TOUCHES)


class Book:
    """One row an account, by ascending key, of the lines dated first_day
    (None: any)..as_of."""

    def __init__(self, log: Log, as_of: int, first_day: Optional[int] = None, n_quarters: int = 0) -> None:
        self.as_of = as_of
        made = ledger.Ledger(**log.columns(), as_of=as_of, first_day=first_day, n_quarters=n_quarters,
                             **_VALUES)
        self.report = made.report()
        summary = made.summary()
        self.summary: dict[str, Any] = {name: summary[name] for name in summary}
        self.n = len(summary)
        self.period_days = log.options.period_days
        self._by_period = self._count_periods(log, first_day) if self.period_days else {}
        self.key = [str(key) for key in self.summary["account"]]
        self.row = {key: i for i, key in enumerate(self.key)}
        self.service_cost = array("d", [math.nan]) * self.n
        self.tier_before = array("d", [math.nan]) * self.n
        self.weight = array("d", [1.0]) * self.n  # in the fits

    def add(self, accounts: Iterable[str]) -> None:
        """Adds a row, of which nothing is known, for each of these accounts that has none."""
        key = sorted({*self.key, *accounts}, key=encode)
        place = [self.row.get(one, -1) for one in key]

        def spread(data: Any, letter: str, missing: float) -> Any:
            return array(letter, [data[i] if i >= 0 else missing for i in place])

        self.summary = {name: spread(data, "i", NO_DAY) if name in ("first_day", "last_day") else spread(data, "d", math.nan)
                        for name, data in self.summary.items() if name not in ("account", "key")}
        self._by_period = {name: spread(data, "d", math.nan) for name, data in self._by_period.items()}
        self.service_cost = spread(self.service_cost, "d", math.nan)
        self.tier_before, self.weight = spread(self.tier_before, "d", math.nan), spread(self.weight, "d", 1.0)
        self.n, self.key, self.row = len(key), key, {one: i for i, one in enumerate(key)}

    def _count_periods(self, log: Log, first_day: Optional[int]) -> dict[str, Any]:
        """Orders by period: those of a log in which every line is dated by the end of its period."""
        days, end = self.period_days, self.as_of
        dated = array("i", (day if day > end else max(end - (end - day) // days * days, NO_DAY) for day in log.day))
        of = ledger.Ledger(**{**log.columns(), "day": dated}, as_of=end, first_day=first_day, period_days=days,
                           **_VALUES).summary()
        return {name: of[name] for name in _BY_PERIOD}

    def column(self, name: str) -> Any:
        """Of the summary; orders by period where they are counted so."""
        return self._by_period[name] if name in self._by_period else self.summary[name]

    def rows(self, **more: Any) -> account.Accounts:
        """What fits and scores look at."""
        summary = self.summary
        return account.Accounts({**{name: self.column(name) for name in _FROM_SUMMARY},
                                 "tier_value": summary["window_revenue"], "service_cost": self.service_cost,
                                 "tier_before": self.tier_before, "weight": self.weight, **more})

    def first_line_day(self) -> int:
        """The day of the first used line; before all days without one."""
        first = self.report["first_line_day"]
        return number(first) if first else -2**31

    def is_known(self, row: int) -> bool:
        """Did it ever order?"""
        return bool(self.summary["first_day"][row] != NO_DAY)

    def order_days(self, key: str) -> float:
        """Distinct days on which an account ordered."""
        row = self.row.get(key, -1)
        return self.column("repeat_orders")[row] + 1 if row >= 0 and self.is_known(row) else 0.0

    def gross_revenue(self, key: str) -> float:
        """What an account was invoiced."""
        row = self.row.get(key, -1)
        return float(self.summary["gross_revenue"][row]) if row >= 0 else 0.0

    def silence(self, row: int) -> float:
        """Days since the last order."""
        return float(self.as_of - self.summary["last_day"][row])


class Facts:
    """The file of facts about accounts, read into the book's service_cost and
    tier_before; and, for the report and the playbook, `more` that is known."""

    def __init__(self, book: Book, options: Options, potential: Sequence[str] = ()) -> None:
        self.potential: dict[str, Any] = {name: array("d", [math.nan]) * book.n for name in potential}
        self.n_records = self.n_unnamed = self.n_strangers = self.n_early = 0
        self.strangers_cost = 0.0
        self._book, self._options = book, options
        self._line = [0] * book.n
        if options.accounts_file is None:
            return
        records = _csvfile.read(options.accounts_file)
        self._header(next(records))
        for record in records:
            self._take(record)

    def _header(self, header: Record) -> None:
        self._account = _cells.account_column(self._options, header)
        self._cost, self._start, self._tier = (_csvfile.find(header, name)
                                               for name in ("cost_to_serve", "start_day", "tier_before"))
        if self._tier < 0:
            self._tier = _csvfile.find(header, "tier")
        self._more = {name: at for name in self.potential if (at := _csvfile.find(header, name)) >= 0}
        if max(self._cost, self._start, self._tier) < 0 and not (self._options.playbook and self._more):
            fail_at(header, "none of the columns cost_to_serve, start_day, tier_before and tier is here")

    def _read_tier(self, record: Record) -> float:
        """1 (the best), 2, ... or a tier's name, in either language."""
        cell = record.cells[self._tier] if self._tier >= 0 else b""
        n, name = self._options.n_bands, cell.lower()
        if not cell or name == encode(tier.name(-1, n)).lower():
            return math.nan
        for one in range(n + 1):
            if name in (encode(tier.name(one, n, language)).lower() for language in ("en", "zh")):
                return one
        number, wrong = parse_number(cell)
        if not wrong and 1 <= number <= n + 1 and number == math.floor(number):
            return number - 1
        fail_at(record, f'tier "{show(cell)}" is neither a tier\'s name nor its number (1 is the best) (column "tier")')

    def _read_more(self, record: Record, name: str, at: int) -> float:
        if name not in LAST_TOUCHES and name != "start_day":
            return _cells.number(self._options, record, name, at)
        day = _cells.day(self._options, record, name, at)
        return math.nan if day == NO_DAY else day

    @property
    def found(self) -> dict[str, Any]:
        """Of `more`, the columns that the file has."""
        return {name: self.potential[name] for name in getattr(self, "_more", ())}

    def _take(self, record: Record) -> None:
        name, book = record.cells[self._account], self._book
        row = book.row.get(decode(name), -1)
        cost, start = _cells.number(self._options, record, "cost_to_serve", self._cost), _cells.day(self._options, record, "start_day", self._start)
        before = self._read_tier(record)
        more = {one: self._read_more(record, one, at) for one, at in self._more.items()}
        self.n_records += 1
        if row < 0:
            self.n_strangers += bool(name)
            self.n_unnamed += not name
            self.strangers_cost += 0.0 if math.isnan(cost) else cost
            return
        if self._line[row]:
            fail_at(record, f'account "{show(name)}" stands already in line {self._line[row]}')
        self._line[row] = record.line
        book.service_cost[row], book.tier_before[row] = cost, before
        for one, value in more.items():
            self.potential[one][row] = value
        if start != NO_DAY and book.is_known(row):
            self.n_early += book.summary["first_day"][row] < start


class Answers:
    """Every answer about every row of a book."""

    def __init__(self, book: Book, log: Log, options: Options, horizon_days: Optional[float] = None) -> None:
        self.horizon_days = options.horizon_days if horizon_days is None else horizon_days
        self.rows = book.rows()
        self._book = book
        self.models = _fit.fit(self.rows, family=options.family, period_days=options.period_days or None,
                               policy=options.policy)
        self.pace = Pace(book, log, options)
        self.scores = _score.score(self.rows, self.models, columns=_SHOWN, horizon_days=self.horizon_days,
                                   discount_per_year=options.discount_per_year, interval=options.interval,
                                   pace=self.pace.pace, pace_variance=self.pace.variance, policy=options.policy)
        self.n_bands = len(self.models.limits)
        self.row_flags = [flags | (0 if book.is_known(i) else status.MISSING)
                          for i, flags in enumerate(self.scores["row_flags"])]

        self.signals: Optional[_signals.Signals] = None
        self.contracts: Optional[_contracts.Contracts] = None

    def score(self, name: str) -> Any:
        return self.signals.risk if self.signals and name == "churn_risk" else self.scores[name]

    def of_orders(self, row: int) -> list[reason.Reason]:
        """Reasons of the order model; silence as it is, not in whole periods. Contracts give a base alone."""
        if self.contracts and self.contracts.bind(row):
            return self.contracts.base(row, self.scores["churn_risk"][row])
        made: list[reason.Reason] = self.scores.reasons(row)
        if self._book.period_days and self._book.is_known(row):
            made = [one._replace(value=self._book.silence(row)) if reason.name(one.id) == "silence" else one for one in made]
        return made

    def reasons(self, row: int) -> list[reason.Reason]:
        return self.signals.reasons[row] if self.signals else self.of_orders(row)

    def text(self, row: int, one: reason.Reason, language: str) -> str:
        return self.signals.text(row, one, language) if self.signals else reason.text(one, language)

    def more_flags(self, row: int) -> list[str]:
        """Those of contracts and signals."""
        return (["contract"] * bool(self.contracts and self.contracts.bind(row))
                + (self.signals.flag_names(row) if self.signals else []))

    def at_risk(self, row: int) -> float:
        """Money at risk: churn risk x lifetime value; NaN when not known."""
        value: float = self.score("churn_risk")[row] * self.scores["lifetime_value"][row]
        return value

    def by_risk(self) -> list[int]:
        """Rows by falling money at risk, then lifetime value, then revenue; what
        is not known comes last."""
        def known(value: float) -> float:
            return -math.inf if math.isnan(value) else value

        value, revenue = self.scores["lifetime_value"], self.scores["net_revenue"]
        return sorted(range(len(self.scores)), key=lambda i: (-known(self.at_risk(i)), -known(value[i]),
                                                              -known(revenue[i]), i))
