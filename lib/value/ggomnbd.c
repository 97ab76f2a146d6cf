/* SPDX-License-Identifier: MIT */
/* GGompertz/NBD as a family of kam/btyd.h: orders as in the Pareto/NBD, times of
 * leaving whose hazard changes with age. Formulas: docs/models/ggomnbd.md. */
#include <string.h>

#include "math/elementary.h"
#include "math/special.h"
#include "value/ahead.h"
#include "value/btyd_family.h"
#include "value/gompertz.h"

enum { P = 5, TERMS = 1 + P + P * (P + 1) / 2 };
enum { R_, ALPHA, B_, S, BETA }; /* places of the parameters */

/* Where the term of second derivatives in i and j <= i lies. */
static int second(int i, int j) { return 1 + P + i * (i + 1) / 2 + j; }

/* log Gamma(r + x) / Gamma(r) and its derivatives in log r. */
static void count_terms(kam__family family, const double *parameter, double x,
                        double *out) {
    const double r = parameter[R_];
    const double slope = r * kam__digamma_difference(r, x);
    (void)family;
    memset(out, 0, TERMS * sizeof *out);
    out[0] = kam__lgamma_difference(r, x);
    out[1 + R_] = slope;
    out[second(R_, R_)] = slope + r * r * kam__trigamma_difference(r, x);
}

/* L(t) = log((beta + e^(b t) - 1) / beta), so that s L is -log of the chance to be
 * there at t, and what its derivatives in log b and log beta are made of:
 * w = dL / dlog b, -p = dL / dlog beta. */
struct age {
    double bt, L, w, p, stays;  /* stays = 1 - p */
    double bb, bbeta, betabeta; /* second derivatives of L */
    double rest;                /* bt - w */
};

static struct age age_of(double b, double beta, double t) {
    const double bt = b * t, left = kam__exp(-bt);
    const double D = kam__gompertz_later(b, beta, t);
    struct age age;
    age.bt = bt;
    age.L = kam__gompertz_fall(b, beta, t);
    age.w = bt / D;
    age.stays = beta * left / D;
    age.p = -kam__expm1(-bt) / D;
    age.rest = bt * ((beta - 1) * left / D);
    age.bb = age.w * (1 + age.rest);
    age.bbeta = -age.w * age.stays;
    age.betabeta = age.p * age.stays;
    return age;
}

/* Log of an integrand of a row, differentiated: g (J and K 0), R / (A + y) g (J)
 * or hazard g (K). */
struct row {
    double r, alpha, b, s, beta;
    double t_x, R, A, u; /* A = alpha + t_x, u = alpha / A */
    double J, K;
    struct age from; /* at the last order */
};

static void slopes_at(const struct row *row, double y, double *l, double *ll) {
    const struct age age = age_of(row->b, row->beta, row->t_x + y);
    const double a = kam__log1p(y / row->A), da = y / (row->A + y);
    const double r = row->r, s = row->s, u = row->u, J = row->J, K = row->K;
    const double n = row->R + J, to_alpha = u * (n * da - J);
    const double L = age.L - row->from.L, w = age.w - row->from.w;
    const double p = age.p - row->from.p;
    memset(ll, 0, TERMS * sizeof *ll);
    l[R_] = J * (r / row->R) - r * a;
    l[ALPHA] = to_alpha;
    l[B_] = K * (1 + age.rest) - s * w;
    l[S] = K - s * L;
    l[BETA] = s * p - K * age.stays;
    ll[second(R_, R_)] = J * (r / row->R) * ((row->R - r) / row->R) - r * a;
    ll[second(ALPHA, R_)] = r * u * da;
    ll[second(ALPHA, ALPHA)] = (1 - u) * to_alpha - u * u * n * da * (1 - da);
    ll[second(B_, B_)] = K * (age.bt - age.bb) - s * (age.bb - row->from.bb);
    ll[second(S, B_)] = -s * w;
    ll[second(S, S)] = -s * L;
    ll[second(BETA, B_)] = -K * age.bbeta - s * (age.bbeta - row->from.bbeta);
    ll[second(BETA, S)] = s * p;
    ll[second(BETA, BETA)] =
        -K * age.betabeta - s * (age.betabeta - row->from.betabeta);
}

