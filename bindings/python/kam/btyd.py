# SPDX-License-Identifier: MIT
"""How often an account that may leave silently will order again (kam/btyd.h)."""
from __future__ import annotations

import ctypes
import functools
from collections.abc import Sequence
from typing import Any, Optional

from . import _ffi, _model, estimate, reason
from ._errors import error_of, new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table
from .account import Book, accounts, period_of

FAMILIES = {lib.kam_btyd_family_name(number).decode(): number
            for number in (_ffi.KAM_BTYD_BGNBD, _ffi.KAM_BTYD_MBGNBD, _ffi.KAM_BTYD_PNBD, _ffi.KAM_BTYD_GGOMNBD,
                           _ffi.KAM_BTYD_BGBB, _ffi.KAM_BTYD_BGCNBD, _ffi.KAM_BTYD_MBGCNBD)}
#: verdicts that come with the best point found
VERDICTS = (_ffi.KAM_ERR_AT_BOUND, _ffi.KAM_ERR_FLAT, _ffi.KAM_ERR_NOT_CONVERGED)


def family_number(family: str) -> int:
    if family not in FAMILIES:
        raise refuse("family", f"is {family!r}, not {' or '.join(FAMILIES)}", _ffi.KAM_ERR_OPTION)
    return FAMILIES[family]


class Matrix:
    """Room for `width` numbers a row, and columns that look into it."""

    def __init__(self, n_rows: int, width: int) -> None:
        self._buffer, self._width = Buffer("d", n_rows * max(width, 1)), max(width, 1)

    def at(self, row: int = 0) -> int:
        return self._buffer.at(row * self._width)

    def column(self, i: int) -> memoryview:
        return self._buffer.view()[i::self._width]


class Reasons(Table):
    """Four reasons a row: `of(row)` gives them, the base first."""

    def __init__(self, memory: reason.Memory, flags: Buffer) -> None:
        super().__init__({**memory.columns(), "row_flags": flags.view()})
        self._memory = memory

    def of(self, row: int) -> list[reason.Reason]:
        return self._memory.of(row)


