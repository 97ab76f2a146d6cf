# SPDX-License-Identifier: MIT
"""bench_trees.py [ROWS]: models of XGBoost and LightGBM, scored and explained
by libkam and by themselves, one thread, in one run. Least of five; KAM_LIBRARY names
the library."""
import os
import pathlib
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bindings/python"))

import kam  # noqa: E402
import lightgbm  # noqa: E402
import numpy as np  # noqa: E402
import xgboost  # noqa: E402

ROWS, EXPLAINED, FEATURES = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, 2000, 20


def least(work, rows):
    """Seconds a row."""
    seconds = []
    for _ in range(5):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds) / rows


def say(what, ours, theirs, peer):
    print(f"| {what:<48} | {ours * 1e6:8.2f} us | {theirs * 1e6:8.2f} us {peer:<16} | {theirs / ours:4.1f}x |")


def main():
    draw = np.random.default_rng(1)
    x = draw.normal(size=(ROWS, FEATURES))
    x[draw.random(x.shape) < 0.1] = np.nan
    score = np.nan_to_num(x[:, 0]) * 1.2 - np.nan_to_num(x[:, 1]) ** 2 + np.isnan(x[:, 4])
    left = (draw.random(ROWS) < 1 / (1 + np.exp(-score))).astype(float)
    panel = kam.Panel({f"f{i}": np.ascontiguousarray(x[:, i]) for i in range(FEATURES)})
    few = kam.Panel({f"f{i}": np.ascontiguousarray(x[:EXPLAINED, i]) for i in range(FEATURES)})
    data = xgboost.DMatrix(x[:EXPLAINED], nthread=1)
    boosted = xgboost.train({"objective": "binary:logistic", "max_depth": 6, "eta": 0.1, "nthread": 1},
                            xgboost.DMatrix(x, left, nthread=1), 100)
    light = lightgbm.train({"objective": "binary", "num_leaves": 31, "num_threads": 1, "verbose": -1},
                           lightgbm.Dataset(x, left), 100)
    for what, ours, score_all, explain, peer in (
            ("XGBoost, 100 trees of depth 6", kam.trees.from_xgboost(bytes(boosted.save_raw("json"))),
             lambda: boosted.inplace_predict(x), lambda: boosted.predict(data, pred_contribs=True),
             f"xgboost {xgboost.__version__}"),
            ("LightGBM, 100 trees of 31 leaves", kam.trees.from_lightgbm(light.model_to_string()),
             lambda: light.predict(x, num_threads=1),
             lambda: light.predict(x[:EXPLAINED], pred_contrib=True, num_threads=1), f"lightgbm {lightgbm.__version__}")):
        say(f"{what}, a row", least(lambda: ours.score(panel), ROWS), least(score_all, ROWS), peer)
        say("  its Shapley values", least(lambda: ours.contributions(few), EXPLAINED), least(explain, EXPLAINED), peer)


if __name__ == "__main__":
    main()
