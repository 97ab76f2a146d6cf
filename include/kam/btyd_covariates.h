/* SPDX-License-Identifier: MIT */
/**
 * @file kam/btyd_covariates.h
 * Order models whose rates depend on facts about an account that do not change:
 * segment, region, channel of its first order. Sources and formulas:
 * docs/models/btyd_covariates.md.
 *
 * Each fact z acts on one of the two processes, or on both. On that of orders it
 * multiplies the account's rate by e^(coefficient z), on that of leaving its rate
 * of leaving (Pareto/NBD, GGompertz/NBD) or a and b (BG/NBD, MBG/NBD): Fader &
 * Hardie (2007), note 019. The family's own parameters are those of an account
 * whose facts are all 0.
 */
#ifndef KAM_BTYD_COVARIATES_H
#define KAM_BTYD_COVARIATES_H

#include "btyd.h"

KAM_BEGIN

/** Facts of the accounts, a column each; every one must be known and finite. */
typedef struct kam_btyd_covariates {
    uint32_t struct_size;  /**< sizeof(kam_btyd_covariates) */
    int32_t n_orders;      /**< of `orders`, 0..4 */
    int32_t n_leaving;     /**< of `leaving`, 0..4 */
    int32_t reserved;      /**< 0 */
    kam_column orders[4];  /**< what acts on orders, each shape (n_rows) */
    kam_column leaving[4]; /**< what acts on leaving */
    /** For fits: leaving[j] has the coefficient of orders[equal[j] - 1]; 0: one
     *  of its own. */
    int32_t equal[4];
    double ridge_orders;  /**< for fits, >= 0: this times the sum of squares of
                               coefficients is taken from the log likelihood */
    double ridge_leaving; /**< likewise; of a shared coefficient, both */
} kam_btyd_covariates;

/** A fitted model with its coefficients: plain numbers. Frozen. */
typedef struct kam_btyd_covariate_model {
    kam_btyd base;     /**< of an account whose facts are all 0 */
    int32_t n_orders;  /**< used entries of `orders` */
    int32_t n_leaving; /**< used entries of `leaving` */
    double orders[4];  /**< coefficients; unused: 0 */
    double leaving[4]; /**< coefficients; unused: 0 */
} kam_btyd_covariate_model;

/** What kam_btyd_covariates_answer is asked. The numbers are pinned. */
enum {
    KAM_BTYD_ASK_ALIVE = 1,      /**< as kam_btyd_alive */
    KAM_BTYD_ASK_ORDERS = 2,     /**< as kam_btyd_expected_orders */
    KAM_BTYD_ASK_DISCOUNTED = 3, /**< as kam_btyd_discounted_orders */
    KAM_BTYD_ASK_NO_ORDER = 4    /**< as kam_btyd_no_order */
};

/**
 * Fits a family with coefficients by maximum likelihood, or maximum a posteriori
 * with the prior and the ridge. Parameters are estimated in this order: the
 * family's, the coefficients of `orders`, those of `leaving` that are their own;
 * at most eight together. Rows without all facts are left out. Allocates; can be
 * cancelled.
 *
 * @param accounts as for kam_btyd_fit
 * @param covariates its columns have accounts->n_rows rows
 * @param period_days the length of the period that the rows count in, > 0
 * @param options NULL: defaults
 * @param[out] model written also with KAM_ERR_AT_BOUND, KAM_ERR_FLAT and
 *                   KAM_ERR_NOT_CONVERGED: the best point found
 * @param[out] covariance shape (p, p), of the log parameters and the coefficients
 *                   as they are; may be NULL; NaN where the verdict leaves it
 *                   undefined
 * @param[out] report may be NULL
 * @return as kam_btyd_fit; KAM_ERR_UNSUPPORTED when the family takes no
 *         covariates: BG/BB, BG/CNBD-k, MBG/CNBD-k
 */
KAM_API kam_status kam_btyd_covariates_fit(
    int32_t family, const kam_accounts *accounts,
    const kam_btyd_covariates *covariates, double period_days,
    const kam_estimate_options *options, const kam_host *host,
    kam_btyd_covariate_model *model, double *covariance,
    kam_estimate_report *report, kam_diag *diag);

/**
 * Each account's own model: what the functions of kam/btyd.h take, when they are
 * asked about this account. Never allocates.
 *
 * @param n_rows >= 0, of every column of `covariates`
 * @param[out] own       shape (n_rows); parameters NaN where flagged
 * @param[out] row_flags shape (n_rows), written; may be NULL
 */
KAM_API kam_status kam_btyd_covariates_models(
    const kam_btyd_covariate_model *model,
    const kam_btyd_covariates *covariates, int64_t n_rows, const kam_host *host,
    kam_btyd *own, uint32_t *row_flags, kam_diag *diag);

/**
 * A question about every account, each with its own model. Never allocates; can
 * be cancelled.
 *
 * @param question             KAM_BTYD_ASK_*
 * @param ahead_periods        the horizon, or how far ahead, as that question has
 * @param discount_per_period  of KAM_BTYD_ASK_DISCOUNTED, >= 0; else 0
 * @param[out] out       shape (n_rows)
 * @param[out] row_flags shape (n_rows), written; may be NULL
 */
KAM_API kam_status kam_btyd_covariates_answer(
    const kam_btyd_covariate_model *model, const kam_accounts *accounts,
    const kam_btyd_covariates *covariates, int32_t question,
    double ahead_periods, double discount_per_period, const kam_host *host,
    double *out, uint32_t *row_flags, kam_diag *diag);

KAM_END

#endif
