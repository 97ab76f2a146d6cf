# SPDX-License-Identifier: MIT
"""tryton_here.py BUILD_DIR: a real Tryton on PostgreSQL, end to end. Its own programs make
the database, its own interface the sales, deliveries, invoices and payments; then
docs/mappings/tryton.sql shows them, and kam-score and the PostgreSQL extension score the
same accounts. Run by check-all, in an environment with trytond and its modules."""
import csv
import datetime
import decimal
import io
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(sys.argv[1]).resolve()
sys.path[:0] = [str(ROOT / "bindings/postgresql"), str(ROOT / "tests/house")]
import tap  # noqa: E402
from server import Server  # noqa: E402

AS_OF = datetime.date(2024, 12, 31)
DAY = datetime.timedelta(1)
D = decimal.Decimal


def story():
    """(customer, day, ((product, quantity, price), ...)) of each sale, in the order of days:
    twelve customers, each with a rhythm of its own; the last of one customer is a return."""
    sales = []
    for customer in range(12):
        day = datetime.date(2024, 1, 8) + 9 * customer * DAY
        for n in range(2 + 5 * customer % 4):
            price = D(40 + 13 * customer + 7 * (n % 3))
            lines = [("pump", 1 + (customer + n) % 4, price)]
            if n % 2:
                lines.append(("service", 2, D("35.50")))
            sales.append((customer, day, tuple(lines)))
            day += (20 + 4 * customer + 6 * (n % 2)) * DAY
        if customer == 3:
            sales.append((customer, day, (("pump", -1, price),)))
    return sorted((sale for sale in sales if sale[1] <= AS_OF - 9 * DAY), key=lambda sale: sale[1])


# Contracts: customer, first day, last day, months between invoices and between what is charged, quantity, price.
CONTRACTS = [(1, "2024-02-01", "2024-07-31", 1, 1, 2, D("30.00")), (2, "2024-03-01", None, 12, 1, 1, D("45.50")),
             (5, "2024-01-15", None, 12, 12, 3, D("200.00"))]
COST = {"pump": D("22.25"), "service": D(0)}


def paid_day(number, day):
    """Of the invoice of a sale: three of four are paid, some of them late."""
    paid = day + (20 + number % 30) * DAY
    return paid if number % 4 and paid <= AS_OF else None


def install(server):
    """The database, by Tryton's own program."""
    configuration = pathlib.Path(server.folder) / "trytond.conf"
    uri = f"postgresql://postgres@/?host={server.folder}"
    configuration.write_text(f"[database]\nuri = {uri}\n")
    password = pathlib.Path(server.folder) / "password"
    password.write_text("of a test\n")
    server.ask("create database tryton")
    for words in (["--all", "--email", "kam@example.com"], ["-u", "sale", "sale_subscription", "--activate-dependencies"]):
        tap.output([pathlib.Path(sys.executable).parent / "trytond-admin", "-c", configuration, "-d", "tryton", *words], env={**os.environ, "TRYTONPASSFILE": str(password)})
    return configuration


