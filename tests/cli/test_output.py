# SPDX-License-Identifier: MIT
"""The columns are a contract: header, order of rows, forms of numbers, flags."""
import datetime
import os
import random
import re

from tap import EXAMPLES, HEADER, equal, file, has, lines, main, near, rows, run, same_in_chinese, score, true

BOOK = os.path.join(EXAMPLES, "data", "orders.csv")
FACTS = os.path.join(EXAMPLES, "data", "accounts.csv")


def test_header_to_the_letter():
    done = run("-q", BOOK)
    equal(done.out.split("\n")[0],
          "account,tier,tier_name,orders,first_day,last_day,revenue,profit,margin_pct,alive,"
          "expected_orders,clv,clv_low,clv_high,churn_risk,reason_1,reason_2,reason_3,flags,revenue_12m")
    true(done.out.endswith("\n") and "\r" not in done.out, "plain line ends")


def test_forms_of_values():
    money, share, four = r"-?\d+\.\d\d", r"[01]\.\d{4}", r"\d+\.\d{4}"
    form = {"tier": r"[1-4]", "tier_name": r"strategic|key|basic|untiered", "orders": r"\d+",
            "first_day": r"202\d-\d\d-\d\d", "last_day": r"202\d-\d\d-\d\d", "revenue": money,
            "profit": f"({money})?", "margin_pct": f"({money})?", "alive": share,
            "expected_orders": four, "clv": money, "clv_low": money, "clv_high": money,
            "churn_risk": share, "reason_1": r".+\w.+", "reason_2": r".+\w.+",
            "reason_3": r".+\w.+", "flags": r"([a-z_]+(\|[a-z_]+)*)?", "revenue_12m": money}
    table = score("--accounts", FACTS, BOOK)
    for row in table.values():
        equal(list(row), HEADER.split(","))
        for column, pattern in form.items():
            true(re.fullmatch(pattern, row[column]), f"{column}: {row[column]!r}")
        true(float(row["clv_low"]) <= float(row["clv_high"]), f"{row}")
        true(float(row["churn_risk"]) >= 1 - float(row["alive"]) - 1e-4, f"{row}")


def test_rows_by_account_and_the_same_twice():
    first, second = run("-q", BOOK), run("-q", BOOK)
    equal(first.out, second.out)
    names = [row.encode() for row in score(BOOK)]
    equal(names, sorted(names), "by bytes")


def test_order_of_lines_does_not_matter():
    with open(BOOK, encoding="utf-8") as text:
        header, *body = text.read().splitlines()
    mixed = file("mixed.csv", "\n".join([header, *sorted(body, key=lambda line: line[::-1])]) + "\n")
    equal(run("-q", mixed).out, run("-q", BOOK).out)


def test_cut_into_files():
    with open(BOOK, encoding="utf-8") as text:
        header, *body = text.read().splitlines(keepends=True)
    parts = [file(f"part{i}.csv", header + "".join(body[i::3])) for i in range(3)]
    equal(run("-q", *parts).out, run("-q", BOOK).out)


def test_stdin_is_a_file():
    with open(BOOK, "rb") as data:
        text = data.read()
    equal(run("-q", "-", stdin=text).out, run("-q", BOOK).out)


def test_without_cost():
    table = score(file("plain.csv", "account,day,revenue\nA,2024-01-01,10\nA,2024-02-01,20\nB,2024-01-05,5\n"))
    for row in table.values():
        equal((row["profit"], row["margin_pct"]), ("", ""))
        true("on_revenue" in row["flags"].split("|"), row["flags"])


