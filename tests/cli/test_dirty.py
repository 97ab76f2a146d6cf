# SPDX-License-Identifier: MIT
"""An order log as exports really look: mixed dates, byte-order mark, CRLF,
quoted line ends, returns, doubles, gaps, footers."""
from tap import equal, file, has, lines, main, run, score, true

CLEAN = """account,day,revenue,cost
A,2024-01-05,100.00,60
A,2024-02-05,200.00,120
A,2024-02-05,50.00,30
A,2024-03-01,-40.00,-10
B,2024-01-10,300.00,150
B,2024-04-01,0.00,5
C,2024-02-02,80.00,100
"""

DIRTY = ("\ufeff" "note,Account , DAY,\"revenue\",cost,\r\n"
         '"first\r\nline",A,2024-01-05T08:15:00Z,100.00,60,\r\n'
         "\r\n"
         "x, A ,20240205,200.00,120,\r\n"
         'x,"A",2024/2/5,"50.00",30,\r\n'
         "credit,A,2024-03-01 17:00,-40.00,-10,\r\n"
         ",B,2024-01-10,3e2,150,\r\n"
         ",B,2024-04-01,0,5,\r\n"
         ",,2024-03-03,999,1,\r\n"           # nobody's
         ",B,,999,1,\r\n"                    # no day
         ",B,2024-03-03,,1,\r\n"             # no amount
         "\"said \"\"yes\"\"\",C,2024-02-02,80,100,\r\n"
         ",,,,,\r\n"
         "Total,,,690,455\r\n"
         "generated 2024-04-02")             # a footer, and no line end


def test_dirty_is_clean():
    """The same answers, to the last digit, as from the clean log."""
    equal(run("-q", file("dirty.csv", DIRTY)).out, run("-q", file("clean.csv", CLEAN)).out)


def test_dropped_lines_are_counted():
    done = run(file("dirty.csv", DIRTY))
    has(done.err, "13 read, 7 used, 6 dropped (4 without an account, 1 without a day, 1 without an amount)")
    has(done.err, "1 return, 1 of amount zero")
    has(done.err, "2 with fewer fields than the header")


def test_rules():
    table = score(file("clean.csv", CLEAN))
    equal((table["A"]["orders"], table["A"]["revenue"], table["A"]["profit"]), ("2", "310.00", "110.00"))
    equal((table["A"]["first_day"], table["A"]["last_day"]), ("2024-01-05", "2024-02-05"))
    equal((table["B"]["orders"], table["B"]["last_day"]), ("2", "2024-04-01"))
    equal((table["C"]["profit"], table["C"]["margin_pct"]), ("-20.00", "-25.00"))
    true(float(table["C"]["clv"]) <= 0, "what loses money is worth no money")


def test_doubled_lines_are_the_callers():
    """A line that stands twice counts twice in money, once as an order."""
    twice = score(file("twice.csv", CLEAN + CLEAN.split("\n", 1)[1]))
    equal((twice["A"]["orders"], twice["A"]["revenue"]), ("2", "620.00"))


def test_line_ends():
    plain = run("-q", file("clean.csv", CLEAN)).out
    for end in ("\r\n", "\r"):
        equal(run("-q", file("ends.csv", CLEAN.replace("\n", end))).out, plain, repr(end))
    equal(run("-q", file("ends.csv", CLEAN.rstrip("\n"))).out, plain, "no last line end")
    equal(run("-q", file("ends.csv", "\n\n" + CLEAN)).out, plain, "blank lines first")


def test_byte_order_mark():
    plain = run("-q", file("clean.csv", CLEAN)).out
    equal(run("-q", file("bom.csv", "\ufeff" + CLEAN)).out, plain)
    equal(run("-q", file("bom.csv", "\ufeff" + CLEAN.replace("account", '"account"', 1))).out, plain)


def test_names_that_only_look_alike():
    names = ["Ä", "A\u0308", "a", "A", "A.", "00001", "1", "1.0", "0x1"]
    table = score(file("names.csv", lines(["account", "day", "revenue"],
                                          [[name, "2024-01-01", 1] for name in names])))
    equal(sorted(table), sorted(names))


def test_text_that_is_not_utf8_passes_through():
    for raw in ("Müller".encode("latin-1"), "恒远".encode("gbk")):
        done = run("-q", file("raw.csv", b"account,day,revenue\n" + raw + b",2024-01-01,1\n"))
        equal(done.status, 0, done.err)
        true(raw in done.out.encode("utf-8", "surrogateescape"), repr(raw))


def test_one_account_one_order():
    done = run(file("one.csv", "account,day,revenue\nA,2024-01-01,10\n"))
    equal(done.status, 0, done.err)
    has(done.out, "A,4,untiered,1,2024-01-01,2024-01-01,10.00,,,")


def test_extreme_amounts():
    table = score(file("large.csv", "account,day,revenue\nA,2024-01-01,4503599627370496\nB,2024-01-01,1e300\n"
                       "B,2024-01-02,1\nC,2024-01-01,1e-300\nD,2024-01-01,-0\n"))
    equal([row["revenue"] for row in table.values()], ["4503599627370496.00", "1.00", "0.00", "0.00"])
    has(run(file("large.csv", "account,day,revenue\nA,2024-01-01,1e300\nB,2024-01-02,1\n")).err,
        "1 with an amount too large")


def test_no_minus_before_nothing():
    table = score(file("minus.csv", "account,day,revenue,cost\nA,2024-01-01,5,0\nA,2024-01-02,-5.001,0\n"))
    equal((table["A"]["revenue"], table["A"]["profit"]), ("0.00", "0.00"))


def test_days_far_away():
    table = score(file("far.csv", "account,day,revenue\nA,0001-01-01,5\nA,9999-12-31,5\n"))
    equal((table["A"]["first_day"], table["A"]["last_day"]), ("0001-01-01", "9999-12-31"))


def test_wide_file():
    header = ",".join(f"c{i}" for i in range(3000)) + ",account,day,revenue\n"
    table = score(file("wide.csv", header + "x," * 3000 + "A,2024-01-01,5\n"))
    equal(table["A"]["revenue"], "5.00")


main(globals())
