# SPDX-License-Identifier: MIT
"""What an order of an account is worth (kam/spend.h): Gamma-Gamma, or the normal
model of margins, which may be below zero."""
from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, Optional

from . import _ffi, _model, _report, estimate
from ._errors import new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Table
from .account import Book, accounts


FAMILIES = {lib.kam_spend_family_name(number).decode(): number
            for number in (_ffi.KAM_SPEND_GAMMA_GAMMA, _ffi.KAM_SPEND_NORMAL, _ffi.KAM_SPEND_EQUAL)}


def family_number(family: str) -> int:
    if family not in FAMILIES:
        raise refuse("family", f"is {family!r}, not {' or '.join(FAMILIES)}", _ffi.KAM_ERR_OPTION)
    return FAMILIES[family]


class Model(_model.Model):
    """A spend model, fitted by `fit` or by hand: Model(p=6.2, q=3.7, gamma=15), or
    Model("normal", mu=4, tau=9, sigma=15)."""

    _kind = _ffi.kam_spend
    _fields = ("repeat_orders", "mean_order_value", "valued_orders", "log_values", "weight")
    _names, _objective = lib.kam_spend_parameter_name, lib.kam_spend_objective

    def __init__(self, family: str = "gamma-gamma", **parameters: float) -> None:
        self._raw = _ffi.kam_spend(family=family_number(family))
        _model.fill(self._raw, type(self)._names, parameters)
        self._set(None, None)

    @property
    def family(self) -> str:
        return str(lib.kam_spend_family_name(self._raw.family).decode())

    @property
    def _any_sign(self) -> Sequence[str]:
        return ("mu",)

    def expected(self, book: Book, *, progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
        """`order_value`: expected money an order of each account."""
        return _model.answer(book, self._call(lib.kam_spend_expected), ["order_value"], progress=progress,
                             threads=threads)

    def log_likelihood(self, book: Book, *, progress: Optional[Progress] = None, threads: Optional[int] = None
                       ) -> Table:
        """`log_likelihood` of each account's mean order value."""
        return _model.answer(book, self._call(lib.kam_spend_log_likelihood), ["log_likelihood"], progress=progress,
                             threads=threads)


def fit(book: Book, family: str = "gamma-gamma", *, prior: str = "none", max_steps: Optional[int] = None,
        progress: Optional[Progress] = None, threads: Optional[int] = None) -> Model:
    """Fits a family; as kam.btyd.fit. With "normal", mean_order_value is a margin."""
    rows, how, number = accounts(book), estimate.options(prior, max_steps), family_number(family)

    def call(*rest: Any) -> int:
        return int(lib.kam_spend_fit(number, rows.array(), len(rows.parts), ctypes.byref(how), *rest))
    return _model.fitted(Model, call, progress=progress, threads=threads)


def independence(book: Book, *, progress: Optional[Progress] = None, threads: Optional[int] = None) -> dict[str, Any]:
    """`rank_correlation` (Spearman's) of order value with number of orders and its
    `p_value`, over `n_rows` accounts that ordered again."""
    rows, found, diag = accounts(book), _report.new(_ffi.kam_spend_dependence), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_spend_independence(rows.array(), len(rows.parts), ctypes.byref(host.raw),
                                              ctypes.byref(found), ctypes.byref(diag)), diag)
    return _report.as_dict(found)


def search(total: _model.Total[Model], *, prior: str = "none", max_steps: Optional[int] = None) -> Model:
    """As `fit` of Gamma-Gamma, of a book that no process holds as a whole; as kam.btyd_search.search."""
    how = estimate.options(prior, max_steps)

    def call(*rest: Any) -> int:
        return int(lib.kam_spend_search(_ffi.KAM_SPEND_GAMMA_GAMMA, ctypes.byref(how), *rest))
    return _model.searched(Model, _ffi.kam_spend_total, call, total)


def profile(book: Book, parameter: str, family: str = "gamma-gamma", *, level: float = 0.95, prior: str = "none",
            max_steps: Optional[int] = None, progress: Optional[Progress] = None,
            threads: Optional[int] = None) -> dict[str, Any]:
    """The interval of one parameter by profile likelihood: `estimate`, `low`, `high`, the
    verdict of the `fit`, and `low_status`, `high_status`: KAM_ERR_AT_BOUND has no end."""
    how = estimate.options(prior, max_steps)
    return _model.profile(lib.kam_spend_profile, lib.kam_spend_parameter_name, family_number(family), book, parameter,
                          level, how, progress, threads)
