# SPDX-License-Identifier: MIT
"""Trees trained here by XGBoost and LightGBM: every score to the bit, Shapley
values, and the time of a row, one thread. Run by check-all."""
import os

os.environ["OMP_NUM_THREADS"] = "1"

import time  # noqa: E402

from support import kam, main, raised, same, tap  # noqa: E402

import lightgbm  # noqa: E402
import numpy as np  # noqa: E402
import xgboost  # noqa: E402

ROWS, EXPLAINED, FEATURES, CATEGORICAL = 100_000, 2_000, 12, 2


def book(seed=1):
    """Numbers, two columns of categories, a tenth missing, some zeros, and who left."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(ROWS, FEATURES))
    x[:, 3] = np.round(x[:, 3])
    x[:, 5] = np.where(x[:, 5] < 0.5, 0, x[:, 5])
    for column in range(FEATURES - CATEGORICAL, FEATURES):
        x[:, column] = draw.integers(0, 40, ROWS)
    score = np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2] + (x[:, -1] % 7 < 3) - (x[:, -2] % 5 == 1) - 1
    x[draw.random(x.shape) < 0.1] = np.nan
    return x, (draw.random(ROWS) < 1 / (1 + np.exp(-score - np.isnan(x[:, 4])))).astype(float)


X, LEFT = book()
PANEL = kam.Panel({f"f{i}": np.ascontiguousarray(X[:, i]) for i in range(FEATURES)})
FEW = kam.Panel({f"f{i}": np.ascontiguousarray(X[:EXPLAINED, i]) for i in range(FEATURES)})
KINDS = ["q"] * (FEATURES - CATEGORICAL) + ["c"] * CATEGORICAL


def xgboost_model(rounds=100, categories=True, **parameters):
    data = xgboost.DMatrix(X, LEFT, nthread=1, feature_types=KINDS if categories else None, enable_categorical=categories)
    model = xgboost.train({"objective": "binary:logistic", "max_depth": 6, "eta": 0.1, "nthread": 1, **parameters}, data,
                          rounds)
    return model, data


def lightgbm_model(rounds=100, categories=True, y=LEFT, **parameters):
    names = list(range(FEATURES - CATEGORICAL, FEATURES)) if categories else []
    data = lightgbm.Dataset(X, y, categorical_feature=names, params={"verbose": -1})
    return lightgbm.train({"objective": "binary", "verbose": -1, "num_threads": 1, **parameters}, data, rounds)


def same_bits(mine, theirs, about):
    different = np.flatnonzero(np.asarray(mine) != theirs.astype(float))
    tap.check(len(different) == 0, f"{about}: {len(different)} of {len(theirs)} scores differ, "
              f"by {np.abs(np.asarray(mine) - theirs).max()}")


def close(mine, theirs, limit, about):
    error = np.abs(np.asarray(mine) - theirs).max()
    print(f"# {about}: largest difference {error:.3g}")
    tap.check(error <= limit, f"{about}: {error}")


def check_xgboost(about, model, data, rounds=kam.trees.ALL, limit=1e-5, **range_):
    mine = kam.trees.from_xgboost(bytes(model.save_raw("json")), rounds=rounds)
    scores = mine.score(PANEL)
    same_bits(scores["score"], model.predict(data, output_margin=True, **range_), about)
    close(scores["answer"], model.predict(data, **range_), 1e-6 * max(1, np.max(scores["answer"])), f"{about}, answer")
    values = np.asarray(mine.contributions(FEW))
    theirs = model.predict(data.slice(range(EXPLAINED)), pred_contribs=True, **range_)
    close(values, theirs, limit, f"{about}, Shapley values")
    close(values.sum(axis=1), np.asarray(scores["score"])[:EXPLAINED], limit, f"{about}, their sum")
    same(kam.trees.load(mine.save()).save(), mine.save())


def check_lightgbm(about, model, **more):
    mine = kam.trees.from_lightgbm(model.model_to_string())
    scores = mine.score(PANEL)
    same_bits(scores["score"], model.predict(X, raw_score=True, num_threads=1), about)
    close(scores["answer"], model.predict(X, num_threads=1), 1e-12 * max(1, np.max(scores["answer"])), f"{about}, answer")
    values = np.asarray(mine.contributions(FEW))
    close(values, model.predict(X[:EXPLAINED], pred_contrib=True, num_threads=1), 1e-9, f"{about}, Shapley values")
    close(values.sum(axis=1), np.asarray(scores["score"])[:EXPLAINED], 1e-9, f"{about}, their sum")
    same(kam.trees.load(mine.save()).save(), mine.save())


def test_xgboost():
    """XGBoost: numbers, categories, depths, objectives, forests, the best round"""
    check_xgboost("numbers", *xgboost_model(categories=False))
    check_xgboost("categories", *xgboost_model(max_cat_to_onehot=2))
    check_xgboost("one category at a time", *xgboost_model(30, max_cat_to_onehot=100))
    check_xgboost("leaf by leaf", *xgboost_model(30, categories=False, grow_policy="lossguide", max_leaves=63, max_depth=0))
    check_xgboost("exact", *xgboost_model(10, categories=False, tree_method="exact"))
    check_xgboost("stumps", *xgboost_model(20, max_depth=1))
    check_xgboost("forest", *xgboost_model(3, num_parallel_tree=5, subsample=0.5))
    check_xgboost("squares", *xgboost_model(30, objective="reg:squarederror"))
    check_xgboost("counts", *xgboost_model(30, objective="count:poisson"))
    check_xgboost("raw", *xgboost_model(10, objective="binary:logitraw"))
    model, data = xgboost_model(20)
    model.set_attr(best_iteration="6")
    check_xgboost("best", model, data, rounds=kam.trees.BEST, iteration_range=(0, 7))


def test_lightgbm():
    """LightGBM: numbers, categories, every kind of missing, objectives"""
    check_lightgbm("numbers", lightgbm_model(categories=False))
    check_lightgbm("categories", lightgbm_model())
    check_lightgbm("zero is missing", lightgbm_model(30, zero_as_missing=True))
    check_lightgbm("nothing is missing", lightgbm_model(30, use_missing=False))
    check_lightgbm("deep", lightgbm_model(20, categories=False, num_leaves=255, min_data_in_leaf=5))
    check_lightgbm("one leaf", lightgbm_model(3, min_data_in_leaf=ROWS))
    check_lightgbm("squares", lightgbm_model(30, objective="regression"))
    check_lightgbm("counts", lightgbm_model(30, objective="poisson"))
    check_lightgbm("sigmoid", lightgbm_model(10, sigmoid=0.7))
    check_lightgbm("cross entropy", lightgbm_model(10, objective="cross_entropy"))
    check_lightgbm("goss", lightgbm_model(10, data_sample_strategy="goss"))


def test_refused():
    """what is not supported is refused by name"""
    wanted = {"num_class": lambda: lightgbm_model(2, objective="multiclass", num_class=3, y=np.arange(ROWS) % 3),
              "is_linear": lambda: lightgbm_model(2, categories=False, linear_tree=True),
              "text": lambda: lightgbm_model(2, boosting="rf", bagging_freq=1, bagging_fraction=0.5),
              "objective": lambda: lightgbm_model(2, objective="regression", reg_sqrt=True)}
    for argument, make in wanted.items():
        text = make().model_to_string()
        error = raised(kam.KamError, lambda: kam.trees.from_lightgbm(text))
        same((error.argument, kam.status.name(error.status)), (argument, "KAM_ERR_UNSUPPORTED"))
    for argument, parameters in {"gradient_booster.name": {"booster": "dart"}, "objective": {
            "objective": "binary:hinge"}}.items():
        model, _ = xgboost_model(2, **parameters)
        error = raised(kam.KamError, lambda: kam.trees.from_xgboost(bytes(model.save_raw("json"))))
        same((error.argument, kam.status.name(error.status)), (argument, "KAM_ERR_UNSUPPORTED"))


def fastest(work, times=5):
    """Nanoseconds a row."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds) / ROWS * 1e9


def test_faster():
    """a row is scored faster than by the C API of each, one thread"""
    model, _ = xgboost_model(categories=False)
    mine = kam.trees.from_xgboost(bytes(model.save_raw("json")))
    model.set_param({"nthread": 1})
    ours = fastest(lambda: mine.score(PANEL))
    theirs = fastest(lambda: model.inplace_predict(X))
    print(f"# XGBoost, 100 trees of depth 6: {ours:.0f} ns a row; its own {theirs:.0f}")
    tap.check(ours < theirs, "XGBoost is faster")
    model = lightgbm_model(categories=False)
    mine = kam.trees.from_lightgbm(model.model_to_string())
    ours = fastest(lambda: mine.score(PANEL))
    theirs = fastest(lambda: model.predict(X, num_threads=1))
    print(f"# LightGBM, 100 trees of 31 leaves: {ours:.0f} ns a row; its own {theirs:.0f}")
    tap.check(ours < theirs, "LightGBM is faster")


if __name__ == "__main__":
    main(globals())