class Model(_model.Model):
    """An order model, fitted by `fit` or by hand: Model("bgnbd", r=0.24,
    alpha=4.4, a=0.79, b=2.4). Every method takes a book of any kind, and
    progress= and threads=; every answer is a Table with row_flags."""

    _kind = _ffi.kam_btyd
    _names = lib.kam_btyd_parameter_name

    def __init__(self, family: str, *, period_days: float = 7.0, **parameters: float) -> None:
        self._raw = _ffi.kam_btyd(family=family_number(family), period_days=period_days)
        _model.fill(self._raw, type(self)._names, parameters)
        self._set(None, None)

    @classmethod
    def of_raw(cls, raw: _ffi.kam_btyd, covariance: Optional[Sequence[float]], report: Optional[dict[str, Any]]
               ) -> Model:
        made = cls.__new__(cls)
        made._raw = _ffi.kam_btyd.from_buffer_copy(raw)
        made._set(covariance, report)
        return made

    @property
    def family(self) -> str:
        return str(lib.kam_btyd_family_name(self._raw.family).decode())

    @property
    def period_days(self) -> float:
        return float(self._raw.period_days)

    def _call(self, function: Any, *arguments: Any) -> Any:
        """function(model, accounts, *arguments, host, outputs..., diag)"""
        def call(rows: Any, host: Any, *rest: Any) -> int:
            return int(function(ctypes.byref(self._raw), rows, *arguments, host, *rest))
        return call

    def _answer(self, book: Book, call: Any, name: str, progress: Optional[Progress], threads: Optional[int]
                ) -> Table:
        return _model.answer(accounts(book, self.period_days), call, [name], progress=progress, threads=threads)

    def alive(self, book: Book, ahead_periods: float = 0.0, *, progress: Optional[Progress] = None,
              threads: Optional[int] = None) -> Table:
        """`alive`: the probability of still being active so much later."""
        return self._answer(book, self._call(lib.kam_btyd_alive, ahead_periods), "alive", progress, threads)

    def expected_orders(self, book: Book, horizon_periods: float, *, progress: Optional[Progress] = None,
                        threads: Optional[int] = None) -> Table:
        """`expected_orders` in the horizon; infinity asks for ever."""
        return self._answer(book, self._call(lib.kam_btyd_expected_orders, horizon_periods), "expected_orders",
                            progress, threads)

    def discounted_orders(self, book: Book, horizon_periods: float, discount_per_period: float, *,
                          progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
        """`discounted_orders`: each expected order discounted to the as-of day."""
        call = self._call(lib.kam_btyd_discounted_orders, horizon_periods, discount_per_period)
        return self._answer(book, call, "discounted_orders", progress, threads)

    def no_order(self, book: Book, horizon_periods: float, *, progress: Optional[Progress] = None,
                 threads: Optional[int] = None) -> Table:
        """`no_order`: the probability of no order in the horizon, the churn risk."""
        return self._answer(book, self._call(lib.kam_btyd_no_order, horizon_periods), "no_order", progress, threads)

    def order_counts(self, book: Book, horizon_periods: float, n_counts: int, *,
                     progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
        """`orders_0`, `orders_1`, ...: the probabilities of so many orders in the
        horizon; the last of n_counts columns is of that many or more."""
        rows = accounts(book)
        memory, flags = Matrix(len(rows), n_counts), Buffer("I", len(rows))
        _model.batch(rows, self._call(lib.kam_btyd_order_counts, horizon_periods, n_counts), [memory, flags],
                     progress=progress, threads=threads)
        return Table({**{f"orders_{n}": memory.column(n) for n in range(n_counts)}, "row_flags": flags.view()})

    def next_order(self, book: Book, *, progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
        """`next_order`: the expected periods to the next order, if there is one."""
        return _model.answer(book, self._call(lib.kam_btyd_next_order), ["next_order"], progress=progress,
                             threads=threads)

    def next_order_by(self, book: Book, probability: float = 0.5, *, progress: Optional[Progress] = None,
                      threads: Optional[int] = None) -> Table:
        """`next_order_by`: the periods within which it comes with this probability."""
        return _model.answer(book, self._call(lib.kam_btyd_next_order_by, probability), ["next_order_by"],
                             progress=progress, threads=threads)

    def log_likelihood(self, book: Book, *, progress: Optional[Progress] = None, threads: Optional[int] = None
                       ) -> Table:
        """`log_likelihood` of each account's history."""
        return self._answer(book, self._call(lib.kam_btyd_log_likelihood), "log_likelihood", progress, threads)

    def reasons(self, book: Book, horizon_periods: float, reference: Sequence[float], *,
                progress: Optional[Progress] = None, threads: Optional[int] = None) -> Reasons:
        """Why a churn risk is what it is, against a typical account (x, t_x, T)."""
        if len(reference) != 3:
            raise refuse("reference", f"has {len(reference)} numbers, not 3: x, t_x, T", _ffi.KAM_ERR_SHAPE)
        rows = accounts(book, self.period_days)
        memory, flags = reason.Memory(len(rows)), Buffer("I", len(rows))
        call = self._call(lib.kam_btyd_reasons, horizon_periods, (ctypes.c_double * 3)(*reference))
        _model.batch(rows, call, [memory, flags], progress=progress, threads=threads)
        return Reasons(memory, flags)

    def objective(self, book: Book, *, progress: Optional[Progress] = None, threads: Optional[int] = None
                  ) -> estimate.Objective:
        """Log likelihood, gradient and Hessian over the book, to merge."""
        total = estimate.Objective()
        call = functools.partial(lib.kam_btyd_objective, ctypes.byref(self._raw))
        with Host(progress, threads) as host:
            for part in accounts(book, self.period_days).parts:
                diag = new_diag()
                host.check(call(ctypes.byref(part.raw), ctypes.byref(host.raw), ctypes.byref(total.raw),
                                ctypes.byref(diag)), diag, part.first)
        return total


def fit(book: Book, family: str = "mbgnbd", *, period_days: Optional[float] = None, prior: str = "none",
        max_steps: Optional[int] = None, rhythm: Optional[int] = None, progress: Optional[Progress] = None,
        threads: Optional[int] = None) -> Model:
    """Fits a family; prior "none" is maximum likelihood, "weak" a posteriori. A
    verdict (at the edge, flat, not converged) is raised as a KamError whose
    `model` is the best point found. period_days: of the book; a summary of
    Ledger knows its own, and 7 stands for what nobody knows. rhythm: k of the
    CNBD families; None chooses it by likelihood, for which the book needs
    log_gaps."""
    rows = accounts(book)
    days = period_of(rows, period_days)
    number, how = family_number(family), estimate.options(prior, max_steps)
    how.rhythm = rhythm or 0
    raw, report, diag = _ffi.kam_btyd(), _report(), new_diag()
    covariance = (ctypes.c_double * 64)()
    with Host(progress, threads) as host:
        status = lib.kam_btyd_fit(number, rows.array(), len(rows.parts), 7.0 if days is None else days, ctypes.byref(how),
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


def _report() -> _ffi.kam_estimate_report:
    return _ffi.kam_estimate_report(struct_size=ctypes.sizeof(_ffi.kam_estimate_report))
