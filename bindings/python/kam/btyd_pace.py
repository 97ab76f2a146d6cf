# SPDX-License-Identifier: MIT
"""Whether a book orders faster or slower than its past says (kam/btyd_pace.h)."""
from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

from . import _columns, _ffi, status
from ._errors import check, new_diag, refuse
from ._library import lib
from .account import Book, accounts
from .btyd import Model


class Pace(NamedTuple):
    """`pace` and `variance` go to kam.score and kam.clv; `observed` is what came, chance included. `status` is the
    verdict: "KAM_ERR_AT_BOUND" where the book came to less than a quarter or more than four times its pace."""
    status: str
    pace: float
    variance: float
    observed: float
    observed_variance: float
    expected: float
    actual: float
    n_rows: int


def find(model: Model, book: Book, orders: Any, horizon: float) -> Pace:
    """The pace of a book, from the orders of each account in a window of `horizon` periods, best a year. Book and
    model are of when the window began; the covariance is the model's."""
    rows, column = accounts(book, model.period_days), _columns.column("orders", orders).whole()
    if len(rows.parts) != 1:
        raise refuse("book", f"comes in {len(rows.parts)} parts, not one", _ffi.KAM_ERR_SHAPE)
    if column.n_rows != len(rows):
        raise refuse("orders", f"has {column.n_rows} rows, the book {len(rows)}", _ffi.KAM_ERR_SHAPE)
    found, diag = _ffi.kam_btyd_pace_report(struct_size=ctypes.sizeof(_ffi.kam_btyd_pace_report)), new_diag()
    verdict = lib.kam_btyd_pace(ctypes.byref(model._raw), model.covariance_pointer(), rows.array(),
                                ctypes.byref(column.raw), horizon, ctypes.byref(found), ctypes.byref(diag))
    if verdict != _ffi.KAM_ERR_AT_BOUND:
        check(verdict, diag)
    return Pace(status.name(verdict), *(getattr(found, name) for name in Pace._fields[1:]))
