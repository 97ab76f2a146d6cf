# SPDX-License-Identifier: MIT
"""What docs/engines.md, docs/report.md, docs/models/pace.md, docs/models/contracts.md and the binding's README.md tell a reader to type works."""
import ast
import contextlib
import io
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from support import ROOT, kam, main, need, orders, same, tap

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page, language):
    return [body for name, body in BLOCK.findall((ROOT / page).read_text(encoding="utf-8")) if name == language]


def rows_of(code, names):
    """The rows of the relation that the last line of a program is."""
    tree = ast.parse(code)
    exec(compile(ast.Module(tree.body[:-1], []), "page", "exec"), names)
    return eval(compile(ast.Expression(tree.body[-1].value), "page", "eval"), names).fetchall()


def test_duckdb():
    """the programs of docs/engines.md for DuckDB"""
    need("pyarrow")
    duckdb = need("duckdb")
    table, here = orders(), os.getcwd()
    rows = [row for row in zip(table["account"], table["day"], table["revenue"]) if all(row)]
    with tempfile.TemporaryDirectory() as folder:
        with duckdb.connect(os.path.join(folder, "crm.db")) as connection:
            connection.execute("create table orders (customer text, date text, amount double)")
            connection.executemany("insert into orders values (?, ?, ?)", rows)
        names = {}
        os.chdir(folder)
        try:
            risks = rows_of(blocks("docs/engines.md", "python")[0], names)
            exec("why = connection.sql(words).fetchall()", {**names, "words": blocks("docs/engines.md", "sql")[0]}, names)
        finally:
            os.chdir(here)
            names["connection"].close()
    same(len(risks), len({row[0] for row in rows}))
    tap.check(all(0 <= risk <= 1 for _, risk in risks if risk is not None), "risks")
    tap.check(len(names["why"]) == len(risks) and any("订单" in str(why) or "天" in str(why) for _, why in names["why"]), "reasons")


def fill(folder):
    """The files that the pages name, and `kam`."""
    data = ROOT / "examples/data"
    head, *lines = (data / "orders.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    files = {"ORDERS.csv": [head, *lines], "orders-2023.csv": [head, *lines[::2]], "orders-2024.csv": [head, *lines[1::2]],
             "TICKETS.csv": ["day,hours,limit,is_open\n", "2024-01-02,3,8,0\n", "2024-02-02,30,8,0\n"],
             "contracts.csv": ["account,start,end\n", *(f"C{i},2022-0{i}-05,\n" for i in range(1, 9))],
             "ACCOUNTS.csv": ["account,revenue\n", "A,900\n", "B,30\n"],
             "kam": ["#!/bin/sh\n", f'exec "{sys.executable}" -m kam "$@"\n']}
    for name, text in files.items():
        (folder / name).write_text("".join(text), encoding="utf-8")
    (folder / "kam").chmod(0o755)
    shutil.copy(data / "accounts.csv", folder / "accounts.csv")


def test_commands():
    """every command `kam` on the pages ends well and says something"""
    for name in ("numpy", "jinja2", "vl_convert"):
        need(name)
    asked = 0
    for page in ("docs/report.md", "bindings/python/README.md"):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            fill(folder)
            environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "bindings/python")}
            for line in "".join(blocks(page, "sh")).splitlines():
                if not line.startswith("kam "):
                    continue
                done = subprocess.run(["sh", "-c", line], cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, env=environment, check=False)
                same(done.returncode, 0, f"{page}: {line}\n{done.stderr.decode()}")
                to = re.search(r"(?:>|-o) (\S+)", line)
                tap.check((folder / to[1]).stat().st_size if to else done.stdout, f"{page}: {line}: says nothing")
                asked += 1
    same(asked, 8)


def test_pace():
    """the program of docs/models/pace.md goes on at the pace of 2024"""
    names = {"kam": kam, "orders": orders()}
    exec(blocks("docs/models/pace.md", "python")[0], names)
    pace, scores = names["pace"], names["scores"]
    tap.check(0.9 < pace.pace < 1 and pace.actual > 1400 and pace.n_rows > 180, pace)
    plain = kam.score(kam.Ledger(orders()).summary(as_of="2024-12-31"))
    ratio = sum(scores["expected_orders"]) / sum(plain["expected_orders"])
    tap.check(abs(ratio - pace.pace) < 0.01, ratio)


def test_contracts():
    """the program of docs/models/contracts.md prints what the page says"""
    page, said = "docs/models/contracts.md", io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(blocks(page, "python")[0], {})
    same(said.getvalue(), blocks(page, "text")[0])


def test_clone():
    """the binding works from the clone as README.md says"""
    library = pathlib.Path(os.environ["KAM_LIBRARY"]).resolve()
    with tempfile.TemporaryDirectory() as name:
        (pathlib.Path(name) / "build/lib").mkdir(parents=True)
        (pathlib.Path(name) / "build/lib/libkam.so").symlink_to(library)
        (pathlib.Path(name) / "bindings").symlink_to(ROOT / "bindings")
        environment = {name: value for name, value in os.environ.items() if name not in ("KAM_LIBRARY", "PYTHONPATH")}
        done = subprocess.run(["sh", "-c", blocks("bindings/python/README.md", "sh")[0]], cwd=name, env=environment, text=True,
                              input="import kam; print(kam.__version__)", capture_output=True, check=False)
    tap.check(done.returncode == 0 and done.stdout.strip(), done.stderr)


if __name__ == "__main__":
    main(globals())
