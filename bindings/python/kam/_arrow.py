# SPDX-License-Identifier: MIT
"""The Arrow C data interface: its three structs, borrowed and owned arrays, and
a stream of our own columns for others."""
from __future__ import annotations

import ctypes
from ctypes import CFUNCTYPE, POINTER, PYFUNCTYPE, Structure, c_char_p, c_int, c_int64, c_void_p, py_object
from typing import Any, Optional

from ._errors import refuse


class ArrowSchema(Structure):
    pass


class ArrowArray(Structure):
    pass


class ArrowArrayStream(Structure):
    pass


release_schema = CFUNCTYPE(None, POINTER(ArrowSchema))
release_array = CFUNCTYPE(None, POINTER(ArrowArray))
release_stream = CFUNCTYPE(None, POINTER(ArrowArrayStream))
get_schema = CFUNCTYPE(c_int, POINTER(ArrowArrayStream), POINTER(ArrowSchema))
get_next = CFUNCTYPE(c_int, POINTER(ArrowArrayStream), POINTER(ArrowArray))
get_last_error = CFUNCTYPE(c_void_p, POINTER(ArrowArrayStream))

ArrowSchema._fields_ = [
    ("format", c_char_p), ("name", c_char_p), ("metadata", c_void_p), ("flags", c_int64), ("n_children", c_int64),
    ("children", POINTER(POINTER(ArrowSchema))), ("dictionary", POINTER(ArrowSchema)), ("release", release_schema),
    ("private_data", c_void_p)]
ArrowArray._fields_ = [
    ("length", c_int64), ("null_count", c_int64), ("offset", c_int64), ("n_buffers", c_int64),
    ("n_children", c_int64), ("buffers", POINTER(c_void_p)), ("children", POINTER(POINTER(ArrowArray))),
    ("dictionary", POINTER(ArrowArray)), ("release", release_array), ("private_data", c_void_p)]
ArrowArrayStream._fields_ = [
    ("get_schema", get_schema), ("get_next", get_next), ("get_last_error", get_last_error),
    ("release", release_stream), ("private_data", c_void_p)]

_pointer = PYFUNCTYPE(c_void_p, py_object, c_char_p)(("PyCapsule_GetPointer", ctypes.pythonapi))


class Owned:
    """An array that a stream gave us: released once, when nobody looks at it."""

    def __init__(self) -> None:
        self.array = ArrowArray()

    def __del__(self) -> None:
        if self.array.release:
            self.array.release(ctypes.byref(self.array))


class Field:
    """What a schema says of one column, copied out of it."""

    def __init__(self, schema: ArrowSchema) -> None:
        self.format: str = (schema.format or b"").decode("utf-8", "replace")
        self.name: str = (schema.name or b"").decode("utf-8", "replace")
        self.is_dictionary = bool(schema.dictionary)
        self.children = [Field(schema.children[i].contents) for i in range(schema.n_children)]


class Batch:
    """One array and what keeps it alive."""

    def __init__(self, field: Field, array: ArrowArray, keep: Any) -> None:
        self.field, self.array, self.keep = field, array, keep


def _failed(stream: ArrowArrayStream, name: str, code: int) -> Exception:
    said = stream.get_last_error(ctypes.byref(stream))
    text = ctypes.string_at(said).decode("utf-8", "replace") if said else f"error {code}"
    return refuse(name, f"could not be read from its Arrow stream: {text}")


def _read_stream(capsule: Any, name: str) -> tuple[Field, list[Batch]]:
    stream = ctypes.cast(_pointer(capsule, b"arrow_array_stream"), POINTER(ArrowArrayStream)).contents
    if not stream.release:
        raise refuse(name, "has an Arrow stream that was read already")
    schema = ArrowSchema()
    code = stream.get_schema(ctypes.byref(stream), ctypes.byref(schema))
    if code:
        raise _failed(stream, name, code)
    try:
        field = Field(schema)
    finally:
        schema.release(ctypes.byref(schema))
    batches: list[Batch] = []
    while True:
        owned = Owned()
        code = stream.get_next(ctypes.byref(stream), ctypes.byref(owned.array))
        if code:
            raise _failed(stream, name, code)
        if not owned.array.release:
            return field, batches
        batches.append(Batch(field, owned.array, owned))


def _read_array(capsules: tuple[Any, Any], name: str) -> tuple[Field, list[Batch]]:
    schema = ctypes.cast(_pointer(capsules[0], b"arrow_schema"), POINTER(ArrowSchema)).contents
    array = ctypes.cast(_pointer(capsules[1], b"arrow_array"), POINTER(ArrowArray)).contents
    if not schema.release or not array.release:
        raise refuse(name, "has an Arrow array that was given away already")
    field = Field(schema)
    return field, [Batch(field, array, capsules)]


def read(data: Any, name: str) -> Optional[tuple[Field, list[Batch]]]:
    """What an object exports, borrowed; None when it does not speak Arrow, or
    would, had it the package that it needs for it (pandas without pyarrow)."""
    try:
        if hasattr(data, "__arrow_c_array__"):
            return _read_array(data.__arrow_c_array__(), name)
        if hasattr(data, "__arrow_c_stream__"):
            return _read_stream(data.__arrow_c_stream__(), name)
    except ImportError:
        pass
    return None
