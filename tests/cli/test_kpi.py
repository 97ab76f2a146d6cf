# SPDX-License-Identifier: MIT
"""kam-kpi: the facts of real books, groups, days, and bad input."""
import csv
import gzip
import io
import os

from tap import KPI, SHARED, Skip, equal, file, has, main, run, true

HEADER = "group,figure,text,value,numerator,denominator,low,high,n,n_left_out,state"


def kpi(*words, **more):
    return run(*words, tool=KPI, **more)


def figures(*words, **more):
    done = kpi("--quiet", *words, **more)
    equal(done.status, 0, done.err)
    equal(done.out.splitlines()[0], HEADER)
    return {(row["group"], row["figure"]): row for row in csv.DictReader(io.StringIO(done.out))}


def shared(*path):
    full = os.path.join(SHARED, *path)
    if not os.path.exists(full):
        raise Skip("no shared data")
    with gzip.open(full) as zipped:
        return zipped.read()


LINES = "who,day,revenue\nB,2024-01-02,5\nA,2024-01-03,7.5\nB,2023-02-01,2\n,2024-01-05,1\n"


def test_receivables():
    """ageing and lateness of the receivables are those of their README"""
    named = ["-c", "invoice_day=InvoiceDate", "-c", "due_day=DueDate", "-c", "paid_day=SettledDate",
             "-c", "amount=InvoiceAmount", "--date-format", "%m/%d/%Y"]
    text = shared("ibm_receivables", "accounts_receivable.csv.gz")
    made = figures("invoices", "-", *named, "--to", "2014-12-31", stdin=text)
    equal(made["", "late"]["numerator"], "877")
    equal(round(float(made["", "late"]["value"]), 4), 0.3556)
    equal(round(float(made["", "days_late"]["value"]), 4), 9.6796)
    equal(round(float(made["", "days_to_pay"]["value"]), 4), 26.4448)
    true(("", "dso") not in made, "dso needs a period")
    made = figures("invoices", "-", *named, "--from", "2013-01-01", "--to", "2013-06-30", stdin=text)
    equal(made["", "overdue"]["n"], "84")
    equal(made["", "overdue"]["denominator"], "5119.85")
    true(("", "dso") in made, "dso has a period")


def test_opportunities():
    """conversion of the pipeline, by sales agent"""
    text = shared("crm_opportunities", "sales_pipeline.csv.gz")
    named = ["-c", "opened_day=engage_date", "-c", "closed_day=close_date", "-c", "won=deal_stage",
             "-c", "value=close_value", "--yes", "Won", "--no", "Lost"]
    made = figures("opportunities", "-", *named, stdin=text)
    equal((made["", "win_rate"]["numerator"], made["", "win_rate"]["n"]), ("4238", "6711"))
    equal(made["", "conversion"]["denominator"], "8800")
    made = figures("opportunities", "-", *named, "--group", "sales_agent", stdin=text)
    equal(sum(int(row["numerator"]) for (_, name), row in made.items() if name == "win_rate"), 4238)


def test_on_time():
    """37 late and 21 unshipped of 830 orders"""
    made = figures("lines", "-", "-c", "promised_day=RequiredDate", "-c", "delivered_day=ShippedDate",
                   "--date-format", "%m/%d/%Y", "--to", "1998-12-31", "-f", "on_time",
                   stdin=shared("northwind", "orders.csv.gz"))
    equal((made["", "on_time"]["numerator"], made["", "on_time"]["n"]), ("772", "830"))


def test_groups_and_days():
    """groups in order, the period, the base, rows without a group"""
    path = file("lines.csv", LINES)
    made = figures("lines", path, "-g", "who", "--from", "2024-01-01", "--to", "2024-12-31",
                   "--base-from", "2023-01-01", "--base-to", "2023-12-31", "-f", "revenue,growth")
    equal(list(made), [("A", "revenue"), ("A", "growth"), ("B", "revenue"), ("B", "growth")])
    equal(made["A", "revenue"]["value"], "7.5")
    equal((made["A", "growth"]["value"], made["A", "growth"]["state"]), ("", "zero_base"))
    equal(made["B", "growth"]["value"], "1.5")
    done = kpi("lines", path, "-g", "who")
    has(done.err, "4 lines, 2 groups; 1 without a group")
    has(kpi("surveys", file("s.csv", "score\n9\n10\n3\n")).err, "defaults used: intervals of 95 %, answers on 0..10")


