# SPDX-License-Identifier: MIT
"""Spark with two workers and two executors: the bits of one process, for any
number of partitions, and with an executor killed on the way. Run by check-all."""
import os
import pathlib
import signal
import sys
import threading
import time

from support import AS_OF, ROOT, SHARED, kam, main, orders, raised, same, tap
import kam.spark

# What the executors know of kam is what kam.spark.ship sends them.
for name in ("KAM_LIBRARY", "PYTHONPATH"):
    os.environ.pop(name, None)
os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")

import pyarrow  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402
from pyspark.sql import functions as f  # noqa: E402

SPARK = (SparkSession.builder.master("local-cluster[2,1,1024]").appName("kam")
         .config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
         .config("spark.driver.bindAddress", "127.0.0.1")
         .config("spark.driver.host", "127.0.0.1").config("spark.executor.memory", "1g")
         .config("spark.driver.memory", "1g").config("spark.sql.shuffle.partitions", "4")
         .config("spark.sql.execution.arrow.maxRecordsPerBatch", "1000").getOrCreate())
SPARK.sparkContext.setLogLevel("OFF")
kam.spark.ship(SPARK)
LINES = pyarrow.table(orders())
BOOK = kam.Ledger(LINES, cost="cost", order="order", as_of=AS_OF).summary()
MODELS = kam.fit(BOOK)


def frame(table):
    return kam.spark.frame(SPARK, table) if hasattr(table, "to_arrow") else SPARK.createDataFrame(table)


def rows(table, names):
    """Rows by account, with the bits of every number."""
    columns = [[value.hex() if isinstance(value, float) else value for value in table.column(name).to_pylist()]
               for name in names]
    return sorted(zip(*columns), key=repr)


def same_rows(actual, expected):
    same(actual.column_names, expected.column_names)
    names = expected.column_names
    tap.check(rows(actual, names) == rows(expected, names), "rows differ")


def scores_of(book, models=MODELS):
    table = kam.score(book, models)
    names = [name for name in table if not name.startswith("reason")]
    arrow = table.to_arrow().select(names)
    return arrow.add_column(0, "account", book.to_arrow().column("account"))


def test_page():
    """the program of docs/engines.md"""
    page = (ROOT / "docs/engines.md").read_text(encoding="utf-8")
    code = next(block for block in page.split("```python\n")[1:] if "kam.spark" in block).split("```")[0]
    lines = LINES.rename_columns([{"account": "customer", "day": "date", "revenue": "amount"}.get(name, name) for name in LINES.column_names])
    names = {"session": SPARK, "lines": frame(lines)}
    exec(code, names)
    tap.check(names["scores"].count() == names["book"].count() > 100, "rows")


def executors():
    """Executor JVMs that this process is the ancestor of."""
    parents, found = {}, set()
    for path in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if b"CoarseGrainedExecutorBackend" in (path / "cmdline").read_bytes():
                found.add(int(path.name))
        except (OSError, ValueError):
            continue

    def is_mine(pid):
        while pid > 1 and pid != os.getpid():
            pid = parents.get(pid, 0)
        return pid == os.getpid()
    return {pid for pid in found if is_mine(pid)}


def test_summary():
    """order lines to a book, brought together by account"""
    for parts in (1, 2, 7):
        made = kam.spark.summary(frame(LINES).repartition(parts), cost="cost", order="order", as_of=AS_OF).toArrow()
        same_rows(made, BOOK.to_arrow())


def told(models):
    """The report, without what partial sums cannot know."""
    return {name: {**one, "n_distinct": 0} if isinstance(one, dict) else one for name, one in models.report.items()
            if name not in ("dependence", "independence", "matrix")}


def test_fit_of_trouble():
    """rows that no fit can use, too few accounts, a family by name: what one process says"""
    book = pyarrow.table({"account": [f"A{i}" for i in range(90)],
                          "repeat_orders": [None, float("nan"), 1.5, -1.0] + [float(i % 5) for i in range(86)],
                          "last_order_periods": [float("nan") if i % 5 == 4 else float(i % 7) for i in range(90)],
                          "age_periods": [float("inf") if i == 50 else 2.0 if i == 60 else 30.0 + i % 3 for i in range(90)],
                          "mean_order_value": [None if i % 4 == 0 else 10.0 + i for i in range(90)]})
    for rows, family in ((book, None), (book, "pnbd"), (book.slice(0, 6), None), (book.slice(4, 1), None)):
        models, expected = kam.spark.fit(frame(rows), family=family), kam.fit(rows, family=family)
        same(told(models), told(expected))
        same((models.reference, models.limits, repr(models)), (expected.reference, expected.limits, repr(expected)))
    raised(kam.KamValueError, lambda: kam.spark.fit(frame(book).withColumn("weight", f.lit(1.0))))


