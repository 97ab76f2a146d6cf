/* SPDX-License-Identifier: MIT */
/* Pareto/NBD as a family of kam/btyd.h. Formulas: docs/models/pnbd.md. */
#include <string.h>

#include "base/isa.h"
#include "math/elementary.h"
#include "math/special.h"
#include "value/ahead.h"
#include "value/pareto.h"

static struct kam__pareto model_of(const double *parameter) {
    return (struct kam__pareto){parameter[0], parameter[1], parameter[2],
                                parameter[3]};
}

static const struct kam__pareto_kernels *kernels(int32_t isa) {
    return KAM__PICK(isa, kam__pareto);
}

/* log Gamma(r + x) / Gamma(r) and its derivatives in log r. */
static void count_terms(kam__family family, const double *parameter, double x,
                        double *out) {
    const double r = parameter[0];
    const double slope = r * kam__digamma_difference(r, x);
    (void)family;
    memset(out, 0, 15 * sizeof *out);
    out[0] = kam__lgamma_difference(r, x);
    out[1] = slope;
    out[5] = slope + r * r * kam__trigamma_difference(r, x);
}

static void time_terms(kam__family family, const double *parameter,
                       kam__tile tile, double (*out)[KAM__TILE]) {
    const struct kam__pareto m = model_of(parameter);
    (void)family;
    KAM__PICK(tile->isa, kam__pareto_likelihood)->time_terms(&m, tile, out);
}

/* Many leave, slowly; most leave at once; hardly any leaves. */
static void start(kam__facts facts, int32_t attempt, double *log_parameter) {
    static const double from[KAM__BTYD_STARTS][3] = {{0.7, 0.6, 0.5},
                                                     {0.4, 1, 0.05},
                                                     {2, 0.1, 1}};
    const double rate = facts->mean_orders / facts->mean_age;
    const double r = from[attempt][0];
    log_parameter[0] = kam__log(r);
    log_parameter[1] = kam__log(r / rate);
    log_parameter[2] = kam__log(from[attempt][1]);
    log_parameter[3] = kam__log(from[attempt][2] * facts->mean_age);
}

/* As for BG/NBD: beyond these a parameter means a limit of the model. */
static void bounds(kam__facts facts, double *lower, double *upper) {
    const double log_age = kam__log(facts->mean_age);
    for (int i = 0; i < 4; i++) {
        lower[i] = -18.4; /* 1e-8 */
        upper[i] = 13.8;  /* 1e6 */
    }
    lower[1] = log_age - kam__log(facts->mean_orders) - 36;
    upper[1] = log_age - kam__log(facts->mean_orders) + 36;
    lower[3] = log_age - 18.4;
    upper[3] = log_age + 18.4;
}

/* A weak prior of our own: rates spread as for BG/NBD; half of the accounts have
 * left at the mean age of the book, each give or take a factor of e^1.5. */
static void prior(kam__facts facts, double *centre, double *width) {
    centre[0] = 0;
    centre[1] = kam__log(facts->mean_age / facts->mean_orders);
    centre[2] = 0;
    centre[3] = kam__log(facts->mean_age);
    for (int i = 0; i < 4; i++) width[i] = 1.5;
}

static void copy(double *to, const double *from, int32_t n) {
    if (to) memcpy(to, from, (size_t)n * sizeof *to);
}

/* As the kernel, but only once a tile. */
static void active(const double *parameter, kam__tile tile, double *main,
                   double *excess, double *odds) {
    const struct kam__pareto m = model_of(parameter);
    struct kam__btyd_memo *const memo =
        tile->memo && tile->memo->parameter == parameter ? tile->memo : 0;
    if (!memo) {
        kernels(tile->isa)->active(&m, tile, main, excess, odds);
        return;
    }
    if (!memo->is_known)
        kernels(tile->isa)->active(&m, tile, memo->part[0], memo->part[1],
                                   memo->part[2]);
    memo->is_known = 1;
    copy(main, memo->part[0], tile->n);
    copy(excess, memo->part[1], tile->n);
    copy(odds, memo->part[2], tile->n);
}

/* P(active) as main * rest: products with main keep their digits where P itself
 * is subnormal. Whether any rest is below 1. */
