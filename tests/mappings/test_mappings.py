# SPDX-License-Identifier: MIT
"""test_mappings.py [server BUILD]: the views of docs/mappings on small tables of each system. All
systems tell one story, so all views have to show the same rows. Run by SQLite; with
"server" by PostgreSQL and MariaDB where the system runs on one of these, and then the commands
of README.md with the tools of a build."""
import datetime
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/house"), str(ROOT / "bindings/postgresql")]
import tap  # noqa: E402

# Two orders, a return, three invoices, two contracts, two tickets, three opportunities; and
# of each kind some that do not count. `~` is not known.
STORY = {
    "kam_orders(account,order,day,quantity,revenue,cost,promised_day,delivered_day)": """
        1 SO1 2024-01-10 10 1000 600 2024-01-20 2024-01-18
        1 SO1 2024-01-10 2 200 120 2024-01-20 2024-01-18
        2 SO2 2024-02-01 4 400 250 2024-02-10 ~
        1 CN1 2024-03-01 -1 -100 -60 ~ ~""",
    "kam_invoices(account,invoice,invoice_day,due_day,paid_day,amount)": """
        1 IN1 2024-01-20 2024-02-19 2024-02-25 1440
        2 IN2 2024-02-12 2024-03-13 ~ 480
        1 CN1 2024-03-01 2024-03-01 ~ -120""",
    "kam_contracts(account,start,end,ended,value,term_months)": """
        1 2023-05-01 2024-04-30 ~ 1200 12
        2 2023-01-01 2023-12-31 yes 600 12""",
    "kam_tickets(account,day,hours,limit,is_open)": """
        1 2024-02-05 26.5 48 0
        2 2024-03-02 ~ 48 1""",
    "kam_opportunities(account,opened_day,closed_day,won,value)": """
        1 2023-11-01 2024-01-10 1 1200
        2 2023-12-01 2024-02-05 0 300
        2 2024-02-20 ~ ~ 900""",
}

# Which database, and what the system does not know (a column that is all NULL).
SYSTEMS = {
    "tryton": ("postgresql", ""), "odoo": ("postgresql", ""), "idempiere": ("postgresql", "contracts.value tickets.limit"),
    "metasfresh": ("postgresql", ""),
    "erpnext": ("mariadb", ""), "dolibarr": ("mariadb", "contracts.term_months tickets.limit"),
    "suitecrm": ("mariadb", "orders.promised_day orders.delivered_day invoices.paid_day contracts.ended contracts.term_months tickets.limit"),
    "sap-business-one": (None, "contracts.value contracts.term_months tickets.limit"),
    "dynamics-365": (None, "contracts.value contracts.term_months invoices.paid_day"),
    "business-central": (None, "orders.promised_day orders.delivered_day")}
# Lines are of invoices there: their numbers and days.
SUITECRM = {"SO1": "IN1", "SO2": "IN2", "2024-01-10": "2024-01-20", "2024-02-01": "2024-02-12"}


def mapping(system):
    return (ROOT / f"docs/mappings/{system}.sql").read_text()


def tables(system):
    return (ROOT / f"tests/mappings/{system}.sql").read_text()


def views(system):
    return re.findall(r"^create view (\w+)", mapping(system), re.MULTILINE)


def story(system, view, columns, text):
    """The rows that a system's view has to show."""
    unknown = SYSTEMS[system][1].split()
    rows = []
    for line in text.split("\n")[1:]:
        row = ["~" if f"{view[4:]}.{column}" in unknown else cell for column, cell in zip(columns, line.split())]
        if system == "suitecrm" and view == "kam_orders":
            row = [SUITECRM.get(cell, cell) for cell in row]
        if system == "erpnext" and view == "kam_contracts" and row[0] == "2":
            row[4:] = "~~"  # a contract; the other one is a subscription
        rows.append(row)
    return sorted(rows)


def shown(cell):
    """A cell as the story writes it: days without time, numbers without ends."""
    if cell in (None, ""):
        return "~"
    if re.match(r"\d{4}-\d\d-\d\d", str(cell)):
        return str(cell)[:10]
    try:
        return f"{float(cell):.6f}".rstrip("0").rstrip(".")
    except ValueError:
        return str(cell)


def compare(system, ask):
    """ask(query) answers the rows of a query, each a sequence."""
    problems = []
    for head, text in STORY.items():
        view, columns = head.rstrip(")").split("(")
        if view not in views(system):
            continue
        columns = columns.split(",")
        quoted = ", ".join(f"`{c}`" if SYSTEMS[system][0] == "mariadb" else f'"{c}"' for c in columns)
        made = sorted([shown(cell) for cell in row] for row in ask(f"select {quoted} from {view}"))
        wanted = story(system, view, columns, text)
        if made != wanted:
            problems.append(f"{system} {view}:\n" + "\n".join(map(" ".join, made)) + "\nand not\n" + "\n".join(map(" ".join, wanted)))
    tap.none(problems)


def moment(text):
    return None if text is None else datetime.datetime.fromisoformat(text)


