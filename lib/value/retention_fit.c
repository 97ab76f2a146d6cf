/* SPDX-License-Identifier: MIT */
/* Fitting sBG, BdW and the shared sBG, and their partial sums for engines. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "math/accumulate.h"
#include "math/elementary.h"
#include "value/fit_parts.h"
#include "value/retention_rows.h"

/* Everything of a row depends on the whole row. */
static const int32_t FAMILY[] = {KAM_RETENTION_SBG, KAM_RETENTION_BDW,
                                 KAM_RETENTION_SHARED};

static void row_terms(const void *context, const double *parameter,
                      const double *const *key, int32_t n, int32_t isa,
                      double (*out)[KAM__TILE]) {
    const int32_t family = *(const int32_t *)context;
    const int32_t p = kam__retention_parameters(family);
    const struct kam__retention law = {parameter[0], parameter[1],
                                       p > 2 ? parameter[2] : 1,
                                       family == KAM_RETENTION_SHARED};
    (void)isa;
    for (int32_t i = 0; i < n; i++) {
        double terms[10]; /* value, gradient (3), Hessian (6) */
        kam__retention_terms(&law, key[0][i], key[1][i], key[2][i], terms);
        for (int32_t k = 0; k < 1 + p; k++) out[k][i] = terms[k];
        for (int32_t k = 0; k < p * (p + 1) / 2; k++)
            out[1 + p + k][i] = terms[4 + k];
    }
}

static int32_t load_any(const kam_accounts *part, int32_t shared, int64_t first,
                        int32_t n, double (*key)[KAM__TILE], double *weight) {
    struct kam__contracts rows;
    int32_t m = 0;
    kam__retention_load(part, shared, first, n, &rows);
    kam__weights(part, first, n, weight);
    for (int32_t i = 0; i < n; i++) {
        if (rows.flag[i] || !kam__is_weight(weight[i])) continue;
        key[0][m] = rows.n[i];
        key[1][m] = rows.ended[i];
        key[2][m] = rows.before[i];
        weight[m++] = weight[i];
    }
    return m;
}

static int32_t load(const kam_accounts *part, int64_t first, int32_t n,
                    double (*key)[KAM__TILE], double *weight) {
    return load_any(part, 0, first, n, key, weight);
}

static int32_t load_shared(const kam_accounts *part, int64_t first, int32_t n,
                           double (*key)[KAM__TILE], double *weight) {
    return load_any(part, 1, first, n, key, weight);
}

enum { LEAST_ENDED = 2, LEAST_WITH_PRIOR = 1, STARTS = 3 };

/* Rates of ending are spread by a factor of e^1.5 around the book's own; c, by
 * e^0.5 around 1: our own, no published prior fits. */
static void set_out(struct kam__likelihood *model, double odds) {
    static const double size[STARTS] = {2, 20, 0.4};
    const double end = odds / (1 + odds);
    for (int s = 0; s < STARTS; s++) {
        model->start[s][0] = kam__log(size[s] * end);
        model->start[s][1] = kam__log(size[s] * (1 - end));
        model->start[s][2] = 0;
    }
    for (int i = 0; i < 2; i++) {
        model->lower[i] = -18.4; /* 1e-8 */
        model->upper[i] = 13.8;  /* 1e6 */
        model->width[i] = 1.5;
        model->centre[i] = model->start[0][i];
    }
    model->lower[2] = -3; /* 0.05 */
    model->upper[2] = 3;  /* 20 */
    model->width[2] = 0.5;
    model->centre[2] = 0;
    model->n_starts = STARTS;
}

enum { WEIGHT, ENDED, RENEWED };

static int add_facts(const double *const *key, const double *weight, int64_t n,
                     kam_sum *fact) {
    for (int64_t i = 0; i < n; i++) {
        const double seen = key[0][i] - key[2][i];
        if (kam_sum_add(&fact[WEIGHT], weight[i]) ||
            kam__accumulate(&fact[ENDED], &key[1][i], &weight[i], 1) ||
            kam__accumulate(&fact[RENEWED], &seen, &weight[i], 1))
            return 1;
    }
    return 0;
}

