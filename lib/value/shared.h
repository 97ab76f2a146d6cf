/* SPDX-License-Identifier: MIT */
/* Power series whose coefficients depend on x: a tile has many rows and few x, so
 * that coefficients are found once for each x. Included by kernel files only. */
#ifndef KAM_VALUE_SHARED_H
#define KAM_VALUE_SHARED_H

#include <string.h>

#include "math/elementary.h"
#include "value/btyd_family.h"

/* GCC unrolls loops of eight before it looks for vectors in them. */
#if defined(__GNUC__) && !defined(__clang__)
#define ONE_VECTOR _Pragma("GCC unroll 1")
#else
#define ONE_VECTOR
#endif

enum { STEP = 8, STEPS = 16, SLOTS = 16, GROUP = 8, SMALL = 256, NONE = 255 };

/* first + s_0 z + s_1 z^2 + ... for rows of one x, side by side, each with its own
 * number of steps (NULL: all take all). `left`, the next power of z, may be NULL. */
static inline void sum_lanes(const double *restrict s, int stride,
                             int32_t n_steps, const double *restrict z,
                             const double *restrict steps, double first,
                             double *restrict out, double *restrict left,
                             int n_lanes) {
    double z2[GROUP], z4[GROUP], z8[GROUP], sum[GROUP], power[GROUP];
    ONE_VECTOR
    for (int k = 0; k < n_lanes; k++) {
        z2[k] = z[k] * z[k];
        z4[k] = z2[k] * z2[k];
        z8[k] = z4[k] * z4[k];
        sum[k] = first;
        power[k] = z[k];
    }
    for (int32_t step = 0; step < n_steps; step++, s += STEP * stride) {
        const double now = step;
        const double s0 = s[0], s1 = s[stride], s2 = s[2 * stride];
        const double s3 = s[3 * stride], s4 = s[4 * stride], s5 = s[5 * stride];
        const double s6 = s[6 * stride], s7 = s[7 * stride];
        ONE_VECTOR
        for (int k = 0; k < n_lanes; k++) {
            const double low = (s0 + s1 * z[k]) + (s2 + s3 * z[k]) * z2[k];
            const double high = (s4 + s5 * z[k]) + (s6 + s7 * z[k]) * z2[k];
            const double more = (low + high * z4[k]) * power[k];
            sum[k] += !steps || now < steps[k] ? more : 0;
            power[k] *= !steps || now < steps[k] ? z8[k] : 1;
        }
    }
    ONE_VECTOR
    for (int k = 0; k < n_lanes; k++) out[k] = sum[k];
    ONE_VECTOR
    for (int k = 0; left && k < n_lanes; k++) left[k] = power[k];
}

/* So many steps until z^n times n^growth, which is how coefficients can grow, is
 * below 2^-58. */
static inline int32_t steps_of(double growth, const double *z, int32_t n,
                               double *steps) {
    double limit[STEPS] = {0.0066, 0.0811, 0.1873, 0.2847, 0.3660, 0.4328,
                           0.4878, 0.5336, 0.5721, 0.6050, 0.6333, 0.6579,
                           0.6794, 0.6984, 0.7153, 0.7305};
    double most = 1;
    if (growth > 0)
        for (int k = 0; k < STEPS; k++) {
            const double terms = (k + 1) * STEP;
            limit[k] *= kam__exp(-growth * kam__log(terms) / terms);
        }
    for (int32_t i = 0; i < n; i++) {
        double more = 1;
        for (int k = 0; k < STEPS - 1; k++) more += z[i] > limit[k] ? 1 : 0;
        steps[i] = more;
    }
    for (int32_t i = 0; i < n; i++) most = steps[i] > most ? steps[i] : most;
    return (int32_t)most;
}

/* The rows of a tile, those of one x together, in groups of their own: row i has
 * the slot'th x and place[i]. Large x are not looked for. */
struct shared {
    int32_t n_slots;
    uint8_t slot[KAM__TILE], row_of[KAM__TILE + 1];
    int16_t place[KAM__TILE], start[KAM__TILE + 1];
};

static inline void share(const struct kam__btyd_tile *tile, struct shared *to) {
    uint8_t known[SMALL];
    int16_t count[KAM__TILE + 1];
    int32_t n = 0, groups = 0;
    memset(known, NONE, sizeof known);
    for (int32_t i = 0; i < tile->n; i++) {
        const int small = tile->x[i] < SMALL;
        const int x = small ? (int)tile->x[i] : 0;
        const int found = small && known[x] != NONE;
        to->slot[i] = found ? known[x] : (uint8_t)n;
        if (small) known[x] = to->slot[i];
        to->row_of[n] = (uint8_t)i;
        count[n] = (int16_t)(found ? count[n] : 0);
        to->place[i] = count[to->slot[i]]++;
        n += !found;
    }
    for (int32_t k = 0; k < n; k++) {
        to->start[k] = (int16_t)(groups * GROUP);
        groups += (count[k] + GROUP - 1) / GROUP;
    }
    to->start[n] = (int16_t)(groups * GROUP);
    for (int32_t i = 0; i < tile->n; i++)
        to->place[i] = (int16_t)(to->place[i] + to->start[to->slot[i]]);
    to->n_slots = n;
}

#endif
