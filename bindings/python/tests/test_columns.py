# SPDX-License-Identifier: MIT
"""What a column may be: arrays, memory of others, sequences; and what it may not."""
import array
import ctypes
import datetime
import decimal
import gc
import math
import sys

from support import AS_OF, kam, main, need, raised, same, same_table, tap
from kam import _columns

X, TX, T = [2.0, 1.0, 0.0, 5.0], [30.5, 1.75, 0.0, 20.0], [39.0, 39.0, 38.0, 40.0]
MODEL = kam.btyd.Model("bgnbd", r=0.24, alpha=4.4, a=0.79, b=2.4)


def alive(x, t_x=TX, age=T):
    return MODEL.alive({"repeat_orders": x, "last_order_periods": t_x, "age_periods": age})


EXPECTED = alive(X)


def test_sequences():
    """lists, tuples, ranges and generators of numbers of any kind"""
    for x in (tuple(X), [2, 1, 0, 5], [decimal.Decimal(2), True, 0, 5.0], (value for value in X),
              array.array("d", X), array.array("f", X), array.array("q", [2, 1, 0, 5]), array.array("i", [2, 1, 0, 5]),
              memoryview(bytes([2, 1, 0, 5])), (ctypes.c_double * 4)(*X)):
        same_table(alive(x), EXPECTED)


def test_no_copy():
    """memory of the right type is read where it lies"""
    mine = array.array("d", X)
    chunk = _columns.column("x", mine).chunks[0]
    same(chunk.raw.values, mine.buffer_info()[0])
    view = memoryview(mine)[1::2]
    chunk = _columns.column("x", view).chunks[0]
    same((chunk.raw.values, chunk.raw.stride, chunk.n_rows), (mine.buffer_info()[0] + 8, 16, 2))
    read_only = memoryview(bytes(mine)).cast("d")
    same(_columns.column("x", read_only).chunks[0].n_rows, 4)


def test_slices():
    """strided, reversed and cut views"""
    wide = array.array("d", [value for one in X for value in (one, -1.0)])
    same_table(alive(memoryview(wide)[::2]), EXPECTED)
    back = array.array("d", X[::-1])
    same_table(alive(memoryview(back)[::-1]), EXPECTED)
    part = alive(memoryview(array.array("d", X))[1:3], TX[1:3], T[1:3])
    same_table(part, EXPECTED, slice(1, 3))


def test_missing():
    """None and NaN are not known, and say so"""
    answer = alive([2.0, None, math.nan, 5.0])
    same([value == value for value in answer["alive"]], [True, False, False, True])
    same(answer["row_flags"].tolist(), [0, kam.status.MISSING, kam.status.MISSING, 0])
    same(answer.to_dict()["alive"][1], None)


def test_absent():
    """an absent column is all missing; a book of none is refused"""
    answer = MODEL.alive({"repeat_orders": X, "age_periods": T})
    same(answer["row_flags"].tolist(), [kam.status.MISSING, kam.status.MISSING, 0, kam.status.MISSING])
    tap.check("repeat_orders" in str(raised(ValueError, lambda: MODEL.alive({"nothing": X}))), "no names")


def test_names():
    """columns are found by other names, or given"""
    book = kam.Accounts({"frequency": X, "recency": TX, "T": T}, repeat_orders="frequency",
                        last_order_periods="recency", age_periods="T")
    same_table(MODEL.alive(book), EXPECTED)
    same_table(MODEL.alive(kam.Accounts(repeat_orders=X, last_order_periods=TX, age_periods=T)), EXPECTED)
    error = raised(ValueError, lambda: kam.Accounts({"a": X}, repeat_orders="b"))
    tap.check("b" in error.argument and "a" in error.message, str(error))
    raised(TypeError, lambda: kam.Accounts({"a": X}, nosuch="a"))


def test_refusals_name_the_column():
    """big-endian, wrong types, odd shapes, texts: one clear error each"""
    for data, part in ((memoryview(array.array("h", [1, 2, 3, 4])), "i2"), ("text", "not a column"),
                       (b"1234", "not a column"), (["a", 1.0, 2.0, 3.0], "not a number"), (5, "not a column"),
                       ([1.0, [2.0], 3.0, 4.0], "row 1"),
                       (memoryview(bytes(32)).cast("d", (2, 2)), "2 dimensions"), ({"a": 1}, "not a column")):
        error = raised(kam.KamTypeError, lambda: alive(data))
        same(error.argument, "repeat_orders", repr(data))
        tap.check(part in error.message, f"{error} of {data!r}")


def test_big_endian():
    """arrays in another machine's byte order are refused"""
    other = ctypes.c_double.__ctype_be__ if sys.byteorder == "little" else ctypes.c_double.__ctype_le__
    big = (other * 4)(*X)
    error = raised(kam.KamTypeError, lambda: alive(big))
    tap.check("byte order" in error.message and error.argument == "repeat_orders", str(error))


def test_lengths():
    """columns of different lengths are refused, with both"""
    error = raised(ValueError, lambda: alive(X[:3]))
    same(error.name, "KAM_ERR_SHAPE")
    tap.check("3" in error.message and "4" in error.message, str(error))


