# SPDX-License-Identifier: MIT
"""Every option does what --help says."""
import csv
import datetime
import math
import os
import random
import re

from tap import EXAMPLES, SIMULATE, equal, file, has, lines, main, near, run, score, true

BOOK = os.path.join(EXAMPLES, "data", "orders.csv")
FACTS = os.path.join(EXAMPLES, "data", "accounts.csv")
SMALL = ("account,day,revenue\nA,2024-01-01,10\nA,2024-03-01,30\nB,2024-02-01,5\n"
         "B,2024-02-20,5\nC,2024-02-10,700\nC,2024-02-28,90\n")


def small():
    return file("small.csv", SMALL)


def test_help_names_every_option():
    done = run("--help")
    equal((done.status, done.err), (0, ""))
    for option in ("account", "day", "revenue", "cost", "order", "accounts", "contracts", "term-months", "contracts-since", "date-format",
                   "delimiter", "decimal-comma", "drop-bad-lines", "as-of", "horizon-days",
                   "discount-per-year", "interval", "model", "period-days", "tiers", "keep", "top", "backtest",
                   "lang", "quiet", "help", "version"):
        has(done.out, "--" + option)
    true(max(map(len, done.out.split("\n"))) <= 82, "it fits a terminal")
    equal(run("-h").out, done.out)


def test_version():
    done = run("--version")
    equal((done.status, done.err), (0, ""))
    true(re.fullmatch(r"kam-score \d+\.\d+\.\d+\n", done.out), done.out)
    true(re.fullmatch(r"kam-simulate \d+\.\d+\.\d+\n", run("--version", tool=SIMULATE).out), "simulate")


def test_column_names():
    named = file("named.csv", "Kunde,Datum,Umsatz,Kosten,Auftrag\nA,2024-01-01,10,4,1\n"
                 "A,2024-01-01,20,5,2\nA,2024-02-01,5,5,3\n")
    table = score("--account", "Kunde", "--day=Datum", "--revenue", "Umsatz", "--cost", "Kosten",
                  "--order", "Auftrag", named)
    equal((table["A"]["revenue"], table["A"]["profit"], table["A"]["orders"]), ("35.00", "21.00", "3"))
    table = score("--account", "Kunde", "--day=Datum", "--revenue", "Umsatz", named)
    equal((table["A"]["profit"], table["A"]["orders"]), ("", "2"), "cost and order are not there by name")


def test_column_names_of_other_case():
    table = score(file("case.csv", "ACCOUNT,Day,Revenue,COST,Order\nA,2024-01-01,10,4,x\n"))
    equal(table["A"]["profit"], "6.00")


def test_order_numbers():
    text = "account,day,revenue,order\nA,2024-01-01,10,1\nA,2024-01-01,10,2\nA,2024-01-03,10,2\nA,2024-01-09,1,\n"
    equal(score(file("o.csv", text))["A"]["orders"], "3")
    equal(score(file("o.csv", text.replace("order", "other")))["A"]["orders"], "3")
    days = "account,day,revenue\nA,2024-01-01,10\nA,2024-01-01,10\nA,2024-01-03,10\n"
    equal(score(file("o.csv", days))["A"]["orders"], "2")


def test_as_of():
    table = score("--as-of", "2024-02-15", small())
    equal(table["A"]["last_day"], "2024-01-01")
    done = run("--as-of", "2024-02-15", small())
    has(done.err, "as of 2024-02-15")
    has(done.err, "3 after the as-of day")
    has(run(small()).err, "as of 2024-03-01, the last day in the orders")
    early, late = score("--as-of", "2024-12-31", BOOK), score("--as-of", "2025-12-31", BOOK)
    alive = [sum(float(row["alive"]) for row in table.values()) for table in (early, late)]
    true(alive[1] < 0.5 * alive[0], f"a year of silence: {alive}")


