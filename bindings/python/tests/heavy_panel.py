# SPDX-License-Identifier: MIT
"""A million client-months of a telecom company: explicit and silent churn, learned
from the first 20 months and tested on the rest, beside scikit-learn's histogram
booster on the same columns. Run by check-all."""
import csv
import gzip
import time

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from support import SHARED, kam, main, tap

MONTHS, TRAIN, QUIET = 30, 20, 0.2
PAIRS = [("low_revenue_1", "low_revenue_3"), ("low_revenue_3", "low_revenue_6"), ("low_revenue_1", "low_revenue_6")]
FOLDER = SHARED / "data/b2b_panel"


def read():
    """Revenue, traffic, tickets, debt, lines by client and month; months of connection and termination."""
    def month(text):
        return (int(text[:4]) - 2024) * 12 + int(text[5:7]) - 1 if text else 10**6

    clients, codes = {}, {}
    with gzip.open(FOLDER / "clients.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            kind = tuple(codes.setdefault((key, row[key]), len(codes)) for key in ("segment", "product", "region"))
            clients[row["client_id"]] = (len(clients), month(row["connection_date"]), month(row["termination_date"]),
                                         *kind)
    facts = np.array(list(clients.values()), dtype=float)
    cube = np.full((5, len(clients), MONTHS), np.nan)
    with gzip.open(FOLDER / "usage.csv.gz", "rt", encoding="utf-8") as file:
        next(file)
        for line in file:
            cells = line.rstrip("\n").split(",")
            cube[:, clients[cells[0]][0], month(cells[1])] = [float(cell) for cell in cells[2:]]
    return cube, facts


def mean_before(values, t, n):
    """Mean of the n months before t; NaN without any."""
    part = values[:, max(t - n, 0):t]
    known = np.isfinite(part)
    return np.where(known.sum(1) > 0, np.where(known, part, 0).sum(1) / np.maximum(known.sum(1), 1), np.nan)


def signals(cube, facts, t):
    """What is known at the end of month t, and nothing after it."""
    revenue, traffic, tickets, debt, lines = cube[:, :, :t + 1]
    now = revenue[:, t]
    with np.errstate(all="ignore"):
        made = {
            "log_revenue": np.log(now), "revenue_1": now / mean_before(revenue, t, 1),
            "revenue_3": now / mean_before(revenue, t, 3), "revenue_6": now / mean_before(revenue, t, 6),
            "traffic_1": traffic[:, t] / mean_before(traffic, t, 1),
            "traffic_3": traffic[:, t] / mean_before(traffic, t, 3),
            "traffic_6": traffic[:, t] / mean_before(traffic, t, 6),
            "lines_3": lines[:, t] / mean_before(lines, t, 3), "lines": lines[:, t],
            "tickets": tickets[:, t], "tickets_3": mean_before(tickets, t + 1, 3),
            "tickets_6": mean_before(tickets, t + 1, 6), "debt": debt[:, t] / now,
            "debt_3": mean_before(debt, t + 1, 3) / now, "age": t - facts[:, 1],
            "segment": facts[:, 3], "product": facts[:, 4], "region": facts[:, 5]}
        # Where revenue is on its way down, bins and pairs of their own: elsewhere these are missing.
        low = made["revenue_3"] < 0.75
        return {**made, **{f"low_{name}": np.where(low, made[name], np.nan)
                           for name in ("revenue_1", "revenue_3", "revenue_6", "traffic_3")}}


def last_months(cube, facts):
    """The month in which each client left: terminated, or quiet for two months and on."""
    revenue, traffic = cube[0], cube[1]
    gone = facts[:, 2].copy()
    for t in range(3, MONTHS - 1):
        with np.errstate(all="ignore"):
            low = [(revenue[:, s] < QUIET * mean_before(revenue, t, 6)) & (traffic[:, s] < QUIET * mean_before(traffic, t, 6))
                   for s in (t, t + 1)]
        gone = np.where((low[0] & low[1]) & (t < gone), t, gone)
    return gone


def panel(cube, facts):
    gone, columns, event, period = last_months(cube, facts), [], [], []
    for t in range(3, MONTHS - 2):
        here = np.isfinite(cube[0][:, t]) & (gone > t)
        made = signals(cube, facts, t)
        columns.append(np.array([values[here] for values in made.values()]))
        event.append((gone[here] == t + 1).astype(float))
        period.append(np.full(here.sum(), t))
    return list(made), np.concatenate(columns, 1), np.concatenate(event), np.concatenate(period)


def loss(p, y):
    p = np.clip(p, 1e-15, 1 - 1e-15)
    return float(-np.mean(np.where(y > 0, np.log(p), np.log1p(-p))))


def test_beside_the_histogram_booster():
    """log loss at least equal; reasons add up; calibrated"""
    if not FOLDER.is_dir():
        raise tap.Skip("../shared/data/b2b_panel is not here")
    cube, facts = read()
    names, x, y, t = panel(cube, facts)
    # A quiet month shows only a month later: labels of the training months know nothing after them.
    train, test = t <= TRAIN - 4, t >= TRAIN - 1
    print(f"# {x.shape[1]} client-months, {int(y[train].sum())} of {train.sum()} and {int(y[test].sum())} of "
             f"{test.sum()} leave in the next month")
    at = time.process_time()
    model = kam.additive.fit(kam.Panel(dict(zip(names, x[:, train])), event=y[train]), pairs=PAIRS, pair_bins=14,
                             smooth=3)
    fitted = time.process_time()
    score = kam.Panel(dict(zip(names, x[:, test])))
    ours = np.asarray(model.risk(score)["risk"])
    print(f"# glass box: fit {fitted - at:.1f} s, log loss {loss(ours, y[test]):.6f}")
    at = time.process_time()
    booster = HistGradientBoostingClassifier(max_iter=100, random_state=0).fit(x[:, train].T, y[train])
    theirs = booster.predict_proba(x[:, test].T)[:, 1]
    print(f"# booster: fit {time.process_time() - at:.1f} s, log loss {loss(theirs, y[test]):.6f}")
    told = kam.backtest.event(ours, y[test])
    print(f"# AUC {told['auc']:.4f}, theirs {kam.backtest.event(theirs, y[test])['auc']:.4f}; expected "
             f"{told['expected']:.0f} of {told['n_events']}")
    rate = np.full(test.sum(), y[train].mean())
    tap.check(kam.backtest.versus(ours, rate, y[test])["verdict"] == "better", "better than the rate")
    few = kam.Panel({name: x[j, test][:1000] for j, name in enumerate(names)})
    for parts, one in zip(model.reasons(few), model.risk(few)["score"]):
        tap.check(sum(part.contribution for part in parts) == one, "reasons add up")
    tap.check(loss(ours, y[test]) <= loss(theirs, y[test]), "log loss at least equal")


def test_no_leak():
    """nothing of a later month changes what is known at the end of an earlier one"""
    if not FOLDER.is_dir():
        raise tap.Skip("../shared/data/b2b_panel is not here")
    cube, facts = read()
    before = signals(cube, facts, 15)
    later = cube.copy()
    later[:, :, 16:] = later[:, ::-1, 16:] * 7
    for name, values in signals(later, facts, 15).items():
        tap.check(np.array_equal(values, before[name], equal_nan=True), name)


if __name__ == "__main__":
    main(globals())
