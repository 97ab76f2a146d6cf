#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes bgbb.csv beside itself: answers of the BG/BB model at 60 digits (mpmath),
from Fader, Hardie & Shang (2010): eq. 5 for the likelihood, and sums over the
period in which an account leaves for the rest."""
import itertools
from pathlib import Path

import mpmath
from mpmath import binomial, exp, gamma, log, loggamma, mp, mpf

HERE = Path(__file__).parent
mp.dps = 60
COUNTS = 4

MODELS = [(1.203522351602, 0.7497163581729, 0.6567182084418, 2.783442232577), (0.4, 6.0, 0.02, 0.3),
          (3.0, 2.0, 1e-6, 5.0), (1.0, 1.0, 1.0, 1.0), (250.0, 90.0, 40.0, 900.0), (0.05, 0.01, 3.5, 0.2)]
# x, t_x, n
HISTORIES = [(0, 0, 0), (0, 0, 6), (6, 6, 6), (2, 4, 6), (1, 3, 40), (25, 50, 100), (25, 50, 500), (3, 5, 1000),
             (500, 999, 1000), (700, 700, 1000)]
HORIZONS = [1, 5, 12, 60]


def beta(a, b):
    return exp(loggamma(a) + loggamma(b) - loggamma(a + b))


def answers(model, history, h, rate):
    al, be, ga, de = map(mpf, model)
    x, t_x, n = history

    def likelihood(n):
        return (beta(al + x, be + n - x) / beta(al, be) * beta(ga, de + n) / beta(ga, de)
                + sum(beta(al + x, be + t_x - x + i) / beta(al, be) * beta(ga + 1, de + t_x + i) / beta(ga, de)
                      for i in range(n - t_x)))

    now = likelihood(n)

    def alive(ahead):
        return beta(al + x, be + n - x) / beta(al, be) * beta(ga, de + n + ahead) / beta(ga, de) / now

    p = (al + x) / (al + be + n)
    orders = sum(p * alive(k) for k in range(1, h + 1))
    discounted = sum(p * alive(k) * exp(-rate * k) for k in range(1, h + 1))
    a2, b2 = al + x, be + n - x

    def exactly(c):
        if c > h:
            return mpf(0)
        end = binomial(h, c) * beta(a2 + c, b2 + h - c) / beta(a2, b2) * beta(ga, de + n + h) / beta(ga, de + n)
        return alive(0) * (end + sum(
            binomial(i, c) * beta(a2 + c, b2 + i - c) / beta(a2, b2) * beta(ga + 1, de + n + i) / beta(ga, de + n)
            for i in range(c, h)))

    counts = [1 - alive(0) + exactly(0), *[exactly(c) for c in range(1, COUNTS - 1)]]
    counts.append(1 - sum(counts))
    return [log(now), alive(0), alive(h), orders, discounted, likelihood(n + h) / now, *counts]


def main():
    lines = [f"# made by tests/golden/make_bgbb.py, mpmath {mpmath.__version__}, {mp.dps} digits",
             "alpha,beta,gamma,delta,x,t_x,n,h,rate,ll,alive,alive_ahead,orders,discounted,no_order,"
             + ",".join(f"count_{n}" for n in range(COUNTS))]
    horizons = itertools.cycle(HORIZONS)
    for model in MODELS:
        for history in HISTORIES:
            h, rate = next(horizons), 0.07
            row = [*model, *history, h, rate]
            lines.append(",".join([repr(one) for one in row]
                                  + [mpmath.nstr(one, 20) for one in answers(model, history, h, mpf(rate))]))
    (HERE / "bgbb.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
