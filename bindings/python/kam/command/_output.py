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
from ._signals import LOSSES
from ._text import NO_DAY, day_text, decode, encode
from ._words import compact, cut, grid, grouped, many_in, percent, plain, status_words

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

_DROPPED = (("n_missing_account", "without an account", "无客户"), ("n_missing_day", "without a day", "无日期"),
            ("n_missing_amount", "without an amount", "无金额"), ("n_bad_amount", "with an amount too large", "金额过大"),
            ("n_bad_day", "with a day no calendar has", "日期不存在"), ("n_after_as_of", "after the as-of day", "晚于截至日"),
            ("n_before_first", "before the first day", "早于第一天"))


def _listed(items: Sequence[tuple[int, str, str]], zh: bool) -> str:
    return ("，" if zh else ", ").join(f"{chinese} {grouped(count)}" if zh else f"{grouped(count)} {what}"
                                      for count, what, chinese in items if count)


def dropped(log: Log, report: dict[str, Any], zh: bool) -> str:
    """The lines that were dropped, by reason: "3 dropped (2 without a day, ...)"."""
    n = log.n_read - report["n_used"]
    reasons = _listed([*((report[name], what, chinese) for name, what, chinese in _DROPPED),
                       (log.n_bad, "with a bad day or number", "日期或数字有误")], zh)
    if zh:
        return f"剔除 {grouped(n)}" + (f"（{reasons}）" if n > 0 else "")
    return f"{grouped(n)} dropped" + (f" ({reasons})" if n > 0 else "")


def _day_of(report: dict[str, Any], name: str) -> str:
    return report[name].isoformat() if report[name] else ""


def _lines(result: Result, zh: bool) -> str:
    log, report = result.log, result.book.report
    of_used = _listed([(report["n_returns"], "return" if report["n_returns"] == 1 else "returns", "退货"),
                       (report["n_zero"], "of amount zero", "金额为零"),
                       (report["n_missing_cost"] if log.has_cost else 0, "without a cost", "无成本"),
                       (log.n_short, "with fewer fields than the header", "字段少于表头")], zh)
    read, used, out = grouped(log.n_read), grouped(report["n_used"]), dropped(log, report, zh)
    made = f"明细行    读入 {read}，使用 {used}，{out}\n" if zh else f"Lines     {read} read, {used} used, {out}\n"
    if of_used:
        made += ("          所用行中：" if zh else "          of the used: ") + f"{of_used}\n"
    if log.n_bad:
        made += ("          第一个有误的行：" if zh else "          the first bad line: ") + f"{log.first_bad}\n"
    orders, accounts = many_in(report["n_orders"], "order", zh), many_in(report["n_accounts"], "account", zh)
    first, last = _day_of(report, "first_line_day"), _day_of(report, "last_line_day")
    if zh:
        made += f"订单      {orders}，{accounts}，{first} 至 {last}（"
        made += ("同一订单号的所有行为一笔订单" if log.has_order else "同一客户同一天的所有行为一笔订单") + "）\n"
    else:
        made += f"Orders    {orders} of {accounts}, {first} to {last} ("
        made += ("lines of one order number are one order" if log.has_order else
                 "lines of an account on one day are one order") + ")\n"
    if report["n_without_order"] > 0:
        made += f"          {many_in(report['n_without_order'], 'account', zh)}" + ("从未下单\n" if zh else " never ordered\n")
    return made


def _facts(result: Result, zh: bool) -> str:
    facts, path = result.facts, result.options.accounts_file
    if path is None:
        return ""
    known = grouped(facts.n_records - facts.n_strangers - facts.n_unnamed)
    every, name = many_in(result.book.n, "account", zh), _csvfile.name_of(path)
    made = f"客户      {known} 个（共 {every}）见于 {name}\n" if zh else f"Accounts  {known} of {every} found in {name}\n"
    if facts.n_strangers > 0:
        strangers, cost = many_in(facts.n_strangers, "account", zh), grouped(facts.strangers_cost, 2)
        made += (f"          未计入：{strangers}未出现在所用的行中，服务成本 {cost}\n" if zh else
                 f"          left out: {strangers} that no used line names, cost to serve {cost}\n")
    if facts.n_unnamed > 0:
        unnamed = many_in(facts.n_unnamed, "line", zh)
        made += f"          未计入：{unnamed}无客户\n" if zh else f"          left out: {unnamed} without an account\n"
    if facts.n_early > 0:
        early = many_in(facts.n_early, "account", zh)
        made += (f"          {early}的订单早于 start_day（评分从首笔订单算起）\n" if zh else
                 f"          {early} with an order before start_day (scores count from the first order)\n")
    return made


