# SPDX-License-Identifier: MIT
"""Fits and answers: CDNOW as the reference has it, one account as many."""
import datetime
import math

from support import kam, ledger, main, raised, same, same_table, shared, tap


def cdnow():
    """The literature's log, summarised by the ledger."""
    rows = shared("data", "cdnow", "cdnow_sample.csv.gz")
    dates = [row["date"] for row in rows]
    lines = {"account": [int(row["sample_id"]) for row in rows],
             "day": [f"{date[:4]}-{date[4:6]}-{date[6:]}" for date in dates],
             "revenue": [float(row["dollar_value"]) for row in rows]}
    return kam.Ledger(lines, as_of="1997-09-30").summary()


def near(actual, expected, tolerance, about):
    tap.check(abs(actual - expected) <= tolerance * abs(expected), f"{about}: {actual!r}, expected {expected!r}")


def same_parameters(model, name):
    told = {row["param"]: row for row in shared("reference", name)}
    for parameter, value in model.parameters.items():
        near(value, float(told[parameter]["estimate"]), 1e-8, parameter)
        near(model.standard_errors[parameter], float(told[parameter]["std_error"]), 1e-6, f"error of {parameter}")
    near(model.report["log_likelihood"], float(told["loglik"]["estimate"]), 1e-9, "log likelihood")


def test_cdnow():
    """parameters, errors and answers of BG/NBD, MBG/NBD and Pareto/NBD on CDNOW"""
    book = cdnow()
    for family in "bgnbd", "mbgnbd", "pnbd":
        model = kam.btyd.fit(book, family)
        same((model.family, model.report["status"], model.report["n_rows"]), (family, "KAM_OK", 2357))
        same_parameters(model, f"mle_{family}_cdnow_params.csv")
        alive, orders = model.alive(book)["alive"], model.expected_orders(book, 39.0)["expected_orders"]
        for i, row in enumerate(shared("reference", f"mle_{family}_cdnow_pred.csv")):
            near(alive[i], float(row["p_alive"]), 1e-9, f"{family} alive {i}")
            near(orders[i], float(row["cet39"]), 1e-9, f"{family} orders {i}")


def test_apparel_facts():
    """coefficients of the apparel book, their errors, and BG/NBD's verdict"""
    rows = shared("reference", "apparel_cbs_static.csv")
    book = {"repeat_orders": [float(row["x"]) for row in rows],
            "last_order_periods": [round(float(row["t.x"]) * 7) / 7 for row in rows],
            "age_periods": [float(row["T.cal"]) for row in rows]}
    columns = {name: [float(row[name]) for row in rows] for name in ("Gender", "Channel")}
    facts = {"orders": columns, "leaving": columns}
    model = kam.btyd_covariates.fit(book, facts, "pnbd")
    told = {row["param"]: row for row in shared("reference", "mle_pnbd_static_apparel_params.csv")}
    for name, value in model.base.parameters.items():
        near(value, float(told[name]["estimate"]), 1e-8, name)
    for process, short in ("orders", "trans"), ("leaving", "life"):
        for name, value in model.coefficients[process].items():
            near(value, float(told[f"{short}.{name}"]["estimate"]), 1e-8, f"{short}.{name}")
    near(model.covariance[5][5] ** 0.5, float(told["trans.Channel"]["std_error"]), 1e-5, "error")
    near(model.report["log_likelihood"], float(told["loglik"]["estimate"]), 1e-10, "log likelihood")
    alive, own = model.answer(book, facts, "alive")["alive"], model.own(facts)
    for i in 0, 15, 599:
        same(alive[i], own[i].alive({name: column[i:i + 1] for name, column in book.items()})["alive"][0])
    shared_one = kam.btyd_covariates.fit(book, facts, "pnbd", equal=["Gender"])
    same(shared_one.coefficients["orders"]["Gender"], shared_one.coefficients["leaving"]["Gender"])
    error = raised(kam.KamError, lambda: kam.btyd_covariates.fit(book, facts, "bgnbd"))
    same((error.name, error.model.report["status"]), ("KAM_ERR_AT_BOUND",) * 2)


def test_facts_that_change():
    """facts that stay after all are those of kam.btyd_covariates; others need their days to come"""
    book = {"repeat_orders": [3.0, 0.0, 6.0, 1.0] * 30, "last_order_periods": [20.0, 0.0, 37.0, 12.0] * 30,
            "age_periods": [39.0, 30.0, 38.0, 35.0] * 30, "weight": [1.0 + i % 7 for i in range(120)]}
    n = len(book["weight"])
    web = [float(i % 3 == 0) for i in range(n)]
    timeline = {"first": [3.0 * i for i in range(n + 1)], "end": [15.0, 30.0, 50.0] * n,
                "repeat_orders": [
                    orders for i in range(n) for orders in ((1.0, 2.0, 0.0), (0.0, 0.0, 0.0), (2.0, 2.0, 2.0),
                                                            (1.0, 0.0, 0.0))[i % 4]]}
    fixed = {"orders": {"web": web}, "leaving": {}}
    facts = {"orders": {"web": [z for z in web for _ in range(3)]}, "leaving": {}}
    known = kam.btyd_covariates.fit(book, fixed, "pnbd", prior="weak")
    model = kam.btyd_dynamic.fit(book, timeline, facts, prior="weak")
    for name, value in known.base.parameters.items():
        near(model.base.parameters[name], value, 1e-7, name)
    near(model.coefficients["orders"]["web"], known.coefficients["orders"]["web"], 1e-7, "web")
    near(sum(w * v for w, v in zip(book["weight"], model.log_likelihood(book, timeline, facts)["log_likelihood"])),
         known.report["log_likelihood"], 1e-9, "log likelihood")
    for question in kam.btyd_covariates.QUESTIONS:
        ahead = model.answer(book, timeline, facts, question, 10.0)[question]
        for i, value in enumerate(known.answer(book, fixed, question, 10.0)[question]):
            near(ahead[i], value, 1e-7, f"{question} {i}")
    flags = model.answer(book, timeline, facts, "alive", 30.0)["row_flags"]
    same(list(flags), [kam.status.MISSING] * n)
    same(raised(kam.KamError, lambda: kam.btyd_dynamic.fit(book, {**timeline, "first": [0.0]}, facts)).name, "KAM_ERR_SHAPE")


