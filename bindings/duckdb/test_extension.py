# SPDX-License-Identifier: MIT
"""test_extension.py EXTENSION: libkam in DuckDB itself, on several threads: the bits of kam.fit and
kam.score, NULL where there is no answer, errors in words. Run by check-all."""
import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "python/tests"))
EXTENSION = sys.argv.pop(1)

import duckdb  # noqa: E402
from support import kam, main, raised, same, tap  # noqa: E402

NAMES = ("repeat_orders", "last_order_periods", "age_periods", "mean_order_value", "gross_revenue", "returns", "direct_cost",
         "service_cost", "tier_value", "tier_before")
HISTORY, MONEY = ", ".join(NAMES[:3]), ", ".join(NAMES[4:8])
ROWS = 40_000
FITTED = f"{HISTORY}, mean_order_value, tier_value"


def database():
    connection = duckdb.connect(config={"allow_unsigned_extensions": True, "threads": 4})
    connection.load_extension(EXTENSION)
    connection.execute(f"""
        create table book as
        select i account, floor(rate * least(life, age)) repeat_orders,
               least(age, ceil(7 * 0.9 * least(life, age)) / 7) last_order_periods, age age_periods,
               case when repeat_orders > 0 then money end mean_order_value, money * (1 + repeat_orders) gross_revenue,
               case when i % 9 > 0 then i % 5 * 7.25 end "returns", case when i % 50 > 0 then money / 2 end direct_cost,
               (i % 41) * 11.5 service_cost, case when i % 60 > 0 then money * 2000 end tier_value,
               case when i % 3 > 0 then i % 4 + 0.0 end tier_before
          from (select i, 1 + (hash(i) % 700) / 7 age, -ln((hash(i + 1e9::bigint) % 1000 + 0.5) / 1000) / 10 rate,
                       -ln((hash(i + 2e9::bigint) % 1000 + 0.5) / 1000) * 80 life, 1 + (hash(i + 3e9::bigint) % 120000) / 600 money
                  from range({ROWS}) t(i))""")
    connection.execute(f"create table models as select kam_fit({FITTED}) m from book")
    return connection


CONNECTION = database()


def values(query):
    return [row[0] for row in CONNECTION.execute(query).fetchall()]


def book():
    made = CONNECTION.execute(f"select {', '.join(NAMES)} from book order by account").fetchall()
    return {name: [float("nan") if row[i] is None else row[i] for row in made] for i, name in enumerate(NAMES)}


COLUMNS = book()
BOOK = kam.Accounts(COLUMNS)
MODELS = kam.fit(BOOK)


def test_page():
    """the program in docs/databases.md works"""
    text = (HERE.parents[1] / "docs/databases.md").read_text(encoding="utf-8")
    begin, load, *queries = text.split("```python\n")[1].split("```")[0].replace(
        '"build/bindings/duckdb/kam.duckdb_extension"', repr(EXTENSION)).split("\nconnection.")
    scope = {"duckdb": duckdb}
    exec(begin, scope)
    exec("connection." + load, scope)
    made = ", ".join(f"{name} float8" for name in NAMES)
    scope["connection"].execute(f"create table book(account int8, {made})")
    scope["connection"].executemany(f"insert into book values (?{', ?' * len(NAMES)})", CONNECTION.execute(
        f"select account, {', '.join(NAMES)} from book limit 500").fetchall())
    exec("connection." + queries[0], scope)
    same(len(eval("connection." + queries[1], scope).fetchall()), 500)


def bits(numbers):
    return [None if one is None or one != one else struct.pack(">d", one) for one in numbers]


def test_fit():
    """the aggregate gives the models of kam.fit, on one thread and on four, whole and by groups"""
    expected = bytes(MODELS.raw)
    tap.check(values("select m from models") == [expected], "four threads")
    CONNECTION.execute("set threads = 1")
    tap.check(values(f"select kam_fit({FITTED}) from (select * from book order by account % 97)") == [expected], "one thread")
    CONNECTION.execute("set threads = 4")
    groups = values(f"select kam_fit({FITTED}) from book group by account % 3 order by account % 3")
    for group, blob in enumerate(groups):
        part = kam.fit({name: COLUMNS[name][group::3] for name in (*NAMES[:4], "tier_value")})
        tap.check(blob == bytes(part.raw), f"group {group}")
    same(values(f"select kam_fit({FITTED}) from book where account < 0"), [None])


