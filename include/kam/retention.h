/* SPDX-License-Identifier: MIT */
/**
 * @file kam/retention.h
 * Contracts (V3): how likely each is renewed, how long it will last, and what
 * it is worth until its end and after. Sources, formulas and limits:
 * docs/models/retention.md.
 *
 * The period here is the contract's term: at the end of each the customer
 * renews or ends. Of kam_accounts, a row a contract, these functions read
 * `renewals` (n), `contract_ended`, `renewals_before` and, in fits, `weight`;
 * kam_retention_value reads `periods_to_end` and `contract_value`, too. A row
 * is usable when n and renewals_before are whole, renewals_before <= n, and
 * contract_ended is 0 or 1. Others get NaN and a flag. A contract that ended
 * will be renewed with probability 0.
 *
 * With KAM_RETENTION_SHARED a row is an account: `renewals` and
 * `renewals_before` are sums over its contracts of one term, ended ones too,
 * and `contract_ended` is how many ended. Answers are of a contract of it that
 * runs; kam_retention_lapse is of all of them.
 */
#ifndef KAM_RETENTION_H
#define KAM_RETENTION_H

#include "account.h"
#include "estimate.h"

KAM_BEGIN

/** Families. The numbers are pinned. */
enum {
    KAM_RETENTION_SBG = 1,   /**< Fader & Hardie (2007): alpha, beta */
    KAM_RETENTION_BDW = 2,   /**< Fader, Hardie, Liu, Davin & Steenburgh (2018):
                                alpha, beta, c; c = 1 is KAM_RETENTION_SBG */
    KAM_RETENTION_SHARED = 3 /**< sBG of accounts: all contracts of one have
                                  the same chance to end; alpha, beta */
};

/** A fitted model: plain numbers. Frozen: store it as you like. */
typedef struct kam_retention {
    int32_t family;       /**< KAM_RETENTION_* */
    int32_t n_parameters; /**< used entries of `parameter` */
    double period_days;   /**< the length of a term in days, > 0 */
    double parameter[4];  /**< the paper's order, each > 0; unused: 0 */
} kam_retention;

/** The family's name, such as "sbg"; "unknown" for a number that is none. */
KAM_API const char *kam_retention_family_name(int32_t family);

/** The i-th parameter's name, such as "alpha"; NULL past the last. */
KAM_API const char *kam_retention_parameter_name(int32_t family, int32_t i);

/**
 * Fits a family by maximum likelihood, or maximum a posteriori with the prior
 * in `options`, to contracts of any age: ended, running, or first seen after
 * some renewals. A cohort of n contracts of which some end is n weighted rows.
 * Allocates; can be cancelled. The same rows give the same bits in any order
 * and any cut into parts.
 *
 * @param parts       shape (n_parts): the book, whole or in chunks
 * @param period_days the length of a term in days, > 0
 * @param options     NULL: defaults
 * @param[out] model      written also with KAM_ERR_AT_BOUND, KAM_ERR_FLAT and
 *                        KAM_ERR_NOT_CONVERGED: the best point found
 * @param[out] covariance shape (p, p), of the log parameters; may be NULL; all
 *                        NaN where the verdict leaves it undefined
 * @param[out] report     may be NULL
 * @return KAM_OK; KAM_ERR_EMPTY; KAM_ERR_TOO_FEW; KAM_ERR_AT_BOUND;
 *         KAM_ERR_FLAT; KAM_ERR_NOT_CONVERGED, each with the reason in `diag`;
 *         1..19; 60..79
 */
KAM_API kam_status kam_retention_fit(int32_t family, const kam_accounts *parts,
                                     int64_t n_parts, double period_days,
                                     const kam_estimate_options *options,
                                     const kam_host *host, kam_retention *model,
                                     double *covariance,
                                     kam_estimate_report *report,
                                     kam_diag *diag);

/** As kam_spend_profile. */
KAM_API kam_status kam_retention_profile(
    int32_t family, const kam_accounts *parts, int64_t n_parts,
    const kam_estimate_options *options, const kam_host *host,
    kam_estimate_interval *interval, kam_diag *diag);

/** Adds the log likelihood of some rows, with its gradient and Hessian in log
 *  parameters, to `partial` (zeroed, struct_size set). Never allocates. */
