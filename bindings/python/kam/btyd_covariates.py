# SPDX-License-Identifier: MIT
"""Order models whose rates depend on facts about an account (kam/btyd_covariates.h).

    facts = {"orders": {"region": north, "web": web}, "leaving": {"web": web}}
    model = kam.btyd_covariates.fit(book, facts, "pnbd")
    model.answer(book, facts, "alive")["alive"]
"""
from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Optional

from . import _columns, _ffi, _model, btyd, estimate
from ._errors import error_of, new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table
from .account import Accounts, Book, accounts, period_of

#: what answer() is asked
QUESTIONS = {"alive": _ffi.KAM_BTYD_ASK_ALIVE, "expected_orders": _ffi.KAM_BTYD_ASK_ORDERS,
             "discounted_orders": _ffi.KAM_BTYD_ASK_DISCOUNTED, "no_order": _ffi.KAM_BTYD_ASK_NO_ORDER}
_PROCESSES = ("orders", "leaving")
_MOST = 4

#: {"orders": {name: column}, "leaving": {name: column}}
Facts = Mapping[str, Mapping[str, Any]]


class _Read:
    """Facts as C reads them."""

    def __init__(self, facts: Facts) -> None:
        for process in facts:
            if process not in _PROCESSES:
                raise refuse("facts", f"has {process!r}, which is neither orders nor leaving", _ffi.KAM_ERR_OPTION)
        self.raw = _ffi.kam_btyd_covariates(struct_size=ctypes.sizeof(_ffi.kam_btyd_covariates))
        self.names: dict[str, list[str]] = {}
        self._keep = []
        for process in _PROCESSES:
            columns = facts.get(process, {})
            if len(columns) > _MOST:
                raise refuse("facts", f"has {len(columns)} columns for {process}, more than {_MOST}",
                             _ffi.KAM_ERR_SHAPE)
            self.names[process] = list(columns)
            setattr(self.raw, f"n_{process}", len(columns))
            for k, (name, data) in enumerate(columns.items()):
                chunk = _columns.column(name, data).whole()
                getattr(self.raw, process)[k] = chunk.raw
                self._keep.append((chunk, data))
                if self.n_rows not in (None, chunk.n_rows):
                    raise refuse(name, f"has {chunk.n_rows} rows, others {self.n_rows}", _ffi.KAM_ERR_SHAPE)

    def constrain(self, equal: Sequence[str], ridge_orders: float, ridge_leaving: float) -> None:
        """What a fit is told of the coefficients."""
        self.raw.ridge_orders, self.raw.ridge_leaving = ridge_orders, ridge_leaving
        for name in equal:
            if not all(name in self.names[process] for process in _PROCESSES):
                raise refuse("equal", f"has {name!r}, which is not a fact of both processes", _ffi.KAM_ERR_OPTION)
            self.raw.equal[self.names["leaving"].index(name)] = 1 + self.names["orders"].index(name)

    @property
    def n_rows(self) -> Optional[int]:
        return self._keep[0][0].n_rows if self._keep else None

    def beside(self, book: Book) -> Accounts:
        """The book, in one piece and of the same length."""
        rows = accounts(book)
        if len(rows.parts) != 1:
            raise refuse("book", f"comes in {len(rows.parts)} parts; facts need it in one", _ffi.KAM_ERR_SHAPE)
        if self.n_rows not in (None, len(rows)):
            raise refuse("facts", f"has {self.n_rows} rows, the book {len(rows)}", _ffi.KAM_ERR_SHAPE)
        return rows


