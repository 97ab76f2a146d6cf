# SPDX-License-Identifier: MIT
"""A book in segments, and value against profit (kam/segment.h)."""
from __future__ import annotations

import ctypes
from typing import Any, NamedTuple, Optional

from . import _columns, _ffi, _report
from ._errors import check, new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table
from .reason import language_of
from .tier import Band

KINDS = {"size": _ffi.KAM_SEGMENT_SIZE, "frequency": _ffi.KAM_SEGMENT_FREQUENCY}


class Numbers(NamedTuple):
    """The segment of every row (-1: none), and where each appears first."""
    segment: memoryview
    first_row: memoryview


def number(key: Any, *, progress: Optional[Progress] = None, threads: Optional[int] = None) -> Numbers:
    """Numbers the distinct values of a column."""
    chunk = _columns.column("key", key, "key").whole()
    segment, first, n, diag = Buffer("q", chunk.n_rows), Buffer("q", chunk.n_rows), ctypes.c_int64(), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_segment_number(ctypes.byref(chunk.raw), chunk.n_rows, ctypes.byref(host.raw), segment.at(),
                                          first.at(), ctypes.byref(n), ctypes.byref(diag)), diag)
    return Numbers(segment.view(), first.view()[:n.value])


def add_up(segment: Any, n_segments: int, amount: Any, *, progress: Optional[Progress] = None,
           threads: Optional[int] = None) -> list[dict[str, Any]]:
    """Accounts, total, share, mean, least and most of each segment."""
    ours, amounts = _columns.column("segment", segment).whole(), _columns.column("amount", amount).whole()
    if ours.n_rows != amounts.n_rows:
        raise refuse("amount", f"has {amounts.n_rows} rows, segment {ours.n_rows}", _ffi.KAM_ERR_SHAPE)
    made, diag = (_ffi.kam_segment * max(n_segments, 1))(), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_segment_add_up(ctypes.byref(ours.raw), n_segments, ctypes.byref(amounts.raw), ours.n_rows,
                                          ctypes.byref(host.raw), made, ctypes.byref(diag)), diag)
    return [_report.as_dict(made[k]) for k in range(n_segments)]


def preset_bands() -> list[Band]:
    """Bands of size or frequency, by "rank"."""
    memory = (_ffi.kam_tier_band * 2)()
    check(lib.kam_segment_preset_bands(memory))
    return [Band(one.enter, one.keep) for one in memory]


def band_name(kind: str, band: int, language: str = "en") -> str:
    """What a band of "size" or "frequency" is called, in "en" or "zh"."""
    return str(lib.kam_segment_band_name(KINDS.get(kind, 0), band, language_of(language)).decode("utf-8"))


class Comparison(NamedTuple):
    """Two ranks and how they agree, for every account; and the book's numbers."""
    ranks: Table
    numbers: dict[str, Any]


def compare(value: Any, profit: Any, top_share: float = 0.0, *, progress: Optional[Progress] = None,
            threads: Optional[int] = None) -> Comparison:
    """Value against profit; top_share 0 is the default, a fifth."""
    values, profits = _columns.column("value", value).whole(), _columns.column("profit", profit).whole()
    if values.n_rows != profits.n_rows:
        raise refuse("profit", f"has {profits.n_rows} rows, value {values.n_rows}", _ffi.KAM_ERR_SHAPE)
    buffers = {"value_rank": Buffer("q", values.n_rows), "profit_rank": Buffer("q", values.n_rows),
               "agreement": Buffer("i", values.n_rows)}
    ranks = _ffi.kam_segment_ranks(struct_size=ctypes.sizeof(_ffi.kam_segment_ranks),
                                   **{name: buffer.at() for name, buffer in buffers.items()})
    numbers, diag = _report.new(_ffi.kam_segment_agreement), new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_segment_compare(ctypes.byref(values.raw), ctypes.byref(profits.raw), values.n_rows, top_share,
                                           ctypes.byref(host.raw), ctypes.byref(ranks), ctypes.byref(numbers),
                                           ctypes.byref(diag)), diag)
    return Comparison(Table({name: buffer.view() for name, buffer in buffers.items()}), _report.as_dict(numbers))


def agreement_name(agreement: int, language: str = "en") -> str:
    """The agreement as a phrase, in "en" or "zh"."""
    return str(lib.kam_segment_agreement_name(agreement, language_of(language)).decode("utf-8"))
