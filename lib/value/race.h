/* SPDX-License-Identifier: MIT */
/* The race of pareto.h, integrated for LANES rows at once: included by kernel
 * files only. */
#ifndef KAM_VALUE_RACE_H
#define KAM_VALUE_RACE_H

#include <string.h>

#include "math/elementary.h"
#include "math/quadrature.h"
#include "value/pareto.h"

enum { LANES = 16, MOST_PANELS = 512 };

/* The race is integrated over v, c + y = c e^v, where c is the smaller of A and B
 * and D the larger: g = e^(-k v) (1 + kappa (e^v - 1))^-m, with k and m the
 * exponents that go with c and D, kappa = c / D. The nearest branch point is at
 * |Im v| = pi. Panels of sixteen points are short enough that g falls by e^12 at
 * most, or the slope of its logarithm is flat, and 4 at most: that leaves about
 * 1e-16 (Davis & Rabinowitz 1984, section 4.6). */
struct race {
    double alpha, beta; /* A and B are these plus the same time */
    double R[LANES], A[LANES], s[LANES], B[LANES], h[LANES];
};

/* The same in terms of c and D. */
struct course {
    double k[LANES], m[LANES], kappa[LANES];
    double log_c[LANES];  /* v at y = h */
    double end[LANES];    /* where panels stop */
    double start[LANES];  /* of the panel under way */
    double over_c[LANES]; /* 1: moments of the form k g dv */
    double by_c[LANES],
        by_D[LANES]; /* integrals of g dy / (c + y), / (D + y) */
    int swapped;     /* c is B, in all lanes alike */
};

/* Beyond, nothing is left of e^-v of the larger constant. */
#define FAR 42.0
/* Beyond, nothing is left of g. */
#define FADED 52.0

static inline void prepare(const struct race *race, struct course *to) {
    const int swapped = to->swapped = race->alpha > race->beta;
    const double *const near = swapped ? race->B : race->A;
    const double *const far_off = swapped ? race->A : race->B;
    const double *const k = swapped ? race->s : race->R;
    const double *const m = swapped ? race->R : race->s;
    for (int i = 0; i < LANES; i++) {
        const double c = near[i], D = far_off[i];
        to->k[i] = k[i];
        to->m[i] = m[i];
        to->kappa[i] = c / D;
        to->log_c[i] = kam__log1p(race->h[i] / c);
        const double far = kam__log(D / c) + FAR;
        to->end[i] = to->log_c[i] < far ? to->log_c[i] : far;
        to->start[i] = to->by_c[i] = to->by_D[i] = to->over_c[i] = 0;
    }
}

static inline int any_left(const struct course *c) {
    int any = 0;
    for (int i = 0; i < LANES; i++) any |= c->start[i] < c->end[i];
    return any;
}

/* The length of the next panel; 0 at the end. */
static inline double next_length(double k, double m, double kappa, double start,
                                 double end) {
    const double em = kam__expm1(start);
    const double slope = k + m * (kappa * (1 + em) / (1 + kappa * em));
    const double steep = 12 / (k + m), bent = 2.5 / slope;
    const double gentle = bent < 1.5 ? bent : 1.5;
    const double longer = steep > gentle ? steep : gentle;
    const double longest = longer < 4 ? longer : 4;
    const double left = end - start;
    const double length = left < 1.0625 * longest ? left : longest;
    return left > 0 ? length : 0;
}

/* Moments, over the measure k dv (or that of D), of 1, a, b, da, db and their
 * products: a = log((A + y) / A), da = y / (A + y); b, db the same of B. In terms
 * of c and D until they are read. */
enum {
    M_1,
    M_A,
    M_B,
    M_DA,
    M_DB,
    M_AA,
    M_AB,
    M_ADA,
    M_ADB,
    M_BB,
    M_BDA,
    M_BDB,
    M_DADA,
    M_DADB,
    M_DBDB,
    N_MOMENTS
};

struct moments {
    double of[N_MOMENTS][LANES];
};

