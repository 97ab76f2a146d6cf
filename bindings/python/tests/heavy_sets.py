# SPDX-License-Identifier: MIT
"""The glass box as it comes, beside scikit-learn's histogram booster as it comes and
with small trees that stop early: churn sets that no choice was made on. Folds by row
% 5; log loss and AUC pooled. Run by check-all."""
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss, roc_auc_score

from support import SHARED, kam, main, tap

DATA = SHARED / "data"
FOLDS = 5


def codes(column):
    """Numbers as they are; words by the order in which they come."""
    if column.dtype.kind in "fi":
        return column.astype(float)
    return pd.Series(pd.factorize(column)[0], index=column.index).astype(float).where(column.notna())


def compare(name, table, event, columns):
    """The table's line, and whether the glass box has the lower log loss of all."""
    x = np.column_stack([codes(table[column]) for column in columns])
    y, fold = np.asarray(event, dtype=float), np.arange(len(table)) % FOLDS
    boosters = {"as it comes": HistGradientBoostingClassifier(random_state=0),
                "small": HistGradientBoostingClassifier(random_state=0, early_stopping=True, learning_rate=0.05,
                                                        max_leaf_nodes=8)}
    risk = {model: np.empty(len(y)) for model in ("glass box", *boosters)}
    for k in range(FOLDS):
        past, held = fold != k, fold == k

        def signals(rows):
            return {one: np.ascontiguousarray(x[rows, i]) for i, one in enumerate(columns)}

        model = kam.additive.fit(kam.panel.Panel(signals(past), event=y[past]))
        risk["glass box"][held] = np.asarray(model.risk(signals(held))["risk"])
        for kind, booster in boosters.items():
            risk[kind][held] = booster.fit(x[past], y[past]).predict_proba(x[held])[:, 1]
    loss = {kind: log_loss(y, p) for kind, p in risk.items()}
    print(f"# {name}: {len(y)} accounts, {int(y.sum())} events; " + "; ".join(
        f"{kind} {loss[kind]:.4f} (AUC {roc_auc_score(y, p):.4f})" for kind, p in risk.items()))
    tap.check(loss["glass box"] <= min(loss[kind] for kind in boosters), f"{name}: a booster is better, {loss}")


def test_customer_churn():
    """500 customers, 232 of whom left"""
    table = pd.read_csv(DATA / "smcrm/customerChurn.csv.gz")
    compare("customer churn", table, 1 - table.censor, list(table.columns[3:]))


def test_acquisition():
    """500 prospects, 292 of whom were won"""
    table = pd.read_csv(DATA / "smcrm/customerAcquisition.csv.gz")
    compare("acquisition", table, table.acquisition, ["acq_expense", "industry", "revenue", "employees"])


def test_telecom():
    """8,453 business customers, a signal that is nearly none"""
    table = pd.read_csv(DATA / "b2b_telecom_bulgaria/customers.csv.gz")
    left = table.CHURN.astype(str).str.lower().isin(["1", "1.0", "yes", "true"])
    compare("business telecom", table, left, [one for one in table.columns if one not in ("PID", "CHURN")])


def test_software():
    """500 accounts that leave at random: nothing to be found"""
    table = pd.read_csv(DATA / "ravenstack/accounts.csv.gz")
    left = table.churn_flag.astype(str).str.lower() == "true"
    compare("software accounts", table, left, ["industry", "country", "referral_source", "plan_tier", "seats", "is_trial"])


def test_survivors():
    """7,874 people, 2,169 of whom died"""
    table = pd.read_csv(DATA / "survival/flchain.csv.gz")
    compare("flchain", table, table.death, [one for one in table.columns if one not in ("futime", "death", "chapter")])


def test_arrests():
    """432 people, 114 of whom were arrested"""
    table = pd.read_csv(DATA / "survival/rossi.csv.gz")
    compare("rossi", table, table.arrest, ["fin", "age", "race", "wexp", "mar", "paro", "prio"])


if __name__ == "__main__":
    main(globals())
