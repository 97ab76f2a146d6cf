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

/* Asks for part of a cell a tile before it is needed: with many groups each row
 * would else wait for memory. */
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

/* What row i adds to sums from k on, up to `end`. */
static inline void add_sums(const struct words *words, int32_t i, int32_t k,
                            int32_t end, kam_sum *sum, uint64_t *over) {
    for (; k < end; k++, sum++) {
        const kam_sum term = {words->low[k][i], (int64_t)words->high[k][i]};
        *sum = kam__exact_plus(*sum, term, over);
    }
}

static uint64_t prepare(const struct kam__kpi_job *job,
                        struct kam__kpi_adding *adding) {
    const uint64_t most = UINT64_C(1085) << 52; /* the bits of 2^62 */
    uint64_t far[KAM__TILE] = {0}, wild = 0;
    for (int32_t k = 0; k < job->n_wanted_sums; k++) {
        const double *const restrict term = adding->term[k];
        const uint64_t is_far = k < job->n_near ? 0 : UINT64_MAX;
        for (int32_t i = 0; i < adding->n; i++) {
            uint64_t bits;
            memcpy(&bits, term + i, sizeof bits);
            const uint64_t size = bits & UINT64_MAX >> 1;
            far[i] |= size & is_far;
            wild |= size > most ? UINT64_C(1) << 63 : 0;
        }
    }
    adding->n_far = 0;
    for (int32_t i = 0; i < adding->n; i++) {
        adding->far[adding->n_far] = i;
        adding->n_far += far[i] != 0;
    }
    return wild;
}

static uint64_t add(const struct kam__kpi_job *job,
                    const struct kam__kpi_adding *adding,
                    const struct kam__kpi_adding *next) {
    const int32_t n_near = job->n_near, n_sums = job->n_wanted_sums;
    const uint64_t near_size = job->near_size;
    uint64_t over = 0;
    struct words words;
    for (int32_t k = 0; k < n_sums; k++)
        if (!split(adding->term[k], adding->n, words.low[k], words.high[k]))
            split_slowly(adding->term[k], adding->n, words.low[k],
                         words.high[k]);
    for (int32_t i = 0; i < adding->n; i++) {
        char *const cell = adding->cell[i];
        ask_for(next->cell[i], near_size);
        if (!cell) continue;
        add_sums(&words, i, 0, n_near, (kam_sum *)(void *)cell, &over);
        add_counts((uint32_t *)(void *)(cell +
                                        (uint64_t)n_near * sizeof(kam_sum)),
                   job->bit, adding->tile.mark[i], job->n_lanes);
    }
    for (int32_t r = 0; r < adding->n_far || r < next->n_far; r++) {
        char *const coming = r < next->n_far ? next->cell[next->far[r]] : NULL;
        char *const cell =
            r < adding->n_far ? adding->cell[adding->far[r]] : NULL;
        if (coming) ask_for(coming + near_size, job->cell_size - near_size);
        if (cell)
            add_sums(&words, adding->far[r], n_near, n_sums,
                     (kam_sum *)(void *)(cell + near_size), &over);
    }
    return over;
}

const struct kam__kpi_kernels KAM__ISA(kam__kpi) = {prepare, add};
