# SPDX-License-Identifier: MIT
"""The command line, which is that of kam-score."""
from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, Optional

from .. import policy
from .._library import lib
from ._policy import Policy
from ._policy import read as read_policy
from ._text import NO_DAY, Failure, encode, parse_day, parse_number

ABOUT = {
    "score": "Order lines (CSV) in, every account's tier, profit, lifetime value and churn risk out, with reasons.",
    "report": "Order lines (CSV) in, one HTML file out that opens anywhere, offline.",
    "backtest": "How well a fit before a day forecasts the rest, beside forecasts that need no model.",
    "kpi": "Records (CSV) in, key figures of the book, or of each account, segment or manager, out.",
    "tiers": "A table of accounts (CSV) in, their tiers, classes and shares out.",
}
EPILOG = ("Files: one header line; - is standard input. A summary of the book and of what was dropped goes to standard "
          "error. Exit status: 0 done; 1 out of memory, or the output cannot be written; 2 the input or the command "
          "line is wrong (then nothing was written). More: docs/kam-score.md, docs/kam-tier.md, docs/kam-kpi.md, docs/report.md.")

#: the usual one first
FAMILIES = ("mbgnbd", "bgnbd", "pnbd", "ggomnbd", "mbgcnbd", "bgcnbd", "bgbb")

# (name, metavar or None for a mark, help), in the groups and words of kam-score --help
_READING = (
    ("account", "COLUMN", "column of the account (default: account)"),
    ("day", "COLUMN", "column of the day (default: day)"),
    ("revenue", "COLUMN", "column of the amount; below zero it is a return (default: revenue)"),
    ("cost", "COLUMN", "column of the line's direct cost (default: cost, if there is one)"),
    ("order", "COLUMN", "column of the order number (default: order, if there is one; otherwise all lines of an "
     "account on one day are one order)"),
    ("accounts", "FILE", "file of facts about accounts: account, and any of cost_to_serve, start_day, tier_before or "
     "tier; for --playbook also growth, wallet, pain, stable, last_visit, ... (docs/kam-score.md)"),
    ("signals", "FILE", "file of signals: account, signal, day, and end, amount, term as the signals need them "
     "(docs/kam-score.md); they move the churn risk"),
    ("contracts", "FILE", "file of contracts: account, start, and any of end (empty: it runs), ended (yes or no), value (money "
     "a term) and term_months; accounts that it binds are scored by it, with or without orders"),
    ("term-months", "N", "months from one renewal to the next, where the file of contracts does not say (default: 12)"),
    ("contracts-since", "YYYY-MM-DD", "the file of contracts has none that ended before this day (default: it has all)"),
    ("date-format", "FORM", "form of the days, as in strptime(3): %%m/%%d/%%Y (default: YYYY-MM-DD, YYYY/MM/DD or "
     "YYYYMMDD, with or without a time)"),
    ("delimiter", "CHAR", "what stands between fields: a character, or tab (default: found from the header)"),
    ("decimal-comma", None, "numbers are written 1234,50"),
    ("drop-bad-lines", None, "drop and count lines with a bad day or number, instead of stopping"),
)
_SCORING = (
    ("as-of", "YYYY-MM-DD", '"today" (default: the last day in the orders)'),
    ("horizon-days", "DAYS", "how far ahead to look, or inf (default: 365; with --backtest: to the as-of day)"),
    ("discount-per-year", "RATE", "yearly rate by which later money counts less (default: 0.10)"),
    ("interval", "P", "probability between clv_low and clv_high (default: 0.80)"),
    ("pace", "PACE", "how fast the book goes on beside its past, such as 1 for no change, or auto: what the last year was "
     "to a forecast made before it (default: auto)"),
    ("model", "MODEL", "order model: auto, " + ", ".join(FAMILIES) + "; auto takes the one that fits best "
     "(default: mbgnbd, with a weak prior when the book is too small for a fit without)"),
    ("period-days", "DAYS", "of --model bgbb: days in a period, which has an order or none; the last ends with the as-of "
     "day (default: 30)"),
    ("tiers", "LIMITS", "limits of revenue in the 12 months to the as-of day, best tier first; or top:5%%,20%%,50%% of "
     "the accounts; or total:80%%,95%% of the revenue (default: 5000000,1000000,500000)"),
    ("policy", "FILE", "JSON file of the company's rules (docs/policy.md); the options above go before it"),
    ("policy-print", None, "print the policy that stands, as such a file, and stop"),
    ("keep", "RATIO", "an account keeps the tier it had down to this part of the limit (default: 1)"),
)
_PRINTING = {
    "top": ("top", "N", "print an aligned table of the N accounts with most at risk, instead of the CSV"),
    "backtest": ("backtest", "YYYY-MM-DD", "print how well a fit before that day forecasts the rest, beside naive "
                 "baselines, instead of the CSV"),
    "split": ("backtest", "YYYY-MM-DD", "fit on what was known before that day, and hold the rest against it (default: "
              "the last quarter of the log, at most a year)"),
    "playbook": ("playbook", None, "append columns of what to do: class, stage, touches and actions"),
    "lang": ("lang", "LANGUAGE", "language of the words: en or zh (default: en)"),
    "rows": ("rows", "N", "accounts listed, those with most at risk first, and 0 for all (default: 3000)"),
    "title": ("title", "TEXT", "what stands at the head of the report (default: the name of the file)"),
}
_OF_COMMAND = {"score": ("top", "backtest", "playbook", "lang"), "backtest": ("split", "lang"),
               "report": ("split", "lang", "rows", "title")}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """In the words of kam-score."""
        missing = re.match(r"argument (--[\w-]+)[/\w-]*: expected one argument", message)
        unknown = re.match(r"unrecognized arguments: (\S+)", message)
        what = (f"{missing[1]}: missing argument" if missing else
                f"{unknown[1]}: unknown option" if unknown else message)
        raise Failure(f"{what}; {self.prog} --help lists the options")

    def take(self, words: Sequence[str]) -> argparse.Namespace:
        """Parses the words; what follows an option that takes a value is its value,
        whatever it begins with."""
        takes = {name: action.option_strings[0] for action in self._actions if action.nargs is None
                 for name in action.option_strings}
        made, rest = [], iter(words)
        for word in rest:
            if word == "--":
                made += [word, *rest]
            elif word in takes and (value := next(rest, None)) is not None:
                made.append(f"{takes[word]}={value}")
            else:
                made.append(word)
        return self.parse_intermixed_args(made)


