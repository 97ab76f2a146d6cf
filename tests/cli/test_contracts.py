# SPDX-License-Identifier: MIT
"""kam-score --contracts: accounts that a contract binds are scored by it."""
import datetime
import math
import random
import re

from tap import HEADER, equal, file, has, lines, main, near, rows, run, shared, true

DAY = datetime.date(2020, 1, 1)
MONTH = 30.4375


def months_later(day, n):
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return datetime.date(year, month + 1, min(day.day, 28))


def cohort(n=600, seed=3, alpha=0.8, beta=2.5, until=48):
    """Monthly contracts that begin in the first two years; each ends with a chance of its own."""
    draw, made = random.Random(seed), []
    for i in range(n):
        start = months_later(datetime.date(2020, 1, 1 + i % 28), i % 24)
        theta, last, age = draw.betavariate(alpha, beta), months_later(DAY, until), 1
        while months_later(start, age) < last and draw.random() >= theta:
            age += 1
        end = months_later(start, age)
        made.append([f"C{i:04}", start, end if end < last else "", 100, 1])
    return made


def bundles(n=400, seed=5, alpha=0.8, beta=2.5, until=48, alike=True):
    """As `cohort`, but one to four contracts an account: with its own chance to end for all, or one for each."""
    draw, made = random.Random(seed), []
    for i in range(n):
        theta = draw.betavariate(alpha, beta)
        for k in range(1 + i % 4):
            start = months_later(datetime.date(2020, 1, 1 + i % 28), (i + 7 * k) % 24)
            theta = theta if alike else draw.betavariate(alpha, beta)
            age, last = 1, months_later(DAY, until)
            while months_later(start, age) < last and draw.random() >= theta:
                age += 1
            end = months_later(start, age)
            made.append([f"C{i:04}", start, end if end < last else "", 100, 1])
    return made


def contracts(table, name="contracts.csv", header=("account", "start", "end", "value", "term_months")):
    return file(name, lines(header, table))


def score(*words, lang=None):
    done = run("--as-of", "2024-01-01", *words)
    equal(done.status, 0, done.err)
    equal(done.out.split("\n", 1)[0], HEADER)
    return rows(done.out), done.err


def parameters(said):
    found = re.search(r"sbg, alpha ([0-9.e-]+).*?, beta ([0-9.e-]+)", said)
    return float(found[1]), float(found[2])


def survival(alpha, beta, n, k):
    """Of a contract renewed n times: the chance of k renewals more (Fader & Hardie 2007)."""
    return math.prod((beta + n + i) / (alpha + beta + n + i) for i in range(k))


def test_without_orders():
    table, said = score("--contracts", contracts(cohort()), "--discount-per-year", "0")
    equal(len(table), 600)
    has(said, "Contracts 600 contracts of 600 accounts")
    alpha, beta = parameters(said)
    true(0.5 < alpha < 1.3 and 1.2 < beta < 4.5, said)
    running = 0
    for account, start, end, _, _ in cohort():
        row = table[account]
        equal((row["orders"], row["revenue"], row["expected_orders"], row["tier"]), ("", "", "", ""))
        equal(row["flags"], "missing|contract")
        if end:
            equal((row["alive"], row["churn_risk"], row["clv"], row["clv_high"]), ("0.0000", "1.0000", "0.00", "0.00"))
            has(row["reason_1"], f"contract ended on {end}")
            equal(row["reason_2"], "")
            continue
        running += 1
        n = 0
        while months_later(start, n + 1) < datetime.date(2024, 1, 1):
            n += 1
        left = (months_later(start, n + 1) - datetime.date(2024, 1, 1)).days / MONTH
        horizon = 365 / MONTH
        whole = math.floor(horizon - left)
        ahead = [survival(alpha, beta, n, k) for k in range(whole + 2)]
        length = left + sum(ahead[1:whole + 1]) + (horizon - left - whole) * ahead[whole + 1]
        near(row["clv"], 100 * length, 0.02, f"{row}")
        near(row["churn_risk"], 1 - ahead[whole + 1], 1e-4, f"{row}")
        equal(row["alive"], "1.0000")
        true(float(row["clv_low"]) <= float(row["clv"]) <= float(row["clv_high"]), f"{row}")
        has(row["reason_1"], f"on {months_later(start, n + 1)} is {100 * ahead[1]:.0f} % likely")
        near(re.search(r"run (\d+) of the next 365 days", row["reason_2"])[1], length * MONTH, 0.6)
    true(running > 50, f"{running}")