def trade(configuration):
    """The story, told to Tryton through proteus as a user's client would."""
    from proteus import Model, config
    os.environ["TRYTOND_DATABASE_URI"] = f"postgresql://postgres@/tryton?host={configuration.parent}"
    config.set_trytond(user="admin", config_file=str(configuration)).skip_warning = True  # of days long past
    user, = Model.get("res.user").find([("login", "=", "admin")])
    user.groups.extend(Model.get("res.group").find([]))
    user.save()
    from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, create_tax, get_accounts
    from trytond.modules.account_invoice.tests.tools import set_fiscalyear_invoice_sequences
    from trytond.modules.company.tests.tools import create_company
    from trytond.modules.currency.tests.tools import get_currency
    create_company(currency=get_currency("EUR"))
    create_chart()
    fiscal = set_fiscalyear_invoice_sequences(create_fiscalyear(today=(datetime.date(2024, 1, 1), AS_OF)))
    fiscal.click("create_period")
    accounts = get_accounts()
    journal, = Model.get("account.journal").find([("type", "=", "cash")])
    method = Model.get("account.invoice.payment.method")(name="Bank", journal=journal, credit_account=accounts["cash"],
                                                         debit_account=accounts["cash"])
    method.save()
    tax = create_tax(D(".20"))
    tax.save()
    category = Model.get("product.category")(name="Goods", accounting=True, account_expense=accounts["expense"],
                                             account_revenue=accounts["revenue"])
    category.customer_taxes.append(tax)
    category.save()
    unit, = Model.get("product.uom").find([("name", "=", "Unit")])
    products = {}
    for name, kind in (("pump", "goods"), ("service", "service")):
        template = Model.get("product.template")(name=name, default_uom=unit, type=kind, salable=True, list_price=D(50),
                                                 account_category=category)
        template.products[0].cost_price = COST[name]
        template.save()
        products[name], = template.products
    term = Model.get("account.invoice.payment_term")(name="30 days")
    term.lines.new(type="remainder").relativedeltas.new(days=30)
    term.save()
    store, = Model.get("stock.location").find([("code", "=", "STO")])
    inventory = Model.get("stock.inventory")(location=store, date=datetime.date(2024, 1, 1))
    line = inventory.lines.new(product=products["pump"])
    line.quantity, line.expected_quantity = 10000.0, 0.0
    inventory.click("confirm")

    Party, Sale = Model.get("party.party"), Model.get("sale.sale")
    parties = []
    for n in range(12):
        parties.append(Party(name=f"Customer {n}"))
        parties[-1].save()
    for number, (customer, day, lines) in enumerate(story()):
        sale = Sale(party=parties[customer], payment_term=term, invoice_method="order", sale_date=day)
        for name, quantity, price in lines:
            line = sale.lines.new()
            line.product = products[name]
            line.quantity, line.unit_price = float(quantity), price
        sale.click("quote")
        if number % 17 == 16:  # one that does not come about is in no view
            other = Sale(party=parties[customer], sale_date=day)
            line = other.lines.new(product=products["pump"])
            line.quantity, line.unit_price = 99.0, D(99)
            other.click("quote")
            other.click("cancel")
        sale.click("confirm")
        for shipment in sale.shipments:
            shipment.effective_date = day + 2 * DAY
            for step in ("assign_force", "pick", "pack", "do"):
                shipment.click(step)
        for shipment in sale.shipment_returns:
            shipment.effective_date = day + 2 * DAY
            shipment.click("receive")
        for invoice in sale.invoices:
            invoice.invoice_date = day + DAY
            invoice.click("post")
            if paid_day(number, day) and invoice.total_amount > 0:
                payment = invoice.click("pay")
                payment.form.payment_method = method
                payment.form.date = paid_day(number, day)
                payment.execute("choice")
    subscribe(parties, products["service"])
    return [party.id for party in parties]


def subscribe(parties, product):
    """The contracts; then Tryton's own program closes what is over."""
    from proteus import Model, Wizard
    every = {}
    for months, frequency, interval in ((1, "monthly", 1), (12, "yearly", 1)):
        every[months] = Model.get("sale.subscription.recurrence.rule.set")(name=frequency)
        rule, = every[months].rules
        rule.freq, rule.interval = frequency, interval
        every[months].save()
    for customer, start, end, term, charge, quantity, price in CONTRACTS:
        service = Model.get("sale.subscription.service")(product=product, consumption_recurrence=every[charge])
        service.save()
        made = Model.get("sale.subscription")(party=parties[customer], start_date=datetime.date.fromisoformat(start),
                                              invoice_recurrence=every[term])
        made.end_date = end and datetime.date.fromisoformat(end)
        line = made.lines.new()
        line.service = service
        line.quantity, line.unit_price = float(quantity), price
        made.click("quote")
        if customer == 5:  # one that does not come about is in no view
            other, = made.duplicate()
            other.click("cancel")
        made.click("run")
    consume = Wizard("sale.subscription.line.consumption.create")
    consume.form.date = AS_OF
    consume.execute("create_")


def main():
    server = Server()
    state = {}
    try:
        return tap.main(tests(server, state))
    finally:
        server.stop()


