# SPDX-License-Identifier: MIT
"""Order lines to a book: the same whatever the order of lines and the cut."""
import datetime
import warnings

from support import AS_OF, kam, ledger, main, orders, raised, same, same_table, tap

BOOK = ledger()
SUMMARY = BOOK.summary()


def pieces(table, n):
    length = len(table["account"])
    cuts = [length * i // n for i in range(n + 1)]
    return [{name: column[first:last] for name, column in table.items()} for first, last in zip(cuts, cuts[1:])]


def test_by_hand():
    """a log small enough to add up by hand"""
    made = kam.Ledger({"who": ["a", "b", "a", "a", "a"], "when": ["2024-01-01", "2024-01-08", "2024-01-15", "2024-01-15",
                                                                  "2024-01-20"],
                       "what": [100.0, 50.0, 30.0, 40.0, -25.0]},
                      account="who", day="when", revenue="what", as_of="2024-01-29", n_quarters=2)
    first, second = made.summary().rows()
    same((first["account"], first["orders"], first["repeat_orders"], first["mean_order_value"]), ("a", 2.0, 1.0, 70.0))
    same((first["last_order_periods"], first["age_periods"], first["gross_revenue"], first["returns"]),
         (2.0, 4.0, 170.0, 25.0))
    same((first["first_day"], first["last_day"]), (datetime.date(2024, 1, 1), datetime.date(2024, 1, 15)))
    same((second["repeat_orders"], second["direct_cost"], second["quarter_1"], second["quarter_2"]), (0.0, None, 0.0, 50.0))
    same((made.report()["n_lines"], made.report()["n_merged"], made.report()["n_returns"]), (5, 1, 1))
    same(made.report()["last_line_day"], datetime.date(2024, 1, 20))


def test_any_cut():
    """chunks and merged ledgers give the bits of the whole"""
    parts = pieces(orders(), 5)
    chunked = ledger(parts[3])
    for i in (0, 4, 2, 1):
        chunked.add(parts[i])
    same_table(chunked.summary(), SUMMARY)
    same(chunked.report(), BOOK.report())
    merged = ledger(parts[0])
    for part in parts[1:]:
        merged.merge(ledger(part))
    same_table(merged.summary(), SUMMARY)


def test_reversed():
    """so do lines in reverse"""
    same_table(ledger({name: column[::-1] for name, column in orders().items()}).summary(), SUMMARY)


def test_threads():
    """so do threads"""
    same_table(ledger(threads=3).summary(), SUMMARY)


def test_columns_given():
    """columns can be given, not named"""
    table = orders()
    made = kam.Ledger(account=table["account"], day=table["day"], revenue=table["revenue"], cost=table["cost"],
                      order=table["order"], as_of=datetime.date(2024, 12, 31))
    same_table(made.summary(), SUMMARY)


def test_as_of_later():
    """the day can be told last, and the same lines looked at as of several days"""
    log = kam.Ledger(orders(), cost="cost", order="order")
    same_table(log.summary(as_of=AS_OF), SUMMARY)
    same_table(log.summary(as_of="2024-06-30"), ledger(as_of="2024-06-30").summary())
    same((log.summary(AS_OF).report, SUMMARY.as_of), (BOOK.report(), datetime.date.fromisoformat(AS_OF)))
    parts = pieces(orders(), 3)
    merged = kam.Ledger(parts[0], cost="cost", order="order").merge(kam.Ledger(parts[1], cost="cost", order="order"))
    same_table(merged.add(parts[2]).summary(AS_OF), SUMMARY)
    for call in (log.report, log.keys, log.summary, lambda: len(log)):
        same(raised(kam.KamValueError, call).argument, "as_of")
    same(raised(kam.KamValueError, lambda: BOOK.summary(as_of="2024-06-30")).argument, "as_of")
    same_table(BOOK.summary(as_of=AS_OF), SUMMARY)
    raised(kam.KamValueError, lambda: log.add({"account": ["a"], "day": [1], "revenue": [1.0, 2.0], "cost": [1.0],
                                               "order": ["a"]}))


def test_sizes():
    """len, keys and the summary agree"""
    same((len(BOOK), len(SUMMARY), BOOK.keys()), (203, 203, SUMMARY["account"]))
    same(list(SUMMARY["account"]), sorted(SUMMARY["account"], key=str.encode))


def test_activities():
    """postings of cost to serve"""
    made = kam.Ledger({"account": [1, 2], "day": [10, 11], "revenue": [5.0, 6.0]}, as_of=20)
    made.add_activities({"account": [2, 2], "day": [12, 13], "cost": [1.5, 2.0]})
    same(made.summary()["service_cost"].tolist(), [0.0, 3.5])
    same(made.keys().tolist(), [1, 2])


def test_options():
    """options are C's, and refused by C"""
    lines = {"account": [1, 1], "day": [1, 8], "revenue": [5.0, 0.0]}
    same(kam.Ledger(lines, as_of=15).summary()["orders"].tolist(), [2.0])
    same(kam.Ledger(lines, as_of=15, zero_is_order=False).summary()["orders"].tolist(), [1.0])
    same(kam.Ledger(lines, as_of=15, first_day=5).report()["n_before_first"], 1)
    same(kam.Ledger(lines, as_of=15, period_days=1).summary()["age_periods"].tolist(), [14.0])
    error = raised(kam.KamValueError, lambda: kam.Ledger(lines, as_of=15, window_months=0))
    tap.check("window_months" in error.argument, str(error))
    raised(kam.KamValueError, lambda: kam.Ledger(lines, as_of="soon"))
    raised(TypeError, lambda: kam.Ledger(lines, as_of=15).add(lines, nosuch="a"))


def test_wrong_columns():
    """a column that is not there, keys of another kind, merging other options"""
    error = raised(kam.KamValueError, lambda: ledger({"account": ["a"]}))
    tap.check("account" in error.message and error.argument == "day", str(error))
    made = kam.Ledger({"account": [1], "day": [1], "revenue": [5.0]}, as_of=15)
    raised(kam.KamTypeError, lambda: made.add({"account": ["a"], "day": [1], "revenue": [5.0]}))
    same(len(made), 1)
    raised(kam.KamValueError, lambda: made.merge(kam.Ledger(as_of=16)))


def test_days_as_numbers():
    """20240131 is no day, and a log of nothing else is not lost in silence"""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        made = kam.Ledger({"account": [1, 2], "day": [20240131, 20240201], "revenue": [5.0, 6]}).summary(as_of="2024-12-31")
        kam.Ledger({"account": [1, 2], "day": [20240131, 19753], "revenue": [5.0, 6]}).summary(as_of="2024-12-31")
        kam.Ledger({"account": [], "day": [], "revenue": []}).summary(as_of="2024-12-31")
    same((len(made), made.report["n_bad_day"], len(told)), (0, 2, 1))
    tap.check('written "2024-01-31"' in str(told[0].message), told[0].message)


def test_threads():
    """a number of threads is whole"""
    raised(TypeError, lambda: ledger(threads=1.5))
    raised(ValueError, lambda: ledger(threads=0))


def test_calendar():
    """days and months"""
    same(kam.calendar.day(1970, 1, 2), 1)
    same(kam.calendar.date(kam.calendar.add_months("2024-01-31", 1)), datetime.date(2024, 2, 29))
    raised(kam.KamValueError, lambda: kam.calendar.day(2023, 2, 29))


def test_sum():
    """sums do not depend on order or cut"""
    values = [1e15, 0.1, -1e15, 0.2, 1e-3] * 5
    whole = float(kam.sum.Sum(values))
    same(float(kam.sum.Sum(values[::-1])), whole)
    same(float(kam.sum.Sum(values[:7]).merge(kam.sum.Sum(values[7:]))), whole)
    raised(kam.KamValueError, lambda: kam.sum.Sum([float("inf")]))


if __name__ == "__main__":
    main(globals())
