# SPDX-License-Identifier: MIT
"""table.py DIRECTORY: prints what was measured (ours.txt, theirs.txt), side by
side; fails when the two did not compute the same."""
import datetime
import pathlib
import platform
import re
import sys


def read(path):
    if not path.exists():
        return {}
    return dict(line.split(" ", 1) for line in path.read_text().splitlines() if " " in line)


def numbers(texts):
    return {name: float(value) for name, value in texts.items() if not name.startswith("version.")}


# What must agree: names ending in these, and how closely.
PARAMETERS = ["fit.bgnbd.r", "fit.bgnbd.alpha", "fit.bgnbd.a", "fit.bgnbd.b",
              "fit.bgnbd.se.r", "fit.bgnbd.se.alpha", "fit.bgnbd.se.a", "fit.bgnbd.se.b",
              "fit.spend.p", "fit.spend.q", "fit.spend.gamma"]
SUMS = ["answer.alive.sum", "answer.orders.sum", "pnbd.alive.sum", "pnbd.orders.sum", "fit.pnbd.log_likelihood"] + [
    f"lines.{order}.{part}" for order in ("by_day", "shuffled", "scattered") for part in ("accounts", "x", "t_x", "T", "m")] + [
    f"kpi.{figure}" for figure in ("revenue", "quantity", "margin", "growth", "otif", "on_time")]


def disagreements(ours, theirs):
    found = []
    for names, limit in ((PARAMETERS, 1e-3), (SUMS, 1e-6)):
        for name in names:
            if name not in ours or name not in theirs:
                found.append(f"{name}: not measured on both sides")
            elif not abs(ours[name] - theirs[name]) <= limit * abs(theirs[name]):
                found.append(f"{name}: libkam {ours[name]:.10g}, peer {theirs[name]:.10g}")
    return found


def seconds(value):
    """0.0123 -> 12.3 ms"""
    for unit, scale in (("s", 1), ("ms", 1e3), ("us", 1e6), ("ns", 1e9)):
        if value * scale >= 1 or unit == "ns":
            return f"{value * scale:.3g} {unit}" if value * scale < 1000 else f"{value * scale:.0f} {unit}"


HEAD = ("what", "libkam", "peer", "ratio", "target", "")


def against(what, ours, theirs, name, peer, target=None):
    """A row: libkam beside a peer, as how many times faster."""
    mine, other = ours.get(name), theirs.get(name)
    if mine is None or other is None:
        return (what, seconds(mine) if mine is not None else "-", f"{peer}: not run", "-",
                f"{target:g}x" if target else "-", "-")
    ratio = other / mine
    return (what, seconds(mine), f"{seconds(other)} {peer}", f"{ratio:.1f}x", f"{target:g}x" if target else "-",
            ("ok" if ratio >= target else "NOT") if target else "")


def alone(what, value, target=None, words=""):
    """A row of libkam's own."""
    return (what, seconds(value), "-", "-", words or "-", ("ok" if value < target else "NOT") if target else "")


def by_hand(ours, name, what, other, peer, level):
    """How far the general way is from a loop written by hand."""
    mine, hand = ours[f"{name}.score.{level}"], ours[f"{name}.{other}.{level}"]
    n = ours[f"{name}.accounts"]
    ratio = mine / hand
    return (f"{what}, an account of {n / 1e6:g} million, {level}", seconds(mine / n),
            f"{seconds(hand / n)} {peer}", f"{1 / ratio:.2f}x", f"{1 / 1.5:.2f}x",
            "ok" if ratio <= 1.5 else "NOT")


LEVELS = ("base", "v3", "v4")


