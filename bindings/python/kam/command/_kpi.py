# SPDX-License-Identifier: MIT
"""`kam kpi`: records in, key figures out. What it reads, says and writes is what the
C tool kam-kpi does, byte for byte."""
from __future__ import annotations

import argparse
import math
from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple, Optional, Union

from .. import _ffi, kpi
from .._errors import KamError
from .._library import lib
from . import _csvfile
from ._csvfile import Record, fail_at
from ._options import choice, day, delimiter, parser, stop_early
from ._orders import Texts
from ._output import csv_line
from ._text import NO_DAY, Failure, decode, encode, parse_day, parse_number, show

HEADER = "group,figure,text,value,numerator,denominator,low,high,n,n_left_out,state"
_FLAGS = ("complete", "has_left", "won", "is_open")
_YES, _NO = (b"1", b"yes", b"true", b"y"), (b"0", b"no", b"false", b"n")
_MOST_FIGURES = 64
_DAYS = ("from", "to", "base-from", "base-to")
#: bits of the report's defaults
_DEFAULTS = ("intervals of 95 %", "ages of 30, 60 and 90 days", "answers on 0..10", "no days of grace")


class Records(NamedTuple):
    """A kind of records: its number, its function, and what its columns are called."""
    code: int
    compute: Any
    roles: tuple[str, ...]


RECORDS = {name: Records(code, getattr(kpi, name), tuple(role for role, _ in kind._fields_[4:]))
           for name, code, kind in (
               ("lines", _ffi.KAM_KPI_LINES, _ffi.kam_kpi_lines),
               ("invoices", _ffi.KAM_KPI_INVOICES, _ffi.kam_kpi_invoices),
               ("actuals", _ffi.KAM_KPI_ACTUALS, _ffi.kam_kpi_actuals),
               ("surveys", _ffi.KAM_KPI_SURVEYS, _ffi.kam_kpi_surveys),
               ("accounts", _ffi.KAM_KPI_ACCOUNTS, _ffi.kam_kpi_accounts),
               ("opportunities", _ffi.KAM_KPI_OPPORTUNITIES, _ffi.kam_kpi_opportunities),
               ("tickets", _ffi.KAM_KPI_TICKETS, _ffi.kam_kpi_tickets))}

_OPTIONS = (
    ("group -g", "COLUMN", "column that names the account, segment or manager (default: all rows are one book)"),
    ("column -c", "ROLE=COLUMN", "what a column is called here; may be given again (default: as its role)"),
    ("figures -f", "NAMES", "figures to compute, such as dso,late (default: all that the days below allow)"),
    ("from", "YYYY-MM-DD", "first day of the period (default: open)"),
    ("to", "YYYY-MM-DD", 'its last day, and "today" (default: open)'),
    ("base-from", "YYYY-MM-DD", "first day of the base, for growth"),
    ("base-to", "YYYY-MM-DD", "its last day"),
    ("confidence", "P", "probability of the intervals (default: 0.95)"),
    ("yes", "TEXT", "what stands for 1 besides 1, yes, true, y: Won"),
    ("no", "TEXT", "what stands for 0 besides 0, no, false, n: Lost; then anything else is missing"),
    ("date-format", "FORM", "form of the days, as in strptime(3) (default: YYYY-MM-DD)"),
    ("delimiter", "CHAR", "what stands between fields: a character, or tab (default: found from the header)"),
    ("decimal-comma", None, "numbers are written 1234,50"),
    ("lang", "LANG", "language of the texts: en or zh (default: en)"),
)


def figures_of(records: Records) -> list[str]:
    return [name for name, id in kpi.ids().items() if lib.kam_kpi_records(id) == records.code]


def _listing() -> str:
    """Records, their columns, and the figures made from them."""
    return "\nRecords, their columns, and the figures made from them:\n" + "".join(
        f"  {name:14}{','.join(records.roles)}\n  {'':14}-> {','.join(figures_of(records))}\n"
        for name, records in RECORDS.items())


