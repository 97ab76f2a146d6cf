# SPDX-License-Identifier: MIT
"""A sum whose bits do not depend on the order of its terms (kam/sum.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Iterable

from . import _ffi
from ._errors import check
from ._library import lib


class Sum:
    """An exact sum of doubles. Pieces in any order give the bits of the whole."""

    def __init__(self, values: Iterable[float] = ()) -> None:
        self._raw = _ffi.kam_sum()
        for value in values:
            self.add(value)

    def __getstate__(self) -> bytes:
        return bytes(self._raw)

    def __setstate__(self, state: bytes) -> None:
        self._raw = _ffi.kam_sum.from_buffer_copy(state)

    def add(self, value: float) -> Sum:
        check(lib.kam_sum_add(ctypes.byref(self._raw), value), argument="value")
        return self

    def merge(self, other: Sum) -> Sum:
        check(lib.kam_sum_merge(ctypes.byref(self._raw), ctypes.byref(other._raw)))
        return self

    def __float__(self) -> float:
        return float(lib.kam_sum_value(ctypes.byref(self._raw)))
