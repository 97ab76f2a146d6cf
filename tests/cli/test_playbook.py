# SPDX-License-Identifier: MIT
"""kam-score --playbook: class, stage, touches, actions, and which rules stand at
their defaults."""
import json
import os

import tap
from tap import EXAMPLES, HEADER, equal, file, has, lines, main, rows, true

ORDERS = os.path.join(EXAMPLES, "data", "orders.csv")
FACTS = os.path.join(EXAMPLES, "data", "accounts.csv")
MORE = ",class,stage,stage_days_left,touches,overdue_days,n_actions,actions,playbook_flags"
#: A: core; B: high potential; C: develop; D is not in the file of facts
SALES = [("A", f"{2021 + q // 4}-{3 * (q % 4) + 2:02}-10", 1500000) for q in range(8)] + [
    (name, f"{2021 + q // 4}-{3 * (q % 4) + 2:02}-11", amount) for name, amount in (("B", 90000), ("C", 40000), ("D", 70000))
    for q in range(8)]
KNOWN = ("account,start_day,growth,wallet,pain,last_visit,last_survey\n"
         "A,2022-11-30,0.02,7000000,0,2022-11-30,\n"
         "B,2021-06-30,0.25,900000,0,2022-08-31,2022-12-01\n"
         "C,,0.05,500000,2,,\n")


def book():
    return file("book.csv", lines(["account", "day", "revenue"], SALES)), file("known.csv", KNOWN)


def run(*words):
    done = tap.run("--playbook", *words)
    equal(done.status, 0, done.err)
    equal(done.out.split("\n", 1)[0], HEADER + MORE)
    return rows(done.out), done.err


def test_answers():
    """each answer by hand: L1, L2, L4, A1, T2"""
    orders, known = book()
    made, said = run("--accounts", known, "--as-of", "2022-12-31", orders)
    a, b, c, d = (made[name] for name in "ABCD")
    equal([one["class"] for one in (a, b, c, d)], ["core", "high potential", "develop", ""])
    equal([one["stage"] for one in (a, b, c, d)], ["initial", "deep", "", ""])
    # three months from 30 November are up on 28 February; from 30 June 2021 three years on 30 June 2024
    equal([one["stage_days_left"] for one in (a, b, c, d)], ["59", "547", "", ""])
    # a month after the last; the survey was never made, and is due a quarter after the contract
    equal(a["touches"], "visit 2022-12-30|satisfaction survey 2023-02-28")
    equal((a["overdue_days"], b["overdue_days"], c["overdue_days"]), ("1", "0", ""))
    equal(b["touches"], "satisfaction survey 2023-03-01")
    equal(c["touches"], "")
    equal(a["actions"], "executive sponsor 2023-01-30|dedicated manager 2023-01-30|custom plan 2023-01-30")
    equal(b["actions"], "named contact 2023-01-30|trial first 2023-03-31|industry solution 2023-03-31")
    equal((c["actions"], c["n_actions"]), ("cases first 2023-03-31", "1"))
    equal((a["playbook_flags"], d["playbook_flags"]), ("missing", "missing"))  # nobody told of alarms
    has(said, "Playbook  classes: core 1, high potential 1, maintain 0, develop 1, unclassified 0, not known 1\n")
    has(said, "1 account with a touch overdue, 3 accounts with something to do\n")
    has(said, "rules at their defaults: tiers, matrix, stages, cadence, playbook, future\n")


def test_other_columns():
    """the columns before do not change, in both languages"""
    for words in ((), ("--accounts", FACTS, "--lang", "zh")):
        before = tap.run("-q", *words, ORDERS).out.splitlines()
        after = tap.run("-q", "--playbook", *words, ORDERS).out.splitlines()
        equal(len(after), len(before))
        true(all(b.startswith(a + ",") for a, b in zip(before, after)), "each line begins as before")


def test_chinese():
    """names in the language asked for"""
    orders, known = book()
    made, said = run("--accounts", known, "--as-of", "2022-12-31", "--lang", "zh", orders)
    equal((made["A"]["class"], made["A"]["stage"]), ("核心价值", "初步合作"))
    has(made["A"]["touches"], "面对面拜访 2022-12-30|满意度调查 2023-02-28")
    has(made["A"]["actions"], "专属客户经理 2023-01-30")
    has(said, "核心价值 1，")
    has(said, "1 个客户有逾期的联络，3 个客户有待办事项\n")
    tap.same_in_chinese("--playbook", "--accounts", known, "--as-of", "2022-12-31", orders)


def test_policy():
    """a policy's own rules, codes and width; the summary tells which are left"""
    orders, known = book()
    rules = file("rules.json", json.dumps({
        "stages": {"months": [1, 6, 24]}, "future": {"horizon_days": 100},
        "playbook": {"instead": True, "width": 1, "rules": [{"action": 1001, "due_days": 3}, {"action": "cases first",
                                                                                               "due_days": 9}]}}))
    made, said = run("--accounts", known, "--as-of", "2022-12-31", "--policy", rules, orders)
    equal((made["D"]["n_actions"], made["D"]["actions"]), ("2", "1001 2023-01-03"))
    equal(made["A"]["stage"], "stable")
    has(said, "rules at their defaults: tiers, matrix, cadence\n")


def test_alarms():
    """an alarm of --signals calls for what an alarm calls for"""
    orders, known = book()
    signals = file("alarms.csv", lines(["account", "signal", "day"], [
        ("B", "contact_changed", "2022-12-20"), ("A", "contact_changed", "2020-01-20")]))
    made, _ = run("--accounts", known, "--as-of", "2022-12-31", "--signals", signals, orders)
    has(made["B"]["actions"], "senior contact 2023-01-02")
    true("senior contact" not in made["A"]["actions"], "no alarm there")
    equal((made["B"]["playbook_flags"], made["B"]["flags"]), ("", made["B"]["flags"]))


def test_stable_of_the_file():
    """`stable` of the file goes before what the quarters say"""
    orders, _ = book()
    known = file("stable.csv", "account,stable,growth\nA,0,0.5\nB,1,0.5\n")
    made, said = run("--accounts", known, "--as-of", "2022-12-31", orders)
    true(made["A"]["class"] != "core", made["A"]["class"])
    has(said, "touches not known (no column last_visit, ...)")
    equal({one["touches"] for one in made.values()}, {""})


def test_refused():
    """with --top or --backtest; days and numbers that are none; no column at all"""
    orders, _ = book()
    for more in (("--top", "3"), ("--backtest", "2022-01-01")):
        done = tap.run("--playbook", *more, orders)
        equal((done.status, done.out), (2, ""))
        has(done.err, "--playbook goes with the CSV")
    for text, sentence in (("account,last_visit\nA,soon\n", 'last_visit "soon" is no date (column "last_visit")'),
                           ("account,growth\nA,much\n", 'growth "much" is no number (column "growth")'),
                           ("account,growht\nA,1\n", "none of the columns")):
        done = tap.run("--playbook", "--accounts", file("bad.csv", text), orders)
        equal((done.status, done.out), (2, ""))
        has(done.err, sentence)
    done = tap.run("--accounts", file("only.csv", "account,growth\nA,1\n"), orders)
    equal(done.status, 2)


main(globals())
