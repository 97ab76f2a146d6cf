/* SPDX-License-Identifier: MIT */
/* The series of beta_geometric.c in their first form, in z = w / (1 + w), where
 * many w share the coefficients: one account at many times, or a tile of rows,
 * of which few differ in x. The divisions are done once for each x. */
#include <math.h> /* fabs, NAN */
#include <string.h>

#include "base/isa.h"
#include "math/elementary.h"
#include "value/beta_geometric.h"
#include "value/shared.h"

/* out = E (1 - (1 + p w)^-R) / p = (1 - z)^(a - 1) sum_n s_n z^n, n >= 1: the
 * first form of beta_geometric.c, n s_n = (n - 1 + a - 1) s_(n-1) + h_(n-1). */
#define LARGEST_C 0x1p500 /* the product of two is finite */

static const double RECIPROCAL[STEPS * STEP] = {
    /* of n + 1 */
    1.0 / 1,   1.0 / 2,   1.0 / 3,   1.0 / 4,   1.0 / 5,   1.0 / 6,   1.0 / 7,
    1.0 / 8,   1.0 / 9,   1.0 / 10,  1.0 / 11,  1.0 / 12,  1.0 / 13,  1.0 / 14,
    1.0 / 15,  1.0 / 16,  1.0 / 17,  1.0 / 18,  1.0 / 19,  1.0 / 20,  1.0 / 21,
    1.0 / 22,  1.0 / 23,  1.0 / 24,  1.0 / 25,  1.0 / 26,  1.0 / 27,  1.0 / 28,
    1.0 / 29,  1.0 / 30,  1.0 / 31,  1.0 / 32,  1.0 / 33,  1.0 / 34,  1.0 / 35,
    1.0 / 36,  1.0 / 37,  1.0 / 38,  1.0 / 39,  1.0 / 40,  1.0 / 41,  1.0 / 42,
    1.0 / 43,  1.0 / 44,  1.0 / 45,  1.0 / 46,  1.0 / 47,  1.0 / 48,  1.0 / 49,
    1.0 / 50,  1.0 / 51,  1.0 / 52,  1.0 / 53,  1.0 / 54,  1.0 / 55,  1.0 / 56,
    1.0 / 57,  1.0 / 58,  1.0 / 59,  1.0 / 60,  1.0 / 61,  1.0 / 62,  1.0 / 63,
    1.0 / 64,  1.0 / 65,  1.0 / 66,  1.0 / 67,  1.0 / 68,  1.0 / 69,  1.0 / 70,
    1.0 / 71,  1.0 / 72,  1.0 / 73,  1.0 / 74,  1.0 / 75,  1.0 / 76,  1.0 / 77,
    1.0 / 78,  1.0 / 79,  1.0 / 80,  1.0 / 81,  1.0 / 82,  1.0 / 83,  1.0 / 84,
    1.0 / 85,  1.0 / 86,  1.0 / 87,  1.0 / 88,  1.0 / 89,  1.0 / 90,  1.0 / 91,
    1.0 / 92,  1.0 / 93,  1.0 / 94,  1.0 / 95,  1.0 / 96,  1.0 / 97,  1.0 / 98,
    1.0 / 99,  1.0 / 100, 1.0 / 101, 1.0 / 102, 1.0 / 103, 1.0 / 104, 1.0 / 105,
    1.0 / 106, 1.0 / 107, 1.0 / 108, 1.0 / 109, 1.0 / 110, 1.0 / 111, 1.0 / 112,
    1.0 / 113, 1.0 / 114, 1.0 / 115, 1.0 / 116, 1.0 / 117, 1.0 / 118, 1.0 / 119,
    1.0 / 120, 1.0 / 121, 1.0 / 122, 1.0 / 123, 1.0 / 124, 1.0 / 125, 1.0 / 126,
    1.0 / 127, 1.0 / 128,
};

struct series {
    double c[SLOTS], h[SLOTS], last[SLOTS];
    double s[STEPS * STEP][SLOTS];
};

/* Two terms at a time: one division serves both, and the second does not wait for
 * the first. */
static void extend(const struct kam__beta_geometric *m, int32_t n_terms,
                   struct series *of) {
    const double g = m->a - 1, kappa = m->b + m->first - m->r + g;
    for (int32_t j = 0; j < n_terms; j += 2) {
        const double n = j, step0 = RECIPROCAL[j], step1 = RECIPROCAL[j + 1];
        const double grow0 = (n + g) * step0, grow1 = (n + 1 + g) * step1;
        const double grow = grow0 * grow1;
        const double ratio0 = (m->a + n) * (kappa + n) * step0;
        const double ratio1 = (m->a + (n + 1)) * (kappa + (n + 1)) * step1;
        ONE_VECTOR
        for (int k = 0; k < SLOTS; k++) {
            const double c0 = of->c[k] + n, c1 = of->c[k] + (n + 1);
            const double both = 1 / (c0 * c1);
            const double shrink = ratio0 * (both * c1);
            const double h = of->h[k], more = step0 * h;
            const double s1 =
                grow * of->last[k] + (grow1 * more + step1 * (h * shrink));
            of->s[j][k] = grow0 * of->last[k] + more;
            of->s[j + 1][k] = s1;
            of->last[k] = s1;
            of->h[k] = h * (shrink * (ratio1 * (both * c0)));
        }
    }
}

