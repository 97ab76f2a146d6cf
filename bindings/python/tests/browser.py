# SPDX-License-Identifier: MIT
"""The report in a browser: headless Chromium opens it from a file, offline. Part of
`make check-all`; with REPORT_PICTURES=FOLDER it leaves pictures to look at."""
import base64
import csv
import io
import os
import pathlib
import shutil
import sys
import tempfile
import time

from support import ROOT, main, need, same, tap
from test_command import BOOK, FACTS, run
from test_report import EVIL, evil

CHROMIUM, DRIVER = shutil.which("chromium") or shutil.which("chromium-browser"), shutil.which("chromedriver")
PICTURES = os.environ.get("REPORT_PICTURES")
HERE = tempfile.TemporaryDirectory(prefix="kam-browser-")
PHONE = (390, 844)


class Page:
    """A report in a window of a size."""

    def __init__(self, path, size=(1280, 900)):
        webdriver = need("selenium.webdriver")
        if not CHROMIUM or not DRIVER:
            raise tap.Skip("no chromium with chromedriver")
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                     f"--window-size={size[0]},{size[1]}", "--host-resolver-rules=MAP * ~NOTFOUND"):
            options.add_argument(word)
        if size == PHONE:
            options.add_experimental_option("mobileEmulation", {"deviceMetrics": {"width": size[0], "height": size[1],
                                                                                  "pixelRatio": 2}})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        service = need("selenium.webdriver.chrome.service").Service(DRIVER)
        self.driver = webdriver.Chrome(options=options, service=service)
        self.path = pathlib.Path(path)
        self.driver.get(self.path.as_uri())
        self.wait("return document.documentElement.dataset.ready === 'yes'")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def wait(self, script):
        for _ in range(200):
            if self.run(script):
                return
            time.sleep(0.1)
        raise AssertionError(f"{script} did not become true: {self.driver.get_log('browser')}")

    def quiet(self):
        """No word on the console, and nothing asked for but the file."""
        same([entry["message"] for entry in self.driver.get_log("browser")], [])
        asked = [line for line in self.driver.get_log("performance") if "requestWillBeSent\"" in line["message"]]
        tap.check(all(self.path.name in line["message"] or '"url":"data:' in line["message"] for line in asked), str(asked))

    def picture(self, name, whole=True):
        if not PICTURES:
            return
        size = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        more = {"captureBeyondViewport": True, "clip": {"x": 0, "y": 0, "width": size["width"],
                                                        "height": min(size["height"], 12000), "scale": 1}} if whole else {}
        data = self.driver.execute_cdp_cmd("Page.captureScreenshot", more)["data"]
        pathlib.Path(PICTURES, name).write_bytes(base64.b64decode(data))


def report(name, book, *words):
    path = os.path.join(HERE.name, name + ".html")
    status, out, err = run("report", "-q", "-o", path, *words, book)
    if status == 1 and b"libkam[report]" in err:
        raise tap.Skip(err.decode().strip())
    same((status, err), (0, b""), out.decode())
    return path


def sample():
    return report("sample", BOOK, "--accounts", FACTS)


def hostile():
    path = pathlib.Path(HERE.name, "evil.csv")
    path.write_text(evil(), encoding="utf-8", newline="")
    return report("evil", path, "--tiers", "2000,1000")


#: those that are not drawn; potential is known of the sample book with its facts alone
CHARTS = "return [...document.querySelectorAll('main .chart')].filter(one => !one.querySelector('svg')).map(one => one.id)"


def undrawn(path):
    return [] if path.endswith("sample.html") else ["chart-t2"]


def test_desktop():
    """every chart is drawn, the console is silent, nothing is asked for"""
    for path in (sample(), report("chinese", BOOK, "--lang", "zh"), hostile()):
        with Page(path) as page:
            same(page.run(CHARTS), undrawn(path))
            same(page.run("return document.querySelectorAll('#all-table tbody tr').length > 10"), True)
            page.picture(page.path.stem + "-desktop.png")
            page.quiet()


def test_worries():
    """the list of those that need attention says what raises a risk, where something does"""
    with Page(hostile()) as page:
        worried, calm = page.run("""const data = JSON.parse(document.getElementById('kam-data').textContent);
            const raising = new Set(data.rows.filter((_, i) => data.more[i].reasons.some(([, x]) => x > 0)).map(row => row[0]));
            const rows = [...document.querySelectorAll('#attention-table tbody tr')].filter(
                tr => raising.has(tr.cells[0].textContent));
            const said = rows.map(tr => tr.querySelector('.why').textContent);
            return [said.length, said.filter(text => !text.includes('raises')).length];""")
        tap.check(worried > 5 and calm == 0, f"{calm} of {worried}")


