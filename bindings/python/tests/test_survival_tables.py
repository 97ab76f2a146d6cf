# SPDX-License-Identifier: MIT
"""Cox and Kaplan-Meier on seven data sets, against the tables of R's survival."""
import csv
import decimal
import gzip
import math

from support import SHARED, kam, main, tap

FOLDER = SHARED / "data"
NAMES = {"sexM": "sex", "celltypesmallcell": "smallcell", "celltypeadeno": "adeno", "celltypelarge": "large"}


def read(path):
    if not (FOLDER / path).exists():
        raise tap.Skip(f"../shared/data/{path} is not here")
    opened = gzip.open if path.endswith(".gz") else open
    with opened(FOLDER / path, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def number(text):
    return float(text) if text not in ("", "NA") else math.nan


def columns(rows, names):
    return {name: [number(row[name]) for row in rows] for name in names}


def panel_of(dataset, bare=False):
    """The panel of an expected fit; bare: without signals."""
    if dataset == "ibm_telco":
        rows = read("ibm_telco/telco_customer_churn.csv.gz")
        signals = {**columns(rows, ("SeniorCitizen", "MonthlyCharges")),
                   "one": [float(row["Contract"] == "One year") for row in rows],
                   "two": [float(row["Contract"] == "Two year") for row in rows]}
        stop, event = [float(row["tenure"]) for row in rows], [float(row["Churn"] == "Yes") for row in rows]
    elif dataset == "smcrm_customerChurn":
        rows = read("smcrm/customerChurn.csv.gz")
        signals = columns(rows, ("avg_ret_exp", "avg_ret_exp_sq", "industry", "revenue", "employees", "total_crossbuy",
                                 "total_freq", "total_freq_sq"))
        stop, event = [float(row["duration"]) for row in rows], [float(row["censor"] == "0") for row in rows]
    else:
        rows = read(f"survival/{dataset}.csv.gz")
        time, left, happened = {"rossi": ("week", "arrest", "1"), "flchain": ("futime", "death", "1"),
                                "lung": ("time", "status", "2"), "pbc": ("time", "status", "2"),
                                "veteran": ("time", "status", "1")}[dataset]
        stop, event = [float(row[time]) for row in rows], [float(row[left] == happened) for row in rows]
        signals = {
            "rossi": lambda: columns(rows, ("fin", "age", "race", "wexp", "mar", "paro", "prio")),
            "lung": lambda: columns(rows, ("age", "sex", "ph.ecog")),
            "flchain": lambda: {**columns(rows, ("age", "kappa", "lambda")),
                                "sex": [float(row["sex"] == "M") for row in rows]},
            "veteran": lambda: {**columns(rows, ("trt", "karno", "diagtime", "age", "prior")),
                                **{kind: [float(row["celltype"] == kind) for row in rows]
                                   for kind in ("smallcell", "adeno", "large")}},
            "pbc": lambda: {**columns(rows, ("age", "edema")),
                            **{f"log({name})": [math.log(float(row[name])) if row[name] not in ("", "NA") else math.nan
                                                for row in rows] for name in ("bili", "protime", "albumin")}},
        }[dataset]()
    return kam.Panel({} if bare else signals, stop=stop, event=event)


def near(found, text, about):
    """To the digits of the table."""
    unit = 10.0 ** decimal.Decimal(text).as_tuple().exponent
    tap.check(abs(found - float(text)) <= 0.51 * unit + 1e-11 * abs(found), f"{about}: {found!r}, not {text}")


def test_cox():
    """coefficients, errors and log likelihoods of seven data sets, both kinds of ties"""
    fits = {}
    for row in read("survival/expected_coxph.csv"):
        key = row["dataset"], row["method"]
        if key not in fits:
            fits[key] = kam.survival.cox(panel_of(row["dataset"]), row["method"])
            report = fits[key].report
            tap.check((report["n_rows"], report["n_events"]) == (int(row["n"]), int(row["events"])), f"{key} {report}")
            near(report["log_likelihood"], row["loglik"], key)
            near(report["log_likelihood_null"], row["loglik_null"], key)
        name = NAMES.get(row["term"], row["term"])
        near(fits[key].coefficients[name], row["coef"], (key, name))
        near(fits[key].standard_errors[name], row["se"], (key, name))
    tap.check(len(fits) == 14, f"{len(fits)} fits")


def test_kaplan_meier():
    """survival and Greenwood's error at every time of four data sets"""
    curves, at = {}, {}
    for row in read("survival/expected_km.csv"):
        name = row["dataset"]
        if name not in curves:
            table = kam.survival.kaplan_meier(panel_of(name, bare=True)).table
            curves[name] = table
            at[name] = {time: i for i, time in enumerate(table["time"].tolist())}
        table, i = curves[name], at[name][float(row["time"])]
        tap.check((table["n_risk"][i], table["n_event"][i]) == (float(row["n_risk"]), float(row["n_event"])), f"{row}")
        near(table["survival"][i], row["surv"], row)
        if table["survival"][i] > 0:
            near(table["std_error"][i], row["std_err_greenwood"], row)
    tap.check(len(curves) == 4, f"{len(curves)} curves")


if __name__ == "__main__":
    main(globals())
