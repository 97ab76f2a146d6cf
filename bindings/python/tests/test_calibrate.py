# SPDX-License-Identifier: MIT
"""Calibration, and the proof by bands, baselines, stability and profit."""
import math
import random

from support import kam, main, raised, same, tap


def book(n=2000, seed=1):
    """Too sure of itself: log-odds twice the true ones."""
    draw = random.Random(seed)
    scores = [4 * draw.random() - 3 for _ in range(n)]
    left = [int(draw.random() < 1 / (1 + math.exp(-s))) for s in scores]
    return [1 / (1 + math.exp(-2 * s)) for s in scores], left


def test_curve():
    """a curve repairs a forecast, and says which it is and why"""
    p, left = book()
    curve = kam.calibrate.fit(p, left)
    same((curve.method, curve.why), ("beta", "some_events"))
    better = curve.apply(p)["calibrated"]
    tap.check(kam.backtest.bands(better, left).numbers["reliability"]
              < 0.2 * kam.backtest.bands(p, left).numbers["reliability"], "no better")
    steps = kam.calibrate.fit(p, left, "isotonic")
    tap.check(steps.knots == sorted(steps.knots), "it rises")
    same(raised(kam.KamValueError, lambda: kam.calibrate.fit(p, left, "spline")).argument, "method")


def test_proof():
    """bands, verdict against the book's rate, stability, profit"""
    p, left = book()
    rate = sum(left) / len(left)
    bands = kam.backtest.bands(p, left, 5)
    same(sum(band["n_rows"] for band in bands.bands), len(p))
    true = kam.calibrate.fit(p, left).apply(p)["calibrated"]
    same(kam.backtest.versus(true, [rate] * len(p), left)["verdict"], "better")
    same(kam.backtest.versus([0.99] * len(p), [rate] * len(p), left)["verdict"], "worse")
    stable = kam.backtest.stability(p[:1000], p[1000:])
    tap.check(stable["psi"] < 2 * stable["chance"], f"{stable}")
    best = kam.backtest.profit(p, [200] * len(p), left)
    worst = kam.backtest.profit([-one for one in p], [200] * len(p), left)
    tap.check(best["profit"] > worst["profit"] >= 0 and 0 < best["share"] < 1, f"{best} {worst}")


if __name__ == "__main__":
    main(globals())
