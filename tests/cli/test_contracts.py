# SPDX-License-Identifier: MIT
"""kam-score --contracts: accounts that a contract binds are scored by it."""
import datetime
import math
import random
import re

from tap import HEADER, equal, file, has, lines, main, near, rows, run, same_in_chinese, shared, true

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
    same_in_chinese("--as-of", "2023-12-31", "--contracts", contracts([*book, *pair, *apart, ["", "2021-01-05", "", 1, 1]]))
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
                        (("--as-of", "2024-01-01", "--term-months", "1.5"), "must be a whole number")):
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


def backtest(*words, day="2023-01-01", until="2023-12-31"):
    """(output, summary) of a backtest, and its numbers by table and name."""
    done = run("--as-of", until, "--backtest", day, *words)
    equal(done.status, 0, done.err)
    found, table = {}, ""
    for line in done.out.splitlines():
        cells = re.split("  +", line)
        if len(cells) > 5 and cells[1] == "forecast":
            table = cells[0]
        elif len(cells) > 5:
            found[table, cells[0]] = [math.nan if cell == "-" else float(cell.replace(",", "").replace(" %", ""))
                                      for cell in cells[1:]]
    return done.out, done.err, found


RENEWALS, LOST, MONEY = "Renewals (decisions due)", "Accounts lost (all contracts ended)", "Contract money"
MODEL, RATE, ALL = "renewal model", "one past renewal rate for all", "everything renews"


def yearly(n=400, seed=7, alpha=0.8, beta=2.5, since=2012, until=datetime.date(2024, 6, 1), months=12):
    """Contracts of a year, begun on days of any month; the ends on their last day when `inclusive`."""
    draw, made = random.Random(seed), []
    for i in range(n):
        start = months_later(datetime.date(since, 1, 1 + i % 28), draw.randrange(12 * 11))
        theta, age = draw.betavariate(alpha, beta), 1
        while months_later(start, months * age) < until and draw.random() >= theta:
            age += 1
        end = months_later(start, months * age)
        made.append([f"Y{i:04}", start, end if end < until else "", 100 * (1 + i % 9), months])
    return made


def known_on(day, book):
    """The same file as it stood then."""
    return [[a, s, e if e and e <= day else "", v, m] for a, s, e, v, m in book if s <= day]


def test_backtest():
    """the numbers are those of the contracts, counted here"""
    book, cut, last = yearly(), datetime.date(2022, 12, 31), datetime.date(2023, 12, 31)
    _, said, found = backtest("--contracts", contracts(book), until="2024-05-31", day="2023-01-01")
    _, said, found = backtest("--contracts", contracts(book), "--horizon-days", "365", until="2024-05-31")
    has(said, "as known on 2022-12-31")
    alpha, beta = parameters(said)
    chances, renewed, money, n_past, n_ended = [], [], 0, 0, 0
    for _, start, end, value, _ in book:
        if start > cut:
            continue
        n = 0
        while months_later(start, 12 * (n + 1)) <= cut and (not end or months_later(start, 12 * (n + 1)) < end):
            n += 1
        n_past += n
        if end and end <= cut:
            n_ended += 1
            continue
        due = months_later(start, 12 * (n + 1))
        chances.append((beta + n) / (alpha + beta + n))
        renewed.append(not end or end > due)
        money += value * (1 if renewed[-1] else (due - cut).days / 365)
    rate = (n_past + 0.5) / (n_past + n_ended + 1)
    near(found[RENEWALS, MODEL][0], sum(chances), 0.06)
    for name in (MODEL, RATE, ALL):
        equal(found[RENEWALS, name][1], sum(renewed))
        equal(found[LOST, name][1], len(renewed) - sum(renewed))
        near(found[MONEY, name][1], money, 0.002 * money, "a term of a year is 365.25 days")
    near(found[RENEWALS, RATE][0], rate * len(renewed), 0.06)
    equal(found[RENEWALS, ALL][0], len(renewed))
    brier = sum((p - y) ** 2 for p, y in zip(chances, renewed)) / len(renewed)
    near(found[RENEWALS, MODEL][3], brier, 1e-4)
    loss = -sum(math.log(p if y else 1 - p) for p, y in zip(chances, renewed)) / len(renewed)
    near(found[RENEWALS, MODEL][2], loss, 1e-4)
    near(found[LOST, MODEL][0], len(renewed) - sum(chances), 0.06)
    equal(found[LOST, ALL][0], 0)
    near(found[MONEY, ALL][0], sum(v * 365 / 365.25 for _, s, e, v, _ in book if s <= cut and (not e or e > cut)), 1)


