# SPDX-License-Identifier: MIT
"""Writes hazard_rows.csv, small panels, hazard.csv, their fits to 30 digits, and
hazard_border.csv, Firth's answer to x = ..., -1, 0, 1, ... with the event where x > 0:
logistic and cloglog, by maximum likelihood, with a normal prior, with Firth's
penalty (1993), and sandwich errors; Newton's method in mpmath on the formulas of
docs/models/hazard.md, with derivatives of the whole objective by mpmath.diff."""
import pathlib

import mpmath as mp

mp.mp.dps = 40
HERE = pathlib.Path(__file__).parent


def uniform():
    """A generator of multiples of 1/1024, the same everywhere."""
    state = 12345
    while True:
        state = (1103515245 * state + 12345) % 2**31
        yield (state >> 16) % 1024 / 1024


U = uniform()


def panel(n, separated):
    """(x1, x2, event, weight, offset, cluster) a row."""
    rows = []
    for i in range(n):
        x1, x2 = 4 * next(U) - 2, 100 + 10 * next(U)
        if separated:
            y = int(x1 > 0.25)
        else:
            y = int(next(U) < 1 / (1 + mp.e ** (1 - x1)))
        rows.append((x1, x2, y, 1 + i % 3, (i % 5) / 8, i // 4))
    return rows


def risk(link, s):
    return 1 / (1 + mp.exp(-s)) if link == "logistic" else 1 - mp.exp(-mp.exp(s))


def parts(link, rows, beta):
    """log likelihood, scores a row, information."""
    total, scores, info = mp.mpf(0), [], mp.zeros(3)
    for x1, x2, y, w, o, _ in rows:
        x = mp.matrix([1, x1, x2])
        s = mp.mpf(o) + (beta.T * x)[0]
        p = risk(link, s)
        d = p * (1 - p) if link == "logistic" else mp.exp(s) * (1 - p)
        total += w * (mp.log(p) if y else mp.log(1 - p))
        scores.append(w * (y - p) * d / (p * (1 - p)) * x)
        info += w * d**2 / (p * (1 - p)) * x * x.T
    return total, scores, info


def objective(link, rows, beta, mean, precision, firth):
    total, _, info = parts(link, rows, beta)
    total -= sum(k * (b - m) ** 2 for b, m, k in zip(beta, mean, precision)) / 2
    for i in range(3):
        info[i, i] += precision[i]
    return total + (mp.log(mp.det(info)) / 2 if firth else 0)


def solve(link, rows, mean=(0, 0, 0), precision=(0, 0, 0), firth=False):
    beta = mp.matrix([0, 0, 0])
    # centred, so that Newton's method starts well
    f = lambda *b: objective(link, rows, mp.matrix([b[0] - 105 * b[2], b[1], b[2]]), mean, precision, firth)
    at = [mp.mpf(0)] * 3
    for _ in range(60):
        g = mp.matrix([mp.diff(f, tuple(at), tuple(int(i == j) for j in range(3))) for i in range(3)])
        h = mp.zeros(3)
        for i in range(3):
            for j in range(i + 1):
                order = [0, 0, 0]
                order[i] += 1
                order[j] += 1
                h[i, j] = h[j, i] = mp.diff(f, tuple(at), tuple(order))
        step = mp.lu_solve(h, -g)
        longest = max(abs(s) for s in step)
        if longest > 1:
            step = step / longest
        at = [a + s for a, s in zip(at, step)]
        if longest < mp.mpf(10) ** -16:
            break
    return mp.matrix([at[0] - 105 * at[2], at[1], at[2]])


def errors(link, rows, beta, precision, robust):
    _, scores, info = parts(link, rows, beta)
    for i in range(3):
        info[i, i] += precision[i]
    inverse = info ** -1
    if robust:
        sums = {}
        for i, (row, s) in enumerate(zip(rows, scores)):
            key = row[5] if robust == "cluster" else i
            sums[key] = sums.get(key, mp.zeros(3, 1)) + s
        meat = mp.zeros(3)
        for s in sums.values():
            meat += s * s.T
        if robust == "cluster":
            meat *= mp.mpf(len(sums)) / (len(sums) - 1)
        inverse = inverse * meat * inverse
    return [mp.sqrt(inverse[i, i]) for i in range(3)]


def border(link, most=120):
    """Firth's b0, b1 and their errors; rows further out than most/2 no longer matter."""
    rows = [(x, int(x > 0)) for x in range(-most, most + 1)]

    def score(b0, b1):
        info, terms = mp.zeros(2), []
        for x, y in rows:
            s = b0 + b1 * x
            p = risk(link, s)
            d = p * (1 - p) if link == "logistic" else mp.exp(s - mp.exp(s))
            if min(p, 1 - p) < mp.mpf(10) ** -35:
                continue
            w = d**2 / (p * (1 - p))
            # slope of log w
            tilt = 1 - 2 * p if link == "logistic" else 2 - mp.exp(s) / p
            terms.append((x, w, (y - p) * d / (p * (1 - p)), tilt))
            info += w * mp.matrix([[1, x], [x, x * x]])
        inverse = info ** -1
        total = mp.zeros(2, 1)
        for x, w, slope, tilt in terms:
            v = mp.matrix([1, x])
            leverage = w * (v.T * inverse * v)[0]
            total += (slope + leverage * tilt / 2) * v
        return total, inverse

    at = mp.findroot(lambda b0, b1: list(score(b0, b1)[0]), (mp.mpf("-0.4"), mp.mpf("0.84")))
    inverse = score(*at)[1]
    return [*at, mp.sqrt(inverse[0, 0]), mp.sqrt(inverse[1, 1])]


def main():
    panels = {"mixed": panel(40, False), "separated": panel(24, True)}
    head = f"# provenance: tests/golden/make_hazard.py, mpmath {mp.__version__}, {mp.mp.dps} digits\n"
    with open(HERE / "hazard_rows.csv", "w", encoding="utf-8") as out:
        out.write(head + "separated,x1,x2,event,weight,offset,cluster\n")
        for k, rows in enumerate(panels.values()):
            out.writelines(f"{k}," + ",".join(str(v) for v in row) + "\n" for row in rows)
    prior = dict(mean=(-2, mp.mpf("0.5"), 0), precision=(1, 4, 100))
    with open(HERE / "hazard.csv", "w", encoding="utf-8") as out:
        out.write(head + "link,separated,prior,firth,robust,b0,b1,b2,se0,se1,se2,log_likelihood\n")
        for number, link in ((1, "logistic"), (2, "cloglog")):
            for data, has_prior, firth, robusts in (
                    (0, 0, 0, (0, 1, "cluster")), (0, 1, 0, (0,)), (0, 0, 1, (0,)), (1, 0, 1, (0,)), (1, 1, 0, (0,))):
                rows = list(panels.values())[data]
                how = prior if has_prior else {}
                beta = solve(link, rows, firth=bool(firth), **how)
                for robust in robusts:
                    se = errors(link, rows, beta, how.get("precision", (0, 0, 0)), robust)
                    numbers = [*beta, *se, parts(link, rows, beta)[0]]
                    out.write(f"{number},{data},{has_prior},{firth},{2 if robust == 'cluster' else robust},"
                              + ",".join(mp.nstr(v, 20) for v in numbers) + "\n")
    with open(HERE / "hazard_border.csv", "w", encoding="utf-8") as out:
        out.write(head + "link,b0,b1,se0,se1\n")
        for number, link in ((1, "logistic"), (2, "cloglog")):
            out.write(f"{number}," + ",".join(mp.nstr(v, 20) for v in border(link)) + "\n")


if __name__ == "__main__":
    main()
