# SPDX-License-Identifier: MIT
"""A Table as an Arrow stream of one batch, by reference: no package is needed."""
from __future__ import annotations

import ctypes
import itertools
from ctypes import POINTER, PYFUNCTYPE, c_char_p, c_void_p, py_object
from typing import Any

from . import _arrow
from ._arrow import ArrowArray, ArrowArrayStream, ArrowSchema
from ._columns import buffer_address

#: what an exported struct points at, by its private_data, until it is released
_LIVE: dict[int, Any] = {}
_NUMBERS = itertools.count(1)
_NULLABLE = 2

_new_capsule = PYFUNCTYPE(py_object, c_void_p, c_char_p, c_void_p)(("PyCapsule_New", ctypes.pythonapi))
# By raw address: a py_object would bring the dying capsule back to life.
_dying_pointer = PYFUNCTYPE(c_void_p, c_void_p, c_char_p)(("PyCapsule_GetPointer", ctypes.pythonapi))


def _hold(one: Any, things: Any) -> None:
    one.private_data = next(_NUMBERS)
    _LIVE[one.private_data] = things


def _let_go(one: Any, nothing: Any, live: dict[int, Any] = _LIVE) -> None:
    """Children that were not moved away go first, as the specification asks."""
    for i in range(getattr(one, "n_children", 0)):
        child = one.children[i]
        if child.contents.release:
            child.contents.release(child)
    number = one.private_data
    one.release = nothing()
    live.pop(number, None)


# Everything is bound beforehand: at exit module globals may be gone.
def _releaser(kind: Any, let_go: Any = _let_go) -> Any:
    def release(one: Any) -> None:
        let_go(one.contents, kind)
    return kind(release)


_release_schema = _releaser(_arrow.release_schema)
_release_array = _releaser(_arrow.release_array)
_release_stream = _releaser(_arrow.release_stream)


def _pointers(kind: Any, items: list[Any]) -> Any:
    return (POINTER(kind) * max(len(items), 1))(*map(ctypes.pointer, items))


def _fill_schema(one: ArrowSchema, layout: bytes, name: str, children: list[ArrowSchema]) -> ArrowSchema:
    pointers = _pointers(ArrowSchema, children)
    one.format, one.name, one.flags = layout, name.encode(), _NULLABLE if name else 0
    one.n_children, one.children = len(children), ctypes.cast(pointers, POINTER(POINTER(ArrowSchema)))
    one.release = _release_schema
    _hold(one, (children, pointers, layout, one.name))
    return one


def _fill_array(one: ArrowArray, length: int, nulls: int, buffers: list[Any], children: list[ArrowArray]
                ) -> ArrowArray:
    pointers = _pointers(ArrowArray, children)
    views = [None if buffer is None else memoryview(buffer) for buffer in buffers]
    addresses = (c_void_p * max(len(views), 1))(*[None if view is None else buffer_address(view) for view in views])
    one.length, one.null_count, one.n_buffers, one.n_children = length, nulls, len(views), len(children)
    one.buffers = ctypes.cast(addresses, POINTER(c_void_p))
    one.children = ctypes.cast(pointers, POINTER(POINTER(ArrowArray)))
    one.release = _release_array
    _hold(one, (children, pointers, views, addresses))
    return one


def fill_schema(one: ArrowSchema, columns: list[tuple[str, bytes, list[Any], int]]) -> None:
    _fill_schema(one, b"+s", "", [_fill_schema(ArrowSchema(), layout, name, []) for name, layout, _, _ in columns])


def fill_array(one: ArrowArray, n_rows: int, columns: list[tuple[str, bytes, list[Any], int]]) -> None:
    _fill_array(one, n_rows, 0, [None], [_fill_array(ArrowArray(), n_rows, nulls, buffers, [])
                                         for _, _, buffers, nulls in columns])


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


def schema_capsule(columns: list[tuple[str, bytes, list[Any], int]]) -> Any:
    schema = ArrowSchema()
    fill_schema(schema, columns)
    return _capsule(schema, b"arrow_schema")


def stream_capsule(n_rows: int, columns: list[tuple[str, bytes, list[Any], int]]) -> Any:
    stream = ArrowArrayStream(get_schema=_GET_SCHEMA, get_next=_GET_NEXT, get_last_error=_GET_LAST_ERROR,
                              release=_release_stream)
    _hold(stream, {"columns": columns, "n_rows": n_rows, "done": False})
    return _capsule(stream, b"arrow_array_stream")