def test_backtest_is_calibrated():
    """Contracts with known chances: what is forecast comes, of renewals, of accounts and of money."""
    for book, words in ((yearly(2500, 11), []), (bundles(1200, 12, until=60), ["--horizon-days", "365"])):
        day = "2023-01-01"
        out, said, found = backtest("--contracts", contracts(book), *words, day=day)
        true("shared" in said if words else "sbg" in said, said)
        forecast, happened, _, brier = found[RENEWALS, MODEL][:4]
        n = found[RENEWALS, ALL][0]
        near(happened, forecast, 3.5 * math.sqrt(n * brier), "renewals")
        forecast, happened, _, brier = found[LOST, MODEL][:4]
        near(happened, forecast, 3.5 * math.sqrt(len(book) * brier), "accounts lost")
        near(found[MONEY, MODEL][2], 0, 3, "bias of money")
        held, groups = map(int, re.search(r"Calibration: .* in (\d) of (\d) groups", out).groups())
        true(groups == 5 and held >= 4, out)
        inside = float(re.search(r"Contract intervals: ([0-9.]+) %", out)[1])
        true(80 <= inside <= 100, out)
        for what in ("Renewals", "Accounts lost", "Contract money"):
            has(out, f"{what}: the model beats the baselines")


def test_backtest_knows_nothing_later():
    """Whatever happens after the cut, and whatever the file says of it: the forecasts are the same."""
    cut, book = datetime.date(2022, 12, 31), yearly()
    head = ("account", "start", "end", "value", "term_months", "ended")
    plain = [[*row, ""] for row in book]

    def forecasts(table):
        out, said, found = backtest("--contracts", contracts(table, header=head))
        return ({key: row[0] for key, row in found.items()}, re.search(r"terms of 12 .*", said)[0],
                re.findall(r"^ +([0-9.]+ %) +(\d+) ", out, re.MULTILINE), {key: row[1] for key, row in found.items()})
    first = forecasts(plain)
    later = [i for i, row in enumerate(book) if row[1] <= cut and not (row[2] and row[2] <= cut)]
    true(len(later) > 100, "")

    def changed(end=None, ended="", start=None):
        made = [list(row) for row in plain if start is None or row[1] <= cut]
        for i, row in zip(range(10 ** 6), made):
            if end is not None and (row[2] == "" or row[2] > cut):
                row[2], row[5] = end(row), ended
        return made
    due = {a: next(d for d in (months_later(s, 12 * k) for k in range(1, 99)) if d > cut) for a, s, *_ in book}
    same = forecasts(changed(end=lambda row: ""))
    equal(same[:3], first[:3], "nothing ended")
    equal(same[3][RENEWALS, ALL], first[0][RENEWALS, ALL], "and all were renewed")
    for what, other in (("all ended", changed(end=lambda row: due[row[0]])),
                        ("notices", changed(end=lambda row: datetime.date(2030, 1, 1), ended="yes")),
                        ("plans", changed(end=lambda row: datetime.date(2030, 1, 1))),
                        ("no new contracts", changed(start=cut)),
                        ("new contracts", plain + [[f"N{i}", "2023-02-03", "", 9e9, 12, ""] for i in range(50)]),
                        ("new contracts of old accounts", plain + [["Y0000", "2023-01-01", "", 9e9, 1, ""]])):
        found = forecasts(other)
        equal(found[:2], first[:2], what)
        equal([sum(int(n) for _, n in one[2]) for one in (found, first)], [len(later)] * 2, what)
    gone = forecasts(changed(end=lambda row: due[row[0]]))
    equal(gone[3][RENEWALS, MODEL], 0)
    equal(gone[3][LOST, MODEL], len(later))
    # It is what kam-score said on that day, of the file as it then was.
    done = run("--as-of", cut, "--discount-per-year", "0", "--contracts", contracts(known_on(cut, book)))
    equal(parameters(done.err), parameters(first[1]))
    table = [row for row in rows(done.out).values() if row["alive"] == "1.0000"]
    near(first[0][LOST, MODEL], sum(float(row["churn_risk"]) for row in table), 0.06)
    near(first[0][MONEY, MODEL], sum(float(row["clv"]) for row in table), 1)


