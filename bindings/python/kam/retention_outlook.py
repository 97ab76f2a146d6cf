# SPDX-License-Identifier: MIT
"""What will become of accounts by all their contracts: money with an interval, and whether none is left
(kam/retention_outlook.h)."""
from __future__ import annotations

import ctypes
import math
from array import array
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, NamedTuple, Optional, Union

from . import _care, _columns, _ffi
from ._errors import new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table
from .retention import Model


class Outlook(NamedTuple):
    """A row an account: `value`, `value_low`, `value_high`, `lapse`, `row_flags`; a row a contract: `renewal`, `length`."""
    accounts: Table
    contracts: Table


def _doubles(name: str, data: Any, n: int) -> Buffer:
    chunk = _columns.column(name, data).whole()
    if chunk.n_rows != n:
        raise refuse(name, f"has {chunk.n_rows} rows, not {n}", _ffi.KAM_ERR_SHAPE)
    made = Buffer("d", n)
    chunk.numbers(name, made.at())
    return made


def _whole(name: str, letter: str, data: Any, n: int) -> array[int]:
    made = array(letter, data)
    if len(made) != n:
        raise refuse(name, f"has {len(made)} rows, not {n}", _ffi.KAM_ERR_SHAPE)
    return made


def find(models: Sequence[Union[Model, float]], contracts: Sequence[int], *, model: Any, state: Any, renewals: Any,
         contract_ended: Any, periods_to_end: Any, contract_value: Any, seed: Any = None, horizon_days: float = 365.0,
         discount_per_year: float = 0.10, interval: float = 0.80, progress: Optional[Progress] = None,
         threads: Optional[int] = None) -> Outlook:
    """contracts: how many each account has, ended ones too; the columns are of these, account by account, as
    kam.contracts.known tells them, and `model` is the place in `models`, not falling within an account. A number of
    days there is a term without a model."""
    first = array("q", accumulate(contracts, initial=0))
    rows, n = len(first) - 1, first[-1]
    raw = (_ffi.kam_retention * max(len(models), 1))()
    covariance: Any = (ctypes.c_double * (9 * max(len(models), 1)))(*[math.nan] * 9 * len(models))
    for k, one in enumerate(models):
        if isinstance(one, Model):
            raw[k] = one._raw
            covariance[9 * k:9 * k + len(one._covariance or ())] = one._covariance or []
        else:
            raw[k].period_days = one
    whole = {"model": _whole("model", "i", model, n), "state": _whole("state", "i", state, n)}
    numbers = {name: _doubles(name, data, n) for name, data in (
        ("renewals", renewals), ("contract_ended", contract_ended), ("periods_to_end", periods_to_end),
        ("contract_value", contract_value))}
    seeds = None if seed is None else _whole("seed", "Q", seed, rows)
    given = _ffi.kam_retention_contracts(
        struct_size=ctypes.sizeof(_ffi.kam_retention_contracts), n_models=len(models), n_rows=rows, models=ctypes.addressof(raw),
        covariance=ctypes.addressof(covariance), first=first.buffer_info()[0], seed=seeds.buffer_info()[0] if seeds else None,
        **{name: column.buffer_info()[0] for name, column in whole.items()},
        **{name: buffer.at() for name, buffer in numbers.items()})
    by_account = {**_care.buffers(dict.fromkeys(("value", "value_low", "value_high", "lapse"), "d"), rows),
                  **_care.buffers({"row_flags": "I"}, rows)}
    by_contract = _care.buffers({"renewal": "d", "length": "d"}, n)
    out, diag = _ffi.kam_retention_outlook_out(struct_size=ctypes.sizeof(_ffi.kam_retention_outlook_out),
                                               **_care.addresses(by_account), **_care.addresses(by_contract)), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_retention_outlook(ctypes.byref(given), horizon_days, discount_per_year, interval,
                                             ctypes.byref(host.raw), ctypes.byref(out), ctypes.byref(diag)), diag)
    return Outlook(*(Table({name: buffer.view() for name, buffer in made.items()}) for made in (by_account, by_contract)))