static inline void add_node(struct course *c, struct moments *moments,
                            const double *length, double at, double weight) {
    for (int i = 0; i < LANES; i++) {
        const double v = c->start[i] + length[i] * at;
        const double em = kam__expm1(v), kem = c->kappa[i] * em;
        const double inverse = 1 / (1 + kem);
        const double log_D = kam__log1p(kem);
        const double g =
            weight * length[i] * kam__exp(-(c->k[i] * v + c->m[i] * log_D));
        const double over_D = g * (c->kappa[i] * (1 + em) * inverse);
        c->by_c[i] += g;
        c->by_D[i] += over_D;
        if (!moments) continue;
        const double w = c->over_c[i] > 0 ? g : over_D;
        const double d_c = em / (1 + em), d_D = kem * inverse;
        const double w_c = w * v, w_D = w * log_D;
        const double w_dc = w * d_c, w_dD = w * d_D;
        moments->of[M_1][i] += w;
        moments->of[M_A][i] += w_c;
        moments->of[M_B][i] += w_D;
        moments->of[M_DA][i] += w_dc;
        moments->of[M_DB][i] += w_dD;
        moments->of[M_AA][i] += w_c * v;
        moments->of[M_AB][i] += w_c * log_D;
        moments->of[M_ADA][i] += w_c * d_c;
        moments->of[M_ADB][i] += w_c * d_D;
        moments->of[M_BB][i] += w_D * log_D;
        moments->of[M_BDA][i] += w_D * d_c;
        moments->of[M_BDB][i] += w_D * d_D;
        moments->of[M_DADA][i] += w_dc * d_c;
        moments->of[M_DADB][i] += w_dc * d_D;
        moments->of[M_DBDB][i] += w_dD * d_D;
    }
}

/* Past all panels g is a pure exponential in v. */
static inline void add_tails(struct course *c) {
    for (int i = 0; i < LANES; i++) {
        const double both = c->k[i] + c->m[i];
        const double log_D = kam__log1p(c->kappa[i] * kam__expm1(c->end[i]));
        const double fall = c->k[i] * c->end[i] + c->m[i] * log_D;
        const double g = kam__exp(fall < 800 ? -fall : -800.0) *
                         -kam__expm1(-both * (c->log_c[i] - c->end[i])) / both;
        const double tail = c->log_c[i] > c->end[i] ? g : 0;
        c->by_c[i] += tail;
        c->by_D[i] += tail;
    }
}

static inline void run(struct course *c, struct moments *moments) {
    const struct kam__rule *const rule = &kam__legendre16;
    for (int panel = 0; panel < MOST_PANELS && any_left(c); panel++) {
        double length[LANES];
        for (int i = 0; i < LANES; i++)
            length[i] = next_length(c->k[i], c->m[i], c->kappa[i], c->start[i],
                                    c->end[i]);
        for (int32_t j = 0; j < rule->n; j++)
            add_node(c, moments, length, 0.5 * (1 + rule->node[j]),
                     0.5 * rule->weight[j]);
        for (int i = 0; i < LANES; i++) {
            const double next = c->start[i] + length[i];
            const double fall =
                c->k[i] * next +
                c->m[i] * kam__log1p(c->kappa[i] * kam__expm1(next));
            const int over = length[i] >= c->end[i] - c->start[i];
            c->start[i] = over || fall > FADED ? c->end[i] : next;
        }
    }
    add_tails(c);
}

/* Rows [at, at + LANES) of a tile as races; rows past its end repeat the last. */
static inline int32_t row_of(const struct kam__btyd_tile *tile, int32_t at,
                             int32_t lane) {
    return at + lane < tile->n ? at + lane : tile->n - 1;
}

/* From the last order to the as-of day. */
static inline void silence_of(const struct kam__pareto *m,
                              const struct kam__btyd_tile *tile, int32_t at,
                              struct race *race) {
    race->alpha = m->alpha, race->beta = m->beta;
    for (int32_t k = 0; k < LANES; k++) {
        const int32_t i = row_of(tile, at, k);
        race->R[k] = m->r + tile->x[i];
        race->A[k] = m->alpha + tile->t_x[i];
        race->s[k] = m->s;
        race->B[k] = m->beta + tile->t_x[i];
        race->h[k] = tile->T[i] - tile->t_x[i];
    }
}

/* J and K of a course. */
static inline void shares(const struct race *race, const struct course *c,
                          double *J, double *K) {
    const double *const by_A = c->swapped ? c->by_D : c->by_c;
    const double *const by_B = c->swapped ? c->by_c : c->by_D;
    for (int i = 0; i < LANES; i++) {
        J[i] = race->R[i] * by_A[i];
        K[i] = race->s[i] * by_B[i];
    }
}

/* -log G. */
static inline double fall_of(const struct race *race, int i) {
    return race->R[i] * kam__log1p(race->h[i] / race->A[i]) +
           race->s[i] * kam__log1p(race->h[i] / race->B[i]);
}

#endif
