# SPDX-License-Identifier: MIT
"""--policy and --policy-print: tiers and the future from a file of JSON, and back,
byte for byte as kam-score has them."""
from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any, NoReturn, Optional

from .. import clv, policy, tier
from .._errors import KamError
from ._text import Failure

#: what the file calls a basis, and what kam.tier does
BASES = {"revenue": "score", "top": "rank", "total": "total"}
_FUTURE = ("horizon_days", "discount_per_year", "interval")
#: bytes that are not UTF-8, as Python keeps them
_BROKEN = re.compile("[\udc80-\udcff]")


class Policy:
    """What is known so far; no bands: the tiers are not told yet."""

    def __init__(self) -> None:
        usual = clv.options(None, None, None)
        self.future: dict[str, float] = {name: getattr(usual, name) for name in _FUTURE}
        self.basis = "revenue"
        self.bands: list[tuple[float, float]] = []

    @property
    def tiers(self) -> tier.Policy:
        return tier.Policy(BASES[self.basis], self.bands)

    def set_tiers(self, tiers: tuple[str, list[tuple[float, float]]]) -> None:
        self.basis, self.bands = tiers

    def check(self, source: str) -> dict[str, bool]:
        """{part: whether it stands at its defaults}; `source` is what to blame."""
        try:
            return policy.check(tiers=self.tiers, future=self.future) if self.bands else {}
        except KamError as error:
            raise Failure(f"{source}: {error.argument}: {error.message}") from None

    def text(self) -> str:
        """As such a file."""
        parts = [name for name, is_default in self.check("--policy").items() if is_default and name in ("tiers", "future")]
        bands = [{"enter": _shown(enter), "keep": _shown(keep)} for enter, keep in self.bands]
        whole = {"tiers": {"basis": self.basis, "bands": bands},
                 "future": {name: _shown(value) for name, value in self.future.items()}, "defaults": parts}
        return re.sub(r'"=([^"]*)"', r"\1", json.dumps(whole, indent=2)) + "\n"


def _shown(value: float) -> Any:
    """A number as the C tool has it, marked for `text`: at most 15 digits, 1e20."""
    if math.isinf(value):
        return "inf"
    if value == math.floor(value) and abs(value) < 1e15:
        return int(value)
    digits, e, power = f"{value:.15g}".partition("e")
    if not e:
        return "=" + digits
    return f"={digits}e{int(power)}"


def _refuse(path: str, sentence: str) -> NoReturn:
    raise Failure(f"{path}: {sentence}")


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
        with open(path, "rb") as file:
            text = file.read().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}") from None

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            _refuse(path, "a key stands twice in one object")
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


def _check_keys(path: str, part: str, found: Any, known: Sequence[str], all_: str) -> None:
    if not isinstance(found, dict):
        _refuse(path, f"{part} must be an object, {{ ... }}")
    for key in found:
        if key not in known:
            _refuse(path, f'{part} has no "{key}"; it has {all_}')


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _number(path: str, part: str, found: dict[str, Any], key: str, usual: float, with_inf: bool = False) -> float:
    """A number, or "inf" where that is allowed; `usual` when there is none."""
    value = found.get(key, usual)
    if with_inf and value == "inf":
        return math.inf
    if not _is_number(value):
        _refuse(path, f'"{key}" in {part} must be a number' + (', or "inf"' if with_inf else ""))
    return float(value)


def _band(path: str, found: Any) -> tuple[float, float]:
    """An object with enter and keep, or a number for both."""
    if _is_number(found):
        return float(found), float(found)
    _check_keys(path, "a band", found, ("enter", "keep"), "enter and keep")
    enter = _number(path, "a band", found, "enter", math.nan)
    if math.isnan(enter):
        _refuse(path, 'a band of tiers has no "enter"')
    return enter, _number(path, "a band", found, "keep", enter)


def _tiers(path: str, found: Any, made: Policy) -> None:
    _check_keys(path, "tiers", found, ("basis", "bands"), "basis and bands")
    basis, bands = found.get("basis", "revenue"), found.get("bands")
    if not isinstance(basis, str) or basis not in BASES:
        _refuse(path, '"basis" in tiers must be "revenue", "top" or "total"')
    if not isinstance(bands, list) or not 1 <= len(bands) <= 16:
        _refuse(path, '"bands" in tiers must be a list of 1 to 16')
    made.set_tiers((basis, [_band(path, one) for one in bands]))


def read(path: Optional[str]) -> Policy:
    """The policy of a file, with the usual in place of what it does not tell."""
    made = Policy()
    if path is None:
        return made
    whole = _parse(path)
    _check_keys(path, "a policy", whole, ("tiers", "future", "defaults"), "tiers, future and defaults")
    if "tiers" in whole:
        _tiers(path, whole["tiers"], made)
    if "future" in whole:
        future = whole["future"]
        _check_keys(path, "future", future, _FUTURE, "horizon_days, discount_per_year and interval")
        for name in _FUTURE:
            made.future[name] = _number(path, "future", future, name, made.future[name], name == "horizon_days")
    made.check(path)
    return made
