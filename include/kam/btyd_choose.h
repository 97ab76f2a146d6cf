/* SPDX-License-Identifier: MIT */
/**
 * @file kam/btyd_choose.h
 * Which order model to use (V2): families compared by what they say of the book
 * and by what they foretold, next to two baselines that need no model.
 */
#ifndef KAM_BTYD_CHOOSE_H
#define KAM_BTYD_CHOOSE_H

#include "btyd.h"

KAM_BEGIN

/** By what the best is picked. The numbers are pinned. */
enum {
    KAM_BTYD_BY_AIC = 1,    /**< lowest 2 p - 2 log L (Akaike 1974) */
    KAM_BTYD_BY_BIC = 2,    /**< lowest p log n - 2 log L (Schwarz 1978) */
    KAM_BTYD_BY_HOLDOUT = 3 /**< lowest RMSE of foretold orders, baselines
                                 included: they may win */
};

/** Baselines, in place of a family. */
enum {
    KAM_BTYD_OWN_RATE = -1,     /**< mean of history: x / T goes on */
    KAM_BTYD_ORDERS_BEFORE = -2 /**< as many as in a window as long before */
};

/** What is compared, and on what. */
typedef struct kam_btyd_contest {
    uint32_t struct_size;    /**< sizeof(kam_btyd_contest) */
    int32_t criterion;       /**< KAM_BTYD_BY_* */
    int32_t n_families;      /**< >= 1 */
    int32_t reserved;        /**< 0 */
    const int32_t *families; /**< KAM_BTYD_*, shape (n_families) */
    double horizon_periods; /**< length of the holdout, > 0; 0: there is none */
    kam_column actual_orders; /**< orders in the holdout, a row an account: the
                                   parts' rows one after the other */
    kam_column orders_before; /**< in as long a window before the as-of day; may
                                   be absent */
} kam_btyd_contest;

/** What one family, or a baseline, came to. Frozen. */
typedef struct kam_btyd_candidate {
    int32_t family;        /**< KAM_BTYD_*, or a baseline's number */
    kam_status status;     /**< the fit's verdict */
    int32_t n_parameters;  /**< p: estimated, and k when it was chosen */
    int32_t reserved;      /**< 0 */
    double log_likelihood; /**< NaN for baselines */
    double aic;            /**< NaN where not to be compared: see there */
    double bic;            /**< likewise */
    int64_t n_holdout;     /**< accounts in what follows */
    double actual;         /**< their orders in the holdout; NaN without one */
    double forecast;       /**< the orders foretold */
    double mae;            /**< mean absolute error an account */
    double rmse;           /**< root mean squared error */
    kam_btyd model;        /**< family 0 where there is none */
} kam_btyd_candidate;

/**
 * Fits each family to the book and compares. AIC and BIC are of one and the same
 * data: they are NaN for BG/BB (its data are periods) beside other families, and
 * for CNBD-k with a given k above 1 where `log_gaps` is not known. In the holdout
 * count accounts that have an age and whose orders are known. A fit at a bound
 * takes part; one that is flat or did not converge does not. Allocates; can be
 * cancelled.
 *
 * @param parts     shape (n_parts): the book as of the day the holdout begins
 * @param options   NULL: defaults; `rhythm` is for the families that have one
 * @param[out] candidate shape (n_families + 2): the families, then
 *                  KAM_BTYD_OWN_RATE and KAM_BTYD_ORDERS_BEFORE
 * @param[out] best the index of the best; it is a baseline's when that wins
 * @return KAM_OK; KAM_ERR_EMPTY when none can take part; 1..19; 41; 60..79
 */
KAM_API kam_status kam_btyd_choose(const kam_accounts *parts, int64_t n_parts,
                                   double period_days,
                                   const kam_btyd_contest *contest,
                                   const kam_estimate_options *options,
                                   const kam_host *host,
                                   kam_btyd_candidate *candidate, int32_t *best,
                                   kam_diag *diag);

/**
 * How regular orders are, whatever model one believes in: the k of Erlang-k times
 * between the orders of an account, any number, from how its times share the time
 * between its first order and its last. 1 is no rhythm, a large k a clock, below 1
 * orders come in bursts. Accounts may order at any rate and have left: that moves
 * nothing. Of the accounts it reads `log_gaps`, too, and takes those with two
 * repeat orders or more. Source: docs/models/btyd.md. Never allocates. The same
 * rows give the same bits in any order and any cut into parts.
 *
 * @param parts shape (n_parts): the book
 * @param[out] k              at KAM_ERR_AT_BOUND the bound, 0.001 or 1000
 * @param[out] standard_error NaN at a bound; may be NULL
 * @return KAM_OK; KAM_ERR_TOO_FEW: fewer than two such accounts;
 *         KAM_ERR_AT_BOUND; 1..19; 60..79
 */
KAM_API kam_status kam_btyd_choose_rhythm(const kam_accounts *parts,
                                          int64_t n_parts, double *k,
                                          double *standard_error,
                                          kam_diag *diag);

KAM_END

#endif