def test_scores():
    """each function gives the column of kam.score, to the bit"""
    scores = kam.score(BOOK, MODELS)
    for call, name in ((f"kam_net_revenue({MONEY})", "net_revenue"), (f"kam_contribution({MONEY})", "profit"),
                       (f"kam_contribution_ratio({MONEY})", "margin_ratio"), (f"kam_alive(m, {HISTORY})", "alive"),
                       (f"kam_expected_orders(m, {HISTORY})", "expected_orders"), (f"kam_churn_risk(m, {HISTORY})", "churn_risk"),
                       ("kam_order_value(m, repeat_orders, mean_order_value)", "order_value"),
                       (f"kam_lifetime_value(m, {HISTORY}, mean_order_value, {MONEY})", "lifetime_value"),
                       ("kam_tier_again(m, tier_value, tier_before)", "tier")):
        made = values(f"select {call} from book, models order by account")
        expected = [None if name == "tier" and one == -1 else float(one) for one in scores[name]]
        tap.check(bits(None if one is None else float(one) for one in made) == bits(expected), f"{call} differs")
    plain = kam.score(kam.Accounts(tier_value=COLUMNS["tier_value"]), MODELS)["tier"]
    tap.check(values("select kam_tier(m, tier_value) from book, models order by account") ==
              [None if one == -1 else int(one) for one in plain], "kam_tier differs")
    same(values("select kam_version()"), [kam.__version__])


def test_models_of_rows():
    """each row is scored by the models beside it"""
    CONNECTION.execute(f"create table parts as select account % 2 p, kam_fit({FITTED}) m from book group by all "
                       "union all select 2, null")
    made = values(f"""select kam_churn_risk(m, {HISTORY}) from (select b.*, m from book b join parts on p = account % 3)
                      where account < 5000 order by account""")
    wholes = [values(f"select kam_churn_risk((select m from parts where p = {p}), {HISTORY}) from book where account < 5000 order by account")
              for p in (0, 1)]
    tap.check(made == [None if row % 3 == 2 else wholes[row % 3][row] for row in range(5000)], "rows differ")


def test_reasons_and_nulls():
    """why, in words; NULL is not known, and no answer is NULL"""
    some = kam.Accounts({name: COLUMNS[name][:300] for name in NAMES[:3]})
    scores = kam.score(some, MODELS)
    for language in ("en", "zh"):
        for which in (1, 2, 3):
            expected = [(scores.explain(row, language) + [None] * 3)[which - 1] for row in range(300)]
            same(values(f"select kam_reason(m, {HISTORY}, {which}, '{language}') from book, models where account < 300 order by account"),
                 expected)
    same(CONNECTION.execute("select kam_churn_risk(m, null, 1, 2), kam_tier(m, null), kam_alive(null, 1, 2, 3), "
                            "kam_net_revenue(5, null, null, null), kam_reason(m, null, 1, 2, 1, 'en') from models").fetchone(),
         (None, None, None, 5.0, None))


def test_errors():
    """what is wrong is said, and DuckDB goes on"""
    for text, part in (("kam_alive('x'::blob, 1, 2, 3)", "no models"), ("kam_alive(''::blob, 1, 2, 3)", "no models"),
                       ("kam_alive(m || 'x'::blob, 1, 2, 3)", "no models"), ("kam_reason(m, 1, 2, 3, 4, 'en')", "1, 2 or 3"),
                       ("kam_reason(m, 1, 2, 3, 1, 'fr')", "'en' or 'zh'"), ("kam_alive(1, 2)", "No function matches")):
        error = raised(duckdb.Error, lambda text=text: CONNECTION.execute(f"select {text} from models").fetchall())
        tap.check(part in str(error), f"{text}: {error}")
    same(values("select count(*) from models"), [1])


def test_bad_blobs():
    """models that were changed give an error or an answer, and no more"""
    blob = values("select m from models")[0]
    for at in range(4, len(blob), 3):
        changed = blob[:at] + bytes([blob[at] ^ 0xFF]) + blob[at + 1:]
        try:
            CONNECTION.execute("select kam_churn_risk($1, 5, 20, 30), kam_tier($1, 9), kam_lifetime_value($1, 5, 20, 30, 9, 9, 0, 1, 1),"
                               " kam_reason($1, 5, 20, 30, 1, 'en')", [changed]).fetchall()
        except duckdb.Error as error:
            tap.check(str(error), "an error without words")


if __name__ == "__main__":
    main(globals())
