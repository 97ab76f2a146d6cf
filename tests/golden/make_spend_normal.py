#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes, beside itself, spend_normal.csv (log likelihood of a mean margin and the
expected margin of an order under the normal model), spend_normal_fit.csv (a book
and its maximum of likelihood) and clv_margin.csv (quantiles of money to come whose
orders may lose some), by mpmath from the definitions. Usage: make_spend_normal.py"""
import itertools
import random
from pathlib import Path

import mpmath
from mpmath import exp, inf, log, mp, mpf, pi, sqrt

HERE = Path(__file__).parent
PARAMETERS = [("3", "2", "5"), ("-40", "12", "0.5"), ("0", "1e-6", "30"), ("1e9", "4e9", "2e3"), ("-2e-7", "3e-8", "1e-7")]
COUNTS = ["1", "2", "7", "100000"]
VALUES = ["-1", "0", "2.5"]  # in tau + sigma, from mu


def write(name, header, rows):
    with open(HERE / name, "w", encoding="ascii", newline="\n") as out:
        print(f"# made by tests/golden/make_spend_normal.py, mpmath {mpmath.__version__}", file=out)
        print(header, file=out)
        for row in rows:
            print(",".join(cell if isinstance(cell, str) else mp.nstr(cell, 20) for cell in row), file=out)


def log_likelihood(mu, tau, sigma, x, m):
    V = tau**2 + sigma**2 / x
    return -log(2 * pi * V) / 2 - (m - mu) ** 2 / (2 * V)


def rows():
    mp.dps = 60
    for (mu, tau, sigma), x, value in itertools.product(PARAMETERS, COUNTS, VALUES):
        m = repr(float(mpf(mu) + mpf(value) * (mpf(tau) + mpf(sigma))))
        a, t, s, X, M = (mpf(float(v)) for v in (mu, tau, sigma, x, m))
        k = t**2 / (t**2 + s**2 / X)
        yield mu, tau, sigma, x, m, log_likelihood(a, t, s, X, M), a + k * (M - a)


def book():
    """x, m of 60 accounts, to two digits."""
    random.seed(20070613)
    for _ in range(60):
        x = random.choice([1, 1, 2, 3, 5, 8, 20])
        zeta = random.gauss(12, 9)
        yield x, round(zeta + random.gauss(0, 25 / x**0.5), 2)


def fit():
    mp.dps = 40
    data = [(mpf(x), mpf(m)) for x, m in book()]

    def slope(mu, u, v):
        tau, sigma = exp(u), exp(v)
        total = [mpf(0)] * 3
        for x, m in data:
            V = tau**2 + sigma**2 / x
            d = m - mu
            g = (d**2 / V - 1) / (2 * V)
            total = [total[0] + d / V, total[1] + g * 2 * tau**2, total[2] + g * 2 * sigma**2 / x]
        return total

    mu, u, v = mpmath.findroot(slope, (mpf(12), log(mpf(9)), log(mpf(25))), tol=1e-30)
    bend = mpmath.matrix(3, 3)
    for j in range(3):
        h = mpf(10) ** -12
        up, down = [mu, u, v], [mu, u, v]
        up[j] += h
        down[j] -= h
        for i, (a, b) in enumerate(zip(slope(*up), slope(*down))):
            bend[i, j] = -(a - b) / (2 * h)
    covariance = bend**-1
    ll = sum(log_likelihood(mu, exp(u), exp(v), x, m) for x, m in data)
    return [mu, exp(u), exp(v), ll, covariance[0, 0], covariance[1, 0], covariance[2, 2]]


# mean, spread, noise, shape, some, tail
LAWS = [("5", "4", "3", "2.5", "0.9", "0.1"), ("5", "1e-3", "1e-3", "40", "1", "0.05"), ("-3", "9", "1", "0.5", "0.6", "0.1"),
        ("0", "1", "0", "1", "0.7", "0.1"), ("20", "0.5", "30", "0.4", "0.35", "0.1"), ("100", "2500", "900", "1e4", "0.999", "0.025"),
        ("1e-4", "1e-6", "1e-6", "7", "0.8", "0.1"), ("2", "4", "3", "0.3333333333333333", "0.95", "0.05"), ("4", "1", "1", "3", "0.08", "0.1")]


def ends(law):
    mp.dps = 25
    mean, spread, noise, shape, some, tail = (mpf(v) for v in law)

    def below(q):
        def f(z):
            w = exp(z)
            return (exp(shape * (z - w)) * mpmath.ncdf((q - mean * w) / sqrt(w * (spread * w + noise))))
        low, high = -1 - 60 / shape, sqrt(130 / shape)
        n = 12 + int((high - low) * min(20, 3 + sqrt(shape) / 4))
        cuts = [low + (high - low) * i / n for i in range(n + 1)]
        return mpmath.quad(f, cuts, maxdegree=4) * exp(shape * log(shape) - mpmath.loggamma(shape))

    zero, none = some * below(mpf(0)), 1 - some
    found = []
    for level in (tail, 1 - tail):
        if zero <= level <= zero + none:
            found.append(mpf(0))
            continue
        target = level / some if level < zero else (level - none) / some
        reach = 10 * sqrt(spread + noise) + 3 * abs(mean) + 1 / shape
        a, b = -reach, reach
        while below(a) > target:
            a *= 2
        while below(b) < target:
            b *= 2
        found.append(mpmath.findroot(lambda q: below(q) - target, (a, b), solver="anderson", tol=1e-18, maxsteps=80))
    return found


def main():
    write("spend_normal.csv", "mu,tau,sigma,x,m,ll,expected", rows())
    write("spend_normal_fit.csv", "x,m,mu,tau,sigma,ll,mu_mu,mu_tau,sigma_sigma",
          ([str(x), str(m), *fitted] for fitted in [fit()] for x, m in book()))
    write("clv_margin.csv", "mean,spread,noise,shape,some,tail,low,high", ([*law, *ends(law)] for law in LAWS))


if __name__ == "__main__":
    main()
