# SPDX-License-Identifier: MIT
"""tests/golden/btyd_dynamic.csv: the Pareto/NBD with facts that change, at 30 digits.

    /usr/bin/python3 tests/golden/make_btyd_dynamic.py > tests/golden/btyd_dynamic.csv

By quadrature over the time of leaving, of what is left when the rates of one account,
lambda ~ Gamma(r, alpha) and mu ~ Gamma(s, beta), are averaged over; for some cases that
average is taken by quadrature, too, and has to agree.
"""
import random

import mpmath as mp

mp.mp.dps = 30
K = 5


class Case:
    """Five intervals; one fact acts on orders, two on leaving."""

    def __init__(self, draw, kind):
        self.r, self.alpha = draw.choice([0.3, 1.0, 2.5]), draw.choice([0.7, 9.0, 60.0])
        self.s, self.beta = draw.choice([0.4, 1.0, 3.0]), draw.choice([0.9, 20.0, 300.0])
        self.orders, self.leaving = draw.uniform(-1.5, 1.5), [draw.uniform(-2, 2), draw.uniform(-1, 1)]
        ends = sorted(draw.uniform(0.5, 80.0) for _ in range(K))
        self.end = [round(e, 3) + 0.01 * k for k, e in enumerate(ends)]
        self.a = [draw.choice([0.0, 1.0]) if kind == "dummy" else round(draw.uniform(-1, 1), 3) for _ in range(K)]
        self.b = [draw.choice([0.0, 1.0]) if kind == "dummy" else round(draw.uniform(-1, 1), 3) for _ in range(K)]
        self.c = [draw.choice([0.0, 1.0, 2.0]) for _ in range(K)]
        if kind == "same":
            self.a, self.b, self.c = [0.5] * K, [1.0] * K, [2.0] * K
        self.T = round(draw.uniform(0.3, 0.8) * self.end[-1], 3)
        self.ahead = round((self.end[-1] - self.T) * draw.uniform(0.3, 1), 3)
        self.discount = draw.choice([0.0, 0.002, 0.05])
        times = sorted(round(draw.uniform(0.01, self.T), 4) for _ in range(draw.choice([0, 0, 1, 2, 5, 12])))
        if kind == "many":
            times = [self.T * (i + 1) / 400 for i in range(400)]
        if kind == "long":
            times = times[:1]
            self.end = [e * 1000 for e in self.end]
            self.T, self.ahead = self.T * 1000, self.ahead * 1000
        if kind == "now" and times:
            times[-1] = self.T
        self.x, self.t_x = len(times), times[-1] if times else 0.0
        self.n = [sum(lower < t <= upper for t in times) for lower, upper in zip([0.0, *self.end], self.end)]
        exact = ("r", "alpha", "s", "beta", "orders", "T", "t_x", "ahead", "discount")
        self.paces: dict = {}
        self.exact = {name: mp.mpf(getattr(self, name)) for name in exact}

    def pace(self, k):
        """How fast the clocks run in interval k."""
        if k not in self.paces:
            leaving = mp.mpf(self.leaving[0]) * mp.mpf(self.b[k]) + mp.mpf(self.leaving[1]) * mp.mpf(self.c[k])
            self.paces[k] = mp.exp(self.exact["orders"] * mp.mpf(self.a[k])), mp.exp(leaving)
        return self.paces[k]

    def clocks(self, time):
        up = out = before = mp.mpf(0)
        for k, end in enumerate(self.end):
            length = min(mp.mpf(end), time) - before
            if length <= 0:
                break
            phi, psi = self.pace(k)
            up, out, before = up + phi * length, out + psi * length, mp.mpf(end)
        return up, out

    def integral(self, of, start, stop):
        """Over (start, stop), interval by interval, in pieces that grow."""
        total, lower = mp.mpf(0), mp.mpf(0)
        for k, end in enumerate(self.end):
            upper = mp.mpf(end)
            a, b = max(lower, start), min(upper, stop)
            if b > a:
                grid = [a] + [a + (b - a) * mp.mpf(4) ** (i - 5) for i in range(6)]
                total += mp.quad(lambda y, k=k: of(y, *self.pace(k)), grid, method="gauss-legendre")
            lower = upper
        return total

    def silence(self, x, start, stop):
        """Leaving in (start, stop), and neither that nor an order: shares of a race from the start on."""
        e = self.exact
        up, out = self.clocks(start)
        A, B, R = e["alpha"] + up, e["beta"] + out, e["r"] + x

        def rest(y):
            up, out = self.clocks(y)
            return (A / (e["alpha"] + up)) ** R * (B / (e["beta"] + out)) ** e["s"], e["beta"] + out

        def density(y, _, psi):
            g, b = rest(y)
            return e["s"] * psi / b * g
        return self.integral(density, start, stop), rest(stop)[0]

    def log_likelihood(self):
        e = self.exact
        up, out = self.clocks(e["t_x"])
        left, quiet = self.silence(self.x, e["t_x"], e["T"])
        log_phi = sum(n * mp.log(self.pace(k)[0]) for k, n in enumerate(self.n))
        return (log_phi + mp.loggamma(e["r"] + self.x) - mp.loggamma(e["r"]) + e["r"] * mp.log(e["alpha"])
                - (e["r"] + self.x) * mp.log(e["alpha"] + up)
                + e["s"] * (mp.log(e["beta"]) - mp.log(e["beta"] + out)) + mp.log(left + quiet))

    def by_rates(self):
        """The log likelihood, averaged over both rates by quadrature (few digits)."""
        e = self.exact

        def given(rate, leave):
            """With rates known, what happens in an interval is exponential."""
            total, lower, up, out = mp.mpf(0), e["t_x"], *self.clocks(e["t_x"])
            for k, end in enumerate(self.end):
                length = min(mp.mpf(end), e["T"]) - lower
                if length <= 0:
                    continue
                phi, psi = self.pace(k)
                fall = rate * phi + leave * psi
                total += leave * psi * mp.exp(-rate * up - leave * out) * -mp.expm1(-fall * length) / fall
                lower, up, out = lower + length, up + phi * length, out + psi * length
            return rate ** self.x * (total + mp.exp(-rate * up - leave * out))

        def gamma(z, shape, inverse):
            return inverse ** shape * z ** (shape - 1) * mp.exp(-inverse * z) / mp.gamma(shape)
        with mp.workdps(15):
            far = [[0, c, 4 * c, 40 * c] for c in ((e["r"] + self.x) / e["alpha"], e["s"] / e["beta"])]
            average = mp.quad(lambda u, v: given(u, v) * gamma(u, e["r"], e["alpha"]) * gamma(v, e["s"], e["beta"]),
                              far[0], far[1], maxdegree=4)
            return mp.log(average) + sum(n * mp.log(self.pace(k)[0]) for k, n in enumerate(self.n))

    def answers(self):
        e = self.exact
        left, quiet = self.silence(self.x, e["t_x"], e["T"])
        alive, stop = quiet / (left + quiet), e["T"] + e["ahead"]
        up, out = self.clocks(e["T"])
        B = e["beta"] + out

        def orders(discount):
            return alive * (e["r"] + self.x) / (e["alpha"] + up) * self.integral(
                lambda u, phi, _: phi * (B / (e["beta"] + self.clocks(u)[1])) ** e["s"] * mp.exp(-discount * (u - e["T"])),
                e["T"], stop)
        soon, neither = self.silence(self.x, e["T"], stop)
        later = alive * (B / (e["beta"] + self.clocks(stop)[1])) ** e["s"]
        return [self.log_likelihood(), alive, later, orders(mp.mpf(0)), orders(e["discount"]),
                1 - alive * (1 - soon - neither)]


