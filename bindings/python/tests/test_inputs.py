# SPDX-License-Identifier: MIT
"""The same book in every container, whole, cut and mistreated: the right answer, or
one clear exception."""
import math

from support import kam, ledger, main, need, orders, raised, same, same_table, tap

FIELDS = ("repeat_orders", "last_order_periods", "age_periods", "mean_order_value", "gross_revenue", "returns",
          "direct_cost", "window_revenue")
WHOLE = ledger().summary()
ROWS = len(WHOLE)
MODELS = kam.fit(WHOLE)
# Every seventh row lacks something.
COLUMNS = {name: [None if (row + i) % 7 == 0 or WHOLE[name][row] != WHOLE[name][row] else WHOLE[name][row]
                  for row in range(ROWS)] for i, name in enumerate(FIELDS)}
SCORES = kam.score(COLUMNS, MODELS)


def containers(columns=None):
    """The columns in everything that may hold them, by name; what is not here is left out."""
    columns = COLUMNS if columns is None else columns
    made = {"dict of lists": columns}
    arrow, numpy, pandas, polars = need("pyarrow"), need("numpy"), need("pandas"), need("polars")
    floats = {name: [math.nan if value is None else value for value in column] for name, column in columns.items()}
    table = arrow.table({name: arrow.array(column, arrow.float64()) for name, column in columns.items()})
    half = table.num_rows // 2
    made["pyarrow table"] = table
    made["pyarrow chunks"] = arrow.concat_tables([table.slice(0, half), table.slice(half)])
    made["pyarrow slices"] = arrow.concat_tables([table.slice(half), table]).slice(table.num_rows - half)
    made["pyarrow batch"] = table.combine_chunks().to_batches()[0] if table.num_rows else table
    made["pyarrow reader"] = table.to_reader(50)
    made["pandas"] = pandas.DataFrame(floats)
    made["pandas nullable"] = pandas.DataFrame({name: pandas.array(column, "Float64") for name, column in columns.items()})
    made["pandas of arrow"] = table.to_pandas(types_mapper=pandas.ArrowDtype)
    made["pandas slice"] = pandas.concat([pandas.DataFrame(floats)] * 2)[table.num_rows:]
    frame = polars.DataFrame(floats, nan_to_null=True)
    made["polars"] = frame
    made["polars chunks"] = polars.concat([frame[:half], frame[half:]], rechunk=False)
    made["polars slice"] = polars.concat([frame, frame])[table.num_rows:]
    made["numpy columns"] = {name: numpy.array(column) for name, column in floats.items()}
    made["numpy strides"] = {name: numpy.repeat(numpy.array(column), 2)[::2] for name, column in floats.items()}
    made["numpy masked"] = {name: numpy.ma.masked_invalid(numpy.array(column)) for name, column in floats.items()}
    records = numpy.zeros(table.num_rows, [(name, "f8") for name in columns])
    for name, column in floats.items():
        records[name] = column
    made["numpy records"] = records
    connection = need("duckdb").connect()
    connection.register("book", table)
    made["duckdb relation"] = connection.sql("select * from book")
    return made


def test_scores():
    """scores of every container, nulls and all"""
    for name, book in containers().items():
        scores = kam.score(book, MODELS)
        tap.check(scores.column_names == SCORES.column_names, name)
        for column in SCORES:
            tap.check(bytes(scores[column]) == bytes(SCORES[column]), f"{name}: {column}")


def test_fits():
    """fits of every container"""
    expected = kam.fit(COLUMNS)
    for name, book in containers().items():
        models = kam.fit(book)
        same((models.orders.parameters, models.spend.parameters, models.reference),
             (expected.orders.parameters, expected.spend.parameters, expected.reference), name)


def whole_book(amount):
    """Answers that need all rows of a column at once."""
    whale = kam.profit.whale(amount)
    share, numbers = kam.concentration.measure(amount)
    return (whale.curve["row"].tolist(), whale.numbers, bytes(share), numbers,
            kam.tier.cutpoints(kam.tier.Policy("total", [0.5, 0.8]), amount))


def test_whole_columns():
    """curves, concentrations, limits and backtests of columns in chunks"""
    expected = whole_book(COLUMNS["gross_revenue"])
    told = kam.backtest.amount(COLUMNS["gross_revenue"], COLUMNS["window_revenue"])
    for name, book in containers().items():
        if name in ("pyarrow reader", "duckdb relation"):  # tables, not columns
            continue
        same(whole_book(book["gross_revenue"]), expected, name)
        same(kam.backtest.amount(book["gross_revenue"], book["window_revenue"]), told, name)
    events = [None if value is None else value > 0 for value in COLUMNS["repeat_orders"]]
    arrow = need("pyarrow")
    chunks = arrow.chunked_array([events[:7], events[7:100], [], events[100:]], arrow.bool_())
    risk = [value if value == value else None for value in SCORES["churn_risk"]]
    same(kam.backtest.event(arrow.chunked_array([risk[:50], risk[50:]]), chunks), kam.backtest.event(risk, events))


