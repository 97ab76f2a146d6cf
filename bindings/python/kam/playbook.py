# SPDX-License-Identifier: MIT
"""What to do for an account, and the defence checklist (kam/playbook.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Optional

from . import _care, _ffi
from ._errors import check, new_diag
from ._host import Host, Progress
from ._library import lib
from ._table import Data, Table
from .reason import language_of

DEFENCE = ("communication", "demand", "development", "quality", "service", "logistics", "benefit")


class Rule(NamedTuple):
    """As kam_playbook_rule; codes instead of bits, none of them asks for nothing."""
    action: int
    due_days: int
    tiers: Iterable[int] = ()
    classes: Iterable[int] = ()
    stages: Iterable[int] = ()
    alarms: Iterable[int] = ()


def _codes(bits: int) -> tuple[int, ...]:
    return tuple(code for code in range(32) if bits >> code & 1)


def preset() -> list[Rule]:
    """The rules of A1."""
    memory = (_ffi.kam_playbook_rule * _ffi.KAM_PLAYBOOK_PRESET)()
    check(lib.kam_playbook_preset(memory))
    return [Rule(one.action, one.due_days, _codes(one.tiers), _codes(one.classes), _codes(one.stages),
                 _codes(one.alarms)) for one in memory]


def options_of(rules: Sequence[Rule], instead: bool, width: int, keep: list[Any]) -> _ffi.kam_playbook_options:
    """kam_playbook_options; what they point at goes to `keep`."""
    keep.append((_ffi.kam_playbook_rule * max(len(rules), 1))(*[
        _ffi.kam_playbook_rule(rule.action, rule.due_days, *map(_care.mask, rule[2:])) for rule in rules]))
    return _ffi.kam_playbook_options(struct_size=ctypes.sizeof(_ffi.kam_playbook_options), n_rules=len(rules),
                                     rules=keep[-1], instead=int(instead), width=width)


def actions(tier: Any = None, account_class: Any = None, stage: Any = None, alarms: Any = None, *,
            rules: Sequence[Rule] = (), instead: bool = False, width: int = 16, progress: Optional[Progress] = None,
            threads: Optional[int] = None) -> Table:
    """`n_actions`, and action_1, due_days_1, rule_1, ... up to `width`. rules: on top of the preset, or instead."""
    n, found = _care.whole({"tier": tier, "account_class": account_class, "stage": stage, "alarms": alarms},
                           {"alarms": "key"})
    raw = _ffi.kam_playbook_accounts(struct_size=ctypes.sizeof(_ffi.kam_playbook_accounts), n_rows=n,
                                     **{name: chunk.raw for name, chunk in found.items()})
    keep: list[Any] = []
    options = options_of(rules, instead, width, keep)
    letters = {"action": "i", "due_days": "i", "rule": "i"}
    made = {**_care.buffers({"n_actions": "i", "row_flags": "I"}, n), **_care.buffers(letters, n * max(width, 1))}
    defaults = ctypes.c_uint32()
    out = _ffi.kam_playbook_out(struct_size=ctypes.sizeof(_ffi.kam_playbook_out), defaults=ctypes.addressof(defaults), **_care.addresses(made))
    diag = new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_playbook_actions(ctypes.byref(raw), ctypes.byref(options), ctypes.byref(host.raw),
                                            ctypes.byref(out), ctypes.byref(diag)), diag)
    answers: dict[str, Data] = {"n_actions": made["n_actions"].view()}
    answers.update((f"{name}_{k + 1}", made[name].view()[k::width]) for k in range(width) for name in letters)
    answers["row_flags"] = made["row_flags"].view()
    return Table(answers, defaults=defaults)


def defence(**points: Any) -> Table:
    """`completion`, bits of `gaps` and of `unknown`. Columns of 0 and 1 named as in DEFENCE; None: not known."""
    for name in points:
        if name not in DEFENCE:
            raise TypeError(f"{name!r} is no point of the checklist: {', '.join(DEFENCE)}")
    n, found = _care.whole(points, {})
    columns = (_ffi.kam_column * len(DEFENCE))(*[
        found[name].raw if name in found else _ffi.kam_column() for name in DEFENCE])
    made = _care.buffers({"completion": "d", "gaps": "I", "unknown": "I"}, n)
    diag = new_diag()
    with Host() as host:
        host.check(lib.kam_playbook_defence(columns, n, ctypes.byref(host.raw), *[one.at() for one in made.values()],
                                            ctypes.byref(diag)), diag)
    return Table({name: buffer.view() for name, buffer in made.items()})


def action_name(action: int, language: str = "en") -> str:
    """What an action is called, in "en" or "zh"."""
    return str(lib.kam_playbook_action_name(action, language_of(language)).decode("utf-8"))


def defence_name(point: int, language: str = "en") -> str:
    """What a point of the checklist is called, in "en" or "zh"."""
    return str(lib.kam_playbook_defence_name(point, language_of(language)).decode("utf-8"))
