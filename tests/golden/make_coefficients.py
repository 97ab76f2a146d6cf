#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints the polynomial coefficients of lib/math/elementary.h and
lib/math/gamma.h, as hexadecimal doubles, with each approximation's error.

Every polynomial interpolates its function at Chebyshev points (mpmath's
chebyfit), at most one bit from the best of its degree, and is then rounded
coefficient by coefficient to double. Usage: make_coefficients.py"""
from mpmath import (atanh, chebyfit, euler, expm1, log, loggamma, mp, mpf,
                    nstr, pi, sqrt)

mp.dps = 60


def show(name, scale, f, interval, n):
    """`scale`: what an error of the polynomial is multiplied by, relative to
    the result."""
    poly, error = chebyfit(f, interval, n, error=True)
    print(f"{name}: relative error {nstr(error * scale, 3)}, highest first")
    for c in poly:
        print("   ", float(c).hex())


# exp(r) = 1 + r + r^2 / 2 + r^3 p(r), |r| <= ln 2 / 2
R = log(2) / 2 * mpf("1.0001")
show("exp", R**3,
     lambda x: (expm1(x) - x - x * x / 2) / x**3
     if abs(x) > 1e-12 else mpf(1) / 6 + x / 24,
     [-R, R], 10)

# log((1 + s) / (1 - s)) = 2 s + s z p(z), z = s^2, mantissa in
# [sqrt(1/2), sqrt(2)]
Z = ((sqrt(2) - 1) / (sqrt(2) + 1))**2 * mpf("1.0001")


def log_tail(z):
    if z < mpf(10)**-30:
        return mpf(2) / 3 + 2 * z / 5
    s = sqrt(z)
    return (2 * atanh(s) / s - 2) / z


show("log", Z / 2, log_tail, [0, Z], 7)


# the same, for pow: p(z) = 2/3 + z q(z)
def pow_tail(z):
    if z < mpf(10)**-20:
        return mpf(2) / 5 + 2 * z / 7
    return (log_tail(z) - mpf(2) / 3) / z


show("pow", Z * Z / 2, pow_tail, [0, Z], 8)
third = mpf(2) / 3
print("2/3:", float(third).hex(), float(third - mpf(float(third))).hex())

# lgamma(t) = (t - 1) (t - 2) p(v), t in [1, 2], v = (t - c) / (t + c): this
# moves the singularities at 0 and infinity equally far from the interval.
C = mpf(181) / 128


def near_one(v):
    t = C * (1 + v) / (1 - v)
    if abs(t - 1) < mpf(10)**-25:
        return +euler
    if abs(t - 2) < mpf(10)**-25:
        return 1 - euler
    return loggamma(t) / ((t - 1) * (t - 2))


show("lgamma on [1, 2]", 1 / mpf("0.42"), near_one,
     [(1 - C) / (1 + C), (2 - C) / (2 + C)], 16)


# lgamma(x) = (x - 1/2) (log x - 1) + (log(2 pi) - 1) / 2 + p(1 / x^2) / x,
# x >= 3
def stirling(u):
    x = 1 / sqrt(max(u, mpf(10)**-12))
    return (loggamma(x) - (x - 0.5) * log(x) + x - log(2 * pi) / 2) * x


show("lgamma from 3", 1 / mpf(3) / log(2), stirling, [0, mpf(1) / 9], 10)
print("(log(2 pi) - 1) / 2:", float((log(2 * pi) - 1) / 2).hex())
