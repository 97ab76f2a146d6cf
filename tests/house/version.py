# SPDX-License-Identifier: MIT
"""Prints the version that include/kam/version.h states: the one place it is kept."""
import pathlib
import re


def version():
    text = (pathlib.Path(__file__).resolve().parents[2] / "include/kam/version.h").read_text()
    return ".".join(re.search(rf"KAM_VERSION_{part}\s+(\d+)", text)[1] for part in ("MAJOR", "MINOR", "PATCH"))


if __name__ == "__main__":
    print(version())
