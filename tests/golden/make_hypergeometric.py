#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes hypergeometric.csv beside itself: a, b, c, z, 2F1 and log |2F1|, from
mpmath at 60 digits or more: parameters as the models have them, degenerate
ones (c - a - b whole), large ones, z from -1e300 to neighbours of 1.
Usage: make_hypergeometric.py"""
import math
import random
from pathlib import Path

import mpmath
from mpmath import mp, mpf

HERE = Path(__file__).parent
rng = random.Random(20240302)


def log_uniform(a, b):
    return math.exp(rng.uniform(math.log(a), math.log(b)))


def near_one(low=-50):
    return 1 - 2.0**rng.uniform(low, -1)


rows = []
for i in range(150):  # orders expected under BG/NBD, Pareto/NBD; renewals
    r, s = log_uniform(0.05, 20), log_uniform(0.05, 20)
    a, b = log_uniform(0.05, 20), log_uniform(0.05, 50)
    x = float(rng.choice((0, 1, 2, 7, 30, 200)))
    z = rng.uniform(0, 1) if i % 2 else near_one(-20)
    rows += [(r + x, b + x, a + b + x - 1, z),
             (r + s + x, s + 1, r + s + x + 1, z),
             (1.0, b + x, a + b + x, z)]
for i in range(200):  # anything positive
    abc = [log_uniform(0.01, 100) for _ in range(3)]
    rows += [(*abc, rng.uniform(0, 1)), (*abc, near_one()),
             (*abc, -log_uniform(1e-3, 1e6))]
for i in range(150):  # whole and half parameters: degenerate at 1
    abc = [rng.randint(1, 20) / 2 for _ in range(3)]
    rows += [(*abc, rng.uniform(0, 1)), (*abc, near_one()),
             (*abc, -log_uniform(1e-3, 1e6))]
for i in range(150):  # a or b negative
    abc = [rng.uniform(-8, 8), rng.uniform(-3, 8), rng.uniform(0.1, 8)]
    rows += [(*abc, rng.uniform(0, 1)), (*abc, near_one(-30)),
             (*abc, -log_uniform(1e-3, 1e3))]
for x in (1e3, 1e4):  # large
    for z in (0.01, 0.5, 0.9, 0.999):
        rows += [(0.24 + x, 2.43 + x, 2.2 + x, z), (x, 1.6, x + 1.6, z),
                 (x, x / 2, x * 2, z), (0.5, x, x + 3, -z * 30),
                 (x, x + 0.5, 2 * x, z)]
rows += [(1.0, 1.0, 2.0, z) for z in
         (-1e300, -1e100, -1e15, -1.0, -1e-5, 1e-300, 1e-17, 0.5,
          math.nextafter(0.5, 1), math.nextafter(0.5, 0), 1 - 2.0**-53)]
rows += [(0.3, 0.7, 1.9, z) for z in
         (0.4999999, 0.5, 0.50000001, 0.75, 0.8, 0.9, 0.95, 0.99, 0.999)]
rows += [(-5.0, 3.5, 1.25, 0.3), (-40.0, 41.0, 1.0, 0.2), (-7.0, 2.0, 3.0, -9.0)]


def series(a, b, c, z):
    """All terms positive: nothing can go wrong."""
    term = total = mpf(1)
    k = 0
    while term > total * mpf(10)**-45 or k < 10:
        term = term * ((a + k) * (b + k) * z / ((c + k) * (k + 1)))
        total += term
        k += 1
    return total


def exact(a, b, c, z):
    mp.dps = 60
    if z < -1e8:  # only (1, 1; 2; z) goes this far
        return mpmath.log1p(-z) / -z
    if z < 0:  # Pfaff
        return (1 - z)**-a * exact(a, c - b, c, z / (z - 1))
    if c - a - b < 0 and c - a > 0 and c - b > 0 or a < 0 or b < 0:
        one = (1 - z)**(c - a - b)  # Euler
        a, b = c - a, c - b
    else:
        one = mpf(1)
    if a > 0 and b > 0 and z < 0.9995:
        return one * series(a, b, c, z)
    return one * mpmath.hyp2f1(a, b, c, z, maxterms=10**6, maxprec=10**5)


lines = [f"# made by tests/golden/make_hypergeometric.py, mpmath "
         f"{mpmath.__version__}, at least 60 digits", "a,b,c,z,value,log"]
for row in sorted(set(rows)):
    if row[2] <= 0:
        continue
    mp.dps = 60
    value = exact(*map(mpf, row))
    mp.dps = 60
    lines.append(",".join([repr(x) for x in row] +
                          [repr(float(value)),
                           repr(float(mpmath.log(abs(value))))]))
(HERE / "hypergeometric.csv").write_text("\n".join(lines) + "\n")
print("hypergeometric", len(lines) - 2)
