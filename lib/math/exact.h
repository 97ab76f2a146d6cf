/* SPDX-License-Identifier: MIT */
/* 128-bit fixed point behind kam_sum: two words, no compiler extension. */
#ifndef KAM_MATH_EXACT_H
#define KAM_MATH_EXACT_H

#include <math.h>
#include <string.h>

#include <kam/sum.h>

/* a + b, without a branch; the highest bit of `over` is set when it overflows
 * (then the sum is not to be used), else `over` stays. */
static inline kam_sum kam__exact_plus(kam_sum a, kam_sum b, uint64_t *over) {
    const uint64_t low = a.low + b.low;
    const uint64_t high =
        (uint64_t)a.high + (uint64_t)b.high + (uint64_t)(low < b.low);
    const kam_sum sum = {low, (int64_t)high};
    *over |= ((uint64_t)a.high ^ high) & ((uint64_t)b.high ^ high);
    return sum;
}

/* sum += {low, high}; returns 1, sum unchanged, when it would overflow. */
static inline int kam__exact_add(kam_sum *sum, uint64_t low, int64_t high) {
    const kam_sum term = {low, high};
    uint64_t over = 0;
    const kam_sum total = kam__exact_plus(*sum, term, &over);
    if (over >> 63) return 1;
    *sum = total;
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

/* minus the sum; the most negative one stays as it is. */
static inline kam_sum kam__exact_negative(kam_sum sum) {
    const uint64_t low = 0 - sum.low;
    const kam_sum negative = {low, (int64_t)(~(uint64_t)sum.high +
                                             (uint64_t)(low == 0))};
    return negative;
}

/* The same for the size of a value whose bits all lie between 2^-63 and 2^52, by
 * shifts alone; the rest, zero included, takes the way above. */
static inline kam_sum kam__exact_size(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    const uint32_t shift = (uint32_t)(bits >> 52 & 0x7FF) - 1011;
    if (shift - 1 >= 63) return kam__exact_of(fabs(value));
    const uint64_t mantissa = (bits & 0xFFFFFFFFFFFFF) | UINT64_C(1) << 52;
    const kam_sum sum = {mantissa << shift,
                         (int64_t)(mantissa >> (64 - shift))};
    return sum;
}

/* `value` itself, as kam__exact_of has it. */
static inline kam_sum kam__exact_fast(double value) {
    const kam_sum size = kam__exact_size(value);
    return value < 0 ? kam__exact_negative(size) : size;
}

/* Leading zero bits of a word that is not zero. */
static inline uint32_t kam__leading_zeros(uint64_t word) {
#if defined(__GNUC__)
    return (uint32_t)__builtin_clzll(word);
#else
    uint32_t n = 0;
    for (; !(word >> 63); word <<= 1) n++;
    return n;
#endif
}

/* The nearest double, ties to even. */
static inline double kam__exact_round(kam_sum sum) {
    const int below = sum.high < 0;
    const kam_sum size = below ? kam__exact_negative(sum) : sum;
    const uint64_t high = (uint64_t)size.high;
    if ((high | size.low) == 0) return 0;
    const uint32_t shift = kam__leading_zeros(high ? high : size.low);
    uint64_t exponent = (high ? 1024 : 1024 - 64) - shift;
    uint64_t top = size.low << shift; /* the 64 leading bits */
    if (high != 0) /* What is cut off only ever decides a tie. */
        top = high << shift | (size.low >> 1) >> (63 - shift) | (top != 0);
    /* 63 bits, so that the conversion is a single signed one; it rounds. */
    const double number = (double)(int64_t)(top >> 1 | (top & 1));
    double scale;
    exponent <<= 52;
    memcpy(&scale, &exponent, sizeof scale);
    return below ? -(number * scale) : number * scale;
}

/* The same, faster for what a book has most. From 4 on at least two bits of a
 * fraction of 53 lie below the last of the sum. So the last of them may stand for
 * all that was cut off, and the addition still rounds as it must. */
static inline double kam__exact_value(kam_sum sum) {
    const uint64_t size = (uint64_t)(sum.high < 0 ? -(sum.high + 1) : sum.high);
    if (size - 8 >= (UINT64_C(1) << 52) - 8) return kam__exact_round(sum);
    const uint64_t fraction = sum.low >> 11 | ((sum.low & 0x7FF) != 0);
    return (double)sum.high + (double)(int64_t)fraction * 0x1p-53;
}

#endif
