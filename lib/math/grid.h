/* SPDX-License-Identifier: MIT */
/* Sums on a grid, one addition a term: an accumulator that starts at KAM__GRID
 * has a last bit worth 2^-41 for as long as the sum stays within +-2^10, so
 * every addition rounds its term to a multiple of that, whatever came before,
 * unless the term lies halfway; with its last bit set none does. Then the order
 * of the terms does not matter (Ahrens, Demmel & Nguyen 2020, ACM Transactions
 * on Mathematical Software 46). */
#ifndef KAM_MATH_GRID_H
#define KAM_MATH_GRID_H

#include <kam/sum.h>

#include "math/elementary.h"

#define KAM__GRID 0x1.8p11

/* Terms below 2 that an accumulator takes. */
enum { KAM__GRID_ROWS = 512 };

/* x with its last bit set. */
static inline double kam__odd(double x) {
    return kam__double(kam__bits(x) | 1);
}

/* The last bits of a double, of which 26 remain. */
#define KAM__GRID_REST ((UINT64_C(1) << 28) - 1)

/* x to 26 bits, the last one set: the product of two such has 52 bits with the
 * last one set, so it needs no more care when both are below 1. */
static inline double kam__short_odd(double x) {
    return kam__double((kam__bits(x) & ~KAM__GRID_REST) |
                       (KAM__GRID_REST + 1) >> 1);
}

/* Adds what n accumulators hold to an exact sum; returns 1 on overflow. Four
 * make 53 bits. */
static inline int kam__grid_end(const double *lane, int32_t n, kam_sum *sum) {
    for (int32_t i = 0; i < n; i += 4) {
        double four = 0;
        for (int32_t k = i; k < i + 4 && k < n; k++)
            four += lane[k] - KAM__GRID;
        if (kam_sum_add(sum, four)) return 1;
    }
    return 0;
}

#endif
