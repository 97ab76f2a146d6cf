/* SPDX-License-Identifier: MIT */
/* Reading a text of LightGBM. */
#ifndef KAM_CHURN_TREES_LIGHTGBM_H
#define KAM_CHURN_TREES_LIGHTGBM_H

#include "churn/trees.h"
#include "churn/trees_lines.h"

struct kam__lightgbm {
    struct kam__lines lines;
    struct kam__raw_trees *raw;
    struct kam__array set; /* int32_t: where each set of a tree begins */
    uint8_t zero[KAM_PANEL_MOST_COLUMNS]; /* 1: zero is missing, 2: is not */
};

/* One tree, from its first line; `line` becomes the first of what follows. */
kam_status kam__lightgbm_tree(struct kam__lightgbm *r, struct kam__span *line,
                              int64_t t, int wanted);

#endif
