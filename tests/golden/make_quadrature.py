# SPDX-License-Identifier: MIT
"""Prints lib/math/quadrature.c: Gauss-Legendre nodes and weights from the roots of
Legendre polynomials at 50 digits.

    python3 make_quadrature.py > ../../lib/math/quadrature.c
"""
from mpmath import cos, legendre, mp, mpf, pi

mp.dps = 50


def slope(n, x):
    return n * (x * legendre(n, x) - legendre(n - 1, x)) / (x * x - 1)


def root(n, i):
    x = cos(pi * (i + mpf(3) / 4) / (n + mpf(1) / 2))  # Tricomi's estimate
    for _ in range(8):
        x -= legendre(n, x) / slope(n, x)
    return x


def rule(n):
    nodes = sorted(root(n, i) for i in range(n))
    assert all(a < b for a, b in zip(nodes, nodes[1:]))
    weights = []
    for x in nodes:
        weights.append(2 / ((1 - x * x) * slope(n, x) ** 2))
    return nodes, weights


def table(name, values):
    print(f"static const double {name}[] = {{")
    for value in values:
        print(f"    {mp.nstr(value, 20)},")
    print("};")


print("/* SPDX-License-Identifier: MIT */")
print("/* Made by tests/golden/make_quadrature.py. */")
print('#include "math/quadrature.h"')
for n in (8, 16, 32):
    nodes, weights = rule(n)
    print()
    table(f"NODE{n}", nodes)
    table(f"WEIGHT{n}", weights)
print()
for n in (8, 16, 32):
    print(f"const struct kam__rule kam__legendre{n} = {{{n}, NODE{n}, WEIGHT{n}}};")