/* Adds weight times value, gradient and Hessian of an integrand at y. */
static void add_point(const struct row *row, double y, double weight,
                      double *terms) {
    double l[P], ll[TERMS];
    slopes_at(row, y, l, ll);
    terms[0] += weight;
    for (int i = 0; i < P; i++) {
        terms[1 + i] += weight * l[i];
        for (int j = 0; j <= i; j++)
            terms[second(i, j)] += weight * (l[i] * l[j] + ll[second(i, j)]);
    }
}

/* K + G with its derivatives, as 1 - J where G is not yet small. */
static void silence_terms(struct row *row, const struct kam__gompertz *law,
                          double h, double *terms) {
    struct kam__gompertz_walk walk;
    const struct kam__gompertz_race race = kam__gompertz_run(law, h);
    const double G = kam__exp(-race.fall);
    row->J = race.fall <= 1 ? 1 : 0;
    row->K = 1 - row->J;
    memset(terms, 0, TERMS * sizeof *terms);
    walk.start = 0;
    for (int n; (n = kam__gompertz_next(law, h, &walk)) > 0;)
        for (int i = 0; i < n; i++) {
            const double y = walk.y[i], g = walk.weight[i] * walk.faded[i];
            add_point(row, y,
                      row->J > 0 ? -g * (row->R / (row->A + y))
                                 : g * kam__gompertz_hazard(law, y),
                      terms);
        }
    if (row->K > 0) {
        row->J = row->K = 0;
        add_point(row, h, G, terms);
    }
    const double inverse = 1 / (race.J < 0.5 ? 1 - race.J : race.K + G);
    for (int k = 1; k < TERMS; k++) terms[k] *= inverse;
    for (int i = 0; i < P; i++)
        for (int j = 0; j <= i; j++)
            terms[second(i, j)] -= terms[1 + i] * terms[1 + j];
    terms[0] = race.J < 0.5 ? kam__log1p(-race.J) : kam__log(race.K + G);
}

/* Bemmaor & Glady (2012), appendix, before its integral is taken, in the form of
 * pareto.h: what comes before the last order, times K + G of the race since. */
static void add_before(const struct row *row, double x, double t_x,
                       double *terms) {
    const struct age age = row->from;
    const double r = row->r, s = row->s, v = t_x / row->A;
    const double a = kam__log1p(t_x / row->alpha);
    terms[0] += (-r * a - s * age.L) - x * (kam__log(row->alpha) + a);
    terms[1 + R_] -= r * a;
    terms[1 + ALPHA] += r * v - x * row->u;
    terms[1 + B_] -= s * age.w;
    terms[1 + S] -= s * age.L;
    terms[1 + BETA] += s * age.p;
    terms[second(R_, R_)] -= r * a;
    terms[second(ALPHA, R_)] += r * v;
    terms[second(ALPHA, ALPHA)] -= row->R * row->u * v;
    terms[second(B_, B_)] -= s * age.bb;
    terms[second(S, B_)] -= s * age.w;
    terms[second(S, S)] -= s * age.L;
    terms[second(BETA, B_)] -= s * age.bbeta;
    terms[second(BETA, S)] += s * age.p;
    terms[second(BETA, BETA)] -= s * age.betabeta;
}

static struct kam__gompertz law_at(const double *q, double x, double t) {
    return (struct kam__gompertz){.R = q[R_] + x,
                                  .A = q[ALPHA] + t,
                                  .b = q[B_],
                                  .s = q[S],
                                  .B = kam__gompertz_later(q[B_], q[BETA], t)};
}

static void time_terms(kam__family family, const double *q, kam__tile tile,
                       double (*out)[KAM__TILE]) {
    (void)family;
    for (int32_t i = 0; i < tile->n; i++) {
        const double x = tile->x[i], t_x = tile->t_x[i];
        const struct kam__gompertz law = law_at(q, x, t_x);
        struct row row = {.r = q[R_],
                          .alpha = q[ALPHA],
                          .b = q[B_],
                          .s = q[S],
                          .beta = q[BETA],
                          .R = law.R,
                          .A = law.A,
                          .t_x = t_x,
                          .u = q[ALPHA] / law.A,
                          .from = age_of(q[B_], q[BETA], t_x)};
        double terms[TERMS];
        silence_terms(&row, &law, tile->T[i] - t_x, terms);
        add_before(&row, x, t_x, terms);
        for (int k = 0; k < TERMS; k++) out[k][i] = terms[k];
    }
}

