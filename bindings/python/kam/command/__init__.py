# SPDX-License-Identifier: MIT
"""The command `kam`: score, report, backtest, tiers, kpi. What `kam score`, `kam tiers` and `kam kpi` read, say
and write is what the C tools kam-score, kam-tier and kam-kpi do, byte for byte."""
from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Optional

from .._errors import KamError, KamMemoryError
from . import _options, _output
from ._backtest import Trial
from ._backtest import text as backtest_text
from ._book import FOR_PLAYBOOK, Answers, Book, Facts
from ._contracts import Contracts, Lines
from ._csvfile import name_of
from ._options import Options
from ._orders import Log
from ._output import Result
from ._playbook import Playbook
from ._signals import Signals
from ._text import NO_DAY, Failure, day_text, encode

#: what the accounts file may tell for the matrix of value and potential
POTENTIAL = ("growth", "wallet", "pain")

_USAGE = """kam COMMAND [OPTION...] FILE...

  score      every account's tier, profit, lifetime value and churn risk, as CSV
  report     the same and more as one HTML file, for people
  backtest   how well a fit before a day forecasts the rest
  tiers      a table of accounts in, their tiers, classes and shares out
  kpi        records in, key figures out

kam COMMAND --help lists the options of a command.
"""


def say(text: str) -> None:
    """To standard error, whatever bytes a file name has."""
    out = getattr(sys.stderr, "buffer", None)
    if out is None:
        sys.stderr.write(text)
    else:
        sys.stderr.flush()
        out.write(encode(text))
        out.flush()


def _as_of(options: Options, log: Log) -> int:
    """"Today": as told, or the last day a usable line has."""
    as_of = log.last_day if options.as_of == NO_DAY else options.as_of
    if options.backtest != NO_DAY and as_of != NO_DAY and options.backtest > as_of:
        raise Failure(f"--backtest {day_text(options.backtest)} lies after the as-of day, {day_text(as_of)}")
    return as_of


def _warn_of_late_day(program: str, log: Log, as_of: int) -> None:
    """One slip of the pen must not turn a whole book silent."""
    near = [day for day in log.day if day > as_of - 366]
    before = max((day for day in log.day if NO_DAY < day <= as_of - 366), default=NO_DAY)
    if len(log) > 2 and before != NO_DAY and len(near) <= max(len(log) // 1000, 1) and min(near) - before > 366:
        say(f"{program}: warning: the last day in the orders, {day_text(as_of)}, is far from the others, which end on "
            f"{day_text(before)}; is it a slip? --as-of sets another\n")


def usual_split(log: Log, book: Book, lines: Optional[Lines]) -> int:
    """Where a backtest cuts when nobody says: before the last quarter of the log (or, without one, of the contracts),
    at most a year."""
    first = min((day for day in log.day if day != NO_DAY), default=book.as_of)
    if lines and not len(log):
        first = min(line.start for line in lines)
    return max(book.as_of - min((book.as_of - first) // 4, 365), first) + 1


def _last_day(options: Options, as_of: int) -> int:
    """The last day that is forecast: as many days on as were asked for, or the last
    day there is."""
    if not options.horizon_is_given:
        return as_of
    last = options.backtest + options.horizon_days - 1
    if last >= as_of + 1:
        raise Failure(f"--horizon-days {options.horizon_days:g} from {day_text(options.backtest)} on ends after the as-of "
                      f"day, {day_text(as_of)}")
    return max(math.floor(last), options.backtest)


def write_out(text: str) -> None:
    try:
        sys.stdout.flush()
        out = getattr(sys.stdout, "buffer", None)
        if out is None:
            sys.stdout.write(text)
        else:
            out.write(encode(text))
            out.flush()
    except OSError as error:
        sys.stdout = None  # or Python says so again at exit
        raise Failure(f"the output cannot be written: {error.strerror}", 1) from None


def _contracts_of(options: Options, book: Book, lines: Optional[Lines]) -> Optional[Contracts]:
    """None without a file of them."""
    if lines is None:
        return None
    contracts = Contracts(lines, options, book.as_of)
    contracts.join(book)
    if book.n == 0:
        raise Failure(f"{name_of(lines.path)} has no contract that has begun and names its account")
    return contracts


def _run(command: str, options: Options) -> None:
    program = f"kam {command}"
    log = Log(options)
    as_of = _as_of(options, log)
    book = Book(log, 0 if as_of == NO_DAY else as_of)
    if book.n == 0 and options.orders:
        raise Failure(f"no line can be used: {_output.dropped(log, book.report, False)}")
    if options.as_of == NO_DAY:
        _warn_of_late_day(program, log, as_of)
    lines = None if options.contracts_file is None else Lines(options)
    contracts = _contracts_of(options, book, lines)
    facts = Facts(book, options, POTENTIAL if command == "report" else FOR_PLAYBOOK if options.playbook else ())
    if command == "backtest" and options.backtest == NO_DAY:
        options.backtest = (usual_split(log, book, lines) if not options.horizon_is_given else
                            book.as_of - int(min(options.horizon_days, 1e6)) + 1)
    is_trial = command in ("score", "backtest") and options.backtest != NO_DAY
    answers = None if is_trial else Answers(book, log, options)
    if answers is not None and contracts is not None:
        contracts.apply(answers, book, options, options.discount_per_year)
    if answers is not None and options.signals_file is not None:
        answers.signals = Signals(options, log, book, answers)
    result = Result(options, log, book, facts, answers)
    if options.playbook:
        result.playbook = Playbook(log, book, facts, result.answers, options)
    if is_trial:
        trial = Trial(log, _last_day(options, book.as_of), options.backtest, options, book.as_of, lines)
        if options.signals_file is not None:
            trial.add_signals(log)
        result.of_trial(trial.answers.signals, trial.contracts)
        text = backtest_text(trial)
    elif command == "report":
        from ._report import write
        text = write(result, usual_split(log, book, lines) if options.backtest == NO_DAY else options.backtest, lines)
    else:
        text = (_output.top if options.top else _output.scores)(result)
    if not options.quiet:
        say(_output.summary(result, program) + "\n")
    write_out(text)


def _run_tiers(words: Sequence[str]) -> None:
    from . import _tiers
    options = _tiers.read_options(words)
    if options is not None:
        text, summary = _tiers.run(options)
        say(summary)
        write_out(text)


def _run_kpi(words: Sequence[str]) -> None:
    from . import _kpi
    asked = _kpi.read_options(words)
    if asked is not None:
        text, summary = _kpi.run(*asked)
        write_out(text)
        say(summary)


def main(words: Optional[Sequence[str]] = None) -> int:
    words = sys.argv[1:] if words is None else words
    command = words[0] if words else ""
    if command not in _options.ABOUT:
        known = command in ("-h", "--help", "help")
        say("" if known else f"kam: there is no command {command!r}\n\n" if command else "kam: which command?\n\n")
        (write_out if known else say)(_USAGE)
        return 0 if known else 2
    try:
        if command in ("tiers", "kpi"):
            (_run_tiers if command == "tiers" else _run_kpi)(words[1:])
            return 0
        options = _options.read(command, words[1:])
        if options is not None:
            _run(command, options)
        return 0
    except Failure as failure:
        say(f"kam {command}: {failure}\n")
        return failure.status
    except (MemoryError, KamMemoryError):
        say(f"kam {command}: there is not enough memory\n")
        return 1
    except KamError as error:
        say(f"kam {command}: {error}\n")
        return 2 if error.status < 60 else 1
    except KeyboardInterrupt:
        return 130
