# SPDX-License-Identifier: MIT
"""A forecast made as of the day before the split, held against what happened from
that day on, beside forecasts that need no model. The measures are the library's."""
from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from typing import Any, Optional

from .. import _score, status
from . import _backtest_tables as tables
from . import _contracts_backtest
from ._backtest_tables import Report
from ._book import Answers, Book
from ._contracts import Contracts, Lines
from ._contracts_backtest import ContractTrial
from ._csvfile import name_of
from ._options import Options
from ._orders import Log
from ._signals import Signals
from ._text import Failure, day_text
from ._words import grouped, many, percent, status_words

_VALUE = ("expected_orders", "lifetime_value", "lifetime_value_low", "lifetime_value_high")

_WORDS = {
    "lead": ("Backtest: fitted on {n} as of {before}, forecast {split} to {to} ({days} days)\n\n",
             "回测：用 {n} 个客户截至 {before} 的数据拟合，预测 {split} 至 {to}（{days} 天）\n\n"),
    "no_model": ("There is no order model to test: {why}\n\n", "没有可检验的订单模型：{why}\n\n"),
    "weak": ("The fit needed a weak prior: {why}\n\n", "拟合使用了弱先验：{why}\n\n"),
    "pace": ("Pace: {text}\n\n", "趋势系数：{text}\n\n"),
    "order_table": ("Orders (days with an order)", "订单（下单天数）"),
    "order_table_by_period": ("Orders (periods with an order)", "订单（有订单的时段数）"),
    "churn_table": ("Churn (no order at all)", "流失（完全不下单）"),
    "money_table": ("Revenue (before returns)", "收入（退货前）"),
    "money_model": ("{family} x the orders expected", "{family} × 预测订单数"),
    "money_own": ("own mean order x the orders expected", "客户自身的平均订单额 × 预测订单数"),
    "money_last": ("as much as in the {n} days before", "与前 {n} 天相同"),
    "money_mean": ("mean order of all x the orders expected", "全体平均订单额 × 预测订单数"),
    "money_win": ("Revenue: the model beats the baselines (MAE {model}; the best baseline, {name}, {baseline}).\n",
                  "收入：模型优于基准（MAE {model}；最好的基准“{name}”为 {baseline}）。\n"),
    "money_lose": ("Revenue: a baseline wins: {name} (MAE {baseline}) forecasts at least as well as the model ({model}).\n",
                   "收入：基准更好：“{name}”（MAE {baseline}）不逊于模型（{model}）。\n"),
    "intervals": ("Intervals: {inside} of the accounts had a revenue within theirs, which were to hold at least {told} "
                  "({below} below, {above} above).\n",
                  "区间：{inside} 的客户的收入落在其区间内，应不少于 {told}（低于区间 {below}，高于区间 {above}）。\n"),
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
    "churn_win": ("Churn: the model beats the baselines (log loss {model:.4f}; the best baseline, {name}, {baseline:.4f}).",
                  "流失：模型优于基准（对数损失 {model:.4f}；最好的基准“{name}”为 {baseline:.4f}）。"),
    "churn_lose": ("Churn: a baseline wins: {name} (log loss {baseline:.4f}) forecasts at least as well as the model "
                   "({model:.4f}).", "流失：基准更好：“{name}”（对数损失 {baseline:.4f}）不逊于模型（{model:.4f}）。"),
    "only_hindsight": ("Churn: no baseline was known before; the model (log loss {model:.4f}) is {than} than the true share "
                       "for all, known in hindsight ({share:.4f}).",
                       "流失：没有事先可用的基准；模型（对数损失 {model:.4f}）{than}事后得知的总体比例（{share:.4f}）。"),
    "by_hindsight": (" One share for all, had it been known, would have done as well as the model ({share:.4f}).",
                     "若事先得知总体比例，单凭它也不逊于模型（{share:.4f}）。"),
    "better": ("better", "优于"),
    "no_better": ("no better", "不优于"),
    "ranks": (" The model ranks accounts {than} than the longest silent first (AUC {model:.4f} against {silent:.4f}).",
              "模型的排序{than}沉默最久者优先（AUC {model:.4f} 对 {silent:.4f}）。"),
    "signals_win": ("Signals: with them the model forecasts better (log loss {loss:.4f} against {plain_loss:.4f}; AUC "
                    "{auc:.4f} against {plain_auc:.4f}).\n",
                    "预警信号：加入信号后预测更准（对数损失 {loss:.4f} 对 {plain_loss:.4f}；AUC {auc:.4f} 对 {plain_auc:.4f}）。\n"),
    "signals_lose": ("Signals: with them the model forecasts no better (log loss {loss:.4f} against {plain_loss:.4f}; AUC "
                     "{auc:.4f} against {plain_auc:.4f}).\n",
                     "预警信号：加入信号后预测没有更准（对数损失 {loss:.4f} 对 {plain_loss:.4f}；AUC {auc:.4f} 对 {plain_auc:.4f}）。\n"),
    "few": ("Take all of it with care: {n} accounts are few to judge by.\n", "请谨慎看待：只有 {n} 个客户可供判断。\n"),
}


