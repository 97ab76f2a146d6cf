# SPDX-License-Identifier: MIT
"""A company's rules in one place, checked (kam/policy.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import Any, Optional

from . import _ffi, cadence as _cadence, clv as _clv, kpi as _kpi, matrix as _matrix, playbook as _playbook, \
    service_level as _service_level, stage as _stage
from ._errors import check as _check, new_diag
from ._library import lib
from .tier import Policy as Tiers


def parts() -> dict[str, int]:
    """The parts of a policy and their bits."""
    return {lib.kam_policy_part_name(1 << bit).decode(): 1 << bit for bit in range(8)}


def check(*, tiers: Optional[Tiers] = None, matrix: Optional[Mapping[str, Any]] = None,
          months: Optional[Sequence[int]] = None, cadence: Sequence[_cadence.Rule] = (),
          hours: Optional[Mapping[tuple[int, int], float]] = None, early_days: Optional[int] = None,
          playbook: Sequence[_playbook.Rule] = (), instead: bool = False,
          future: Optional[Mapping[str, float]] = None, figures: Optional[Mapping[str, Any]] = None) -> dict[str, bool]:
    """Checks every part as its module would; {part: whether it stands at its defaults}. matrix, future, figures:
    options by name, as kam.matrix.fit, kam.clv.interval and kam.kpi take them; the rest as kam.stage.assign,
    kam.cadence.due, kam.service_level.limits and kam.playbook.actions do."""
    keep: list[Any] = []

    def at(raw: Any) -> Any:
        keep.append(raw)
        return ctypes.pointer(raw)

    policy = _ffi.kam_policy(struct_size=ctypes.sizeof(_ffi.kam_policy))
    if tiers is not None:
        policy.tiers = at(tiers.raw)
    if matrix is not None:
        policy.matrix = at(_matrix._options(dict(matrix)))
    policy.stages = at(_stage.options(months))
    if cadence:
        policy.cadence = at(_cadence.options_of(cadence, keep))
    policy.service_levels = at(_service_level.options(hours, early_days))
    policy.playbook = at(_playbook.options_of(playbook, instead, 0, keep))
    if future is not None:
        policy.future = at(_clv.options(future.get("horizon_days"), future.get("discount_per_year"),
                                        future.get("interval")))
    if figures is not None:
        policy.figures = at(_kpi.options_of(figures))
    defaults, diag = ctypes.c_uint32(), new_diag()
    _check(lib.kam_policy_check(ctypes.byref(policy), ctypes.byref(defaults), ctypes.byref(diag)), diag)
    return {name: bool(defaults.value & bit) for name, bit in parts().items()}
