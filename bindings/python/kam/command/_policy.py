# SPDX-License-Identifier: MIT
"""--policy and --policy-print: a company's rules from a file of JSON, and back, byte
for byte as kam-score has them. docs/policy.md has the words."""
from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any, Callable, NoReturn, Optional

from .. import _ffi, cadence, clv, kpi, matrix, playbook, policy, service_level, stage, tier
from .._errors import KamError
from ._text import Failure

#: what the file calls a basis, and what kam.tier does
BASES = {"revenue": "score", "top": "rank", "total": "total"}
#: bytes that are not UTF-8, as Python keeps them
_BROKEN = re.compile("[\udc80-\udcff]")
_OWN = 1000

# Names of codes; the first stands for the number beside them.
_TOUCHES = [cadence.touch_name(code) for code in range(1, _ffi.KAM_TOUCH_RIVAL_WATCH + 1)]
_ACTIONS = [playbook.action_name(code) for code in range(1, _ffi.KAM_ACTION_SENIOR_CONTACT + 1)]
_CLASSES = [matrix.class_name(code) for code in range(1, _ffi.KAM_MATRIX_UNCLASSIFIED + 1)]
_STAGES = [stage.name(code) for code in range(_ffi.KAM_STAGE_COUNT)]
_SERVICES = [service_level.name(code) for code in range(_ffi.KAM_SERVICE_COUNT)]

#: the words of each part, and what each may hold
_MATRIX = {"top_basis": "basis", **dict.fromkeys(
    ("top_share", "middle_share", "high_growth", "low_growth", "wallet_share", "pain_least", "most_variation",
     "trend_level"), "number"), "least_quarters": "whole", "missing_is_no": "yes"}
_TOUCH = {"touch": "touch", "tiers": "tiers", "classes": "classes", "stages": "stages", "from_month": "whole",
          "to_month": "whole", "every_days": "whole", "every_months": "whole"}
_PLAYBOOK = {"instead": "yes", "width": "whole"}
_ACTION = {"action": "action", "due_days": "due", "tiers": "tiers", "classes": "classes", "stages": "stages",
           "alarms": "alarms"}
_FUTURE = {"horizon_days": "number or inf", "discount_per_year": "number", "interval": "number"}
_FIGURES = {"confidence": "number", "age_days": "three", "scale": "whole", "grace_days": "whole"}
_BAND = {"enter": "number", "keep": "number"}
_PARTS = ("tiers", "matrix", "stages", "cadence", "service_levels", "playbook", "future", "figures", "defaults")


