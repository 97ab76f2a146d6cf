# SPDX-License-Identifier: MIT
"""A forecast made as of the day before the split, held against what happened from
that day on, beside forecasts that need no model. The measures are the library's."""
from __future__ import annotations

import math
from typing import Any, Optional

from .. import backtest, status
from .._errors import KamError
from ._book import Answers, Book
from ._options import Options
from ._orders import Log
from ._signals import Signals
from ._text import Failure, day_text
from ._words import grid, grouped, many, percent, status_words

Report = Optional[dict[str, Any]]

_WORDS = {
    "lead": ("Backtest: fitted on {n} as of {before}, forecast {split} to {to} ({days} days)\n\n",
             "回测：用 {n} 个客户截至 {before} 的数据拟合，预测 {split} 至 {to}（{days} 天）\n\n"),
    "no_model": ("There is no order model to test: {why}\n\n", "没有可检验的订单模型：{why}\n\n"),
    "weak": ("The fit needed a weak prior: {why}\n\n", "拟合使用了弱先验：{why}\n\n"),
    "amount_headings": ("Orders (days with an order)|forecast|happened|bias|RMSE|MAE|WAPE|correlation",
                        "订单（下单天数）|预测|实际|偏差|RMSE|MAE|WAPE|相关系数"),
    "amount_headings_by_period": ("Orders (periods with an order)|forecast|happened|bias|RMSE|MAE|WAPE|correlation",
                                  "订单（有订单的时段数）|预测|实际|偏差|RMSE|MAE|WAPE|相关系数"),
    "event_headings": ("Churn (no order at all)|forecast|happened|log loss|Brier|AUC",
                       "流失（完全不下单）|预测|实际|对数损失|Brier|AUC"),
    "own_rate": ("the account's own rate so far", "客户自身的历史频率"),
    "last_period": ("as many as in the {n} days before", "与前 {n} 天相同"),
    "hindsight": ("the true share for all, known in hindsight", "事后得知的总体比例"),
    "by_silence": ("past share, by silence of more than {n} days", "按沉默是否超过 {n} 天的历史比例"),
    "silence_first": ("the longest silent first", "沉默最久者优先"),
    "with_signals": ("{family} with signals", "{family} 加预警信号"),
    "orders_win": ("Orders: the model beats the baselines (RMSE {model:.4f}; the best baseline, {name}, {baseline:.4f}).\n",
                   "订单数：模型优于基准（RMSE {model:.4f}；最好的基准“{name}”为 {baseline:.4f}）。\n"),
    "orders_lose": ("Orders: a baseline wins: {name} (RMSE {baseline:.4f}) forecasts at least as well as the model "
                    "({model:.4f}).\n", "订单数：基准更好：“{name}”（RMSE {baseline:.4f}）不逊于模型（{model:.4f}）。\n"),
    "churn_every": ("Churn: every account left, so there is nothing to tell apart.\n", "流失：所有客户都已流失，无从区分。\n"),
    "churn_none": ("Churn: no account left, so there is nothing to tell apart.\n", "流失：没有客户流失，无从区分。\n"),
    "churn_win": ("Churn: the model beats the baselines (log loss {model:.4f}; the best baseline, {name}, {baseline:.4f})",
                  "流失：模型优于基准（对数损失 {model:.4f}；最好的基准“{name}”为 {baseline:.4f}）"),
    "churn_lose": ("Churn: a baseline wins: {name} (log loss {baseline:.4f}) forecasts at least as well as the model "
                   "({model:.4f})", "流失：基准更好：“{name}”（对数损失 {baseline:.4f}）不逊于模型（{model:.4f}）"),
    "stop": (".\n", "。\n"),
    "ranks_better": (", and ranks accounts better than the longest silent first (AUC {model:.4f} against {silent:.4f}).\n",
                     "，排序优于沉默最久者优先（AUC {model:.4f} 对 {silent:.4f}）。\n"),
    "ranks_no_better": (", and ranks accounts no better than the longest silent first (AUC {model:.4f} against "
                        "{silent:.4f}).\n", "，排序不优于沉默最久者优先（AUC {model:.4f} 对 {silent:.4f}）。\n"),
    "signals_win": ("Signals: with them the model forecasts better (log loss {loss:.4f} against {plain_loss:.4f}; AUC "
                    "{auc:.4f} against {plain_auc:.4f}).\n",
                    "预警信号：加入信号后预测更准（对数损失 {loss:.4f} 对 {plain_loss:.4f}；AUC {auc:.4f} 对 {plain_auc:.4f}）。\n"),
    "signals_lose": ("Signals: with them the model forecasts no better (log loss {loss:.4f} against {plain_loss:.4f}; AUC "
                     "{auc:.4f} against {plain_auc:.4f}).\n",
                     "预警信号：加入信号后预测没有更准（对数损失 {loss:.4f} 对 {plain_loss:.4f}；AUC {auc:.4f} 对 {plain_auc:.4f}）。\n"),
    "few": ("Take both with care: {n} accounts are few to judge by.\n", "请谨慎看待：只有 {n} 个客户可供判断。\n"),
}


