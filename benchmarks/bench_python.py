# SPDX-License-Identifier: MIT
"""bench_python.py [ACCOUNTS [FIT_ACCOUNTS [LINES]]]: the Python binding beside the C
library, lifetimes and pandas, in one run.

Times are CPU seconds of all threads, so that other programs do not disturb them,
and every peer runs on the same rows in the same process. KAM_LIBRARY names the
library; run it with the Python of BUILD/venv."""
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import warnings

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"
warnings.simplefilter("ignore")
PACKAGE = str(pathlib.Path(__file__).resolve().parents[1] / "bindings/python")
sys.path.insert(0, PACKAGE)


def cpu(work, repeats=1):
    """(least CPU seconds of a few runs, the last answer)"""
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        answer = work()
        seconds.append(time.process_time() - start)
    return min(seconds), answer


def memory_mb(name):
    """VmRSS: memory now; VmHWM: its peak since the last time it was set back."""
    text = pathlib.Path("/proc/self/status").read_text()
    return int(text.split(name + ":")[1].split()[0]) / 1024


def first_import():
    """CPU milliseconds of `import kam` in a fresh process, compiled before."""
    code = ("import sys, time; sys.path.insert(0, sys.argv[1]); start = time.process_time(); import kam; "
            "print(1000 * (time.process_time() - start))")
    with tempfile.TemporaryDirectory() as cache:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = cache
        runs = [float(subprocess.run([sys.executable, "-c", code, PACKAGE], env=environment, capture_output=True,
                                     text=True, check=True).stdout) for _ in range(12)]
    print(f"import kam: {sorted(runs[1:])[5]:.0f} ms (median of 11 processes; {runs[0]:.0f} ms when it is compiled first)")


def book_of(n):
    """Histories of n accounts: x, t_x, T, m in weeks, as NumPy columns."""
    import numpy
    random = numpy.random.default_rng(20241231)
    age = random.integers(26, 79, n).astype(float)
    rate = random.gamma(0.25, 1 / 4.5, n)
    died = random.random(n) < 0.5
    active = numpy.where(died, age * random.random(n), age)
    x = random.poisson(rate * active).astype(float)
    t_x = numpy.where(x > 0, numpy.round(active * 7 * random.beta(numpy.maximum(x, 1), 1)) / 7, 0.0)
    m = numpy.where(x > 0, random.gamma(6.0, 5.0, n), 0.0)
    return x, t_x, age, m


def binding(n):
    """n accounts as a pyarrow table: memory, copies, and what is not C's time."""
    import pyarrow
    import kam
    from kam import _columns, _score
    names = ("repeat_orders", "last_order_periods", "age_periods", "mean_order_value")
    table = pyarrow.table(dict(zip(names, book_of(n))))
    models = kam.fit(table.slice(0, 100_000))
    source = _columns.Source(table)
    copies = [name for name in names if [chunk.raw.values for chunk in source.column(name).chunks]
              != [chunk.buffers()[1].address for chunk in table.column(name).chunks]]
    inside, call = [], _score.lib.kam_score

    def timed(*arguments):
        start = time.process_time()
        status = call(*arguments)
        inside.append(time.process_time() - start)
        return status

    wanted = ["alive", "expected_orders", "churn_risk", "lifetime_value"]
    pathlib.Path("/proc/self/clear_refs").write_text("5")  # the peak from here on
    before = memory_mb("VmRSS")
    _score.lib.kam_score = timed
    total, _ = cpu(lambda: kam.score(table, models, columns=wanted))
    _score.lib.kam_score = call
    grown = memory_mb("VmHWM") - before
    print(f"{n:,} accounts as a pyarrow table of {table.nbytes / 2**20:.0f} MB, {len(wanted)} scores of "
          f"{8 * len(wanted) * n / 2**20:.0f} MB:")
    print(f"  input columns copied: {', '.join(copies) or 'none'}; peak memory grew by {grown:.0f} MB")
    print(f"  {total:.3f} s, of which {sum(inside):.3f} s in C: the binding takes "
          f"{100 * (total - sum(inside)) / sum(inside):.3f} % of C's time")


