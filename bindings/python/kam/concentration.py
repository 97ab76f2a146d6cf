# SPDX-License-Identifier: MIT
"""How much of a book hangs on few accounts (kam/concentration.h)."""
from __future__ import annotations

import ctypes
from typing import Any, NamedTuple, Optional

from . import _columns, _ffi, _report
from ._errors import new_diag
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer


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
