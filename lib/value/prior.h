/* SPDX-License-Identifier: MIT */
/* Normal priors on log parameters, and what they tell of a fit without one. */
#ifndef KAM_VALUE_PRIOR_H
#define KAM_VALUE_PRIOR_H

#include "value/likelihood.h"

/* Adds the prior's log density at x, without its constant. */
void kam__prior_add(const struct kam__likelihood *model, const double *x,
                    double *value, double *gradient, double *hessian);

/* Of an interior maximum of the likelihood, with its Hessian: the parameter that
 * the prior would move most of its standard errors, by Newton's first step, where
 * that is more than one; or -1. */
int32_t kam__prior_moves(const struct kam__likelihood *model, const double *x,
                         const double *hessian);

#endif
