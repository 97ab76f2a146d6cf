# SPDX-License-Identifier: MIT
"""Everything in one call: the digits of kam-score, the same bits for any cut."""
import contextlib
import csv
import io
import math
import struct
import subprocess

from support import KAM_SCORE, ROOT, kam, ledger, main, raised, same, same_table, tap

BOOK = ledger(keep_values=True, value_first=True).summary()  # as kam-score sums up
MODELS = kam.fit(BOOK)
SCORES = kam.score(BOOK, MODELS)


def digits(value, places):
    """A number as kam-score writes it."""
    if not math.isfinite(value):
        return ""
    text = f"{value:.{places}f}"
    return text[1:] if text[0] == "-" and not text.strip("-0.") else text


def row_as_text(i):
    """The line kam-score writes for an account."""
    days = [BOOK[name][i] for name in ("first_day", "last_day")]
    tier = SCORES["tier"][i]
    numbers = [digits(SCORES["margin_ratio"][i] * 100, 2), digits(SCORES["alive"][i], 4),
               digits(SCORES["expected_orders"][i], 4)]
    numbers += [digits(SCORES[name][i], 2) for name in ("lifetime_value", "lifetime_value_low", "lifetime_value_high")]
    reasons = (SCORES.explain(i) + [""] * 3)[:3]
    return [BOOK["account"][i], str(tier + 1) if tier >= 0 else "", kam.tier.name(tier) if tier >= 0 else "",
            digits(BOOK["orders"][i], 0), *[kam.calendar.date(day).isoformat() for day in days],
            digits(SCORES["net_revenue"][i], 2), digits(SCORES["profit"][i], 2), *numbers,
            digits(SCORES["churn_risk"][i], 4), *reasons, "|".join(kam.status.row_flag_names(SCORES["row_flags"][i])),
            digits(BOOK["window_revenue"][i], 2)]


def test_as_kam_score():
    """every account of the sample book, to every digit that kam-score prints"""
    if not KAM_SCORE:
        raise tap.Skip("kam-score was not built")
    text = tap.output([KAM_SCORE, "--quiet", "--pace=1", ROOT / "examples/data/orders.csv"], encoding="utf-8")
    lines = list(csv.reader(io.StringIO(text, newline="")))[1:]
    same(len(lines), len(SCORES))
    tap.none([f"{line}\n  {row_as_text(i)}" for i, line in enumerate(lines) if line != row_as_text(i)][:5],
             "accounts that differ")


def test_any_cut():
    """slices, threads, parts and one account give the bits of the whole"""
    book = kam.Accounts(BOOK)
    for first, last in ((0, 1), (7, 100), (202, 203), (50, 50)):
        same_table(kam.score(book[first:last], MODELS), SCORES, slice(first, last))
    same_table(kam.score(BOOK, MODELS, threads=2), SCORES)
    for i in (0, 99, 202):
        record = {name: BOOK[name][i] for name in kam.account.FIELDS if name in BOOK}
        one = kam.score_one({**record, "tier_value": BOOK["window_revenue"][i]}, MODELS)
        same_table(one, SCORES, slice(i, i + 1))


