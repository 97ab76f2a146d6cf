/* SPDX-License-Identifier: MIT */
/**
 * @file kam/btyd.h
 * Buy-till-you-die (V2, C1): how often an account that may leave silently will
 * order again. Several families, one set of functions. Sources, formulas and
 * limits of each family: docs/models/btyd.md.
 *
 * Of kam_accounts these functions read `repeat_orders` (x),
 * `last_order_periods` (t_x), `age_periods` (T) and, in fits, `weight`. A row
 * is usable when x >= 0, 0 <= t_x <= T, all finite; when x is 0, t_x is taken
 * as 0. Others get NaN and a flag. Every answer depends on its row and the
 * model alone.
 */
#ifndef KAM_BTYD_H
#define KAM_BTYD_H

#include "account.h"
#include "estimate.h"
#include "reason.h"

KAM_BEGIN

/** Families. The numbers are pinned. */
enum {
    KAM_BTYD_BGNBD = 1,  /**< Fader, Hardie & Lee (2005): r, alpha, a, b */
    KAM_BTYD_MBGNBD = 2, /**< Batislam, Denizel & Filiztekin (2007): the same,
                             but an account may leave after its first order */
    KAM_BTYD_PNBD = 3, /**< Schmittlein, Morrison & Colombo (1987): r, alpha, s,
                              beta; an account may leave at any time */
    KAM_BTYD_GGOMNBD = 4, /**< Bemmaor & Glady (2012): r, alpha, b, s, beta; the
                              same, more or less so with age */
    KAM_BTYD_BGBB = 5,    /**< Fader, Hardie & Shang (2010): alpha, beta, gamma,
                              delta; an order or none in each period: x, t_x and
                              T are whole numbers of periods, x <= t_x, T <=
                              2^20; a horizon beyond 2^20 is for ever */
    KAM_BTYD_BGCNBD = 6,  /**< Platzer (2008): BG/NBD with orders as regular as
                              every k-th event: r, alpha, a, b, k; k is whole,
                              1..32, given or chosen; k = 1 is BG/NBD */
    KAM_BTYD_MBGCNBD = 7  /**< Reutterer, Platzer & Schroeder (2021): likewise,
                              k = 1 is MBG/NBD */
};

/** A fitted model: plain numbers. Frozen: store it as you like. */
typedef struct kam_btyd {
    int32_t family;       /**< KAM_BTYD_* */
    int32_t n_parameters; /**< used entries of `parameter` */
    double period_days;   /**< the unit of time it was fitted in, days, > 0 */
    double parameter[8];  /**< the paper's order, each > 0; unused: 0 */
} kam_btyd;

/** The family's name, such as "mbgnbd"; "unknown" for a number that is none. */
KAM_API const char *kam_btyd_family_name(int32_t family);

/** The i-th parameter's name, such as "alpha"; NULL past the last. */
KAM_API const char *kam_btyd_parameter_name(int32_t family, int32_t i);

/**
 * Fits a family by maximum likelihood, or maximum a posteriori with the prior
 * in `options`. Rows that repeat are merged. Allocates; can be cancelled. The
 * same rows give the same bits in any order and any cut into parts.
 *
 * @param parts   shape (n_parts): the book, whole or one for each Arrow chunk
 * @param period_days the length of the period that the rows count in, > 0
 * @param options NULL: defaults
 * @param[out] model      written also with KAM_ERR_AT_BOUND, KAM_ERR_FLAT and
 *                        KAM_ERR_NOT_CONVERGED: the best point found
 * @param[out] covariance shape (p, p), of the log parameters; may be NULL; all
 *                        NaN where the verdict leaves it undefined; 0 for k
 * @param[out] report     may be NULL
 * @return KAM_OK; KAM_ERR_EMPTY; KAM_ERR_TOO_FEW; KAM_ERR_AT_BOUND; KAM_ERR_FLAT;
 *         KAM_ERR_NOT_CONVERGED, with the reason in `diag`; 1..19; 60..79
 */
KAM_API kam_status kam_btyd_fit(int32_t family, const kam_accounts *parts,
                                int64_t n_parts, double period_days,
                                const kam_estimate_options *options,
                                const kam_host *host, kam_btyd *model,
                                double *covariance, kam_estimate_report *report,
                                kam_diag *diag);

/** As kam_spend_profile. A k is given: options.rhythm is 1 or more. */
KAM_API kam_status kam_btyd_profile(int32_t family, const kam_accounts *parts,
                                    int64_t n_parts,
                                    const kam_estimate_options *options,
                                    const kam_host *host,
                                    kam_estimate_interval *interval,
                                    kam_diag *diag);

/** Adds the log likelihood of some rows, with its gradient and Hessian in log
 *  parameters, to `partial` (zeroed, struct_size set). Never allocates. A given
 *  parameter (k) is left out, and so are factors that no parameter moves. Of a
 *  model without parameters (n_parameters 0) it adds the facts about the rows
 *  that kam_btyd_search begins with, in 8 entries of the gradient. */