def test_weak():
    """a fit that says little names a parameter, and kam.fit takes the weak prior"""
    book = {"repeat_orders": [1.0, 0.0, 0.0, 0.0, 2.0, 8.0, 8.0, 2.0, 0.0, 8.0, 1.0, 0.0],
            "last_order_periods": [26.0, 0.0, 0.0, 0.0, 3.0, 5.0, 2.0, 21.0, 0.0, 4.0, 10.0, 0.0],
            "age_periods": [40.0, 23.0, 54.0, 43.0, 52.0, 47.0, 25.0, 27.0, 57.0, 56.0, 22.0, 29.0]}
    told = kam.btyd.fit(book, "pnbd").report
    same((told["status"], told["prior"], told["culprit"]), ("KAM_OK", "none", 1))
    weak, models = kam.btyd.fit(book, "pnbd", prior="weak"), kam.fit(book, family="pnbd")
    same((models.report["orders_ml"], models.report["orders_culprit"]), ("KAM_ERR_WEAK", 1))
    same((models.orders.parameters, models.orders.report), (weak.parameters, weak.report))
    same(weak.report["culprit"], -1)


def test_rhythm():
    """two times an account, split as e^-2: no rhythm; and none without log_gaps"""
    book = {"repeat_orders": [2.0, 2.0], "last_order_periods": [10.0, 10.0], "age_periods": [30.0, 30.0],
            "log_gaps": [2 * math.log(10) - 2] * 2}
    near(kam.btyd_choose.rhythm(book).k, 1, 1e-12, "k")
    near(kam.btyd_choose.rhythm(book).standard_error, (8 - 2 * math.pi ** 2 / 3) ** -0.5, 1e-9, "error")
    del book["log_gaps"]
    same(raised(kam.KamError, lambda: kam.btyd_choose.rhythm(book)).name, "KAM_ERR_NULL")


def test_cdnow_spend():
    """Gamma-Gamma on CDNOW"""
    same_parameters(kam.spend.fit(cdnow()), "mle_gg_cdnow_params.csv")


def test_cdnow_independence():
    book = cdnow()
    found = kam.spend.independence(book)
    near(found["rank_correlation"], 0.2063, 1e-3, "rank correlation")  # order values to the cent
    near(found["p_value"], 1.5e-10, 0.02, "p value")
    report = kam.fit(book).report
    same(report["independence"], "KAM_OK")
    same(report["dependence"], found)


def test_profiles():
    """Intervals by profile likelihood hold the estimate; of CDNOW, about two errors away"""
    book, fitted = cdnow(), kam.btyd.fit(cdnow(), "pnbd")
    for name, value in fitted.parameters.items():
        found = kam.btyd.profile(book, name, "pnbd")
        same((found["fit"], found["low_status"], found["high_status"]), ("KAM_OK",) * 3)
        near(found["estimate"], value, 1e-12, name)
        width = math.log(found["high"] / found["low"]) / (fitted.standard_errors[name] / value)
        near(width, 2 * 1.96, 0.2, f"{name}: errors wide")
    near(kam.spend.profile(book, "q", level=0.5)["estimate"], kam.spend.fit(book).parameters["q"], 1e-12, "q")
    raised(kam.KamError, lambda: kam.btyd.profile(book, "rr"))


def test_margins():
    """The normal model: mu has any sign, and its error is its own"""
    book = dict(BOOK, mean_order_value=[22.0, -11.0, 0.0, 7.0, -30.0])
    model = kam.spend.fit(book, "normal", prior="weak")
    same((model.family, list(model.parameters)), ("normal", ["mu", "tau", "sigma"]))
    near(model.standard_errors["mu"], model.covariance[0][0] ** 0.5, 1e-15, "error of mu")
    near(model.standard_errors["tau"], model.parameters["tau"] * model.covariance[1][1] ** 0.5, 1e-15, "of tau")
    by_hand = kam.spend.Model("normal", mu=-4.0, tau=9.0, sigma=15.0)
    value = by_hand.expected(book)["order_value"]
    near(value[1], -4 + 81 / (81 + 225) * -7, 1e-14, "margin")
    near(value[2], -4, 0, "margin without orders")
    clv = kam.clv.value(ORDERS, by_hand, book)["lifetime_value"]
    tap.check(clv[1] < 0 < clv[0], f"{list(clv)}")
    same(kam.fit(book, spend_family="normal").spend.family, "normal")
    raised(kam.KamError, lambda: kam.spend.fit(book, "gamma"))


