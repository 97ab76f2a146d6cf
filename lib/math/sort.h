/* SPDX-License-Identifier: MIT */
/* Stable sorts of index arrays: qsort has neither a context nor a rule for
 * ties, so the order of equal rows would differ from one C library to the
 * next. The caller brings the scratch memory. */
#ifndef KAM_MATH_SORT_H
#define KAM_MATH_SORT_H

#include <stdint.h>

/* Writes into `order` the rows of `key` from the smallest to the largest. Equal
 * keys (-0 and 0 are equal) keep the order of their rows; NaN come last.
 * key, order, scratch: shape (n). */
void kam__sort_by_number(const double *key, int64_t n, int64_t *order,
                         int64_t *scratch);

/* The same for integers. */
void kam__sort_by_integer(const int64_t *key, int64_t n, int64_t *order,
                          int64_t *scratch);

/* Sorts words in place by their upper 32 bits, stably: for keys that are small
 * enough to carry their row along, at half the memory. word, scratch: (n). */
void kam__sort_words(uint64_t *word, int64_t n, uint64_t *scratch);

/* Below 0, 0, above 0: row `a` comes before, with, after row `b`. */
typedef int (*kam__compare)(const void *context, int64_t a, int64_t b);

/* Sorts the rows that `order` holds already; equal rows keep the order in which
 * they stand there. order, scratch: shape (n). */
void kam__sort_by(kam__compare compare, const void *context, int64_t n,
                  int64_t *order, int64_t *scratch);

#endif
