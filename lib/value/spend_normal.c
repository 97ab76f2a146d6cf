/* SPDX-License-Identifier: MIT */
/* Orders that can lose money: an order of an account is Normal(zeta, sigma^2), zeta
 * is Normal(mu, tau^2) over the book; of x orders the mean m is known. Lindley &
 * Smith (1972), J. R. Stat. Soc. B 34(1), section 2; Gelman et al. (2013),
 * *Bayesian Data Analysis*, 5.4. Parameters mu, tau, sigma. */
#include <math.h>

#include "base/diag.h"
#include "math/elementary.h"
#include "math/extent.h"
#include "value/spend_model.h"

#define HALF_LOG_2_PI 0.91893853320467274178

enum { MU, TAU, SIGMA };

/* The variance of m is V = tau^2 + sigma^2 / x; of the larger of tau and sigma
 * all is a multiple, so that money in any unit has squares. */
struct spread {
    double unit, a, b, V; /* a = tau^2, b = sigma^2 / x, over unit^2 */
};

static struct spread spread_of(const double *parameter, double x) {
    struct spread s;
    s.unit =
        parameter[TAU] > parameter[SIGMA] ? parameter[TAU] : parameter[SIGMA];
    const double tau = parameter[TAU] / s.unit;
    const double sigma = parameter[SIGMA] / s.unit;
    s.a = tau * tau;
    s.b = sigma * sigma / x;
    s.V = s.a + s.b;
    return s;
}

/* log L = -log(2 pi V) / 2 - (m - mu)^2 / (2 V), in mu over `context`, a unit of
 * money (sigma where there is none), and the logs of tau and sigma. */
static void row_terms(const void *context, const double *parameter,
                      const double *const *key, int32_t n, int32_t isa,
                      double (*out)[KAM__TILE]) {
    const double step = context ? *(const double *)context : parameter[SIGMA];
    (void)isa;
    for (int32_t i = 0; i < n; i++) {
        const struct spread s = spread_of(parameter, key[0][i]);
        const double d = (key[1][i] - parameter[MU]) / s.unit;
        const double e = d * (d / s.V), by = step / s.unit;
        /* First and second derivative in log V, less what tau and sigma share. */
        const double slope = 0.5 * (e - 1), bend = -0.5 * e;
        const double a = 2 * (s.a / s.V), b = 2 * (s.b / s.V);
        const double by_V = d / s.V * by;
        out[0][i] =
            -HALF_LOG_2_PI - 0.5 * kam__log(s.V) - kam__log(s.unit) - 0.5 * e;
        out[1][i] = by_V;
        out[2][i] = slope * a;
        out[3][i] = slope * b;
        out[4][i] = -by * (by / s.V);
        out[5][i] = -by_V * a;
        out[6][i] = bend * a * a + slope * (2 * a - a * a);
        out[7][i] = -by_V * b;
        out[8][i] = bend * a * b - slope * a * b;
        out[9][i] = bend * b * b + slope * (2 * b - b * b);
    }
}

static double log_likelihood(const double *parameter, double x, double m,
                             double spread) {
    (void)spread; /* of logs: margins have none */
    double row[10][KAM__TILE];
    const double *const key[] = {&x, &m};
    if (!(x > 0)) return 0;
    row_terms(0, parameter, key, 1, 0, row);
    return row[0][0];
}

/* The account's mean, pulled towards mu the more the fewer orders it has. */
static double mean(const double *parameter, double x, double m) {
    if (!(x > 0)) return parameter[MU];
    const struct spread s = spread_of(parameter, x);
    return parameter[MU] + s.a / s.V * (m - parameter[MU]);
}

static int32_t load(const kam_accounts *part, int64_t first, int32_t n,
                    double (*key)[KAM__TILE], double *weight) {
    return kam__spend_load(part, first, n, key, weight, 1);
}

/* Mean and standard deviation of m over the rows, and the mean of x. */
struct facts {
    double mean, deviation, orders;
};