BOOK = {"repeat_orders": [2.0, 1.0, 0.0, 7.0, 3.0], "last_order_periods": [30.4, 1.7, 0.0, 29.4, 38.0],
        "age_periods": [38.9, 38.9, 38.9, 38.9, 39.0], "mean_order_value": [22.35, 11.77, 0.0, 73.7, 10.0],
        "gross_revenue": [90.0, 30.0, 10.0, 600.0, 44.0], "direct_cost": [50.0, 31.0, 5.0, 400.0, 20.0]}
ORDERS = kam.btyd.Model("bgnbd", r=0.2426, alpha=4.414, a=0.7929, b=2.426)
SPEND = kam.spend.Model(p=6.25, q=3.744, gamma=15.44)


def answers(book, **more):
    """Every batch function there is."""
    return [ORDERS.alive(book, 2.0, **more), ORDERS.expected_orders(book, 52.0, **more),
            ORDERS.discounted_orders(book, math.inf, 0.002, **more), ORDERS.no_order(book, 26.0, **more),
            ORDERS.log_likelihood(book, **more), ORDERS.reasons(book, 26.0, (1.0, 20.0, 39.0), **more),
            SPEND.expected(book, **more), SPEND.log_likelihood(book, **more),
            kam.clv.value(ORDERS, SPEND, book, **more), kam.clv.interval(ORDERS, SPEND, book, interval=0.9, **more),
            kam.profit.layers(book, **more)]


def test_one_is_many():
    """one account gives the bits it has in a book; threads change none"""
    whole = answers(BOOK)
    for row in range(5):
        for one, many in zip(answers(kam.Accounts(BOOK)[row:row + 1]), whole):
            same_table(one, many, slice(row, row + 1))
    for one, many in zip(answers(BOOK, threads=2), whole):
        same_table(one, many)


def test_many_tiles():
    """many rows on many threads give the bits of one thread"""
    book = {name: column * 20000 for name, column in BOOK.items()}
    same_table(ORDERS.alive(book, threads=4), ORDERS.alive(book))
    same(ORDERS.alive(book)["alive"][:5].tolist(), ORDERS.alive(BOOK)["alive"].tolist())


def test_meaning():
    """answers hang together"""
    alive, orders = ORDERS.alive(BOOK)["alive"], ORDERS.expected_orders(BOOK, 52.0)["expected_orders"]
    same(alive[2], 1.0)
    tap.check(all(0 <= one <= 1 for one in alive) and alive[0] > alive[1], f"{alive.tolist()}")
    value, ends = kam.clv.value(ORDERS, SPEND, BOOK), kam.clv.interval(ORDERS, SPEND, BOOK)
    for row, (low, high) in enumerate(zip(ends["low"], ends["high"])):
        tap.check(low <= high and orders[row] > 0, f"row {row}")
    tap.check(value["lifetime_value"][1] < 0, "an account that loses money has a value below zero")


def test_reasons():
    """parts add up to the log-odds, and have words"""
    reasons, risk = ORDERS.reasons(BOOK, 26.0, (1.0, 20.0, 39.0)), ORDERS.no_order(BOOK, 26.0)["no_order"]
    for row in range(5):
        parts = reasons.of(row)
        same([kam.reason.name(one.id) for one in parts], ["base", "silence", "rhythm", "tenure"])
        near(sum(one.contribution for one in parts), math.log(risk[row] / (1 - risk[row])), 1e-9, f"row {row}")
        same(reasons["reason_1_value"][row], parts[1].value)
        same(reasons["reason_3_id"][row], 4)
    tap.check("risk" in kam.reason.text(reasons.of(0)[1]), kam.reason.text(reasons.of(0)[1]))
    tap.check("风险" in kam.reason.text(reasons.of(0)[1], "zh"), kam.reason.text(reasons.of(0)[1], "zh"))
    raised(kam.KamValueError, lambda: kam.reason.text(reasons.of(0)[1], "la"))


def test_objective():
    """pieces of an objective merge to the whole"""
    book = kam.Accounts(BOOK)
    for model in ORDERS, SPEND:
        whole = model.objective(book)
        for cut in range(6):
            merged = model.objective(book[cut:]).merge(model.objective(book[:cut]))
            same((merged.log_likelihood, merged.gradient, merged.hessian, merged.n_rows),
                 (whole.log_likelihood, whole.gradient, whole.hessian, whole.n_rows), f"cut at {cut}")
        near(whole.log_likelihood, sum(model.log_likelihood(book)["log_likelihood"]), 1e-12, "log likelihood")
        same(whole.hessian[0][1], whole.hessian[1][0])


def test_prior():
    """a prior and a limit of steps are passed on"""
    model = kam.btyd.fit(BOOK, "mbgnbd", prior="weak")
    same(model.report["prior"], "weak")
    same(model.covariance[0][1], model.covariance[1][0])
    raised(kam.KamValueError, lambda: kam.btyd.fit(BOOK, prior="strong"))
    raised(kam.KamValueError, lambda: kam.btyd.fit(BOOK, max_steps=0))


