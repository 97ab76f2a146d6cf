/* SPDX-License-Identifier: MIT */
/* BG/CNBD-k and MBG/CNBD-k (Platzer 2008; Reutterer, Platzer & Schroeder 2021):
 * BG/NBD and MBG/NBD whose times between orders are Erlang-k. An order is every
 * k-th event of a hidden Poisson process of rate lambda ~ Gamma(r, alpha), so
 * after x orders, the last at t_x, the rate is Gamma(R, alpha + t_x), R = r + k x,
 * and the events hidden in (t_x, T] are negative binomial. An account still
 * active has seen fewer than k of them: with v = (T - t_x) / (alpha + T), they are
 * j with weight w_j ~ (R)_j v^j / j!, j < k, and from then on the rate is
 * Gamma(R + j, alpha + T). */
#ifndef KAM_VALUE_CNBD_H
#define KAM_VALUE_CNBD_H

#include "value/beta_geometric.h"

enum { KAM__MOST_RHYTHM = 32 };

struct kam__cnbd {
    struct kam__beta_geometric of; /* r, alpha, a, b, first */
    int32_t k;
};

/* Up to KAM__LANES accounts or times: hidden events from now on are NB(R + j, z)
 * for j = 0..k - 1, z = ahead / (ahead + alpha + T). The chance to leave after
 * each order is Beta(a, B). */
struct kam__hidden {
    int32_t k;
    double a;
    double R[KAM__LANES], B[KAM__LANES],
        ratio[KAM__LANES]; /* ahead/(alpha+T) */
    double w[KAM__MOST_RHYTHM][KAM__LANES];
};

struct kam__cnbd_kernels {
    void (*time_terms)(const struct kam__cnbd *m,
                       const struct kam__btyd_tile *tile,
                       double (*out)[KAM__TILE]);
    /* P(active) as main * rest; and sum_j (R)_j v^j / j! of the weights. */
    void (*alive)(const struct kam__cnbd *m, const struct kam__btyd_tile *tile,
                  double *main, double *rest, double *phases);
    void (*no_order)(const struct kam__cnbd *m,
                     const struct kam__btyd_tile *tile, double horizon,
                     double *out);
    /* Of an active account: expected orders, and P(still active). NaN where the
     * series is too long. */
    void (*ahead)(const struct kam__hidden *lanes, double *orders,
                  double *active);
    /* Orders a unit of alpha + T at that time: expected, and expected with each
     * counted as often as there are orders before it. */
    void (*rate)(const struct kam__hidden *lanes, double *orders,
                 double *pairs);
};

extern const struct kam__cnbd_kernels kam__cnbd_base, kam__cnbd_v3,
    kam__cnbd_v4;

const struct kam__cnbd_kernels *kam__cnbd_at(int32_t isa);

/* The account at `row`, active now, seen `ahead` later, as a lane. */
void kam__cnbd_lane(const struct kam__cnbd *m, const struct kam__btyd_tile *t,
                    int32_t row, double ahead, struct kam__hidden *s,
                    int32_t lane);

/* Sums over the orders of an active account within `horizon` of e^(-discount t)
 * [0], of e^(-2 discount t) [1], and over pairs [2]: the earlier order of a pair is
 * taken to lie anywhere before the later, which is exact for k = 1. */
void kam__cnbd_discount(const struct kam__cnbd *m,
                        const struct kam__btyd_tile *tile, int32_t row,
                        double horizon, double discount, double *out);

/* Answers of a family whose k may also be 1. */
void kam__cnbd_order_counts(kam__family family, const double *parameter,
                            kam__tile tile, double horizon, int32_t m,
                            double *out);
void kam__cnbd_next_order(kam__family family, const double *parameter,
                          kam__tile tile, double *out);

#endif
