# SPDX-License-Identifier: MIT
"""Who may include whom: a file sees the floors below its own and its own room;
rooms on one floor do not see each other."""
import pathlib
import re
import sys

import tap

# Floor and room of every public header.
PUBLIC = {
    "export": (0, "word"), "version": (0, "word"), "status": (0, "word"),
    "column": (1, "base"), "host": (1, "base"), "sum": (1, "base"),
    "account": (3, "data"), "arrow": (3, "data"), "ledger": (3, "data"), "calendar": (3, "data"), "contracts": (3, "data"),
    "reason": (3, "data"), "estimate": (3, "data"),
    "btyd": (4, "value"), "btyd_covariates": (4, "value"), "btyd_dynamic": (4, "value"),
    "spend": (4, "value"), "clv": (4, "value"), "retention": (4, "value"), "retention_outlook": (4, "value"), "btyd_choose": (4, "value"), "btyd_pace": (4, "value"), "btyd_search": (4, "value"),
    "tier": (4, "tier"),
    "segment": (4, "tier"),
    "scorecard": (4, "tier"),
    "key_account": (4, "tier"),
    "rfm": (4, "tier"),
    "matrix": (4, "tier"),
    "move": (4, "tier"),
    "profit": (4, "profit"), "concentration": (4, "profit"), "costing": (4, "profit"),
    "backtest": (4, "churn"),
    "cause": (4, "churn"),
    "signal": (4, "churn"), "health": (4, "churn"), "backtest_panel": (4, "churn"),
    "additive": (4, "churn"),
    "calibrate": (4, "churn"),
    "survival": (4, "churn"),
    "hazard": (4, "churn"),
    "panel": (4, "churn"), "trees": (4, "churn"),
    "business": (3, "data"),
    "stage": (4, "care"), "cadence": (4, "care"), "service_level": (4, "care"), "playbook": (4, "care"),
    "kpi": (4, "kpi"), "kpi_of": (4, "kpi"), "kpi_appraise": (4, "kpi"), "kpi_of_customers": (4, "kpi"),
    "fit": (5, "score"), "policy": (5, "score"), "score": (5, "score"),
    "kam": (6, "all"),
}
# Floor of every room under lib/.
PRIVATE = {"base": 1, "math": 2, "data": 3, "value": 4, "tier": 4, "profit": 4, "churn": 4, "kpi": 4, "care": 4, "score": 5}

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^">]+)[">]', re.MULTILINE)


def place_of(path, included_from=None):
    """(floor, room) of a path such as kam/tier.h or lib/math/sum.h; None when
    it belongs to the C library."""
    parts = pathlib.PurePosixPath(path).parts
    if parts[0] == "kam":
        return PUBLIC[parts[1][:-2]]
    if parts[0] in PRIVATE:
        return PRIVATE[parts[0]], parts[0]
    if len(parts) == 1 and included_from:
        return included_from
    return None


def may_include(mine, theirs):
    return theirs[0] < mine[0] or theirs == mine


def problems_of(name, text, mine, exists):
    """Includes of one file that the floors forbid. `exists` tells whether a
    quoted name without folder is a file beside it."""
    found = []
    for line in INCLUDE.findall(text):
        beside = "/" not in line and exists(line)
        if name.startswith("include/kam/") and beside:
            theirs = PUBLIC[line[:-2]]
        else:
            theirs = place_of(line, mine if beside else None)
        if theirs and not may_include(mine, theirs):
            found.append(f"{name} (floor {mine[0]}, {mine[1]}) includes {line} (floor {theirs[0]}, {theirs[1]})")
    return found


def of_file(path):
    name = str(path.relative_to(tap.ROOT))
    if name.startswith("include/kam/"):
        mine = PUBLIC[path.stem]
    else:
        mine = (PRIVATE[path.parts[len(tap.ROOT.parts) + 1]], path.parts[len(tap.ROOT.parts) + 1])
    return problems_of(name, path.read_text(), mine, lambda beside: (path.parent / beside).exists())


def public():
    """public headers look only downstairs"""
    tap.none([problem for path in tap.HEADERS for problem in of_file(path)])


def private():
    """files in lib/ look only downstairs"""
    tap.none([problem for path in sorted((tap.ROOT / "lib").glob("*/*.[ch]")) for problem in of_file(path)])


def known():
    """every header and every room has its floor"""
    tap.none([h.name for h in tap.HEADERS if h.stem not in PUBLIC], "headers without a floor")
    tap.none([p.name for p in (tap.ROOT / "lib").iterdir() if p.is_dir() and p.name not in PRIVATE],
             "rooms without a floor")


def unique_names():
    """no two files in lib/ share a name, so that objects can share a folder"""
    names = [path.name for path in (tap.ROOT / "lib").glob("*/*.c")]
    tap.none(sorted({name for name in names if names.count(name) > 1}), "names used twice")


def planted():
    """a look upstairs and a look into the next room are caught"""
    def look(name, line, mine):
        return problems_of(name, f"#include {line}\n", mine, lambda beside: True)
    tap.check(look("lib/math/sum.c", "<kam/btyd.h>", (2, "math")), "math saw a public header of value")
    tap.check(look("lib/value/btyd.c", '"tier/cutpoints.h"', (4, "value")), "value saw tier")
    tap.check(look("include/kam/tier.h", '"btyd.h"', (4, "tier")), "tier.h saw btyd.h")
    tap.check(look("lib/data/ledger.c", "<kam/kam.h>", (3, "data")), "data saw everything")
    tap.check(not look("lib/score/fit.c", '"value/btyd.h"', (5, "score")), "score may see value")
    tap.check(not look("lib/value/btyd.c", '"math/special.h"', (4, "value")), "value may see math")


if __name__ == "__main__":
    sys.exit(tap.main([public, private, known, unique_names, planted]))
