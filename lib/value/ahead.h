/* SPDX-License-Identifier: MIT */
/* How many orders an active account places, and when the next one: for families
 * whose accounts order at a rate Gamma(R, A) and leave whatever they order. */
#ifndef KAM_VALUE_AHEAD_H
#define KAM_VALUE_AHEAD_H

#include "value/gompertz.h"

/* Of an account that is active now, with the law of gompertz.h; b = 0 is its
 * limit, (1 + y / B)^-s, as in the Pareto/NBD. The discount is not read. Chances
 * of 0, 1, ..., m - 2 and of m - 1 or more orders within h, which may be infinite;
 * shape (m). */
void kam__ahead_counts(const struct kam__gompertz *law, double h, int32_t m,
                       double *out);

/* From these to those of an account that is active with chance `active`, and
 * without orders when it has left. */
static inline void kam__ahead_or_left(double active, double left, int32_t m,
                                      double *out) {
    for (int32_t n = 0; n < m; n++) out[n] *= active;
    out[0] += left;
}

/* Mean time to the next order, if there is one. */
double kam__ahead_next(const struct kam__gompertz *law);

#endif