def test_late_day_is_pointed_out():
    with open(BOOK, encoding="utf-8") as text:
        done = run(file("slip.csv", text.read() + "SO-1,2204-01-01,A,5,1\n"))
    equal(done.status, 0)
    has(done.err, "warning: the last day in the orders, 2204-01-01, is far from the others, which end on 2024-12-31;")
    true("warning" not in run(BOOK).err, "no warning without a slip")
    # A slip in a small book counts too; a quiet account that orders again does not.
    has(run(file("slip.csv", SMALL + "A,2204-01-05,5\n")).err, "2204-01-05, is far from the others")
    true("far from" not in run(file("slip.csv", SMALL + "A,2025-02-01,5\n")).err, "a year of silence is no slip")
    true("warning" not in run("--as-of", "2024-12-31", file("slip.csv", SMALL)).err, "nor with --as-of")


def test_horizon():
    short, long = score("--horizon-days", 30, BOOK), score("--horizon-days", 730, BOOK)
    for name in short:
        true(float(short[name]["expected_orders"]) <= float(long[name]["expected_orders"]), name)
        true(float(short[name]["churn_risk"]) >= float(long[name]["churn_risk"]), name)
    year = score(BOOK)
    equal(year, score("--horizon-days", "365", BOOK))
    for name, row in score("--horizon-days", "inf", BOOK).items():
        true(abs(float(row["clv"])) >= abs(float(year[name]["clv"])), f"{name}: {row}")
        near = abs(float(row["churn_risk"]) + float(row["alive"]) - 1)
        true(near <= 0.00011, "for ever, the risk is the chance of having left")


def test_discount():
    none, some, usual = (score("--discount-per-year", rate, BOOK) for rate in ("0", "0.5", "0.10"))
    equal(usual, score(BOOK))
    for name in none:
        true(abs(float(none[name]["clv"])) >= abs(float(some[name]["clv"])), name)
        equal(none[name]["expected_orders"], some[name]["expected_orders"])
    true(sum(float(row["clv"]) for row in none.values()) > sum(float(row["clv"]) for row in some.values()), "total")


def test_interval():
    narrow, wide = score("--interval", "0.5", BOOK), score("--interval", "0.95", BOOK)
    for name in narrow:
        true(float(wide[name]["clv_low"]) <= float(narrow[name]["clv_low"]) + 0.01, name)
        true(float(wide[name]["clv_high"]) >= float(narrow[name]["clv_high"]) - 0.01, name)
    equal(score("--interval", "0.8", BOOK), score(BOOK))


def test_model():
    auto, mbg, bg, pareto = (score("--model", model, BOOK) for model in ("auto", "mbgnbd", "bgnbd", "pnbd"))
    equal(mbg, score(BOOK), "MBG/NBD is the default")
    equal(auto, score("--model", "mbgcnbd", BOOK), "the sample book's orders are regular: auto sees it")
    true(any(auto[name]["alive"] != bg[name]["alive"] for name in auto), "BG/NBD is another model")
    alive = [float(row["alive"]) for row in pareto.values() if row["orders"] == "1"]
    true(alive and all(0 < one <= 1 for one in alive) and min(alive) < 1, "Pareto/NBD: ordered once, may have left")
    has(run("--model", "bgnbd", BOOK).err, "bgnbd: ")
    has(run("--model", "mbgcnbd", BOOK).err, "k 2 (se 0)")
    once = [row for row in bg.values() if row["orders"] == "1"]
    true(once and all(row["alive"] == "1.0000" for row in once), "BG/NBD: ordered once, alive for sure")


def test_tiers_by_money():
    table = score("--tiers", "500,20", small())
    equal({name: (row["tier"], row["tier_name"]) for name, row in table.items()},
          {"A": ("2", "tier 2"), "B": ("3", "untiered"), "C": ("1", "tier 1")})
    equal(score("--tiers", "5000000,1000000,500000", BOOK), score(BOOK))