static kam_status prepare(struct kam__likelihood *model, const kam_sum *fact,
                          int64_t n_used, int32_t prior, kam_diag *diag) {
    (void)n_used;
    const double n_ended = kam_sum_value(&fact[ENDED]);
    const double n_renewed = kam_sum_value(&fact[RENEWED]);
    if (n_ended < (prior == KAM_PRIOR_WEAK ? LEAST_WITH_PRIOR : LEAST_ENDED))
        return kam__fail(diag, KAM_ERR_TOO_FEW, "accounts.contract_ended", -1,
                         n_ended,
                         "only {value} contracts ended: that says too little "
                         "about renewal.");
    if (!(n_renewed > 0))
        return kam__fail(diag, KAM_ERR_TOO_FEW, "accounts.renewals", -1,
                         n_renewed, "no contract was seen to be renewed.");
    set_out(model, n_ended / n_renewed);
    return KAM_OK;
}

static const struct kam__row_kind KIND[] = {{.n_keys = 3,
                                             .read =
                                                 kam__retention_read_accounts,
                                             .load = load,
                                             .add_facts = add_facts,
                                             .prepare = prepare},
                                            {.n_keys = 3,
                                             .read =
                                                 kam__retention_read_accounts,
                                             .load = load_shared,
                                             .add_facts = add_facts,
                                             .prepare = prepare}};

static const struct kam__row_kind *kind_of(int32_t family) {
    return &KIND[family == KAM_RETENTION_SHARED];
}

static const char *const NAME[] = {"alpha", "beta", "c"};
static const char *const AT_LOWER[] = {
    "alpha tends to 0: hardly any contract ever ends.",
    "beta tends to 0: hardly any contract is renewed.",
    "c tends to 0: a contract that was renewed once never ends."};
static const char *const AT_UPPER[] = {
    "alpha grows without limit: all contracts have the same chance to end.",
    "beta grows without limit: all contracts have the same chance to end.",
    "c grows without limit: all contracts end at one age."};

static struct kam__likelihood likelihood_of(int32_t family) {
    struct kam__likelihood model;
    memset(&model, 0, sizeof model);
    model.p = kam__retention_parameters(family);
    model.context = &FAMILY[family - 1];
    model.row_terms = row_terms;
    model.name = NAME;
    model.at_lower = AT_LOWER;
    model.at_upper = AT_UPPER;
    return model;
}

kam_status kam_retention_fit(int32_t family, const kam_accounts *parts,
                             int64_t n_parts, double period_days,
                             const kam_estimate_options *options,
                             const kam_host *host, kam_retention *model,
                             double *covariance, kam_estimate_report *report,
                             kam_diag *diag) {
    struct kam__estimate estimate;
    int answered;
    if (kam__retention_parameters(family) == 0)
        return kam__fail(diag, KAM_ERR_OPTION, "family", -1, family,
                         "{value} is no KAM_RETENTION_*.");
    if (!model) return kam__fail(diag, KAM_ERR_NULL, "model", -1, NAN, "");
    if (!(period_days > 0 && period_days < INFINITY))
        return kam__fail(diag, KAM_ERR_OPTION, "period_days", -1, period_days,
                         "a term of {value} days is not possible.");
    struct kam__likelihood likelihood = likelihood_of(family);
    const kam_status status =
        kam__fit_parts(kind_of(family), &likelihood, parts, n_parts, options,
                       host, &estimate, &answered, report, diag);
    if (!answered) return status;
    const int32_t p = likelihood.p;
    memset(model, 0, sizeof *model);
    model->family = family;
    model->n_parameters = p;
    model->period_days = period_days;
    for (int32_t i = 0; i < p; i++) model->parameter[i] = estimate.parameter[i];
    for (int32_t i = 0; covariance && i < p * p; i++)
        covariance[i] = estimate.covariance[i];
    return status;
}

kam_status kam_retention_profile(int32_t family, const kam_accounts *parts,
                                 int64_t n_parts,
                                 const kam_estimate_options *options,
                                 const kam_host *host,
                                 kam_estimate_interval *interval,
                                 kam_diag *diag) {
    if (kam__retention_parameters(family) == 0)
        return kam__fail(diag, KAM_ERR_OPTION, "family", -1, family,
                         "{value} is no KAM_RETENTION_*.");
    struct kam__likelihood likelihood = likelihood_of(family);
    return kam__profile_parts(kind_of(family), &likelihood, parts, n_parts,
                              options, host, interval, diag);
}

kam_status kam_retention_objective(const kam_retention *model,
                                   const kam_accounts *part,
                                   const kam_host *host, kam_objective *partial,
                                   kam_diag *diag) {
    struct kam__retention law;
    kam_status status;
    if (!kam__retention_read_model(&law, model, &status, diag)) return status;
    const struct kam__likelihood likelihood = likelihood_of(model->family);
    return kam__objective_part(kind_of(model->family), &likelihood,
                               model->parameter, part, host, partial, diag);
}