class Policy:
    """What is known so far; no bands: the tiers are not told yet."""

    def __init__(self) -> None:
        future, figures = clv.options(None, None, None), kpi.options_of({})
        self.future: dict[str, float] = {name: getattr(future, name) for name in _FUTURE}
        self.figures: dict[str, Any] = {name: getattr(figures, name) for name in _FIGURES}
        self.figures["age_days"] = list(figures.age_days)
        usual = matrix._options({})
        self.matrix: dict[str, Any] = {name: getattr(usual, name) for name in _MATRIX}
        self.matrix["top_basis"] = "top"
        self.months: list[int] = list(stage.options().months)
        self.touches: list[cadence.Rule] = []
        self.instead, self.width = False, 16
        self.actions: list[playbook.Rule] = []
        levels = service_level.options(None, None)
        self.early_days: int = levels.early_days
        self.hours = [list(of_stage) for of_stage in levels.hours]
        self.basis = "revenue"
        self.bands: list[tuple[float, float]] = []

    @property
    def tiers(self) -> tier.Policy:
        return tier.Policy(BASES[self.basis], self.bands)

    def set_tiers(self, tiers: tuple[str, list[tuple[float, float]]]) -> None:
        self.basis, self.bands = tiers

    @property
    def thresholds(self) -> dict[str, Any]:
        """Those of the matrix, as kam.matrix takes them."""
        return {**self.matrix, "top_basis": BASES[self.matrix["top_basis"]],
                "missing_is_no": int(self.matrix["missing_is_no"])}

    def _part(self, name: str) -> dict[str, Any]:
        """What kam.policy.Policy is told of a part."""
        hours = {(s, k): hours for s, row in enumerate(self.hours) for k, hours in enumerate(row)}
        parts: dict[str, dict[str, Any]] = {
            "tiers": {"tiers": self.tiers} if self.bands else {},
            "matrix": {"matrix": self.thresholds},
            "stages": {"months": self.months},
            "cadence": {"cadence": self.touches},
            "service_levels": {"hours": hours, "early_days": self.early_days},
            "playbook": {"playbook": self.actions, "instead": self.instead, "width": self.width},
            "future": {"future": self.future},
            "figures": {"figures": self.figures}}
        return parts[name]

    def whole(self) -> policy.Policy:
        return policy.Policy(**{key: value for name in _PARTS[:-1] for key, value in self._part(name).items()})

    def check(self, source: str) -> None:
        """Checks each part alone; `source` is what to blame."""
        for name in _PARTS[:-1]:
            try:
                policy.Policy(**self._part(name)).defaults()
            except KamError as error:
                _, dot, key = error.argument.partition(".")
                path, more, last = key.partition(".")
                row = f"[{error.row}]" if error.row is not None and dot else ""
                raise Failure(f"{source}: {name}{dot}{path}{row}{more}{last}: {error.message}") from None

    def text(self) -> str:
        """As such a file."""
        touches = self.touches or cadence.preset()
        actions = ([] if self.instead else playbook.preset()) + self.actions
        whole = {
            "tiers": {"basis": self.basis, "bands": [{"enter": _shown(a), "keep": _shown(b)} for a, b in self.bands]},
            "matrix": _values(_MATRIX, self.matrix), "stages": {"months": self.months},
            "cadence": {"rules": [_values(_TOUCH, one._asdict(), ("touch",)) for one in touches]},
            "service_levels": {"early_days": self.early_days, "hours": {
                name: {service: _shown(hours) for service, hours in zip(_SERVICES, row)}
                for name, row in zip(_STAGES, self.hours)}},
            "playbook": {"instead": True, "width": self.width,
                         "rules": [_values(_ACTION, one._asdict(), ("action", "due_days")) for one in actions]},
            "future": _values(_FUTURE, self.future), "figures": _values(_FIGURES, self.figures),
            "defaults": [name for name, is_default in self.whole().defaults().items() if is_default]}
        return re.sub(r'"=([^"]*)"', r"\1", json.dumps(whole, indent=2, ensure_ascii=False)) + "\n"


def _codes_shown(kind: str, codes: Sequence[int]) -> Any:
    if kind == "alarms" and len(codes) == 32:
        return "any"
    names = {"classes": ["", *_CLASSES], "stages": _STAGES}.get(kind, [])
    return [names[code] if code < len(names) and names[code] else code + (kind == "tiers") for code in codes]


def _value(kind: str, value: Any) -> Any:
    """A value as the file has it."""
    if kind in ("number", "number or inf"):
        return _shown(value)
    if kind == "yes":
        return bool(value)
    if kind in ("touch", "action"):
        names = _TOUCHES if kind == "touch" else _ACTIONS
        return names[value - 1] if 1 <= value <= len(names) else value
    if kind == "due":
        return "never" if value < 0 else value
    if kind in ("tiers", "classes", "stages", "alarms"):
        return _codes_shown(kind, sorted(set(value)))
    return value


def _values(kinds: Mapping[str, str], values: Mapping[str, Any], needed: Optional[Sequence[str]] = None) -> dict[str, Any]:
    """Values by their words; in rules only those that ask for something."""
    return {name: _value(kind, values[name]) for name, kind in kinds.items()
            if needed is None or name in needed or values[name] not in (0, (), [])}


def _shown(value: float) -> Any:
    """A number as the C tool has it, marked for `text`: at most 15 digits, 1e20."""
    if math.isnan(value):
        return None
    if math.isinf(value):
        return "inf"
    if value == math.floor(value) and abs(value) < 1e15:
        return int(value)
    return _digits(value)


