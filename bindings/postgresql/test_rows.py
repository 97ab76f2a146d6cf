# SPDX-License-Identifier: MIT
"""test_rows.py MODULE [ROWS]: many rows, scored by a parallel query, against libkam in one
process, every bit of every answer; and a fit by parallel aggregates against kam.fit. The rows
go in and out in PostgreSQL's binary form. Needs numpy. Run by check-all."""
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "python/tests"), str(HERE)]
MODULE = pathlib.Path(sys.argv[1]).resolve()
ROWS = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
del sys.argv[1:]

import numpy  # noqa: E402
from server import Server  # noqa: E402
from support import kam, main, tap  # noqa: E402

NAMES = ("repeat_orders", "last_order_periods", "age_periods", "mean_order_value", "gross_revenue", "returns", "direct_cost",
         "service_cost")
ANSWERS = ("alive", "churn_risk", "lifetime_value")
PARALLEL = "set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0; "
HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)


def layout(columns):
    """A row of doubles in COPY's binary form."""
    return numpy.dtype([("n", ">i2")] + [field for name in columns for field in ((f"size of {name}", ">i4"), (name, ">f8"))])


def draw():
    """Accounts as BG/NBD sees them, with money; what is not known is NaN."""
    chance = numpy.random.default_rng(7)
    age = numpy.floor(chance.uniform(1, 101, ROWS) * 7) / 7
    seen = numpy.minimum(chance.exponential(80, ROWS), age)
    book = {"repeat_orders": chance.poisson(chance.exponential(0.1, ROWS) * seen).astype(float), "age_periods": age}
    any_ = book["repeat_orders"] > 0
    book["last_order_periods"] = numpy.where(any_, numpy.ceil(7 * seen * chance.uniform(0.5, 1, ROWS)) / 7, 0)
    book["last_order_periods"] = numpy.minimum(book["last_order_periods"], age)
    money = numpy.round(chance.gamma(3, 300, ROWS), 2) + 1
    book["mean_order_value"] = numpy.where(any_, money, numpy.nan)
    book["gross_revenue"] = money * (1 + book["repeat_orders"])
    book["returns"] = numpy.round(chance.uniform(0, 40, ROWS), 2)
    book["direct_cost"] = numpy.where(chance.uniform(size=ROWS) < 0.02, numpy.nan, book["gross_revenue"] / 2)
    book["service_cost"] = numpy.round(chance.uniform(0, 400, ROWS), 2)
    return book


class Book:
    """The book in a server, and in numpy."""

    def __init__(self):
        self.columns = draw()
        self.server = Server()
        self.server.extend(MODULE)
        place = pathlib.Path(self.server.folder) / "book"
        rows = numpy.zeros(ROWS, layout(("account", *NAMES)))
        rows["n"] = 1 + len(NAMES)
        for name in ("account", *NAMES):
            rows[f"size of {name}"], rows[name] = 8, self.columns.get(name, numpy.arange(ROWS))
        with open(place, "wb") as out:
            out.write(HEAD)
            rows.tofile(out)
            out.write(b"\xff\xff")
        place.chmod(0o644)
        text = ", ".join(f"nullif({name}, 'NaN') as {name}" for name in NAMES)
        self.server.ask(f"""create unlogged table raw (account float8, {', '.join(name + ' float8' for name in NAMES)});
            copy raw from '{place}' (format binary);
            create unlogged table book as select account, {text} from raw;
            drop table raw; alter table book set (parallel_workers = 2); analyze book;
            create table models as select kam_fit('select * from book where account < 100000') m""")
        place.unlink()


BOOK = None


def book():
    global BOOK
    BOOK = BOOK or Book()
    return BOOK


def sample(n):
    return {name: book().columns[name][:n] for name in NAMES[:4]}


def test_fit():
    """a fit by parallel aggregates over 100,000 rows is kam.fit, to the bit"""
    made = book().server.ask(PARALLEL + "select encode(kam_fit('select * from book where account < 100000'), 'hex')")
    tap.check(made == [[bytes(kam.fit(sample(100_000)).raw).hex()]], "models differ")


