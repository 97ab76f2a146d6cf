# SPDX-License-Identifier: MIT
"""A table of contracts: what was known of each on a day, and what came of it (kam/contracts.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import Any, Optional

from . import _care, _ffi
from ._errors import new_diag
from ._host import Host, Progress
from ._library import lib
from ._table import Table
from .calendar import Day, number

#: the days of a month where lengths are counted in terms
MONTH_DAYS = 30.4375
RUNS, LEAVES, ENDED, TO_COME, UNSEEN = (
    _ffi.KAM_CONTRACTS_RUNS, _ffi.KAM_CONTRACTS_LEAVES, _ffi.KAM_CONTRACTS_ENDED, _ffi.KAM_CONTRACTS_TO_COME,
    _ffi.KAM_CONTRACTS_UNSEEN)

_KNOWN = {"state": "i", "renewals": "d", "contract_ended": "d", "renewals_before": "d", "periods_to_end": "d", "end_day": "i",
          "row_flags": "I"}
_CAME = {"renewed": "d", "ended": "d", "open": "d", "early": "d", "lost": "d", "terms": "d", "row_flags": "I"}


def _ask(function: Any, columns: Mapping[str, Any], days: tuple[Any, ...], kind: Any, letters: Mapping[str, str],
         progress: Optional[Progress], threads: Optional[int]) -> Table:
    n, found = _care.whole(columns, {"start_day": "day", "end_day": "day"})
    raw = _ffi.kam_contracts(struct_size=ctypes.sizeof(_ffi.kam_contracts), n_rows=n,
                             **{name: one.raw for name, one in found.items()})
    made = _care.buffers(letters, n)
    out, diag = kind(struct_size=ctypes.sizeof(kind), **_care.addresses(made)), new_diag()
    with Host(progress, threads) as host:
        host.check(function(ctypes.byref(raw), *days, ctypes.byref(host.raw), ctypes.byref(out), ctypes.byref(diag)), diag)
    return Table({name: buffer.view() for name, buffer in made.items()}, days=["end_day"])


def known(*, start_day: Any, term_months: Any, end_day: Any = None, ended: Any = None, as_of: Day, since: Optional[Day] = None,
          is_past: bool = False, progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
    """`state` (RUNS, LEAVES, ENDED, TO_COME, UNSEEN; 0: unusable), `renewals`, `contract_ended`, `renewals_before`,
    `periods_to_end`, which kam.retention reads, and `end_day`: as known today, or, with is_past, when that day was over."""
    columns = {"start_day": start_day, "end_day": end_day, "ended": ended, "term_months": term_months}
    days = (number(as_of, "as_of"), _ffi.KAM_NO_DAY if since is None else number(since, "since"), int(is_past))
    return _ask(lib.kam_contracts_known, columns, days, _ffi.kam_contracts_view, _KNOWN, progress, threads)


def came(*, start_day: Any, term_months: Any, end_day: Any = None, ended: Any = None, day: Day, last: Day, as_of: Day,
         progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
    """What came in the days after `day` to `last` of the contracts that ran then: decisions that `renewed`, whether one
    more `ended` it or is `open`, whether it ended `early` and is `lost`, and the `terms` that it ran."""
    columns = {"start_day": start_day, "end_day": end_day, "ended": ended, "term_months": term_months}
    days = (number(day, "day"), number(last, "last"), number(as_of, "as_of"))
    return _ask(lib.kam_contracts_came, columns, days, _ffi.kam_contracts_outcome, _CAME, progress, threads)
