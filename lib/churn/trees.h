/* SPDX-License-Identifier: MIT */
/* Trees as they were read, and as they are walked. */
#ifndef KAM_CHURN_TREES_H
#define KAM_CHURN_TREES_H

#include <kam/trees.h>

#include "data/store.h"

/* A node as a file has it: a row goes left when x <= threshold, or when its
 * category is in the set; else right. */
struct kam__raw_node {
    double threshold, value, cover;
    int32_t left, right; /* within the tree; left -1: a leaf */
    int32_t feature;
    int32_t missing_left;   /* 0 or 1 */
    int32_t categorical;    /* 0 or 1 */
    int32_t first_category; /* of all trees */
    int32_t n_categories;   /* rising */
    int32_t reserved;
};

/* What a reader gathers. Arrays of struct kam__raw_node; int64_t: where each
 * tree's nodes begin; int32_t: categories; char: names, each ended by NUL. */
struct kam__raw_trees {
    kam_host host;
    int32_t source, link, n_features;
    double slope, start; /* the score begins with `start` */
    int64_t n_rounds, best_round;
    int64_t n_nodes, n_trees, n_categories, n_name_bytes;
    struct kam__array node, tree, category, name;
    uint8_t zero_is_missing[KAM_PANEL_MOST_COLUMNS];
};

void kam__raw_trees_init(struct kam__raw_trees *raw, const kam_host *host);
void kam__raw_trees_free(struct kam__raw_trees *raw);

/* Room for n more nodes, zeroed, as a new tree; categories; bytes of a name. 0,
 * or 1 without memory. */
int kam__raw_trees_add(struct kam__raw_trees *raw, int64_t n_nodes);
int kam__raw_trees_add_category(struct kam__raw_trees *raw, int32_t category);
int kam__raw_trees_add_name(struct kam__raw_trees *raw, const char *bytes,
                            uint64_t n);

/* Node `i` of the newest tree. */
struct kam__raw_node *kam__raw_trees_node(const struct kam__raw_trees *raw,
                                          int64_t i);

/* Rows are walked as columns of `width` numbers, KAM__TREES_ROOM in all. */
enum { KAM__TREES_ROOM = 8192, KAM__TREES_ABREAST = 8 };

/* A node to walk: the right child follows the left. A leaf is its own left child
 * and compares column 0, which is always 0, with infinity. `column` is where its
 * column begins; a categorical one has -1 - (where its split stands). */
struct kam__tree_node {
    double threshold;
    int32_t left, column;
};

/* What else there is to know of a node. */
struct kam__tree_fact {
    double value, cover;
    double share; /* of its parent's rows, by the covers */
    int32_t feature, missing_left;
    int32_t first_category, n_categories; /* n -1: not categorical */
};

struct kam__tree_split {
    int32_t column, missing_left, first, n;
};

struct kam_trees {
    kam_host host;
    uint64_t block_size;
    int32_t source, link, n_features, n_columns, n_splits, depth, path_features;
    int32_t has_covers, width;
    double slope, start, base, quantum;
    int64_t n_rounds, best_round, n_nodes, n_trees, n_categories, n_name_bytes;
    struct kam__tree_node *node;
    struct kam__tree_fact *fact;
    double *leaf;   /* shape (n_nodes): a leaf's value; 0 for others */
    int64_t *root;  /* shape (n_trees + 1) */
    uint8_t *mixed; /* shape (n_trees): has categorical nodes */
    struct kam__tree_split *split; /* shape (n_splits) */
    int32_t *category;
    char *name;
    const char **name_of; /* shape (n_features) */
    /* Where two columns a feature begin, 0 when not used: one where missing goes left, one
     * where it stays NaN. */
    int32_t column_of[KAM_PANEL_MOST_COLUMNS][2];
    uint8_t zero_is_missing[KAM_PANEL_MOST_COLUMNS];
};

/* Readers: the formats of others into `raw`, which the caller has initialised
 * and frees. */
kam_status kam__trees_read_xgboost(struct kam__raw_trees *raw,
                                   const char *bytes, uint64_t size,
                                   int32_t rounds, kam_diag *diag);
kam_status kam__trees_read_lightgbm(struct kam__raw_trees *raw,
                                    const char *bytes, uint64_t size,
                                    int32_t rounds, kam_diag *diag);

/* Checks what was read, and lays it out. Frees nothing of `raw`. */
kam_status kam__trees_build(const struct kam__raw_trees *raw, kam_trees **trees,
                            kam_diag *diag);

/* Reads the panel and the host of a call that scores rows. */
kam_status kam__trees_ask(const kam_trees *trees, const kam_panel *theirs,
                          const kam_host *host, kam_panel *panel,
                          kam_host *lent, kam_diag *diag);

/* x of a row and feature, as the model sees it. */
double kam__trees_value(const kam_trees *trees, const kam_panel *panel,
                        int32_t feature, int64_t row);

/* Whether x, not missing, is one of n categories. */
int kam__trees_in_set(const kam_trees *trees, int32_t first, int32_t n,
                      double x);

/* Scores of at most KAM__TILE rows. */
void kam__trees_score(const kam_trees *trees, const kam_panel *panel,
                      int64_t first, int32_t n, double *score);

double kam__trees_answer(const kam_trees *trees, double score);

#endif