def fits(n):
    """Fit and predict at n accounts, beside lifetimes."""
    import kam
    import lifetimes
    x, t_x, age, _ = book_of(n)
    book = {"repeat_orders": x, "last_order_periods": t_x, "age_periods": age}

    def ours():
        model = kam.btyd.fit(book, family="bgnbd")
        return model, model.alive(book), model.expected_orders(book, 39.0)

    def theirs():
        model = lifetimes.BetaGeoFitter().fit(x, t_x, age)
        return (model, model.conditional_probability_alive(x, t_x, age),
                model.conditional_expected_number_of_purchases_up_to_time(39.0, x, t_x, age))

    mine, (model, _, orders) = cpu(ours, 3)
    peer, (other, _, expected) = cpu(theirs)
    worst = max(abs(model.parameters[name] / other.params_[name] - 1) for name in model.parameters)
    print(f"{n:,} accounts, BG/NBD fit and predictions: kam {mine:.2f} s, lifetimes {peer:.1f} s: "
          f"{peer / mine:.0f} times as fast; parameters differ by {worst:.1e}, "
          f"orders by {abs(expected / orders['expected_orders'] - 1).max():.1e}")


def summaries(n):
    """n order lines to a book, beside lifetimes and pandas."""
    import kam
    import numpy
    import pandas
    from lifetimes.utils import summary_data_from_transaction_data
    random = numpy.random.default_rng(7)
    log = pandas.DataFrame({
        "account": random.integers(0, n // 8, n), "revenue": random.gamma(2.0, 50.0, n).round(2),
        "day": pandas.Timestamp("2020-01-01") + pandas.to_timedelta(random.integers(0, 1500, n), unit="D")})
    end = "2024-12-31"

    def ours():
        return kam.Ledger(log, period_days=1).summary(as_of=end)

    def by_pandas():
        days = log.groupby(["account", "day"], as_index=False)["revenue"].sum()
        groups = days.groupby("account")
        made = groups["day"].agg(["min", "max", "count"])
        total, first = groups["revenue"].sum(), groups["revenue"].first()
        made["frequency"] = made["count"] - 1
        made["recency"] = (made["max"] - made["min"]).dt.days
        made["T"] = (pandas.Timestamp(end) - made["min"]).dt.days
        made["monetary_value"] = ((total - first) / made["frequency"]).fillna(0.0)
        return made

    mine, book = cpu(ours, 3)
    pandas_seconds, plain = cpu(by_pandas, 3)
    lifetimes_seconds, theirs = cpu(lambda: summary_data_from_transaction_data(
        log, "account", "day", "revenue", observation_period_end=end))
    for made in (plain, theirs):
        assert (made["frequency"].to_numpy() == numpy.asarray(book["repeat_orders"])).all()
        assert (made["T"].to_numpy() == numpy.asarray(book["age_periods"])).all()
    print(f"{n:,} lines to {len(book):,} accounts: kam {mine:.3f} s; lifetimes {lifetimes_seconds:.2f} s, "
          f"{lifetimes_seconds / mine:.1f} times; pandas {pandas_seconds:.2f} s, {pandas_seconds / mine:.1f} times")


def alone(name, n):
    """Each part in a process of its own: memory is counted from its start."""
    sys.stdout.flush()
    subprocess.run([sys.executable, __file__, f"--{name}", str(n)], check=True)


PARTS = {"binding": (binding, 10_000_000), "fits": (fits, 1_000_000), "summaries": (summaries, 2_000_000)}


def main(arguments):
    if arguments and arguments[0].startswith("--"):
        PARTS[arguments[0][2:]][0](int(arguments[1]))
        return
    first_import()
    for i, (name, (_, usual)) in enumerate(PARTS.items()):
        alone(name, int(arguments[i]) if i < len(arguments) else usual)


if __name__ == "__main__":
    main(sys.argv[1:])