def verdict(report: dict[str, Any], likelihood: str, culprit: Optional[str], zh: bool) -> str:
    """What maximum likelihood found, and what was done about it."""
    rows = many_in(report["n_rows"], "account", zh)
    if likelihood == "KAM_OK":
        made = f"已收敛（{rows}）" if zh else f"converged on {rows}"
    elif likelihood == "KAM_ERR_CONSTANT" and report["status"] == "KAM_OK":
        made = f"没有差异：{rows}的每笔订单金额相同" if zh else f"no spread: every order of {rows} is alike"
    else:
        why = status_words(status.codes()[likelihood], zh)
        of = likelihood + (f", {culprit}" if culprit else "")
        made = f"极大似然：{why}（{of}）" if zh else f"maximum likelihood: {why} ({of})"
        if report["prior"] == "weak" and report["status"] == "KAM_OK":
            made += (f"\n          因此使用了弱先验；已收敛（{rows}）" if zh else
                     f"\n          so a weak prior was used; converged on {rows}")
    if report["n_skipped"] > 0:
        skipped = grouped(report["n_skipped"])
        made += f"，{skipped} 个未计入" if zh else f", {skipped} left out"
    return made + "\n"


def _parameters(model: Any, zh: bool) -> str:
    said = [f"{name} {value:.6g}" + ("" if se != se else f"（标准误 {se:.2g}）" if zh else f" (se {se:.2g})")
            for (name, value), se in zip(model.parameters.items(), model.standard_errors.values())]
    fit = model.report["log_likelihood"]
    return (f"          {'，'.join(said)}，对数似然 {fit:.4f}\n" if zh else
            f"          {', '.join(said)}, log likelihood {fit:.4f}\n")


def culprit_of(model: Any, at: int) -> Optional[str]:
    return list(model.parameters)[at] if model is not None and at >= 0 else None


def _dependence(report: dict[str, Any], zh: bool) -> str:
    """What the spend model takes for granted, as far as the book can tell."""
    if report["independence"] != "KAM_OK":
        return ""
    found = report["dependence"]
    numbers = f"{found['rank_correlation']:.2f}{'，' if zh else ', '}p {found['p_value']:.2g}"
    depends = found["p_value"] < 0.05
    if zh:
        return f"          订单金额与订单数：秩相关 {numbers}" + ("；模型假定两者独立" if depends else "") + "\n"
    return (f"          order value with number of orders: rank correlation {numbers}"
            + ("; the model takes them as independent" if depends else "") + "\n")


def _models(result: Result, zh: bool) -> str:
    models, days = result.answers.models, result.options.period_days
    report = models.report
    none = "无订单模型" if zh else "no order model"
    made = ("下单节奏  " if zh else "Rhythm    ") + (models.orders.family if models.orders else none) + ("：" if zh else ": ")
    made += verdict(report["orders"], report["orders_ml"], culprit_of(models.orders, report["orders_culprit"]), zh)
    if days:
        made += (f"          按 {days} 天的时段计数，每段只看有无订单\n" if zh else
                 f"          orders are counted by periods of {days} days, with an order or none\n")
    made += _parameters(models.orders, zh) if models.orders else ""
    none = "无金额模型" if zh else "no spend model"
    made += ("订单金额  " if zh else "Spend     ") + (models.spend.family if models.spend else none) + ("：" if zh else ": ")
    made += verdict(report["spend"], report["spend_ml"], culprit_of(models.spend, report["spend_culprit"]), zh)
    made += _parameters(models.spend, zh) + _dependence(report, zh) if models.spend else ""
    if not models.orders:
        return made
    return made + ("趋势系数  " if zh else "Pace      ") + result.answers.pace.text(result.options.language) + "\n"


def _signals(result: Result, zh: bool) -> str:
    found = result.signals
    if found is None:
        return ""
    events, signals = many_in(found.n_events, "event", zh), many_in(len(found.names), "signal", zh)
    measured, rows, path = grouped(found.n_measured), many_in(found.n_rows, "account", zh), _csvfile.name_of(found.path)
    alarmed, limited = grouped(found.n_alarmed), grouped(found.n_limited)
    made = (f"预警信号  {events}，{signals}，见于 {path}；{measured} 个（共 {rows}）有测量值，{alarmed} 个报警，"
            f"{limited} 个达到经验界限\n" if zh else
            f"Signals   {events} of {signals} in {path}; {measured} of {rows} measured, {alarmed} with an alarm, "
            f"{limited} at a limit of practice\n")
    left_out = "          未计入：" if zh else "          left out: "
    if found.n_strangers > 0:
        strangers = many_in(found.n_strangers, "event", zh)
        made += left_out + (f"{strangers}，其客户未出现在所用的行中\n" if zh else
                            f"{strangers} of accounts that no used line names\n")
    lost = ("，" if zh else ", ").join(many_in(n, "event", zh) + (LOSSES[why] if zh else f" {why}")
                                      for why, n in found.n_lost.items() if n)
    made += f"{left_out}{lost}\n" if lost else ""
    if found.first_wrong:
        made += ("          第一条不可能的：" if zh else "          the first that cannot be: ") + f"{found.first_wrong}\n"
    made += "          权重：专家评分卡" if zh else "          weights: the expert scorecard's"
    if found.n_learned > 0:
        learned, gone = many_in(found.n_learned, "account", zh), grouped(found.n_left)
        made += (f"，并按一个预测期前的 {learned}修正，其中 {gone} 个此后流失" if zh else
                 f", moved by {learned} of a horizon ago, {gone} of them gone since")
    return made + "\n"


