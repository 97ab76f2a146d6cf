/* SPDX-License-Identifier: MIT */
/* Weighted selection: where to cut a set of values so that the best of them
 * hold a given weight. */
#ifndef KAM_MATH_SELECT_H
#define KAM_MATH_SELECT_H

#include <kam/sum.h>

/* A value, not NaN, and its weight, 0 <= weight; all weights together below
 * 2^62. */
struct kam__weighted {
    double value;
    double weight;
};

/* The largest v such that the items with value >= v together weigh `target` or
 * more; the smallest value there is when all of them do not, NaN when n is 0.
 *
 * Ties: items of equal value stand or fall together, so {value >= v} may weigh
 * more than asked. -0 and 0 are equal, and given back as 0. The weights are
 * added exactly (as kam_sum does), so neither the order of the items nor the
 * way they are looked through can change the answer.
 *
 * A radix selection from the leading byte down: at most 8 passes over items
 * that get fewer, O(n) in the worst case too. Items change places. */
double kam__select(struct kam__weighted *item, int64_t n,
                   const kam_sum *target);

#endif