def test_numpy():
    """NumPy arrays: in place when they can be, strided, masked; big-endian refused"""
    numpy = need("numpy")
    x = numpy.array(X)
    same(_columns.column("x", x).chunks[0].raw.values, x.__array_interface__["data"][0])
    for one in (x, x.astype("f4"), x.astype("i8"), x.astype("i4"), x.astype("u1"), x.astype(object),
                numpy.repeat(x, 2)[::2], x[::-1].copy()[::-1], numpy.ma.array(x)):
        same_table(alive(one), EXPECTED)
    masked = alive(numpy.ma.array(x, mask=[0, 1, 0, 0]))
    same(masked["row_flags"].tolist(), [0, kam.status.MISSING, 0, 0])
    for one in (x.astype(">f8"), x.astype("i2"), x.astype("c16"), x.reshape(2, 2)):
        same(raised(kam.KamTypeError, lambda: alive(one)).argument, "repeat_orders")
    same(alive([3.0] * 4)["alive"].tolist(), alive(numpy.broadcast_to(numpy.array(3.0), 4))["alive"].tolist())
    records = numpy.zeros(4, dtype=[("repeat_orders", "f8"), ("last_order_periods", "f8"), ("age_periods", "f8")])
    records["repeat_orders"], records["last_order_periods"], records["age_periods"] = X, TX, T
    same_table(MODEL.alive(records), EXPECTED)


def test_numpy_days():
    """NumPy days of any unit, NaT included; fixed-width texts"""
    numpy = need("numpy")
    lines = {"account": numpy.array(["b", "a", "b"]), "revenue": [1.0, 2.0, 3.0]}
    days = ["2024-01-05", "2024-02-01", "NaT"]
    expected = kam.Ledger({**lines, "account": ["b", "a", "b"], "day": days[:2] + [None]}, as_of=AS_OF)
    for unit in "D", "s", "ns":
        made = kam.Ledger({**lines, "day": numpy.array(days, f"M8[{unit}]")}, as_of=AS_OF)
        same_table(made.summary(), expected.summary())
        same(made.report()["n_missing_day"], 1)
    made = kam.Ledger({**lines, "account": numpy.array([b"b", b"a", b"b"]), "day": days[:2] + [None]}, as_of=AS_OF)
    same_table(made.summary(), expected.summary())
    raised(kam.KamTypeError, lambda: alive(numpy.array(["2024-01-05"] * 4, "M8[D]")))


def test_days():
    """days are dates, datetimes, texts or numbers"""
    lines = {"account": [1, 1, 1], "revenue": [1.0, 2.0, 3.0]}
    dates = [datetime.date(2024, 1, 5), datetime.date(2024, 2, 1), datetime.date(1969, 12, 31)]
    expected = kam.Ledger({**lines, "day": dates}, as_of=AS_OF).summary()
    same(expected.to_dict()["first_day"], [dates[2]])
    for days in ([one.isoformat() for one in dates], [datetime.datetime(one.year, one.month, one.day, 23) for one in dates],
                 [19727, 19754, -1], array.array("i", [19727, 19754, -1]), array.array("q", [19727, 19754, -1])):
        same_table(kam.Ledger({**lines, "day": days}, as_of=AS_OF).summary(), expected)
    error = raised(kam.KamTypeError, lambda: kam.Ledger({**lines, "day": ["2024-01-05", "5 Jan", None]}, as_of=AS_OF))
    same((error.argument, error.row), ("day", 1))


def test_keys():
    """keys are whole numbers or texts, never both"""
    lines = {"day": [1, 2, 3], "revenue": [1.0, 2.0, 3.0]}
    same(kam.Ledger({**lines, "account": [7, -3, None]}, as_of=9).summary()["account"].tolist(), [-3, 7])
    same(kam.Ledger({**lines, "account": ["z", "", "战略"]}, as_of=9).summary()["account"], ["z", "战略"])
    for keys, row in (([1, "a", 2], 1), (["a", 1, "b"], 1), ([1.5, 2.0, 3.0], 0), ([1, 2**63, 3], 1),
                      (["a", "\ud800", "b"], 1)):
        error = raised(kam.KamTypeError, lambda: kam.Ledger({**lines, "account": keys}, as_of=9))
        same((error.argument, error.row), ("account", row), repr(keys))


def test_memory_is_kept():
    """a book outlives the objects it was made of"""
    book = kam.Accounts({"repeat_orders": array.array("d", X), "last_order_periods": array.array("d", TX),
                         "age_periods": array.array("d", T)})
    gc.collect()
    junk = [array.array("d", [9.0] * 4) for _ in range(1000)]
    same_table(MODEL.alive(book), EXPECTED)
    del junk


def test_slices_of_books():
    """rows of a book are cut without a copy, in one part or many"""
    book = kam.Accounts({"repeat_orders": X, "last_order_periods": TX, "age_periods": T})
    for first in range(5):
        for last in range(first, 5):
            same_table(MODEL.alive(book[first:last]), EXPECTED, slice(first, last))
    raised(TypeError, lambda: book[1])
    raised(ValueError, lambda: book[::2])


def test_records():
    """accounts as records"""
    book = kam.Accounts.of([{"repeat_orders": x, "last_order_periods": t_x, "age_periods": age}
                            for x, t_x, age in zip(X, TX, T)])
    same_table(MODEL.alive(book), EXPECTED)
    raised(ValueError, lambda: kam.Accounts.of([{"nosuch": 1.0}]))


def test_empty():
    """no rows in, no rows out"""
    answer = alive([], [], [])
    same((len(answer), answer["alive"].tolist()), (0, []))
    same(len(kam.Ledger({"account": [], "day": [], "revenue": []}, as_of=9).summary()), 0)


if __name__ == "__main__":
    main(globals())
