# SPDX-License-Identifier: MIT
"""Bad input: one sentence with file, line and value, exit status 2, and nothing
on standard output."""
import os

from tap import EXAMPLES, SIMULATE, equal, file, has, main, run, true

GOOD = "account,day,revenue\nA,2024-01-02,5\n"


def refused(done, *parts):
    equal(done.status, 2, done.err)
    equal(done.out, "", "nothing half-written")
    equal(done.err.count("\n"), 1, "one sentence: " + done.err)
    true(done.err.startswith("kam-score: "), done.err)
    for part in parts:
        has(done.err, part)


def bad(content, *parts, options=()):
    refused(run(*options, file("bad.csv", content)), *parts)


def test_missing_columns():
    for name in ("account", "day", "revenue"):
        text = GOOD.replace(name, "other")
        bad(text, "bad.csv:1: ", f'no column "{name}"', "other", f"--{name}")
    bad(GOOD, 'no column "zzz"', options=["--cost", "zzz"])
    bad(GOOD, 'no column "zzz"', options=["--order", "zzz"])


def test_bad_dates():
    for day in ("2024-13-40", "2024-02-30", "2023-02-29", "yesterday", "20240230", "2024-1",
                "2024-01-02x", "2024-01-02 25:00", "2024-01-02T10:61", "0000-01-01",
                "45321", "2024-01/02", "240102", "2024-01-02 10", "2024-01-02+01:00"):
        bad(f"account,day,revenue\nA,2024-01-01,1\nB,{day},2\n",
            "bad.csv:3: ", f'day "{day}"', "is no date", '(column "day")')
    bad("account,day,revenue\nA,7/4/1996,1\n", 'day "7/4/1996"', "--date-format")
    bad("account,day,revenue\nA,4.7.96,1\n", 'day "4.7.96"', "--date-format")
    bad("account,day,revenue\nA,2024-01-02,1\n", 'day "2024-01-02"', "--date-format",
        options=["--date-format", "%m/%d/%Y"])
    bad("account,day,revenue\nA,02/30/2024,1\n", 'day "02/30/2024"',
        options=["--date-format", "%m/%d/%Y"])
    bad("account,day,revenue\nA,02/03,1\n", 'day "02/03"', options=["--date-format", "%m/%d"])


def test_bad_numbers():
    for number in ("nan", "inf", "-Infinity", "0x10", "1e", "1e+", "--1", "1.2.3", "12a", "-",
                   ".", "$5", "5 000", "1e999", "-1e400", "123.45-", "NULL"):
        bad(f"account,day,revenue\nA,2024-01-01,{number}\n", "bad.csv:2: ",
            f'revenue "{number}"', '(column "revenue")')
        bad(f"account,day,revenue,cost\nA,2024-01-01,1,{number}\n", f'cost "{number}"')
    bad('account,day,revenue\nA,2024-01-01,"1,234.50"\n', '"1,234.50"', "thousands")
    bad('account,day,revenue\nA,2024-01-01,"1,234,567"\n', '"1,234,567"', "thousands")
    bad('account;day;revenue\nA;2024-01-01;1234,50\n', '"1234,50"', "--decimal-comma")
    bad('account;day;revenue\nA;2024-01-01;1234.50\n', '"1234.50"',
        options=["--decimal-comma"])
    bad("account,day,revenue\nA,2024-01-01," + "1" * 500 + "\n", "is no number")


def test_comma_in_a_number_moves_the_fields():
    bad("account,day,revenue\nA,2024-01-01,1,234.50\n", "bad.csv:2: ", "4 fields", '"234.50"')


def test_files_that_are_no_tables():
    bad("", "is empty")
    bad("\n\r\n  \n", "is empty")
    bad("account,day,revenue\n", "a header but no lines")
    bad(b"account,day,revenue\nA,\x00\x01,1\n", "bad.csv:2: ", "not a text file")
    bad(bytes(range(256)) * 100, "not a text file")
    bad(b"\x1f\x8b\x08\x00 and more", "gzip")
    bad(b"PK\x03\x04 and more", "spreadsheet")
    bad("account,day\n".encode("utf-16"), "UTF-16")
    refused(run(EXAMPLES), "is a directory")
    refused(run(EXAMPLES, "-q"), "is a directory")
    refused(run("no-such-file.csv"), "no-such-file.csv", "No such file")
    refused(run(), "no file")
    refused(run("-", stdin=""), "stdin is empty")
    refused(run("-", stdin="account,day,revenue\nA,x,1\n"), "stdin:2: ", '"x"')


def test_very_long_lines():
    bad("x" * 10_000_000, "bad.csv:1: ", "longer than")
    bad(GOOD + "x" * 10_000_000 + "\n", "bad.csv:3: ", "longer than")
    bad(GOOD + '"' + "x\n" * 5_000_000, "bad.csv:3: ", "a quote is opened here")


def test_quote_never_closed():
    bad(GOOD + '"B,2024-01-02,1\nC,2024-01-02,1\n', "bad.csv:3: ", "never closed")
    bad(GOOD + 'B,2024-01-02,"1', "bad.csv:3: ", "never closed")