def test_discount_and_horizon():
    table, said = score("--contracts", contracts([["A", "2023-07-01", "", 1200, 12], *cohort()]), "--horizon-days", "90")
    left = (datetime.date(2024, 7, 1) - datetime.date(2024, 1, 1)).days
    rate = math.log(1.1) / 365.25
    near(table["A"]["clv"], 1200 / (12 * MONTH) * (1 - math.exp(-rate * 90)) / rate, 0.01)
    equal((table["A"]["churn_risk"], table["A"]["clv_low"]), ("0.0000", table["A"]["clv"]), "no decision until then")
    true(left > 90, "")
    has(table["A"]["reason_1"], "ends on 2024-07-01; how likely renewal is, is not known")
    has(said, "terms of 12 months, 1 contract, 0 ended: no model")
    table, _ = score("--contracts", contracts([["A", "2023-07-01", "", 1200, 12], *cohort()]))
    equal((table["A"]["churn_risk"], table["A"]["clv"]), ("", ""), "no model for terms of a year")
    has(table["A"]["reason_1"], "is not known")
    table, _ = score("--contracts", contracts(cohort()), "--horizon-days", "inf")
    true(all(row["churn_risk"] in ("0.0000", "1.0000") for row in table.values()), "gone already, or not")


def test_intervals_hold():
    """As of a year ago, four in five of the intervals hold what came."""
    book = cohort(3000, seed=8)
    day = datetime.date(2023, 1, 1)
    then = [[a, s, e if e and e <= day else "", v, m] for a, s, e, v, m in book if s <= day]
    done = run("--as-of", day, "--discount-per-year", "0", "--contracts", contracts(then))
    equal(done.status, 0, done.err)
    table = rows(done.out)
    inside = count = total = expected = 0
    for account, _, end, value, _ in book:
        row = table[account]
        if row["alive"] != "1.0000":
            continue
        days = min(((end or datetime.date(2099, 1, 1)) - day).days, 365)
        came = value * days / MONTH
        count, total, expected = count + 1, total + came, expected + float(row["clv"])
        inside += float(row["clv_low"]) - 4 <= came <= float(row["clv_high"]) + 4  # months differ in days
    near(expected / total, 1, 0.03)
    true(0.78 <= inside / count <= 0.99, f"{inside} of {count}: lives are whole terms, so at least 80 %")


def test_several_contracts():
    """On their own they bring the sum, and last as long as the last of them."""
    book = bundles(alike=False)
    pair = [["P", "2022-03-05", "", 100, 1], ["P", "2021-01-05", "", 300, 1], ["P", "2021-01-05", "2022-02-05", 900, 1]]
    apart = [["Q", *pair[0][1:]], ["R", *pair[1][1:]]]
    table, _ = score("--contracts", contracts([*book, *pair, *apart]), "--lang", "en")
    near(table["P"]["clv"], float(table["Q"]["clv"]) + float(table["R"]["clv"]), 0.02)
    near(table["P"]["churn_risk"], float(table["Q"]["churn_risk"]) * float(table["R"]["churn_risk"]), 1e-4)
    has(table["P"]["reason_1"], "2 contracts, the largest renewed 35 times")
    wide = [float(table[a]["clv_high"]) - float(table[a]["clv_low"]) for a in "PQR"]
    true(wide[0] <= wide[1] + wide[2] + 0.01, f"{wide}")
    again, _ = score("--contracts", contracts([*book, *pair[::-1], *apart[::-1]], "turned.csv"))
    equal(again["P"], table["P"], "in any order of lines")
    chinese, _ = score("--contracts", contracts([*book, *pair, *apart]), "--lang", "zh")
    has(chinese["P"]["reason_1"], "2 份合同，最大的一份已续签 35 次")
    has(chinese["P"]["reason_2"], "未来 365 天内预计有效")