def tests(server, state):
    def ask(query):
        return server.ask(query, base="tryton")

    def csv_of(query):
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(query[1])
        rows.writerows([["" if cell == "~" else cell for cell in row] for row in ask(query[0])])
        return text.getvalue()

    def make():
        """Tryton makes its database, and its interface takes the sales"""
        configuration = install(server)
        state["parties"] = trade(configuration)
        print(f"# {ask('select count(*) from information_schema.tables')[0][0]} tables, {len(story())} sales", flush=True)

    def orders():
        """kam_orders shows every line that was sold, and no other"""
        ask((ROOT / "docs/mappings/tryton.sql").read_text())
        made = sorted((int(account), day, D(quantity), D(revenue), D(cost), delivered) for account, day, quantity, revenue, cost, delivered in
                      ask("select account, day, quantity, revenue, cost, delivered_day from kam_orders"))
        wanted = sorted((state["parties"][customer], str(day), D(quantity), quantity * price, quantity * COST[name],
                         str(day + 2 * DAY) if name == "pump" and quantity > 0 else "~")
                        for customer, day, lines in story() for name, quantity, price in lines)
        tap.check(made == wanted, f"{made}\nand not\n{wanted}")

    def invoices():
        """kam_invoices shows what was invoiced, when it is due, and when it was paid"""
        made = sorted((int(account), day, due, paid, D(amount)) for account, day, due, paid, amount in
                      ask("select account, invoice_day, due_day, paid_day, amount from kam_invoices"))
        wanted = []
        for number, (customer, day, lines) in enumerate(story()):
            amount = sum(quantity * price for _, quantity, price in lines)
            paid = str(paid_day(number, day) or "~") if amount > 0 else "~"
            wanted.append((state["parties"][customer], str(day + DAY), str(day + 31 * DAY), paid, round(amount * D("1.2"), 2)))
        tap.check(made == sorted(wanted), f"{made}\nand not\n{sorted(wanted)}")

    def contracts():
        """kam_contracts shows what runs and what has ended, with its value in a term"""
        made = sorted((int(account), start, end, ended, D(value), int(term)) for account, start, end, ended, value, term in
                      ask('select account, start, "end", ended, value, term_months from kam_contracts'))
        wanted = sorted((state["parties"][customer], start, end or "~", "yes" if end else "~", quantity * price * term / charge, term)
                        for customer, start, end, term, charge, quantity, price in CONTRACTS)
        tap.check(made == wanted, f"{made}\nand not\n{wanted}")
        text = csv_of(('select account, start, "end", ended, value, term_months from kam_contracts',
                       ("account", "start", "end", "ended", "value", "term_months")))
        (pathlib.Path(server.folder) / "contracts.csv").write_text(text)
        done = subprocess.run([BUILD / "examples/kam-score", "--as-of", str(AS_OF), "--contracts", pathlib.Path(server.folder) / "contracts.csv"],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        tap.check(done.returncode == 0 and len(done.stdout.splitlines()) == 4, done.stderr + done.stdout)

    def scores():
        """kam-score of the CSV, and the extension in the database, say the same of each account"""
        text = csv_of(("select account, \"order\", day, revenue, cost from kam_orders", ("account", "order", "day", "revenue", "cost")))
        done = subprocess.run([BUILD / "examples/kam-score", "--as-of", str(AS_OF), "-"], input=text, capture_output=True, text=True, check=False)
        tap.check(done.returncode == 0, done.stderr)
        table = {row["account"]: row for row in csv.DictReader(io.StringIO(done.stdout))}
        server.extend(BUILD / "bindings/postgresql/kam_pg.so", base="tryton")
        ask((ROOT / "docs/mappings/accounts.sql").read_text())
        history = "m, repeat_orders, last_order_periods, age_periods"
        made = ask(f"""create table models as select kam_fit('select * from kam_accounts(''{AS_OF}'')') m;
            select account, repeat_orders, gross_revenue - "returns", round(kam_alive({history})::numeric, 4),
                   round(kam_expected_orders({history})::numeric, 4), round(kam_churn_risk({history})::numeric, 4)
              from models, kam_accounts('{AS_OF}')""")
        tap.check(len(made) == len(table) == 12, f"{len(made)} and {len(table)} accounts")
        problems = []
        for account, repeats, revenue, *numbers in made:
            row = table[account]
            told = [row[name] for name in ("alive", "expected_orders", "churn_risk")]
            if list(map(float, numbers)) != list(map(float, told)):
                problems.append(f"{account}: {numbers}, kam-score: {told}")
        tap.none(problems)

    def figures():
        """kam-kpi reads the invoices"""
        text = csv_of(("select account, invoice_day, due_day, paid_day, amount from kam_invoices",
                       ("account", "invoice_day", "due_day", "paid_day", "amount")))
        done = subprocess.run([BUILD / "examples/kam-kpi", "invoices", "--to", str(AS_OF), "-"], input=text, capture_output=True, text=True,
                              check=False)
        tap.check(done.returncode == 0, done.stderr)
        rows = {row["figure"]: row for row in csv.DictReader(io.StringIO(done.stdout))}
        late = [row for row in csv.DictReader(io.StringIO(text))
                if (row["paid_day"] or str(AS_OF)) > row["due_day"] and float(row["amount"]) > 0]
        tap.check(float(rows["late"]["numerator"]) == len(late), f"{len(late)}, kam-kpi: {rows['late']}")

    return [make, orders, invoices, contracts, scores, figures]


if __name__ == "__main__":
    sys.exit(main())
