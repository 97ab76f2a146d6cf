/* SPDX-License-Identifier: MIT */
/* BG/NBD and MBG/NBD as families of kam/btyd.h. Formulas: docs/models/btyd.md. */
#include <string.h>

#include "base/isa.h"
#include "math/elementary.h"
#include "math/special.h"
#include "value/beta_geometric.h"
#include "value/beta_mixture.h"
#include "value/cnbd.h"

enum { LANES = KAM__LANES };

static struct kam__beta_geometric model_of(kam__family family,
                                           const double *parameter) {
    return (struct kam__beta_geometric){parameter[0], parameter[1],
                                        parameter[2], parameter[3],
                                        family->variant};
}

static const struct kam__beta_geometric_kernels *kernels(int32_t isa) {
    return KAM__PICK(isa, kam__beta_geometric);
}

/* log Gamma(r + x) / Gamma(r) + log B(a, b + k) / B(a, b), where k chances to
 * leave were let pass before the last order, and derivatives in log r, log alpha,
 * log a, log b. */
static void count_terms(kam__family family, const double *parameter, double x,
                        double *out) {
    const double r = parameter[0], a = parameter[2], b = parameter[3];
    const double chances = x + family->variant;
    const double k = chances > 1 ? chances - 1 : 0;
    const double r1 = r * kam__digamma_difference(r, x);
    const double s1 = kam__digamma_difference(a + b, k);
    const double s2 = kam__trigamma_difference(a + b, k);
    const double b1 = kam__digamma_difference(b, k);
    memset(out, 0, 15 * sizeof *out);
    out[0] = kam__lgamma_difference(r, x) + kam__lgamma_difference(b, k) -
             kam__lgamma_difference(a + b, k);
    out[1] = r1;
    out[3] = -a * s1;
    out[4] = b * (b1 - s1);
    out[5] = r1 + r * r * kam__trigamma_difference(r, x);
    out[10] = -a * s1 - a * a * s2;
    out[13] = -a * b * s2;
    out[14] = b * (b1 - s1) + b * b * (kam__trigamma_difference(b, k) - s2);
}

/* Most accounts stay; most leave; some leave at once and the others never. The
 * last is a valley of its own in small books. */
static void start(kam__facts facts, int32_t attempt, double *log_parameter) {
    static const double from[KAM__BTYD_STARTS][3] = {{1, 0.5, 3},
                                                     {0.3, 1, 1},
                                                     {1, 0.01, 0.02}};
    const double rate = facts->mean_orders / facts->mean_age;
    const double r = from[attempt][0];
    log_parameter[0] = kam__log(r);
    log_parameter[1] = kam__log(r / rate);
    log_parameter[2] = kam__log(from[attempt][1]);
    log_parameter[3] = kam__log(from[attempt][2]);
}

/* Beyond these a parameter means a limit of the model (equal rates, nobody
 * leaves, ...), and the fit says so. Above 1e6 the curvature along the ridge
 * towards equal rates drowns in rounding; the likelihood is then within about
 * n x^2 / 1e6 of its limit. */
static void bounds(kam__facts facts, double *lower, double *upper) {
    const double log_time = kam__log(facts->mean_age / facts->mean_orders);
    for (int i = 0; i < 4; i++) {
        lower[i] = -18.4; /* 1e-8 */
        upper[i] = 13.8;  /* 1e6 */
    }
    lower[1] = log_time - 36;
    upper[1] = log_time + 36;
}

/* A weak prior of our own (no published one fits small business books): rates
 * spread over two orders of magnitude, a chance to leave of about one in five an
 * order, each give or take a factor of e^1.5. */
static void prior(kam__facts facts, double *centre, double *width) {
    centre[0] = 0;
    centre[1] = kam__log(facts->mean_age / facts->mean_orders);
    centre[2] = kam__log(0.7);
    centre[3] = kam__log(3);
    for (int i = 0; i < 4; i++) width[i] = 1.5;
}

