# SPDX-License-Identifier: MIT
"""How old a relation is, in calendar months (kam/stage.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, Optional

from . import _care, _ffi
from ._errors import check, new_diag
from ._host import Host, Progress
from ._library import lib
from ._table import Table
from .calendar import Day, number
from .reason import language_of


def options(months: Optional[Sequence[int]] = None) -> _ffi.kam_stage_options:
    made = _ffi.kam_stage_options()
    check(lib.kam_stage_options_init(ctypes.byref(made), ctypes.sizeof(made)))
    if months is not None:
        made.months[:] = list(months)
    return made


def assign(contract_day: Any, as_of: Day, months: Optional[Sequence[int]] = None, *,
           progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
    """`stage` (0 initial .. 3 symbiosis, -1 unknown), `next_day`, `days_to_next`. months: where stages end, 3, 12
    and 36 unless told."""
    n, found = _care.whole({"contract_day": contract_day}, {"contract_day": "day"})
    made = _care.buffers({"stage": "i", "next_day": "i", "days_to_next": "d", "row_flags": "I"}, n)
    defaults = ctypes.c_uint32()
    out = _ffi.kam_stage_out(struct_size=ctypes.sizeof(_ffi.kam_stage_out), defaults=ctypes.addressof(defaults), **_care.addresses(made))
    diag = new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_stage_assign(ctypes.byref(found["contract_day"].raw), n, number(as_of, "as_of"),
                                        ctypes.byref(options(months)), ctypes.byref(host.raw), ctypes.byref(out),
                                        ctypes.byref(diag)), diag)
    return Table({name: buffer.view() for name, buffer in made.items()}, days=("next_day",), defaults=defaults)


def name(stage: int, language: str = "en") -> str:
    """What a stage is called, in "en" or "zh"."""
    return str(lib.kam_stage_name(stage, language_of(language)).decode("utf-8"))
