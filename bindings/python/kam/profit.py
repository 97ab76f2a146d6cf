# SPDX-License-Identifier: MIT
"""What an account earns, in layers, and the whale curve (kam/profit.h)."""
from __future__ import annotations

import ctypes
from typing import Any, NamedTuple, Optional

from . import _columns, _ffi, _report
from ._errors import new_diag
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table
from .account import Book, accounts


def layers(book: Book, *, progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
    """Net revenue, gross margin, contribution, and the two as ratios."""
    rows = accounts(book)
    names = [name for name, *_ in _ffi.kam_profit_out._fields_[2:]]
    buffers = {name: Buffer("I" if name == "row_flags" else "d", len(rows)) for name in names}
    with Host(progress, threads) as host:
        for part in rows.parts:
            out = _ffi.kam_profit_out(struct_size=ctypes.sizeof(_ffi.kam_profit_out),
                                      **{name: buffer.at(part.first) for name, buffer in buffers.items()})
            diag = new_diag()
            host.check(lib.kam_profit_layers(ctypes.byref(part.raw), ctypes.byref(host.raw), ctypes.byref(out),
                                             ctypes.byref(diag)), diag, part.first)
    return Table({name: buffer.view() for name, buffer in buffers.items()})


class Whale(NamedTuple):
    """The curve (row numbers best first, profit of the best 1, 2, ... accounts)
    and its numbers, as in kam_whale."""
    curve: Table
    numbers: dict[str, Any]


def whale(profit: Any, *, progress: Optional[Progress] = None, threads: Optional[int] = None) -> Whale:
    """Sorts accounts by profit, best first, and adds up."""
    chunk = _columns.column("profit", profit).whole()
    order, cumulative = Buffer("q", chunk.n_rows), Buffer("d", chunk.n_rows)
    numbers, diag = _report.new(_ffi.kam_whale), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_profit_whale(ctypes.byref(chunk.raw), chunk.n_rows, ctypes.byref(host.raw), order.at(),
                                        cumulative.at(), ctypes.byref(numbers), ctypes.byref(diag)), diag)
    return Whale(Table({"row": order.view(), "cumulative": cumulative.view()}), _report.as_dict(numbers))
