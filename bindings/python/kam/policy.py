# SPDX-License-Identifier: MIT
"""A company's rules in one place, checked (kam/policy.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, Optional

from . import _ffi, cadence as _cadence, clv as _clv, kpi as _kpi, matrix as _matrix, playbook as _playbook, \
    service_level as _service_level, stage as _stage
from ._errors import check as _check, new_diag
from ._library import lib
from .tier import Policy as Tiers


def parts() -> dict[str, int]:
    """The parts of a policy and their bits."""
    return {lib.kam_policy_part_name(1 << bit).decode(): 1 << bit for bit in range(8)}


class Policy:
    """A company's rules, as kam.fit and kam.score take them: what is left out stands at its default. Each part is
    checked where it is used, all of them by `defaults`. matrix, future, figures: options by name, as
    kam.matrix.fit, kam.clv.interval and kam.kpi take them; the rest as kam.stage.assign, kam.cadence.due,
    kam.service_level.limits and kam.playbook.actions do."""

    def __init__(self, *, tiers: Optional[Tiers] = None, matrix: Optional[Mapping[str, Any]] = None,
                 months: Optional[Sequence[int]] = None, cadence: Sequence[_cadence.Rule] = (),
                 hours: Optional[Mapping[tuple[int, int], float]] = None, early_days: Optional[int] = None,
                 playbook: Sequence[_playbook.Rule] = (), instead: bool = False, width: int = 0,
                 future: Optional[Mapping[str, float]] = None, figures: Optional[Mapping[str, Any]] = None) -> None:
        self._keep: list[Any] = [tiers]
        self.raw = _ffi.kam_policy(struct_size=ctypes.sizeof(_ffi.kam_policy))
        if tiers is not None:
            self.raw.tiers = self._at(tiers.raw)
        if matrix is not None:
            self.raw.matrix = self._at(_matrix._options(dict(matrix)))
        if months is not None:
            self.raw.stages = self._at(_stage.options(months))
        if cadence:
            self.raw.cadence = self._at(_cadence.options_of(cadence, self._keep, months))
        self.raw.service_levels = self._at(_service_level.options(hours, early_days))
        self.raw.playbook = self._at(_playbook.options_of(playbook, instead, width, self._keep))
        if future is not None:
            self.raw.future = self._at(_clv.options(*map(future.get, _clv.OPTIONS)))
        if figures is not None:
            self.raw.figures = self._at(_kpi.options_of(figures))

    def _at(self, raw: Any) -> Any:
        self._keep.append(raw)
        return ctypes.pointer(raw)

    def defaults(self) -> dict[str, bool]:
        """Checks every part as its module would; {part: whether it stands at its defaults}."""
        defaults, diag = ctypes.c_uint32(), new_diag()
        _check(lib.kam_policy_check(ctypes.byref(self.raw), ctypes.byref(defaults), ctypes.byref(diag)), diag)
        return {name: bool(defaults.value & bit) for name, bit in parts().items()}


def raw_of(policy: Optional[Policy], *future: Optional[float]) -> _ffi.kam_policy:
    """The policy as C takes it; what of its future is given, in the order of kam.clv.OPTIONS, goes before its own."""
    made = _ffi.kam_policy(struct_size=ctypes.sizeof(_ffi.kam_policy))
    if policy is not None:
        made = _ffi.kam_policy.from_buffer_copy(policy.raw)
    if policy is None or any(given is not None for given in future):
        own = made.future.contents if made.future else None
        made.future = ctypes.pointer(_clv.options(*(
            getattr(own, name) if given is None and own else given
            for name, given in zip_longest(_clv.OPTIONS, future))))
    return made


def width_of(policy: Optional[Policy]) -> int:
    """Actions an account that the answers of its playbook have room for."""
    return (policy.raw.playbook.contents.width if policy is not None and policy.raw.playbook else 0) or 16


def names_of(bits: int) -> list[str]:
    """The parts whose bits are set."""
    return [name for name, bit in parts().items() if bits & bit]


def check(**rules: Any) -> dict[str, bool]:
    """Policy(**rules).defaults()."""
    return Policy(**rules).defaults()