class Trial:
    """What is compared: a value for each account known before the split."""

    def __init__(self, log: Log, as_of: int, split: int, options: Options, today: int, lines: Optional[Lines]) -> None:
        """Forecasts from `split` to `as_of`; `today` is the last day that is known."""
        self.options, self.split, self.as_of, self.today = options, split, as_of, today
        self.zh = options.language == "zh"
        self._t = {key: pair[self.zh] for key, pair in _WORDS.items()}
        self.horizon, period = as_of - split + 1, options.period_days
        if period:
            self.horizon -= self.horizon % period
        if self.horizon == 0:
            raise Failure(f"--backtest {day_text(split)} leaves less than one period of {period} days")
        self.as_of = as_of = split + self.horizon - 1
        self.before = Book(log, split - 1)
        if self.before.n == 0 and options.orders:
            raise Failure(f"--backtest {day_text(split)}: no usable line is dated before that day")
        self.contracts = None if lines is None else self._bind(lines)
        self.after = Book(log, as_of, split)
        self.window = Book(log, split - 1, split - self.horizon)
        self.n = self.before.n
        first = self.before.first_line_day()
        self.older = Book(log, split - self.horizon - 1) if first < split - self.horizon else None
        self.has_window = self.older is not None and self.older.n > 0
        self.answers = Answers(self.before, log, options, float(self.horizon))
        if self.contracts:
            self.contracts.apply(self.answers, self.before, options, 0.0)
        self.with_signals: Report = None
        self._plain: Optional[list[float]] = None
        self._forecast_orders(covers=first <= split - self.horizon)
        self._forecast_churn()
        self._forecast_money(covers=first <= split - self.horizon)
        score = self.answers.score
        self.amount = [tables.amount(forecast, self.actual)
                       for forecast in (score("expected_orders"), self.same_rate, self.last_period)]
        self.event = [tables.event(forecast, self.churned)
                      for forecast in (score("churn_risk"), self.share, self.by_silence, self.silence)]

    def add_signals(self, log: Log) -> None:
        """What was known before, and no more, moves the risks."""
        self._plain = list(self.answers.score("churn_risk"))
        self.answers.signals = Signals(self.options, log, self.before, self.answers)
        self.with_signals = tables.event(self.answers.score("churn_risk"), self.churned)

    def _bind(self, lines: Lines) -> Contracts:
        """The contracts as they were known before, and their rows."""
        since, split = self.options.contracts_since, self.split
        if since > split:
            raise Failure(f"--contracts-since {day_text(since)} lies after --backtest {day_text(split)}: which contracts ended "
                          "in between is not known")
        contracts = Contracts(lines, self.options, split - 1, True)
        contracts.join(self.before)
        if contracts.n_running == 0 and not self.options.orders:
            raise Failure(f"--backtest {day_text(split)}: no contract in {name_of(lines.path)} ran on the day before")
        return contracts

    def of_contracts(self) -> Optional[ContractTrial]:
        """None without a file of them."""
        if self.contracts is None:
            return None
        return ContractTrial(self.contracts, self.answers, self._plain, self.options, self.split - 1, self.as_of, self.today)

    def is_judged(self, book: Book, row: int) -> bool:
        """Whether a row of a book is one of those that order at will: no contract bound it when the forecast was
        made."""
        return book.is_known(row) and not (self.contracts and self.contracts.bind(self.before.row[book.key[row]]))

    @property
    def n_judged(self) -> int:
        return sum(self.is_judged(self.before, i) for i in range(self.n))

    def _forecast_orders(self, covers: bool) -> None:
        book, n = self.before, self.n
        self.actual, self.churned, self.same_rate, self.last_period = ([math.nan] * n for _ in range(4))
        ages, repeats, days = book.column("age_periods"), book.column("repeat_orders"), book.period_days or 7
        for i, key in enumerate(book.key):
            if not self.is_judged(book, i):
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
            if self.is_judged(book, i) and (book.silence(i) > self.threshold) == is_long:
                n += 1
                n_gone += self.window.order_days(key) == 0
        return n_gone / n

    def _forecast_churn(self) -> None:
        self.share, self.silence, self.by_silence = ([math.nan] * self.n for _ in range(3))
        self.threshold, gone = 0.0, [math.nan, math.nan]
        if self.has_window and self.older is not None:
            silent = sorted(self.older.silence(i) for i in range(self.older.n)
                            if self.is_judged(self.older, i))
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

    def _forecast_money(self, covers: bool) -> None:
        """Revenue before returns, as it comes in: not discounted."""
        book, n = self.before, self.n
        value = _score.score(book.rows(direct_cost=array("d", [math.nan]) * n), self.answers.models, columns=_VALUE,
                            horizon_days=float(self.horizon), discount_per_year=0.0, interval=self.options.interval,
                            pace=self.answers.pace.pace, pace_variance=self.answers.pace.variance)
        gross, orders = book.summary["gross_revenue"], value["expected_orders"]
        known = [i for i in range(n) if self.is_judged(book, i)]
        days = {i: book.order_days(book.key[i]) for i in known}
        total = (_added(gross[i] for i in known), _added(days[i] for i in known))
        happened, model, own, last, mean = ([math.nan] * n for _ in range(5))
        for i in known:
            happened[i] = self.after.gross_revenue(book.key[i])
            model[i] = value["lifetime_value"][i]
            own[i] = gross[i] / days[i] * orders[i]
            mean[i] = total[0] / total[1] * orders[i]
            if covers:
                last[i] = self.window.gross_revenue(book.key[i])
        self.money = [tables.amount(forecast, happened) for forecast in (model, own, last, mean)]
        held = [(low, one, high) for low, one, high in zip(value["lifetime_value_low"], happened, value["lifetime_value_high"])
                if not math.isnan(low + high + one)]
        below, above = (sum(one < low for low, one, _ in held), sum(one > high for _, one, high in held))
        share = [count / len(held) if held else math.nan for count in (len(held) - below - above, below, above)]
        self.intervals = (share[0], share[1], share[2])

    def best_money(self) -> int:
        """The baseline with the least MAE; 0: there is none."""
        others = [(of["mae"], i) for i, of in enumerate(self.money) if i and of and of["n_rows"]]
        return min(others)[1] if others else 0

    def money_names(self) -> list[str]:
        spend = self.answers.models.spend
        return [self.say("money_model", family=spend.family if spend else "unknown"), self.say("money_own"),
                self.say("money_last", n=self.horizon), self.say("money_mean")]

    def better(self, is_better: bool) -> str:
        return self.say("better" if is_better else "no_better")

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


