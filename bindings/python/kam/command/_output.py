# SPDX-License-Identifier: MIT
"""What kam-score prints, byte for byte: the CSV, the table of the accounts with
most at risk, the summary."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Optional

from .. import _ffi, concentration, profit, reason, status, tier
from .._errors import KamError
from .._library import lib
from . import _contracts_words, _csvfile
from ._book import Answers, Book, Facts
from ._options import Options
from ._orders import Log
from ._playbook import HEADER as PLAYBOOK_HEADER
from ._playbook import Playbook
from ._text import NO_DAY, day_text, decode, encode
from ._words import compact, cut, grid, grouped, many, percent, plain, status_words

HEADER = ("account,tier,tier_name,orders,first_day,last_day,revenue,profit,margin_pct,alive,expected_orders,clv,clv_low,"
          "clv_high,churn_risk,reason_1,reason_2,reason_3,flags,revenue_12m")


class Result:
    """All that was read and found out; a backtest has no answers."""

    def __init__(self, options: Options, log: Log, book: Book, facts: Facts, answers: Optional[Answers]) -> None:
        self.options, self.log, self.book, self.facts, self._answers = options, log, book, facts, answers
        self.playbook: Optional[Playbook] = None
        self._signals: Any = None
        self._contracts: Any = None

    @property
    def answers(self) -> Answers:
        assert self._answers is not None
        return self._answers

    @property
    def signals(self) -> Any:
        """None without a file of them."""
        return self._signals if self._answers is None else self._answers.signals

    def of_trial(self, signals: Any, contracts: Any) -> None:
        """A backtest has signals and contracts, but no answers."""
        self._signals, self._contracts = signals, contracts

    @property
    def contracts(self) -> Any:
        """None without a file of them."""
        return self._contracts if self._answers is None else self._answers.contracts

    @property
    def has_answers(self) -> bool:
        return self._answers is not None


def number(value: float, decimals: int) -> str:
    """Nothing when it is not known."""
    return plain(value, decimals) if math.isfinite(value) else ""


def tier_name(answers: Answers, row: int, language: str) -> str:
    one = answers.score("tier")[row]
    return tier.name(one, answers.n_bands, language) if one >= 0 else ""


def explained(answers: Answers, row: int, language: str) -> list[str]:
    """Three sentences, some of them empty: of contracts, then of the rest."""
    first = _contracts_words.reasons(answers.contracts, row, answers.horizon_days, language) if answers.contracts else []
    return (first + [answers.text(row, one, language) if one.id != _ffi.KAM_REASON_NONE and not math.isnan(one.contribution)
                     else "" for one in answers.reasons(row)[1:4]])[:3]


def fields(result: Result, row: int) -> list[str]:
    """A row of the CSV."""
    answers, summary, language = result.answers, result.book.summary, result.options.language
    score = answers.score
    one = score("tier")[row]
    return [result.book.key[row], str(one + 1) if one >= 0 else "", tier_name(answers, row, language),
            number(summary["orders"][row], 0), day_text(summary["first_day"][row]), day_text(summary["last_day"][row]),
            number(score("net_revenue")[row], 2), number(score("profit")[row], 2),
            number(100 * score("margin_ratio")[row], 2), number(score("alive")[row], 4),
            number(score("expected_orders")[row], 4), number(score("lifetime_value")[row], 2),
            number(score("lifetime_value_low")[row], 2), number(score("lifetime_value_high")[row], 2),
            number(score("churn_risk")[row], 4), *explained(answers, row, language),
            "|".join([*status.row_flag_names(answers.row_flags[row]), *answers.more_flags(row)]),
            number(summary["window_revenue"][row], 2)]


def csv_line(cells: Sequence[str]) -> str:
    return ",".join(decode(_csvfile.quoted(encode(cell))) for cell in cells) + "\n"


def scores(result: Result) -> str:
    more = result.playbook
    return HEADER + (PLAYBOOK_HEADER if more else "") + "\n" + "".join(
        csv_line(fields(result, row) + (more.fields(row) if more else [])) for row in range(result.book.n))


# The table of the accounts with most at risk

_HEADINGS = (("", ""), ("account", "客户"), ("tier", "级别"), ("profit so far", "至今贡献毛益"), ("CLV", "生命周期价值"),
             ("(low - high)", "(低 - 高)"), ("churn risk", "流失风险"), ("at risk", "风险金额"), ("why", "主要原因"))
_WITHOUT_COST = ("revenue so far", "至今收入")
_MONEY, _NAME_WIDTH = 3, 30


def _is_of_revenue(result: Result, row: int) -> bool:
    """In a book with costs, an account without them stands out too high."""
    return result.log.has_cost and bool(result.answers.row_flags[row] & status.ON_REVENUE)


def _top_row(result: Result, rank: int, row: int) -> list[str]:
    answers, language = result.answers, result.options.language
    score = answers.score
    low, high = score("lifetime_value_low")[row], score("lifetime_value_high")[row]
    money = score("profit" if result.log.has_cost else "net_revenue")[row]
    return [str(rank), cut(result.book.key[row], _NAME_WIDTH), tier_name(answers, row, language) or "-",
            compact(money, language),
            compact(score("lifetime_value")[row], language) + ("*" if _is_of_revenue(result, row) else ""),
            "" if math.isnan(low) else f"({compact(low, language)} - {compact(high, language)})",
            percent(score("churn_risk")[row], 1), compact(answers.at_risk(row), language),
            explained(answers, row, language)[0]]


def top(result: Result) -> str:
    zh = result.options.language == "zh"
    order = result.answers.by_risk()[:result.options.top]
    headings = [heading[zh] for heading in _HEADINGS]
    if not result.log.has_cost:
        headings[_MONEY] = _WITHOUT_COST[zh]
    made = grid([headings, *(_top_row(result, i + 1, row) for i, row in enumerate(order))], "rllrrlrrl")
    if any(_is_of_revenue(result, row) for row in order):
        made += "* 成本未知：按收入计\n" if zh else "* of revenue: the account's cost is not known\n"
    return made


# The summary

_DROPPED = (("n_missing_account", "without an account"), ("n_missing_day", "without a day"),
            ("n_missing_amount", "without an amount"), ("n_bad_amount", "with an amount too large"),
            ("n_bad_day", "with a day no calendar has"), ("n_after_as_of", "after the as-of day"),
            ("n_before_first", "before the first day"))


def _listed(items: Sequence[tuple[int, str]]) -> str:
    return ", ".join(f"{grouped(count)} {what}" for count, what in items if count)


def dropped(log: Log, report: dict[str, Any]) -> str:
    """The lines that were dropped, by reason: "3 dropped (2 without a day, ...)"."""
    n = log.n_read - report["n_used"]
    reasons = _listed([*((report[name], what) for name, what in _DROPPED), (log.n_bad, "with a bad day or number")])
    return f"{grouped(n)} dropped" + (f" ({reasons})" if n > 0 else "")


def _day_of(report: dict[str, Any], name: str) -> str:
    return report[name].isoformat() if report[name] else ""


def _lines(result: Result) -> str:
    log, report = result.log, result.book.report
    of_used = _listed([(report["n_returns"], "return" if report["n_returns"] == 1 else "returns"),
                       (report["n_zero"], "of amount zero"),
                       (report["n_missing_cost"] if log.has_cost else 0, "without a cost"),
                       (log.n_short, "with fewer fields than the header")])
    made = f"Lines     {grouped(log.n_read)} read, {grouped(report['n_used'])} used, {dropped(log, report)}\n"
    made += f"          of the used: {of_used}\n" if of_used else ""
    made += f"          the first bad line: {log.first_bad}\n" if log.n_bad else ""
    made += (f"Orders    {many(report['n_orders'], 'order')} of {many(report['n_accounts'], 'account')}, "
             f"{_day_of(report, 'first_line_day')} to {_day_of(report, 'last_line_day')} ("
             + ("lines of one order number are one order" if log.has_order else
                "lines of an account on one day are one order") + ")\n")
    if report["n_without_order"] > 0:
        made += f"          {many(report['n_without_order'], 'account')} never ordered\n"
    return made


def _facts(result: Result) -> str:
    facts, path = result.facts, result.options.accounts_file
    if path is None:
        return ""
    n_known = facts.n_records - facts.n_strangers - facts.n_unnamed
    made = f"Accounts  {grouped(n_known)} of {many(result.book.n, 'account')} found in {_csvfile.name_of(path)}\n"
    if facts.n_strangers > 0:
        made += (f"          left out: {many(facts.n_strangers, 'account')} that no used line names, cost to serve "
                 f"{grouped(facts.strangers_cost, 2)}\n")
    if facts.n_unnamed > 0:
        made += f"          left out: {many(facts.n_unnamed, 'line')} without an account\n"
    if facts.n_early > 0:
        made += (f"          {many(facts.n_early, 'account')} with an order before start_day (scores count from the "
                 "first order)\n")
    return made


def verdict(report: dict[str, Any], likelihood: str, culprit: Optional[str]) -> str:
    """What maximum likelihood found, and what was done about it."""
    if likelihood == "KAM_OK":
        made = f"converged on {many(report['n_rows'], 'account')}"
    elif likelihood == "KAM_ERR_CONSTANT" and report["status"] == "KAM_OK":
        made = f"no spread: every order of {many(report['n_rows'], 'account')} is alike"
    else:
        made = (f"maximum likelihood: {status_words(status.codes()[likelihood])} ({likelihood}"
                + (f", {culprit}" if culprit else "") + ")")
        if report["prior"] == "weak" and report["status"] == "KAM_OK":
            made += f"\n          so a weak prior was used; converged on {many(report['n_rows'], 'account')}"
    if report["n_skipped"] > 0:
        made += f", {grouped(report['n_skipped'])} left out"
    return made + "\n"


def _parameters(model: Any) -> str:
    said = [f"{name} {value:.6g}" + (f" (se {se:.2g})" if se == se else "")
            for (name, value), se in zip(model.parameters.items(), model.standard_errors.values())]
    return f"          {', '.join(said)}, log likelihood {model.report['log_likelihood']:.4f}\n"


def culprit_of(model: Any, at: int) -> Optional[str]:
    return list(model.parameters)[at] if model is not None and at >= 0 else None


def _dependence(report: dict[str, Any]) -> str:
    """What the spend model takes for granted, as far as the book can tell."""
    if report["independence"] != "KAM_OK":
        return ""
    found = report["dependence"]
    return (f"          order value with number of orders: rank correlation {found['rank_correlation']:.2f}, "
            f"p {found['p_value']:.2g}"
            + ("; the model takes them as independent" if found["p_value"] < 0.05 else "") + "\n")


def _models(result: Result) -> str:
    models = result.answers.models
    report = models.report
    made = f"Rhythm    {models.orders.family if models.orders else 'no order model'}: "
    made += verdict(report["orders"], report["orders_ml"], culprit_of(models.orders, report["orders_culprit"]))
    if result.options.period_days:
        made += (f"          orders are counted by periods of {result.options.period_days} days, with an order or none\n")
    made += _parameters(models.orders) if models.orders else ""
    made += f"Spend     {models.spend.family if models.spend else 'no spend model'}: "
    made += verdict(report["spend"], report["spend_ml"], culprit_of(models.spend, report["spend_culprit"]))
    made += _parameters(models.spend) + _dependence(report) if models.spend else ""
    return made + (f"Pace      {result.answers.pace.text('en')}\n" if models.orders else "")


def _signals(result: Result) -> str:
    found = result.signals
    if found is None:
        return ""
    made = (f"Signals   {many(found.n_events, 'event')} of {many(len(found.names), 'signal')} in "
            f"{_csvfile.name_of(found.path)}; {grouped(found.n_measured)} of {many(found.n_rows, 'account')} measured, "
            f"{grouped(found.n_alarmed)} with an alarm, {grouped(found.n_limited)} at a limit of practice\n")
    if found.n_strangers > 0:
        made += f"          left out: {many(found.n_strangers, 'event')} of accounts that no used line names\n"
    lost = ", ".join(f"{many(n, 'event')} {why}" for why, n in found.n_lost.items() if n)
    made += f"          left out: {lost}\n" if lost else ""
    made += f"          the first that cannot be: {found.first_wrong}\n" if found.first_wrong else ""
    made += "          weights: the expert scorecard's"
    if found.n_learned > 0:
        made += (f", moved by {many(found.n_learned, 'account')} of a horizon ago, {grouped(found.n_left)} of them gone "
                 "since")
    return made + "\n"


def _concentration(result: Result) -> str:
    try:
        of = concentration.measure(result.answers.score("net_revenue")).numbers
    except KamError:
        return ""
    total = grouped(of["total"], 2)
    if math.isnan(of["hhi"]):
        return f"Book      revenue {total}: no shares of what is not above zero\n"
    made = (f"Book      revenue {total}; the top 10 % of accounts hold {percent(of['top_10_share'], 2)}, the top 20 % "
            f"{percent(of['top_20_share'], 2)}, the largest {percent(of['largest_share'], 2)}\n"
            f"          as concentrated as {of['effective_number']:.1f} equal accounts (HHI {1e4 * of['hhi']:.2f} "
            "points); ")
    if math.isnan(of["gini"]):
        return made + f"no Gini: {many(of['n_negative'], 'account')} below zero\n"
    return made + f"Gini {of['gini']:.4f}\n"


def _profit(result: Result) -> str:
    try:
        whale = profit.whale(result.answers.score("profit")).numbers
    except KamError:
        return "          profit not known: there is no cost; values are of revenue\n"
    made = (f"          profit {grouped(whale['total'], 2)}; the best {many(whale['n_to_peak'], 'account')} earn "
            f"{grouped(whale['peak'], 2)}, {many(whale['n_loss_making'], 'account')} at a loss take "
            f"{grouped(whale['destroyed'], 2)} away\n")
    if whale["n_accounts"] < result.book.n:
        made += (f"          profit not known for {many(result.book.n - whale['n_accounts'], 'account')} with a line "
                 "that has no cost\n")
    return made


class Value:
    """What the book is worth, as the summary tells it."""

    def __init__(self, answers: Answers) -> None:
        values, risks = answers.score("lifetime_value"), answers.score("churn_risk")
        self.n, self.value, self.below, self.at_risk = 0, 0.0, 0.0, 0.0
        for row, value in enumerate(values):
            if not math.isfinite(value):
                continue
            self.n += 1
            self.value += value
            self.below += min(value, 0.0)
            if value > 0 and math.isfinite(risks[row]):
                self.at_risk += answers.at_risk(row)


def _value(result: Result) -> str:
    book, days = Value(result.answers), result.answers.horizon_days
    if book.n == 0:
        return ""
    return (f"          lifetime value {grouped(book.value, 2)} "
            + ("for ever" if math.isinf(days) else f"over the next {days:.6g} days")
            + (f" ({grouped(book.below, 2)} of it at a loss)" if book.below < 0 else "")
            + f"; at risk {grouped(book.at_risk, 2)} (churn risk x value, where above zero)\n")


def _tiers(result: Result) -> str:
    answers = result.answers
    if answers.n_bands == 0:
        return f"Tiers     none: {status_words(status.codes()[answers.models.report['tiers']])}\n"
    found = answers.score("tier").tolist()
    said = []
    for one in range(answers.n_bands + 1):
        name = tier.name(one, answers.n_bands, result.options.language)
        limit = f" (from {grouped(answers.models.limits[one].enter)})" if one < answers.n_bands else ""
        said.append(f"{name} {grouped(found.count(one))}{limit}")
    return f"Tiers     {', '.join(said)}; by 12 months' revenue\n"


def summary(result: Result, program: str) -> str:
    """What was read, fitted and found, in words."""
    made = f"{program} {lib.kam_version_text().decode()}, as of {day_text(result.book.as_of)}"
    made += ", the last day in the orders\n" if result.options.as_of == NO_DAY else "\n"
    made += (_lines(result) if result.options.orders else "") + _facts(result)
    if result.has_answers:
        made += _models(result) if result.options.orders else ""
    made += _contracts_words.summary(result.contracts) if result.contracts else ""
    if result.has_answers:
        made += (_signals(result) + _concentration(result) + _profit(result) + _value(result) + _tiers(result))
        made += result.playbook.summary() if result.playbook else ""
    else:
        made += _signals(result)
    return made
