/* SPDX-License-Identifier: MIT */
/* Gamma-Gamma as a family of kam/spend.h. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "math/accumulate.h"
#include "math/elementary.h"
#include "math/gamma.h"
#include "math/special.h"
#include "value/fit_parts.h"
#include "value/gamma_gamma.h"
#include "value/spend_model.h"

/* log Gamma(z) less Stirling's (z - 1/2) log z - z + log(2 pi) / 2. */
static double stirling_error(double z) {
    if (z >= 3) return kam__gamma_far(1 / z);
    return kam__lgamma(z) - ((z - 0.5) * kam__log(z) - z) -
           0.91893853320467274178;
}

/* z (digamma(z) - log z), and z (z trigamma(z) - 1): what is left of both for
 * large z by their asymptotic series (Abramowitz & Stegun 1964, 6.3.18, 6.4.12). */
static double digamma_rest(double z) {
    const double w = 1 / z, u = w * w;
    if (z < 20) return z * (kam__digamma(z) - kam__log(z));
    return -0.5 -
           w * (1.0 / 12 -
                u * (1.0 / 120 -
                     u * (1.0 / 252 - u * (1.0 / 240 - u * (1.0 / 132)))));
}

static double trigamma_rest(double z) {
    const double w = 1 / z, u = w * w;
    if (z < 20) return z * (z * kam__trigamma(z) - 1);
    return 0.5 + w * (1.0 / 6 -
                      u * (1.0 / 30 -
                           u * (1.0 / 42 - u * (1.0 / 30 - u * (5.0 / 66)))));
}

/* The shares of single orders in their total are Dirichlet(p, ..., p), whatever
 * q and gamma: what x alone says of that, in p. */
static void add_shares(double p, double x, double *out) {
    const double P = p * x;
    const double slope = digamma_rest(P) - x * digamma_rest(p);
    out[0] += 0.5 * (x - 1) * (kam__log(p) - 2 * 0.91893853320467274178) +
              stirling_error(P) - x * stirling_error(p) - 0.5 * kam__log(x);
    out[1] += slope;
    out[4] += slope + trigamma_rest(P) - x * trigamma_rest(p);
}

/* A count below zero is of an account whose single orders are known. */
static void terms_of_count(const double *parameter, double count, double *out) {
    const double x = fabs(count);
    const double P = parameter[0] * x, q = parameter[1], n = P + q;
    const double p1 = P * (kam__digamma_difference(P, q) - kam__log1p(q / P));
    const double q1 = q * (kam__digamma_difference(q, P) - kam__log1p(P / q));
    memset(out, 0, 10 * sizeof *out);
    out[0] = 0.5 * kam__log(P / n * q) - 0.91893853320467274178 +
             stirling_error(n) - stirling_error(P) - stirling_error(q);
    out[1] = p1;
    out[2] = q1;
    out[4] = p1 + P * P * kam__trigamma_difference(P, q);
    out[5] = P * q * kam__trigamma(n);
    out[6] = q1 + q * q * kam__trigamma_difference(q, P);
    if (count < 0) add_shares(parameter[0], x, out);
}

static void count_terms(const void *context, const double *parameter, double x,
                        double *out) {
    (void)context;
    terms_of_count(parameter, x, out);
}

static void row_terms(const void *context, const double *parameter,
                      const double *const *key, int32_t n, int32_t isa,
                      double (*out)[KAM__TILE]) {
    const double p = parameter[0];
    double count[KAM__TILE] = {0};
    (void)context;
    for (int32_t i = 0; i < n; i++) count[i] = fabs(key[0][i]);
    KAM__PICK(isa, kam__gamma_gamma)
        ->row_terms(parameter, count, key[1], n, out);
    for (int32_t i = 0; i < n; i++) {
        const double x = count[i], spread = x * key[2][i];
        if (key[0][i] > 0) continue;
        out[0][i] -= (p - 1) * spread + (x - 1) * kam__log(key[1][i]);
        out[1][i] -= p * spread;
        out[4][i] -= p * spread;
    }
}

static double log_likelihood(const double *parameter, double x, double m,
                             double spread) {
    double terms[10], row[10][KAM__TILE];
    const double count = spread >= 0 ? -x : x;
    const double *const key[] = {&count, &m, &spread};
    if (!(x > 0)) return 0;
    if (!(m > 0)) return NAN; /* orders worth nothing have no density */
    terms_of_count(parameter, count, terms);
    row_terms(0, parameter, key, 1, KAM_ISA_BASE, row);
    return terms[0] + row[0][0];
}