def test_tiers_by_count():
    table = score("--tiers", "top:5%,20%,50%", BOOK)
    count = [sum(row["tier"] == str(t) for row in table.values()) for t in (1, 2, 3, 4)]
    equal(count[0], 11, "5 % of 203, rounded up")
    equal(count[0] + count[1], 41)
    equal(sum(count[:3]), 102)
    has(run("--tiers", "top:5%,20%,50%", BOOK).err, "strategic 11 (from ")


def test_tiers_by_total():
    orders = file("abc.csv", "account,day,revenue\n" + "".join(
        f"{name},2024-01-0{i % 9 + 1},{amount}\n" for i, (name, amount) in
        enumerate([("A", 500), ("B", 300), ("C", 150), ("D", 40), ("E", 10)])))
    table = score("--tiers", "total:80%,95%", orders)
    equal({name: row["tier"] for name, row in table.items()},
          {"A": "1", "B": "1", "C": "2", "D": "3", "E": "3"})


def test_tier_before_and_keep():
    orders = file("keep.csv", "account,day,revenue\nA,2024-06-01,950\nB,2024-06-01,950\nC,2024-06-01,850\n")
    facts = file("before.csv", "account,tier\nA,1\nC,1\n")
    tiers = ["--tiers", "1000,100"]

    def kept(*words):
        return "".join(row["tier"] for row in score(*words, *tiers, orders).values())

    equal(kept(), "222")
    equal(kept("--accounts", facts), "222", "keep is 1 unless told")
    equal(kept("--accounts", facts, "--keep", "0.9"), "122")
    equal(kept("--keep", "0.9"), "222", "nothing to keep without a tier before")
    shares = run("-q", "--accounts", facts, "--tiers", "top:30%", "--keep", "0.2", orders)
    equal([line.split(",")[1] for line in shares.out.splitlines()[1:]], ["1", "1", "1"],
          "the best 30 %, ties taken in, and C, which had the tier")
    for name in ("tier 1", "TIER 1", "1"):
        facts = file("before.csv", f"account,tier_before,tier\nA,{name},2\n")
        done = run("-q", "--accounts", facts, "--keep", "0.9", *tiers, orders)
        equal(done.out.split("\n")[1][:3], "A,1", "tier_before comes before tier")


def test_scores_are_the_next_tiers_before():
    scores = file("scores.csv", run("-q", "--accounts", FACTS, BOOK).out)
    done = run("-q", "--accounts", scores, "--keep", "0.5", BOOK)
    equal(done.status, 0, done.err)
    chinese = file("scores.csv", run("-q", "--lang", "zh", BOOK).out)
    equal(run("-q", "--accounts", chinese, BOOK).status, 0)


def test_dates():
    forms = ["2024-03-05", "20240305", "2024/03/05", "2024-3-5", "2024/3/5", "2024-03-05T10:20:30",
             "2024-03-05 10:20", "2024-03-05 10:20:30.123", "2024-03-05T10:20:30Z",
             "2024-03-05T23:59:59+08:00", "2024-03-05 00:00:00-0330", "20240305T102030", "2024-03-05 9:05"]
    table = score(file("forms.csv", lines(["account", "day", "revenue"],
                                          [[f"A{i:02}", day, 1] for i, day in enumerate(forms)])))
    for i, day in enumerate(forms):
        equal(table[f"A{i:02}"]["first_day"], "2024-03-05", day)


def test_date_format():
    table = score("--date-format", "%m/%d/%Y", file("us.csv", "account,day,revenue\nA,7/4/1996,1\nB,12/31/1996,1\n"))
    equal((table["A"]["first_day"], table["B"]["first_day"]), ("1996-07-04", "1996-12-31"))
    table = score("--date-format", "%d.%m.%y %H:%M", file("de.csv", "account,day,revenue\nA,4.7.96 08:30,1\n"))
    equal(table["A"]["first_day"], "1996-07-04")