def _digits(value: float) -> str:
    digits, e, power = f"{value:.15g}".partition("e")
    if not e:
        return "=" + digits
    return f"={digits}e{int(power)}"


def _no_json(path: str, text: str, at: int) -> NoReturn:
    line = text.count("\n", 0, at) + 1
    raise Failure(f"{path}:{line}: what stands here is no JSON")


class _BadNumber(Exception):
    """A number that a double or a 64-bit integer cannot hold."""


def _whole(text: str) -> int:
    if not -2**63 <= int(text) < 2**63:
        raise _BadNumber(text)
    return int(text)


def _real(text: str) -> float:
    if math.isinf(float(text)):
        raise _BadNumber(text)
    return float(text)


def _constant(text: str) -> NoReturn:
    raise _BadNumber(text)


def _parse(path: str) -> Any:
    try:
        with nullcontext(sys.stdin.buffer) if path == "-" else open(path, "rb") as file:
            text = file.read().decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}") from None
    path = "stdin" if path == "-" else path

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise Failure(f"{path}: a key stands twice in one object")
        return dict(pairs)

    broken = _BROKEN.search(text)
    end = len(text) if broken is None else broken.start()
    first = len(text) - len(text.lstrip(" \t\r\n"))
    if text[first:first + 1] not in ("{", "["):
        _no_json(path, text, first)
    try:
        found: Any = json.loads(text, object_pairs_hook=members, parse_int=_whole, parse_float=_real, parse_constant=_constant)
    except json.JSONDecodeError as error:
        _no_json(path, text, min(error.pos, end))
    except _BadNumber as number:
        _no_json(path, text, min(text.index(str(number)), end))
    except RecursionError:
        _no_json(path, text, 0)
    if broken is not None:
        _no_json(path, text, end)
    return found


class _Place:
    """Where in a file: which file, and the path of keys to what is being read."""

    def __init__(self, file: str, path: str = "") -> None:
        self.file, self.path = file, path

    def __getitem__(self, key: Any) -> _Place:
        return _Place(self.file, f"{self.path}[{key}]" if isinstance(key, int) else
                      f"{self.path}.{key}" if self.path else key)

    def refuse(self, value: Any, what: str) -> NoReturn:
        text = re.sub(r'"=([^"]*)"', r"\1", json.dumps(_as_written(value), ensure_ascii=False, separators=(",", ":")))
        tail = f", not {text}" if len(text.encode("utf-8", "surrogateescape")) <= 60 else ""
        raise Failure(f"{self.file}: {self.path or 'a policy'} must be {what}{tail}")

    def keys(self, found: Any, known: Sequence[str]) -> dict[str, Any]:
        if not isinstance(found, dict):
            self.refuse(found, "an object, { ... }")
        for key in found:
            if key not in known:
                raise Failure(f'{self.file}: {self.path or "a policy"} has no "{key}"; it has {", ".join(known)}')
        return found

    def lacks(self, key: str) -> NoReturn:
        raise Failure(f'{self.file}: {self.path} has no "{key}"')


def _as_written(value: Any) -> Any:
    if isinstance(value, float):
        shown = _digits(value)
        return shown if set(shown) & set(".en") else shown + ".0"
    if isinstance(value, list):
        return [_as_written(one) for one in value]
    if isinstance(value, dict):
        return {key: _as_written(one) for key, one in value.items()}
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -2**31 <= value < 2**31


def _number(at: _Place, value: Any) -> float:
    if not _is_number(value):
        at.refuse(value, "a number")
    return float(value)


def _number_or_inf(at: _Place, value: Any) -> float:
    if value == "inf":
        return math.inf
    if not _is_number(value):
        at.refuse(value, 'a number, or "inf"')
    if value > 1e9:
        at.refuse(value, 'a number up to 1e9, or "inf"')
    return float(value)


