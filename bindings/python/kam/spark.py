# SPDX-License-Identifier: MIT
"""Books that Spark holds in pieces. Spark does the distribution; a piece is scored
or added up by the same calls as a whole book, and gives the same bits, whatever the
number of pieces, executors and restarts.

    kam.spark.ship(session)                       # the package, to the executors
    book = kam.spark.summary(lines, as_of="2024-12-31", account="customer", day="date", revenue="amount")
    models = kam.spark.fit(book)
    scores = kam.spark.score(book, models)        # a DataFrame: account, then scores

Needs pyspark 4 and pyarrow."""
from __future__ import annotations

import pathlib
import pickle
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, Optional

from . import _fit, _library, _score, btyd, ledger, tier
from ._errors import refuse
from ._table import Table
from .account import FIELDS, Accounts
from .calendar import Day
from .estimate import Objective

_FITTED = ("repeat_orders", "last_order_periods", "age_periods", "mean_order_value")


def ship(session: Any) -> None:
    """Sends this package and its library to the executors, present and future,
    for clusters on which libkam is not installed."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kam-"))
    here = pathlib.Path(__file__).parent
    with zipfile.ZipFile(folder / "kam.zip", "w") as archive:
        for path in sorted(here.rglob("*.py")):
            archive.write(path, pathlib.Path("kam") / path.relative_to(here))
    context = session.sparkContext
    library = pathlib.Path(_library.lib._name).resolve()
    if library.exists():  # else one that the system finds by name, there as here
        context.addFile(str(library))
    context.addPyFile(str(folder / "kam.zip"))


def _spark_arrow(table: Table) -> Any:
    """A result as an Arrow table without unsigned integers, which Spark lacks."""
    arrow, made = import_module("pyarrow"), table.to_arrow()
    return made.cast(arrow.schema([field.with_type(arrow.int64()) if arrow.types.is_unsigned_integer(field.type)
                                   else field for field in made.schema]))


def frame(session: Any, table: Table) -> Any:
    """A result of kam, such as a summary, as a DataFrame."""
    return session.createDataFrame(_spark_arrow(table))


def _batches(table: Table, keys: Any, names: Sequence[str]) -> Iterator[Any]:
    """A result as batches of pyarrow, after columns `keys` of a table of theirs."""
    arrow = import_module("pyarrow")
    made = _spark_arrow(table)
    columns = [*(keys.column(name) for name in keys.column_names), *(made.column(name) for name in names)]
    yield from arrow.table(columns, names=[*keys.column_names, *names]).to_batches()


def _kept(frame: Any, keep: Sequence[str]) -> Any:
    for name in keep:
        if name not in frame.columns:
            raise refuse(name, f"is not a column of the frame, which has {', '.join(frame.columns)}")
    return [frame.schema[name] for name in keep]


class _Scorer:
    """Scores of an iterator of batches; travels to the executors as it is."""

    def __init__(self, models: _fit.Models, columns: list[str], keep: Sequence[str], how: dict[str, Any]) -> None:
        self.models, self.columns, self.keep, self.how = models, columns, list(keep), how

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            scores = _score.score(batch, self.models, columns=self.columns, **self.how)
            yield from _batches(scores, batch.select(self.keep), self.columns)


def score(book: Any, models: _fit.Models, *, columns: Optional[Sequence[str]] = None,
          keep: Sequence[str] = ("account",), **how: Any) -> Any:
    """kam.score of every row: a DataFrame of the columns to keep, then of scores
    (all but reasons, unless named). `how`: as kam.score takes it."""
    types = import_module("pyspark.sql.types")
    wanted = [name for name in _score.COLUMNS if name != "reasons"] if columns is None else list(columns)
    kinds = {"tier": types.IntegerType(), "row_flags": types.LongType()}
    schema = types.StructType([*_kept(book, keep), *(types.StructField(name, kinds.get(name, types.DoubleType()))
                                                      for name in wanted)])
    return book.mapInArrow(_Scorer(models, wanted, keep, how), schema)


class _Summary:
    """One ledger a partition, which holds all lines of its accounts."""

    def __init__(self, options: dict[str, Any], as_of: Day) -> None:
        self.options, self.as_of = options, as_of

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        made = ledger.Ledger(**self.options, as_of=self.as_of)
        for batch in batches:
            made.add(batch)
        yield from _spark_arrow(made.summary()).to_batches()


def summary(lines: Any, *, as_of: Day, account: str = "account", day: str = "day", revenue: str = "revenue",
            cost: Optional[str] = None, order: Optional[str] = None, **options: Any) -> Any:
    """kam.Ledger(lines, ...).summary(as_of): a DataFrame, one row an account, its
    lines brought together by Spark. `options`: as Ledger takes them."""
    how = {"account": account, "day": day, "revenue": revenue, "cost": cost, "order": order, **options}
    # One row tells the columns that this account type and these options make.
    first = lines.limit(1).toArrow()
    schema = _spark_arrow(ledger.Ledger(first, **how, as_of=as_of).summary()).schema
    types = import_module("pyspark.sql.pandas.types")
    used = [name for name in (account, day, revenue, cost, order) if name is not None]
    return lines.select(*used).repartition(account).mapInArrow(_Summary(how, as_of), types.from_arrow_schema(schema))


def _distinct(frame: Any, names: Sequence[str]) -> Accounts:
    """Equal rows once, with how many there are as their weight: to a fit the same
    as all rows, to the bit, and far fewer."""
    functions = import_module("pyspark.sql.functions")
    counted = frame.groupBy(*names).agg(functions.count(functions.lit(1)).cast("double").alias("weight"))
    return Accounts(counted.toArrow())


def fit(book: Any, *, family: Optional[str] = None, period_days: Optional[float] = None,
        tiers: Optional[tier.Policy] = None, **how: Any) -> _fit.Models:
    """kam.fit of the whole book. Spark merges equal rows; the driver fits what is
    left. A policy of tiers by share needs every tier_value there, unmerged."""
    names = [name for name in _FITTED if name in book.columns]
    models = _fit.fit(_distinct(book, names), family=family, period_days=period_days, **how)
    if tiers is None:
        return models
    value = "tier_value" if "tier_value" in book.columns else "window_revenue"
    limits = tier.cutpoints(tiers, book.select(value).toArrow().column(0))
    models.raw.n_bands, models.raw.limits[:len(limits)] = len(limits), tier.raw_bands(limits)[:len(limits)]
    return models


class _Part:
    """The objective of a partition, as one row of bytes."""

    def __init__(self, model: btyd.Model) -> None:
        self.model = model

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        total = Objective()
        for batch in batches:
            total.merge(self.model.objective(batch))
        yield import_module("pyarrow").record_batch({"objective": [pickle.dumps(total)]})


def objective(book: Any, model: btyd.Model) -> Objective:
    """Log likelihood, gradient and Hessian of all rows: partial sums of the
    partitions, merged here."""
    used = book.select(*[name for name in FIELDS if name in book.columns])
    rows = used.mapInArrow(_Part(model), "objective binary").collect()
    total = pickle.loads(rows[0]["objective"])
    for row in rows[1:]:
        total.merge(pickle.loads(row["objective"]))
    return total  # type: ignore[no-any-return]
