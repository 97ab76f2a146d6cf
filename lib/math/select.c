/* SPDX-License-Identifier: MIT */
#include "math/select.h"

#include <string.h>

#include "math/elementary.h"
#include "math/exact.h"

enum { BYTES = 256 };

struct histogram {
    kam_sum weight[BYTES];
    int64_t count[BYTES];
};

/* Doubles in rising order as whole numbers in rising order. That -0 comes just
 * below 0 here does no harm: both are given back as 0. */
static uint64_t ordered(double value) {
    const uint64_t bits = kam__bits(value);
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static unsigned byte_of(double value, int shift) {
    return (unsigned)(ordered(value) >> shift) & (BYTES - 1);
}

static void count_bytes(struct histogram *histogram,
                        const struct kam__weighted *item, int64_t n,
                        int shift) {
    memset(histogram, 0, sizeof *histogram);
    for (int64_t i = 0; i < n; i++) {
        const unsigned byte = byte_of(item[i].value, shift);
        const kam_sum weight = kam__exact_of(item[i].weight);
        (void)kam__exact_add(&histogram->weight[byte], weight.low, weight.high);
        histogram->count[byte]++;
    }
}

static int reaches(const kam_sum *sum, const kam_sum *target) {
    return sum->high != target->high ? sum->high > target->high
                                     : sum->low >= target->low;
}

/* The byte at which the weight from the top, `above` included, reaches the
 * target; the last one in use when none does. Moves `above` on to it. */
static unsigned byte_that_reaches(const struct histogram *histogram,
                                  kam_sum *above, const kam_sum *target) {
    kam_sum before = *above, sum = *above;
    unsigned found = 0;
    for (unsigned byte = BYTES; byte-- > 0;) {
        if (histogram->count[byte] == 0) continue;
        found = byte;
        before = sum;
        (void)kam__exact_add(&sum, histogram->weight[byte].low,
                             histogram->weight[byte].high);
        if (reaches(&sum, target)) break;
    }
    *above = before;
    return found;
}

/* Moves the items with this byte to the front; returns how many there are. */
static int64_t to_front(struct kam__weighted *item, int64_t n, int shift,
                        unsigned byte) {
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        if (byte_of(item[i].value, shift) != byte) continue;
        const struct kam__weighted other = item[kept];
        item[kept++] = item[i];
        item[i] = other;
    }
    return kept;
}

double kam__select(struct kam__weighted *item, int64_t n,
                   const kam_sum *target) {
    struct histogram histogram;
    kam_sum above = {0, 0};
    if (n <= 0) return (double)NAN;
    for (int shift = 56; shift >= 0; shift -= 8) {
        count_bytes(&histogram, item, n, shift);
        const unsigned byte = byte_that_reaches(&histogram, &above, target);
        if (histogram.count[byte] < n) n = to_front(item, n, shift, byte);
    }
    return item[0].value + 0.0;
}
