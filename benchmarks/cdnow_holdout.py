# SPDX-License-Identifier: MIT
"""cdnow_holdout.py: is one configuration better than the rest on the CDNOW holdout?

Every configuration is fitted to the CDNOW sample up to 30 September 1997 and forecasts the
39 weeks after. Which one to take is decided without those weeks: by BIC, or by a holdout
within the calibration (fit to 30 June, forecast to 30 September). Prints the tables of
docs/models/holdout.md. KAM_LIBRARY names the library; the data lie beside the repository."""
import csv
import datetime
import gzip
import math
import pathlib
import sys
from collections import Counter

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "bindings/python"))

import kam  # noqa: E402

DATA = ROOT.parent / "shared/data/cdnow/cdnow_sample.csv.gz"
INNER, SPLIT, END = (datetime.date(*day).toordinal() for day in ((1997, 6, 30), (1997, 9, 30), (1998, 6, 30)))
COLUMNS = ("repeat_orders", "last_order_periods", "age_periods")
AGES = [1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 28, 32, 36, 40, 48, 56, 64, 72]


def read():
    """Order days of each customer."""
    days = {}
    with gzip.open(DATA, "rt") as text:
        for row in csv.DictReader(text):
            day = datetime.datetime.strptime(row["date"], "%Y%m%d").toordinal()
            days.setdefault(row["sample_id"], set()).add(day)
    return [sorted(of) for of in days.values()]


def book_of(log, cut):
    """Weeks, of those who ordered by then; and their days."""
    known = [[day for day in days if day <= cut] for days in log]
    pairs = [(days, seen) for days, seen in zip(log, known) if seen]
    book = {"repeat_orders": [len(seen) - 1.0 for _, seen in pairs],
            "last_order_periods": [(seen[-1] - seen[0]) / 7 for _, seen in pairs],
            "age_periods": [(cut - seen[0]) / 7 for _, seen in pairs],
            "log_gaps": [sum(math.log((b - a) / 7) for a, b in zip(seen, seen[1:])) for _, seen in pairs]}
    return book, [days for days, _ in pairs]


def fitted(fit):
    """The model, also where the verdict is that it has no interior maximum; and the verdict."""
    try:
        model = fit()
        return model, "KAM_OK"
    except kam.KamError as error:
        return error.model, error.name


class Static:
    """A family of kam.btyd."""

    def __init__(self, family, **how):
        self.family, self.how = family, how
        self.name = " ".join([family, *(f"{key} {value}" for key, value in how.items())])

    def forecast(self, book, _, cut, end):
        model, verdict = fitted(lambda: kam.btyd.fit(book, self.family, **self.how))
        ahead = model.expected_orders(book, (end - cut) / 7)["expected_orders"]
        total = 0.0
        for age, n in Counter(book["age_periods"]).items():
            new = {name: [0.0] for name in COLUMNS}
            total += n * model.expected_orders(new, age + (end - cut) / 7)["expected_orders"][0]
        p = len(model.parameters) - ("rhythm" in self.how)
        return list(ahead), total, p, model.report["log_likelihood"], verdict


class Early:
    """Pareto/NBD whose rate of orders depends on the age of the relation."""

    def __init__(self, weeks):
        self.name = f"pnbd, orders by {'log age' if weeks is None else f'age below {weeks} weeks'}"
        self.ages = AGES if weeks is None else [weeks]
        self.fact = (lambda low, high: math.log1p((low + high) / 2)) if weeks is None else (lambda low, _: float(low < weeks))

    def timeline(self, book, days, cut, end):
        first, ends, orders, fact = [0.0], [], [], []
        for age, of in zip(book["age_periods"], days):
            low = 0.0
            for high in [*(a for a in self.ages if a < age + (end - cut) / 7), age + (end - cut) / 7 + 1]:
                ends.append(float(high))
                orders.append(float(sum(low < (day - of[0]) / 7 <= high and day <= cut for day in of[1:])))
                fact.append(self.fact(low, high))
                low = high
            first.append(float(len(ends)))
        return {"first": first, "end": ends, "repeat_orders": orders}, {"orders": {"early": fact}, "leaving": {}}

    def forecast(self, book, days, cut, end):
        timeline, facts = self.timeline(book, days, cut, end)
        model, verdict = fitted(lambda: kam.btyd_dynamic.fit(book, timeline, facts))
        ahead = model.answer(book, timeline, facts, "expected_orders", (end - cut) / 7)["expected_orders"]
        total, new = 0.0, {name: [0.0] for name in COLUMNS}
        at = {age: i for i, age in enumerate(book["age_periods"])}
        for age, n in Counter(book["age_periods"]).items():
            low, high = (int(timeline["first"][at[age] + k]) for k in (0, 1))
            one = {"first": [0.0, float(high - low)], "end": timeline["end"][low:high]}
            z = {"orders": {"early": facts["orders"]["early"][low:high]}, "leaving": {}}
            total += n * model.answer(new, one, z, "expected_orders", age + (end - cut) / 7)["expected_orders"][0]
        return list(ahead), total, 5, model.report["log_likelihood"], verdict


def measure(configuration, log, cut, end):
    book, days = book_of(log, cut)
    ahead, total, p, log_likelihood, verdict = configuration.forecast(book, days, cut, end)
    actual = [sum(cut < day <= end for day in of) for of in days]
    off = [f - a for f, a in zip(ahead, actual)]
    n = len(off)
    return {"BIC": p * math.log(n) - 2 * log_likelihood, "MAE": sum(map(abs, off)) / n,
            "RMSE": math.sqrt(sum(e * e for e in off) / n), "bias": 100 * sum(off) / sum(actual),
            "cum": 100 * (total / (sum(book["repeat_orders"]) + sum(actual)) - 1), "verdict": verdict}


def main():
    log = read()
    tried = [Static(family, prior=prior) for family in ("bgnbd", "mbgnbd", "pnbd", "ggomnbd") for prior in ("none", "weak")]
    tried += [Static("mbgcnbd", rhythm=k) for k in (2, 3)] + [Early(weeks) for weeks in (1, 2, 4, 8, None)]
    found = {c.name: (measure(c, log, INNER, SPLIT), measure(c, log, SPLIT, END)) for c in tried}
    print("| configuration | BIC | MAE to 30 Sep | RMSE | cum % | MAE to 30 Jun | RMSE | bias % | cum % |\n" + "|---" * 9 + "|")
    for name, (inner, outer) in found.items():
        star = "" if outer["verdict"] == "KAM_OK" else " *"
        print(f"| {name}{star} | {outer['BIC']:.1f} | {inner['MAE']:.4f} | {inner['RMSE']:.4f} | {inner['cum']:.2f} | "
              f"{outer['MAE']:.4f} | {outer['RMSE']:.4f} | {outer['bias']:.2f} | {outer['cum']:.2f} |")
    print("\n| rule | takes | MAE | RMSE | bias % | cum % |\n|---|---|---|---|---|---|")
    interior = {name: both for name, both in found.items() if both[1]["verdict"] == "KAM_OK"}
    rules = {"BIC": lambda both: both[1]["BIC"], "MAE to 30 Sep": lambda both: both[0]["MAE"],
             "RMSE to 30 Sep": lambda both: both[0]["RMSE"], "cum to 30 Sep": lambda both: abs(both[0]["cum"])}
    for rule, key in rules.items():
        name = min(interior, key=lambda name: key(interior[name]))
        outer = found[name][1]
        print(f"| {rule} | {name} | {outer['MAE']:.4f} | {outer['RMSE']:.4f} | {outer['bias']:.2f} | {outer['cum']:.2f} |")


if __name__ == "__main__":
    main()
