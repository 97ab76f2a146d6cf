/* SPDX-License-Identifier: MIT */
/* The interval around lifetime value. With zeta the account's own mean order
 * value, the money S to come is zeta W: W adds up its orders, each discounted
 * and relative to zeta, and does not depend on zeta. Under Gamma-Gamma zeta is
 * proportional to 1 / G(s), s = p x + q; W is 0 when no order comes, and else
 * matched to a gamma law by mean and variance. So S, when not 0, is
 * proportional to a ratio of gamma variables, whose quantiles are known: no
 * moment of S beyond the first need exist. Formulas, and what was measured:
 * docs/models/clv.md. */
#include <float.h>
#include <math.h>

#include "math/elementary.h"
#include "math/incomplete_beta.h"
#include "value/clv_tile.h"
#include "value/spend_model.h"

enum { MOST_PARAMETERS = 8 };

/* Spreads below 0.1 % are as good as none. */
#define LARGEST_SHAPE 1e6
/* Stands in for relative variances that are infinite, and limits what parameters
 * add: a gamma law of still less shape has its mass at 0, not wider apart. */
#define LARGEST_VARIANCE 3.0
/* Of central differences in log parameters. */
#define STEP 1e-4

/* Relative derivatives of an answer, a row a parameter. */
struct gradient {
    int32_t p;
    double of[MOST_PARAMETERS][KAM__TILE];
};

/* 0 where a side is infinite: at the very edge of a finite mean. */
static double slope_of(double up, double down, double centre) {
    const double slope = (up - down) / (2 * STEP) / centre;
    return fabs(slope) <= DBL_MAX ? slope : 0;
}

/* Writes `parameter` with its j-th times e^(sign STEP). */
static void move(const double *parameter, int32_t p, int32_t j, double sign,
                 double *moved) {
    for (int32_t i = 0; i < p; i++) moved[i] = parameter[i];
    moved[j] *= kam__exp(sign * STEP);
}

static void orders_gradient(const struct kam__clv *to,
                            const struct kam__clv_tile *t, struct gradient *g) {
    double moved[MOST_PARAMETERS], up[KAM__TILE], down[KAM__TILE];
    g->p = to->family->n_parameters;
    for (int32_t j = 0; j < g->p; j++) {
        move(to->orders, g->p, j, 1, moved);
        to->family->discounted(to->family, moved, &t->tile, to->horizon,
                               to->discount, up);
        move(to->orders, g->p, j, -1, moved);
        to->family->discounted(to->family, moved, &t->tile, to->horizon,
                               to->discount, down);
        for (int32_t i = 0; i < t->tile.n; i++)
            g->of[j][i] = slope_of(up[i], down[i], t->orders[i]);
    }
}

/* Adds what is not known of the pace: time and discount go with it. */
static void pace_variance(const struct kam__clv *to,
                          const struct kam__clv_tile *t, double *variance) {
    const double by = kam__exp(STEP);
    double up[KAM__TILE], down[KAM__TILE];
    to->family->discounted(to->family, to->orders, &t->tile, to->horizon * by,
                           to->discount / by, up);
    to->family->discounted(to->family, to->orders, &t->tile, to->horizon / by,
                           to->discount * by, down);
    for (int32_t i = 0; i < t->tile.n; i++) {
        const double slope = slope_of(up[i], down[i], t->orders[i]);
        variance[i] += slope * slope * to->pace_variance;
    }
}

static void spend_gradient(const struct kam__clv *to,
                           const struct kam__clv_tile *t, struct gradient *g) {
    double up[MOST_PARAMETERS], down[MOST_PARAMETERS];
    g->p = 3;
    for (int32_t j = 0; j < g->p; j++) {
        move(to->spend, g->p, j, 1, up);
        move(to->spend, g->p, j, -1, down);
        for (int32_t i = 0; i < t->tile.n; i++)
            g->of[j][i] = slope_of(to->law->mean(up, t->x[i], t->m[i]),
                                   to->law->mean(down, t->x[i], t->m[i]),
                                   t->order_value[i]);
    }
}

/* Adds g' C g, the delta method's relative variance, to each row. */
static void add_variance(const struct gradient *g, const double *covariance,
                         int32_t n, double *variance) {
    for (int32_t i = 0; i < n; i++) {
        double sum = 0;
        for (int32_t j = 0; j < g->p; j++)
            for (int32_t k = 0; k < g->p; k++)
                sum += g->of[j][i] * covariance[j * g->p + k] * g->of[k][i];
        variance[i] += sum > 0 ? sum : 0;
    }
}

static void parameter_variance(const struct kam__clv *to,
                               const struct kam__clv_tile *t,
                               double *variance) {
    struct gradient g;
    for (int32_t i = 0; i < t->tile.n; i++) variance[i] = 0;
    if (to->orders_covariance) {
        orders_gradient(to, t, &g);
        add_variance(&g, to->orders_covariance, t->tile.n, variance);
    }
    if (to->pace_variance > 0) pace_variance(to, t, variance);
    if (to->spend_covariance && !to->law->is_margin && !to->law->is_equal) {
        spend_gradient(to, t, &g);
        add_variance(&g, to->spend_covariance, t->tile.n, variance);
    }
}

/* Second moments of W, and the probability that it is not 0. */
struct outlook {
    double moments[2 * KAM__TILE]; /* pairs, then squares */
    double some[KAM__TILE];
    double variance[KAM__TILE]; /* relative, from parameters */
};

