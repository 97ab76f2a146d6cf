# SPDX-License-Identifier: MIT
"""One HTML file that shows a book to people and opens anywhere, offline. Figures
are the CSV's; what is added up is added up by the library."""
from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Optional

from .. import _ffi, backtest, concentration, matrix, profit, status, tier
from .._errors import KamError
from .._library import lib
from .._score import score
from .._table import Table
from ..sum import Sum
from . import _output
from ._backtest import Trial
from ._book import Book
from ._contracts import Fitted, Lines
from ._output import Result, Value
from ._report_words import glossary, words
from ._text import NO_DAY, Failure, day_text
from ._words import compact, grouped, percent

_HERE = Path(__file__).parent
_LINES = 400       # order lines on an account's page, at most
_POINTS = 400      # of a curve
_STEPS = 20        # of the tracking plot
_GROUPS = 8        # of the calibration plot
_CLASSES = (_ffi.KAM_MATRIX_CORE, _ffi.KAM_MATRIX_HIGH_POTENTIAL, _ffi.KAM_MATRIX_MAINTAIN, _ffi.KAM_MATRIX_DEVELOP,
            _ffi.KAM_MATRIX_UNCLASSIFIED, _ffi.KAM_MATRIX_UNKNOWN)
_BANDS = (0.2, 0.4, 0.6, 0.8, math.inf)
#: what the page's script says itself
_SCRIPT_WORDS = ("account tier orders last_day silence revenue revenue_12m profit margin clv churn_risk at_risk to_next above "
                 "why none found page low high best_n share happened order_days day left at_risk_more to_next_more raises "
                 "lowers log_odds class value_score potential_score no_potential no_class last_lines lines_shown cost order returned since never accounts").split()


def _known(value: float) -> Optional[float]:
    """JSON has no NaN."""
    return value if math.isfinite(value) else None


def _total(values: Iterable[float]) -> float:
    return float(Sum(value for value in values if math.isfinite(value)))


