# SPDX-License-Identifier: MIT
"""Anything a user has, as kam_column: without a copy where its memory will do.

In this order: Arrow (__arrow_c_array__, __arrow_c_stream__), NumPy's
__array_interface__, the buffer protocol, to_numpy(), a plain sequence (copied).
A column may come in chunks; `parts` cuts columns so that their chunks agree."""
from __future__ import annotations

import ctypes
import datetime
import re
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Callable, Optional

from . import _arrow, _ffi
from ._errors import check, error_of, new_diag, refuse
from ._library import lib

EPOCH = datetime.date(1970, 1, 1).toordinal()
_LITTLE = sys.byteorder == "little"
#: bytes from row to row of a packed column
SIZES = {_ffi.KAM_F64: 8, _ffi.KAM_F32: 4, _ffi.KAM_I64: 8, _ffi.KAM_I32: 4, _ffi.KAM_U8: 1, _ffi.KAM_DAY: 4}
#: what a column is for: "number", "key" (an account or order), "day"
Kind = str


class Chunk:
    """Rows of one column: a kam_column, and what keeps its memory alive."""

    def __init__(self, raw: _ffi.kam_column, n_rows: int, keep: Any) -> None:
        self.raw, self.n_rows, self.keep = raw, n_rows, keep

    def slice(self, first: int, n_rows: int) -> Chunk:
        raw = _ffi.kam_column.from_buffer_copy(self.raw)
        raw.offset += first
        return Chunk(raw, n_rows, self.keep)

    def numbers(self, name: str, address: int) -> None:
        """Its rows as doubles, to memory that begins at an address."""
        diag = new_diag()
        status = lib.kam_column_numbers(ctypes.byref(self.raw), self.n_rows, address, ctypes.byref(diag))
        check(status, diag, argument=name)


class Column:
    """A column in one chunk or more."""

    def __init__(self, name: str, chunks: list[Chunk]) -> None:
        self.name, self.chunks = name, chunks
        self.n_rows = sum(chunk.n_rows for chunk in chunks)

    def whole(self, kind: Kind = "number") -> Chunk:
        """All rows as one chunk, for calls that take no parts. Several chunks are
        copied, numbers once and in C, as doubles; one chunk is not."""
        if len(self.chunks) == 1:
            return self.chunks[0]
        if kind != "number":
            return _joined(self.name, self.chunks, kind)
        values = array("d", bytes(8 * self.n_rows))
        first = 0
        for chunk in self.chunks:
            chunk.numbers(self.name, _address(values) + 8 * first)
            first += chunk.n_rows
        return _of_arrays(values, self.n_rows, _ffi.KAM_F64)


_C_TYPES: dict[int, Any] = {_ffi.KAM_I64: ctypes.c_int64, _ffi.KAM_I32: ctypes.c_int32, _ffi.KAM_U8: ctypes.c_uint8,
                            _ffi.KAM_DAY: ctypes.c_int32, _ffi.KAM_TEXT32: ctypes.c_int32, _ffi.KAM_TEXT64: ctypes.c_int64}


def _joined(name: str, chunks: list[Chunk], kind: Kind) -> Chunk:
    """Keys or days of several chunks: their bytes one after the other where that
    will do, else row by row."""
    raws = [chunk.raw for chunk in chunks]
    letter = {_ffi.KAM_I64: "q", _ffi.KAM_I32: "i", _ffi.KAM_DAY: "i"}.get(raws[0].type)
    size = SIZES.get(raws[0].type, 0)
    if letter and all(raw.type == raws[0].type and raw.stride in (0, size) and not raw.validity for raw in raws):
        joined = array(letter, b"".join(ctypes.string_at(chunk.raw.values + chunk.raw.offset * size, chunk.n_rows * size)
                                        for chunk in chunks))
        return _of_arrays(joined, len(joined), raws[0].type)
    return copied(name, [value for chunk in chunks for value in _values(name, chunk)], kind)


