# SPDX-License-Identifier: MIT
"""--policy and --policy-print: a policy from a file, and back."""
import json
import os

from tap import EXAMPLES, HERE, equal, file, has, main, run, true

ORDERS = os.path.join(EXAMPLES, "data", "orders.csv")
OWN = {"tiers": {"basis": "top", "bands": [{"enter": 0.05, "keep": 0.1}, 0.5]},
       "future": {"horizon_days": "inf", "discount_per_year": 0.08, "interval": 0.9}}
PARTS = ["tiers", "matrix", "stages", "cadence", "service_levels", "playbook", "future", "figures"]
#: every word that a policy has, at something else than its default
WHOLE = {**OWN,
         "matrix": {"top_basis": "total", "top_share": 0.2, "middle_share": 0.6, "high_growth": 0.15, "low_growth": 0.01,
                    "wallet_share": 0.7, "pain_least": 2, "most_variation": 0.5, "trend_level": 0.1, "least_quarters": 6,
                    "missing_is_no": True},
         "stages": {"months": [2, 6, 24]},
         "cadence": {"rules": [{"touch": "visit", "tiers": [1, 3], "classes": ["high potential", "unclassified"],
                                "stages": ["initial", "symbiosis"], "from_month": 1, "to_month": 9, "every_days": 10},
                               {"touch": 1000, "every_months": 2}]},
         "service_levels": {"early_days": 2, "hours": {
             name: {"reply": 8.5, "resolution": None, "priority reply": 0.25, "handover": 12}
             for name in ("initial", "stable", "deep", "symbiosis")}},
         "playbook": {"instead": True, "width": 4, "rules": [
             {"action": "cases first", "due_days": "never", "tiers": [2]},
             {"action": 1001, "due_days": 3, "classes": ["core"], "stages": ["deep"], "alarms": [0, 31]},
             {"action": "senior contact", "due_days": 1, "alarms": "any"}]},
         "figures": {"confidence": 0.9, "age_days": [10, 20, 40], "scale": 5, "grace_days": 2}}


def printed(*words):
    done = run(*words, "--policy-print")
    equal((done.status, done.err), (0, ""))
    return json.loads(done.out)


def test_defaults():
    """without a word, the defaults, and that they are"""
    made = printed()
    equal(made["defaults"], PARTS)
    equal(list(made), PARTS + ["defaults"])
    equal(made["stages"], {"months": [3, 12, 36]})
    equal(made["matrix"]["top_share"], 0.1)
    equal(made["cadence"]["rules"][0], {"touch": "visit", "classes": ["core"], "every_months": 1})
    equal(made["service_levels"]["hours"]["initial"],
          {"reply": 24, "resolution": 48, "priority reply": None, "handover": 24})
    equal(made["playbook"]["rules"][-1], {"action": "senior contact", "due_days": 2, "alarms": "any"})
    equal(made["figures"], {"confidence": 0.95, "age_days": [30, 60, 90], "scale": 10, "grace_days": 0})
    equal(made["future"], {"horizon_days": 365, "discount_per_year": 0.1, "interval": 0.8})
    equal(made["tiers"], {"basis": "revenue", "bands": [{"enter": x, "keep": x} for x in (5000000, 1000000, 500000)]})


def test_there_and_back():
    """what is printed can be read, and gives the same"""
    path = file("own.json", json.dumps(OWN))
    made = printed("--policy", path)
    equal(made["defaults"], [part for part in PARTS if part not in OWN])
    equal(made["future"], OWN["future"])
    equal(made["tiers"]["bands"], [{"enter": 0.05, "keep": 0.1}, {"enter": 0.5, "keep": 0.5}])
    equal(printed("--policy", file("again.json", json.dumps(made))), made)
    part = printed("--policy", file("part.json", '{"future": {"interval": 0.9}}'))
    equal(part["defaults"], [part for part in PARTS if part != "future"])
    equal(part["future"]["horizon_days"], 365)


