# SPDX-License-Identifier: MIT
"""footer.py MODULE OUT VERSION PLATFORM: a DuckDB extension is a shared library and 534
bytes that say what it is: DuckDB looks at them before it loads it."""
import pathlib
import sys


def field(text):
    return text.encode().ljust(32, b"\0")


def footer(version, platform, api="v1.2.0"):
    """Eight fields, the last first, and room for a signature; wrapped as a custom section of
    WebAssembly, so that one form serves every platform."""
    header = bytes([0, 147, 4, 16]) + b"duckdb_signature" + bytes([128, 4])
    fields = ["", "", "", "C_STRUCT", version, api, platform, "4"]
    return header + b"".join(map(field, fields)) + bytes(256)


if __name__ == "__main__":
    module, out, said, where = sys.argv[1:]
    pathlib.Path(out).write_bytes(pathlib.Path(module).read_bytes() + footer(said, where))