/* Leaving slows down with age; speeds up; hardly any leaves. */
static void start(kam__facts facts, int32_t attempt, double *log_parameter) {
    static const double from[KAM__BTYD_STARTS][P] = {{0.7, 1, 0.3, 0.6, 0.15},
                                                     {1, 1, 3, 1, 8},
                                                     {2, 1, 1, 0.1, 1}};
    const double rate = facts->mean_orders / facts->mean_age;
    const double *const f = from[attempt];
    log_parameter[R_] = kam__log(f[R_]);
    log_parameter[ALPHA] = kam__log(f[R_] / rate);
    log_parameter[B_] = kam__log(f[B_] / facts->mean_age);
    log_parameter[S] = kam__log(f[S]);
    log_parameter[BETA] = kam__log(f[BETA]);
}

/* At the lower bound of b, e^(b t) - 1 is b t to 1e-4: the Pareto/NBD. */
static void bounds(kam__facts facts, double *lower, double *upper) {
    const double log_age = kam__log(facts->mean_age);
    for (int i = 0; i < P; i++) {
        lower[i] = -18.4; /* 1e-8 */
        upper[i] = 13.8;  /* 1e6 */
    }
    lower[ALPHA] = log_age - kam__log(facts->mean_orders) - 36;
    upper[ALPHA] = log_age - kam__log(facts->mean_orders) + 36;
    lower[B_] = kam__log(1e-4) - log_age;
    upper[B_] = kam__log(1e3) - log_age;
    lower[BETA] = -28;
}

/* A weak prior of our own: rates spread as for BG/NBD; the chance to leave neither
 * rises nor falls with age, and is half at the mean age of the book, or so. */
static void prior(kam__facts facts, double *centre, double *width) {
    centre[R_] = 0;
    centre[ALPHA] = kam__log(facts->mean_age / facts->mean_orders);
    centre[B_] = -kam__log(facts->mean_age);
    centre[S] = centre[BETA] = 0;
    for (int i = 0; i < P; i++) width[i] = 1.5;
}

/* e^700 is as far as products of chances keep their digits. */
#define CAP 700.0

/* log of the odds of having left, capped, and what is beyond. */
static double log_odds(const double *q, kam__tile tile, int32_t i,
                       double *excess) {
    const struct kam__gompertz law = law_at(q, tile->x[i], tile->t_x[i]);
    const struct kam__gompertz_race race =
        kam__gompertz_run(&law, tile->T[i] - tile->t_x[i]);
    const double odds = race.fall + kam__log(race.K);
    *excess = odds > CAP ? odds - CAP : 0;
    return odds > CAP ? CAP : odds;
}

/* P(active) as main * rest. */
static double chance(const double *q, kam__tile tile, int32_t i, double *rest) {
    double excess;
    const double odds = log_odds(q, tile, i, &excess);
    *rest = excess > 0 ? kam__exp(-excess) : 1;
    return 1 / (1 + kam__exp(odds));
}

static void alive(kam__family family, const double *q, kam__tile tile,
                  double ahead, double *out) {
    (void)family;
    for (int32_t i = 0; i < tile->n; i++) {
        double rest;
        const double B = kam__gompertz_later(q[B_], q[BETA], tile->T[i]);
        const double stays =
            kam__exp(-q[S] * kam__gompertz_fall(q[B_], B, ahead));
        out[i] = chance(q, tile, i, &rest) * stays * rest;
    }
}

/* Odds of having left, capped, and J and 1 - J of the race ahead. */
struct outlook {
    double odds, excess, order, silence;
};

static struct outlook look_ahead(const double *q, kam__tile tile, int32_t i,
                                 double horizon) {
    struct outlook o;
    const struct kam__gompertz law = law_at(q, tile->x[i], tile->T[i]);
    const struct kam__gompertz_race race = kam__gompertz_run(&law, horizon);
    o.odds = kam__exp(log_odds(q, tile, i, &o.excess));
    o.order = race.J;
    o.silence = race.J < 0.5 ? 1 - race.J : race.K + kam__exp(-race.fall);
    return o;
}

static void no_order(kam__family family, const double *q, kam__tile tile,
                     double horizon, double *out) {
    (void)family;
    for (int32_t i = 0; i < tile->n; i++) {
        const struct outlook o = look_ahead(q, tile, i, horizon);
        const double risk = (o.odds + o.silence) / (1 + o.odds);
        out[i] = risk < 1 ? risk : 1;
    }
}