def test_rhythm():
    """CNBD families: k = 1 is the plain family, k is given or refused"""
    plain = kam.btyd.Model("mbgnbd", r=0.7, alpha=9.0, a=0.8, b=2.5)
    one = kam.btyd.Model("mbgcnbd", r=0.7, alpha=9.0, a=0.8, b=2.5, k=1.0)
    same_table(plain.alive(BOOK), one.alive(BOOK))
    same_table(plain.order_counts(BOOK, 26.0, 4), one.order_counts(BOOK, 26.0, 4))
    book = cdnow()
    raised(kam.KamValueError, lambda: kam.btyd.fit(kam.Accounts(book, log_gaps=None), "mbgcnbd"))
    model = kam.btyd.fit(book, "mbgcnbd")
    same(model.parameters["k"], 1.0)
    same(model.parameters, kam.btyd.fit(kam.Accounts(book, log_gaps=None), "mbgcnbd", rhythm=1).parameters)
    same(model.standard_errors["k"], 0.0)
    near(model.report["log_likelihood"], -9582.135715553750, 1e-12, "log likelihood")
    raised(kam.KamValueError, lambda: kam.btyd.fit(book, "mbgnbd", rhythm=2))


def test_counts_and_next_order():
    """distributions add up; times are where the risk says"""
    counts, none = ORDERS.order_counts(BOOK, 26.0, 5), ORDERS.no_order(BOOK, 26.0)["no_order"]
    for row in range(5):
        near(sum(counts[f"orders_{n}"][row] for n in range(5)), 1.0, 1e-14, f"row {row}")
        same(counts["orders_0"][row], none[row])
    when = ORDERS.next_order_by(BOOK, 0.5)["next_order_by"]
    near(ORDERS.no_order(kam.Accounts(BOOK)[3:4], when[3])["no_order"][0], 0.5, 1e-12, "median")
    near(ORDERS.next_order(BOOK)["next_order"][3], (4.414 + 38.9) / (0.2426 + 7 - 1), 1e-14, "mean")


def test_periods():
    """BG/BB on the donations of the paper"""
    rows = shared("reference", "btyd_bgbb_donations_pred.csv")
    book = {"repeat_orders": [float(row["x"]) for row in rows], "last_order_periods": [float(row["t_x"]) for row in rows],
            "age_periods": [float(row["n"]) for row in rows], "weight": [float(row["custs"]) for row in rows]}
    same_parameters(kam.btyd.fit(book, "bgbb", period_days=365.25), "mle_bgbb_donations_params.csv")


def test_choose():
    """the holdout of CDNOW, weeks 40-78, as measured of the peers; k by likelihood"""
    rows = shared("data", "cdnow", "cdnow_sample.csv.gz")
    days = {}
    for row in rows:
        date = row["date"]
        days.setdefault(int(row["sample_id"]), set()).add(kam.calendar.day(int(date[:4]), int(date[4:6]), int(date[6:])))
    start, end = kam.calendar.day(1997, 9, 30), kam.calendar.day(1998, 6, 30)
    before = kam.calendar.day(1997, 9, 30) - 273
    summary = cdnow()
    gaps, actual, last = [], [], []
    for key in summary["account"]:
        seen = sorted(day for day in days[key] if day <= start)
        gaps.append(sum(math.log((b - a) / 7) for a, b in zip(seen, seen[1:])))
        actual.append(float(sum(start < day <= end for day in days[key])))
        last.append(float(sum(before < day for day in seen)))
    for one, expected in zip(summary["log_gaps"], gaps):
        tap.check(abs(one - expected) < 1e-12, f"log_gaps {one!r}, expected {expected!r}")
    book = kam.Accounts(summary)
    choice = kam.btyd_choose.choose(book, ["bgnbd", "mbgnbd", "mbgcnbd"], by="holdout", horizon_periods=39.0,
                                    actual_orders=actual, orders_before=last)
    told = shared("reference", "holdout_lifetimes.csv")
    for one, peer in zip(choice.candidates, told[:2]):
        near(one.forecast, float(peer["sum_cet39"]), 1e-6, one.family)
        near(one.mae, float(peer["mae"]), 1e-6, one.family)
        near(one.rmse, float(peer["rmse"]), 1e-6, one.family)
    same(choice.candidates[2].model.parameters["k"], 1.0)
    same([one.family for one in choice.candidates[3:]], ["own rate", "orders before"])
    same(choice.best.family in ("mbgnbd", "mbgcnbd"), True)
    same(kam.btyd_choose.choose(book, ["bgnbd", "mbgnbd"], by="aic").best.family, "mbgnbd")
    raised(kam.KamValueError, lambda: kam.btyd_choose.choose(book, by="luck"))
    near(kam.estimate.ratio_test(-10.0, -8.0), 0.04550026389635842, 1e-12, "ratio test")


CONTRACTS = {"renewals": [0, 1, 2, 3, 4, 5, 6, 7], "contract_ended": [1, 1, 1, 1, 1, 1, 1, 0],
             "weight": [131, 126, 90, 60, 42, 34, 26, 491]}


