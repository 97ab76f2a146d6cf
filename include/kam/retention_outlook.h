/* SPDX-License-Identifier: MIT */
/**
 * @file kam/retention_outlook.h
 * What will become of accounts within a horizon, by all their contracts, of one
 * term or of several: money with an interval, and the chance that none of them
 * runs in the end. Formulas and limits: docs/models/retention.md.
 */
#ifndef KAM_RETENTION_OUTLOOK_H
#define KAM_RETENTION_OUTLOOK_H

#include "contracts.h"
#include "retention.h"

KAM_BEGIN

/** Contracts by account, as kam_contracts_known tells of them: ended ones too,
 *  for with KAM_RETENTION_SHARED they tell of the others. Those to come and
 *  unseen count for nothing. A view: the caller owns every buffer. */
typedef struct kam_retention_contracts {
    uint32_t struct_size;        /**< sizeof(kam_retention_contracts) */
    int32_t n_models;            /**< >= 0 */
    int64_t n_rows;              /**< accounts */
    const kam_retention *models; /**< shape (n_models), one a term, whose days
                                      are its period_days; family 0: none was
                                      found, and what it would say is NaN */
    const double *covariance;    /**< shape (n_models, 9): in front p x p, as
                                      kam_retention_fit writes it. NULL, or NaN
                                      in it: parameters are taken as sure */
    const int64_t *first;        /**< shape (n_rows + 1), rising from 0: the
                                      contracts [first[i], first[i + 1]) are of
                                      account i; there are first[n_rows] */
    const uint64_t *seed;        /**< shape (n_rows): draws depend on it, and on
                                      nothing of other rows; NULL: 0 each */
    const int32_t *model;        /**< of each contract: its place in `models`,
                                      not falling within an account */
    const int32_t *state;        /**< of each: KAM_CONTRACTS_* */
    const double *renewals;      /**< of each, whole, >= 0 */
    const double *contract_ended; /**< of each: 0 or 1 */
    const double *periods_to_end; /**< of each that runs: terms, >= 0 */
    const double *contract_value; /**< of each: money a term; NaN: not known */
} kam_retention_contracts;

/** Where to write. NULL: not wanted. */
typedef struct kam_retention_outlook_out {
    uint32_t struct_size; /**< sizeof(kam_retention_outlook_out) */
    uint32_t reserved;    /**< 0 */
    double *renewal;      /**< of each contract that runs: the chance that its
                               next decision renews it; 0 when it leaves */
    double *length;       /**< of each that runs: terms that it is expected to
                               run within the horizon; may be infinite */
    double *value;        /**< of each account: money expected within it */
    double *value_low;  /**< quantiles of what may come of it: the parameters */
    double *value_high; /**< (normal in their logs), the chances to end, and
                               the renewals of 500 draws */
    double *lapse;      /**< of each account: the chance that none of its
                               contracts runs when the horizon ends */
    uint32_t *row_flags; /**< of each account: KAM_ROW_MISSING: what a contract
                               is worth, or its model, is not known, or its row
                               could not be used; KAM_ROW_DOMAIN; KAM_ROW_INFINITE */
} kam_retention_outlook_out;

/**
 * What becomes of accounts within a horizon. Money accrues evenly over a term
 * and is discounted to the as-of day; an account without a contract that runs is
 * worth 0 and has lapsed. Contracts of different models end on their own, and
 * so do those of one, but of KAM_RETENTION_SHARED. With an endless horizon
 * `lapse` is 1 or 0: none runs now, or one does. Allocates 8 bytes a contract,
 * and 12,000 a model for quantiles; can be cancelled.
 *
 * @param horizon_days      > 0; may be infinite
 * @param discount_per_year >= 0, finite: a coin in a year is worth 1 / (1 + it)
 * @param interval          between the quantiles, above 0 and below 1
 * @return KAM_OK; KAM_ERR_OPTION; KAM_ERR_SHAPE; 1..19; 60..79
 */
KAM_API kam_status kam_retention_outlook(
    const kam_retention_contracts *contracts, double horizon_days,
    double discount_per_year, double interval, const kam_host *host,
    const kam_retention_outlook_out *out, kam_diag *diag);

KAM_END

#endif
