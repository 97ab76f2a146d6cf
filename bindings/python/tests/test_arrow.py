# SPDX-License-Identifier: MIT
"""Arrow, pandas and polars, in and out."""
import datetime
import gc
import sys

from support import kam, ledger, main, need, orders, raised, same, same_table, tap
from kam import _columns, _export

LINES = {**orders(), "day": [datetime.date.fromisoformat(day) for day in orders()["day"]]}
SUMMARY = ledger().summary()


def same_book(table):
    same_table(ledger(table).summary(), SUMMARY)


def test_pyarrow():
    """tables, batches, readers, chunks and columns of pyarrow"""
    arrow = need("pyarrow")
    table = arrow.table(LINES)
    small = arrow.Table.from_batches(table.to_batches(max_chunksize=777))
    for one in (table, table.to_batches()[0], small, table.to_reader(500), {name: small[name] for name in LINES},
                table.set_column(1, "day", small["day"].cast(arrow.timestamp("ms"))),
                table.set_column(2, "account", table["account"].cast(arrow.large_string()))):
        same_book(one)
    uneven = dict(LINES, account=arrow.chunked_array([LINES["account"][:10], LINES["account"][10:]]),
                  revenue=arrow.chunked_array([LINES["revenue"][:5000], LINES["revenue"][5000:]]))
    same_book({name: one if isinstance(one, arrow.ChunkedArray) else arrow.array(one) for name, one in uneven.items()})


def test_pyarrow_slices():
    """sliced arrays, struct slices and empty tables"""
    arrow = need("pyarrow")
    table = arrow.table(LINES)
    parts = ledger(table.slice(13, 1000))
    for part in (table.slice(0, 13), table.slice(1013), table.slice(5, 0), table.schema.empty_table()):
        parts.add(part)
    same_table(parts.summary(), SUMMARY)
    struct = table.combine_chunks().to_batches()[0].to_struct_array().slice(100, 50)
    same_table(ledger(struct).summary(), ledger(table.slice(100, 50)).summary())


def test_no_copy():
    """a float64 column is read where it lies"""
    arrow = need("pyarrow")
    column = arrow.array([1.0, None, 3.0, 4.0]).slice(1, 2)
    chunk = _columns.column("x", column).chunks[0]
    same((chunk.raw.values, chunk.raw.validity, chunk.raw.offset, chunk.n_rows),
         (column.buffers()[1].address, column.buffers()[0].address, 1, 2))
    same(kam.profit.layers(arrow.table({"gross_revenue": column})).to_dict()["net_revenue"], [None, 3.0])


def test_refusals():
    """what is not supported says its column and its type"""
    arrow = need("pyarrow")
    for values, part in ((arrow.array(["a", "b"]).dictionary_encode(), "'u'"), (arrow.array([[1.0], [2.0]]), "'+l'"),
                         (arrow.array([1, 2], arrow.timestamp("s", "UTC")), "time zone"),
                         (arrow.array([1, 2], arrow.date64()), "no numbers"),
                         (arrow.array([1, 2], arrow.float16()), "'e'")):
        error = raised(kam.KamTypeError, lambda: kam.profit.layers(arrow.table({"gross_revenue": values})))
        same(error.argument, "gross_revenue")
        tap.check(part in error.message, str(error))
    zoned = arrow.table(LINES).set_column(1, "day", arrow.array(LINES["day"]).cast(arrow.timestamp("s", "UTC")))
    tap.check("time zone" in raised(kam.KamTypeError, lambda: ledger(zoned)).message, "zone")
    twice = arrow.Table.from_arrays([arrow.array([1.0]), arrow.array([2.0])], ["gross_revenue", "gross_revenue"])
    tap.check("2 times" in raised(kam.KamTypeError, lambda: kam.profit.layers(twice)).message, "twice")
    read = arrow.table({"gross_revenue": [1.0]}).to_reader()
    kam.profit.layers(read)
    same(len(kam.profit.layers(read)), 0)