/* The same for one x, where pairs of terms lie side by side instead. */
static void extend_one(const struct kam__beta_geometric *m, double x,
                       int32_t n_terms, double *s) {
    enum { PAIRS = 8 };
    static const double next[PAIRS] = {0, 2, 4, 6, 8, 10, 12, 14};
    const double g = m->a - 1, kappa = m->b + m->first - m->r + g;
    const double c = m->a + m->b + x + m->first;
    double h = m->r + x, last = 0;
    for (int32_t j = 0; j < n_terms; j += 2 * PAIRS) {
        double grow0[PAIRS], grow1[PAIRS], shrink[PAIRS], all[PAIRS];
        const double at = j;
        ONE_VECTOR
        for (int k = 0; k < PAIRS; k++) {
            const double n = at + next[k];
            const double step0 = RECIPROCAL[j + 2 * k];
            const double step1 = RECIPROCAL[j + 2 * k + 1];
            const double ratio0 = (m->a + n) * (kappa + n) * step0;
            const double ratio1 = (m->a + (n + 1)) * (kappa + (n + 1)) * step1;
            const double c0 = c + n, c1 = c + (n + 1);
            const double both = 1 / (c0 * c1);
            grow0[k] = (n + g) * step0;
            grow1[k] = (n + 1 + g) * step1;
            shrink[k] = ratio0 * (both * c1);
            all[k] = shrink[k] * (ratio1 * (both * c0));
        }
        for (int k = 0; k < PAIRS && j + 2 * k < n_terms; k++) {
            const double step0 = RECIPROCAL[j + 2 * k];
            const double step1 = RECIPROCAL[j + 2 * k + 1];
            const double more = step0 * h;
            s[j + 2 * k] = grow0[k] * last + more;
            s[j + 2 * k + 1] = last =
                grow0[k] * grow1[k] * last +
                (grow1[k] * more + step1 * (h * shrink[k]));
            h *= all[k];
        }
    }
}

/* The coefficients for the x of up to SLOTS rows. */
static void begin(const struct kam__beta_geometric *m,
                  const struct kam__btyd_tile *tile, const uint8_t *row_of,
                  int32_t n_slots, int32_t n_steps, struct series *of) {
    for (int32_t k = 0; k < SLOTS; k++) {
        const double x = tile->x[row_of[k < n_slots ? k : n_slots - 1]];
        of->h[k] = m->r + x;
        of->c[k] = m->a + m->b + x + m->first;
        of->last[k] = 0;
    }
    extend(m, n_steps * STEP, of);
}

static void sum_group(const double *s, int32_t n_steps, const double *z,
                      const double *steps, double *out, double *left) {
    sum_lanes(s, SLOTS, n_steps, z, steps, 0, out, left, GROUP);
}

/* NaN unless the last two terms, e1 and e2, are below the rounding of what they
 * sum to. */
static inline double checked(double first, double e1, double e2, double z,
                             double sum, double left) {
    const double size = (fabs(e1) + fabs(e2) * z) * left;
    return size <= 0x1p-55 * (1 - z) * (first * z * (z * z)) ? sum
                                                             : (double)NAN;
}

/* By places: rows in groups, with zeros between. */
struct places {
    double z[KAM__TILE * GROUP], steps[KAM__TILE * GROUP];
    double sum[KAM__TILE * GROUP], left[KAM__TILE * GROUP];
};

static double sum_one(const struct kam__beta_geometric *m, double x, double z) {
    double steps, sum, left, s[STEPS * STEP];
    const int32_t n_steps = steps_of(m->a - 2, &z, 1, &steps);
    extend_one(m, x, n_steps * STEP, s);
    sum_lanes(s, 1, n_steps, &z, &steps, 0, &sum, &left, 1);
    const double *const end = s + n_steps * STEP;
    return checked(s[0], end[-2], end[-1], z, sum, left);
}

