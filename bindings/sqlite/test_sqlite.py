# SPDX-License-Identifier: MIT
"""The extension in SQLite itself: the bits of kam.fit and kam.score, NULL where there is no
answer, errors in words, and memory that SQLite counts."""
import os
import pathlib
import sqlite3
import sys

SYSTEM = "/usr/bin/python3"  # some builds of Python leave extensions out
if not hasattr(sqlite3.Connection, "enable_load_extension") and os.path.exists(SYSTEM) and os.path.realpath(
        SYSTEM) != os.path.realpath(sys.executable):
    os.execv(SYSTEM, [SYSTEM, *sys.argv])

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "python/tests"))

from support import kam, ledger, main, raised, same, tap  # noqa: E402

BOOK = ledger().summary()
MODELS = kam.fit(kam.Accounts(BOOK, log_values=None))  # SQL is told means alone
NAMES = ("repeat_orders", "last_order_periods", "age_periods", "mean_order_value", "gross_revenue", "returns", "direct_cost",
         "service_cost", "window_revenue")
HISTORY, MONEY = ", ".join(NAMES[:3]), ", ".join(NAMES[4:8])


def known(value):
    return None if value != value else value


def database():
    path = os.environ.get("KAM_SQLITE")
    connection = sqlite3.connect(":memory:")
    if not path or not hasattr(connection, "enable_load_extension"):
        raise tap.Skip("no extension, or a Python whose sqlite3 loads none")
    connection.enable_load_extension(True)
    connection.load_extension(path)
    connection.execute(f"create table book(account, {', '.join(NAMES)})")
    rows = zip(BOOK["account"], *[list(map(known, BOOK[name])) for name in NAMES])
    connection.executemany(f"insert into book values (?{', ?' * len(NAMES)})", rows)
    connection.execute(f"create table models as select kam_fit({HISTORY}, mean_order_value, window_revenue) m from book")
    return connection


def column(connection, expression):
    return [row[0] for row in connection.execute(f"select {expression} from book, models order by book.rowid")]


def test_fit():
    """the aggregate gives the models of kam.fit, in any order of rows"""
    connection = database()
    blob = connection.execute("select m from models").fetchone()[0]
    same(blob, bytes(MODELS.raw))
    same(connection.execute(f"select kam_fit({HISTORY}, mean_order_value, window_revenue) from "
                            "(select * from book order by account desc)").fetchone()[0], blob)
    same(connection.execute(f"select kam_fit({HISTORY}, mean_order_value, 1) from book where 0").fetchone()[0], None)
    some = connection.execute(f"select count(*), kam_fit({HISTORY}, mean_order_value, 5) from book group by account < 'M'")
    same([len(blob) for _, blob in some], [len(blob)] * 2)


def test_page():
    """the statements in docs/databases.md work"""
    connection = database()
    text = (pathlib.Path(__file__).resolve().parents[2] / "docs/databases.md").read_text(encoding="utf-8")
    load, _, statements = text.split("```sql\n")[1].split("```")[0].partition("\n")
    tap.check(load.startswith(".load "), load)
    connection.execute("drop table models")
    connection.execute("alter table book rename column window_revenue to tier_value")
    create, ask = [one for one in statements.split(";") if one.strip()]
    connection.execute(create)
    rows = connection.execute(ask).fetchall()
    same(len(rows), len(BOOK["account"]))
    same(sorted(rows, key=lambda row: -(row[1] or -1)), rows)
    tap.check(all(why for _, risk, why in rows if risk is not None), "a row without a reason")


