/* SPDX-License-Identifier: MIT */
#include "math/sort.h"

#include <string.h>

enum {
    FEW = 48, /* rows up to which insertion beats counting digits */
    DIGIT_BITS = 11,
    N_DIGITS = 1 << DIGIT_BITS
};

#define SIGN (UINT64_C(1) << 63)

/* A double as an unsigned number of the same order. */
static inline uint64_t rank_of_number(const void *key, int64_t row) {
    double number = ((const double *)key)[row];
    if (number != number) return UINT64_MAX;
    if (number == 0) number = 0; /* -0 becomes 0 */
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits & SIGN ? ~bits : bits | SIGN;
}

static inline uint64_t rank_of_integer(const void *key, int64_t row) {
    return (uint64_t)((const int64_t *)key)[row] ^ SIGN;
}

typedef uint64_t (*rank_of)(const void *key, int64_t row);

static int by_number(const void *key, int64_t a, int64_t b) {
    const uint64_t x = rank_of_number(key, a), y = rank_of_number(key, b);
    return (x > y) - (x < y);
}

static int by_integer(const void *key, int64_t a, int64_t b) {
    const uint64_t x = rank_of_integer(key, a), y = rank_of_integer(key, b);
    return (x > y) - (x < y);
}

/* The two below are inlined into their two callers, so that `rank` is known
 * there and costs no call. */

/* Sorts the rows that `order` holds. */
static inline void sort_run(const void *key, rank_of rank, kam__compare compare,
                            int64_t n, int64_t *order, int64_t *scratch) {
    if (n > FEW) {
        kam__sort_by(compare, key, n, order, scratch);
        return;
    }
    for (int64_t i = 1; i < n; i++) {
        const int64_t row = order[i];
        const uint64_t mine = rank(key, row);
        int64_t j = i;
        for (; j > 0 && rank(key, order[j - 1]) > mine; j--)
            order[j] = order[j - 1];
        order[j] = row;
    }
}

static inline int32_t bits_of(uint64_t number) {
    int32_t bits = 0;
    for (; number; number >>= 1) bits++;
    return bits;
}

/* By the upper 32 of the bits in which keys differ, carried along with their
 * rows, so that memory is read in order; then, where these are equal, by all. */
static inline void sort(const void *key, rank_of rank, kam__compare compare,
                        int64_t n, int64_t *order, int64_t *scratch) {
    uint64_t differs = 0, *const word = (uint64_t *)order;
    for (int64_t i = 0; i < n; i++) order[i] = i;
    if (n <= FEW || n > UINT32_MAX) {
        sort_run(key, rank, compare, n, order, scratch);
        return;
    }
    for (int64_t i = 1; i < n; i++) differs |= rank(key, i) ^ rank(key, 0);
    const int32_t bits = bits_of(differs), shift = bits > 32 ? bits - 32 : 0;
    for (int64_t i = 0; i < n; i++)
        word[i] = rank(key, i) >> shift << 32 | (uint64_t)i;
    kam__sort_words(word, n, (uint64_t *)scratch);
    for (int64_t first = 0, end; first < n; first = end) {
        const uint64_t upper = word[first] >> 32;
        for (end = first; end < n && word[end] >> 32 == upper; end++)
            word[end] &= UINT32_MAX;
        if (shift > 0 && end - first > 1)
            sort_run(key, rank, compare, end - first, order + first, scratch);
    }
}

void kam__sort_by_number(const double *key, int64_t n, int64_t *order,
                         int64_t *scratch) {
    sort(key, rank_of_number, by_number, n, order, scratch);
}

void kam__sort_by_integer(const int64_t *key, int64_t n, int64_t *order,
                          int64_t *scratch) {
    sort(key, rank_of_integer, by_integer, n, order, scratch);
}

/* Counts of digits become the places where the first of each goes. */
static void starts_of(int64_t *next) {
    int64_t sum = 0;
    for (int d = 0; d < N_DIGITS; d++) {
        const int64_t count = next[d];
        next[d] = sum;
        sum += count;
    }
}

static void word_pass(int shift, int64_t n, const uint64_t *from,
                      uint64_t *to) {
    int64_t next[N_DIGITS] = {0};
    for (int64_t i = 0; i < n; i++) next[from[i] >> shift & (N_DIGITS - 1)]++;
    starts_of(next);
    for (int64_t i = 0; i < n; i++)
        to[next[from[i] >> shift & (N_DIGITS - 1)]++] = from[i];
}

void kam__sort_words(uint64_t *word, int64_t n, uint64_t *scratch) {
    uint64_t *from = word, *to = scratch, differs = 0;
    for (int64_t i = 1; i < n; i++) differs |= word[i] ^ word[0];
    for (int shift = 32; shift < 64; shift += DIGIT_BITS) {
        if (!(differs >> shift & (N_DIGITS - 1))) continue;
        word_pass(shift, n, from, to);
        uint64_t *const swap = from;
        from = to;
        to = swap;
    }
    if (from != word) memcpy(word, from, (size_t)n * sizeof *word);
}

static void merge(kam__compare compare, const void *context, int64_t n,
                  int64_t middle, int64_t *order, int64_t *scratch) {
    memcpy(scratch, order, (size_t)middle * sizeof *order);
    int64_t left = 0, right = middle, at = 0;
    while (left < middle && right < n)
        order[at++] = compare(context, order[right], scratch[left]) < 0
                          ? order[right++]
                          : scratch[left++];
    memcpy(order + at, scratch + left, (size_t)(middle - left) * sizeof *order);
}

/* NOLINTNEXTLINE(misc-no-recursion): 63 deep, for halves of an int64_t */
void kam__sort_by(kam__compare compare, const void *context, int64_t n,
                  int64_t *order, int64_t *scratch) {
    if (n < 2) return;
    const int64_t middle = n / 2;
    kam__sort_by(compare, context, middle, order, scratch);
    kam__sort_by(compare, context, n - middle, order + middle, scratch);
    if (compare(context, order[middle], order[middle - 1]) < 0)
        merge(compare, context, n, middle, order, scratch);
}