def test_rules():
    """classes, stages, touches and actions are those of their own modules, by any policy"""
    n, today = len(BOOK), kam.calendar.day(2024, 1, 1)
    facts = {"contract_day": [today - 40 * i for i in range(n)], "stable": [float(i % 2) for i in range(n)],
             "growth": [0.01 * (i % 20) for i in range(n)], "pain": [float(i % 3) for i in range(n)],
             "alarms": [float(i % 5 == 0) for i in range(n)],
             "last_visit": [None if i % 4 == 0 else today - 9 * i for i in range(n)]}
    book = kam.Accounts(BOOK, **facts)
    own = kam.policy.Policy(matrix={"top_share": 0.2}, months=(2, 4, 9), width=3,
                            playbook=[kam.playbook.Rule(1000, 1, stages=[0])],
                            cadence=[kam.cadence.Rule(1, every_days=10, stages=[3])], future={"interval": 0.5})
    for policy, width, kept in ((None, 16, kam.policy.parts()), (own, 3, {"tiers": 1})):
        rules = {} if policy is None else {"months": (2, 4, 9)}
        models = kam.fit(book, policy=policy)
        scores = kam.score(book, models, policy=policy, as_of=today)
        value = BOOK["window_revenue"]
        classes = models.matrix.classify(value, **{name: facts[name] for name in ("stable", "growth", "pain")})
        same(list(scores["matrix_class"]), list(classes["matrix_class"]))
        stages = kam.stage.assign(facts["contract_day"], today, **rules)
        same(list(scores["stage"]), list(stages["stage"]))
        same_table(kam.Table({"days": scores["stage_days_left"]}), kam.Table({"days": stages["days_to_next"]}))
        due = kam.cadence.due(facts["contract_day"], today, {1: facts["last_visit"]}, tier=scores["tier"],
                              account_class=[code or None for code in scores["matrix_class"]],
                              rules=None if policy is None else [kam.cadence.Rule(1, every_days=10, stages=[3])], **rules)
        same(list(scores["touch_due_1"]), list(due["due_day_1"]))
        same(list(scores["touch_overdue_1"]), list(due["overdue_days_1"]))
        same(list(scores["touch_next_1"]), list(due["next_day_1"]))
        todo = kam.playbook.actions(scores["tier"], [code or None for code in scores["matrix_class"]], scores["stage"],
                                    [int(bits) for bits in facts["alarms"]], width=width,
                                    rules=() if policy is None else [kam.playbook.Rule(1000, 1, stages=[0])])
        same(list(scores["n_actions"]), list(todo["n_actions"]))
        for k in range(width):
            same(list(scores[f"actions_{k + 1}"]), list(todo[f"action_{k + 1}"]))
            same(list(scores[f"action_days_{k + 1}"]), list(todo[f"due_days_{k + 1}"]))
        tap.check(f"actions_{width + 1}" not in scores, "wider than the playbook")
        same([name for name in scores.defaults if name not in ("service_levels", "figures")],
             [name for name in kept if name not in ("service_levels", "figures")])
        record = {name: BOOK[name][7] for name in kam.account.FIELDS if name in BOOK}
        one = kam.score_one({**record, "tier_value": value[7], **{name: data[7] for name, data in facts.items()}},
                            models, policy=policy, as_of=kam.calendar.date(today))
        same_table(one, scores, slice(7, 8))
    tap.check("stage" not in kam.score(BOOK, MODELS), "rules without a day")
    same(raised(kam.KamValueError, lambda: kam.score(BOOK, MODELS, columns=["stage"])).argument, "as_of_day")


def test_cuts_of_parts():
    """slices across the parts of a book"""
    book = kam.Accounts(BOOK)
    parts = kam.Accounts._of_parts([*book[:3].parts, *book[3:150].parts, *book[150:].parts])
    for first, last in ((0, 203), (1, 3), (2, 4), (3, 150), (100, 203), (2, 151)):
        same_table(kam.score(parts[first:last], MODELS), SCORES, slice(first, last))


def test_covariance():
    """the Hessian of the objective, inverted, is minus the covariance of the fit"""
    hessian, covariance = MODELS.orders.objective(BOOK).hessian, MODELS.orders.covariance
    for i in range(4):
        for j in range(4):
            product = sum(hessian[i][k] * covariance[k][j] for k in range(4))
            tap.check(abs(product + (i == j)) < 1e-6, f"({i}, {j}) is {product}")


def test_fit_parts():
    """a book in pieces is fitted to the same bits"""
    book = kam.Accounts(BOOK)
    parts = kam.Accounts._of_parts([*book[:3].parts, *book[3:150].parts, *book[150:].parts])
    models = kam.fit(parts)
    same((models.orders.parameters, models.spend.parameters, models.limits, models.reference),
         (MODELS.orders.parameters, MODELS.spend.parameters, MODELS.limits, MODELS.reference))


