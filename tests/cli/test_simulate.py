# SPDX-License-Identifier: MIT
"""kam-simulate: known truth in, the same truth out of a fit."""
import csv
import datetime
import io
import math
import re

from tap import SIMULATE, equal, file, has, main, near, run, true


def simulate(*words):
    done = run(*words, tool=SIMULATE)
    equal((done.status, done.err), (0, ""))
    return done.out


def test_same_words_same_book():
    equal(simulate("--accounts", 50, "--seed", 7), simulate("--accounts", 50, "--seed", 7))
    true(simulate("--accounts", 50, "--seed", 7) != simulate("--accounts", 50, "--seed", 8), "seed")


def test_an_account_depends_on_its_number_alone():
    few, many = simulate("--accounts", 20), simulate("--accounts", 200)
    true(many.startswith(few), "the first accounts of a larger book are the same")


def test_known_book():
    """The first lines of a book, so that a change of the generator is seen."""
    equal(simulate("--accounts", 1000).splitlines()[:3],
          ["account,day,revenue,cost,order",
           "A0000001,2022-05-23,3055.18,1832.10,A0000001-1",
           "A0000001,2022-06-17,1177.92,706.36,A0000001-2"])


def test_summary_is_the_log_summed_up():
    words = ["--accounts", 300, "--days", 500, "--seed", 3]
    start = datetime.date(2022, 1, 1)
    last = start + datetime.timedelta(days=499)
    book = {}
    for row in csv.DictReader(io.StringIO(simulate(*words))):
        day = datetime.date.fromisoformat(row["day"])
        true(start <= day <= last, row["day"])
        days = book.setdefault(row["account"], {})
        days[day] = days.get(day, 0) + float(row["revenue"])
    summary = list(csv.DictReader(io.StringIO(simulate("--summary", *words))))
    equal(len(summary), 300)
    for row, days in zip(summary, book.values()):
        first = min(days)
        repeats = [value for day, value in days.items() if day > first]
        equal(int(row["x"]), len(repeats))
        near(row["t_x"], (max(days) - first).days / 7, 1e-9)
        near(row["T"], (last - first).days / 7, 1e-9)
        near(row["m"], sum(repeats) / len(repeats) if repeats else 0, 1e-6)


def test_options():
    out = simulate("--accounts", 30, "--start", "2019-05-01", "--days", 100, "--arrival-days", 1)
    equal(min(re.findall(r"\d{4}-\d\d-\d\d", out)), "2019-05-01")
    first = {}
    for row in csv.DictReader(io.StringIO(out)):
        first.setdefault(row["account"], row["day"])
    equal(set(first.values()), {"2019-05-01"})
    equal(len(first), 30)


def test_margin():
    for margin in (0.1, 0.5):
        rows = list(csv.DictReader(io.StringIO(simulate("--accounts", 2000, "--margin", margin, "--days", 60))))
        by_account = {row["account"]: 1 - float(row["cost"]) / float(row["revenue"]) for row in rows}
        near(sum(by_account.values()) / len(by_account), margin, 0.01)


def test_mean_order_value():
    """Gamma-gamma: the mean order is p gamma / (q - 1)."""
    rows = list(csv.DictReader(io.StringIO(simulate("--accounts", 40000, "--days", 1, "--spend", "4,6,500"))))
    equal(len({row["account"] for row in rows}), 40000)
    first = {row["account"]: float(row["revenue"]) for row in rows}
    near(sum(first.values()) / len(first), 4 * 500 / 5, 4)


def fitted(*words):
    """Parameters and standard errors that kam-score finds in a simulated log."""
    done = run(*words, file("log.csv", simulate("--accounts", 4000, "--days", 1400, "--seed", 11,
                                                "--arrival-days", 300, "--family", words[1])))
    equal(done.status, 0, done.err)
    found = re.findall(r"\b(r|alpha|a|b|p|q|gamma) ([\d.e+-]+) \(se ([\d.e+-]+)\)", done.err)
    return {name: (float(value), float(error)) for name, value, error in found}


def test_truth_is_found_again():
    truth = {"r": 1.2, "alpha": 6, "a": 0.8, "b": 8, "p": 4, "q": 3.5, "gamma": 2500}
    for family in ("mbgnbd", "bgnbd"):
        found = fitted("--model", family)
        equal(set(found), set(truth), family)
        for name, (value, error) in found.items():
            # Orders of one day are merged, which the models do not know of:
            # a slight bias besides the standard error.
            true(abs(value - truth[name]) < 4 * error + 0.03 * truth[name],
                 f"{family}: {name} {value} +- {error}, truly {truth[name]}")
            true(error < 0.25 * truth[name], f"{family}: {name} +- {error}")


def test_continuous_times_lie_inside():
    rows = list(csv.DictReader(io.StringIO(simulate("--summary", "--continuous", "--accounts", 500))))
    for row in rows:
        true(0 <= float(row["t_x"]) <= float(row["T"]), f"{row}")
        equal(int(row["x"]) == 0, float(row["t_x"]) == 0)
    true(any(float(row["t_x"]) * 7 % 1 for row in rows), "not rounded to days")


def test_many_accounts():
    out = simulate("--summary", "--accounts", 200_000)
    equal(out.count("\n"), 200_001)
    mean = sum(int(line.split(",")[0]) for line in out.splitlines()[1:]) / 200_000
    true(math.isfinite(mean) and mean > 1, f"{mean}")


def test_bad_words():
    for words, part in ((["--accounts", "0"], "accounts"), (["--accounts", "1.5"], "whole"), (["--days", "x"], "x"),
                        (["--family", "nbd"], "nbd"), (["--parameters", "1,2,3"], "1,2,3"),
                        (["--parameters", "1,2,3,0"], "above 0"), (["--parameters", "1,2,3,4,5"], "4 numbers"),
                        (["--spend", ""], "spend"), (["--start", "2024-02-30"], "2024-02-30"),
                        (["--continuous"], "--summary"), (["orders.csv"], "orders.csv"), (["--what"], "--what"),
                        (["--margin", "2"], "margin"), (["--seed", "-1"], "seed"),
                        (["--days", "10", "--arrival-days", "11"], "arrival-days"),
                        (["--start", "9999-12-01", "--days", "32"], "after the year 9999")):
        done = run(*words, tool=SIMULATE)
        equal((done.status, done.out, done.err.count("\n")), (2, "", 1), done.err)
        has(done.err, part)


main(globals())
