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

/* Whether the fast path is exact for this block. A NaN fails the test. */
static int is_tame(const double *term, const double *weight, int64_t n) {
    double total = 0;
    int tame = 1;
    for (int64_t i = 0; i < n; i++) tame &= fabs(term[i]) <= LARGEST_TERM;
    if (!weight) return tame;
    for (int64_t i = 0; i < n; i++) {
        tame &= (weight[i] == floor(weight[i])) & (weight[i] >= 0);
        total += weight[i];
    }
    return tame & (total <= LARGEST_WEIGHT);
}

struct parts {
    double whole[LANES], fine[LANES], finest[LANES];
};

static void split(struct parts *parts, const double *term, const double *weight,
                  int64_t n) {
    for (int64_t i = 0; i < n; i += LANES)
        for (int64_t k = 0; k < LANES; k++) {
            const double t = term[i + k];
            const double w = weight ? weight[i + k] : 1;
            const double whole = (t + WHOLE) - WHOLE;
            const double rest = t - whole;
            const double fine = (rest + FINE) - FINE;
            const double finest = ((rest - fine) + FINEST) - FINEST;
            parts->whole[k] += w * whole;
            parts->fine[k] += w * fine;
            parts->finest[k] += w * finest;
        }
}

static int flush(kam_sum *sum, const struct parts *parts) {
    int64_t whole = 0, fine = 0, finest = 0;
    for (int k = 0; k < LANES; k++) {
        whole += (int64_t)parts->whole[k];
        fine += (int64_t)(parts->fine[k] * 0x1p32);
        finest += (int64_t)(parts->finest[k] * 0x1p64);
    }
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
        struct parts parts = {{0}, {0}, {0}};
        if (!is_tame(t, w, m)) {
            if (add_slowly(sum, t, w, m)) return 1;
            continue;
        }
        if (w)
            split(&parts, t, w, even);
        else
            split(&parts, t, 0, even);
        if (flush(sum, &parts) ||
            add_slowly(sum, t + even, w ? w + even : 0, m - even))
            return 1;
    }
    return 0;
}