def test_contracts_of_a_kind():
    """Where an account's contracts end alike, its churn risk is right; taken on their own it would be far too low."""
    book, day, end = bundles(1200), datetime.date(2023, 1, 1), datetime.date(2024, 1, 1)
    then = [[a, s, e if e and e <= day else "", v, m] for a, s, e, v, m in book if s <= day]
    done = run("--as-of", day, "--discount-per-year", "0", "--contracts", contracts(then))
    equal(done.status, 0, done.err)
    found = re.search(r"shared, alpha ([0-9.]+) \(se ([0-9.]+)\), beta ([0-9.]+) \(se ([0-9.]+)\); contracts of one account have "
                      "one chance to end", done.err)
    true(found, done.err)
    near(found[1], 0.8, 4 * float(found[2]))
    near(found[3], 2.5, 4 * float(found[4]))
    table = rows(done.out)
    live, came, running = set(), {}, {}
    for account, _, stop, value, _ in book:
        if stop and stop <= day:
            continue
        running[account] = running.get(account, 0) + 1
        came[account] = came.get(account, 0) + value * min(((stop or datetime.date(2099, 1, 1)) - day).days, 365) / MONTH
        if not stop or stop > end:
            live.add(account)
    for n in (1, 2, 3):
        some = [account for account in running if running[account] == n]
        risk = [float(table[account]["churn_risk"]) for account in some]
        spread = math.sqrt(sum(one * (1 - one) for one in risk))
        near(sum(risk), sum(account not in live for account in some), 3.5 * spread, f"{n} contracts")
    several = [account for account in running if running[account] > 1]
    inside = sum(float(table[a]["clv_low"]) - 4 * running[a] <= came[a] <= float(table[a]["clv_high"]) + 4 * running[a] for a in several)
    true(0.78 <= inside / len(several) <= 0.99, f"{inside} of {len(several)}")
    near(sum(came.values()) / sum(float(table[a]["clv"]) for a in running), 1, 0.03)
    alone = run("--as-of", day, "--quiet", "--discount-per-year", "0", "--contracts", contracts([[f"{a}.{i}", *rest] for i, (a, *rest) in enumerate(then)], "apart.csv"))
    risk = {name: float(row["churn_risk"]) for name, row in rows(alone.out).items() if row["alive"] == "1.0000"}
    product = {}
    for name, one in risk.items():
        product[name.split(".")[0]] = product.get(name.split(".")[0], 1) * one
    together = sum(float(table[account]["churn_risk"]) for account in several)
    true(sum(product[account] for account in several) < 0.85 * together, "what would be said of contracts on their own")


def orders():
    draw, made = random.Random(1), ["account,day,revenue"]
    for i in range(60):
        day, stop = datetime.date(2022, 1, 1) + datetime.timedelta(draw.randrange(90)), draw.randrange(100, 900)
        while day < datetime.date(2024, 1, 2) and stop > 0:
            made.append(f"B{i:02},{day},{draw.randrange(50, 150)}")
            gap = 1 + int(draw.expovariate(1 / 25))
            day, stop = day + datetime.timedelta(gap), stop - gap
    return "\n".join(made) + "\n"


def test_with_orders():
    book = file("orders.csv", orders())
    plain, _ = score(book)
    left = "B07"
    last = datetime.date.fromisoformat(plain[left]["last_day"])
    extra = [["B03", "2022-01-01", "", 500, 1], [left, "2022-01-01", last + datetime.timedelta(1), 500, 1],
             ["B09", "2021-01-01", "2021-12-31", 500, 1], ["ZZ", "2022-01-01", "", 10, 1]]
    table, said = score("--contracts", contracts([*cohort(), *extra]), book)
    equal(sorted(table), sorted({*plain, *(row[0] for row in cohort()), "ZZ"}))
    has(said, "1 account ordered since and are scored by orders")
    has(said, "converged on 58 accounts, 603 left out")
    for name in ("B03", left):
        for column in ("orders", "revenue", "first_day", "last_day", "tier"):
            equal(table[name][column], plain[name][column])
        has(table[name]["flags"], "contract")
        equal(table[name]["expected_orders"], "")
    equal((table["B03"]["alive"], table[left]["alive"]), ("1.0000", "0.0000"))
    true(table["B09"]["expected_orders"] != "" and "contract" not in table["B09"]["flags"], "orders, and no contract")
    lent = "\n".join(line for line in orders().split("\n") if not line.startswith(("B03", left))) + "\n"
    alone, _ = score(file("lent.csv", lent))
    for name, row in alone.items():
        equal({**table[name], "tier": "", "tier_name": ""}, {**row, "tier": "", "tier_name": ""},
              "fitted without what contracts bring")
    top = run("--as-of", "2024-01-01", "--top", "700", "--contracts", contracts(cohort()), book)
    equal(top.status, 0, top.err)
    has(top.out, "contract renewed")


