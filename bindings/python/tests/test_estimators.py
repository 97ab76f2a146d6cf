# SPDX-License-Identifier: MIT
"""Fit and predict by the conventions of scikit-learn; models that travel."""
import pickle

from support import AS_OF, kam, ledger, main, need, orders, raised, same, same_table, tap
from kam import estimators

BOOK = ledger().summary()
MODELS = kam.fit(BOOK)


def thawed(one):
    return pickle.loads(pickle.dumps(one))


def test_as_the_functions():
    """estimators answer what the functions answer"""
    order_model = estimators.OrderModel("bgnbd", horizon_periods=26.0).fit(BOOK)
    model = kam.btyd.fit(BOOK, "bgnbd")
    same(list(order_model.predict(BOOK)), model.expected_orders(BOOK, 26.0)["expected_orders"].tolist())
    same(list(order_model.predict_alive(BOOK)), model.alive(BOOK)["alive"].tolist())
    same(order_model.score(BOOK), model.report["log_likelihood"])
    spend = estimators.SpendModel().fit(BOOK)
    same(list(spend.predict(BOOK)), kam.spend.fit(BOOK).expected(BOOK)["order_value"].tolist())
    tap.check(spend.score(BOOK) < 0, "likelihood")
    scorer = estimators.AccountScorer("lifetime_value", horizon_days=90.0).fit(BOOK)
    same_table(scorer.transform(BOOK), kam.score(BOOK, MODELS, horizon_days=90.0))
    same(list(scorer.predict(BOOK)), scorer.transform(BOOK)["lifetime_value"].tolist())


def test_parameters():
    """get_params and set_params; what is not fitted says so"""
    for kind in (estimators.OrderModel, estimators.SpendModel, estimators.AccountScorer):
        one = kind(threads=2)
        same(kind(**one.get_params()).get_params(), one.get_params())
        tap.check(one.set_params(threads=1) is one and one.get_params()["threads"] == 1, "set_params")
        raised(ValueError, lambda: one.set_params(nosuch=1))
        tap.check("fit" in str(raised(AttributeError, lambda: one.predict(BOOK))), "not fitted")
        tap.check(kind.__name__ in repr(one), repr(one))


def test_scikit_learn():
    """clone, cross validation, a search and a pipeline"""
    need("sklearn")
    frame = BOOK.to_pandas() if need("pandas") else None
    from sklearn.base import clone
    from sklearn.model_selection import GridSearchCV, cross_val_score
    from sklearn.pipeline import make_pipeline
    model = estimators.OrderModel(period_days=7.0)
    same(clone(model).get_params(), model.get_params())
    same(len(cross_val_score(model, frame, cv=3)), 3)
    found = GridSearchCV(model, {"family": ["bgnbd", "mbgnbd"]}, cv=2).fit(frame)
    tap.check(found.best_params_["family"] in kam.btyd.FAMILIES, f"{found.best_params_}")
    same(len(make_pipeline(estimators.AccountScorer()).fit(frame).predict(frame)), len(frame))


def test_arrays():
    """an array of shape (n, 3) is x, t_x, T"""
    numpy = need("numpy")
    X = numpy.column_stack([BOOK[name] for name in ("repeat_orders", "last_order_periods", "age_periods")])
    same(list(estimators.OrderModel().fit(X).predict(X)), list(estimators.OrderModel().fit(BOOK).predict(BOOK)))


