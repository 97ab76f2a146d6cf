#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes cnbd.csv beside itself: answers of BG/CNBD-k and MBG/CNBD-k, and of
BG/NBD and MBG/NBD as k = 1, at 40 digits (mpmath), from the model's definition:
sums over the events of a hidden process of which every k-th is an order, and for
discounted orders the integral over time of such a sum."""
import itertools
from pathlib import Path

import mpmath
from mpmath import binomial, exp, log, loggamma, mp, mpf

HERE = Path(__file__).parent
mp.dps = 40
NOTHING = mpf(10) ** -32
COUNTS = 6

# r, alpha, a, b
MODELS = [(0.37, 5.1, 0.61, 1.9), (1.3, 20.0, 1.0, 2.5), (2.2, 30.0, 1.75, 4.0), (60.0, 90.0, 0.02, 3.0),
          (0.05, 1e-3, 1 + 2.0**-30, 0.3), (0.9, 15.0, 120.0, 900.0)]
RHYTHMS = [2, 3, 5, 12, 1]
HISTORIES = [(0, 0.0, 0.0), (0, 0.0, 71.25), (2, 30.25, 30.25), (7, 65.5, 71.25), (3, 7.0, 400.0),
             (30, 8.25, 52.0), (80, 399.0, 400.5), (1, 0.125, 1.5)]
TIMES = [0.5, 13.0, 52.0, 260.0, 1e-5]
RATES = [0.03, 0.2, 0.75]
# too long for a walk, or below the smallest double where it begins
FAR = [(6, (0.37, 5.1, 0.61, 1.9), 2, (2, 0.5, 1.0), 4e4), (7, (2.2, 30.0, 1.75, 4.0), 3, (5, 20.0, 21.0), 6e4),
       (7, (0.9, 15.0, 0.3, 900.0), 2, (2000, 99.0, 100.0), 100.0), (6, (0.9, 15.0, 0.3, 9.0), 4, (400, 99.5, 100.0), 900.0)]


def log_beta(a, b):
    return loggamma(a) + loggamma(b) - loggamma(a + b)


class Account:
    def __init__(self, family, model, k, history):
        self.first = 0 if family in (1, 6) else 1
        self.r, self.alpha, self.a, self.b = map(mpf, model)
        self.k, (x, t_x, T) = k, history
        self.x, self.t_x, self.T = x, mpf(t_x), mpf(T)
        self.R, self.A = self.r + k * x, self.alpha + self.T
        self.B = self.b + x + self.first
        silence = (self.T - self.t_x) / self.A
        self.phase = [loggamma(self.R + j) - loggamma(self.R) - loggamma(j + 1)
                      + (j * log(silence) if j else 0) for j in range(k if silence > 0 else 1)]

    def parts(self):
        """log densities of the history and: active; left after the last order."""
        common = loggamma(self.R) - loggamma(self.r) + self.r * log(self.alpha)
        active = (log_beta(self.a, self.B) - log_beta(self.a, self.b) - self.R * log(self.A)
                  + log(sum(exp(p) for p in self.phase)))
        if self.x + self.first == 0:
            return common + active, None
        left = log_beta(self.a + 1, self.B - 1) - log_beta(self.a, self.b) - self.R * log(self.alpha + self.t_x)
        return common + active, common + left

    def weights(self):
        total = sum(exp(p) for p in self.phase)
        return [exp(p) / total for p in self.phase]

    def walk(self, t):
        """(events so far in the phase, chance, further events) after t."""
        z = t / (self.A + t)
        for j, weight in enumerate(self.weights()):
            term, i, top = weight * exp(-(self.R + j) * log(1 + t / self.A)), 0, mpf(0)
            mean = (self.R + j) * t / self.A
            while i < mean + 8 * self.k or term > NOTHING * top:
                yield j, term, i
                top = max(top, term)
                term *= (self.R + j + i) / (i + 1) * z
                i += 1

    def stays(self, n):
        """E (1 - p)^m for m = 0..n, as a growing list."""
        while len(self.stay) <= n:
            m = len(self.stay) - 1
            self.stay.append(self.stay[-1] * (self.B + m) / (self.a + self.B + m))
            self.done.append(self.done[-1] + self.stay[-2])
        return self.stay[n]

    stay = done = None

    def ahead(self, t):
        self.stay, self.done = [mpf(1)], [mpf(0)]
        orders = active = mpf(0)
        possible = {}
        for j, term, i in self.walk(t):
            n = (i + j) // self.k
            active += term * self.stays(n)
            orders += term * self.done[n]
            possible[n] = possible.get(n, mpf(0)) + term
        return orders, active, possible

    def rate(self, t):
        self.stay, self.done = self.stay or [mpf(1)], self.done or [mpf(0)]
        return sum(term * (self.R + j + i) / (self.A + t) * self.stays((i + j) // self.k)
                   for j, term, i in self.walk(t) if (i + 1 + j) % self.k == 0)


def answers(family, model, k, history, h, rate, log_gaps, far):
    account = Account(family, model, k, history)
    active, left = account.parts()
    gaps = (k - 1) * mpf(log_gaps) - account.x * loggamma(k)
    ll = active if left is None else active + log(1 + exp(left - active))
    alive = 1 if left is None else 1 / (1 + exp(left - active))
    orders, stays, possible = account.ahead(mpf(h))
    counts = [1 - alive + alive * possible.get(0, 0)]
    above = sum(chance for n, chance in possible.items() if n > 0)
    for n in range(1, COUNTS - 1):
        above -= possible.get(n, 0)
        counts.append(alive * (account.stays(n - 1) * possible.get(n, 0)
                               + (account.stays(n - 1) - account.stays(n)) * above))
    counts.append(alive * account.stays(COUNTS - 2) * above)
    mean = mpmath.inf
    if account.R > 1:
        mean = sum(w * (k - j) * account.A / (account.R + j - 1) for j, w in enumerate(account.weights()))
    discounted = mpmath.nan
    if not far and account.R < 500 and h < 20 * account.A:
        with mpmath.workdps(22):
            top = account.A
            cuts = [mpf(0)] + [c for c in (top / 8, top / 2, top, 2 * top, 4 * top, 8 * top) if c < h] + [mpf(h)]
            discounted = alive * mpmath.quad(lambda t: exp(-rate * t) * account.rate(t), cuts)
    return [ll + gaps, alive, alive * stays, alive * orders, mean, discounted, *counts]


def cases():
    rhythms, times, rates = map(itertools.cycle, (RHYTHMS, TIMES, RATES))
    for model in MODELS:
        for history in HISTORIES:
            k, h, rate = next(rhythms), next(times), next(rates)
            family = next(FAMILY) if k > 1 else next(PLAIN)
            yield family, model, k, history, h, rate, 0
        next(times)
    for family, model, k, history, h in FAR:
        yield family, model, k, history, h, 0.03, 1


FAMILY, PLAIN = itertools.cycle((6, 7)), itertools.cycle((1, 2))


def main():
    lines = [f"# made by tests/golden/make_cnbd.py, mpmath {mpmath.__version__}, {mp.dps} digits",
             "family,r,alpha,a,b,k,x,t_x,T,log_gaps,h,rate,ll,alive,alive_ahead,orders,next_order,discounted,"
             + ",".join(f"count_{n}" for n in range(COUNTS))]
    for family, model, k, history, h, rate, far in cases():
        log_gaps = 0.75 * history[0]
        values = answers(family, model, k, history, h, rate, log_gaps, far)
        row = [family, *model, k, *history, log_gaps, h, rate]
        lines.append(",".join([repr(one) for one in row] + [mpmath.nstr(one, 20) for one in values]))
        print(lines[-1], flush=True)
    (HERE / "cnbd.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
