# SPDX-License-Identifier: MIT
"""How fast we answer: limits by stage, and clocks (kam/service_level.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import Any, Optional

from . import _care, _ffi
from ._errors import check, new_diag
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table
from .business import Hours, Time, at, seconds_of
from .calendar import Day, number
from .reason import language_of


def options(hours: Optional[Mapping[tuple[int, int], float]] = None, early_days: Optional[int] = None
            ) -> _ffi.kam_service_level_options:
    """hours: {(stage, service): hours}, on top of the defaults."""
    made = _ffi.kam_service_level_options()
    check(lib.kam_service_level_options_init(ctypes.byref(made), ctypes.sizeof(made)))
    for (stage, service), limit in (hours or {}).items():
        made.hours[stage][service] = limit
    if early_days is not None:
        made.early_days = early_days
    return made


def limits(stage: Any, service: Any, hours: Optional[Mapping[tuple[int, int], float]] = None) -> Table:
    """`hours` that each row has, by stage (0..3) and service (0 reply, 1 resolve, 2 priority reply, 3 handover)."""
    n, found = _care.whole({"stage": stage, "service": service}, {})
    made, diag = _care.buffers({"hours": "d", "row_flags": "I"}, n), new_diag()
    with Host() as host:
        host.check(lib.kam_service_level_limits(
            ctypes.byref(found["stage"].raw), ctypes.byref(found["service"].raw), n, ctypes.byref(options(hours)),
            ctypes.byref(host.raw), made["hours"].at(), made["row_flags"].at(), ctypes.byref(diag)), diag)
    return Table({name: buffer.view() for name, buffer in made.items()})


def clock(started: Any, stopped: Any, limit: Any, now: Time, hours: Optional[Hours] = None, *,
          progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
    """`due`, `hours`, `hours_left`, `met` (1, 0, -1 running). started, stopped: seconds since 1970 of the office's
    clock, None while running; limit: hours."""
    n, found = _care.whole({"started": started, "stopped": stopped, "limit": limit},
                           {"started": "key", "stopped": "key"})
    raw = _ffi.kam_service_level_clocks(struct_size=ctypes.sizeof(_ffi.kam_service_level_clocks), n_rows=n,
                                        **{name: chunk.raw for name, chunk in found.items()})
    made = _care.buffers({"due": "q", "hours": "d", "hours_left": "d", "met": "i", "row_flags": "I"}, n)
    out = _ffi.kam_service_level_out(struct_size=ctypes.sizeof(_ffi.kam_service_level_out), **_care.addresses(made))
    diag = new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_service_level_clock(ctypes.byref(raw), at(hours), seconds_of(now, "now"),
                                               ctypes.byref(host.raw), ctypes.byref(out), ctypes.byref(diag)), diag)
    return Table({name: buffer.view() for name, buffer in made.items()})


def first_orders(promised_day: Any, delivered_day: Any, as_of: Day, early_days: Optional[int] = None) -> Table:
    """`early_days` that first orders came, and whether that `met` the level (1, 0, -1 open)."""
    kinds = {"promised_day": "day", "delivered_day": "day"}
    n, found = _care.whole({"promised_day": promised_day, "delivered_day": delivered_day}, kinds)
    raw = _ffi.kam_service_level_orders(struct_size=ctypes.sizeof(_ffi.kam_service_level_orders),
                                        as_of_day=number(as_of, "as_of"), n_rows=n,
                                        **{name: chunk.raw for name, chunk in found.items()})
    early, met, diag = Buffer("d", n), Buffer("i", n), new_diag()
    with Host() as host:
        host.check(lib.kam_service_level_first_orders(
            ctypes.byref(raw), ctypes.byref(options(early_days=early_days)), ctypes.byref(host.raw), early.at(),
            met.at(), ctypes.byref(diag)), diag)
    return Table({"early_days": early.view(), "met": met.view()})


def name(service: int, language: str = "en") -> str:
    """What is limited, in "en" or "zh"."""
    return str(lib.kam_service_level_name(service, language_of(language)).decode("utf-8"))
