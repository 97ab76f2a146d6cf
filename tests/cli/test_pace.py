# SPDX-License-Identifier: MIT
"""kam-score --pace: a book that orders faster than it did goes on so."""
import datetime
import random
import re

from tap import equal, file, has, main, near, rows, run, true

FIRST = datetime.date(2021, 1, 1)


def orders(name, days=1096, faster=2.0, since=730, seed=1):
    """60 accounts, one order in 30 days or so, `faster` times as many from day `since` on."""
    draw, out = random.Random(seed), ["account,day,revenue"]
    for account in range(60):
        rate, day = draw.gammavariate(6, 1 / 180), draw.uniform(0, 200)
        while day < days:
            out.append(f"A{account:02},{FIRST + datetime.timedelta(int(day))},{draw.randrange(80, 120)}")
            day += draw.expovariate(rate * (faster if day >= since else 1))
    return file(name, "\n".join(out) + "\n")


def pace(text):
    """What is said of it: the number, the orders that came, those expected."""
    found = re.search(r"Pace: ?\s*([0-9.]+)|Pace +([0-9.]+)", text)
    numbers = re.search(r"brought ([0-9,]+) orders where ([0-9,]+) were expected", text)
    true(found, text)
    return float(found[1] or found[2]), [float(one.replace(",", "")) for one in numbers.groups()] if numbers else None


def test_faster():
    """twice as many orders in the last year: found, said, and used"""
    book = orders("faster.csv")
    done, plain = run(book), run("--pace", 1, book)
    equal((done.status, plain.status), (0, 0))
    found, (came, expected) = pace(done.err)
    true(1.6 < found < 2.3 and 1.6 < came / expected < 2.3, (found, came, expected))
    has(plain.err, "Pace      as given\n")
    now, before = rows(done.out), rows(plain.out)
    near(sum(float(row["expected_orders"]) for row in now.values())
         / sum(float(row["expected_orders"]) for row in before.values()), found, 0.05)
    for account, row in now.items():
        old = before[account]
        equal((row["alive"], row["revenue"]), (old["alive"], old["revenue"]))
        true(float(row["clv"]) > float(old["clv"]) or float(old["clv"]) == 0, account)
        true(float(row["churn_risk"]) <= float(old["churn_risk"]), account)
    equal(rows(run("--pace", f"{found:.3f}", book).out)["A07"]["expected_orders"][:4], now["A07"]["expected_orders"][:4])


def test_as_before():
    """a book that did not change is left alone, and so is a young one"""
    steady = run(orders("steady.csv", faster=1.0, seed=4))
    has(steady.err, "Pace      1: the 365 days to ")
    has(steady.err, ", which may be chance\n")
    equal(rows(steady.out), rows(run("--pace", 1, orders("steady.csv", faster=1.0, seed=4)).out))
    has(run(orders("young.csv", days=540)).err, "Pace      1: the orders do not reach back 18 months, so that no year can tell\n")
    has(run("--model", "bgbb", orders("periods.csv")).err, "Pace      1: a model of periods has none\n")
    has(run(orders("stops.csv", faster=0.02)).err, ", too far off to go by\n")


def test_backtest():
    """a backtest knows the pace of the year before its day, nothing of what came after"""
    split = FIRST + datetime.timedelta(1096)
    book = orders("on.csv", days=1461)
    with open(book, encoding="utf-8") as lines:
        known = [line for n, line in enumerate(lines) if n == 0 or line.split(",")[1] < str(split) or n % 5 == 0]
    on, off = run("--backtest", split, book), run("--backtest", split, file("off.csv", "".join(known)))
    equal((on.status, off.status), (0, 0))
    told = [line for line in on.out.splitlines() if line.startswith("Pace: ")]
    equal(told, [line for line in off.out.splitlines() if line.startswith("Pace: ")])
    true(pace(told[0])[0] > 1.6, told)
    plain = run("--pace", 1, "--backtest", split, book)
    bias = [abs(float(re.search(r"mbgnbd .*? (-?[0-9.]+) %", one.out)[1])) for one in (on, plain)]
    true(bias[0] < 0.7 * bias[1], bias)  # after one step a fit knows a part of it by itself
    has(run("--lang", "zh", "--backtest", split, book).out, "趋势系数：")


def test_words():
    """what --pace takes"""
    book = orders("words.csv", days=400)
    for word in "0", "-1", "17", "fast", "nan":
        done = run("--pace", word, book)
        equal((done.status, done.out), (2, ""))
        has(done.err, f'--pace "{word}" must be auto, or a number above 0 and at most 16')
    equal(run("--pace", "auto", book).out, run(book).out)


main(globals())