def test_contracts_as_known():
    """a table of contracts is what a fit of today reads; trouble names the column; no rows are no contracts"""
    table = {"start_day": ["2021-03-01", "2021-03-01", "2021-05-01"], "end_day": [None, "2022-03-01", None],
             "ended": [None, None, 7], "term_months": [12, 12, 12]}
    known = kam.contracts.known(**table, as_of="2023-06-01", since="2022-01-01")
    same(list(known["state"]), [kam.contracts.RUNS, kam.contracts.ENDED, 0])
    same((list(known["renewals"])[:2], list(known["contract_ended"])[:2]), ([2.0, 0.0], [0.0, 1.0]))
    same(list(known["row_flags"]), [0, 0, kam.status.DOMAIN])
    same(known.to_dict()["end_day"], [datetime.date(2024, 3, 1), datetime.date(2022, 3, 1), None])
    same(raised(kam.KamError, lambda: kam.contracts.known(**{**table, "end_day": [None]}, as_of="2023-06-01")).argument, "start_day")
    same(raised(kam.KamError, lambda: kam.contracts.known(**table, as_of="2023-06-01", is_past=2)).argument, "is_past")
    same(raised(kam.KamError, lambda: kam.contracts.came(**table, day="2023-06-01", last="2023-06-01", as_of="2024-01-01")).argument,
         "last_day")
    same(len(kam.contracts.known(start_day=[], term_months=[], as_of="2023-06-01")), 0)


def test_outlook():
    """an account's contracts together are what each is alone; trouble names the argument"""
    models = [kam.retention.Model("sbg", period_days=30.4375, alpha=0.7, beta=3.8), 365.25]
    table = {"model": [0, 0, 1], "state": [kam.contracts.RUNS] * 3, "renewals": [3.0, 0, 1], "contract_ended": [0.0] * 3,
             "periods_to_end": [0.5, 0.5, 2.0], "contract_value": [100.0, 50, 1000]}
    found = kam.retention_outlook.find(models, [2, 1], **table, horizon_days=8.5 * 30.4375, discount_per_year=0, seed=[1, 2])
    alone = models[0].value({name: table[name][:2] for name in table if name not in ("model", "state")}, 8, 0)
    near(found.accounts["value"][0], sum(alone["until_end"]) + sum(alone["after_end"]), 1e-13, "value")
    near(found.accounts["value"][1], 1000 * 8.5 * 30.4375 / 365.25, 1e-13, "a term without a model, and no decision in it")
    near(found.contracts["renewal"][0], models[0].renewal({"renewals": [3.0], "contract_ended": [0.0]})["renewal"][0], 1e-15, "renewal")
    tap.check(found.accounts["value_low"][0] < found.accounts["value"][0] < found.accounts["value_high"][0], "interval")
    same((len(found.accounts), len(found.contracts), found.accounts["lapse"][1]), (2, 3, 0.0))
    for name, wrong, status in (("model", [1, 0, 1], "KAM_ERR_SHAPE"), ("renewals", [1.0], "KAM_ERR_SHAPE"), ("state", [1], "KAM_ERR_SHAPE")):
        error = raised(kam.KamError, lambda: kam.retention_outlook.find(models, [2, 1], **{**table, name: wrong}))
        same((error.argument.split(".")[-1], kam.status.name(error.status)), (name, status))
    same(len(kam.retention_outlook.find([], [], **{name: [] for name in table}).accounts), 0)


def test_pace():
    """a book that does what the model says of more time has that pace, which scores take"""
    model = kam.btyd.Model("mbgnbd", r=2, alpha=8, a=0.6, b=20)
    book = {"repeat_orders": [5.0, 9, 0, 14], "last_order_periods": [40.0, 60, 0, 71], "age_periods": [50.0, 61, 30, 80]}
    orders = model.expected_orders(book, 52 * 1.3)["expected_orders"]
    found = kam.btyd_pace.find(model, book, orders, 52)
    near(found.observed, 1.3, 1e-11, "observed")
    near(found.pace, 1.3, 1e-9, "pace")
    same((found.status, found.n_rows), ("KAM_OK", 4))
    same(kam.btyd_pace.find(model, book, [0, 0, 0, 0], 52).status, "KAM_ERR_AT_BOUND")
    same(raised(kam.KamError, lambda: kam.btyd_pace.find(model, book, [1, 2, 3], 52)).argument, "orders")
    same(raised(kam.KamError, lambda: kam.btyd_pace.find(model, book, [1, 2, 3, -1], 52)).row, 3)
    money = {**book, "mean_order_value": [50.0, 70, 0, 40]}
    spend = kam.spend.Model("gamma-gamma", p=6, q=4, gamma=15)
    faster = kam.clv.value(model, spend, money, pace=1.3, discount_per_year=0)
    same_table(faster, kam.clv.value(model, spend, money, horizon_days=365 * 1.3, discount_per_year=0))
    wide, narrow = (kam.clv.interval(model, spend, money, pace=1.3, pace_variance=v) for v in (0.1, 0))
    tap.check(all(a <= b for a, b in zip(narrow["high"], wide["high"])) and wide["high"][1] > narrow["high"][1], "interval")
    rows = ledger().summary()
    models = kam.fit(rows)
    longer = kam.score(rows, models, columns=["expected_orders", "churn_risk"], horizon_days=730)
    same_table(kam.score(rows, models, columns=["expected_orders", "churn_risk"], pace=2), longer)
    policy = kam.policy.Policy(future={"pace": 2})
    same_table(kam.score(rows, models, columns=["expected_orders", "churn_risk"], policy=policy), longer)
    tap.check(policy.defaults()["future"], "a pace is no rule")


