#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes ahead.csv beside itself: chances of numbers of orders, and the mean time to
the next order, of the Pareto/NBD and the GGompertz/NBD (family 3 and 4; b = 0 in the
first) as means over the time of leaving, at 30 digits (mpmath, tanh-sinh on short
panels of log y). A row has the chances of 0, of (m - 2) / 2, of m - 2 and of m - 1 or
more orders within h. Usage: make_ahead.py; takes some minutes."""
import itertools
from pathlib import Path

import mpmath
from mpmath import exp, expm1, inf, log, log1p, loggamma, mp, mpf

HERE = Path(__file__).parent
DIGITS = 30

# family, r, alpha, b, s, beta
MODELS = [
    (3, 0.5533, 10.5777, 0.0, 0.6062, 11.6687),
    (3, 0.8, 7.0, 0.0, 1.0, 0.02),
    (3, 2.0, 50.0, 0.0, 12.5, 400.0),
    (3, 900.0, 4e3, 0.0, 0.4, 12.0),
    (3, 0.02, 300.0, 0.0, 0.07, 2e4),
    (3, 6.0, 40.0, 0.0, 4e4, 1.5e6),
    (4, 0.5533, 10.5777, 0.02, 0.6, 0.5),
    (4, 1.3, 20.0, 0.5, 0.5, 2.0),
    (4, 2.0, 50.0, 0.3, 0.02, 4e3),
    (4, 0.7, 0.05, 1e-3, 2.5, 0.3),
]
# x, t_x, T
HISTORIES = [
    (0, 0.0, 0.0),
    (0, 0.0, 71.25),
    (1, 0.125, 400.5),
    (2, 30.25, 30.25),
    (7, 65.5, 71.25),
    (30, 50.25, 52.0),
    (2000, 51.75, 52.0),
]
TIMES = [0.5, 13.0, 52.0, 1e4, float("inf")]
COUNTS = [2, 7, 4, 40, 300]
PICKED = 5  # histories a model


def law_at(model, t):
    """log of the chance to be there at y, and the hazard, for who is there at t."""
    family, _, _, b, s, beta = model
    if family == 3:
        B = beta + t
        return (lambda y: -s * log1p(y / B)), (lambda y: s / (B + y)), B
    B = beta * exp(-b * t) - expm1(-b * t)
    return ((lambda y: -s * (b * y + log(B * exp(-b * y) - expm1(-b * y)) - log(B))),
            (lambda y: s * b / (B * exp(-b * y) - expm1(-b * y))), B / b if B < b else 1 / b)


def over_time(f, scales, end):
    """Integral of f(y) over (0, end), y = e^u, on panels of 1/2 in u. Far in the tails
    where all is a power of y, panels go on until nothing comes any more."""
    total, u = mpf(0), log(min(scales)) - 75
    top = log(end) if end < inf else None
    last = log(max(scales)) + 3
    while top is None or u < top:
        to = u + mpf(1) / 4 if top is None else min(top, u + mpf(1) / 4)
        piece = mpmath.quad(lambda v: f(exp(v)) * exp(v), [u, to], maxdegree=5)
        total += piece
        u = to
        if u > last and piece < mpf(10) ** -24 * total:
            break
        if u > last + 4000:
            raise AssertionError("slow")
    return total


def row(model, history, h, m):
    mp.dps = DIGITS
    model = (model[0], *[mpf(v) for v in model[1:]])
    x, t_x, T = [mpf(v) for v in history]
    _, r, alpha, b, s, beta = model
    h, R, A = mpf(h), r + x, alpha + T
    there, hazard, scale = law_at(model, T)

    def orders(n, y):
        return exp(loggamma(R + n) - loggamma(R) - loggamma(n + 1) - R * log1p(y / A) - n * log1p(A / y))

    def exactly(n):
        left = over_time(lambda y: orders(n, y) * hazard(y) * exp(there(y)), [A, scale, A * (n + 1) / R], h)
        return left + (orders(n, h) * exp(there(h)) if h < inf else 0)

    def at_least(n):
        return over_time(lambda y: orders(n - 1, y) * (R + n - 1) / (A + y) * exp(there(y)),
                         [A, scale, A * n / R], h)

    def first(power):
        return over_time(lambda y: y**power * R / (A + y) * exp(-R * log1p(y / A) + there(y)), [A, scale], inf)

    stays, leaves, _ = law_at(model, t_x)
    g = lambda y: exp(-R * log1p(y / (alpha + t_x)) + stays(y))
    odds = over_time(lambda y: leaves(y) * g(y), [alpha + t_x, scale], T - t_x) / g(T - t_x) if T > t_x else mpf(0)
    p = 1 / (1 + odds)
    next_order = inf if model[0] == 3 and R + s <= 1 else first(1) / first(0)
    more = at_least(m - 1)
    found = [next_order, 1 - p * (1 - exactly(0)), p * exactly((m - 2) // 2), p * exactly(m - 2), p * more]
    if m == 2:
        assert abs(found[1] + found[4] - 1) < mpf(10) ** -20, (model, history, h, found)
    return found


def cases():
    times, counts = itertools.cycle(TIMES), itertools.cycle(COUNTS)
    for i, model in enumerate(MODELS):
        for k in range(PICKED):
            if k == 0:
                next(counts)
            yield model, HISTORIES[(3 * i + 2 * k) % len(HISTORIES)], next(times), next(counts)


def main():
    with open(HERE / "ahead.csv", "w", encoding="ascii", newline="\n") as out:
        print(f"# made by tests/golden/make_ahead.py, mpmath {mpmath.__version__}, {DIGITS} digits", file=out)
        print("family,r,alpha,b,s,beta,x,t_x,T,h,m,next_order,none,middle,last,more", file=out)
        for model, history, h, m in cases():
            found = row(model, history, h, m)
            given = [repr(v) for v in (*model, *history, h, m)]
            print(",".join(given + [mpmath.nstr(v, 18) for v in found]), file=out, flush=True)


if __name__ == "__main__":
    main()
