# SPDX-License-Identifier: MIT
"""Stages, touches, service levels, business hours, the playbook."""
import datetime

from support import kam, main, need, raised, same, tap


def test_stages():
    """stages by calendar months, on their edges"""
    made = kam.stage.assign(["2023-11-30", "2023-11-30", None, "2030-01-01"], "2024-02-29")
    same(made["stage"].tolist(), [1, 1, -1, -1])
    same(made.to_dict()["next_day"], [datetime.date(2024, 11, 30)] * 2 + [None, datetime.date(2030, 1, 1)])
    same(kam.stage.assign(["2023-11-30"], "2024-02-28")["stage"].tolist(), [0])
    same(kam.stage.assign(["2023-11-30"], "2024-02-28", months=[1, 2, 3])["stage"].tolist(), [2])
    same(kam.stage.name(0), "initial")
    same(kam.stage.name(3, "zh"), "价值共生")
    same(raised(kam.KamValueError, lambda: kam.stage.assign([1], 1, months=[3, 2, 1])).argument, "stages.months")


def test_chunks():
    """days in chunks"""
    arrow = need("pyarrow")
    days = arrow.chunked_array([arrow.array([0], arrow.int32()).cast(arrow.date32()),
                                arrow.array([9], arrow.int32()).cast(arrow.date32())])
    same(kam.stage.assign(days, 10)["stage"].tolist(), [0, 0])


def test_business_hours():
    """Friday evening to Monday morning, and a holiday"""
    friday, monday = datetime.datetime(2024, 2, 9, 17), datetime.datetime(2024, 2, 12, 10)
    same(kam.business.between(friday, monday, kam.business.Hours()), 7200)
    same(kam.business.between(friday, monday), 65 * 3600)
    same(kam.business.after(friday, 7200, kam.business.Hours()), monday)
    same(kam.business.after(friday, 7200, kam.business.Hours(holidays=["2024-02-12"])),
         datetime.datetime(2024, 2, 13, 10))
    same(kam.business.between(friday, monday, kam.business.Hours({5: (0, 1440)})), 86400)
    zone = friday.replace(tzinfo=datetime.timezone.utc)
    same(raised(kam.KamValueError, lambda: kam.business.between(zone, monday)).argument, "start")
    same(raised(kam.KamValueError, lambda: kam.business.between(0, 1, kam.business.Hours({}))).argument,
         "hours.open_minute")


def test_service_levels():
    """limits, clocks, first orders"""
    same(kam.service_level.limits([0, 0, 1], [0, 1, 2])["hours"].tolist(), [24.0, 48.0, 1.0])
    same(kam.service_level.limits([0], [0], {(0, 0): 8.0})["hours"].tolist(), [8.0])
    made = kam.service_level.clock([0, 0, 0], [3600, 7201, None], [2.0, 2.0, 24.0], 86400)
    same(made["met"].tolist(), [1, 0, -1])
    same(made["hours"].tolist()[0], 1.0)
    same(kam.service_level.first_orders([10, 10], [9, 10], 20)["met"].tolist(), [1, 0])
    same(kam.service_level.first_orders([10, 10], [9, 10], 20, early_days=0)["met"].tolist(), [1, 1])
    same(kam.service_level.name(1), "resolution")


def test_cadence():
    """what is due, by the preset and by own rules"""
    rules = kam.cadence.preset()
    same(len(rules), 12)
    same(rules[3], kam.cadence.Rule(3, 7, 0, (), (), (0,), 0, 1))
    made = kam.cadence.due(["2020-01-10"], "2024-04-02", {1: ["2024-01-31"], 6: [None]}, account_class=[1])
    same(made.to_dict()["due_day_1"], [datetime.date(2024, 2, 29)])
    same(made["overdue_days_1"].tolist(), [33])
    same(made.to_dict()["next_day_6"], [datetime.date(2024, 4, 10)])
    own = kam.cadence.due(["2020-01-10"], "2024-04-02", {1000: ["2024-04-01"]},
                          rules=[kam.cadence.Rule(1000, every_days=9)])
    same(own.to_dict()["due_day_1000"], [datetime.date(2024, 4, 10)])
    same(kam.cadence.touch_name(1), "visit")


def test_playbook():
    """actions by tier, class and alarm; own rules; the checklist"""
    same(len(kam.playbook.preset()), 12)
    made = kam.playbook.actions([0], [2], alarms=[4], width=6)
    same(made["n_actions"].tolist(), [6])
    same([made[f"action_{k}"][0] for k in range(1, 7)], [12, 11, 1, 6, 7, 8])
    own = kam.playbook.actions([0], [2], rules=[kam.playbook.Rule(1000, 3, stages=[1])], instead=True, stage=[1])
    same((own["n_actions"][0], own["action_1"][0], own["due_days_1"][0]), (1, 1000, 3))
    same(kam.playbook.action_name(12, "zh"), "高层沟通")
    done = kam.playbook.defence(communication=[1], quality=[0])
    same((done["completion"].tolist(), done["gaps"].tolist(), done["unknown"].tolist()), ([1 / 7], [8], [118]))
    same(kam.playbook.defence_name(0), "deep communication")
    raised(TypeError, lambda: kam.playbook.defence(nonsense=[1]))
    raised(kam.KamCancelled, lambda: kam.playbook.actions([0], progress=lambda done, total: True))
    tap.check(raised(kam.KamValueError, lambda: kam.playbook.actions([0], width=99)).argument == "options.width",
              "a width of 99 passed")


def test_policy():
    """which parts stand at their defaults, and what is refused"""
    same(set(kam.policy.check().values()), {True})
    made = kam.policy.check(tiers=kam.tier.Policy("score", [9, 5]), months=[6, 12, 36],
                            cadence=[kam.cadence.Rule(1, every_days=7)], hours={(0, 0): 8.0}, instead=True,
                            matrix={"high_growth": 0.2}, future={"interval": 0.9}, figures={"age_days": [10, 20, 30]})
    same(made, dict.fromkeys(kam.policy.parts(), False))
    same(raised(kam.KamValueError, lambda: kam.policy.check(months=[3, 2, 1])).argument, "stages.months")
    same(raised(kam.KamValueError, lambda: kam.policy.check(figures={"scale": 3})).argument, "options.scale")


def test_defaults():
    """what stood at its default is told beside the answers"""
    today = kam.calendar.day(2024, 1, 1)
    same(kam.stage.assign([today], today).defaults, 1)
    same(kam.stage.assign([today], today, (1, 2, 3)).defaults, 0)
    same(kam.cadence.due([today], today, {1: [today]}, months=(1, 2, 3)).defaults, 1)
    same(kam.playbook.actions([0], width=4).defaults, 1)
    same(kam.matrix.stability([[1.0]] * 3, least_quarters=3).defaults, 64 + 128)
    same(kam.scorecard.score(kam.scorecard.preset_stickiness(5), [[1.0]] * 3).defaults, 1)
    same(kam.tier.assign([kam.tier.Band(1, 1)], [2.0]).defaults, None)


if __name__ == "__main__":
    main(globals())
