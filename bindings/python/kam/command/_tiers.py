# SPDX-License-Identifier: MIT
"""`kam tiers`: a table of accounts in, their tiers, classes and shares out. What it
reads, says and writes is what the C tool kam-tier does, byte for byte."""
from __future__ import annotations

import argparse
import math
from array import array
from collections.abc import Callable, Sequence
from typing import Any, Optional

from .. import concentration, matrix, move, scorecard, segment, status, tier
from .._errors import KamError
from .._ffi import KAM_MATRIX_UNCLASSIFIED, KAM_SEGMENT_NEITHER
from . import _csvfile
from ._csvfile import Record, fail_at
from ._options import delimiter, number, parser, set_tiers, stop_early
from ._orders import Texts
from ._output import csv_line
from ._output import number as shown
from ._policy import Policy, read_matrix
from ._policy import read as read_policy
from ._text import NO_DAY, Failure, day_text, decode, encode, parse_day, parse_number, show
from ._words import cut, grid, grouped, many, percent

HEADER = ("account,value,rank,share,class,tier,tier_name,to_next,above_limit,verdict,since,matrix,value_score,"
          "potential_score,agreement,group,group_share,flags")
_FACTS = ("value_low", "value_high", "stable", "growth", "wallet", "pain", "tier_before", "since", "override",
          "override_until")
_TIERS, _DAYS = ("tier_before", "override"), ("since", "override_until")
_QUARTERS = tuple(f"q{i + 1}" for i in range(16))
_INDENT = "          "

_OPTIONS = (
    ("account", "COLUMN", "column of the account (default: account)"),
    ("value", "COLUMN", "column that tiers are cut on: payments or revenue of a year, or a lifetime value (default: "
     "revenue_12m, if there is one, or revenue)"),
    ("profit", "COLUMN", "column of the profit, to set against the value (default: profit, if there is one)"),
    ("parent", "COLUMN", "column of the account's owner; concentration is then of groups (default: parent, if there "
     "is one)"),
    ("against", "COLUMN", "column of a class of your own; the summary sets tiers against it"),
    ("add-up", None, "add up lines of one account; else they are refused"),
    ("delimiter", "CHAR", "what stands between fields: a character, or tab (default: found from the header)"),
    ("decimal-comma", None, "numbers are written 1234,50"),
    ("tiers", "LIMITS", "limits in money, best tier first, or shares of accounts, top:5%%,20%%,50%%, or of the total "
     "value, total:80%%,95%% (default: 5000000,1000000,500000)"),
    ("keep", "SHARE", "share of a limit that keeps an account in its tier (default: 1)"),
    ("policy", "FILE", "JSON file of the company's rules (docs/policy.md); the other options go before it"),
    ("policy-print", None, "print the policy that stands, as such a file, and stop"),
    ("matrix", "LIST", "thresholds of the matrix of value and potential, as a policy names them: "
     "top_share=0.2,pain_least=2"),
    ("as-of", "YYYY-MM-DD", '"today", for dwell and overrides'),
    ("dwell-months", "N", "calendar months in a tier before it may change (default: 0)"),
    ("lang", "LANGUAGE", "of names: en (default) or zh"),
)


class Options:
    """What was asked for, understood."""

    def __init__(self, given: argparse.Namespace) -> None:
        rules = read_rules(given)
        self.tiers, self.n_bands, self.thresholds = rules.tiers, len(rules.bands), rules.thresholds
        self.file: str = given.orders[0]
        self.account = given.account or "account"
        self.value, self.value_is_wanted = given.value or "revenue", given.value is not None
        self.profit, self.profit_is_wanted = given.profit or "profit", given.profit is not None
        self.parent, self.against = given.parent, given.against
        self.delimiter, self.point = delimiter(given.delimiter), b"," if given.decimal_comma else b"."
        self.add_up, self.quiet = given.add_up, given.quiet
        if given.lang not in (None, "en", "zh"):
            raise Failure(f'--lang "{given.lang}" must be en or zh')
        self.language = given.lang or "en"
        months = number("dwell-months", given.dwell_months, 0, 0, True, 1200, "a whole number of months, 0 or more")
        if months != math.floor(months):
            raise Failure(f'--dwell-months "{given.dwell_months}" must be a whole number')
        self.as_of: Optional[int] = None
        if given.as_of is not None:
            self.as_of, wrong_day = parse_day(encode(given.as_of))
            if wrong_day:
                raise Failure(f'--as-of "{given.as_of}" is no date; write YYYY-MM-DD')
        if months > 0 and self.as_of is None:
            raise Failure("--dwell-months needs --as-of: which day is today?")
        self.dwell_months = int(months)