def test_line_numbers_count_lines_of_the_file():
    bad('account,day,revenue\n"A\nB",2024-01-02,1\n\n\r\nC,x,1\n', "bad.csv:6: ")
    bad('account,day,revenue\r\n"A\r\nB",2024-01-02,1\r\n\r\nC,x,1\r\n', "bad.csv:5: ")
    bad("account,day,revenue\rA,2024-01-02,1\rC,x,1\r", "bad.csv:3: ")
    bad('account,day,revenue\nA,2024-01-02,1\n"C\nD",x,1\n', "bad.csv:3: ")
    many = "account,day,revenue\n" + "A,2024-01-02,1\n" * 100_000
    bad(many + "B,x,1\n", "bad.csv:100002: ")


def test_two_columns_of_one_name():
    bad("account,day,revenue,day\nA,2024-01-01,1,2024-01-01\n", 'two columns are called "day"',
        "2 and 4")
    bad("account,day,revenue,note,note\nA,2024-13-01,1,,\n", '"2024-13-01"')  # not used: no harm


def test_values_in_messages_are_printable():
    done = run(file("bad.csv", b"account,day,revenue\nA,2024\x1b[2J\xff,1\n"))
    refused(done, r"2024\x1B[2J\xFF")
    done = run(file("bad.csv", "account,day,revenue\nA," + "9" * 100_000 + ",1\n"))
    refused(done, "9...")
    true(len(done.err) < 400, "a message stays short")


def test_no_usable_line():
    bad("account,day,revenue\n,2024-01-01,1\nA,,2\nB,2024-01-01,\n", "no line can be used",
        "3 dropped (1 without an account, 1 without a day, 1 without an amount)")
    bad(GOOD, "no line can be used", "1 after the as-of day", options=["--as-of", "2023-12-31"])
    bad("account,day,revenue\nA,x,1\n", "no line can be used", "1 with a bad day or number",
        options=["--drop-bad-lines"])


def test_accounts_file():
    orders = file("orders.csv", GOOD)

    def facts(content, *parts):
        refused(run("--accounts", file("facts.csv", content), orders), *parts)

    facts("name,tier\nA,1\n", "facts.csv:1: ", 'no column "account"')
    facts("account,colour\nA,red\n", "facts.csv:1: ", "cost_to_serve")
    facts("account,cost_to_serve\nA,x\n", "facts.csv:2: ", 'cost_to_serve "x"')
    facts("account,start_day\nA,x\n", "facts.csv:2: ", 'start_day "x"')
    for tier in ("gold", "0", "5", "1.5", "-1"):
        facts(f"account,tier\nA,{tier}\n", "facts.csv:2: ", f'tier "{tier}"')
    facts("account,tier\nA,1\nB,1\nA,1\n", "facts.csv:4: ", 'account "A"', "line 2")
    facts("", "is empty")
    refused(run("--accounts", "nowhere.csv", orders), "nowhere.csv")
    refused(run("--accounts", EXAMPLES, orders), "is a directory")


def test_files_of_different_columns():
    one = file("one.csv", GOOD)
    two = file("two.csv", "account,day,revenue,cost\nA,2024-01-02,5,1\n")
    refused(run(one, two), "two.csv:1: ", '"cost"')
    refused(run(two, one), "one.csv:1: ", '"cost"')


def test_bad_options():
    orders = file("orders.csv", GOOD)
    for words, part in (
            (["--as-of", "2024-02-30"], "2024-02-30"), (["--as-of", "today"], "today"),
            (["--horizon-days", "0"], "horizon-days"), (["--horizon-days", "-1"], "-1"),
            (["--horizon-days", "nan"], "nan"), (["--discount-per-year", "-0.1"], "-0.1"),
            (["--discount-per-year", "10%"], "10%"), (["--interval", "0"], "interval"),
            (["--interval", "1"], "interval"), (["--model", "pareto"], "pareto"),
            (["--lang", "fr"], "fr"), (["--top", "0"], "top"), (["--top", "2.5"], "2.5"),
            (["--keep", "0"], "keep"), (["--keep", "1.1"], "keep"),
            (["--delimiter", "ab"], "ab"), (["--delimiter", ""], "delimiter"),
            (["--tiers", "5,6"], "fall"), (["--tiers", "5,5"], "fall"), (["--tiers", ""], "tiers"),
            (["--tiers", "5,"], "tiers"), (["--tiers", "top:"], "tiers"),
            (["--tiers", "top:5,20"], "%"), (["--tiers", "top:20%,5%"], "rise"),
            (["--tiers", "total:80%,101%"], "100 %"), (["--tiers", "gold"], "gold"),
            (["--tiers", ",".join(str(99 - i) for i in range(17))], "16"),
            (["--backtest", "x"], "x"), (["--backtest", "2025-01-01"], "after the as-of day"),
            (["--backtest", "2024-01-02"], "no usable line"),
            (["--top", "3", "--backtest", "2024-01-01"], "--top and --backtest"),
            (["--no-such-option"], "--no-such-option")):
        refused(run(*words, orders), part)
    refused(run(orders, "--as-of"), "--as-of", "missing")


def test_output_that_cannot_be_written():
    if not os.path.exists("/dev/full"):
        return
    with open("/dev/full", "wb") as full:
        done = run("-q", file("orders.csv", GOOD), stdout=full)
    equal(done.status, 1)
    has(done.err, "cannot be written")
    with open("/dev/full", "wb") as full:
        done = run("--accounts", 5000, tool=SIMULATE, stdout=full)
    equal(done.status, 1)
    has(done.err, "cannot be written")


main(globals())