def apart(unit, begin, end):
    """TIMESTAMPDIFF and DATEDIFF."""
    if begin is None or end is None:
        return None
    apart_ = (moment(end) - moment(begin)).total_seconds()
    return int(apart_ // 86400 if unit == "day" else apart_)


def due(term, day):
    """paymentTermDueDate of iDempiere, a term being so many days."""
    return (moment(day) + datetime.timedelta(term)).isoformat()


def in_sqlite(system):
    """SQLite, with the functions of the other databases; a unit is a text there."""
    base = sqlite3.connect(":memory:")
    base.create_function("timestampdiff", 3, apart)
    base.create_function("datediff", 3, apart)
    base.create_function("date_part", 2, lambda part, at: None if at is None else moment(at).timestamp())
    base.create_function("paymenttermduedate", 2, due)
    base.executescript(tables(system))
    base.executescript(re.sub(r"\b(timestampdiff|datediff)\((\w+),", r"\1('\2',", mapping(system)))
    compare(system, base.execute)


def command(name, *words, **options):
    """What a client prints, tabs between cells."""
    done = subprocess.run([name, *words], capture_output=True, text=True, check=False, **options)
    tap.check(done.returncode == 0, done.stderr)
    return [[None if cell in ("~", "NULL") else cell for cell in line.split("\t")] for line in done.stdout.splitlines()]


def in_postgresql(server, system):
    def ask(query):
        return server.ask(f"set search_path = {system}; " + query)

    server.ask(f"create schema {system}")
    ask(tables(system))
    if system == "idempiere":
        ask("create function paymenttermduedate(n integer, day timestamp) returns timestamp immutable language sql as"
            " $$ select day + n * interval '1 day' $$")
    ask(mapping(system))
    compare(system, lambda query: [[None if cell == "~" else cell for cell in row] for row in ask(query)])


class MariaDB:
    """A server in a folder, reached by a socket in it."""

    def __init__(self):
        self.daemon = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin")
        if not self.daemon or not shutil.which("mariadb-install-db"):
            raise tap.Skip("no MariaDB server")
        self.folder = tempfile.mkdtemp(prefix="kam-maria-")
        tap.output(["mariadb-install-db", "--no-defaults", f"--datadir={self.folder}/data", "--skip-test-db",
                    "--auth-root-authentication-method=normal"])
        log = open(self.folder + "/log", "w")
        self.process = subprocess.Popen([self.daemon, "--no-defaults", f"--datadir={self.folder}/data", "--user=root", "--skip-networking",
                                         f"--socket={self.folder}/socket"], stdout=log, stderr=log)
        for _ in range(600):
            if subprocess.run(self.client("select 1"), capture_output=True, check=False).returncode == 0:
                return
            time.sleep(0.1)
        raise AssertionError(pathlib.Path(self.folder + "/log").read_text())

    def client(self, *query):
        return ["mariadb", "--no-defaults", f"--socket={self.folder}/socket", "-uroot", "-N", "-B", *(["-e", *query] if query else [])]

    def run(self, system):
        name = system.replace("-", "_")
        command(*self.client(f"create database {name}"))
        for text in (tables(system), mapping(system)):
            command(*self.client(), name, input=text)
        compare(system, lambda query: command(*self.client(query), name))

    def stop(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder)


def case(name, run, *arguments):
    def test():
        run(*arguments)
    test.__doc__ = name
    return test


def complete():
    """every mapping has its tables, its line in README.md, and each view a known name"""
    there = {path.stem for path in (ROOT / "docs/mappings").glob("*.sql")} - {"accounts"}
    tap.check(there == set(SYSTEMS), str(there ^ set(SYSTEMS)))
    page = (ROOT / "docs/mappings/README.md").read_text()
    known = {head.split("(")[0] for head in STORY}
    for system in SYSTEMS:
        tap.check(f"({system}.sql)" in page and set(views(system)) <= known, system)


# Enough accounts for kam-score.
MORE = """insert into res_partner select n, n from generate_series(101, 140) n;
insert into sale_order (id, name, partner_id, date_order, state) select 10 * n + k, 'M' || 10 * n + k, n,
    timestamp '2023-01-01' + (n % 30 + k * (20 + n % 50)) * interval '1 day', 'sale' from generate_series(101, 140) n, generate_series(0, 5) k
     where k <= n % 6;
insert into sale_order_line (id, order_id, product_uom_qty, price_subtotal, purchase_price)
    select id, id, 2, 100 + id % 90, 30 from sale_order where id > 1000"""


def page(server, build):
    """the commands of README.md"""
    server.ask("create database erp")
    for text in (tables("odoo"), MORE):
        server.ask(text, base="erp")
    block = re.search(r"^```sh\n(.*?)^```$", (ROOT / "docs/mappings/README.md").read_text(), re.MULTILINE | re.DOTALL)[1]
    environment = {**os.environ, "PGHOST": server.folder, "PGUSER": "postgres", "PATH": f"{build}/examples{os.pathsep}{os.environ['PATH']}"}
    said = [tap.output(["sh", "-c", line], cwd=ROOT, env=environment) for line in block.splitlines()]
    tap.check(len(said) == 3 and len(said[1].splitlines()) == 43 and ",days_to_pay," in said[2], "\n".join(said))


def on_servers(build):
    """One server of each kind, for all its systems."""
    from server import Server
    tests, running = [], []
    for kind in ("postgresql", "mariadb"):
        systems = [system for system in SYSTEMS if SYSTEMS[system][0] == kind]
        try:
            server = Server() if kind == "postgresql" else MariaDB()
        except tap.Skip as why:
            def skipped(why=why):
                raise why
            tests += [case(f"{system}, in {kind}", skipped) for system in systems]
            continue
        running.append(server)
        tests += [case(f"{system}, in {kind}", *((in_postgresql, server, system) if kind == "postgresql" else (server.run, system)))
                  for system in systems]
        if kind == "postgresql":
            tests.append(case("the commands of README.md", page, server, pathlib.Path(build).resolve()))
    try:
        return tap.main(tests)
    finally:
        for server in running:
            server.stop()


if __name__ == "__main__":
    if sys.argv[1:2] == ["server"]:
        sys.exit(on_servers(sys.argv[2]))
    sys.exit(tap.main([complete, *(case(f"{system}, in SQLite", in_sqlite, system) for system in SYSTEMS)]))
