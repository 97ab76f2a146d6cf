# SPDX-License-Identifier: MIT
"""The report, without a browser: its figures are the CSV's, nothing in a book
becomes markup, nothing is loaded from elsewhere. browser.py looks at it rendered."""
import base64
import csv
import hashlib
import html
import html.parser
import io
import json
import math
import os
import pathlib
import random
import re
import sys
import tempfile

from support import ROOT, kam, main, need, same, tap
from test_command import BOOK, FACTS, run

PACKAGE = ROOT / "bindings/python/kam/command"
EVIL = ["<script>alert(1)</script>", '"><img src=x onerror=alert(2)>', "O'Neil & \"Sons\" Ltd", "two\nlines", "tab\there",
        "</script><script>alert(3)</script>", "{{ 7 * 7 }}{% x %}", "恒远轴承有限公司", "Ærø A/S", "javascript:alert(4)", "=1+1",
        "\u202eright to left", "__proto__", "constructor", "toString", "\u2028 line", "<!-- -->", "]]>", "\\u003c", "a" * 300]


def evil():
    """A log of accounts that mean harm, each with a history of its own."""
    text = io.StringIO(newline="")
    out = csv.writer(text)
    out.writerow(["account", "day", "revenue", "cost", "order"])
    for i, name in enumerate(EVIL):
        for k in range(i % 7 + 1):
            out.writerow([name, f"2024-{(3 * k + i) % 12 + 1:02}-{i % 28 + 1:02}", 100 * (i + 1) + 7.5 * k, 60 * (i + 1), f"{name}{k}"])
    return text.getvalue()


def made(text=None, *words):
    """The HTML of a book."""
    need("jinja2")
    need("vl_convert")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "book.csv"
        path.write_bytes((text or "").encode("utf-8", "surrogateescape"))
        status, out, err = run("report", "-q", "-o", "-", *words, BOOK if text is None else path)
    same((status, err), (0, b""))
    return out.decode()


class Reader(html.parser.HTMLParser):
    """Elements, their attributes, and the text of each."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.texts.append("")
        self.is_open = True

    def handle_endtag(self, tag):
        self.is_open = False

    def handle_data(self, data):
        if self.texts and self.is_open:
            self.texts[-1] += data

    def scripts(self):
        return [text for (tag, attributes), text in zip(self.elements, self.texts)
                if tag == "script" and attributes.get("type") != "application/json"]

    def data(self):
        return json.loads(next(text for (tag, attributes), text in zip(self.elements, self.texts)
                               if attributes.get("id") == "kam-data"))


def rows(*words):
    """What `kam score` writes, in the order of the file."""
    return list(csv.reader(io.StringIO(run("score", "-q", *words)[1].decode(), newline="")))


def test_figures():
    """every account's figures are the CSV's, in both languages"""
    for words in (("--accounts", FACTS), ("--lang", "zh", "--tiers", "top:5%,20%"), ("--horizon-days", "inf")):
        data, wanted = Reader(made(None, *words)).data(), rows(*words, BOOK)
        same(data["header"], wanted[0])
        same(sorted(data["rows"]), sorted(wanted[1:]))
        at_risk = [more["at_risk"] for more in data["more"] if more["at_risk"] is not None]
        same(at_risk, sorted(at_risk, reverse=True), "most at risk first")
        same([data["rows"][i][0] for i in data["attention"]], [row[0] for row in data["rows"][:15]])


def test_totals():
    """the tiles are the summary's totals"""
    said = run("score", "--accounts", FACTS, BOOK)[2].decode()
    elements = Reader(made(None, "--accounts", FACTS)).elements
    tile = {attributes["id"]: attributes["title"] for _, attributes in elements if attributes.get("id", "").startswith("tile-")}
    for name, pattern in (("revenue", r"revenue ([\d,.]+);"), ("profit", r"profit ([\d,.]+);"),
                          ("clv", r"lifetime value ([\d,.]+) "), ("risk", r"at risk ([\d,.]+) ")):
        same(tile["tile-" + name], re.search(pattern, said)[1], name)
    same(tile["tile-accounts"], "203")


