# SPDX-License-Identifier: MIT
"""Boosted trees that XGBoost or LightGBM trained (kam/trees.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import Any, Optional, Union

from . import _ffi, _report, reason
from ._errors import check, new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table
from .panel import Panel

ALL, BEST = _ffi.KAM_TREES_ALL, _ffi.KAM_TREES_BEST


class Model:
    """A model that was read; made by from_xgboost, from_lightgbm and load."""

    def __init__(self, raw: ctypes.c_void_p) -> None:
        self._raw = raw
        report, diag = _report.new(_ffi.kam_trees_report), new_diag()
        check(lib.kam_trees_report_of(raw, ctypes.byref(report), ctypes.byref(diag)), diag)
        self.report = _report.as_dict(report)
        #: names of the features, "" where the model has none
        self.names = [lib.kam_trees_feature_name(raw, i).decode("utf-8", "replace") for i in range(report.n_features)]

    def __del__(self) -> None:
        raw = getattr(self, "_raw", None)
        if raw:
            lib.kam_trees_free(raw)
            self._raw = ctypes.c_void_p()

    def __getstate__(self) -> bytes:
        return self.save()

    def __setstate__(self, blob: bytes) -> None:
        made = load(blob)
        self.__init__(made._raw)  # type: ignore[misc]
        made._raw = ctypes.c_void_p()

    def save(self) -> bytes:
        """The model as a blob that every later libkam reads."""
        size, diag = ctypes.c_uint64(), new_diag()
        check(lib.kam_trees_save(self._raw, None, 0, ctypes.byref(size), ctypes.byref(diag)), diag)
        blob = ctypes.create_string_buffer(size.value)
        check(lib.kam_trees_save(self._raw, blob, size.value, ctypes.byref(size), ctypes.byref(diag)), diag)
        return blob.raw

    def _panel(self, data: Union[Panel, Mapping[str, Any]]) -> Panel:
        """Columns by name where the model has names, else as they come."""
        if isinstance(data, Panel):
            return data
        if not all(self.names):
            return Panel(data)
        for name in self.names:
            if name not in data:
                raise refuse("panel", f"has no column {name!r}", _ffi.KAM_ERR_SHAPE)
        return Panel({name: data[name] for name in self.names})

    def score(self, panel: Union[Panel, Mapping[str, Any]], *, progress: Optional[Progress] = None,
              threads: Optional[int] = None) -> Table:
        """`score` (before the link) and `answer` (a probability, with a logistic link) of each row."""
        rows, diag = self._panel(panel), new_diag()
        score, answer = Buffer("d", len(rows)), Buffer("d", len(rows))
        with Host(progress, threads) as host:
            host.check(lib.kam_trees_score(self._raw, ctypes.byref(rows.raw), ctypes.byref(host.raw), score.at(),
                                           answer.at(), ctypes.byref(diag)), diag)
        return Table({"score": score.view(), "answer": answer.view()})

    def contributions(self, panel: Union[Panel, Mapping[str, Any]], *, progress: Optional[Progress] = None,
                      threads: Optional[int] = None) -> memoryview:
        """Shapley values, shape (rows, features + 1): the last of a row is the base."""
        rows, diag = self._panel(panel), new_diag()
        width = len(self.names) + 1
        memory = Buffer("d", len(rows) * width)
        with Host(progress, threads) as host:
            host.check(lib.kam_trees_contributions(self._raw, ctypes.byref(rows.raw), ctypes.byref(host.raw),
                                                   memory.at(), ctypes.byref(diag)), diag)
        flat: Any = memory.view()
        shaped: memoryview = flat.cast("B").cast("d", [len(rows), width]) if len(rows) else flat
        return shaped

    def reasons(self, panel: Union[Panel, Mapping[str, Any]], *, top: int = 3, progress: Optional[Progress] = None,
                threads: Optional[int] = None) -> list[list[reason.Reason]]:
        """Of each row: base, the `top` largest contributions, and the rest; they add up to the score."""
        rows, diag = self._panel(panel), new_diag()
        memory = (_ffi.kam_reason * max(len(rows) * (top + 2), 1))()
        with Host(progress, threads) as host:
            host.check(lib.kam_trees_reasons(self._raw, ctypes.byref(rows.raw), top, ctypes.byref(host.raw),
                                             ctypes.addressof(memory), ctypes.byref(diag)), diag)
        return [[reason.Reason(one.id, one.contribution, one.value) for one in memory[i:i + top + 2]]
                for i in range(0, len(rows) * (top + 2), top + 2)]


def _read(call: Any, given: Union[str, bytes], *more: int) -> Model:
    data = given.encode() if isinstance(given, str) else bytes(given)
    raw, diag = ctypes.c_void_p(), new_diag()
    check(call(data, len(data), *more, None, ctypes.byref(raw), ctypes.byref(diag)), diag)
    return Model(raw)


def from_xgboost(json: Union[str, bytes], *, rounds: int = ALL) -> Model:
    """A model of Booster.save_model("model.json") or Booster.save_raw("json"); rounds=BEST takes those that early
    stopping found best."""
    return _read(lib.kam_trees_from_xgboost, json, rounds)


def from_lightgbm(text: Union[str, bytes], *, rounds: int = ALL) -> Model:
    """A model of Booster.save_model("model.txt") or Booster.model_to_string()."""
    return _read(lib.kam_trees_from_lightgbm, text, rounds)


def load(blob: bytes) -> Model:
    """What Model.save gave, from this or any earlier libkam."""
    return _read(lib.kam_trees_load, blob)
