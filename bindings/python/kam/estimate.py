# SPDX-License-Identifier: MIT
"""What every fit takes and tells (kam/estimate.h)."""
from __future__ import annotations

import ctypes
from typing import Any, Optional

from . import _ffi, status
from ._errors import check, refuse
from ._library import lib

PRIORS = {"none": _ffi.KAM_PRIOR_NONE, "weak": _ffi.KAM_PRIOR_WEAK}
#: verdicts that come with the best point found
VERDICTS = (_ffi.KAM_ERR_AT_BOUND, _ffi.KAM_ERR_FLAT, _ffi.KAM_ERR_NOT_CONVERGED)


def options(prior: str, max_steps: Optional[int]) -> _ffi.kam_estimate_options:
    made = _ffi.kam_estimate_options()
    check(lib.kam_estimate_options_init(ctypes.byref(made), ctypes.sizeof(made)))
    if prior not in PRIORS:
        raise refuse("prior", f"is {prior!r}, not {' or '.join(PRIORS)}", _ffi.KAM_ERR_OPTION)
    made.prior = PRIORS[prior]
    if max_steps is not None:
        made.max_steps = max_steps
    return made


def report_of(raw: _ffi.kam_estimate_report) -> dict[str, Any]:
    """What a fit tells of itself, with the verdict by name."""
    made = {name: getattr(raw, name) for name, *_ in raw._fields_[1:]}
    made["status"] = status.name(raw.status)
    made["prior"] = next((name for name, prior in PRIORS.items() if prior == raw.prior), raw.prior)
    return made


def ratio_test(log_likelihood: float, larger_log_likelihood: float, n_more: int = 1) -> float:
    """The p value of a model against one that it is nested in, with n_more
    parameters more."""
    return float(lib.kam_estimate_ratio_test(log_likelihood, larger_log_likelihood, n_more))


class Objective:
    """Log likelihood, gradient and Hessian of some rows, in log parameters.
    Pieces merge to the same bits in any order and of any cut."""

    def __init__(self) -> None:
        self.raw = _ffi.kam_objective(struct_size=ctypes.sizeof(_ffi.kam_objective))

    def __getstate__(self) -> bytes:
        return bytes(self.raw)

    def __setstate__(self, state: bytes) -> None:
        self.raw = _ffi.kam_objective.from_buffer_copy(state)

    def merge(self, other: Objective) -> Objective:
        check(lib.kam_objective_merge(ctypes.byref(self.raw), ctypes.byref(other.raw)))
        return self

    @staticmethod
    def _value(one: _ffi.kam_sum) -> float:
        return float(lib.kam_sum_value(ctypes.byref(one)))

    @property
    def n_rows(self) -> int:
        return int(self.raw.n_rows)

    @property
    def n_skipped(self) -> int:
        return int(self.raw.n_skipped)

    @property
    def log_likelihood(self) -> float:
        return self._value(self.raw.log_likelihood)

    @property
    def gradient(self) -> list[float]:
        return [self._value(self.raw.gradient[i]) for i in range(self.raw.n_parameters)]

    @property
    def hessian(self) -> list[list[float]]:
        p = range(self.raw.n_parameters)
        return [[self._value(self.raw.hessian[max(i, j) * (max(i, j) + 1) // 2 + min(i, j)]) for j in p] for i in p]