def test_backtest_where_ends_stand():
    """The last day, or the first without it: the same contracts."""
    book = yearly()
    last = [[a, s, e and e - datetime.timedelta(1), v, m] for a, s, e, v, m in book]
    first = [["E", "2022-01-01", "2023-01-01", 500, 12], ["F", "2022-01-01", "", 500, 12], ["G", "2020-01-01", "2024-01-01", 500, 12]]
    book += first
    last += [[a, s, e and datetime.date.fromisoformat(e) - datetime.timedelta(1), v, m] for a, s, e, v, m in first]
    one, other = (backtest("--contracts", contracts(table))[0] for table in (book, last))
    equal(one, other)


def test_backtest_tells_what_it_leaves_out():
    book = [*yearly(), ["U", "2021-12-31", "2023-12-31", 1, 12], ["V", "2021-12-31", "", 1, 12],
            ["E", "2021-09-01", "2023-06-20", 1, 12], ["B", "2023-01-01", "", 1, 12], ["L", "2021-01-01", "", 1, 24]]
    out, _, found = backtest("--contracts", contracts(book))
    has(out, "2 decisions due on the as-of day, not settled yet: left out")
    has(out, "1 decision of a term for which there is no model: left out")
    has(out, "1 contract ended before a term was over, which the model holds to be impossible: is the term right?")
    true(re.search(r"1 contract began later, which nobody could know: neither forecast nor counted", out), out)
    plain = backtest("--contracts", contracts(yearly()))[2]
    equal(found[RENEWALS, ALL][:2], [plain[RENEWALS, ALL][0] + 1, plain[RENEWALS, ALL][1]], "E alone is new, and was not renewed")
    equal(found[LOST, MODEL][1], plain[LOST, MODEL][1] + 1, "that U is lost counts no sooner than that V is not")
    settled = backtest("--contracts", contracts(book), "--horizon-days", "365", until="2024-01-01")[2]
    equal(settled[RENEWALS, ALL][:2], [plain[RENEWALS, ALL][0] + 3, plain[RENEWALS, ALL][1] + 1], "a day later U and V are settled")
    chinese = run("--as-of", "2023-12-31", "--backtest", "2023-01-01", "--lang", "zh", "--contracts", contracts(book)).out
    for part in ("2 个续签决定在截至日到期", "续签模型", "续签：模型优于基准", "合同区间："):
        has(chinese, part)
    few = backtest("--contracts", contracts(yearly(30)))[0]
    has(few, "decisions are few to judge by")


def test_backtest_says_when_a_baseline_wins():
    """A wave of cancellations is outside the model: those that had stayed for long end."""
    cut = datetime.date(2022, 12, 31)
    wave = [[a, s, e if e and e <= cut else next(d for d in (months_later(s, 12 * k) for k in range(1, 99)) if d > cut), v, m]
            for a, s, e, v, m in yearly()]
    wave = [[a, s, e if i % 3 or (e and e <= cut) else "", v, m] for i, (a, s, e, v, m) in enumerate(wave)]
    out, _, _ = backtest("--contracts", contracts(wave))
    for what in ("Renewals", "Accounts lost", "Contract money"):
        has(out, f"{what}: a baseline wins: one past renewal rate for all (")
    alike = [[a, s, "", v, m] for a, s, e, v, m in yearly() if e or int(a[1:]) % 4]
    kept = [[a, s, e if e and e <= cut else "", v, m] for (a, s, _, v, m), e in zip(alike, [row[2] for row in yearly() if row[2] or int(row[0][1:]) % 4])]
    out, _, _ = backtest("--contracts", contracts(kept))
    has(out, "Renewals: all came to the same, so there is nothing to tell apart.")
    has(out, "Contract money: a baseline wins: everything renews (RMSE 0.00)")


