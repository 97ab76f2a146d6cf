# SPDX-License-Identifier: MIT
"""The file of contracts: who is bound, until when, and what that is worth."""
from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cmp_to_key
from itertools import groupby
from typing import Any, Optional

from .. import _ffi, contracts, estimate, reason, retention, retention_outlook, status
from .._errors import KamError
from .._table import Table
from . import _cells, _csvfile
from ._book import Answers, Book
from ._csvfile import Record, fail_at
from ._options import Options
from ._text import NO_DAY, decode, encode

MONTH = contracts.MONTH_DAYS
_SAID = {b"no": 0, b"false": 0, b"0": 0, b"n": 0, b"yes": 1, b"true": 1, b"1": 1, b"y": 1}


@dataclass
class Line:
    """One line of the file, as it stands there; said is 1 yes, 0 no, NaN nothing."""
    account: str
    start: int
    end: int
    said: float
    months: float
    value: float


class Lines(list[Line]):
    """The file, read."""

    def __init__(self, options: Options) -> None:
        super().__init__()
        assert options.contracts_file is not None
        self.path, self._options = options.contracts_file, options
        self.n_unnamed = self.n_without_start = 0
        records = _csvfile.read(self.path)
        self._header(next(records))
        for record in records:
            self._take(record)

    def _header(self, header: Record) -> None:
        self._account = _cells.account_column(self._options, header)
        self._start = _csvfile.require(header, "start", None)
        self._end, self._ended, self._value, self._months = (
            _csvfile.find(header, name) for name in ("end", "ended", "value", "term_months"))
        if self._end < 0 <= self._ended:
            _csvfile.require(header, "end", None)

    def _term(self, record: Record) -> float:
        months = _cells.number(self._options, record, "term_months", self._months)
        if math.isnan(months):
            return self._options.term_months
        if not (1 <= months <= 1200 and months == math.floor(months)):
            _cells.refuse(record, "term_months", record.cells[self._months], "is no number of months from 1 to 1200")
        return months

    def _said(self, record: Record) -> float:
        cell = record.cells[self._ended] if self._ended >= 0 else b""
        if cell and cell.lower() not in _SAID:
            _cells.refuse(record, "ended", cell, "is neither yes nor no")
        return _SAID.get(cell.lower(), math.nan)

    def _take(self, record: Record) -> None:
        start, end = (_cells.day(self._options, record, name, at) for name, at in (("start", self._start), ("end", self._end)))
        value = _cells.number(self._options, record, "value", self._value)
        months, said = self._term(record), self._said(record)
        account = decode(record.cells[self._account])
        self.n_unnamed += not account
        self.n_without_start += bool(account) and start == NO_DAY
        if not account or start == NO_DAY:
            return
        if said == 1 and end == NO_DAY:
            fail_at(record, 'a contract that ended needs the day (column "end")')
        if end != NO_DAY and end < start:
            fail_at(record, 'a contract cannot end before it starts (column "end")')
        self.append(Line(account, start, end, said, months, value))

    def columns(self) -> dict[str, Any]:
        """As the library reads them."""
        return {"start_day": array("i", [one.start for one in self]), "end_day": array("i", [one.end for one in self]),
                "ended": array("d", [one.said for one in self]), "term_months": array("d", [one.months for one in self])}


@dataclass(eq=False)
class Contract:
    """One contract that has begun, as of a day: what the library knows of a line."""
    number: int  # of the line
    account: str
    start: int
    end: int         # of its term now, or when it ended or is to end
    months: float
    value: float
    state: int       # of kam.contracts
    renewals: float
    decided: bool    # the decision after those was to end; no as long as others of its age have not decided
    before: float
    left: float      # terms to its end
    past: float      # renewals and ends that tell of its chance to end: its own, or of all contracts of the account
    ends: float = 0.0
    row: int = -1

    @property
    def runs(self) -> bool:
        return self.state != contracts.ENDED

    @property
    def leaves(self) -> bool:
        """Notice was given."""
        return self.state == contracts.LEAVES


def _compare(p: Contract, q: Contract) -> int:
    """By what they are, so that the order of lines says nothing."""
    if p.start != q.start:
        return -1 if p.start < q.start else 1
    if p.end != q.end:
        return -1 if p.end < q.end else 1
    return (p.value > q.value) - (p.value < q.value)


_in_order = cmp_to_key(_compare)


def _stream_of(key: str) -> int:
    """A stream of its own, so that other accounts change nothing: FNV-1a."""
    found = 0xCBF29CE484222325
    for byte in encode(key):
        found = (found ^ byte) * 0x100000001B3 % 2**64
    return found


