# SPDX-License-Identifier: MIT
"""The Pareto/NBD with facts that change over time (kam/btyd_dynamic.h).

    timeline = {"first": starts, "end": ends, "repeat_orders": orders}
    facts = {"orders": {"season": season}, "leaving": {"service": service}}
    model = kam.btyd_dynamic.fit(book, timeline, facts)
    model.answer(book, timeline, facts, "expected_orders", 26)["expected_orders"]

Columns of facts, of ends and of repeat orders have a row an interval, one account
after the other; `first` tells where each account begins, and at the end how many
intervals there are.
"""
from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import Any, Optional

from . import _columns, _ffi, _model, btyd, btyd_covariates, estimate
from ._errors import error_of, refuse
from ._host import Progress
from ._library import lib
from ._table import Buffer, Table
from .account import Accounts, Book, accounts, period_of
from .btyd_covariates import QUESTIONS, Facts

#: {"first": column, "end": column, "repeat_orders": column}
Timeline = Mapping[str, Any]


class _Read:
    """A book, its timeline and its facts as C reads them."""

    def __init__(self, book: Book, timeline: Timeline, facts: Facts) -> None:
        self.facts = btyd_covariates._Read(facts)
        self.rows: Accounts = accounts(book)
        self.raw = _ffi.kam_btyd_timeline(struct_size=ctypes.sizeof(_ffi.kam_btyd_timeline))
        if len(self.rows.parts) != 1:
            raise refuse("book", f"comes in {len(self.rows.parts)} parts; facts need it in one", _ffi.KAM_ERR_SHAPE)
        self._keep = []
        for name in timeline:
            if name not in ("first", "end", "repeat_orders"):
                raise refuse("timeline", f"has {name!r}, which is no column of it", _ffi.KAM_ERR_OPTION)
            chunk = _columns.column(name, timeline[name]).whole()
            setattr(self.raw, name, chunk.raw)
            self._keep.append((chunk, timeline[name]))
            n = len(self.rows) + 1 if name == "first" else self.raw.n_intervals
            if name == "end":
                n = self.raw.n_intervals = chunk.n_rows
            if chunk.n_rows != n:
                raise refuse(name, f"has {chunk.n_rows} rows, not {n}", _ffi.KAM_ERR_SHAPE)
        if self.facts.n_rows not in (None, self.raw.n_intervals):
            raise refuse("facts", f"has {self.facts.n_rows} rows, the timeline {self.raw.n_intervals}", _ffi.KAM_ERR_SHAPE)


class Model:
    """A fitted model: `base`, the kam.btyd.Model while all facts are 0, and
    `coefficients` by process and name."""

    def __init__(self, fitted: btyd_covariates.Model) -> None:
        self._fitted, self.report, self.covariance = fitted, fitted.report, fitted.covariance
        self.base: btyd.Model = fitted.base

    @property
    def coefficients(self) -> dict[str, dict[str, float]]:
        return self._fitted.coefficients

    def answer(self, book: Book, timeline: Timeline, facts: Facts, question: str, ahead_periods: float = 0.0,
               discount_per_period: float = 0.0, *, progress: Optional[Progress] = None,
               threads: Optional[int] = None) -> Table:
        """A column named as the question, "alive", "expected_orders",
        "discounted_orders" or "no_order", and row_flags. The timeline has the facts
        of the days ahead, too."""
        if question not in QUESTIONS:
            raise refuse("question", f"is {question!r}, not {' or '.join(QUESTIONS)}", _ffi.KAM_ERR_OPTION)
        read = _Read(book, timeline, facts)

        def call(part: Any, host: Any, *rest: Any) -> int:
            return int(lib.kam_btyd_dynamic_answer(
                ctypes.byref(self._fitted._raw), part, ctypes.byref(read.raw), ctypes.byref(read.facts.raw),
                QUESTIONS[question], ahead_periods, discount_per_period, host, *rest))
        return self._ask(read, question, call, progress, threads)

    def log_likelihood(self, book: Book, timeline: Timeline, facts: Facts, *, progress: Optional[Progress] = None,
                       threads: Optional[int] = None) -> Table:
        """Columns log_likelihood and row_flags."""
        read = _Read(book, timeline, facts)

        def call(part: Any, host: Any, *rest: Any) -> int:
            return int(lib.kam_btyd_dynamic_log_likelihood(
                ctypes.byref(self._fitted._raw), part, ctypes.byref(read.raw), ctypes.byref(read.facts.raw), host, *rest))
        return self._ask(read, "log_likelihood", call, progress, threads)

    def _ask(self, read: _Read, name: str, call: Any, progress: Optional[Progress], threads: Optional[int]) -> Table:
        out, flags = Buffer("d", len(read.rows)), Buffer("I", len(read.rows))
        _model.batch(read.rows, call, [out, flags], progress=progress, threads=threads)
        return Table({name: out.view(), "row_flags": flags.view()})

    def __repr__(self) -> str:
        return repr(self._fitted).replace("btyd_covariates", "btyd_dynamic", 1)


def fit(book: Book, timeline: Timeline, facts: Facts, *, equal: Sequence[str] = (), ridge_orders: float = 0.0,
        ridge_leaving: float = 0.0, period_days: Optional[float] = None, prior: str = "none",
        max_steps: Optional[int] = None, progress: Optional[Progress] = None, threads: Optional[int] = None) -> Model:
    """Fits the coefficients, and the Pareto/NBD while all facts are 0. Options and
    verdicts as in kam.btyd_covariates.fit."""
    read = _Read(book, timeline, facts)
    days = period_of(read.rows, period_days)
    read.facts.constrain(equal, ridge_orders, ridge_leaving)
    fitted, status, diag = btyd_covariates._fitted(lambda *rest: lib.kam_btyd_dynamic_fit(
        ctypes.byref(read.rows.parts[0].raw), ctypes.byref(read.raw), ctypes.byref(read.facts.raw),
        7.0 if days is None else days, *rest), read.facts, len(set(equal)), estimate.options(prior, max_steps), progress,
        threads)
    if status != _ffi.KAM_OK:
        error = error_of(status, diag)
        error.model = Model(fitted)
        raise error
    return Model(fitted)
