# SPDX-License-Identifier: MIT
"""kam-score --signals: what else is known of accounts moves their churn risk."""
import datetime
import random

from tap import equal, file, has, main, rows, run, true

DAY = datetime.date(2024, 1, 1)


def orders(months=30, n=40, seed=5, leavers=()):
    """Accounts that order some three times a month; leavers stop a year before the end."""
    draw, out = random.Random(seed), ["account,day,revenue"]
    for account in range(n):
        last = 30 * months - (360 if account in leavers else 0)
        day = draw.randrange(20)
        while day < last:
            out.append(f"A{account:02},{DAY + datetime.timedelta(day)},{draw.randrange(50, 150)}")
            day += 1 + int(draw.expovariate(1 / 11))
    return "\n".join(out) + "\n"


def usage(months=30, n=40, falls=(), at=20, seed=6, start=0):
    """100 a month, give or take; from a month on, two thirds of it."""
    draw, out = random.Random(seed), []
    for account in range(n):
        for month in range(start, months):
            level = 66 if account in falls and month >= at else 100
            day = DAY + datetime.timedelta(30 * month + 10)
            out.append(f"A{account:02},usage,{day},,{level + draw.gauss(0, 3):.2f},")
    return out


def signals(lines):
    return file("signals.csv", "account,signal,day,end,amount,term\n" + "\n".join(lines) + "\n")


def test_moves_risk_and_says_why():
    book = file("orders.csv", orders())
    plain = rows(run("--quiet", book).out)
    done = run("--horizon-days", "2000", "--signals", signals(usage(falls=(3, 7))), book)
    equal(done.status, 0, done.err)
    has(done.err, "1,200 events of 1 signal")
    has(done.err, "weights: the expert scorecard's\n")
    plain = rows(run("--quiet", "--horizon-days", "2000", book).out)
    found = rows(done.out)
    for account in ("A03", "A07"):
        true(float(found[account]["churn_risk"]) > 1.5 * float(plain[account]["churn_risk"]), f"{found[account]}")
        said = "; ".join(found[account][f"reason_{k}"] for k in (1, 2, 3))
        has(said, "usage down 3")
        has(said, "% since August 2025, which raises the risk")
        has(found[account]["flags"], "alarm")
    same = [account for account in found if account not in ("A03", "A07")
            and abs(float(found[account]["churn_risk"]) / float(plain[account]["churn_risk"]) - 1) < 0.4]
    true(len(same) >= 36, f"{len(same)} of 38 hardly moved")
    for name in ("clv", "alive", "tier", "expected_orders"):
        equal([row[name] for row in found.values()], [row[name] for row in plain.values()])
    chinese = run("--quiet", "--lang", "zh", "--signals", signals(usage(falls=(3, 7))), book)
    has(chinese.out, "自 2025 年 8 月起使用量下降 3")
    top = run("--top", "40", "--signals", signals(usage(falls=(3, 7))), book)
    has(top.out, "usage down")


def test_learns_from_who_left():
    gone = (1, 2, 8, 9, 15, 20)
    book = file("orders.csv", orders(months=40, leavers=gone))
    lines = usage(months=40, falls=(*gone, 30), at=22)
    done = run("--signals", signals(lines), book)
    equal(done.status, 0, done.err)
    has(done.err, "moved by 40 accounts of a horizon ago, 6 of them gone since")
    has(" ".join(rows(done.out)["A30"][f"reason_{k}"] for k in (1, 2, 3)), "usage down 3")


def test_every_signal():
    lines = ["A01,payment_delay,2026-05-20,,,30", "A01,payment_delay,2026-04-20,2026-05-30,,30",
             "A02,complaints,2026-03-01,,,5", "A03,changes,2026-03-01,,,", "A04,contact_changed,2026-05-05,,,",
             "A05,contact_gap,2025-05-05,,,", "A06,delivery,2026-05-15,2026-05-25,,", "A07,price_gap,2026-04-01,,0.3,",
             *(f"A08,satisfaction,{day},,{score}," for day, score in
               (("2025-10-01", 8), ("2025-11-01", 9), ("2025-12-01", 8), ("2026-01-01", 9), ("2026-03-01", 3),
                ("2026-05-01", 2))),
             *(f"A09,orders,{DAY + datetime.timedelta(30 * m)},,{100 + m % 3 - 60 * (m > 24)}," for m in range(29)),
             "A99,complaints,2026-03-01,,,"]
    done = run("--as-of", "2026-06-10", "--horizon-days", "2000", "--signals", signals(lines),
               file("orders.csv", orders()))
    equal(done.status, 0, done.err)
    has(done.err, "left out: 1 event of accounts")
    found = rows(done.out)
    for account, words in (("A02", "complaints open"), ("A03", "not confirmed: 1"), ("A04", "changes of the contact"),
                           ("A07", "a rival is cheaper by 30 %"), ("A06", "late deliveries: 100 %"),
                           ("A08", "satisfaction down")):
        row = found[account]
        true(any(words in row[f"reason_{k}"] for k in (1, 2, 3)), f"{row}")
        has(row["flags"], "unmeasured")


def test_refuses():
    book = file("orders.csv", orders(months=4))
    for line, said in (("A01,weather,2024-02-01,,1,", "signal \"weather\" is none of usage, payment_delay"),
                       ("A01,usage,2024-13-01,,1,", "day \"2024-13-01\" is no date"),
                       ("A01,usage,2024-02-01,,one,", "amount \"one\""),
                       ("A01,usage,2024-02-01,x,1,", "end \"x\" is no date")):
        done = run("--signals", signals([line]), book)
        equal(done.status, 2)
        has(done.err, said)
    equal(run("--signals", file("no.csv", "account,day\nA01,2024-01-01\n"), book).status, 2)
    done = run("--signals", signals(usage(4)), "--backtest", "2024-03-01", book)
    equal(done.status, 2)
    has(done.err, "cannot go together")
    empty = run("--signals", file("none.csv", "account,signal,day\n"), book)
    equal((empty.status, empty.out), (0, run(book).out), empty.err)
    book = file("orders.csv", orders(leavers=range(20)))
    empty = run("--signals", file("none.csv", "account,signal,day\n"), book)
    equal((empty.status, empty.out), (0, run(book).out), empty.err)


def test_no_delay_without_credit():
    book = file("orders.csv", orders(months=4))
    for term in ("", "0", "-30"):
        done = run("--signals", signals([f"A01,payment_delay,2024-02-01,,,{term}"]), book)
        equal(done.status, 0, done.err)
        row = rows(done.out)["A01"]
        true("pays late" not in done.out and "unmeasured" in row["flags"], f"{row}")


if __name__ == "__main__":
    main(globals())