static void time_terms(kam__family family, const double *parameter,
                       kam__tile tile, double (*out)[KAM__TILE]) {
    const struct kam__beta_geometric m = model_of(family, parameter);
    kernels(tile->isa)->time_terms(&m, tile, out);
}

/* The parts of the chances to have left, or not: see beta_geometric.h. `room` is
 * where they go when the tile keeps none. */
typedef double (*parts)[KAM__TILE];

static int keeps(kam__tile tile, const double *parameter) {
    return tile->memo && tile->memo->parameter == parameter;
}

static parts activity(const struct kam__beta_geometric *m,
                      const double *parameter, kam__tile tile, parts room) {
    struct kam__btyd_memo *const memo = tile->memo;
    const int kept = keeps(tile, parameter);
    const parts part = kept ? memo->part : room;
    if (!kept || !memo->is_known)
        kernels(tile->isa)->activity(m, tile, kept ? memo->horizon : 0, part);
    if (kept) memo->is_known = 1;
    return part;
}

/* What the tile keeps of a horizon, or NULL. */
static const double *kept_part(kam__tile tile, const double *parameter,
                               double horizon, int part) {
    return keeps(tile, parameter) && tile->memo->is_known &&
                   tile->memo->horizon == horizon
               ? tile->memo->part[part]
               : 0;
}

/* The chances to be active as main * rest, where the tile keeps them or in the
 * room given. */
struct chances {
    const double *main, *rest;
    double room[2][KAM__TILE];
};

static void chances(const struct kam__beta_geometric *m,
                    const double *parameter, kam__tile tile,
                    struct chances *to) {
    if (keeps(tile, parameter)) {
        const parts part = activity(m, parameter, tile, NULL);
        to->main = part[KAM__ACTIVE];
        to->rest = part[KAM__REST];
        return;
    }
    kernels(tile->isa)->alive(m, tile, to->room[0], to->room[1]);
    to->main = to->room[0];
    to->rest = to->room[1];
}

static void no_order(kam__family family, const double *parameter,
                     kam__tile tile, double horizon, double *out) {
    const struct kam__beta_geometric m = model_of(family, parameter);
    double room[KAM__PARTS][KAM__TILE];
    const parts part = activity(&m, parameter, tile, room);
    const double *quiet = kept_part(tile, parameter, horizon, KAM__QUIET);
    if (!quiet) kernels(tile->isa)->quiet(&m, tile, horizon, out);
    if (!quiet) quiet = out;
    for (int32_t i = 0; i < tile->n; i++) {
        const double risk =
            (part[KAM__GONE][i] + part[KAM__STAY][i] * quiet[i]) /
            part[KAM__MIXED][i];
        out[i] = risk < 1 ? risk : 1;
    }
}

static void no_order_log_odds(kam__family family, const double *parameter,
                              kam__tile tile, double horizon, double *out) {
    const struct kam__beta_geometric m = model_of(family, parameter);
    kernels(tile->isa)->no_order_log_odds(&m, tile, horizon, out);
}

/* Rows [at, at + LANES) of a tile as arguments of the series; rows past the end
 * repeat the last. */
static struct kam__lanes lanes_of(const struct kam__beta_geometric *m,
                                  const struct kam__btyd_tile *tile, int32_t at,
                                  double ahead) {
    struct kam__lanes lanes;
    lanes.n = tile->n - at < LANES ? tile->n - at : LANES;
    lanes.a = m->a;
    for (int32_t k = 0; k < LANES; k++) {
        const int32_t i = at + k < tile->n ? at + k : tile->n - 1;
        lanes.R[k] = m->r + tile->x[i];
        lanes.c[k] = m->a + m->b + tile->x[i] + m->first;
        lanes.w[k] = ahead / (m->alpha + tile->T[i]);
    }
    return lanes;
}

