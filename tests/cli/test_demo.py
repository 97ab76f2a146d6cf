# SPDX-License-Identifier: MIT
"""What a stranger sees first: the demo, the sample book, the embedding host."""
import os
import subprocess
import sys

from tap import EMBED, EXAMPLES, HEADER, HERE, SCORE, Skip, equal, has, main, run, true

DATA = os.path.join(EXAMPLES, "data")


def demo(build):
    return run(os.path.join(EXAMPLES, "demo.sh"), build, tool="sh")


def build_directory():
    """A directory that looks like a build; its name has a blank."""
    build = os.path.join(HERE.name, "a build")
    os.makedirs(os.path.join(build, "examples"), exist_ok=True)
    link = os.path.join(build, "examples", "kam-score")
    if not os.path.exists(link):
        os.symlink(os.path.abspath(SCORE), link)
    return build


def test_demo():
    build = build_directory()
    done = demo(build)
    equal((done.status, done.err), (0, ""))
    out = done.out.splitlines()
    first = next(i for i, line in enumerate(out) if "churn risk" in line and "CLV" in line)
    table = out[first + 1:first + 21]
    equal([line.split()[0] for line in table], [str(i) for i in range(1, 21)])
    for line in table:
        has(line, " %")
        true("nan" not in line and "inf" not in line, line)
    with open(os.path.join(build, "scores.csv"), encoding="utf-8") as scores:
        lines = scores.read().splitlines()
    equal((lines[0], len(lines)), (HEADER, 204))
    true("scores.csv" in done.out, "it says where the scores are")
    has(done.out, "no report.html was written: there is no ")


def test_demo_without_pypi():
    """A library, but no packages for the report: a sentence, and nothing fails."""
    build = build_directory()
    os.makedirs(os.path.join(build, "lib"), exist_ok=True)
    with open(os.path.join(build, "lib", "libkam.so"), "w", encoding="ascii"):
        pass
    place = os.path.join(HERE.name, "bin")
    os.makedirs(place, exist_ok=True)
    with open(os.path.join(place, "python3"), "w", encoding="ascii") as fake:
        fake.write('#!/bin/sh\ncase $* in *ensurepip*) exit 0 ;; esac\necho "no way" >&2\nexit 1\n')
    os.chmod(os.path.join(place, "python3"), 0o755)
    held = os.environ["PATH"]
    os.environ["PATH"] = place + os.pathsep + held
    try:
        done = demo(build)
    finally:
        os.environ["PATH"] = held
        os.remove(os.path.join(build, "lib", "libkam.so"))
    equal((done.status, done.err), (0, ""))
    has(done.out, "no report.html was written: its Python packages could not be installed")
    has(done.out, "Your own book:")


def test_demo_without_a_build():
    done = demo(os.path.join(HERE.name, "nowhere"))
    equal((done.status, done.out), (2, ""))
    has(done.err, "usage")


def test_table_is_aligned():
    """Every line of the table has its columns where the header has them, also
    with names that are wide on a terminal."""
    import unicodedata
    out = run("-q", "--top", 203, os.path.join(DATA, "orders.csv")).out.splitlines()

    def columns(line):
        made = ""
        for letter in line:
            made += letter + ("\0" if unicodedata.east_asian_width(letter) in "WF" else "")
        return made

    end = columns(out[0]).index("churn risk") + len("churn risk")
    for line in out[1:]:
        if line.startswith("*"):
            continue
        true(columns(line)[:end].endswith(" %"), line)
    true(any("有限公司" in line for line in out), "Chinese names are in the sample")


def test_sample_book_is_made_by_its_generator():
    script = os.path.join(EXAMPLES, "make-sample-book.py")
    subprocess.run([sys.executable, script, HERE.name], check=True)
    for name in ("orders.csv", "accounts.csv"):
        with open(os.path.join(DATA, name), "rb") as old, open(os.path.join(HERE.name, name), "rb") as new:
            true(old.read() == new.read(), f"{name} differs")
    size = sum(os.path.getsize(os.path.join(DATA, name)) for name in os.listdir(DATA))
    true(size < 1_000_000, f"{size} bytes")


def test_embedding_host():
    if not os.path.exists(EMBED):
        raise Skip("the example host is not built: no threads")
    done = run(tool=EMBED)
    equal((done.status, done.err), (0, ""))
    has(done.out, "churn risk")
    has(done.out, "the same bits")
    with open(os.path.join(EXAMPLES, "embed.c"), encoding="utf-8") as source:
        true(sum(line.strip() != "" for line in source) <= 60, "a whole host in 60 lines")


main(globals())
