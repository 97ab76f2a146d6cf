# SPDX-License-Identifier: MIT
"""readme.py LIBRARY: what the pages tell a reader to do, works.

Every C block that has a main() is compiled, linked and run; when a text block
follows, that is what it must print."""
import os
import pathlib
import re
import sys
import tempfile

import tap

CC = tap.words("CC") or ["cc"]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Who runs blocks that are no whole C programs. Of `make` it is looked whether there is such a target.
PAGES = "bindings/python/tests/test_pages.py"
RUN_BY = {
    **{(f"docs/{name}.md", "sh"): "tests/cli/test_pages.py" for name in ("kam-kpi", "kam-score", "kam-simulate", "kam-tier", "policy")},
    **{(name, "sh"): "tests/house/readme.py" for name in ("README.md", "README.zh-CN.md", "docs/benchmarks.md")},
    ("docs/embedding.md", "sh"): "packaging/check.py", ("docs/embedding.md", "cmake"): "packaging/check.py",
    ("docs/mappings/README.md", "sh"): "tests/mappings/test_mappings.py", ("docs/report.md", "sh"): PAGES,
    ("docs/engines.md", "python"): PAGES, ("docs/engines.md", "sql"): PAGES, ("bindings/python/README.md", "sh"): PAGES,
    ("docs/models/pace.md", "python"): PAGES, ("docs/models/contracts.md", "python"): PAGES,
    ("bindings/python/README.md", "python"): "bindings/python/tests/test_score.py",
    ("docs/from-lifetimes.md", "pycon"): "bindings/python/tests/test_lifetimes.py",
    ("docs/databases.md", "sql"): "bindings/sqlite/test_sqlite.py", ("docs/databases.md", "python"): "bindings/duckdb/test_extension.py",
}


def programs(text):
    """(C source, expected output or None) of every whole program of a page."""
    blocks = BLOCK.findall(text)
    for (language, body), following in zip(blocks, blocks[1:] + [("", "")]):
        if language == "c" and "int main(" in body:
            yield body, following[1] if following[0] == "text" else None


def result_of(source, library):
    """What a program prints."""
    with tempfile.TemporaryDirectory() as folder:
        path, tool = pathlib.Path(folder) / "page.c", pathlib.Path(folder) / "page"
        path.write_text(source)
        tap.output([*CC, "-std=c99", "-Wall", "-Wextra", "-Wno-missing-field-initializers", "-pedantic", "-Werror",
                    "-I", tap.ROOT / "include", "-o", tool, path, library,
                    f"-Wl,-rpath,{pathlib.Path(library).resolve().parent}"])
        return tap.output([tool])


def main(library):
    pages = [path for path in tap.tracked("*.md") if "CHANGELOG" not in path.name]
    texts = {str(path.relative_to(tap.ROOT)): path.read_text() for path in pages}

    def all_run():
        """the C programs on the pages compile, run, and print what the page says"""
        problems = []
        for name, text in texts.items():
            for source, expected in programs(text):
                printed = result_of(source, library)
                if expected is not None and printed != expected:
                    problems.append(f"{name} says\n{expected}but the program prints\n{printed}")
        tap.none(problems)

    def both_readmes():
        """README.md has a program and its output, README.zh-CN.md the same ones"""
        english, chinese = (list(programs(texts[name])) for name in ("README.md", "README.zh-CN.md"))
        tap.check(english and english[0][1], "README.md has no program with its output")
        tap.check(english == chinese, "the programs differ")

    def blocks():
        """every block of a page is run by the test that names the page, or is no program"""
        problems = []
        for name, text in texts.items():
            for language, body in BLOCK.findall(text):
                if language in ("text", "json") or (language == "c" and "int main(" in body):
                    continue
                runner = RUN_BY.get((name, language))
                if not runner or pathlib.Path(name).stem not in (tap.ROOT / runner).read_text():
                    problems.append(f"{name}: a block of {language or 'nothing'}")
        tap.none(problems, "blocks that no test runs (RUN_BY)")

    def commands():
        """every make target that a page names is there"""
        makefile = (tap.ROOT / "Makefile").read_text()
        tap.none([f"{name}: make {target}" for name, text in texts.items()
                  for target in re.findall(r"`make ([a-z-]+)|^make ([a-z-]+)", text, re.MULTILINE)
                  for target in [target[0] or target[1]]
                  if not re.search(rf"^{target}:", makefile, re.MULTILINE)])

    def links():
        """every file that a page links to is there"""
        tap.none([f"{name}: {link}" for name, text in texts.items()
                  for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text)
                  if not os.path.exists(tap.ROOT / os.path.dirname(name) / link)])

    def named():
        """every page that a source or another page names is there"""
        problems = set()
        for path in tap.tracked("*.c", "*.h", "*.py", "*.md", "*.build", "*.csv"):
            for page in re.findall(r"\bdocs/[\w/-]+\.md\b", path.read_text(errors="replace")):
                if not (tap.ROOT / page).exists():
                    problems.add(f"{path.relative_to(tap.ROOT)}: {page}")
        tap.none(sorted(problems), "pages that are not there")

    def planted():
        """a wrong output is seen, and a program that does not compile fails"""
        page = "```c\n#include <stdio.h>\nint main(void) { return puts(\"a\") < 0; }\n```\n\n```text\nb\n```\n"
        source, expected = next(programs(page))
        tap.check((result_of(source, library), expected) == ("a\n", "b\n"), "misread")
        try:
            result_of("int main(void) { return kam_nothing(); }\n", library)
        except AssertionError:
            return
        raise AssertionError("a program that cannot compile passed")

    return tap.main([all_run, both_readmes, blocks, commands, links, named, planted])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
