# SPDX-License-Identifier: MIT
"""The touch calendar: what is due, since when, and what comes next (kam/cadence.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Optional

from . import _care, _ffi, stage as _stage
from ._errors import check, new_diag
from ._host import Host, Progress
from ._library import lib
from ._table import Data, Table
from .calendar import Day, number
from .reason import language_of


class Rule(NamedTuple):
    """As kam_cadence_rule; tiers, classes and stages are codes, none of them asks for nothing."""
    touch: int
    every_days: int = 0
    every_months: int = 0
    tiers: Iterable[int] = ()
    classes: Iterable[int] = ()
    stages: Iterable[int] = ()
    from_month: int = 0
    to_month: int = 0


def _raw(rule: Rule) -> _ffi.kam_cadence_rule:
    return _ffi.kam_cadence_rule(rule.touch, _care.mask(rule.tiers), _care.mask(rule.classes), _care.mask(rule.stages),
                                 rule.from_month, rule.to_month, rule.every_days, rule.every_months)


def _codes(bits: int) -> tuple[int, ...]:
    return tuple(code for code in range(32) if bits >> code & 1)


def preset() -> list[Rule]:
    """The rules of L2 and L4."""
    memory = (_ffi.kam_cadence_rule * _ffi.KAM_CADENCE_PRESET)()
    check(lib.kam_cadence_preset(memory))
    return [Rule(one.touch, one.every_days, one.every_months, _codes(one.tiers), _codes(one.classes),
                 _codes(one.stages), one.from_month, one.to_month) for one in memory]


def options_of(rules: Sequence[Rule], keep: list[Any], months: Optional[Sequence[int]] = None
               ) -> _ffi.kam_cadence_options:
    """kam_cadence_options; what they point at goes to `keep`."""
    keep += [(_ffi.kam_cadence_rule * max(len(rules), 1))(*[_raw(rule) for rule in rules]), _stage.options(months)]
    return _ffi.kam_cadence_options(struct_size=ctypes.sizeof(_ffi.kam_cadence_options), n_rules=len(rules),
                                    rules=keep[-2], stages=ctypes.pointer(keep[-1]))


def due(contract_day: Any, as_of: Day, last: Mapping[int, Any], *, tier: Any = None, account_class: Any = None,
        rules: Optional[Sequence[Rule]] = None, months: Optional[Sequence[int]] = None,
        progress: Optional[Progress] = None, threads: Optional[int] = None) -> Table:
    """last: {touch: column of the days it was done last}. For each touch due_day_1, overdue_days_1, next_day_1,
    rule_1, ..., by the number of the touch. rules: the preset unless told; months: as in kam.stage.assign."""
    touches = list(last)
    columns = {"contract_day": contract_day, "tier": tier, "account_class": account_class,
               **{f"last_{touch}": column for touch, column in last.items()}}
    kinds = {name: "day" for name in columns if name.startswith(("contract", "last"))}
    n, found = _care.whole(columns, kinds)
    keep: list[Any] = []
    options = options_of(rules or (), keep, months)
    lasts = (_ffi.kam_column * max(len(touches), 1))(*[found[f"last_{touch}"].raw for touch in touches])
    raw = _ffi.kam_cadence_accounts(
        struct_size=ctypes.sizeof(_ffi.kam_cadence_accounts), n_touches=len(touches),
        touches=(ctypes.c_int32 * max(len(touches), 1))(*touches), last=lasts, n_rows=n,
        **{name: found[name].raw for name in ("contract_day", "tier", "account_class") if name in found})
    letters = {"due_day": "i", "overdue_days": "i", "next_day": "i", "rule": "i"}
    made = {**_care.buffers(letters, n * len(touches)), **_care.buffers({"row_flags": "I"}, n)}
    defaults = ctypes.c_uint32()
    out = _ffi.kam_cadence_out(struct_size=ctypes.sizeof(_ffi.kam_cadence_out), defaults=ctypes.addressof(defaults), **_care.addresses(made))
    diag = new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_cadence_due(ctypes.byref(raw), number(as_of, "as_of"), ctypes.byref(options),
                                       ctypes.byref(host.raw), ctypes.byref(out), ctypes.byref(diag)), diag)
    answers: dict[str, Data] = {f"{name}_{touch}": made[name].view()[k::len(touches)]
                                for k, touch in enumerate(touches) for name in letters}
    answers["row_flags"] = made["row_flags"].view()
    return Table(answers, days=[name for name in answers if name.startswith(("due_day", "next_day"))],
                 defaults=defaults)


def touch_name(touch: int, language: str = "en") -> str:
    """What a touch is called, in "en" or "zh"."""
    return str(lib.kam_cadence_touch_name(touch, language_of(language)).decode("utf-8"))
