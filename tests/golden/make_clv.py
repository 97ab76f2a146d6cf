#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes clv_orders.csv and clv_interval.csv beside itself, from mpmath.

clv_orders.csv holds the moments of an account's discounted orders as what they
are: means over the posterior of its rate and its chance to leave, a double sum
over log lambda and log(p / (1 - p)) of the moments given both, which are
elementary. The trapezoid rule has all digits for such integrands; every sum is
taken on two grids shifted against each other, which must agree to 2e-13.

clv_interval.csv holds whole intervals: docs/models/clv.md, from those moments.
Usage: make_clv.py"""
import math
from pathlib import Path

import mpmath
from mpmath import mp, mpf

from make_incomplete_beta import quantile

HERE = Path(__file__).parent
mp.dps = 30
BGNBD, MBGNBD = 1, 2
INF = math.inf


# Gauss-Legendre on (0, 1), for integrals over short times.
LEGENDRE = [(float((1 + node) / 2), float(weight / 2)) for node, weight in
            ((node, 2 / ((1 - node**2) *
                         mpmath.diff(lambda t: mpmath.legendre(12, t),
                                     node)**2))
             for node in mpmath.polyroots(
                 mpmath.taylor(lambda t: mpmath.legendre(12, t), 0, 12)[::-1],
                 maxsteps=200, extraprec=100))]


def grid(log_density, spread, shift):
    """Nodes of a trapezoid rule on the real line, out to where the density is
    e^-60 of its maximum at 0, with weights that add up to 1."""
    step = min(0.16, 0.5 * spread)
    found = []
    for sign in (-1, 1):
        i = 0 if sign > 0 else 1
        while log_density((sign * i + shift) * step) > -60:
            found.append((sign * i + shift) * step)
            i += 1
    weights = [math.exp(log_density(at)) for at in found]
    total = math.fsum(weights)
    return [(at, w / total) for at, w in zip(found, weights)]


def gone(k, h):
    """Integral of e^(-k t) over (0, h)."""
    return -math.expm1(-k * h) / k if k > 0 else h


def gone_twice(k, delta, h):
    """Integral over s < t < h of e^(-(k + delta) t - delta s): no difference of
    like numbers."""
    k1 = k + delta
    if k1 * h < 1:
        return h * math.fsum(
            weight * math.exp(-k1 * h * t) * gone(delta, h * t)
            for t, weight in LEGENDRE)
    if h == INF:
        return 1 / (k1 * (k1 + delta))
    e = math.exp(-k1 * h)
    return (-math.expm1(-k1 * h) - k1 * e * gone(delta, h)) / (k1 *
                                                               (k1 + delta))


def posterior_sums(R, A, a, B, h, delta, shift):
    """Means of discounted orders, pairs and squares of an active account."""
    rates = [(R / A * math.exp(u), w) for u, w in
             grid(lambda u: R * (u - math.expm1(u)), 1 / math.sqrt(R), shift)]
    p, q = a / (a + B), B / (a + B)

    def log_density(v):
        if abs(v) > 600:
            return a * (v - math.log(q)) if v < 0 else -B * (v + math.log(p))
        return -a * math.log1p(q * math.expm1(-v)) \
            - B * math.log1p(p * math.expm1(v))
    leaves = grid(log_density, math.sqrt((a + B) / a / B), shift)
    rates = [(rate, w) for rate, w in rates if rate * w > 1e-19 * R / A]
    terms = [[], [], []]
    for v, leave in leaves:
        t = math.log(a / B) + v
        p = math.exp(t) / (1 + math.exp(t)) if t < 0 else 1 / (1 + math.exp(-t))
        q = 1 / (1 + math.exp(t)) if t < 600 else 0.0
        for rate, weight in rates:
            w = weight * leave * rate
            k = rate * p
            terms[0].append(w * gone(k + delta, h))
            terms[1].append(w * rate * q * gone_twice(k, delta, h))
            terms[2].append(w * gone(k + 2 * delta, h))
    return [math.fsum(term) for term in terms]


def active(first, r, alpha, a, b, x, t_x, T):
    """P(active): of the two ways a history can have come about, one."""
    chances = x + first
    if chances == 0:
        return mpf(1)
    stay = mpmath.beta(a, b + chances) * (alpha + T) ** -(r + x)
    left = mpmath.beta(a + 1, b + chances - 1) * (alpha + t_x) ** -(r + x)
    return stay / (stay + left)


def moments(case):
    """alive, discounted orders, pairs, squares, P(some order)."""
    family, r, alpha, a, b, x, t_x, T, h, delta = case
    first = 1 if family == MBGNBD else 0
    alive = active(first, *map(mpf, (r, alpha, a, b)), x, mpf(t_x), mpf(T))
    R, A, B = float(r + x), float(alpha + T), float(b + x + first)
    sums = []
    grids = [posterior_sums(R, A, float(a), B, h, delta, shift)
             for shift in (0, 0.5)]
    for f, g in zip(*grids):
        assert abs(f - g) < 2e-13 * f, (case, f / g - 1)
        sums.append(alive * (f + g) / 2)
    A, R = mpf(alpha) + T, mpf(r) + x
    some = alive * (1 - (1 + h / A) ** -R) if h < INF else alive
    return [alive] + sums + [some]


CDNOW_BG = (0.242594522430, 4.41360201901, 0.792922017226, 2.42590677683)
CDNOW_MBG = (0.5248431591063, 6.183085279576, 0.8913593907322, 1.61400224017)
STEADY = (1.5, 6.0, 0.6, 8.0)
AT_ONE = (0.7, 3.0, 1.0, 2.0)
FLEET = (3.0, 30.0, 1.7, 20.0)
WEEK = math.log1p(0.10) * 7 / 365.25
YEAR = 365 / 7


def order_cases():
    rows = [(0, 0, 0.5), (0, 0, 30), (1, 0.4, 0.5), (2, 30.4, 38.9),
            (10, 36, 38.9), (30, 60, 78)]
    cases = [(BGNBD,) + CDNOW_BG + row + (YEAR, WEEK) for row in rows]
    cases += [(MBGNBD,) + CDNOW_MBG + row + (YEAR, WEEK) for row in rows]
    cases += [(MBGNBD,) + STEADY + row + (INF, WEEK) for row in rows]
    cases += [(MBGNBD,) + AT_ONE + row + (YEAR, 0.0) for row in rows[:5]]
    cases += [(BGNBD,) + AT_ONE + row + (5 * YEAR, WEEK) for row in rows[:3]]
    cases += [(MBGNBD,) + FLEET + row + (INF, 10 * WEEK) for row in rows[:3]]
    for x in (100, 1000):
        for family in (BGNBD, MBGNBD):
            cases.append((family,) + STEADY + (x, 200, 201, YEAR, WEEK))
            cases.append((family,) + STEADY + (x, 2000, 2001, INF, WEEK))
    cases += [(MBGNBD,) + FLEET + (1000, 5000, 5030, 4.0, 0.0),
              (MBGNBD,) + FLEET + (3, 10, 11, 1e-3, WEEK),
              (MBGNBD,) + FLEET + (3, 10, 11, 1e4, 1e-5),
              (MBGNBD,) + FLEET + (3, 10, 11, 1e4, 0.5),
              (BGNBD, 0.2, 0.01, 0.3, 1.1, 0, 0, 1e-4, YEAR, WEEK),
              (MBGNBD, 40.0, 300.0, 2.5, 60.0, 5, 30, 31, YEAR, WEEK)]
    return cases


def text(values):
    return ",".join("inf" if v == INF else repr(float(v)) if isinstance(v, (float, mpf))
                    else repr(v) for v in values)


HEADER = (f"# made by tests/golden/make_clv.py, mpmath {mpmath.__version__}, "
          f"{mp.dps} digits")


def write_orders():
    lines = [HEADER, "family,r,alpha,a,b,x,t_x,T,horizon,discount,alive,"
             "discounted,pairs,squares,some_order"]
    for case in order_cases():
        lines.append(text(case + tuple(moments(case))))
    (HERE / "clv_orders.csv").write_text("\n".join(lines) + "\n")
    print("clv_orders.csv", len(lines) - 2)


def log_spend(spend, x, m):
    p, q, gamma = spend
    return mpmath.log(p * (gamma + x * m) / (p * x + q - 1))


def parameter_variance(case, spend, m, variances):
    """Delta method, central differences in log parameters, step 1e-4."""
    h = mpf("1e-4")
    total = mpf(0)
    for i in range(4):
        sides = []
        for sign in (1, -1):
            moved = list(case)
            moved[1 + i] = mpf(case[1 + i]) * mpmath.exp(sign * h)
            sides.append(moments(moved)[1])
        centre = moments(case)[1]
        total += ((sides[0] - sides[1]) / (2 * h * centre)) ** 2 * variances[i]
    for i in range(3):
        sides = []
        for sign in (1, -1):
            moved = [mpf(s) for s in spend]
            moved[i] *= mpmath.exp(sign * h)
            sides.append(mpmath.exp(log_spend(moved, case[5], mpf(m))))
        centre = mpmath.exp(log_spend([mpf(s) for s in spend], case[5], mpf(m)))
        total += ((sides[0] - sides[1]) / (2 * h * centre)) ** 2 * \
            variances[4 + i]
    return total


def interval(case, spend, m, margin, inside, variances):
    """value, low, high: docs/models/clv.md."""
    alive, D, pairs, squares, some = moments(case)
    p, q, gamma = map(mpf, spend)
    x, m = case[5], mpf(m)
    V = mpmath.exp(log_spend((p, q, gamma), x, m))
    spread = some * ((1 + 1 / p) * squares + 2 * pairs) / D**2 - 1
    if variances:
        spread += parameter_variance(case, spend, m, variances)
    k, s = 1 / spread, p * x + q
    ends = []
    for level in ((1 - mpf(inside)) / 2, (1 + mpf(inside)) / 2):
        c = 1 - (1 - level) / some
        y = quantile(k, s, c) if c > 0 else mpf(0)
        ends.append(margin * V * (s - 1) * (D / some) * spread * y)
    return [margin * D * V, min(ends), max(ends)]


def write_interval():
    lines = [HEADER, "family,r,alpha,a,b,x,t_x,T,horizon,discount,p,q,gamma,m,"
             "margin,inside,var0,var1,var2,var3,var4,var5,var6,value,low,high"]
    gg = (6.24957227132, 3.74422466713, 15.4435209626)
    heavy = (2.0, 1.7, 3000.0)
    known = (0.01, 0.04, 0.02, 0.09, 0.03, 0.005, 0.04)
    cases = [
        ((MBGNBD,) + CDNOW_MBG + (2, 30.4, 38.9, YEAR, WEEK), gg, 40.0, 0.25,
         0.80, None),
        ((BGNBD,) + CDNOW_BG + (10, 36, 38.9, YEAR, WEEK), gg, 25.0, 0.5, 0.80,
         None),
        ((MBGNBD,) + STEADY + (30, 60, 61, YEAR, WEEK), gg, 55.0, -0.25, 0.95,
         None),
        ((MBGNBD,) + STEADY + (0, 0, 0.5, INF, WEEK), heavy, 0.0, 1.0, 0.5,
         None),
        ((MBGNBD,) + FLEET + (3, 10, 11, YEAR, 0.0), heavy, 5000.0, 0.125, 0.80,
         None),
        ((MBGNBD,) + STEADY + (100, 200, 201, YEAR, WEEK), heavy, 2500.0, 0.5,
         0.80, known),
        ((BGNBD,) + STEADY + (3, 10, 11, YEAR, WEEK), gg, 30.0, 1.0, 0.80,
         known)]
    for case, spend, m, margin, inside, variances in cases:
        answer = interval(case, spend, m, margin, inside, variances)
        lines.append(text(case + spend + (m, margin, inside) +
                          (variances or (0.0,) * 7) + tuple(answer)))
    (HERE / "clv_interval.csv").write_text("\n".join(lines) + "\n")
    print("clv_interval.csv", len(lines) - 2)


if __name__ == "__main__":
    write_interval()
    write_orders()