def test_delimiters():
    plain = run("-q", small()).out
    for mark in ";\t|":
        other = file("other.csv", SMALL.replace(",", mark))
        equal(run("-q", other).out, plain, f"found {mark!r}")
    equal(run("-q", "--delimiter", ";", file("other.csv", SMALL.replace(",", ";"))).out, plain)
    equal(run("-q", "--delimiter", "tab", file("other.csv", SMALL.replace(",", "\t"))).out, plain)
    equal(run("-q", "--delimiter", "^", file("other.csv", SMALL.replace(",", "^"))).out, plain)
    quoted = file("quoted.csv", '"a,b,c,d,e";account;day;revenue\nx;A;2024-01-01;5\n')
    equal(list(score(quoted)), ["A"], "a comma in a quoted name of the header")


def test_decimal_comma():
    table = score("--decimal-comma", file("eu.csv", "account;day;revenue;cost\nA;2024-01-01;1234,50;-1,5e1\n"))
    equal((table["A"]["revenue"], table["A"]["profit"]), ("1234.50", "1249.50"))


def test_numbers():
    table = score(file("numbers.csv", "account,day,revenue\nA,2024-01-01,+1.5\nB,2024-01-01,.5\nC,2024-01-01,5.\n"
                       "D,2024-01-01,1e3\nE,2024-01-01,2.5E-1\nF,2024-01-01,007\nG,2024-01-01, 3 \n"))
    equal([row["revenue"] for row in table.values()], ["1.50", "0.50", "5.00", "1000.00", "0.25", "7.00", "3.00"])


def test_drop_bad_lines():
    bad = file("bad.csv", SMALL + "D,2024-13-01,1\nE,2024-01-01,x\nF,2024-01-01,1\n")
    equal(list(score("--drop-bad-lines", bad)), ["A", "B", "C", "F"])
    done = run("--drop-bad-lines", bad)
    has(done.err, "2 dropped (2 with a bad day or number)")
    has(done.err, 'bad.csv:8: day "2024-13-01" is no date')


def test_quiet():
    equal(run("-q", BOOK).err, "")
    equal(run("--quiet", "--top", "3", BOOK).err, "")
    true(len(run(BOOK).err.splitlines()) > 8, "and a summary without it")


def test_top():
    done = run("-q", "--top", 20, "--accounts", FACTS, BOOK)
    equal(done.status, 0, done.err)
    table = [line for line in done.out.splitlines() if not line.startswith("*")]
    equal(len(table), 21)
    has(table[0], "churn risk")
    scores = score("--accounts", FACTS, BOOK)
    ranked = sorted(scores, key=lambda name: -float(scores[name]["churn_risk"]) * float(scores[name]["clv"]))
    for name, line in zip(ranked[:20], table[1:]):
        has(line, name)
    equal(len(run("-q", "--top", 1000, BOOK).out.splitlines()), 205, "and the note on cost not known")
    chinese = run("-q", "--top", 3, "--lang", "zh", BOOK).out
    has(chinese, "流失风险")
    has(chinese, "万")


def test_summary():
    done = run("--accounts", FACTS, BOOK).err
    for part in ("as of 2024-12-31", "8,950 read, 8,945 used, 5 dropped (3 without an account, 2 without an amount)",
                 "203 accounts", "log likelihood", "(se ", "HHI", "Gini", "top 10 %", "profit", "at risk",
                 "strategic 3", "2 without a cost", "converged"):
        has(done, part)


