/* SPDX-License-Identifier: MIT */
/* Sums of any money: looked over once for its largest value, then brought by a
 * power of two, which is exact, into the range where kam_sum is fine-grained.
 * Money in millions of millions or in millionths gives the same shares. */
#ifndef KAM_MATH_EXTENT_H
#define KAM_MATH_EXTENT_H

#include <kam/column.h>

#include "math/elementary.h"

/* What there is in a column. */
struct kam__extent {
    int64_t n_known;        /* rows that are not missing */
    int64_t n_negative;     /* of these, below zero */
    int64_t first_infinite; /* row, or -1 */
    double largest;         /* largest finite |value|, 0 when there is none */
};

void kam__extent_of(const kam_column *column, int64_t n_rows,
                    struct kam__extent *extent);

/* A factor and its inverse, both powers of two. */
struct kam__scaling {
    double up;
    double down;
};

/* Bits above the point that leave room for 2^33 terms, in a sum within 2^63, of
 * numbers and of their squares. */
enum { KAM__SUM_BITS = 30, KAM__SQUARE_BITS = 15 };

/* Brings `largest` >= 0 into [2^(bits - 1), 2^bits), as far as doubles reach. */
static inline struct kam__scaling kam__scaling_of(double largest, int bits) {
    const int has = (int)(kam__bits(largest) >> 52) - 1022;
    const int lacks = largest > 0 ? bits - has : 0;
    const int n = lacks > 1022 ? 1022 : lacks < -1022 ? -1022 : lacks;
    const struct kam__scaling scaling = {kam__power_of_2(n),
                                         kam__power_of_2(-n)};
    return scaling;
}

/* Shares such as 0.8 and money such as 0.1 are not exact in binary: a share
 * within this factor of a line counts as on it, so that one account in ten
 * equal ones holds 10 %. 128 units in the last place. */
#define KAM__ON_THE_LINE (1 - 0x1p-46)

#endif
