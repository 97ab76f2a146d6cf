# SPDX-License-Identifier: MIT
"""What churn models learn from and score (kam/panel.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import Any, Optional, Union

from . import _columns, _ffi, reason
from ._errors import refuse

#: the reason each kind of signal gives, by name: "usage", "contact_gap", ...
SIGNALS = {reason.name(number): number for number in range(_ffi.KAM_REASON_USAGE, _ffi.KAM_REASON_DELIVERY + 1)}


class Panel:
    """Signals by name, and what goes with them; each a column of any kind.

    Panel({"drop": drop, "silence": days}, event=left, reasons={"silence": "contact_gap"})"""

    def __init__(self, signals: Mapping[str, Any], *, event: Any = None, offset: Any = None, weight: Any = None,
                 cluster: Any = None, start: Any = None, stop: Any = None, stratum: Any = None,
                 reasons: Optional[Mapping[str, Union[str, int]]] = None) -> None:
        self.names = list(signals)
        self._chunks = [_columns.column(name, signals[name]).whole() for name in signals]
        given = {"event": event, "offset": offset, "weight": weight, "cluster": cluster, "start": start, "stop": stop,
                 "stratum": stratum}
        more = {name: _columns.column(name, data, "key" if name in ("cluster", "stratum") else "number").whole()
                for name, data in given.items() if data is not None}
        every = [*zip(self.names, self._chunks), *more.items()]
        self.n_rows = every[0][1].n_rows if every else 0
        for name, chunk in every:
            if chunk.n_rows != self.n_rows:
                raise refuse(name, f"has {chunk.n_rows} rows, not {self.n_rows}", _ffi.KAM_ERR_SHAPE)
        p = len(self.names)
        self.reasons = [_reason_of(name, i, reasons or {}) for i, name in enumerate(self.names)]
        self._columns = (_ffi.kam_column * max(p, 1))(*(chunk.raw for chunk in self._chunks))
        self._names = (ctypes.c_char_p * max(p, 1))(*(name.encode() for name in self.names))
        self._reasons = (ctypes.c_int32 * max(p, 1))(*self.reasons)
        self._keep = more
        self.raw = _ffi.kam_panel(struct_size=ctypes.sizeof(_ffi.kam_panel), n_columns=p, n_rows=self.n_rows,
                                  column=self._columns, name=self._names, reason=self._reasons)
        for name, chunk in more.items():
            setattr(self.raw, name, chunk.raw)

    def __len__(self) -> int:
        return self.n_rows


def _reason_of(name: str, i: int, given: Mapping[str, Union[str, int]]) -> int:
    one = given.get(name, name)
    if isinstance(one, int):
        return one
    if name in given and one not in SIGNALS:
        raise refuse("reasons", f"has {one!r}, not one of {', '.join(SIGNALS)}", _ffi.KAM_ERR_OPTION)
    return SIGNALS.get(one, _ffi.KAM_REASON_COLUMN + i)


def panel_of(data: Union[Panel, Mapping[str, Any]]) -> Panel:
    return data if isinstance(data, Panel) else Panel(data)


def doubles(name: str, given: Optional[Sequence[float]], n: int) -> Any:
    """n doubles for C, or NULL."""
    if given is None:
        return None
    if len(given) != n:
        raise refuse(name, f"has {len(given)} numbers, not {n}", _ffi.KAM_ERR_SHAPE)
    return (ctypes.c_double * n)(*given)
