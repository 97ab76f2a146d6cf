# SPDX-License-Identifier: MIT
"""What makes a key account (kam/key_account.h)."""
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


def _rows(columns: dict[str, Any]) -> tuple[Any, Any]:
    """A kam_key_account_rows, and what keeps its memory alive."""
    raw = _ffi.kam_key_account_rows(struct_size=ctypes.sizeof(_ffi.kam_key_account_rows))
    keep = {name: _columns.column(name, data).whole() for name, data in columns.items()}
    raw.n_rows = keep["repeat_orders"].n_rows
    for name, one in keep.items():
        if one.n_rows != raw.n_rows:
            raise refuse(name, f"has {one.n_rows} rows, repeat_orders {raw.n_rows}", _ffi.KAM_ERR_SHAPE)
        setattr(raw, name, one.raw)
    return raw, keep


class KeyAccounts:
    """A fitted test: numbers as in kam_key_account."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    def numbers(self) -> dict[str, Any]:
        return {"cut": list(self.raw.cut), "total": self.raw.total,
                "least_repeat_orders": self.raw.least_repeat_orders}

    def test(self, repeat_orders: Any, repeat_revenue: Any, margin: Any, revenue: Any, *,
             progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
        """`is_key` (1, 0, or -1: not known), `passed` (bits), `share`."""
        raw, _keep = _rows({"repeat_orders": repeat_orders, "repeat_revenue": repeat_revenue, "margin": margin,
                            "revenue": revenue})
        letters = {"is_key": "i", "share": "d"}
        buffers = {name: Buffer(letters.get(name, "I"), raw.n_rows)
                   for name, *_ in _ffi.kam_key_account_out._fields_[2:]}
        out = _ffi.kam_key_account_out(struct_size=ctypes.sizeof(_ffi.kam_key_account_out),
                                       **{name: buffer.at() for name, buffer in buffers.items()})
        diag = new_diag()
        with Host(progress, threads) as host:
            host.check(lib.kam_key_account_test(ctypes.byref(self.raw), ctypes.byref(raw), ctypes.byref(host.raw),
                                                ctypes.byref(out), ctypes.byref(diag)), diag)
        return Table({name: buffer.view() for name, buffer in buffers.items()})


def fit(repeat_orders: Any, repeat_revenue: Any, margin: Any, revenue: Any, *,
        top_share: Optional[Sequence[float]] = None, least_repeat_orders: Optional[float] = None,
        progress: Optional[Progress] = None, threads: Optional[int] = None) -> KeyAccounts:
    """Fits the four cuts to a book."""
    options, fitted, diag = _ffi.kam_key_account_options(), _ffi.kam_key_account(), new_diag()
    check(lib.kam_key_account_options_init(ctypes.byref(options), ctypes.sizeof(options)))
    if top_share is not None:
        options.top_share = (ctypes.c_double * 4)(*top_share)
    if least_repeat_orders is not None:
        options.least_repeat_orders = least_repeat_orders
    raw, _keep = _rows({"repeat_orders": repeat_orders, "repeat_revenue": repeat_revenue, "margin": margin,
                        "revenue": revenue})
    with Host(progress, threads) as host:
        host.check(lib.kam_key_account_fit(ctypes.byref(options), ctypes.byref(raw), ctypes.byref(host.raw),
                                           ctypes.byref(fitted), ctypes.byref(diag)), diag)
    return KeyAccounts(fitted)


def test_name(test: int, language: str = "en") -> str:
    """What a test is called, in "en" or "zh"."""
    return str(lib.kam_key_account_test_name(test, language_of(language)).decode("utf-8"))
