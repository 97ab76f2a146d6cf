# SPDX-License-Identifier: MIT
"""A struct of results as a dict."""
from __future__ import annotations

import ctypes
from typing import Any


def new(kind: Any) -> Any:
    return kind(struct_size=ctypes.sizeof(kind))


def as_dict(raw: Any) -> dict[str, Any]:
    """Every member but struct_size and what is reserved."""
    return {name: getattr(raw, name) for name, *_ in raw._fields_ if name not in ("struct_size", "reserved")}
