# SPDX-License-Identifier: MIT
"""Finds and loads libkam, and makes sure that it is one this package knows."""
from __future__ import annotations

import ctypes
import os
import pathlib
import sys
from collections.abc import Iterator

from . import _ffi

_HERE = pathlib.Path(__file__).resolve().parent
_NAMES = {"win32": ("kam*.dll", "libkam*.dll"), "darwin": ("libkam*.dylib",)}.get(
    sys.platform, ("libkam.so", "libkam.so.*"))


class KamLibraryNotFound(ImportError):
    """No libkam that this package can use was found; says what was tried."""


def _bundled() -> Iterator[str]:
    """The library that a wheel brought along: in the package, beside it, or where
    files of one platform go when those of all platforms go elsewhere."""
    for name in _NAMES:
        yield from map(str, sorted(_HERE.glob(name)))
        yield from map(str, sorted(_HERE.parent.glob(f".libkam.mesonpy.libs/{name}")))
        if _HERE.parent.suffix == ".zip":  # shipped to others (kam.spark), the library beside it
            yield from map(str, sorted(_HERE.parent.parent.glob(name)))
    from sysconfig import get_path  # slow to load, and seldom needed
    for name in _NAMES:
        yield from map(str, sorted(pathlib.Path(get_path("platlib")).glob(f".libkam.mesonpy.libs/{name}")))


def _candidates() -> Iterator[tuple[str, str]]:
    """(where from, what to load). KAM_LIBRARY, when set, is the only one."""
    named = os.environ.get("KAM_LIBRARY")
    if named:
        yield "KAM_LIBRARY", named
        return
    for path in _bundled():
        yield "bundled", path
    from ctypes import util  # slow to load, and seldom needed
    found = util.find_library("kam")
    if found:
        yield "system", found


def _refusal(library: ctypes.CDLL) -> str:
    """Why this package cannot use a library; empty when it can."""
    try:
        version = int(library.kam_version())
        _ffi.bind(library)
    except AttributeError as error:
        return f"is not the libkam this package was made for ({error})"
    major, minor = version >> 16, version >> 8 & 0xFF
    if major != _ffi.KAM_VERSION_MAJOR or minor < _ffi.KAM_VERSION_MINOR:
        return (f"is libkam {major}.{minor}; this package needs {_ffi.KAM_VERSION_MAJOR}."
                f"{_ffi.KAM_VERSION_MINOR} or a later {_ffi.KAM_VERSION_MAJOR}.x")
    return ""


def load() -> ctypes.CDLL:
    """libkam, with every function's types set. CDLL: calls release the GIL."""
    tried = []
    for source, name in _candidates():
        try:
            library = ctypes.CDLL(name)
        except OSError as error:
            tried.append(f"{source}: {name}: {error}")
            continue
        why = _refusal(library)
        if not why:
            return library
        tried.append(f"{source}: {name} {why}")
    if not os.environ.get("KAM_LIBRARY"):
        tried.append(f"bundled: {' or '.join(_NAMES)} in {_HERE}")
        tried.append('system: ctypes.util.find_library("kam")')
    raise KamLibraryNotFound("libkam was not found. Build it, and set KAM_LIBRARY to the shared library. Tried:\n  "
                             + "\n  ".join(tried), name="kam")


lib = load()
