# SPDX-License-Identifier: MIT
"""Which order model to use (kam/btyd_choose.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, NamedTuple, Optional

from . import _columns, _ffi, estimate, status
from ._errors import new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from .account import Book, accounts, period_of
from .btyd import FAMILIES, Model

CRITERIA = {"aic": _ffi.KAM_BTYD_BY_AIC, "bic": _ffi.KAM_BTYD_BY_BIC, "holdout": _ffi.KAM_BTYD_BY_HOLDOUT}
NAMES = {**{number: name for name, number in FAMILIES.items()},
         _ffi.KAM_BTYD_OWN_RATE: "own rate", _ffi.KAM_BTYD_ORDERS_BEFORE: "orders before"}


class Candidate(NamedTuple):
    """A family, or a baseline ("own rate", "orders before"), and how it did;
    `model` is None for baselines and fits without an answer."""
    family: str
    status: str
    n_parameters: int
    log_likelihood: float
    aic: float
    bic: float
    n_holdout: int
    actual: float
    forecast: float
    mae: float
    rmse: float
    model: Optional[Model]


class Choice(NamedTuple):
    """The best by the criterion, and all."""
    best: Candidate
    candidates: list[Candidate]


def _candidate(raw: _ffi.kam_btyd_candidate) -> Candidate:
    model = Model.of_raw(raw.model, None, None) if raw.model.family else None
    return Candidate(NAMES[raw.family], status.name(raw.status), raw.n_parameters, raw.log_likelihood, raw.aic,
                     raw.bic, raw.n_holdout, raw.actual, raw.forecast, raw.mae, raw.rmse, model)


def choose(book: Book, families: Sequence[str] = ("mbgnbd", "bgnbd"), *, by: str = "bic",
           period_days: Optional[float] = None, horizon_periods: float = 0.0, actual_orders: Any = None,
           orders_before: Any = None, prior: str = "none", max_steps: Optional[int] = None, rhythm: Optional[int] = None,
           progress: Optional[Progress] = None, threads: Optional[int] = None) -> Choice:
    """Compares families by "aic", "bic" or, with the orders that accounts placed
    in a holdout of horizon_periods after the as-of day, by "holdout": then the
    baselines may win, the account's own rate, and orders_before, the orders in
    as long a window before it."""
    if by not in CRITERIA:
        raise refuse("by", f"is {by!r}, not {' or '.join(CRITERIA)}", _ffi.KAM_ERR_OPTION)
    rows, how = accounts(book), estimate.options(prior, max_steps)
    how.rhythm = rhythm or 0
    numbers = (ctypes.c_int32 * len(families))(*[Model.family_number(family) for family in families])
    contest = _ffi.kam_btyd_contest(struct_size=ctypes.sizeof(_ffi.kam_btyd_contest), criterion=CRITERIA[by],
                                    n_families=len(families), families=numbers, horizon_periods=horizon_periods)
    columns = {}
    for name, given in ("actual_orders", actual_orders), ("orders_before", orders_before):
        if given is not None:
            columns[name] = _columns.column(name, given).whole()
            if columns[name].n_rows != len(rows):
                raise refuse(name, f"has {columns[name].n_rows} rows, the book {len(rows)}", _ffi.KAM_ERR_SHAPE)
            setattr(contest, name, columns[name].raw)
    days = period_of(rows, period_days)
    memory, best, diag = (_ffi.kam_btyd_candidate * (len(families) + 2))(), ctypes.c_int32(), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_btyd_choose(rows.array(), len(rows.parts), 7.0 if days is None else days,
                                       ctypes.byref(contest), ctypes.byref(how), ctypes.byref(host.raw), memory,
                                       ctypes.byref(best), ctypes.byref(diag)), diag)
    candidates = [_candidate(raw) for raw in memory]
    return Choice(candidates[best.value], candidates)


class Rhythm(NamedTuple):
    """How regular orders are: 1 is no rhythm, a large k a clock, below 1 they come in bursts."""
    k: float
    standard_error: float


def rhythm(book: Book) -> Rhythm:
    """The k of Erlang-k times between orders, from how an account's times share the
    time between its first order and its last. The book has log_gaps."""
    rows = accounts(book)
    k, error, diag = ctypes.c_double(), ctypes.c_double(), new_diag()
    with Host(None, None) as host:
        host.check(lib.kam_btyd_choose_rhythm(rows.array(), len(rows.parts), ctypes.byref(k), ctypes.byref(error),
                                              ctypes.byref(diag)), diag)
    return Rhythm(k.value, error.value)
