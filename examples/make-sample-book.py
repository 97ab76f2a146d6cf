#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the sample book: three years of a fictional supplier of bearings,
drives and hydraulics in CNY, with 203 accounts. The seed is fixed, so that the
files come out the same, byte for byte. All names are invented.

Usage: make-sample-book.py DIRECTORY   (writes orders.csv and accounts.csv)
"""
import csv
import datetime
import math
import os
import random
import sys

FIRST = datetime.date(2022, 1, 1)
N_DAYS = (datetime.date(2024, 12, 31) - FIRST).days + 1

STEMS = """Aldermoor Ashwick Barnhollow Brackenfell Calderstone Corvane Dunmarrow
Eastmere Falkenried Fennimoor Garnholt Greyhaugh Halvorsund Harrowmead Hexcombe
Ivarsholm Jorundal Kestrelby Kirkhollow Langmarsk Larkendale Marlowick Millbrae
Norrhagen Oakenshaw Osterfehn Penhallow Quarrington Ravensbourne Rookwell
Saltmarsh Sandvoll Selkirsten Skarnborg Stonewater Tarnfield Thornavel Ulvenes
Underhay Valdemora Varnsdorp Westerlund Whitmarsh Wolvercote Yarrowby
Zellerfeld""".split()
TRADES = ["Pumps", "Maschinenbau", "Marine", "Conveyors", "Hydraulics",
          "Steel & Forge", "Paper Mills", "Cranes", "Agro Machinery",
          "Compressors", "Gearworks", "Cement", "Foods", "Textile Machines",
          "Wind Service", "Quarries"]
GROWTH = [0.04, 0.11, -0.02, 0.06, 0.12, -0.03, -0.05, 0.02, 0.05, 0.07, 0.03, 0.01, 0.04, -0.04, 0.15, 0.02]
FORMS = ["Ltd", "GmbH", "AS", "Co.", "Group", "SpA", "BV", "Inc."]
SPECIAL = ["Brannt, Voll & Söhne", "Müllrose Getriebe GmbH", 'The "Old Mill" Bakery Machines',
           "Ångholm Kran AB", "Peñarrubia Válvulas SA"]
CHINESE = ["澜泽轴承有限公司", "昀拓传动科技有限公司", "砺岭矿山机械有限公司", "沅汐泵业有限公司",
           "桐屿自动化设备有限公司", "霁川压缩机有限公司", "岱青起重机械有限公司", "泓砚液压件有限公司",
           "朔禾农机有限公司", "栎湾船舶配件有限公司", "翊辰精密模具有限公司", "漱石水处理设备有限公司"]

# Only random() is promised to give the same numbers in every Python.
uniform = random.Random(20220101).random


def normal():
    return (math.sqrt(-2 * math.log(1 - uniform()))
            * math.cos(2 * math.pi * uniform()))


def between(low, high):
    return low + (high - low) * uniform()


def whole(low, high):
    return low + int((high - low + 1) * uniform())


def exponential():
    return -math.log(1 - uniform())


def pick(items):
    return items[int(len(items) * uniform())]


def names():
    made = list(SPECIAL) + list(CHINESE)
    while len(made) < 203:
        name = f"{pick(STEMS)} {pick(TRADES)} {pick(FORMS)}"
        if not any(name.split()[:2] == other.split()[:2] for other in made):
            made.append(name)
    for i in range(len(made) - 1, 0, -1):   # shuffle
        j = int((i + 1) * uniform())
        made[i], made[j] = made[j], made[i]
    return made


def gamma(shape):
    """A gamma variate of a whole shape."""
    return sum(exponential() for _ in range(shape))


class Account:
    def __init__(self, name):
        self.name = name
        self.order = 90_000 / gamma(2)      # what an order is worth, on average
        self.gap = math.exp(math.log(46) + 0.55 * normal()
                            - 0.1 * math.log(self.order / 54_000))
        size = math.log10(self.order / 54_000)
        self.cost = 0.70 + 0.04 * size + 0.06 * normal()
        if uniform() < 0.06:                # sold below cost
            self.cost = between(1.01, 1.09)
        self.service = between(0.02, 0.09)
        if uniform() < 0.10:                # wants much for little
            self.service = between(0.18, 0.40)
        self.first = whole(0, 40)
        if uniform() < 0.30:                # won during the three years
            self.first = whole(60, N_DAYS - 10)
        self.last = N_DAYS
        fate = uniform()
        if fate < 0.17:                     # gone silent long ago
            self.last = whole(self.first + 1, N_DAYS)
        elif fate < 0.27:                   # silent for some months
            self.last = max(self.first + 1, N_DAYS - whole(50, 280))
        if uniform() < 0.04:                # came once
            self.last = self.first + 1
        since = self.first - whole(5, 90) if self.first > 40 else -whole(30, 4000)
        self.start = FIRST + datetime.timedelta(days=since)
        self.trend = between(-0.25, 0.35)   # a year

    def order_days(self):
        day = float(self.first)
        while day < min(self.last, N_DAYS):
            yield int(day)
            # Two exponentials: industry orders more regularly than by chance.
            day += max(1.0, self.gap * (exponential() + exponential()) / 2)


def weekday(day):
    date = FIRST + datetime.timedelta(days=day)
    while date.weekday() >= 5:
        date -= datetime.timedelta(days=1)
    return max(date, FIRST)


def credit_note(account, day, revenue, cost):
    back = min(day + whole(5, 40), N_DAYS - 1)
    part = between(0.1, 1.0)
    return [weekday(back), account.name, -revenue * part, -cost * part * 0.6, ""]


def orders_of(account):
    rows = []
    for day in account.order_days():
        growth = math.exp(account.trend * (day / 365.25 - 1.5))
        value = account.order * growth * gamma(4) / 4
        parts = [exponential() + 0.2 for _ in range(whole(1, 3))]
        order = []
        for part in parts:
            revenue = value * part / sum(parts)
            cost = revenue * account.cost * math.exp(0.05 * normal())
            order.append([weekday(day), account.name, revenue, cost, ""])
        if uniform() < 0.008:               # a sample, free of charge
            order.append([weekday(day), account.name, 0.0, between(40, 900), ""])
        rows.append(order)
        if uniform() < 0.03:
            rows.append([credit_note(account, day, order[0][2], order[0][3])])
    return rows


def money(value):
    return "" if value is None else f"{value:.2f}"


def soil(rows):
    """A few slips, as every real log has."""
    for i in (1311, 4202, 6007):
        rows[i][1] = ""                     # nobody's line
    for i in (2118, 5120):
        rows[i][2] = None                   # no amount
    for i in (3344, 3383):
        rows[i][3] = None                   # no cost


def review(revenue):
    return ("strategic" if revenue >= 5e6 else "key" if revenue >= 1e6
            else "basic" if revenue >= 5e5 else "untiered")


def write(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def potential(name, in_2024):
    """Growth of its trade a year, its spend a year on what we sell, pain signals:
    for the matrix of value and potential. Not all of it is known of all."""
    growth = [rate for trade, rate in zip(TRADES, GROWTH) if trade in name] or [0.08]
    share = between(0.1, 0.85)
    wallet = round(in_2024 / share, -3) if in_2024 > 0 and uniform() < 0.8 else None
    return [f"{growth[0]:.2f}", "" if wallet is None else f"{wallet:.0f}", whole(1, 3) if uniform() < 0.2 else 0]


def main():
    directory = sys.argv[1]
    accounts = [Account(name) for name in names()]
    orders = [order for account in accounts for order in orders_of(account)]
    orders.sort(key=lambda order: (order[0][0], order[0][1]))
    counts = {"SO": 10000, "CN": 500}
    for order in orders:
        kind = "CN" if order[0][2] < 0 else "SO"
        counts[kind] += 1
        for row in order:
            row[4] = f"{kind}-{counts[kind]}"
    rows = [row for order in orders for row in order]
    soil(rows)
    write(os.path.join(directory, "orders.csv"),
          ["order", "day", "account", "revenue", "cost"],
          [[row[4], row[0].isoformat(), row[1], money(row[2]), money(row[3])]
           for row in rows])

    facts = []
    for account in sorted(accounts, key=lambda a: a.name):
        own = [row for row in rows if row[1] == account.name]
        total = sum(row[2] or 0 for row in own if (row[2] or 0) > 0)
        in_2023 = sum(row[2] or 0 for row in own if row[0].year == 2023)
        was_here = any(row[0].year < 2024 for row in own)
        facts.append([account.name,
                      money(total * account.service + 4000 * len({row[0].year for row in own})),
                      account.start.isoformat(),
                      review(in_2023) if was_here else "",
                      *potential(account.name, sum(row[2] or 0 for row in own if row[0].year == 2024))])
    write(os.path.join(directory, "accounts.csv"),
          ["account", "cost_to_serve", "start_day", "tier", "growth", "wallet", "pain"], facts)


if __name__ == "__main__":
    main()
