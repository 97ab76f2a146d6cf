#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes ggomnbd.csv beside itself: answers of the GGompertz/NBD for hard account
histories from the definitions in Bemmaor & Glady (2012), at 40 digits (mpmath,
tanh-sinh on panels). Usage: make_ggomnbd.py; takes some minutes."""
import itertools
from pathlib import Path

import mpmath
from mpmath import exp, expm1, inf, log, log1p, loggamma, mp, mpf, quad

HERE = Path(__file__).parent
DIGITS = 40

# r, alpha, b, s, beta
MODELS = [
    (0.5533, 10.5777, 0.02, 0.6, 0.5),
    (0.5533, 10.5777, 1e-5, 0.606, 1.16e-4),
    (1.3, 20.0, 0.5, 0.5, 2.0),
    (0.8, 7.0, 0.1, 1.0, 1.0),
    (2.0, 50.0, 0.3, 0.02, 4e3),
    (0.7, 0.05, 1e-3, 2.5, 0.3),
]
# x, t_x, T
HISTORIES = [
    (0, 0.0, 1e-6),
    (0, 0.0, 71.25),
    (0, 0.0, 1e7),
    (1, 0.125, 400.5),
    (2, 30.25, 30.25),
    (7, 65.5, 71.25),
    (30, 8.25, 52.0),
    (400, 5e4, 5e4),
    (2000, 51.75, 52.0),
]
TIMES = [1e-6, 0.5, 52.0, 365.25]
RATES = [2e-5, 0.0018, 0.03, 0.75]
PICKED = 4  # histories a model


def cases():
    times, rates = itertools.cycle(TIMES), itertools.cycle(RATES)
    for i, model in enumerate(MODELS):
        for k in range(PICKED):
            yield model, HISTORIES[(4 * i + 5 * k) % len(HISTORIES)], next(times), next(rates)


def later(b, beta, t):
    return beta * exp(-b * t) - expm1(-b * t)


def stays(b, s, B, y):
    """The chance to be there at y."""
    return (B * exp(-b * y) / (B * exp(-b * y) - expm1(-b * y))) ** s


def panels(f, end, fall):
    """Integral of f over (0, end), cut where it has fallen by e^-`fall` steps."""
    total, start, length = mpf(0), mpf(0), min(end, mpf(1) / 4)
    size = abs(f(mpf(0)))
    while start < end:
        length = min(length, end - start)
        while abs(f(start + length)) < exp(-fall) * abs(f(start)) and length > mpf(10) ** -12:
            length /= 2
        piece = quad(f, [start, start + length])
        total += piece
        start += length
        if abs(f(start)) * max(start, 1) < mpf(10) ** -32 * max(abs(total), size * mpf(10) ** -12):
            break
        length *= 2
    return total


def race(R, A, b, s, B, h):
    """J, K and G."""
    def g(y):
        return exp(-R * log1p(y / A)) * stays(b, s, B, y)

    J = panels(lambda y: R / (A + y) * g(y), h, 6)
    K = panels(lambda y: s * b / (B * exp(-b * y) - expm1(-b * y)) * g(y), h, 6)
    G = g(h) if h < inf else mpf(0)
    assert abs(J + K + G - 1) < mpf(10) ** -22, (R, A, b, s, B, h, J + K + G - 1)
    return J, K, G


def row(model, history, h, rate):
    mp.dps = DIGITS
    model, history = [mpf(v) for v in model], [mpf(v) for v in history]
    h, rate = mpf(h), mpf(rate)
    r, alpha, b, s, beta = model
    x, t_x, T = history
    R, A, B = r + x, alpha + T, later(b, beta, T)
    J, K, G = race(R, alpha + t_x, b, s, later(b, beta, t_x), T - t_x)
    ll = (loggamma(R) - loggamma(r) - r * log1p(t_x / alpha) - x * log(alpha + t_x)
          + log(stays(b, s, beta, t_x)) + log(1 - J if J < 0.5 else K + G))
    p = G / (K + G)
    silence = 1 - race(R, A, b, s, B, h)[0]

    def time(end, weight):
        return panels(lambda y: stays(b, s, B, y) * weight(y), end, 6)

    orders = p * R / A
    pairs = time(h, lambda y: exp(-rate * y) * -expm1(-rate * y) / rate)
    return [ll, p, p * stays(b, s, B, h), orders * time(h, lambda y: 1), 1 - p * (1 - silence),
            orders * time(h, lambda y: exp(-rate * y)), orders * time(inf, lambda y: exp(-rate * y)),
            orders * (R + 1) / A * pairs, orders * time(h, lambda y: exp(-2 * rate * y))]


NAMES = ["ll", "alive", "alive_ahead", "orders", "no_order", "discounted", "discounted_for_good", "pairs", "squares"]


def main():
    with open(HERE / "ggomnbd.csv", "w", encoding="ascii", newline="\n") as out:
        print(f"# made by tests/golden/make_ggomnbd.py, mpmath {mpmath.__version__}, {DIGITS} digits", file=out)
        print(",".join(["r,alpha,b,s,beta,x,t_x,T,h,rate"] + NAMES), file=out)
        for model, history, h, rate in cases():
            found = row(model, history, h, rate)
            given = [repr(v) for v in (*model, *history, h, rate)]
            print(",".join(given + [mpmath.nstr(v, 20) for v in found]), file=out, flush=True)


if __name__ == "__main__":
    main()
