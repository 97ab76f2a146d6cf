/* SPDX-License-Identifier: MIT */
/* The race of pareto.h without an end, as a power series. With c the smaller of
 * alpha and beta and D the larger, leaving comes first after the day t with
 *   W(t) = s / w 2F1(1, b; w + 1; z) times 1 - z where c = alpha, w = R + s,
 * z = (D - c) / (D + t), b = s + 1 where c = alpha and R where c = beta (Euler's
 * transformation of the race over y, DLMF 15.6.1 and 15.8.1). The function has its
 * only singularities at z = 1 and beyond. In zeta, z = 4 zeta / (1 + zeta)^2, they
 * lie on the unit circle, and its series H has by z(1 - z) F' + (w - b z) F = w
 *   (n + w) h_n = (4 b - 2 w) h_(n-1) + (n - 2 - w) h_(n-2), n > 2,
 * whose h_n grow no faster than n does. */
#include <math.h> /* sqrt, NAN */

#include "base/isa.h"
#include "value/pareto.h"
#include "value/shared.h"

#define LARGEST_ZETA 0.6771 /* as far as STEPS * STEP terms reach */
/* e^fall is finite, and what was left out of it plays no part. */
#define LARGEST_FALL 700.0

/* For the x of up to SLOTS rows: of H less its first, 1. */
struct series {
    double s[STEPS * STEP][SLOTS];
};

static void begin(const struct kam__pareto *m,
                  const struct kam__btyd_tile *tile, const uint8_t *row_of,
                  int32_t n_slots, int32_t n_steps, struct series *of) {
    const int swapped = m->alpha > m->beta;
    double w[SLOTS], turn[SLOTS], last[SLOTS], before[SLOTS];
    for (int32_t k = 0; k < SLOTS; k++) {
        const double x = tile->x[row_of[k < n_slots ? k : n_slots - 1]];
        const double R = m->r + x;
        w[k] = R + m->s;
        turn[k] = swapped ? 2 * (R - m->s) : 4 + 2 * (m->s - R);
        before[k] = 4 * (swapped ? R : m->s + 1) / (w[k] + 1);
        last[k] = (turn[k] * before[k]) / (w[k] + 2);
        of->s[0][k] = before[k];
        of->s[1][k] = last[k];
    }
    for (int32_t j = 2; j < n_steps * STEP; j += 2) {
        const double n = j + 1;
        ONE_VECTOR
        for (int k = 0; k < SLOTS; k++) {
            const double n0 = n + w[k], n1 = n0 + 1, both = 1 / (n0 * n1);
            const double h0 =
                (turn[k] * last[k] + (n - 2 - w[k]) * before[k]) * (both * n1);
            const double h1 =
                (turn[k] * h0 + (n - 1 - w[k]) * last[k]) * (both * n0);
            of->s[j][k] = before[k] = h0;
            of->s[j + 1][k] = last[k] = h1;
        }
    }
}

/* Points of the series by places: rows in groups, with zeros between. */
struct places {
    double z[KAM__TILE * GROUP], sum[KAM__TILE * GROUP];
};

/* For points as far out as z. No term is above 4 n zeta^n, as H is (1 + zeta)^2
 * times a mean of Chebyshev polynomials of the second kind; where n^2 zeta^n is
 * below 2^-58 a block of terms is too small to change a bit of a sum above 1, so
 * that a row has the bits it has in any tile. */
static int32_t steps_to(const double *z, int32_t n) {
    static const double limit[STEPS] = {0.0039, 0.0573, 0.1437, 0.2292,
                                        0.3043, 0.3683, 0.4224, 0.4685,
                                        0.5080, 0.5422, 0.5720, 0.5981,
                                        0.6213, 0.6419, 0.6604, 0.6771};
    double farthest = 0;
    int32_t steps = 1;
    for (int32_t i = 0; i < n; i++)
        farthest = z[i] > farthest ? z[i] : farthest;
    while (steps < STEPS && farthest > limit[steps - 1]) steps++;
    return steps;
}

static void put(const struct shared *shared, const double *zeta, int32_t n,
                struct places *at) {
    const size_t size = (size_t)shared->start[shared->n_slots] * sizeof *at->z;
    memset(at->z, 0, size);
    for (int32_t i = 0; i < n; i++) at->z[shared->place[i]] = zeta[i];
}

