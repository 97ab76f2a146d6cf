# SPDX-License-Identifier: MIT
"""twin.py FILE: the tests of a C tool in FILE (tests/cli), where every call of the
tool is also a call of the command `kam`, which has to write the same bytes, say the
same words and end with the same status."""
import io
import os
import runpy
import subprocess
import sys

FILE = os.path.abspath(sys.argv[1])
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path[:0] = [os.path.dirname(FILE), os.path.join(ROOT, "bindings/python")]

import tap  # noqa: E402

from kam.command import main  # noqa: E402

tool_run = tap.run
COMMANDS = {tap.SCORE: "score", os.environ.get("KAM_TIER"): "tiers", tap.KPI: "kpi"}


def bytes_of(text):
    return text.encode("utf-8", "surrogateescape")


def command(words, stdin):
    """(status, output, standard error) of `kam`, in this process."""
    streams = sys.stdin, sys.stdout, sys.stderr
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin or b""))
    sys.stdout, sys.stderr = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    try:
        status = main(words)
        sys.stdout.flush()
        return status, sys.stdout.buffer.getvalue(), sys.stderr.buffer.getvalue()
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams


def full(words, stdout):
    """As command, to a disk that is full."""
    done = subprocess.run([sys.executable, "-m", "kam", *words], stdin=subprocess.DEVNULL, stdout=stdout,
                          stderr=subprocess.PIPE, check=False,
                          env={**os.environ, "PYTHONPATH": os.path.join(ROOT, "bindings/python")})
    return done.returncode, b"", done.stderr


def run(*words, tool=None, stdin=None, stdout=None, **more):
    done = tool_run(*words, tool=tool, stdin=stdin, stdout=stdout, **more)
    tool = tool or tap.SCORE
    if tool not in COMMANDS:
        return done
    words = [COMMANDS[tool], *map(str, words)]
    status, out, err = full(words, stdout) if stdout else command(words, bytes_of(stdin) if isinstance(stdin, str) else stdin)
    about, name = f"kam {' '.join(words)} ", os.path.basename(tool).encode()
    out, err = (text.replace(b"kam " + words[0].encode(), name) for text in (out, err))
    if {"-h", "--help"} & set(words):  # laid out by another library
        tap.equal((status, name in out), (0, True))
        return done
    tap.equal(status, done.status, about + err.decode("utf-8", "replace"))
    tap.equal(out, bytes_of(done.out), about)
    tap.equal(err, bytes_of(done.err), about)
    return done


tap.run = run
runpy.run_path(FILE, run_name="__main__")
