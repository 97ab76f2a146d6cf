# SPDX-License-Identifier: MIT
"""Contracts: renewal, residual life and value (kam/retention.h). A book has a row
a contract: renewals, contract_ended, renewals_before; for a value, contract_value
and periods_to_end. Of family "shared" a row is an account, with the sums of those."""
from __future__ import annotations

import ctypes
import math
from array import array
from collections.abc import Sequence
from itertools import accumulate, chain
from typing import Any, Optional

from . import _ffi, _model, estimate
from ._errors import check, new_diag, refuse
from ._host import Progress
from ._library import lib
from ._table import Buffer, Table
from .account import Book, accounts

FAMILIES = {lib.kam_retention_family_name(number).decode(): number
            for number in (_ffi.KAM_RETENTION_SBG, _ffi.KAM_RETENTION_BDW, _ffi.KAM_RETENTION_SHARED)}


class Model(_model.Timed):
    """A retention model, fitted by `fit` or by hand: Model("sbg", alpha=0.67,
    beta=3.8). A period is a contract's term."""

    _kind, _families = _ffi.kam_retention, FAMILIES
    _fields = ("renewals", "contract_ended", "renewals_before", "weight")
    _names, _family_name = lib.kam_retention_parameter_name, lib.kam_retention_family_name
    _objective = lib.kam_retention_objective

    def __init__(self, family: str, *, period_days: float = 365.25, **parameters: float) -> None:
        super().__init__(family, period_days, parameters)

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

    def lapse(self, book: Book, n_terms: Sequence[Sequence[float]], *, progress: Optional[Progress] = None,
              threads: Optional[int] = None) -> Table:
        """`lapse`: the probability that an account loses all its contracts, of which each has so many decisions to
        come, n_terms[account][contract]; only of Model("shared", ...), where a row is an account."""
        first = array("q", accumulate(map(len, n_terms), initial=0))
        every = array("d", chain.from_iterable(n_terms))
        rows = accounts(book)
        if len(n_terms) != len(rows):
            raise refuse("n_terms", f"has {len(n_terms)} rows, the book {len(rows)}", _ffi.KAM_ERR_SHAPE)
        at = iter(range(len(rows.parts)))

        def call(part: Any, host: Any, *rest: Any) -> int:
            begin = first.buffer_info()[0] + rows.parts[next(at)].first * first.itemsize
            return int(lib.kam_retention_lapse(ctypes.byref(self._raw), part, begin, every.buffer_info()[0], host, *rest))
        return _model.answer(rows, call, ["lapse"], progress=progress, threads=threads)

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


def fit(book: Book, family: str = "sbg", *, period_days: float = 365.25, prior: str = "none",
        max_steps: Optional[int] = None, progress: Optional[Progress] = None, threads: Optional[int] = None) -> Model:
    """Fits a family to contracts; as kam.btyd.fit."""
    rows, number, how = accounts(book), Model.family_number(family), estimate.options(prior, max_steps)

    def call(*rest: Any) -> int:
        return int(lib.kam_retention_fit(number, rows.array(), len(rows.parts), period_days, ctypes.byref(how), *rest))
    return _model.fitted(Model, call, progress=progress, threads=threads)


def profile(book: Book, parameter: str, family: str = "sbg", *, level: float = 0.95, prior: str = "none",
            max_steps: Optional[int] = None, progress: Optional[Progress] = None,
            threads: Optional[int] = None) -> dict[str, Any]:
    """The interval of one parameter by profile likelihood: `estimate`, `low`, `high`, the
    verdict of the `fit`, and `low_status`, `high_status`: KAM_ERR_AT_BOUND has no end."""
    how = estimate.options(prior, max_steps)
    return _model.profile(lib.kam_retention_profile, lib.kam_retention_parameter_name, Model.family_number(family), book, parameter,
                          level, how, progress, threads)