class Trial:
    """What is compared: a value for each account known before the split."""

    def __init__(self, log: Log, as_of: int, split: int, options: Options) -> None:
        self.options, self.split, self.as_of = options, split, as_of
        self._t = {key: pair[options.language == "zh"] for key, pair in _WORDS.items()}
        self.horizon, period = as_of - split + 1, options.period_days
        if period:
            self.horizon -= self.horizon % period
        if self.horizon == 0:
            raise Failure(f"--backtest {day_text(split)} leaves less than one period of {period} days")
        self.as_of = as_of = split + self.horizon - 1
        self.before = Book(log, split - 1)
        if self.before.n == 0:
            raise Failure(f"--backtest {day_text(split)}: no usable line is dated before that day")
        self.after = Book(log, as_of, split)
        self.window = Book(log, split - 1, split - self.horizon)
        self.n = self.before.n
        first = self._first_line_day()
        self.older = Book(log, split - self.horizon - 1) if first < split - self.horizon else None
        self.has_window = self.older is not None and self.older.n > 0
        self.answers = Answers(self.before, options, float(self.horizon))
        self.with_signals: Report = None
        self._forecast_orders(covers=first <= split - self.horizon)
        self._forecast_churn()
        score = self.answers.score
        self.amount = [_amount(forecast, self.actual)
                       for forecast in (score("expected_orders"), self.same_rate, self.last_period)]
        self.event = [_event(forecast, self.churned)
                      for forecast in (score("churn_risk"), self.share, self.by_silence, self.silence)]

    def add_signals(self, log: Log) -> None:
        """What was known before, and no more, moves the risks."""
        self.answers.signals = Signals(self.options, log, self.before, self.answers)
        self.with_signals = _event(self.answers.score("churn_risk"), self.churned)

    def _first_line_day(self) -> int:
        from ..calendar import number
        first = self.before.report["first_line_day"]
        return number(first) if first else -2**31

    def _forecast_orders(self, covers: bool) -> None:
        book, n = self.before, self.n
        self.actual, self.churned, self.same_rate, self.last_period = ([math.nan] * n for _ in range(4))
        ages, repeats, days = book.column("age_periods"), book.column("repeat_orders"), book.period_days or 7
        for i, key in enumerate(book.key):
            if not book.is_known(i):
                continue
            age = days * ages[i]
            self.actual[i] = self.after.order_days(key)
            self.churned[i] = float(self.actual[i] == 0)
            self.same_rate[i] = repeats[i] / age * self.horizon if age > 0 else 0.0
            if covers:
                self.last_period[i] = self.window.order_days(key)

    def _past_share(self, is_long: bool) -> float:
        """How many of the accounts that were silent for longer (or not) than the
        threshold a horizon ago have not ordered since: a rate with a half added
        to either count, so that it is never 0 or 1."""
        n, n_gone, book = 1.0, 0.5, self.older
        assert book is not None
        for i, key in enumerate(book.key):
            if book.is_known(i) and (book.silence(i) > self.threshold) == is_long:
                n += 1
                n_gone += self.window.order_days(key) == 0
        return n_gone / n

    def _forecast_churn(self) -> None:
        self.share, self.silence, self.by_silence = ([math.nan] * self.n for _ in range(3))
        self.threshold, gone = 0.0, [math.nan, math.nan]
        if self.has_window and self.older is not None:
            silent = sorted(self.older.silence(i) for i in range(self.older.n) if self.older.is_known(i))
            self.threshold = silent[len(silent) // 2] if silent else 0.0
            gone = [self._past_share(False), self._past_share(True)]
        known = [one for one in self.churned if not math.isnan(one)]
        for i, one in enumerate(self.churned):
            if math.isnan(one):
                continue
            quiet = self.before.silence(i)
            self.share[i] = known.count(1.0) / len(known)
            self.silence[i] = quiet / (quiet + self.horizon)
            self.by_silence[i] = gone[quiet > self.threshold]

    def say(self, key: str, **values: Any) -> str:
        return self._t[key].format(**values)

    def order_names(self) -> list[str]:
        return [self.family, self.say("own_rate"), self.say("last_period", n=self.horizon)]

    def churn_names(self) -> list[str]:
        return [self.family, self.say("hindsight"), self.say("by_silence", n=f"{self.threshold:.0f}"),
                self.say("silence_first"), self.say("with_signals", family=self.family)]

    @property
    def family(self) -> str:
        orders = self.answers.models.orders
        return orders.family if orders else "none"


def _amount(forecast: Any, actual: Any) -> Report:
    try:
        return backtest.amount(forecast, actual)
    except KamError:
        return None


def _event(probability: Any, event: Any) -> Report:
    try:
        return backtest.event(probability, event)
    except KamError:
        return None


def _amounts(trial: Trial) -> str:
    rows = [trial.say("amount_headings" + "_by_period" * (trial.options.period_days > 0)).split("|")]
    for name, of in zip(trial.order_names(), trial.amount):
        if of and of["n_rows"]:
            rows.append([name, grouped(of["forecast"], 1), grouped(of["actual"]), percent(of["bias"], 1),
                         grouped(of["rmse"], 4), grouped(of["mae"], 4), percent(of["wape"], 1),
                         grouped(of["correlation"], 4)])
    return grid(rows, "lrrrrrrr")


def _events(trial: Trial) -> str:
    rows = [trial.say("event_headings").split("|")]
    names, reports = trial.churn_names(), [*trial.event, trial.with_signals]
    for i in (0, 4, 1, 2, 3):
        of, only_ranks = reports[i], i == 3
        if of and of["n_rows"]:
            rows.append([names[i], "-" if only_ranks else grouped(of["expected"], 1), grouped(of["n_events"]),
                         "-" if only_ranks else grouped(of["log_loss"], 4),
                         "-" if only_ranks else grouped(of["brier"], 4), grouped(of["auc"], 4)])
    return grid(rows, "lrrrrr")


def _best(reports: list[Report], measure: str) -> int:
    """Which of the first two baselines is better."""
    one, other = reports[1], reports[2]
    return 2 if one and other and other["n_rows"] and other[measure] < one[measure] else 1


def _judge_orders(trial: Trial) -> str:
    """One sentence: who forecast the number of orders best."""
    model, best = trial.amount[0], _best(trial.amount, "rmse")
    baseline, name = trial.amount[best], trial.order_names()[best]
    if not model or not model["n_rows"] or not baseline:
        return ""
    return trial.say("orders_win" if model["rmse"] < baseline["rmse"] else "orders_lose", name=name,
                     model=model["rmse"], baseline=baseline["rmse"])


def _judge_churn(trial: Trial) -> str:
    """Likewise who would leave. The share known in hindsight counts: a model that
    does not beat it tells accounts apart no better than a constant."""
    model, best, silent = trial.event[0], _best(trial.event, "log_loss"), trial.event[3]
    baseline, name = trial.event[best], trial.churn_names()[best]
    if not model or not model["n_rows"] or not baseline:
        return ""
    if model["n_events"] in (0, model["n_rows"]):
        return trial.say("churn_every" if model["n_events"] else "churn_none")
    made = trial.say("churn_win" if model["log_loss"] < baseline["log_loss"] else "churn_lose", name=name,
                     model=model["log_loss"], baseline=baseline["log_loss"])
    if math.isnan(model["auc"]) or not silent:
        return made + trial.say("stop")
    return made + trial.say("ranks_better" if model["auc"] > silent["auc"] else "ranks_no_better", model=model["auc"],
                            silent=silent["auc"])


def _judge_signals(trial: Trial) -> str:
    """What the signals are worth."""
    plain, of = trial.event[0], trial.with_signals
    if not of or not plain or of["n_rows"] == 0 or of["n_events"] in (0, of["n_rows"]):
        return ""
    return trial.say("signals_win" if of["log_loss"] < plain["log_loss"] else "signals_lose", loss=of["log_loss"],
                     plain_loss=plain["log_loss"], auc=of["auc"], plain_auc=plain["auc"])


def text(trial: Trial) -> str:
    """What kam-score --backtest prints."""
    fit, zh = trial.answers.models.report, trial.options.language == "zh"
    why = f"{status_words(status.codes()[fit['orders_ml']])} ({fit['orders_ml']})"
    made = trial.say("lead", n=grouped(trial.n) if zh else many(trial.n, "account"), before=day_text(trial.split - 1),
                     split=day_text(trial.split), to=day_text(trial.as_of), days=trial.horizon)
    if trial.answers.models.orders is None:
        made += trial.say("no_model", why=why)
    elif fit["orders"]["prior"] == "weak":
        made += trial.say("weak", why=why)
    made += _amounts(trial) + "\n" + _events(trial) + "\n" + _judge_orders(trial) + _judge_churn(trial)
    made += _judge_signals(trial)
    model = trial.amount[0]
    n_rows = model["n_rows"] if model else 0
    return made + (trial.say("few", n=n_rows) if n_rows < 20 else "")
