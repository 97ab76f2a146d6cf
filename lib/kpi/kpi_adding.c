/* SPDX-License-Identifier: MIT */
/* Adding a tile of rows to the cells of their groups. */
#include <string.h>

#include "base/isa.h"
#include "kpi/figures.h"
#include "math/exact.h"

static inline void add_counts(uint32_t *restrict count,
                              const uint32_t *restrict bit, uint32_t mark,
                              int32_t n) {
    for (int32_t k = 0; k < n; k++) count[k] += (mark & bit[k]) ? 1u : 0u;
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

/* Terms of a tile as the two words of a sum. */
struct words {
    uint64_t low[KAM__KPI_SUMS][KAM__TILE], high[KAM__KPI_SUMS][KAM__TILE];
};

/* kam__exact_fast for a tile, in vector code: the mantissa, shifted, then negated
 * where the sign says so. Returns 0 when some term has bits below 2^-63 or from
 * 2^52 on. */
static int split(const double *restrict term, int32_t n, uint64_t *restrict low,
                 uint64_t *restrict high) {
    uint64_t odd = 0;
    for (int32_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, term + i, sizeof bits);
        const uint64_t shift = (bits >> 52 & 0x7FF) - 1011;
        const uint64_t fits = shift - 1 < 63 ? UINT64_MAX : 0;
        const uint64_t some = bits << 1 != 0 ? UINT64_MAX : 0;
        const uint64_t one = UINT64_C(1) << 52;
        const uint64_t mantissa = ((bits & (one - 1)) | one) & fits;
        const uint64_t a = mantissa << (shift & 63);
        const uint64_t b = mantissa >> ((64 - shift) & 63);
        const uint64_t sign = 0 - (bits >> 63);
        const uint64_t carry = a == 0 ? UINT64_C(1) : 0;
        low[i] = (a ^ sign) - sign;
        high[i] = (b ^ sign) + (carry & sign);
        odd |= some & ~fits;
    }
    return odd == 0;
}

/* The same for any term, one after the other. */
static void split_slowly(const double *term, int32_t n, uint64_t *low,
                         uint64_t *high) {
    for (int32_t i = 0; i < n; i++) {
        const kam_sum sum = kam__exact_fast(term[i]);
        low[i] = sum.low;
        high[i] = (uint64_t)sum.high;
    }
}

/* What row i adds to its group. */
static inline void add_row(const struct kam__kpi_adding *adding,
                           const struct words *words, int32_t i,
                           uint64_t *over) {
    kam_sum *const sum = (kam_sum *)(void *)adding->cell[i];
    for (int32_t k = 0; k < adding->n_sums; k++) {
        const kam_sum term = {words->low[k][i], (int64_t)words->high[k][i]};
        sum[k] = kam__exact_plus(sum[k], term, over);
    }
    add_counts((uint32_t *)(void *)(sum + adding->n_sums), adding->bit,
               adding->mark[i], adding->n_lanes);
}

uint64_t KAM__ISA(kam__kpi_add)(const struct kam__kpi_adding *adding,
                                int32_t n) {
    uint64_t over = 0;
    struct words words;
    for (int32_t k = 0; k < adding->n_sums; k++)
        if (!split(adding->term[k], n, words.low[k], words.high[k]))
            split_slowly(adding->term[k], n, words.low[k], words.high[k]);
    for (int32_t i = 0; i < KAM__KPI_AHEAD; i++)
        ask_for(adding->cell[i], adding->cell_size);
    for (int32_t i = 0; i < n; i++) {
        ask_for(adding->cell[i + KAM__KPI_AHEAD], adding->cell_size);
        if (adding->cell[i]) add_row(adding, &words, i, &over);
    }
    return over;
}