def test_playbook_goes_along():
    """Rows of accounts without orders do not shift what the playbook says of others."""
    book = file("orders.csv", orders())
    far = [row for row in cohort() if row[2]]
    plain = rows(run("--quiet", "--playbook", "--as-of", "2024-01-01", book).out)
    done = run("--quiet", "--playbook", "--as-of", "2024-01-01", "--contracts", contracts([["AA", *far[0][1:]], *far]), book)
    equal(done.status, 0, done.err)
    table = rows(done.out)
    for account, row in plain.items():
        equal(table[account], row)


def test_notice_and_ends():
    head = ("account", "start", "end", "ended", "value")
    some = [[a, s, e, "", v] for a, s, e, v, _ in cohort()]
    table, said = score("--term-months", "1", "--contracts", contracts([
        *some, ["N", "2022-01-10", "2024-04-10", "yes", 100], ["K", "2022-01-10", "2024-04-10", "no", 100],
        ["O", "2022-01-10", "2023-02-10", "No", 100], ["F", "2024-02-01", "", "", 100],
        ["V", "2022-01-10", "", "", ""], ["", "2022-01-10", "", "", ""], ["S", "", "", "", ""]], header=head),
        "--discount-per-year", "0")
    near(table["N"]["clv"], 100 * 100 / MONTH, 0.01, "100 days to its end")
    equal((table["N"]["alive"], table["N"]["churn_risk"]), ("1.0000", "1.0000"))
    has(table["N"]["reason_1"], "contract ends on 2024-04-10: notice was given")
    true(float(table["K"]["clv"]) > float(table["N"]["clv"]), "it may be renewed")
    has(table["K"]["reason_1"], "on 2024-04-10 is")
    has(table["O"]["reason_1"], "on 2024-01-10 is")
    equal((table["V"]["clv"], table["V"]["alive"]), ("", "1.0000"), "no value")
    true(table["V"]["churn_risk"] != "", "but a risk")
    true("F" not in table and "S" not in table, "not begun, and without a start")
    has(said, "left out: 3 lines (1 without an account, 1 without a start, 1 not begun")


def test_records_that_begin_late():
    """A file without the contracts that ended early says so, and the fit is as good."""
    book = cohort(4000, seed=4)
    since = datetime.date(2022, 1, 1)
    kept = [row for row in book if not row[2] or row[2] >= since]
    whole = parameters(score("--contracts", contracts(book))[1])
    blind = parameters(score("--contracts", contracts(kept))[1])
    told = parameters(score("--contracts", contracts(kept), "--contracts-since", since)[1])

    def renewal(found):
        return found[1] / (found[0] + found[1])
    near(renewal(told), renewal(whole), 0.05)
    true(renewal(blind) > renewal(whole) + 0.05, f"{blind} {whole} {told}")


def test_what_ended_early_waits_for_the_others():
    """Contracts of a year that end within it count when the year is over for all."""
    young = [[f"Y{i}", "2023-05-01", "2023-08-01" if i < 30 else "", 100, 12] for i in range(100)]
    _, said = score("--contracts", contracts([*cohort(), *young]))
    has(said, "terms of 12 months, 100 contracts, 0 ended")


def test_signals_add():
    usage = [f"C{i:04},usage,{datetime.date(2021, 1, 10) + datetime.timedelta(30 * m)},,{100 + m % 3 - 60 * (m > 30)},"
             for i in range(600) for m in range(36)]
    signals = file("signals.csv", "account,signal,day,end,amount,term\n" + "\n".join(usage) + "\n")
    plain, _ = score("--contracts", contracts(cohort()))
    table, _ = score("--contracts", contracts(cohort()), "--signals", signals)
    running = [a for a, row in plain.items() if 0 < float(row["churn_risk"]) < 0.9]
    true(all(float(table[a]["churn_risk"]) > float(plain[a]["churn_risk"]) for a in running), "usage fell")
    row = table[running[0]]
    true("contract" in row["reason_1"] and "expected" in row["reason_2"] and "usage down" in row["reason_3"], f"{row}")


def test_warns_of_chains():
    _, said = score("--contracts", contracts([*cohort(), ["A", "2021-01-01", "2022-01-01", 5, 12],
                                              ["A", "2022-01-01", "", 5, 12]]))
    has(said, "1 start within a day of the end of another of the same account")