static kam_status look_over(const struct kam__distinct *rows,
                            struct facts *facts, kam_diag *diag) {
    kam_sum weight = {0, 0}, sum = {0, 0}, square = {0, 0}, orders = {0, 0};
    double largest = 0;
    for (int64_t i = 0; i < rows->n; i++)
        if (fabs(rows->key[1][i]) > largest) largest = fabs(rows->key[1][i]);
    const struct kam__scaling scale =
        kam__scaling_of(largest, KAM__SQUARE_BITS);
    int failed = 0;
    for (int64_t i = 0; i < rows->n; i++) {
        const double w = rows->weight[i];
        failed |= kam_sum_add(&weight, w) ||
                  kam_sum_add(&sum, w * (rows->key[1][i] * scale.up)) ||
                  kam_sum_add(&orders, w * rows->key[0][i]);
    }
    const double n = kam_sum_value(&weight), centre = kam_sum_value(&sum) / n;
    for (int64_t i = 0; i < rows->n && !failed; i++) {
        const double d = rows->key[1][i] * scale.up - centre;
        failed |= kam_sum_add(&square, rows->weight[i] * (d * d)) != KAM_OK;
    }
    if (failed)
        return kam__fail(diag, KAM_ERR_OVERFLOW, "accounts.weight", -1, NAN,
                         "orders or weights add up too high.");
    facts->mean = centre * scale.down;
    facts->deviation = sqrt(kam_sum_value(&square) / n) * scale.down;
    facts->orders = kam_sum_value(&orders) / n;
    return KAM_OK;
}

/* Starts, bounds and prior are counted from the mean of m, in standard deviations
 * of m. The weak prior is our own: mu within about ten of them, tau half of one
 * and sigma that of as many orders, each give or take a factor of e^1.5. */
static kam_status prepare(struct kam__likelihood *model,
                          const struct kam__distinct *rows, int64_t n_used,
                          int64_t n_skipped, int32_t prior, kam_diag *diag) {
    static const double start[2][2] = {{0.7, 0.7}, {0.2, 1}};
    struct facts facts = {0, 0, 0};
    (void)n_skipped;
    if (n_used < (prior == KAM_PRIOR_WEAK ? 2 : 3))
        return kam__fail(diag, KAM_ERR_TOO_FEW, "accounts.mean_order_value", -1,
                         (double)n_used,
                         "only {value} accounts have a mean order value: that "
                         "says too little about its spread.");
    const kam_status status = look_over(rows, &facts, diag);
    if (status != KAM_OK) return status;
    if (!(facts.deviation > 0))
        return kam__fail(diag, KAM_ERR_CONSTANT, "accounts.mean_order_value",
                         -1, facts.mean,
                         "all accounts have the mean order value {value}.");
    const double log_unit = kam__log(facts.deviation);
    const double log_root = 0.5 * kam__log(facts.orders);
    model->unit[MU] = facts.deviation;
    model->offset[MU] = facts.mean;
    model->context = &model->unit[MU];
    model->lower[MU] = -1e3;
    model->upper[MU] = 1e3;
    model->lower[TAU] = model->lower[SIGMA] = log_unit - 11.5; /* 1e-5 */
    model->upper[TAU] = log_unit + 11.5;
    model->upper[SIGMA] = log_unit + log_root + 11.5;
    model->n_starts = 2;
    for (int i = 0; i < 2; i++) {
        model->start[i][MU] = 0;
        model->start[i][TAU] = log_unit + kam__log(start[i][0]);
        model->start[i][SIGMA] = log_unit + log_root + kam__log(start[i][1]);
    }
    for (int i = 0; i < 3; i++) {
        model->centre[i] = model->start[0][i];
        model->width[i] = i == MU ? 10 : 1.5;
    }
    return KAM_OK;
}

static const struct kam__row_kind ROWS = {.n_keys = 2,
                                          .read = kam__spend_read_accounts,
                                          .load = load,
                                          .look = prepare};

const struct kam__spend_family kam__normal_family = {
    .id = KAM_SPEND_NORMAL,
    .n_parameters = 3,
    .name = "normal",
    .parameter = {"mu", "tau", "sigma"},
    .at_lower = {"mu falls without limit.",
                 "tau tends to 0: all accounts have the same mean order value, "
                 "as far as their orders tell.",
                 "sigma tends to 0: all orders of an account are equal, as far "
                 "as numbers of orders tell."},
    .at_upper = {"mu grows without limit.",
                 "tau grows without limit: order values of accounts have no "
                 "typical size.",
                 "sigma grows without limit: the orders of one account have "
                 "nothing in common."},
    .any_sign = 1,
    .is_margin = 1,
    .rows = &ROWS,
    .row_terms = row_terms,
    .mean = mean,
    .log_likelihood = log_likelihood};