def test_backtest_with_orders():
    """Accounts without a contract are tested by their orders as before; those with one are not."""
    book, bound = file("orders.csv", orders()), ["B01", "B02", "B05"]
    lent = "\n".join(line for line in orders().split("\n") if not line.startswith(tuple(bound))) + "\n"
    alone = run("--quiet", "--as-of", "2023-12-31", "--backtest", "2023-01-01", file("lent.csv", lent))
    done = run("--quiet", "--as-of", "2023-12-31", "--backtest", "2023-01-01", "--contracts",
               contracts([*yearly(), *([name, "2022-01-01", "", 1200, 12] for name in bound), ["B07", "2021-01-01", "2022-01-01", 5, 12]]), book)
    equal((alone.status, done.status), (0, 0), done.err)
    has(done.out, "Renewals (decisions due)")
    equal(done.out[done.out.index("Orders (days"):], alone.out[alone.out.index("Orders (days"):])
    every = sorted({line.split(",")[0] for line in orders().split("\n")[1:] if line})
    done = run("--quiet", "--as-of", "2023-12-31", "--backtest", "2023-01-01", "--contracts",
               contracts([*yearly(), *([name, "2022-01-01", "", 1200, 12] for name in every)]), book)
    equal(done.status, 0, done.err)
    true("Orders (days" not in done.out and "Contract money" in done.out, "no account is left to its orders")


def test_backtest_with_signals():
    """Usage that falls before a contract ends is worth something, and only what was known is read."""
    book, cut = yearly(), datetime.date(2022, 12, 31)
    running = [(a, e) for a, s, e, _, _ in book if s <= cut and not (e and e <= cut)]
    usage = [f"{a},usage,{datetime.date(2020, 1, 10) + datetime.timedelta(30 * m)},,{100 + m % 3 - 70 * (m > 30 and e != '' and e < datetime.date(2024, 1, 1))},"
             for a, e in running for m in range(47)]
    signals = file("signals.csv", "account,signal,day,end,amount,term\n" + "\n".join(usage) + "\n")
    _, _, plain = backtest("--contracts", contracts(book))
    _, _, found = backtest("--contracts", contracts(book), "--signals", signals)
    equal({key: row for key, row in found.items() if "signals" not in key[1]}, plain)
    better = found[LOST, "renewal model with signals"]
    true(better[2] < plain[LOST, MODEL][2] - 0.01 and better[4] > plain[LOST, MODEL][4] + 0.1, f"{better} {plain[LOST, MODEL]}")


def test_backtest_refuses():
    good = contracts(yearly())
    for words, said in ((("--backtest", "2023-01-01", "--contracts-since", "2023-06-01"),
                         "--contracts-since 2023-06-01 lies after --backtest 2023-01-01: which contracts ended in between is not known"),
                        (("--backtest", "2011-01-01"), "--backtest 2011-01-01: no contract in"),
                        (("--backtest", "2025-01-01"), "lies after the as-of day"),
                        (("--backtest", "2023-01-01", "--top", "5"), "cannot go together")):
        done = run("--as-of", "2024-01-01", "--contracts", good, *words)
        equal((done.status, done.out), (2, ""), words)
        has(done.err, said)
    told = [row for row in yearly(1000) if not row[2] or row[2] >= datetime.date(2018, 1, 1)]
    out, said, found = backtest("--contracts", contracts(told), "--contracts-since", "2018-01-01")
    near(found[RENEWALS, MODEL][0], found[RENEWALS, MODEL][1], 3.5 * math.sqrt(found[RENEWALS, ALL][0] * found[RENEWALS, MODEL][3]))
    has(out, "Renewals: the model beats the baselines")


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
