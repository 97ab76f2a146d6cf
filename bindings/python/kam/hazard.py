# SPDX-License-Identifier: MIT
"""The risk that an account leaves within a period, from its signals (kam/hazard.h)."""
from __future__ import annotations

import ctypes
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Optional, Union

from . import _ffi, _report, reason
from ._errors import check, error_of, new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table
from .panel import SIGNALS, Panel, doubles, panel_of

LINKS = {"logistic": _ffi.KAM_HAZARD_LOGISTIC, "cloglog": _ffi.KAM_HAZARD_CLOGLOG}
FIRTH = {"auto": _ffi.KAM_FIRTH_AUTO, "always": _ffi.KAM_FIRTH_ALWAYS, "never": _ffi.KAM_FIRTH_NEVER}


def _one_of(name: str, given: str, known: dict[str, int]) -> int:
    if given not in known:
        raise refuse(name, f"is {given!r}, not {' or '.join(known)}", _ffi.KAM_ERR_OPTION)
    return known[given]


class Prior(NamedTuple):
    """A normal prior: the constant first, then one number a signal."""
    mean: list[float]
    precision: list[float]


def expert(signals: Sequence[Union[str, int]], base_risk: float = 0.0, link: str = "logistic") -> Prior:
    """The expert scorecard for these kinds of signals ("usage", "orders", ...)."""
    ids = [SIGNALS.get(one, _ffi.KAM_REASON_COLUMN) if isinstance(one, str) else one for one in signals]
    n, diag = len(ids), new_diag()
    mean, precision = (ctypes.c_double * (n + 1))(), (ctypes.c_double * (n + 1))()
    check(lib.kam_hazard_expert(_one_of("link", link, LINKS), (ctypes.c_int32 * max(n, 1))(*ids), n, base_risk, mean,
                                precision, ctypes.byref(diag)), diag)
    return Prior(list(mean), list(precision))


