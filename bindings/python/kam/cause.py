# SPDX-License-Identifier: MIT
"""Why accounts leave, and what could be saved (kam/cause.h)."""
from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import Any, NamedTuple, Optional, Union

from . import _columns, _ffi, _report
from ._errors import check, new_diag, refuse
from ._host import Host, Progress
from ._library import lib
from ._table import Buffer, Table
from .reason import language_of

CAUSES = {"contraction": _ffi.KAM_CAUSE_CONTRACTION, "integration": _ffi.KAM_CAUSE_INTEGRATION,
          "catastrophe": _ffi.KAM_CAUSE_CATASTROPHE, "rival": _ffi.KAM_CAUSE_RIVAL, "need": _ffi.KAM_CAUSE_NEED,
          "complaint": _ffi.KAM_CAUSE_COMPLAINT, "contact": _ffi.KAM_CAUSE_CONTACT}
_OUT = ["controllable", "uncontrollable", "loss", "expected_loss", "saveable_loss"]


def _number(cause: Union[str, int]) -> int:
    if isinstance(cause, str) and cause not in CAUSES:
        raise refuse("risks", f"has {cause!r}, not one of {', '.join(CAUSES)}", _ffi.KAM_ERR_OPTION)
    return CAUSES[cause] if isinstance(cause, str) else cause


def name(cause: Union[str, int], language: str = "en") -> str:
    """The cause's label, such as "rival attack"; in "en" or "zh"."""
    return str(lib.kam_cause_name(_number(cause), language_of(language)).decode())


def is_controllable(cause: Union[str, int]) -> bool:
    return bool(lib.kam_cause_is_controllable(_number(cause)))


class Losses(NamedTuple):
    """A row an account, incidence_<cause> included; the book's expected loss by cause."""
    table: Table
    by_cause: dict[Union[str, int], float]


def losses(risks: Mapping[Any, Any], *, margin: Any = None, natural_risk: Any = None, horizon_periods: float = 12,
           discount_per_period: float = 0, most_periods: float = 60, replace_chance: float = 0, replace_cost: float = 0,
           ramp_periods: float = 0, save_chance: float = 1, progress: Optional[Progress] = None,
           threads: Optional[int] = None) -> Losses:
    """Incidences and losses from the risk of each cause a period: {"rival": [...], 101: [...]}."""
    chunks = [_columns.column(str(cause), data).whole() for cause, data in risks.items()]
    k, n = len(chunks), chunks[0].n_rows if chunks else 0
    more = {name: _columns.column(name, data).whole()
            for name, data in (("margin", margin), ("natural_risk", natural_risk)) if data is not None}
    for label, chunk in [*zip(map(str, risks), chunks), *more.items()]:
        if chunk.n_rows != n:
            raise refuse(label, f"has {chunk.n_rows} rows, not {n}", _ffi.KAM_ERR_SHAPE)
    panel = _ffi.kam_cause_panel(
        struct_size=ctypes.sizeof(_ffi.kam_cause_panel), n_causes=k, n_rows=n,
        cause=(ctypes.c_int32 * max(k, 1))(*map(_number, risks)),
        risk=(_ffi.kam_column * max(k, 1))(*(chunk.raw for chunk in chunks)))
    for label, chunk in more.items():
        setattr(panel, label, chunk.raw)
    options, out, diag = _ffi.kam_cause_options(), _report.new(_ffi.kam_cause_out), new_diag()
    check(lib.kam_cause_options_init(ctypes.byref(options), ctypes.sizeof(options)))
    options.horizon_periods, options.discount_per_period = horizon_periods, discount_per_period
    options.most_periods, options.replace_chance, options.replace_cost = most_periods, replace_chance, replace_cost
    options.ramp_periods, options.save_chance = ramp_periods, save_chance
    columns = {label: Buffer("d", n) for label in _OUT}
    incidence, by_cause, flags = Buffer("d", n * k), Buffer("d", k), Buffer("I", n)
    for label, buffer in {**columns, "incidence": incidence, "by_cause": by_cause, "row_flags": flags}.items():
        setattr(out, label, buffer.at())
    with Host(progress, threads) as host:
        host.check(lib.kam_cause_losses(ctypes.byref(panel), ctypes.byref(options), ctypes.byref(host.raw),
                                        ctypes.byref(out), ctypes.byref(diag)), diag)
    table = Table({**{f"incidence_{cause}": incidence.view()[i::k] for i, cause in enumerate(risks)},
                   **{label: buffer.view() for label, buffer in columns.items()}, "row_flags": flags.view()})
    return Losses(table, dict(zip(risks, by_cause.view())))
