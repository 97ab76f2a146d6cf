# SPDX-License-Identifier: MIT
"""From a book to everything that scoring needs (kam/fit.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, Optional

from . import _ffi, _model, _report, btyd, estimate, matrix, policy as _policy, spend, status
from ._errors import check, new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from .account import Book, accounts, period_of
from .tier import Band, Bands, Policy, raw_bands


class Models:
    """What kam.fit learned: plain numbers. They can be pickled."""

    def __init__(self, raw: _ffi.kam_models, report: _ffi.kam_fit_report) -> None:
        self.raw = raw
        self._report = report

    @classmethod
    def of(cls, *, orders: Optional[btyd.Model] = None, spend: Optional[spend.Model] = None, limits: Bands = (),
           reference: Optional[Sequence[float]] = None) -> Models:
        """Models from parts that were fitted one by one, or come from elsewhere.
        `reference`, the typical account (x, t_x, T), is what reasons compare with."""
        raw = _report.new(_ffi.kam_models)
        if len(limits) > len(raw.limits):
            raise refuse("limits", f"are {len(limits)}, more than {len(raw.limits)}", _ffi.KAM_ERR_SHAPE)
        nan = float("nan")
        for name, model in (("orders", orders), ("spend", spend)):
            covariance = getattr(raw, f"{name}_covariance")
            covariance[:] = [nan] * len(covariance)
            if model is not None:
                setattr(raw, name, model._raw)
                known = model._covariance or []
                covariance[:len(known)] = known
        raw.reference[:] = [nan] * 3 if reference is None else list(reference)
        raw.n_bands, raw.limits[:len(limits)] = len(limits), raw_bands(limits)[:len(limits)]
        return cls(raw, _report.new(_ffi.kam_fit_report))

    def __getstate__(self) -> dict[str, bytes]:
        return {"models": bytes(self.raw), "report": bytes(self._report)}

    def __setstate__(self, state: dict[str, bytes]) -> None:
        self.raw = _model.thawed(_ffi.kam_models, state["models"])
        self._report = _model.thawed(_ffi.kam_fit_report, state["report"])

    @property
    def orders(self) -> Optional[btyd.Model]:
        """The order model; None when the data could not carry one."""
        p = self.raw.orders.n_parameters
        return btyd.Model.of_raw(self.raw.orders, self.raw.orders_covariance[:p * p],
                                 estimate.report_of(self._report.orders)) if self.raw.orders.family else None

    @property
    def spend(self) -> Optional[spend.Model]:
        """The spend model; None when the data could not carry one."""
        p = self.raw.spend.n_parameters
        return spend.Model.of_raw(self.raw.spend, self.raw.spend_covariance[:p * p],
                                  estimate.report_of(self._report.spend)) if self.raw.spend.family else None

    @property
    def reference(self) -> tuple[float, float, float]:
        """The typical account: x, t_x, T."""
        x, t_x, age = self.raw.reference
        return x, t_x, age

    @property
    def limits(self) -> list[Band]:
        """Score limits of the tiers, best first."""
        return [Band(one.enter, one.keep) for one in self.raw.limits[:self.raw.n_bands]]

    @property
    def matrix(self) -> Optional[matrix.Matrix]:
        """The matrix of value and potential; None when no tier_value is known."""
        return matrix.Matrix(self.raw.matrix) if self.raw.has_matrix else None

    @property
    def defaults(self) -> list[str]:
        """Which of tiers and matrix stood at their defaults."""
        return _policy.names_of(self.raw.defaults)

    @property
    def report(self) -> dict[str, Any]:
        """The verdict of each part, by name; those of maximum likelihood are the
        ones before any prior was called in."""
        one = self._report
        return {"orders": estimate.report_of(one.orders), "spend": estimate.report_of(one.spend),
                **{name: status.name(getattr(one, name))
                   for name in ("orders_ml", "spend_ml", "tiers", "matrix", "independence")},
                "orders_culprit": one.orders_culprit, "spend_culprit": one.spend_culprit,
                "dependence": _report.as_dict(one.dependence)}

    def __repr__(self) -> str:
        return f"<kam.Models orders={self.orders} spend={self.spend} tiers={self.raw.n_bands}>"


def fit(book: Book, *, family: Optional[str] = None, spend_family: Optional[str] = None,
        period_days: Optional[float] = None, tiers: Optional[Policy] = None, policy: Optional[_policy.Policy] = None,
        progress: Optional[Progress] = None, threads: Optional[int] = None) -> Models:
    """Fits the order model, the spend model, the tier limits and the matrix of a
    book. A part that the data cannot carry is left out, with its verdict in the
    report. family="choose" takes the one with the lowest BIC. `tiers` go before those of the policy. With spend_family="normal",
    mean_order_value is the mean margin of an order."""
    rows = accounts(book)
    days = period_of(rows, period_days)
    options = _ffi.kam_fit_options()
    check(lib.kam_fit_options_init(ctypes.byref(options), ctypes.sizeof(options)))
    if family is not None:
        options.family = _ffi.KAM_FIT_CHOOSE if family == "choose" else btyd.Model.family_number(family)
    if spend_family is not None:
        options.spend_family = spend.family_number(spend_family)
    if days is not None:
        options.period_days = days
    if tiers is not None:
        options.tiers = tiers.raw
    if policy is not None:
        options.policy = ctypes.pointer(policy.raw)
    raw, report, diag = _report.new(_ffi.kam_models), _report.new(_ffi.kam_fit_report), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_fit(rows.array(), len(rows.parts), ctypes.byref(options), ctypes.byref(host.raw),
                               ctypes.byref(raw), ctypes.byref(report), ctypes.byref(diag)), diag)
    return Models(raw, report)