class Model:
    """Coefficients by hand or by `fit`; the constant is called "constant"."""

    def __init__(self, coefficients: Mapping[str, float], *, link: str = "logistic",
                 covariance: Optional[Sequence[Sequence[float]]] = None, report: Optional[dict[str, Any]] = None
                 ) -> None:
        self.link, self.report = link, report
        self.coefficients = {"constant": coefficients["constant"],
                             **{k: v for k, v in coefficients.items() if k != "constant"}}
        self.covariance = [list(row) for row in covariance] if covariance is not None else None
        q = len(self.coefficients)
        self._beta = (ctypes.c_double * q)(*self.coefficients.values())
        flat = [value for row in self.covariance for value in row] if self.covariance else None
        self._covariance = doubles("covariance", flat, q * q)
        self.raw = _ffi.kam_hazard(link=_one_of("link", link, LINKS), n_columns=q - 1,
                                   coefficient=ctypes.cast(self._beta, ctypes.c_void_p),
                                   covariance=ctypes.cast(self._covariance, ctypes.c_void_p))

    @property
    def standard_errors(self) -> Optional[dict[str, float]]:
        if self.covariance is None:
            return None
        return {name: math.sqrt(row[i]) if row[i] >= 0 else math.nan
                for i, (name, row) in enumerate(zip(self.coefficients, self.covariance))}

    def risk(self, panel: Union[Panel, Mapping[str, Any]], *, confidence: Optional[float] = None,
             progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
        """`risk` of each row; with a confidence, `low` and `high`, too."""
        rows = panel_of(panel)
        names = ["risk", "low", "high"][:1 if confidence is None else 3]
        out, flags, diag = [Buffer("d", len(rows)) for _ in names], Buffer("I", len(rows)), new_diag()
        at = [buffer.at() for buffer in out] + [None, None]
        with Host(progress, threads) as host:
            host.check(lib.kam_hazard_risk(ctypes.byref(self.raw), ctypes.byref(rows.raw), confidence or 0.0,
                                           ctypes.byref(host.raw), *at[:3], flags.at(), ctypes.byref(diag)), diag)
        return Table({**{name: one.view() for name, one in zip(names, out)}, "row_flags": flags.view()})

    def reasons(self, panel: Union[Panel, Mapping[str, Any]], *, top: int = 3,
                reference: Optional[Sequence[float]] = None, progress: Optional[Progress] = None,
                threads: Optional[int] = None) -> list[list[reason.Reason]]:
        """Of each row: base, the `top` largest, and the rest; they add up to the score."""
        rows = panel_of(panel)
        memory, flags, diag = (_ffi.kam_reason * max(len(rows) * (top + 2), 1))(), Buffer("I", len(rows)), new_diag()
        with Host(progress, threads) as host:
            host.check(lib.kam_hazard_reasons(
                ctypes.byref(self.raw), ctypes.byref(rows.raw), doubles("reference", reference, self.raw.n_columns),
                top, ctypes.byref(host.raw), ctypes.addressof(memory), flags.at(), ctypes.byref(diag)), diag)
        return [[reason.Reason(one.id, one.contribution, one.value) for one in memory[i:i + top + 2]]
                for i in range(0, len(rows) * (top + 2), top + 2)]

    def objective(self, panel: Panel) -> tuple[list[float], int]:
        """Sums over the panel: log likelihood, gradient, information; and its rows."""
        q = self.raw.n_columns + 1
        sums, n, diag = (_ffi.kam_sum * (1 + q + q * (q + 1) // 2))(), ctypes.c_int64(), new_diag()
        check(lib.kam_hazard_objective(ctypes.byref(self.raw), ctypes.byref(panel.raw), None, sums, ctypes.byref(n),
                                       ctypes.byref(diag)), diag)
        return [lib.kam_sum_value(ctypes.byref(one)) for one in sums], n.value

    def __repr__(self) -> str:
        return f"<kam.hazard.Model {' '.join(f'{n}={v:.6g}' for n, v in self.coefficients.items())}>"


def options_of(panel: Panel, prior: Optional[Prior], ridge: float, firth: str) -> Any:
    """kam_hazard_options."""
    q, options = len(panel.names) + 1, _ffi.kam_hazard_options()
    check(lib.kam_hazard_options_init(ctypes.byref(options), ctypes.sizeof(options)))
    options.ridge, options.firth = ridge, _one_of("firth", firth, FIRTH)
    if prior is not None:
        options.prior_mean = doubles("prior.mean", prior.mean, q)
        options.prior_precision = doubles("prior.precision", prior.precision, q)
    return options


def fit(panel: Panel, link: str = "logistic", *, prior: Optional[Prior] = None, ridge: float = 0.0,
        firth: str = "auto", robust: bool = False, max_steps: Optional[int] = None,
        progress: Optional[Progress] = None, threads: Optional[int] = None) -> Model:
    """Fits; a verdict without an answer is raised as a KamError that names the
    column. `report["verdict"]` says "fitted", "prior_only", "separated" or "firth"."""
    q = len(panel.names) + 1
    options = options_of(panel, prior, ridge, firth)
    options.robust = int(robust)
    if max_steps is not None:
        options.max_steps = max_steps
    report, diag = _report.new(_ffi.kam_hazard_report), new_diag()
    beta, covariance = (ctypes.c_double * q)(), (ctypes.c_double * (q * q))()
    with Host(progress, threads) as host:
        status = lib.kam_hazard_fit(_one_of("link", link, LINKS), ctypes.byref(panel.raw), ctypes.byref(options),
                                    ctypes.byref(host.raw), beta, covariance, ctypes.byref(report), ctypes.byref(diag))
        if status != _ffi.KAM_ERR_NOT_CONVERGED:
            host.check(status, diag)
    told = _report.as_dict(report)
    told["verdict"] = lib.kam_hazard_verdict_name(report.verdict).decode()
    told["culprit"] = panel.names[report.culprit] if report.culprit >= 0 else None
    model = Model(dict(zip(["constant", *panel.names], beta)), link=link, report=told,
                  covariance=[covariance[i * q:(i + 1) * q] for i in range(q)])
    if status != _ffi.KAM_OK:
        error = error_of(status, diag)
        error.model = model
        raise error
    return model
