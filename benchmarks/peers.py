# SPDX-License-Identifier: MIT
"""peers.py DIRECTORY: the same work by lifetimes and DuckDB on the same book.

Reads the book and what libkam answered (ours.txt) from the directory; prints
"name value" lines as the benchmarks do. Only the libraries' own calls are
timed, one thread, median of 5 after one to warm up (the fits: without, and that
of the Pareto/NBD once)."""
import importlib.metadata
import os
import pathlib
import statistics
import sys
import time
import warnings

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"
warnings.simplefilter("ignore")

import duckdb  # noqa: E402
import lifetimes  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

REPEATS = 5
WEEKS = 39
AS_OF = 20000  # the day the book ends

# Lines of a day are one order; the first order is no repeat.
SUMMARY = f"""
create or replace temp table summary as
with days as (
    select account, day, sum(revenue) as value from log group by account, day),
accounts as (
    select account, min(day) as first, max(day) as last, count(*) - 1 as x,
           sum(value) as total, arg_min(value, day) as opening
    from days group by account)
select account, x, (last - first) / 7.0::double as t_x,
       ({AS_OF} - first) / 7.0::double as T,
       case when x > 0 then (total - opening) / x else 0 end as m
from accounts
"""


# Key figures (K1, K2, K4, K10) by account.
FIGURES = """
create or replace temp table figures as
select account,
    sum(revenue) filter (day between 19000 and 19364) as revenue,
    sum(quantity) filter (day between 19000 and 19364) as quantity,
    sum(revenue - cost) filter (day between 19000 and 19364) as margin,
    sum(revenue) filter (day between 19000 and 19364 and cost is not null) as costed,
    sum(revenue) filter (day between 18635 and 18999) as base,
    count(*) filter (promised between 19000 and 19364 and (delivered <= 19364 or promised < 19364)) as due,
    count(*) filter (promised between 19000 and 19364 and delivered <= promised and delivered <= 19364) as on_time,
    count(*) filter (promised between 19000 and 19364 and delivered <= 19364 and delivered <= promised
                     and complete = 1) as otif
from lines group by account
"""


def say(name, value):
    print(name, value if isinstance(value, str) else repr(float(value)), flush=True)


def median(work, warm=True):
    if warm:
        work()
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def versions():
    for name in ("lifetimes", "duckdb", "numpy", "scipy", "pandas", "autograd", "scikit-learn"):
        say(f"version.{name}", importlib.metadata.version(name))


def book_of(directory, name="book.f64"):
    return np.fromfile(directory / name).reshape(4, -1)


def fit_orders(book):
    x, t_x, age, _ = book
    fitter = lifetimes.BetaGeoFitter()
    say("fit.bgnbd.seconds", median(lambda: fitter.fit(x, t_x, age), warm=False))
    for name in fitter.params_.index:
        say(f"fit.bgnbd.{name}", fitter.params_[name])
        say(f"fit.bgnbd.se.{name}", fitter.standard_errors_[name])


def fit_spend(book):
    x, m = (column[book[0] > 0] for column in (book[0], book[3]))
    fitter = lifetimes.GammaGammaFitter()
    say("fit.spend.seconds", median(lambda: fitter.fit(x, m), warm=False))
    for theirs, ours in (("p", "p"), ("q", "q"), ("v", "gamma")):
        say(f"fit.spend.{ours}", fitter.params_[theirs])


def answer(book, kind, fitter, parameters):
    """Alive and expected orders, at libkam's parameters."""
    x, t_x, age, _ = book
    fitter.params_ = pd.Series(parameters)
    answers = {
        "alive": lambda: fitter.conditional_probability_alive(x, t_x, age),
        "orders": lambda: fitter.conditional_expected_number_of_purchases_up_to_time(WEEKS, x, t_x, age),
    }
    for name, ask in answers.items():
        say(f"{kind}.{name}.seconds", median(ask))
        say(f"{kind}.{name}.sum", np.sum(np.asarray(ask())))
    say(f"{kind}.both.seconds", median(lambda: [ask() for ask in answers.values()]))


