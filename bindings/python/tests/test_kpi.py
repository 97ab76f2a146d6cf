# SPDX-License-Identifier: MIT
"""Key figures: the facts of the shared data, groups, chunks, errors."""
import datetime

from support import kam, main, need, raised, same, shared, tap


def us_date(text):
    """M/D/YYYY"""
    return datetime.datetime.strptime(text, "%m/%d/%Y").date() if text else None


def test_receivables():
    """lateness of the receivables is that of the README of the data"""
    rows = shared("data", "ibm_receivables", "accounts_receivable.csv.gz")
    table = {"invoice_day": [us_date(row["InvoiceDate"]) for row in rows],
             "due_day": [us_date(row["DueDate"]) for row in rows],
             "paid_day": [us_date(row["SettledDate"]) for row in rows],
             "amount": [float(row["InvoiceAmount"]) for row in rows]}
    made = kam.kpi.invoices(table, ["late", "days_late", "days_to_pay"], last_day="2014-12-31")
    same(made["figure"], ["late", "days_late", "days_to_pay"])
    same(made["n"].tolist(), [2466, 877, 2466])
    same([round(value, 4) for value in made["value"].tolist()], [0.3556, 9.6796, 26.4448])
    same(made["state"], ["known"] * 3)
    same(made.report, {"defaults": 1, "n_rows": 2466, "n_without_group": 0})
    same(len(kam.kpi.invoices(table, first_day="2013-01-01", last_day="2013-06-30")), 12)


def test_groups():
    """a row for each group and figure; what cannot be known says why"""
    table = {"group": [0, 0, 2, None], "revenue": [1.0, 2.0, None, 4.0]}
    made = kam.kpi.lines(table, "revenue", n_groups=4)
    same(made["group"].tolist(), [0, 1, 2, 3])
    same(made["state"], ["known", "no_rows", "undecided", "no_rows"])
    same(made.to_dict()["value"], [3.0, None, None, None])
    same(made.report["n_without_group"], 1)


def test_every_kind():
    """every record kind gives its own figures"""
    first = {"day": [1, 2], "actual": [9.0, 8.0], "plan": [10.0, 10.0], "forecast": [8.0, 8.0]}
    same(kam.kpi.actuals(first)["figure"], ["accuracy", "bias", "mase", "attainment"])
    same(kam.kpi.actuals(first, "attainment")["value"].tolist(), [17 / 20])
    same(kam.kpi.surveys({"score": [9, 10, 3]}, "nps")["numerator"].tolist(), [1.0])
    same(kam.kpi.accounts({"before": [2.0], "now": [5.0]}, ["grr", "nrr"])["value"].tolist(), [1.0, 2.5])
    same(kam.kpi.opportunities({"won": [1, 0, None, 1]}, "win_rate")["value"].tolist(), [2 / 3])
    same(kam.kpi.tickets({"hours": [1.0, 2.0, 3.0], "limit": [2.0, 2.0, 2.0]},
                         ["hours_p50", "sla_hit"])["value"].tolist(), [2.0, 2 / 3])
    same(len(kam.kpi.surveys({"score": [9, 10]})), 3)
    same(len(kam.kpi.accounts({"before": [9], "now": [1]})), 6)
    same(len(kam.kpi.opportunities({"won": [1]})), 3)
    same(len(kam.kpi.tickets({"hours": [1]})), 4)


def test_other_names_and_chunks():
    """columns by other names, and columns in chunks"""
    arrow = need("pyarrow")
    day = arrow.chunked_array([arrow.array([1, 2], arrow.int32()).cast(arrow.date32()),
                               arrow.array([None], arrow.date32())])
    table = arrow.table({"when": day, "money": arrow.chunked_array([[1.0], [2.0, 4.0]])})
    made = kam.kpi.lines(table, ["revenue"], columns={"day": "when", "revenue": "money"}, first_day=1, last_day=9)
    same(made["value"].tolist(), [3.0])
    same(kam.kpi.lines(None, "revenue", columns={"revenue": [1.0, 2.0]})["value"].tolist(), [3.0])


def test_words():
    """names and texts"""
    same(kam.kpi.ids()["dso"], 302)
    same(kam.kpi.text("dso"), "days sales outstanding")
    same(kam.kpi.text("dso", "zh"), "应收账款周转天数")


def test_appraisal():
    """weights, targets, cuts, coverage"""
    criteria = {"revenue": kam.kpi.Criterion([100.0, None], 60, 100), "dso": kam.kpi.Criterion([40.0, 45.0], 40, 50, True)}
    made = kam.kpi.appraise(criteria)
    same([round(value, 12) if value is not None else None for value in made.to_dict()["score"]], [1.08, None])
    same(made["coverage"].tolist(), [1.0, 0.4])
    same(round(made["part_dso"][1], 12), 1.1)
    same(round(kam.kpi.appraise(criteria, 0.3)["score"][1], 12), 1.1)
    same(raised(kam.KamValueError, lambda: kam.kpi.appraise({})).argument, "appraisal.n_criteria")


def test_errors():
    """what cannot be is refused, by name"""
    table = {"revenue": [1.0, 2.0], "day": [1, 2]}
    same(raised(kam.KamValueError, lambda: kam.kpi.lines(table, "nonsense")).argument, "figures")
    same(raised(kam.KamValueError, lambda: kam.kpi.lines(table, "dso")).argument, "options.ids")
    same(raised(kam.KamValueError, lambda: kam.kpi.lines(table, "growth")).argument, "options.base_first_day")
    same(raised(kam.KamValueError, lambda: kam.kpi.lines(None, "revenue", columns={"revenue": "x"})).argument, "revenue")
    same(raised(kam.KamValueError, lambda: kam.kpi.lines({"revenue": [1.0], "day": [1, 2]}, "revenue")).argument,
         "records")
    raised(TypeError, lambda: kam.kpi.lines(table, "revenue", nonsense=1))
    raised(TypeError, lambda: kam.kpi.lines(table, "revenue", columns={"nonsense": [1]}))
    raised(kam.KamCancelled, lambda: kam.kpi.lines(table, "revenue", progress=lambda done, total: True))
    tap.check(kam.kpi.invoices({"amount": [1.0]}, "age_1", last_day=9, age_days=[10, 20, 30]).report["defaults"] == 0,
              "options did not arrive")


if __name__ == "__main__":
    main(globals())
