#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes incomplete_beta_prime_inverse.csv beside itself: quantiles of the ratio
of two gamma variables, from mpmath by Newton's method on a power series. Usage: make_incomplete_beta.py"""
from pathlib import Path

import mpmath
from mpmath import mp, mpf

HERE = Path(__file__).parent
mp.dps = 30


def lower(a, b, t):
    """P(log(G / H) <= t), from the side whose series is shorter."""
    x, y = 1 / (1 + mpmath.exp(-t)), 1 / (1 + mpmath.exp(t))
    if ((a + b) * x + 70) / y <= ((a + b) * y + 70) / x:
        return tail(a, b, x)
    return 1 - tail(b, a, y)


def tail(a, b, x):
    """x^a (1 - x)^b / (a B(a, b)) 2F1(a + b, 1; a + 1; x): positive terms."""
    front = mpmath.exp(a * mpmath.log(x) + b * mpmath.log1p(-x)
                       - mpmath.loggamma(a) - mpmath.loggamma(b)
                       + mpmath.loggamma(a + b))
    term, total, n = 1 / a, 1 / a, 0
    while term > total * mpf(10) ** -28:
        term *= (a + b + n) * x / (a + 1 + n)
        total += term
        n += 1
    return front * total


def quantile(a, b, p):
    """Newton's method on log P from the left, where it is concave."""
    a, b, p = mpf(a), mpf(b), mpf(p)
    spread = mpmath.sqrt(mpmath.polygamma(1, a) + mpmath.polygamma(1, b))
    normal = mpmath.sqrt(2) * mpmath.erfinv(2 * p - 1)
    t = mpmath.digamma(a) - mpmath.digamma(b) + (normal - mpf(1) / 2) * spread
    log_beta = (mpmath.loggamma(a) + mpmath.loggamma(b)
                - mpmath.loggamma(a + b))
    log_x = (mpmath.log(p * a) + log_beta) / a
    if log_x < 0:  # x^a / (a B) is more than P
        t = max(t, -mpmath.log(mpmath.expm1(-log_x)))
    while lower(a, b, t) > p:
        t -= spread / 4
    for _ in range(60):
        now = lower(a, b, t)
        density = mpmath.exp(-a * mpmath.log1p(mpmath.exp(-t))
                             - b * mpmath.log1p(mpmath.exp(t)) - log_beta)
        step = mpmath.log(p / now) * now / density
        t += step
        if abs(step) < mpf(10) ** -18 * max(1, abs(t)):
            return mpmath.exp(t)
    raise ArithmeticError((a, b, p))


def main():
    lines = [f"# made by tests/golden/make_incomplete_beta.py, mpmath "
             f"{mpmath.__version__}, {mp.dps} digits", "a,b,p,value"]
    for a in (1e-3, 0.02, 0.3, 0.99, 1.0, 1.5, 5.0, 60.0, 2000.0, 1e6):
        for b in (1.0, 1.0001, 2.3, 8.0, 300.0, 5e4, 1e6):
            many = a < 1e4 and b < 1e4
            for p in ((1e-9, 1e-3, 0.1, 0.5, 0.9, 0.999, 0.9999999) if many
                      else (0.1, 0.9)):
                value = quantile(a, b, p)
                if value > mpf(10) ** -300:
                    lines.append(f"{a!r},{b!r},{p!r},{float(value)!r}")
    path = HERE / "incomplete_beta_prime_inverse.csv"
    path.write_text("\n".join(lines) + "\n")
    print(path.name, len(lines) - 2)


if __name__ == "__main__":
    main()
