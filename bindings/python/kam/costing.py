# SPDX-License-Identifier: MIT
"""What it costs to serve an account, and shared cost laid on accounts
(kam/costing.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, NamedTuple, Optional

from . import _columns, _ffi
from ._errors import new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table


class Pool(NamedTuple):
    """What it costs, and its practical capacity."""
    cost: float
    capacity: float


class Activity(NamedTuple):
    """Whose capacity it takes, and how much of it one takes."""
    pool: int
    units_each: float = 1.0


class Costing(NamedTuple):
    """`lines` (amount, rate, row_flags), the cost of each account, and what
    became of each pool: as in kam_costing_out."""
    lines: Table
    account_cost: memoryview
    use: list[dict[str, Any]]


def allocate(pools: Sequence[Pool], activities: Sequence[Activity], account: Any, activity: Any, quantity: Any,
             n_accounts: int, *, cents: int = 100, progress: Optional[Progress] = None,
             threads: Optional[int] = None) -> Costing:
    """Lays the used cost of each pool on its lines, to the last cent."""
    raw_pools = (_ffi.kam_costing_pool * max(len(pools), 1))(*[_ffi.kam_costing_pool(*one) for one in pools])
    raw_activities = (_ffi.kam_costing_activity * max(len(activities), 1))(
        *[_ffi.kam_costing_activity(pool=one[0], units_each=one[1]) for one in activities])
    model = _ffi.kam_costing_model(struct_size=ctypes.sizeof(_ffi.kam_costing_model), n_pools=len(pools),
                                   n_activities=len(activities), cents=cents, pools=raw_pools,
                                   activities=raw_activities)
    columns = {name: _columns.column(name, data).whole()
               for name, data in (("account", account), ("activity", activity), ("quantity", quantity))}
    n_rows = columns["account"].n_rows
    for name, one in columns.items():
        if one.n_rows != n_rows:
            raise refuse(name, f"has {one.n_rows} rows, account {n_rows}", _ffi.KAM_ERR_SHAPE)
    lines = _ffi.kam_costing_lines(struct_size=ctypes.sizeof(_ffi.kam_costing_lines), n_rows=n_rows,
                                   n_accounts=n_accounts, **{name: one.raw for name, one in columns.items()})
    buffers = {"amount": Buffer("d", n_rows), "rate": Buffer("d", n_rows), "row_flags": Buffer("I", n_rows)}
    account_cost, use = Buffer("d", max(n_accounts, 0)), (_ffi.kam_costing_use * max(len(pools), 1))()
    defaults = ctypes.c_uint32()
    out = _ffi.kam_costing_out(struct_size=ctypes.sizeof(_ffi.kam_costing_out), defaults=ctypes.addressof(defaults), account_cost=account_cost.at(),
                               use=ctypes.addressof(use), **{name: one.at() for name, one in buffers.items()})
    diag = new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_costing_allocate(ctypes.byref(model), ctypes.byref(lines), ctypes.byref(host.raw),
                                            ctypes.byref(out), ctypes.byref(diag)), diag)
    return Costing(Table({name: one.view() for name, one in buffers.items()}, defaults=defaults), account_cost.view(),
                   [{name: getattr(one, name) for name, *_ in one._fields_} for one in use])


def spread(total: float, key: Any, *, cents: int = 100, progress: Optional[Progress] = None,
           threads: Optional[int] = None) -> memoryview:
    """A shared cost in proportion to a key, to the last cent."""
    chunk = _columns.column("key", key).whole()
    amount, diag = Buffer("d", chunk.n_rows), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_costing_spread(total, ctypes.byref(chunk.raw), chunk.n_rows, cents, ctypes.byref(host.raw),
                                          amount.at(), ctypes.byref(diag)), diag)
    return amount.view()
