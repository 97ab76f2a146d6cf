# SPDX-License-Identifier: MIT
"""kam-churn: a panel in; risks with reasons, or a backtest, out."""
import math
import os
import random
import re

from tap import equal, file, has, main, rows, run, true

CHURN = os.environ.get("KAM_CHURN", "kam-churn")
HEADER = "account,period,risk,risk_low,risk_high,reason_1,reason_2,reason_3,flags"


def panel(events=True, seed=1):
    """120 accounts, 12 months; who orders less and hears less leaves."""
    draw = random.Random(seed)
    out = ["account,period,left,orders,contact_gap,plan"]
    for account in range(120):
        for month in range(12):
            drop, gap = round(draw.random() - 0.4, 3), draw.randrange(40)
            risk = 1 / (1 + math.exp(4 - 2.5 * drop - 0.05 * gap))
            left = int(events and draw.random() < risk)
            left = "" if month == 11 and not left else left
            out.append(f"A{account:03},2024-{month + 1:02},{left},{drop},{gap},{draw.randrange(3)}")
            if left == 1:
                break
    return "\n".join(out) + "\n"


def churn(*words, **more):
    return run(*words, tool=CHURN, **more)


def test_scores_with_reasons():
    done = churn(file("panel.csv", panel()))
    equal(done.status, 0, done.err)
    equal(done.out.split("\n")[0], HEADER)
    table = rows(done.out)
    true(len(table) > 30, f"{len(table)} rows")
    for row in table.values():
        equal(row["period"], "2024-12")
        true(0 < float(row["risk_low"]) < float(row["risk"]) < float(row["risk_high"]) < 1, f"{row}")
        true(re.search(r"rais|lower", row["reason_1"]), f"{row}")
    has(done.err, "contact_gap")
    chinese = churn("-q", "--lang", "zh", file("panel.csv", panel()))
    has(chinese.out, "流失风险")
    equal(chinese.err, "")


def test_says_what_it_learned_from():
    """rows whose signals or outcome are not known are told, and weights stand in one column"""
    book = re.sub(r",0,0\.\d+,", ",0,,", panel(), count=1)
    name = "how_many_days_ago_anybody_called"
    book = book.replace("contact_gap", name)
    fits = sum(1 for line in book.split("\n")[1:-1] if "" not in line.split(",")[2:4])
    left = sum(line.split(",")[2] == "1" for line in book.split("\n")[1:-1])
    done = churn(file("long.csv", book))
    lines = done.err.rstrip("\n").split("\n")
    equal(lines[0], f"{len(book.split(chr(10))) - 2} rows; learned from {fits} of them (outcome and signals known), of which "
                    f"{left} left.")
    equal({len(line) - len(line.rsplit(" +- ", 1)[1]) for line in lines[1:]}, {2 + len(name) + 11 + 4})
    has(churn("--lang", "zh", file("long.csv", book)).err, f"用于拟合 {fits} 行（结果和信号均已知），其中流失 {left} 个")


def test_words_and_what_cannot_be():
    words = re.sub(r"(,2024-\d\d),1,", r"\1,Yes,", panel())
    equal(churn("-q", file("words.csv", words)).out, churn("-q", file("panel.csv", panel())).out)
    # Columns with gaps are often written with a point.
    points = re.sub(r"(,2024-\d\d),([01]),", r"\1,\2.0,", panel())
    equal(churn("-q", file("points.csv", points)).out, churn("-q", file("panel.csv", panel())).out)
    head = "account,period,left,usage\nB,1,0,0.1\nB,2,no,0.2\n"
    for rest, said in (
            ("A,1,0,0.2\nA,1,0,0.3\n", ':5: account "A" has two rows of period "1"'),
            ("A,2,0,0.2\nA,1,yes,0.3\n", ':4: account "A" left in period "1" and has a row of "2"'),
            ("A,1,2,0.2\n", ":4: left is 2, not 0, 1, yes, no or empty"),
            ("A,1,maybe,0.2\n", ':4: "maybe" is no number, yes or no (column "left")'),
            ("A,1,0,20\n", ":4: usage is 20: a fall is a share, and 1 is all of it"),
            ("A,1,0,gold\n", '"gold" is no number, yes or no (column "usage"); --signals names the columns'),
            ("", "has one account")):
        done = churn(file("wrong.csv", head + rest))
        equal((done.status, done.out), (2, ""), said)
        has(done.err, said)
    # Nobody is asked whether an account will leave that has left.
    done = churn("-q", file("gone.csv", head + "A,1,0,0.2\nA,2,1,0.9\n"))
    equal(list(rows(done.out)), ["B"], done.err)


