# SPDX-License-Identifier: MIT
"""Measurements, charts and alarms."""
import math

from support import kam, main, raised, same, tap


def test_textbook():
    """run lengths of the two-sided CUSUM, and a limit for 370"""
    chart = kam.signal.Chart("cusum", "both", 0.5, 5)
    tap.check(abs(kam.signal.run_length(chart).mean - 465.44) < 0.01, "465.44")
    tap.check(abs(kam.signal.run_length(chart, 1.0).mean - 10.38) < 0.01, "10.38")
    made = kam.signal.design(run_length=370)
    tap.check(abs(made.limit - 4.095) < 0.001 and abs(made.report["run_length"] - 370) < 1e-6, f"{made}")
    tap.check(abs(kam.signal.run_length(kam.signal.design(), periods=12).alarm_by[-1] - 0.05) < 1e-9, "0.05")


def test_from_events_to_alarms():
    """usage that falls by half from the seventh period on"""
    starts = list(range(0, 121, 10))
    days = [10 * t + 3 for t in range(12)] * 2
    amounts = [100 + t % 3 for t in range(12)] + [100 + t % 3 - 50 * (t >= 6) for t in range(12)]
    value = kam.signal.measure("total", starts, 2, [0] * 12 + [1] * 12, days, amount=amounts)
    same(list(value), [float(x) for x in amounts])
    table = kam.signal.watch(kam.signal.design(direction="down"), value, 12, "log_normal")
    same([bool(flag & kam.signal.ALARM) for flag in table["flags"][:12]], [False] * 12)
    same([bool(flag & kam.signal.ALARM) for flag in table["flags"][12:]], [False] * 6 + [True] * 6)
    same(table["since"][23], 6)
    tap.check(abs(table["share"][23] + 0.495) < 0.01, f"{table['share'][23]}")
    gaps = kam.signal.measure("age", starts, 2, [0], [55])
    tap.check(math.isnan(gaps[4]) and gaps[5] == 4 and gaps[11] == 64 and math.isnan(gaps[12]), f"{list(gaps)}")
    usage = kam.signal.of("usage", starts, 2, [0] * 12 + [1] * 12, days, amount=amounts)
    same(usage["signal"][23], -table["share"][23])
    same(list(usage["since"][12:]), list(table["since"][12:]))
    one = kam.reason.Reason(kam.panel.SIGNALS["usage"], 1.0, 0.495)
    same(kam.reason.text_since(one, 60), "usage down 50 % since March 1970, which raises the risk")


def test_wrong_calls():
    """named in the caller's words"""
    same(raised(kam.KamValueError, lambda: kam.signal.design("shewhart")).argument, "kind")
    same(raised(kam.KamValueError, lambda: kam.signal.design(false_alarm=2)).argument, "options.false_alarm")
    same(raised(kam.KamValueError, lambda: kam.signal.watch(kam.signal.design(), [1, 2, 3], 2)).argument, "value")


if __name__ == "__main__":
    main(globals())
