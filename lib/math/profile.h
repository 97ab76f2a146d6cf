/* SPDX-License-Identifier: MIT */
/* Intervals by profile likelihood: how far one variable can move, the others making
 * the best of it, until the value has fallen by a given amount (Venzon & Moolgavkar
 * 1988, Applied Statistics 37(1)). */
#ifndef KAM_MATH_PROFILE_H
#define KAM_MATH_PROFILE_H

#include "math/optimise.h"

/* KAM_OK; KAM_ERR_AT_BOUND: the box ends before the value has fallen that far;
 * KAM_ERR_NOT_CONVERGED. */
struct kam__profile_end {
    double x;
    kam_status status;
};

/* Both ends for variable j; `best` is the search that found the maximum. Returns
 * KAM_OK, or the failure of the function. */
kam_status kam__profile(const struct kam__search *best, int32_t j, double fall,
                        kam__function function, void *context,
                        struct kam__profile_end end[2]);

#endif