KAM_API kam_status kam_retention_objective(const kam_retention *model,
                                           const kam_accounts *part,
                                           const kam_host *host,
                                           kam_objective *partial,
                                           kam_diag *diag);

/**
 * The curves of a new cohort: of term t = 1..n_terms the chance to be renewed
 * at its end, and the share of contracts that are. Never allocates.
 *
 * @param[out] retention shape (n_terms), r_t = S(t) / S(t - 1); may be NULL
 * @param[out] survival  shape (n_terms), S(t); may be NULL
 */
KAM_API kam_status kam_retention_curve(const kam_retention *model,
                                       int64_t n_terms, double *retention,
                                       double *survival, kam_diag *diag);

/**
 * Probability, 0..1, that a contract is renewed at each of its next `n_terms`
 * >= 0 decisions; 1 asks for the renewal probability. Never allocates; can be
 * cancelled.
 *
 * @param[out] probability shape (n_rows)
 * @param[out] row_flags   shape (n_rows), written; may be NULL
 */
KAM_API kam_status kam_retention_renewal(const kam_retention *model,
                                         const kam_accounts *accounts,
                                         double n_terms, const kam_host *host,
                                         double *probability,
                                         uint32_t *row_flags, kam_diag *diag);

/**
 * Probability, 0..1, that an account loses every contract: that none of them is
 * renewed at each of its next `n_terms` decisions. One chance to end, as likely
 * as its row says, is behind them all. Only for KAM_RETENTION_SHARED (others:
 * KAM_ERR_UNSUPPORTED); E of the product over contracts of
 * 1 - (1 - theta)^n_terms. Never allocates; can be cancelled.
 *
 * @param first       shape (n_rows + 1), rising from >= 0: contracts
 *                    [first[i], first[i + 1]) are of row i; none: probability 1
 * @param n_terms     shape (first[n_rows]), >= 0; fractions are cut off.
 *                    Infinity: it ends some day. 0: it runs for sure. NaN: NaN
 * @param[out] probability shape (n_rows)
 * @param[out] row_flags   shape (n_rows), written; may be NULL
 */
KAM_API kam_status kam_retention_lapse(
    const kam_retention *model, const kam_accounts *accounts,
    const int64_t *first, const double *n_terms, const kam_host *host,
    double *probability, uint32_t *row_flags, kam_diag *diag);

/** Renewals each contract is expected to see in its next `horizon_terms` >= 0
 *  decisions (infinity: for ever, which may be infinite, KAM_ROW_INFINITE),
 *  the k-th discounted by exp(-discount_per_period (k - 1)): just before the
 *  next decision, the DERL of Fader & Hardie (2010), eq. (6), with an infinite
 *  horizon. `discount_per_period` >= 0. Arguments as above. */
KAM_API kam_status kam_retention_residual(
    const kam_retention *model, const kam_accounts *accounts,
    double horizon_terms, double discount_per_period, const kam_host *host,
    double *renewals, uint32_t *row_flags, kam_diag *diag);

/**
 * What a contract is worth, in money: until its end, and after it if renewed
 * at up to `horizon_terms` decisions. Money accrues evenly over a term and is
 * discounted to the as-of day at `discount_per_period` >= 0. A contract that
 * ended is worth 0. Rows without `periods_to_end` or `contract_value` get NaN
 * and KAM_ROW_MISSING. Never allocates; can be cancelled.
 *
 * @param[out] until_end shape (n_rows); may be NULL
 * @param[out] after_end shape (n_rows); may be NULL
 * @param[out] row_flags shape (n_rows), written; may be NULL
 */
KAM_API kam_status kam_retention_value(
    const kam_retention *model, const kam_accounts *accounts,
    double horizon_terms, double discount_per_period, const kam_host *host,
    double *until_end, double *after_end, uint32_t *row_flags, kam_diag *diag);

/** The log likelihood of each contract. Arguments as above. */
KAM_API kam_status kam_retention_log_likelihood(const kam_retention *model,
                                                const kam_accounts *accounts,
                                                const kam_host *host,
                                                double *log_likelihood,
                                                uint32_t *row_flags,
                                                kam_diag *diag);

KAM_END

#endif