def test_every_word():
    """a file that changes every word there is comes back as it was"""
    made = printed("--policy", file("whole.json", json.dumps(WHOLE)))
    equal(made["defaults"], [])
    for part in PARTS:
        if part != "tiers":
            equal(made[part], WHOLE[part])
    equal(printed("--policy", file("again.json", json.dumps(made))), made)
    on_top = dict(WHOLE, playbook=dict(WHOLE["playbook"], instead=False))
    rules = printed("--policy", file("top.json", json.dumps(on_top)))["playbook"]["rules"]
    equal((len(rules), rules[12:]), (15, WHOLE["playbook"]["rules"]))
    run_whole = run("--quiet", "--policy", file("whole.json", json.dumps(WHOLE)), ORDERS)
    equal((run_whole.status, run_whole.err), (0, ""))


def test_tier():
    """kam-tier takes the same file, and thresholds of the matrix by name"""
    tool = os.environ["KAM_TIER"]
    path = file("whole.json", json.dumps(WHOLE))
    print_tier = run("--policy", path, "--policy-print", tool=tool)
    equal((print_tier.status, print_tier.out), (0, run("--policy", path, "--policy-print").out))
    book = file("book.csv", "account,revenue,stable,growth,pain\n" + "".join(
        f"a{i},{100 * i},{i % 2},{i / 100},{i % 3}\n" for i in range(1, 21)))

    def classes(*words):
        done = run(*words, book, tool=tool)
        equal(done.status, 0, done.err)
        return [line.split(",")[11] for line in done.out.splitlines()[1:]]

    usual = classes()
    equal((usual.count("core"), usual[18]), (1, "core"))  # of the best two only the 19th is stable
    own = classes("--matrix", "top_share=0.4,missing_is_no=true")
    equal([i + 1 for i, name in enumerate(own) if name == "core"], [13, 15, 17, 19])
    four = file("four.json", json.dumps({"matrix": {"top_share": 0.4, "missing_is_no": True}}))
    equal(classes("--policy", four), own)
    equal(classes("--policy", four, "--matrix", "top_share=0.1,missing_is_no=false"), usual)
    for word, sentence in (("top_share=2", "--matrix: matrix.top_share: 2 is not between 0 and 1."),
                           ("top_share", '--matrix "top_share" must be a name, =, and a value'),
                           ("tip_share=1", '--matrix: matrix has no "tip_share"; it has top_basis, top_share'),
                           ("top_share=x", '--matrix: matrix.top_share must be a number, not "x"')):
        done = run("--matrix", word, book, tool=tool)
        equal((done.status, done.out), (2, ""))
        has(done.err, sentence)
    done = run("--policy", path, "--keep", "0.9", book, tool=tool)
    equal(done.status, 2)
    has(done.err, "--keep goes with --tiers")


