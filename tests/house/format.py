# SPDX-License-Identifier: MIT
"""C sources are as clang-format 14 writes them (`make format`)."""
import re
import shutil
import sys

import tap


def tool():
    for name in ("clang-format-14", "clang-format"):
        if shutil.which(name) and re.search(r"version 14\.", tap.output([name, "--version"])):
            return name
    raise tap.Skip("clang-format 14 is not here")


def formatted():
    """C sources are as clang-format 14 writes them"""
    files = tap.tracked("*.c", "*.h")
    done = tap.run([tool(), "--dry-run", "--Werror", *files])
    bad = sorted(set(re.findall(r"^(.+?):\d+:\d+: error:", done.stderr, re.MULTILINE)))
    tap.none([path.replace(f"{tap.ROOT}/", "") for path in bad], "files to run `make format` on")
    tap.check(done.returncode == 0, done.stderr)


if __name__ == "__main__":
    sys.exit(tap.main([formatted]))
