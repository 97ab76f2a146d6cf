# SPDX-License-Identifier: MIT
"""Every public function is called by a fuzz target, and every target is built,
run by check-all and has a corpus."""
import re
import sys

import tap

FUZZ = tap.ROOT / "tests/fuzz"


def targets():
    """name -> public functions that a target calls."""
    return {path.stem[5:]: set(re.findall(r"\b(kam_\w+)\s*\(", tap.without_comments(path.read_text())))
            for path in sorted(FUZZ.glob("fuzz_*.c"))}


def missing(functions, called):
    return sorted(name for name in functions if not any(name in one for one in called.values()))


def complete():
    """every public function has a target"""
    functions = [name for header in tap.HEADERS for name, _ in tap.public_functions(header)]
    tap.check(len(functions) > 150, f"only {len(functions)} functions were found")
    tap.none(missing(functions, targets()), "functions without a fuzz target")


def built():
    """every target is built, run by check-all, and replayed"""
    wanted = sorted(targets())
    listed = re.search(r"foreach name : \[([^]]*)\]\s*replay", (tap.ROOT / "tests/meson.build").read_text())[1]
    tap.check(sorted(re.findall(r"'(\w+)'", listed)) == wanted, f"tests/meson.build builds {listed}")
    run = re.search(r"for target in ([\w ]+); do", (tap.ROOT / "tools/check-all").read_text())[1]
    tap.check(sorted(run.split()) == wanted, f"check-all runs {run}")
    tap.none([name for name in wanted if not any((FUZZ / "corpus" / name).glob("*"))], "targets without a corpus")


def told():
    """docs/testing.md has a line for every target"""
    text = (tap.ROOT / "docs/testing.md").read_text()
    tap.none([name for name in targets() if f"| `{name}` |" not in text], "targets that docs/testing.md leaves out")


def planted():
    """a function that no target calls is seen"""
    tap.check(missing(["kam_a", "kam_b"], {"x": {"kam_b"}}) == ["kam_a"], "a function without a target passed")


if __name__ == "__main__":
    sys.exit(tap.main([complete, built, told, planted]))
