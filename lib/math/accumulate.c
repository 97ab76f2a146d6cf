/* SPDX-License-Identifier: MIT */
#include "math/accumulate.h"

#include "base/isa.h"
#include "math/exact.h"

enum { LANES = 8, BLOCK = 512 };

/* Adding and taking away 1.5 * 2^52 * unit rounds to a multiple of unit, ties
 * to even: the sum lies where a double's last bit is worth one unit. */
#define WHOLE 0x1.8p52
#define FINE 0x1.8p20
#define FINEST 0x1.8p-12

/* Limits below which every partial sum of a block is exact: the parts on the
 * finer grids are below 2^31 units, those on the first below 2^31. */
#define LARGEST_TERM 0x1p31
#define LARGEST_WEIGHT 0x1p20

static int add_weighted(kam_sum *sum, double term, double weight) {
    if (weight != floor(weight) || weight < 0 || weight > 0x1p53)
        return !(fabs(term * weight) <= 0x1p62) ||
               kam_sum_add(sum, term * weight) != KAM_OK;
    if (!(fabs(term) <= 0x1p62)) return 1;
    /* weight * term on the grid, by doubling. */
    kam_sum power = kam__exact_of(term);
    for (uint64_t w = (uint64_t)weight; w > 0; w >>= 1) {
        if ((w & 1) && kam__exact_add(sum, power.low, power.high)) return 1;
        if (w > 1 && kam__exact_add(&power, power.low, power.high)) return 1;
    }
    return 0;
}

static int add_slowly(kam_sum *sum, const double *term, const double *weight,
                      int64_t n) {
    for (int64_t i = 0; i < n; i++)
        if (add_weighted(sum, term[i], weight ? weight[i] : 1)) return 1;
    return 0;
}

struct parts {
    double whole[LANES], fine[LANES], finest[LANES];
    double weight[LANES]; /* of the terms */
    double wild[LANES];   /* not 0 where the fast path is not exact */
};

/* Splits a multiple of LANES terms. */
static inline void split(struct parts *parts, const double *restrict term,
                         const double *restrict weight, int64_t n) {
    struct parts p = {{0}, {0}, {0}, {0}, {0}};
    for (int64_t i = 0; i < n; i += LANES)
        for (int64_t k = 0; k < LANES; k++) {
            const double t = term[i + k];
            const double w = weight ? weight[i + k] : 1;
            const double whole = (t + WHOLE) - WHOLE;
            const double rest = t - whole;
            const double fine = (rest + FINE) - FINE;
            const double finest = ((rest - fine) + FINEST) - FINEST;
            /* A NaN fails every comparison. */
            const double tame = fabs(t) <= LARGEST_TERM ? p.wild[k] : 1;
            const double proper = w >= 0 && w <= LARGEST_WEIGHT ? tame : 1;
            p.wild[k] = (w + WHOLE) - WHOLE == w ? proper : 1;
            p.whole[k] += w * whole;
            p.fine[k] += w * fine;
            p.finest[k] += w * finest;
            p.weight[k] += w;
        }
    *parts = p;
}

/* Lanes in order; exact for the parts of a tame block. */
static double total(const double *lane) {
    double sum = 0;
    for (int k = 0; k < LANES; k++) sum += lane[k];
    return sum;
}

/* Whether the parts are exact. */
static int is_tame(const struct parts *parts) {
    return total(parts->wild) == 0 && total(parts->weight) <= LARGEST_WEIGHT;
}

static int flush(kam_sum *sum, const struct parts *parts) {
    const int64_t whole = (int64_t)total(parts->whole);
    const int64_t fine = (int64_t)(total(parts->fine) * 0x1p32);
    const int64_t finest = (int64_t)(total(parts->finest) * 0x1p64);
    /* Arithmetic shifts spelled out: floor(fine / 2^32) and the remainder. */
    const int64_t carry = (int64_t)floor((double)fine * 0x1p-32);
    const uint64_t fine_low = (uint64_t)fine << 32;
    return kam__exact_add(sum, 0, whole) ||
           kam__exact_add(sum, fine_low, carry) ||
           kam__exact_add(sum, (uint64_t)finest, finest < 0 ? -1 : 0);
}

int KAM__ISA(kam__accumulate)(kam_sum *sum, const double *term,
                              const double *weight, int64_t n) {
    for (int64_t first = 0; first < n; first += BLOCK) {
        const int64_t left = n - first;
        const int64_t m = left < BLOCK ? left : BLOCK;
        const int64_t even = m - m % LANES;
        const double *const t = term + first;
        const double *const w = weight ? weight + first : 0;
        struct parts parts;
        if (w)
            split(&parts, t, w, even);
        else
            split(&parts, t, 0, even);
        const int64_t done = is_tame(&parts) ? even : 0;
        if ((done > 0 && flush(sum, &parts)) ||
            add_slowly(sum, t + done, w ? w + done : 0, m - done))
            return 1;
    }
    return 0;
}
