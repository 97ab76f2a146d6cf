# SPDX-License-Identifier: MIT
"""A Table as an Arrow stream of one batch, by reference: no package is needed."""
from __future__ import annotations

import ctypes
import itertools
from ctypes import CFUNCTYPE, POINTER, PYFUNCTYPE, c_char_p, c_void_p, py_object
from typing import Any, Optional

from . import _arrow, _ffi
from ._arrow import ArrowArray, ArrowArrayStream, ArrowSchema
from ._columns import _address, buffer_address
from ._errors import check, new_diag
from ._library import lib

#: name, KAM_* type, Arrow's format where it is not that of the type, buffers
Exported = tuple[str, int, Optional[bytes], list[Any]]
#: what exported columns point at, until they are released
_LIVE: dict[int, Any] = {}
_NUMBERS = itertools.count(1)
_NOTHING = bytearray(8)

_new_capsule = PYFUNCTYPE(py_object, c_void_p, c_char_p, c_void_p)(("PyCapsule_New", ctypes.pythonapi))
# By raw address: a py_object would bring the dying capsule back to life.
_dying_pointer = PYFUNCTYPE(c_void_p, c_void_p, c_char_p)(("PyCapsule_GetPointer", ctypes.pythonapi))


def _hold(things: Any) -> int:
    number = next(_NUMBERS)
    _LIVE[number] = things
    return number


# Everything is bound beforehand: at exit module globals may be gone.
def _done(number: Any, live: dict[int, Any] = _LIVE) -> None:
    live.pop(number, None)


_DONE = CFUNCTYPE(None, c_void_p)(lambda number: _done(number))


def _release(stream: Any, nothing: Any = _arrow.release_stream, done: Any = _done) -> None:
    one = stream.contents
    number, one.release = one.private_data, nothing()
    done(number)


_RELEASE = _arrow.release_stream(_release)


def _fields(columns: list[Exported]) -> tuple[Any, Any]:
    """kam_arrow_fields, and the buffers that they point at."""
    fields, keep = (_ffi.kam_arrow_field * max(len(columns), 1))(), []
    for field, (name, kind, layout, buffers) in zip(fields, columns):
        views = [None if buffer is None else memoryview(buffer) for buffer in buffers]
        keep.append(views)
        validity, values, text = [None if view is None else buffer_address(view) or _address(_NOTHING)
                                  for view in [*views, None][:3]]
        field.name, field.format = name.encode(), layout
        field.column = _ffi.kam_column(values=values, validity=validity, text=text, type=kind)
    return fields, keep


def fill_schema(one: ArrowSchema, columns: list[Exported]) -> None:
    diag = new_diag()
    check(lib.kam_arrow_schema(_fields(columns)[0], len(columns), None, ctypes.addressof(one), ctypes.byref(diag)), diag)


def fill_array(one: ArrowArray, n_rows: int, columns: list[Exported]) -> None:
    fields, keep = _fields(columns)
    diag, number = new_diag(), _hold(keep)
    status = lib.kam_arrow_table(fields, len(columns), n_rows, None, ctypes.cast(_DONE, c_void_p), number,
                                 ctypes.addressof(one), ctypes.byref(diag))
    if status != _ffi.KAM_OK:
        _done(number)
    check(status, diag)


def _get_schema(stream: Any, out: Any) -> int:
    fill_schema(out.contents, _LIVE[stream.contents.private_data]["columns"])
    return 0


def _get_next(stream: Any, out: Any) -> int:
    state = _LIVE[stream.contents.private_data]
    ctypes.memset(out, 0, ctypes.sizeof(ArrowArray))
    if not state["done"]:
        state["done"] = True
        fill_array(out.contents, state["n_rows"], state["columns"])
    return 0


def _get_last_error(stream: Any) -> None:
    return None


_GET_SCHEMA = _arrow.get_schema(_get_schema)
_GET_NEXT = _arrow.get_next(_get_next)
_GET_LAST_ERROR = _arrow.get_last_error(_get_last_error)


def _destructor(kind: Any, label: bytes) -> Any:
    def destroy(capsule: int, pointer: Any = _dying_pointer, cast: Any = ctypes.cast, to: Any = POINTER(kind),
                live: dict[int, Any] = _LIVE) -> None:
        address = pointer(capsule, label)
        one = cast(address, to)
        if one.contents.release:
            one.contents.release(one)
        live.pop(-address, None)
    return PYFUNCTYPE(None, c_void_p)(destroy)


_DESTROY = {label: _destructor(kind, label)
            for kind, label in ((ArrowSchema, b"arrow_schema"), (ArrowArrayStream, b"arrow_array_stream"))}


def _capsule(one: Any, label: bytes) -> Any:
    """The struct lives in _LIVE under minus its address, until the capsule dies."""
    address = ctypes.addressof(one)
    _LIVE[-address] = one
    return _new_capsule(address, label, ctypes.cast(_DESTROY[label], c_void_p))


def schema_capsule(columns: list[Exported]) -> Any:
    schema = ArrowSchema()
    fill_schema(schema, columns)
    return _capsule(schema, b"arrow_schema")


def stream_capsule(n_rows: int, columns: list[Exported]) -> Any:
    stream = ArrowArrayStream(get_schema=_GET_SCHEMA, get_next=_GET_NEXT, get_last_error=_GET_LAST_ERROR,
                              release=_RELEASE)
    stream.private_data = _hold({"columns": columns, "n_rows": n_rows, "done": False})
    return _capsule(stream, b"arrow_array_stream")
