# SPDX-License-Identifier: MIT
"""How often an account that may leave silently will order again (kam/btyd.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, Optional

from . import _ffi, _model, estimate, reason
from ._errors import refuse
from ._host import Progress
from ._library import lib
from ._table import Buffer, Table
from .account import Book, accounts, period_of

FAMILIES = {lib.kam_btyd_family_name(number).decode(): number
            for number in (_ffi.KAM_BTYD_BGNBD, _ffi.KAM_BTYD_MBGNBD, _ffi.KAM_BTYD_PNBD, _ffi.KAM_BTYD_GGOMNBD,
                           _ffi.KAM_BTYD_BGBB, _ffi.KAM_BTYD_BGCNBD, _ffi.KAM_BTYD_MBGCNBD)}


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


class Model(_model.Timed):
    """An order model, fitted by `fit` or by hand: Model("bgnbd", r=0.24,
    alpha=4.4, a=0.79, b=2.4). Every method takes a book of any kind, and
    progress= and threads=; every answer is a Table with row_flags."""

    _kind, _families = _ffi.kam_btyd, FAMILIES
    _fields = ("repeat_orders", "last_order_periods", "age_periods", "log_gaps", "weight")
    _names, _family_name, _objective = lib.kam_btyd_parameter_name, lib.kam_btyd_family_name, lib.kam_btyd_objective

    def __init__(self, family: str, *, period_days: float = 7.0, **parameters: float) -> None:
        super().__init__(family, period_days, parameters)

    def _book_days(self) -> Optional[float]:
        return self.period_days

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
    number, how = Model.family_number(family), estimate.options(prior, max_steps)
    how.rhythm = rhythm or 0

    def call(*rest: Any) -> int:
        return int(lib.kam_btyd_fit(number, rows.array(), len(rows.parts), 7.0 if days is None else days,
                                    ctypes.byref(how), *rest))
    return _model.fitted(Model, call, progress=progress, threads=threads)


def profile(book: Book, parameter: str, family: str = "mbgnbd", *, level: float = 0.95, prior: str = "none",
            max_steps: Optional[int] = None, rhythm: Optional[int] = None, progress: Optional[Progress] = None,
            threads: Optional[int] = None) -> dict[str, Any]:
    """The interval of one parameter by profile likelihood: `estimate`, `low`, `high`, the
    verdict of the `fit`, and `low_status`, `high_status`: KAM_ERR_AT_BOUND has no end."""
    how = estimate.options(prior, max_steps)
    how.rhythm = rhythm or 0
    return _model.profile(lib.kam_btyd_profile, lib.kam_btyd_parameter_name, Model.family_number(family), book, parameter,
                          level, how, progress, threads)
