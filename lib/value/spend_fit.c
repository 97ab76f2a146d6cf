/* SPDX-License-Identifier: MIT */
/* Fitting a spend family, and its partial sums for engines. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "value/spend_model.h"

int32_t kam__spend_load(const kam_accounts *part, int64_t first, int32_t n,
                        double (*key)[KAM__TILE], double *weight,
                        int any_sign) {
    double x_tile[KAM__TILE], m_tile[KAM__TILE];
    const double *const x = kam__gather(&part->repeat_orders, first, n, x_tile);
    const double *const m =
        kam__gather(&part->mean_order_value, first, n, m_tile);
    int32_t used = 0;
    kam__weights(part, first, n, weight);
    for (int32_t i = 0; i < n; i++) {
        if (kam__spend_flag(x[i], m[i], any_sign)) continue;
        if (!(m[i] > 0 || any_sign) || !kam__is_weight(weight[i])) continue;
        key[0][used] = x[i];
        key[1][used] = m[i];
        weight[used++] = weight[i];
    }
    return used;
}

static struct kam__likelihood likelihood_of(kam__spend family) {
    struct kam__likelihood model;
    memset(&model, 0, sizeof model);
    model.p = family->n_parameters;
    model.count_terms = family->count_terms;
    model.row_terms = family->row_terms;
    model.name = family->parameter;
    model.at_lower = family->at_lower;
    model.at_upper = family->at_upper;
    return model;
}

kam_status kam_spend_fit(int32_t family, const kam_accounts *parts,
                         int64_t n_parts, const kam_estimate_options *options,
                         const kam_host *host, kam_spend *model,
                         double *covariance, kam_estimate_report *report,
                         kam_diag *diag) {
    const kam__spend f = kam__spend_family_of(family);
    struct kam__estimate estimate;
    int answered;
    if (!f)
        return kam__fail(diag, KAM_ERR_OPTION, "family", -1, family,
                         "{value} is no KAM_SPEND_*.");
    if (!model) return kam__fail(diag, KAM_ERR_NULL, "model", -1, NAN, "");
    struct kam__likelihood likelihood = likelihood_of(f);
    const kam_status status =
        kam__fit_parts(f->rows, &likelihood, parts, n_parts, options, host,
                       &estimate, &answered, report, diag);
    const int32_t p = f->n_parameters;
    if (!answered) return status;
    memset(model, 0, sizeof *model);
    model->family = family;
    model->n_parameters = p;
    for (int i = 0; i < p; i++) model->parameter[i] = estimate.parameter[i];
    for (int i = 0; covariance && i < p * p; i++)
        covariance[i] = estimate.covariance[i];
    return status;
}

kam_status kam_spend_objective(const kam_spend *model, const kam_accounts *part,
                               const kam_host *host, kam_objective *partial,
                               kam_diag *diag) {
    kam_status status;
    const kam__spend family = kam__spend_read_model(model, &status, diag);
    if (!family) return status;
    const struct kam__likelihood likelihood = likelihood_of(family);
    return kam__objective_part(family->rows, &likelihood, model->parameter,
                               part, host, partial, diag);
}
