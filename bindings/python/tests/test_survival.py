# SPDX-License-Identifier: MIT
"""Kaplan-Meier, Cox and concordance on small books."""
from support import kam, main, raised, same, tap

# Freireich et al. (1963), 6-MP against placebo: weeks of remission
MP = ([6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35], [1] * 9 + [0] * 12)
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def remission():
    return kam.Panel({"placebo": [0] * 21 + [1] * 21}, stop=MP[0] + PLACEBO, event=MP[1] + [1] * 21)


def test_curve():
    """the 6-MP arm's curve, as in every textbook"""
    curve = kam.survival.kaplan_meier(kam.Panel({}, stop=MP[0], event=MP[1]), scale="plain")
    same(curve.table["time"][:3].tolist(), [6, 7, 9])
    tap.check(abs(curve.table["survival"][0] - 18 / 21) < 1e-15, "6 weeks")
    same(curve.numbers["median"], 23)
    tap.check(all(low <= s <= high for low, s, high in
                  zip(curve.table["low"], curve.table["survival"], curve.table["high"])), "the interval")


def test_cox():
    """Efron's and Breslow's coefficients, a verdict, a baseline"""
    for ties, beta, error in (("efron", 1.572125, 0.412397), ("breslow", 1.509191, 0.409564)):
        model = kam.survival.cox(remission(), ties)
        tap.check(abs(model.coefficients["placebo"] - beta) < 1e-6, f"{model.coefficients}")
        tap.check(abs(model.standard_errors["placebo"] - error) < 1e-6, f"{model.standard_errors}")
    baseline = model.baseline(remission())
    tap.check(baseline["cumulative"].tolist() == sorted(baseline["cumulative"]), "it rises")
    flat = kam.Panel({"flat": [1, 1, 1]}, stop=[1, 2, 3], event=[1, 1, 0])
    same(raised(kam.KamDataError, lambda: kam.survival.cox(flat)).argument, "flat")


def test_concordance():
    """by hand: (1, 2), (1, 3) are right, (2, 3) is wrong"""
    pairs = kam.survival.concordance(kam.Panel({}, stop=[1, 2, 3], event=[1, 1, 1]), [9, 1, 2])
    same((pairs["concordant"], pairs["discordant"], pairs["concordance"]), (2, 1, 2 / 3))


if __name__ == "__main__":
    main(globals())