class Model:
    """A fitted model: `base`, the kam.btyd.Model of an account whose facts are all
    0, and `coefficients` by process and name."""

    def __init__(self, raw: _ffi.kam_btyd_covariate_model, names: dict[str, list[str]],
                 covariance: Optional[Sequence[float]], report: Optional[dict[str, Any]], n_estimated: int) -> None:
        self._raw, self._names, self.report = raw, names, report
        self.base = btyd.Model.of_raw(raw.base, None, None)
        #: (p, p), of the log parameters and the coefficients as they are: the
        #: family's, those of orders, those of leaving that are their own
        self.covariance = None if covariance is None else [
            list(covariance[i * n_estimated:(i + 1) * n_estimated]) for i in range(n_estimated)]

    @property
    def coefficients(self) -> dict[str, dict[str, float]]:
        return {process: dict(zip(self._names[process], getattr(self._raw, process))) for process in _PROCESSES}

    def own(self, facts: Facts) -> list[btyd.Model]:
        """Each account's own model, for every question there is. NaN where a fact
        is not known."""
        read = _Read(facts)
        n = read.n_rows or 0
        memory, diag = (_ffi.kam_btyd * max(n, 1))(), new_diag()
        with Host(None, None) as host:
            host.check(lib.kam_btyd_covariates_models(ctypes.byref(self._raw), ctypes.byref(read.raw), n,
                                                      ctypes.byref(host.raw), memory, None, ctypes.byref(diag)), diag)
        return [btyd.Model.of_raw(memory[i], None, None) for i in range(n)]

    def answer(self, book: Book, facts: Facts, question: str, ahead_periods: float = 0.0,
               discount_per_period: float = 0.0, *, progress: Optional[Progress] = None,
               threads: Optional[int] = None) -> Table:
        """A column named as the question, "alive", "expected_orders",
        "discounted_orders" or "no_order", and row_flags."""
        if question not in QUESTIONS:
            raise refuse("question", f"is {question!r}, not {' or '.join(QUESTIONS)}", _ffi.KAM_ERR_OPTION)
        read = _Read(facts)
        rows = read.beside(book)
        out, flags = Buffer("d", len(rows)), Buffer("I", len(rows))

        def call(part: Any, host: Any, *rest: Any) -> int:
            return int(lib.kam_btyd_covariates_answer(
                ctypes.byref(self._raw), part, ctypes.byref(read.raw), QUESTIONS[question], ahead_periods,
                discount_per_period, host, *rest))

        _model.batch(rows, call, [out, flags], progress=progress, threads=threads)
        return Table({question: out.view(), "row_flags": flags.view()})

    def __repr__(self) -> str:
        told = " ".join(f"{process}.{name}={value:.6g}" for process, found in self.coefficients.items()
                        for name, value in found.items())
        return f"<kam.btyd_covariates.Model {self.base!r} {told}>"


def fit(book: Book, facts: Facts, family: str = "pnbd", *, equal: Sequence[str] = (), ridge_orders: float = 0.0,
        ridge_leaving: float = 0.0, period_days: Optional[float] = None, prior: str = "none",
        max_steps: Optional[int] = None, progress: Optional[Progress] = None, threads: Optional[int] = None) -> Model:
    """Fits a family with coefficients. `equal` names facts of both processes that
    share one. A verdict is raised as by kam.btyd.fit, the best point found with it."""
    read = _Read(facts)
    rows = read.beside(book)
    days = period_of(rows, period_days)
    read.constrain(equal, ridge_orders, ridge_leaving)
    number = btyd.Model.family_number(family)
    model, status, diag = _fitted(lambda *rest: lib.kam_btyd_covariates_fit(
        number, ctypes.byref(rows.parts[0].raw), ctypes.byref(read.raw), 7.0 if days is None else days, *rest),
        read, len(set(equal)), estimate.options(prior, max_steps), progress, threads)
    if status != _ffi.KAM_OK:
        error = error_of(status, diag)
        error.model = model
        raise error
    return model


def _fitted(call: Callable[..., int], read: _Read, n_equal: int, how: Any, progress: Optional[Progress],
            threads: Optional[int]) -> tuple[Model, int, Any]:
    """The model of call(options, host, model, covariance, report, diag), its verdict and what is said of it."""
    raw, diag = _ffi.kam_btyd_covariate_model(), new_diag()
    report = _ffi.kam_estimate_report(struct_size=ctypes.sizeof(_ffi.kam_estimate_report))
    covariance = (ctypes.c_double * 64)()
    with Host(progress, threads) as host:
        status = call(ctypes.byref(how), ctypes.byref(host.raw), ctypes.byref(raw), covariance, ctypes.byref(report),
                      ctypes.byref(diag))
        if status not in estimate.VERDICTS:
            host.check(status, diag)
    p = raw.base.n_parameters + raw.n_orders + raw.n_leaving - n_equal
    return Model(raw, read.names, covariance[:], estimate.report_of(report), p), status, diag