def test_tracking():
    """forecast against actual ends where the backtest does; groups add up to it"""
    data = Reader(made(None, "--backtest", "2024-01-01")).data()
    out = run("backtest", "-q", "--backtest", "2024-01-01", BOOK)[1].decode()
    orders, churn = (re.split("  +", line) for line in out.splitlines() if line.startswith("mbgnbd"))
    last = data["tracking"][-1]
    same((last[0], f"{last[1]:,.1f}", f"{last[2]:,.0f}"), ("2024-12-31", orders[1], orders[2]))
    same(data["tracking"][0], ["2023-12-31", 0, 0])
    tap.check(all(a[1] <= b[1] and a[2] <= b[2] for a, b in zip(data["tracking"], data["tracking"][1:])), "it rises")
    same((f"{sum(one[1] for one in data['calibration']):.1f}", str(int(sum(one[2] for one in data["calibration"])))),
         (churn[1], churn[2]))


def test_periods():
    """--model bgbb: periods are counted everywhere, and the forecast ends where the backtest does"""
    asked = ("--model", "bgbb", "--period-days", "28", "--backtest", "2024-01-01")
    page = made(None, *asked)
    data = Reader(page).data()
    same(sorted(data["rows"]), sorted(rows(*asked[:4], BOOK)[1:]))
    out = run("backtest", "-q", *asked, BOOK)[1].decode()
    orders = re.split("  +", next(line for line in out.splitlines() if line.startswith("bgbb")))
    last = data["tracking"][-1]
    same((last[0], f"{last[1]:,.1f}", f"{last[2]:,.0f}"), ("2024-12-29", orders[1], orders[2]))
    same([one[0] for one in data["tracking"][:3]], ["2023-12-31", "2024-01-28", "2024-02-25"])
    same(data["words"]["order_days"], "periods with an order")
    tap.check("Orders (periods with an order)" in page and "Days with an order" not in page, "its words")
    tap.check("bgbb, by periods of 28 days" in page, "its model")


def contracts(folder):
    """A file of contracts: every ninth account of the sample book and 200 others, with known chances to end."""
    draw, path = random.Random(6), pathlib.Path(folder) / "contracts.csv"
    names = [row[0] for row in rows(BOOK)[1::9]] + [f"<{i}>" for i in range(200)]
    with open(path, "w", encoding="utf-8", newline="") as out:
        write = csv.writer(out)
        write.writerow(["account", "start", "end", "value", "term_months"])
        for i, name in enumerate(names):
            theta, year, day = draw.betavariate(0.8, 2.5), draw.randrange(2014, 2023), f"{1 + i % 12:02}-{1 + i % 28:02}"
            last = year + 1
            while last < 2025 and draw.random() >= theta:
                last += 1
            write.writerow([name, f"{year}-{day}", f"{last}-{day}" if last < 2025 else "", 1000 + i, 12])
    return path


def test_contracts():
    """with contracts: the CSV's figures, the backtest's numbers, and a page without orders"""
    need("jinja2")
    need("vl_convert")
    with tempfile.TemporaryDirectory() as folder:
        path = contracts(folder)
        for words in ((BOOK, "--backtest", "2024-01-01"), ("--as-of", "2024-12-31", "--backtest", "2024-01-01"),
                      (BOOK, "--backtest", "2024-01-01", "--lang", "zh"), (BOOK,), ("--as-of", "2024-12-31")):
            words = ("--contracts", path, *words)
            status, out, err = run("report", "-q", "-o", "-", *words)
            same((status, err), (0, b""))
            page = out.decode()
            data = Reader(page).data()
            scored = [word for i, word in enumerate(words) if "--backtest" not in words[max(i - 1, 0):i + 1]]
            same(sorted(data["rows"]), sorted(rows(*scored)[1:]))
            tap.check(">nan<" not in page.lower() and ">None<" not in page and "<0>" not in page.split("<script")[0], "no holes")
            said = run("backtest", "-q", *words)[1].decode()
            shown = html.unescape(re.sub(r"<[^>]*>", "\n", page.split("<script")[0]))
            verdicts = [line for line in said.splitlines() if re.match("(Renewals|Accounts lost|Contract( money| interval)?s?):|(续签|合同(金额|区间|客户流失)?)：", line)]
            same(len(verdicts), 5, said)
            for line in verdicts:
                tap.check(line in shown, f"{line!r} is not in the report")
            for line in said.splitlines():
                name, *cells = re.split("  +", line)
                if name in ("renewal model", "续签模型", "mbgnbd"):
                    tap.check("\n".join(cells[:2]) in shown.replace("\n\n", "\n"), f"{line!r} is not in the report")
            has_orders = BOOK in words
            same((bool(data["tracking"]), 'id="chart-tracking"' in page, "Orders (days" in said or "订单（下单" in said), (has_orders,) * 3)
            same(('href="#tiers"' in page), has_orders)
            for line in ("sbg", "beta"):
                tap.check(line in page, line)