class Page:
    """What the template and its script are given."""

    def __init__(self, result: Result, split: int, lines: Optional[Lines]) -> None:
        self.result, self.options, self.book, self.answers = result, result.options, result.book, result.answers
        self.language = self.options.language
        self.t = words(self.language)
        if self.options.period_days:
            self.t.update((key, self.t[key + "_by_period"]) for key in ("tracking_note", "t_orders", "order_days"))
        self.zh = self.language == "zh"
        more = score(self.answers.rows, self.answers.models, columns=("tier_to_next", "tier_above_limit"))
        self.to_next, self.above = more["tier_to_next"], more["tier_above_limit"]
        self.window = self.book.summary["window_revenue"]
        order = self.answers.by_risk()
        self.listed = order[:self.options.rows] if self.options.rows else order
        self.at = {row: i for i, row in enumerate(self.listed)}
        self.trial = self._trial(split, lines)
        self.contracts = self.trial.of_contracts() if self.trial else None
        try:
            self.shares: Optional[concentration.Concentration] = concentration.measure(self.answers.score("net_revenue"))
        except KamError:
            self.shares = None
        self.whale = self._whale()
        self.classes = self._classes()

    def say(self, key: str, **values: Any) -> str:
        text = self.t[key]
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text

    def money(self, value: float) -> str:
        return compact(value, self.language)

    @property
    def horizon(self) -> str:
        days = self.answers.horizon_days
        return self.t["horizon_inf"] if math.isinf(days) else self.say("horizon", n=f"{days:.6g}")

    def _trial(self, split: int, lines: Optional[Lines]) -> Optional[Trial]:
        """None when there is nothing to hold back, or nothing before it."""
        if split > self.book.as_of:
            return None
        try:
            return Trial(self.result.log, self.book.as_of, split, self.options, self.book.as_of, lines)
        except Failure:
            if self.options.backtest != NO_DAY:
                raise
            return None

    def _whale(self) -> Optional[profit.Whale]:
        try:
            return profit.whale(self.answers.score("profit" if self.result.log.has_cost else "net_revenue"))
        except KamError:
            return None

    def _classes(self) -> Optional[Table]:
        """The matrix of value and potential (T2); None when there is no revenue."""
        quarters = Book(self.result.log, self.book.as_of, n_quarters=8).summary
        try:
            stable = matrix.stability([quarters[f"quarter_{i + 1}"] for i in range(8)])["stable"]
            return matrix.fit(self.window).classify(self.window, stable=stable, **self.result.facts.potential)
        except KamError:
            return None

    # What the script draws

    def data(self) -> dict[str, Any]:
        return {
            "lang": self.language, "header": _output.HEADER.split(","),
            "rows": [_output.fields(self.result, row) for row in self.listed],
            "more": [self._more(row) for row in self.listed],
            **self._lines(),
            "attention": self._attention(), "reach": self._reach(), "losing": self._losing(), "best": self._best(),
            "has_cost": self.result.log.has_cost, "has_order": self.result.log.has_order,
            "tier_names": [tier.name(i, self.answers.n_bands, self.language) for i in range(self.answers.n_bands + 1)],
            "classes": [matrix.class_name(one, self.language) for one in _CLASSES[:-1]],
            "matrix": self._matrix(), "bands": ["0–20 %", "20–40 %", "40–60 %", "60–80 %", "80–100 %"],
            "whale": self._curve(), "peak": self.whale.numbers["n_to_peak"] if self.whale and self.result.log.has_cost else -1,
            "shares": self._largest(), "tracking": self._tracking(), "calibration": self._calibration(),
            "interval": percent(self.options.interval, 0), "horizon": self.horizon,
            "words": {**{key: self.t[key] for key in _SCRIPT_WORDS}, "forecast": self.t["forecast_line"]},
        }

    def _more(self, row: int) -> dict[str, Any]:
        known = self.book.is_known(row)
        reasons = [one for one in self.answers.reasons(row)[1:4] if one.id and not math.isnan(one.contribution)]
        return {"at_risk": _known(self.answers.at_risk(row)), "window": _known(self.window[row]),
                "to_next": _known(self.to_next[row]), "above": _known(self.above[row]),
                "silence": self.book.silence(row) if known else None,
                **self._class(row), "reasons": [[self._reason(one.id), one.contribution] for one in reasons]}

    def _class(self, row: int) -> dict[str, Any]:
        if self.classes is None:
            return {"class": "", "value": None, "potential": None}
        one = self.classes["matrix_class"][row]
        return {"class": matrix.class_name(one, self.language) if one else "",
                "value": _known(self.classes["value_score"][row]), "potential": _known(self.classes["potential_score"][row])}

    def _reason(self, id: int) -> str:
        from ..reason import name
        return {"silence": "沉默", "rhythm": "节奏", "tenure": "合作时长"}.get(name(id), name(id)) if self.zh else name(id)

    def _lines(self) -> dict[str, Any]:
        """The newest lines of each account listed, oldest first."""
        log, wanted = self.result.log, {self.book.key[row]: i for i, row in enumerate(self.listed)}
        from ._text import decode
        found: list[list[tuple[int, int]]] = [[] for _ in self.listed]
        for at, day in enumerate(log.day):
            i = wanted.get(decode(log.account[at]), -1)
            if i >= 0 and day != NO_DAY and day <= self.book.as_of and not math.isnan(log.revenue[at]):
                found[i].append((day, at))
        lines = []
        for one in found:
            one.sort()
            lines.append([[day_text(day), log.revenue[at], _known(log.cost[at]),
                           decode(log.order[at]) if log.has_order else None] for day, at in one[-_LINES:]])
        return {"lines": lines, "n_lines": [len(one) for one in found]}

    def _attention(self) -> list[int]:
        return [i for i, row in enumerate(self.listed) if self.answers.at_risk(row) > 0][:15]

    def _some(self, value: Sequence[float], wanted: Iterable[int], most: int = 8) -> list[int]:
        """The accounts with the smallest of these values."""
        return [self.at[row] for row in sorted(wanted, key=lambda row: value[row])[:most]]

    def _reach(self) -> list[int]:
        """Nobody is asked to win more of what loses money."""
        profit = self.answers.score("profit")
        return self._some(self.to_next, [row for row in self.listed if self.answers.score("tier")[row] > 0
                                         and self.to_next[row] > 0 and self.window[row] > 0 and not profit[row] < 0])

    def _losing(self) -> list[int]:
        if self.result.log.has_cost:
            earned = self.answers.score("profit")
            return self._some(earned, [row for row in self.listed if earned[row] < 0])
        return self._some(self.above, [row for row in self.listed
                                       if 0 <= self.answers.score("tier")[row] < self.answers.n_bands])

    def _best(self) -> list[int]:
        value = self.answers.score("lifetime_value")
        known = [row for row in self.listed if value[row] > 0]
        return [self.at[row] for row in sorted(known, key=lambda row: -value[row])[:20]]

    def _matrix(self) -> list[list[int]]:
        """Accounts by tier and band of churn risk."""
        counts = [[0] * len(_BANDS) for _ in range(self.answers.n_bands + 1)]
        for one, risk in zip(self.answers.score("tier"), self.answers.score("churn_risk")):
            if one >= 0 and not math.isnan(risk):
                counts[one][next(i for i, below in enumerate(_BANDS) if risk < below)] += 1
        return counts

    def _curve(self) -> list[tuple[int, float]]:
        if self.whale is None:
            return []
        n, curve = self.whale.numbers["n_accounts"], self.whale.curve["cumulative"]
        at = {round(i * (n - 1) / (_POINTS - 1)) for i in range(_POINTS)} if n > _POINTS else set(range(n))
        at |= {max(self.whale.numbers["n_to_peak"] - 1, 0)}
        return [(0, 0.0)] + [(i + 1, curve[i]) for i in sorted(at)]

    def _largest(self) -> list[tuple[int, float]]:
        if self.shares is None:
            return []
        share = self.shares.share
        known = sorted((row for row in self.listed if share[row] > 0), key=lambda row: -share[row])[:12]
        return [(self.at[row], share[row]) for row in known]

    def _tracking(self) -> list[tuple[str, float, float]]:
        """(day, forecast, happened), both added up since the split; in whole periods where they are counted."""
        trial, unit = self.trial, self.options.period_days or 1
        if trial is None or trial.answers.models.orders is None or not trial.n_judged:
            return []
        made = [(day_text(trial.split - 1), 0.0, 0.0)]
        n_units = trial.horizon // unit
        steps = min(_STEPS, n_units)
        for day in sorted({trial.split - 1 + n_units * (i + 1) // steps * unit for i in range(steps)}):
            orders = trial.answers.models.orders
            ahead = orders.expected_orders(trial.answers.rows, (day - trial.split + 1) / orders.period_days)["expected_orders"]
            after = Book(self.result.log, day, trial.split)
            judged = [row for row in range(trial.n) if trial.is_judged(trial.before, row)]
            made.append((day_text(day), _total(ahead[row] for row in judged),
                         _total(after.order_days(trial.before.key[row]) for row in judged)))
        return made

    def _calibration(self) -> list[tuple[str, float, float]]:
        """(highest forecast risk, expected, happened) in groups of equal number."""
        trial = self.trial
        if trial is None:
            return []
        risk = trial.answers.score("churn_risk")
        rows = sorted((row for row in range(trial.n) if not math.isnan(risk[row] + trial.churned[row])),
                      key=lambda row: (risk[row], row))
        n = min(_GROUPS, len(rows) // 5)
        made = []
        for i in range(n):
            part = rows[i * len(rows) // n:(i + 1) * len(rows) // n]
            of = backtest.event([risk[row] for row in part], [trial.churned[row] for row in part])
            most = risk[part[-1]]
            label = f"≤ {percent(most, 1 if most < 0.1 else 0)}" + "\u200b" * i  # two groups may look alike
            made.append((label, of["expected"], float(of["n_events"])))
        return made

    # What the template says

    def tiles(self) -> list[dict[str, Any]]:
        value, report = Value(self.answers), self.book.report
        first, last = report["first_line_day"], report["last_line_day"]
        revenue, window = _total(self.answers.score("net_revenue")), _total(self.window)
        active = sum(value > 0 for value in self.window)
        contracts = self.answers.contracts
        n_bound = sum(bond.n_running > 0 for bond in contracts.bonds) if contracts else 0
        told = (self.say("tile_accounts_more", n=grouped(active)) if self.options.orders else
                self.say("tile_accounts_bound", n=grouped(n_bound)))
        made = [("accounts", grouped(self.book.n), grouped(self.book.n), told, False)]
        if contracts:
            made.append(("contracts", grouped(contracts.n_running), grouped(contracts.n_running),
                         self.say("tile_contracts_more", n=grouped(n_bound)), False))
        if self.options.orders:
            made += [("window", self.money(window), grouped(window, 2), self.say("tile_window_more", as_of=day_text(self.book.as_of)),
                      False),
                     ("revenue", self.money(revenue), grouped(revenue, 2), self.say("tile_revenue_more", first=first, last=last),
                      False)]
        if self.result.log.has_cost and self.whale:
            of = self.whale.numbers
            made.append(("profit", self.money(of["total"]), grouped(of["total"], 2),
                         self.say("tile_profit_more", n=grouped(of["n_accounts"])), of["total"] < 0))
        if value.n:
            made += [("clv", self.money(value.value), grouped(value.value, 2), self.horizon, False),
                     ("risk", self.money(value.at_risk), grouped(value.at_risk, 2), self.t["tile_risk_more"], True)]
        return [{"id": id, "label": self.t["tile_" + id], "value": shown, "full": full, "more": more, "warn": warn}
                for id, shown, full, more, warn in made]

    def findings(self) -> list[str]:
        made, report = [], self.book.report
        numbers = self.shares.numbers if self.shares else None
        if numbers and not math.isnan(numbers["hhi"]):
            made.append(self.say("find_top", top=percent(numbers["top_10_share"], 1), largest=percent(numbers["largest_share"], 1)))
            if numbers["n_at_10"]:
                made.append(self.say("find_ten_one" if numbers["n_at_10"] == 1 else "find_ten", n=numbers["n_at_10"]))
        if self.result.log.has_cost and self.whale and self.whale.numbers["n_loss_making"]:
            made.append(self.say("find_loss", n=grouped(self.whale.numbers["n_loss_making"]),
                                 x=self.money(self.whale.numbers["destroyed"])))
        on_revenue = sum(bool(flags & status.ON_REVENUE) for flags in self.answers.row_flags)
        if not self.result.log.has_cost:
            made += [self.t["find_cost"]] if self.options.orders else []
        elif on_revenue:
            made.append(self.say("find_part_cost", n=grouped(on_revenue)))
        if self.options.orders and self.answers.models.report["orders"]["prior"] == "weak":
            made.append(self.t["find_prior"])
        made += self._contract_findings()
        if report["n_used"] < self.result.log.n_read:
            made.append(self.say("find_dropped", n=grouped(self.result.log.n_read - report["n_used"]),
                                 all=grouped(self.result.log.n_read)))
        return made

    def _contract_findings(self) -> list[str]:
        """Of contracts: what falls due within the horizon, and what looks wrong."""
        of = self.answers.contracts
        made: list[str] = []
        if of is None:
            return made
        end = self.book.as_of + self.answers.horizon_days
        due = [one for one in of.all if one.runs and one.end <= end]
        if due:
            made.append(self.say("find_due", n=grouped(len(due)), all=grouped(of.n_running), horizon=self.horizon,
                                 x=self.money(_total(one.value for one in due))))
        if of.n_chained:
            made.append(self.say("find_chained", n=grouped(of.n_chained)))
        return made

    def tier_rows(self) -> list[dict[str, Any]]:
        answers, made = self.answers, []
        found, value = answers.score("tier"), answers.score("lifetime_value")
        for one in range(answers.n_bands + 1):
            rows = [row for row in range(self.book.n) if found[row] == one]
            made.append({"tier": min(one, 2) if one < answers.n_bands else 3,
                         "name": tier.name(one, answers.n_bands, self.language), "accounts": grouped(len(rows)),
                         "enter": self.money(answers.models.limits[one].enter) if one < answers.n_bands else "",
                         "window": self.money(_total(self.window[row] for row in rows)),
                         "clv": self.money(_total(value[row] for row in rows))})
        return made

    def class_rows(self) -> list[dict[str, str]]:
        found = [] if self.classes is None else list(self.classes["matrix_class"])
        value, made = self.answers.score("lifetime_value"), []
        has_potential = any(math.isfinite(one) for column in self.result.facts.potential.values() for one in column)
        for dot, one in enumerate(_CLASSES, 1):
            rows = [row for row, is_one in enumerate(found) if is_one == one]
            if not rows and (one == _ffi.KAM_MATRIX_UNKNOWN or not has_potential):
                continue
            made.append({"dot": str(dot), "name": matrix.class_name(one, self.language), "what": self.t[f"class_{one}"],
                         "accounts": grouped(len(rows)), "window": self.money(_total(self.window[row] for row in rows)),
                         "clv": self.money(_total(value[row] for row in rows))})
        return made

    def whale_note(self) -> str:
        if self.whale is None:
            return ""
        of = self.whale.numbers
        if not self.result.log.has_cost:
            return self.t["curve_note"]
        return self.say("whale_note", n=grouped(of["n_to_peak"]), peak=self.money(of["peak"]),
                        losers=grouped(of["n_loss_making"]), destroyed=self.money(of["destroyed"]))

    def concentration_note(self) -> str:
        of = self.shares.numbers if self.shares else None
        if of is None or math.isnan(of["hhi"]):
            return self.t["concentration_none"]
        return self.say("concentration_note", n80=grouped(of["n_for_80"]), effective=f"{of['effective_number']:.1f}",
                        hhi=f"{1e4 * of['hhi']:.0f}", gini="–" if math.isnan(of["gini"]) else f"{of['gini']:.2f}")

    def _verdicts(self, trial: Trial) -> list[dict[str, Any]]:
        """Against baselines that could have been known: never the share known in hindsight."""
        made = []
        for kind, reports, names, measure, places in (("orders", trial.amount, self._order_names(trial), "rmse", 4),
                                                      ("money", trial.money, trial.money_names(), "mae", 2),
                                                      ("churn", trial.event, self._churn_names(trial), "log_loss", 4)):
            usable = {"orders": (1, 2), "money": (1, 2, 3), "churn": (2,)}[kind]
            model, others = reports[0], [i for i in usable if reports[i] and reports[i]["n_rows"]]  # type: ignore[index]
            if kind == "churn" and model and model["n_rows"] and model["n_events"] in (0, model["n_rows"]):
                made.append({"good": True, "text": self.t["churn_every" if model["n_events"] else "churn_none"]})
                continue
            if not model or not model["n_rows"] or not others:
                continue
            best = min(others, key=lambda i: reports[i][measure])  # type: ignore[index]
            baseline = reports[best][measure]  # type: ignore[index]
            good = model[measure] < baseline
            made.append({"good": good, "text": self.say(f"{kind}_{'win' if good else 'lose'}", name=names[best],
                                                        model=grouped(model[measure], places),
                                                        baseline=grouped(baseline, places))})
            if kind == "money":
                inside, below, above = (percent(share, 1) for share in trial.intervals)
                made.append({"good": trial.intervals[0] >= self.options.interval, "text": self.say(
                    "intervals", inside=inside, told=percent(self.options.interval, 0), below=below, above=above)})
        n = trial.amount[0]["n_rows"] if trial.amount[0] else 0
        return made + ([{"good": False, "text": self.say("few", n=n)}] if n < 20 and (trial.n_judged or not self.contracts) else [])

    def _of_contracts(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Verdicts and tables of the backtest of contracts."""
        of, t = self.contracts, self.t
        if of is None:
            return [], []
        lead = [{"good": True, "text": of.lead().strip()}] + [{"good": not of.n_early, "text": one} for one in of.left_out()]
        if of.n_accounts == 0:
            return lead, []
        verdicts = [{"good": one.good, "text": one.text} for one in of.verdicts()]
        tables = [{"head": [of.say(key), t["t_forecast"], t["t_happened"], t["log_loss"], "AUC"],
                   "rows": [[name, grouped(found["expected"], 1), grouped(found["n_events"]), grouped(found["log_loss"], 4),
                             grouped(found["auc"], 4)] for name, found in zip(of.names(), of.events[key]) if found and found["n_rows"]]}
                  for key in ("renewals", "loss")]
        bands = of.band_rows()
        if len(bands) > 1:
            verdicts.append({"good": True, "text": of.calibration()})
            tables.insert(1, {"head": bands[0], "rows": bands[1:]})
        tables.append({"head": [of.say("money_table"), t["t_forecast"], t["t_happened"], t["bias"], "RMSE"],
                       "rows": [[name, grouped(found["forecast"]), grouped(found["actual"]), percent(found["bias"], 1),
                                 grouped(found["rmse"], 2)] for name, found in zip(of.names(), of.amounts) if found and found["n_rows"]]})
        return lead + verdicts, tables

    def _order_names(self, trial: Trial) -> list[str]:
        return [trial.family, self.t["own_rate"], self.say("last_period", n=trial.horizon)]

    def _churn_names(self, trial: Trial) -> list[str]:
        return [trial.family, self.t["hindsight"], self.say("by_silence", n=f"{trial.threshold:.0f}"), self.t["silence_first"]]

    def shown_trial(self) -> Optional[dict[str, Any]]:
        trial, t = self.trial, self.t
        if trial is None:
            return None
        orders = [[name, grouped(of["forecast"], 1), grouped(of["actual"]), percent(of["bias"], 1), grouped(of["rmse"], 4)]
                  for name, of in zip(self._order_names(trial), trial.amount) if of and of["n_rows"]]
        money = [[name, grouped(of["forecast"]), grouped(of["actual"]), percent(of["bias"], 1), grouped(of["mae"], 2)]
                 for name, of in zip(trial.money_names(), trial.money) if of and of["n_rows"]]
        churn = [[name, "–" if i == 3 else grouped(of["expected"], 1), grouped(of["n_events"]),
                  "–" if i == 3 else grouped(of["log_loss"], 4), grouped(of["auc"], 4)]
                 for i, (name, of) in enumerate(zip(self._churn_names(trial), trial.event)) if of and of["n_rows"]]
        verdicts, tables = self._of_contracts()
        if trial.n_judged or not self.contracts:
            verdicts += self._verdicts(trial)
            tables += [{"head": [t["t_orders"], t["t_forecast"], t["t_happened"], t["bias"], "RMSE"], "rows": orders},
                       {"head": [t["t_money"], t["t_forecast"], t["t_happened"], t["bias"], "MAE"], "rows": money},
                       {"head": [t["t_churn"], t["t_forecast"], t["t_happened"], t["log_loss"], "AUC"], "rows": churn}]
        return {"lead": self.say("trial_lead", before=day_text(trial.split - 1), n=grouped(trial.n), to=day_text(trial.as_of),
                                 days=trial.horizon, **{"from": day_text(trial.split)}),
                "verdicts": verdicts, "tables": tables, "charts": trial.n_judged > 0 or not self.contracts}

    def line_facts(self) -> list[tuple[str, str]]:
        log, report, t, of = self.result.log, self.book.report, self.t, self.answers.contracts
        contracts = [(t["contracts_file"], str(of.path)), (t["contracts_read"], grouped(len(of.lines))),
                     (t["contracts_used"], grouped(len(of.all)))] if of else []
        if not self.options.orders:
            return contracts
        made = [(t["files"], ", ".join(self.options.orders)), (t["read"], grouped(log.n_read)), (t["used"], grouped(report["n_used"]))]
        dropped = [(name, report[name]) for name in ("n_missing_account", "n_missing_day", "n_missing_amount", "n_bad_amount",
                                                     "n_bad_day", "n_after_as_of")] + [("n_bad", log.n_bad)]
        used = [("n_returns", report["n_returns"]), ("n_zero", report["n_zero"]),
                ("n_missing_cost", report["n_missing_cost"] if log.has_cost else 0), ("n_short", log.n_short)]
        made += [(t[name], grouped(count)) for name, count in dropped + used if count]
        return made + [(t["one_order"], t["by_number" if log.has_order else "by_day"])] + contracts

    def option_facts(self) -> list[tuple[str, str]]:
        t, options, models = self.t, self.options, self.answers.models
        family = models.orders.family if models.orders else t["none_model"]
        if options.period_days:
            family = self.say("in_periods", model=family, n=options.period_days)
        limits = " / ".join(grouped(band.enter) for band in models.limits)
        pace = [(t["pace"], self.answers.pace.text(options.language))] if models.orders else []
        return [(t["as_of"], day_text(self.book.as_of)), (t["horizon_name"], self.horizon),
                (t["discount"], percent(options.discount_per_year, 1)), (t["interval"], percent(options.interval, 0)),
                (t["model"], family), *pace, (t["tier_limits"], limits or "–")]

    def models(self) -> list[dict[str, Any]]:
        models = self.answers.models
        report = models.report
        made = [] if self.answers.contracts is None else [self._contract_model(one) for one in self.answers.contracts.models]
        return made if not self.options.orders else made + [
                self._model(self.t["rhythm_model"], models.orders, models.orders.family if models.orders else "",
                            report["orders"], report["orders_ml"]),
                self._model(self.t["spend_model"], models.spend, models.spend.family if models.spend else "", report["spend"], report["spend_ml"])]

    def _contract_model(self, of: Fitted) -> dict[str, Any]:
        what = self.say("contract_model", n=f"{of.months:.0f}")
        if of.model is None:
            return {"name": what, "good": False, "verdict": self.say("no_fit", status=status.name(of.ml)), "parameters": []}
        assert of.model.report and of.model.standard_errors
        key = "contract_converged" if of.ml == _ffi.KAM_OK else "contract_prior"
        return {"name": f"{what} ({of.model.family})", "good": of.ml == _ffi.KAM_OK,
                "verdict": self.say(key, n=grouped(of.n), ended=grouped(of.n_ended), status=status.name(of.ml)),
                "parameters": [(name, f"{value:.6g}", f"{error:.2g}" if error == error else "–") for (name, value), error in
                               zip(of.model.parameters.items(), of.model.standard_errors.values())],
                "likelihood": self.say("contract_likelihood", x=f"{of.model.report['log_likelihood']:.4f}", n=grouped(of.n))}

    def _model(self, what: str, model: Any, family: str, report: dict[str, Any], likelihood: str) -> dict[str, Any]:
        if model is None:
            return {"name": what, "good": False, "verdict": self.say("no_fit", status=likelihood), "parameters": []}
        key = {"KAM_OK": "converged", "KAM_ERR_CONSTANT": "all_alike"}.get(likelihood, "weak_prior")
        return {"name": f"{what} ({family})", "good": likelihood == "KAM_OK",
                "verdict": self.say(key, n=grouped(report["n_rows"]), status=likelihood),
                "parameters": [(name, f"{value:.6g}", f"{error:.2g}" if error == error else "–") for (name, value), error in
                               zip(model.parameters.items(), model.standard_errors.values())],
                "likelihood": self.say("likelihood", x=f"{report['log_likelihood']:.4f}", n=grouped(report["n_rows"]))}


def _libraries() -> tuple[Any, str]:
    """Jinja2, and the JavaScript of Vega-Lite."""
    try:
        jinja2, vl_convert = import_module("jinja2"), import_module("vl_convert")
    except ImportError as error:
        raise Failure(f"the report needs {error.name}, which is not here; pip install 'libkam[report]' brings it", 1) from None
    return jinja2, str(vl_convert.javascript_bundle())


def _json(data: Any) -> str:
    """JSON that can stand in a script element: it holds no tag and no line end
    that JavaScript would see."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text.encode("utf-8", "replace").decode("utf-8")


def _hash(script: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode() + "'"


def html(result: Result, split: int, lines: Optional[Lines]) -> str:
    """The whole file."""
    jinja2, bundle = _libraries()
    page = Page(result, split, lines)
    scripts = [bundle.replace("</script", "<\\/script"), (_HERE / "report.js").read_text("utf-8")]
    safe = __import__("markupsafe").Markup
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=False)
    t = page.t
    title = result.options.title or Path([*result.options.orders, result.options.contracts_file or ""][0]).name.partition(".")[0].replace("_", " ") or "stdin"
    report = page.book.report
    made: str = environment.from_string((_HERE / "report.html").read_text("utf-8")).render(
        t=t, version=lib.kam_version_text().decode(), title=title, has_cost=result.log.has_cost,
        script_hashes=safe(" ".join(map(_hash, scripts))), css=safe((_HERE / "report.css").read_text("utf-8")),
        head_line=page.say("head" if result.options.orders else "head_contracts", as_of=day_text(page.book.as_of), accounts=grouped(page.book.n),
                           orders=grouped(report["n_orders"]), first=report["first_line_day"], last=report["last_line_day"]),
        bare=safe("" if result.options.orders else ' style="display: none"'),  # of parts that only orders fill
        sections=[(id, t["nav_" + id]) for id in ("glance", "attention", "tiers", "value", "risk", "forecast", "accounts", "data")
                  if result.options.orders or id != "tiers"],
        tiles=page.tiles(), findings=page.findings(), tier_rows=page.tier_rows(), class_rows=page.class_rows(),
        clv_note=page.say("clv_note", horizon=page.horizon, interval=percent(result.options.interval, 0)),
        whale_note=page.whale_note(), concentration_note=page.concentration_note(), trial=page.shown_trial(),
        no_trial=t["no_trial"], listed_note=t["listed_all"] if len(page.listed) == page.book.n else
        page.say("listed_some", n=grouped(len(page.listed)), all=grouped(page.book.n)),
        line_facts=page.line_facts(), option_facts=page.option_facts(), models=page.models(),
        glossary=glossary(page.language, page.answers.contracts is not None), data=safe(_json(page.data())), scripts=[safe(script) for script in scripts])
    return made


def write(result: Result, split: int, lines: Optional[Lines]) -> str:
    """Writes the file, and says where it is; to "-" it is what is said."""
    text, path = html(result, split, lines), result.options.output or "report.html"
    if path == "-":
        return text
    data = text.encode("utf-8", "replace")
    try:
        Path(path).write_bytes(data)
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}", 1) from None
    return f"{path}: {grouped(result.book.n)} accounts, {len(data) / 1e6:.1f} MB\n"
