/* SPDX-License-Identifier: MIT */
#include "math/gram.h"

#include <string.h>

#include "base/isa.h"

/* Rows that stay exact: 2^12 products below 2^1 in units of 2^-40, or below
 * 2^-20 in units of 2^-60. */
enum { MOST_HELD = 4096 };

uint64_t kam__gram_size(int32_t q) {
    const uint64_t width = (uint64_t)kam__gram_width(q);
    return 2 * width * (KAM__TILE + (uint64_t)q);
}

void kam__gram_place(struct kam__gram *gram, int32_t q, int32_t isa,
                     int32_t is_fine, double *room, kam_sum *sum) {
    const int64_t width = kam__gram_width(q);
    gram->q = q;
    gram->isa = isa;
    gram->is_fine = is_fine;
    gram->n_held = 0;
    gram->part[0] = room;
    gram->part[1] = room + KAM__TILE * width;
    gram->high = room + 2 * KAM__TILE * width;
    gram->low = gram->high + q * width;
    gram->sum = sum;
    memset(gram->high, 0, (size_t)(2 * q * width) * sizeof *room);
    memset(sum, 0, (size_t)(q * (q + 1) / 2) * sizeof *sum);
}

int kam__gram_flush(struct kam__gram *gram) {
    const int32_t width = kam__gram_width(gram->q);
    kam_sum *to = gram->sum;
    for (int32_t i = 0; i < gram->q; i++)
        for (int32_t j = 0; j <= i; j++, to++)
            if (kam_sum_add(to, gram->high[i * width + j]) ||
                kam_sum_add(to, gram->low[i * width + j]))
                return 1;
    memset(gram->high, 0, (size_t)(2 * gram->q * width) * sizeof *gram->high);
    gram->n_held = 0;
    return 0;
}

void kam__gram_add(struct kam__gram *gram, const double *column,
                   const double *root, int32_t n) {
    const struct kam__gram_kernels *const k = KAM__PICK(gram->isa, kam__gram);
    const int32_t n4 = (n + 3) & ~3;
    k->split(column, root, gram->q, n, gram->part[0],
             gram->is_fine ? gram->part[1] : NULL);
    k->square(gram->part[0], gram->q, n4, gram->high);
    if (gram->is_fine)
        k->cross(gram->part[0], gram->part[1], gram->q, n4, gram->low);
    gram->n_held += n;
    /* Numbers within +-1 cannot overflow. */
    if (gram->n_held > MOST_HELD - KAM__TILE) (void)kam__gram_flush(gram);
}