def test_fit():
    """parameters, covariances, limits and the typical account, to the bit"""
    for parts in (1, 2, 7):
        models = kam.spark.fit(frame(BOOK).repartition(parts))
        for name in ("parameters", "covariance"):
            same(getattr(models.orders, name), getattr(MODELS.orders, name))
            same(getattr(models.spend, name), getattr(MODELS.spend, name))
        same((models.reference, models.limits), (MODELS.reference, MODELS.limits))
        same(told(models), told(MODELS))
    policy = kam.tier.Policy("rank", [0.05, 0.2, 0.5])
    models, expected = kam.spark.fit(frame(BOOK), tiers=policy, matrix=True), kam.fit(BOOK, tiers=policy)
    same((models.limits, models.matrix.numbers(), models.defaults),
         (expected.limits, expected.matrix.numbers(), expected.defaults))
    same((models.report["independence"], MODELS.report["matrix"]), ("KAM_ERR_UNSUPPORTED", "KAM_OK"))
    same((kam.spark.fit(frame(BOOK)).matrix, kam.spark.fit(frame(BOOK)).defaults), (None, ["tiers"]))


def test_objective():
    """partial sums of any partition merge to those of one process"""
    whole = MODELS.orders.objective(BOOK)
    for parts in (1, 2, 7):
        merged = kam.spark.objective(frame(BOOK).repartition(parts), MODELS.orders)
        same((merged.log_likelihood, merged.gradient, merged.hessian, merged.n_rows),
             (whole.log_likelihood, whole.gradient, whole.hessian, whole.n_rows))


def test_score():
    """scores of any partition, as one process gives them, by two executors"""
    expected = scores_of(BOOK)
    for parts in (1, 2, 7):
        made = kam.spark.score(frame(BOOK).repartition(parts), MODELS)
        same_rows(made.toArrow().cast(expected.schema), expected)
    some = kam.spark.score(frame(BOOK), MODELS, columns=["churn_risk"], keep=["account", "orders"], horizon_days=90.0)
    same(some.columns, ["account", "orders", "churn_risk"])
    raised(kam.KamTypeError, lambda: kam.spark.score(frame(BOOK), MODELS, keep=["nosuch"]))
    same(len(executors()), 2)


def synthetic(n):
    """Accounts without an origin, large enough to be scored for a while."""
    return SPARK.range(n).select(
        f.col("id").alias("account"), (f.col("id") % 9).cast("double").alias("repeat_orders"),
        (f.col("id") % 9 * 4.0).alias("last_order_periods"), (f.col("id") % 31 + 36.0).alias("age_periods"),
        (f.col("id") % 101 + 1.0).alias("mean_order_value"))


def test_executor_killed():
    """an executor killed at work is made up for: the same bits"""
    n = 400_000
    book = synthetic(n).repartition(40)
    result, before = {}, executors()
    names = ["alive", "churn_risk", "lifetime_value", "lifetime_value_low"]

    def work():
        result["table"] = kam.spark.score(book, MODELS, columns=names).toArrow()

    worker = threading.Thread(target=work)
    worker.start()
    tracker = SPARK.sparkContext.statusTracker()

    def done():
        stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        return any(stage and stage.numTasks == 40 and 2 <= stage.numCompletedTasks < 35 for stage in stages)

    deadline = time.monotonic() + 120
    while not done() and worker.is_alive() and time.monotonic() < deadline:
        time.sleep(0.01)
    tap.check(worker.is_alive() and done(), "the job was over before an executor could be killed")
    os.kill(min(before), signal.SIGKILL)
    worker.join(300)
    tap.check("table" in result, "the job did not end")
    made = result["table"].sort_by("account")
    book = synthetic(n).toArrow()
    expected = kam.score(book, MODELS, columns=names)
    same(made.column("account").to_pylist()[:3], [0, 1, 2])
    for name in names:
        tap.check(made.column(name).to_numpy().tobytes() == bytes(expected[name]), f"{name} differs")
    tap.check(min(before) not in executors(), "the executor was not killed")


if __name__ == "__main__":
    try:
        main(globals())
    finally:
        SPARK.stop()