def test_contracts():
    """sBG on the published High End cohort; curve, renewal, residual, value"""
    model = kam.retention.fit(CONTRACTS, "sbg")
    same((model.family, model.report["status"], model.period_days), ("sbg", "KAM_OK", 365.25))
    same_parameters(model, "mle_sbg_highend_7y_params.csv")
    curve, renewal = model.curve(7), model.renewal(CONTRACTS)["renewal"]
    same(renewal[:7].tolist(), [0.0] * 7)
    near(renewal[7], model.renewal({"renewals": [6], "contract_ended": [0]}, 2.0)["renewal"][0]
         / curve["retention"][6], 1e-14, "renewal")
    book = {"renewals": [3], "contract_ended": [0], "contract_value": [100.0], "periods_to_end": [0.5]}
    same(model.value(book, 5)["until_end"].tolist(), [50.0])
    near(model.value(book, 5)["after_end"][0], 100 * model.residual(book, 5)["residual"][0], 1e-15, "value")
    near(model.objective(CONTRACTS).log_likelihood, model.report["log_likelihood"], 1e-15, "objective")
    near(sum(w * one for w, one in zip(CONTRACTS["weight"], model.log_likelihood(CONTRACTS)["log_likelihood"])),
         model.report["log_likelihood"], 1e-14, "log likelihood")
    same(list(kam.retention.fit(CONTRACTS, "bdw", prior="weak").parameters), ["alpha", "beta", "c"])
    raised(kam.KamValueError, lambda: kam.retention.fit(CONTRACTS, "nosuch"))
    raised(kam.KamValueError, lambda: kam.retention.Model("sbg", alpha=1.0, beta=1.0, c=2.0))


def test_accounts_of_contracts():
    """contracts of one account share their chance to end: a loss of all of them"""
    model = kam.retention.Model("shared", alpha=0.7, beta=2.1)
    book = {"renewals": [3.0, 3.0, 0.0], "contract_ended": [0.0, 2.0, 0.0]}
    near(model.renewal(book)["renewal"][1], 5.1 / 7.8, 1e-14, "renewal")
    lapse = model.lapse(book, [[1, 1], [1], []])["lapse"]
    near(lapse[0], 0.7 * 1.7 / (5.8 * 6.8), 1e-13, "both of two")
    near(lapse[1], 2.7 / 7.8, 1e-13, "the only one")
    same(lapse[2], 1.0)
    cut = kam.Accounts._of_parts([*kam.Accounts(book)[:1].parts, *kam.Accounts(book)[1:].parts])
    same(model.lapse(cut, [[1, 1], [1], []])["lapse"].tolist(), lapse.tolist(), "in parts")
    raised(kam.KamValueError, lambda: model.lapse(book, [[1.0]]))
    raised(kam.KamError, lambda: kam.retention.Model("sbg", alpha=1.0, beta=1.0).lapse(book, [[1], [1], []]))
    fitted = kam.retention.fit(CONTRACTS, "shared")
    near(fitted.parameters["alpha"], kam.retention.fit(CONTRACTS, "sbg").parameters["alpha"], 1e-9, "one contract each")


def test_tiers():
    """policies, limits, assignment, names"""
    same(kam.tier.preset_cny()[0], (5e6, 5e6))
    same([kam.tier.name(tier) for tier in range(4)], ["strategic", "key", "basic", "untiered"])
    same(kam.tier.name(0, language="zh"), "战略级")
    score = [10.0, 30.0, None, 20.0, 40.0]
    limits = kam.tier.cutpoints(kam.tier.Policy("rank", [0.25, (0.5, 0.75)]), score)
    same(limits, [(40.0, 40.0), (30.0, 20.0)])
    tiers = kam.tier.assign(limits, score)
    same(tiers["tier"].tolist(), [2, 1, -1, 2, 0])
    same(tiers.to_dict()["to_next"], [20.0, 10.0, None, 10.0, 0.0])
    same(kam.tier.assign(limits, score, [None, None, None, 1.0, None])["tier"].tolist(), [2, 1, -1, 1, 0])
    raised(kam.KamValueError, lambda: kam.tier.assign([1.0, 2.0], score))
    raised(kam.KamValueError, lambda: kam.tier.Policy("nosuch", [1.0]))


def test_moves():
    """tiers hold still; who moved"""
    bands = [kam.tier.Band(100, 80), kam.tier.Band(50, 40)]
    told = kam.move.decide(bands, [120, 120, 120, None, 5], as_of="2024-12-31", dwell_months=3,
                           tier_before=[1, 1, 1, 1, 0], since=["2024-01-01", "2024-12-01", "2024-01-01", None, None],
                           score_low=[110, 110, 70, None, 5], override_tier=[None, None, None, None, 0],
                           override_until=[None, None, None, None, "2025-01-31"])
    same(told["tier"].tolist(), [0, 1, 1, -1, 0])
    same([kam.move.name(one) for one in told["verdict"]],
         ["promoted", "held: too soon to move", "held: not sure enough to move", "no answer", "set by hand"])
    same(kam.move.name(3, "zh"), "晋级")
    same(str(told.to_dict()["since"][0]), "2024-12-31")
    moves = kam.move.count([0, 1, None], [1, 1, 0], 2, amount=[1.0, 2.0, 4.0])
    same((moves.accounts[0][1], moves.amount[1][1], moves.amount[3][0]), (1, 2.0, 4.0))
    same(moves.numbers, {"n_up": 0, "n_down": 1, "n_same": 1, "n_new": 1, "n_gone": 0})
    raised(TypeError, lambda: kam.move.decide(bands, [1], as_of=0, nosuch=[1]))
    raised(kam.KamValueError, lambda: kam.move.decide(bands, [1], as_of=0, tier_before=[1, 2]))
    raised(kam.KamValueError, lambda: kam.move.decide(bands, [1], as_of=0, confidence=2))