def test_refuses():
    good = contracts(cohort(50))
    for words, said in (((), "contracts without orders need --as-of"),
                        (("--as-of", "2024-01-01", "--term-months", "0"), "--term-months \"0\" must be"),
                        (("--as-of", "2024-01-01", "--term-months", "1.5"), "must be a whole number"),
                        (("--as-of", "2024-01-01", "--backtest", "2023-01-01"), "cannot go together")):
        done = run("--contracts", good, *words)
        equal(done.status, 2, words)
        has(done.err, said)
    has(run("--term-months", "3", good).err, "--term-months goes with --contracts")
    for line, said in ((["A", "2022-01-01", "2021-01-01", 1, ""], "cannot end before it starts"),
                       (["A", "2022-13-01", "", 1, ""], "start \"2022-13-01\" is no date"),
                       (["A", "2022-01-01", "", "x", ""], "value \"x\""),
                       (["A", "2022-01-01", "", 1, "2.5"], "is no number of months")):
        done = run("--as-of", "2024-01-01", "--contracts", contracts([line], "bad.csv"))
        equal((done.status, done.out), (2, ""))
        has(done.err, "bad.csv:2: ")
        has(done.err, said)
    done = run("--as-of", "2024-01-01", "--contracts",
               contracts([["A", "2022-01-01", "", "yes"]], "bad.csv", ("account", "start", "end", "ended")))
    has(done.err, "bad.csv:2: a contract that ended needs the day")
    done = run("--as-of", "2024-01-01", "--contracts",
               contracts([["A", "2022-01-01", "", "perhaps"]], "bad.csv", ("account", "start", "end", "ended")))
    has(done.err, "is neither yes nor no")
    done = run("--as-of", "2019-01-01", "--contracts", good)
    equal(done.status, 2)
    has(done.err, "has no contract that has begun")


def test_ravenstack():
    """Half a year ahead on 500 accounts of a public sample: the book's total within 5 %."""
    day, end = datetime.date(2024, 6, 30), datetime.date(2024, 12, 31)
    table, came = [], 0
    for row in shared("ravenstack", "subscriptions.csv.gz"):
        if row["is_trial"] == "TRUE":
            continue
        start = datetime.date.fromisoformat(row["start_date"])
        stop = datetime.date.fromisoformat(row["end_date"]) if row["end_date"] else datetime.date(2099, 1, 1)
        months, value = (12, row["arr_amount"]) if row["billing_frequency"] == "annual" else (1, row["mrr_amount"])
        if start <= day:
            table.append([row["account_id"], start, stop if stop <= day else "", value, months])
            if stop > day:
                came += float(value) * (min(stop, end) - day).days / (MONTH * months)
    done = run("--as-of", day, "--horizon-days", (end - day).days, "--discount-per-year", "0",
               "--contracts", contracts(table))
    equal(done.status, 0, done.err)
    near(sum(float(row["clv"]) for row in rows(done.out).values()) / came, 1, 0.05)


def test_playbook():
    """accounts without an order have a row of --playbook too, and shift none"""
    orders = [[name, f"{2021 + q // 4}-{3 * (q % 4) + 2:02}-10", money] for name, money in (("B", 10), ("D", 1000))
              for q in range(12)]
    orders += [["C", f"{2021 + q // 4}-{3 * (q % 4) + 2:02}-10", 10 + 990 * (q % 3 == 0)] for q in range(12)]
    book = file("some.csv", lines(["account", "day", "revenue"], orders))
    known = file("growth.csv", "account,growth,last_visit,start_day\nA,0.2,,2023-12-01\nD,0.2,,2023-12-01\n")
    one = ["--playbook", "--quiet", "--as-of", "2024-01-01", "--accounts", known]
    plain = rows(run(*one, book).out)
    more = rows(run(*one, "--contracts", contracts([["A", "2023-11-01", "", 5, 1], ["CA", "2023-11-01", "", 5, 1]]), book).out)
    equal(sorted(more), ["A", "B", "C", "CA", "D"])
    for name in ("B", "C", "D"):
        equal([more[name][key] for key in ("class", "stage", "touches", "actions")],
              [plain[name][key] for key in ("class", "stage", "touches", "actions")])
    equal((plain["D"]["class"], plain["C"]["class"]), ("core", ""))
    equal((more["A"]["stage"], more["CA"]["stage"]), ("initial", ""))


if __name__ == "__main__":
    main(globals())
