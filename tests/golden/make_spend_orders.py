# SPDX-License-Identifier: MIT
"""Writes spend_orders.csv: the Gamma-Gamma log likelihood of single orders, given
their number, mean and mean log, and its first two derivatives in log p, at 80
digits (Fader & Hardie 2013, note 025, before the orders are summed up).

    python3 make_spend_orders.py > spend_orders.csv
"""
import itertools

from mpmath import mp, mpf, loggamma, log, psi

mp.dps = 80
PARAMETERS = [("6.25", "3.74", "15.44"), ("0.02", "1.5", "1e-6"), ("300", "40", "2e9"), ("1", "1", "1"),
              ("1e5", "1e5", "20"), ("0.5", "0.3", "7"), ("1e10", "3", "2e-8"), ("19.9", "2", "3"),
              ("20.1", "2", "3")]
COUNTS = ["2", "7", "100", "100000"]
VALUES = ["0.01", "35", "4e6"]
SPREADS = ["1e-6", "0.02", "1.7"]  # the log of the mean less the mean log

print("# Gamma-Gamma of single orders at 80 digits; made by make_spend_orders.py.")
print("p,q,gamma,x,m,spread,ll,slope,bend")
for (p, q, g), x, m, s in itertools.product(PARAMETERS, COUNTS, VALUES, SPREADS):
    P, Q, G, X, M, S = map(mpf, (p, q, g, x, m, s))
    logs = X * (log(M) - S)
    n = P * X + Q
    ll = (loggamma(n) - X * loggamma(P) - loggamma(Q) + Q * log(G) + (P - 1) * logs - n * log(G + X * M))
    first = X * psi(0, n) - X * psi(0, P) + logs - X * log(G + X * M)  # in p
    second = X * X * psi(1, n) - X * psi(1, P)
    row = [ll, P * first, P * first + P * P * second]
    print(",".join([p, q, g, x, m, s, *(mp.nstr(value, 18) for value in row)]))
