/* SPDX-License-Identifier: MIT */
/* BG/NBD and MBG/NBD as families of kam/btyd.h. Formulas: docs/models/btyd.md. */
#include <string.h>

#include "base/isa.h"
#include "math/elementary.h"
#include "math/quadrature.h"
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

static void no_order(kam__family family, const double *parameter,
                     kam__tile tile, double horizon, double *out) {
    const struct kam__beta_geometric m = model_of(family, parameter);
    kernels(tile->isa)->no_order(&m, tile, horizon, out);
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
    double rest[KAM__TILE];
    kernel->alive(&m, tile, out, rest);
    for (int32_t i = 0; i < tile->n; i++) out[i] *= rest[i];
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

/* What the shared series left open, KAM__LANES rows at a time. */
static void orders_in_lanes(const struct kam__beta_geometric *m,
                            const struct kam__btyd_tile *tile, double horizon,
                            double *orders) {
    for (int32_t at = 0; at < tile->n; at += LANES) {
        double sum[LANES];
        int open = 0;
        for (int32_t k = at; k < at + LANES && k < tile->n; k++)
            open |= orders[k] != orders[k];
        if (!open) continue;
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
    double rest[KAM__TILE], orders[KAM__TILE];
    kernels(tile->isa)->alive(&m, tile, out, rest);
    if (horizon < INFINITY) {
        KAM__PICK(tile->isa, kam__shared_series)
            ->orders(&m, tile, horizon, orders);
        orders_in_lanes(&m, tile, horizon, orders);
    } else {
        for (int32_t i = 0; i < tile->n; i++)
            orders[i] = for_ever(m.a, m.a + m.b + tile->x[i] + m.first);
    }
    /* Not 0 times infinity: some chance to be active always remains. */
    for (int32_t i = 0; i < tile->n; i++)
        out[i] = orders[i] < INFINITY ? out[i] * orders[i] * rest[i]
                                      : (double)INFINITY;
}

/* For ever: E (1 - p) / p^2, infinite when a <= 2. */
static double pairs_for_ever(double a, double c) {
    return a > 2 ? (c - a) / (a - 2) * for_ever(a, c) : (double)INFINITY;
}

/* Time is cut into panels on which the rate of orders of an active account is
 * smooth: none longer than twice alpha + T + t, which is how far back the rate has
 * its branch point, nor than that in which the weight falls by e^6, nor than the
 * time in which the rate falls by e^10, or than the time so far: the rate is a
 * mixture of falling exponentials, so in the complex plane it is nowhere larger
 * than on the real axis to the left. Sixteen points a panel then leave about 1e-15
 * (Davis & Rabinowitz 1984, section 4.6). */
struct panels {
    double start, length, age, fall, most;
};

static int next_panel(struct panels *panels, double end) {
    panels->start += panels->length;
    if (!(panels->start < end)) return 0;
    const double reach = panels->age + panels->start;
    const double fall = panels->fall * reach;
    const double slow = fall > panels->start ? fall : panels->start;
    const double smooth = slow < 2 * reach ? slow : 2 * reach;
    const double longest = smooth < panels->most ? smooth : panels->most;
    const double left = end - panels->start;
    /* A sliver at the end joins its neighbour. */
    panels->length = left < 1.0625 * longest ? left : longest;
    return 1;
}

/* E_p (1 + p t / A)^-R, p ~ Beta(a, c - a), at several times. */
struct survivor {
    int32_t isa;
    double a, R, c, A;
    double end; /* the last time that is asked for */
    struct kam__mixture mixture;
};

static int any_open(const double *stays) {
    int open = 0;
    for (int k = 0; k < LANES; k++) open |= stays[k] != stays[k];
    return open;
}

static void survive(struct survivor *s, const double *t, double *stays) {
    double w[LANES];
    for (int k = 0; k < LANES; k++) w[k] = t[k] / s->A;
    KAM__PICK(s->isa, kam__shared_series)->survival(s->a, s->R, s->c, w, stays);
    if (!any_open(stays)) return;
    kernels(s->isa)->survival_shared(s->a, s->R, s->c, w, stays);
    for (int k = 0; k < LANES; k++) {
        if (stays[k] == stays[k]) continue;
        if (s->mixture.n == 0)
            kam__beta_mixture(s->a, s->c - s->a, s->R * s->end / s->A,
                              &s->mixture);
        stays[k] = kam__mixture_survival(&s->mixture, s->R, w[k]);
    }
}

/* What is integrated over time t: a weight times E (1 + p t / A)^-R. */
typedef double (*time_weight)(double t, double discount);

/* Integral of weight(t) E_p (1 + p t / A)^-R from 0 to `horizon`. */
static double integrate(int32_t isa, double a, double R, double c, double A,
                        double horizon, double discount, time_weight weight) {
    const struct kam__rule *const rule = &kam__legendre16;
    /* Beyond, e^(-discount t) is below the last bit of the sum. */
    const double last = discount > 0 ? 45 / discount : (double)INFINITY;
    const double chance = (a + 4 * sqrt(a) + 4) / c;
    /* The weights fall like e^(-2 discount t) at most. */
    const double most = discount > 0 ? 3 / discount : (double)INFINITY;
    struct panels panels = {0, 0, A, 10 / (R * (chance < 1 ? chance : 1)),
                            most};
    struct survivor s;
    s.isa = isa;
    s.a = a, s.R = R, s.c = c, s.A = A;
    s.end = horizon < last ? horizon : last;
    s.mixture.n = 0;
    double sum = 0;
    while (next_panel(&panels, s.end)) {
        const double half = panels.length / 2;
        for (int32_t at = 0; at < rule->n; at += LANES) {
            double t[LANES], stays[LANES];
            for (int k = 0; k < LANES; k++)
                t[k] = panels.start + half * (1 + rule->node[at + k]);
            survive(&s, t, stays);
            for (int k = 0; k < LANES; k++)
                sum += rule->weight[at + k] * half * weight(t[k], discount) *
                       stays[k];
        }
    }
    return sum;
}

static double one_discount(double t, double discount) {
    return kam__exp(-discount * t);
}

static double two_discounts(double t, double discount) {
    return kam__exp(-2 * discount * t);
}

/* Integral over s in (0, t) of e^(-discount (s + t)). */
static double pair_discount(double t, double discount) {
    return discount > 0
               ? kam__exp(-discount * t) * -kam__expm1(-discount * t) / discount
               : t;
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
    const struct kam__beta_geometric_kernels *const kernel = kernels(tile->isa);
    double rest[KAM__TILE];
    kernel->alive(&m, tile, out, rest);
    for (int32_t i = 0; i < tile->n; i++) {
        const double R = m.r + tile->x[i], A = m.alpha + tile->T[i];
        const double c = m.a + m.b + tile->x[i] + m.first;
        out[i] *= R / A *
                  integrate(tile->isa, m.a, R + 1, c, A, horizon, discount,
                            one_discount) *
                  rest[i];
    }
}

/* Two orders at s < t come at the density lambda^2 (1 - p) e^(-lambda p t),
 * whatever s: the first must not be the last. */
static void discounted_pairs(kam__family family, const double *parameter,
                             kam__tile tile, double horizon, double discount,
                             double *out) {
    const struct kam__beta_geometric m = model_of(family, parameter);
    const struct kam__beta_geometric_kernels *const kernel = kernels(tile->isa);
    double *const pairs = out, *const squares = out + tile->n;
    const int endless = !(horizon < INFINITY) && !(discount > 0);
    double rest[KAM__TILE];
    kernel->alive(&m, tile, pairs, rest);
    for (int32_t i = 0; i < tile->n; i++) pairs[i] *= rest[i];
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
                    integrate(tile->isa, m.a, R + 2, c + 1, A, horizon,
                              discount, pair_discount);
        squares[i] *= R / A *
                      integrate(tile->isa, m.a, R + 1, c, A, horizon, discount,
                                two_discounts);
    }
}

#define SHARED                                                                 \
    {"r", "alpha", "a", "b", 0, 0, 0, 0},                                      \
        {"r tends to 0: hardly any account orders again.",                     \
         "alpha tends to 0: accounts order again at once or never.",           \
         "a tends to 0: nothing in the data says that accounts leave.",        \
         "b tends to 0: every account seems to leave.",                        \
         0,                                                                    \
         0,                                                                    \
         0,                                                                    \
         0},                                                                   \
    {                                                                          \
        "r grows without limit: all accounts order at the same rate.",         \
            "alpha grows without limit: all accounts order at the same rate.", \
            "a grows without limit: all accounts have the same chance to "     \
            "leave.",                                                          \
            "b grows without limit: the chance to leave is the same for all, " \
            "or "                                                              \
            "none.",                                                           \
            0, 0, 0, 0                                                         \
    }
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