def test_scores():
    """every row by a parallel query is kam.score's, to the bit"""
    server, columns = book().server, book().columns
    history = "m, repeat_orders, last_order_periods, age_periods"
    calls = (f"kam_alive({history})", f"kam_churn_risk({history})",
             f"kam_lifetime_value({history}, {', '.join(NAMES[3:])})")
    told = ", ".join(f"coalesce({call}, 'NaN') {name}" for call, name in zip(calls, ANSWERS))
    query = f"select account, {told} from book, models"
    plan = server.ask(PARALLEL + f"explain create unlogged table scored as {query}")
    tap.check(any("Gather" in line[0] for line in plan) and any("Workers Planned: 2" in line[0] for line in plan), str(plan))
    begun = time.perf_counter()
    server.ask(PARALLEL + f"create unlogged table scored as {query}")
    taken = time.perf_counter() - begun
    print(f"# {ROWS:,} rows: {taken:.1f} s by a query of three processes", flush=True)
    place = pathlib.Path(server.folder) / "scored"
    server.ask(f"copy scored to '{place}' (format binary)")
    rows = numpy.fromfile(place, layout(("account", *ANSWERS)), count=ROWS, offset=len(HEAD))
    rows = rows[numpy.argsort(rows["account"])]
    tap.check((rows["account"] == numpy.arange(ROWS)).all(), "not every account once")
    begun = time.perf_counter()
    scores = kam.score(kam.Accounts({name: columns[name] for name in NAMES}), kam.fit(sample(100_000)), columns=ANSWERS)
    print(f"# {time.perf_counter() - begun:.1f} s by kam.score in one", flush=True)
    for name in ANSWERS:
        here, there = numpy.asarray(scores[name]), rows[name].astype(float)
        known = ~numpy.isnan(here)
        tap.check((known == ~numpy.isnan(there)).all(), f"{name}: other rows have an answer")
        different = here[known].view("int64") != there[known].view("int64")
        tap.check(not different.any(), f"{name}: {different.sum()} rows differ")
        print(f"# {name}: {known.sum():,} answers", flush=True)


def test_cancel():
    """a query that is cancelled while it scores leaves the server well"""
    server = book().server
    slow = ("select sum(kam_lifetime_value(m, repeat_orders, last_order_periods, age_periods, mean_order_value + g, gross_revenue, "
            "returns, direct_cost, service_cost)) from book, models, generate_series(1, 100000) g")
    said = server.ask(PARALLEL + f"set statement_timeout = 1500; {slow}", fails=True)
    tap.check("statement timeout" in said, said)
    tap.check(server.ask("select count(*) from book") == [[str(ROWS)]], "the server is not well")


def test_no_memory():
    """where there is no memory, a fit says so; its session and the server go on"""
    server = book().server
    fit = "select md5(kam_fit('select * from book where account < 3000'))"
    rises = (0, 100, 400, 1600, 6400, 25600, 100000)
    # a new session each time: a backend keeps what it once got
    right = server.ask(fit)
    errors = 0
    for rise in rises:
        limit = (f"select pg_backend_pid() as pid \\gset\n\\setenv PID :pid\n"
                 f"\\! prlimit --pid $PID --as=$(( ($(awk '/^VmSize/ {{print $2}}' /proc/$PID/status) + {rise}) * 1024 )):unlimited\n")
        made = server.ask("set max_parallel_workers_per_gather = 0; set jit = off;\n" + limit + "\\set ON_ERROR_STOP off\n" + fit
                          + ";\n\\! prlimit --pid $PID --as=unlimited:unlimited\n" + fit + ";")
        tap.check(made[-1:] == right, f"after {rise} kB: {made}")
        errors += len(made) == 1
    print(f"# {errors} of {len(rises)} fits had too little memory", flush=True)
    tap.check(0 < errors < len(rises), "all had enough, or none")
    log = (pathlib.Path(server.folder) / "log").read_text()
    tap.check("out of memory" in log and "terminated by signal" not in log, log[-2000:])


if __name__ == "__main__":
    try:
        main(globals())
    finally:
        if BOOK:
            BOOK.server.stop()
