#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes elementary_<function>.csv beside itself: arguments, the value rounded
to double, and what the rounding left off in ulp, from 60-digit mpmath. Arguments are
dense around every place where lib/math/elementary.h or gamma.h changes formula,
random elsewhere, and the worst of some ten million. Usage: make_elementary.py"""
import math
import random
from pathlib import Path

import mpmath
from mpmath import mp, mpf

mp.dps = 60
HERE = Path(__file__).parent
rng = random.Random(20240229)
LN2 = math.log(2)


def around(points, steps=(0, 1, 2, 3, 9, 1e3, 1e7, 1e11)):
    """The points and neighbours at these distances in ulp."""
    out = []
    for p in points:
        for n in steps:
            out += [p + n * math.ulp(p), p - n * math.ulp(p)]
    return out


def tiny(n, low=-1074, high=-1):
    return [math.ldexp(rng.choice((-1, 1)) * rng.uniform(1, 2),
                       rng.randint(low, high)) for _ in range(n)]


def uniform(n, a, b):
    return [rng.uniform(a, b) for _ in range(n)]


def logs(n, a, b):
    return [math.exp(rng.uniform(math.log(a), math.log(b))) for _ in range(n)]


def write(name, columns, rows, f):
    lines = [f"# made by tests/golden/make_elementary.py, mpmath "
             f"{mpmath.__version__}, {mp.dps} digits",
             ",".join(columns + ["value", "rest"])]
    for row in sorted(set(rows)):
        exact = f(*map(mpf, row))
        value = float(exact)
        rest = float((exact - mpf(value)) / mpf(math.ulp(value)))
        lines.append(",".join([repr(x) for x in row] +
                              [repr(value), f"{rest:.4f}"]))
    (HERE / f"elementary_{name}.csv").write_text("\n".join(lines) + "\n")
    print(name, len(lines) - 2)


def one(name, xs, f):
    write(name, ["x"], [(x,) for x in xs], f)


seams = [(k + 0.5) * LN2 for k in
         [-1075, -1023, -538, -100, -60, -55, -54, -53, -10, -3, -2, -1, 0, 1,
          2, 3, 10, 52, 53, 54, 55, 99, 100, 101, 512, 1022]]
one("exp",
    [-92.523256628391096, -708.75371342455992] +
    uniform(700, -745, 709.78) + uniform(500, -1.1, 1.1) + tiny(60) +
    uniform(150, -745.2, -708) +
    around([x for x in seams if x > -745.14]) +
    around([-708.3964185322641, -745.13, -744.4400719213812, 709.782712893383],
           (0, 1, 2, 3, 100, 1000)),
    mpmath.exp)
one("expm1",
    [37.085976842808066] + uniform(500, -40, 100) + uniform(500, -1.5, 1.5) + tiny(150) +
    uniform(100, 100, 709.7) + uniform(30, -60, -36) +
    around([x for x in seams if -41 < x < 710] +
           [2.0**-54, -2.0**-54, -40.0, -36.7368, 709.782]),
    mpmath.expm1)
roots = [math.ldexp(m, k) for k in (-1022, -500, -2, -1, 0, 1, 2, 700)
         for m in (float.fromhex("0x1.6a09ep-1"), 1.0)]
one("log",
    [1.4034006557334229] + logs(500, 1e-307, 1e308) +
    uniform(500, 0.3, 3) + uniform(200, 0.99, 1.01) +
    [abs(x) for x in tiny(100, -1074, -1020)] + [1 + x for x in tiny(80, -52)] +
    [x for x in around(roots) if x > 0] +
    [5e-324, 1e-323, 2.2250738585072014e-308, 1.7976931348623157e308],
    mpmath.log)
one("log1p",
    [-0.29311489350765429] + uniform(500, -1, 1) +
    uniform(300, -0.5, 0.6) + tiny(200) +
    logs(300, 1, 1e308) + [math.ldexp(1, -k) - 1 for k in range(1, 54)] +
    around([float.fromhex("0x1.6a09ep-1") * 2.0**k - 1 for k in range(-5, 6)] +
           [2.0**k for k in (-54, -53, -52, 51, 52, 53, 54, 60, 99, 100, 101)] +
           [-0.5, 1.0]) + [1.7976931348623157e308],
    mpmath.log1p)


def power_pairs():
    rows = []
    for x in (logs(250, 1e-307, 1e308) + uniform(400, 0.5, 2) +
              around([x for x in roots if 0.1 < x < 5], (0, 1, 2, 1e4, 1e9)) +
              [abs(x) for x in tiny(30, -1074, -1020)] +
              [1 + x for x in tiny(150, -52)]):
        if x > 0 and x != 1:
            top = 709.7 / abs(math.log(x))
            rows += [(x, rng.uniform(-top, top)),
                     (x, rng.choice((0.5, -0.5, 1.0, 2.0, -1.0, 3.0, 1 / 3)))]
    rows += [(x, rng.choice((-1, 1)) * rng.uniform(600, 700) / math.log(x))
             for x in uniform(300, 0.5, 1) + uniform(100, 1.01, 2)]
    rows += [(0.69335056565944764, 1380.6840465498879),
             (0.70782562110469238, -1993.6792026388468),
             (0.89698938230779984, 6519.1641052479117)]
    # subnormal results, and the two ends of the range
    rows += [(x, -rng.uniform(1020, 1074.5) / math.log2(x))
             for x in uniform(60, 1.1, 40)]
    rows += [(2.0, y) for y in (-1074.0, -1075.0, -1074.9999, 1023.999, 1023.0)]
    return [r for r in rows
            if abs(r[1] * math.log(r[0])) < 745.2 and
            r[1] * math.log(r[0]) < 709.78]


write("pow", ["x", "y"], power_pairs(), mpmath.power)
one("lgamma",
    [2.0339959960076612] + logs(500, 1e-300, 1e300) + uniform(500, 0, 5) + logs(300, 3, 1e3) +
    [abs(x) for x in tiny(60)] + [k + x for k in (1, 2, 3)
                                  for x in tiny(60, -45)] +
    [x for x in around([1.0, 2.0, 3.0, float.fromhex("0x1.6a09ep-1"),
                        2 * float.fromhex("0x1.6a09ep-1"),
                        1 + 2 * float.fromhex("0x1.6a09ep-1"),
                        1.4616321449683623, 181 / 128])] +
    [float(k) for k in range(1, 40)] + [2.5e305],
    mpmath.loggamma)
