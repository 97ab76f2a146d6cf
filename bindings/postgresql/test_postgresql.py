# SPDX-License-Identifier: MIT
"""test_postgresql.py MODULE [ROWS]: the extension in a real server of its own: fits as parallel
aggregates and scores by parallel queries with the bits of kam.fit and kam.score. Run by
check-all. A server does not run as root: then it runs as the user postgres."""
import pathlib
import struct
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "python/tests"), str(HERE)]

MODULE = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path("kam_pg.so")
ROWS = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
del sys.argv[1:]

from server import Server  # noqa: E402
from support import kam, main, same, tap  # noqa: E402

NAMES = ("repeat_orders", "last_order_periods", "age_periods", "mean_order_value", "gross_revenue", "returns", "direct_cost",
         "service_cost", "tier_value")
HISTORY, MONEY = ", ".join(NAMES[:3]), ", ".join(NAMES[4:8])
PARALLEL = "set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0; "


SERVER = None


def server():
    """Made once, with a book of ROWS accounts without an origin."""
    global SERVER
    if SERVER is None:
        SERVER = Server()
        SERVER.extend(MODULE)
        SERVER.ask(f"""
            create function draw(i int8, salt int, n int) returns float8 immutable parallel safe language sql as
                $$ select ((hashint8extended(i, salt) % n + n) % n)::float8 $$;
            create unlogged table book as
            select i account, floor(rate * least(life, age_periods)) repeat_orders,
                   least(age_periods, ceil(7 * 0.9 * least(life, age_periods)) / 7) last_order_periods, age_periods,
                   case when floor(rate * least(life, age_periods)) > 0 then m end mean_order_value,
                   m * (1 + floor(rate * least(life, age_periods))) gross_revenue, draw(i, 7, 9) * 5 "returns",
                   case when i % 50 > 0 then m / 2 end direct_cost, draw(i, 8, 4000) service_cost,
                   case when i % 60 > 0 then m * 2000 end tier_value
              from (select i, draw(i, 1, 700) / 7 + 1 age_periods, -ln((draw(i, 2, 1000) + 0.5) / 1000) / 10 rate,
                           -ln((draw(i, 3, 1000) + 0.5) / 1000) * 80 life,
                           (draw(i, 4, 40000) + draw(i, 5, 40000) + draw(i, 6, 40000)) / 600 + 1 m
                      from generate_series(1, {ROWS}) i) q;
            alter table book set (parallel_workers = 2);
            insert into book select i, nullif(i % 3, 1), nullif(i % 4, 2), nullif(30 + i % 5, 33), nullif(i % 7, 2) * 10
              from generate_series({ROWS + 1}, {ROWS + 40}) i;
            analyze book;
            create table models as select kam_fit('select * from book') m;""")
    return SERVER


def rows(query):
    """Numbers, NaN for NULL."""
    return [[float("nan") if cell == "~" else float(cell) for cell in row] for row in server().ask(query)]


def book():
    made = rows(f"select {', '.join(NAMES)} from book order by account")
    return kam.Accounts({name: [row[i] for row in made] for i, name in enumerate(NAMES)})


def fitted(**options):
    """Without values: tiers are those in money."""
    made = rows(f"select {', '.join(NAMES[:4])} from book")
    return kam.fit({name: [row[i] for row in made] for i, name in enumerate(NAMES[:4])}, **options)


def bits(numbers):
    return [struct.pack(">d", float("nan") if one != one else one).hex() for one in numbers]


def test_fit():
    """the models of kam.fit, to the bit, by parallel aggregates and by one process"""
    expected = bytes(fitted().raw).hex()
    same(server().ask("select encode(m, 'hex') from models")[0][0], expected)
    plan = server().ask(PARALLEL + f"explain select kam_orders_objective('', {HISTORY}) from book")
    tap.check(any("Partial Aggregate" in line[0] for line in plan) and any("Gather" in line[0] for line in plan), str(plan))
    for how in (PARALLEL, "set max_parallel_workers_per_gather = 0; "):
        same(server().ask(how + "select encode(kam_fit('select * from book order by account % 97'), 'hex')")[0][0], expected)
    same(server().ask("select encode(kam_fit('select * from book', 'bgnbd'), 'hex')")[0][0],
         bytes(fitted(family="bgnbd").raw).hex())


def test_page():
    """the statements in docs/databases.md work"""
    text = (HERE.parents[1] / "docs/databases.md").read_text(encoding="utf-8")
    load, _, statements = text.split("```sql\n")[2].split("```")[0].partition("\n")
    same(load, "create extension kam;")
    made = server().ask(f"begin; drop table models; {statements} rollback;")
    same(len(made), ROWS + 40)
    tap.check(all(why != "~" for _, risk, why in made if risk != "~"), "a row without a reason")


