# SPDX-License-Identifier: MIT
"""From a score to a tier, without accounts flapping (kam/tier.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, NamedTuple, Optional, Union

from . import _columns, _ffi
from ._errors import check, new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table
from .reason import language_of

BASES = {"score": _ffi.KAM_TIER_BY_SCORE, "rank": _ffi.KAM_TIER_BY_RANK, "total": _ffi.KAM_TIER_BY_TOTAL}


class Band(NamedTuple):
    """An account comes in at `enter`, and stays at `keep`."""
    enter: float
    keep: float


#: a number stands for a band whose two limits are equal
Bands = Sequence[Union[Band, tuple[float, float], float]]


def raw_bands(bands: Bands) -> Any:
    pairs = [(one, one) if isinstance(one, (int, float)) else one for one in bands]
    return (_ffi.kam_tier_band * max(len(pairs), 1))(*[_ffi.kam_tier_band(*pair) for pair in pairs])


class Policy:
    """Bands from the best tier down, by "score", "rank" (share of accounts) or
    "total" (share of the summed score): Policy("rank", [0.05, 0.20, 0.50])."""

    def __init__(self, basis: str, bands: Bands) -> None:
        if basis not in BASES:
            raise refuse("basis", f"is {basis!r}, not {', '.join(BASES)}", _ffi.KAM_ERR_OPTION)
        self._bands = raw_bands(bands)
        self._given = (basis, bands)
        self.raw = _ffi.kam_tier_policy(struct_size=ctypes.sizeof(_ffi.kam_tier_policy), basis=BASES[basis],
                                        n_bands=len(bands), bands=self._bands)

    def __reduce__(self) -> Any:
        return Policy, self._given


def preset_cny() -> list[Band]:
    """T1's payment tiers in CNY: strategic, key, basic."""
    memory = (_ffi.kam_tier_band * 3)()
    check(lib.kam_tier_preset_cny(memory))
    return [Band(one.enter, one.keep) for one in memory]


def name(tier: int, n_bands: int = 3, language: str = "en") -> str:
    """What a tier is called, in "en" or "zh"."""
    return str(lib.kam_tier_name(tier, n_bands, language_of(language)).decode("utf-8"))


def cutpoints(policy: Policy, score: Any, *, progress: Optional[Progress] = None, threads: Optional[int] = None
              ) -> list[Band]:
    """The policy as score limits for one book."""
    chunk = _columns.column("score", score).whole()
    limits, diag = (_ffi.kam_tier_band * max(policy.raw.n_bands, 1))(), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_tier_cutpoints(ctypes.byref(policy.raw), ctypes.byref(chunk.raw), chunk.n_rows,
                                          ctypes.byref(host.raw), limits, ctypes.byref(diag)), diag)
    return [Band(one.enter, one.keep) for one in limits]


def assign(limits: Bands, score: Any, tier_before: Any = None, *, progress: Optional[Progress] = None,
           threads: Optional[int] = None) -> Table:
    """`tier` (0 is the best, n_bands none, -1 no answer), `to_next`, `above_limit`."""
    found = {"score": _columns.column("score", score)}
    if tier_before is not None:
        found["tier_before"] = _columns.column("tier_before", tier_before)
    n = found["score"].n_rows
    buffers = {"tier": Buffer("i", n), "to_next": Buffer("d", n), "above_limit": Buffer("d", n),
               "row_flags": Buffer("I", n)}
    raw_limits = raw_bands(limits)
    with Host(progress, threads) as host:
        for first, n_rows, chunks in _columns.parts(found):
            before = ctypes.byref(chunks["tier_before"].raw) if "tier_before" in chunks else None
            out = _ffi.kam_tier_out(struct_size=ctypes.sizeof(_ffi.kam_tier_out),
                                    **{name: buffer.at(first) for name, buffer in buffers.items()})
            diag = new_diag()
            host.check(lib.kam_tier_assign(raw_limits, len(limits), ctypes.byref(chunks["score"].raw), before, n_rows,
                                           ctypes.byref(host.raw), ctypes.byref(out), ctypes.byref(diag)), diag, first)
    return Table({name: buffer.view() for name, buffer in buffers.items()})
