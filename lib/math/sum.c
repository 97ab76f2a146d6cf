/* SPDX-License-Identifier: MIT */
#include <kam/sum.h>

#include "math/exact.h"

kam_status kam_sum_add(kam_sum *sum, double value) {
    if (!sum) return KAM_ERR_NULL;
    if (!(fabs(value) <= 0x1p62)) return KAM_ERR_OPTION;
    const kam_sum term = kam__exact_of(value);
    return kam__exact_add(sum, term.low, term.high) ? KAM_ERR_OVERFLOW : KAM_OK;
}

kam_status kam_sum_merge(kam_sum *sum, const kam_sum *other) {
    if (!sum || !other) return KAM_ERR_NULL;
    return kam__exact_add(sum, other->low, other->high) ? KAM_ERR_OVERFLOW
                                                        : KAM_OK;
}

/* Leading zero bits of a word that is not zero. */
static int leading_zeros(uint64_t word) {
    int n = 0;
    for (int step = 32; step > 0; step /= 2)
        if (word >> (64 - step) == 0) {
            n += step;
            word <<= step;
        }
    return n;
}

/* The 53 leading bits of {high, low} (not zero), rounded to even, times 2^e. */
static double nearest(uint64_t high, uint64_t low) {
    if (high == 0 && low == 0) return 0;
    double scale = 1;
    if (high == 0) {
        high = low;
        low = 0;
        scale = 0x1p-64;
    }
    const int shift = leading_zeros(high);
    if (shift > 0) {
        high = high << shift | low >> (64 - shift);
        low <<= shift;
    }
    /* Keep 53 bits; what follows decides the rounding. */
    uint64_t kept = high >> 11;
    const uint64_t rest = high & 0x7FF;
    const int above = rest > 0x400 || (rest == 0x400 && (low != 0 || kept & 1));
    kept += (uint64_t)above;
    for (int i = 0; i < shift; i++) scale *= 0.5;
    return (double)kept * 0x1p11 * scale;
}

double kam_sum_value(const kam_sum *sum) {
    if (!sum) return NAN;
    if (sum->high >= 0) return nearest((uint64_t)sum->high, sum->low);
    const uint64_t low = ~sum->low + 1;
    const uint64_t high = ~(uint64_t)sum->high + (low == 0);
    return -nearest(high, low);
}