def test_phone():
    """nothing is wider than a phone"""
    for path in (sample(), hostile()):
        with Page(path, PHONE) as page:
            same(page.run(CHARTS), undrawn(path))
            same(page.run("return document.documentElement.scrollWidth <= innerWidth"), True)
            page.picture(page.path.stem + "-phone.png")
            page.run("document.querySelector('#attention-table tr[data-account]').click()")
            page.wait("return document.querySelectorAll('#account svg').length === 2")
            same(page.run("const a = document.getElementById('account'); return a.scrollWidth <= a.clientWidth"), True)
            page.picture(page.path.stem + "-phone-account.png", whole=False)
            page.quiet()


FACTS_OF = ("return Object.fromEntries([...document.querySelectorAll('#account-facts td')].map(one => "
            "[one.dataset.fact, one.textContent]))")


def opened(page, i):
    page.run("document.querySelector(`#all-table tr[data-account='${arguments[0]}']`).click()", i)
    page.wait("return document.querySelectorAll('#account[open] svg').length === 2")


def test_account_page():
    """its figures are those of `kam score`, to the digit"""
    table = {row["account"]: row for row in csv.DictReader(io.StringIO(
        run("score", "-q", "--accounts", FACTS, BOOK)[1].decode(), newline=""))}
    with Page(sample()) as page:
        for i in (0, 3, 11, 24):
            opened(page, i)
            shown = page.run(FACTS_OF)
            row = table[shown["account"]]
            grouped = ("orders", "revenue", "profit", "margin_pct", "clv", "clv_low", "clv_high")
            same({name: value.replace(",", "") if name in grouped else value for name, value in shown.items()},
                 {name: value or "–" for name, value in row.items()})
            same(page.run("return document.getElementById('account-name').textContent"), row["account"])
            same(page.run("return [...document.querySelectorAll('#account-reasons li')].map(one => one.textContent)"),
                 [row[name] for name in ("reason_1", "reason_2", "reason_3") if row[name]])
            if i == 0:
                page.picture("sample-account.png", whole=False)
            page.run("document.getElementById('close').click()")
        page.quiet()


def test_table():
    """it sorts either way, searches, filters, and turns pages"""
    table = list(csv.DictReader(io.StringIO(run("score", "-q", "--accounts", FACTS, BOOK)[1].decode(), newline="")))
    names = "return [...document.querySelectorAll('#all-table tbody td.name')].map(one => one.textContent)"

    def click(column):
        page.run(f"document.querySelector('#all-table th[data-column={column}]').click()")
        return page.run(names)

    with Page(sample()) as page:
        by_risk = sorted(table, key=lambda row: -float(row["churn_risk"]))
        same(len(click("churn_risk")), 25)
        shown = page.run(names)
        same([row["churn_risk"] for name in shown for row in table if row["account"] == name],
             [row["churn_risk"] for row in by_risk[:25]])
        tap.check(click("churn_risk")[0] != shown[0], "the other way round")
        profit = click("profit")
        same(profit, [row["account"] for row in sorted((row for row in table if row["profit"]), key=lambda row: -float(row["profit"]))[:25]])
        page.run("document.getElementById('next').click()")
        tap.check(not set(page.run(names)) & set(profit), "the second page")
        page.run("const one = document.getElementById('search'); one.value = 'HYDRAULICS gmbh'; one.dispatchEvent(new Event('input'))")
        wanted = {row["account"] for row in table if "hydraulics" in row["account"].lower() and "gmbh" in row["account"].lower()}
        same(set(page.run(names)), wanted)
        page.run("const one = document.getElementById('search'); one.value = ''; one.dispatchEvent(new Event('input'));"
                 "const two = document.getElementById('tier-filter'); two.value = '1'; two.dispatchEvent(new Event('change'))")
        same(set(page.run(names)), {row["account"] for row in table if row["tier"] == "1"})
        page.quiet()


def test_hostile():
    """hostile names are shown as they are, and run nothing"""
    with Page(hostile()) as page:
        for i in range(min(20, len(EVIL))):
            opened(page, i)
            tap.check(page.run("return document.getElementById('account-name').textContent") in EVIL, str(i))
            page.run("document.getElementById('close').click()")
        same(page.run("return document.querySelectorAll('img, iframe, object').length"), 0)
        page.quiet()


def test_print():
    """it prints on A4: a few pages, none empty of text"""
    with Page(sample()) as page:
        data = base64.b64decode(page.driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True,
                                                                                "preferCSSPageSize": True})["data"])
        n = data.count(b"/Type /Page\n") + data.count(b"/Type /Page ") + data.count(b"/Type /Page>")
        tap.check(3 <= n <= 9, f"{n} pages")
        if PICTURES:
            pathlib.Path(PICTURES, "sample.pdf").write_bytes(data)
        page.quiet()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(globals())
