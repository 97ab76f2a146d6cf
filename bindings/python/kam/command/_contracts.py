# SPDX-License-Identifier: MIT
"""The file of contracts: who is bound, until when, and what that is worth. The
models are the library's; the draws are those of kam-score, number for number."""
from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cmp_to_key
from itertools import groupby
from typing import Any, Optional

from .. import _ffi, contracts, estimate, reason, retention, status
from .._errors import KamError
from . import _cells, _csvfile
from ._book import Answers, Book
from ._contracts_draw import Draw, beta_draw, exp, stream_of
from ._csvfile import Record, fail_at
from ._options import Options
from ._text import NO_DAY, decode

DRAWS = 500
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

    def columns(self) -> dict[str, array[Any]]:
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
    runs: bool
    ended: bool      # the decision after its renewals was to end
    renewals: float
    decided: bool    # the same, but no as long as others of its age have not decided
    before: float
    left: float      # terms to its end
    past: float      # renewals and ends that tell of its chance to end: its own, or of all contracts of the account
    ends: float = 0.0
    row: int = -1


def _compare(p: Contract, q: Contract) -> int:
    """By what they are, so that the order of lines says nothing."""
    if p.start != q.start:
        return -1 if p.start < q.start else 1
    if p.end != q.end:
        return -1 if p.end < q.end else 1
    return (p.value > q.value) - (p.value < q.value)


_in_order = cmp_to_key(_compare)


def _added(values: Iterable[float]) -> float:
    """One after the other, as C adds; sum() rounds less."""
    made = 0.0
    for value in values:
        made += value
    return made


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
        self.draws = self._draw() if self.model else []
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

    @staticmethod
    def rows_of(one: Contract) -> dict[str, list[float]]:
        return {"renewals": [one.past], "contract_ended": [one.ends], "renewals_before": [0.0],
                "periods_to_end": [one.left], "contract_value": [1.0]}

    def renewal(self, one: Contract, n_terms: float) -> float:
        """The chance that a contract is renewed at each of its next decisions; NaN: not known."""
        return float(self.model.renewal(self.rows_of(one), n_terms)["renewal"][0]) if self.model else math.nan

    def _draw(self) -> list[list[float]]:
        """Parameters as likely as the fit has them: normal in the logs."""
        assert self.model and self.model.covariance
        values, covariance = list(self.model.parameters.values()), self.model.covariance
        p, draw, made = len(values), Draw(1, 0), []
        root = [[0.0] * p for _ in range(p)]
        for i in range(p):
            for j in range(i + 1):
                left = covariance[i][j]
                for k in range(j):
                    left -= root[i][k] * root[j][k]
                if left == left:  # else not known: as fitted
                    root[i][j] = (math.sqrt(max(left, 0.0)) if i == j else left / root[j][j] if root[j][j] > 0 else 0.0)
        for _ in range(DRAWS):
            z = [draw.normal() for _ in range(p)]
            made.append([value * exp(_added(root[i][k] * z[k] for k in range(i + 1))) for i, value in enumerate(values)])
        return made


def _accrued(length: float, discount: float) -> float:
    return -math.expm1(-discount * length) / discount if discount > 0 else length


class Outlook:
    """What will become of a contract within the horizon; times in terms."""

    def __init__(self, contract: Contract, fitted: Fitted, horizon_days: float, discount_per_year: float) -> None:
        days = contract.months * MONTH
        self.contract, self.fitted = contract, fitted
        self.horizon, self.discount = horizon_days / days, math.log1p(discount_per_year) * days / 365.25
        self.near = min(self.horizon, contract.left)
        self.renewal = 0.0 if contract.ended else self._ask("renewal", 1.0) if fitted.model else math.nan
        self.decisions = 0.0  # within the horizon that may end it
        self.stays, self.length = float(self.horizon < contract.left), self.near
        self.worth = _accrued(self.near, self.discount)
        if self.stays or contract.ended:
            return
        if fitted.model:
            self._look_beyond()
        else:
            self.stays = self.length = self.worth = math.nan

    def _ask(self, what: str, n_terms: float) -> float:
        if what == "renewal":
            return self.fitted.renewal(self.contract, n_terms)
        model = self.fitted.model
        assert model
        rows = self.fitted.rows_of(self.contract)
        if what == "residual":
            return float(model.residual(rows, n_terms, 0.0)["residual"][0])
        return float(model.value(rows, n_terms, self.discount)["after_end"][0])

    def _look_beyond(self) -> None:
        """The horizon holds a number of whole terms after the end, and part of one."""
        rest, left = self.horizon - self.contract.left, self.contract.left
        whole = math.inf if math.isinf(rest) else float(math.floor(rest))
        part = 0.0 if math.isinf(rest) else rest - whole
        last = self._ask("renewal", whole + 1)
        self.stays = 1.0 if math.isinf(rest) else last
        self.decisions = 0.0 if math.isinf(rest) else whole + 1
        self.length = left + self._ask("residual", whole) + part * last
        self.worth = _accrued(left, self.discount) + self._ask("value", whole)
        if part > 0:
            self.worth += last * _accrued(part, self.discount) * math.exp(-self.discount * (left + whole))

    def together(self, other: Outlook) -> bool:
        """Whether two contracts of an account have one chance to end."""
        return self.fitted is other.fitted and self.fitted.is_shared

    def brings(self, d: int, draw: Draw, theta: float) -> tuple[float, float]:
        """What it brings in a draw, and its chance to end: one of the posterior, or, unless NaN, that of before."""
        one, length = self.contract, self.near
        if not one.ended and self.horizon >= one.left and self.fitted.draws:
            p = self.fitted.draws[d]
            power = p[2] if len(p) > 2 else 1.0
            age = one.renewals ** power
            if math.isnan(theta):
                theta = beta_draw(draw, p[0] + one.ends, p[1] + one.past ** power)
            survived = math.log(draw.uniform()) / math.log1p(-theta) if 0 < theta < 1 else math.inf if theta == 0 else 0.0
            more = (age + survived) ** (1 / power) - one.renewals
            more = more if math.isinf(more) else math.floor(more)
            length = min(one.left + max(more, 0.0), self.horizon)
        return one.value * _accrued(length, self.discount), theta


