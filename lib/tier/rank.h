/* SPDX-License-Identifier: MIT */
#ifndef KAM_TIER_RANK_H
#define KAM_TIER_RANK_H

#include <kam/column.h>
#include <kam/host.h>

/* Ranks by falling value, 1 the best, ties the best of theirs, 0 where missing.
 * key: shape (n_rows), order, scratch: as much, for the work. */
void kam__rank(const kam_column *value, int64_t n_rows, double *key,
               int64_t *order, int64_t *scratch, int64_t *rank);

#endif
