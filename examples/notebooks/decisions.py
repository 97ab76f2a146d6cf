# SPDX-License-Identifier: MIT
# %% [markdown]
# # From an order log to decisions
# A CDNOW-style log (who, when, how much) is all there is. Whom should we call? A
# notebook: `jupytext --to ipynb decisions.py`, or as it is: `python3 decisions.py`.
# It reads the file that ORDERS names, with columns account, day and revenue.
# %%
import csv
import os
import pathlib

import kam

ORDERS = os.environ.get("ORDERS") or pathlib.Path(__file__).parents[1] / "data/orders.csv"
SPLIT, TODAY = os.environ.get("SPLIT", "2024-03-31"), os.environ.get("TODAY", "2024-12-31")
with open(ORDERS, encoding="utf-8", newline="") as file:
    lines = [row for row in csv.DictReader(file) if row["account"] and row["revenue"]]
log = {"account": [row["account"] for row in lines], "day": [row["day"] for row in lines],
       "revenue": [float(row["revenue"]) for row in lines]}

# %% [markdown]
# ## Is a forecast from the first part any good for the rest?
# %%
before = kam.Ledger(log, as_of=SPLIT).summary()
after = kam.Ledger(log, first_day=kam.calendar.number(SPLIT) + 1, as_of=TODAY).summary()
came = {row["account"]: row["repeat_orders"] + 1 for row in after.rows() if row["repeat_orders"] is not None}
happened = [came.get(account, 0) for account in before["account"]]
model = kam.btyd.fit(before, family=os.environ.get("FAMILY", "mbgnbd"))
weeks = (kam.calendar.number(TODAY) - kam.calendar.number(SPLIT)) / 7
errors = kam.backtest.amount(model.expected_orders(before, weeks)["expected_orders"], happened)
print(model)
print("orders in {:.0f} weeks: {forecast:,.0f} forecast, {actual:,.0f} came; off by {mae:.2f} an account".format(weeks, **errors))

# %% [markdown]
# ## What each account is worth today, and who may leave
# %%
book = kam.Ledger(log, as_of=TODAY).summary()
scores = kam.score(book, kam.fit(book, tiers=kam.tier.Policy("rank", [0.05, 0.20, 0.50])), horizon_days=365)
value, risk = scores["lifetime_value"], scores["churn_risk"]
at_risk = sorted((i for i in range(len(book)) if value[i] * risk[i] > 0), key=lambda i: -value[i] * risk[i])

# %% [markdown]
# ## Decisions: call these first
# %%
for i in at_risk[:10]:
    print(f"{book['account'][i]:30.30} {kam.tier.name(scores['tier'][i]):9} worth {value[i]:10,.0f}, risk {risk[i]:4.0%}: "
          f"{scores.explain(i)[0]}")
share = kam.concentration.measure(scores["net_revenue"]).numbers
print("{n_for_80} of {n_accounts} accounts hold 80 % of the revenue".format(**share))