def test_paths_of_errors():
    """what is wrong is named by file, key and value"""
    def wrong(what, *parts):
        refused(json.dumps(what), *("bad.json: " + part for part in parts))
    wrong({"matrix": {"top_share": "x"}}, 'matrix.top_share must be a number, not "x"')
    wrong({"matrix": {"top_basis": "rank"}}, 'matrix.top_basis must be "top" or "total", not "rank"')
    wrong({"matrix": {"missing_is_no": 1}}, "matrix.missing_is_no must be true or false, not 1")
    wrong({"matrix": {"least_quarters": 8.5}}, "matrix.least_quarters must be a whole number, not 8.5")
    wrong({"matrix": {"top_share": 2}}, "matrix.top_share: 2 is not between 0 and 1.")
    wrong({"matrix": []}, "matrix must be an object, { ... }, not []")
    wrong({"stages": {"months": [3, 12]}}, "stages.months must be a list of three whole numbers, not [3,12]")
    wrong({"stages": {"months": [3, "x", 36]}}, 'stages.months[1] must be a whole number, not "x"')
    wrong({"stages": {"months": [3, 2, 36]}}, "stages.months[1]: Limit 1, 2 months,")
    wrong({"cadence": {}}, 'cadence has no "rules"')
    wrong({"cadence": {"rules": [{"every_days": 7}]}}, 'cadence.rules[0] has no "touch"')
    wrong({"cadence": {"rules": [{"touch": "visits", "every_days": 7}]}}, 'cadence.rules[0].touch must be "visit", "review",')
    wrong({"cadence": {"rules": [{"touch": 999, "every_days": 7}]}}, "cadence.rules[0].touch must be")
    wrong({"cadence": {"rules": [{"touch": "visit"}]}}, "cadence.rules[0].every_days: Rule 0 has no step")
    wrong({"cadence": {"rules": [{"touch": "visit", "stages": ["old"], "every_days": 1}]}},
          'cadence.rules[0].stages[0] must be "initial", "stable", "deep", "symbiosis", not "old"')
    wrong({"cadence": {"rules": [{"touch": "visit", "tiers": [0], "every_days": 1}]}},
          "cadence.rules[0].tiers[0] must be a tier, 1 (the best) to 32, not 0")
    wrong({"cadence": {"rules": [{"touch": "visit", "tiers": 1, "every_days": 1}]}},
          "cadence.rules[0].tiers must be a list, not 1")
    wrong({"service_levels": {"hours": {"new": {}}}}, 'service_levels.hours has no "new"; it has initial, stable')
    wrong({"service_levels": {"hours": {"deep": {"reply": "1h"}}}},
          'service_levels.hours.deep.reply must be a number of hours, or null, not "1h"')
    wrong({"service_levels": {"hours": {"deep": {"reply": -1}}}}, "service_levels.hours")
    wrong({"playbook": {"rules": [{"action": 1000, "due_days": 1}, {"action": 1000, "due_days": "soon"}]}},
          'playbook.rules[1].due_days must be a whole number of days, or "never", not "soon"')
    wrong({"playbook": {"rules": [{"action": 1000, "due_days": 99999}]}}, "playbook.rules[0].due_days: Rule 0 is due in")
    wrong({"playbook": {"rules": [{"action": 1000, "due_days": 1, "alarms": [32]}]}},
          "playbook.rules[0].alarms[0] must be an alarm, 0 to 31, not 32")
    wrong({"playbook": {"width": 99}}, "playbook.width: 99 is not from 1 to 64.")
    wrong({"playbook": {"rules": 5}}, "playbook.rules must be a list of at most 1000 rules, not 5")
    wrong({"figures": {"scale": 3}}, "figures.scale: 3 is neither 5 nor 10.")
    wrong({"future": {"interval": 2}}, "future.interval: ")
    wrong({"future": {"interval": [1.5, None, True, "中"]}}, 'future.interval must be a number, not [1.5,null,true,"中"]')
    wrong({"tiers": {"bands": [5, 9]}}, "tiers.bands[1].enter: ")
    wrong({"tiers": {"bands": ["x" * 70]}}, "tiers.bands[0] must be a number, or an object, { ... }\n")


def test_options_go_before():
    """the command line goes before the file"""
    path = file("own.json", json.dumps(OWN))
    made = printed("--policy", path, "--interval", "0.5", "--tiers", "9,5")
    equal(made["future"]["interval"], 0.5)
    equal(made["future"]["discount_per_year"], 0.08)
    equal(made["tiers"]["bands"][0], {"enter": 9, "keep": 9})


def test_scores():
    """scores with a policy are those with the same options"""
    path = file("own.json", json.dumps({"tiers": {"basis": "total", "bands": [0.8, 0.95]},
                                        "future": {"horizon_days": 100, "discount_per_year": 0.2, "interval": 0.5}}))
    with_file = run("--quiet", "--policy", path, ORDERS)
    equal(with_file.status, 0, with_file.err)
    with_words = run("--quiet", "--tiers", "total:80%,95%", "--horizon-days", "100", "--discount-per-year", "0.2",
                     "--interval", "0.5", ORDERS)
    true(with_file.out == with_words.out, "the scores differ")
    true(with_file.out != run("--quiet", ORDERS).out, "the policy did nothing")


def refused(text, *parts):
    done = run("--policy", file("bad.json", text), ORDERS)
    equal((done.status, done.out, done.err.count("\n")), (2, "", 1), done.err)
    for part in parts:
        has(done.err, part)