def test_with_cost_known():
    table = score(file("cost.csv", "account,day,revenue,cost\nA,2024-01-01,10,4\nA,2024-02-01,20,30\n"
                       "B,2024-01-05,5,1\nC,2024-01-05,50,\nD,2024-01-06,8,2\nD,2024-01-07,-2,-1\n"))
    equal((table["A"]["revenue"], table["A"]["profit"], table["A"]["margin_pct"]), ("30.00", "-4.00", "-13.33"))
    equal((table["B"]["profit"], table["B"]["margin_pct"]), ("4.00", "80.00"))
    equal((table["C"]["profit"], table["C"]["margin_pct"]), ("", ""))
    true("on_revenue" in table["C"]["flags"], table["C"]["flags"])
    equal((table["D"]["revenue"], table["D"]["profit"]), ("6.00", "5.00"))
    true("on_revenue" not in table["A"]["flags"] + table["B"]["flags"], "cost is known")


def test_cost_to_serve():
    orders = file("orders.csv", "account,day,revenue,cost\nA,2024-01-01,10,4\nB,2024-01-05,5,1\n")
    facts = file("facts.csv", "cost_to_serve,account\n2.5,A\n,B\n9,Z\n")
    table = score("--accounts", facts, orders)
    equal((table["A"]["profit"], table["A"]["margin_pct"]), ("3.50", "35.00"))
    equal(table["B"]["profit"], "4.00")
    equal(sorted(table), ["A", "B"], "an account without order lines has no row")
    has(run("--accounts", facts, orders).err, "left out: 1 account that no used line names, cost to serve 9.00")


def test_quoting():
    names = ['comma, inside', 'a "quote"', "two\nlines", "中文，客户", "semi;colon", "tab\there"]
    table = score(file("names.csv", lines(["account", "day", "revenue"],
                                          [[name, "2024-01-01", 1] for name in names])))
    equal(sorted(table), sorted(names))


def test_account_that_never_ordered():
    table = score(file("back.csv", "account,day,revenue\nA,2024-01-01,10\nA,2024-02-01,7\nZ,2024-01-01,-5\n"))
    row = table["Z"]
    equal((row["orders"], row["first_day"], row["last_day"], row["revenue"]), ("0", "", "", "-5.00"))
    equal((row["alive"], row["clv"], row["churn_risk"], row["reason_1"]), ("", "", "", ""))
    true("missing" in row["flags"].split("|"), row["flags"])


def test_chinese():
    english, chinese = score(BOOK), score("--lang", "zh", BOOK)
    words = {"strategic": "战略级", "key": "重点级", "basic": "基础级", "untiered": "未入级"}
    for name, row in english.items():
        other = chinese[name]
        equal(other["tier_name"], words[row["tier_name"]])
        true(re.search("[\u4e00-\u9fff]", other["reason_1"]), other["reason_1"])
        for column in HEADER.split(","):
            if column != "tier_name" and not column.startswith("reason"):
                equal(other[column], row[column], column)


def test_chinese_summary():
    """what kam-score tells of the book, its lines and its models: the numbers of the English words"""
    facts = file("facts.csv", "account,start_day,cost_to_serve\nA01,2024-06-30,7\nNobody,,9\n,,\n")
    bad = file("bad.csv", "account,day,revenue,cost\nA01,2024-01-01,10,\n,2024-01-01,10,1\nA01,,10,1\nA01,2024-02-01,,1\n"
                          "A01,2024-02-01,x,1\nA01,2024-02-01,-50,1\nA01,2024-02-03,0,1\nB,2025-03-01,-1,1\nB,2024-03-01,-1\n")
    for words in ((BOOK,), ("--accounts", FACTS, "--playbook", BOOK), ("--backtest", "2023-07-01", BOOK),
                  ("--model", "bgbb", "--horizon-days", "inf", BOOK), ("--pace", "1", "--tiers", "top:5%,20%", BOOK),
                  ("--drop-bad-lines", "--accounts", facts, "--as-of", "2024-12-31", bad)):
        same_in_chinese(*words)
    chinese = run("--lang", "zh", "--drop-bad-lines", "--accounts", facts, "--as-of", "2024-12-31", bad).err
    has(chinese, "剔除 5（无客户 1，无日期 1，无金额 1，晚于截至日 1，日期或数字有误 1）")
    has(chinese, "1 个客户未出现在所用的行中，服务成本 9.00")
    has(chinese, "极大似然：")


