/* SPDX-License-Identifier: MIT */
/* Fitting a buy-till-you-die family, and its partial sums for engines. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "math/accumulate.h"
#include "value/btyd_rows.h"
#include "value/fit_parts.h"

static void count_terms(const void *context, const double *parameter, double x,
                        double *out) {
    const kam__family family = context;
    family->count_terms(family, parameter, x, out);
}

static void row_terms(const void *context, const double *parameter,
                      const double *const *key, int32_t n, int32_t isa,
                      double (*out)[KAM__TILE]) {
    const kam__family family = context;
    const struct kam__btyd_tile tile = {n, isa, key[0], key[1], key[2]};
    family->time_terms(family, parameter, &tile, out);
}

static struct kam__likelihood likelihood_of(kam__family family) {
    struct kam__likelihood model;
    memset(&model, 0, sizeof model);
    model.p = family->n_parameters;
    model.context = family;
    model.count_terms = count_terms;
    model.row_terms = row_terms;
    model.name = family->parameter;
    model.at_lower = family->at_lower;
    model.at_upper = family->at_upper;
    return model;
}

static int32_t load(const kam_accounts *part, int64_t first, int32_t n,
                    double (*key)[KAM__TILE], double *weight) {
    struct kam__btyd_rows rows;
    int32_t m = 0;
    kam__btyd_load(part, first, n, KAM_ISA_BASE, &rows);
    kam__weights(part, first, n, weight);
    for (int32_t i = 0; i < n; i++) {
        if (rows.flag[i] || !kam__is_weight(weight[i])) continue;
        key[0][m] = rows.x[i];
        key[1][m] = rows.t_x[i];
        key[2][m] = rows.T[i];
        weight[m++] = weight[i];
    }
    return m;
}

/* Fewer accounts that ordered again than this cannot tell rate from leaving. */
enum { LEAST_REPEATERS = 2, LEAST_WITH_PRIOR = 1 };

static kam_status prepare(struct kam__likelihood *model,
                          const struct kam__distinct *rows, int64_t n_used,
                          int64_t n_skipped, int32_t prior, kam_diag *diag) {
    const kam__family family = model->context;
    kam_sum weight = {0, 0}, age = {0, 0}, orders = {0, 0}, repeaters = {0, 0};
    (void)n_used;
    (void)n_skipped;
    for (int64_t i = 0; i < rows->n; i++)
        if (rows->key[0][i] > 0 &&
            kam_sum_add(&repeaters, rows->weight[i]) != KAM_OK)
            break;
    if (kam__accumulate(&weight, rows->weight, NULL, rows->n) ||
        kam__accumulate(&age, rows->key[2], rows->weight, rows->n) ||
        kam__accumulate(&orders, rows->key[0], rows->weight, rows->n))
        return kam__fail(diag, KAM_ERR_OVERFLOW, "accounts", -1, NAN,
                         "ages, orders or weights add up too high.");
    const double again = kam_sum_value(&repeaters);
    if (again < (prior == KAM_PRIOR_WEAK ? LEAST_WITH_PRIOR : LEAST_REPEATERS))
        return kam__fail(diag, KAM_ERR_TOO_FEW, "accounts.repeat_orders", -1,
                         again,
                         "only {value} accounts ordered again: that says too "
                         "little about rates.");
    const double size = kam_sum_value(&weight);
    const struct kam__btyd_facts facts = {kam_sum_value(&age) / size,
                                          kam_sum_value(&orders) / size};
    if (!(facts.mean_age > 0))
        return kam__fail(diag, KAM_ERR_TOO_FEW, "accounts.age_periods", -1, 0,
                         "no account has been known for any time.");
    family->bounds(&facts, model->lower, model->upper);
    family->prior(&facts, model->centre, model->width);
    model->n_starts = KAM__BTYD_STARTS;
    for (int32_t i = 0; i < model->n_starts; i++)
        family->start(&facts, i, model->start[i]);
    return KAM_OK;
}

static const struct kam__row_kind KIND = {3, kam__btyd_read_accounts, load,
                                          prepare};

kam_status kam_btyd_fit(int32_t family, const kam_accounts *parts,
                        int64_t n_parts, double period_days,
                        const kam_estimate_options *options,
                        const kam_host *host, kam_btyd *model,
                        double *covariance, kam_estimate_report *report,
                        kam_diag *diag) {
    const kam__family f = kam__btyd_family_of(family);
    struct kam__estimate estimate;
    int answered;
    if (!f)
        return kam__fail(diag, KAM_ERR_OPTION, "family", -1, family,
                         "{value} is no KAM_BTYD_*.");
    if (!model) return kam__fail(diag, KAM_ERR_NULL, "model", -1, NAN, "");
    if (!(period_days > 0 && period_days < INFINITY))
        return kam__fail(diag, KAM_ERR_OPTION, "period_days", -1, period_days,
                         "a period of {value} days is not possible.");
    struct kam__likelihood likelihood = likelihood_of(f);
    const kam_status status =
        kam__fit_parts(&KIND, &likelihood, parts, n_parts, options, host,
                       &estimate, &answered, report, diag);
    if (!answered) return status;
    const int32_t p = f->n_parameters;
    memset(model, 0, sizeof *model);
    model->family = f->id;
    model->n_parameters = p;
    model->period_days = period_days;
    for (int32_t i = 0; i < p; i++) model->parameter[i] = estimate.parameter[i];
    for (int32_t i = 0; covariance && i < p * p; i++)
        covariance[i] = estimate.covariance[i];
    return status;
}

kam_status kam_btyd_objective(const kam_btyd *model, const kam_accounts *part,
                              const kam_host *host, kam_objective *partial,
                              kam_diag *diag) {
    kam_status status;
    const kam__family family = kam__btyd_read_model(model, &status, diag);
    if (!family) return status;
    const struct kam__likelihood likelihood = likelihood_of(family);
    return kam__objective_part(&KIND, &likelihood, model->parameter, part, host,
                               partial, diag);
}
