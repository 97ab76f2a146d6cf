# SPDX-License-Identifier: MIT
"""python -m kam: the command `kam`."""
import sys

from .command import main

if __name__ == "__main__":
    sys.exit(main())