class Options:
    """What was asked for, understood."""

    def __init__(self, given: argparse.Namespace, kind: str) -> None:
        if kind not in RECORDS:
            raise Failure(f'there are no records called "{kind}"; kam kpi --help lists them')
        self.kind, self.records = kind, RECORDS[kind]
        self.columns = {role: role for role in self.records.roles}
        self.told: set[str] = set()
        for word in given.column or ():
            self._rename(word)
        found = vars(given)
        days = {name: day(name, found[name.replace("-", "_")]) for name in _DAYS}
        for first, last in (("from", "to"), ("base-from", "base-to")):
            if NO_DAY not in (days[first], days[last]) and days[first] > days[last]:
                raise Failure(f"--{first} lies after --{last}")
        names = ("first_day", "last_day", "base_first_day", "base_last_day")
        self.how: dict[str, Any] = {name: one for name, one in zip(names, days.values()) if one != NO_DAY}
        self._confidence(given.confidence)
        self.language = choice("lang", given.lang, ["en", "zh"])
        self.delimiter, self.point = delimiter(given.delimiter), b"," if given.decimal_comma else b"."
        self.group, self.figures, self.date_format = given.group, given.figures, given.date_format
        self.yes, self.no = (None if text is None else encode(text).lower() for text in (given.yes, given.no))
        self.quiet = given.quiet

    def _rename(self, word: str) -> None:
        role, equals, column = word.partition("=")
        if not equals or not column:
            raise Failure(f'--column "{word}" must be ROLE=COLUMN')
        if role not in self.columns:
            raise Failure(f'{self.kind} have no column "{role}"; kam kpi --help lists them')
        self.columns[role] = column
        self.told.add(role)

    def _confidence(self, text: Optional[str]) -> None:
        if text is None:
            return
        value, wrong = parse_number(encode(text))
        if wrong or not 0 < value < 1:
            raise Failure(f'--confidence "{text}" must be between 0 and 1')
        self.how["confidence"] = value


def read_options(words: Sequence[str]) -> Optional[tuple[Options, str]]:
    """The options and the file; None when only help or the version was wanted."""
    made = parser("kpi", (("Options", _OPTIONS),), "RECORDS FILE.csv")
    given = made.take(words)
    if stop_early(made, given, "kpi", _listing):
        return None
    if len(given.orders) != 2:
        raise Failure("give the kind of records and one file; kam kpi --help says how")
    return Options(given, given.orders[0]), given.orders[1]


class Book:
    """What was read, a column a role; NaN and NO_DAY where nothing stands."""

    def __init__(self, options: Options, path: str) -> None:
        self.options = options
        self.group = Texts()
        self.n = self.n_short = 0
        records = _csvfile.read(path, options.delimiter)
        self._header(next(records))
        for record in records:
            self._take(record)
        if self.n == 0:
            raise Failure(f"{_csvfile.name_of(path)} has a header but no lines")

    def _header(self, header: Record) -> None:
        options = self.options
        at = {role: (_csvfile.require(header, column, None) if role in options.told else _csvfile.find(header, column))
              for role, column in options.columns.items()}
        self._at = {role: place for role, place in at.items() if place >= 0}
        if not self._at:
            fail_at(header, f"there is none of the columns of {options.kind}; kam kpi --help lists them, --column renames")
        self._group_at = -1 if options.group is None else _csvfile.require(header, options.group, "--group")
        self.columns: dict[str, array[Any]] = {role: array("i" if role.endswith("day") else "d") for role in self._at}

    def _flag(self, cell: bytes) -> tuple[float, str]:
        """1, 0, NaN when it is neither but may be."""
        word, value = cell.lower(), math.nan
        for words, meaning in ((_YES, 1.0), (_NO, 0.0), ((self.options.yes,), 1.0), ((self.options.no,), 0.0)):
            value = meaning if word in words else value
        return value, "" if value == value or self.options.no is not None else "is neither yes nor no"

    def _cell(self, record: Record, role: str) -> Union[float, int]:
        cell = record.cells[self._at[role]]
        value: Union[float, int]
        if role.endswith("day"):
            value, wrong = parse_day(cell, self.options.date_format) if cell else (NO_DAY, "")
        elif not cell:
            return math.nan
        elif role in _FLAGS:
            value, wrong = self._flag(cell)
        else:
            value, wrong = parse_number(cell, self.options.point)
        if wrong:
            fail_at(record, f'{role} "{show(cell)}" {wrong} (column "{self.options.columns[role]}")')
        return value

    def _take(self, record: Record) -> None:
        for role, column in self.columns.items():
            column.append(self._cell(record, role))
        if self._group_at >= 0:
            self.group.add(record.cells[self._group_at])
        self.n += 1
        self.n_short += record.is_short

    def groups(self) -> tuple[Optional[array[int]], list[bytes]]:
        """Each row's group, numbered by ascending name, and the names; an empty
        name is none (-1)."""
        if self._group_at < 0:
            return None, [b""]
        texts = [self.group[i] for i in range(self.n)]
        names = sorted(set(texts) - {b""})
        if not names:
            raise Failure(f'no row has a group (column "{self.options.group}")')
        code = {name: i for i, name in enumerate(names)}
        return array("i", [code.get(text, -1) for text in texts]), names


