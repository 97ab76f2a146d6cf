# SPDX-License-Identifier: MIT
"""Fit and predict, as users of scikit-learn expect it; scikit-learn itself is not
needed. A book is a table with columns as kam.Accounts reads them, or an array of
shape (n, 3) or (n, 4): repeat orders, last order and age in periods, and the mean
order value."""
from __future__ import annotations

from importlib import import_module
from typing import Any, Optional, TypeVar

from . import _score, btyd, spend
from ._fit import fit
from ._table import Table
from .account import Accounts, Book, accounts
from .tier import Policy

_COLUMNS = ("repeat_orders", "last_order_periods", "age_periods", "mean_order_value")
Self = TypeVar("Self", bound="Estimator")


def _book(X: Book) -> Accounts:
    if getattr(X, "ndim", 1) != 2 or hasattr(X, "columns"):
        return accounts(X)
    array: Any = X
    return Accounts(**{name: array[:, i] for i, name in enumerate(_COLUMNS[:array.shape[1]])})


def _array(data: Any) -> Any:
    """A NumPy array of the same memory, or the memory where NumPy is not there."""
    try:
        return import_module("numpy").asarray(data)
    except ImportError:
        return data


class Estimator:
    """get_params, set_params and tags, by scikit-learn's conventions."""

    _parameters: tuple[str, ...] = ()

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self._parameters}

    def set_params(self: Self, **parameters: Any) -> Self:
        for name, value in parameters.items():
            if name not in self._parameters:
                raise ValueError(f"{name!r} is no parameter of {type(self).__name__}: {', '.join(self._parameters)}")
            setattr(self, name, value)
        return self

    def __sklearn_tags__(self) -> Any:
        utils = import_module("sklearn.utils")
        return utils.Tags(estimator_type=None, target_tags=utils.TargetTags(required=False),
                          input_tags=utils.InputTags(allow_nan=True))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.get_params().items())})"

    def _fitted(self, name: str) -> Any:
        if not hasattr(self, name):
            raise AttributeError(f"this {type(self).__name__} is not fitted: call fit first")
        return getattr(self, name)


class OrderModel(Estimator):
    """kam.btyd.fit; predicts orders in horizon_periods. `model_` after fit."""

    _parameters = ("family", "period_days", "prior", "horizon_periods", "threads")

    def __init__(self, family: str = "mbgnbd", *, period_days: Optional[float] = None, prior: str = "none",
                 horizon_periods: float = 52.0, threads: Optional[int] = None) -> None:
        self.family, self.period_days, self.prior = family, period_days, prior
        self.horizon_periods, self.threads = horizon_periods, threads

    def fit(self, X: Book, y: Any = None) -> OrderModel:
        self.model_ = btyd.fit(_book(X), self.family, period_days=self.period_days, prior=self.prior,
                               threads=self.threads)
        return self

    def predict(self, X: Book) -> Any:
        """Orders in horizon_periods."""
        model: btyd.Model = self._fitted("model_")
        return _array(model.expected_orders(_book(X), self.horizon_periods, threads=self.threads)["expected_orders"])

    def predict_alive(self, X: Book) -> Any:
        """Probability of being active still."""
        model: btyd.Model = self._fitted("model_")
        return _array(model.alive(_book(X), threads=self.threads)["alive"])

    def score(self, X: Book, y: Any = None) -> float:
        """Log likelihood of the book: the larger, the better."""
        model: btyd.Model = self._fitted("model_")
        return model.objective(_book(X), threads=self.threads).log_likelihood


class SpendModel(Estimator):
    """kam.spend.fit; predicts the money an order. `model_` after fit."""

    _parameters = ("prior", "threads")

    def __init__(self, *, prior: str = "none", threads: Optional[int] = None) -> None:
        self.prior, self.threads = prior, threads

    def fit(self, X: Book, y: Any = None) -> SpendModel:
        self.model_ = spend.fit(_book(X), prior=self.prior, threads=self.threads)
        return self

    def predict(self, X: Book) -> Any:
        model: spend.Model = self._fitted("model_")
        return _array(model.expected(_book(X), threads=self.threads)["order_value"])

    def score(self, X: Book, y: Any = None) -> float:
        """Log likelihood of the mean order values."""
        model: spend.Model = self._fitted("model_")
        return model.objective(_book(X), threads=self.threads).log_likelihood


class AccountScorer(Estimator):
    """kam.fit and kam.score. `transform` gives all scores as a table, `predict` the
    one named `target`, such as "lifetime_value". `models_` after fit."""

    _parameters = ("target", "family", "period_days", "tiers", "horizon_days", "discount_per_year", "interval",
                   "threads")

    def __init__(self, target: str = "churn_risk", *, family: Optional[str] = None,
                 period_days: Optional[float] = None, tiers: Optional[Policy] = None,
                 horizon_days: Optional[float] = None, discount_per_year: Optional[float] = None,
                 interval: Optional[float] = None, threads: Optional[int] = None) -> None:
        self.target, self.family, self.period_days, self.tiers = target, family, period_days, tiers
        self.horizon_days, self.discount_per_year, self.interval = horizon_days, discount_per_year, interval
        self.threads = threads

    def fit(self, X: Book, y: Any = None) -> AccountScorer:
        self.models_ = fit(_book(X), family=self.family, period_days=self.period_days, tiers=self.tiers,
                           threads=self.threads)
        return self

    def _scores(self, X: Book, columns: Optional[list[str]]) -> _score.Scores:
        return _score.score(_book(X), self._fitted("models_"), columns=columns, horizon_days=self.horizon_days,
                            discount_per_year=self.discount_per_year, interval=self.interval, threads=self.threads)

    def transform(self, X: Book) -> Table:
        return self._scores(X, None)

    def predict(self, X: Book) -> Any:
        return _array(self._scores(X, [self.target])[self.target])