def test_types():
    """integers of every width, decimals, booleans and dictionaries become numbers"""
    arrow = need("pyarrow")
    for kind in (arrow.int8(), arrow.uint8(), arrow.int16(), arrow.uint16(), arrow.int32(), arrow.uint32(), arrow.int64(),
                 arrow.uint64(), arrow.float32(), arrow.float64(), arrow.decimal128(9, 2)):
        values = arrow.array([5, None, 7], kind)
        for one in (values, arrow.concat_arrays([arrow.nulls(3, kind), values]).slice(3),
                    *([] if arrow.types.is_decimal(kind) else [values.dictionary_encode()])):
            layers = kam.profit.layers(arrow.table({"gross_revenue": one}))
            same(layers.to_dict()["net_revenue"], [5.0, None, 7.0], f"{one.type}")


def test_keys_and_days():
    """accounts in dictionaries, views and short integers; days as texts and stamps"""
    arrow = need("pyarrow")
    table = arrow.table(LINES)
    same_book(table.set_column(2, "account", table["account"].dictionary_encode()))
    same_book(table.set_column(2, "account", table["account"].cast(arrow.string_view())))
    for unit in ("s", "us", "ns"):
        same_book(table.set_column(1, "day", table["day"].cast(arrow.timestamp(unit))))
    same_book(table.set_column(1, "day", table["day"].cast(arrow.string())))
    same_book(table.set_column(1, "day", table["day"].cast(arrow.date64())))
    same_book(table.set_column(1, "day", table["day"].cast(arrow.int32())))
    short = arrow.table({"account": arrow.array([3, 1, None, 3], arrow.int16()), "day": [1, 2, 3, 4],
                         "revenue": [1.0] * 4})
    log = kam.Ledger(short, as_of=9)
    same((log.keys().tolist(), log.report()["n_missing_account"]), ([1, 3], 1))
    wrong = arrow.table({"account": ["a", "b"], "day": ["2024-01-01", "01.02.2024"], "revenue": [1.0, 1.0]})
    error = raised(kam.KamTypeError, lambda: kam.Ledger(arrow.concat_tables([wrong.slice(0, 1), wrong]), as_of=9))
    same((error.argument, error.row), ("day", 2))


def test_nulls():
    """nulls of numbers, booleans and texts"""
    arrow = need("pyarrow")
    layers = kam.profit.layers(arrow.table({"gross_revenue": [5.0, None, 7.0], "direct_cost": [1.0, 2.0, None]}))
    same(layers.to_dict()["gross_margin"], [4.0, None, None])
    events = arrow.array([True, None, False])
    same(kam.backtest.event([0.5, 0.5, 0.5], events)["n_rows"], 2)
    same(kam.profit.layers(arrow.table({"gross_revenue": [5.0], "returns": arrow.nulls(1)}))["net_revenue"].tolist(), [5.0])


def test_out():
    """a result as a pyarrow table: types, nulls and bits"""
    arrow = need("pyarrow")
    table = SUMMARY.to_arrow()
    same((table.num_rows, table.column_names), (203, SUMMARY.column_names))
    same((table["first_day"].type, table["row_flags"].type, table["orders"].type, table["account"].type),
         (arrow.date32(), arrow.uint32(), arrow.float64(), arrow.large_string()))
    same(table["first_day"].to_pylist(), SUMMARY.to_dict()["first_day"])
    same(table["account"].to_pylist(), SUMMARY["account"])
    table.validate(full=True)
    never = kam.Ledger({"account": [1, 2], "day": [1, 2], "revenue": [-5.0, 6.0]}, as_of=9).summary()
    same(never.to_arrow()["first_day"].to_pylist(), [None, datetime.date(1970, 1, 3)])
    scores = kam.score(table, kam.fit(table))
    same_table(scores, kam.score(SUMMARY, kam.fit(SUMMARY)))
    scores.to_arrow().validate(full=True)


