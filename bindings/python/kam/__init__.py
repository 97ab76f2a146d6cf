# SPDX-License-Identifier: MIT
"""libkam: key-account scoring. What a book of accounts is worth, who may leave,
and why. A thin layer over the C library: modules are named as its headers.

    book = kam.Ledger(orders, account="customer", day="date", revenue="amount").summary(as_of="2024-12-31")
    scores = kam.score(book, kam.fit(book))

Loaded when used: kam.estimators (as scikit-learn's), kam.lifetimes (for those who
come from there), kam.duckdb and kam.spark (for those engines).
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import (additive, backtest, backtest_panel, btyd, btyd_choose, btyd_covariates, btyd_dynamic, btyd_pace, btyd_search, business, cadence, calendar, calibrate, cause,
               clv, concentration, contracts, costing, estimate, hazard, health, key_account, kpi, matrix, move, panel, playbook, policy,
               profit, reason, retention, retention_outlook, rfm, scorecard, segment, service_level, signal, spend, stage, status, sum,
               survival, tier, trees)
from ._errors import (KamArithmeticError, KamCancelled, KamDataError, KamError, KamExecutorError, KamMemoryError,
                      KamTypeError, KamValueError)
from ._fit import Models, fit
from ._library import KamLibraryNotFound, lib as _lib
from ._score import Scores, score, score_one
from ._table import Table
from .account import Accounts
from .ledger import Ledger, Summary
from .panel import Panel

if TYPE_CHECKING:
    from . import duckdb as duckdb, estimators, lifetimes, spark as spark
else:
    def __getattr__(name: str) -> Any:
        if name not in ("duckdb", "estimators", "lifetimes", "spark"):
            raise AttributeError(f"module 'kam' has no attribute {name!r}")
        from importlib import import_module
        return import_module(f"kam.{name}")

__version__: str = _lib.kam_version_text().decode()


def isa() -> int:
    """The best instruction set of this processor (KAM_ISA_*); all give the same bits."""
    return int(_lib.kam_host_isa())


__all__ = [
    "Accounts", "KamArithmeticError", "KamCancelled", "KamDataError", "KamError",
    "KamExecutorError", "KamLibraryNotFound", "KamMemoryError", "KamTypeError", "KamValueError",
    "Ledger", "Models", "Panel", "Scores", "Summary", "Table", "additive", "backtest", "backtest_panel", "btyd",
    "btyd_choose", "btyd_covariates", "btyd_dynamic", "btyd_pace", "btyd_search", "business", "cadence", "calendar", "calibrate", "cause",
    "clv", "concentration", "contracts", "costing", "estimate", "estimators", "fit", "hazard", "health", "isa",
    "key_account", "kpi", "lifetimes", "matrix", "move", "panel", "playbook", "policy", "profit",
    "reason", "retention", "retention_outlook", "rfm", "score", "score_one", "scorecard", "segment", "service_level",
    "signal", "spend", "stage", "status", "sum", "survival", "tier", "trees"]