static void no_order_log_odds(kam__family family, const double *q,
                              kam__tile tile, double horizon, double *out) {
    (void)family;
    for (int32_t i = 0; i < tile->n; i++) {
        const struct outlook o = look_ahead(q, tile, i, horizon);
        out[i] = kam__log((o.odds + o.silence) / o.order) + o.excess;
    }
}

/* Given that an account is active at T, the time it has ahead, discounted. */
static double time_ahead(const double *q, double T, double horizon,
                         double discount, int pairs) {
    const struct kam__gompertz law = {.b = q[B_],
                                      .s = q[S],
                                      .B = kam__gompertz_later(q[B_], q[BETA],
                                                               T),
                                      .discount = discount};
    return kam__gompertz_time(&law, horizon, pairs);
}

static void discounted(kam__family family, const double *q, kam__tile tile,
                       double horizon, double discount, double *out) {
    (void)family;
    for (int32_t i = 0; i < tile->n; i++) {
        const double T = tile->T[i];
        const double rate = (q[R_] + tile->x[i]) / (q[ALPHA] + T);
        double rest;
        out[i] = chance(q, tile, i, &rest) *
                 (rate * time_ahead(q, T, horizon, discount, 0)) * rest;
    }
}

static void expected(kam__family family, const double *q, kam__tile tile,
                     double horizon, double *out) {
    discounted(family, q, tile, horizon, 0, out);
}

static void discounted_pairs(kam__family family, const double *q,
                             kam__tile tile, double horizon, double discount,
                             double *out) {
    (void)family;
    for (int32_t i = 0; i < tile->n; i++) {
        const double T = tile->T[i];
        const double R = q[R_] + tile->x[i], A = q[ALPHA] + T;
        double rest;
        const double active = chance(q, tile, i, &rest) * rest;
        out[i] = active * (R / A * ((R + 1) / A) *
                           time_ahead(q, T, horizon, discount, 1));
        out[tile->n + i] =
            active * (R / A * time_ahead(q, T, horizon, 2 * discount, 0));
    }
}

static void order_counts(kam__family family, const double *q, kam__tile tile,
                         double horizon, int32_t n_counts, double *out) {
    (void)family;
    for (int32_t i = 0; i < tile->n; i++) {
        const struct kam__gompertz law = law_at(q, tile->x[i], tile->T[i]);
        double excess;
        const double odds = kam__exp(log_odds(q, tile, i, &excess));
        kam__ahead_counts(&law, horizon, n_counts, out + (int64_t)i * n_counts);
        kam__ahead_or_left(kam__exp(-excess) / (1 + odds), odds / (1 + odds),
                           n_counts, out + (int64_t)i * n_counts);
    }
}

static void next_order(kam__family family, const double *q, kam__tile tile,
                       double *out) {
    (void)family;
    for (int32_t i = 0; i < tile->n; i++) {
        const struct kam__gompertz law = law_at(q, tile->x[i], tile->T[i]);
        out[i] = kam__ahead_next(&law);
    }
}

const struct kam__btyd_family kam__ggomnbd = {
    .id = KAM_BTYD_GGOMNBD,
    .n_parameters = P,
    .name = "ggomnbd",
    .parameter = {"r", "alpha", "b", "s", "beta"},
    .at_lower = {"r tends to 0: hardly any account orders again.",
                 "alpha tends to 0: accounts order again at once or never.",
                 "b tends to 0: the Pareto/NBD says as much.",
                 "s tends to 0: nothing in the data says that accounts leave.",
                 "beta tends to 0: accounts leave at once or never."},
    .at_upper = {"r grows without limit: all accounts order at the same rate.",
                 "alpha grows without limit: all accounts order at the same "
                 "rate.",
                 "b grows without limit: all accounts leave at the same age, "
                 "or at once.",
                 "s grows without limit: all accounts have the same chance to "
                 "leave.",
                 "beta grows without limit: all accounts have the same chance "
                 "to leave, or none."},
    .on_orders = {[ALPHA] = -1},
    .on_leaving = {[BETA] = -1},
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
    .discounted_pairs = discounted_pairs,
    .order_counts = order_counts,
    .next_order = next_order,
};