def test_day_one():
    done = churn(file("new.csv", panel(events=False)))
    equal(done.status, 0, done.err)
    has(done.err, "Nobody left yet")
    table = rows(done.out)
    true(max(float(row["risk"]) for row in table.values()) > 3 * min(float(row["risk"]) for row in table.values()),
         "the scorecard tells accounts apart")
    refused = churn("--no-prior", file("new.csv", panel(events=False)))
    equal(refused.status, 2)
    has(refused.err, "event")


def test_backtest():
    done = churn("-q", "--backtest", "2024-07", file("panel.csv", panel()))
    equal(done.status, 0, done.err)
    found = dict(line.split(",", 1) for line in done.out.splitlines())
    true(float(found["auc"]) > 0.65, f"{found}")
    equal(found["verdict"], "better than the base rate")
    done = churn("-q", "--backtest", "2", file("stay.csv", "account,period,left,x\nA,1,0,5\nB,1,1,3\nA,2,0,4\n"))
    equal((done.status, "nan" in done.out), (0, False), done.err)
    has(done.out, "\nauc,\n")


def test_categories():
    kinds = {"0": "gold", "1": "silver", "2": ""}
    lines = panel().splitlines()
    words = [lines[0]] + [re.sub(r",([012])$", lambda one: "," + kinds[one[1]], line) for line in lines[1:]]
    text = file("kinds.csv", "\n".join(words) + "\n")
    done = churn("--categories", "plan", text)
    equal(done.status, 0, done.err)
    # An empty cell is missing; the rarer kind is the signal, as if it had been a number.
    n = [sum(line.endswith("," + kind) for line in words) for kind in ("gold", "silver")]
    rare = "gold" if n[0] < n[1] else "silver"
    has(done.err, f"  plan = {rare} ")
    true("plan = " + {"gold": "silver", "silver": "gold"}[rare] not in done.err, done.err)
    has(done.out, f"plan = {rare} ")
    has(done.out, f"plan other than {rare} ")
    has(done.out, ",,,missing")
    numbers = [lines[0]] + [line[:-len(rare)] + "1" if line.endswith("," + rare) else
                            line if line.endswith(",") else line[:line.rindex(",")] + ",0" for line in words[1:]]
    plain = churn("-q", file("numbers.csv", "\n".join(numbers) + "\n"))
    equal([row["risk"] for row in rows(done.out).values()], [row["risk"] for row in rows(plain.out).values()])
    many = "account,period,left,plan\n" + "".join(f"A{i},1,{i % 2},k{i}\n" for i in range(60))
    for given, said in (("plan,plam", ':1: there is no signal "plam" (--categories)'), ("plan", "more than 50 kinds")):
        done = churn("--categories", given, file("many.csv", many))
        equal(done.status, 2)
        has(done.err, said)
    one = churn("--categories", "plan", file("one.csv", "account,period,left,plan\nA,1,0,x\nB,1,1,x\nC,1,,\n"))
    has(one.err, '"plan" has one kind only')


def test_what_it_says():
    head = "account,period,left,x\n"
    everybody = file("all.csv", head + "A,1,1,3\nB,1,1,4\nC,1,,5\n")
    has(churn(everybody).err, "nobody to compare with")
    has(churn("--lang", "zh", everybody).err, "已知结果全部是流失")
    # A signal without a weight is no reason.
    equal(churn("-q", everybody).out.splitlines()[1].split(",")[5:], ["", "", "", ""])
    has(churn(file("none.csv", head + "A,1,0,3\nB,1,,4\n")).err, "Nobody left yet")
    has(churn("--lang", "zh", file("none.csv", head + "A,1,0,3\nB,1,,4\n")).err, "尚无客户流失")
    done = churn("--backtest", "1", file("early.csv", head + "A,1,0,3\nB,1,1,4\n"))
    equal(done.status, 2)
    has(done.err, "no row before period 1 has an outcome")
    has(churn(file("twice.csv", "account,period,left,x,x\nA,1,0,3,4\nB,1,1,4,4\n")).err, ':1: "x" is a signal twice')


def test_order_of_lines_does_not_matter():
    header, *body = panel().splitlines()
    mixed = "\n".join([header, *sorted(body, key=lambda line: line[::-1])]) + "\n"
    one, other = churn("-q", file("a.csv", panel())), churn("-q", file("b.csv", mixed))
    equal(sorted(one.out.splitlines()), sorted(other.out.splitlines()))


def test_bad_input():
    for text, word in (("a,b\n1,2\n", "account"), ("account,period,left,x\nA,1,7,2\n", "left"),
                       ("account,period,left,x\nA,1,0,two\n", "number"), ("account,period,left\nA,1,0\n", "signal"),
                       ("account,period,left,x\n", "row")):
        done = churn(file("bad.csv", text))
        equal(done.status, 2, done.err)
        has(done.err, word)
    equal(churn().status, 2)
    equal(churn("--link", "probit", file("panel.csv", panel())).status, 2)
    has(churn("--version").out, "kam-churn")
    has(churn("--help").out, "--backtest")


main(globals())