int32_t kam__spend_load_positive(const kam_accounts *part, int64_t first,
                                 int32_t n, double (*key)[KAM__TILE],
                                 double *weight) {
    return kam__spend_load(part, first, n, key, weight, 0);
}

int kam__spend_add_facts(const double *const *key, const double *weight,
                         int64_t n, kam_sum *fact) {
    for (int64_t i = 0; i < n; i++) {
        const double log = kam__log(key[1][i]);
        const double spread = key[0][i] < 0 ? key[2][i] : 0;
        const double square = log * log + spread; /* of single orders */
        if (kam_sum_add(&fact[KAM__SPEND_WEIGHT], weight[i]) ||
            kam__accumulate(&fact[KAM__SPEND_LOGS], &log, &weight[i], 1) ||
            kam__accumulate(&fact[KAM__SPEND_SQUARES], &square, &weight[i], 1))
            return 1;
    }
    return 0;
}

/* Starts, bounds and prior are centred on the geometric mean of m, so that money
 * in any unit gives the same fit. The weak prior is our own: orders of one
 * account vary by about 60 %, accounts by about as much, each give or take a
 * factor of e^1.5. */
static kam_status prepare(struct kam__likelihood *model, const kam_sum *fact,
                          int64_t n_used, int32_t prior, kam_diag *diag) {
    static const double start[2][2] = {{3, 3}, {1, 1.5}};
    if (n_used < (prior == KAM_PRIOR_WEAK ? 1 : 2))
        return kam__fail(diag, KAM_ERR_TOO_FEW, "accounts.mean_order_value", -1,
                         (double)n_used,
                         "only {value} accounts have a mean order value: that "
                         "says too little about its spread.");
    double centre;
    if (kam__spend_alike(fact, n_used, &centre))
        return kam__fail(diag, KAM_ERR_CONSTANT, "accounts.mean_order_value",
                         -1, kam__exp(centre),
                         "every order is worth {value}: there is no spread to "
                         "fit.");
    model->n_starts = 2;
    for (int i = 0; i < 2; i++) {
        model->start[i][0] = kam__log(start[i][0]);
        model->start[i][1] = kam__log(start[i][1]);
        model->start[i][2] = centre + kam__log(start[i][1] / start[i][0]);
        model->lower[i] = -13.8; /* 1e-6 */
        model->upper[i] = 11.5;  /* 1e5 */
    }
    model->lower[2] = centre - 30;
    model->upper[2] = centre + 30;
    for (int i = 0; i < 3; i++) {
        model->centre[i] = model->start[0][i];
        model->width[i] = 1.5;
    }
    return KAM_OK;
}

/* Fader & Hardie (2013), note 025, eq. (5); with x = 0, eq. (4). */
static double mean(const double *parameter, double x, double m) {
    const double p = parameter[0], q = parameter[1], gamma = parameter[2];
    const double shape = p * x + q - 1;
    const double known = x > 0 ? x * m : 0;
    return shape > 0 ? (p / shape) * (gamma + known) : (double)INFINITY;
}

static const struct kam__row_kind ROWS = {.n_keys = 3,
                                          .read = kam__spend_read_accounts,
                                          .load = kam__spend_load_positive,
                                          .add_facts = kam__spend_add_facts,
                                          .prepare = prepare};

const struct kam__spend_family kam__gamma_gamma_family = {
    .id = KAM_SPEND_GAMMA_GAMMA,
    .n_parameters = 3,
    .name = "gamma-gamma",
    .parameter = {"p", "q", "gamma"},
    .at_lower =
        {"p tends to 0: the orders of one account have nothing in common.",
         "q tends to 0: order values of accounts have no typical size.",
         "gamma tends to 0: order values of accounts have no typical size."},
    .at_upper =
        {"p grows without limit: as far as the means tell, all orders of "
         "an account are equal.",
         "q grows without limit: all accounts have the same mean order "
         "value.",
         "gamma grows without limit: all accounts have the same mean "
         "order value."},
    .rows = &ROWS,
    .count_terms = count_terms,
    .row_terms = row_terms,
    .mean = mean,
    .log_likelihood = log_likelihood};