def test_byte_order_mark():
    """a policy that an editor saved with a byte-order mark"""
    own = json.dumps(OWN)
    equal(printed("--policy", file("mark.json", b"\xef\xbb\xbf" + own.encode())),
          printed("--policy", file("own.json", own)))


def test_bad_files():
    """one sentence, with the file, and the line where the JSON is broken"""
    refused('{\n"tiers": [,]}', "bad.json:2: ")
    refused("", "bad.json:1: what stands here is no JSON")
    refused(b"\xef{}", "bad.json:1: what stands here is no JSON")
    refused('{"future": {"interval": NaN}}', "bad.json:1: ")
    refused('{"future": {"interval": 1e999}}', "bad.json:1: ")
    refused('{"tiers":\n{"bands":\n[123456789012345678901]}}', "bad.json:3: ")
    refused(b'{"tiers":\n"\xff"}', "bad.json:2: ")
    refused('{"tiers": {"bands": [5]}}\n}', "bad.json:2: ")
    refused("5", "bad.json:1: ")
    refused('{"tiers": {"bands": [true]}}', "tiers.bands[0] must be a number, or an object")
    refused("[]", "a policy must be an object")
    refused('{"teirs": {}}', 'a policy has no "teirs"', "it has tiers, matrix")
    refused('{"tiers": 5}', "tiers must be an object")
    refused('{"tiers": {"bands": [5], "basis": "rank"}}', 'tiers.basis must be "revenue", "top" or "total", not "rank"')
    refused('{"tiers": {"bands": []}}', "tiers.bands must be a list of 1 to 16, not []")
    refused('{"tiers": {"bands": [{"keep": 5}]}}', 'tiers.bands[0] has no "enter"')
    refused('{"tiers": {"bands": [{"enter": "x"}]}}', 'tiers.bands[0].enter must be a number, not "x"')
    refused('{"tiers": {"bands": [1, 5]}}', "bad.json: ")
    refused('{"future": {"interval": "x"}}', 'future.interval must be a number, not "x"')
    refused('{"future": {"interval": 0.8, "interval": 0.9}}', "bad.json: a key stands twice")
    refused('{"future": {"horizon_days": -1}, "tiers": {"bands": [5]}}', "bad.json: ")
    refused('{"future": {"rate": 1}}', 'future has no "rate"')
    done = run("--policy", "missing.json", ORDERS)
    equal(done.status, 2)
    has(done.err, "missing.json cannot be read")
    done = run("--policy", HERE.name, ORDERS)
    equal(done.status, 2)
    has(done.err, "cannot be read: Is a directory")
    done = run("--policy", file("own.json", json.dumps(OWN)), "--keep", "0.9", ORDERS)
    equal(done.status, 2)
    has(done.err, "--keep goes with --tiers")


def test_standard_input():
    """- is standard input, for both tools"""
    tiers = os.environ["KAM_TIER"]
    text = json.dumps(OWN)
    path = file("own.json", text)
    for tool in (None, tiers):
        done = run("--policy", "-", "--policy-print", stdin=text, tool=tool)
        equal((done.status, done.out), (0, run("--policy", path, "--policy-print", tool=tool).out), done.err)
        done = run("--policy", "-", "--policy-print", stdin="{", tool=tool)
        equal(done.status, 2)
        has(done.err, "stdin:1: what stands here is no JSON")


def test_print_reads_nothing():
    """--policy-print with a file of orders is a slip"""
    for tool in (None, os.environ["KAM_TIER"]):
        done = run("--policy-print", "extra.csv", tool=tool)
        equal((done.status, done.out), (2, ""))
        has(done.err, '--policy-print reads no file; "extra.csv" is one')


def test_far_horizon():
    """beyond 1e9 days, only for ever"""
    done = run("--policy", file("far.json", '{"future": {"horizon_days": 1e300}}'), "--policy-print")
    equal((done.status, done.out), (2, ""))
    has(done.err, 'a number up to 1e9, or "inf"')
    equal(printed("--policy", file("far.json", '{"future": {"horizon_days": 1e9}}'))["future"]["horizon_days"], 1e9)


main(globals())
