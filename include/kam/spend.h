/* SPDX-License-Identifier: MIT */
/**
 * @file kam/spend.h
 * What an order of an account is worth (V2): the mean of its orders, pulled
 * towards the book's the more the fewer orders it has. Source: Fader, Hardie &
 * Lee (2005), *RFM and CLV*, JMR 42(4); Fader & Hardie (2013), note 025.
 * Formulas and limits: docs/models/spend.md.
 *
 * Of kam_accounts these functions read `repeat_orders` (x), `mean_order_value`
 * (m >= 0) and, in fits, `weight`. A fit uses rows with x > 0 and m > 0; an
 * account whose repeat orders were all free (m = 0) is still given a value. With
 * KAM_SPEND_NORMAL m is the mean margin of an order, of any sign.
 */
#ifndef KAM_SPEND_H
#define KAM_SPEND_H

#include "account.h"
#include "estimate.h"

KAM_BEGIN

/** Families. The numbers are pinned. */
enum {
    KAM_SPEND_GAMMA_GAMMA = 1, /**< p, q, gamma (in papers also nu) */
    KAM_SPEND_NORMAL = 2, /**< mu, tau, sigma: mean over the book, deviation of
                             accounts from it and of orders from their account's;
                             for margins, which may be below zero */
    KAM_SPEND_EQUAL = 3 /**< value: every order of every account is worth that;
                             for books where KAM_SPEND_GAMMA_GAMMA ends in
                             KAM_ERR_CONSTANT */
};

/** A fitted model: plain numbers. Frozen. */
typedef struct kam_spend {
    int32_t family;       /**< KAM_SPEND_* */
    int32_t n_parameters; /**< used entries of `parameter` */
    double parameter[4];  /**< each > 0 but mu; gamma, mu, tau, sigma are
                               money; unused: 0 */
} kam_spend;

/** The family's name, such as "gamma-gamma"; "unknown" for a number that is
 *  none. */
KAM_API const char *kam_spend_family_name(int32_t family);

/** The i-th parameter's name, such as "gamma"; NULL past the last. */
KAM_API const char *kam_spend_parameter_name(int32_t family, int32_t i);

/** Fits the family; arguments, statuses and promises as in kam_btyd_fit, and
 *  KAM_ERR_CONSTANT when all margins are equal, or, from three accounts on, all
 *  order values (to six digits): then KAM_SPEND_EQUAL has the answer, with
 *  covariance 0, which for other books is KAM_ERR_UNSUPPORTED. The covariance is
 *  of mu itself, and of logs of the others. */
KAM_API kam_status kam_spend_fit(int32_t family, const kam_accounts *parts,
                                 int64_t n_parts,
                                 const kam_estimate_options *options,
                                 const kam_host *host, kam_spend *model,
                                 double *covariance,
                                 kam_estimate_report *report, kam_diag *diag);

/** Fits again, and finds the interval of one parameter by profile likelihood
 *  (Venzon & Moolgavkar 1988, Applied Statistics 37(1)). Allocates; can be cancelled.
 *  @param[in,out] interval its struct_size, parameter and level are set; written
 *                 when the fit is KAM_OK, KAM_ERR_AT_BOUND or KAM_ERR_FLAT
 *  @return KAM_OK; else as kam_spend_fit */
KAM_API kam_status kam_spend_profile(int32_t family, const kam_accounts *parts,
                                     int64_t n_parts,
                                     const kam_estimate_options *options,
                                     const kam_host *host,
                                     kam_estimate_interval *interval,
                                     kam_diag *diag);

/** Partial sums for engines; as kam_btyd_objective, derivatives in mu times
 *  sigma of the model, and facts when n_parameters is 0. Never allocates. */
KAM_API kam_status kam_spend_objective(const kam_spend *model,
                                       const kam_accounts *part,
                                       const kam_host *host,
                                       kam_objective *partial, kam_diag *diag);

/** What kam_spend_objective gives over all rows; as kam_btyd_total. */
typedef kam_status (*kam_spend_total)(void *context, const kam_spend *model,
                                      kam_objective *total);

/** kam_spend_fit of a book that an engine holds in pieces; as kam_btyd_search.
 *  @return as there; KAM_ERR_UNSUPPORTED for KAM_SPEND_NORMAL, whose
 *  starts need the spread of all rows: use kam_spend_fit */
KAM_API kam_status kam_spend_search(int32_t family,
                                    const kam_estimate_options *options,
                                    kam_spend_total total, void *context,
                                    kam_spend *model, double *covariance,
                                    kam_estimate_report *report,
                                    kam_diag *diag);

/** The log likelihood of each account's mean order value, with all its digits;
 *  0 where there is no repeat order, NaN (KAM_ROW_DOMAIN) where m is 0.
 *  Arguments as in kam_spend_expected. */
KAM_API kam_status kam_spend_log_likelihood(
    const kam_spend *model, const kam_accounts *accounts, const kam_host *host,
    double *log_likelihood, uint32_t *row_flags, kam_diag *diag);

/**
 * Expected money an order of each account: note 025, eq. (5), or the posterior
 * mean of its margin. An account
 * without repeat orders gets the book's mean (KAM_ROW_ONE_ORDER), which is
 * infinite for q <= 1 (KAM_ROW_INFINITE). Never allocates; can be cancelled.
 *
 * @param[out] value     shape (n_rows), money
 * @param[out] row_flags shape (n_rows), written; may be NULL
 */
KAM_API kam_status kam_spend_expected(const kam_spend *model,
                                      const kam_accounts *accounts,
                                      const kam_host *host, double *value,
                                      uint32_t *row_flags, kam_diag *diag);

/** How order value goes with the number of orders. */
typedef struct kam_spend_dependence {
    uint32_t struct_size;    /**< sizeof(kam_spend_dependence) */
    uint32_t reserved;       /**< 0 */
    int64_t n_rows;          /**< accounts with repeat orders of known value */
    double rank_correlation; /**< Spearman's, -1..1 */
    double p_value;          /**< of that or more in size if there is none */
} kam_spend_dependence;

/**
 * Whether accounts that order more often place larger or smaller orders, which
 * the families deny: Spearman's rank correlation of x and m over rows with x > 0
 * and a finite m, ties at mid-ranks, and its two-sided p value by Student's t
 * with n - 2 degrees of freedom (Kendall 1975, *Rank Correlation Methods*, 5.7).
 * A weight stands for as many equal accounts. Allocates. The same rows give the
 * same bits in any order and any cut into parts.
 *
 * @param parts      shape (n_parts): the book, whole or in chunks
 * @param[out] found its struct_size must be set
 * @return KAM_OK; KAM_ERR_TOO_FEW for up to two accounts; KAM_ERR_CONSTANT when
 *         all have one number of orders, or one order value; 1..19; 60..79
 */
KAM_API kam_status kam_spend_independence(const kam_accounts *parts,
                                          int64_t n_parts, const kam_host *host,
                                          kam_spend_dependence *found,
                                          kam_diag *diag);

KAM_END

#endif
