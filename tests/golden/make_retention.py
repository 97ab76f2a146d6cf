#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes retention.csv beside itself: log likelihoods, renewal probabilities and
residual lives of sBG and BdW contracts at 40 digits (mpmath), from the papers'
definitions: S(n) = B(alpha, beta + n^c) / B(alpha, beta). Sums over renewals are
2F1 for sBG (Fader & Hardie 2010, eq. 6); else term by term, and where they do not
end, to their 3,000th term and on by Euler and Maclaurin."""
import itertools
from pathlib import Path

import mpmath
from mpmath import exp, expm1, hyp2f1, inf, log, loggamma, mp, mpf

HERE = Path(__file__).parent
mp.dps = 40

# alpha, beta, c
MODELS = [
    (0.668, 3.806, 1.0), (0.704, 1.182, 1.0), (1.0, 1e-3, 1.0), (2.5, 40.0, 1.0), (1e-5, 2.0, 1.0),
    (3e4, 2e5, 1.0), (0.2143, 1.4266, 1.7236), (0.4556, 0.7793, 1.2835), (1.6, 7.5, 0.8), (3.5, 0.02, 0.5),
    (1e-4, 30.0, 2.25), (200.0, 9000.0, 1.5), (1.0, 5.0, 1.125), (6.0, 50.0, 1 + 2.0**-30)]
CONTRACTS = [(0, 0), (1, 0), (3, 2), (7, 0), (40, 11), (900, 30)]  # n, before
HORIZONS = [1, 2, 5, 30, 100, 700]
RATES = [0.0, 0.004, 0.1, 0.7]


def survival(a, b, c, n):
    """log S(n)."""
    v = mpf(n) ** c if n > 0 else mpf(0)
    return loggamma(b + v) + loggamma(a + b) - loggamma(a + b + v) - loggamma(b)


def for_ever(a, b, c, n, rate, term):
    if rate == 0 and c * a <= 1:
        return inf
    if c == 1 and rate == 0:  # Gauss
        return (b + n) / (a - 1)
    if c == 1 and a < 1000:
        return (b + n) / (a + b + n) * hyp2f1(1, b + n + 1, a + b + n + 1, exp(-rate), maxterms=10**6)
    total = sum(term(k) for k in range(1, 3001))
    return total if term(3001) < mpf(10) ** -30 else total + tail(term, 3001, rate, a * c - 1)


def tail(term, first, rate, fall):
    """Sum over k >= first: the integral, in log k, and what it lacks. Beyond
    e^-80 of its first term nothing counts; without discount, terms fall like
    k^-(1 + fall) from e^48 first on."""
    coefficient = mpmath.taylor(term, first, 9)
    lacking = sum(mpmath.bernoulli(2 * k) / (2 * k) * coefficient[2 * k - 1] for k in range(1, 5))
    end = log(1 + 80 / (rate * first)) if rate > 0 else mpf(48)
    steps = [t for t in (0, 0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 40) if t < end] + [end]
    inner = mpmath.quad(lambda t: term(first * exp(t)) * first * exp(t), steps)
    outer = term(first * exp(end)) * first * exp(end) / fall if rate == 0 else 0
    return coefficient[0] / 2 - lacking + inner + outer


def work(model, contract, horizon, rate):
    a, b, c = map(mpf, model)
    n, before = contract
    rate = mpf(rate)
    now = survival(a, b, c, n)

    def term(k):
        return exp(survival(a, b, c, n + k) - now - rate * (k - 1))

    seen = now - survival(a, b, c, before)
    end = log(-expm1(survival(a, b, c, n + 1) - now))
    finite = sum(term(k) for k in range(1, horizon + 1))
    return [seen, seen + end, exp(survival(a, b, c, n + horizon) - now), finite,
            for_ever(a, b, c, n, rate, term)]


def main():
    horizons, rates = itertools.cycle(HORIZONS), itertools.cycle(RATES)
    lines = [f"# made by tests/golden/make_retention.py, mpmath {mpmath.__version__}, {mp.dps} digits",
             "alpha,beta,c,n,before,horizon,rate,ll_running,ll_ended,renewal,residual,residual_for_ever"]
    for i, model in enumerate(MODELS):
        for contract in CONTRACTS:
            horizon, rate = next(horizons), next(rates)
            values = [mpmath.nstr(value, 20) for value in work(model, contract, horizon, rate)]
            lines.append(",".join([repr(x) for x in (*model, *contract, horizon, rate)] + values))
            print(lines[-1], flush=True)
        next(rates)
        next(horizons)
    (HERE / "retention.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
