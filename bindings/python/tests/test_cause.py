# SPDX-License-Identifier: MIT
"""Causes and losses."""
from support import kam, main, raised, same, tap


def test_losses():
    """incidences add up; only controllable causes can be saved"""
    given = {"contraction": [0.01, 0.0], "rival": [0.02, 0.03], 101: [0.0, 0.01]}
    found = kam.cause.losses(given, margin=[1000, 500], horizon_periods=6)
    table = found.table
    for row in range(2):
        parts = [table[f"incidence_{cause}"][row] for cause in given]
        tap.check(abs(sum(parts) - table["controllable"][row] - table["uncontrollable"][row]) < 1e-15, f"{parts}")
        tap.check(abs(table["saveable_loss"][row] - table["loss"][row] * table["controllable"][row]) < 1e-9, "saveable")
    tap.check(abs(sum(found.by_cause.values()) - sum(table["expected_loss"])) < 1e-9, "the book")
    same(table["incidence_contraction"][1], 0.0)


def test_names():
    """labels in two languages, and what can be averted"""
    same((kam.cause.name("rival"), kam.cause.name("contact", "zh")), ("rival attack", "沟通不足"))
    same((kam.cause.is_controllable("need"), kam.cause.is_controllable("catastrophe")), (True, False))
    same(raised(kam.KamValueError, lambda: kam.cause.losses({"weather": [0.1]})).argument, "risks")


if __name__ == "__main__":
    main(globals())
