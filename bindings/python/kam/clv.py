# SPDX-License-Identifier: MIT
"""Customer lifetime value on margin, and its interval (kam/clv.h)."""
from __future__ import annotations

import ctypes
from typing import Any, Optional

from . import _ffi, _model, btyd, spend
from ._errors import check
from ._host import Progress
from ._library import lib
from ._table import Table
from .account import Book, accounts


#: the options by name
OPTIONS = ("horizon_days", "discount_per_year", "interval", "pace", "pace_variance")


def options(horizon_days: Optional[float], discount_per_year: Optional[float], interval: Optional[float],
            pace: Optional[float] = None, pace_variance: Optional[float] = None) -> _ffi.kam_clv_options:
    """What to assume of the future; None: the library's default."""
    made = _ffi.kam_clv_options()
    check(lib.kam_clv_options_init(ctypes.byref(made), ctypes.sizeof(made)))
    for name, value in zip(OPTIONS, (horizon_days, discount_per_year, interval, pace, pace_variance)):
        if value is not None:
            setattr(made, name, value)
    return made


def value(orders: btyd.Model, spends: spend.Model, book: Book, *, horizon_days: Optional[float] = None,
          discount_per_year: Optional[float] = None, pace: Optional[float] = None,
          progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
    """`lifetime_value` of every account; `pace` is of kam.btyd_pace.find."""
    how = options(horizon_days, discount_per_year, None, pace)

    def call(rows: Any, *rest: Any) -> int:
        return int(lib.kam_clv_value(ctypes.byref(orders._raw), ctypes.byref(spends._raw), rows, ctypes.byref(how),
                                     *rest))
    return _model.answer(accounts(book, orders.period_days), call, ["lifetime_value"], progress=progress, threads=threads)


def interval(orders: btyd.Model, spends: spend.Model, book: Book, *, horizon_days: Optional[float] = None,
             discount_per_year: Optional[float] = None, interval: Optional[float] = None,
             pace: Optional[float] = None, pace_variance: Optional[float] = None,
             progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
    """`low` and `high` around the value. Covariances are those of the models."""
    how = options(horizon_days, discount_per_year, interval, pace, pace_variance)
    orders_covariance, spend_covariance = orders.covariance_pointer(), spends.covariance_pointer()

    def call(rows: Any, *rest: Any) -> int:
        return int(lib.kam_clv_interval(ctypes.byref(orders._raw), orders_covariance, ctypes.byref(spends._raw),
                                        spend_covariance, rows, ctypes.byref(how), *rest))
    return _model.answer(accounts(book, orders.period_days), call, ["low", "high"], progress=progress, threads=threads)
