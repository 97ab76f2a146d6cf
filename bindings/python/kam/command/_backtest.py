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
from ._text import Failure, day_text
from ._words import grid, grouped, many, percent, status_words

Report = Optional[dict[str, Any]]


class Trial:
    """What is compared: a value for each account known before the split."""

    def __init__(self, log: Log, as_of: int, split: int, options: Options) -> None:
        self.options, self.split, self.as_of = options, split, as_of
        self.horizon = as_of - split + 1
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
        self._forecast_orders(covers=first <= split - self.horizon)
        self._forecast_churn()
        score = self.answers.score
        self.amount = [_amount(forecast, self.actual)
                       for forecast in (score("expected_orders"), self.same_rate, self.last_period)]
        self.event = [_event(forecast, self.churned)
                      for forecast in (score("churn_risk"), self.share, self.by_silence, self.silence)]

    def _first_line_day(self) -> int:
        from ..calendar import number
        first = self.before.report["first_line_day"]
        return number(first) if first else -2**31

    def _forecast_orders(self, covers: bool) -> None:
        book, n = self.before, self.n
        self.actual, self.churned, self.same_rate, self.last_period = ([math.nan] * n for _ in range(4))
        ages, repeats = book.summary["age_periods"], book.summary["repeat_orders"]
        for i, key in enumerate(book.key):
            if not book.is_known(i):
                continue
            age = 7 * ages[i]
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

    def order_names(self) -> list[str]:
        return [self.family, "the account's own rate so far", f"as many as in the {self.horizon} days before"]

    def churn_names(self) -> list[str]:
        return [self.family, "the true share for all, known in hindsight",
                f"past share, by silence of more than {self.threshold:.0f} days", "the longest silent first"]

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
    rows = [["Orders (days with an order)", "forecast", "happened", "bias", "RMSE", "MAE", "WAPE", "correlation"]]
    for name, of in zip(trial.order_names(), trial.amount):
        if of and of["n_rows"]:
            rows.append([name, grouped(of["forecast"], 1), grouped(of["actual"]), percent(of["bias"], 1),
                         grouped(of["rmse"], 4), grouped(of["mae"], 4), percent(of["wape"], 1),
                         grouped(of["correlation"], 4)])
    return grid(rows, "lrrrrrrr")


def _events(trial: Trial) -> str:
    rows = [["Churn (no order at all)", "forecast", "happened", "log loss", "Brier", "AUC"]]
    for i, (name, of) in enumerate(zip(trial.churn_names(), trial.event)):
        if of and of["n_rows"]:
            only_ranks = i == 3
            rows.append([name, "-" if only_ranks else grouped(of["expected"], 1), grouped(of["n_events"]),
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
    if model["rmse"] < baseline["rmse"]:
        return (f"Orders: the model beats the baselines (RMSE {model['rmse']:.4f}; the best baseline, {name}, "
                f"{baseline['rmse']:.4f}).\n")
    return (f"Orders: a baseline wins: {name} (RMSE {baseline['rmse']:.4f}) forecasts at least as well as the model "
            f"({model['rmse']:.4f}).\n")


def _judge_churn(trial: Trial) -> str:
    """Likewise who would leave. The share known in hindsight counts: a model that
    does not beat it tells accounts apart no better than a constant."""
    model, best, silent = trial.event[0], _best(trial.event, "log_loss"), trial.event[3]
    baseline, name = trial.event[best], trial.churn_names()[best]
    if not model or not model["n_rows"] or not baseline:
        return ""
    if model["n_events"] in (0, model["n_rows"]):
        return f"Churn: {'every' if model['n_events'] else 'no'} account left, so there is nothing to tell apart.\n"
    if model["log_loss"] < baseline["log_loss"]:
        made = (f"Churn: the model beats the baselines (log loss {model['log_loss']:.4f}; the best baseline, {name}, "
                f"{baseline['log_loss']:.4f})")
    else:
        made = (f"Churn: a baseline wins: {name} (log loss {baseline['log_loss']:.4f}) forecasts at least as well as "
                f"the model ({model['log_loss']:.4f})")
    if math.isnan(model["auc"]) or not silent:
        return made + ".\n"
    than = "better than" if model["auc"] > silent["auc"] else "no better than"
    return (f"{made}, and ranks accounts {than} the longest silent first (AUC {model['auc']:.4f} against "
            f"{silent['auc']:.4f}).\n")


def verdicts(trial: Trial) -> str:
    return _judge_orders(trial) + _judge_churn(trial)


def text(trial: Trial) -> str:
    """What kam-score --backtest prints."""
    fit = trial.answers.models.report
    why = f"{status_words(status.codes()[fit['orders_ml']])} ({fit['orders_ml']})"
    made = (f"Backtest: fitted on {many(trial.n, 'account')} as of {day_text(trial.split - 1)}, forecast "
            f"{day_text(trial.split)} to {day_text(trial.as_of)} ({trial.horizon} days)\n\n")
    if trial.answers.models.orders is None:
        made += f"There is no order model to test: {why}\n\n"
    elif fit["orders"]["prior"] == "weak":
        made += f"The fit needed a weak prior: {why}\n\n"
    made += _amounts(trial) + "\n" + _events(trial) + "\n" + verdicts(trial)
    model = trial.amount[0]
    n_rows = model["n_rows"] if model else 0
    if n_rows < 20:
        made += f"Take both with care: {n_rows} accounts are few to judge by.\n"
    return made