static void mixture_of(const struct kam__lanes *lanes, int32_t k,
                       struct kam__mixture *mixture) {
    kam__beta_mixture(lanes->a, lanes->c[k] - lanes->a,
                      lanes->R[k] * lanes->w[k], mixture);
}

static void alive(kam__family family, const double *parameter, kam__tile tile,
                  double ahead, double *out) {
    const struct kam__beta_geometric m = model_of(family, parameter);
    const struct kam__beta_geometric_kernels *const kernel = kernels(tile->isa);
    struct chances active;
    chances(&m, parameter, tile, &active);
    for (int32_t i = 0; i < tile->n; i++)
        out[i] = active.main[i] * active.rest[i];
    for (int32_t at = 0; ahead > 0 && at < tile->n; at += LANES) {
        double stays[LANES];
        const struct kam__lanes lanes = lanes_of(&m, tile, at, ahead);
        kernel->survival(&lanes, stays);
        for (int32_t k = 0; k < LANES && at + k < tile->n; k++) {
            if (stays[k] != stays[k]) {
                struct kam__mixture mixture;
                mixture_of(&lanes, k, &mixture);
                stays[k] =
                    kam__mixture_survival(&mixture, lanes.R[k], lanes.w[k]);
            }
            out[at + k] *= stays[k];
        }
    }
}

/* For ever: E 1/p = (c - 1) / (a - 1), infinite when a <= 1. */
static double for_ever(double a, double c) {
    return a > 1 ? (c - 1) / (a - 1) : (double)INFINITY;
}

static int any_open(const double *orders, int32_t n) {
    double open = 0;
    for (int32_t i = 0; i < n; i++) open = orders[i] == orders[i] ? open : 1;
    return open > 0;
}

/* What the shared series left open, KAM__LANES rows at a time. */
static void orders_in_lanes(const struct kam__beta_geometric *m,
                            const struct kam__btyd_tile *tile, double horizon,
                            double *orders) {
    if (!any_open(orders, tile->n)) return;
    for (int32_t at = 0; at < tile->n; at += LANES) {
        const int32_t left = tile->n - at;
        double sum[LANES];
        if (!any_open(orders + at, left < LANES ? left : LANES)) continue;
        const struct kam__lanes lanes = lanes_of(m, tile, at, horizon);
        kernels(tile->isa)->orders(&lanes, sum);
        for (int32_t k = 0; k < LANES && at + k < tile->n; k++) {
            if (orders[at + k] == orders[at + k]) continue;
            orders[at + k] = sum[k];
            if (sum[k] == sum[k]) continue;
            struct kam__mixture mixture;
            mixture_of(&lanes, k, &mixture);
            orders[at + k] =
                kam__mixture_orders(&mixture, lanes.R[k], lanes.w[k]);
        }
    }
}

static void expected(kam__family family, const double *parameter,
                     kam__tile tile, double horizon, double *out) {
    const struct kam__beta_geometric m = model_of(family, parameter);
    double orders[KAM__TILE];
    struct chances active;
    chances(&m, parameter, tile, &active);
    if (horizon < INFINITY) {
        KAM__PICK(tile->isa, kam__shared_series)
            ->orders(&m, tile, horizon,
                     kept_part(tile, parameter, horizon, KAM__LATER), orders);
        orders_in_lanes(&m, tile, horizon, orders);
    } else {
        for (int32_t i = 0; i < tile->n; i++)
            orders[i] = for_ever(m.a, m.a + m.b + tile->x[i] + m.first);
    }
    /* Not 0 times infinity: some chance to be active always remains. */
    for (int32_t i = 0; i < tile->n; i++)
        out[i] = orders[i] < INFINITY
                     ? active.main[i] * orders[i] * active.rest[i]
                     : (double)INFINITY;
}

/* For ever: E (1 - p) / p^2, infinite when a <= 2. */
static double pairs_for_ever(double a, double c) {
    return a > 2 ? (c - a) / (a - 2) * for_ever(a, c) : (double)INFINITY;
}