static int chances(const double *parameter, kam__tile tile, double *main,
                   double *rest) {
    int any = 0;
    active(parameter, tile, main, rest, 0);
    for (int32_t i = 0; i < tile->n; i++) any |= rest[i] > 0;
    for (int32_t i = 0; any && i < tile->n; i++)
        rest[i] = rest[i] > 0 ? kam__exp(-rest[i]) : 1;
    for (int32_t i = 0; !any && i < tile->n; i++) rest[i] = 1;
    return any;
}

static void alive(kam__family family, const double *parameter, kam__tile tile,
                  double ahead, double *out) {
    const struct kam__pareto m = model_of(parameter);
    double rest[KAM__TILE];
    (void)family;
    const int any = chances(parameter, tile, out, rest);
    for (int32_t i = 0; any && i < tile->n; i++) out[i] *= rest[i];
    for (int32_t i = 0; ahead > 0 && i < tile->n; i++)
        out[i] *= kam__exp(-m.s * kam__log1p(ahead / (m.beta + tile->T[i])));
}

/* The race of an active account against the odds of having left. */
struct outlook {
    double active[KAM__TILE], excess[KAM__TILE], odds[KAM__TILE];
    double order[KAM__TILE], silence[KAM__TILE];
};

static void look_ahead(const double *parameter, kam__tile tile, double horizon,
                       struct outlook *o) {
    const struct kam__pareto m = model_of(parameter);
    active(parameter, tile, o->active, o->excess, o->odds);
    kernels(tile->isa)->ahead(&m, tile, horizon, o->order, o->silence);
}

static void no_order(kam__family family, const double *parameter,
                     kam__tile tile, double horizon, double *out) {
    struct outlook o;
    (void)family;
    look_ahead(parameter, tile, horizon, &o);
    for (int32_t i = 0; i < tile->n; i++) {
        const double risk = (o.odds[i] + o.silence[i]) / (1 + o.odds[i]);
        out[i] = risk < 1 ? risk : 1;
    }
}

static void no_order_log_odds(kam__family family, const double *parameter,
                              kam__tile tile, double horizon, double *out) {
    struct outlook o;
    (void)family;
    look_ahead(parameter, tile, horizon, &o);
    for (int32_t i = 0; i < tile->n; i++)
        out[i] =
            kam__log((o.odds[i] + o.silence[i]) / o.order[i]) + o.excess[i];
}

static void expected(kam__family family, const double *parameter,
                     kam__tile tile, double horizon, double *out) {
    const struct kam__pareto m = model_of(parameter);
    double rest[KAM__TILE], time[KAM__TILE];
    (void)family;
    const int any = chances(parameter, tile, out, rest);
    kernels(tile->isa)->time_ahead(&m, tile, horizon, time);
    kernels(tile->isa)->orders(&m, tile, time, out);
    for (int32_t i = 0; any && i < tile->n; i++)
        out[i] = time[i] < INFINITY ? out[i] * rest[i] : (double)INFINITY;
}

static void plan(kam__family family, const double *parameter, double horizon,
                 double discount, int32_t isa, struct kam__btyd_plan *plan) {
    const struct kam__pareto m = model_of(parameter);
    (void)family;
    kernels(isa)->plan(&m, horizon, discount, plan);
}

static void discounted(kam__family family, const double *parameter,
                       kam__tile tile, double horizon, double discount,
                       double *out) {
    const struct kam__pareto m = model_of(parameter);
    double rest[KAM__TILE], time[KAM__TILE];
    if (!(discount > 0)) {
        expected(family, parameter, tile, horizon, out);
        return;
    }
    const struct kam__btyd_plan *const plan = tile->plan;
    const int fits = plan && plan->parameter == parameter &&
                     plan->horizon == horizon && plan->discount == discount;
    const int any = chances(parameter, tile, out, rest);
    kernels(tile->isa)->time(&m, tile, horizon, discount, KAM__ONE,
                             fits ? plan : 0, time);
    kernels(tile->isa)->orders(&m, tile, time, out);
    for (int32_t i = 0; any && i < tile->n; i++) out[i] *= rest[i];
}

/* For ever and undiscounted: B^2 / ((s - 1) (s - 2)). */
static double pairs_for_ever(double s, double B) {
    return s > 2 ? B / (s - 1) * (B / (s - 2)) : (double)INFINITY;
}

