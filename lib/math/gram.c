/* SPDX-License-Identifier: MIT */
#include "math/gram.h"

#include <string.h>

#include "base/isa.h"
#include "math/grid.h"

static const struct kam__gram_kernels *kernels_of(const struct kam__gram *g) {
    return KAM__PICK(g->isa, kam__gram);
}

static int32_t lanes_of(const struct kam__gram *gram) {
    return gram->q * kam__gram_width(gram->q) * kernels_of(gram)->lanes;
}

uint64_t kam__gram_size(int32_t q) {
    return (uint64_t)q * (uint64_t)kam__gram_width(q) * KAM__GRAM_ROWS;
}

static void empty(struct kam__gram *gram) {
    const int32_t n = lanes_of(gram);
    for (int32_t i = 0; i < n; i++) gram->lane[i] = KAM__GRID;
    gram->n_held = 0;
}

void kam__gram_place(struct kam__gram *gram, int32_t q, int32_t isa,
                     int32_t is_odd, double *room, kam_sum *sum) {
    gram->q = q;
    gram->isa = isa;
    gram->is_odd = is_odd;
    gram->lane = room;
    gram->sum = sum;
    memset(sum, 0, (size_t)(q * (q + 1) / 2) * sizeof *sum);
    empty(gram);
}

void kam__gram_flush(struct kam__gram *gram) {
    const int32_t lanes = kernels_of(gram)->lanes;
    const int32_t width = kam__gram_width(gram->q);
    kam_sum *to = gram->sum;
    for (int32_t i = 0; i < gram->q; i++)
        for (int32_t j = 0; j <= i; j++, to++)
            /* Numbers within +-2 cannot overflow. */
            (void)kam__grid_end(gram->lane + (i * width + j) * lanes, lanes,
                                to);
    empty(gram);
}

void kam__gram_add(struct kam__gram *gram, double *column, int32_t n) {
    const struct kam__gram_kernels *const k = kernels_of(gram);
    const int32_t even = (n + KAM__GRAM_ROWS - 1) & ~(KAM__GRAM_ROWS - 1);
    for (int32_t j = 0; n < even && j < gram->q; j++)
        memset(column + j * KAM__TILE + n, 0,
               (size_t)(even - n) * sizeof *column);
    (*(gram->is_odd ? k->add_odd : k->add))(column, gram->q, even, gram->lane);
    gram->n_held += even;
    if (gram->n_held > KAM__GRID_ROWS * k->lanes - KAM__TILE)
        kam__gram_flush(gram);
}
