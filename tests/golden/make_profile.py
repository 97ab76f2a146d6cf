#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes profile.csv and profile_book.csv beside itself: ends of 95 % intervals by
profile likelihood, each by one search for the point where the log likelihood has
fallen by chi^2 / 2 and its slopes in all other parameters are 0 (mpmath, 30 digits;
an end further than a factor of e^8 away counts as none):
BG/NBD on a book of 48 accounts, sBG on the High End cohort of Fader & Hardie
(2007), and the normal model on spend_normal_fit.csv. Usage: make_profile.py"""
import csv
import random
from pathlib import Path

import mpmath
from mpmath import beta, erfinv, exp, log, loggamma, mp, mpf, pi, sqrt

HERE = Path(__file__).parent
mp.dps = 30
FALL = erfinv(mpf(95) / 100) ** 2


def book():
    """x, t_x, T of BG/NBD accounts, in sevenths."""
    random.seed(20050101)
    for _ in range(48):
        rate, p = random.gammavariate(1.2, 1 / 6), random.betavariate(1.0, 3.0)
        T = random.randrange(140, 280) / 7
        t, x, last, here = 0.0, 0, 0.0, True
        while here:
            t += random.expovariate(rate)
            if t > T:
                break
            x, last = x + 1, round(t * 7) / 7
            here = random.random() >= p
        yield x, min(last, T), T


def bgnbd(rows):
    rows = [[mpf(v) for v in row] for row in rows]

    def value(*logs):
        r, alpha, a, b = (exp(v) for v in logs)
        total = mpf(0)
        for x, t_x, T in rows:
            one = -(r + x) * log(alpha + T)
            more = (a / (b + x - 1)) * exp((r + x) * log((alpha + T) / (alpha + t_x))) if x > 0 else mpf(0)
            total += (loggamma(r + x) - loggamma(r) + r * log(alpha) + loggamma(a + b) - loggamma(b)
                      + loggamma(b + x) - loggamma(a + b + x) + one + log(1 + more))
        return total
    return value


def sbg():
    ended = [131, 126, 90, 60, 42, 34, 26]  # of 1000, eight years: Table 1 of 2007, High End, survivors 869 743 ...

    def value(u, v):
        a, b = exp(u), exp(v)
        left = 1000 - sum(ended)
        return (sum(n * log(beta(a + 1, b + t) / beta(a, b)) for t, n in enumerate(ended))
                + left * log(beta(a, b + len(ended)) / beta(a, b)))
    return value


def normal():
    with open(HERE / "spend_normal_fit.csv", encoding="ascii") as text:
        rows = [(mpf(row["x"]), mpf(row["m"])) for row in csv.DictReader(line for line in text if line[0] != "#")]

    def value(mu, u, v):
        total = mpf(0)
        for x, m in rows:
            V = exp(2 * u) + exp(2 * v) / x
            total -= log(2 * pi * V) / 2 + (m - mu) ** 2 / (2 * V)
        return total
    return value


def slopes(f, at, h=mpf(10) ** -9):
    found = []
    for i in range(len(at)):
        up, down = list(at), list(at)
        up[i] += h
        down[i] -= h
        found.append((f(*up) - f(*down)) / (2 * h))
    return found


def climb(f, at, held=None):
    """Newton's method, damped; `held` stays."""
    at, free = list(at), [i for i in range(len(at)) if i != held]
    for _ in range(80):
        g = slopes(f, at)
        h = mpf(10) ** -6
        H = mpmath.matrix(len(free), len(free))
        for b, j in enumerate(free):
            up, down = list(at), list(at)
            up[j] += h
            down[j] -= h
            gu, gd = slopes(f, up), slopes(f, down)
            for a, i in enumerate(free):
                H[a, b] = (gu[i] - gd[i]) / (2 * h)
        damp = mpf(0)
        now = f(*at)
        while True:
            step = mpmath.lu_solve(-H + damp * mpmath.eye(len(free)), mpmath.matrix([g[i] for i in free]))
            to = list(at)
            for a, i in enumerate(free):
                to[i] += max(-1, min(1, step[a]))
            if f(*to) >= now or max(abs(s) for s in step) < mpf(10) ** -12:
                break
            damp = max(1, damp * 10)
        at = to
        if max(abs(s) for s in step) < mpf(10) ** -11:
            return at
    raise AssertionError("no maximum")


def ends(f, start, wanted):
    best = climb(f, start)
    target = f(*best) - FALL
    for j in wanted:
        found = []
        for sign in (-1, 1):
            inner, outer, at, step = best[j], None, list(best), mpf(1) / 4 * (10 if abs(best[j]) > 10 else 1)
            points = [(best[j], FALL)]
            for _ in range(60):
                x = inner + sign * step if outer is None else (inner + outer) / 2
                if abs(x - best[j]) > 8 and abs(best[j]) < 10:  # a factor of e^8: no end
                    x = sign * mpmath.inf
                    break
                if len(points) > 2 and outer is not None:  # secant in the root of the fall
                    (x0, d0), (x1, d1) = points[-2:]
                    t0, t1 = sqrt(abs(FALL - d0)), sqrt(abs(FALL - d1))
                    y = x1 + (sqrt(FALL) - t1) * (x1 - x0) / (t1 - t0) if t1 != t0 else x
                    x = y if min(inner, outer) < y < max(inner, outer) else x
                at[j] = x
                at = climb(f, at, j)
                d = f(*at) - target
                points.append((x, d))
                if abs(d) < mpf(10) ** -14:
                    break
                if d > 0:
                    inner = x
                else:
                    outer = x
            found.append(x)
        yield j, best[j], found


def main():
    rows = list(book())
    with open(HERE / "profile_book.csv", "w", encoding="ascii", newline="\n") as out:
        print("# made by tests/golden/make_profile.py\nx,t_x,T", file=out)
        for x, t_x, T in rows:
            print(f"{x},{t_x!r},{T!r}", file=out)
    with open(HERE / "profile.csv", "w", encoding="ascii", newline="\n") as out:
        print(f"# made by tests/golden/make_profile.py, mpmath {mpmath.__version__}; logs, but of mu", file=out)
        print("model,parameter,estimate,low,high", file=out)
        for model, f, start, wanted in ((3, normal(), (mpf(14), log(mpf(9)), log(mpf(26))), (0, 1)), (2, sbg(), (log(mpf(1)), log(mpf(4))), (0, 1)),
                                (1, bgnbd(rows), (mpf(0), mpf(2), mpf(0), mpf(1)), range(3))):
            for j, best, (low, high) in ends(f, start, wanted):
                print(f"{model},{j}," + ",".join(mp.nstr(v, 15) for v in (best, low, high)), file=out, flush=True)


if __name__ == "__main__":
    main()
