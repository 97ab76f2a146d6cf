# SPDX-License-Identifier: MIT
"""The matrix of value and potential (kam/matrix.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, Optional

from . import _columns, _ffi
from ._errors import check, new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table
from .reason import language_of
from .tier import BASES


def _options(given: dict[str, Any]) -> Any:
    """kam_matrix_options with what is given in place of the defaults."""
    options = _ffi.kam_matrix_options()
    check(lib.kam_matrix_options_init(ctypes.byref(options), ctypes.sizeof(options)))
    for one, value in given.items():
        if not hasattr(options, one) or one == "struct_size":
            raise TypeError(f"{one!r} is no option: {', '.join(name for name, *_ in options._fields_[1:])}")
        setattr(options, one, BASES.get(value, 0) if one == "top_basis" else value)
    return options


class Matrix:
    """A fitted matrix: numbers as in kam_matrix."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    def numbers(self) -> dict[str, Any]:
        return {name: getattr(self.raw, name) for name, *_ in self.raw._fields_}

    def classify(self, revenue: Any, *, progress: Optional[Progress] = None, threads: Optional[int] = None,
                 **rows: Any) -> Table:
        """`matrix_class`, `value_score`, `potential_score`, `wallet_share`. Rows
        are the columns of kam_matrix_rows: stable, growth, wallet, pain."""
        raw = _ffi.kam_matrix_rows(struct_size=ctypes.sizeof(_ffi.kam_matrix_rows))
        known = [name for name, *_ in raw._fields_[4:]]
        keep = [_columns.column("revenue", revenue).whole()]
        raw.n_rows, raw.revenue = keep[0].n_rows, keep[0].raw
        for one, data in rows.items():
            if one not in known:
                raise TypeError(f"{one!r} is no column of kam_matrix_rows: {', '.join(known)}")
            if data is None:
                continue
            keep.append(_columns.column(one, data).whole())
            if keep[-1].n_rows != raw.n_rows:
                raise refuse(one, f"has {keep[-1].n_rows} rows, revenue {raw.n_rows}", _ffi.KAM_ERR_SHAPE)
            setattr(raw, one, keep[-1].raw)
        letters = {"matrix_class": "i", "row_flags": "I"}
        buffers = {one: Buffer(letters.get(one, "d"), raw.n_rows) for one, *_ in _ffi.kam_matrix_out._fields_[2:]}
        out = _ffi.kam_matrix_out(struct_size=ctypes.sizeof(_ffi.kam_matrix_out),
                                  **{one: buffer.at() for one, buffer in buffers.items()})
        diag = new_diag()
        with Host(progress, threads) as host:
            host.check(lib.kam_matrix_classify(ctypes.byref(self.raw), ctypes.byref(raw), ctypes.byref(host.raw),
                                               ctypes.byref(out), ctypes.byref(diag)), diag)
        return Table({one: buffer.view() for one, buffer in buffers.items()})


def fit(revenue: Any, *, progress: Optional[Progress] = None, threads: Optional[int] = None, **options: Any) -> Matrix:
    """Shares of a book as money. Options as in kam_matrix_options, top_basis
    "rank" or "total"."""
    chunk, raw, diag = _columns.column("revenue", revenue).whole(), _ffi.kam_matrix(), new_diag()
    ours = _options(options)
    with Host(progress, threads) as host:
        host.check(lib.kam_matrix_fit(ctypes.byref(ours), ctypes.byref(chunk.raw), chunk.n_rows, ctypes.byref(host.raw),
                                      ctypes.byref(raw), ctypes.byref(diag)), diag)
    return Matrix(raw)


def stability(quarters: Sequence[Any], *, progress: Optional[Progress] = None, threads: Optional[int] = None,
              **options: Any) -> Table:
    """`variation`, `trend`, `chance`, `stable` from columns of quarters, oldest first."""
    chunks = [_columns.column(f"quarters[{k}]", one).whole() for k, one in enumerate(quarters)]
    n_rows = chunks[0].n_rows if chunks else 0
    for chunk in chunks:
        if chunk.n_rows != n_rows:
            raise refuse("quarters", f"have {chunk.n_rows} and {n_rows} rows", _ffi.KAM_ERR_SHAPE)
    columns = (_ffi.kam_column * max(len(chunks), 1))(*[chunk.raw for chunk in chunks])
    ours, diag = _options(options), new_diag()
    buffers = {one: Buffer("I" if one == "row_flags" else "d", n_rows)
               for one, *_ in _ffi.kam_matrix_stability_out._fields_[2:-1]}
    defaults = ctypes.c_uint32()
    out = _ffi.kam_matrix_stability_out(struct_size=ctypes.sizeof(_ffi.kam_matrix_stability_out), defaults=ctypes.addressof(defaults),
                                        **{one: buffer.at() for one, buffer in buffers.items()})
    with Host(progress, threads) as host:
        host.check(lib.kam_matrix_stability(ctypes.byref(ours), columns, len(chunks), n_rows, ctypes.byref(host.raw),
                                            ctypes.byref(out), ctypes.byref(diag)), diag)
    return Table({one: buffer.view() for one, buffer in buffers.items()}, defaults=defaults)


def class_name(matrix_class: int, language: str = "en") -> str:
    """What a class is called, in "en" or "zh"."""
    return str(lib.kam_matrix_class_name(matrix_class, language_of(language)).decode("utf-8"))


def wallet_rule(rank: float, n_suppliers: float) -> float:
    """Share of the wallet of the r-th of n suppliers; NaN when there is none."""
    return float(lib.kam_matrix_wallet_rule(rank, n_suppliers))
