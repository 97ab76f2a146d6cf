# SPDX-License-Identifier: MIT
"""twin.py FILE: the tests of kam-score in FILE (tests/cli), where every call of
the tool is also a call of `kam score`, which has to write the same bytes, say the
same words and end with the same status."""
import io
import os
import re
import runpy
import subprocess
import sys

FILE = os.path.abspath(sys.argv[1])
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path[:0] = [os.path.dirname(FILE), os.path.join(ROOT, "bindings/python")]

import tap  # noqa: E402

from kam.command import main  # noqa: E402

tool_run = tap.run


def bytes_of(text):
    return text.encode("utf-8", "surrogateescape")


def command(words, stdin):
    """(status, output, standard error) of `kam score`, in this process."""
    streams = sys.stdin, sys.stdout, sys.stderr
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin or b""))
    sys.stdout, sys.stderr = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    try:
        status = main(["score", *words])
        sys.stdout.flush()
        return status, sys.stdout.buffer.getvalue(), sys.stderr.buffer.getvalue()
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams


def full(words, stdout):
    """As command, to a disk that is full."""
    done = subprocess.run([sys.executable, "-m", "kam", "score", *words], stdin=subprocess.DEVNULL, stdout=stdout,
                          stderr=subprocess.PIPE, check=False,
                          env={**os.environ, "PYTHONPATH": os.path.join(ROOT, "bindings/python")})
    return done.returncode, b"", done.stderr


def run(*words, tool=None, stdin=None, stdout=None, **more):
    done = tool_run(*words, tool=tool, stdin=stdin, stdout=stdout, **more)
    if tool:
        return done
    words = [str(word) for word in words]
    status, out, err = full(words, stdout) if stdout else command(words, bytes_of(stdin) if isinstance(stdin, str) else stdin)
    unknown = re.search(rb"(--[\w-]+): unknown option", err)
    if unknown and unknown[1].decode() in tool_run("--help").out:
        raise tap.Skip(f"kam score does not know {unknown[1].decode()} yet")
    if {"-h", "--help"} & set(words):  # laid out by another library
        tap.equal((status, b"kam score" in out), (0, True))
        return done
    about = f"kam score {' '.join(words)}"
    tap.equal(status, done.status, about + err.decode("utf-8", "replace"))
    tap.equal(out.replace(b"kam score", b"kam-score"), bytes_of(done.out), about)
    tap.equal(err.replace(b"kam score", b"kam-score"), bytes_of(done.err), about)
    return done


tap.run = run
runpy.run_path(FILE, run_name="__main__")
