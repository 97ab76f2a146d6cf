/* SPDX-License-Identifier: MIT */
/**
 * @file kam/clv.h
 * Customer lifetime value (V1): what the orders still to come are worth today,
 * on margin. Value = expected discounted orders x expected order value x margin
 * rate, where margin rate = (gross revenue - returns - direct cost - cost to
 * serve) / gross revenue of the account; where gross revenue or direct cost is
 * not known it is 1 and the row says KAM_ROW_ON_REVENUE. With KAM_SPEND_NORMAL
 * order values are margins already: the rate is 1, and columns of cost are not
 * read. Formulas: docs/models/clv.md.
 */
#ifndef KAM_CLV_H
#define KAM_CLV_H

#include "btyd.h"
#include "spend.h"

KAM_BEGIN

/** What to assume of the future. */
typedef struct kam_clv_options {
    uint32_t struct_size;     /**< set by _init */
    uint32_t reserved;        /**< 0 */
    double horizon_days;      /**< > 0, infinity allowed; default 365 */
    double discount_per_year; /**< effective yearly rate >= 0; default 0.10;
                                   applied continuously, ln(1 + rate) a year of
                                   365.25 days */
    double interval;          /**< probability inside low..high, (0, 1);
                                   default 0.80 */
    double pace; /**< > 0, or 0: 1, the default. So many days of the past
                               pass in a day to come (kam/btyd_pace.h): the order
                               model looks horizon_days x pace ahead, and orders
                               count for what they are worth on their real days */
    double
        pace_variance; /**< of log(pace), >= 0; default 0. Widens the interval */
} kam_clv_options;

/** Writes the defaults into the first `struct_size` bytes of `options`. */
KAM_API kam_status kam_clv_options_init(kam_clv_options *options,
                                        uint32_t struct_size);

/**
 * Customer lifetime value of every account. Never allocates; can be cancelled.
 *
 * @param orders, spend the fitted models
 * @param options NULL: defaults
 * @param[out] value     shape (n_rows), money today; below 0 for an account
 *                       whose margin is negative
 * @param[out] row_flags shape (n_rows), written; may be NULL
 */
KAM_API kam_status kam_clv_value(const kam_btyd *orders, const kam_spend *spend,
                                 const kam_accounts *accounts,
                                 const kam_clv_options *options,
                                 const kam_host *host, double *value,
                                 uint32_t *row_flags, kam_diag *diag);

/**
 * Two quantiles of what may come, between which it lies with the probability
 * `interval`; kam_clv_value, its mean, may lie outside. No
 * order at all has a probability of its own; the rest is matched to a ratio of
 * gamma variables by the variance of number, time and size of orders under the
 * models, and of the parameters by the delta method. An account that may well
 * not order again has low 0, and one that probably does not, high 0 too,
 * whatever its mean, the value. Never allocates; can be cancelled.
 *
 * @param orders_covariance shape (p, p), of log parameters; NULL, or NaN in any
 *                          entry: not known, and left out
 * @param spend_covariance  likewise
 * @param[out] low, high    shape (n_rows), money; NaN where value is
 */
KAM_API kam_status
kam_clv_interval(const kam_btyd *orders, const double *orders_covariance,
                 const kam_spend *spend, const double *spend_covariance,
                 const kam_accounts *accounts, const kam_clv_options *options,
                 const kam_host *host, double *low, double *high,
                 uint32_t *row_flags, kam_diag *diag);

KAM_END

#endif