class Options:
    """What was asked for, understood."""

    orders: list[str]
    account: str
    day: str
    revenue: str
    cost: str
    order: str
    cost_is_wanted: bool
    order_is_wanted: bool
    accounts_file: Optional[str]
    signals_file: Optional[str]
    contracts_file: Optional[str]
    term_months: float
    contracts_since: int
    date_format: Optional[str]
    delimiter: Optional[bytes]
    point: bytes
    drop_bad: bool
    as_of: int
    backtest: int
    family: Optional[str]
    period_days: int
    horizon_days: float
    discount_per_year: float
    interval: float
    pace: float
    pace_is_given: bool
    policy: policy.Policy
    n_bands: int
    language: str
    top: int
    quiet: bool
    playbook: bool
    horizon_is_given: bool
    matrix: dict[str, Any]
    output: Optional[str]
    rows: int
    title: Optional[str]


_Group = tuple[str, Sequence[tuple[str, Optional[str], str]]]


def parser(command: str, groups: Sequence[_Group], files: str) -> _Parser:
    """A parser of these options ("name" or "name -n"), and those that every command has."""
    made = _Parser(prog=f"kam {command}", description=ABOUT[command], epilog=EPILOG, allow_abbrev=False, add_help=False,
                   usage=f"kam {command} [OPTION...] {files}")
    for heading, options in groups:
        group = made.add_argument_group(heading)
        for name, metavar, text in options:
            how: dict[str, Any] = {"metavar": metavar} if metavar else {"action": "store_true"}
            if name.startswith("column "):
                how["action"] = "append"
            group.add_argument(*("--" + name).split(), help=text, **how)
    if command == "report":
        group.add_argument("-o", "--output", metavar="FILE", help="where to write the report (default: report.html)")
    group.add_argument("-q", "--quiet", action="store_true", help="no summary on standard error")
    group.add_argument("-h", "--help", action="store_true", help="print this, and stop")
    group.add_argument("-V", "--version", action="store_true", help="print the version, and stop")
    made.add_argument("orders", nargs="*", help=argparse.SUPPRESS)
    return made


def stop_early(made: _Parser, given: argparse.Namespace, command: str, more: Callable[[], str] = str) -> bool:
    """Prints help, with `more` after it, or the version when that is all that is wanted."""
    if given.help or given.version:
        print(made.format_help() + more() if given.help else f"kam {command} {lib.kam_version_text().decode()}\n", end="")
    return bool(given.help or given.version)


