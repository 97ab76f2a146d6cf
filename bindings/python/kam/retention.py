# SPDX-License-Identifier: MIT
"""Contracts: renewal, residual life and value (kam/retention.h). A book has a row
a contract: renewals, contract_ended, renewals_before; for a value, contract_value
and periods_to_end."""
from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from typing import Any, Optional

from . import _ffi, _model, estimate
from ._errors import check, error_of, new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table
from .account import Book, accounts
from .btyd import VERDICTS

FAMILIES = {lib.kam_retention_family_name(number).decode(): number
            for number in (_ffi.KAM_RETENTION_SBG, _ffi.KAM_RETENTION_BDW)}


def family_number(family: str) -> int:
    if family not in FAMILIES:
        raise refuse("family", f"is {family!r}, not {' or '.join(FAMILIES)}", _ffi.KAM_ERR_OPTION)
    return FAMILIES[family]


class Model(_model.Model):
    """A retention model, fitted by `fit` or by hand: Model("sbg", alpha=0.67,
    beta=3.8). A period is a contract's term."""

    _names = lib.kam_retention_parameter_name

    def __init__(self, family: str, *, period_days: float = 365.25, **parameters: float) -> None:
        self._raw = _ffi.kam_retention(family=family_number(family), period_days=period_days)
        _model.fill(self._raw, type(self)._names, parameters)
        self._set(None, None)

    @classmethod
    def of_raw(cls, raw: _ffi.kam_retention, covariance: Optional[Sequence[float]],
               report: Optional[dict[str, Any]]) -> Model:
        made = cls.__new__(cls)
        made._raw = _ffi.kam_retention.from_buffer_copy(raw)
        made._set(covariance, report)
        return made

    @property
    def family(self) -> str:
        return str(lib.kam_retention_family_name(self._raw.family).decode())

    @property
    def period_days(self) -> float:
        return float(self._raw.period_days)

    def _call(self, function: Any, *arguments: Any) -> Any:
        def call(rows: Any, host: Any, *rest: Any) -> int:
            return int(function(ctypes.byref(self._raw), rows, *arguments, host, *rest))
        return call

    def curve(self, n_terms: int) -> Table:
        """`retention` and `survival` of a new cohort after 1..n_terms terms."""
        retention, survival, diag = Buffer("d", n_terms), Buffer("d", n_terms), new_diag()
        check(lib.kam_retention_curve(ctypes.byref(self._raw), n_terms, retention.at(), survival.at(),
                                      ctypes.byref(diag)), diag)
        return Table({"retention": retention.view(), "survival": survival.view()})

    def renewal(self, book: Book, n_terms: float = 1.0, *, progress: Optional[Progress] = None,
                threads: Optional[int] = None) -> Table:
        """`renewal`: the probability of renewing at each of the next decisions."""
        return _model.answer(book, self._call(lib.kam_retention_renewal, n_terms), ["renewal"], progress=progress,
                             threads=threads)

    def residual(self, book: Book, horizon_terms: float = math.inf, discount_per_period: float = 0.0, *,
                 progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
        """`residual`: expected renewals to come, discounted (DERL)."""
        call = self._call(lib.kam_retention_residual, horizon_terms, discount_per_period)
        return _model.answer(book, call, ["residual"], progress=progress, threads=threads)

    def value(self, book: Book, horizon_terms: float = math.inf, discount_per_period: float = 0.0, *,
              progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
        """`until_end` and `after_end`: what each contract is worth, in money."""
        call = self._call(lib.kam_retention_value, horizon_terms, discount_per_period)
        return _model.answer(book, call, ["until_end", "after_end"], progress=progress, threads=threads)

    def log_likelihood(self, book: Book, *, progress: Optional[Progress] = None, threads: Optional[int] = None
                       ) -> Table:
        """`log_likelihood` of each contract."""
        return _model.answer(book, self._call(lib.kam_retention_log_likelihood), ["log_likelihood"],
                             progress=progress, threads=threads)

    def objective(self, book: Book, *, progress: Optional[Progress] = None, threads: Optional[int] = None
                  ) -> estimate.Objective:
        """Log likelihood, gradient and Hessian over the book, to merge."""
        total = estimate.Objective()
        with Host(progress, threads) as host:
            for part in accounts(book).parts:
                diag = new_diag()
                host.check(lib.kam_retention_objective(ctypes.byref(self._raw), ctypes.byref(part.raw),
                                                       ctypes.byref(host.raw), ctypes.byref(total.raw),
                                                       ctypes.byref(diag)), diag, part.first)
        return total


def fit(book: Book, family: str = "sbg", *, period_days: float = 365.25, prior: str = "none",
        max_steps: Optional[int] = None, progress: Optional[Progress] = None, threads: Optional[int] = None) -> Model:
    """Fits a family to contracts; as kam.btyd.fit."""
    rows = accounts(book)
    number, how = family_number(family), estimate.options(prior, max_steps)
    report = _ffi.kam_estimate_report(struct_size=ctypes.sizeof(_ffi.kam_estimate_report))
    raw, diag, covariance = _ffi.kam_retention(), new_diag(), (ctypes.c_double * 9)()
    with Host(progress, threads) as host:
        status = lib.kam_retention_fit(number, rows.array(), len(rows.parts), period_days, ctypes.byref(how),
                                       ctypes.byref(host.raw), ctypes.byref(raw), covariance, ctypes.byref(report),
                                       ctypes.byref(diag))
        if status not in VERDICTS:
            host.check(status, diag)
    model = Model.of_raw(raw, covariance[:raw.n_parameters ** 2], estimate.report_of(report))
    if status != _ffi.KAM_OK:
        error = error_of(status, diag)
        error.model = model
        raise error
    return model