def main():
    draw = random.Random(20211)
    names = ["r", "alpha", "s", "beta", "orders", "leaving0", "leaving1", "x", "t_x", "T", "ahead", "discount"]
    names += [f"{name}{k}" for name in ("end", "n", "a", "b", "c") for k in range(K)]
    print("# provenance: tests/golden/make_btyd_dynamic.py, mpmath, 30 digits")
    print(",".join(names + ["log_likelihood", "alive", "alive_ahead", "expected", "discounted", "no_order"]))
    kinds = ["dummy", "any", "same", "many", "long", "now"]
    for i in range(30):
        case = Case(draw, kinds[i % len(kinds)])
        row = [case.r, case.alpha, case.s, case.beta, case.orders, *case.leaving, case.x, case.t_x, case.T, case.ahead,
               case.discount, *case.end, *case.n, *case.a, *case.b, *case.c]
        answers = case.answers()
        if i in (1, 13):
            case.r, case.s = 2.5, 3.0
            case.exact.update(r=mp.mpf(2.5), s=mp.mpf(3))
            assert abs(case.by_rates() - case.log_likelihood()) < 1e-6, (case.by_rates(), case.log_likelihood())
        print(",".join([repr(value) for value in row] + [mp.nstr(value, 20) for value in answers]))


main()
