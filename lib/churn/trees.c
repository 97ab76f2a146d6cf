/* SPDX-License-Identifier: MIT */
/* What a model of trees is, and its scores. */
#include "churn/trees.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "churn/panel.h"
#include "math/elementary.h"

void kam_trees_free(kam_trees *trees) {
    if (!trees) return;
    const kam_host host = trees->host;
    kam__release(&host, trees, trees->block_size, 1);
}

static kam_status no_trees(kam_diag *diag) {
    return kam__fail(diag, KAM_ERR_NULL, "trees", -1, NAN,
                     "there is no model.");
}

kam_status kam_trees_report_of(const kam_trees *trees, kam_trees_report *report,
                               kam_diag *diag) {
    if (!trees) return no_trees(diag);
    const kam_trees_report ours = {.source = trees->source,
                                   .link = trees->link,
                                   .n_features = trees->n_features,
                                   .n_trees = trees->n_trees,
                                   .n_nodes = trees->n_nodes,
                                   .n_rounds = trees->n_rounds,
                                   .best_round = trees->best_round,
                                   .depth = trees->depth,
                                   .path_features = trees->path_features,
                                   .slope = trees->slope,
                                   .base = trees->base};
    const kam_status status =
        kam__sized_write(report, &ours, sizeof ours,
                         KAM__FIRST(kam_trees_report), "report", diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

const char *kam_trees_feature_name(const kam_trees *trees, int32_t feature) {
    return trees && feature >= 0 && feature < trees->n_features
               ? trees->name_of[feature]
               : NULL;
}

kam_status kam__trees_ask(const kam_trees *trees, const kam_panel *theirs,
                          const kam_host *host, kam_panel *panel,
                          kam_host *lent, kam_diag *diag) {
    if (!trees) return no_trees(diag);
    kam_status status = kam__panel_read(panel, theirs, KAM__FOR_SCORES, diag);
    if (status != KAM_OK) return status;
    if (panel->n_columns != trees->n_features)
        return kam__fail(diag, KAM_ERR_SHAPE, "panel.n_columns", -1,
                         panel->n_columns,
                         "the panel has {value} columns, the model another "
                         "number of features.");
    return kam__host_read(lent, host, diag);
}

/* XGBoost keeps float32. LightGBM takes numbers this small for zero, and zero,
 * where it was told so, for missing. */
static double seen(const kam_trees *trees, int32_t feature, double x) {
    if (trees->source == KAM_TREES_XGBOOST) return (double)(float)x;
    const double least = (double)1e-35f;
    const int missing = trees->zero_is_missing[feature] && fabs(x) <= least;
    return missing ? (double)NAN : x;
}

double kam__trees_value(const kam_trees *trees, const kam_panel *panel,
                        int32_t feature, int64_t row) {
    return seen(trees, feature, kam__number_at(&panel->column[feature], row));
}

int kam__trees_in_set(const kam_trees *trees, int32_t first, int32_t n,
                      double x) {
    const int least = trees->source == KAM_TREES_XGBOOST ? x >= 0 : x > -1;
    if (!least || !(x < 0x1p31)) return 0;
    const int32_t code = (int32_t)x;
    int32_t low = first, high = first + n;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if (trees->category[middle] < code)
            low = middle + 1;
        else
            high = middle;
    }
    return low < first + n && trees->category[low] == code;
}

/* Rows as columns: 0, then those the trees compare. */
struct tile {
    double x[KAM__TREES_ROOM];
};

static void load(const kam_trees *trees, const kam_panel *panel, int64_t first,
                 int32_t n, struct tile *tile) {
    double numbers[KAM__TILE];
    memset(tile->x, 0, (size_t)trees->width * sizeof *tile->x);
    for (int32_t f = 0; f < trees->n_features; f++) {
        const int32_t *const column = trees->column_of[f];
        if (!column[0] && !column[1]) continue;
        const double *const from =
            kam__gather(&panel->column[f], first, n, numbers);
        double *const left = tile->x + column[0];
        double *const keeps = tile->x + column[1];
        for (int32_t i = 0; i < n; i++) {
            const double x = seen(trees, f, from[i]);
            if (column[0]) left[i] = x == x ? x : -(double)INFINITY;
            if (column[1]) keeps[i] = x;
        }
    }
}

/* A threshold that is no number is never met: !(x <= t) sends NaN right. */
static inline void walk(const struct kam__tree_node *nodes, const double *x,
                        int32_t root, int32_t n, int32_t *at) {
    for (int32_t i = 0; i < n; i++) at[i] = root;
    for (int32_t moved = 1; moved;) {
        moved = 0;
        for (int32_t i = 0; i < n; i++) {
            const struct kam__tree_node node = nodes[at[i]];
            const int32_t next =
                node.left + !(x[node.column + i] <= node.threshold);
            moved |= next ^ at[i];
            at[i] = next;
        }
    }
}

/* One row of a tree that asks for categories, too. */
static int32_t walk_mixed(const kam_trees *trees, const double *x,
                          int32_t root) {
    int32_t at = root;
    for (;;) {
        const struct kam__tree_node *const node = &trees->node[at];
        int left;
        if (node->left == at) return at;
        if (node->column >= 0) {
            left = x[node->column] <= node->threshold;
        } else {
            const struct kam__tree_split *const split =
                &trees->split[-1 - node->column];
            const double code = x[split->column];
            left = code == code
                       ? kam__trees_in_set(trees, split->first, split->n, code)
                       : split->missing_left;
        }
        at = node->left + !left;
    }
}

static void walk_tree(const kam_trees *trees, const struct tile *tile,
                      int64_t t, int32_t n, int32_t *at) {
    enum { ABREAST = KAM__TREES_ABREAST }; /* their waits overlap */
    const int32_t root = (int32_t)trees->root[t];
    int32_t i = 0;
    if (trees->mixed[t]) {
        for (; i < n; i++) at[i] = walk_mixed(trees, tile->x + i, root);
        return;
    }
    for (; i + ABREAST <= n; i += ABREAST)
        walk(trees->node, tile->x + i, root, ABREAST, at + i);
    if (i < n) walk(trees->node, tile->x + i, root, n - i, at + i);
}

static void score_block(const kam_trees *trees, const struct tile *tile,
                        int32_t n, double *score) {
    int32_t at[KAM__TILE];
    for (int32_t i = 0; i < n; i++) score[i] = trees->start;
    for (int64_t t = 0; t < trees->n_trees; t++) {
        walk_tree(trees, tile, t, n, at);
        if (trees->source == KAM_TREES_XGBOOST)
            for (int32_t i = 0; i < n; i++)
                score[i] = (double)(float)(score[i] + trees->leaf[at[i]]);
        else
            for (int32_t i = 0; i < n; i++) score[i] += trees->leaf[at[i]];
    }
}

void kam__trees_score(const kam_trees *trees, const kam_panel *panel,
                      int64_t first, int32_t n, double *score) {
    struct tile tile;
    for (int32_t at = 0; at < n; at += trees->width) {
        const int32_t m = n - at < trees->width ? n - at : trees->width;
        load(trees, panel, first + at, m, &tile);
        score_block(trees, &tile, m, score + at);
    }
}

double kam__trees_answer(const kam_trees *trees, double score) {
    if (trees->link == KAM_TREES_IDENTITY) return score;
    if (trees->link == KAM_TREES_LOG) return kam__exp(score);
    const double s = trees->slope * score;
    const double e = kam__exp(-fabs(s));
    return s < 0 ? e / (1 + e) : 1 / (1 + e);
}

struct scoring {
    const kam_trees *trees;
    kam_panel panel;
    double *score, *answer;
};

static void score_rows(void *context, int64_t first, int32_t n) {
    const struct scoring *const to = context;
    double score[KAM__TILE];
    kam__trees_score(to->trees, &to->panel, first, n, score);
    for (int32_t i = 0; i < n; i++) {
        if (to->score) to->score[first + i] = score[i];
        if (to->answer)
            to->answer[first + i] = kam__trees_answer(to->trees, score[i]);
    }
}

kam_status kam_trees_score(const kam_trees *trees, const kam_panel *panel,
                           const kam_host *host, double *score, double *answer,
                           kam_diag *diag) {
    struct scoring to = {trees, {0}, score, answer};
    kam_host lent;
    kam_status status =
        kam__trees_ask(trees, panel, host, &to.panel, &lent, diag);
    if (status != KAM_OK) return status;
    status = kam__for_rows(&lent, to.panel.n_rows, score_rows, &to, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
