# SPDX-License-Identifier: MIT
"""What docs/from-lifetimes.md claims: the page runs, and lifetimes agrees."""
import doctest
import warnings

from support import ROOT, kam, main, need, raised, same, tap
import kam.lifetimes

FITTERS = {"BetaGeoFitter": 3e-6, "ModifiedBetaGeoFitter": 3e-6}


def peer():
    """lifetimes, and its CDNOW summary with money"""
    need("pandas")
    warnings.simplefilter("ignore")
    lifetimes = need("lifetimes")
    return lifetimes, need("lifetimes.datasets").load_cdnow_summary_data_with_monetary_value()


def near(actual, expected, tolerance, about):
    worst = (abs(actual - expected) / abs(expected)).max()
    tap.check(worst <= tolerance, f"{about}: off by {worst}")


def test_page():
    """every line of the page, with the output it shows"""
    peer()
    failed, tried = doctest.testfile(str(ROOT / "docs/from-lifetimes.md"), module_relative=False,
                                     optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    same(failed, 0)
    tap.check(tried > 15, f"only {tried} lines")


def test_fitters():
    """parameters, errors, forecasts and chances are those of lifetimes"""
    lifetimes, book = peer()
    columns = [book["frequency"], book["recency"], book["T"]]
    for name, tolerance in FITTERS.items():
        theirs = getattr(lifetimes, name)().fit(*columns)
        ours = getattr(kam.lifetimes, name)().fit(*columns, period_days=7.0)
        same(list(ours.params_.index), list(theirs.params_.index))
        near(ours.params_, theirs.params_, tolerance, f"{name} parameters")
        near(ours.standard_errors_, theirs.standard_errors_, 1e-4, f"{name} errors")
        same(list(ours.summary.index), list(theirs.summary.index))
        near(ours.predict(39, *columns), theirs.predict(39, *columns), 2e-5, f"{name} forecasts")
        near(ours.conditional_probability_alive(*columns)[book["frequency"] > 0],
             theirs.conditional_probability_alive(*columns)[book["frequency"] > 0], 2e-5, f"{name} alive")
        same(ours.predict(39, *columns).index.equals(book.index), True)
        one = ours.predict(39, 2, 30.43, 38.86)
        tap.check(abs(one / theirs.predict(39, 2, 30.43, 38.86) - 1) < 1e-5, f"{one}")
        new = ours.expected_number_of_purchases_up_to_time(30)
        tap.check(abs(new / theirs.expected_number_of_purchases_up_to_time(30) - 1) < 1e-5, f"{new}")


def test_pareto():
    """forecasts and chances at the parameters that lifetimes found; errors it has not"""
    lifetimes, book = peer()
    columns = [book["frequency"], book["recency"], book["T"]]
    theirs = lifetimes.ParetoNBDFitter().fit(*columns)
    ours = kam.lifetimes.ParetoNBDFitter().fit(*columns, period_days=7.0)
    same(sorted(ours.params_.index), sorted(theirs.params_.index))
    near(ours.params_, theirs.params_[ours.params_.index], 1e-3, "parameters")
    near(ours.predict(39, *columns), theirs.predict(39, *columns), 1e-3, "forecasts")
    near(ours.conditional_probability_alive(*columns), theirs.conditional_probability_alive(*columns), 1e-3, "alive")


def test_spend():
    """so is the Gamma-Gamma"""
    lifetimes, book = peer()
    back = book[book["frequency"] > 0]
    theirs = lifetimes.GammaGammaFitter().fit(back["frequency"], back["monetary_value"])
    ours = kam.lifetimes.GammaGammaFitter().fit(book["frequency"], book["monetary_value"])
    near(ours.params_, theirs.params_, 1e-5, "parameters")
    near(ours.conditional_expected_average_profit(book["frequency"], book["monetary_value"])[back.index],
         theirs.conditional_expected_average_profit(back["frequency"], back["monetary_value"]), 1e-6, "profit")


def test_weights():
    """weights count an account as many times"""
    _, book = peer()
    columns = [book[name].tolist()[:300] for name in ("frequency", "recency", "T")]
    twice = kam.lifetimes.BetaGeoFitter().fit(*[column * 2 for column in columns])
    weighted = kam.lifetimes.BetaGeoFitter().fit(*columns, weights=[2.0] * 300)
    same(weighted.model.parameters, twice.model.parameters)


def test_summaries():
    """a log is summed up alike"""
    lifetimes, _ = peer()
    log = need("lifetimes.datasets").load_transaction_data()
    log["amount"] = [row % 7 + 1.0 for row in range(len(log))]
    for more in ({}, {"monetary_value_col": "amount"}, {"observation_period_end": "2014-12-31"}):
        theirs = need("lifetimes.utils").summary_data_from_transaction_data(log, "id", "date", **more)
        ours = kam.lifetimes.summary_data_from_transaction_data(log, "id", "date", **more)
        tap.check(ours.equals(theirs), f"{more}: {ours.compare(theirs)}")


def test_refusals():
    """what is not here says so"""
    raised(kam.KamValueError, lambda: kam.lifetimes.BetaGeoFitter(penalizer_coef=0.1))
    raised(kam.KamValueError, lambda: kam.lifetimes.summary_data_from_transaction_data(None, "a", "b", freq="W"))
    frame = {"frequency": [2.0, 1.0], "recency": [30.4, 1.7], "T": [38.9, 38.9]}
    for call in (lambda: kam.btyd.fit(frame), lambda: kam.fit(frame)):
        same(raised(kam.KamValueError, call).argument, "period_days")


if __name__ == "__main__":
    main(globals())