/* An active account orders at the rate E lambda e^(-lambda p t) =
 * R / A E (1 + p t / A)^-(R + 1). */
static void discounted(kam__family family, const double *parameter,
                       kam__tile tile, double horizon, double discount,
                       double *out) {
    const struct kam__beta_geometric m = model_of(family, parameter);
    if (!(discount > 0)) {
        expected(family, parameter, tile, horizon, out);
        return;
    }
    struct chances active;
    chances(&m, parameter, tile, &active);
    const double *const later = kept_part(tile, parameter, horizon, KAM__LATER);
    for (int32_t i = 0; i < tile->n; i++) {
        const double R = m.r + tile->x[i], A = m.alpha + tile->T[i];
        const double c = m.a + m.b + tile->x[i] + m.first;
        const double orders =
            R / A *
            kam__discounted_survival(tile->isa, m.a, R + 1, c, A, horizon,
                                     later ? later + i : 0, discount,
                                     KAM__ONE_DISCOUNT);
        out[i] = active.main[i] * (orders * active.rest[i]);
    }
}

/* Two orders at s < t come at the density lambda^2 (1 - p) e^(-lambda p t),
 * whatever s: the first must not be the last. */
static void discounted_pairs(kam__family family, const double *parameter,
                             kam__tile tile, double horizon, double discount,
                             double *out) {
    const struct kam__beta_geometric m = model_of(family, parameter);
    const double *const later = kept_part(tile, parameter, horizon, KAM__LATER);
    double *const pairs = out, *const squares = out + tile->n;
    const int endless = !(horizon < INFINITY) && !(discount > 0);
    struct chances active;
    chances(&m, parameter, tile, &active);
    for (int32_t i = 0; i < tile->n; i++)
        pairs[i] = active.main[i] * active.rest[i];
    memcpy(squares, pairs, (size_t)tile->n * sizeof *squares);
    for (int32_t i = 0; i < tile->n; i++) {
        const double R = m.r + tile->x[i], A = m.alpha + tile->T[i];
        const double B = m.b + tile->x[i] + m.first, c = m.a + B;
        if (!(pairs[i] > 0)) continue;
        if (endless) {
            squares[i] *= for_ever(m.a, c);
            pairs[i] *= pairs_for_ever(m.a, c);
            continue;
        }
        pairs[i] *= R / A * ((R + 1) / A) * (B / c) *
                    kam__discounted_survival(tile->isa, m.a, R + 2, c + 1, A,
                                             horizon, later ? later + i : 0,
                                             discount, KAM__PAIR_DISCOUNT);
        squares[i] *= R / A *
                      kam__discounted_survival(tile->isa, m.a, R + 1, c, A,
                                               horizon, later ? later + i : 0,
                                               discount, KAM__TWO_DISCOUNTS);
    }
}

#define SHARED {"r", "alpha", "a", "b", 0, 0, 0, 0}, KAM__BETA_GEOMETRIC_BOUNDS
#define ON                                                                     \
    {0, -1, 0, 0, 0, 0, 0, 0}, { 0, 0, 1, 1, 0, 0, 0, 0 }
#define FUNCTIONS                                                              \
    count_terms, time_terms, start, bounds, prior, alive, no_order,            \
        no_order_log_odds, expected, discounted, discounted_pairs,             \
        .order_counts = kam__cnbd_order_counts,                                \
        .next_order = kam__cnbd_next_order

const struct kam__btyd_family kam__bgnbd = {KAM_BTYD_BGNBD, 4, "bgnbd",
                                            SHARED,         0, ON,
                                            FUNCTIONS};

const struct kam__btyd_family kam__mbgnbd = {KAM_BTYD_MBGNBD, 4, "mbgnbd",
                                             SHARED,          1, ON,
                                             FUNCTIONS};
