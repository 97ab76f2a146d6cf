# SPDX-License-Identifier: MIT
"""heavy_spark_stream.py [ROWS]: a book of so many accounts streams through Spark: fitted by
partial objectives, scored by mapInArrow, on two workers with an executor of 1 GB each. Spark
is told to stop when more than 1 MB comes to the driver. Then one process does the same, and
every bit has to agree; and so for 1, 2 and 8 partitions. Run by check-all with few rows."""
import os
import pathlib
import sys
import tempfile
import time

ROWS = int(sys.argv.pop(1)) if len(sys.argv) > 1 else 200_000

from support import kam, main, same, tap  # noqa: E402
import kam.spark  # noqa: E402

for name in ("KAM_LIBRARY", "PYTHONPATH"):  # the executors know what kam.spark.ship sends
    os.environ.pop(name, None)
os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")

import numpy  # noqa: E402
import pyarrow.parquet  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402
from pyspark.sql import functions as f  # noqa: E402

SPARK = (SparkSession.builder.master("local-cluster[2,1,1024]").appName("kam")
         .config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
         .config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
         .config("spark.executor.memory", "1g").config("spark.driver.memory", "1g")
         .config("spark.driver.maxResultSize", "1m").config("spark.sql.shuffle.partitions", "4").getOrCreate())
SPARK.sparkContext.setLogLevel("OFF")
kam.spark.ship(SPARK)
SCORES = ["alive", "churn_risk", "lifetime_value", "tier"]
FOLDER = tempfile.TemporaryDirectory(prefix="kam-stream-")
BOOK = FOLDER.name + "/book"


def make_book():
    """Accounts without an origin that order and leave, written by the executors."""
    def draw(salt, n):
        return f.pmod(f.xxhash64("account", f.lit(salt)), f.lit(n))

    def waiting(salt, mean):
        return -f.log((draw(salt, 1000) + 0.5) / 1000) * mean

    row = SPARK.range(0, ROWS, 1, 8).withColumnRenamed("id", "account").select(
        "account", (draw(1, 700) / 7 + 1).alias("age_periods"), waiting(2, 0.1).alias("rate"), waiting(3, 80).alias("life"),
        ((draw(4, 40000) + draw(5, 40000) + draw(6, 40000)) / 600).alias("mean_order_value"))
    row = row.withColumn("seen", f.least("life", "age_periods")).withColumn("repeat_orders", f.floor(
        f.col("rate") * f.col("seen")).cast("double"))
    last = f.floor(f.col("seen") * f.col("repeat_orders") / (f.col("repeat_orders") + 1) * 7) / 7
    row.select("account", "repeat_orders", last.alias("last_order_periods"), "age_periods", "mean_order_value",
               (f.col("repeat_orders") * f.col("mean_order_value") * 1000).alias("tier_value")).write.parquet(BOOK)


def peaks():
    """Most memory that each process of Spark has taken, in MB: (the driver's JVM, the
    executors', their Pythons)."""
    parents, lines, found = {}, {}, ([], [], [])
    for path in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            peak = [line.split()[1] for line in (path / "status").read_text().splitlines() if line.startswith("VmHWM")]
            lines[int(path.name)] = ((path / "cmdline").read_bytes(), int(peak[0]) // 1024 if peak else 0)
        except (OSError, ValueError, IndexError):
            continue
    for one, (line, peak) in lines.items():
        above = one
        while above in parents and above != os.getpid():
            above = parents[above]
        if above == os.getpid() and one != above:
            kind = 1 if b"CoarseGrainedExecutorBackend" in line else 2 if b"pyspark.daemon" in line or b"worker" in line else 0
            found[kind].append(peak)
    return [sorted(one, reverse=True)[:2] for one in found]


def say(what, begun):
    print(f"# {what}: {time.perf_counter() - begun:.1f} s; MB at most, driver and executors and their Pythons: {peaks()}", flush=True)


def test_stream():
    """fitted and scored in pieces, with the bits of one process"""
    begun = time.perf_counter()
    make_book()
    say(f"{ROWS:,} accounts written", begun)
    fits, parts = [], (1, 2, 8) if ROWS <= 1_000_000 else (8,)
    for n in parts:
        begun = time.perf_counter()
        book = SPARK.read.parquet(BOOK)
        fits.append(kam.spark.fit(book.coalesce(n) if n < 8 else book))
        say(f"fitted in {n} partitions", begun)
        begun = time.perf_counter()
        kam.spark.score(book.coalesce(n) if n < 8 else book, fits[-1], columns=SCORES).write.parquet(f"{FOLDER.name}/{n}")
        say(f"scored in {n} partitions", begun)
    begun = time.perf_counter()
    table = pyarrow.parquet.read_table(BOOK)
    models = kam.fit(table)
    print(f"# one process fits it in {time.perf_counter() - begun:.1f} s: {models.orders}", flush=True)
    for one in fits:
        same((one.orders.parameters, one.orders.covariance, one.spend.parameters, one.spend.covariance, one.reference,
              one.limits), (models.orders.parameters, models.orders.covariance, models.spend.parameters,
                            models.spend.covariance, models.reference, models.limits))
    expected = kam.score(table, models, columns=SCORES)
    order = numpy.argsort(table.column("account").to_numpy())
    for n in parts:
        made = pyarrow.parquet.read_table(f"{FOLDER.name}/{n}")
        same(made.num_rows, ROWS)
        place = numpy.argsort(made.column("account").to_numpy())
        for name in SCORES:
            tap.check(made.column(name).to_numpy()[place].tobytes() == numpy.asarray(expected[name])[order].tobytes(),
                      f"{name} differs in {n} partitions")


def test_driver_is_spared():
    """what would bring a column to the driver does not get through here"""
    book = SPARK.read.parquet(BOOK)
    try:
        book.select("age_periods").toArrow()
    except Exception as error:
        tap.check("maxResultSize" in str(error), str(error)[:200])
    else:
        raise AssertionError(f"a column of {ROWS:,} rows came to the driver")


if __name__ == "__main__":
    try:
        main(globals())
    finally:
        SPARK.stop()
