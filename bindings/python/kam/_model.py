# SPDX-License-Identifier: MIT
"""What the fitted models share: names, numbers, and batches over accounts."""
from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from typing import Any, Callable, Optional, Protocol, TypeVar

from . import _ffi, estimate, status
from ._errors import KamError, error_of, new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table
from .account import Accounts, Book, accounts


def thawed(kind: Any, frozen: bytes) -> Any:
    """A struct from its bytes. Those of an older library are a prefix of it: what
    it did not know is zero, which means as before."""
    return kind.from_buffer_copy(frozen.ljust(ctypes.sizeof(kind), b"\0"))


class Room(Protocol):
    """Memory of one output: the address of a row in it."""

    def at(self, row: int = 0) -> int: ...


def batch(book: Accounts, call: Callable[..., int], outputs: Sequence[Room], *, progress: Optional[Progress],
          threads: Optional[int]) -> None:
    """Calls call(accounts, host, *outputs, diag) for every part."""
    with Host(progress, threads) as host:
        for part in book.parts:
            diag = new_diag()
            host.check(call(ctypes.byref(part.raw), ctypes.byref(host.raw),
                            *[output.at(part.first) for output in outputs], ctypes.byref(diag)), diag, part.first)


def answer(book: Book, call: Callable[..., int], names: Sequence[str], *, progress: Optional[Progress] = None,
           threads: Optional[int] = None) -> Table:
    """A table of the named doubles, and row_flags."""
    rows = accounts(book)
    buffers = [Buffer("d", len(rows)) for _ in names] + [Buffer("I", len(rows))]
    batch(rows, call, buffers, progress=progress, threads=threads)
    return Table({name: buffer.view() for name, buffer in zip([*names, "row_flags"], buffers)})


M = TypeVar("M", bound="Model")


class Model:
    """A fitted model: parameters by name, and how well they are known."""

    _raw: Any
    _kind: Any  # the struct that _raw is
    _names: Callable[[int, int], Any]
    _objective: Callable[..., int]
    _fields: tuple[str, ...]  # of a book that a fit reads
    _told: Any = None  # the report as C wrote it

    def _set(self, covariance: Optional[Sequence[float]], report: Optional[dict[str, Any]]) -> None:
        self.report = report
        self._covariance = list(covariance) if covariance is not None else None

    @classmethod
    def of_raw(cls: type[M], raw: Any, covariance: Optional[Sequence[float]], report: Optional[dict[str, Any]]) -> M:
        made = cls.__new__(cls)
        made._raw = cls._kind.from_buffer_copy(raw)
        made._set(covariance, report)
        return made

    def _call(self, function: Any, *arguments: Any) -> Any:
        """function(model, accounts, *arguments, host, outputs..., diag)"""
        def call(rows: Any, host: Any, *rest: Any) -> int:
            return int(function(ctypes.byref(self._raw), rows, *arguments, host, *rest))
        return call

    @property
    def _any_sign(self) -> Sequence[str]:
        """Parameters whose covariance is their own, not of their logs."""
        return ()

    def _book_days(self) -> Optional[float]:
        """Days a period that a book has to have; None: any."""
        return None

    def objective(self, book: Book, *, progress: Optional[Progress] = None, threads: Optional[int] = None
                  ) -> estimate.Objective:
        """Log likelihood, gradient and Hessian over the book, to merge."""
        total = estimate.Objective()
        with Host(progress, threads) as host:
            for part in accounts(book, self._book_days()).parts:
                diag = new_diag()
                host.check(type(self)._objective(ctypes.byref(self._raw), ctypes.byref(part.raw), ctypes.byref(host.raw),
                                                 ctypes.byref(total.raw), ctypes.byref(diag)), diag, part.first)
        return total

    @property
    def parameters(self) -> dict[str, float]:
        return {type(self)._names(self._raw.family, i).decode(): self._raw.parameter[i]
                for i in range(self._raw.n_parameters)}

    @property
    def covariance(self) -> Optional[list[list[float]]]:
        """Of the log parameters; NaN where the fit leaves it undefined; None when
        the model was not fitted here."""
        p = self._raw.n_parameters
        return None if self._covariance is None else [self._covariance[i * p:(i + 1) * p] for i in range(p)]

    @property
    def standard_errors(self) -> Optional[dict[str, float]]:
        """Of the parameters, by the delta method: parameter x that of its log, but for
        those that can have any sign."""
        if self.covariance is None:
            return None
        return {name: (1 if name in self._any_sign else value) * math.sqrt(variance[i]) if variance[i] >= 0 else math.nan
                for i, ((name, value), variance) in enumerate(zip(self.parameters.items(), self.covariance))}

    def __getstate__(self) -> dict[str, Any]:
        return {"raw": bytes(self._raw), "covariance": self._covariance, "report": self.report}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._raw = thawed(type(self)._kind, state["raw"])
        self._set(state["covariance"], state["report"])

    def covariance_pointer(self) -> Any:
        """(p, p) doubles for C, or NULL."""
        return None if self._covariance is None else (ctypes.c_double * len(self._covariance))(*self._covariance)

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.Model {' '.join(f'{n}={v:.6g}' for n, v in self.parameters.items())}>"