def _concentration(result: Result, zh: bool) -> str:
    try:
        of = concentration.measure(result.answers.score("net_revenue")).numbers
    except KamError:
        return ""
    total = grouped(of["total"], 2)
    if math.isnan(of["hhi"]):
        return (f"总体      收入 {total}：总收入不为正，无法计算份额\n" if zh else
                f"Book      revenue {total}: no shares of what is not above zero\n")
    top_10, top_20, largest = (percent(of[name], 2) for name in ("top_10_share", "top_20_share", "largest_share"))
    made = (f"总体      收入 {total}；前 10 % 的客户占 {top_10}，前 20 % 占 {top_20}，最大的一个占 {largest}\n"
            f"          相当于 {of['effective_number']:.1f} 个同等规模的客户（HHI {1e4 * of['hhi']:.2f} 点）；" if zh else
            f"Book      revenue {total}; the top 10 % of accounts hold {top_10}, the top 20 % {top_20}, the largest "
            f"{largest}\n          as concentrated as {of['effective_number']:.1f} equal accounts "
            f"(HHI {1e4 * of['hhi']:.2f} points); ")
    if math.isnan(of["gini"]):
        negative = many_in(of["n_negative"], "account", zh)
        return made + (f"{negative}为负，无基尼系数\n" if zh else f"no Gini: {negative} below zero\n")
    return made + ("基尼系数" if zh else "Gini") + f" {of['gini']:.4f}\n"


def _profit(result: Result, zh: bool) -> str:
    try:
        whale = profit.whale(result.answers.score("profit")).numbers
    except KamError:
        return ("          贡献毛益未知：没有成本，价值按收入计算\n" if zh else
                "          profit not known: there is no cost; values are of revenue\n")
    total, peak, destroyed = (grouped(whale[name], 2) for name in ("total", "peak", "destroyed"))
    best, losers = many_in(whale["n_to_peak"], "account", zh), many_in(whale["n_loss_making"], "account", zh)
    made = (f"          贡献毛益 {total}；最好的 {best}贡献 {peak}，{losers}亏损，侵蚀 {destroyed}\n" if zh else
            f"          profit {total}; the best {best} earn {peak}, {losers} at a loss take {destroyed} away\n")
    if whale["n_accounts"] < result.book.n:
        unknown = many_in(result.book.n - whale["n_accounts"], "account", zh)
        made += (f"          {unknown}有无成本的行，贡献毛益未知\n" if zh else
                 f"          profit not known for {unknown} with a line that has no cost\n")
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


def _value(result: Result, zh: bool) -> str:
    book, days = Value(result.answers), result.answers.horizon_days
    if book.n == 0:
        return ""
    value, below, at_risk = grouped(book.value, 2), grouped(book.below, 2), grouped(book.at_risk, 2)
    if zh:
        return (f"          生命周期价值 {value}，" + ("不限期" if math.isinf(days) else f"未来 {days:.6g} 天")
                + (f"（其中亏损 {below}）" if book.below < 0 else "")
                + f"；风险金额 {at_risk}（流失风险 × 价值，仅计正值）\n")
    return (f"          lifetime value {value} "
            + ("for ever" if math.isinf(days) else f"over the next {days:.6g} days")
            + (f" ({below} of it at a loss)" if book.below < 0 else "")
            + f"; at risk {at_risk} (churn risk x value, where above zero)\n")


def _tiers(result: Result, zh: bool) -> str:
    answers = result.answers
    lead = "级别      " if zh else "Tiers     "
    if answers.n_bands == 0:
        why = status_words(status.codes()[answers.models.report["tiers"]], zh)
        return lead + (f"无：{why}\n" if zh else f"none: {why}\n")
    found = answers.score("tier").tolist()
    said = []
    for one in range(answers.n_bands + 1):
        name, limit = tier.name(one, answers.n_bands, result.options.language), ""
        if one < answers.n_bands:
            enter = grouped(answers.models.limits[one].enter)
            limit = f"（{enter} 起）" if zh else f" (from {enter})"
        said.append(f"{name} {grouped(found.count(one))}{limit}")
    return lead + ("，".join(said) + "；按 12 个月收入\n" if zh else f"{', '.join(said)}; by 12 months' revenue\n")


def summary(result: Result, program: str) -> str:
    """What was read, fitted and found, in words."""
    zh = result.options.language == "zh"
    made = f"{program} {lib.kam_version_text().decode()}" + ("，截至 " if zh else ", as of ") + day_text(result.book.as_of)
    if result.options.as_of == NO_DAY:
        made += "（订单中的最后一天）" if zh else ", the last day in the orders"
    made += "\n" + (_lines(result, zh) if result.options.orders else "") + _facts(result, zh)
    if result.has_answers:
        made += _models(result, zh) if result.options.orders else ""
    made += _contracts_words.summary(result.contracts, zh) if result.contracts else ""
    made += _signals(result, zh)
    if result.has_answers:
        made += _concentration(result, zh) + _profit(result, zh) + _value(result, zh) + _tiers(result, zh)
        made += result.playbook.summary() if result.playbook else ""
    return made
