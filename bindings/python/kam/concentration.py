# SPDX-License-Identifier: MIT
"""How much of a book hangs on few accounts, or groups of them
(kam/concentration.h)."""
from __future__ import annotations

import ctypes
from typing import Any, NamedTuple, Optional

from . import _columns, _ffi, _report
from ._errors import new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table


class Concentration(NamedTuple):
    """Each account's share of the total, and the book's numbers."""
    share: memoryview
    numbers: dict[str, Any]


def measure(amount: Any, *, progress: Optional[Progress] = None, threads: Optional[int] = None) -> Concentration:
    """Gini, Herfindahl-Hirschman, shares of the largest; as in kam_concentration."""
    chunk = _columns.column("amount", amount).whole()
    share, numbers, diag = Buffer("d", chunk.n_rows), _report.new(_ffi.kam_concentration), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_concentration_measure(ctypes.byref(chunk.raw), chunk.n_rows, ctypes.byref(host.raw),
                                                 share.at(), ctypes.byref(numbers), ctypes.byref(diag)), diag)
    return Concentration(share.view(), _report.as_dict(numbers))


def curve(amount: Any, *, progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
    """What the 1, 2, ... largest hold of the total (`top`), and the smallest (`lorenz`)."""
    chunk = _columns.column("amount", amount).whole()
    top, lorenz = Buffer("d", chunk.n_rows), Buffer("d", chunk.n_rows)
    n_known, diag = ctypes.c_int64(), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_concentration_curve(ctypes.byref(chunk.raw), chunk.n_rows, ctypes.byref(host.raw), top.at(),
                                               lorenz.at(), ctypes.byref(n_known), ctypes.byref(diag)), diag)
    return Table({"top": top.view()[:n_known.value], "lorenz": lorenz.view()[:n_known.value]})


class Groups(NamedTuple):
    """The group of every account, and each group's amount."""
    group: memoryview
    amount: memoryview


def groups(parent: Any, amount: Any, key: Any = None, *, progress: Optional[Progress] = None,
           threads: Optional[int] = None) -> Groups:
    """Accounts under common control: those that `parent` joins, through any
    number of steps when `key` names the accounts."""
    parents, amounts = _columns.column("parent", parent, "key").whole(), _columns.column("amount", amount).whole()
    keys = None if key is None else _columns.column("key", key, "key").whole()
    group, total = Buffer("q", amounts.n_rows), Buffer("d", amounts.n_rows)
    n_groups, diag = ctypes.c_int64(), new_diag()
    for one in parents, keys:
        if one is not None and one.n_rows != amounts.n_rows:
            raise refuse("parent" if one is parents else "key", f"has {one.n_rows} rows, amount {amounts.n_rows}",
                         _ffi.KAM_ERR_SHAPE)
    with Host(progress, threads) as host:
        host.check(lib.kam_concentration_groups(None if keys is None else ctypes.byref(keys.raw),
                                                ctypes.byref(parents.raw), ctypes.byref(amounts.raw), amounts.n_rows,
                                                ctypes.byref(host.raw), group.at(), total.at(),
                                                ctypes.byref(n_groups), ctypes.byref(diag)), diag)
    return Groups(group.view(), total.view()[:n_groups.value])