def read_rules(given: argparse.Namespace) -> Policy:
    rules = read_policy(given.policy)
    if given.matrix is not None:
        read_matrix(rules, "--matrix", given.matrix)
    set_tiers(rules, given.tiers, given.keep, 1e-300, True)
    rules.check("--policy" if given.matrix is None else "--matrix")
    return rules


def read_options(words: Sequence[str]) -> Optional[Options]:
    made = parser("tiers", (("Options", _OPTIONS),), "ACCOUNTS.csv")
    given = made.take(words)
    if stop_early(made, given, "tiers"):
        return None
    if given.policy_print:
        if given.orders:
            raise Failure(f'--policy-print reads no file; "{given.orders[0]}" is one')
        print(read_rules(given).text(), end="")
        return None
    if not given.orders:
        raise Failure("no file of accounts is given; kam tiers --help says how")
    if len(given.orders) > 1:
        raise Failure(f'one file of accounts at a time; "{given.orders[1]}" is the second')
    return Options(given)


class Book:
    """One row an account. What is not known is NaN."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.account, self.parent, self.label = Texts(), Texts(), Texts()
        self.facts: dict[str, array[float]] = {}
        self.n_read = self.n_unnamed = self.n_added = 0
        self._lines: list[int] = []
        records = _csvfile.read(options.file, options.delimiter)
        self._header(next(records))
        for record in records:
            self._take(record)
        if self.n_read == 0:
            raise Failure(f"{_csvfile.name_of(options.file)} has a header but no lines")
        if not len(self.account):
            raise Failure(f"{_csvfile.name_of(options.file)}: no line names an account")
        self._make_unique()
        self._drop_unknown()

    def __len__(self) -> int:
        return len(self.account)

    def get(self, fact: str) -> Any:
        """The column, None when it is not there."""
        return self.facts.get(fact)

    def _header(self, header: Record) -> None:
        options = self.options
        self._account = _csvfile.require(header, options.account, "--account")
        self._parent = (_csvfile.find(header, "parent") if options.parent is None else
                        _csvfile.require(header, options.parent, "--parent"))
        self._label = -1 if options.against is None else _csvfile.require(header, options.against, "--against")
        # kam score writes both: of the year, and of all years.
        by_year = not options.value_is_wanted and _csvfile.find(header, "revenue_12m") >= 0
        value = "revenue_12m" if by_year else options.value
        self._names = {"value": value, "profit": options.profit, **{name: name for name in _FACTS + _QUARTERS}}
        at = {fact: _csvfile.find(header, name) for fact, name in self._names.items()}
        _csvfile.require(header, value, "--value")
        if options.profit_is_wanted:
            _csvfile.require(header, options.profit, "--profit")
        if at["tier_before"] < 0:
            at["tier_before"], self._names["tier_before"] = _csvfile.find(header, "tier"), "tier"
        self._at = {fact: column for fact, column in at.items() if column >= 0}
        self.facts = {fact: array("d") for fact in self._at}

    def _tier(self, cell: bytes) -> tuple[float, str]:
        """1 (the best), 2, ... or a tier's name, in either language."""
        name, n = cell.lower(), self.options.n_bands
        if name == encode(tier.name(-1, n)).lower():
            return math.nan, ""
        for one in range(n + 1):
            if name in (encode(tier.name(one, n, language)).lower() for language in ("en", "zh")):
                return float(one), ""
        value, wrong = parse_number(cell)
        if wrong or not 1 <= value <= n + 1 or value != math.floor(value):
            return math.nan, "is neither a tier's name nor its number (1 is the best)"
        return value - 1, ""

    def _fact(self, record: Record, fact: str) -> float:
        cell = record.cells[self._at[fact]]
        if not cell:
            return math.nan
        value: float
        if fact in _TIERS:
            value, wrong = self._tier(cell)
        elif fact in _DAYS:
            value, wrong = parse_day(cell)
        else:
            value, wrong = parse_number(cell, self.options.point)
            if not wrong and fact == "stable" and value not in (0, 1):
                wrong = "is neither 1 (stable) nor 0"
        if wrong:
            fail_at(record, f'{self._names[fact]} "{show(cell)}" {wrong} (column "{self._names[fact]}")')
        return value

    def _take(self, record: Record) -> None:
        self.n_read += 1
        values = {fact: self._fact(record, fact) for fact in self._at}
        if values.get("value_low", math.nan) > values.get("value_high", math.nan):
            fail_at(record, f"value_low {values['value_low']:g} is above value_high {values['value_high']:g}")
        if not record.cells[self._account]:
            self.n_unnamed += 1
            return
        self.account.add(record.cells[self._account])
        self.parent.add(record.cells[self._parent] if self._parent >= 0 else b"")
        self.label.add(record.cells[self._label] if self._label >= 0 else b"")
        self._lines.append(record.line)
        for fact, value in values.items():
            self.facts[fact].append(value)

    @property
    def has_parent(self) -> bool:
        return self._parent >= 0

    def _make_unique(self) -> None:
        """Every account once: values, profits and quarters are added up, other
        facts are those of the first line."""
        found = segment.number(self.account.column("account"))
        first = found.first_row.tolist()
        if len(first) == len(self):
            return
        for i, one in enumerate(found.segment.tolist()):
            if first[one] != i and not self.options.add_up:
                raise Failure(f'{_csvfile.name_of(self.options.file)}:{self._lines[i]}: account "{show(self.account[i])}" '
                              f"stands already in line {self._lines[first[one]]}; --add-up adds such lines up")
        for fact, values in self.facts.items():
            if fact in ("value", "profit") or fact in _QUARTERS:
                sums = segment.add_up(found.segment, len(first), values)
                self.facts[fact] = array("d", [one["total"] if one["n_known"] > 0 else math.nan for one in sums])
            else:
                self.facts[fact] = array("d", [values[i] for i in first])
        self.n_added = len(self) - len(first)
        for name in ("account", "parent", "label"):
            kept, old = Texts(), getattr(self, name)
            for i in first:
                kept.add(old[i])
            setattr(self, name, kept)


    def _drop_unknown(self) -> None:
        """A column without one known value is no column; who named it is told."""
        for fact in ("value", "profit"):
            if fact not in self.facts or any(value == value for value in self.facts[fact]):
                continue
            if fact == "value" or self.options.profit_is_wanted:
                raise Failure(f'{_csvfile.name_of(self.options.file)}: no value of column "{self._names[fact]}" is known; '
                              f"--{fact} names another")
            del self.facts[fact]