def test_curves():
    """the whale curve ends in the profit, and peaks where the library says"""
    data = Reader(made()).data()
    profits = sorted((float(row[7]) for row in data["rows"] if row[7]), reverse=True)
    same(len(data["whale"]), len(profits) + 1)
    tap.check(abs(data["whale"][-1][1] - sum(profits)) < 0.01 * len(profits), "the total")
    same(max(data["whale"], key=lambda point: point[1])[0], data["peak"])
    same([data["rows"][i][0] for i, _ in data["shares"]],
         [row[0] for row in sorted(data["rows"], key=lambda row: -float(row[6]))[:12]])
    same(sum(map(sum, data["matrix"])), sum(row[14] != "" for row in data["rows"]))


def test_matrix():
    """value and potential: the library's classes, from what the accounts file tells"""
    data = Reader(made(None, "--accounts", FACTS)).data()
    with open(FACTS, encoding="utf-8", newline="") as text:
        facts = {row["account"]: row for row in csv.DictReader(text)}
    names = [row[0] for row in data["rows"]]

    def column(name):
        return [float(facts[one][name]) if facts[one][name] else math.nan for one in names]

    window = [more["window"] for more in data["more"]]
    scores = kam.matrix.fit(window).classify(window, growth=column("growth"), wallet=column("wallet"))
    same([more["potential"] for more in data["more"]], [None if x != x else x for x in scores["potential_score"]])
    same([more["value"] for more in data["more"]], list(scores["value_score"]))
    count = [sum(more["class"] == kam.matrix.class_name(one) for more in data["more"]) for one in range(1, 6)]
    tap.check(all(count) and sum(count) == 203, str(count))
    for more in data["more"]:
        if more["class"] == "core":
            same(more["value"], 1.0)
    page = made()
    bare = Reader(page).data()
    same({more["potential"] for more in bare["more"]}, {None})
    table = page[page.index('id="class-table"'):]
    tap.check('<td class="n">0</td>' not in table[:table.index("</table>")], "a class without accounts, and no potential")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "facts.csv"
        path.write_text("account,tier,wallet\nA,1,much\n", encoding="utf-8")
        status, out, err = run("report", "-q", "-o", "-", "--accounts", path, BOOK)
        same((status, out, b'facts.csv:2: wallet "much" is no number (column "wallet")' in err), (2, b"", True))
        same(run("score", "-q", "--accounts", path, BOOK)[0], 0, "other commands do not look at it")


def test_history():
    """an account's lines are those of the log, oldest first"""
    data = Reader(made()).data()
    with open(BOOK, encoding="utf-8", newline="") as text:
        lines = [row for row in csv.DictReader(text) if row["revenue"]]
    for i in (0, 7, 150):
        name = data["rows"][i][0]
        wanted = sorted((row["day"], float(row["revenue"])) for row in lines if row["account"] == name)
        same(sorted((line[0], line[1]) for line in data["lines"][i]), wanted[-400:])
        same(data["n_lines"][i], len(wanted))
        same([line[0] for line in data["lines"][i]], sorted(line[0] for line in data["lines"][i]))


def test_hostile_names():
    """names stay texts: no element, no attribute and no expression comes of them"""
    plain, hostile = Reader(made("account,day,revenue,cost,order\nA,2024-01-01,5,1,x\nB,2024-02-01,5,1,y\n")), Reader(made(evil()))
    names = sorted(row[0] for row in hostile.data()["rows"])
    same(names, sorted(EVIL), "every name comes through whole")
    same(len(hostile.scripts()), 2)
    same(hostile.scripts(), plain.scripts(), "the scripts do not depend on the book")
    tags = {tag for tag, _ in hostile.elements}
    tap.check(not tags & {"img", "iframe", "object", "embed", "link", "base", "form"}, str(tags))
    same([name for _, attributes in hostile.elements for name in attributes if name.startswith("on")], [])
    page = made(evil(), "--title", '<b onclick="x">{{ 7 * 7 }}</b>', "--lang", "zh")
    tap.check("<b onclick" not in page and "{{ 7 * 7 }}" in page and "49</b>" not in page, "the title")
    odd = made("account,day,revenue\n\udce9\udcff,2024-01-01,5\n\x1b[2J,2024-01-02,5\n\u2028,2024-01-02,6\n")
    tap.check(len(Reader(odd).data()["rows"]) == 3, "bytes that are not UTF-8, control characters")


