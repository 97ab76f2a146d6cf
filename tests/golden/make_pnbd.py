#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes pnbd.csv beside itself: answers of the Pareto/NBD for hard account
histories from the definitions in Fader & Hardie (2005), "A Note on Deriving the
Pareto/NBD Model", and Fader, Hardie & Lee (2005), at 50 digits (mpmath), and
derivatives in log parameters by central differences there. The integral over the
time of leaving is checked against its closed form where that has few digits to
lose. Usage: make_pnbd.py; takes some minutes."""
import functools
import itertools
from pathlib import Path

import mpmath
from mpmath import exp, expm1, gammainc, hyp2f1, inf, log, log1p, loggamma, mp, mpf

HERE = Path(__file__).parent
DIGITS = 50
STEP = mpf(10) ** -12
NODES = 48

# r, alpha, s, beta
MODELS = [
    (0.5533, 10.5777, 0.6062, 11.6687),
    (0.5, 10.0, 1.0, 10.0),
    (0.8, 7.0, 1 - 2.0**-40, 90.0),
    (0.8, 7.0, 1 + 2.0**-30, 0.02),
    (2.0, 50.0, 0.3, 0.05),
    (0.7, 0.05, 2.5, 400.0),
    (1.3, 20.0, 1e-5, 3.0),
    (900.0, 4e3, 0.4, 12.0),
    (0.05, 1e-3, 40.0, 1.5e3),
    (6.0, 1e5, 2.0, 1e-3),
    (0.02, 300.0, 0.07, 2e4),
]
# x, t_x, T
HISTORIES = [
    (0, 0.0, 1e-6),
    (0, 0.0, 71.25),
    (0, 0.0, 1e7),
    (1, 3e-7, 1e-6),
    (1, 0.125, 400.5),
    (2, 30.25, 30.25),
    (3, 7.0, 5e4),
    (7, 65.5, 71.25),
    (20, 1e-6, 1e-6),
    (30, 8.25, 52.0),
    (150, 149.75, 150.0),
    (400, 5e4, 5e4),
    (2000, 51.75, 52.0),
    (20000, 400.25, 400.5),
]
TIMES = [1e-6, 0.5, 13.0, 52.0, 365.25, 1e4]
RATES = [2e-5, 0.0018, 0.03, 0.75]
PICKED = 6  # histories a model


def cases():
    """Times and rates go round, so that all sizes meet."""
    times, rates = itertools.cycle(TIMES), itertools.cycle(RATES)
    for i, model in enumerate(MODELS):
        for k in range(PICKED):
            yield model, HISTORIES[(6 * i + 5 * k) % len(HISTORIES)], next(times), next(rates)


@functools.lru_cache(None)
def legendre():
    """Nodes and weights on [0, 1]."""
    nodes = []
    for i in range(NODES):
        x = mpmath.cos(mpmath.pi * (i + mpf(3) / 4) / (NODES + mpf(1) / 2))
        for _ in range(12):
            p, q = mpf(1), mpf(0)
            for k in range(NODES):
                p, q = ((2 * k + 1) * x * p - k * q) / (k + 1), p
            slope = NODES * (x * p - q) / (x * x - 1)
            x -= p / slope
        nodes.append(((1 + x) / 2, 1 / ((1 - x * x) * slope**2)))
    return nodes


def odds(R, alpha, s, beta, t_x, T):
    """Of having left: the integral over (t_x, T) of ((alpha + T) / (alpha + y))^R
    ((beta + T) / (beta + y))^s s / (beta + y), in v = log((c + y) / (c + t_x)) with
    the smaller constant c; scaled by e^-fall, which is returned, too."""
    c, D = min(alpha, beta), max(alpha, beta)
    k, m = (R, s) if alpha < beta else (s, R)
    ratio = (c + t_x) / (D + t_x)
    fall = R * log1p((T - t_x) / (alpha + t_x)) + s * log1p((T - t_x) / (beta + t_x))
    end, start, total = log1p((T - t_x) / (c + t_x)), mpf(0), mpf(0)
    while start < end:
        slope = k + m * ratio * exp(start) / (1 + ratio * expm1(start))
        length = min(end - start, mpf(1), max(8 / (k + m), min(mpf(1) / 2, 2 / slope)))
        for node, weight in legendre():
            v = start + length * node
            y = 1 + ratio * expm1(v)  # (D + y) / (D + t_x)
            over_beta = s if beta <= alpha else s * ratio * exp(v) / y
            total += weight * length * over_beta * exp(-k * v - m * log(y))
        start += length
        if k * start + m * log1p(ratio * expm1(start)) > 130:
            break
    return total, fall


def check(R, alpha, s, beta, t_x, T):
    """Against the note, eq. 16 and 20."""
    def part(t):
        if alpha >= beta:
            return hyp2f1(R + s, s + 1, R + s + 1, (alpha - beta) / (alpha + t)) / (alpha + t) ** (R + s)
        return hyp2f1(R + s, R, R + s + 1, (beta - alpha) / (beta + t)) / (beta + t) ** (R + s)

    closed = s / (R + s) * (part(t_x) - part(T)) * (alpha + T) ** R * (beta + T) ** s
    scaled, fall = odds(R, alpha, s, beta, t_x, T)
    assert abs(scaled * exp(fall) - closed) <= mpf(10) ** -25 * (1 + closed)


def log_likelihood(r, alpha, s, beta, x, t_x, T):
    R = r + x
    scaled, fall = odds(R, alpha, s, beta, t_x, T)
    return (loggamma(R) - loggamma(r) - r * log1p(T / alpha) - x * log(alpha + T) - s * log1p(T / beta)
            + fall + log(scaled + exp(-fall)))


def alive(r, alpha, s, beta, x, t_x, T):
    scaled, fall = odds(r + x, alpha, s, beta, t_x, T)
    return exp(-fall) / (exp(-fall) + scaled)


def time_integral(s, B, h, rate):
    """Of (B / (B + t))^s e^(-rate t) over (0, h)."""
    if rate == 0:
        e = s - 1
        return B * log1p(h / B) if e == 0 else B * (1 - (1 + h / B) ** -e) / e
    z = rate * B
    with mpmath.workdps(3 * DIGITS):  # the difference may cancel
        top = gammainc(1 - s, z) - (gammainc(1 - s, z + rate * h) if h < inf else 0)
        return exp(z) * z ** (s - 1) * B * top


def pairs(s, B, h, rate):
    """Of (B / (B + t))^s e^(-rate t) (1 - e^(-rate t)) / rate."""
    with mpmath.workdps(3 * DIGITS):
        return (time_integral(s, B, h, rate) - time_integral(s, B, h, 2 * rate)) / rate


def derivatives(model, history):
    """Gradient, then the lower triangle of the Hessian, in log parameters."""
    centre = [log(p) for p in model]

    def f(*moves):
        point = list(centre)
        for i, d in moves:
            point[i] += d
        return log_likelihood(*[exp(p) for p in point], *history)

    up, down = [f((i, STEP)) for i in range(4)], [f((i, -STEP)) for i in range(4)]
    here = f()
    found = [(u - d) / (2 * STEP) for u, d in zip(up, down)]
    for i in range(4):
        for j in range(i + 1):
            if i == j:
                found.append((up[i] - 2 * here + down[i]) / STEP**2)
            else:
                found.append((f((i, STEP), (j, STEP)) - f((i, STEP), (j, -STEP)) - f((i, -STEP), (j, STEP))
                              + f((i, -STEP), (j, -STEP))) / (4 * STEP**2))
    return found


def row(model, history, h, rate):
    mp.dps = DIGITS
    model, history = [mpf(v) for v in model], [mpf(v) for v in history]
    h, rate = mpf(h), mpf(rate)
    r, alpha, s, beta = model
    x, t_x, T = history
    R, A, B = r + x, alpha + T, beta + T
    if history[0] <= 7:
        check(R, alpha, s, beta, t_x, T)
    p = alive(*model, *history)
    silence = exp(log_likelihood(R, A, s, B, 0, mpf(0), h))
    return [log_likelihood(*model, *history), p, p * (B / (B + h)) ** s,
            p * R / A * time_integral(s, B, h, mpf(0)), 1 - p * (1 - silence),
            p * R / A * time_integral(s, B, h, rate), p * R / A * time_integral(s, B, inf, rate),
            p * R * (R + 1) / A**2 * pairs(s, B, h, rate), p * R / A * time_integral(s, B, h, 2 * rate),
            log((1 - p * (1 - silence)) / (p * (1 - silence)))] + derivatives(model, history)


NAMES = ["ll", "alive", "alive_ahead", "orders", "no_order", "discounted", "discounted_for_good", "pairs", "squares",
         "log_odds"] + [f"g{i}" for i in range(4)] + [f"h{i}{j}" for i in range(4) for j in range(i + 1)]


def main():
    with open(HERE / "pnbd.csv", "w", encoding="ascii", newline="\n") as out:
        print(f"# made by tests/golden/make_pnbd.py, mpmath {mpmath.__version__}, {DIGITS} digits", file=out)
        print(",".join(["r,alpha,s,beta,x,t_x,T,h,rate"] + NAMES), file=out)
        for model, history, h, rate in cases():
            found = row(model, history, h, rate)
            given = [repr(v) for v in (*model, *history, h, rate)]
            print(",".join(given + [mpmath.nstr(v, 20) for v in found]), file=out, flush=True)


if __name__ == "__main__":
    main()
