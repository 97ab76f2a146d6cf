#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints the polynomial coefficients of lib/math/elementary.h and
lib/math/gamma.h, as hexadecimal doubles, with each approximation's error.

Every polynomial interpolates its function at Chebyshev points (mpmath's
chebyfit), at most one bit from the best of its degree, and is then rounded
coefficient by coefficient to double. Usage: make_coefficients.py"""
from fractions import Fraction

from mpmath import (atanh, bernfrac, chebyfit, erfc, euler, exp, expm1, log,
                    loggamma, mp, mpf, nstr, pi, sqrt)

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


# erfc(x) = exp(-x^2) p(v) / (1 + 2 x), x >= 0, v = (x - 15/4) / (x + 15/4)
# (Shepherd and Laframboise, Math. Comp. 36 (1981) 249-253)
def scaled_erfc(v):
    if v > 1 - mpf(10)**-20:
        return 2 / sqrt(pi)
    x = mpf(15) / 4 * (1 + v) / (1 - v)
    if x > 10**4:
        far = 1 - 1 / (2 * x**2) + 3 / (4 * x**4) - 15 / (8 * x**6)
        return (1 + 2 * x) / (x * sqrt(pi)) * far
    return (1 + 2 * x) * exp(x * x) * erfc(x)


show("erfc", 1, scaled_erfc, [-1, 1], 26)


# Temme's uniform expansion of the incomplete gamma function (DLMF 8.12):
# C_k(eta) = sum_n d[k][n] eta^n, by DLMF 8.12.10 from C_0 = 1/mu - 1/eta.
# Everything is a power series in eta with rational coefficients.
def temme(rows, columns):
    size = columns + 2 * rows + 3
    mu = [Fraction(0), Fraction(1)]  # mu mu' = eta (1 + mu)
    for n in range(2, size):
        known = sum(mu[i] * mu[n + 1 - i] * (n + 1 - i)
                    for i in range(2, n))
        mu.append((mu[n - 1] - known) / (n + 1))
    inverse = [Fraction(1)]  # eta / mu
    for n in range(1, size - 1):
        inverse.append(-sum(mu[i + 1] * inverse[n - i]
                            for i in range(1, n + 1)))
    gamma = [Fraction(1)]  # Gamma(z) ~ sqrt(2 pi / z) (z / e)^z sum g_k / z^k
    stirling = [Fraction(0)] * (rows + 2)
    for j in range(1, rows // 2 + 2):
        if 2 * j - 1 < len(stirling):
            b = Fraction(*bernfrac(2 * j))
            stirling[2 * j - 1] = b / (2 * j * (2 * j - 1))
    for k in range(1, rows):
        gamma.append(sum(j * stirling[j] * gamma[k - j]
                         for j in range(1, k + 1)) / k)
    c = inverse[1:]
    table = [c]
    for k in range(1, rows):
        sign = (-1)**k * gamma[k]
        derived = [(n + 1) * c[n + 1] for n in range(len(c) - 1)]
        assert derived[0] + sign * inverse[0] == 0
        c = [derived[n] + sign * inverse[n] for n in range(1, len(derived))]
        table.append(c)
    return [row[:columns] for row in table]


print("Temme's d[k][n], k down, n across")
for row in temme(6, 13):
    print("    {" + ", ".join(float(x).hex() for x in row) + "},")
