# SPDX-License-Identifier: MIT
"""The command `kam`: what twin.py, which runs the tests of the C tools against it,
cannot ask. The C tool is the judge where it is built."""
import contextlib
import csv
import io
import os
import pathlib
import random
import subprocess
import sys
import tempfile

from support import ROOT, kam, main, same, tap

from kam.command import main as command  # noqa: E402

BOOK = str(ROOT / "examples/data/orders.csv")
FACTS = str(ROOT / "examples/data/accounts.csv")


def run(*words):
    """(status, output, standard error) of `kam`, in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = command([str(word) for word in words])
    out.flush()
    return status, out.buffer.getvalue(), err.buffer.getvalue()


def tool(*words, name="score"):
    path = os.environ.get(f"KAM_{name.upper()}")
    if not path:
        raise tap.Skip(f"kam-{name} is not built")
    done = subprocess.run([path, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr.replace(f"kam-{name}".encode(), f"kam {name}".encode())


def test_bytes():
    """the sample book: the bytes of kam-score, in both languages, with facts and tiers"""
    for words in ((), ("--lang", "zh"), ("--accounts", FACTS), ("--tiers", "top:5%,20%,50%"), ("--top", 7),
                  ("--tiers", "total:50%,80%", "--keep", "0.7", "--accounts", FACTS, "--lang", "zh", "--top", 300),
                  ("--backtest", "2023-07-01"), ("--horizon-days", "inf", "--model", "bgnbd", "--as-of", "2024-06-30")):
        same(run("score", *words, BOOK), tool(*words, BOOK), str(words))


PIECES = (",", ",", ",", '"', '"', '""', " ", "\t", "\n", "\n", "\r\n", "\r", ";", "A", "B", "2024-01-02", "2024-3-4",
          "20240506T07:08", "3/4/2024", "5", "-1.5", "1e3", "x", "é", "\xff")


def mess(seed):
    """A log as no export should look."""
    draw = random.Random(seed)
    text = draw.choice(["account,day,revenue\n", "day;account;revenue;cost\r\n", '"account",\tday ,"reven""ue",revenue\n'])
    for _ in range(draw.randrange(1, 6)):
        row = ["A", "2024-01-0" + str(draw.randrange(1, 9)), str(draw.randrange(9)), ""]
        text += (";" if ";" in text.split("\n", 1)[0] else ",").join(row[:draw.choice([3, 3, 4])]) + "\n"
    at = draw.randrange(20, len(text))
    return (text[:at] + "".join(draw.choices(PIECES, k=draw.randrange(8))) + text[at:]).encode("latin-1")


def test_mess():
    """400 broken logs: the same bytes, words and status as kam-score"""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "mess.csv"
        for seed in range(400):
            path.write_bytes(mess(seed))
            words = ("--drop-bad-lines", path) if seed % 2 else (path,)
            same(run("score", *words), tool(*words), f"{seed}: {mess(seed)!r}")


OWN = """{
  "tiers": {"basis": "total", "bands": [{"enter": 0.05, "keep": 1e-3}, 0.5]},
  "future": {"horizon_days": 1e2, "discount_per_year": 0.1234567890123456789, "interval": 0.9},
  "defaults": []
}"""
LETTERS = ("", "", '"', "{", "}", "[", "]", ",", ":", "\n", " ", "-", ".", "e", "1", "5", "0", "inf", "null", "true", "\\", "\xff")


def test_policies():
    """600 policies a letter off: the same policy, or the same words, as kam-score; numbers of every size"""
    draw = random.Random(3)
    texts = [OWN[:at] + draw.choice(LETTERS) + OWN[at + draw.randrange(2):] for at in draw.choices(range(len(OWN)), k=600)]
    texts += ['{"tiers": {"bands": [%s]}}' % number for number in (
        "1e20", "-1e300", "1.5e-7", "123456789012345678", "999999999999999.5", "0.1", "-0.0", "1e15", "1e-300")]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "policy.json"
        for text in texts:
            path.write_bytes(text.encode("latin-1"))
            same(run("score", "--policy", path, "--policy-print"), tool("--policy", path, "--policy-print"), text)


def test_records():
    """200 broken tables of records: the same bytes, words and status as kam-kpi"""
    draw = random.Random(5)
    pieces = (",", '"', "\n", "\r\n", " ", "x", "-", "1", "yes", "NO", "2024-01-09", "\xff", ";")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "records.csv"
        for seed in range(200):
            text = "who,day,hours,limit,is_open\n" + "".join(
                f"{draw.choice(['A', 'B', 'é', ''])},2024-0{draw.randrange(1, 9)}-1{draw.randrange(9)},"
                f"{draw.choice(['', '1.5', '1e-9', '7'])},{draw.randrange(1, 9)},{draw.choice(['y', 'false', '', '0'])}\n"
                for _ in range(9))
            at = draw.randrange(28, len(text))
            text = text[:at] + draw.choice(pieces) * (seed % 2) + text[at:]
            path.write_bytes(text.encode("latin-1"))
            words = ["tickets", path, "-g", "who", *draw.choice([(), ("--to", "2024-05-05"), ("--yes", "No", "--no", "x"),
                                                                 ("-cday=nosuch",), ("--lang", "zh"), ("-f", "sla_hit")])]
            same(run("kpi", *words), tool(*words, name="kpi"), f"{seed}: {words} {text!r}")


def test_days_and_numbers():
    """texts of days and numbers one letter off: read, or refused, as kam-score does"""
    draw = random.Random(1)
    forms = ["2024-03-05", "2024/3/5", "20240305", "2024-03-05T10:20:30.5+08:00", "2024-03-05 9:05", "20240305 102030Z",
             "2024-03-05 10:20 -0330", "1234.50", "-1.5e+10", ".5", "7,5"]
    texts = forms + [form[:at] + draw.choice("0123456789-/:TZ+ .,eE") + form[at + draw.randrange(2):]
                     for form in forms for at in range(len(form)) for _ in range(6)]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "forms.csv"
        path.write_text("account;day;revenue\nZ;2024-01-01;1\n" + "".join(
            f'A{i:04};{text};1\nB{i:04};2024-01-01;{text}\n' for i, text in enumerate(texts)))
        one, other = (call("--drop-bad-lines", path) for call in (lambda *w: run("score", *w), tool))
        lines = list(zip(one[1].splitlines(), other[1].splitlines()))
        tap.none([f"{a!r} is not {b!r}" for a, b in lines if a != b][:5])
        same(one, other)
        tap.check(len(texts) // 6 < len(lines) < len(texts), f"{len(lines)} of {2 * len(texts)} were read")


def test_backtest():
    """`kam backtest` is kam-score --backtest; without a day it cuts off the last quarter"""
    same(run("backtest", "--backtest", "2024-01-01", BOOK), tool("--backtest", "2024-01-01", BOOK)[:2]
         + (tool("--backtest", "2024-01-01", BOOK)[2].replace(b"kam score", b"kam backtest"),))
    status, out, _ = run("backtest", "-q", BOOK)
    same((status, b"forecast 2024-04-03 to 2024-12-31" in out), (0, True), out.decode())
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "contracts.csv"
        path.write_text("account,start,end\n" + "".join(f"C{i},20{14 + i % 8}-0{1 + i % 9}-05,{'' if i % 3 else f'20{17 + i % 8}-0{1 + i % 9}-05'}\n"
                                                        for i in range(90)), encoding="utf-8")
        asked = ("--contracts", path, "--as-of", "2024-12-31")
        same(run("backtest", "-q", *asked, "--backtest", "2024-01-02"), tool("-q", *asked, "--backtest", "2024-01-02"))
        same(run("backtest", "-q", *asked), tool("-q", *asked, "--backtest", "2024-01-02"), "a year of contracts is held back")


def test_tiers():
    """what `kam score` wrote, `kam tiers` reads: the same tiers again"""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "scores.csv"
        path.write_bytes(run("score", "-q", "--tiers", "top:5%,20%,50%", BOOK)[1])
        status, out, err = run("tiers", "--tiers", "top:5%,20%,50%", "--lang", "zh", path)
    rows = list(csv.DictReader(io.StringIO(out.decode(), newline="")))
    same((status, len(rows)), (0, 203))
    best = [row for row in rows if row["tier"] == "1"]
    same((len(best), {row["tier_name"] for row in best}, {row["class"] for row in best}), (11, {"战略级"}, {"A"}))
    same(sorted(int(row["rank"]) for row in best), list(range(1, 12)))
    tap.check("203 in 203 lines" in err.decode() and "战略级" in err.decode(), err.decode())


def test_usage():
    """no command, an unknown one, help and the version"""
    same(run()[0], 2)
    same(run("dance")[:2], (2, b""))
    tap.check(b"'dance'" in run("dance")[2], "it says which")
    for words in (("--help",), ("score", "--help"), ("backtest", "-h"), ("tiers", "-h"), ("kpi", "-h")):
        status, out, err = run(*words)
        same((status, err), (0, b""), str(words))
        tap.check(b"kam" in out and b"Traceback" not in out, out.decode())
    same(run("tiers", "--version")[1].decode(), f"kam tiers {kam.__version__}\n")


def test_module():
    """python -m kam ends with the status of the command"""
    done = subprocess.run([sys.executable, "-m", "kam", "score", "nowhere.csv"], capture_output=True, text=True,
                          env={"PYTHONPATH": str(ROOT / "bindings/python"), **__import__("os").environ}, check=False)
    same((done.returncode, done.stdout), (2, ""), done.stderr)
    same(done.stderr, "kam score: nowhere.csv cannot be opened: No such file or directory\n")


if __name__ == "__main__":
    main(globals())