def _whole_number(at: _Place, value: Any) -> int:
    if not _is_whole(value):
        at.refuse(value, "a whole number")
    return int(value)


def _yes(at: _Place, value: Any) -> bool:
    if not isinstance(value, bool):
        at.refuse(value, "true or false")
    return value


def _three(at: _Place, value: Any) -> list[int]:
    if not isinstance(value, list) or len(value) != 3:
        at.refuse(value, "a list of three whole numbers")
    return [_whole_number(at[i], one) for i, one in enumerate(value)]


def _basis(at: _Place, value: Any) -> str:
    if value not in ("top", "total"):
        at.refuse(value, '"top" or "total"')
    return str(value)


def _due(at: _Place, value: Any) -> int:
    if value == "never":
        return -1
    if not _is_whole(value) or value < 0:
        at.refuse(value, 'a whole number of days, or "never"')
    return int(value)


def _code(names: Sequence[str]) -> Callable[[_Place, Any], int]:
    """A name, or a number of the host's own."""
    def read(at: _Place, value: Any) -> int:
        if isinstance(value, str) and value in names:
            return names.index(value) + 1
        if not _is_whole(value) or value < _OWN:
            at.refuse(value, "".join(f'"{name}", ' for name in names) + "or a number from 1000 on")
        return int(value)
    return read


def _codes(names: Sequence[str], first: int, low: int, high: int, what: str) -> Callable[[_Place, Any], tuple[int, ...]]:
    """A list of codes: names, of which the first stands for a number, or numbers in low..high."""
    def one(at: _Place, value: Any) -> int:
        if isinstance(value, str) and value in names:
            return names.index(value) + first
        if not _is_whole(value) or not low <= value <= high:
            at.refuse(value, what)
        return int(value) - low

    def read(at: _Place, value: Any) -> tuple[int, ...]:
        if value == "any" and high == 31:
            return tuple(range(32))
        if not isinstance(value, list):
            at.refuse(value, 'a list, or "any"' if high == 31 else "a list")
        return tuple(one(at[i], code) for i, code in enumerate(value))
    return read


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


_READ: dict[str, Callable[[_Place, Any], Any]] = {
    "number": _number, "number or inf": _number_or_inf, "whole": _whole_number, "yes": _yes, "three": _three,
    "basis": _basis, "due": _due, "touch": _code(_TOUCHES), "action": _code(_ACTIONS),
    "tiers": _codes((), 0, 1, 32, "a tier, 1 (the best) to 32"),
    "classes": _codes(_CLASSES, 1, 1, 0, _quoted(_CLASSES)), "stages": _codes(_STAGES, 0, 1, 0, _quoted(_STAGES)),
    "alarms": _codes((), 0, 0, 31, "an alarm, 0 to 31")}


def _fields(at: _Place, found: dict[str, Any], kinds: Mapping[str, str], needed: Sequence[str] = ()) -> dict[str, Any]:
    """What an object has of these words."""
    made = {}
    for name, kind in kinds.items():
        if name in found:
            made[name] = _READ[kind](at[name], found[name])
        elif name in needed:
            at.lacks(name)
    return made


def _part(at: _Place, found: Any, kinds: Mapping[str, str], needed: Sequence[str] = ()) -> dict[str, Any]:
    return _fields(at, at.keys(found, list(kinds)), kinds, needed)


def _band(at: _Place, found: Any) -> tuple[float, float]:
    """An object with enter and keep, or a number for both."""
    if _is_number(found):
        return float(found), float(found)
    if not isinstance(found, dict):
        at.refuse(found, "a number, or an object, { ... }")
    band = _part(at, found, _BAND, ("enter",))
    return band["enter"], band.get("keep", band["enter"])


def _tiers(at: _Place, found: Any, made: Policy) -> None:
    at.keys(found, ("basis", "bands"))
    basis, bands = found.get("basis", "revenue"), found.get("bands")
    if not isinstance(basis, str) or basis not in BASES:
        at["basis"].refuse(basis, '"revenue", "top" or "total"')
    if "bands" not in found:
        at.lacks("bands")
    if not isinstance(bands, list) or not 1 <= len(bands) <= 16:
        at["bands"].refuse(bands, "a list of 1 to 16")
    made.set_tiers((basis, [_band(at["bands"][i], one) for i, one in enumerate(bands)]))