static void sum_group(const double *s, int32_t n_steps, const double *z,
                      double *out) {
    sum_lanes(s, SLOTS, n_steps, z, 0, 1, out, 0, GROUP);
}

/* H at two points of every row. */
static void sum_tile(const struct kam__pareto *m,
                     const struct kam__btyd_tile *tile, double *last,
                     double *now) {
    struct shared shared;
    struct series of;
    struct places at_last, at_now;
    const int32_t to_last = steps_to(last, tile->n);
    const int32_t to_now = steps_to(now, tile->n);
    share(tile, &shared);
    put(&shared, last, tile->n, &at_last);
    put(&shared, now, tile->n, &at_now);
    for (int32_t from = 0; from < shared.n_slots; from += SLOTS) {
        const int32_t left = shared.n_slots - from;
        const int32_t n = left < SLOTS ? left : SLOTS;
        begin(m, tile, shared.row_of + from, n,
              to_last > to_now ? to_last : to_now, &of);
        for (int32_t k = 0; k < n; k++)
            for (int32_t j = shared.start[from + k];
                 j < shared.start[from + k + 1]; j += GROUP) {
                sum_group(of.s[0] + k, to_last, at_last.z + j, at_last.sum + j);
                sum_group(of.s[0] + k, to_now, at_now.z + j, at_now.sum + j);
            }
    }
    for (int32_t i = 0; i < tile->n; i++) {
        last[i] = at_last.sum[shared.place[i]];
        now[i] = at_now.sum[shared.place[i]];
    }
}

/* sqrt(1 - z) and zeta at the day t. */
static inline double root_of(double c, double D, double t, double *zeta) {
    const double whole = 1 / (D + t);
    const double root = sqrt((c + t) * whole);
    *zeta = (D - c) * whole / ((1 + root) * (1 + root));
    return root;
}

/* The odds of having left are W(t_x) e^fall - W(T). */
static void active(const struct kam__pareto *m,
                   const struct kam__btyd_tile *tile, double *restrict main,
                   double *restrict odds) {
    const struct kam__pareto model = *m;
    const double *restrict const x = tile->x, *restrict const t_x = tile->t_x;
    const double *restrict const T = tile->T;
    const int32_t n = tile->n;
    const int swapped = model.alpha > model.beta;
    const double c = swapped ? model.beta : model.alpha;
    const double D = swapped ? model.alpha : model.beta;
    double last[KAM__TILE], now[KAM__TILE], rise[KAM__TILE];
    double last_scale[KAM__TILE], now_scale[KAM__TILE];
    int any = 0;
    for (int32_t i = 0; i < n; i++) {
        const double R = model.r + x[i], share = model.s / (R + model.s);
        const double h = T[i] - t_x[i];
        const double fall = R * kam__log1p(h / (model.alpha + t_x[i])) +
                            model.s * kam__log1p(h / (model.beta + t_x[i]));
        double zeta, zeta_now;
        const double root = root_of(c, D, t_x[i], &zeta);
        const double root_now = root_of(c, D, T[i], &zeta_now);
        const int fits = (fall <= LARGEST_FALL) & (zeta <= LARGEST_ZETA);
        rise[i] = fits ? kam__exp(fall) : (double)NAN;
        last[i] = fits ? zeta : 0;
        now[i] = fits ? zeta_now : 0;
        last_scale[i] = share * (swapped ? 1.0 : root * root);
        now_scale[i] = share * (swapped ? 1.0 : root_now * root_now);
    }
    for (int32_t i = 0; i < n; i++) any |= rise[i] > 0;
    if (any) sum_tile(m, tile, last, now);
    for (int32_t i = 0; i < n; i++) {
        const double risen = last_scale[i] * last[i] * rise[i];
        const double left = now_scale[i] * now[i];
        main[i] = 1 / (risen + (1 - left));
        odds[i] = risen - left;
        odds[i] = odds[i] > 0.0625 * left ? odds[i] : (double)NAN;
    }
}

const kam__pareto_series KAM__ISA(kam__pareto_series) = active;
