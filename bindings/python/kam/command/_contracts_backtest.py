# SPDX-License-Identifier: MIT
"""What was forecast of contracts, held against what came of them: a row a decision and a row an account. The measures
are the library's."""
from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

from .. import backtest, contracts
from .._errors import KamError
from . import _backtest_tables as tables
from ._backtest_tables import Report
from ._book import Answers
from ._contracts import MONTH, Contract, Contracts
from ._options import Options
from ._text import day_text
from ._words import grid, grouped, many, percent

OF_MODEL, OF_RATE, OF_ALL, OF_SIGNALS = range(4)
_BANDS, _ROWS_A_BAND = 5, 20

_WORDS = {
    "model": ("renewal model", "续签模型"),
    "rate": ("one past renewal rate for all", "以往的总体续签率"),
    "all": ("everything renews", "全部续签"),
    "signals": ("renewal model with signals", "续签模型加预警信号"),
    "lead": ("Contracts: on {cut} {contracts} ran, of {accounts}\n", "合同：{cut} 有 {contracts} 份有效，属于 {accounts} 个客户\n"),
    "n_undecided": ("decision|due on the as-of day, not settled yet: left out", "个续签决定在截至日到期，尚无结果：未计入"),
    "n_unmodelled": ("decision|of a term for which there is no model: left out", "个续签决定所属期限没有模型：未计入"),
    "n_early": ("contract|ended before a term was over, which the model holds to be impossible: is the term right?",
                "份合同在期限内提前终止，模型视为不可能：合同期限是否正确？"),
    "n_begun": ("contract|began later, which nobody could know: neither forecast nor counted",
                "份合同此后才开始，当时无从得知：不预测，也不计入"),
    "bands": ("Renewal forecast|decisions|renewed|95 % interval", "预测续签率|到期数|已续签|95 % 区间"),
    "calibration": ("Calibration: the forecast lies within the interval in {held} of {n} groups.",
                    "校准：{n} 组中有 {held} 组的预测落在区间内。"),
    "renewals_table": ("Renewals (decisions due)", "续签（到期的决定）"),
    "loss_table": ("Accounts lost (all contracts ended)", "合同客户流失（合同全部终止）"),
    "money_table": ("Contract money", "合同金额"),
    "renewals": ("Renewals", "续签"),
    "loss": ("Accounts lost", "合同客户流失"),
    "same": ("{what}: all came to the same, so there is nothing to tell apart.", "{what}：结果全部相同，无从区分。"),
    "win": ("{what}: the model beats the baselines ({measure} {model}; the best baseline, {name}, {baseline}).",
            "{what}：模型优于基准（{measure} {model}；最好的基准“{name}”为 {baseline}）。"),
    "lose": ("{what}: a baseline wins: {name} ({measure} {baseline}) forecasts at least as well as the model ({model}).",
             "{what}：基准更好：“{name}”（{measure} {baseline}）不逊于模型（{model}）。"),
    "log_loss": ("log loss", "对数损失"),
    "chance": (" That may be chance.", "差距可能出于偶然。"),
    "intervals": ("Contract intervals: {inside} of the accounts brought an amount within theirs, which were to hold at least {told} "
                  "({below} below, {above} above).",
                  "合同区间：{inside} 的客户的合同金额落在其区间内，应不少于 {told}（低于区间 {below}，高于区间 {above}）。"),
    "few": ("Take all of it with care: {n} decisions are few to judge by.", "请谨慎看待：只有 {n} 个续签决定可供判断。"),
}


class Forecasts:
    """Forecasts of each way, and what came; NaN: not known."""

    def __init__(self) -> None:
        self.by: list[list[float]] = [[], [], [], []]
        self.came: list[float] = []

    def add(self, model: float, rate: float, everything: float, signals: float, came: float) -> None:
        known = math.nan if math.isnan(model) else 1.0
        for column, value in zip(self.by, (model, known * rate, known * everything, signals)):
            column.append(value)
        self.came.append(came)


@dataclass
class Verdict:
    good: bool
    text: str


def _run_at(rate: float, left: float, horizon: float) -> tuple[float, float]:
    """Terms that a contract runs when each decision renews it with one chance; and the chance that it runs when the
    horizon ends."""
    if horizon < left:
        return horizon, 1.0
    rest, length, stays = horizon - left, left, 1.0
    whole = math.floor(rest)
    for _ in range(whole):
        stays *= rate
        length += stays
    stays *= rate
    return length + (rest - whole) * stays, stays


