# SPDX-License-Identifier: MIT
"""What backtests of orders and of contracts share: measures by the library, and tables of them."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Optional

from .. import backtest
from .._errors import KamError
from ._words import grid, grouped, percent

Report = Optional[dict[str, Any]]

_AMOUNTS = ("forecast|happened|bias|RMSE|MAE|WAPE|correlation", "预测|实际|偏差|RMSE|MAE|WAPE|相关系数")
_EVENTS = ("forecast|happened|log loss|Brier|AUC", "预测|实际|对数损失|Brier|AUC")


def amount(forecast: Any, actual: Any) -> Report:
    """A forecast of amounts beside what came; None when it cannot be judged."""
    try:
        return backtest.amount(forecast, actual)
    except KamError:
        return None


def event(probability: Any, happened: Any) -> Report:
    """Likewise probabilities of an event."""
    try:
        return backtest.event(probability, happened)
    except KamError:
        return None


def amounts(what: str, names: Sequence[str], reports: Sequence[Report], zh: bool, *, with_rmse: bool, forecast_decimals: int,
            error_decimals: int) -> str:
    """The reports that have rows, names beside them."""
    headings = [one for one in _AMOUNTS[zh].split("|") if with_rmse or one != "RMSE"]
    rows = [[what, *headings]]
    for name, of in zip(names, reports):
        if of and of["n_rows"]:
            rows.append([name, grouped(of["forecast"], forecast_decimals), grouped(of["actual"]), percent(of["bias"], 1),
                         *([grouped(of["rmse"], error_decimals)] if with_rmse else []), grouped(of["mae"], error_decimals),
                         percent(of["wape"], 1), grouped(of["correlation"], 4)])
    return grid(rows, "l" + "r" * len(headings))


def events(what: str, names: Sequence[str], reports: Sequence[Report], order: Iterable[int], zh: bool, only_ranks: int = -1) -> str:
    """Likewise of events; report number `only_ranks` is of ranks, not of probabilities."""
    rows = [[what, *_EVENTS[zh].split("|")]]
    for i in order:
        of = reports[i]
        if of and of["n_rows"]:
            rows.append([names[i], "-" if i == only_ranks else grouped(of["expected"], 1), grouped(of["n_events"]),
                         "-" if i == only_ranks else grouped(of["log_loss"], 4),
                         "-" if i == only_ranks else grouped(of["brier"], 4), grouped(of["auc"], 4)])
    return grid(rows, "lrrrrr")