def test_released():
    """what was exported is given back, whatever is done with it"""
    arrow = need("pyarrow")
    gc.collect()
    before = len(_export._LIVE)
    reader = arrow.RecordBatchReader.from_stream(SUMMARY)
    column = reader.read_next_batch().column(3)
    del reader
    tap.check(len(_export._LIVE) > before, "nothing is held")
    same(column.to_pylist(), SUMMARY["orders"].tolist())
    SUMMARY.__arrow_c_stream__()  # never read
    arrow.schema(SUMMARY)
    del column
    gc.collect()
    same(len(_export._LIVE), before)


def test_pandas():
    """pandas frames, with pyarrow or without"""
    pandas = need("pandas")
    frame = pandas.DataFrame(LINES)
    for one in (frame, frame.assign(day=pandas.to_datetime(frame["day"])), {name: frame[name] for name in frame}):
        same_book(one)
    out = SUMMARY.to_pandas()
    same((len(out), list(out.columns)), (203, SUMMARY.column_names))
    same(out["orders"].tolist(), SUMMARY["orders"].tolist())
    same([day.date() for day in out["first_day"]], SUMMARY.to_dict()["first_day"])
    same_table(kam.profit.layers(out), kam.profit.layers(SUMMARY))


def test_categories():
    """accounts as pandas and polars keep them when they are few"""
    pandas, polars = need("pandas"), need("polars")
    same_book(pandas.DataFrame(LINES).astype({"account": "category"}))
    same_book(polars.DataFrame(LINES).with_columns(polars.col("account").cast(polars.Categorical)))
    same_book(polars.DataFrame(LINES).with_columns(polars.col("revenue").cast(polars.Decimal(18, 4))))


def test_duckdb():
    """relations of DuckDB: as they are, as a reader, of a query with DECIMAL money"""
    need("pyarrow")
    database = need("duckdb").connect()
    need("pandas")
    database.register("lines", need("pyarrow").table(LINES))
    same_book(database.sql("select * from lines"))
    same_book(database.sql("select * from lines").to_arrow_table())
    decimal = database.sql("select * replace (cast(revenue as decimal(18, 4)) as revenue) from lines")
    same_book(decimal)
    same(len(ledger(database.sql("select * from lines where false")).summary()), 0)


def test_pandas_alone():
    """pandas without pyarrow: columns one by one, nullable ones too"""
    pandas = need("pandas")
    table = {"account": ["a", "b", None, "a"], "day": ["2024-01-01", "2024-02-01", "2024-03-01", None],
             "revenue": [1.0, 2.0, 3.0, 4.0], "cost": [1, None, 3, 4]}
    frame = pandas.DataFrame({**table, "day": pandas.to_datetime(table["day"]),
                              "cost": pandas.array(table["cost"], dtype="Int64")})
    expected = ledger(table, order=None)
    had, sys.modules["pyarrow"] = sys.modules.get("pyarrow"), None
    try:
        made = ledger(frame, order=None)
    finally:
        del sys.modules["pyarrow"]
        if had:
            sys.modules["pyarrow"] = had
    same_table(made.summary(), expected.summary())
    same(made.report(), expected.report())


def test_polars():
    """polars frames, in chunks too"""
    polars = need("polars")
    frame = polars.DataFrame(LINES)
    for one in (frame, polars.concat([frame[:100], frame[100:]], rechunk=False), {name: frame[name] for name in LINES}):
        same_book(one)
    out = SUMMARY.to_polars()
    same((out.height, out.columns, out["account"].to_list()), (203, SUMMARY.column_names, SUMMARY["account"]))
    same_table(kam.profit.layers(out), kam.profit.layers(SUMMARY))
    names = ["é" * 6, "twelve bytes", "eleven byte", "thirteen byte", "", None]
    few = kam.Ledger(polars.DataFrame({"account": names, "day": [1] * 6, "revenue": [1.0] * 6}), as_of=9)
    same(few.keys(), sorted((name for name in names if name), key=str.encode))


if __name__ == "__main__":
    main(globals())
