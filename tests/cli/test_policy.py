# SPDX-License-Identifier: MIT
"""--policy and --policy-print: a policy from a file, and back."""
import json
import os

from tap import EXAMPLES, HERE, equal, file, has, main, run, true

ORDERS = os.path.join(EXAMPLES, "data", "orders.csv")
OWN = {"tiers": {"basis": "top", "bands": [{"enter": 0.05, "keep": 0.1}, 0.5]},
       "future": {"horizon_days": "inf", "discount_per_year": 0.08, "interval": 0.9}}


def printed(*words):
    done = run(*words, "--policy-print")
    equal((done.status, done.err), (0, ""))
    return json.loads(done.out)


def test_defaults():
    """without a word, the defaults, and that they are"""
    made = printed()
    equal(made["defaults"], ["tiers", "future"])
    equal(made["future"], {"horizon_days": 365, "discount_per_year": 0.1, "interval": 0.8})
    equal(made["tiers"], {"basis": "revenue", "bands": [{"enter": x, "keep": x} for x in (5000000, 1000000, 500000)]})


def test_there_and_back():
    """what is printed can be read, and gives the same"""
    path = file("own.json", json.dumps(OWN))
    made = printed("--policy", path)
    equal(made["defaults"], [])
    equal(made["future"], OWN["future"])
    equal(made["tiers"]["bands"], [{"enter": 0.05, "keep": 0.1}, {"enter": 0.5, "keep": 0.5}])
    equal(printed("--policy", file("again.json", json.dumps(made))), made)
    part = printed("--policy", file("part.json", '{"future": {"interval": 0.9}}'))
    equal(part["defaults"], ["tiers"])
    equal(part["future"]["horizon_days"], 365)


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


def test_bad_files():
    """one sentence, with the file, and the line where the JSON is broken"""
    refused('{\n"tiers": [,]}', "bad.json:2: ")
    refused("", "bad.json:1: what stands here is no JSON")
    refused('{"future": {"interval": NaN}}', "bad.json:1: ")
    refused('{"future": {"interval": 1e999}}', "bad.json:1: ")
    refused('{"tiers":\n{"bands":\n[123456789012345678901]}}', "bad.json:3: ")
    refused(b'{"tiers":\n"\xff"}', "bad.json:2: ")
    refused('{"tiers": {"bands": [5]}}\n}', "bad.json:2: ")
    refused("5", "bad.json:1: ")
    refused('{"tiers": {"bands": [true]}}', "a band must be an object")
    refused("[]", "a policy must be an object")
    refused('{"teirs": {}}', 'a policy has no "teirs"', "tiers, future")
    refused('{"tiers": 5}', "tiers must be an object")
    refused('{"tiers": {"bands": [5], "basis": "rank"}}', '"basis" in tiers')
    refused('{"tiers": {"bands": []}}', '"bands" in tiers')
    refused('{"tiers": {"bands": [{"keep": 5}]}}', 'no "enter"')
    refused('{"tiers": {"bands": [{"enter": "x"}]}}', '"enter" in a band must be a number')
    refused('{"tiers": {"bands": [1, 5]}}', "bad.json: ")
    refused('{"future": {"interval": "x"}}', '"interval" in future must be a number')
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


main(globals())
