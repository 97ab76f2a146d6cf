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
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any, Optional, TypeVar

from . import _ffi, _fit, _library, _model, _report, _score, btyd_search, estimate, ledger, spend, tier
from ._errors import KamError, refuse
from ._table import Table
from .account import Accounts
from .calendar import Day
from .estimate import Objective

M = TypeVar("M", bound=_model.Model)

_FITTED = ("repeat_orders", "last_order_periods", "age_periods", "mean_order_value", "log_gaps", "valued_orders",
           "log_values")


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


class _Part:
    """The objective of a partition, as one row of bytes."""

    def __init__(self, model: _model.Model) -> None:
        self.model = model

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        total = Objective()
        for batch in batches:
            total.merge(self.model.objective(batch))
        yield import_module("pyarrow").record_batch({"objective": [pickle.dumps(total)]})


def objective(book: Any, model: _model.Model) -> Objective:
    """Log likelihood, gradient and Hessian of all rows: partial sums of the
    partitions, merged here."""
    used = book.select(*[name for name in model._fields if name in book.columns])
    rows = used.mapInArrow(_Part(model), "objective binary").collect()
    total = Objective()
    for row in rows:
        total.merge(pickle.loads(row["objective"]))
    return total


def _part_of_fit(search: Callable[[str], M], report: _ffi.kam_fit_report, name: str) -> Optional[M]:
    """A model as kam.fit finds it: by maximum likelihood; with the weak prior where that
    has no answer that holds; None where the data cannot carry one."""
    def attempt(prior: str) -> Optional[M]:
        try:
            model = search(prior)
            setattr(report, name, model._told)
            return model
        except KamError as error:
            if not _ffi.KAM_ERR_EMPTY <= error.status < _ffi.KAM_ERR_OVERFLOW:
                raise
            setattr(report, name, error.told)
            return None

    model = attempt("none")
    told = getattr(report, name)
    verdict = _ffi.KAM_ERR_WEAK if told.status == _ffi.KAM_OK and told.culprit >= 0 else told.status
    setattr(report, f"{name}_ml", verdict)
    setattr(report, f"{name}_culprit", told.culprit)
    return attempt("weak") if verdict in (_ffi.KAM_ERR_TOO_FEW, _ffi.KAM_ERR_WEAK, *estimate.VERDICTS) else model


def _typical(book: Any) -> tuple[float, float, float]:
    """The typical account of kam.fit: upper medians of usable rows, found by Spark."""
    usable = (book.selectExpr("cast(repeat_orders as double) x", "cast(last_order_periods as double) last",
                              "cast(age_periods as double) age")
              .selectExpr("x", "if(x > 0, last, 0D) last", "age")
              .where("x >= 0 and x < 9007199254740992D and x = floor(x) and age >= 0 and age < double('infinity') "
                     "and last >= 0 and last <= age"))
    medians = [f"percentile_disc(0.5) within group (order by {fact} desc)"
               for fact in ("age", "age - last", "if(age > 0, x / age, 0D)")]
    age, silence, rhythm = usable.selectExpr(*medians).first()
    x = rhythm * age
    return x, age - silence if x > 0 and silence < age else 0.0, age


def _of_values(book: Any, tiers: Optional[tier.Policy], matrix: bool) -> _fit.Models:
    """Tiers and matrix, which kam.fit finds from the values alone; limits in money need
    none of them."""
    values: Any = [float("nan")]
    if matrix or tiers is not None and tiers.raw.basis != _ffi.KAM_TIER_BY_SCORE:
        values = book.select("tier_value" if "tier_value" in book.columns else "window_revenue").toArrow().column(0)
    return _fit.fit(Accounts(tier_value=values), tiers=tiers)


def fit(book: Any, *, family: Optional[str] = None, period_days: float = 7.0, tiers: Optional[tier.Policy] = None,
        matrix: bool = False) -> _fit.Models:
    """kam.fit of the whole book, to the bit. No column comes to the driver: Spark adds up
    partial objectives at every step of the search, over rows that it keeps meanwhile. Only
    tiers by share, and the matrix when it is asked for, need every tier_value here. Whether
    order values go with the number of orders is not tested: that takes the whole book."""
    if "weight" in book.columns:
        raise refuse("weight", "is a column of this book; a fit by Spark takes each row once", _ffi.KAM_ERR_OPTION)
    wanted = family or "mbgnbd"
    of_values = _of_values(book, tiers, matrix)
    report = _report.new(_ffi.kam_fit_report)
    report.tiers, report.matrix = of_values._report.tiers, of_values._report.matrix
    report.independence = _ffi.KAM_ERR_UNSUPPORTED
    report.dependence.rank_correlation = report.dependence.p_value = float("nan")
    used = book.select(*[name for name in _FITTED if name in book.columns]).persist()
    try:
        orders = _part_of_fit(lambda prior: btyd_search.search(
            lambda model: objective(used, model), wanted, period_days=period_days, prior=prior), report, "orders")
        spends = _part_of_fit(lambda prior: spend.search(
            lambda model: objective(used, model), prior=prior), report, "spend")
        reference = _typical(used) if orders is not None else (0.0, 0.0, 0.0)
    finally:
        used.unpersist()
    made = _fit.Models.of(orders=orders, spend=spends, limits=of_values.limits, reference=reference)
    for name in ("matrix", "has_matrix", "defaults"):
        setattr(made.raw, name, getattr(of_values.raw, name))
    made._report = report
    return made
