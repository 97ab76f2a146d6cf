# SPDX-License-Identifier: MIT
"""Order models of a book that no process holds as a whole (kam/btyd_search.h): whoever
holds the rows adds up the sums of `objective` over them, and these steer the search.

    model = kam.btyd_search.search(lambda model: merged(model.objective(part) for part in parts))
"""
from __future__ import annotations

import ctypes
from typing import Any, Optional

from . import _ffi, _model, estimate
from ._library import lib
from .btyd import Model


def search(total: _model.Total[Model], family: str = "mbgnbd", *, period_days: float = 7.0, prior: str = "none",
           max_steps: Optional[int] = None, rhythm: Optional[int] = None) -> Model:
    """As kam.btyd.fit, to the bit. `total(model)` answers Model.objective over all rows,
    its parts merged; the first model has no parameters."""
    number, how = Model.family_number(family), estimate.options(prior, max_steps)
    how.rhythm = rhythm or 0

    def call(*rest: Any) -> int:
        return int(lib.kam_btyd_search(number, period_days, ctypes.byref(how), *rest))
    return _model.searched(Model, _ffi.kam_btyd_total, call, total)
