# SPDX-License-Identifier: MIT
"""Scores inside of DuckDB: SQL functions over columns, whole vectors at a time.

    kam.duckdb.register(connection, models)
    connection.sql("select account, kam_churn_risk(repeat_orders, last_order_periods, age_periods) from book")

DuckDB hands Arrow arrays over and takes Arrow arrays back; it needs pyarrow for
that. A function is a pure one of its row: NULL where there is no answer. Numbers
never pass through a loop in Python; the sentences of kam_reasons do."""
from __future__ import annotations

import inspect
from importlib import import_module
from typing import Any, Callable, Optional

from . import _score, profit
from ._fit import Models
from .account import Accounts

_HISTORY = ("repeat_orders", "last_order_periods", "age_periods")
_MONEY = ("gross_revenue", "returns", "direct_cost", "service_cost")
_PROFIT = ("net_revenue", "gross_margin", "contribution", "gross_margin_ratio", "contribution_ratio")
#: what needs models: SQL name -> (column of kam.score, fields it reads)
_SCORES = {
    "tier": ("tier", ("tier_value",)), "tier_again": ("tier", ("tier_value", "tier_before")),
    "alive": ("alive", _HISTORY), "expected_orders": ("expected_orders", _HISTORY),
    "churn_risk": ("churn_risk", _HISTORY), "order_value": ("order_value", ("repeat_orders", "mean_order_value")),
    "lifetime_value": ("lifetime_value", (*_HISTORY, "mean_order_value", *_MONEY))}
#: fields of kam_score(...), which answers a struct of all scores
_ALL = (*_HISTORY, "mean_order_value", *_MONEY, "tier_value")


def _nullable(name: str, data: Any) -> Any:
    """NaN, and a tier of -1, are NULL."""
    arrow, values = import_module("pyarrow"), import_module("numpy").asarray(data)
    return arrow.array(values, mask=values == -1 if name == "tier" else values != values)


def _book(fields: tuple[str, ...], arguments: tuple[Any, ...]) -> Accounts:
    return Accounts(**dict(zip(fields, arguments)))


def _function(fields: tuple[str, ...], column: str, answer: Callable[[Accounts], Any]) -> Callable[..., Any]:
    def function(*arguments: Any) -> Any:
        return _nullable(column, answer(_book(fields, arguments))[column])
    return function


def register(connection: Any, models: Optional[Models] = None, *, prefix: str = "kam_",
             horizon_days: Optional[float] = None, discount_per_year: Optional[float] = None,
             interval: Optional[float] = None) -> list[str]:
    """Creates the functions in a connection, and answers their names. Of any book:
    net_revenue, gross_margin, contribution and the two ratios, each of
    (gross_revenue, returns, direct_cost, service_cost). With models: tier(tier_value),
    tier_again(tier_value, tier_before); alive, expected_orders and churn_risk of
    (repeat_orders, last_order_periods, age_periods); order_value(repeat_orders,
    mean_order_value); lifetime_value of these five and the four of profit; and
    score of all these and tier_value, which answers a struct; and reasons(
    repeat_orders, last_order_periods, age_periods, language), which answers up to three
    sentences, the weightiest first, in 'en' or 'zh'. Other arguments are DOUBLE; NULL is
    not known."""
    made: list[str] = []

    def create(name: str, fields: tuple[str, ...], kind: Any, function: Callable[..., Any]) -> None:
        types = ["VARCHAR" if field == "language" else "DOUBLE" for field in fields]
        function.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [inspect.Parameter(field, inspect.Parameter.POSITIONAL_ONLY) for field in fields])  # it counts them
        connection.create_function(prefix + name, function, types, kind, type="arrow",
                                   null_handling="special", side_effects=False)
        made.append(prefix + name)

    def score(*columns: str) -> Callable[[Accounts], _score.Scores]:
        return lambda book: _score.score(book, models, columns=columns, horizon_days=horizon_days,
                                         discount_per_year=discount_per_year, interval=interval)

    for name in _PROFIT:
        create(name, _MONEY, "DOUBLE", _function(_MONEY, name, profit.layers))
    if models is None:
        return made
    for name, (column, fields) in _SCORES.items():
        create(name, fields, "INTEGER" if column == "tier" else "DOUBLE",
               _function(fields, column, score(column)))
    names = [name for name in _score.COLUMNS if name not in ("reasons", "row_flags")]

    def all_scores(*arguments: Any) -> Any:
        scores = score(*names)(_book(_ALL, arguments))
        return import_module("pyarrow").StructArray.from_arrays([_nullable(name, scores[name]) for name in names], names)

    def reasons(*arguments: Any) -> Any:
        scores = score("reasons")(_book(_HISTORY, arguments))
        said = [scores.explain(row, language) or None for row, language in enumerate(arguments[-1].to_pylist())]
        arrow = import_module("pyarrow")
        return arrow.array(said, arrow.list_(arrow.string()))

    create("reasons", (*_HISTORY, "language"), "VARCHAR[]", reasons)
    create("score", _ALL, connection.struct_type({name: "INTEGER" if name == "tier" else "DOUBLE" for name in names}),
           all_scores)
    return made