/* Given lambda and the time of leaving, orders are Poisson: two at u < t come at
 * the density lambda^2, whose mean is R (R + 1) / A^2. */
static void discounted_pairs(kam__family family, const double *parameter,
                             kam__tile tile, double horizon, double discount,
                             double *out) {
    const struct kam__pareto m = model_of(parameter);
    double *const pairs = out, *const squares = out + tile->n;
    const int endless = !(horizon < INFINITY) && !(discount > 0);
    double rest[KAM__TILE], time[2][KAM__TILE];
    (void)family;
    if (endless) kernels(tile->isa)->time_ahead(&m, tile, horizon, time[1]);
    chances(parameter, tile, pairs, rest);
    if (!endless) {
        kernels(tile->isa)->time(&m, tile, horizon, discount, KAM__PAIR, 0,
                                 time[0]);
        kernels(tile->isa)->time(&m, tile, horizon, discount, KAM__SQUARE, 0,
                                 time[1]);
    }
    for (int32_t i = 0; i < tile->n; i++) {
        const double R = m.r + tile->x[i], A = m.alpha + tile->T[i];
        const double B = m.beta + tile->T[i], active = pairs[i] * rest[i];
        const double t0 = endless ? pairs_for_ever(m.s, B) : time[0][i];
        pairs[i] = active > 0 ? active * (R / A * ((R + 1) / A) * t0) : 0;
        squares[i] = active > 0 ? active * (R / A * time[1][i]) : 0;
    }
}

static struct kam__gompertz law_of(const struct kam__pareto *m, double x,
                                   double T) {
    return (struct kam__gompertz){.R = m->r + x,
                                  .A = m->alpha + T,
                                  .s = m->s,
                                  .B = m->beta + T};
}

static void order_counts(kam__family family, const double *parameter,
                         kam__tile tile, double horizon, int32_t n_counts,
                         double *out) {
    const struct kam__pareto m = model_of(parameter);
    double main[KAM__TILE], excess[KAM__TILE], odds[KAM__TILE];
    (void)family;
    active(parameter, tile, main, excess, odds);
    for (int32_t i = 0; i < tile->n; i++) {
        const struct kam__gompertz law = law_of(&m, tile->x[i], tile->T[i]);
        kam__ahead_counts(&law, horizon, n_counts, out + (int64_t)i * n_counts);
        kam__ahead_or_left(main[i] * kam__exp(-excess[i]),
                           odds[i] / (1 + odds[i]), n_counts,
                           out + (int64_t)i * n_counts);
    }
}

static void next_order(kam__family family, const double *parameter,
                       kam__tile tile, double *out) {
    const struct kam__pareto m = model_of(parameter);
    (void)family;
    for (int32_t i = 0; i < tile->n; i++) {
        const struct kam__gompertz law = law_of(&m, tile->x[i], tile->T[i]);
        out[i] = kam__ahead_next(&law);
    }
}

const struct kam__btyd_family kam__pnbd = {
    .id = KAM_BTYD_PNBD,
    .n_parameters = 4,
    .name = "pnbd",
    .parameter = {"r", "alpha", "s", "beta"},
    .at_lower = {"r tends to 0: hardly any account orders again.",
                 "alpha tends to 0: accounts order again at once or never.",
                 "s tends to 0: nothing in the data says that accounts leave.",
                 "beta tends to 0: accounts leave at once or never."},
    .at_upper = {"r grows without limit: all accounts order at the same rate.",
                 "alpha grows without limit: all accounts order at the same "
                 "rate.",
                 "s grows without limit: all accounts leave at the same rate.",
                 "beta grows without limit: all accounts leave at the same "
                 "rate, or none."},
    .on_orders = {0, -1, 0, 0},
    .on_leaving = {0, 0, 0, -1},
    .count_terms = count_terms,
    .time_terms = time_terms,
    .start = start,
    .bounds = bounds,
    .prior = prior,
    .alive = alive,
    .no_order = no_order,
    .no_order_log_odds = no_order_log_odds,
    .expected = expected,
    .discounted = discounted,
    .plan = plan,
    .discounted_pairs = discounted_pairs,
    .order_counts = order_counts,
    .next_order = next_order,
};
