#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints the tables of lib/math/quadrature.c: nodes (roots of the Legendre
polynomial P_n) and weights 2 / ((1 - x^2) P_n'(x)^2) of Gauss-Legendre rules
(DLMF 3.5.15), 50-digit mpmath rounded to double. Usage: make_quadrature.py"""
from mpmath import cos, mp, mpf, pi

mp.dps = 50


def legendre(n, x):
    """P_n(x) and its derivative."""
    before, now = mpf(1), x
    for k in range(2, n + 1):
        before, now = now, ((2 * k - 1) * x * now - (k - 1) * before) / k
    return now, n * (x * now - before) / (x * x - 1)


def rule(n):
    for i in range(n, 0, -1):
        x = cos(pi * (i - mpf(1) / 4) / (n + mpf(1) / 2))
        for _ in range(10):
            p, slope = legendre(n, x)
            x -= p / slope
        yield x, 2 / ((1 - x * x) * legendre(n, x)[1]**2)


def table(name, values):
    print(f"static const double {name}[] = {{")
    for i in range(0, len(values), 3):
        print("    " + " ".join(float(x).hex() + "," for x in values[i:i + 3]))
    print("};")


for size in (8, 16, 32):
    points = list(rule(size))
    table(f"node{size}", [x for x, _ in points])
    table(f"weight{size}", [w for _, w in points])