def test_as_its_parts():
    """one call says what the functions it is made of say"""
    orders, spend = MODELS.orders, MODELS.spend
    same_of = {"alive": orders.alive(BOOK)["alive"], "expected_orders": orders.expected_orders(
        BOOK, 365 / 7)["expected_orders"], "order_value": spend.expected(BOOK)["order_value"],
        "lifetime_value": kam.clv.value(orders, spend, BOOK)["lifetime_value"],
        "lifetime_value_low": kam.clv.interval(orders, spend, BOOK)["low"],
        "churn_risk": orders.no_order(BOOK, 365 / 7)["no_order"]}
    for name, column in same_of.items():
        tap.check(column.tobytes() == SCORES[name].tobytes(), name)


def test_columns():
    """only what is asked for is there"""
    some = kam.score(BOOK, MODELS, columns=["churn_risk", "tier"])
    same(some.column_names, ["tier", "churn_risk"])
    tap.check(some["churn_risk"].tobytes() == SCORES["churn_risk"].tobytes(), "bits")
    raised(kam.KamValueError, lambda: some.explain(0))
    raised(kam.KamValueError, lambda: kam.score(BOOK, MODELS, columns=["nosuch"]))


def test_options():
    """horizon and discount are passed on; a wrong one is refused"""
    far = kam.score(BOOK, MODELS, horizon_days=730, discount_per_year=0.0)
    tap.check(all(one > other for one, other in zip(far["expected_orders"], SCORES["expected_orders"])), "horizon")
    error = raised(kam.KamValueError, lambda: kam.score(BOOK, MODELS, interval=1.5))
    same((error.argument, error.value), ("options.interval", 1.5))


def test_tiers():
    """tiers by share, and the tier before"""
    models = kam.fit(BOOK, tiers=kam.tier.Policy("rank", [0.05, 0.20, 0.50]))
    tiers = kam.score(BOOK, models)["tier"].tolist()
    same([tiers.count(tier) for tier in range(4)], [11, 41 - 11, 102 - 41, 203 - 102])  # shares rounded up
    before = kam.Accounts(BOOK, tier_before=[0.0] * 203)
    tap.check(kam.score(before, models)["tier"].tolist() == tiers, "keep equals enter")


def test_left_out():
    """what the data cannot carry is left out, and said"""
    models = kam.fit({"gross_revenue": [10.0, 20.0]})
    same((models.orders, models.spend), (None, None))
    same(models.report["orders"]["status"], models.report["orders"]["status"])
    scores = kam.score({"gross_revenue": [10.0, 20.0], "returns": [1.0, 0.0]}, models)
    same(scores["net_revenue"].tolist(), [9.0, 20.0])
    same([math.isnan(one) for one in scores["alive"]], [True, True])
    tap.check(scores.to_dict()["alive"] == [None, None], "None")


def test_readme():
    """the program in README.md works"""
    text = (ROOT / "bindings/python/README.md").read_text(encoding="utf-8")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(text.split("```python\n")[1].split("```")[0], {})
    tap.check("'n_used': 3" in said.getvalue() and "风险" in said.getvalue(), said.getvalue())


def test_table():
    """a result reads as a table"""
    same((len(SCORES), SCORES.n_rows, "tier" in SCORES, "nosuch" in SCORES), (203, 203, True, False))
    first = next(SCORES.rows())
    same((first["tier"], first["churn_risk"]), (SCORES["tier"][0], SCORES["churn_risk"][0]))
    same(list(SCORES), SCORES.column_names)
    tap.check("203" in repr(SCORES), repr(SCORES))


def test_book_of_hosts():
    """the digits that hosts in other languages print (bindings/run-hosts)"""
    with open(ROOT / "bindings/book.csv", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    names = list(rows[0])[1:]
    book = kam.Accounts({name: [float(row[name]) if row[name] else float("nan") for row in rows] for name in names})
    scores = kam.score(book, kam.fit(book))
    made = [f"{row['account']} {scores['tier'][i]} " + " ".join(
        struct.pack(">d", scores[name][i]).hex() for name in ("lifetime_value", "churn_risk"))
        + f" {scores['churn_risk'][i]:.6f} {scores.explain(i)[0]}" for i, row in enumerate(rows)]
    same(made, (ROOT / "bindings/book-scores.txt").read_text(encoding="utf-8").splitlines())


if __name__ == "__main__":
    main(globals())
