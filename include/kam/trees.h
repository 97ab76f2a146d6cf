/* SPDX-License-Identifier: MIT */
/**
 * @file kam/trees.h
 * Boosted trees that were trained elsewhere: XGBoost's JSON and LightGBM's text
 * are read from memory, checked, and score here as they do there, with exact
 * Shapley values for reasons. One blob keeps them. Formulas and what is not
 * supported: docs/models/trees.md.
 */
#ifndef KAM_TREES_H
#define KAM_TREES_H

#include "host.h"
#include "panel.h"
#include "reason.h"

KAM_BEGIN

/** A model that was read. Opaque, never changes; freed by kam_trees_free. */
typedef struct kam_trees kam_trees;

/** Where a model comes from. The numbers are pinned. */
enum {
    KAM_TREES_XGBOOST = 1, /**< compares and adds in float32 */
    KAM_TREES_LIGHTGBM = 2 /**< compares and adds in float64 */
};

/** What makes an answer of a score. The numbers are pinned. */
enum {
    KAM_TREES_IDENTITY = 1, /**< the score itself */
    KAM_TREES_LOGISTIC = 2, /**< 1 / (1 + exp(-slope x score)) */
    KAM_TREES_LOG = 3       /**< exp(score) */
};

/** How many rounds of boosting to take; above 0: that many. */
enum {
    KAM_TREES_ALL = 0,  /**< all of them */
    KAM_TREES_BEST = -1 /**< those early stopping found best, else all */
};

/** What a model is. */
typedef struct kam_trees_report {
    uint32_t struct_size;  /**< sizeof(kam_trees_report) */
    int32_t source;        /**< KAM_TREES_XGBOOST, ... */
    int32_t link;          /**< KAM_TREES_LOGISTIC, ... */
    int32_t n_features;    /**< columns that a panel must have */
    int64_t n_trees;       /**< trees that were taken */
    int64_t n_nodes;       /**< of all of them, leaves included */
    int64_t n_rounds;      /**< rounds that the model has, taken or not */
    int64_t best_round;    /**< rounds early stopping found best; 0: not told */
    int32_t depth;         /**< comparisons on the longest path */
    int32_t path_features; /**< different features on one path, at most */
    double slope;          /**< of the logistic link, else 1 */
    double base; /**< mean score of the rows it was trained on, from the counts
                      in the trees: where contributions start; NaN without */
} kam_trees_report;

/**
 * Reads a model saved by XGBoost as JSON (Booster.save_model("model.json")).
 * Allocates; `host` is copied, its memory serves kam_trees_free too.
 *
 * @param json   not kept
 * @param size   bytes
 * @param rounds KAM_TREES_ALL, KAM_TREES_BEST or a number of rounds
 * @param[out] trees the model; NULL on failure
 * @return KAM_OK; KAM_ERR_SHAPE when it is not a model or contradicts itself:
 *         `row` is the byte, or the tree, as the sentence says;
 *         KAM_ERR_UNSUPPORTED with the feature of the model that is not read;
 *         KAM_ERR_OPTION (rounds); 1..19; 60..79
 */
KAM_API kam_status kam_trees_from_xgboost(const char *json, uint64_t size,
                                          int32_t rounds, const kam_host *host,
                                          kam_trees **trees, kam_diag *diag);

/** Reads a model saved by LightGBM as text (Booster.save_model("model.txt")),
 *  as kam_trees_from_xgboost does. */
KAM_API kam_status kam_trees_from_lightgbm(const char *text, uint64_t size,
                                           int32_t rounds, const kam_host *host,
                                           kam_trees **trees, kam_diag *diag);

/**
 * Writes a model as a blob: little-endian, versioned, with a checksum; every
 * later libkam reads it. Never allocates.
 *
 * @param[out] blob may be NULL: only the size is wanted
 * @param room      bytes in `blob`
 * @param[out] size bytes of the blob
 * @return KAM_OK; KAM_ERR_NULL; KAM_ERR_SHAPE when room is too small
 */
KAM_API kam_status kam_trees_save(const kam_trees *trees, void *blob,
                                  uint64_t room, uint64_t *size,
                                  kam_diag *diag);

/** Reads a blob, at any address, and checks all of it. Allocates, as
 *  kam_trees_from_xgboost.
 *  @return as kam_trees_from_xgboost; KAM_ERR_NEWER: of a later version */
KAM_API kam_status kam_trees_load(const void *blob, uint64_t size,
                                  const kam_host *host, kam_trees **trees,
                                  kam_diag *diag);

/** Gives the memory back. NULL is fine. */
KAM_API void kam_trees_free(kam_trees *trees);

/** Tells what a model is. Never allocates. */
KAM_API kam_status kam_trees_report_of(const kam_trees *trees,
                                       kam_trees_report *report,
                                       kam_diag *diag);

/** The name of a feature, as the model has it: UTF-8 if it was; "" when it has
 *  none; NULL when there is no such feature. */
KAM_API const char *kam_trees_feature_name(const kam_trees *trees,
                                           int32_t feature);

/**
 * The score of each row, to the bit as the library it comes from adds it up,
 * and the answer it stands for. Never allocates; can be cancelled.
 *
 * @param panel columns in the order of the model's features; NaN and null are
 *              missing, and go where the model sends them; infinite values are
 *              numbers as any; a category is its code. offset is not read
 * @param[out] score  shape (n_rows), before the link; may be NULL
 * @param[out] answer shape (n_rows), after it; may be NULL
 */
KAM_API kam_status kam_trees_score(const kam_trees *trees,
                                   const kam_panel *panel, const kam_host *host,
                                   double *score, double *answer,
                                   kam_diag *diag);

/**
 * Shapley values of each row: what each feature adds to the score, when what is
 * not known of a row is averaged over the rows that trained the tree (Lundberg,
 * Erion & Lee 2018, path-dependent). Never allocates; can be cancelled.
 *
 * @param[out] contribution shape (n_rows, n_features + 1); the last of a row is
 *                          kam_trees_report.base; together, within rounding, the
 *                          score
 * @return KAM_OK; KAM_ERR_UNSUPPORTED when the trees have no counts, a path of
 *         more than 128 comparisons, or of more than 32 features; 1..19; 60..79
 */
KAM_API kam_status kam_trees_contributions(const kam_trees *trees,
                                           const kam_panel *panel,
                                           const kam_host *host,
                                           double *contribution,
                                           kam_diag *diag);

/** Why: base (the average row; value: its answer), the `top` largest
 *  contributions by size, the rest. Multiples of 2^-40 (of a coarser power of
 *  two where leaves add up to more than 64), and so is their sum, which is the
 *  score rounded to it; the rest takes what rounding left. Never allocates; can
 *  be cancelled.
 *  @param top 0..n_features
 *  @param[out] reasons shape (n_rows, top + 2)
 *  @return as kam_trees_contributions */
KAM_API kam_status kam_trees_reasons(const kam_trees *trees,
                                     const kam_panel *panel, int32_t top,
                                     const kam_host *host, kam_reason *reasons,
                                     kam_diag *diag);

KAM_END

#endif
