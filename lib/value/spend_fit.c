/* SPDX-License-Identifier: MIT */
/* Fitting a spend family, and its partial sums for engines. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/sized.h"
#include "value/spend_model.h"

int32_t kam__spend_load(const kam_accounts *part, int64_t first, int32_t n,
                        double (*key)[KAM__TILE], double *weight,
                        int any_sign) {
    struct kam__spend_rows rows;
    int32_t used = 0;
    kam__spend_read(part, first, n, &rows);
    kam__weights(part, first, n, weight);
    for (int32_t i = 0; i < n; i++) {
        const double x = rows.x[i], m = rows.m[i], spread = rows.spread[i];
        if (kam__spend_flag(x, m, any_sign)) continue;
        if (!(m > 0 || any_sign) || !kam__is_weight(weight[i])) continue;
        const int is_known = spread >= 0 && !any_sign;
        key[0][used] = is_known ? -x : x;
        key[1][used] = m;
        key[2][used] = is_known ? spread : 0;
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

static void write_model(kam__spend family, const struct kam__estimate *estimate,
                        kam_spend *model, double *covariance) {
    const int32_t p = family->n_parameters;
    memset(model, 0, sizeof *model);
    model->family = family->id;
    model->n_parameters = p;
    for (int i = 0; i < p; i++) model->parameter[i] = estimate->parameter[i];
    for (int i = 0; covariance && i < p * p; i++)
        covariance[i] = family->is_equal ? 0 : estimate->covariance[i];
}

static kam__spend check(int32_t family, const kam_spend *model,
                        kam_status *status, kam_diag *diag) {
    const kam__spend f = kam__spend_family_of(family);
    *status = KAM_OK;
    if (!f)
        *status = kam__fail(diag, KAM_ERR_OPTION, "family", -1, family,
                            "{value} is no KAM_SPEND_*.");
    else if (!model)
        *status = kam__fail(diag, KAM_ERR_NULL, "model", -1, NAN, "");
    return f;
}

kam_status kam_spend_fit(int32_t family, const kam_accounts *parts,
                         int64_t n_parts, const kam_estimate_options *options,
                         const kam_host *host, kam_spend *model,
                         double *covariance, kam_estimate_report *report,
                         kam_diag *diag) {
    struct kam__estimate estimate;
    int answered;
    kam_status status;
    const kam__spend f = check(family, model, &status, diag);
    if (status != KAM_OK) return status;
    struct kam__likelihood likelihood = likelihood_of(f);
    status = kam__fit_parts(f->rows, &likelihood, parts, n_parts, options, host,
                            &estimate, &answered, report, diag);
    if (answered) write_model(f, &estimate, model, covariance);
    return status;
}

/* Asks for facts or sums of rows elsewhere. */
struct asking {
    kam__spend family;
    kam_spend_total total;
    void *context;
    int64_t n_rows;
};

static kam_status ask(void *context, const double *parameter,
                      kam_objective *total, kam_diag *diag) {
    struct asking *const asking = context;
    const int32_t p = asking->family->n_parameters;
    kam_spend model = {.family = asking->family->id};
    for (int32_t i = 0; parameter && i < p; i++)
        model.parameter[i] = parameter[i];
    model.n_parameters = parameter ? p : 0;
    const kam_status status = asking->total(asking->context, &model, total);
    if (status == KAM_ERR_OVERFLOW && parameter) return status;
    if (status != KAM_OK) return kam__fail(diag, status, "total", -1, NAN, "");
    if (!parameter) asking->n_rows = total->n_rows;
    return kam__total_check(total, parameter ? p : (int32_t)KAM__MOST_FACTS,
                            asking->n_rows, diag);
}

kam_status kam_spend_search(int32_t family, const kam_estimate_options *options,
                            kam_spend_total total, void *context,
                            kam_spend *model, double *covariance,
                            kam_estimate_report *report, kam_diag *diag) {
    struct kam__estimate estimate;
    kam_estimate_report told = {.struct_size = sizeof told, .culprit = -1};
    int answered;
    kam_status status;
    const kam__spend f = check(family, model, &status, diag);
    struct asking asking = {f, total, context, 0};
    const struct kam__total sums = {ask, &asking};
    if (status == KAM_OK && !total)
        status = kam__fail(diag, KAM_ERR_NULL, "total", -1, NAN, "");
    if (status == KAM_OK && !f->rows->add_facts)
        status = kam__fail(diag, KAM_ERR_UNSUPPORTED, "family", -1, family,
                           "family {value} begins from the spread of all rows, "
                           "which does not add up: it is fitted to rows at "
                           "hand (kam_spend_fit).");
    if (status == KAM_OK && report)
        status =
            kam__sized_write(report, &told, sizeof told,
                             KAM__FIRST(kam_estimate_report), "report", diag);
    if (status != KAM_OK) return status;
    struct kam__likelihood likelihood = likelihood_of(f);
    status = kam__fit_total(f->rows, &likelihood, &sums, options, &estimate,
                            &answered, &told, diag);
    if (report)
        kam__sized_write(report, &told, sizeof told,
                         KAM__FIRST(kam_estimate_report), "report", NULL);
    if (answered) write_model(f, &estimate, model, covariance);
    return status;
}

kam_status kam_spend_profile(int32_t family, const kam_accounts *parts,
                             int64_t n_parts,
                             const kam_estimate_options *options,
                             const kam_host *host,
                             kam_estimate_interval *interval, kam_diag *diag) {
    const kam__spend f = kam__spend_family_of(family);
    if (!f)
        return kam__fail(diag, KAM_ERR_OPTION, "family", -1, family,
                         "{value} is no KAM_SPEND_*.");
    struct kam__likelihood likelihood = likelihood_of(f);
    return kam__profile_parts(f->rows, &likelihood, parts, n_parts, options,
                              host, interval, diag);
}

kam_status kam_spend_objective(const kam_spend *model, const kam_accounts *part,
                               const kam_host *host, kam_objective *partial,
                               kam_diag *diag) {
    kam_status status;
    const kam__spend asked = model && model->n_parameters == 0
                                 ? kam__spend_family_of(model->family)
                                 : NULL;
    if (asked && asked->rows->add_facts)
        return kam__facts_part(asked->rows, part, host, partial, diag);
    const kam__spend family = kam__spend_read_model(model, &status, diag);
    if (!family) return status;
    const struct kam__likelihood likelihood = likelihood_of(family);
    return kam__objective_part(family->rows, &likelihood, model->parameter,
                               part, host, partial, diag);
}
