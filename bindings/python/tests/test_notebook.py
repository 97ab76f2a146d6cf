# SPDX-License-Identifier: MIT
"""The notebooks run, and say what is known of their data."""
import csv
import os
import re
import subprocess
import sys
import tempfile

from support import ROOT, main, same, shared, tap

SCRIPT = ROOT / "examples/notebooks/decisions.py"


def said(**more):
    """What the notebook prints, line by line."""
    done = subprocess.run([sys.executable, "-B", SCRIPT], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
                          env={**os.environ, "PYTHONPATH": str(ROOT / "bindings/python"), **more})
    same((done.returncode, done.stderr), (0, ""))
    return done.stdout.splitlines()


def test_sample_book():
    """the sample book: a model, errors, ten accounts to call, a concentration"""
    lines = said()
    same(len(lines), 13)
    tap.check(re.match(r"<kam.btyd.Model r=", lines[0]), lines[0])
    tap.check(re.fullmatch(r"orders in 39 weeks: [\d,]+ forecast, [\d,]+ came; off by \d\.\d\d an account", lines[1]), lines[1])
    for line in lines[2:12]:
        tap.check(re.search(r" worth +[\d,]+, risk +\d+%: \w.+ the risk$", line), line)
    tap.check(re.fullmatch(r"\d+ of 203 accounts hold 80 % of the revenue", lines[12]), lines[12])


def test_cdnow():
    """CDNOW: the parameters of Fader, Hardie & Lee (2005), and the purchases made"""
    table = shared("data", "cdnow", "cdnow_sample.csv.gz")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "cdnow.csv")
        with open(path, "w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(["account", "day", "revenue"])
            out.writerows([row["sample_id"], "-".join((row["date"][:4], row["date"][4:6], row["date"][6:])), row["dollar_value"]]
                          for row in table)
        lines = said(ORDERS=path, SPLIT="1997-09-30", TODAY="1998-06-30", FAMILY="bgnbd")
    found = [float(value) for value in re.findall(r"=([\d.]+)", lines[0])]
    for value, published in zip(found, (0.243, 4.414, 0.793, 2.426)):
        tap.check(abs(value - published) <= 0.0005, f"{lines[0]}: {published} is published")
    days = {(row["sample_id"], row["date"]) for row in table if row["date"] > "19970930"}
    tap.check(f" {len(days):,} came" in lines[1], f"{lines[1]}: {len(days)} days with a purchase")
    tap.check("of 2357 accounts" in lines[-1], lines[-1])


def test_length():
    """forty lines of work, no more"""
    work = [line for line in SCRIPT.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")]
    tap.check(len(work) <= 40, f"{len(work)} lines")


if __name__ == "__main__":
    main(globals())