class ContractTrial:
    """All of it as known when the day `cut` was over; the forecast days are those after it to `last`, and decisions
    before `as_of` are told by the file."""

    def __init__(self, past: Contracts, answers: Answers, plain: Optional[Sequence[float]], options: Options, cut: int, last: int,
                 as_of: int) -> None:
        self.past, self.cut, self.last = past, cut, last
        self._came = contracts.came(**past.lines.columns(), day=cut, last=last, as_of=as_of)
        self.told, self.zh = options.interval, options.language == "zh"
        self.n_undecided = self.n_early = self.n_accounts = 0
        self.renewal, self.loss, self.money = Forecasts(), Forecasts(), Forecasts()
        self._held: list[tuple[float, float, float]] = []
        for row, bond in enumerate(past.bonds):
            running = [one for one in bond.contracts if one.runs]
            for one in running:
                self._follow(one)
            if running:
                self._account(running, answers, row, plain)
        self.n_unmodelled = sum(map(math.isnan, self.renewal.by[OF_MODEL]))
        self.n_begun = sum(cut < line.start <= last for line in past.lines)
        n = len(self._held)
        below, above = (sum(came < low for low, came, _ in self._held), sum(came > high for _, came, high in self._held))
        self.intervals = [count / n if n else math.nan for count in (n - below - above, below, above)]
        self.events = {"renewals": [tables.event(by, self.renewal.came) for by in self.renewal.by],
                       "loss": [tables.event(by, self.loss.came) for by in self.loss.by]}
        self.amounts = [tables.amount(by, self.money.came) for by in self.money.by]

    # Rows

    def _rate(self, one: Contract) -> float:
        """One for all contracts of a term: of what was decided until the cut, a half added to either count, so that it
        is never 0 or 1."""
        of = self.past.model_of(one)
        return (of.n_renewed + 0.5) / (of.n_renewed + of.n_ended + 1)

    def _follow(self, one: Contract) -> None:
        """Each decision that fell due, for as long as it was renewed: the chance is of this decision, given that those
        before it renewed."""
        renewed, ended, opened, early = (self._came[name][one.number] for name in ("renewed", "ended", "open", "early"))
        rate, before = self._rate(one), 1.0
        for k in range(1, int(renewed + ended) + 1):
            chance = self.past.model_of(one).renewal(one, float(k))
            self.renewal.add(chance / before, rate, 1.0, math.nan, float(k <= renewed))
            before = chance
        self.n_undecided += opened > 0
        self.n_early += early > 0

    def _account(self, running: list[Contract], answers: Answers, row: int, plain: Optional[Sequence[float]]) -> None:
        rate_loss, rate_money, all_money, came, lost = 1.0, 0.0, 0.0, 0.0, 1.0
        for one in running:
            horizon = (self.last - self.cut) / (one.months * MONTH)
            length, stays = _run_at(self._rate(one), one.left, horizon)
            rate_loss *= 1 - stays
            rate_money += one.value * length
            all_money += one.value * _run_at(1.0, one.left, horizon)[0]
            came += one.value * self._came["terms"][one.number]
            gone = self._came["lost"][one.number]
            # One that runs for sure keeps the account.
            lost = 0.0 if 0 in (lost, gone) else lost * gone
        risk, value = answers.score("churn_risk")[row], answers.scores["lifetime_value"][row]
        self.n_accounts += 1
        self.loss.add(risk if plain is None else plain[row], rate_loss, 0.0, math.nan if plain is None else risk, lost)
        self.money.add(value, rate_money, all_money, math.nan, came)
        low, high = answers.scores["lifetime_value_low"][row], answers.scores["lifetime_value_high"][row]
        if not math.isnan(low + high + came):
            self._held.append((low, came, high))

    # Words

    def say(self, key: str, **values: Any) -> str:
        return _WORDS[key][self.zh].format(**values)

    def names(self) -> list[str]:
        return [self.say(key) for key in ("model", "rate", "all", "signals")]

    def left_out(self) -> list[str]:
        """What was not compared, or is strange."""
        made = []
        for key in ("n_undecided", "n_unmodelled", "n_early", "n_begun"):
            n, text = getattr(self, key), self.say(key)
            if n and self.zh:
                made.append(f"{grouped(n)} {text}")
            elif n:
                one, _, rest = text.partition("|")
                made.append(f"{many(n, one)} {rest}")
        return made

    def lead(self) -> str:
        n = self.n_accounts
        return self.say("lead", cut=day_text(self.cut), contracts=grouped(self.past.n_running),
                        accounts=grouped(n) if self.zh else many(n, "account"))

    def bands(self) -> list[dict[str, Any]]:
        """Whether chances mean what they say."""
        asked = min((len(self.renewal.came) - self.n_unmodelled) // _ROWS_A_BAND, _BANDS)
        if asked == 0:
            return []
        try:
            return backtest.bands(self.renewal.by[OF_MODEL], self.renewal.came, asked).bands
        except KamError:
            return []

    def band_rows(self) -> list[list[str]]:
        """The bands as a table, headings first."""
        return [self.say("bands").split("|")] + [
            [percent(of["forecast"], 1), grouped(of["n_rows"]), percent(of["actual"], 1),
             f"{percent(of['low'], 1)} - {percent(of['high'], 1)}"] for of in self.bands()]

    def calibration(self) -> str:
        found = self.bands()
        return self.say("calibration", n=len(found), held=sum(of["low"] <= of["forecast"] <= of["high"] for of in found))

    def _better(self, reports: Sequence[Report], measure: str) -> int:
        """The better one of the baselines."""
        rate, every = reports[OF_RATE], reports[OF_ALL]
        return OF_ALL if rate and every and every[measure] < rate[measure] else OF_RATE

    def _judge_events(self, key: str, forecasts: Forecasts) -> Optional[Verdict]:
        """One sentence: who forecast best, of what could be known before."""
        reports, what = self.events[key], self.say(key)
        best = self._better(reports, "log_loss")
        model, baseline = reports[OF_MODEL], reports[best]
        if not model or not model["n_rows"] or not baseline:
            return None
        if model["n_events"] in (0, model["n_rows"]):
            return Verdict(True, self.say("same", what=what))
        good = bool(model["log_loss"] < baseline["log_loss"])
        text = self.say("win" if good else "lose", what=what, measure=self.say("log_loss"), name=self.names()[best],
                        model=f"{model['log_loss']:.4f}", baseline=f"{baseline['log_loss']:.4f}")
        versus = backtest.versus(forecasts.by[OF_MODEL], forecasts.by[best], forecasts.came)
        return Verdict(good, text + (self.say("chance") if versus["verdict"] == "undecided" else ""))

    def _judge_money(self) -> list[Verdict]:
        """An expectation is judged by its squared error."""
        best = self._better(self.amounts, "rmse")
        model, baseline = self.amounts[OF_MODEL], self.amounts[best]
        if not model or not model["n_rows"] or not baseline:
            return []
        good = bool(model["rmse"] < baseline["rmse"])
        inside, below, above = (percent(share, 1) for share in self.intervals)
        return [Verdict(good, self.say("win" if good else "lose", what=self.say("money_table"), measure="RMSE",
                                       name=self.names()[best], model=grouped(model["rmse"], 2),
                                       baseline=grouped(baseline["rmse"], 2))),
                Verdict(self.intervals[0] >= self.told, self.say("intervals", inside=inside, told=percent(self.told, 0),
                                                                 below=below, above=above))]

    def verdicts(self) -> list[Verdict]:
        made = [one for one in (self._judge_events("renewals", self.renewal), self._judge_events("loss", self.loss)) if one]
        model = self.events["renewals"][OF_MODEL]
        n = model["n_rows"] if model else 0
        return made + self._judge_money() + ([Verdict(False, self.say("few", n=n))] if n < 20 else [])


def text(trial: ContractTrial) -> str:
    """What kam-score --backtest prints of contracts."""
    zh, names, order = trial.zh, trial.names(), (OF_MODEL, OF_SIGNALS, OF_RATE, OF_ALL)
    made = trial.lead() + "".join(f"          {one}\n" for one in trial.left_out()) + "\n"
    if trial.n_accounts == 0:
        return made
    made += tables.events(trial.say("renewals_table"), names, trial.events["renewals"], order, zh) + "\n"
    if trial.bands():
        made += grid(trial.band_rows(), "rrrr") + trial.calibration() + "\n\n"
    made += tables.events(trial.say("loss_table"), names, trial.events["loss"], order, zh) + "\n"
    made += tables.amounts(trial.say("money_table"), names, trial.amounts, zh, with_rmse=True, forecast_decimals=0,
                           error_decimals=2) + "\n"
    return made + "".join(f"{one.text}\n" for one in trial.verdicts())