def day(name: str, text: Optional[str]) -> int:
    if text is None:
        return NO_DAY
    day, wrong = parse_day(encode(text))
    if wrong:
        raise Failure(f'--{name} "{text}" is no date; write YYYY-MM-DD')
    return day


def number(name: str, text: Optional[str], usual: float, low: float, with_low: bool, high: float, range_: str
           ) -> float:
    """A number in low..high; `low` itself only when `with_low`."""
    if text is None:
        return usual
    value, wrong = parse_number(encode(text))
    if wrong or value < low or (value <= low and not with_low) or value > high:
        raise Failure(f'--{name} "{text}" must be {range_}')
    return value


def _whole(name: str, text: Optional[str], usual: float, low: float) -> int:
    value = number(name, text, usual, low, True, 1e9, f"a number of accounts, {low:.0f} or more")
    if value != int(value):
        raise Failure(f'--{name} "{text}" must be a whole number')
    return int(value)


def _horizon(text: Optional[str], usual: float) -> float:
    if text == "inf":
        return math.inf
    return number("horizon-days", text, usual, 0, False, 1e9, "a number of days above 0 and up to 1e9, or inf")


def delimiter(text: Optional[str]) -> Optional[bytes]:
    if text is None:
        return None
    if text in ("tab", "\\t"):
        return b"\t"
    raw = encode(text)
    if len(raw) != 1 or raw in b"\"\r\n .-+":
        raise Failure(f'--delimiter "{text}" must be one character, or tab')
    return raw


def choice(name: str, text: Optional[str], words: Sequence[str]) -> str:
    if text is None:
        return words[0]
    if text not in words:
        raise Failure(f'--{name} "{text}" must be ' + " or ".join(filter(None, (", ".join(words[:-1]), words[-1]))))
    return text


def _next_limit(text: str, is_share: bool) -> float:
    if is_share and not text.endswith("%"):
        raise ValueError("must give shares with %, such as top:5%,20%,50%")
    value, wrong = parse_number(encode(text[:-1] if is_share else text))
    if wrong:
        raise ValueError("must be limits in money, such as 5000000,1000000,500000, or shares, such as "
                         "top:5%,20%,50% or total:80%,95%")
    return value / 100 if is_share else value


def _check_order(limits: Sequence[float], is_share: bool) -> None:
    """Limits of money fall, shares rise."""
    if is_share and not 0 < limits[-1] <= 1:
        raise ValueError("must give shares above 0 % and up to 100 %")
    if len(limits) > 1 and is_share and limits[-1] <= limits[-2]:
        raise ValueError("must give shares that rise, the best tier first")
    if len(limits) > 1 and not is_share and limits[-1] >= limits[-2]:
        raise ValueError("must give limits that fall, the best tier first")


def read_tiers(text: str, keep: float) -> tuple[str, list[tuple[float, float]]]:
    """What --tiers says: the basis, as a file of a policy calls it, and the bands."""
    kind, _, rest = text.partition(":")
    basis = kind if text != kind and kind in ("top", "total") else "revenue"
    is_share = basis != "revenue"
    limits: list[float] = []
    for part in (rest if is_share else text).split(","):
        if len(limits) == 16:
            raise ValueError("can give at most 16 tiers")
        limits.append(_next_limit(part, is_share))
        _check_order(limits, is_share)
    return basis, [(enter, min(enter / keep, 1.0) if is_share else enter * keep) for enter in limits]


def set_tiers(policy: Policy, text: Optional[str], keep_text: Optional[str], low: float = 0, with_low: bool = False
              ) -> None:
    """--keep changes limits that --tiers gives, or the default ones: those of a
    policy have their own."""
    if policy.bands and text is None:
        if keep_text is not None:
            raise Failure('--keep goes with --tiers; the tiers of a policy have a "keep" of their own')
        return
    keep = number("keep", keep_text, 1, low, with_low, 1, "above 0 and at most 1")
    text = "5000000,1000000,500000" if text is None else text
    try:
        policy.set_tiers(read_tiers(text, keep))
    except ValueError as wrong:
        raise Failure(f'--tiers "{text}" {wrong}') from None


def _contracts(options: Options, given: argparse.Namespace) -> None:
    options.contracts_file = given.contracts
    options.contracts_since = day("contracts-since", given.contracts_since)
    options.term_months = number("term-months", given.term_months, 12, 1, True, 1200, "a whole number of months from 1 to 1200")
    if options.term_months != int(options.term_months):
        raise Failure(f'--term-months "{given.term_months}" must be a whole number')
    lonely = "term-months" if given.term_months else "contracts-since" if given.contracts_since else None
    if given.contracts is None and lonely:
        raise Failure(f"--{lonely} goes with --contracts")


