/* SPDX-License-Identifier: MIT */
#include "tier/rank.h"

#include "base/rows.h"
#include "math/sort.h"

void kam__rank(const kam_column *value, int64_t n_rows, double *key,
               int64_t *order, int64_t *scratch, int64_t *rank) {
    for (int64_t i = 0; i < n_rows; i++) key[i] = -kam__number_at(value, i);
    kam__sort_by_number(key, n_rows, order, scratch);
    for (int64_t k = 0; k < n_rows; k++) {
        const int64_t row = order[k];
        const int tied = k > 0 && key[order[k - 1]] == key[row];
        const int64_t place = tied ? rank[order[k - 1]] : k + 1;
        rank[row] = key[row] == key[row] ? place : 0;
    }
}
