# SPDX-License-Identifier: MIT
"""A PostgreSQL server of a test's own. It does not run as root: then it runs as the user
postgres."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "tests/house"))

import tap  # noqa: E402


def program(name):
    """Of the server, not the wrapper of Debian."""
    try:
        folder = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        folder = ""
    return shutil.which(name, path=folder) or shutil.which(name)


class Server:
    """A server in a folder, reached by a socket in it."""

    def __init__(self):
        if not all(map(program, ("initdb", "pg_ctl", "psql"))):
            raise tap.Skip("no PostgreSQL server")
        self.folder = tempfile.mkdtemp(prefix="kam-pg-")
        self.user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        os.chmod(self.folder, 0o755)
        if self.user:
            shutil.chown(self.folder, "postgres")
        self.run("initdb", "-D", self.folder + "/data", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self.run("pg_ctl", "-D", self.folder + "/data", "-l", self.folder + "/log", "-w", "-o",
                 f"-c listen_addresses='' -c fsync=off -c max_parallel_workers_per_gather=2 -k {self.folder}", "start")

    def run(self, name, *words):
        done = subprocess.run([*self.user, program(name), *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False, cwd=self.folder)
        if done.returncode:
            raise AssertionError(f"{name}: {done.stdout}")

    def extend(self, module, base="postgres"):
        """The functions of kam_pg.so, as `create extension kam` makes them."""
        if not module.exists():
            raise tap.Skip("no extension")
        shutil.copy(module, self.folder)
        os.chmod(self.folder + "/" + module.name, 0o755)
        script = (HERE / "kam--0.1.0.sql").read_text()
        self.ask(script.replace("MODULE_PATHNAME", f"{self.folder}/{module.stem}"), base=base)

    def ask(self, query, fails=False, base="postgres"):
        """The answer's rows, each a list of texts; NULL is "~"."""
        done = subprocess.run([*self.user, program("psql"), "-h", self.folder, "-qAtX", "-F", "\t", "-P", "null=~", "-v",
                               "ON_ERROR_STOP=1", base], input=query, capture_output=True, text=True, check=False,
                              cwd=self.folder, env={**os.environ, "PGCLIENTENCODING": "UTF8"})
        tap.check((done.returncode != 0) == fails, done.stderr)
        return done.stderr if fails else [line.split("\t") for line in done.stdout.splitlines()]

    def stop(self):
        self.run("pg_ctl", "-D", self.folder + "/data", "-m", "immediate", "stop")
        shutil.rmtree(self.folder)
