/* SPDX-License-Identifier: MIT */
#include "value/coefficients.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "math/elementary.h"
#include "value/btyd_fit.h"

enum { FACTS = KAM__EFFECTS, P = KAM__MOST_PARAMETERS };

kam_status kam__coefficients_place(struct kam__coefficients *to,
                                   const kam_btyd_covariates *covariates,
                                   kam_diag *diag) {
    int32_t p = to->family->n_parameters;
    for (int32_t k = 0; k < FACTS; k++) to->place[k] = -1;
    for (int32_t k = 0; k < covariates->n_orders; k++) to->place[k] = p++;
    for (int32_t j = 0; j < covariates->n_leaving; j++)
        to->place[KAM__COVARIATES + j] =
            covariates->equal[j] > 0 ? to->place[covariates->equal[j] - 1]
                                     : p++;
    to->p = p;
    if (p <= P) return KAM_OK;
    return kam__fail(diag, KAM_ERR_SHAPE, "covariates", -1, p,
                     "{value} parameters are more than 8.");
}

void kam__coefficients_scale(struct kam__coefficients *to,
                             const kam_btyd_covariates *covariates) {
    for (int32_t k = 0; k < FACTS; k++)
        if (!(to->scale[k] > 0)) to->scale[k] = 1;
    /* A shared coefficient has one scale. */
    for (int32_t j = 0; j < covariates->n_leaving; j++) {
        double *const own = &to->scale[KAM__COVARIATES + j];
        if (covariates->equal[j] == 0) continue;
        double *const other = &to->scale[covariates->equal[j] - 1];
        *own = *other = *own > *other ? *own : *other;
    }
    for (int32_t j = 0; j < covariates->n_leaving; j++)
        if (covariates->equal[j] > 0)
            to->scale[KAM__COVARIATES + j] =
                to->scale[covariates->equal[j] - 1];
}

/* e^30 and e^-30 times, over the whole range of a fact, is without limit. */
#define LARGEST_EFFECT 30.0

static const char *const COEFFICIENT[FACTS] = {"orders[0]",  "orders[1]",
                                               "orders[2]",  "orders[3]",
                                               "leaving[0]", "leaving[1]",
                                               "leaving[2]", "leaving[3]"};
#define WITHOUT_LIMIT                                                          \
    "the effect of this fact grows without limit: it tells apart accounts "    \
    "that a rate of zero or infinity fits best."

struct names {
    const char *name[P], *at_lower[P], *at_upper[P];
};

static void describe(const struct kam__coefficients *of,
                     const kam_btyd_covariates *covariates, int32_t prior,
                     kam__row_terms row_terms, struct names *names,
                     struct kam__likelihood *model) {
    const kam__family f = of->family;
    model->p = of->p;
    model->context = of;
    model->row_terms = row_terms;
    model->name = names->name;
    model->at_lower = names->at_lower;
    model->at_upper = names->at_upper;
    for (int32_t j = 0; j < f->n_parameters; j++) {
        names->name[j] = f->parameter[j];
        names->at_lower[j] = f->at_lower[j];
        names->at_upper[j] = f->at_upper[j];
        if (prior == KAM_PRIOR_NONE) model->width[j] = INFINITY;
    }
    double ridge[P] = {0};
    for (int32_t k = 0; k < FACTS; k++) {
        const int32_t m = of->place[k];
        if (m < 0) continue;
        const int leaving = k >= KAM__COVARIATES;
        if (names->name[m] == 0) names->name[m] = COEFFICIENT[k];
        names->at_lower[m] = names->at_upper[m] = WITHOUT_LIMIT;
        model->lower[m] = -LARGEST_EFFECT;
        model->upper[m] = LARGEST_EFFECT;
        model->centre[m] = 0;
        ridge[m] +=
            leaving ? covariates->ridge_leaving : covariates->ridge_orders;
        model->width[m] = of->scale[k] * sqrt(0.5 / ridge[m]);
        for (int32_t i = 0; i < model->n_starts; i++) model->start[i][m] = 0;
    }
}

kam_status kam__coefficients_fit(const struct kam__coefficients *context,
                                 kam__row_terms row_terms,
                                 const struct kam__distinct *rows,
                                 const kam_btyd_covariates *covariates,
                                 const kam_estimate_options *options,
                                 const kam_host *host,
                                 struct kam__estimate *estimate,
                                 kam_estimate_report *report, kam_diag *diag) {
    struct kam__likelihood model;
    struct names names;
    kam_estimate_options inner = *options;
    memset(&model, 0, sizeof model);
    memset(&names, 0, sizeof names);
    const kam_status status = kam__btyd_prepare(&model, rows, context->family,
                                                0, options->prior, diag);
    if (status != KAM_OK) return status;
    describe(context, covariates, options->prior, row_terms, &names, &model);
    inner.prior = KAM_PRIOR_WEAK; /* infinitely wide where there is none */
    const kam_status verdict =
        kam__likelihood_fit(&model, rows, &inner, host, estimate, report, diag);
    report->prior = options->prior;
    return verdict;
}

int kam__coefficients_answer(kam_status status) {
    return status == KAM_OK || status == KAM_ERR_AT_BOUND ||
           status == KAM_ERR_FLAT || status == KAM_ERR_NOT_CONVERGED;
}

void kam__coefficients_write(const struct kam__coefficients *of,
                             double period_days,
                             const struct kam__estimate *estimate,
                             kam_btyd_covariate_model *model,
                             double *covariance) {
    double scale[P];
    const int32_t d = of->family->n_parameters, p = of->p;
    memset(model, 0, sizeof *model);
    model->base.family = of->family->id;
    model->base.n_parameters = d;
    model->base.period_days = period_days;
    for (int32_t i = 0; i < d; i++) {
        model->base.parameter[i] = estimate->parameter[i];
        scale[i] = 1;
    }
    for (int32_t k = 0; k < FACTS; k++) {
        const int32_t m = of->place[k];
        if (m < 0) continue;
        const double value = kam__log(estimate->parameter[m]) / of->scale[k];
        scale[m] = of->scale[k];
        if (k < KAM__COVARIATES) {
            model->orders[k] = value;
            model->n_orders = k + 1;
        } else {
            model->leaving[k - KAM__COVARIATES] = value;
            model->n_leaving = k - KAM__COVARIATES + 1;
        }
    }
    for (int32_t i = 0; covariance && i < p; i++)
        for (int32_t j = 0; j < p; j++)
            covariance[i * p + j] =
                estimate->covariance[i * p + j] / scale[i] / scale[j];
}
