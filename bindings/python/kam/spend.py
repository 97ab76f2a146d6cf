# SPDX-License-Identifier: MIT
"""What an order of an account is worth (kam/spend.h): Gamma-Gamma."""
from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, Optional

from . import _ffi, _model, estimate
from ._errors import error_of, new_diag
from ._host import Host, Progress
from ._library import lib
from ._table import Table
from .account import Book, accounts
from .btyd import VERDICTS


class Model(_model.Model):
    """A spend model, fitted by `fit` or by hand: Model(p=6.2, q=3.7, gamma=15)."""

    _kind = _ffi.kam_spend
    _names = lib.kam_spend_parameter_name

    def __init__(self, **parameters: float) -> None:
        self._raw = _ffi.kam_spend(family=_ffi.KAM_SPEND_GAMMA_GAMMA)
        _model.fill(self._raw, type(self)._names, parameters)
        self._set(None, None)

    @classmethod
    def of_raw(cls, raw: _ffi.kam_spend, covariance: Optional[Sequence[float]], report: Optional[dict[str, Any]]
               ) -> Model:
        made = cls.__new__(cls)
        made._raw = _ffi.kam_spend.from_buffer_copy(raw)
        made._set(covariance, report)
        return made

    def _call(self, function: Any) -> Any:
        def call(*rest: Any) -> int:
            return int(function(ctypes.byref(self._raw), *rest))
        return call

    def expected(self, book: Book, *, progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
        """`order_value`: expected money an order of each account."""
        return _model.answer(book, self._call(lib.kam_spend_expected), ["order_value"], progress=progress,
                             threads=threads)

    def log_likelihood(self, book: Book, *, progress: Optional[Progress] = None, threads: Optional[int] = None
                       ) -> Table:
        """`log_likelihood` of each account's mean order value."""
        return _model.answer(book, self._call(lib.kam_spend_log_likelihood), ["log_likelihood"], progress=progress,
                             threads=threads)

    def objective(self, book: Book, *, progress: Optional[Progress] = None, threads: Optional[int] = None
                  ) -> estimate.Objective:
        """Log likelihood, gradient and Hessian over the book, to merge."""
        total = estimate.Objective()
        with Host(progress, threads) as host:
            for part in accounts(book).parts:
                diag = new_diag()
                host.check(lib.kam_spend_objective(ctypes.byref(self._raw), ctypes.byref(part.raw),
                                                   ctypes.byref(host.raw), ctypes.byref(total.raw),
                                                   ctypes.byref(diag)), diag, part.first)
        return total


def fit(book: Book, *, prior: str = "none", max_steps: Optional[int] = None, progress: Optional[Progress] = None,
        threads: Optional[int] = None) -> Model:
    """Fits Gamma-Gamma; as kam.btyd.fit."""
    rows, how = accounts(book), estimate.options(prior, max_steps)
    report = _ffi.kam_estimate_report(struct_size=ctypes.sizeof(_ffi.kam_estimate_report))
    raw, diag, covariance = _ffi.kam_spend(), new_diag(), (ctypes.c_double * 16)()
    with Host(progress, threads) as host:
        status = lib.kam_spend_fit(_ffi.KAM_SPEND_GAMMA_GAMMA, rows.array(), len(rows.parts), ctypes.byref(how),
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
