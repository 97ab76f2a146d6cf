#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes retention_shared.csv beside itself: accounts whose contracts have one chance theta ~ Beta(alpha, beta) to
end, at 30 digits (mpmath) from definitions: the likelihood of n renewals and so many ends is E (1 - theta)^n theta^ends,
given E (1 - theta)^before; that all of n1 contracts with k1 decisions to come and n2 with k2 end is the average of
(1 - (1 - theta)^k1)^n1 (1 - (1 - theta)^k2)^n2 over the posterior, multiplied out."""
from pathlib import Path

from mpmath import binomial, exp, log, loggamma, mp, mpf, nstr
import mpmath

HERE = Path(__file__).parent
mp.dps = 80

MODELS = [(0.668, 3.806), (1.0, 1e-3), (1e-4, 2.0), (3e3, 2e4), (2.5, 40.0), (12.0, 0.5)]
ACCOUNTS = [(0, 0, 0), (7, 0, 0), (3, 1, 2), (25, 4, 0), (900, 2, 30), (11, 60, 5)]  # renewals, ends, before
AHEAD = [(1, 1, 0, 0), (2, 1, 1, 12), (5, 3, 2, 1), (1, 700, 1, 2), (20, 2, 10, 6), (3, 60, 0, 0)]


def log_mean(a, b, n, ends):
    """log E (1 - theta)^n theta^ends."""
    return loggamma(a + ends) + loggamma(b + n) + loggamma(a + b) - loggamma(a + b + n + ends) - loggamma(a) - loggamma(b)


def lapse(a, b, n1, k1, n2, k2):
    return sum((-1) ** (i + j) * binomial(n1, i) * binomial(n2, j) * exp(log_mean(a, b, i * k1 + j * k2, 0))
               for i in range(n1 + 1) for j in range(n2 + 1))


def main():
    lines = [f"# made by tests/golden/make_retention_shared.py, mpmath {mpmath.__version__}, {mp.dps} digits",
             "alpha,beta,renewals,ended,before,n1,k1,n2,k2,ll,renewal,lapse"]
    for model in MODELS:
        for i, account in enumerate(ACCOUNTS):
            for ahead in (AHEAD[i], AHEAD[(i + 2) % len(AHEAD)]):
                a, b = map(mpf, model)
                n, ends, before = account
                values = [log_mean(a, b, n, ends) - log_mean(a, b, before, 0), exp(log_mean(a + ends, b + n, ahead[1], 0)),
                          lapse(a + ends, b + n, *ahead)]
                lines.append(",".join([*map(repr, (*model, *account, *ahead)), *(nstr(value, 20) for value in values)]))
    (HERE / "retention_shared.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
