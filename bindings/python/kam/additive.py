# SPDX-License-Identifier: MIT
"""A glass box: a step function a signal, fitted together (kam/additive.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Optional, Union

from . import _ffi, _report, reason
from ._errors import check, new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table
from .panel import Panel, panel_of


class TermTable(NamedTuple):
    """A line a bin, missing first; the information value; the constant's points."""
    bins: list[dict[str, Any]]
    iv: float
    base_points: float


class Model:
    """A fitted model."""

    def __init__(self, raw: _ffi.kam_additive, names: list[str], report: dict[str, Any], keep: Any) -> None:
        self._raw, self.names, self.report, self._keep = raw, names, report, keep
        self.constant = raw.constant

    @property
    def terms(self) -> list[str]:
        """The signals; then the pairs, as "a x b"."""
        return [self.names[one.column] if one.second < 0 else f"{self.names[one.column]} x {self.names[one.second]}"
                for one in self._raw.term[:self._raw.n_terms]]

    def risk(self, panel: Union[Panel, Mapping[str, Any]], *, progress: Optional[Progress] = None,
             threads: Optional[int] = None) -> Table:
        """`risk` and `score` (log-odds) of each row."""
        rows, diag = panel_of(panel), new_diag()
        risk, score = Buffer("d", len(rows)), Buffer("d", len(rows))
        with Host(progress, threads) as host:
            host.check(lib.kam_additive_risk(ctypes.byref(self._raw), ctypes.byref(rows.raw), ctypes.byref(host.raw),
                                             risk.at(), score.at(), ctypes.byref(diag)), diag)
        return Table({"risk": risk.view(), "score": score.view()})

    def reasons(self, panel: Union[Panel, Mapping[str, Any]], *, top: int = 3, progress: Optional[Progress] = None,
                threads: Optional[int] = None) -> list[list[reason.Reason]]:
        """Of each row: base, the `top` largest terms, and the rest; they add up to the score."""
        rows, diag = panel_of(panel), new_diag()
        memory = (_ffi.kam_reason * max(len(rows) * (top + 2), 1))()
        with Host(progress, threads) as host:
            host.check(lib.kam_additive_reasons(ctypes.byref(self._raw), ctypes.byref(rows.raw), top,
                                                ctypes.byref(host.raw), ctypes.addressof(memory), ctypes.byref(diag)),
                       diag)
        return [[reason.Reason(one.id, one.contribution, one.value) for one in memory[i:i + top + 2]]
                for i in range(0, len(rows) * (top + 2), top + 2)]

    def table(self, panel: Panel, term: str, *, points: float = 600, odds: float = 19, pdo: float = 50) -> TermTable:
        """Weight of evidence, information value and points of one signal's bins."""
        if term not in self.names:
            raise refuse("term", f"is {term!r}, not one of {', '.join(self.names)}", _ffi.KAM_ERR_OPTION)
        t = self.names.index(term)
        n = self._raw.term[t].n_edges + 2
        bins, iv, base, diag = (_ffi.kam_additive_bin * n)(), ctypes.c_double(), ctypes.c_double(), new_diag()
        scale = _ffi.kam_additive_scale(points=points, odds=odds, pdo=pdo)
        check(lib.kam_additive_table(ctypes.byref(self._raw), ctypes.byref(panel.raw), t, ctypes.byref(scale), bins,
                                     ctypes.byref(iv), ctypes.byref(base), ctypes.byref(diag)), diag)
        return TermTable([_report.as_dict(one) for one in bins], iv.value, base.value)


def _integers(values: Sequence[int]) -> Any:
    return (ctypes.c_int32 * max(len(values), 1))(*values)


def fit(panel: Panel, *, most_bins: int = 32, smooth: float = 0.0, direction: Optional[Mapping[str, int]] = None,
        pairs: Sequence[tuple[str, str]] = (), pair_bins: int = 6, progress: Optional[Progress] = None,
        threads: Optional[int] = None) -> Model:
    """Fits; `direction` maps names to 1 (may only rise) or -1; smooth=0 chooses it
    by cross-validation within the panel."""
    options = _ffi.kam_additive_options()
    check(lib.kam_additive_options_init(ctypes.byref(options), ctypes.sizeof(options)))
    for name in [*(direction or {}), *(one for pair in pairs for one in pair)]:
        if name not in panel.names:
            raise refuse("direction" if name in (direction or {}) else "pairs", f"has {name!r}, which is no signal",
                         _ffi.KAM_ERR_OPTION)
    ways = _integers([(direction or {}).get(name, 0) for name in panel.names])
    pair = _integers([panel.names.index(one) for two in pairs for one in two])
    options.most_bins, options.smooth, options.pair_bins, options.n_pairs = most_bins, smooth, pair_bins, len(pairs)
    options.direction = ctypes.addressof(ways) if direction else None
    options.pair = ctypes.addressof(pair)
    n_terms, n_edges, n_weights, diag = ctypes.c_int32(), ctypes.c_int64(), ctypes.c_int64(), new_diag()
    check(lib.kam_additive_room(len(panel.names), ctypes.byref(options), ctypes.byref(n_terms), ctypes.byref(n_edges),
                                ctypes.byref(n_weights), ctypes.byref(diag)), diag)
    terms = (_ffi.kam_additive_term * max(n_terms.value, 1))()
    edge, weight, error = Buffer("d", n_edges.value), Buffer("d", n_weights.value), Buffer("d", n_weights.value)
    raw, report = _ffi.kam_additive(), _report.new(_ffi.kam_additive_report)
    raw.term, raw.edge, raw.weight, raw.std_error = terms, edge.at(), weight.at(), error.at()
    with Host(progress, threads) as host:
        host.check(lib.kam_additive_fit(ctypes.byref(panel.raw), ctypes.byref(options), ctypes.byref(host.raw),
                                        ctypes.byref(raw), ctypes.byref(report), ctypes.byref(diag)), diag)
    return Model(raw, panel.names, _report.as_dict(report), (terms, edge, weight, error))