def test_alone():
    """nothing is loaded from elsewhere, and the policy would not let it"""
    page = made(evil())
    reader = Reader(page)
    for tag, attributes in reader.elements:
        for name, value in attributes.items():
            tap.check(name not in ("src", "srcset", "data", "action", "poster") and not
                      (name == "href" and not value.startswith("#")), f"<{tag} {name}={value}>")
    style = next(text for (tag, _), text in zip(reader.elements, reader.texts) if tag == "style")
    tap.check("url(" not in style and "@import" not in style, "the style sheet loads something")
    policy = next(attributes["content"] for _, attributes in reader.elements if attributes.get("http-equiv"))
    hashes = ["'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'" for text in reader.scripts()]
    same(policy, "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src " + " ".join(hashes))


def test_same_twice():
    """the same book gives the same bytes"""
    same(made() == made(), True)


def test_odd_books():
    """few accounts, no cost, returns only, one day, no model, a split, a cut"""
    head = "account,day,revenue\n"
    for text, words in ((head + "A,2024-01-01,10\n", ()), (head + "A,2024-01-01,-10\n", ()), (head + "A,2024-01-01,0\nB,2024-01-01,0\n", ()),
                        (head + "A,2024-01-01,10\nA,2024-05-01,10\nB,2024-03-01,4\n", ("--lang", "zh")),
                        (evil(), ("--rows", "3")), (evil(), ("--rows", "0", "--backtest", "2024-06-01")),
                        ("account,day,revenue,cost\nA,2024-01-01,10,\nB,2024-03-02,1,5\nB,2024-04-02,1,5\n", ())):
        page = made(text, *words)
        data = Reader(page).data()
        tap.check(">nan<" not in page.lower() and ">None<" not in page and "{n}" not in page.split("<script")[0], text)
        same(len(data["rows"]), len(data["lines"]))
        if "3" in words:
            same(len(data["rows"]), 3)
            tap.check(f"3 of {len(EVIL)} accounts" in page, "the cut is said")
    status, out, err = run("report", "-o", "-", "--backtest", "2020-01-01", BOOK)
    same((status, out, b"no usable line is dated before" in err), (2, b"", True))


def test_words():
    """every word of the page is there in both languages, and none is idle"""
    from kam.command._report_words import _WORDS
    text = "".join((PACKAGE / name).read_text(encoding="utf-8") for name in ("report.html", "report.js", "_report.py"))
    idle = [key for key in _WORDS if not re.search(rf"\b{key}\b", text)
            and not re.fullmatch(r"(nav|tile|orders|money|churn|class)_\w+|listed_\w+|n_\w+|\w+_by_period", key)]
    same(idle, [])
    for key in set(re.findall(r"\bt\.(\w+)", (PACKAGE / "report.html").read_text(encoding="utf-8"))):
        tap.check(key in _WORDS, f"t.{key}")
    script = (PACKAGE / "report.js").read_text(encoding="utf-8")
    given = Reader(made()).data()["words"]
    same(sorted(set(re.findall(r"\bT\.(\w+)", script)) - set(given)), [])
    same(sorted(key for key in given if f"T.{key}" not in script), [])
    for key, (english, chinese) in _WORDS.items():
        same(sorted(re.findall(r"\{\w+\}", english)), sorted(re.findall(r"\{\w+\}", chinese)), key)


def test_file():
    """it is written where it is told to be, and a sentence says so"""
    need("jinja2")
    need("vl_convert")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a report.html")
        status, out, err = run("report", BOOK, "-o", path, "--title", "Sample")
        same((status, out.decode().startswith(path + ": 203 accounts, ")), (0, True), out.decode())
        tap.check(b"kam report " + kam.__version__.encode() in err and b"as of 2024-12-31" in err, "the summary")
        size = os.path.getsize(path)
        tap.check(1_000_000 < size < 2_000_000, f"{size} bytes")
        status, out, err = run("report", "-q", BOOK, "-o", os.path.join(folder, "nowhere", "x.html"))
        same((status, out), (1, b""))
        tap.check(b"cannot be written" in err, err.decode())


def test_without_its_libraries():
    """one sentence says what to install"""
    for name in ("jinja2", "vl_convert"):
        held = sys.modules.get(name)
        sys.modules[name] = None
        try:
            status, out, err = run("report", "-q", "-o", "-", BOOK)
        finally:
            del sys.modules[name]
            if held is not None:
                sys.modules[name] = held
        same((status, out), (1, b""))
        tap.check(b"libkam[report]" in err and err.count(b"\n") == 1, err.decode())


if __name__ == "__main__":
    main(globals())
