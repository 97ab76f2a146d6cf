# SPDX-License-Identifier: MIT
"""kam-tier: a table of accounts in, tiers, classes and shares out."""
import collections
import csv
import io
import os
import re

from tap import SHARED, Skip, equal, file, has, main, near, run, shared, true

TIER = os.environ.get("KAM_TIER", "kam-tier")
HEADER = ("account,value,rank,share,class,tier,tier_name,to_next,above_limit,verdict,since,matrix,value_score,"
          "potential_score,agreement,group,group_share,flags")


def tiers(*words, **more):
    """Runs kam-tier, which must do it; the rows by account."""
    done = run("--quiet", *words, tool=TIER, **more)
    equal(done.status, 0, done.err)
    equal(done.err, "", "--quiet says nothing")
    equal(done.out.split("\n", 1)[0], HEADER)
    return {row["account"]: row for row in csv.DictReader(io.StringIO(done.out, newline=""))}


def refused(done, *parts):
    equal(done.status, 2, done.err)
    equal(done.out, "", "nothing half-written")
    equal(done.err.count("\n"), 1, "one sentence: " + done.err)
    true(done.err.startswith("kam-tier: "), done.err)
    for part in parts:
        has(done.err, part)


def bad(content, *parts, options=()):
    refused(run(*options, file("bad.csv", content), tool=TIER), *parts)


SMALL = "account,revenue\nA,5000000\nB,4999999.99\nC,500000\nD,0\nE,-10\nF,\n"


def test_payment_tiers():
    table = tiers(file("small.csv", SMALL))
    equal([table[a]["tier_name"] for a in "ABCDEF"], ["strategic", "key", "basic", "untiered", "untiered", ""])
    equal((table["A"]["to_next"], table["A"]["above_limit"]), ("0.00", "0.00"))
    equal((table["B"]["to_next"], table["B"]["above_limit"]), ("0.01", "3999999.99"))
    equal((table["D"]["to_next"], table["D"]["above_limit"]), ("500000.00", ""))
    equal(table["E"]["to_next"], "500010.00")
    equal((table["F"]["tier"], table["F"]["rank"], table["F"]["flags"]), ("", "", "missing"))
    equal([table[a]["rank"] for a in "ABCDE"], ["1", "2", "3", "4", "5"])
    equal(table["A"]["class"], "A")
    equal(tiers("--lang", "zh", file("small.csv", SMALL))["A"]["tier_name"], "战略级")


def test_the_year_goes_before_all_years():
    both = file("both.csv", "account,revenue,revenue_12m\nA,9000000,600000\n")
    equal(tiers(both)["A"]["tier_name"], "basic")
    equal(tiers("--value", "revenue", both)["A"]["tier_name"], "strategic")


def test_columns_without_a_value():
    """A book without costs has an empty profit: nothing is set against it."""
    without = "account,revenue,profit\nA,5000000,\nB,7,\n"
    table = tiers(file("no.csv", without))
    equal((table["A"]["tier_name"], table["A"]["agreement"]), ("strategic", ""))
    bad(without, "bad.csv: no value of column \"profit\" is known; --profit names another",
        options=("--profit", "profit"))
    bad("account,revenue\nA,\n", "no value of column \"revenue\" is known; --value names another")
    summary = run(file("loss.csv", "account,revenue\nA,-5\nB,1\n"), tool=TIER).err
    has(summary, "Value     -4.00, of which nothing is a share")
    true("nan" not in summary, summary)
    has(run(file("one.csv", "account,revenue\nA,5\n"), tool=TIER).err, "1 account holds 80 %")


def test_one_account_and_all_equal():
    equal(tiers("--tiers", "top:5%,20%", file("o.csv", "account,revenue\nA,7\n"))["A"]["tier"], "1")
    table = tiers("--tiers", "top:5%,20%", file("o.csv", "account,revenue\n" + "".join(f"{a},7\n" for a in "ABCDEF")))
    equal({row["tier"] for row in table.values()}, {"1"})
    equal({row["rank"] for row in table.values()}, {"1"})
    equal(table["A"]["share"], "0.166667")


