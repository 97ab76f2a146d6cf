#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes pnbd_series.csv beside itself: chances of the Pareto/NBD from the closed
form of its race without an end (Fader & Hardie 2005, "A Note on Deriving the
Pareto/NBD Model": 2F1), at 60 digits (mpmath), for ages on both sides of where
lib/value/pareto_series.c begins, with alpha above, at and below beta. A few
seconds. Usage: make_pnbd_series.py"""
from pathlib import Path

import mpmath
from mpmath import hyp2f1, mp, mpf

HERE = Path(__file__).parent
DIGITS = 60
mp.dps = DIGITS

MODELS = [
    (0.5063, 10.3613, 1.1244, 32.7126),
    (0.5533, 10.5777, 0.6062, 11.6687),
    (0.5533, 11.0, 0.6062, 11.0),
    (0.02, 40.0, 0.3, 1.5),
    (25.0, 90.0, 0.01, 4.0),
    (3.0, 2.0, 60.0, 70.0),
    (0.7, 0.25, 0.4, 6.75),
    (1e-4, 1.0, 1e-3, 20.0),
]
# Where zeta is so much; the last is past the longest series.
ZETAS = [0.05, 0.2291, 0.2293, 0.5, 0.6770, 0.6772]
ORDERS = [0, 1, 6, 90]
SILENCES = [1e-4, 3.0, 45.0]


def at(zeta, alpha, beta):
    """The day at which zeta is so much; None before the first."""
    root = (1 - mpf(zeta)) / (1 + mpf(zeta))  # sqrt((c + t) / (D + t))
    c, D = min(alpha, beta), max(alpha, beta)
    if c == D:
        return 12.5
    t = (root**2 * D - c) / (1 - root**2)
    return float(round(t * 1024) / 1024) if t >= 0 else None


def leaving(R, alpha, s, beta, t):
    """Leaving comes first after the day t."""
    w = R + s
    if alpha < beta:
        z = (beta - alpha) / (beta + t)
        return s / w * (1 - z) * hyp2f1(1, s + 1, w + 1, z)
    return s / w * hyp2f1(1, R, w + 1, (alpha - beta) / (alpha + t))


def row(model, x, t_x, T, h):
    r, alpha, s, beta = map(mpf, model)
    R, t_x, T, h = r + x, mpf(t_x), mpf(T), mpf(h)
    fall = lambda a, b: ((alpha + a) / (alpha + b)) ** R * ((beta + a) / (beta + b)) ** s  # noqa: E731
    odds = leaving(R, alpha, s, beta, t_x) / fall(t_x, T) - leaving(R, alpha, s, beta, T)
    left = leaving(R, alpha, s, beta, T) - fall(T, T + h) * leaving(R, alpha, s, beta, T + h)
    return 1 / (1 + odds), (odds + left + fall(T, T + h)) / (1 + odds)


def rows():
    for i, model in enumerate(MODELS):
        for j, zeta in enumerate(ZETAS):
            t_x = at(zeta, model[1], model[3])
            if t_x is None or (model[1] == model[3] and j > 0):
                continue
            for k, x in enumerate(ORDERS):
                T = t_x + SILENCES[(i + j + k) % 3]
                yield model, x, t_x if x > 0 else 0.0, T, 13.0


def main():
    with open(HERE / "pnbd_series.csv", "w", encoding="ascii", newline="\n") as out:
        print(f"# made by tests/golden/make_pnbd_series.py, mpmath {mpmath.__version__}, {DIGITS} digits", file=out)
        print("r,alpha,s,beta,x,t_x,T,h,alive,no_order", file=out)
        for model, x, t_x, T, h in rows():
            answers = row(model, x, t_x, T, h)
            print(*model, x, t_x, T, h, *(mpmath.nstr(a, 20) for a in answers), sep=",", file=out)


if __name__ == "__main__":
    main()
