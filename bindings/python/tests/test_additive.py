# SPDX-License-Identifier: MIT
"""The glass box: shapes, reasons, tables."""
import random

from support import kam, main, raised, same, tap


def book(n=1500, seed=1):
    """Leaves when usage is in the middle, or not known."""
    draw = random.Random(seed)
    usage = [None if draw.random() < 0.1 else draw.random() for _ in range(n)]
    other = [draw.random() for _ in range(n)]
    left = [int(draw.random() < (0.6 if u is None or 0.3 < u < 0.6 else 0.1)) for u in usage]
    return kam.Panel({"drop": usage, "other": other}, event=left, reasons={"drop": "usage"})


def test_fit():
    """it finds the hump and the missing bin, and its reasons add up"""
    panel = book()
    model = kam.additive.fit(panel)
    same(model.terms, ["drop", "other"])
    table = model.table(panel, "drop")
    same(sum(one["n_rows"] for one in table.bins), 1500)
    tap.check(table.bins[0]["woe"] > 0.5 and table.iv > 0.3, f"{table.bins[0]} {table.iv}")
    tap.check(model.table(panel, "other").iv < table.iv / 3, "the other signal says little")
    scores = model.risk(panel)["score"]
    for reasons, score in zip(model.reasons(panel, top=1), scores):
        same(sum(one.contribution for one in reasons), score)
    same(raised(kam.KamValueError, lambda: model.table(panel, "none")).argument, "term")


def test_direction_and_pairs():
    """a direction is kept; a pair is a term of its own"""
    panel = book()
    up = kam.additive.fit(panel, direction={"drop": 1}, smooth=3)
    weights = [one["weight"] for one in up.table(panel, "drop").bins[1:]]
    same(weights, sorted(weights))
    pair = kam.additive.fit(panel, pairs=[("drop", "other")], smooth=3)
    same(pair.terms, ["drop", "other", "drop x other"])
    same(raised(kam.KamValueError, lambda: kam.additive.fit(panel, pairs=[("drop", "x")])).argument, "pairs")


if __name__ == "__main__":
    main(globals())