def _rules(at: _Place, found: Any, kinds: Mapping[str, str], needed: Sequence[str]) -> list[dict[str, Any]]:
    if not isinstance(found, list) or len(found) > 1000:
        at.refuse(found, "a list of at most 1000 rules")
    return [_part(at[i], one, kinds, needed) for i, one in enumerate(found)]


def _cadence(at: _Place, found: Any, made: Policy) -> None:
    at.keys(found, ("rules",))
    rules = found.get("rules")
    if rules is None and "rules" not in found or rules in ([], {}) or not isinstance(rules, list):
        at.lacks("rules")
    made.touches = [cadence.Rule(**one) for one in _rules(at["rules"], rules, _TOUCH, ("touch",))]


def _playbook(at: _Place, found: Any, made: Policy) -> None:
    at.keys(found, (*_PLAYBOOK, "rules"))
    for name, value in _fields(at, found, _PLAYBOOK).items():
        setattr(made, name, value)
    if "rules" in found:
        made.actions = [playbook.Rule(**one) for one in
                        _rules(at["rules"], found["rules"], _ACTION, ("action", "due_days"))]


def _service(at: _Place, found: Any, made: Policy) -> None:
    """Hours by stage and service; null: no limit."""
    at.keys(found, ("early_days", "hours"))
    if "early_days" in found:
        made.early_days = _whole_number(at["early_days"], found["early_days"])
    if "hours" not in found:
        return
    by_stage, at = found["hours"], at["hours"]
    at.keys(by_stage, _STAGES)
    for s, name in enumerate(_STAGES):
        if name not in by_stage:
            continue
        limits = at[name].keys(by_stage[name], _SERVICES)
        for k, service in enumerate(_SERVICES):
            if service in limits:
                hours = limits[service]
                if hours is not None and not _is_number(hours):
                    at[name][service].refuse(hours, "a number of hours, or null")
                made.hours[s][k] = math.nan if hours is None else float(hours)


def read(path: Optional[str]) -> Policy:
    """The policy of a file, with the usual in place of what it does not tell."""
    made = Policy()
    if path is None:
        return made
    whole = _parse(path)
    path = "stdin" if path == "-" else path
    at = _Place(path)
    at.keys(whole, _PARTS)
    for name in _PARTS[:-1]:
        if name not in whole:
            continue
        here, found = at[name], whole[name]
        if name == "tiers":
            _tiers(here, found, made)
        elif name == "matrix":
            made.matrix.update(_part(here, found, _MATRIX))
        elif name == "stages":
            made.months = _part(here, found, {"months": "three"}).get("months", made.months)
        elif name == "cadence":
            _cadence(here, found, made)
        elif name == "service_levels":
            _service(here, found, made)
        elif name == "playbook":
            _playbook(here, found, made)
        elif name == "future":
            made.future.update(_part(here, found, _FUTURE))
        else:
            made.figures.update(_part(here, found, _FIGURES))
    made.check(path)
    return made


def read_matrix(made: Policy, source: str, text: str) -> None:
    """Thresholds of the matrix, "top_share=0.2,high_growth=0.15"; `source` is what to blame."""
    found: dict[str, Any] = {}
    for word in text.split(","):
        key, equals, value = word.partition("=")
        if not equals or len(key.encode("utf-8", "surrogateescape")) >= 64:
            raise Failure(f'{source} "{word}" must be a name, =, and a value')
        if key in found:
            raise Failure(f'{source}: "{key}" stands twice')
        try:
            found[key] = json.loads(value, parse_int=_whole, parse_float=_real, parse_constant=_constant)
        except (json.JSONDecodeError, _BadNumber):
            found[key] = value
    made.matrix.update(_part(_Place(source, "matrix"), found, _MATRIX))
