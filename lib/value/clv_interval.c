/* SPDX-License-Identifier: MIT */
/* How far the discounted order values of an account may be from their mean. */
#include <math.h>

#include "math/elementary.h"
#include "math/special.h"
#include "value/clv.h"
#include "value/spend_model.h"

enum { MOST_PARAMETERS = 8, SPEND_PARAMETERS = 3 };

/* One account, and parameters that can be moved. */
struct account {
    const struct kam__clv *clv;
    double x, t_x, T, m;
    double orders[MOST_PARAMETERS], spend[SPEND_PARAMETERS];
};

static struct kam__btyd_tile tile_of(const struct account *a) {
    return (struct kam__btyd_tile){1, KAM_ISA_BASE, &a->x, &a->t_x, &a->T};
}

static double mean_of(const struct account *a) {
    const struct kam__clv *const to = a->clv;
    const struct kam__btyd_tile tile = tile_of(a);
    double orders;
    to->family->discounted(to->family, a->orders, &tile, to->horizon,
                           to->discount, &orders);
    return orders * kam__spend_mean(a->spend, a->x, a->m);
}

/* Variance of the mean through the parameters, by the delta method in log
 * parameters. */
#define STEP 1e-4
static double spread_of(struct account *a, double *parameter, int32_t p,
                        const double *covariance) {
    double slope[MOST_PARAMETERS], variance = 0;
    for (int32_t i = 0; i < p; i++) {
        const double at = parameter[i];
        parameter[i] = at * kam__exp(STEP);
        const double up = mean_of(a);
        parameter[i] = at * kam__exp(-STEP);
        const double down = mean_of(a);
        parameter[i] = at;
        slope[i] = (up - down) / (2 * STEP);
    }
    for (int32_t i = 0; i < p; i++)
        for (int32_t j = 0; j < p; j++)
            variance += slope[i] * covariance[i * p + j] * slope[j];
    return variance;
}

/* Chance of no order at all within the horizon. */
static double chance_of_none(const struct account *a) {
    const struct kam__clv *const to = a->clv;
    const struct kam__btyd_tile tile = tile_of(a);
    double none;
    if (to->horizon < INFINITY) {
        to->family->no_order(to->family, a->orders, &tile, to->horizon, &none);
        return none;
    }
    to->family->alive(to->family, a->orders, &tile, 0, &none);
    return 1 - none;
}

/* E S^2 of the sum S of discounted order values; where an order value has no
 * second moment, its mean is taken as known. */
static double second_moment(const struct account *a) {
    const struct kam__clv *const to = a->clv;
    const struct kam__btyd_tile tile = tile_of(a);
    double pairs[2], mean, square, product;
    to->family->discounted_pairs(to->family, a->orders, &tile, to->horizon,
                                 to->discount, pairs);
    kam__spend_moments(a->spend, a->x, a->m, &mean, &square, &product);
    if (!(product < INFINITY)) {
        product = mean * mean;
        square = product * (1 + 1 / a->spend[0]);
    }
    return 2 * product * pairs[0] + square * pairs[1];
}

/* The quantile of a law with mass `none` at 0 and a gamma law of that mean and
 * variance elsewhere. */
static double quantile(double probability, double none, double mean,
                       double variance) {
    if (probability <= none) return 0;
    const double shape = mean * mean / variance;
    return mean / shape *
           kam__gamma_p_inverse(shape, (probability - none) / (1 - none));
}

void kam__clv_interval_row(const struct kam__clv *to, double x, double t_x,
                           double T, double m, double *low, double *high) {
    struct account a = {.clv = to, .x = x, .t_x = t_x, .T = T, .m = m};
    const int32_t p = to->family->n_parameters;
    for (int32_t i = 0; i < p; i++) a.orders[i] = to->orders[i];
    for (int32_t i = 0; i < SPEND_PARAMETERS; i++) a.spend[i] = to->spend[i];
    const double mean = mean_of(&a), none = chance_of_none(&a);
    double variance = second_moment(&a) - mean * mean;
    if (to->orders_covariance)
        variance += spread_of(&a, a.orders, p, to->orders_covariance);
    if (to->spend_covariance)
        variance +=
            spread_of(&a, a.spend, SPEND_PARAMETERS, to->spend_covariance);
    if (!(mean > 0)) {
        *low = *high = 0;
        return;
    }
    /* Given at least one order. */
    const double given = mean / (1 - none);
    const double within = (variance + mean * mean) / (1 - none) - given * given;
    const double tail = (1 - to->interval) / 2;
    *low = quantile(tail, none, given, within > 0 ? within : 1e-12 * given * given);
    *high =
        quantile(1 - tail, none, given, within > 0 ? within : 1e-12 * given * given);
}
