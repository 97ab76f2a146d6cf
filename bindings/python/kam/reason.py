# SPDX-License-Identifier: MIT
"""Why a score is what it is (kam/reason.h)."""
from __future__ import annotations

import ctypes
from typing import NamedTuple

from . import _ffi
from ._errors import check, new_diag, refuse
from ._library import lib
from ._table import Data

LANGUAGES = {"en": _ffi.KAM_EN, "zh": _ffi.KAM_ZH}
N_REASONS = 4


class Reason(NamedTuple):
    """One part of a score: parts of one score add up to it exactly."""
    id: int
    contribution: float
    value: float
    tenths: int = 0


def language_of(language: str) -> int:
    if language not in LANGUAGES:
        raise refuse("language", f"is {language!r}, not {' or '.join(LANGUAGES)}", _ffi.KAM_ERR_OPTION)
    return LANGUAGES[language]


def name(id: int) -> str:
    """The id's name, such as "silence"."""
    return str(lib.kam_reason_name(id).decode())


def text(reason: Reason, language: str = "en") -> str:
    """The reason as a sentence with its number; in "en" or "zh"."""
    raw = _ffi.kam_reason(id=reason.id, tenths=reason.tenths, contribution=reason.contribution, value=reason.value)
    memory, diag = ctypes.create_string_buffer(240), new_diag()
    check(lib.kam_reason_text(ctypes.byref(raw), language_of(language), memory, len(memory), ctypes.byref(diag)), diag)
    return memory.value.decode("utf-8")


def text_since(reason: Reason, since_day: int, language: str = "en") -> str:
    """The same for a signal that changed in the month of a day (since 1970-01-01)."""
    raw = _ffi.kam_reason(id=reason.id, tenths=reason.tenths, contribution=reason.contribution, value=reason.value)
    memory, diag = ctypes.create_string_buffer(240), new_diag()
    check(lib.kam_reason_text_since(ctypes.byref(raw), since_day, language_of(language), memory, len(memory),
                                    ctypes.byref(diag)), diag)
    return memory.value.decode("utf-8")


class Memory:
    """Room for four reasons a row, and columns that look into it."""

    def __init__(self, n_rows: int) -> None:
        self.n_rows = n_rows
        self._memory = (_ffi.kam_reason * max(N_REASONS * n_rows, 1))()

    def __getstate__(self) -> tuple[int, bytes]:
        return self.n_rows, bytes(self._memory)

    def __setstate__(self, state: tuple[int, bytes]) -> None:
        self.n_rows = state[0]
        self._memory = (_ffi.kam_reason * max(N_REASONS * self.n_rows, 1)).from_buffer_copy(state[1])

    def at(self, row: int = 0) -> int:
        return ctypes.addressof(self._memory) + row * N_REASONS * ctypes.sizeof(_ffi.kam_reason)

    def of(self, row: int) -> list[Reason]:
        if not -self.n_rows <= row < self.n_rows:
            raise IndexError(f"row {row} of {self.n_rows}")
        first = N_REASONS * (row % self.n_rows)
        return [Reason(one.id, one.contribution, one.value, one.tenths)
                for one in (self._memory[first + i] for i in range(N_REASONS))]

    def columns(self) -> dict[str, Data]:
        """reason_0_id, reason_0_contribution, reason_0_value, ..., reason_3_value."""
        plain = memoryview(self._memory).cast("B")[:self.n_rows * N_REASONS * ctypes.sizeof(_ffi.kam_reason)]
        ids, numbers = plain.cast("i"), plain.cast("d")
        made: dict[str, Data] = {}
        for i in range(N_REASONS):
            made[f"reason_{i}_id"] = ids[6 * i::6 * N_REASONS]
            made[f"reason_{i}_contribution"] = numbers[3 * i + 1::3 * N_REASONS]
            made[f"reason_{i}_value"] = numbers[3 * i + 2::3 * N_REASONS]
        return made