def test_languages():
    """texts in two languages"""
    path = file("lines.csv", LINES)
    equal(figures("lines", path, "-f", "revenue")["", "revenue"]["text"], "sales value")
    equal(figures("lines", path, "-f", "revenue", "--lang", "zh")["", "revenue"]["text"], "销售额")


def test_every_kind():
    """every kind of records gives its figures"""
    for kind, text, count in (
            ("lines", LINES, 3), ("invoices", "amount,invoice_day\n1,2024-01-01\n", 0), ("actuals", "actual,plan\n9,10\n", 4),
            ("surveys", "score\n9\n", 3), ("accounts", "before,now\n2,5\n", 6), ("opportunities", "won\nyes\n", 3),
            ("tickets", "hours,limit\n2,3\n", 4)):
        words = [] if count else ["--from", "2024-01-01", "--to", "2024-12-31"]
        equal(len(figures(kind, file("kind.csv", text), *words)), count or 12, kind)


def refused(done, *parts):
    equal(done.status, 2, done.err)
    equal(done.out, "", "nothing half-written")
    equal(done.err.count("\n"), 1, "one sentence: " + done.err)
    true(done.err.startswith("kam-kpi: "), done.err)
    for part in parts:
        has(done.err, part)


def test_bad_input():
    """one sentence, status 2, nothing written"""
    path = file("lines.csv", LINES)
    refused(kpi(), "kam-kpi --help")
    refused(kpi("lines"), "kam-kpi --help")
    refused(kpi("lines", path, path), "one file")
    refused(kpi("nonsense", path), 'no records called "nonsense"')
    refused(kpi("lines", "missing.csv"), "missing.csv")
    refused(kpi("lines", path, "-f", "dso"), 'no figure called "dso"')
    refused(kpi("lines", path, "-f", ","), "--figures names none")
    refused(kpi("lines", path, "-f", "growth"), "growth needs --base-from and --base-to")
    refused(kpi("invoices", file("i.csv", "amount\n1\n"), "-f", "dso", "--to", "2024-01-01"), "dso needs --from and --to")
    refused(kpi("invoices", file("i.csv", "amount\n1\n"), "-f", "late"), "late needs --to")
    refused(kpi("lines", path, "-c", "nonsense=x"), 'no column "nonsense"')
    refused(kpi("lines", path, "-c", "revenue"), "ROLE=COLUMN")
    refused(kpi("lines", path, "-c", "revenue=net"), 'no column "net"')
    refused(kpi("lines", path, "-g", "net"), 'no column "net"', "--group")
    refused(kpi("invoices", path), "none of the columns of invoices")
    refused(kpi("lines", path, "--from", "yesterday"), "--from", "is no date")
    refused(kpi("lines", path, "--from", "2024-02-01", "--to", "2024-01-01"), "--from lies after --to")
    refused(kpi("lines", path, "--confidence", "2"), "--confidence")
    refused(kpi("lines", path, "--lang", "fr"), "--lang")
    refused(kpi("lines", path, "--delimiter", "ab"), "--delimiter")
    refused(kpi("lines", path, "--nonsense"), "--nonsense")
    refused(kpi("lines", file("bad.csv", "day,revenue\n2024-01-01,x\n")), "bad.csv:2: ", 'revenue "x"', "is no number")
    refused(kpi("lines", file("bad.csv", "when,revenue\n2024-13-01,1\n"), "-c", "day=when"), "bad.csv:2: ",
            'day "2024-13-01"', '(column "when")')
    refused(kpi("opportunities", file("bad.csv", "won\nmaybe\n")), 'won "maybe"', "neither yes nor no")
    refused(kpi("lines", file("bad.csv", "who,revenue\n,1\n"), "-g", "who"), "no row has a group")
    refused(kpi("lines", file("bad.csv", "day,revenue\n")), "has a header but no lines")


def test_full_disk():
    """an output that cannot be written is status 1"""
    if not os.path.exists("/dev/full"):
        raise Skip("no /dev/full")
    with open("/dev/full", "wb") as full:
        done = kpi("lines", file("lines.csv", LINES), stdout=full)
    equal(done.status, 1)
    has(done.err, "cannot be written")


def test_help():
    """help lists every kind, column and figure"""
    done = kpi("--help")
    equal(done.status, 0)
    for part in ("opportunities", "promised_day", "dso", "nps", "Exit status"):
        has(done.out, part)
    has(kpi("--version").out, "kam-kpi ")


if __name__ == "__main__":
    main(globals())
