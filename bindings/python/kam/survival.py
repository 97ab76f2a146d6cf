# SPDX-License-Identifier: MIT
"""Time until an account leaves: Kaplan-Meier, Cox, concordance (kam/survival.h)."""
from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from typing import Any, NamedTuple, Optional

from . import _columns, _ffi, _report
from ._errors import error_of, new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table
from .panel import Panel, doubles

TIES = {"efron": _ffi.KAM_TIES_EFRON, "breslow": _ffi.KAM_TIES_BRESLOW}
SCALES = {"log-log": _ffi.KAM_SURVIVAL_LOG_LOG, "log": _ffi.KAM_SURVIVAL_LOG, "plain": _ffi.KAM_SURVIVAL_PLAIN}
CURVE = ["time", "n_risk", "n_event", "survival", "std_error", "low", "high", "band_low", "band_high"]


def _number(name: str, given: str, known: dict[str, int]) -> int:
    if given not in known:
        raise refuse(name, f"is {given!r}, not {' or '.join(known)}", _ffi.KAM_ERR_OPTION)
    return known[given]


class Curve(NamedTuple):
    """Columns of the curve, and what it was made of."""
    table: Table
    numbers: dict[str, Any]


def kaplan_meier(panel: Panel, *, confidence: float = 0.95, scale: str = "log-log",
                 progress: Optional[Progress] = None, threads: Optional[int] = None) -> Curve:
    """The survival curve of Panel({}, stop=..., event=...)."""
    columns, diag = [Buffer("d", len(panel)) for _ in CURVE], new_diag()
    raw = _report.new(_ffi.kam_survival_curve)
    raw.scale, raw.confidence = _number("scale", scale, SCALES), confidence
    for name, column in zip(CURVE, columns):
        setattr(raw, name, column.at())
    with Host(progress, threads) as host:
        host.check(lib.kam_survival_kaplan_meier(ctypes.byref(panel.raw), ctypes.byref(host.raw), ctypes.byref(raw),
                                                 ctypes.byref(diag)), diag)
    numbers = {name: getattr(raw, name) for name in ("n_times", "n_rows", "n_skipped", "median", "band_factor")}
    return Curve(Table({name: column.view()[:raw.n_times] for name, column in zip(CURVE, columns)}), numbers)


class Cox(NamedTuple):
    """A fitted model: coefficients by name, their covariance, and the report."""
    coefficients: dict[str, float]
    covariance: list[list[float]]
    report: dict[str, Any]
    ties: str

    @property
    def standard_errors(self) -> dict[str, float]:
        return {name: math.sqrt(row[i]) for i, (name, row) in enumerate(zip(self.coefficients, self.covariance))}

    def baseline(self, panel: Panel, reference: Optional[Sequence[float]] = None, *,
                 progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
        """`stratum`, `time`, `cumulative` hazard of an account at the reference."""
        n, diag, n_times = len(panel), new_diag(), ctypes.c_int64()
        stratum, time, cumulative = Buffer("q", n), Buffer("d", n), Buffer("d", n)
        with Host(progress, threads) as host:
            host.check(lib.kam_survival_baseline(
                TIES[self.ties], ctypes.byref(panel.raw),
                doubles("coefficients", list(self.coefficients.values()), len(panel.names)),
                doubles("reference", reference, len(panel.names)), ctypes.byref(host.raw), stratum.at(), time.at(),
                cumulative.at(), ctypes.byref(n_times), ctypes.byref(diag)), diag)
        return Table({"stratum": stratum.view()[:n_times.value], "time": time.view()[:n_times.value],
                      "cumulative": cumulative.view()[:n_times.value]})


def cox(panel: Panel, ties: str = "efron", *, progress: Optional[Progress] = None, threads: Optional[int] = None
        ) -> Cox:
    """Fits Cox's model; a verdict is raised as a KamError that names the column."""
    p, number = len(panel.names), _number("ties", ties, TIES)
    report, diag = _report.new(_ffi.kam_survival_report), new_diag()
    beta, covariance = (ctypes.c_double * max(p, 1))(), (ctypes.c_double * max(p * p, 1))()
    with Host(progress, threads) as host:
        status = lib.kam_survival_cox(number, ctypes.byref(panel.raw), ctypes.byref(host.raw), beta, covariance,
                                      ctypes.byref(report), ctypes.byref(diag))
        if status != _ffi.KAM_ERR_NOT_CONVERGED:
            host.check(status, diag)
    model = Cox(dict(zip(panel.names, beta)), [covariance[i * p:(i + 1) * p] for i in range(p)],
                _report.as_dict(report), ties)
    if status != _ffi.KAM_OK:
        error = error_of(status, diag)
        error.model = model
        raise error
    return model


def concordance(panel: Panel, risk: Any, *, progress: Optional[Progress] = None, threads: Optional[int] = None
                ) -> dict[str, Any]:
    """Harrell's concordance of a risk; as in kam_survival_pairs."""
    chunk = _columns.column("risk", risk).whole()
    if chunk.n_rows != len(panel):
        raise refuse("risk", f"has {chunk.n_rows} rows, the panel {len(panel)}", _ffi.KAM_ERR_SHAPE)
    pairs, diag = _report.new(_ffi.kam_survival_pairs), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_survival_concordance(ctypes.byref(panel.raw), ctypes.byref(chunk.raw),
                                                ctypes.byref(host.raw), ctypes.byref(pairs), ctypes.byref(diag)), diag)
    return _report.as_dict(pairs)
