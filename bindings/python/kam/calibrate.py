# SPDX-License-Identifier: MIT
"""Probabilities that mean what they say (kam/calibrate.h)."""
from __future__ import annotations

import ctypes
from typing import Any, Optional

from . import _columns, _ffi
from ._errors import new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table

METHODS = {"auto": _ffi.KAM_CALIBRATE_AUTO, "platt": _ffi.KAM_CALIBRATE_PLATT, "beta": _ffi.KAM_CALIBRATE_BETA,
           "isotonic": _ffi.KAM_CALIBRATE_ISOTONIC}


class Curve:
    """A fitted curve: `method`, `why`, `coefficients`, `knots` as (p, level)."""

    def __init__(self, raw: _ffi.kam_calibration, knots: list[tuple[float, float]], keep: Any) -> None:
        self._raw, self._keep, self.knots = raw, keep, knots
        self.method = next(name for name, number in METHODS.items() if number == raw.method)
        self.why: str = lib.kam_calibrate_why_name(raw.why).decode()
        self.coefficients = list(raw.coefficient)
        self.n_rows, self.n_events = raw.n_rows, raw.n_events

    def apply(self, probability: Any, *, progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
        """`calibrated` probabilities, and row_flags."""
        chunk = _columns.column("probability", probability).whole()
        out, flags, diag = Buffer("d", chunk.n_rows), Buffer("I", chunk.n_rows), new_diag()
        with Host(progress, threads) as host:
            host.check(lib.kam_calibrate_apply(ctypes.byref(self._raw), ctypes.byref(chunk.raw), chunk.n_rows,
                                               ctypes.byref(host.raw), out.at(), flags.at(), ctypes.byref(diag)), diag)
        return Table({"calibrated": out.view(), "row_flags": flags.view()})


def fit(probability: Any, event: Any, method: str = "auto", *, progress: Optional[Progress] = None,
        threads: Optional[int] = None) -> Curve:
    """A curve from rows that the model did not see."""
    if method not in METHODS:
        raise refuse("method", f"is {method!r}, not {' or '.join(METHODS)}", _ffi.KAM_ERR_OPTION)
    p, y = (_columns.column(name, data).whole() for name, data in (("probability", probability), ("event", event)))
    if p.n_rows != y.n_rows:
        raise refuse("event", f"has {y.n_rows} rows, probability {p.n_rows}", _ffi.KAM_ERR_SHAPE)
    knot, level, raw, diag = Buffer("d", p.n_rows), Buffer("d", p.n_rows), _ffi.kam_calibration(), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_calibrate_fit(METHODS[method], ctypes.byref(p.raw), ctypes.byref(y.raw), p.n_rows,
                                         ctypes.byref(host.raw), knot.at(), level.at(), ctypes.byref(raw),
                                         ctypes.byref(diag)), diag)
    return Curve(raw, list(zip(knot.view()[:raw.n_knots], level.view()[:raw.n_knots])), (knot, level))