static void sum_tile(const struct kam__beta_geometric *m,
                     const struct kam__btyd_tile *tile, const double *z,
                     double *out) {
    struct shared shared;
    struct series of;
    struct places at;
    double steps[KAM__TILE];
    const int32_t n_steps = steps_of(m->a - 2, z, tile->n, steps);
    share(tile, &shared);
    const size_t size = (size_t)shared.start[shared.n_slots] * sizeof *at.z;
    memset(at.z, 0, size);
    memset(at.steps, 0, size);
    for (int32_t i = 0; i < tile->n; i++) {
        at.z[shared.place[i]] = z[i];
        at.steps[shared.place[i]] = steps[i];
    }
    for (int32_t from = 0; from < shared.n_slots; from += SLOTS) {
        const int32_t left = shared.n_slots - from;
        const int32_t n = left < SLOTS ? left : SLOTS;
        begin(m, tile, shared.row_of + from, n, n_steps, &of);
        for (int32_t k = 0; k < n; k++)
            for (int32_t j = shared.start[from + k];
                 j < shared.start[from + k + 1]; j += GROUP)
                sum_group(of.s[0] + k, n_steps, at.z + j, at.steps + j,
                          at.sum + j, at.left + j);
        for (int32_t i = 0; i < tile->n; i++) {
            const int32_t k = shared.slot[i] - from, j = shared.place[i];
            if (k < 0 || k >= n) continue;
            const double *const end = of.s[(int)steps[i] * STEP] + k;
            out[i] = checked(of.s[0][k], end[-2 * SLOTS], end[-SLOTS], z[i],
                             at.sum[j], at.left[j]);
        }
    }
}

/* Rows that must be answered otherwise are NaN. */
static void orders(const struct kam__beta_geometric *m,
                   const struct kam__btyd_tile *tile, double horizon,
                   const double *later, double *out) {
    double z[KAM__TILE], scale[KAM__TILE], log[KAM__TILE];
    z[0] = 0; /* a tile has a row, which compilers do not know */
    if (!later) {
        for (int32_t i = 0; i < tile->n; i++)
            log[i] = kam__log1p(horizon / (m->alpha + tile->T[i]));
        later = log;
    }
    for (int32_t i = 0; i < tile->n; i++) {
        const double w = horizon / (m->alpha + tile->T[i]);
        const double power = (m->a - 1) * later[i];
        z[i] = w / (1 + w);
        scale[i] = power < KAM__LARGEST_POWER && z[i] < 1 ? kam__exp(-power)
                                                          : (double)NAN;
        out[i] = (double)NAN;
    }
    if (m->a + m->b + m->first - m->r - 1 >= KAM__LEAST_KAPPA &&
        m->a + m->b < LARGEST_C) {
        if (tile->n == 1)
            out[0] = sum_one(m, tile->x[0], z[0]);
        else
            sum_tile(m, tile, z, out);
    }
    for (int32_t i = 0; i < tile->n; i++) out[i] *= scale[i];
}

/* The coefficients of E (1 + p w)^-R = (1 - z)^a (1 + sum_n s_n z^n). Only the
 * products wait for each other. */
static void begin_survival(double a, double R, double c, int32_t n_terms,
                           double *s) {
    static const double next[STEP] = {0, 1, 2, 3, 4, 5, 6, 7};
    double last = 1, ratio[STEP];
    for (int32_t j = 0; j < n_terms; j += STEP) {
        const double at = j;
        ONE_VECTOR
        for (int k = 0; k < STEP; k++) {
            const double n = at + next[k];
            ratio[k] = (a + n) * (c - R + n) * RECIPROCAL[j + k] / (c + n);
        }
        for (int k = 0; k < STEP; k += 2) {
            s[j + k] = last * ratio[k];
            s[j + k + 1] = last = last * (ratio[k] * ratio[k + 1]);
        }
    }
}

static void survival(double a, double R, double c, const double *u, int32_t n,
                     double rate, double *w, double *weight, double *out) {
    double z[SLOTS], scale[SLOTS], steps[SLOTS], sum[SLOTS], left[SLOTS];
    double s[STEPS * STEP];
    for (int32_t k = 0; k < n; k++) {
        const double power = a * u[k];
        w[k] = kam__expm1(u[k]);
        weight[k] = kam__exp(rate * w[k]);
        z[k] = w[k] / (1 + w[k]);
        scale[k] = power < KAM__LARGEST_POWER && z[k] < 1 ? kam__exp(-power)
                                                          : (double)NAN;
        out[k] = (double)NAN;
    }
    if (c - R < KAM__LEAST_KAPPA || !(c < LARGEST_C)) return;
    /* The last point is the farthest. */
    const int32_t n_steps = steps_of(a - R - 1, z + n - 1, 1, steps);
    begin_survival(a, R, c, n_steps * STEP, s);
    for (int32_t k = 0; k < n; k++) steps[k] = n_steps;
    for (int32_t k = 0; k < n; k += GROUP)
        sum_lanes(s, 1, n_steps, z + k, steps + k, 0, sum + k, left + k, GROUP);
    const double first = s[0];
    const double e1 = s[n_steps * STEP - 2], e2 = s[n_steps * STEP - 1];
    for (int32_t k = 0; k < n; k++)
        out[k] = (1 + checked(first, e1, e2, z[k], sum[k], left[k])) * scale[k];
}

const struct kam__shared_series KAM__ISA(kam__shared_series) = {orders,
                                                                survival};
