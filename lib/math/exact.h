/* SPDX-License-Identifier: MIT */
/* 128-bit fixed point behind kam_sum: two words, no compiler extension. */
#ifndef KAM_MATH_EXACT_H
#define KAM_MATH_EXACT_H

#include <math.h>

#include <kam/sum.h>

/* sum += {low, high}; returns 1, sum unchanged, when it would overflow. */
static inline int kam__exact_add(kam_sum *sum, uint64_t low, int64_t high) {
    const uint64_t new_low = sum->low + low;
    const uint64_t carry = new_low < low;
    const uint64_t new_high = (uint64_t)sum->high + (uint64_t)high + carry;
    const uint64_t same_sign = ~((uint64_t)sum->high ^ (uint64_t)high);
    if ((same_sign & ((uint64_t)sum->high ^ new_high)) >> 63) return 1;
    sum->low = new_low;
    sum->high = (int64_t)new_high;
    return 0;
}

/* `value`, |value| <= 2^62, rounded to a multiple of 2^-64, ties to even. */
static inline kam_sum kam__exact_of(double value) {
    const double magnitude = fabs(value);
    const double whole = floor(magnitude);
    double units = (magnitude - whole) * 0x1p64;
    /* Below 2^52 a double still has a fraction to round off. */
    if (units < 0x1p52) units = (units + 0x1p52) - 0x1p52;
    kam_sum sum = {(uint64_t)units, (int64_t)whole};
    if (value < 0) {
        sum.low = ~sum.low + 1;
        sum.high = (int64_t)(~(uint64_t)sum.high + (sum.low == 0));
    }
    return sum;
}

#endif