KAM_API kam_status kam_btyd_objective(const kam_btyd *model,
                                      const kam_accounts *part,
                                      const kam_host *host,
                                      kam_objective *partial, kam_diag *diag);

/** The log likelihood of each account's history, with all its digits (the sums
 *  of kam_btyd_objective round to 2^-64). Arguments as in kam_btyd_alive. */
KAM_API kam_status kam_btyd_log_likelihood(const kam_btyd *model,
                                           const kam_accounts *accounts,
                                           const kam_host *host,
                                           double *log_likelihood,
                                           uint32_t *row_flags, kam_diag *diag);

/**
 * Probability, 0..1, that each account is still active `ahead_periods` >= 0
 * after the as-of day. Never allocates; can be cancelled.
 *
 * @param[out] probability shape (n_rows)
 * @param[out] row_flags   shape (n_rows), written; may be NULL
 */
KAM_API kam_status kam_btyd_alive(const kam_btyd *model,
                                  const kam_accounts *accounts,
                                  double ahead_periods, const kam_host *host,
                                  double *probability, uint32_t *row_flags,
                                  kam_diag *diag);

/** Orders each account is expected to place in the next `horizon_periods` >= 0;
 *  infinity asks for ever, which may be infinite (KAM_ROW_INFINITE). Arguments
 *  as in kam_btyd_alive. */
KAM_API kam_status kam_btyd_expected_orders(
    const kam_btyd *model, const kam_accounts *accounts, double horizon_periods,
    const kam_host *host, double *orders, uint32_t *row_flags, kam_diag *diag);

/** Expected orders of the next `horizon_periods` (may be infinity), each
 *  discounted to the as-of day by exp(-discount_per_period * time): the DERT of
 *  Fader, Hardie & Lee (2005b) when the horizon is infinite.
 *  `discount_per_period` >= 0. Arguments as in kam_btyd_alive. */
KAM_API kam_status kam_btyd_discounted_orders(
    const kam_btyd *model, const kam_accounts *accounts, double horizon_periods,
    double discount_per_period, const kam_host *host, double *orders,
    uint32_t *row_flags, kam_diag *diag);

/** Probability, 0..1, that an account places no order within the next
 *  `horizon_periods` > 0: its churn risk (C1). With an infinite horizon, the
 *  probability that no order comes any more (BG/NBD and MBG/NBD: that it has
 *  left). Arguments as in kam_btyd_alive. */
KAM_API kam_status kam_btyd_no_order(const kam_btyd *model,
                                     const kam_accounts *accounts,
                                     double horizon_periods,
                                     const kam_host *host, double *probability,
                                     uint32_t *row_flags, kam_diag *diag);

/**
 * Probabilities of 0, 1, ..., n_counts - 2 orders within the next
 * `horizon_periods` > 0 (may be infinite), and of n_counts - 1 or more; each row
 * adds up to 1. For a new account without history ask with x = T = 0. Never
 * allocates; can be cancelled.
 *
 * @param n_counts         1..1024
 * @param[out] probability shape (n_rows, n_counts)
 * @return as kam_btyd_alive
 */
KAM_API kam_status kam_btyd_order_counts(const kam_btyd *model,
                                         const kam_accounts *accounts,
                                         double horizon_periods,
                                         int32_t n_counts, const kam_host *host,
                                         double *probability,
                                         uint32_t *row_flags, kam_diag *diag);

/** Expected periods from the as-of day to the next order of each account, given
 *  that there is one; KAM_ROW_INFINITE where rates so low are likely that the
 *  mean is infinite: kam_btyd_next_order_by has an answer there. Arguments as in
 *  kam_btyd_alive.
 *  @return as there */
KAM_API kam_status kam_btyd_next_order(const kam_btyd *model,
                                       const kam_accounts *accounts,
                                       const kam_host *host, double *periods,
                                       uint32_t *row_flags, kam_diag *diag);

/** Periods within which each account orders again with this `probability`, above
 *  0 and below 1; infinite (KAM_ROW_INFINITE) when it may have left with more
 *  than the rest. Arguments as in kam_btyd_alive. */
KAM_API kam_status kam_btyd_next_order_by(const kam_btyd *model,
                                          const kam_accounts *accounts,
                                          double probability,
                                          const kam_host *host, double *periods,
                                          uint32_t *row_flags, kam_diag *diag);

/**
 * Why an account's churn risk is what it is, on the log-odds of
 * kam_btyd_no_order: silence beside one of its own intervals, t_x / x; rhythm and
 * tenure (Shapley 1953) beside a reference account. base + silence + rhythm +
 * tenure add up exactly. Never allocates; can be cancelled.
 *
 * @param reference the typical account: x, t_x, T (taken as t_x, one interval)
 * @param[out] reasons shape (n_rows, 4): base, silence, rhythm, tenure, in this
 *                     order; contributions NaN where flagged
 */
KAM_API kam_status kam_btyd_reasons(const kam_btyd *model,
                                    const kam_accounts *accounts,
                                    double horizon_periods,
                                    const double reference[3],
                                    const kam_host *host, kam_reason *reasons,
                                    uint32_t *row_flags, kam_diag *diag);

KAM_END

#endif