def _values(name: str, chunk: Chunk) -> Iterator[Any]:
    """Integers, days or texts of a chunk; None where there is none."""
    raw = chunk.raw
    if raw.type not in _C_TYPES:
        raise refuse(name, "comes in several chunks of a type that cannot be joined: join them first")
    kind = _C_TYPES[raw.type]
    stride = raw.stride or ctypes.sizeof(kind)
    for row in range(raw.offset, raw.offset + chunk.n_rows):
        value = kind.from_address(raw.values + row * stride).value
        if raw.validity and not ctypes.c_uint8.from_address(raw.validity + row // 8).value >> row % 8 & 1:
            yield None
        elif raw.text:
            end = kind.from_address(raw.values + (row + 1) * stride).value
            yield ctypes.string_at(raw.text + value, end - value).decode("utf-8", "replace")
        else:
            yield value


def _raw(address: Optional[int], kind: int, **more: Any) -> _ffi.kam_column:
    return _ffi.kam_column(values=address, type=kind, **more)


def _address(buffer: Any) -> int:
    return ctypes.addressof((ctypes.c_char * 0).from_buffer(buffer))


def _of_arrays(values: Any, n_rows: int, kind: int, validity: Optional[bytearray] = None,
               text: Optional[bytearray] = None) -> Chunk:
    """A chunk over buffers of our own. An empty one still has an address, for
    a column without one is an absent column."""
    if not len(values):
        values = bytearray(8)
    if text is not None and not text:
        text = bytearray(1)
    raw = _raw(_address(values), kind, validity=_address(validity) if validity else None,
               text=_address(text) if text else None)
    return Chunk(raw, n_rows, (values, validity, text))


def bitmap(present: list[bool]) -> Optional[bytearray]:
    if all(present):
        return None
    bits = bytearray((len(present) + 7) // 8)
    for row, is_present in enumerate(present):
        if is_present:
            bits[row >> 3] |= 1 << (row & 7)
    return bits


# Plain sequences

def _is_missing(value: Any) -> bool:
    """None, NaN, NaT and pandas.NA (whose comparison has no truth)."""
    if value is None:
        return True
    try:
        return bool(value != value)
    except TypeError:
        return True
    except ValueError:  # an array in a row: not missing, but no number either
        return False


def _numbers(name: str, values: list[Any]) -> Chunk:
    try:
        made = array("d", values)
    except (TypeError, OverflowError):
        made = array("d")
        for row, value in enumerate(values):
            try:
                if isinstance(value, (str, bytes)):
                    raise TypeError
                made.append(float("nan") if _is_missing(value) else float(value))
            except (TypeError, ValueError, OverflowError):
                raise refuse(name, f"row {row} is {value!r}, not a number", row=row) from None
    return _of_arrays(made, len(values), _ffi.KAM_F64)


def day_number(value: Any) -> int:
    """A day as the number of days since 1970-01-01: a date, a datetime (its
    date), "2024-12-31", or the number itself."""
    if isinstance(value, datetime.date):
        return value.toordinal() - EPOCH
    if isinstance(value, str):
        return datetime.date.fromisoformat(value).toordinal() - EPOCH
    if hasattr(value, "__index__"):
        return int(value.__index__())
    if hasattr(value, "tolist"):  # a NumPy datetime64
        return day_number(value.astype("datetime64[D]").tolist())
    raise TypeError(f"{value!r} is not a day")


def _days(name: str, values: list[Any]) -> Chunk:
    made = array("i")
    for row, value in enumerate(values):
        try:
            made.append(_ffi.KAM_NO_DAY if _is_missing(value) else day_number(value))
        except (TypeError, ValueError, OverflowError, AttributeError):
            raise refuse(name, f"row {row} is {value!r}, not a day (a date, a text such as 2024-12-31, or a number of "
                         "days since 1970-01-01)", row=row) from None
    return _of_arrays(made, len(values), _ffi.KAM_DAY)


def _texts(name: str, values: list[Any]) -> Chunk:
    offsets, text, present = array("q", [0]), bytearray(), []
    for row, value in enumerate(values):
        present.append(not _is_missing(value))
        if present[-1]:
            if not isinstance(value, str):
                raise refuse(name, f"row {row} is {value!r}, but texts came before", row=row)
            try:
                text += value.encode()
            except UnicodeEncodeError as error:
                raise refuse(name, f"row {row} is no text that UTF-8 can hold: {error}", row=row) from None
        offsets.append(len(text))
    return _of_arrays(offsets, len(values), _ffi.KAM_TEXT64, bitmap(present), text)


def _keys(name: str, values: list[Any]) -> Chunk:
    first = next((value for value in values if not _is_missing(value)), None)
    if isinstance(first, str):
        return _texts(name, values)
    made, present = array("q"), []
    for row, value in enumerate(values):
        present.append(not _is_missing(value))
        try:
            made.append(value.__index__() if present[-1] else 0)
        except (AttributeError, OverflowError):
            raise refuse(name, f"row {row} is {value!r}; keys are all texts, or all whole numbers below 2^63",
                         row=row) from None
    return _of_arrays(made, len(values), _ffi.KAM_I64, bitmap(present))


def copied(name: str, values: Iterable[Any], kind: Kind) -> Chunk:
    """A chunk from Python objects."""
    makers: dict[str, Callable[[str, list[Any]], Chunk]] = {"number": _numbers, "day": _days, "key": _keys}
    return makers[kind](name, list(values))


# Buffers and NumPy

_CODES = {"f8": _ffi.KAM_F64, "f4": _ffi.KAM_F32, "i8": _ffi.KAM_I64, "i4": _ffi.KAM_I32, "u1": _ffi.KAM_U8,
          "b1": _ffi.KAM_U8}
_HINT = "it can be float64, float32, int64, int32, uint8 or bool; convert it first"


def _type_of(name: str, code: str, order: str) -> int:
    if order == (">" if _LITTLE else "<") and code[1:] != "1":
        raise refuse(name, f"has the byte order of another machine ({order}{code}); convert it first")
    if code not in _CODES:
        raise refuse(name, f"has the type {code}, which is not supported: {_HINT}")
    return _CODES[code]


def _strided(name: str, kind: int, address: int, n_rows: int, stride: int, keep: Any) -> Chunk:
    """A view of one value n times (stride 0, which is "packed" to C) is copied."""
    if stride == 0 and n_rows > 1:
        one = array("d", [0.0])
        Chunk(_raw(address, kind), 1, keep).numbers(name, _address(one))
        return _of_arrays(one * n_rows, n_rows, _ffi.KAM_F64)
    if not address or not n_rows:
        return _of_arrays(b"", 0, kind)
    return Chunk(_raw(address, kind, stride=stride), n_rows, keep)


def _one_dimension(name: str, shape: Any) -> int:
    if len(shape) != 1:
        raise refuse(name, f"has {len(shape)} dimensions, a column has one")
    return int(shape[0])


def _from_numpy(name: str, data: Any, kind: Kind) -> Chunk:
    view = data.__array_interface__
    order, code = view["typestr"][0], view["typestr"][1:].split("[")[0]
    n_rows = _one_dimension(name, view["shape"])
    if getattr(data, "mask", False) is not False and hasattr(data, "filled"):
        return copied(name, data.tolist(), kind)
    if code[0] in "OU":
        return copied(name, data.tolist(), kind)
    if code[0] == "M":
        if kind != "day":
            raise refuse(name, f"holds days ({view['typestr']}), not {kind}s")
        days = data.astype("datetime64[D]").astype("int64")
        return _day_numbers(array("q", days.tobytes()))
    address = view["data"][0] if view.get("data") else 0
    size = int(code[1:])
    stride = view["strides"][0] if view.get("strides") else size
    if code[0] == "S" and size:
        if stride != size:
            return copied(name, [row.decode() for row in data.tolist()], kind)
        return Chunk(_raw(address, _ffi.KAM_CHARS, stride=stride), n_rows, data) if n_rows else copied(name, [], kind)
    return _strided(name, _type_of(name, code, order), address, n_rows, stride, (data, view))


def _day_numbers(days: array[int]) -> Chunk:
    """64-bit day numbers, of which the smallest says that there is none."""
    none = -2**63
    validity = bitmap([day != none for day in days]) if days.count(none) else None
    return _of_arrays(days, len(days), _ffi.KAM_I64, validity)


def _from_buffer(name: str, view: memoryview) -> Chunk:
    n_rows = _one_dimension(name, view.shape)
    found = re.fullmatch(r"([@=<>!]?)([a-zA-Z?])", view.format)
    if not found:
        raise refuse(name, f"is a buffer of {view.format!r}, which is not supported: {_HINT}")
    letter = "b" if found[2] == "?" else "f" if found[2] in "fd" else "i" if found[2] in "bhilqn" else "u"
    order = ">" if found[1] in (">", "!") else "<" if found[1] == "<" else "="
    code = _type_of(name, f"{letter if found[2] != 'c' else 'c'}{view.itemsize}", order)
    stride = view.strides[0] if view.strides else view.itemsize
    return _strided(name, code, buffer_address(view), n_rows, stride, view)


class _Py_buffer(ctypes.Structure):
    _fields_ = [("buf", ctypes.c_void_p), ("obj", ctypes.py_object), ("len", ctypes.c_ssize_t),
                ("itemsize", ctypes.c_ssize_t), ("readonly", ctypes.c_int), ("ndim", ctypes.c_int),
                ("format", ctypes.c_char_p), ("shape", ctypes.c_void_p), ("strides", ctypes.c_void_p),
                ("suboffsets", ctypes.c_void_p), ("internal", ctypes.c_void_p)]


def buffer_address(view: memoryview) -> int:
    """Where a buffer begins, read-only ones too (from_buffer refuses those). The
    memoryview keeps its own hold on the buffer after ours is given back."""
    buffer = _Py_buffer()
    get, release = ctypes.pythonapi.PyObject_GetBuffer, ctypes.pythonapi.PyBuffer_Release
    get.argtypes, get.restype = [ctypes.py_object, ctypes.POINTER(_Py_buffer), ctypes.c_int], ctypes.c_int
    release.argtypes, release.restype = [ctypes.POINTER(_Py_buffer)], None
    get(view, ctypes.byref(buffer), 0x18)  # PyBUF_STRIDES: strides may be anything
    try:
        return buffer.buf or 0
    finally:
        release(ctypes.byref(buffer))


# Arrow

_AS = {"number": _ffi.KAM_F64, "key": _ffi.KAM_I64, "day": _ffi.KAM_DAY}
_LETTERS = {_ffi.KAM_F64: "d", _ffi.KAM_I64: "q", _ffi.KAM_DAY: "i"}


class _Child:
    """A column of an Arrow batch, and what C said of it last."""

    def __init__(self, name: str, batch: _arrow.Batch, child: Optional[str]) -> None:
        self._name, self._batch = name, batch
        self.n_rows = int(batch.array.length)
        self._at = (ctypes.addressof(batch.schema), ctypes.addressof(batch.array),
                    None if child is None else child.encode())
        self._diag = new_diag()

    def call(self, function: Any, *arguments: Any) -> int:
        return int(function(*self._at, *arguments, ctypes.byref(self._diag)))

    def check(self, status: int, first_row: int) -> None:
        if status != _ffi.KAM_OK:
            error = error_of(status, self._diag, first_row)
            error.argument = self._name
            raise error

    def view(self) -> tuple[int, Chunk]:
        raw, n_rows = _ffi.kam_column(), ctypes.c_int64()
        status = self.call(lib.kam_arrow_column, ctypes.byref(raw), ctypes.byref(n_rows))
        return status, Chunk(raw, n_rows.value, self._batch)

    def converted(self, kind: int) -> tuple[int, Chunk]:
        letter = _LETTERS[kind]
        values = array(letter, bytes(max(self.n_rows, 1) * SIZES[kind]))
        validity = bytearray(max(self.n_rows + 7, 8) // 8) if kind == _ffi.KAM_I64 else None
        status = self.call(lib.kam_arrow_convert, kind, _address(values), None if validity is None else _address(validity))
        return status, _of_arrays(values, self.n_rows, kind, validity)

    def texts(self) -> tuple[int, Chunk]:
        offsets, validity = array("q", bytes(8 * (self.n_rows + 1))), bytearray(max(self.n_rows + 7, 8) // 8)
        text = bytearray(0)
        status = self.call(lib.kam_arrow_texts, _address(offsets), _address(validity), None, 0)
        if status == _ffi.KAM_OK:
            text = bytearray(max(offsets[-1], 1))
            status = self.call(lib.kam_arrow_texts, _address(offsets), None, _address(text), len(text))
        return status, _of_arrays(offsets, self.n_rows, _ffi.KAM_TEXT64, validity, text)


def _from_arrow(name: str, batch: _arrow.Batch, child: Optional[str], first_row: int, kind: Kind) -> Chunk:
    """A view where there can be one; else a copy, made in C."""
    one = _Child(name, batch, child)
    status, chunk = one.view()
    if status == _ffi.KAM_OK and chunk.raw.values is None:  # of type null: absent
        return copied(name, [None] * chunk.n_rows, kind)
    if status == _ffi.KAM_OK and (kind != "day" or chunk.raw.type in (_ffi.KAM_DAY, _ffi.KAM_I32, _ffi.KAM_I64)):
        return chunk
    if status in (_ffi.KAM_OK, _ffi.KAM_ERR_TYPE):
        status, chunk = one.texts() if kind == "key" else one.converted(_AS[kind])
        if status == _ffi.KAM_ERR_TYPE and kind == "key":
            status, chunk = one.converted(_ffi.KAM_I64)
    one.check(status, first_row)
    return chunk


# One column, a table of columns

def column(name: str, data: Any, kind: Kind = "number") -> Column:
    """Any column-like thing; `name` is what errors call it."""
    if isinstance(data, Column):
        return data
    if isinstance(data, (str, bytes, bytearray, Mapping)):
        raise refuse(name, f"is one {type(data).__name__}, not a column")
    found = _arrow.read(data, name)
    if found is not None:
        if found.names is not None:
            raise refuse(name, "is a table, not a column")
        return _arrow_column(name, found, None, kind)
    return Column(name, [_plain(name, data, kind)])


def _plain(name: str, data: Any, kind: Kind) -> Chunk:
    if hasattr(data, "__array_interface__"):
        return _from_numpy(name, data, kind)
    try:
        view = memoryview(data)
    except TypeError:
        pass
    else:
        return _from_buffer(name, view)
    if hasattr(data, "to_numpy"):
        return _from_numpy(name, data.to_numpy(), kind)
    try:
        return copied(name, data, kind)
    except TypeError as error:
        if isinstance(error, ValueError):
            raise
        raise refuse(name, f"is {type(data).__name__}, not a column") from None


def _arrow_column(name: str, found: _arrow.Read, child: Optional[str], kind: Kind) -> Column:
    chunks: list[Chunk] = []
    first_row = 0
    for batch in found.batches:
        chunks.append(_from_arrow(name, batch, child, first_row, kind))
        first_row += chunks[-1].n_rows
    return Column(name, chunks or [copied(name, [], kind)])


def missing(name: str, names: Iterable[Any]) -> Exception:
    return refuse(name, f"is not a column of the table, which has {', '.join(map(str, names)) or 'none'}",
                  _ffi.KAM_ERR_SHAPE)


def _names_of(table: Any) -> Optional[list[str]]:
    """A table's column names, when it tells them."""
    if isinstance(table, Mapping):
        return [name for name in table if isinstance(name, str)]
    for attribute in ("column_names", "columns"):
        names = getattr(table, attribute, None)
        if names is not None and not callable(names):
            return [name for name in names if isinstance(name, str)]
    fields = getattr(getattr(table, "dtype", None), "names", None)
    return list(fields) if fields else None


class Source:
    """A table to take columns from: Arrow, a mapping, or anything whose columns
    are reached by table[name]. Read once, for a stream can be read only once."""

    def __init__(self, table: Any, argument: str = "table") -> None:
        self._table = table
        if isinstance(table, (str, bytes)) or table is None:
            raise refuse(argument, f"is {table!r:.40}, not a table")
        is_plain = isinstance(table, Mapping) or getattr(table, "is_kam_table", False)
        found = None if is_plain else _arrow.read(table, argument)
        self._arrow = found
        if found is None:
            self.names = _names_of(table)
        elif found.names is None:
            raise refuse(argument, "is a column, not a table")
        else:
            self.names = found.names

    def __contains__(self, name: str) -> bool:
        return self.names is not None and name in self.names

    def column(self, name: str, kind: Kind = "number") -> Column:
        if self.names is not None and name not in self.names:
            raise missing(name, self.names)
        if self.names is not None and self.names.count(name) > 1:
            raise refuse(name, f"stands {self.names.count(name)} times in the table")
        if self._arrow is None:
            return column(name, self._item(name), kind)
        return _arrow_column(name, self._arrow, name, kind)

    def _item(self, name: str) -> Any:
        try:
            return self._table[name]
        except (TypeError, KeyError, IndexError, ValueError) as error:
            raise refuse(name, f"cannot be taken from a {type(self._table).__name__}: {error!r}") from None


def parts(made: Mapping[str, Column]) -> Iterator[tuple[int, int, dict[str, Chunk]]]:
    """(first row, rows, chunks) such that every column has one chunk a part."""
    lengths = {one.name: one.n_rows for one in made.values()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise refuse(next(iter(lengths)), f"is not as long as other columns: {told}", _ffi.KAM_ERR_SHAPE)
    total = next(iter(lengths.values()), 0)
    cuts = {0, total}
    for one in made.values():
        at = 0
        for chunk in one.chunks:
            at += chunk.n_rows
            cuts.add(at)
    edges = sorted(cuts)
    if total == 0:
        yield 0, 0, {role: one.chunks[0] if one.chunks else copied(one.name, [], "number")
                     for role, one in made.items()}
        return
    for first, last in zip(edges, edges[1:]):
        yield first, last - first, {role: _cut(one, first, last - first) for role, one in made.items()}


def _cut(one: Column, first: int, n_rows: int) -> Chunk:
    for chunk in one.chunks:
        if first < chunk.n_rows:
            return chunk if (first, n_rows) == (0, chunk.n_rows) else chunk.slice(first, n_rows)
        first -= chunk.n_rows
    raise AssertionError("the cut lies beyond the column")
