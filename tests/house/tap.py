# SPDX-License-Identifier: MIT
"""What the house tests share: a TAP runner and the places things are in."""
import os
import pathlib
import re
import subprocess
import sys
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADERS = sorted((ROOT / "include/kam").glob("*.h"))


class Skip(Exception):
    """Raised by a test that cannot run here; the text says why."""


def check(condition, text):
    if not condition:
        raise AssertionError(text)


def none(problems, what="problems"):
    """Fails with the list when there is anything in it."""
    check(not problems, f"{len(problems)} {what}:\n" + "\n".join(map(str, problems)))


def run(command, **options):
    """Runs a command without standard input; returns the finished process."""
    return subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, **options)


def output(command, **options):
    done = run(command, **options)
    check(done.returncode == 0,
          f"{' '.join(map(str, command))}\nended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def without_comments(text):
    """C without comments and string contents, with every line kept in place."""
    def blank(match):
        found = match[0]
        if found.startswith("/"):
            return re.sub(r"[^\n]", " ", found)
        return found[0] + " " * (len(found) - 2) + found[-1]
    return re.sub(r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""",
                  blank, text, flags=re.DOTALL)


def public_functions(path):
    """(name, offset) of every KAM_API declaration in a header."""
    text = without_comments(path.read_text())
    text = re.sub(r"^\s*#.*$", lambda line: " " * len(line[0]), text, flags=re.MULTILINE)
    return [(found[1], found.start())
            for found in re.finditer(r"\bKAM_API\b[^;(]*?(\w+)\s*\(", text)]


def tracked(*patterns):
    """The project's own files: what git knows, or in a tarball what is there."""
    done = None
    if (ROOT / ".git").exists():
        try:
            done = run(["git", "-C", ROOT, "ls-files", "-z", "-co", "--exclude-standard", "--", *patterns])
        except OSError:
            pass
    if done and done.returncode == 0:
        names = [name for name in done.stdout.split("\0") if name]
    else:
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file()]
        names = [name for name in names if not re.match(r"(\.git|build[^/]*|out)/", name)
                 and "__pycache__" not in name
                 and (not patterns or any(pathlib.PurePath(name).match(p) for p in patterns))]
    return sorted(ROOT / name for name in set(names) if (ROOT / name).is_file())


def main(tests):
    """Runs functions as TAP tests, named by their docstrings."""
    print(f"1..{len(tests)}")
    failed = 0
    for number, test in enumerate(tests, 1):
        name = (test.__doc__ or test.__name__).strip().splitlines()[0]
        try:
            test()
            print(f"ok {number} - {name}")
        except Skip as why:
            print(f"ok {number} - {name} # SKIP {why}")
            print(f"skipped: {name} ({why})", file=sys.stderr)
        except Exception as error:  # every kind is a failed test
            failed += 1
            print(f"not ok {number} - {name}")
            text = str(error) if isinstance(error, AssertionError) and str(error) else traceback.format_exc()
            print("\n".join("# " + line for line in text.splitlines()))
        sys.stdout.flush()
    return 1 if failed else 0


def words(name):
    """A command given by the build in the environment, split at blanks."""
    return os.environ.get(name, "").split()