class Timed(Model):
    """A model of one of several families, whose periods have so many days."""

    _families: dict[str, int]
    _family_name: Callable[[int], Any]

    def __init__(self, family: str, period_days: float, parameters: dict[str, float]) -> None:
        self._raw = type(self)._kind(family=self.family_number(family), period_days=period_days)
        fill(self._raw, type(self)._names, parameters)
        self._set(None, None)

    @classmethod
    def family_number(cls, family: str) -> int:
        if family not in cls._families:
            raise refuse("family", f"is {family!r}, not {' or '.join(cls._families)}", _ffi.KAM_ERR_OPTION)
        return cls._families[family]

    @property
    def family(self) -> str:
        return str(type(self)._family_name(self._raw.family).decode())

    @property
    def period_days(self) -> float:
        return float(self._raw.period_days)


def fitted(kind: type[M], call: Callable[..., int], *, progress: Optional[Progress],
           threads: Optional[int]) -> M:
    """A model from call(host, model, covariance, report, diag). A verdict is raised with
    the best point found as its `model`."""
    raw, diag = kind._kind(), new_diag()
    covariance = (ctypes.c_double * len(raw.parameter) ** 2)()
    report = _ffi.kam_estimate_report(struct_size=ctypes.sizeof(_ffi.kam_estimate_report))
    with Host(progress, threads) as host:
        status = call(ctypes.byref(host.raw), ctypes.byref(raw), covariance, ctypes.byref(report), ctypes.byref(diag))
        if status not in estimate.VERDICTS:
            try:
                host.check(status, diag)
            except KamError as refused:
                refused.told = report
                raise
    model = kind.of_raw(raw, covariance[:raw.n_parameters ** 2], estimate.report_of(report))
    model._told = report
    if status != _ffi.KAM_OK:
        error = error_of(status, diag)
        error.model, error.told = model, report
        raise error
    return model


#: the sums of a model over all rows, wherever they lie
Total = Callable[[M], estimate.Objective]


def searched(kind: type[M], callback: Any, call: Callable[..., int], total: Total[M]) -> M:
    """A model from call(ask, context, model, covariance, report, diag). What `total` raises
    is raised by it."""
    raised: list[BaseException] = []

    def ask(_: Any, model: Any, into: Any) -> int:
        try:
            return int(lib.kam_objective_merge(into, ctypes.byref(total(kind.of_raw(model.contents, None, None)).raw)))
        except KamError as error:
            if error.status == _ffi.KAM_ERR_OVERFLOW:
                return error.status
            raised.append(error)
        except BaseException as error:  # nothing may pass through C
            raised.append(error)
        return int(_ffi.KAM_ERR_CANCELLED)

    function = callback(ask)
    try:
        return fitted(kind, lambda _, *rest: call(function, None, *rest), progress=None, threads=None)
    except KamError:
        if raised:
            raise raised[0] from None
        raise


def profile(function: Callable[..., int], names: Callable[[int, int], Any], family: int, book: Book, parameter: str,
            level: float, how: Any, progress: Optional[Progress], threads: Optional[int]) -> dict[str, Any]:
    """An interval of one parameter by profile likelihood, as a dict."""
    rows, diag, place = accounts(book), new_diag(), 0
    while (name := names(family, place)) is not None and name.decode() != parameter:
        place += 1
    if name is None:
        raise refuse("parameter", f"{parameter!r} is none of the family's", _ffi.KAM_ERR_OPTION)
    found = _ffi.kam_estimate_interval(struct_size=ctypes.sizeof(_ffi.kam_estimate_interval), parameter=place, level=level)
    with Host(progress, threads) as host:
        host.check(function(family, rows.array(), len(rows.parts), ctypes.byref(how), ctypes.byref(host.raw),
                            ctypes.byref(found), ctypes.byref(diag)), diag)
    return {**{name: getattr(found, name) for name in ("estimate", "low", "high")},
            **{name: status.name(getattr(found, name)) for name in ("fit", "low_status", "high_status")}}


def fill(raw: Any, names: Callable[[int, int], Any], given: dict[str, float]) -> None:
    """Sets parameters by name; all of them, and no others."""
    wanted: list[str] = []
    while (name := names(raw.family, len(wanted))) is not None:
        wanted.append(name.decode())
    if sorted(wanted) != sorted(given):
        raise refuse("parameters", f"are {', '.join(given) or 'none'}; the family has {', '.join(wanted)}",
                     _ffi.KAM_ERR_OPTION)
    raw.n_parameters = len(wanted)
    for i, name in enumerate(wanted):
        raw.parameter[i] = given[name]
