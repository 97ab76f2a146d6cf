# SPDX-License-Identifier: MIT
"""Health scores, rolling origin and lead time."""
import math
import random

from support import kam, main, raised, same, tap

POLICY = kam.health.Policy({"usage": (0.5, 1.0), "gap": (60, 10)}, weights=[[3, 1], [1, 1]], cuts=[40, 70])


def test_score():
    """points add up; what has left is frozen"""
    table = POLICY.score({"usage": [0.75, 1.2, None], "gap": [10, 35, 60]}, profile=[0, 1, 0], left=[0, 0, 1],
                         before=[None, None, 88])
    tap.check(abs(table["score"][0] - 62.5) < 1e-9 and abs(table["score"][1] - 75) < 1e-9, f"{list(table['score'])}")
    same(table["score"][2], 88.0)
    same(list(table["band"]), [1, 2, 2])
    same(table["row_flags"][2], kam.health.FROZEN)
    same(100 + table["points_usage"][0] + table["points_gap"][0], table["score"][0])
    rolled = kam.health.roll_up(table["score"], [0, 0, 1], 2, weight=[1, 3, 1], left=[0, 0, 1])
    tap.check(abs(rolled["score"][0] - 71.875) < 1e-9 and math.isnan(rolled["score"][1]), f"{list(rolled['score'])}")
    same(raised(kam.KamValueError, lambda: POLICY.score({"usage": [1]})).argument, "gap")


def simulated():
    draw, rows = random.Random(1), []
    for account in range(200):
        for month in range(12):
            drop = draw.random()
            left = draw.random() < 0.02 + 0.3 * (drop > 0.8)
            rows.append((account, month, drop, float(left)))
            if left:
                break
    return [list(column) for column in zip(*rows)]


def test_rolling_and_lead():
    """forecasts from the past alone, better than the rate; warnings in time"""
    account, month, drop, left = simulated()
    made = kam.backtest_panel.rolling(kam.Panel({"drop": drop}, event=left), month, 6, 3)
    same((made.report["n_fits"], made.report["n_refused"]), (2, 0))
    found = kam.backtest.versus(made.table["probability"], made.table["naive"],
                                [y if m >= 6 else math.nan for y, m in zip(left, month)])
    same(found["verdict"], "better")
    lead = kam.backtest_panel.lead(account, month, drop, left, 0.8)
    tap.check(lead["n_left"] + lead["n_stayed"] == 200 and lead["caught"] > 0.5 and lead["median_lead"] == 0, f"{lead}")
    score = [100 * (1 - x) for x in drop]
    own = POLICY.backtest(account, month, score, left, 1)
    same((own.numbers["verdict"], len(own.bands)), ("better", 3))
    tap.check(own.bands[0]["share"] > own.bands[2]["share"], f"{own}")


if __name__ == "__main__":
    main(globals())
