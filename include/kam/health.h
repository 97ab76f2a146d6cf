/* SPDX-License-Identifier: MIT */
/**
 * @file kam/health.h
 * A health score: measures brought to points, weighted by the stage of the
 * relation, in bands, rolled up to parents, frozen when an account has left; and
 * whether it foresees who leaves. Formulas: docs/models/health.md.
 */
#ifndef KAM_HEALTH_H
#define KAM_HEALTH_H

#include "backtest_panel.h"

KAM_BEGIN

/** How much there may be of each. */
enum {
    KAM_HEALTH_MOST_PARTS = 64,    /**< measures of a score */
    KAM_HEALTH_MOST_PROFILES = 16, /**< sets of weights */
    KAM_HEALTH_MOST_BANDS = 16     /**< bands of a score */
};

/** How measures become a score of 0..100. */
typedef struct kam_health_policy {
    uint32_t struct_size; /**< sizeof(kam_health_policy) */
    int32_t n_parts;      /**< 1..64 */
    int32_t n_profiles;   /**< 1..16, such as one a stage */
    int32_t n_bands;      /**< 1..16 */
    const double *bad;    /**< shape (n_parts): worth 0 points */
    const double *good;   /**< shape (n_parts): worth 100; a line in between,
                               level outside; below `bad` where less is better */
    const double *weight; /**< shape (n_profiles, n_parts), >= 0, not all 0 */
    const double *cut; /**< shape (n_bands - 1), rising, in 0..100: a score at
                               or above the k-th is in a band above k */
    double coverage;   /**< least share of the weight that must be known, in
                               (0, 1]; 0: the default of 0.5 */
} kam_health_policy;

/** Accounts, or accounts and periods. */
typedef struct kam_health_panel {
    uint32_t struct_size;   /**< sizeof(kam_health_panel) */
    int32_t n_parts;        /**< as in the policy */
    int64_t n_rows;         /**< >= 0 */
    const kam_column *part; /**< shape (n_parts): numbers; missing ones leave
                                 their weight to the others */
    kam_column profile;     /**< 0-based, as kam_stage has it; absent: 0 */
    kam_column left;        /**< 1: has left; absent: nobody has */
    kam_column before;      /**< the last score while it was here */
} kam_health_panel;

/** Where to write; NULL: not wanted. */
typedef struct kam_health_out {
    uint32_t struct_size; /**< sizeof(kam_health_out) */
    uint32_t reserved;    /**< 0 */
    double *score;        /**< shape (n_rows): 0..100; NaN: too little known */
    int32_t *band;        /**< shape (n_rows): 0 is the worst; -1: unknown */
    double *points;       /**< shape (n_rows, n_parts): what each measure takes
                               off 100, <= 0; they add up exactly to score - 100
                               (multiples of 2^-40). NaN when frozen */
    double *known;        /**< shape (n_rows): share of the weight known */
    uint32_t *row_flags;  /**< shape (n_rows), written: KAM_ROW_MISSING where a
                               measure is, _DOMAIN for an unknown profile,
                               KAM_HEALTH_FROZEN */
} kam_health_out;

/** In row_flags: the account has left, the score is the last one before. */
enum { KAM_HEALTH_FROZEN = 1 << 16 };

/** Scores. Never allocates; can be cancelled.
 *  @return KAM_OK; 1..19; 60..79 */
KAM_API kam_status kam_health_score(const kam_health_policy *policy,
                                    const kam_health_panel *panel,
                                    const kam_host *host,
                                    const kam_health_out *out, kam_diag *diag);

/** How children make a parent's score. The numbers are pinned. */
enum {
    KAM_HEALTH_BY_WEIGHT = 1, /**< their mean, by weight (such as revenue) */
    KAM_HEALTH_BY_WORST = 2   /**< the worst of them */
};

/** Rolls scores up to parents; children without a score or weight, or whose
 *  weight is 0, do not count, and neither do those that have left. Allocates.
 *  The order of rows does not matter to the bits.
 *  @param parent shape (n_rows): 0..n_parents - 1; missing: of none
 *  @param weight shape (n_rows), >= 0; NULL: 1 each
 *  @param left   shape (n_rows), 1: has left; NULL: nobody has
 *  @param[out] rolled   shape (n_parents); NaN: no child counts
 *  @param[out] children shape (n_parents): that count; or NULL */
KAM_API kam_status kam_health_roll_up(int32_t rule, const kam_column *score,
                                      const kam_column *parent,
                                      const kam_column *weight,
                                      const kam_column *left, int64_t n_rows,
                                      int64_t n_parents, const kam_host *host,
                                      double *rolled, int64_t *children,
                                      kam_diag *diag);

/** One band, and who left from it. */
typedef struct kam_health_band {
    int64_t n_rows; /**< rows in it */
    int64_t n_left; /**< of these, left within the horizon */
    double share;   /**< n_left / n_rows; NaN without rows */
    double low;     /**< Wilson's 95 % interval (1927) */
    double high;    /**< likewise */
} kam_health_band;

/** Whether a health score foresees who leaves. */
typedef struct kam_health_report {
    uint32_t struct_size; /**< sizeof(kam_health_report) */
    int32_t verdict;      /**< KAM_BACKTEST_BETTER: it ranks leavers below
                               stayers beyond chance (95 %, accounts as units);
                               _WORSE: the other way round; or _UNDECIDED */
    int64_t n_rows;       /**< rows with a score and a known outcome */
    int64_t n_left;       /**< of these, left within the horizon */
    double auc; /**< chance that a leaver's score is lower, ties half */
    double auc_std_error; /**< Hanley & McNeil (1982), by accounts */
    double green_left;    /**< share of the leavers that were in the best band
                               when the horizon began: the score saw nothing */
    kam_backtest_panel_lead_report lead; /**< of the worst band as a warning */
} kam_health_report;

/** Its own backtest: scores of accounts and periods against who left within the
 *  next `horizon` periods, the period itself included; rows too late to tell are
 *  left out. Allocates.
 *  @param account, period shape (n_rows): integers
 *  @param event           shape (n_rows): 1 in the period in which it left
 *  @param[out] bands      shape (policy->n_bands), worst first; or NULL */
KAM_API kam_status kam_health_backtest(
    const kam_health_policy *policy, const kam_column *account,
    const kam_column *period, const kam_column *score, const kam_column *event,
    int64_t n_rows, int32_t horizon, const kam_host *host,
    kam_health_band *bands, kam_health_report *report, kam_diag *diag);

KAM_END

#endif
