/* SPDX-License-Identifier: MIT */
#include "math/extent.h"

#include <math.h>

#include "base/rows.h"

static void look_over(struct kam__extent *extent, const double *value,
                      int32_t n) {
    double largest = extent->largest;
    int64_t n_known = 0, n_negative = 0;
    for (int32_t i = 0; i < n; i++) {
        const double size = fabs(value[i]);
        n_known += value[i] == value[i];
        n_negative += value[i] < 0;
        largest = size > largest ? size : largest;
    }
    extent->n_known += n_known;
    extent->n_negative += n_negative;
    extent->largest = largest;
}

static void find_infinite(struct kam__extent *extent, const kam_column *column,
                          int64_t n_rows) {
    extent->largest = 0;
    for (int64_t i = 0; i < n_rows; i++) {
        const double size = fabs(kam__number_at(column, i));
        if (isinf(size) && extent->first_infinite < 0)
            extent->first_infinite = i;
        else if (!isinf(size) && size > extent->largest)
            extent->largest = size;
    }
}

void kam__extent_of(const kam_column *column, int64_t n_rows,
                    struct kam__extent *extent) {
    double tile[KAM__TILE];
    *extent = (struct kam__extent){0, 0, -1, 0};
    for (int64_t first = 0; first < n_rows; first += KAM__TILE) {
        const int64_t left = n_rows - first;
        const int32_t n = (int32_t)(left < KAM__TILE ? left : KAM__TILE);
        look_over(extent, kam__gather(column, first, n, tile), n);
    }
    if (isinf(extent->largest)) find_infinite(extent, column, n_rows);
}
