# SPDX-License-Identifier: MIT
"""Prints lib/math/quadrature.c: Gauss-Legendre nodes and weights from the roots of
Legendre polynomials at 50 digits.

    python3 make_quadrature.py > ../../lib/math/quadrature.c
"""
from mpmath import mp, mpf, cos, pi, findroot, legendre

mp.dps = 50


def rule(n):
    nodes = sorted(findroot(lambda x: legendre(n, x), cos(pi * (i + mpf(3) / 4) / (n + mpf(1) / 2)))
                   for i in range(n))
    weights = []
    for x in nodes:
        slope = n * (x * legendre(n, x) - legendre(n - 1, x)) / (x * x - 1)
        weights.append(2 / ((1 - x * x) * slope * slope))
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
