# SPDX-License-Identifier: MIT
"""A public function arrives whole: documented, built, tested."""
import re
import sys

import tap


def bare(text):
    """Public functions and types of a header that have no doc comment directly
    above them."""
    code = tap.without_comments(text)
    starts = [(found.start(), found[1])
              for found in re.finditer(r"^KAM_API\b[^;(]*?(\w+)\s*\(", code, re.MULTILINE)]
    starts += [(found.start(), found[1])
               for found in re.finditer(r"^typedef\b[^;{]*?\(?\*?(\w+)\s*(?:\{|\)\s*\(|;)", code, re.MULTILINE)]
    starts += [(found.start(), "enum") for found in re.finditer(r"^enum\b", code, re.MULTILINE)]
    problems = []
    for at, name in sorted(starts):
        before = text[:at].rstrip(" ")
        if not before.endswith("*/\n") or not before[before.rindex("/*"):].startswith("/**"):
            problems.append(f"line {text.count(chr(10), 0, at) + 1}: {name}")
    return problems


def documented():
    """every public function and type has a doc comment directly above"""
    tap.none([f"{header.name}: {problem}" for header in tap.HEADERS for problem in bare(header.read_text())])


def named_in(pattern):
    return {word for path in tap.ROOT.glob(pattern) for word in re.findall(r"\bkam_\w+", tap.without_comments(path.read_text()))}


def tested():
    """every public function is called in a unit test"""
    called = named_in("tests/*/test_*.c")
    tap.none([f"{header.name}: {name}" for header in tap.HEADERS
              for name, _ in tap.public_functions(header) if name not in called], "functions without a test")


def logged():
    """the changelog names every public function, or its group (kam_tier_*)"""
    text = (tap.ROOT / "CHANGELOG.md").read_text()
    names = set(re.findall(r"\bkam_\w+", text))
    groups = tuple(re.findall(r"\b(kam_\w+_)\*", text))
    tap.none([f"{header.name}: {name}" for header in tap.HEADERS for name, _ in tap.public_functions(header)
              if name not in names and not name.startswith(groups or "-")], "functions not in the changelog")


def listed(build_file, pattern, cut):
    """Files of a pattern that a meson.build does not name."""
    text = (tap.ROOT / build_file).read_text()
    room = (tap.ROOT / build_file).parent
    return [name for path in sorted(room.glob(pattern))
            for name in [str(path.relative_to(room))[:-cut or None]] if f"'{name}'" not in text]


def built():
    """every file of the library and every unit test is in the build"""
    tap.none(listed("lib/meson.build", "*/*.c", 0), "sources that lib/meson.build leaves out")
    tap.none(listed("tests/meson.build", "*/test_*.c", 2), "tests that tests/meson.build leaves out")


def no_ghosts():
    """the build names no file that is not there"""
    problems = []
    for room, names in (("lib", r"'(\w+/\w+\.c)'"), ("tests", r"'(\w+/test_\w+)'")):
        for name in re.findall(names, (tap.ROOT / room / "meson.build").read_text()):
            path = name if name.endswith(".c") else name + ".c"
            if not (tap.ROOT / room / path).exists():
                problems.append(f"{room}/{path}")
    tap.none(problems)


def planted():
    """a bare function, a bare struct and a plain comment are caught"""
    tap.check(bare("KAM_API int kam_a(void);\n"), "a bare function passed")
    tap.check(bare("/** A. */\nKAM_API int kam_a(void);\ntypedef struct kam_b {\n    int c;\n} kam_b;\n"), "a bare struct passed")
    tap.check(bare("/* A. */\nKAM_API int kam_a(void);\n"), "a plain comment passed")
    tap.check(not bare("/** A. */\nKAM_API int\nkam_a(int (*f)(void));\n"), "a good one failed")


if __name__ == "__main__":
    sys.exit(tap.main([documented, tested, logged, built, no_ghosts, planted]))