def _days(values: Any) -> Any:
    return None if values is None else array("i", [NO_DAY if value != value else int(value) for value in values])


class Answers:
    """Every answer about every account; None: not asked for."""

    def __init__(self, book: Book, options: Options) -> None:
        self.book, self.options, value = book, options, book.get("value")
        self.limits = tier.cutpoints(options.tiers, value)
        if options.as_of is None and book.get("override_until") is not None:
            raise Failure("overrides need --as-of: which day is today?")
        moved = move.decide(self.limits, value, as_of=options.as_of or 0, dwell_months=options.dwell_months,
                            tier_before=book.get("tier_before"), since=_days(book.get("since")),
                            score_low=book.get("value_low"), score_high=book.get("value_high"),
                            override_tier=book.get("override"), override_until=_days(book.get("override_until")))
        self.tier, self.verdict, self.since = (moved[name] for name in ("tier", "verdict", "since"))
        self.flags = list(moved["row_flags"])
        before = book.get("tier_before")
        self.moves = None if before is None else move.count(before, self.tier, options.n_bands)
        self._measure(value)
        self._classify(value)
        profit = book.get("profit")
        self.agreement = None if profit is None else segment.compare(value, profit).ranks["agreement"]

    def _measure(self, value: Any) -> None:
        """Shares, classes A, B, C, and concentration over groups."""
        measured = concentration.measure(value)
        self.share, self.numbers = measured.share, measured.numbers
        self.rank = scorecard.rank(value)
        self.gini = self.numbers["gini_signed" if self.numbers["n_negative"] > 0 else "gini"]
        self.abc: Any = None
        self.groups: Optional[concentration.Groups] = None
        try:
            self.abc = tier.assign(tier.cutpoints(tier.Policy("total", [0.80, 0.95]), value), value)["tier"]
        except KamError:
            pass
        if self.book.has_parent:
            self.groups = concentration.groups(self.book.parent.column("parent"), value, self.book.account.column("account"))
            self.numbers = concentration.measure(self.groups[1]).numbers

    def _classify(self, value: Any) -> None:
        book = self.book
        known = {name: book.get(name) for name in ("stable", "growth", "wallet", "pain")}
        quarters = []
        for name in _QUARTERS:
            if book.get(name) is None:
                break
            quarters.append(book.get(name))
        if known["stable"] is None and len(quarters) >= 3:
            known["stable"] = matrix.stability(quarters, **self.options.thresholds)["stable"]
        self.classes = None
        if any(column is not None for column in known.values()):
            self.classes = matrix.fit(value, **self.options.thresholds).classify(value, **known)
            self.flags = [one | other for one, other in zip(self.flags, self.classes["row_flags"])]