def test_matrix():
    """classes, axes and stable demand"""
    matrix = kam.matrix.fit(range(1, 21))
    same((matrix.numbers()["top_limit"], matrix.numbers()["middle_limit"]), (19.0, 11.0))
    told = matrix.classify([19, 12, 12, 5, 5], stable=[1, 0, 1, 0, None], growth=[0, 0.1, 0.01, 0, 0.1],
                           wallet=[None, None, 20, 9, 6], pain=[0, 0, 0, 1, 1])
    same([kam.matrix.class_name(one) for one in told["matrix_class"]],
         ["core", "high potential", "maintain", "develop", "unknown"])
    same(kam.matrix.class_name(2, "zh"), "高潜力")
    stable = kam.matrix.stability([[9, 1]] * 7 + [[9, 0]])
    same((stable["stable"].tolist(), stable["chance"].tolist()[0]), ([1.0, 0.0], 1.0))
    near(kam.matrix.wallet_rule(1, 3), 0.5, 1e-15, "wallet rule")
    raised(TypeError, lambda: kam.matrix.fit([1, 2], nosuch=1))
    raised(kam.KamValueError, lambda: kam.matrix.fit([1, 2], top_share=2))
    raised(kam.KamValueError, lambda: kam.matrix.stability([[1], [2]]))


def test_rfm():
    """scores, and cuts that are kept"""
    days, orders, money = [0, 10, 20, 30], [4, 3, 2, None], [1.0, 2.0, 3.0, 4.0]
    cuts = kam.rfm.fit(days, orders, money, 2)
    told = cuts.score(days, orders, money)
    same((told["recency"].tolist(), told["frequency"].tolist(), told["money"].tolist()),
         ([2, 2, 1, 1], [2, 2, 1, 0], [1, 1, 2, 2]))
    same_table(kam.rfm.Cuts(**cuts.limits()).score(days, orders, money), told)
    raised(kam.KamValueError, lambda: kam.rfm.fit(days, orders, money, 11))
    raised(kam.KamValueError, lambda: kam.rfm.fit(days, [1], money))


def test_key_accounts():
    """one large order is none"""
    book = {"repeat_orders": [20, 0, 1, 2], "repeat_revenue": [900, 0, 5000, 20], "margin": [300, 400, 200, 5],
            "revenue": [1000, 9000, 9000, 40]}
    fitted = kam.key_account.fit(**book, top_share=[0.75] * 4)
    told = fitted.test(**book)
    same(told["is_key"].tolist(), [1, 0, 0, 0])
    same([kam.key_account.test_name(t) for t in range(4) if told["passed"][1] >> t & 1], ["margin", "share of the book"])
    same(fitted.numbers()["total"], 19040.0)
    raised(kam.KamValueError, lambda: kam.key_account.fit(**book, least_repeat_orders=0))
    raised(kam.KamValueError, lambda: kam.key_account.fit(**{**book, "margin": [1]}))


def test_scorecard():
    """parts add up, ranks, stickiness"""
    criteria = [kam.scorecard.Criterion(2, 0, 10), kam.scorecard.Criterion(1, 1, 0)]
    told = kam.scorecard.score(criteria, [[10, 5, None], [0, 1, 0]])
    same(told.to_dict()["score"][2], None)
    near(told["score"][1], 1 / 3, 1e-9, "score")
    same(told["part_0"][1] + told["part_1"][1], told["score"][1])
    same(kam.scorecard.rank([0.5, None, 0.9, 0.5]).tolist(), [2, 0, 1, 2])
    same(kam.scorecard.preset_stickiness(5)[2], (1.0, 3.0, 0.0))
    raised(kam.KamValueError, lambda: kam.scorecard.score(criteria, [[1]]))
    raised(kam.KamValueError, lambda: kam.scorecard.preset_stickiness(0))


def test_segments():
    """numbers, sums, bands, value against profit"""
    numbers = kam.segment.number(["north", "south", None, "north"])
    same((numbers.segment.tolist(), numbers.first_row.tolist()), ([0, 1, -1, 0], [0, 1]))
    north = kam.segment.add_up(numbers.segment, 2, [1.0, 2.0, 4.0, 5.0])[0]
    same((north["n_accounts"], north["total"], north["share"]), (2, 6.0, 0.75))
    same(kam.segment.preset_bands()[0], (0.2, 0.2))
    same((kam.segment.band_name("size", 0), kam.segment.band_name("frequency", 2, "zh")), ("large", "低频"))
    told = kam.segment.compare([9, 8, 1, 1, 1], [-1, 8, 9, 0, None])
    same([kam.segment.agreement_name(one) for one in told.ranks["agreement"]],
         ["high value, low profit", "low value, low profit", "low value, high profit", "low value, low profit",
          "unknown"])
    same(told.numbers["profit_limit"], 9.0)
    raised(kam.KamValueError, lambda: kam.segment.compare([1], [1, 2]))
    raised(kam.KamValueError, lambda: kam.segment.add_up([0], 1, [1, 2]))