def _groups(outlooks: list[Outlook]) -> list[list[Outlook]]:
    """Those that have one chance to end, side by side."""
    made: list[list[Outlook]] = []
    for one in outlooks:
        if made and made[-1][-1].together(one):
            made[-1].append(one)
        else:
            made.append([one])
    return made


def _all_end(several: list[Outlook]) -> float:
    """The chance that none of these, which have one chance to end, runs when the horizon ends."""
    terms, gone = [one.decisions for one in several if one.decisions > 0], 1.0
    if len(several) == 1:
        return 1 - several[0].stays
    for one in several:
        if not one.decisions > 0:
            gone *= 1 - one.stays
    first, model = several[0].contract, several[0].fitted.model
    if gone > 0 and terms and model:
        return float(model.lapse({"renewals": [first.past], "contract_ended": [first.ends]}, [terms])["lapse"][0])
    return gone


def _brought(groups: list[list[Outlook]], d: int, draw: Draw) -> float:
    total = 0.0
    for several in groups:
        theta = math.nan
        for one in several:
            money, theta = one.brings(d, draw, theta)
            total += money
    return total


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
        kept = [Contract(i, line.account, line.start, end, line.months, line.value, state != contracts.ENDED,
                         state != contracts.RUNS, renewals, bool(decided), before, left, renewals)
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
        for row, bond in enumerate(self.bonds):
            if bond.scored:
                outlooks = [Outlook(one, self.model_of(one), answers.horizon_days, discount_per_year)
                            for one in bond.contracts if one.runs]
                self._score(answers, book, row, outlooks, options.interval)
        answers.contracts = self

    def _score(self, answers: Answers, book: Book, row: int, outlooks: list[Outlook], probability: float) -> None:
        scores, bond, value, gone = answers.scores, self.bonds[row], 0.0, 1.0
        groups = _groups(outlooks)
        for several in groups:
            gone *= _all_end(several)
        for one in outlooks:
            value += one.contract.value * one.worth
            if one.contract is bond.main:
                bond.renewal, bond.days = one.renewal, one.length * one.contract.months * MONTH
        low = high = math.nan
        if math.isfinite(value):
            draw = Draw(2, stream_of(book.key[row]))
            sums = sorted(_brought(groups, d, draw) for d in range(DRAWS))
            cut = int((1 - probability) / 2 * DRAWS)
            low, high = sums[cut], sums[DRAWS - 1 - cut]
        for name, one_score in (("alive", float(bool(outlooks))), ("expected_orders", math.nan),
                                ("lifetime_value", math.nan if math.isinf(value) else value), ("lifetime_value_low", low),
                                ("lifetime_value_high", high), ("churn_risk", gone)):
            column: Any = scores[name]
            column[row] = one_score
        flags = answers.row_flags[row] & ~(status.ONE_ORDER | status.EXTRAPOLATED | status.INFINITE)
        answers.row_flags[row] = (flags | (status.MISSING if math.isnan(value) or math.isnan(gone) else 0)
                                  | (status.INFINITE if math.isinf(value) else 0))

    def base(self, row: int, risk: float) -> list[reason.Reason]:
        """The base alone, so that signals can add to it."""
        odds = math.log(risk) - math.log1p(-risk) if 0 < risk < 1 else math.nan
        return [reason.Reason(_ffi.KAM_REASON_BASE, odds, risk)] + [reason.Reason(_ffi.KAM_REASON_NONE, 0.0, math.nan)] * 3