def _row(a: Answers, i: int) -> str:
    options, value, one = a.options, a.book.facts["value"][i], a.tier[i]
    n, language = options.n_bands, options.language
    tiers = ["", "", "", ""] if one < 0 else [
        str(one + 1), tier.name(one, n, language), shown(a.limits[one - 1].enter - value if one > 0 else 0.0, 2),
        shown(value - a.limits[one].keep if one < n else math.nan, 2)]
    classes = ["", "", ""] if a.classes is None else [
        matrix.class_name(a.classes["matrix_class"][i], language), shown(a.classes["value_score"][i], 4),
        shown(a.classes["potential_score"][i], 4)]
    group = None if a.groups is None else a.groups[0][i]
    return csv_line([
        decode(a.book.account[i]), shown(value, 2), str(a.rank[i]) if a.rank[i] > 0 else "", shown(a.share[i], 6),
        "ABC"[a.abc[i]] if a.abc is not None and a.abc[i] >= 0 else "", *tiers, move.name(a.verdict[i], language),
        "" if options.as_of is None else day_text(a.since[i]), *classes,
        "" if a.agreement is None else segment.agreement_name(a.agreement[i], language),
        "" if group is None else str(group + 1),
        "" if a.groups is None or group is None else shown(a.groups[1][group] / a.numbers["total"], 6),
        "|".join(status.row_flag_names(a.flags[i]))])


# The summary

def _concentration(a: Answers) -> str:
    of, who = a.numbers, "account" if a.groups is None else "group"
    if math.isnan(of["hhi"]):
        return f"Value     {grouped(of['total'], 2)}, of which nothing is a share\n"
    return (f"Value     {grouped(of['total'], 2)}; the largest 20 % of {who}s hold {percent(of['top_20_share'], 1)}, "
            f"{many(of['n_for_80'], who)} hold{'s' if of['n_for_80'] == 1 else ''} 80 %\n"
            f"{_INDENT}Gini {a.gini:.3f}, HHI {10000 * of['hhi']:.1f} points, as concentrated as "
            f"{of['effective_number']:.1f} equal {who}s\n"
            f"{_INDENT}{many(of['n_at_10'], who)} with 10 % or more, {grouped(of['n_at_50'])} with 50 % or more\n")


