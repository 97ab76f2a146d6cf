/* SPDX-License-Identifier: MIT */
/* Orders that are all worth the same: a fixed price. No spread, nothing to learn:
 * the one number is known. */
#include <math.h>

#include "base/diag.h"
#include "math/elementary.h"
#include "value/spend_model.h"

int kam__spend_alike(const kam_sum *fact, int64_t n_used, double *centre) {
    const double weight = kam_sum_value(&fact[KAM__SPEND_WEIGHT]);
    const double mean = kam_sum_value(&fact[KAM__SPEND_LOGS]) / weight;
    const double square = kam_sum_value(&fact[KAM__SPEND_SQUARES]) / weight;
    *centre = mean;
    /* Logs this near to each other differ by roundings of their squares. */
    return n_used >= KAM__SPEND_LEAST_ALIKE &&
           square - mean * mean <= 1e-13 * (1 + mean * mean);
}

/* Minus half the squared distance of logs: 0 where orders are as they should. */
static double log_likelihood(const double *parameter, double x, double m,
                             double spread) {
    (void)spread; /* there is none */
    if (!(x > 0)) return 0;
    if (!(m > 0)) return NAN;
    const double far = kam__log(m) - kam__log(parameter[0]);
    return -0.5 * far * far;
}

static void row_terms(const void *context, const double *parameter,
                      const double *const *key, int32_t n, int32_t isa,
                      double (*out)[KAM__TILE]) {
    (void)context, (void)isa;
    for (int32_t i = 0; i < n; i++) {
        const double far = kam__log(key[1][i]) - kam__log(parameter[0]);
        out[0][i] = -0.5 * far * far;
        out[1][i] = far;
        out[2][i] = -1;
    }
}

static double mean(const double *parameter, double x, double m) {
    (void)x, (void)m;
    return parameter[0];
}

static kam_status prepare(struct kam__likelihood *model, const kam_sum *fact,
                          int64_t n_used, int32_t prior, kam_diag *diag) {
    double centre;
    (void)prior;
    if (!kam__spend_alike(fact, n_used, &centre))
        return kam__fail(diag, KAM_ERR_UNSUPPORTED, "accounts.mean_order_value",
                         -1, NAN,
                         "orders of accounts differ, or there are fewer than "
                         "three accounts.");
    model->n_starts = 1;
    model->start[0][0] = model->centre[0] = centre;
    model->lower[0] = centre - 1;
    model->upper[0] = centre + 1;
    model->width[0] = 1;
    return KAM_OK;
}

static const struct kam__row_kind ROWS = {.n_keys = 3,
                                          .read = kam__spend_read_accounts,
                                          .load = kam__spend_load_positive,
                                          .add_facts = kam__spend_add_facts,
                                          .prepare = prepare};

const struct kam__spend_family kam__equal_family = {
    .id = KAM_SPEND_EQUAL,
    .n_parameters = 1,
    .name = "equal",
    .parameter = {"value"},
    .at_lower = {"value tends to 0."},
    .at_upper = {"value grows without limit."},
    .is_equal = 1,
    .rows = &ROWS,
    .row_terms = row_terms,
    .mean = mean,
    .log_likelihood = log_likelihood};
