/* SPDX-License-Identifier: MIT */
/* kam_clv_value and kam_clv_interval in two steps, for kam_score: check once,
 * then tile by tile. */
#ifndef KAM_VALUE_CLV_H
#define KAM_VALUE_CLV_H

#include <kam/clv.h>

#include "value/btyd_rows.h"

/* kam__log1p(0.10) */
#define KAM__LOG_OF_USUAL_DISCOUNT 0x1.8663f793c46c7p-4

/* Each shape (n_rows); NULL: not wanted. */
struct kam__clv_out {
    double *value, *low, *high;
    uint32_t *row_flags;
};

struct kam__clv {
    const kam_accounts *accounts;
    kam__family family;
    const struct kam__spend_family *law;                /* of order values */
    const double *orders, *spend;                       /* parameters */
    const double *orders_covariance, *spend_covariance; /* or NULL */
    double horizon, discount, interval;                 /* in periods */
    double pace_variance;                               /* 0: not asked */
    struct kam__clv_out out;
    int32_t isa;
    const struct kam__btyd_plan *plan; /* in `room`, or NULL */
    struct kam__btyd_plan room;
};

/* The options as they are meant, checked; NULL: defaults. */
kam_status kam__clv_read_options(kam_clv_options *ours,
                                 const kam_clv_options *theirs, kam_diag *diag);

/* A covariance, shape (p, p), is known when all of it is: else NULL. */
const double *kam__known_covariance(const double *covariance, int32_t p);

/* The horizon as the models count: a book of twice the pace has twice the time. */
static inline double kam__clv_periods(const kam_clv_options *options,
                                      double period_days) {
    return options->horizon_days / period_days * options->pace;
}

/* Checks the columns that kam_clv_interval reads; all else is ours, read and
 * checked by kam__btyd_read_model, kam__spend_read_model, kam__btyd_read_accounts
 * and kam__clv_read_options. `accounts` stay where they are. */
kam_status kam__clv_begin(
    struct kam__clv *to, kam__family family, const kam_btyd *orders,
    const double *orders_covariance, const struct kam__spend_family *law,
    const kam_spend *spend, const double *spend_covariance,
    const kam_accounts *accounts, const kam_clv_options *options, int32_t isa,
    const struct kam__clv_out *out, kam_diag *diag);

/* Values the loaded rows from `first` on; adds to row_flags. */
void kam__clv_rows(const struct kam__clv *to, int64_t first,
                   const struct kam__btyd_tile *tile,
                   const struct kam__btyd_rows *rows);

#endif
