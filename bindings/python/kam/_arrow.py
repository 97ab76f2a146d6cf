# SPDX-License-Identifier: MIT
"""The Arrow C data interface: its three structs, borrowed and owned arrays, and
a stream of our own columns for others."""
from __future__ import annotations

import ctypes
from ctypes import CFUNCTYPE, POINTER, PYFUNCTYPE, Structure, c_char_p, c_int, c_int64, c_void_p, py_object
from typing import Any, NamedTuple, Optional

from ._errors import KamError, refuse


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
    """A struct that a producer filled for us: released once, when nobody looks at it."""

    def __init__(self, kind: Any) -> None:
        self.struct = kind()

    def __del__(self) -> None:
        if self.struct.release:
            self.struct.release(ctypes.byref(self.struct))


class Batch:
    """A schema and one array, and what keeps them alive."""

    def __init__(self, schema: ArrowSchema, array: ArrowArray, keep: Any) -> None:
        self.schema, self.array, self.keep = schema, array, keep


class Read(NamedTuple):
    """What an object exports: a table when `names` is not None, else a column."""
    names: Optional[list[str]]
    batches: list[Batch]


def _names(schema: ArrowSchema) -> Optional[list[str]]:
    if schema.format != b"+s":
        return None
    return [(schema.children[i].contents.name or b"").decode("utf-8", "replace") for i in range(schema.n_children)]


def _failed(stream: ArrowArrayStream, name: str, code: int) -> Exception:
    said = stream.get_last_error(ctypes.byref(stream))
    text = ctypes.string_at(said).decode("utf-8", "replace") if said else f"error {code}"
    return refuse(name, f"could not be read from its Arrow stream: {text}")


def _read_stream(capsule: Any, name: str) -> Read:
    stream = ctypes.cast(_pointer(capsule, b"arrow_array_stream"), POINTER(ArrowArrayStream)).contents
    if not stream.release:
        raise refuse(name, "has an Arrow stream that was read already")
    schema = Owned(ArrowSchema)
    code = stream.get_schema(ctypes.byref(stream), ctypes.byref(schema.struct))
    if code:
        raise _failed(stream, name, code)
    batches: list[Batch] = []
    while True:
        array = Owned(ArrowArray)
        code = stream.get_next(ctypes.byref(stream), ctypes.byref(array.struct))
        if code:
            raise _failed(stream, name, code)
        if not array.struct.release:
            return Read(_names(schema.struct), batches)
        batches.append(Batch(schema.struct, array.struct, (schema, array)))


def _read_array(capsules: tuple[Any, Any], name: str) -> Read:
    schema = ctypes.cast(_pointer(capsules[0], b"arrow_schema"), POINTER(ArrowSchema)).contents
    array = ctypes.cast(_pointer(capsules[1], b"arrow_array"), POINTER(ArrowArray)).contents
    if not schema.release or not array.release:
        raise refuse(name, "has an Arrow array that was given away already")
    return Read(_names(schema), [Batch(schema, array, capsules)])


def read(data: Any, name: str) -> Optional[Read]:
    """What an object exports, borrowed; None when it does not speak Arrow, or
    would, had it the package that it needs for it (pandas without pyarrow), or
    cannot say all of itself in Arrow (a frame of pandas with a column of mixed
    objects, or two of one name): its columns may be reached one by one."""
    try:
        if hasattr(data, "__arrow_c_array__"):
            return _read_array(data.__arrow_c_array__(), name)
        if hasattr(data, "__arrow_c_stream__"):
            return _read_stream(data.__arrow_c_stream__(), name)
    except KamError:
        raise
    except ImportError:
        pass
    except (TypeError, ValueError) as error:
        if not hasattr(data, "to_numpy"):
            raise refuse(name, f"could not be read as Arrow: {error}") from error
    return None
