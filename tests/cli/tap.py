# SPDX-License-Identifier: MIT
"""What the tests of the tools share: run a tool, read its CSV, and tell the
results as TAP. The tools' paths come from the environment (tests/cli/meson.build)."""
import collections
import csv
import gzip
import io
import os
import re
import subprocess
import sys
import tempfile
import traceback

SCORE = os.environ.get("KAM_SCORE", "kam-score")
KPI = os.environ.get("KAM_KPI", "kam-kpi")
SIMULATE = os.environ.get("KAM_SIMULATE", "kam-simulate")
EMBED = os.environ.get("KAM_EMBED", "embed")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXAMPLES = os.path.join(ROOT, "examples")
SHARED = os.path.join(os.path.dirname(ROOT), "shared", "data")
HEADER = ("account,tier,tier_name,orders,first_day,last_day,revenue,profit,"
          "margin_pct,alive,expected_orders,clv,clv_low,clv_high,churn_risk,"
          "reason_1,reason_2,reason_3,flags,revenue_12m")

Result = collections.namedtuple("Result", "status out err")
HERE = tempfile.TemporaryDirectory(prefix="kam-cli-")


class Skip(Exception):
    """Raised by a test that cannot run here; says why."""


def run(*words, tool=None, stdin=None, stdout=None, timeout=120):
    """Runs a tool; texts in, texts out."""
    done = subprocess.run([tool or SCORE, *map(str, words)],
                          input=stdin.encode() if isinstance(stdin, str) else stdin,
                          stdout=stdout or subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=timeout, check=False)
    out = (done.stdout or b"").decode("utf-8", "surrogateescape")
    return Result(done.returncode, out, done.stderr.decode("utf-8", "surrogateescape"))


def file(name, content):
    """Writes a file for a test and gives its path."""
    path = os.path.join(HERE.name, name)
    with open(path, "wb") as out:
        out.write(content.encode() if isinstance(content, str) else content)
    return path


def rows(text):
    """The rows of a CSV by account (or the first column)."""
    made = {}
    for row in csv.DictReader(io.StringIO(text, newline="")):
        made[next(iter(row.values()))] = row
    return made


def score(*words, **more):
    """Runs kam-score, which must do it; the rows by account."""
    done = run("--quiet", *words, **more)
    equal(done.status, 0, done.err)
    equal(done.err, "", "--quiet says nothing")
    equal(done.out.split("\n", 1)[0], HEADER)
    return rows(done.out)


def equal(actual, expected, about=""):
    if actual != expected:
        raise AssertionError(f"{actual!r}, expected {expected!r} {about}")


def near(actual, expected, tolerance, about=""):
    if not abs(float(actual) - expected) <= tolerance:
        raise AssertionError(f"{actual!r}, expected {expected!r} +- {tolerance} {about}")


def has(text, part):
    if part not in text:
        raise AssertionError(f"{part!r} is not in {text!r}")


def true(condition, about):
    if not condition:
        raise AssertionError(about)


#: of programs, options, columns, figures, families and their parameters
NAMES = {"kam", "score", "contracts", "since", "start_day", "last_visit", "HHI", "mbgnbd", "bgbb", "gamma", "alpha", "beta",
         "delta", "sbg", "bdw", "shared"}


def same_in_chinese(*words):
    """The summary in Chinese has the numbers of the English one, and of its words names alone."""
    english, chinese = (run("--lang", language, *words).err for language in ("en", "zh"))
    numbers = [sorted(re.findall(r"\d[\d,.]*\d|\d", text)) for text in (english, chinese)]
    equal(numbers[1], numbers[0], chinese)
    said = set(re.findall("[A-Za-z_]{2,}", re.sub(r"/\S+\.csv(:\d+: .*)?|KAM_ERR_\w+|规则：.*|第一条不可能的：.*", "", chinese)))
    equal(said - NAMES, set(), chinese)
    equal(chinese.count("\n"), english.count("\n"))


def shared(*path):
    """Rows of a table beside the repository, or Skip."""
    full = os.path.join(SHARED, *path)
    if not os.path.exists(full):
        raise Skip("no " + "/".join(("../shared/data",) + path))
    with gzip.open(full, "rt", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def lines(header, table):
    """A CSV of lists."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(table)
    return text.getvalue()


def main(names):
    """Runs every test_* of a module, and ends the program."""
    tests = [(name, test) for name, test in names.items() if name.startswith("test_")]
    failed = 0
    print(f"1..{len(tests)}")
    for i, (name, test) in enumerate(tests, 1):
        try:
            test()
            print(f"ok {i} - {name}")
        except Skip as why:
            print(f"ok {i} - {name} # SKIP {why}")
            print(f"skipped: {name} ({why})", file=sys.stderr)
        except Exception:  # a broken test is a failed one
            failed += 1
            print(f"not ok {i} - {name}")
            for line in traceback.format_exc().splitlines():
                print("# " + line)
        sys.stdout.flush()
    HERE.cleanup()
    sys.exit(1 if failed else 0)