def test_tiers_that_hold():
    head = "account,revenue,tier_before,since,override,override_until,value_low,value_high\n"
    text = head + ("A,900000,key,2024-01-31,,,,\nB,700000,key,2024-01-31,,,,\nC,2000000,3,2024-10-01,,,,\n"
                   "D,10,,,strategic,2025-01-01,,\nE,10,untiered,,1,2024-12-31,,\n")
    text = text.replace(",value_low,value_high", "").replace(",,,,\n", ",,\n").replace("2025-01-01,,", "2025-01-01")
    text = text.replace("2024-12-31,,", "2024-12-31")
    table = tiers("--keep", "0.8", "--as-of", "2024-12-31", "--dwell-months", "6", file("t.csv", text))
    equal([table[a]["tier_name"] for a in "ABCDE"], ["key", "basic", "basic", "strategic", "untiered"])
    equal([table[a]["verdict"] for a in "ABCDE"], ["unchanged", "demoted", "held: too soon to move", "set by hand",
                                                    "unchanged"])
    equal([table[a]["since"] for a in "ABCDE"], ["2024-01-31", "2024-12-31", "2024-10-01", "2024-12-31", ""])
    sure = "account,revenue,tier_before,value_low,value_high\nA,1200000,basic,900000,2000000\nB,1200000,basic,1000000,3000000\n"
    table = tiers(file("s.csv", sure))
    equal([(table[a]["tier_name"], table[a]["verdict"]) for a in "AB"],
          [("basic", "held: not sure enough to move"), ("key", "promoted")])


def test_its_own_output_is_the_next_input():
    first = run("--quiet", "--as-of", "2024-01-31", file("one.csv", SMALL), tool=TIER).out
    later = first.replace("A,5000000.00", "A,100.00").replace("C,500000.00", "C,9000000.00")
    table = tiers("--value", "value", "--as-of", "2024-03-31", "--dwell-months", "3", file("two.csv", later))
    equal((table["A"]["tier_name"], table["A"]["verdict"]), ("strategic", "held: too soon to move"))
    table = tiers("--value", "value", "--as-of", "2024-04-30", "--dwell-months", "3", file("two.csv", later))
    equal((table["A"]["tier_name"], table["A"]["since"]), ("untiered", "2024-04-30"))
    equal((table["C"]["tier_name"], table["C"]["verdict"]), ("strategic", "promoted"))
    done = run("--value", "value", "--as-of", "2024-04-30", file("two.csv", later), tool=TIER)
    has(done.err, "Moves     1 up, 1 down, 3 as before")


def test_matrix():
    head = "account,revenue,growth,wallet,pain," + ",".join(f"q{k}" for k in range(1, 9)) + "\n"
    steady, falling = ",".join(["100"] * 8), ",".join(str(108 - k) for k in range(8))
    text = head + f"A,1000,0,,0,{steady}\nB,500,0.1,,0,{falling}\nC,400,0.01,,0,{steady}\nD,3.5,0.2,100,2,{falling}\n" \
        + f"E,5,0.05,100,0,{falling}\nF,900,0.2,100,0,{falling}\nG,1,,,,{falling}\nH,2,0,,0,{steady}\n" \
        + "I,3,0,100,0,1\nJ,4,0,100,0,1\n"
    table = tiers(file("m.csv", text))
    equal([table[a]["matrix"] for a in "ABCDEFGH"],
          ["core", "high potential", "maintain", "develop", "unclassified", "high potential", "unknown", "maintain"])
    equal((table["A"]["value_score"], table["D"]["potential_score"]), ("1.0000", "0.9825"))
    equal(table["G"]["flags"], "missing")
    has(run(file("m.csv", text), tool=TIER).err, "Matrix")


def test_groups_and_profit():
    text = "account,revenue,profit,parent\nA,60,-5,X\nB,50,1,X\nC,90,9,\nD,1,2,C\nE,2,0,\n"
    table = tiers(file("g.csv", text))
    equal([table[a]["group"] for a in "ABCDE"], ["1", "1", "2", "2", "3"])
    equal(table["A"]["group_share"], "0.541872")
    equal(table["A"]["agreement"], "low value, low profit")
    equal(table["C"]["agreement"], "high value, high profit")
    done = run(file("g.csv", text), tool=TIER)
    has(done.err, "2 groups with 10 % or more, 1 with 50 % or more")


def test_repeated_accounts():
    text = "account,revenue,kind\nA,1,x\nB,2,y\nA,3,z\n"
    bad(text, "bad.csv:4: ", 'account "A" stands already in line 2', "--add-up")
    table = tiers("--add-up", file("r.csv", text))
    equal((table["A"]["value"], table["B"]["value"]), ("4.00", "2.00"))
    has(run("--add-up", "--against", "kind", file("r.csv", text), tool=TIER).err, "1 added")