def test_golden_columns_of_the_sample_book():
    """Totals of the sample book, added up here from the lines themselves."""
    table = score("--accounts", FACTS, BOOK)
    equal(len(table), 203)
    import csv
    revenue, cost, known, serve = {}, {}, {}, {}
    with open(FACTS, encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            serve[row["account"]] = float(row["cost_to_serve"])
    with open(BOOK, encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            if not row["account"] or not row["revenue"]:
                continue
            name = row["account"]
            revenue[name] = revenue.get(name, 0) + float(row["revenue"])
            known[name] = known.get(name, True) and row["cost"] != ""
            cost[name] = cost.get(name, 0) + float(row["cost"] or 0)
    for name, row in table.items():
        near(row["revenue"], revenue[name], 0.00501, name)
        if known[name]:
            near(row["profit"], revenue[name] - cost[name] - serve[name], 0.00501, name)
        else:
            equal(row["profit"], "", name)
    equal(sum(not value for value in known.values()), 2)


def test_summary_of_odd_books():
    """Nothing but returns, nobody who left, nothing below zero: words, no nan."""
    for text, part in (("A,2024-01-01,-10\n", "no shares"), ("A,2024-01-01,0\n", "no shares"),
                       ("A,2024-01-01,100\nB,2024-01-01,20\nB,2024-01-02,-30\nB,2024-01-03,-1\n",
                        "no Gini: 1 account below zero")):
        done = run(file("odd.csv", "account,day,revenue\n" + text))
        equal(done.status, 0, done.err)
        has(done.err, part)
        true("nan" not in done.err + done.out, done.err)
        table = run("-q", "--top", 5, file("odd.csv", "account,day,revenue\n" + text)).out
        true("nan" not in table and "revenue so far" in table, table)
    days = "".join(f"{name},2024-{month:02}-01,5\n" for name in "AB" for month in range(1, 9))
    done = run("-q", "--backtest", "2024-05-01", file("all.csv", "account,day,revenue\n" + days))
    has(done.out, "Churn: no account left, so there is nothing to tell apart.")
    has(done.out, "2 accounts are few to judge by")


def test_tier_is_the_trailing_year():
    table = score(file("tier.csv", "account,day,revenue\nS,2024-06-01,5000000\nK,2024-06-01,1000000\n"
                       "B,2024-12-31,999999.99\nU,2024-06-01,499999.99\nOld,2023-12-30,9000000\n"))
    equal({name: (row["tier"], row["tier_name"]) for name, row in table.items()},
          {"S": ("1", "strategic"), "K": ("2", "key"), "B": ("3", "basic"), "U": ("4", "untiered"),
           "Old": ("4", "untiered")})


def test_one_price():
    """Every order is worth 250: a lifetime is worth 250 for each order that is expected, and that is said."""
    draw = random.Random(4)
    made = ["account,day,revenue"]
    for i in range(60):
        day, end = draw.randrange(200), draw.randrange(250, 900)
        while day < min(end, 730):
            made.append(f"A{i:02},{datetime.date(2022, 1, 1) + datetime.timedelta(day)},250")
            day += 1 + int(draw.expovariate(1 / (10 + i)))
    done = run("--as-of", "2023-12-31", "--discount-per-year", "0", file("price.csv", "\n".join(made) + "\n"))
    equal(done.status, 0, done.err)
    has(done.err, "Spend     equal: no spread: every order of ")
    has(done.err, " is alike\n          value 250 (se 0), log likelihood")
    for name, row in rows(done.out).items():
        near(row["clv"], 250 * float(row["expected_orders"]), 0.02, name)
        true(float(row["clv_low"]) <= float(row["clv_high"]), f"{row}")


main(globals())
