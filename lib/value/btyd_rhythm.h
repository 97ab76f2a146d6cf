/* SPDX-License-Identifier: MIT */
/* Times between orders: what they add to a likelihood, and how regular they
 * are. */
#ifndef KAM_VALUE_BTYD_RHYTHM_H
#define KAM_VALUE_BTYD_RHYTHM_H

#include "value/btyd_rows.h"

/* Of the usable accounts that ordered again: weighted sums of log_gaps and of x,
 * and how many do not tell log_gaps. */
struct kam__gaps {
    double log_gaps, orders, n_unknown;
};

/* The column's rows [first, first + n); NaN where it is not known, 0 where x is
 * 0. */
void kam__btyd_log_gaps(const kam_accounts *accounts, int64_t first, int32_t n,
                        const double *x, double *log_gaps);

/* Adds those of a part, as a fit has read it without complaint. */
kam_status kam__btyd_add_gaps(const kam_accounts *part, kam_sum *log_gaps,
                              kam_sum *orders, kam_sum *n_unknown,
                              kam_diag *diag);

#endif
