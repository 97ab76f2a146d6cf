# SPDX-License-Identifier: MIT
"""instructions.py PROGRAM [--update]: callgrind's instruction counts of the main paths stay
within 1 % of tests/golden/instructions.txt, which one compiler made; for another
there is nothing to compare, and it says so. --update writes the file anew."""
import pathlib
import re
import sys
import tempfile

import tap

GOLDEN = tap.ROOT / "tests/golden/instructions.txt"
SHARE = 0.01


def compiler():
    """Its name and version; gcc is gcc under the name of cc, too."""
    told = tap.output([*(tap.words("CC") or ["cc"]), "--version"])
    name, version = told.splitlines()[0].split(" ", 1)
    return f"{'gcc' if 'Free Software Foundation' in told else name} {version}"


def count(program, path):
    """Instructions of path_PATH and what it calls."""
    with tempfile.TemporaryDirectory() as folder:
        told = tap.run(["valgrind", "--tool=callgrind", f"--toggle-collect=path_{path}",
                        f"--callgrind-out-file={folder}/out", program, path])
        found = re.search(r"Collected : (\d+)", told.stderr)
        tap.check(told.returncode == 0 and found, told.stderr)
        return int(found[1])


def read(text):
    """(compiler, {path: count}) of the file."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return lines[0].partition(": ")[2], {name: int(n) for name, n in (line.split() for line in lines[1:])}


def beyond(before, now):
    return [f"{name}: {now[name]:,} instructions, {100 * (now[name] / before[name] - 1):+.1f} % of {before[name]:,}"
            for name in before if abs(now[name] - before[name]) > SHARE * before[name]]


def main(program):
    made_by, before = read(GOLDEN.read_text())
    paths = tap.output([program]).split()

    def same_paths():
        """every path has a budget"""
        tap.check(paths == list(before), f"{paths}, not {list(before)}")

    def budgets():
        """instruction counts are within 1 % of their budgets"""
        if compiler() != made_by:
            raise tap.Skip(f"budgets are of {made_by}, this is {compiler()}")
        tap.none(beyond(before, {path: count(program, path) for path in paths}), "paths")

    def planted():
        """2 % more, and 2 % less, are seen"""
        tap.check([line.split(":")[0] for line in beyond({"a": 1000, "b": 1000, "c": 1000}, {"a": 1020, "b": 980, "c": 1009})]
                  == ["a", "b"], "a change passed")

    return tap.main([same_paths, budgets, planted])


def update(program):
    lines = ["# SPDX-License-Identifier: MIT", "# Instructions of the main paths, by callgrind. Made by tests/house/instructions.py --update.",
             f"compiler: {compiler()}"]
    lines += [f"{path} {count(program, path)}" for path in tap.output([program]).split()]
    GOLDEN.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(update(sys.argv[1]) if "--update" in sys.argv else main(sys.argv[1]))