def test_pickles():
    """models, tables, sums and estimators come back the same"""
    models = thawed(MODELS)
    same_table(kam.score(BOOK, models), kam.score(BOOK, MODELS))
    same(models.report, MODELS.report)
    for model in (kam.btyd.fit(BOOK), kam.spend.fit(BOOK), kam.btyd.Model("bgnbd", r=0.24, alpha=4.4, a=0.79, b=2.4),
                  kam.retention.Model("sbg", alpha=0.67, beta=3.8)):
        again = thawed(model)
        same((again.parameters, again.covariance, again.report), (model.parameters, model.covariance, model.report))
    book = thawed(BOOK)
    same_table(book, BOOK)
    same((book.report, book.as_of, book.period_days), (BOOK.report, BOOK.as_of, BOOK.period_days))
    same_table(kam.Ledger(orders(), cost="cost", order="order", as_of=AS_OF).summary(), book)
    scores = kam.score(BOOK, MODELS)
    same_table(thawed(scores), scores)
    same(thawed(scores).explain(7, "zh"), scores.explain(7, "zh"))
    objective = MODELS.orders.objective(BOOK)
    same(thawed(objective).hessian, objective.hessian)
    same(float(thawed(kam.sum.Sum([0.1, 0.2]))), float(kam.sum.Sum([0.1, 0.2])))
    policy = thawed(kam.tier.Policy("rank", [0.05, (0.2, 0.3)]))
    same(kam.tier.cutpoints(policy, BOOK["gross_revenue"]),
         kam.tier.cutpoints(kam.tier.Policy("rank", [0.05, (0.2, 0.3)]), BOOK["gross_revenue"]))
    scorer = estimators.AccountScorer().fit(BOOK)
    same(list(thawed(scorer).predict(BOOK)), list(scorer.predict(BOOK)))


def test_models_of_parts():
    """models put together are those that kam.fit made"""
    made = kam.Models.of(orders=MODELS.orders, spend=MODELS.spend, limits=MODELS.limits, reference=MODELS.reference)
    same_table(kam.score(BOOK, made), kam.score(BOOK, MODELS))
    only = kam.score(BOOK, kam.Models.of(orders=MODELS.orders), columns=["alive", "lifetime_value", "tier"])
    same(only["alive"].tobytes(), kam.score(BOOK, MODELS)["alive"].tobytes())
    same((set(only["tier"]), set(only.to_dict()["lifetime_value"])), ({-1}, {None}))
    raised(kam.KamValueError, lambda: kam.Models.of(limits=[1.0] * 17))


def test_one_call():
    """scores without models are those of a fit of the same book"""
    same_table(kam.score(BOOK), kam.score(BOOK, MODELS))


def test_periods():
    """a model of weeks does not read a book of days"""
    days = ledger(period_days=1.0).summary()
    same(days.period_days, 1.0)
    same((kam.btyd.fit(days).period_days, kam.fit(days).orders.period_days, kam.btyd.fit(BOOK).period_days),
         (1.0, 1.0, 7.0))
    for call in (lambda: kam.score(days, MODELS), lambda: MODELS.orders.alive(days),
                 lambda: kam.btyd.fit(days, period_days=7.0), lambda: kam.clv.value(MODELS.orders, MODELS.spend, days),
                 lambda: MODELS.orders.objective(kam.Accounts(days)[3:9])):
        same(raised(kam.KamValueError, call).argument, "period_days")


def test_tqdm():
    """a bar is told of rows, of all parts"""
    tqdm = need("tqdm.auto")
    told = []
    plain = tqdm.tqdm

    class Bar(plain):
        def display(self, *_, **__):
            pass

        def update(self, n=1):
            told.append((self.n + n, self.total))
            return super().update(n)

    tqdm.tqdm = Bar
    try:
        wide = {name: list(BOOK[name]) * 1000 for name in ("repeat_orders", "last_order_periods", "age_periods")}
        book = kam.Accounts(wide)
        parts = kam.Accounts._of_parts([*book[:150000].parts, *book[150000:].parts])
        same_table(MODELS.orders.alive(parts, progress=True), MODELS.orders.alive(book))
        ledger(progress=True).summary()
    finally:
        tqdm.tqdm = plain
    done = [one for one, _ in told[:4]]
    same(done, sorted(done))
    tap.check(done[-1] > 100000 and max(total for _, total in told) == 203000, f"{told}")


if __name__ == "__main__":
    main(globals())