def test_every_function():
    """each function gives the column of kam.score, to the bit"""
    connection = database()
    scores = kam.score(BOOK, MODELS).to_dict()
    again = kam.score(kam.Accounts(BOOK, tier_before=[0.0] * len(BOOK)), MODELS)["tier"].tolist()
    for call, expected in (
            (f"kam_net_revenue({MONEY})", scores["net_revenue"]), (f"kam_contribution({MONEY})", scores["profit"]),
            (f"kam_contribution_ratio({MONEY})", scores["margin_ratio"]), (f"kam_alive(m, {HISTORY})", scores["alive"]),
            (f"kam_expected_orders(m, {HISTORY})", scores["expected_orders"]),
            (f"kam_churn_risk(m, {HISTORY})", scores["churn_risk"]),
            ("kam_order_value(m, repeat_orders, mean_order_value)", scores["order_value"]),
            (f"kam_lifetime_value(m, {HISTORY}, mean_order_value, {MONEY})", scores["lifetime_value"]),
            ("kam_tier(m, window_revenue)", scores["tier"]), ("kam_tier_again(m, window_revenue, 0)", again)):
        same(column(connection, call), [None if one is None or one == -1 and "tier" in call else one for one in expected], call)
    same(connection.execute("select kam_version()").fetchone()[0], kam.__version__)


def test_reasons():
    """why, in words, in two languages"""
    connection, scores = database(), kam.score(BOOK, MODELS)
    for language in ("en", "zh"):
        for which in (1, 2, 3):
            expected = [(scores.explain(row, language) + [None] * 3)[which - 1] for row in range(len(BOOK))]
            same(column(connection, f"kam_reason(m, {HISTORY}, {which}, '{language}')"), expected)


def test_nulls():
    """NULL is not known; no answer, and no models, are NULL"""
    connection = database()
    same(connection.execute("select kam_churn_risk(m, NULL, 1, 2), kam_tier(m, NULL), kam_alive(NULL, 1, 2, 3), "
                            "kam_net_revenue(5, NULL, NULL, NULL), kam_reason(m, NULL, 1, 2, 1, 'en') from models").fetchone(),
         (None, None, None, 5.0, None))


def test_errors():
    """what is wrong is said"""
    connection = database()
    for text, part in (("kam_alive('x', 1, 2, 3)", "no models"), ("kam_alive(x'00', 1, 2, 3)", "no models"),
                       ("kam_alive(zeroblob(900), 1, 2, 3)", "no models"), ("kam_alive(m || x'00', 1, 2, 3)", "no models"),
                       ("kam_reason(m, 1, 2, 3, 4, 'en')", "1, 2 or 3"), ("kam_reason(m, 1, 2, 3, 1, 'fr')", "'en' or 'zh'"),
                       ("kam_alive(1, 2)", "number of arguments")):
        error = raised(sqlite3.OperationalError, lambda: connection.execute(f"select {text} from models").fetchall())
        tap.check(part in str(error), f"{text}: {error}")


def test_bad_blobs():
    """a blob that was changed gives an error or an answer, and no more"""
    connection = database()
    blob = bytearray(connection.execute("select m from models").fetchone()[0])
    for at in range(4, len(blob), 3):
        changed = bytes(blob[:at]) + bytes([blob[at] ^ 0xFF]) + bytes(blob[at + 1:])
        try:
            connection.execute(f"select kam_churn_risk(?1, 5, 20, 30), kam_tier(?1, 9), kam_lifetime_value(?1, 5, 20, 30, 9, 9, "
                               "0, 1, 1), kam_reason(?1, 5, 20, 30, 1, 'en')", (changed,)).fetchall()
        except sqlite3.OperationalError as error:
            tap.check(str(error), "an error without words")


def test_memory():
    """a limit on SQLite's memory stops a fit, and nothing is lost"""
    connection = database()
    many = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000) "
    query = f"{many} select kam_fit(i % 7, i % 7 * 3.5, 30 + i % 99, i % 91 + 1, i) from n"
    blob = connection.execute(query).fetchone()[0]
    connection.execute("pragma hard_heap_limit = 1500000")
    raised(MemoryError, lambda: connection.execute(query).fetchone())
    connection.execute("pragma hard_heap_limit = 0")


if __name__ == "__main__":
    main(globals())