def _sums(contracts: list[Contract]) -> dict[str, array[float]]:
    """As a fit takes them: a row a contract, or, of an account's, their sum."""
    owners: dict[int, list[float]] = {}
    for one in contracts:
        of = owners.setdefault(one.row, [0.0, 0.0, 0.0])
        of[0], of[1], of[2] = of[0] + one.renewals, of[1] + one.decided, of[2] + one.before
    return dict(zip(("renewals", "contract_ended", "renewals_before"), (array("d", column) for column in zip(*owners.values()))))


class Fitted:
    """Contracts of one term, and what was fitted to them."""

    def __init__(self, months: float, contracts: list[Contract]) -> None:
        self.months, self.n = months, len(contracts)
        self.n_ended = sum(one.decided for one in contracts)
        self.n_renewed = sum(one.renewals - one.before for one in contracts)
        self.ml = _ffi.KAM_OK
        self._rows = {"renewals": array("d", [one.renewals for one in contracts]),
                      "contract_ended": array("d", [one.decided for one in contracts]),
                      "renewals_before": array("d", [one.before for one in contracts])}
        self.model = self._best(_sums(contracts))
        if self.is_shared:
            self._tell_past(contracts)

    @property
    def is_shared(self) -> bool:
        """Whether the contracts of an account have one chance to end."""
        return self.model is not None and self.model.family == "shared"

    @staticmethod
    def _tell_past(contracts: list[Contract]) -> None:
        """All contracts of an account tell of the chance of each to end."""
        owners: dict[int, list[Contract]] = {}
        for one in contracts:
            owners.setdefault(one.row, []).append(one)
        for several in owners.values():
            past, ends = float(sum(one.renewals for one in several)), float(sum(one.decided for one in several))
            for one in several:
                one.past, one.ends = past, ends

    def _fit(self, family: str, prior: str, rows: dict[str, array[float]]) -> tuple[Optional[retention.Model], int, float]:
        """The model, None without one, the verdict, and the criterion of the best point found."""
        try:
            model, verdict = retention.fit(rows, family, period_days=self.months * MONTH, prior=prior), _ffi.KAM_OK
        except KamError as error:
            if not _ffi.KAM_ERR_EMPTY <= error.status < _ffi.KAM_ERR_OVERFLOW:
                raise
            return None, error.status, self._criterion(error.model) if error.status in estimate.VERDICTS else math.inf
        return model, verdict, self._criterion(model)

    def _criterion(self, model: retention.Model) -> float:
        """BIC: Schwarz (1978)."""
        assert model.report
        return len(model.parameters) * math.log(self.n) - 2 * float(model.report["log_likelihood"])

    def _best(self, shared: dict[str, array[float]]) -> Optional[retention.Model]:
        """sBG: of contracts on their own, or of accounts whose contracts have one chance to end, whichever the data
        are likelier by; or BdW where its BIC is lower. The weak prior where likelihood has no interior maximum."""
        family, rows = "sbg", self._rows
        model, self.ml, least = self._fit(family, "none", rows)
        if len(shared["renewals"]) < self.n:
            other, verdict, criterion = self._fit("shared", "none", shared)
            if criterion < least:
                family, rows, model, self.ml, least = "shared", shared, other, verdict, criterion
        if self.ml != _ffi.KAM_OK:
            return self._fit(family, "weak", rows)[0]
        other, _, criterion = self._fit("bdw", "none", self._rows)
        return other if other and criterion < least else model

    def renewal(self, one: Contract, n_terms: float) -> float:
        """The chance that a contract is renewed at each of its next decisions; NaN: not known."""
        rows = {"renewals": [one.past], "contract_ended": [one.ends]}
        return float(self.model.renewal(rows, n_terms)["renewal"][0]) if self.model else math.nan


@dataclass
class Bond:
    """What the contracts of a row of the book say."""
    contracts: list[Contract] = field(default_factory=list)
    n_running: int = 0
    main: Optional[Contract] = None  # the one that is told of
    scored: bool = False             # whether scores are of contracts
    renewal: float = math.nan        # of the main one at its next decision
    days: float = math.nan           # it is expected to run within the horizon

    def note(self, one: Contract) -> None:
        """Running ones before ended, then the most money a month, or the last."""
        self.contracts.append(one)
        self.n_running += one.runs
        main = self.main
        better = main is None or one.runs > main.runs
        if main is not None and one.runs == main.runs:
            better = (one.value / one.months > main.value / main.months or math.isnan(main.value) and not math.isnan(one.value)
                      if one.runs else one.end > main.end)
        if better:
            self.main = one


