# SPDX-License-Identifier: MIT
"""kam-score --signals: what else is known of accounts moves their churn risk."""
import datetime
import random

from tap import equal, file, has, main, rows, run, same_in_chinese, true

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
    same_in_chinese("--signals", signals(usage(falls=(3, 7))), book)
    top = run("--top", "40", "--signals", signals(usage(falls=(3, 7))), book)
    has(top.out, "usage down")


def test_learns_from_who_left():
    gone = (1, 2, 8, 9, 15, 20)
    book = file("orders.csv", orders(months=40, leavers=gone))
    lines = usage(months=40, falls=(*gone, 30), at=22)
    done = run("--signals", signals(lines), book)
    equal(done.status, 0, done.err)
    has(done.err, "moved by 40 accounts of a horizon ago, 6 of them gone since")
    same_in_chinese("--signals", signals(lines), book)
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
    empty = run("--signals", file("none.csv", "account,signal,day\n"), book)
    equal((empty.status, empty.out), (0, run(book).out), empty.err)
    book = file("orders.csv", orders(leavers=range(20)))
    empty = run("--signals", file("none.csv", "account,signal,day\n"), book)
    equal((empty.status, empty.out), (0, run(book).out), empty.err)


def test_backtest():
    """signals known before the day sharpen the forecast of who leaves; those known later change nothing"""
    gone = tuple(range(14))
    before, cut = usage(months=23, falls=gone, at=20), "2025-12-21"  # the day on which they stop
    book = file("orders.csv", orders(months=36, leavers=gone))
    plain = run("--backtest", cut, book)
    done = run("--backtest", cut, "--signals", signals(before), book)
    equal((done.status, plain.status), (0, 0), done.err)
    has(done.err, "920 events of 1 signal in")
    has(done.out, "Signals: with them the model forecasts better (log loss ")
    rows_of = [line for line in done.out.splitlines() if line.startswith("mbgnbd")]
    equal(len(rows_of), 3)
    true(rows_of[2].startswith("mbgnbd with signals "), rows_of[2])
    kept = [line for line in plain.out.splitlines() if line.startswith("mbgnbd") or "baseline" in line]
    for line in kept:
        true(" ".join(line.split()) in [" ".join(one.split()) for one in done.out.splitlines()], line)
    later = usage(months=36, start=23, falls=range(20, 40), at=0) + [
        "A30,payment_delay,2026-07-01,,,30", "A31,complaints,2026-06-01,,,2", "A32,contact_changed,2026-06-01,,,",
        "A33,price_gap,2026-06-02,,0.9,", "A34,satisfaction,2026-08-02,,0,", "A35,contact_gap,2026-06-01,,,"]
    later = [line for line in later if line.split(",")[2] >= cut]
    again = run("--backtest", cut, "--signals", signals(before + [
        line for line in later if line.split(",")[1] == "usage"]), book)
    equal(again.out, done.out, "a future row changes no past score")
    has(again.err, f"left out: {len([1 for line in later if 'usage' in line])} events after the as-of day")
    # as if it were that day: each score, whatever comes later
    lines = before + ["A30,payment_delay,2025-11-01,,,30", "A30,complaints,2025-11-01,,,5", "A30,changes,2025-10-01,,,5"]
    ended = [line.replace(",,,", ",2026-09-01,,", 1) for line in lines[-3:]]
    one, other = (run("-q", "--as-of", "2025-12-20", "--signals", signals(rest), book)
                  for rest in (lines, lines[:-3] + ended + later))
    true("unmeasured" in other.out, "other signals are seen, and not measured")
    for name in ("A05", "A30", "A39"):
        a, b = rows(one.out)[name], rows(other.out)[name]
        equal([a[key] for key in ("churn_risk", "reason_1")], [b[key] for key in ("churn_risk", "reason_1")])


def test_backtest_horizon_and_language():
    """--horizon-days ends the forecast; --lang zh; a horizon that the log does not reach is refused"""
    book = file("orders.csv", orders(months=40))
    out = run("-q", "--backtest", "2026-06-01", "--horizon-days", "90", book).out
    has(out, "forecast 2026-06-01 to 2026-08-29 (90 days)")
    book = file("left.csv", orders(months=36, leavers=range(9)))
    out = run("-q", "--lang", "zh", "--backtest", "2025-12-21", "--signals", signals(usage(20)), book).out
    for words in ("回测：用 40 个客户截至 2025-12-20", "mbgnbd 加预警信号", "订单数：", "预警信号：加入信号后预测", "流失（完全不下单）"):
        has(out, words)
    done = run("--backtest", "2026-06-01", "--horizon-days", "900", book)
    equal((done.status, done.out), (2, ""))
    has(done.err, "--horizon-days 900 from 2026-06-01 on ends after the as-of day, 2026-12-")


def test_what_is_left_out():
    """every event that is dropped is counted; what cannot be is flagged and named"""
    book = file("orders.csv", orders(months=4))
    path = signals([
        "A01,price_gap,2024-02-01,,8,", "A02,payment_delay,2024-02-01,,,-30", "A03,satisfaction,2024-02-01,,11,",
        "A04,usage,2024-02-01,,-1,", "A05,complaints,2024-02-05,2024-02-01,,", "A06,changes,2024-02-05,,,-1",
        "A07,payment_delay,2024-02-01,,,", "A08,usage,,,5,", "A09,usage,2024-02-01,,,", "A10,usage,2030-02-01,,5,",
        "A10,usage,2024-02-01,,5,", "A11,price_gap,2024-02-01,,-0.3,", "A12,satisfaction,2024-02-01,,10,",
        "A99,usage,2024-02-01,,5,"])
    done = run("--signals", path, book)
    equal(done.status, 0, done.err)
    has(done.err, "left out: 1 event of accounts that no used line names\n")
    has(done.err, "left out: 1 event without a day, 1 event without an amount, 1 event without days of credit, "
                  "1 event after the as-of day, 6 events with a value that cannot be\n")
    has(done.err, "the first that cannot be: line 2: price_gap 8 is no share from -1 to 1 (0.08 is 8 %)\n")
    flagged = {name for name, row in rows(done.out).items() if "impossible" in row["flags"]}
    equal(flagged, {"A01", "A02", "A03", "A04", "A05", "A06"})
    same_in_chinese("--signals", path, book)
    has(run("--lang", "zh", "--signals", path, book).err,
        "未计入：1 条事件无日期，1 条事件无金额，1 条事件无账期天数，1 条事件晚于截至日，6 条事件的数值不可能\n")
    true("cheaper" not in done.out, "no reason of what cannot be")


def test_no_delay_without_credit():
    book = file("orders.csv", orders(months=4))
    for term in ("", "0", "-30"):
        done = run("--signals", signals([f"A01,payment_delay,2024-02-01,,,{term}"]), book)
        equal(done.status, 0, done.err)
        row = rows(done.out)["A01"]
        true("pays late" not in done.out and "unmeasured" in row["flags"], f"{row}")


if __name__ == "__main__":
    main(globals())