def _parts(a: Answers, title: str, part: Any, n: int, name: Callable[[int], str]) -> str:
    """Accounts and value by a number of [0, n), and by what `name` calls it."""
    try:
        sums = segment.add_up(part, n, a.book.get("value"))
    except KamError:
        return ""
    rows = [[name(k), grouped(one["n_accounts"]), grouped(one["total"], 2), percent(one["share"], 1)]
            for k, one in enumerate(sums)]
    return f"{title}\n" + grid(rows, "lrrr", _INDENT)


def _cross(a: Answers, title: str, names: Sequence[str], counts: Sequence[Sequence[int]]) -> str:
    """Counts in a table: rows by name, columns the tiers."""
    n, language = a.options.n_bands, a.options.language
    rows = [["", *(tier.name(t, n, language) for t in range(n + 2))]]
    rows += [[name, *map(grouped, count)] for name, count in zip(names, counts)]
    return f"{title}\n" + grid(rows, "l" + "r" * (n + 2), _INDENT)


def _moves(a: Answers) -> str:
    if a.moves is None:
        return ""
    n, of = a.options.n_bands, a.moves.numbers
    names = [tier.name(-1 if t > n else t, n, a.options.language) for t in range(n + 2)]
    return (f"Moves     {grouped(of['n_up'])} up, {grouped(of['n_down'])} down, {grouped(of['n_same'])} as before, "
            f"{grouped(of['n_new'])} new\n" + _cross(a, _INDENT + "from (row) to (column)", names, a.moves.accounts))


def _against(a: Answers) -> str:
    """Tiers against the caller's own class."""
    if a.options.against is None:
        return ""
    found, n = segment.number(a.book.label.column("label")), a.options.n_bands + 2
    first = found.first_row.tolist()
    if len(first) > 30:
        return f"Against   {a.options.against} has more than 30 values: no table\n"
    counts = [[0] * n for _ in range(len(first) + 1)]  # the last: none
    for label, one in zip(found.segment, a.tier):
        counts[label if label >= 0 else len(first)][one if one >= 0 else n - 1] += 1
    names = [cut(decode(a.book.label[i]), 24) for i in first] + ["(none)"]
    return _cross(a, f"Against   {a.options.against}", names, counts)


def _summary(a: Answers) -> str:
    book, n, language = a.book, a.options.n_bands, a.options.language
    made = f"Accounts  {grouped(len(book))} in {many(book.n_read, 'line')}"
    made += f", {grouped(book.n_unnamed)} without an account dropped" if book.n_unnamed else ""
    made += f", {grouped(book.n_added)} added to an account that was there" if book.n_added else ""
    made += "\n" + _concentration(a) + "Limits    "
    made += ", ".join(f"{tier.name(t, n, language)} {grouped(a.limits[t].enter, 2)}" for t in range(n)) + "\n"
    made += _parts(a, "Tiers", a.tier, n + 1, lambda k: tier.name(k, n, language))
    if a.classes is not None:
        made += _parts(a, "Matrix", a.classes["matrix_class"], KAM_MATRIX_UNCLASSIFIED + 1,
                       lambda k: matrix.class_name(k, language))
    if a.agreement is not None:
        made += _parts(a, "Value against profit", a.agreement, KAM_SEGMENT_NEITHER + 1,
                       lambda k: segment.agreement_name(k, language))
    return made + _moves(a) + _against(a)


def run(options: Options) -> tuple[str, str]:
    """(the CSV, the summary)"""
    try:
        book = Book(options)
        answers = Answers(book, options)
    except KamError as error:
        raise Failure(f"{error.argument}: {error.message}", 2 if error.status < 60 else 1) from None
    text = HEADER + "\n" + "".join(_row(answers, i) for i in range(len(book)))
    return text, "" if options.quiet else _summary(answers)