def test_last_layers():
    """net profit, ratios, who is served too much"""
    told = kam.profit.net([40, 10], [10, 20], [100, 0])
    same((told["net_profit"].tolist(), told.to_dict()["ratio"]), ([30.0, -10.0], [0.3, None]))
    same(kam.profit.ratio([25], [100])["ratio"][0], 0.25)
    book = kam.profit.served_fit([10, 30], [30, 10])
    same(book.over_served([10, 30], [30, 10])["over_served"].tolist(), [0, 1])
    raised(kam.KamValueError, lambda: kam.profit.net([1], [1, 2], [1]))
    raised(kam.KamDataError, lambda: kam.profit.served_fit([0], [1]))


def test_costing():
    """the article's example to the cent; shared cost adds up"""
    told = kam.costing.allocate([kam.costing.Pool(560000, 700000)],
                                [kam.costing.Activity(0, minutes) for minutes in (8, 44, 50)],
                                [0, 1, 0], [0, 1, 2], [49000, 1400, 2500], 2)
    same(told.lines["amount"].tolist(), [313600.0, 49280.0, 100000.0])
    same(told.account_cost.tolist(), [413600.0, 49280.0])
    same((told.use[0]["used_cost"], told.use[0]["unused_cost"], told.use[0]["n_lines"]), (462880.0, 97120.0, 3))
    same(kam.costing.spread(100, [1, 1, 1]).tolist(), [33.34, 33.33, 33.33])
    raised(kam.KamValueError, lambda: kam.costing.spread(-1, [1]))
    raised(kam.KamValueError, lambda: kam.costing.allocate([], [], [0], [0], [1], 1))
    raised(kam.KamValueError, lambda: kam.costing.allocate([(1, 1)], [(0, 1)], [0], [0, 1], [1], 1))


def test_groups():
    """common control, then concentration over groups; curves"""
    groups = kam.concentration.groups(["b", "a", None, "h", "h"], [1, 2, None, 10, 20], ["c", "b", "a", "d", "e"])
    same((groups.group.tolist(), groups.amount.tolist()), ([0, 0, 0, 1, 1], [3.0, 30.0]))
    same(kam.concentration.groups([7, None, 7], [1, 2, 3]).amount.tolist(), [4.0, 2.0])
    curve = kam.concentration.curve([3, None, 1, 4, 2])
    same((curve["top"].tolist(), curve["lorenz"].tolist()), ([0.4, 0.7, 0.9, 1.0], [0.1, 0.3, 0.6, 1.0]))
    same(kam.concentration.measure([-1, 1]).numbers["gini_signed"], 0.5)
    raised(kam.KamValueError, lambda: kam.concentration.groups(["a"], [1, 2]))


def test_profit():
    """layers, whale curve, concentration"""
    layers = kam.profit.layers(BOOK)
    same(layers["contribution"].tolist(), [40.0, -1.0, 5.0, 200.0, 24.0])
    whale = kam.profit.whale(layers["contribution"])
    same(whale.curve["row"].tolist(), [3, 0, 4, 2, 1])
    same((whale.numbers["peak"], whale.numbers["total"], whale.numbers["n_loss_making"]), (269.0, 268.0, 1))
    share, numbers = kam.concentration.measure([3.0, 1.0, None])
    same((share.tolist()[:2], numbers["n_accounts"], numbers["hhi"]), ([0.75, 0.25], 2, 0.625))


def test_backtest():
    """errors of amounts and of events"""
    report = kam.backtest.amount([1.0, 3.0, None], [2.0, 2.0, 5.0])
    same((report["n_rows"], report["mae"], report["bias"]), (2, 1.0, 0.0))
    report = kam.backtest.event([0.9, 0.1, 0.8], [1, 0, 0])
    same((report["n_events"], report["auc"]), (1, 1.0))
    raised(kam.KamValueError, lambda: kam.backtest.amount([1.0], [1.0, 2.0]))


def test_isa():
    """the processor's instruction set is one there is"""
    tap.check(1 <= kam.isa() <= 3, f"{kam.isa()}")


def test_search():
    """a book in pieces: the fit of the whole, to the bit; what the pieces raise is raised"""
    book = ledger().summary()
    pieces = [kam.Accounts({name: book[name][i::3] for name in ("repeat_orders", "last_order_periods", "age_periods",
                                                               "mean_order_value", "valued_orders", "log_values")}) for i in range(3)]

    def total(model):
        made = kam.estimate.Objective()
        for piece in pieces:
            made.merge(model.objective(piece))
        return made

    for model, whole in ((kam.btyd_search.search(total, "bgnbd", prior="weak"), kam.btyd.fit(book, "bgnbd", prior="weak")),
                         (kam.spend.search(total), kam.spend.fit(book))):
        same((model.parameters, model.covariance), (whole.parameters, whole.covariance))
        same({**model.report, "n_distinct": whole.report["n_distinct"]}, whole.report)
    raised(ZeroDivisionError, lambda: kam.btyd_search.search(lambda model: 1 / 0))
    raised(KeyboardInterrupt, lambda: kam.spend.search(lambda model: (_ for _ in ()).throw(KeyboardInterrupt())))
    same(raised(kam.KamDataError, lambda: kam.btyd_search.search(lambda model: kam.estimate.Objective())).name,
         "KAM_ERR_EMPTY")


if __name__ == "__main__":
    main(globals())