def test_one_chunk_is_not_copied():
    """a column in one chunk is read where it lies, by calls that want it whole too"""
    from kam import _columns
    array = need("pyarrow").array([3.0, 1.0, 2.0])
    for given in (array, need("pyarrow").chunked_array([array])):
        same(_columns.column("x", given).whole().raw.values, array.buffers()[1].address)


def test_empty():
    """no rows: no answers from what scores, a KamDataError from what fits"""
    for name, book in containers({name: [] for name in FIELDS}).items():
        same(len(kam.score(book, MODELS)), 0, name)
    for name, book in containers({name: [] for name in FIELDS}).items():
        same(raised(kam.KamDataError, lambda: kam.btyd.fit(book)).name, "KAM_ERR_EMPTY", name)
    empty = need("pyarrow").table({"account": [], "day": [], "revenue": []})
    same(len(kam.Ledger(empty, as_of=9).summary()), 0)


def test_duplicates():
    """a name that stands twice is refused by name, other columns are read"""
    arrow, pandas = need("pyarrow"), need("pandas")
    names = ["gross_revenue", "gross_revenue", "returns"]
    table = arrow.Table.from_arrays([arrow.array([1.0]), arrow.array([2.0]), arrow.array([0.5])], names)
    frame = pandas.DataFrame([[1.0, 2.0, 0.5]], columns=names)
    for book in (table, frame):
        error = raised(kam.KamTypeError, lambda: kam.profit.layers(book))
        tap.check(error.argument in ("gross_revenue", "accounts") and "gross_revenue" in str(error) or
                  "Duplicate" in str(error), str(error))
    wide = arrow.Table.from_arrays([arrow.array([5.0]), arrow.array([1]), arrow.array([2])], ["gross_revenue", "a", "a"])
    same(kam.profit.layers(wide)["net_revenue"].tolist(), [5.0])


def test_wrong_types():
    """what is no number is refused with its column; what can be one, is"""
    arrow, numpy, pandas, polars = need("pyarrow"), need("numpy"), need("pandas"), need("polars")
    for wrong in (["a", "b"], numpy.array(["a", "b"]), numpy.array([1.0, 2.0], ">f8"), numpy.array([1j, 2j]),
                  numpy.array([[1.0], [2.0]]), numpy.array([1, 2], "datetime64[D]"), arrow.array(["a", "b"]),
                  arrow.array([[1.0], [2.0]]), pandas.Series(["a", "b"]), polars.Series(["a", "b"]), "text", 5,
                  numpy.array([None, "a"], object), arrow.array([{"a": 1}, {"a": 2}])):
        error = raised(kam.KamTypeError, lambda: kam.profit.layers({"gross_revenue": wrong}))
        tap.check("gross_revenue" in error.argument, f"{wrong!r}: {error}")
    for right in ([1, 2], [True, 2.0], numpy.array([1, 2], "i8"), numpy.array([1, 2], "f4"), pandas.Series([1, 2]),
                  polars.Series([1, 2], dtype=polars.Int16), arrow.array([1, 2], arrow.uint16()), range(1, 3),
                  numpy.array([1, 2.0], object), pandas.Series([1, 2], dtype="int64[pyarrow]")):
        same(kam.profit.layers({"gross_revenue": right})["net_revenue"].tolist(), [1.0, 2.0], repr(right))


def test_logs():
    """order lines in every container: texts, days and nulls"""
    arrow, pandas, polars = need("pyarrow"), need("pandas"), need("polars")
    lines = orders()
    table = arrow.table(lines)
    table = table.set_column(table.column_names.index("day"), "day", table["day"].cast(arrow.date32()))
    frame = table.to_pandas()
    small = arrow.Table.from_batches(table.to_batches(max_chunksize=999))
    connection = need("duckdb").connect()
    connection.register("lines", table)
    expected, report = WHOLE, ledger().report()
    for one in (table, small, small.slice(0), frame, frame.astype({"day": "datetime64[ns]"}),
                frame.convert_dtypes(), polars.from_arrow(table), polars.from_arrow(small, rechunk=False),
                connection.sql("select * from lines"),
                {name: frame[name].to_numpy() for name in frame}):
        made = ledger(one)
        same_table(made.summary(), expected)
        same(made.report(), report)


if __name__ == "__main__":
    main(globals())