def _added(numbers: Iterable[float]) -> float:
    """One after the other, as C adds them."""
    total = 0.0
    for number in numbers:
        total += number
    return total


def _amounts(trial: Trial) -> str:
    return tables.amounts(trial.say("order_table" + "_by_period" * (trial.options.period_days > 0)), trial.order_names(), trial.amount,
                          trial.zh, with_rmse=True, forecast_decimals=1, error_decimals=4)


def _events(trial: Trial) -> str:
    return tables.events(trial.say("churn_table"), trial.churn_names(), [*trial.event, trial.with_signals], (0, 4, 1, 2, 3),
                         trial.zh, only_ranks=3)


def _money(trial: Trial) -> str:
    return tables.amounts(trial.say("money_table"), trial.money_names(), trial.money, trial.zh, with_rmse=False,
                          forecast_decimals=0, error_decimals=2)


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


def _judge_money(trial: Trial) -> str:
    """Likewise the money; and whether the intervals hold what they say."""
    model, told = trial.money[0], trial.options.interval
    best = trial.best_money()
    if not model or not model["n_rows"] or best == 0:
        return ""
    baseline = trial.money[best]
    assert baseline is not None
    made = trial.say("money_win" if model["mae"] < baseline["mae"] else "money_lose", name=trial.money_names()[best],
                     model=grouped(model["mae"], 2), baseline=grouped(baseline["mae"], 2))
    inside, below, above = (percent(share, 1) for share in trial.intervals)
    return made + trial.say("intervals", inside=inside, told=percent(told, 0), below=below, above=above)


