/* SPDX-License-Identifier: MIT */
/**
 * @file kam/fit.h
 * From a book to plain numbers: everything that scoring needs, in one call.
 */
#ifndef KAM_FIT_H
#define KAM_FIT_H

#include "account.h"
#include "btyd.h"
#include "estimate.h"
#include "matrix.h"
#include "policy.h"
#include "spend.h"
#include "tier.h"

KAM_BEGIN

/** What kam_fit learned: plain numbers, no pointers. Store it as you like. */
typedef struct kam_models {
    uint32_t struct_size;         /**< sizeof(kam_models) */
    int32_t n_bands;              /**< tiers with limits; 0: no tiers */
    kam_btyd orders;              /**< family 0: no order model */
    kam_spend spend;              /**< family 0: no spend model */
    double orders_covariance[64]; /**< (p, p) by rows, of log parameters; NaN:
                                       not known */
    double spend_covariance[16];  /**< likewise */
    double reference[3];          /**< the typical account: x, t_x, T */
    kam_tier_band limits[16];     /**< score limits of the tiers, best first */
    kam_matrix matrix;  /**< of value and potential, when has_matrix */
    int32_t has_matrix; /**< 1; 0: no matrix */
    uint32_t defaults;  /**< KAM_POLICY_TIERS, KAM_POLICY_MATRIX: those
                                       stood at their defaults */
} kam_models;

/** In place of a KAM_BTYD_*: MBG/NBD, Pareto/NBD or MBG/CNBD-k (where `log_gaps` is
 *  known), whichever has the lowest BIC (kam_btyd_choose); MBG/NBD, as by default,
 *  unless it and the best have interior maxima. */
enum { KAM_FIT_CHOOSE = -1 };

/** How to fit. */
typedef struct kam_fit_options {
    uint32_t struct_size;  /**< set by _init */
    int32_t family;        /**< KAM_BTYD_*, KAM_FIT_CHOOSE, or 0 (default):
                                MBG/NBD, with the
                                weak prior when maximum likelihood finds no
                                interior optimum, or one of KAM_ERR_WEAK */
    double period_days;    /**< the period the rows count in; default 7 */
    kam_tier_policy tiers; /**< of tier_value; without bands (default) those of
                                the policy */
    const kam_policy *policy; /**< tiers and matrix are fitted; NULL: T1's CNY
                                preset, T2's thresholds */
    int32_t spend_family;     /**< KAM_SPEND_*, or 0 (default): Gamma-Gamma */
    int32_t reserved;         /**< 0 */
} kam_fit_options;

/** What kam_fit tells. */
typedef struct kam_fit_report {
    uint32_t struct_size;       /**< sizeof(kam_fit_report) */
    uint32_t reserved;          /**< 0 */
    kam_estimate_report orders; /**< the order model's fit */
    kam_estimate_report spend;  /**< the spend model's fit */
    kam_status orders_ml;       /**< verdict of maximum likelihood, before any
                                     prior was called in; KAM_ERR_WEAK of a fit
                                     that is KAM_OK and names a culprit */
    kam_status spend_ml;        /**< likewise */
    kam_status tiers;           /**< KAM_ERR_EMPTY when limits are shares of a
                                     book in which no tier_value is known */
    int32_t orders_culprit;     /**< the parameter orders_ml names, or -1 */
    int32_t spend_culprit;      /**< the parameter that spend_ml names, or -1 */
    kam_status independence;    /**< verdict of kam_spend_independence */
    kam_spend_dependence dependence; /**< what it found; NaN when nothing */
    kam_status matrix; /**< KAM_ERR_EMPTY when no tier_value is known */
    int32_t reserved2; /**< 0 */
} kam_fit_report;

/** Writes the defaults into the first `struct_size` bytes of `options`. */
KAM_API kam_status kam_fit_options_init(kam_fit_options *options,
                                        uint32_t struct_size);

/**
 * Fits the order model, the spend model, the tier limits and the matrix (both on
 * tier_value: T1, T2) of a book. Allocates; can be cancelled. A part that the
 * data cannot carry is left out of `models` (family 0, n_bands 0, has_matrix 0)
 * with its verdict in the report; the call still
 * returns KAM_OK, so that the rest can be scored.
 *
 * @param parts   shape (n_parts): the book, whole or in chunks
 * @param options NULL: defaults
 * @param[out] models its struct_size must be set
 * @param[out] report may be NULL
 * @return KAM_OK; KAM_ERR_EMPTY when there is no row at all; 1..19; 60..79
 */
KAM_API kam_status kam_fit(const kam_accounts *parts, int64_t n_parts,
                           const kam_fit_options *options, const kam_host *host,
                           kam_models *models, kam_fit_report *report,
                           kam_diag *diag);

KAM_END

#endif
