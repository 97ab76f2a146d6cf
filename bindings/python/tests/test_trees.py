# SPDX-License-Identifier: MIT
"""Trees of others: read, scored, explained, kept. What XGBoost and LightGBM
themselves say: heavy_trees.py."""
import json
import math
import pickle

from support import kam, main, raised, same, tap


def xgboost_json(objective="binary:logistic"):
    """a < 1.5 ? -0.5 : b < 0.25 ? 0.25 : 1; missing a goes left, missing b right."""
    tree = {"left_children": [1, -1, 3, -1, -1], "right_children": [2, -1, 4, -1, -1],
            "split_indices": [0, 0, 1, 0, 0], "split_conditions": [1.5, -0.5, 0.25, 0.25, 1],
            "default_left": [1, 0, 0, 0, 0], "sum_hessian": [100, 60, 40, 10, 30],
            "tree_param": {"size_leaf_vector": "1"}}
    return json.dumps({"learner": {
        "attributes": {}, "feature_names": ["a", "b"], "objective": {"name": objective},
        "learner_model_param": {"base_score": "5E-1", "num_class": "0", "num_feature": "2"},
        "gradient_booster": {"name": "gbtree", "model": {"gbtree_model_param": {}, "trees": [tree]}}}})


LIGHTGBM = """tree
version=v4
num_class=1
num_tree_per_iteration=1
max_feature_idx=1
objective=regression
feature_names=a b

Tree=0
num_leaves=2
split_feature=1
threshold=0.25
decision_type=8
left_child=-1
right_child=-2
leaf_value=1 2
leaf_count=1 3
internal_count=4

end of trees
"""
BOOK = {"b": [9, 0.25, None], "a": [1, 2, 2]}


def test_score():
    """columns are found by name; missing goes where the model sends it"""
    model = kam.trees.from_xgboost(xgboost_json())
    same(model.names, ["a", "b"])
    same((model.report["n_trees"], model.report["n_nodes"], model.report["depth"]), (1, 5, 2))
    scores = model.score(BOOK, threads=2)
    same(list(scores["score"]), [-0.5, 1.0, 1.0])
    tap.check(all(abs(p - 1 / (1 + math.exp(-s))) < 1e-15 for s, p in zip(scores["score"], scores["answer"])), "answers")
    same(list(kam.trees.from_lightgbm(LIGHTGBM).score(BOOK)["score"]), [2.0, 1.0, 2.0])
    same(list(kam.trees.from_lightgbm(LIGHTGBM).score({"a": [], "b": []})["score"]), [])


def test_reasons():
    """contributions and reasons add up to the score"""
    model = kam.trees.from_xgboost(xgboost_json())
    scores = list(model.score(BOOK)["score"])
    for row, score in zip(model.contributions(BOOK).tolist(), scores):
        same(len(row), 3)
        tap.check(abs(sum(row) - score) < 1e-12, f"{row} is not {score}")
    for reasons, score in zip(model.reasons(BOOK, top=1), scores):
        same([one.id for one in (reasons[0], reasons[-1])], [1, 5])
        same(sum(one.contribution for one in reasons), score)


def test_kept():
    """a blob and a pickle are the model; a changed blob is refused"""
    model = kam.trees.from_xgboost(xgboost_json())
    blob = model.save()
    same(kam.trees.load(blob).save(), blob)
    same(pickle.loads(pickle.dumps(model)).save(), blob)
    tap.check("changed" in str(raised(kam.KamValueError, lambda: kam.trees.load(blob[:-1] + b"x"))), "the reason")


def test_refused():
    """what is not supported is named"""
    error = raised(kam.KamError, lambda: kam.trees.from_xgboost(xgboost_json("multi:softprob")))
    same((error.argument, kam.status.name(error.status)), ("objective", "KAM_ERR_UNSUPPORTED"))
    same(raised(kam.KamValueError, lambda: kam.trees.from_xgboost("{}")).argument, "learner")
    same(raised(kam.KamValueError, lambda: kam.trees.from_xgboost(xgboost_json(), rounds=2)).argument, "rounds")
    model = kam.trees.from_xgboost(xgboost_json())
    same(raised(kam.KamValueError, lambda: model.score({"a": [1.0]})).argument, "panel")


if __name__ == "__main__":
    main(globals())
