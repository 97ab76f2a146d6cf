# SPDX-License-Identifier: MIT
"""What a call answers for many rows: named columns, as C wrote them."""
from __future__ import annotations

import ctypes
import datetime
from array import array
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, Optional, Union

from . import _export, _ffi
from ._columns import EPOCH, bitmap

#: numbers as a memoryview (NumPy and friends read it in place), texts as a list
Data = Union[memoryview, Sequence[Any]]
_TYPES: dict[str, Any] = {"d": ctypes.c_double, "i": ctypes.c_int32, "q": ctypes.c_int64, "I": ctypes.c_uint32}
_ARROW = {"d": (_ffi.KAM_F64, None), "i": (_ffi.KAM_I32, None), "q": (_ffi.KAM_I64, None), "I": (_ffi.KAM_I32, b"I")}


#: rows from which on memory comes from the system, not from Python
_LARGE = 1 << 17


class Buffer:
    """Memory that C writes into: n zeros of one type."""

    def __init__(self, letter: str, n: int) -> None:
        self.letter, self.n = letter, n
        room = _TYPES[letter] * max(n, 1)
        # Pages of the system are zero already: C is the first to touch them.
        self._memory = room() if n < _LARGE else room.from_buffer(
            import_module("mmap").mmap(-1, ctypes.sizeof(room)))

    def at(self, row: int = 0) -> int:
        return ctypes.addressof(self._memory) + row * ctypes.sizeof(_TYPES[self.letter])

    def view(self) -> memoryview:
        plain: Any = memoryview(self._memory).cast("B")
        view: memoryview = plain.cast(self.letter)[:self.n]
        return view


def day(number: int) -> Optional[datetime.date]:
    """A day number as a date; None for KAM_NO_DAY and days datetime lacks."""
    try:
        return datetime.date.fromordinal(number + EPOCH)
    except (ValueError, OverflowError):
        return None


class Table:
    """Ordered columns of one length. table["clv"] is the memory itself, with NaN
    for what is not known; a day is a number of days since 1970-01-01. `to_dict`
    and `rows` give Python values: None for NaN, datetime.date for days."""

    is_kam_table = True

    def __init__(self, columns: Mapping[str, Data], days: Sequence[str] = (),
                 defaults: Optional[ctypes.c_uint32] = None) -> None:
        self._columns = dict(columns)
        self._days = frozenset(days)
        #: where rules have defaults: bits of those that stood, such as KAM_STAGE_DEFAULT_MONTHS
        self.defaults: Any = None if defaults is None else defaults.value
        self.n_rows = len(next(iter(self._columns.values()), ()))

    def __getitem__(self, name: str) -> Data:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def keys(self) -> list[str]:
        return list(self._columns)

    def __len__(self) -> int:
        return self.n_rows

    def __bool__(self) -> bool:
        return True

    @property
    def column_names(self) -> list[str]:
        return list(self._columns)

    def _python(self, name: str) -> list[Any]:
        data = self._columns[name]
        values = data.tolist() if isinstance(data, memoryview) else list(data)
        if name in self._days:
            return [day(value) for value in values]
        return [None if value != value else value for value in values]

    def to_dict(self) -> dict[str, list[Any]]:
        return {name: self._python(name) for name in self._columns}

    def rows(self) -> Iterator[dict[str, Any]]:
        lists = self.to_dict()
        for values in zip(*lists.values()):
            yield dict(zip(lists, values))

    def __getstate__(self) -> dict[str, Any]:
        frozen = {name: array(data.format, data.tolist()) if isinstance(data, memoryview) else data
                  for name, data in self._columns.items()}
        return {**self.__dict__, "_columns": frozen}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _columns={name: memoryview(data) if isinstance(data, array) else data
                                              for name, data in state["_columns"].items()})

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.n_rows} rows: {', '.join(self._columns)}>"

    def to_pandas(self) -> Any:
        numpy, pandas = import_module("numpy"), import_module("pandas")
        return pandas.DataFrame({name: pandas.to_datetime(self._python(name)) if name in self._days
                                 else numpy.asarray(data) if isinstance(data, memoryview) else data
                                 for name, data in self._columns.items()})

    def to_polars(self) -> Any:
        return import_module("polars").DataFrame(self)

    def to_arrow(self) -> Any:
        return import_module("pyarrow").table(self)

    def __arrow_c_schema__(self) -> Any:
        return _export.schema_capsule(self._arrow_columns())

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return _export.stream_capsule(self.n_rows, self._arrow_columns())

    def _arrow_columns(self) -> list[_export.Exported]:
        return [(name, *self._arrow_column(name)) for name in self._columns]

    def _arrow_column(self, name: str) -> tuple[int, Optional[bytes], list[Any]]:
        """Type, format and buffers as Arrow lays a column out."""
        data = self._columns[name]
        if not isinstance(data, memoryview):
            return _ffi.KAM_TEXT64, None, _arrow_texts(list(data))
        letter = data.format
        plain = data if data.contiguous else memoryview(array(letter, data.tolist()))
        if name not in self._days:
            return *_ARROW[letter], [None, plain]
        values = plain.tolist()
        present = bitmap([value != _ffi.KAM_NO_DAY for value in values]) if _ffi.KAM_NO_DAY in values else None
        return _ffi.KAM_DAY, None, [present, plain]


def _arrow_texts(values: list[Any]) -> list[Any]:
    offsets, text = array("q", [0]), bytearray()
    for value in values:
        text += (value or "").encode("utf-8", "surrogateescape")
        offsets.append(len(text))
    return [bitmap([value is not None for value in values]), offsets, text]
