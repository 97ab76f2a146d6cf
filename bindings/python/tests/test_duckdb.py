# SPDX-License-Identifier: MIT
"""SQL functions in DuckDB: what kam answers, to the bit, NULL where it has none."""
from support import kam, ledger, main, need, raised, same, tap

BOOK = ledger().summary()
MODELS = kam.fit(BOOK)
ALL = ("repeat_orders, last_order_periods, age_periods, mean_order_value, gross_revenue, returns, direct_cost, "
       "service_cost, window_revenue")
HISTORY = "repeat_orders, last_order_periods, age_periods"
MONEY = "gross_revenue, returns, direct_cost, service_cost"


def database(models=MODELS, **options):
    need("pyarrow")
    need("numpy")
    connection = need("duckdb").connect()
    connection.register("book", BOOK.to_arrow())
    return connection, need("kam.duckdb").register(connection, models, **options)


def column(connection, expression):
    return [row[0] for row in connection.sql(f"select {expression} from book").fetchall()]


def test_every_function():
    """each function gives the column of kam.score or kam.profit.layers"""
    connection, names = database()
    scores, layers = kam.score(BOOK, MODELS).to_dict(), kam.profit.layers(BOOK).to_dict()
    calls = {"tier": "window_revenue", "alive": HISTORY, "expected_orders": HISTORY, "churn_risk": HISTORY,
             "order_value": "repeat_orders, mean_order_value", "lifetime_value": f"{HISTORY}, mean_order_value, {MONEY}"}
    for name, arguments in calls.items():
        same(column(connection, f"kam_{name}({arguments})"), scores[name], name)
    for name in layers:
        if name != "row_flags":
            same(column(connection, f"kam_{name}({MONEY})"), layers[name], name)
    same(set(names), {f"kam_{name}" for name in (*calls, *layers, "tier_again", "score", "reasons")} - {"kam_row_flags"})
    same(column(connection, "kam_tier_again(window_revenue, 0)"),
         kam.score(kam.Accounts(BOOK, tier_before=[0.0] * len(BOOK)), MODELS)["tier"].tolist())


def test_score():
    """all scores in one struct"""
    connection, _ = database()
    scores = kam.score(BOOK, MODELS)
    structs = column(connection, f"kam_score({ALL})")
    for name in structs[0]:
        same([one[name] for one in structs], scores.to_dict()[name], name)
    same(len(structs[0]), len(kam.score(BOOK, MODELS, columns=["tier"])._columns) + 12)


def test_reasons():
    """why, in words, in two languages and in one query"""
    connection, _ = database()
    scores = kam.score(BOOK, MODELS)
    for language in ("en", "zh"):
        expected = [scores.explain(row, language) or None for row in range(len(BOOK))]
        same(column(connection, f"kam_reasons({HISTORY}, '{language}')"), expected, language)
        tap.check(sum(map(bool, expected)) > len(BOOK) // 2, "hardly any reasons")
    both = connection.sql("select kam_reasons(9.0, 10.0, 60.0, l)[1], kam_reasons(NULL, 10, 60, l) "
                          "from (values ('en'), ('zh')) v(l)").fetchall()
    one = kam.score(kam.Accounts(repeat_orders=[9.0], last_order_periods=[10.0], age_periods=[60.0]), MODELS)
    same(both, [(one.explain(0, "en")[0], None), (one.explain(0, "zh")[0], None)])
    error = raised(Exception, lambda: column(connection, f"kam_reasons({HISTORY}, 'fr')"))
    tap.check("language is 'fr', not en or zh" in str(error), str(error))


def test_nulls():
    """NULL in is not known; no answer is NULL"""
    connection, _ = database()
    row = connection.sql("select kam_churn_risk(NULL, 1, 2), kam_tier(NULL), kam_alive(1, 2, 3) is null, "
                         "kam_contribution(5, NULL, 2, NULL)").fetchall()[0]
    same(row[:3], (None, None, False))
    same(row[3], kam.profit.layers({"gross_revenue": [5.0], "returns": [None], "direct_cost": [2.0],
                                    "service_cost": [None]}).to_dict()["contribution"][0])


def test_options():
    """a horizon, a prefix, and no models"""
    connection, names = database(horizon_days=90.0, prefix="")
    same(column(connection, f"churn_risk({HISTORY})"),
         kam.score(BOOK, MODELS, columns=["churn_risk"], horizon_days=90.0).to_dict()["churn_risk"])
    _, names = database(None)
    tap.check("kam_contribution" in names and "kam_alive" not in names, f"{names}")


def test_many_rows():
    """vectors of any length, on several threads"""
    connection, _ = database()
    connection.sql("set threads = 4")
    many = connection.sql(f"select account, i, kam_alive({HISTORY}) as a from book, range(500) r(i)").fetchnumpy()
    expected = dict(zip(BOOK["account"], kam.score(BOOK, MODELS, columns=["alive"])["alive"]))
    same(len(many["a"]), 500 * len(BOOK))
    tap.check(all(expected[account] == a for account, a in zip(many["account"], many["a"])), "a row differs")


def test_refusals():
    """a wrong option is refused when a query runs, with its name"""
    connection, _ = database(interval=1.5)
    error = raised(Exception, lambda: column(connection, f"kam_score({ALL}).alive"))
    tap.check("interval" in str(error), str(error))


if __name__ == "__main__":
    main(globals())
