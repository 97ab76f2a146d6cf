# SPDX-License-Identifier: MIT
"""tools/need installs what is missing and only that, or says what to install."""
import os
import pathlib
import shutil
import sys
import tempfile

import tap

PLAIN = ("sh", "env", "mktemp", "rm", "cat", "uname")


def machine(folder, tools):
    """A PATH with the plain commands and these scripts, and nothing else."""
    place = pathlib.Path(folder)
    for name in PLAIN:
        os.symlink(shutil.which(name), place / name)
    for name, script in tools.items():
        (place / name).write_text("#!/bin/sh\n" + script + "\n")
        (place / name).chmod(0o755)
    return str(place)


def need(tools, *groups):
    """(status, standard error, what apt-get was asked to install)"""
    with tempfile.TemporaryDirectory() as folder:
        asked = pathlib.Path(folder) / "asked"
        environment = {"PATH": machine(folder, tools), "ASKED": str(asked)}
        done = tap.run([shutil.which("sh"), tap.ROOT / "tools/need", *groups], env=environment)
        return done.returncode, done.stderr, asked.read_text() if asked.exists() else ""


HAS = {"pkg-config": "exit 0", "gzip": "exit 0"}
APT = {"id": "echo 0", "apt-cache": "exit 0", "apt-get": 'echo "$*" >>"$ASKED"'}


def complete():
    """when nothing is missing it is silent and calls nothing"""
    tap.check(need({**HAS, **APT}, "test") == (0, "", ""), "it did something")


def elsewhere():
    """without apt-get it says what to install and ends with 2"""
    status, said, asked = need({"gzip": "exit 0", "id": "echo 0"}, "test", "docs")
    tap.check(status == 2 and not asked, f"status {status}, asked {asked!r}")
    tap.check("cmocka" in said and "doxygen" in said and "gzip" not in said, said)


def installs():
    """with apt-get, as root, it asks for exactly what is missing"""
    status, said, asked = need({"gzip": "exit 0", **APT}, "test")
    words = asked.split()
    tap.check("install" in words and "libcmocka-dev" in words and "gzip" not in words, f"{asked!r} {said}")
    tap.check(status == 2, "it claims success though the package is still missing")


def no_root():
    """without root and without sudo it installs nothing"""
    status, said, asked = need({**APT, "id": "echo 1000"}, "test")
    tap.check(status == 2 and not asked and "libcmocka-dev" in said, f"{status} {said} {asked}")


def sudo():
    """without root it goes through sudo, which must not ask for a password"""
    tools = {**APT, "id": "echo 1000", "sudo": 'echo "sudo $*" >>"$ASKED"'}
    _, said, asked = need(tools, "test")
    tap.check(asked.startswith("sudo -n ") and "libcmocka-dev" in asked, f"{asked!r} {said}")


def empty_lists():
    """when apt knows no packages yet, the lists come first"""
    _, said, asked = need({"gzip": "exit 0", **APT, "apt-cache": "exit 1"}, "test")
    lines = asked.splitlines()
    tap.check(len(lines) == 2 and lines[0].endswith("update") and " install " in lines[1], f"{asked!r} {said}")


if __name__ == "__main__":
    sys.exit(tap.main([complete, elsewhere, installs, no_root, sudo, empty_lists]))
