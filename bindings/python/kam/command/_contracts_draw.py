# SPDX-License-Identifier: MIT
"""Random numbers of kam-score, bit for bit (examples/common/draw.c, which names its sources)."""
from __future__ import annotations

import math

from ._text import encode

_ALL = 2**64 - 1


def exp(x: float) -> float:
    """Infinite where it grows too large, as in C."""
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _mix(z: int) -> int:
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & _ALL
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & _ALL
    return z ^ (z >> 31)


def stream_of(key: str) -> int:
    """A stream of its own, so that other accounts change nothing: FNV-1a."""
    found = 0xCBF29CE484222325
    for byte in encode(key):
        found = (found ^ byte) * 0x100000001B3 & _ALL
    return found


class Draw:
    """SplitMix64."""

    def __init__(self, seed: int, stream: int) -> None:
        self.state = _mix(seed + 0x9E3779B97F4A7C15 & _ALL)
        self.state = _mix(self.state ^ (stream * 0xD1342543DE82EF95 + 1 & _ALL))

    def uniform(self) -> float:
        self.state = self.state + 0x9E3779B97F4A7C15 & _ALL
        return ((_mix(self.state) >> 12) + 0.5) * 2.0**-52

    def normal(self) -> float:
        """Marsaglia's polar method."""
        while True:
            x, y = 2 * self.uniform() - 1, 2 * self.uniform() - 1
            square = x * x + y * y
            if square < 1:
                return x * math.sqrt(-2 * math.log(square) / square)

    def log_gamma(self, shape: float) -> float:
        """The logarithm of a gamma variable: Marsaglia & Tsang."""
        small = -math.log(self.uniform()) / shape if shape < 1 else 0.0
        d = (shape + 1 if shape < 1 else shape) - 1.0 / 3
        c = 1 / math.sqrt(9 * d)
        while True:
            v = 0.0
            while v <= 0:
                x = self.normal()
                v = 1 + c * x
            v = v * v * v
            if math.log(self.uniform()) < 0.5 * x * x + d * (1 - v + math.log(v)):
                return math.log(d * v) - small


def beta_draw(draw: Draw, a: float, b: float) -> float:
    x = draw.log_gamma(a)
    return 1 / (1 + exp(draw.log_gamma(b) - x))
