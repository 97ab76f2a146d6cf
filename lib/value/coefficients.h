/* SPDX-License-Identifier: MIT */
/* What fits of order models with facts share: which parameter is the coefficient
 * of which fact, and the fit in scaled coefficients. Facts are scaled to at most 1
 * in size while they are fitted, so that coefficients of euros and of thousands are
 * alike. */
#ifndef KAM_VALUE_COEFFICIENTS_H
#define KAM_VALUE_COEFFICIENTS_H

#include "value/covariates.h"
#include "value/likelihood.h"

enum { KAM__EFFECTS = 2 * KAM__COVARIATES };

/* Begins the context of a fit's row terms. */
struct kam__coefficients {
    kam__family family;
    double scale[KAM__EFFECTS];  /* largest |z| */
    int32_t place[KAM__EFFECTS]; /* of its coefficient in the parameters; -1:
                                    unused */
    int32_t p;                   /* parameters, the family's first */
};

typedef void (*kam__row_terms)(const void *context, const double *parameter,
                               const double *const *key, int32_t n, int32_t isa,
                               double (*out)[KAM__TILE]);

kam_status kam__coefficients_place(struct kam__coefficients *to,
                                   const kam_btyd_covariates *covariates,
                                   kam_diag *diag);

/* Scales that are not above 0 become 1; a shared coefficient has one. */
void kam__coefficients_scale(struct kam__coefficients *to,
                             const kam_btyd_covariates *covariates);

/* Fits rows whose keys are x, what row_terms wants, and T. The verdict is in the
 * report, too. */
kam_status kam__coefficients_fit(const struct kam__coefficients *context,
                                 kam__row_terms row_terms,
                                 const struct kam__distinct *rows,
                                 const kam_btyd_covariates *covariates,
                                 const kam_estimate_options *options,
                                 const kam_host *host,
                                 struct kam__estimate *estimate,
                                 kam_estimate_report *report, kam_diag *diag);

/* Whether such a verdict comes with a point. */
int kam__coefficients_answer(kam_status status);

/* The estimate as the caller knows it; covariance may be NULL. */
void kam__coefficients_write(const struct kam__coefficients *of,
                             double period_days,
                             const struct kam__estimate *estimate,
                             kam_btyd_covariate_model *model,
                             double *covariance);

#endif