def _columns(options: Options, given: argparse.Namespace) -> None:
    for name in ("account", "day", "revenue", "cost", "order"):
        setattr(options, name, name if getattr(given, name) is None else getattr(given, name))
    options.cost_is_wanted = given.cost is not None
    options.order_is_wanted = given.order is not None
    options.accounts_file = given.accounts
    options.signals_file = given.signals
    _contracts(options, given)
    options.date_format = given.date_format
    options.delimiter = delimiter(given.delimiter)
    options.point = b"," if given.decimal_comma else b"."
    options.drop_bad = given.drop_bad_lines


def _period(family: str, text: Optional[str]) -> int:
    """Days in a period by which orders are counted; 0: by days."""
    days = number("period-days", text, 30, 1, True, 3660, "a whole number of days from 1 to 3660")
    if days != int(days):
        raise Failure(f'--period-days "{text}" must be a whole number')
    if text is not None and family != "bgbb":
        raise Failure("--period-days goes with --model bgbb")
    return int(days) if family == "bgbb" else 0


def _scoring(options: Options, given: argparse.Namespace) -> Policy:
    """Reads what scores depend on; the policy that stands."""
    rules = read_policy(given.policy)
    future, asked = rules.future, vars(given)
    future["horizon_days"] = _horizon(given.horizon_days, future["horizon_days"])
    future["discount_per_year"] = number("discount-per-year", given.discount_per_year, future["discount_per_year"], 0, True,
                                         100, "a rate of 0 or more, such as 0.10 for 10 % a year")
    future["interval"] = number("interval", given.interval, future["interval"], 0, False, 1 - 1e-9,
                                "a probability between 0 and 1, such as 0.80")
    options.horizon_is_given = given.horizon_days is not None
    options.pace_is_given = given.pace not in (None, "auto")
    options.pace = number("pace", given.pace, 1, 0, False, 16, "auto, or a number above 0 and at most 16") \
        if options.pace_is_given else 1.0
    options.as_of = day("as-of", given.as_of)
    options.backtest = day("backtest", asked.get("backtest"))
    family = choice("model", given.model, ["auto", *FAMILIES])
    options.family = None if given.model is None else "choose" if family == "auto" else family
    options.period_days = _period(family, given.period_days)
    if future["horizon_days"] < options.period_days:
        raise Failure(f"the horizon is shorter than a period of {options.period_days} days")
    options.language = choice("lang", given.lang, ["en", "zh"])
    set_tiers(rules, given.tiers, given.keep)
    rules.check("--policy")
    options.policy, options.n_bands = rules.whole(), len(rules.bands)
    options.matrix = rules.thresholds
    options.horizon_days, options.discount_per_year, options.interval = future.values()
    return rules


def read(command: str, words: Sequence[str]) -> Optional[Options]:
    """Reads the command line; None when only help or the version was wanted."""
    made = parser(command, (("Reading", _READING), ("Scoring", _SCORING),
                            ("Printing", [_PRINTING[name] for name in _OF_COMMAND[command]])),
                  "ORDERS.csv..." + (" -o report.html" if command == "report" else ""))
    given = made.take(words)
    if stop_early(made, given, command):
        return None
    options, asked = Options(), vars(given)
    if given.policy_print:
        if given.orders:
            raise Failure(f'--policy-print reads no file; "{given.orders[0]}" is one')
        print(_scoring(options, given).text(), end="")
        return None
    if not given.orders and given.contracts is None:
        raise Failure(f"no file of orders is given; kam {command} --help says how")
    if not given.orders and given.as_of is None:
        raise Failure('contracts without orders need --as-of, the day that is "today"')
    options.orders = given.orders
    _columns(options, given)
    _scoring(options, given)
    options.top = 0 if asked.get("top") is None else _whole("top", given.top, 0, 1)
    options.rows = _whole("rows", asked.get("rows"), 3000, 0)
    options.title, options.output = asked.get("title"), asked.get("output")
    options.quiet = given.quiet
    options.playbook = bool(asked.get("playbook"))
    if options.playbook and (options.top or options.backtest != NO_DAY):
        raise Failure("--playbook goes with the CSV, not with --top or --backtest")
    if options.top and options.backtest != NO_DAY:
        raise Failure("--top and --backtest cannot go together")
    return options