def _is_possible(options: Options, book: Book, name: str) -> bool:
    """Can this figure be made with these columns and days? No rows are asked."""
    try:
        options.records.compute({role: column[:0] for role, column in book.columns.items()}, [name], **options.how)
    except KamError:
        return False
    return True


def _figures(options: Options, book: Book) -> list[str]:
    known = figures_of(options.records)
    if options.figures is None:
        return [name for name in known if _is_possible(options, book, name)]
    wanted = options.figures.replace(",", " ").split(" ")
    wanted = [word for word in wanted if word]
    for i, word in enumerate(wanted):
        if word not in known:
            raise Failure(f'{options.kind} make no figure called "{word}"')
        if i == _MOST_FIGURES:
            raise Failure(f"--figures are more than {_MOST_FIGURES}")
    if not wanted:
        raise Failure("--figures names none")
    return wanted


def _refused(error: KamError) -> Failure:
    """A figure that lacks its days, in words of the command line."""
    is_of_days = (error.status == _ffi.KAM_ERR_OPTION and error.argument.startswith("options.")
                  and "_day" in error.argument and error.value is not None and error.value > 100)
    if is_of_days and lib.kam_kpi_records(int(error.value or 0)):
        needs = ("--base-from and --base-to" if "base" in error.argument else
                 "--from and --to" if "first" in error.argument else "--to")
        return Failure(f"the figure {lib.kam_kpi_name(int(error.value or 0)).decode()} needs {needs}")
    return Failure(f"{error.argument} {error.message}", 1 if error.status == _ffi.KAM_ERR_MEMORY else 2)


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.10g}"


def _rows(made: kpi.Figures, names: Sequence[bytes], language: str) -> str:
    columns = [made[name] for name in ("group", "figure", "value", "numerator", "denominator", "low", "high", "n",
                                       "n_left_out", "state")]
    return HEADER + "\n" + "".join(
        csv_line([decode(names[group]), figure, kpi.text(figure, language), *map(_number, numbers[:5]),
                  str(numbers[5]), str(numbers[6]), state])
        for group, figure, *numbers, state in zip(*columns))


def _summary(options: Options, book: Book, n_groups: int, report: dict[str, Any]) -> str:
    made = f"{book.n} {options.kind}, {n_groups} group{'' if n_groups == 1 else 's'}"
    made += f"; {report['n_without_group']} without a group" if report["n_without_group"] else ""
    made += f"; {book.n_short} with fewer fields than the header" if book.n_short else ""
    used = [words for bit, words in enumerate(_DEFAULTS) if report["defaults"] >> bit & 1]
    return made + ("\ndefaults used: " + ", ".join(used) if used else "") + "\n"


def run(options: Options, path: str) -> tuple[str, str]:
    """(the CSV, the summary)"""
    book = Book(options, path)
    code, names = book.groups()
    figures = _figures(options, book)
    table = {**book.columns, **({} if code is None else {"group": code})}
    try:
        made = options.records.compute(table, figures, n_groups=len(names), **options.how)
    except KamError as error:
        raise _refused(error) from None
    return _rows(made, names, options.language), "" if options.quiet else _summary(options, book, len(names), made.report)