def test_fit_of_trouble():
    """books that say too little: what kam.fit leaves out is left out"""
    few = "select 1.0 repeat_orders, 2.0 last_order_periods, 30.0 age_periods, 5.0 mean_order_value from generate_series(1, {})"
    for n in (0, 1, 3):
        one = {"repeat_orders": [1.0] * n, "last_order_periods": [2.0] * n, "age_periods": [30.0] * n, "mean_order_value": [5.0] * n}
        made = server().ask(f"select encode(kam_fit('{few.format(n)}'), 'hex')")[0][0]
        expected = kam.fit(one) if n else kam.fit({"repeat_orders": [float("nan")], "tier_value": [float("nan")]})
        same(made, bytes(expected.raw).hex(), f"{n} rows")


def test_scores():
    """each function, in a parallel query, gives the column of kam.score, to the bit"""
    accounts, models = book(), fitted()
    scores = kam.score(accounts, models, columns=["net_revenue", "profit", "margin_ratio", "alive", "expected_orders", "churn_risk",
                                                  "order_value", "lifetime_value", "tier"])
    calls = {"net_revenue": f"kam_net_revenue({MONEY})", "profit": f"kam_contribution({MONEY})",
             "margin_ratio": f"kam_contribution_ratio({MONEY})", "alive": f"kam_alive(m, {HISTORY})",
             "expected_orders": f"kam_expected_orders(m, {HISTORY})", "churn_risk": f"kam_churn_risk(m, {HISTORY})",
             "order_value": "kam_order_value(m, repeat_orders, mean_order_value)",
             "lifetime_value": f"kam_lifetime_value(m, {HISTORY}, mean_order_value, {MONEY})", "tier": "kam_tier(m, tier_value)"}
    begun = time.perf_counter()
    made = rows(PARALLEL + f"select {', '.join(calls.values())} from book, models order by account")
    print(f"# {len(made):,} rows scored and read in {time.perf_counter() - begun:.1f} s", flush=True)
    for k, name in enumerate(calls):
        expected = [float("nan") if name == "tier" and one == -1 else float(one) for one in scores[name]]
        tap.check(bits(row[k] for row in made) == bits(expected), f"{name} differs")
    plan = server().ask(PARALLEL + f"explain select max(kam_churn_risk(m, {HISTORY})) from book, models")
    tap.check(any("Gather" in line[0] for line in plan), str(plan))


def test_reasons_and_nulls():
    """why, in words; NULL is not known, and no answer is NULL"""
    one = kam.score(kam.Accounts(repeat_orders=[9.0], last_order_periods=[10.0], age_periods=[60.0]), fitted())
    same(server().ask("select kam_reason(m, 9, 10, 60, 1, 'en'), kam_reason(m, 9, 10, 60, 2, 'zh'), "
                      "kam_reason(m, null, 10, 60, 1, 'en'), kam_alive(null, 1, 2, 3), kam_tier(m, null), "
                      "kam_net_revenue(5, null, null, null), kam_tier_again(m, 900000, 1), kam_version() from models")[0],
         [one.explain(0, "en")[0], one.explain(0, "zh")[1], "~", "~", "~", "5",
          str(kam.score(kam.Accounts(tier_value=[900000.0], tier_before=[1.0]), fitted())["tier"][0]), kam.__version__])


def test_errors():
    """what is wrong is said, and the server goes on"""
    for query, part in (("kam_alive('x', 1, 2, 3)", "no models"), ("kam_alive(m || '\\x00'::bytea, 1, 2, 3)", "no models"),
                        ("kam_reason(m, 1, 2, 3, 4, 'en')", "1, 2 or 3"), ("kam_reason(m, 1, 2, 3, 1, 'fr')", "'en' or 'zh'"),
                        ("kam_fit('select 1 x')", "repeat_orders"), ("kam_fit('drop table book')", "syntax error"),
                        ("kam_fit('select * from book', 'nosuch')", "no family"),
                        ("kam_orders_objective('x', 1, 2, 3)", "no model"),
                        ("kam_orders_objective(substr(m, 1, 80), 1, 2, 3)", "is no family")):
        said = server().ask(f"select {query} from models", fails=True)
        tap.check(part in said, f"{query}: {said}")
    same(server().ask("select count(*) from models"), [["1"]])


def test_cancel():
    """a fit that is cancelled leaves the server well"""
    slow = "select * from book, generate_series(1, 400)"
    said = server().ask(f"set statement_timeout = 700; select kam_fit('{slow}')", fails=True)
    tap.check("statement timeout" in said, said)
    same(server().ask("select encode(kam_fit('select * from book'), 'hex') = encode(m, 'hex') from models"), [["t"]])


def test_bad_blobs():
    """models that were changed give an error or an answer, and no more"""
    made = server().ask("""
        create function try(b bytea) returns text language plpgsql as $$ begin
            return concat(kam_churn_risk(b, 5, 20, 30), kam_tier(b, 9), kam_lifetime_value(b, 5, 20, 30, 9, 9, 0, 1, 1),
                          kam_reason(b, 5, 20, 30, 1, 'en'));
            exception when others then return sqlerrm; end $$;
        select count(try(set_byte(m, at, get_byte(m, at) # 255))) from models, generate_series(0, length(m) - 1) at;""")
    tap.check(int(made[0][0]) > 800, str(made))


if __name__ == "__main__":
    try:
        main(globals())
    finally:
        if SERVER:
            SERVER.stop()
