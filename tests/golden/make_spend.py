# SPDX-License-Identifier: MIT
"""Writes spend.csv: the Gamma-Gamma log likelihood of a mean order value and the
expected value of an order, at 60 digits (Fader & Hardie 2013, note 025, eq. (3)
and (5)), for inputs far beyond those of a fit.

    python3 make_spend.py > spend.csv
"""
import itertools

from mpmath import mp, mpf, loggamma, log

mp.dps = 60
PARAMETERS = [("6.25", "3.74", "15.44"), ("0.02", "1.5", "1e-6"), ("300", "40", "2e9"),
              ("1", "1", "1"), ("1e5", "1e5", "20"), ("0.5", "0.3", "7")]
COUNTS = ["1", "2", "7", "100", "100000"]
VALUES = ["1e-12", "0.01", "19.5", "35", "4e6", "1e15"]

print("# The Gamma-Gamma model at 60 digits; made by make_spend.py.")
print("p,q,gamma,x,m,ll,expected")
for (p, q, g), x, m in itertools.product(PARAMETERS, COUNTS, VALUES):
    P, Q, G, X, M = map(mpf, (p, q, g, x, m))
    ll = (loggamma(P * X + Q) - loggamma(P * X) - loggamma(Q) + Q * log(G)
          + (P * X - 1) * log(M) + P * X * log(X) - (P * X + Q) * log(G + X * M))
    expected = P * (G + X * M) / (P * X + Q - 1) if P * X + Q > 1 else mp.inf
    print(",".join([p, q, g, x, m, mp.nstr(ll, 20), mp.nstr(expected, 20)]))
