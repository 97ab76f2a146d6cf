# SPDX-License-Identifier: MIT
"""Key figures (K1-K15) from records, by group (kam/kpi.h, kam/kpi_of.h, kam/kpi_of_customers.h, kam/kpi_appraise.h).

    kam.kpi.lines({"day": days, "revenue": money, "group": codes}, ["revenue", "growth"], n_groups=3,
                  first_day="2024-01-01", last_day="2024-12-31", base_first_day=..., base_last_day=...)
"""
from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Optional, Union

from . import _care, _columns, _ffi, _report
from ._errors import check, new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Data, Table
from .calendar import number
from .reason import language_of

_DAYS = ("first_day", "last_day", "base_first_day", "base_last_day")


def ids() -> dict[str, int]:
    """Every figure's name and id."""
    found: dict[str, int] = {}
    while (id := lib.kam_kpi_at(len(found))) != -1:
        found[lib.kam_kpi_name(id).decode()] = id
    return found


def text(name: str, language: str = "en") -> str:
    """What a figure is called, in "en" or "zh"."""
    return str(lib.kam_kpi_text(_id(name), language_of(language)).decode("utf-8"))


def _id(name: str) -> int:
    known = ids()
    if name not in known:
        raise refuse("figures", f"{name!r} is none of {', '.join(known)}", _ffi.KAM_ERR_OPTION)
    return known[name]


def _options(figures: Sequence[str], given: dict[str, Any]) -> tuple[_ffi.kam_kpi_options, Any]:
    options = options_of(given)
    memory = (ctypes.c_int32 * max(len(figures), 1))(*[_id(name) for name in figures])
    options.ids, options.n_ids = memory, len(figures)
    return options, memory


def options_of(given: Mapping[str, Any]) -> _ffi.kam_kpi_options:
    """kam_kpi_options with what is given in place of the defaults."""
    options = _ffi.kam_kpi_options()
    check(lib.kam_kpi_options_init(ctypes.byref(options), ctypes.sizeof(options)))
    for name, value in given.items():
        if not hasattr(options, name) or name in ("struct_size", "ids", "n_ids", "reserved"):
            raise TypeError(f"{name!r} is no option of key figures")
        if name == "age_days":
            options.age_days[:] = list(value)
        elif value is not None:
            setattr(options, name, number(value, name) if name in _DAYS else value)
    return options


class Figures(Table):
    """A row for each group and figure; `report` tells what happened to the rows."""

    report: dict[str, Any]


def _columns_of(memory: Any, n_groups: int, n_ids: int) -> dict[str, Data]:
    n = n_groups * n_ids
    plain = memoryview(memory).cast("B")[:n * ctypes.sizeof(_ffi.kam_kpi)]
    doubles, longs, words = plain.cast("d"), plain.cast("q"), plain.cast("i")
    group = Buffer("q", n).view()
    for row in range(n):
        group[row] = row // n_ids
    id = words[14::16]
    made: dict[str, Data] = {"group": group, "figure": [lib.kam_kpi_name(one).decode() for one in id.tolist()]}
    made.update((name, doubles[i::8]) for i, name in enumerate(("value", "numerator", "denominator", "low", "high")))
    made.update(n=longs[5::8], n_left_out=longs[6::8])
    made["state"] = [lib.kam_kpi_state_name(one).decode() for one in words[15::16].tolist()]
    return made


def _compute(call: Any, kind: Any, table: Any, figures: Union[str, Sequence[str]], options: dict[str, Any],
             columns: dict[str, Any], progress: Optional[Progress]) -> Figures:
    wanted, memory = _options([figures] if isinstance(figures, str) else list(figures), options)
    source = None if table is None else _columns.Source(table, "records")
    raw, keep = kind(struct_size=ctypes.sizeof(kind)), []
    for name, _ in kind._fields_[3:]:
        given = columns.get(name, name if source is not None and name in source else None)
        if given is None:
            continue
        role = "key" if name == "group" else "day" if name.endswith("day") else "number"
        if isinstance(given, str) and source is None:
            raise refuse(name, f"names a column {given!r}, but there is no table", _ffi.KAM_ERR_SHAPE)
        column = source.column(given, role) if source is not None and isinstance(given, str) else \
            _columns.column(name, given, role)
        keep.append((column, column.whole(role)))
        setattr(raw, name, keep[-1][1].raw)
    for name in columns:
        if name not in dict(kind._fields_[3:]):
            raise TypeError(f"{name!r} is no column of these records")
    lengths = {column.name: column.n_rows for column, _ in keep}
    if len(set(lengths.values())) > 1:
        raise refuse("records", f"have columns of different lengths: {lengths}", _ffi.KAM_ERR_SHAPE)
    raw.n_rows = next(iter(lengths.values()), 0)
    out = (_ffi.kam_kpi * max(wanted.n_groups * wanted.n_ids, 1))()
    report, diag = _report.new(_ffi.kam_kpi_report), new_diag()
    with Host(progress) as host:
        host.check(call(ctypes.byref(raw), ctypes.byref(wanted), ctypes.byref(host.raw), out, ctypes.byref(report),
                        ctypes.byref(diag)), diag)
    made = Figures(_columns_of(out, wanted.n_groups, wanted.n_ids))
    made.report = _report.as_dict(report)
    return made


def _figures_of(records: int) -> list[str]:
    return [name for name, id in ids().items() if lib.kam_kpi_records(id) == records]


