# SPDX-License-Identifier: MIT
"""For those who come from the Python package lifetimes: its calls, by this engine.
docs/from-lifetimes.md says what is the same and what is not. Needs pandas."""
from __future__ import annotations

from importlib import import_module
from typing import Any, Optional

from . import _ffi, _model, btyd, spend
from ._errors import refuse
from .account import Accounts
from .ledger import Ledger


def _pandas() -> Any:
    return import_module("pandas")


def _column(data: Any) -> Any:
    return data if hasattr(data, "__len__") else [data]


def _like(given: Any, answer: memoryview) -> Any:
    """A number for a number, a Series for a Series, else an array."""
    if not hasattr(given, "__len__"):
        return answer[0]
    if hasattr(given, "index") and not isinstance(given, (list, tuple)):
        return _pandas().Series(answer, index=given.index)
    return import_module("numpy").asarray(answer)


class _Fitter:
    """What fitters of lifetimes have: params_, standard_errors_, summary, predict."""

    _names: dict[str, str] = {}
    model: _model.Model

    def __init__(self, penalizer_coef: float = 0.0) -> None:
        if penalizer_coef:
            raise refuse("penalizer_coef", "has no like here: fit(prior=\"weak\") of kam.btyd and kam.spend is what keeps "
                         "a small book from the edge", _ffi.KAM_ERR_OPTION)

    def _by_name(self, values: Optional[dict[str, float]]) -> Any:
        return _pandas().Series({self._names.get(name, name): value for name, value in (values or {}).items()})

    @property
    def params_(self) -> Any:
        return self._by_name(self.model.parameters)

    @property
    def standard_errors_(self) -> Any:
        return self._by_name(self.model.standard_errors)

    @property
    def summary(self) -> Any:
        return _pandas().DataFrame({"coef": self.params_, "se(coef)": self.standard_errors_})


class BetaGeoFitter(_Fitter):
    """BG/NBD. `model` is the kam.btyd.Model."""

    _family = "bgnbd"
    model: btyd.Model

    def fit(self, frequency: Any, recency: Any, T: Any, weights: Any = None, *, period_days: float = 1.0) -> Any:
        self.model = btyd.fit(self._book(frequency, recency, T, weights), self._family, period_days=period_days)
        return self

    @staticmethod
    def _book(frequency: Any, recency: Any, T: Any, weights: Any = None) -> Accounts:
        return Accounts(repeat_orders=_column(frequency), last_order_periods=_column(recency),
                        age_periods=_column(T), weight=weights)

    def conditional_expected_number_of_purchases_up_to_time(self, t: float, frequency: Any, recency: Any, T: Any
                                                            ) -> Any:
        answer = self.model.expected_orders(self._book(frequency, recency, T), t)["expected_orders"]
        return _like(frequency, answer)  # type: ignore[arg-type]

    predict = conditional_expected_number_of_purchases_up_to_time

    def conditional_probability_alive(self, frequency: Any, recency: Any, T: Any) -> Any:
        return _like(frequency, self.model.alive(self._book(frequency, recency, T))["alive"])  # type: ignore[arg-type]

    def expected_number_of_purchases_up_to_time(self, t: float) -> Any:
        """Of a customer whose first order is today."""
        return self.conditional_expected_number_of_purchases_up_to_time(t, 0.0, 0.0, 0.0)


class ModifiedBetaGeoFitter(BetaGeoFitter):
    """MBG/NBD: a customer may leave right after the first order."""

    _family = "mbgnbd"


class ParetoNBDFitter(BetaGeoFitter):
    """Pareto/NBD: a customer may leave at any time. From one start, not random."""

    _family = "pnbd"


class GammaGammaFitter(_Fitter):
    """Gamma-Gamma. `model` is the kam.spend.Model, whose gamma is lifetimes' v."""

    _names = {"gamma": "v"}
    model: spend.Model

    def fit(self, frequency: Any, monetary_value: Any, weights: Any = None) -> GammaGammaFitter:
        self.model = spend.fit(self._book(frequency, monetary_value, weights))
        return self

    @staticmethod
    def _book(frequency: Any, monetary_value: Any, weights: Any = None) -> Accounts:
        return Accounts(repeat_orders=_column(frequency), mean_order_value=_column(monetary_value), weight=weights)

    def conditional_expected_average_profit(self, frequency: Any, monetary_value: Any) -> Any:
        answer = self.model.expected(self._book(frequency, monetary_value))["order_value"]
        return _like(frequency, answer)  # type: ignore[arg-type]


def summary_data_from_transaction_data(transactions: Any, customer_id_col: str, datetime_col: str,
                                       monetary_value_col: Optional[str] = None,
                                       observation_period_end: Any = None, freq: str = "D") -> Any:
    """frequency, recency and T in days, and monetary_value, one row a customer."""
    if freq != "D":
        raise refuse("freq", f"is {freq!r}: only days are counted here; kam.Ledger(period_days=7) counts weeks of days",
                     _ffi.KAM_ERR_OPTION)
    pandas = _pandas()
    days = pandas.to_datetime(transactions[datetime_col])
    end = days.max() if observation_period_end is None else pandas.to_datetime(observation_period_end)
    revenue = [1.0] * len(days) if monetary_value_col is None else transactions[monetary_value_col]
    book = Ledger(account=transactions[customer_id_col], day=days, revenue=revenue, period_days=1.0
                  ).summary(as_of=end.date()).to_pandas()
    names = {"repeat_orders": "frequency", "last_order_periods": "recency", "age_periods": "T"}
    if monetary_value_col is not None:
        names["mean_order_value"] = "monetary_value"
    made = book[["account", *names]].rename(columns={**names, "account": customer_id_col})
    return made.set_index(customer_id_col).fillna({"monetary_value": 0.0})
