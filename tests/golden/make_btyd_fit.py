#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes btyd_fit_book.csv (a small simulated book, with weights) and
btyd_fit.csv beside itself: maximum likelihood fits of BG/NBD and MBG/NBD to it,
without and with weights, and with the weak prior of docs/models/btyd.md, by
Newton steps on numerical derivatives at 50 digits (mpmath). Usage:
make_btyd_fit.py"""
import math
import random
from pathlib import Path

import mpmath
from mpmath import exp, log, loggamma, mp, mpf

HERE = Path(__file__).parent
mp.dps = 50
rng = random.Random(20240401)


def simulated(n):
    """Rates Gamma(2, 20), chances to leave Beta(1, 3), days as sevenths."""
    rows = []
    for _ in range(n):
        rate, p = rng.gammavariate(2, 1 / 20), rng.betavariate(1, 3)
        age = rng.randrange(140, 420)
        x, last, t = 0, 0, 0.0
        while rng.random() >= p:
            t += rng.expovariate(rate) * 7
            if t >= age:
                break
            x, last = x + 1, math.ceil(t)
        rows.append((x, last / 7, age / 7, rng.choice([1, 1, 1, 2, 5])))
    return rows


def beta_log(a, b):
    return loggamma(a) + loggamma(b) - loggamma(a + b)


def log_likelihood(first, rows, logs):
    """Fader, Hardie & Lee (2005), eq. (6); `first` 1: Batislam et al. (2007)."""
    r, alpha, a, b = map(exp, logs)
    nothing = beta_log(a, b)
    parts = {}
    for x in {row[0] for row in rows}:  # what depends on x alone
        k = x + first
        count = loggamma(r + x) - loggamma(r) + r * log(alpha)
        parts[x] = (count + beta_log(a, b + k) - nothing,
                    count + beta_log(a + 1, b + k - 1) - nothing if k else None)
    total = mpf(0)
    for x, t_x, T, weight in rows:
        active, left = parts[x]
        active -= (r + x) * log(alpha + mpf(T))
        total += weight * active
        if left is not None:
            left -= (r + x) * log(alpha + mpf(t_x)) + active
            total += weight * mpmath.log1p(exp(left))
    return total


def prior_of(rows):
    orders = sum(x * w for x, _, _, w in rows)
    time = sum(mpf(T) * w for _, _, T, w in rows)
    centre = [mpf(0), log(time / orders), log(mpf("0.7")), log(mpf(3))]
    return lambda logs: -sum((y - c)**2 for y, c in zip(logs, centre)) / 2 / mpf("1.5")**2


def derivatives(f, at):
    """Gradient and Hessian by central differences, h = 1e-13."""
    h, n = mpf(10)**-13, len(at)

    def moved(*steps):
        point = list(at)
        for i, s in steps:
            point[i] += s * h
        return f(point)

    middle = f(at)
    up = [moved((i, 1)) for i in range(n)]
    down = [moved((i, -1)) for i in range(n)]
    gradient = mpmath.matrix([(u - d) / (2 * h) for u, d in zip(up, down)])
    hessian = mpmath.matrix(n, n)
    for i in range(n):
        for j in range(i + 1):
            if i == j:
                second = (up[i] - 2 * middle + down[i]) / h**2
            else:
                second = (moved((i, 1), (j, 1)) - moved((i, 1), (j, -1))
                          - moved((i, -1), (j, 1)) + moved((i, -1), (j, -1))) / (4 * h**2)
            hessian[i, j] = hessian[j, i] = second
    return middle, gradient, hessian


def fit(f):
    """Newton's method, damped where a full step does not climb."""
    at = [log(mpf(1)), log(mpf(15)), log(mpf("0.5")), log(mpf(3))]
    for _ in range(200):
        value, gradient, hessian = derivatives(f, at)
        for damping in [mpf(0)] + [mpf(10)**k for k in range(-4, 6)]:
            matrix = -hessian
            for i in range(len(at)):
                matrix[i, i] += damping * abs(hessian[i, i])
            step = mpmath.lu_solve(matrix, gradient)
            longest = max(abs(s) for s in step)
            to = [y + s for y, s in zip(at, step)]
            climbs = longest < mpf(10)**-9 or (longest < 2 and f(to) > value)
            if climbs and sum(g * s for g, s in zip(gradient, step)) >= 0:
                break
        at = to
        if damping == 0 and longest < mpf(10)**-20:
            return at, mpmath.inverse(-derivatives(f, at)[2])
    raise ArithmeticError("no maximum found")


def main():
    rows = simulated(150)
    book = [f"# made by tests/golden/make_btyd_fit.py, mpmath {mpmath.__version__}",
            "x,t_x,T,weight"] + [",".join(map(repr, row)) for row in rows]
    (HERE / "btyd_fit_book.csv").write_text("\n".join(book) + "\n")
    lines = [f"# made by tests/golden/make_btyd_fit.py, mpmath {mpmath.__version__}, "
             "50 digits; se: of the log parameters",
             "family,weighted,prior,r,alpha,a,b,se_r,se_alpha,se_a,se_b,"
             "covariance_r_b,ll"]
    for family in (1, 2):
        for weighted, prior in ((0, 0), (1, 0), (0, 1), (1, 1)):
            used = [(x, t_x, T, w if weighted else 1) for x, t_x, T, w in rows]
            belief = prior_of(used) if prior else lambda logs: mpf(0)
            at, covariance = fit(lambda logs: log_likelihood(family - 1, used, logs) + belief(logs))
            numbers = ([exp(y) for y in at]
                       + [mpmath.sqrt(covariance[i, i]) for i in range(4)]
                       + [covariance[0, 3], log_likelihood(family - 1, used, at)])
            lines.append(",".join([str(family), str(weighted), str(prior)]
                                  + [mpmath.nstr(number, 17) for number in numbers]))
            print(lines[-1])
    (HERE / "btyd_fit.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