def _judge_churn(trial: Trial) -> str:
    """Likewise who would leave: of the baselines that could have been known. The share
    known in hindsight is never a choice; but a model that does not beat it tells
    accounts apart no better than a constant."""
    model, share, known, silent = trial.event
    if not model or not model["n_rows"] or not share:
        return ""
    if model["n_events"] in (0, model["n_rows"]):
        return trial.say("churn_every" if model["n_events"] else "churn_none")
    loss, beats_share = model["log_loss"], model["log_loss"] < share["log_loss"]
    if known and known["n_rows"]:
        made = trial.say("churn_win" if loss < known["log_loss"] else "churn_lose", name=trial.churn_names()[2], model=loss,
                         baseline=known["log_loss"])
        made += "" if beats_share else trial.say("by_hindsight", share=share["log_loss"])
    else:
        made = trial.say("only_hindsight", model=loss, share=share["log_loss"], than=trial.better(beats_share))
    if silent and not math.isnan(model["auc"]):
        made += trial.say("ranks", model=model["auc"], silent=silent["auc"], than=trial.better(model["auc"] > silent["auc"]))
    return made + "\n"


def _judge_signals(trial: Trial) -> str:
    """What the signals are worth."""
    plain, of = trial.event[0], trial.with_signals
    if not of or not plain or of["n_rows"] == 0 or of["n_events"] in (0, of["n_rows"]):
        return ""
    return trial.say("signals_win" if of["log_loss"] < plain["log_loss"] else "signals_lose", loss=of["log_loss"],
                     plain_loss=plain["log_loss"], auc=of["auc"], plain_auc=plain["auc"])


def _of_orders(trial: Trial) -> str:
    fit, made = trial.answers.models.report, ""
    why = f"{status_words(status.codes()[fit['orders_ml']], trial.zh)} ({fit['orders_ml']})"
    if trial.answers.models.orders is None:
        made += trial.say("no_model", why=why)
    elif fit["orders"]["prior"] == "weak":
        made += trial.say("weak", why=why)
    if trial.answers.models.orders is not None:
        made += trial.say("pace", text=trial.answers.pace.text(trial.options.language))
    made += _amounts(trial) + "\n" + _money(trial) + "\n" + _events(trial) + "\n"
    made += _judge_orders(trial) + _judge_money(trial) + _judge_churn(trial)
    made += _judge_signals(trial)
    model = trial.amount[0]
    n_rows = model["n_rows"] if model else 0
    return made + (trial.say("few", n=n_rows) if n_rows < 20 else "")


def text(trial: Trial) -> str:
    """What kam-score --backtest prints."""
    made = trial.say("lead", n=grouped(trial.n) if trial.zh else many(trial.n, "account"), before=day_text(trial.split - 1),
                     split=day_text(trial.split), to=day_text(trial.as_of), days=trial.horizon)
    contracts = trial.of_contracts()
    if contracts:
        made += _contracts_backtest.text(contracts)
    if contracts and contracts.n_accounts and trial.n_judged:
        made += "\n"
    return made + (_of_orders(trial) if not contracts or trial.n_judged else "")
