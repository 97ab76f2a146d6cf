# SPDX-License-Identifier: MIT
"""libkam: key-account scoring. What a book of accounts is worth, who may leave,
and why. A thin layer over the C library: modules are named as its headers.

    book = kam.Ledger(orders, account="customer", day="date", revenue="amount", as_of="2024-12-31").summary()
    scores = kam.score(book, kam.fit(book))
"""
from __future__ import annotations

from . import backtest, btyd, calendar, clv, concentration, estimate, profit, reason, spend, status, sum, tier
from ._errors import (KamArithmeticError, KamCancelled, KamDataError, KamError, KamExecutorError, KamMemoryError,
                      KamTypeError, KamValueError)
from ._fit import Models, fit
from ._library import KamLibraryNotFound, lib as _lib
from ._score import Scores, score, score_one
from ._table import Table
from .account import Accounts
from .ledger import Ledger

__version__: str = _lib.kam_version_text().decode()


def isa() -> int:
    """The best instruction set of this processor (KAM_ISA_*); all give the same bits."""
    return int(_lib.kam_host_isa())


__all__ = [
    "Accounts", "KamArithmeticError", "KamCancelled", "KamDataError", "KamError", "KamExecutorError",
    "KamLibraryNotFound", "KamMemoryError", "KamTypeError", "KamValueError", "Ledger", "Models", "Scores", "Table",
    "backtest", "btyd", "calendar", "clv", "concentration", "estimate", "fit", "isa", "profit", "reason", "score",
    "score_one", "spend", "status", "sum", "tier"]
