#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes special_<function>.csv beside itself: arguments and the value, from
mpmath with enough digits that differences lose nothing. Arguments are dense
around every place where lib/math changes formula. Usage: make_special.py"""
import math
import random
from pathlib import Path

import mpmath
from mpmath import mp, mpf

HERE = Path(__file__).parent
rng = random.Random(20240301)


def logs(n, a, b):
    return [math.exp(rng.uniform(math.log(a), math.log(b))) for _ in range(n)]


def uniform(n, a, b):
    return [rng.uniform(a, b) for _ in range(n)]


def around(points, steps=(0, 1, 2, 9, 1e4, 1e8, 1e12)):
    return [p + s * n * math.ulp(p) for p in points for n in steps
            for s in (-1, 1)]


def write(name, columns, rows, f):
    lines = [f"# made by tests/golden/make_special.py, mpmath "
             f"{mpmath.__version__}, at least 50 digits",
             ",".join(columns + ["value"])]
    for row in sorted(set(rows)):
        mp.dps = 50
        value = f(*map(mpf, row))
        if value is not None:
            lines.append(",".join([repr(x) for x in row] +
                                  [repr(float(value))]))
    (HERE / f"special_{name}.csv").write_text("\n".join(lines) + "\n")
    print(name, len(lines) - 2)


seams = [float(k) for k in range(1, 14)]
ones = logs(400, 1e-300, 1e300) + uniform(600, 0, 14) + logs(200, 1, 1e3) + \
    around(seams) + around([1.4616321449683622], (0, 1, 5, 1e5, 1e10, 1e13)) + \
    [x * 0.01 + 1.4 for x in range(13)]
write("digamma", ["x"], [(x,) for x in ones], mpmath.digamma)
write("trigamma", ["x"], [(x,) for x in ones if 1e-150 < x],
      lambda x: mpmath.polygamma(1, x) if x < 1e6 else
      1 / x + 1 / (2 * x**2) + 1 / (6 * x**3) - 1 / (30 * x**5) +
      1 / (42 * x**7) - 1 / (30 * x**9))


def pairs():
    rows = [(x, n) for x in [1e-300, 1e-20, 0.1, 0.5, 1.0, 1.4616321449683622,
                             1.5, 2.0, 3.0, 11.0, 11.999999999999998, 12.0,
                             100.0, 1e6, 1e12]
            for n in [1e-300, 1e-17, 1e-8, 0.001, 0.5, 1.0, 2.0, 11.0, 12.0,
                      1000.0, 12345.678, 1e7]]
    rows += list(zip(logs(300, 1e-300, 1e12), logs(300, 1e-12, 1e7)))
    rows += list(zip(logs(300, 1e-3, 1e4), logs(300, 1e-3, 1e4)))
    rows += list(zip(uniform(300, 0, 15), logs(300, 1e-18, 1e3)))
    rows += list(zip(uniform(100, 0, 15),
                     [float(k) for k in range(100)]))
    rows += [(x, n) for x in around(seams[6:], (0, 1, 1e9))
             for n in (0.3, 40.0)]
    return rows


def difference(f):
    def of(x, n):
        if n == 0:
            return mpf(0)
        gap = mpmath.log10(max(x, 1) / min(n, 1))
        mp.dps = 60 + int(gap) + 20
        return f(x + n) - f(x)
    return of


def trigamma(x):
    return mpmath.polygamma(1, x)


PAIRS = pairs()
write("lgamma_difference", ["x", "n"], PAIRS, difference(mpmath.loggamma))
write("digamma_difference", ["x", "n"], PAIRS, difference(mpmath.digamma))
write("trigamma_difference", ["x", "n"],
      [(x, n) for x, n in PAIRS if x > 1e-150 and n > 1e-30],
      difference(trigamma))


def lbeta(a, b):
    mp.dps = 60 + int(abs(mpmath.log10(a)) + abs(mpmath.log10(b)))
    return mpmath.loggamma(a) + mpmath.loggamma(b) - mpmath.loggamma(a + b)


write("lbeta", ["a", "b"],
      list(zip(logs(300, 1e-300, 1e300), logs(300, 1e-300, 1e300))) +
      list(zip(logs(500, 1e-3, 1e5), logs(500, 1e-3, 1e5))) +
      list(zip(uniform(300, 0, 30), uniform(300, 0, 30))) +
      [(x, x) for x in [1e-300, 1e-5, 0.5, 1.0, 2.0, 11.999, 12.0, 12.001,
                        1e3, 1e6, 1e9, 1e12, 1e15, 1e200, 1e300]] +
      [(1.0, 1.0 + 2.0**-k) for k in range(1, 53)], lbeta)


def lower(a, x, digits):
    """P(a, x) by its series of positive terms."""
    mp.dps = digits
    term = sum_ = mpf(1)
    k = 0
    while term > sum_ * mpf(10)**-digits or k + a < x:
        k += 1
        term *= x / (a + k)
        sum_ += term
    return sum_ * mpmath.exp(a * mpmath.log(x) - x - mpmath.loggamma(a + 1))


def gamma_points():
    rows = []
    for a in (logs(60, 1e-10, 1e5) + logs(60, 0.1, 300) +
              [0.5, 0.999, 1.0, 1.001, 11.99, 12.0, 12.01, 99.99, 100.0,
               100.01, 1e4, 1e5]):
        sd = math.sqrt(a)
        rows += [(a, a + z * sd) for z in uniform(5, -6, 9)]
        rows += [(a, a * k) for k in (1e-3, 0.1, 0.69, 0.7, 0.71, 0.99, 1.0,
                                      1.29, 1.3, 1.31, 2.0)]
        rows += [(a, a + 1), (a, a + 1.0000001), (a, a + 0.9999999)]
        if a < 3:
            rows += [(a, x) for x in (1e-300, 1e-20, 0.1, 0.9, 1.1, 1.499,
                                      1.5, 1.501, 5.0, 50.0, 500.0)]
    rows += [(a, a * k) for a in (100.5, 105.0, 120.0, 150.0, 200.0)
             for k in (0.701, 0.72, 0.75, 0.8, 0.9, 1.1, 1.2, 1.25, 1.29)]
    rows += [(a, a * (1 + z / math.sqrt(a))) for a in (1e6, 1e7)
             for z in (-4.0, -1.0, 0.0, 0.1, 3.0)]
    return [(a, x) for a, x in rows if x > 0 and a * abs(x / a - 1) < 1e5]


def exact_p(a, x):
    p = lower(a, x, 60)
    return p if p > mpf(10)**-300 else None


def exact_q(a, x):
    guess = mpmath.exp(-x + (a - 1) * mpmath.log(max(x, a)) -
                       mpmath.loggamma(a))
    p = lower(a, x, 70 + max(0, int(-mpmath.log10(guess))) + 20
              if x > a else 90)
    q = 1 - p
    return q if q > mpf(10)**-300 else None


POINTS = gamma_points()
write("gamma_p", ["a", "x"], POINTS, exact_p)
write("gamma_q", ["a", "x"], [(a, x) for a, x in POINTS if a < 2e5], exact_q)


def inverse_rows():
    """(a, p) with the quantile of that very p."""
    rows = []
    for a in (1e-4, 0.01, 0.1, 0.5, 0.9, 1.0, 2.5, 6.25, 11.0, 13.0, 50.0,
              99.0, 101.0, 1e4, 1e6):
        rows += [(a, p) for p in
                 [1e-12, 1e-4, 0.01, 0.05, 0.3, 0.5, 0.50001, 0.7, 0.95, 0.99,
                  0.9999, 1 - 2.0**-30] + uniform(6, 0, 1)]
        if a < 200:
            rows += [(a, p) for p in (1e-300, 1e-100, 1e-30)]
    return rows


def quantile(a, p):
    mp.dps = 40
    f = mpmath.log(p) if p < 0.5 else None
    u = (mpmath.log(p) + mpmath.loggamma(a + 1)) / a  # left of the root
    if a > 20:
        z = mpmath.sqrt(2) * mpmath.erfinv(2 * p - 1) if p > 1e-15 else \
            -mpmath.sqrt(-2 * mpmath.log(p))
        c = 1 - 1 / (9 * a) + z / (3 * mpmath.sqrt(a))
        if c > 0.1:
            u = mpmath.log(a) + 3 * mpmath.log(c)
    for _ in range(400):
        x = mpmath.exp(u)
        now = lower(a, x, 40)
        density = mpmath.exp(a * u - x - mpmath.loggamma(a))
        step = (f - mpmath.log(now)) * now / density if f is not None else \
            (mpmath.log(1 - now) - mpmath.log(1 - p)) * (1 - now) / density
        step = min(step, mpf(1))
        u += step
        if abs(step) < mpf(10)**-25:
            x = mpmath.exp(u)
            return x if x > mpf(10)**-300 else None
    raise ArithmeticError((a, p))


write("gamma_p_inverse", ["a", "p"], inverse_rows(), quantile)

write("erfc", ["x"], [(x,) for x in uniform(500, -6, 27.2) +
                      uniform(300, -1, 1) + logs(100, 1e-300, 1) +
                      uniform(20, 26.5, 27.2)], mpmath.erfc)


def normal_points():
    rows = uniform(500, 0, 1) + logs(300, 1e-300, 0.5) + \
        around([0.075, 0.925, 0.5, math.exp(-25)], (0, 1, 9, 1e4, 1e9)) + \
        [1 - 2.0**-k for k in range(1, 53)] + [2.0**-1074, 2.0**-1022]
    return [(p,) for p in rows]


def normal_quantile(p):
    mp.dps = 50
    q = p if p < 0.5 else 1 - p
    z = mpmath.sqrt(-2 * mpmath.log(q)) if q < 1e-10 else \
        mpmath.sqrt(2) * mpmath.erfinv(1 - 2 * q)
    for _ in range(60):
        tail = mpmath.erfc(z / mpmath.sqrt(2)) / 2
        step = (mpmath.log(tail) - mpmath.log(q)) * tail / mpmath.npdf(z)
        z += step
        if abs(step) < mpf(10)**-35:
            return -z if p < 0.5 else z
    raise ArithmeticError(p)


write("normal_quantile", ["p"], normal_points(), normal_quantile)
