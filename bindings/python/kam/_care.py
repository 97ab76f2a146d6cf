# SPDX-License-Identifier: MIT
"""What the modules of care share: columns of a call, and its outputs."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from . import _columns, _ffi
from ._errors import refuse
from ._table import Buffer


def whole(columns: Mapping[str, Any], kinds: Mapping[str, str]) -> tuple[int, dict[str, _columns.Chunk]]:
    """Rows, and each column that is given as one chunk."""
    made = {name: _columns.column(name, given, kinds.get(name, "number"))
            for name, given in columns.items() if given is not None}
    lengths = {name: one.n_rows for name, one in made.items()}
    if len(set(lengths.values())) > 1:
        raise refuse(next(iter(lengths)), f"is not as long as other columns: {lengths}", _ffi.KAM_ERR_SHAPE)
    return (next(iter(lengths.values()), 0),
            {name: one.whole(kinds.get(name, "number")) for name, one in made.items()})


def buffers(letters: Mapping[str, str], n: int) -> dict[str, Buffer]:
    return {name: Buffer(letter, n) for name, letter in letters.items()}


def addresses(made: Mapping[str, Buffer]) -> dict[str, int]:
    return {name: buffer.at() for name, buffer in made.items()}


def mask(codes: Iterable[int]) -> int:
    """Bits of some codes."""
    bits = 0
    for code in codes:
        bits |= 1 << code
    return bits
