#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes btyd.csv beside itself: answers of BG/NBD and MBG/NBD for hard account
histories, from the papers' definitions at 60 digits (mpmath). Averages over the
chance to leave are taken numerically, by a rule that knows nothing of the series
in lib/value. Usage: make_btyd.py [processes]; takes some minutes with gmpy2."""
import functools
import itertools
import multiprocessing
import sys
from pathlib import Path

import mpmath
from mpmath import exp, expm1, inf, log, log1p, loggamma, mp, mpf

HERE = Path(__file__).parent
DIGITS = 60
AGREED = mpf(10) ** -16  # of two rules: the second, with half the step, has
                         # twice as many digits
TAIL = 70                # e^-70 of the largest term counts as nothing

# r, alpha, a, b
MODELS = [
    (0.37, 5.1, 0.61, 1.9),
    (0.55, 12.5, 1.0, 3.25),
    (0.8, 7.0, 1 - 2.0**-30, 2.5),
    (0.8, 7.0, 1 + 2.0**-40, 2.5),
    (1.3, 20.0, 0.4, 1e-6),
    (2.2, 30.0, 1e-5, 4.0),
    (1e3, 5e3, 0.5, 3.0),
    (1e6, 2e6, 2.5, 1.5),
    (0.05, 1e-3, 1.7, 0.3),
    (0.9, 15.0, 120.0, 900.0),
    (1.1, 9.0, 2.5e4, 7e4),
    (0.6, 40.0, 30.0, 0.2),
    (5.0, 1e6, 0.7, 2.0),
    (0.02, 300.0, 2.0, 0.75),
]
# x, t_x, T
HISTORIES = [
    (0, 0.0, 1e-6),
    (0, 0.0, 71.25),
    (0, 0.0, 1e7),
    (1, 3e-7, 1e-6),
    (1, 0.125, 400.5),
    (1, 2e6, 1e7),
    (2, 30.25, 30.25),
    (3, 7.0, 5e4),
    (7, 65.5, 71.25),
    (20, 1e-6, 1e-6),
    (30, 8.25, 52.0),
    (80, 399.0, 400.5),
    (150, 149.75, 150.0),
    (400, 5e4, 5e4),
    (700, 3e-7, 1e-6),
    (2000, 51.75, 52.0),
    (6000, 4e4, 5e4),
    (30000, 9.5e6, 1e7),
    (100000, 52.0, 52.0),
    (100000, 400.25, 400.5),
]
TIMES = [1e-6, 0.5, 13.0, 52.0, 365.25, 1e4, 1e6]
RATES = [2e-5, 0.0018, 0.03, 0.75]


def cases():
    """Every model with nine histories; times and rates go round, so that long
    horizons meet young accounts and short ones old accounts."""
    times, rates = itertools.cycle(TIMES), itertools.cycle(RATES)
    for i, model in enumerate(MODELS):
        for k in range(9):
            history = HISTORIES[(9 * i + 7 * k) % len(HISTORIES)]
            h, rate = next(times), next(rates)
            for family in (1, 2):
                yield family, model, history, h, rate


def beta_log(a, b):
    return loggamma(a) + loggamma(b) - loggamma(a + b)


def log_likelihood(first, r, alpha, a, b, x, t_x, T):
    """Fader, Hardie & Lee (2005), eq. (6); Batislam et al. (2007): one more
    chance to leave, the first order."""
    k = x + first  # chances to leave
    count = loggamma(r + x) - loggamma(r) + r * log(alpha)
    active = beta_log(a, b + k) - beta_log(a, b) - (r + x) * log(alpha + T)
    if k == 0:
        return count + active
    left = (beta_log(a + 1, b + k - 1) - beta_log(a, b)
            - (r + x) * log(alpha + t_x))
    return count + active + log1p(exp(left - active))


def alive(first, r, alpha, a, b, x, t_x, T):
    """Fader, Hardie & Lee (2005), section 4.2: 1 / (1 + odds of having left)."""
    if x + first == 0:
        return mpf(1)
    odds = a / (b + x + first - 1) * exp(
        (r + x) * log1p((T - t_x) / (alpha + t_x)))
    return 1 / (1 + odds)


def sinh_rule(log_density, f, centre, scale):
    """sum of e^log_density(u) f(u) du by the trapezoidal rule in v, u = centre +
    scale sinh v, with half the step until two sums agree."""
    def term(v):
        u = centre + scale * mpmath.sinh(v)
        size = log_density(u) + log(mpmath.cosh(v))
        return size, u

    def side(start, step, sign, top):
        total, v = mpf(0), start
        while True:
            size, u = term(sign * v)
            if size > top[0]:
                top[0] = size
            if size > top[0] - TAIL:
                total += exp(size) * f(u)
            elif v > 1:
                return total
            v += step

    top = [term(mpf(0))[0]]
    step = mpf(1) / 4
    total = (side(mpf(0), step, 1, top) + side(step, step, -1, top)) * step
    while step > mpf(2) ** -12:
        middle = side(step / 2, step, 1, top) + side(step / 2, step, -1, top)
        better = total / 2 + middle * step / 2
        step /= 2
        if abs(better - total) <= AGREED * abs(better) and step < 0.1:
            return better * scale
        total = better
    raise ArithmeticError("the rule does not settle")


def average(a, B, f, log_f):
    """E f(p), p ~ Beta(a, B), in u = log(p / (1 - p)); log_f is about log f, and
    says where the mass of the product lies. f takes p and log p."""
    def logs(u):
        return -log1p(exp(-u)), -log1p(exp(u))

    def log_density(u):
        log_p, log_q = logs(u)
        return a * log_p + B * log_q

    def both(u):
        return log_density(u) + log_f(exp(logs(u)[0]))

    low, high = mpf(-4e7), mpf(4e7)  # ternary search: both is nearly concave
    for _ in range(200):
        third = (high - low) / 3
        if both(low + third) < both(high - third):
            low += third
        else:
            high -= third
    centre = (low + high) / 2
    width = mpmath.sqrt(1 / a + 1 / B)
    scale = min(mpf(1), width)
    norm = beta_log(a, B)
    return sinh_rule(lambda u: both(u) - norm,
                     lambda u: f(exp(logs(u)[0])) * exp(-log_f(exp(logs(u)[0]))),
                     centre, scale)


@functools.lru_cache(None)
def legendre(n):
    """Nodes and weights on [0, 1]."""
    nodes = []
    for i in range(n):
        x = mpmath.cos(mpmath.pi * (i + mpf(3) / 4) / (n + mpf(1) / 2))
        for _ in range(100):
            p, q = mpf(1), mpf(0)
            for k in range(n):
                p, q = ((2 * k + 1) * x * p - k * q) / (k + 1), p
            slope = n * (x * p - q) / (x * x - 1)
            dx = p / slope
            x -= dx
            if abs(dx) < mpf(10) ** -(DIGITS - 5):
                break
        nodes.append(((1 + x) / 2, 1 / ((1 - x * x) * slope**2)))
    return nodes


def discounted_given(p, R, A, h, rate):
    """R / A times the integral of e^(-rate t) (1 + p t / A)^-(R + 1) over
    (0, h): with s = log(1 + p t / A), R / p times that of
    e^(-R s - rate A / p (e^s - 1))."""
    y = rate * A / p
    longest = min(h, TAIL / rate)
    if (R + 1) * p * longest / A < mpf(10) ** -30:  # nobody leaves
        return R / A * -expm1(-rate * h) / rate

    def fall(s):
        return R * s + y * expm1(s)

    end = TAIL / (R + y)
    if h < inf:
        end = min(end, log1p(p * h / A))
    end = min(end, log1p(TAIL / y))
    # A panel a fall of e^18: the rule of 28 points has 30 digits there.
    panels = max(1, int(mpmath.ceil(fall(end) / 18)))
    total = mpf(0)
    for panel in range(panels):
        for node, weight in legendre(28):
            total += weight * exp(-fall(end * (panel + node) / panels))
    return R / p * total * end / panels


def answers(case):
    mp.dps = DIGITS
    family, model, history, h, rate = case
    first = family - 1
    r, alpha, a, b = map(mpf, model)
    x, t_x, T = map(mpf, history)
    h, rate = mpf(h), mpf(rate)
    R, A, B = r + x, alpha + T, b + x + first
    w = h / A
    active = alive(first, r, alpha, a, b, x, t_x, T)

    def log_stay(p):
        return -R * log1p(p * w)

    def log_orders(p):  # of min(R w, 1 / p), nearly
        return log(R * w) - log1p(p * R * w / (1 + p * w))

    stays = average(a, B, lambda p: exp(log_stay(p)), log_stay)
    orders = average(a, B, lambda p: -expm1(log_stay(p)) / p, log_orders)
    soon = average(a, B, lambda p: discounted_given(p, R, A, h, rate),
                   log_orders)
    for_good = average(a, B, lambda p: discounted_given(p, R, A, inf, rate),
                       lambda p: log(R / (rate * A + p * R)))
    quiet = exp(-R * log1p(w))
    return [log_likelihood(first, r, alpha, a, b, x, t_x, T), active,
            active * stays, active * orders, (1 - active) + active * quiet,
            active * soon, active * for_good]


def work(case):
    family, model, history, h, rate = case
    values = [mpmath.nstr(value, 20) for value in answers(case)]
    return ",".join([str(family)] + [repr(number) for number in
                                     (*model, *history, h, rate)] + values)


def main():
    processes = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    lines = [f"# made by tests/golden/make_btyd.py, mpmath "
             f"{mpmath.__version__}, {DIGITS} digits",
             "family,r,alpha,a,b,x,t_x,T,h,rate,ll,alive,alive_ahead,orders,"
             "no_order,discounted,discounted_for_good"]
    with multiprocessing.Pool(processes) as pool:
        for line in pool.imap(work, list(cases())):
            lines.append(line)
            print(len(lines) - 2, end="\r", file=sys.stderr, flush=True)
    (HERE / "btyd.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
