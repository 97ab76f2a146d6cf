/* SPDX-License-Identifier: MIT */
/**
 * @file kam/btyd_dynamic.h
 * The Pareto/NBD with facts that change over time: season, price, campaigns,
 * service level (Bachmann, Meierer & Naef 2021). As kam/btyd_covariates.h, but
 * every account has its own line of intervals, and within each the facts are
 * constant: they multiply its rate of orders, or of leaving, there. Formulas:
 * docs/models/btyd_dynamic.md.
 */
#ifndef KAM_BTYD_DYNAMIC_H
#define KAM_BTYD_DYNAMIC_H

#include "btyd_covariates.h"

KAM_BEGIN

/**
 * The intervals of all accounts, one account after the other. Those of an account
 * follow each other from its first order on, up to its as-of day at least; to
 * look ahead, as far as that, with the facts of those days to come. A view: the
 * caller owns every buffer.
 */
typedef struct kam_btyd_timeline {
    uint32_t struct_size; /**< sizeof(kam_btyd_timeline) */
    uint32_t reserved;    /**< 0 */
    int64_t n_intervals;  /**< of all accounts together */
    kam_column first;     /**< shape (n_rows + 1), whole numbers: where each
                               account's intervals begin, the first 0, and
                               n_intervals at the end */
    kam_column end; /**< shape (n_intervals): periods from the account's first
                               order to the end of the interval, rising */
    kam_column
        repeat_orders; /**< shape (n_intervals): those of its repeat orders
                               that lie in the interval, x together; may be absent
                               where orders have no facts, and for answers */
} kam_btyd_timeline;

/**
 * Fits the Pareto/NBD with coefficients of facts that change. Parameters, verdicts
 * and all else as in kam_btyd_covariates_fit. Allocates; can be cancelled. Rows
 * whose intervals end before T, lack a fact or do not hold x orders are left out.
 *
 * @param covariates columns of timeline->n_intervals rows
 * @param[out] covariance from the analytic Hessian
 */
KAM_API kam_status kam_btyd_dynamic_fit(
    const kam_accounts *accounts, const kam_btyd_timeline *timeline,
    const kam_btyd_covariates *covariates, double period_days,
    const kam_estimate_options *options, const kam_host *host,
    kam_btyd_covariate_model *model, double *covariance,
    kam_estimate_report *report, kam_diag *diag);

/** The log likelihood of each account's history. Never allocates. Arguments as in
 *  kam_btyd_dynamic_answer. */
KAM_API kam_status kam_btyd_dynamic_log_likelihood(
    const kam_btyd_covariate_model *model, const kam_accounts *accounts,
    const kam_btyd_timeline *timeline, const kam_btyd_covariates *covariates,
    const kam_host *host, double *log_likelihood, uint32_t *row_flags,
    kam_diag *diag);

/**
 * A question about every account, each with its own facts, those to come
 * included. Never allocates; can be cancelled. Relative accuracy 1e-12
 * (tests/golden/btyd_dynamic.csv).
 *
 * @param model    its base is a Pareto/NBD
 * @param question KAM_BTYD_ASK_*
 * @param ahead_periods as that question has, finite; the intervals of a row reach
 *                 as far, or it is flagged KAM_ROW_MISSING
 * @param discount_per_period of KAM_BTYD_ASK_DISCOUNTED, >= 0; else 0
 * @param[out] out       shape (n_rows)
 * @param[out] row_flags shape (n_rows), written; may be NULL
 */
KAM_API kam_status kam_btyd_dynamic_answer(
    const kam_btyd_covariate_model *model, const kam_accounts *accounts,
    const kam_btyd_timeline *timeline, const kam_btyd_covariates *covariates,
    int32_t question, double ahead_periods, double discount_per_period,
    const kam_host *host, double *out, uint32_t *row_flags, kam_diag *diag);

KAM_END

#endif
