# SPDX-License-Identifier: MIT
"""The annotations: complete, right, and there for those who use the package."""
import subprocess
import sys
import tempfile

from support import ROOT, main, need, tap

PACKAGE = ROOT / "bindings/python/kam"


def mypy(*arguments):
    """What mypy --strict says; nothing when all is well."""
    need("mypy")
    with tempfile.TemporaryDirectory() as cache:
        done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--cache-dir", cache,
                               *map(str, arguments)],
                              cwd=ROOT / "bindings/python", stdin=subprocess.DEVNULL, capture_output=True, text=True)
    tap.check(not done.stderr, done.stderr)
    return done.stdout.splitlines()


def test_strict():
    """mypy --strict finds nothing in the package"""
    tap.none(mypy(PACKAGE), "complaints")


def test_of_users():
    """a user's mistakes are seen, right use is not complained about"""
    right = """
import kam
book = kam.Ledger({"account": [1], "day": [1], "revenue": [5.0]}, as_of="2024-12-31").summary()
model: kam.btyd.Model = kam.btyd.fit(book, family="mbgnbd", threads=2)
risk: list[str] = kam.score(book, kam.fit(book)).explain(0, "zh")
"""
    wrong = """
import kam
kam.Ledger({"account": [1]}, zero_is_order="no")
kam.btyd.fit([1.0], threads="two")
"""
    said = [mypy("-c", text) for text in (right, wrong)]
    tap.none(said[0], "complaints about right use")
    tap.check([line.split(":")[1] for line in said[1] if "error" in line] == ["3", "4"], "\n".join(said[1]))


if __name__ == "__main__":
    main(globals())