def test_backtest():
    done = run("--backtest", "2024-01-01", BOOK)
    equal(done.status, 0, done.err)
    whole = (datetime.date(2024, 12, 31) - datetime.date(2024, 1, 1)).days + 1
    equal(run("--backtest", "2024-01-01", "--horizon-days", whole, BOOK).out, done.out, "unless told, the horizon is what is left")
    has(run("--backtest", "2024-01-01", "--horizon-days", 9, BOOK).out, "forecast 2024-01-01 to 2024-01-09 (9 days)")
    for part in ("as of 2023-12-31", "2024-01-01 to 2024-12-31 (366 days)", "mbgnbd", "own rate so far",
                 "as many as in the 366 days before", "known in hindsight", "longest silent first", "RMSE",
                 "log loss", "AUC", "Orders: ", "Churn: ", "Revenue: ", "Intervals: "):
        has(done.out, part)
    true("account,tier" not in done.out, "no scores")


def test_backtest_counts_what_happened():
    """Counted here: accounts known before, and their order days after."""
    days = {}
    with open(BOOK, encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            if row["account"] and row["revenue"]:
                key = (row["account"], row["day"])
                number = days.setdefault((row["account"], row["order"]), [row["day"], 0.0])
                number[1] += float(row["revenue"])
    ordered = {(name, day) for (name, _), (day, value) in days.items() if value >= 0}
    for begin in ("2023-03-02", "2024-01-01", "2024-06-06"):
        known = {name for name, day in ordered if day < begin}
        after = [name for name, day in ordered if day >= begin and name in known]
        out = run("-q", "--backtest", begin, BOOK).out.splitlines()
        amounts, events = (line.split() for line in out if line.startswith("mbgnbd"))
        equal(amounts[2].replace(",", ""), str(len(after)), begin)
        equal(events[2], str(len(known - set(after))), begin)
        days = (datetime.date(2024, 12, 31) - datetime.date.fromisoformat(begin)).days + 1
        from_day = (datetime.date.fromisoformat(begin) - datetime.timedelta(days=days)).isoformat()
        naive = [line for line in out if line.startswith(f"as many as in the {days} days before")]
        equal(len(naive), from_day >= "2022-01-01", "left out where the log is too short")
        if naive:
            before = [name for name, day in ordered if from_day <= day < begin]
            equal(re.split(r"  +", naive[0])[1].replace(",", ""), f"{len(before)}.0", begin)


def regular_book():
    """(account, day) of 150 accounts that order in some months and not in others, and stop."""
    draw, made = random.Random(12), []
    for i in range(150):
        p, theta, day = draw.betavariate(2, 2), draw.betavariate(1, 12), datetime.date(2022, 1, 1)
        day += datetime.timedelta(draw.randrange(200))
        made.append((f"A{i:03}", day))
        while (day := day + datetime.timedelta(30)) <= datetime.date(2024, 12, 31) and draw.random() >= theta:
            if draw.random() < p:
                made += [(f"A{i:03}", day + datetime.timedelta(draw.randrange(-9, 10))) for _ in range(draw.randrange(1, 3))]
    return sorted((account, day) for account, day in made if day <= datetime.date(2024, 12, 31))


def by_period(orders, days, as_of):
    """x, t_x, T by account: periods that end with `as_of`, each with an order or none."""
    held = {}
    for account, day in orders:
        if day <= as_of:
            held.setdefault(account, set()).add((as_of - day).days // days)
    return {a: (len(at) - 1, max(at) - min(at), max(at)) for a, at in held.items()}


def bgbb(alpha, beta, gamma, delta, x, t_x, n):
    """Likelihood of a history: Fader, Hardie & Shang (2010), eq. 5."""
    def b(p, q):
        return math.lgamma(p) + math.lgamma(q) - math.lgamma(p + q)
    base = b(alpha, beta) + b(gamma, delta)
    stayed = math.exp(b(alpha + x, beta + n - x) + b(gamma, delta + n) - base)
    return stayed + sum(math.exp(b(alpha + x, beta + t_x - x + i) + b(gamma + 1, delta + t_x + i) - base)
                        for i in range(n - t_x))


def test_orders_by_period():
    orders = regular_book()
    book = file("regular.csv", lines(["account", "day", "revenue"], ([a, d, 10] for a, d in orders)))
    end = datetime.date(2024, 12, 31)
    for words, days in (((), 30), (("--period-days", "91"), 91)):
        done = run("--model", "bgbb", *words, "--as-of", end, book)
        equal(done.status, 0, done.err)
        has(done.err, f"counted by periods of {days} days")
        names = ("alpha", "beta", "gamma", "delta")
        fitted = [float(re.search(f" {name} ([0-9.e+-]+)", done.err)[1]) for name in names]
        history = by_period(orders, days, end)
        total = sum(math.log(bgbb(*fitted, *one)) for one in history.values())
        near(re.search("log likelihood ([0-9.-]+)\n", done.err)[1], total, 0.01)
        for row in list(csv.DictReader(done.out.splitlines()))[:40]:
            x, t_x, n = history[row["account"]]
            risk = bgbb(*fitted, x, t_x, n + 365 // days) / bgbb(*fitted, x, t_x, n)
            near(row["churn_risk"], risk, 2e-4, f"{row}")
            true(row["reason_3"], f"{row}")
            said = [row[f"reason_{k}"] for k in (1, 2, 3) if re.search("last order|no order", row[f"reason_{k}"])]
            has(said[0], f" {(end - datetime.date.fromisoformat(row['last_day'])).days} day")
    done = run("--model", "bgbb", "--backtest", "2024-06-30", "--as-of", end, book)
    equal(done.status, 0, done.err)
    has(done.out, "forecast 2024-06-30 to 2024-12-26 (180 days)")
    has(done.out, "Orders (periods with an order)")
    since, later = datetime.date(2024, 6, 29), set()
    known = by_period(orders, 30, since)
    for account, day in orders:
        if 0 < (ahead := (day - since).days) <= 180 and account in known:
            later.add((account, (ahead - 1) // 30))
    true(re.search(fr"bgbb +[0-9.]+ +{len(later)} ", done.out), done.out)
    for words, said in ((("--period-days", "30"), "goes with --model bgbb"),
                        (("--model", "bgbb", "--period-days", "0"), "must be a whole number of days"),
                        (("--model", "bgbb", "--period-days", "7.5"), "must be a whole number"),
                        (("--model", "bgbb", "--horizon-days", "20"), "shorter than a period of 30 days"),
                        (("--model", "bgbb", "--backtest", "2024-12-10"), "less than one period of 30 days")):
        done = run(*words, "--as-of", end, book)
        equal(done.status, 2, words)
        has(done.err, said)


def test_backtest_verdict_is_honest():
    """The verdict follows from the numbers of the table, whoever wins."""
    for book in (BOOK, simulated()):
        out = run("-q", "--backtest", "2024-01-01", book).out
        rows = [re.split(r"  +", line) for line in out.splitlines()]
        rmse = {row[0]: float(row[4]) for row in rows if len(row) == 8 and row[0] != "Orders (days with an order)"}
        loss = {row[0]: float(row[3]) for row in rows if len(row) == 6 and row[3] not in ("-", "log loss")}
        mae = {row[0]: float(row[4].replace(",", "")) for row in rows if len(row) == 7 and row[4] != "MAE"}
        true(len(mae) == 4, "money by the model and three baselines")
        mae["mbgnbd"] = mae.pop("gamma-gamma x the orders expected")
        loss = {name: one for name, one in loss.items() if "hindsight" not in name}  # nobody could have used it
        for word, table in (("Orders", rmse), ("Revenue", mae), ("Churn", loss)):
            sentence = next(line for line in out.splitlines() if line.startswith(word + ": "))
            best = min((value, name) for name, value in table.items() if name != "mbgnbd")
            has(sentence, "the model beats" if table["mbgnbd"] < best[0] else "a baseline wins")
            has(sentence, best[1])


def simulated():
    return file("simulated.csv", run("--accounts", 400, "--seed", 5, tool=SIMULATE).out)


main(globals())