def fit_pareto(book):
    """Once: it takes minutes."""
    x, t_x, age, _ = book
    fitter = lifetimes.ParetoNBDFitter()
    start = time.perf_counter()
    fitter.fit(x, t_x, age)
    say("fit.pnbd.seconds", time.perf_counter() - start)
    found = [fitter.params_[name] for name in ("r", "alpha", "s", "beta")]
    say("fit.pnbd.log_likelihood", np.sum(fitter._conditional_log_likelihood(found, x, t_x, age)))


def lines(directory, name, files, scatter=1):
    log = pd.DataFrame({
        "account": np.fromfile(directory / f"{files}-account.i64", dtype=np.int64) * np.int64(scatter),
        "day": np.fromfile(directory / f"{files}-day.i32", dtype=np.int32),
        "revenue": np.fromfile(directory / f"{files}-revenue.f64"),
    })
    base = duckdb.connect(":memory:")
    base.execute("set threads = 1")
    base.execute("create table log as select * from log")
    say(f"lines.{name}.seconds", median(lambda: base.execute(SUMMARY)))
    sums = base.execute("select count(*), sum(x), sum(t_x), sum(T), sum(m) from summary").fetchone()
    for part, value in zip(("accounts", "x", "t_x", "T", "m"), sums):
        say(f"lines.{name}.{part}", value)


def figures(directory):
    columns = (("account", "i32"), ("day", "i32"), ("promised", "i32"), ("delivered", "i32"), ("revenue", "f64"),
               ("cost", "f64"), ("quantity", "f64"), ("complete", "u8"))
    types = {"i32": np.int32, "f64": np.float64, "u8": np.uint8}
    log = pd.DataFrame({name: np.fromfile(directory / f"kpi-{name}.{kind}", dtype=types[kind])
                        for name, kind in columns})
    base = duckdb.connect(":memory:")
    base.execute("set threads = 1")
    base.execute("create table lines as select * from log")
    del log
    say("kpi.seconds", median(lambda: base.execute(FIGURES)))
    sums = base.execute("select sum(revenue), sum(quantity), sum(margin), sum(revenue - base), sum(otif), sum(on_time) "
                        "from figures").fetchone()
    for part, value in zip(("revenue", "quantity", "margin", "growth", "otif", "on_time"), sums):
        say(f"kpi.{part}", value)


def churn(directory):
    """Twenty signals: scikit-learn's logistic regression as it comes, and its
    histogram booster with 100 trees, once."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    rows = np.fromfile(directory / "churn.f64").reshape(22, -1)
    signals, event = np.ascontiguousarray(rows[:20].T), rows[20]
    model = LogisticRegression()
    say("churn.logistic.seconds", median(lambda: model.fit(signals, event)))
    say("churn.logistic.first", model.coef_[0][0])
    booster = HistGradientBoostingClassifier(max_iter=100, early_stopping=False)
    start = time.perf_counter()
    booster.fit(signals, event)
    say("churn.glass_box.seconds", time.perf_counter() - start)


def main(directory):
    ours = {}
    for line in (directory / "ours.txt").read_text().splitlines():
        name, value = line.split(" ", 1)
        if not name.startswith("version."):
            ours[name] = float(value)
    versions()
    book = book_of(directory)
    lines(directory, "by_day", "log")
    lines(directory, "shuffled", "shuffled")
    lines(directory, "scattered", "log", scatter=0x9E3779B97F4A7C15 - 2**64)
    figures(directory)
    churn(directory)
    for kind, fit, fitter in (("answer", "bgnbd", lifetimes.BetaGeoFitter()), ("pnbd", "pnbd", lifetimes.ParetoNBDFitter())):
        names = ("r", "alpha", "a", "b") if fit == "bgnbd" else ("r", "alpha", "s", "beta")
        answer(book, kind, fitter, {name: ours[f"fit.{fit}.{name}"] for name in names})
    fit_spend(book)
    fit_orders(book)
    fit_pareto(book)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