def lines(table: Any, figures: Union[str, Sequence[str]], *, columns: Optional[dict[str, Any]] = None,
          progress: Optional[Progress] = None, **options: Any) -> Figures:
    """Of order lines: revenue, quantity, margin, growth, otif, on_time, in_full. `columns` renames: {"revenue":
    "amount"}, or gives a column itself. Options as in kam_kpi_options."""
    return _compute(lib.kam_kpi_of_lines, _ffi.kam_kpi_lines, table, figures, options, columns or {}, progress)


def invoices(table: Any, figures: Union[str, Sequence[str], None] = None, *,
             columns: Optional[dict[str, Any]] = None, progress: Optional[Progress] = None, **options: Any) -> Figures:
    """Of invoices: dso, turnover, overdue, ageing, lateness; all of them unless told."""
    return _compute(lib.kam_kpi_of_invoices, _ffi.kam_kpi_invoices, table,
                    _figures_of(_ffi.KAM_KPI_INVOICES) if figures is None else figures, options, columns or {},
                    progress)


def actuals(table: Any, figures: Union[str, Sequence[str], None] = None, *,
            columns: Optional[dict[str, Any]] = None, progress: Optional[Progress] = None, **options: Any) -> Figures:
    """Of what came, was forecast and planned: accuracy, bias, mase, attainment."""
    return _compute(lib.kam_kpi_of_actuals, _ffi.kam_kpi_actuals, table,
                    _figures_of(_ffi.KAM_KPI_ACTUALS) if figures is None else figures, options, columns or {},
                    progress)


def surveys(table: Any, figures: Union[str, Sequence[str], None] = None, *,
            columns: Optional[dict[str, Any]] = None, progress: Optional[Progress] = None, **options: Any) -> Figures:
    """Of surveys: csat, nps, response_rate."""
    return _compute(lib.kam_kpi_of_surveys, _ffi.kam_kpi_surveys, table,
                    _figures_of(_ffi.KAM_KPI_SURVEYS) if figures is None else figures, options, columns or {},
                    progress)


def accounts(table: Any, figures: Union[str, Sequence[str], None] = None, *,
             columns: Optional[dict[str, Any]] = None, progress: Optional[Progress] = None, **options: Any) -> Figures:
    """Of accounts between two windows: share, new, retention, grr, nrr, defection."""
    return _compute(lib.kam_kpi_of_accounts, _ffi.kam_kpi_accounts, table,
                    _figures_of(_ffi.KAM_KPI_ACCOUNTS) if figures is None else figures, options, columns or {},
                    progress)


def opportunities(table: Any, figures: Union[str, Sequence[str], None] = None, *,
                  columns: Optional[dict[str, Any]] = None, progress: Optional[Progress] = None,
                  **options: Any) -> Figures:
    """Of opportunities: win_rate, win_rate_money, conversion."""
    return _compute(lib.kam_kpi_of_opportunities, _ffi.kam_kpi_opportunities, table,
                    _figures_of(_ffi.KAM_KPI_OPPORTUNITIES) if figures is None else figures, options, columns or {},
                    progress)


def tickets(table: Any, figures: Union[str, Sequence[str], None] = None, *,
            columns: Optional[dict[str, Any]] = None, progress: Optional[Progress] = None, **options: Any) -> Figures:
    """Of tickets: hours_p50, hours_p90, hours_p95, sla_hit."""
    return _compute(lib.kam_kpi_of_tickets, _ffi.kam_kpi_tickets, table,
                    _figures_of(_ffi.KAM_KPI_TICKETS) if figures is None else figures, options, columns or {},
                    progress)


class Criterion(NamedTuple):
    """As kam_kpi_criterion: value is a column; less: less is better."""
    value: Any
    weight: float
    target: float
    less: bool = False
    lowest: float = 0.0
    highest: float = 0.0


def appraise(criteria: Mapping[str, Criterion], least_coverage: float = 0.0, *, progress: Optional[Progress] = None,
             threads: Optional[int] = None) -> Table:
    """Weighted appraisal (K15): `score`, `coverage`, and a column part_NAME for each criterion."""
    n, found = _care.whole({name: one.value for name, one in criteria.items()}, {})
    memory = (_ffi.kam_kpi_criterion * max(len(criteria), 1))(*[
        _ffi.kam_kpi_criterion(one.weight, one.target, one.lowest, one.highest, int(one.less), 0, found[name].raw)
        for name, one in criteria.items()])
    raw = _ffi.kam_kpi_appraisal(struct_size=ctypes.sizeof(_ffi.kam_kpi_appraisal), n_criteria=len(criteria),
                                 criteria=memory, n_rows=n, least_coverage=least_coverage)
    made = {**_care.buffers({"score": "d", "coverage": "d"}, n), **_care.buffers({"part": "d"}, n * len(criteria)),
            **_care.buffers({"row_flags": "I"}, n)}
    defaults = ctypes.c_uint32()
    out = _ffi.kam_kpi_appraisal_out(struct_size=ctypes.sizeof(_ffi.kam_kpi_appraisal_out), defaults=ctypes.addressof(defaults), **_care.addresses(made))
    diag = new_diag()
    with Host(progress, threads) as host:
        host.check(lib.kam_kpi_appraise(ctypes.byref(raw), ctypes.byref(host.raw), ctypes.byref(out),
                                        ctypes.byref(diag)), diag)
    answers: dict[str, Data] = {"score": made["score"].view(), "coverage": made["coverage"].view()}
    answers.update((f"part_{name}", made["part"].view()[k::len(criteria)]) for k, name in enumerate(criteria))
    answers["row_flags"] = made["row_flags"].view()
    return Table(answers, defaults=defaults)
