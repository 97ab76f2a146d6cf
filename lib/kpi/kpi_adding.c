/* SPDX-License-Identifier: MIT */
/* Adding a tile of rows to the cells of their groups. */
#include <string.h>

#include "base/isa.h"
#include "kpi/figures.h"
#include "math/exact.h"

static inline int is_zero(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits << 1 == 0;
}

static inline void add_counts(uint32_t *restrict count,
                              const uint32_t *restrict bit, uint32_t mark,
                              int32_t n) {
    for (int32_t k = 0; k < n; k++) count[k] += (mark & bit[k]) ? 1u : 0u;
}

/* What row i adds to its group. Most terms of a row are there together or not at
 * all, so that the branch is foreseen. */
static inline void add_row(const struct kam__kpi_adding *adding, int32_t i,
                           uint64_t *over) {
    char *const cell = adding->cell[i];
    kam_sum *const sum = (kam_sum *)(void *)cell;
    for (int32_t k = 0; k < adding->n_sums; k++) {
        const double x = adding->term[k][i];
        if (!is_zero(x))
            sum[k] = kam__exact_plus(sum[k], kam__exact_fast(x), over);
    }
    add_counts((uint32_t *)(void *)(sum + adding->n_sums), adding->bit,
               adding->mark[i], adding->n_lanes);
}

/* Asks for a cell some rows before it is needed: with many groups each row would
 * else wait for memory. */
static inline void ask_for(const char *cell, uint64_t size) {
#if defined(__GNUC__)
    for (uint64_t line = 0; cell && line < size; line += 64)
        __builtin_prefetch(cell + line, 1);
#else
    (void)cell, (void)size;
#endif
}

uint64_t KAM__ISA(kam__kpi_add)(const struct kam__kpi_adding *adding,
                                int32_t n) {
    uint64_t over = 0;
    for (int32_t i = 0; i < KAM__KPI_AHEAD; i++)
        ask_for(adding->cell[i], adding->cell_size);
    for (int32_t i = 0; i < n; i++) {
        ask_for(adding->cell[i + KAM__KPI_AHEAD], adding->cell_size);
        if (adding->cell[i]) add_row(adding, i, &over);
    }
    return over;
}