static void look_ahead(const struct kam__clv *to, const struct kam__clv_tile *t,
                       struct outlook *o) {
    const kam__family family = to->family;
    family->discounted_pairs(family, to->orders, &t->tile, to->horizon,
                             to->discount, o->moments);
    family->no_order_log_odds(family, to->orders, &t->tile, to->horizon,
                              o->some);
    /* From log-odds, so that small probabilities keep their digits. */
    for (int32_t i = 0; i < t->tile.n; i++)
        o->some[i] = 1 / (1 + kam__exp(o->some[i]));
    parameter_variance(to, t, o->variance);
}

/* The relative variance of W when it is not 0, parameters known. */
static double outcome_variance(const struct kam__clv *to,
                               const struct kam__clv_tile *t,
                               const struct outlook *o, int32_t i) {
    const int fixed = to->law->is_margin || to->law->is_equal;
    const double p = fixed ? (double)INFINITY : to->spend[0];
    const double D = t->orders[i];
    const double pairs = o->moments[i], squares = o->moments[t->tile.n + i];
    const double second = (1 + 1 / p) * (squares / D) + 2 * (pairs / D);
    const double variance = o->some[i] * (second / D) - 1;
    const int endless = !(to->horizon < INFINITY) && !(to->discount > 0);
    const double most = endless ? LARGEST_VARIANCE : DBL_MAX;
    return variance <= most ? variance : LARGEST_VARIANCE;
}

/* The shape of W when it is not 0: mean^2 / variance. */
static double shape_of(const struct kam__clv *to, const struct kam__clv_tile *t,
                       const struct outlook *o, int32_t i) {
    const double outcome = outcome_variance(to, t, o, i);
    const double most = outcome > LARGEST_VARIANCE ? outcome : LARGEST_VARIANCE;
    const double sum = outcome + o->variance[i];
    const double all = sum < most ? sum : most;
    return all > 1 / LARGEST_SHAPE ? 1 / all : LARGEST_SHAPE;
}

/* The quantile of S over E(S | S > 0) that has the probability `above` above
 * it; 0 where some order is less probable than that. */
static double quantile(double shape, double s, double some, double above) {
    const double level = 1 - above / some;
    if (!(level > 0)) return 0;
    const double least = s < LARGEST_SHAPE ? s : LARGEST_SHAPE;
    return (least - 1) / shape *
           kam__beta_prime_inverse(shape, least,
                                   level < 1 ? level : 1 - 0x1p-53);
}

/* Given its x orders of mean m, an account's own mean margin is normal, with
 * variance tau^2 (1 - k), k = tau^2 / (tau^2 + sigma^2 / x); its expectation moves
 * with mu, log tau and log sigma by 1 - k and +-2 k (1 - k) (m - mu). */
static double own_variance(const struct kam__clv *to,
                           const struct kam__clv_tile *t, int32_t i) {
    const double mu = to->spend[0], tau = to->spend[1];
    const double ratio = to->spend[2] / tau, x = t->x[i];
    const double k = x > 0 ? 1 / (1 + ratio * (ratio / x)) : 0;
    const double bend = x > 0 ? 2 * k * (1 - k) * (t->m[i] - mu) : 0;
    const double g[3] = {1 - k, bend, -bend};
    double sum = 0;
    for (int j = 0; to->spend_covariance && j < 9; j++)
        sum += g[j / 3] * to->spend_covariance[j] * g[j % 3];
    return tau * tau * (1 - k) + (sum > 0 ? sum : 0);
}

static void margin_row(const struct kam__clv *to, const struct kam__clv_tile *t,
                       const struct outlook *o, int32_t i, double *low,
                       double *high) {
    const double some = o->some[i], orders = t->orders[i] / some;
    const double squares = o->moments[t->tile.n + i] / some;
    const double sigma = to->spend[2];
    const struct kam__margin_law law = {.mean = orders * t->order_value[i],
                                        .spread = orders * orders *
                                                  own_variance(to, t, i),
                                        .noise = sigma * sigma * squares,
                                        .shape = shape_of(to, t, o, i),
                                        .some = some};
    kam__margin_interval(&law, (1 - to->interval) / 2, low, high);
}

static void interval_row(const struct kam__clv *to,
                         const struct kam__clv_tile *t, const struct outlook *o,
                         int32_t i, double *low, double *high) {
    const double tail = (1 - to->interval) / 2, some = o->some[i];
    *low = *high = 0;
    if (!(some > tail) || t->margin[i] == 0) return;
    if (to->law->is_margin) {
        margin_row(to, t, o, i, low, high);
        return;
    }
    const double s = to->law->is_equal ? (double)INFINITY
                                       : to->spend[0] * t->x[i] + to->spend[1];
    const double shape = shape_of(to, t, o, i);
    const double scale = t->orders[i] / some * t->order_value[i] * t->margin[i];
    const double near = scale * quantile(shape, s, some, 1 - tail);
    const double far = scale * quantile(shape, s, some, tail);
    *low = (scale < 0 ? far : near) + 0.0; /* never -0 */
    *high = (scale < 0 ? near : far) + 0.0;
}

void kam__clv_interval_tile(const struct kam__clv *to,
                            const struct kam__clv_tile *tile, double *low,
                            double *high) {
    struct outlook o;
    look_ahead(to, tile, &o);
    for (int32_t i = 0; i < tile->tile.n; i++) {
        low[i] = high[i] = NAN;
        if (fabs(tile->value[i]) <= DBL_MAX)
            interval_row(to, tile, &o, i, &low[i], &high[i]);
    }
}
