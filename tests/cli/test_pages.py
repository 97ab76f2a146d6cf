# SPDX-License-Identifier: MIT
"""What the tools' pages tell a reader to type works: every command of every block, on
small files of the names that the page uses."""
import gzip
import os
import pathlib
import re
import shutil
import subprocess

import tap

PAGES = ["kam-churn", "kam-kpi", "kam-score", "kam-simulate", "kam-tier", "policy"]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TOOLS = r"(kam-(churn|kpi|score|simulate|tier)|gzip) "


def page(name):
    return (pathlib.Path(tap.ROOT) / "docs" / f"{name}.md").read_text(encoding="utf-8")


def commands(text):
    """Every command in the blocks of a page that calls a tool, each on one line."""
    for _, body in BLOCK.findall(text):
        for line in body.replace("\\\n", " ").splitlines():
            if re.match(TOOLS, line):
                yield line


def book(folder):
    """The files that the pages name."""
    lines = tap.run("--accounts", 300, tool=tap.SIMULATE).out.splitlines()
    accounts = sorted({line.split(",")[0] for line in lines[1:]})
    days = [f"2024-{month:02}-15" for month in range(1, 13)]
    put = {
        # the names of kam-score, and those that the page of kam-kpi maps
        "orders.csv": [lines[0] + ",customer,date,net"] + [
            ",".join([line, *(line.split(",")[k] for k in range(3))]) for line in lines[1:]],
        "accounts.csv": ["account,revenue,growth,wallet,pain,cost_to_serve"] + [
            f"{name},{900000 // (i + 1)},0.1,{2000000 // (i + 1)},{i % 4},{i}" for i, name in enumerate(accounts)],
        "tiers-and-values.csv": ["account,clv,tier,since"] + [
            f"{name},{900000 // (i + 1)},{1 + i % 4},2024-0{1 + i % 9}-01" for i, name in enumerate(accounts)],
        "book.csv": ["PID,TotalRevenue,Segment"] + [
            f"{i % 90},{100 * i + 1},{'Gold' if i % 3 else 'Silver'}" for i in range(200)],
        "contracts.csv": ["account,start,end,value"] + [
            f"{name},2021-0{1 + i % 9}-01,{'' if i % 3 else '2023-0%d-01' % (1 + i % 9)},{1000 + i}"
            for i, name in enumerate(accounts)],
        "invoices.csv": ["invoice_day,due_day,paid_day,amount"] + [f"{day},{day[:-2]}20,{day[:-2]}24,100" for day in days],
        "deals.csv": ["owner,opened_day,closed_day,won,value,stage"] + [
            f"{'AB'[i % 2]},2024-01-01,{day},,{i},{'Won' if i % 3 else 'Lost'}" for i, day in enumerate(days)],
        "tickets.csv": ["day,hours,limit,is_open"] + [f"{day},{i},8,0" for i, day in enumerate(days)],
        "panel.csv": ["account,period,left,gone,orders,contact_gap,plan"] + [
            f"A{i},{day[:-3]},{leaves},{leaves},{i % 7 / 10},{i * k % 40},{i % 3}"
            for i in range(60) for k, day in enumerate(days[:1 + i % 12])
            for leaves in ["" if day[5:7] == "12" else int(i % 12 == k and i % 2)]],
    }
    put["deals.csv"] = [line.replace(",won,", ",result,", 1) for line in put["deals.csv"]]
    put["subscriptions.csv"] = put["contracts.csv"]
    for name, rows in put.items():
        (folder / name).write_text("\n".join(rows) + "\n", encoding="utf-8")
    with gzip.open(folder / "orders.csv.gz", "wb") as out:
        out.write((folder / "orders.csv").read_bytes())


def test_every_command():
    """every command on the pages ends well and says something"""
    folder = pathlib.Path(tap.HERE.name) / "pages"
    tools = os.path.dirname(os.path.abspath(tap.SCORE))
    asked = []
    for name in PAGES:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        book(folder)
        policy = next(body for language, body in BLOCK.findall(page("policy")) if language == "json")
        (folder / "policy.json").write_text(policy, encoding="utf-8")
        for line in commands(page(name)):
            short = line.replace("--accounts 1000000", "--accounts 5000")
            done = subprocess.run(["sh", "-c", short], cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, timeout=120,
                                  env={**os.environ, "PATH": tools + os.pathsep + os.environ["PATH"]}, check=False)
            tap.equal(done.returncode, 0, f"{name}.md: {line}\n{done.stderr.decode()}")
            to = re.search(r"> (\S+)", line)
            tap.true((folder / to[1]).stat().st_size if to else done.stdout, f"{name}.md: {line}: says nothing")
            asked.append(name)
    tap.equal(sorted(set(asked)), sorted(PAGES))
    tap.true(len(asked) >= 25, f"only {len(asked)} commands were found")


def test_messages():
    """the messages that pages show are those that such files bring about"""
    folder = pathlib.Path(tap.HERE.name) / "messages"
    folder.mkdir()
    good = [f"A,2024-01-{i:02},0,{i},1" for i in range(1, 29)] + [f"A,2024-02-{i:02},0,b{i},1" for i in range(1, 20)]
    head = "account,day,cost,order,revenue"
    orders = "\n".join([head, *good]) + "\n"
    rule = '{"playbook": {"rules": [{"action": "custom plan", "due_days": 1}, {"action": "trial first", "due_days": 1}, %s]}}'
    asked = {
        "orders.csv:17: day": ("\n".join([head, *good[:15], "A,2024-13-40,0,x,1"]) + "\n", None),
        "orders.csv:1: there is no": ("account,date,revenue\n" + "A,2024-01-01,1\n", None),
        "orders.csv:40: 6 fields": ("\n".join([head, *good[:38], "A,2024-02-20,0,x,1,50"]) + "\n", None),
        "policy.json: playbook": (orders, rule % '{"action": "cases first", "due_days": "soon"}'),
        "policy.json: matrix": (orders, '{"matrix": {"top_share": 2}}'),
        "policy.json:7: what": (orders, "{" + "\n" * 6 + "}}"),
    }
    shown = [line for name in PAGES for _, body in BLOCK.findall(page(name)) for line in body.splitlines()
             if line.startswith("kam-score: ")]
    tap.equal(len(shown), len(asked), shown)
    for line in shown:
        csv, policy = next(files for part, files in asked.items() if line.startswith(f"kam-score: {part}"))
        (folder / "orders.csv").write_text(csv, encoding="utf-8")
        (folder / "policy.json").write_text(policy or "{}", encoding="utf-8")
        done = subprocess.run([os.path.abspath(tap.SCORE), "--policy", "policy.json", "orders.csv"], cwd=folder,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, check=False)
        tap.has(done.stderr, line)
        tap.true(done.returncode and not done.stdout, line)


def test_complete():
    """no other page has a command of a tool in a block"""
    others = [path.stem for path in (pathlib.Path(tap.ROOT) / "docs").glob("*.md")
              if path.stem not in PAGES and list(commands(path.read_text(encoding="utf-8")))]
    tap.equal(others, [])


tap.main(globals())
