# SPDX-License-Identifier: MIT
"""Churn from signals: fits, verdicts, risks and reasons."""
import math
import random

from support import kam, main, raised, same, shared, tap


def book(n=400, seed=1):
    draw = random.Random(seed)
    drop, days = [draw.random() - 0.3 for _ in range(n)], [draw.randrange(40) for _ in range(n)]
    left = [int(draw.random() < 1 / (1 + math.exp(3 - 2 * a - 0.05 * b))) for a, b in zip(drop, days)]
    return {"drop": drop, "days": days}, left


KINDS = {"drop": "usage", "days": "contact_gap"}


def test_fit_and_score():
    """a fit, its errors, risks with intervals, and reasons that add up"""
    signals, left = book()
    panel = kam.Panel(signals, event=left, reasons=KINDS)
    model = kam.hazard.fit(panel)
    same(list(model.coefficients), ["constant", "drop", "days"])
    same(model.report["verdict"], "fitted")
    tap.check(abs(model.coefficients["drop"] - 2) < 3 * model.standard_errors["drop"], "far from the truth")
    risk = model.risk(panel, confidence=0.9)
    tap.check(all(low < p < high for low, p, high in zip(risk["low"], risk["risk"], risk["high"])), "intervals")
    tap.check(abs(sum(risk["risk"]) - sum(left)) < 1e-6, "a fit with a constant is right in total")
    for reasons, p in zip(model.reasons(panel, top=1), risk["risk"]):
        score = sum(one.contribution for one in reasons)
        tap.check(abs(1 / (1 + math.exp(-score)) - p) < 1e-11, f"{reasons}")
    text = kam.reason.text(kam.reason.Reason(kam._ffi.KAM_REASON_USAGE, 0.7, 0.34))
    same(text, "usage down 34 %, which raises the risk")


def test_prior():
    """no event gives the expert's prior, and says so"""
    signals, left = book(40)
    prior = kam.hazard.expert(["usage", "contact_gap"], 0.03)
    panel = kam.Panel(signals, event=[0] * 40, reasons=KINDS)
    model = kam.hazard.fit(panel, prior=prior)
    same(model.report["verdict"], "prior_only")
    same(list(model.coefficients.values()), prior.mean)
    error = raised(kam.KamDataError, lambda: kam.hazard.fit(panel))
    same((error.name, error.argument), ("KAM_ERR_ONE_CLASS", "panel.event"))


def test_verdicts():
    """verdicts name the column; separated data get a finite answer"""
    signals, left = book()
    same(raised(kam.KamDataError, lambda: kam.hazard.fit(kam.Panel({**signals, "flat": [1] * 400}, event=left))).argument,
         "flat")
    perfect = kam.hazard.fit(kam.Panel({"x": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]}, event=[0, 0, 0, 1, 1, 1]))
    same((perfect.report["verdict"], perfect.report["culprit"]), ("separated", "x"))
    error = raised(kam.KamArithmeticError, lambda: kam.hazard.fit(kam.Panel(signals, event=left), max_steps=1))
    tap.check(math.isfinite(error.model.coefficients["drop"]), "the best point")


def test_no_leakage():
    """one row's score does not change with the others"""
    signals, left = book()
    model = kam.hazard.fit(kam.Panel(signals, event=left))
    whole = model.risk(signals)["risk"]
    half = model.risk({name: values[:200] for name, values in signals.items()})["risk"]
    same(whole[:200].tolist(), half.tolist())
    sums, n = model.objective(kam.Panel(signals, event=left))
    same(n, 400)
    tap.check(abs(sums[0] - model.report["log_likelihood"]) < 1e-9 and max(map(abs, sums[1:4])) < 1e-6, f"{sums[:4]}")


def test_telco():
    """the Telco book to ten digits, with threads"""
    rows, expected = shared("reference", "telco_design.csv"), shared("reference", "churn_telco_logistic_full_params.csv")
    names = [name for name in rows[0] if name != "Churn"]
    panel = kam.Panel({name: [float(row[name]) for row in rows] for name in names},
                      event=[int(row["Churn"]) for row in rows])
    model = kam.hazard.fit(panel, threads=2)
    for (name, value), row in zip(model.coefficients.items(), expected):
        tap.check(abs(value - float(row["estimate"])) < 1e-10, f"{name} {value}")


if __name__ == "__main__":
    main(globals())