class Contracts:
    """The contracts as of a day; with `is_past` what was known when that day was over: no later end, and no notice
    of one."""

    def __init__(self, lines: Lines, options: Options, as_of: int, is_past: bool = False) -> None:
        since = None if options.contracts_since == NO_DAY else options.contracts_since
        self.lines, self.known_on = lines, as_of if is_past else NO_DAY
        self.path, self.n_unnamed, self.n_without_start = lines.path, lines.n_unnamed, lines.n_without_start
        known = contracts.known(**lines.columns(), as_of=as_of, since=since, is_past=is_past)
        states = list(known["state"])
        self.n_future, self.n_before = states.count(contracts.TO_COME), states.count(contracts.UNSEEN)
        kept = [Contract(i, line.account, line.start, end, line.months, line.value, state, renewals, bool(decided), before,
                         left, renewals)
                for i, (line, state, end, renewals, decided, before, left) in enumerate(zip(lines, states, *(
                    known[name] for name in ("end_day", "renewals", "contract_ended", "renewals_before", "periods_to_end"))))
                if state not in (contracts.TO_COME, contracts.UNSEEN)]
        self.all = sorted(sorted(kept, key=_in_order), key=lambda one: one.months)
        self.n_running = sum(one.runs for one in kept)
        self.models: list[Fitted] = []
        self.bonds: list[Bond] = []
        self.n_accounts = self.n_returned = self.n_chained = 0

    def join(self, book: Book) -> None:
        """Gives accounts without orders a row of the book, finds the contracts of each
        row, and keeps orders that contracts bring out of the order model."""
        book.add(one.account for one in self.all)
        self.bonds = [Bond() for _ in range(book.n)]
        for one in self.all:
            one.row = book.row[one.account]
            self.bonds[one.row].note(one)
        for row, bond in enumerate(self.bonds):
            if bond.main is None:
                continue
            last = book.summary["last_day"][row]
            # Who orders after the last contract is a customer without one.
            bond.scored = bond.n_running > 0 or last == NO_DAY or last <= bond.main.end
            self.n_accounts += 1
            self.n_returned += not bond.scored
            if bond.scored:
                book.weight[row] = 0.0
        # One that begins within a day of another's end looks like its renewal.
        self.n_chained = sum(not p.runs and abs(q.start - p.end) <= 1 for bond in self.bonds
                             for found in [sorted(bond.contracts, key=_in_order)] for p, q in zip(found, found[1:]))

    def bind(self, row: int) -> bool:
        return bool(self.bonds) and self.bonds[row].scored

    def model_of(self, one: Contract) -> Fitted:
        return self._by_months[one.months]

    def apply(self, answers: Answers, book: Book, options: Options, discount_per_year: float) -> None:
        """Fits the contracts, and scores the rows that they bind."""
        self.models = [Fitted(months, list(found)) for months, found in groupby(self.all, lambda one: one.months)]
        self._by_months = {one.months: one for one in self.models}
        places = {one.months: place for place, one in enumerate(self.models)}
        every = [one for bond in self.bonds for one in bond.contracts]
        found = retention_outlook.find(
            [one.model or one.months * MONTH for one in self.models], [len(bond.contracts) for bond in self.bonds],
            model=[places[one.months] for one in every], state=[one.state for one in every],
            renewals=array("d", [one.renewals for one in every]), contract_ended=array("d", [one.decided for one in every]),
            periods_to_end=array("d", [one.left for one in every]), contract_value=array("d", [one.value for one in every]),
            seed=[_stream_of(book.key[row]) for row in range(book.n)], horizon_days=answers.horizon_days,
            discount_per_year=discount_per_year, interval=options.interval)
        for place, one in enumerate(every):
            bond = self.bonds[one.row]
            if one is bond.main and one.runs:
                bond.renewal = found.contracts["renewal"][place]
                bond.days = found.contracts["length"][place] * one.months * MONTH
        for row, bond in enumerate(self.bonds):
            if bond.scored:
                self._score(answers, found.accounts, row, bond)
        answers.contracts = self

    @staticmethod
    def _score(answers: Answers, found: Table, row: int, bond: Bond) -> None:
        for name, one_score in (("alive", float(bond.n_running > 0)), ("expected_orders", math.nan),
                                ("lifetime_value", found["value"][row]), ("lifetime_value_low", found["value_low"][row]),
                                ("lifetime_value_high", found["value_high"][row]), ("churn_risk", found["lapse"][row])):
            column: Any = answers.scores[name]
            column[row] = one_score
        answers.row_flags[row] &= ~(status.ONE_ORDER | status.EXTRAPOLATED | status.INFINITE)
        answers.row_flags[row] |= found["row_flags"][row]

    def base(self, row: int, risk: float) -> list[reason.Reason]:
        """The base alone, so that signals can add to it."""
        odds = math.log(risk) - math.log1p(-risk) if 0 < risk < 1 else math.nan
        return [reason.Reason(_ffi.KAM_REASON_BASE, odds, risk)] + [reason.Reason(_ffi.KAM_REASON_NONE, 0.0, math.nan)] * 3