def test_bad_input():
    bad("account,other\nA,1\n", "bad.csv:1: ", 'no column "revenue"', "--value")
    bad("name,revenue\nA,1\n", 'no column "account"', "--account")
    bad(SMALL, 'no column "zzz"', options=["--parent", "zzz"])
    bad(SMALL, 'no column "zzz"', options=["--profit", "zzz"])
    bad("account,revenue\nA,1\nB,1 000\n", "bad.csv:3: ", 'revenue "1 000"', '(column "revenue")')
    bad("account,revenue,tier\nA,1,gold\n", 'tier "gold"', "1 is the best")
    bad("account,revenue,since\nA,1,yesterday\n", 'since "yesterday"', "is no date")
    bad("account,revenue\n", "a header but no lines")
    bad("account,revenue\n,5\n", "no line names an account")
    bad("", "is empty")
    bad("account,revenue\nA,\n", "no value of column")
    bad("account,revenue,override,override_until\nA,1,key,2024-01-01\n", "--as-of")
    refused(run(tool=TIER), "no file")
    refused(run("a.csv", "b.csv", tool=TIER), '"b.csv" is the second')
    refused(run("no-such-file.csv", tool=TIER), "no-such-file.csv", "No such file")
    for words in (["--tiers", "x"], ["--keep", "2"], ["--lang", "fr"], ["--delimiter", "::"], ["--as-of", "soon"],
                  ["--dwell-months", "1.5", "--as-of", "2024-01-01"], ["--dwell-months", "2"], ["--nosuch"]):
        refused(run(*words, file("small.csv", SMALL), tool=TIER), words[0])


def test_help_and_version():
    done = run("--help", tool=TIER)
    equal((done.status, done.err), (0, ""))
    for option in ("account", "value", "profit", "parent", "against", "add-up", "delimiter", "decimal-comma", "tiers",
                   "keep", "as-of", "dwell-months", "lang", "quiet", "help", "version"):
        has(done.out, "--" + option)
    true(max(map(len, done.out.split("\n"))) <= 82, "it fits a terminal")
    true(re.fullmatch(r"kam-tier \d+\.\d+\.\d+\n", run("--version", tool=TIER).out), "version")


def test_full_disk():
    with open("/dev/full", "wb") as full:
        done = run("--quiet", file("small.csv", SMALL), tool=TIER, stdout=full)
    equal(done.status, 1, done.err)
    has(done.err, "cannot be written")


def test_telecom_against_the_operators_own_segment():
    path = os.path.join(SHARED, "b2b_telecom_bulgaria", "customers.csv.gz")
    if not os.path.exists(path):
        raise Skip("no b2b_telecom_bulgaria")
    book = shared("b2b_telecom_bulgaria", "customers.csv.gz")
    text = "PID,segment,TotalRevenue\n" + "".join(
        f"{row['PID']},{row['CRM_PID_Value_Segment']},{row['TotalRevenue']}\n" for row in book)
    words = ("--account", "PID", "--value", "TotalRevenue", "--add-up", "--tiers", "top:5%,20%,50%")
    table = tiers(*words, file("telecom.csv", text))
    equal(len(table), 8436)
    near(sum(float(row["value"]) for row in table.values()), 1258086.54, 0.005)
    segment = {row["PID"]: row["CRM_PID_Value_Segment"] for row in reversed(book)}
    count = collections.Counter((segment[a], row["tier_name"]) for a, row in table.items())
    # The better the operator's own segment, the better the tier.
    equal([count[one, "strategic"] for one in ("Platinum", "Gold", "Silver", "Bronze", "Iron")], [250, 54, 7, 4, 1])
    equal([count[one, "untiered"] for one in ("Platinum", "Gold", "Silver", "Bronze", "Iron")], [6, 43, 483, 3382, 232])
    done = run(*words, "--against", "segment", file("telecom.csv", text), tool=TIER)
    has(done.err, "8,436 in 8,453 lines, 17 added")
    true(re.search(r"Platinum +250 +254 +27 +6 +0\n", done.err), done.err)
    true(re.search(r"Gold +54 +773 +582 +43 +0\n", done.err), done.err)


def test_what_cannot_be():
    """a stability of 2, bounds the wrong way round, a threshold told twice: refused, with the line"""
    for text, words, said in (
            ("account,revenue,stable\nA,5,1\nB,7,2\n", (), ':3: stable "2" is neither 1 (stable) nor 0 (column "stable")'),
            ("account,revenue,value_low,value_high\nA,5,9,4\n", (), ":2: value_low 9 is above value_high 4"),
            ("account,revenue\nA,5\n", ("--matrix", "top_share=0.2,top_share=0.3"), '--matrix: "top_share" stands twice')):
        done = run(*words, file("odd.csv", text), tool=os.environ["KAM_TIER"])
        equal((done.status, done.out), (2, ""))
        has(done.err, said)
    fine = file("fine.csv", "account,revenue,stable,value_low,value_high\nA,5,0,4,4\nB,5,,4,\n")
    equal(run(fine, tool=os.environ["KAM_TIER"]).status, 0)


if __name__ == "__main__":
    main(globals())