def rows_of(ours, theirs, versions):
    peers = {name: f"{name} {versions.get('version.' + name, '')}".strip() for name in ("lifetimes", "duckdb", "scikit-learn")}
    n = f"{ours['book.accounts'] / 1e6:g} million accounts"
    n_lines = f"{ours['book.lines'] / 1e6:.2f} million lines"
    yield against(f"BG/NBD fit with standard errors, {n}", ours, theirs, "fit.bgnbd.seconds", peers["lifetimes"], 50)
    other = dict(theirs, **{"fit.apart.seconds": theirs["fit.bgnbd.seconds"]}) if theirs else {}
    yield against("  the same where no two accounts are alike", ours, other, "fit.apart.seconds", peers["lifetimes"])
    yield against(f"alive + expected orders, {n}", ours, theirs, "answer.both.seconds", peers["lifetimes"], 10)
    yield against("  alive", ours, theirs, "answer.alive.seconds", peers["lifetimes"])
    yield against("  expected orders, 39 weeks", ours, theirs, "answer.orders.seconds", peers["lifetimes"])
    yield against(f"Pareto/NBD fit with standard errors, {n}", ours, theirs, "fit.pnbd.seconds", peers["lifetimes"], 50)
    other = dict(theirs, **{"pnbd.all.seconds": theirs["pnbd.both.seconds"]}) if theirs else {}
    yield against("Pareto/NBD alive + expected + DERT, beside alive + expected", ours, other, "pnbd.all.seconds",
                  peers["lifetimes"], 10)
    yield against("  alive", ours, theirs, "pnbd.alive.seconds", peers["lifetimes"])
    yield against("  expected orders, 39 weeks", ours, theirs, "pnbd.orders.seconds", peers["lifetimes"])
    yield alone("  DERT", ours["pnbd.dert.seconds"])
    for k in (2, 4):
        yield alone(f"MBG/CNBD-k fit, k = {k}, {n}", ours[f"fit.mbgcnbd{k}.seconds"], 3 * ours["fit.mbgnbd.seconds"],
                    f"3x MBG/NBD: {seconds(3 * ours['fit.mbgnbd.seconds'])}")
    yield against(f"summary of {n_lines} by day", ours, theirs, "lines.by_day.seconds", peers["duckdb"], 3)
    yield against("  the same lines shuffled", ours, theirs, "lines.shuffled.seconds", peers["duckdb"])
    yield against("  by day, ids anywhere in 64 bits", ours, theirs, "lines.scattered.seconds", peers["duckdb"])
    other = dict(theirs, **{"lines.malloc.seconds": theirs["lines.by_day.seconds"]}) if theirs else {}
    yield against("  by day, memory from malloc each time", ours, other, "lines.malloc.seconds", peers["duckdb"])
    yield against(f"six key figures of {ours['kpi.lines'] / 1e6:g} million lines, by account", ours, theirs,
                  "kpi.seconds", peers["duckdb"], 3)
    yield alone("one account, kam_score_one", ours["score.one.ns"] * 1e-9, 1e-6, "< 1 us")
    yield alone("  with the interval of its value", ours["score.one_interval.ns"] * 1e-9)
    for level in LEVELS:
        if f"layers.score.{level}" in ours:
            yield by_hand(ours, "layers", "profit and tier", "by_hand", "by hand", level)
    for level in LEVELS:
        if f"policy.score.{level}" in ours:
            yield by_hand(ours, "policy", "profit, tier, class, stage, actions", "passed", "read and written", level)
    if "churn.rows" in ours:
        rows = f"{ours['churn.rows'] / 1e6:g} million x 20"
        yield against(f"logistic fit with standard errors, {rows}", ours, theirs, "churn.logistic.seconds",
                      peers["scikit-learn"], 3)
        yield against(f"glass box, {rows}, beside 100 trees", ours, theirs, "churn.glass_box.seconds",
                      peers["scikit-learn"], 1)
        yield alone(f"Cox (Efron), {ours['churn.rows'] / 1e6:g} million x 10", ours["churn.cox.seconds"], 1.15 / 3,
                    "< 383 ms")
        one = ours["churn.reasons.seconds"] / ours["churn.rows"] / 20
        yield alone("risk and top-3 reasons, a signal of an account", one, 50e-9, "< 50 ns")
    yield against(f"Gamma-Gamma fit, {n}", ours, theirs, "fit.spend.seconds", peers["lifetimes"])


def levels_of(ours):
    """libkam by instruction set."""
    kinds = (("BG/NBD fit", "fit.bgnbd", 1), ("BG/NBD fit, none alike", "fit.apart", 1), ("Gamma-Gamma fit", "fit.spend", 1),
             ("Pareto/NBD fit", "fit.pnbd", 1), ("Pareto/NBD alive + expected + DERT", "pnbd.all", 1),
             ("alive + expected orders", "answer.both", 1), ("kam_score, an account", "score.all", 1e-9),
             ("  with the interval", "score.all_interval", 1e-9))
    for what, name, unit in kinds:
        yield (what,) + tuple(seconds(ours[f"{name}.{level}"] * unit) if f"{name}.{level}" in ours else "-"
                              for level in LEVELS)


def show(head, rows):
    rows = [head] + [tuple(row) for row in rows]
    width = [max(len(row[k]) for row in rows) for k in range(len(head))]
    for i, row in enumerate(rows):
        print("| " + " | ".join(text.ljust(width[k]) for k, text in enumerate(row)) + " |")
        if i == 0:
            print("|" + "|".join("-" * (w + 2) for w in width) + "|")
    print()


def machine(texts):
    try:
        found = re.search(r"^model name\s*:\s*(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    model = found[1] if found else platform.machine()
    return f"{datetime.date.today()}, {model}, {platform.system()}, {texts['version.compiler']}"


def main(directory):
    texts = read(directory / "ours.txt")
    ours = numbers(texts)
    peers = read(directory / "theirs.txt")
    theirs = numbers(peers)
    print(f"\n{machine(texts)}")
    print("One thread, median of 5. A ratio says how many times faster libkam is.\n")
    show(HEAD, rows_of(ours, theirs, peers))
    show(("libkam by instruction set",) + LEVELS, levels_of(ours))
    if ours.get("layers.differ"):
        print("NOT THE SAME: kam_score and the loop by hand gave different bits.")
        return 1
    if not theirs:
        print("The peers were not run: nothing says that libkam's answers are theirs.")
        return 1
    wrong = disagreements(ours, theirs)
    for line in wrong:
        print(f"NOT THE SAME: {line}")
    if not wrong:
        print(f"Both sides computed the same: {len(PARAMETERS)} parameters and errors to 1e-3, {len(SUMS)} sums to 1e-6.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
