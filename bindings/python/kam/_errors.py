# SPDX-License-Identifier: MIT
"""A status that is not KAM_OK, as an exception with where and why."""
from __future__ import annotations

import ctypes
import math
from typing import Any, Optional

from . import _ffi
from ._library import lib


class KamError(Exception):
    """What a libkam call said when it could not do its work.

    status, name: the code, such as 4 and "KAM_ERR_OPTION"; argument: what was
    wrong, such as "accounts.age_periods"; row: 0-based, None when it is not about
    a row; value: the offending value, None when there is none. A fit that ended
    in a verdict has its best point in `model`."""

    def __init__(self, message: str, *, status: int = 0, argument: str = "", row: Optional[int] = None,
                 value: Optional[float] = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.name: str = lib.kam_status_name(status).decode()
        self.argument = argument
        self.row = row
        self.value = value
        self.model: Any = None
        self.told: Any = None  # a fit's report as C wrote it

    def __str__(self) -> str:
        about = f"{self.argument} " if self.argument else ""
        return f"{about}{self.message} ({self.name})"


class KamValueError(KamError, ValueError):
    """An argument is wrong; no row was read."""


class KamTypeError(KamValueError, TypeError):
    """A column has a type that this argument does not take."""


class KamDataError(KamError, ValueError):
    """The data as a whole cannot answer the question."""


class KamArithmeticError(KamError, ArithmeticError):
    """A fit did not converge, or a sum of money grew too large."""


class KamMemoryError(KamError, MemoryError):
    """There is not enough memory."""


class KamExecutorError(KamError, RuntimeError):
    """The threads that were lent could not do the work."""


class KamCancelled(KamError, InterruptedError):
    """`progress` asked to stop."""


_ALONE = {_ffi.KAM_ERR_TYPE: KamTypeError, _ffi.KAM_ERR_MEMORY: KamMemoryError,
          _ffi.KAM_ERR_EXECUTOR: KamExecutorError, _ffi.KAM_ERR_CANCELLED: KamCancelled}


def _class_of(status: int) -> type[KamError]:
    """A code of a library newer than this falls into its family."""
    if status in _ALONE:
        return _ALONE[status]
    if status < 20:
        return KamValueError
    if status < 40:
        return KamDataError
    return KamArithmeticError if status < 60 else KamError


def new_diag() -> _ffi.kam_diag:
    return _ffi.kam_diag(struct_size=ctypes.sizeof(_ffi.kam_diag))


def error_of(status: int, diag: Optional[_ffi.kam_diag] = None, first_row: int = 0,
             argument: str = "") -> KamError:
    """The exception for a status; `first_row` is where the part began."""
    if diag is None or diag.status != status:
        return _class_of(status)(lib.kam_status_text(status).decode(), status=status, argument=argument)
    return _class_of(status)(diag.message.decode("utf-8", "replace"), status=status,
                             argument=diag.argument.decode("utf-8", "replace"),
                             row=diag.row + first_row if diag.row >= 0 else None,
                             value=None if math.isnan(diag.value) else diag.value)


def check(status: int, diag: Optional[_ffi.kam_diag] = None, first_row: int = 0, argument: str = "") -> None:
    if status != _ffi.KAM_OK:
        raise error_of(status, diag, first_row, argument)


def refuse(argument: str, message: str, status: int = _ffi.KAM_ERR_TYPE, row: Optional[int] = None) -> KamError:
    """An exception of the binding's own, about a column or an argument."""
    return _class_of(status)(message, status=status, argument=argument, row=row)
