# SPDX-License-Identifier: MIT
"""What an account earns, in layers, the whale curve, and who is served more than
it brings (kam/profit.h)."""
from __future__ import annotations

import ctypes
from typing import Any, NamedTuple, Optional

from . import _columns, _ffi, _report
from ._errors import check, new_diag, refuse
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


def _same_rows(chunks: dict[str, _columns.Chunk]) -> int:
    rows = [one.n_rows for one in chunks.values()]
    for name, one in chunks.items():
        if one.n_rows != rows[0]:
            raise refuse(name, f"has {one.n_rows} rows, {next(iter(chunks))} {rows[0]}", _ffi.KAM_ERR_SHAPE)
    return rows[0]


def net(contribution: Any, shared_cost: Any, net_revenue: Any, *, progress: Optional[Progress] = None,
        threads: Optional[int] = None) -> Table:
    """`net_profit` = contribution - shared cost, and its `ratio` to net revenue."""
    chunks = {name: _columns.column(name, data).whole()
              for name, data in (("contribution", contribution), ("shared_cost", shared_cost),
                                 ("net_revenue", net_revenue))}
    n_rows = _same_rows(chunks)
    made, part, flags, diag = Buffer("d", n_rows), Buffer("d", n_rows), Buffer("I", n_rows), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_profit_net(*[ctypes.byref(one.raw) for one in chunks.values()], n_rows,
                                      ctypes.byref(host.raw), made.at(), part.at(), flags.at(), ctypes.byref(diag)),
                   diag)
    return Table({"net_profit": made.view(), "ratio": part.view(), "row_flags": flags.view()})


def ratio(layer: Any, net_revenue: Any, *, progress: Optional[Progress] = None, threads: Optional[int] = None
          ) -> Table:
    """Any layer or cost over net revenue."""
    chunks = {"layer": _columns.column("layer", layer).whole(),
              "net_revenue": _columns.column("net_revenue", net_revenue).whole()}
    n_rows = _same_rows(chunks)
    part, flags, diag = Buffer("d", n_rows), Buffer("I", n_rows), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_profit_ratio(*[ctypes.byref(one.raw) for one in chunks.values()], n_rows,
                                        ctypes.byref(host.raw), part.at(), flags.at(), ctypes.byref(diag)), diag)
    return Table({"ratio": part.view(), "row_flags": flags.view()})


class Served:
    """What a book's shares of cost to serve and contribution are of."""

    def __init__(self, service_cost: float, contribution: float) -> None:
        self.raw = _ffi.kam_profit_served(service_cost, contribution)

    def over_served(self, service_cost: Any, contribution: Any, limit: float = 0.0, *,
                    progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
        """`cost_share`, `contribution_share`, `over_served`; limit 0 is the default, 1."""
        chunks = {"service_cost": _columns.column("service_cost", service_cost).whole(),
                  "contribution": _columns.column("contribution", contribution).whole()}
        n_rows = _same_rows(chunks)
        letters = {"over_served": "i", "row_flags": "I"}
        buffers = {name: Buffer(letters.get(name, "d"), n_rows)
                   for name, *_ in _ffi.kam_profit_served_out._fields_[2:-1]}
        defaults = ctypes.c_uint32()
        out = _ffi.kam_profit_served_out(struct_size=ctypes.sizeof(_ffi.kam_profit_served_out), defaults=ctypes.addressof(defaults),
                                         **{name: buffer.at() for name, buffer in buffers.items()})
        diag = new_diag()
        with Host(progress, threads) as host:
            host.check(lib.kam_profit_over_served(ctypes.byref(self.raw),
                                                  *[ctypes.byref(one.raw) for one in chunks.values()], n_rows, limit,
                                                  ctypes.byref(host.raw), ctypes.byref(out), ctypes.byref(diag)), diag)
        return Table({name: buffer.view() for name, buffer in buffers.items()}, defaults=defaults)


def served_fit(service_cost: Any, contribution: Any) -> Served:
    """Adds up a book."""
    chunks = {"service_cost": _columns.column("service_cost", service_cost).whole(),
              "contribution": _columns.column("contribution", contribution).whole()}
    n_rows, made, diag = _same_rows(chunks), Served(0, 0), new_diag()
    check(lib.kam_profit_served_fit(*[ctypes.byref(one.raw) for one in chunks.values()], n_rows,
                                    ctypes.byref(made.raw), ctypes.byref(diag)), diag)
    return made
