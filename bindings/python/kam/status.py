# SPDX-License-Identifier: MIT
"""Status codes and row flags (kam/status.h), as the library itself tells them."""
from __future__ import annotations

from . import _ffi
from ._library import lib

MISSING = _ffi.KAM_ROW_MISSING
DOMAIN = _ffi.KAM_ROW_DOMAIN
EXTRAPOLATED = _ffi.KAM_ROW_EXTRAPOLATED
ON_REVENUE = _ffi.KAM_ROW_ON_REVENUE
ONE_ORDER = _ffi.KAM_ROW_ONE_ORDER
INFINITE = _ffi.KAM_ROW_INFINITE


def name(status: int) -> str:
    """The code's own name, such as "KAM_ERR_SHAPE"."""
    return str(lib.kam_status_name(status).decode())


def text(status: int) -> str:
    """One English sentence for the code."""
    return str(lib.kam_status_text(status).decode())


def codes() -> dict[str, int]:
    """Every code there is: {"KAM_OK": 0, ...}."""
    made: dict[str, int] = {}
    while (status := int(lib.kam_status_at(len(made)))) >= 0:
        made[name(status)] = status
    return made


def row_flag_names(flags: int) -> list[str]:
    """The names of the bits of one row's `row_flags`, such as ["missing"]."""
    return [lib.kam_row_flag_name(1 << bit).decode() for bit in range(32) if flags >> bit & 1]
