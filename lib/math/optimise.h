/* SPDX-License-Identifier: MIT */
/* Maximising a smooth function of few variables in a box, with its gradient and
 * Hessian: Newton's method, damped towards the gradient (Levenberg 1944,
 * Marquardt 1963), variables held at a bound that they push against. */
#ifndef KAM_MATH_OPTIMISE_H
#define KAM_MATH_OPTIMISE_H

#include <kam/status.h>

#include "math/cholesky.h"

/* Value, gradient (n) and Hessian (n, n, full) at x. KAM_ERR_OVERFLOW says that
 * the value is not finite there (the step is taken back); any other failure
 * ends the search. */
typedef kam_status (*kam__function)(void *context, const double *x,
                                    double *value, double *gradient,
                                    double *hessian);

struct kam__search {
    int32_t n;                         /* variables */
    int32_t max_steps;                 /* steps at most */
    double lower[KAM__LARGEST_MATRIX]; /* the box */
    double upper[KAM__LARGEST_MATRIX];
    double x[KAM__LARGEST_MATRIX]; /* start, then answer */
    double size;                   /* rows behind the value: what a
                                                  gradient is compared with */
    /* answers */
    double value; /* -infinity when it is not finite at the start */
    double gradient[KAM__LARGEST_MATRIX];
    double hessian[KAM__LARGEST_MATRIX * KAM__LARGEST_MATRIX];
    double condition; /* of -hessian, free variables */
    int32_t n_steps, n_evaluations;
    int32_t culprit; /* variable a verdict names */
};

/* KAM_OK: an interior maximum, found to the last few bits. KAM_ERR_AT_BOUND: a
 * maximum on the box's edge, `culprit` at its bound. KAM_ERR_FLAT: no gradient
 * left, but a direction without curvature. KAM_ERR_NOT_CONVERGED. Or what the
 * function returned. */
kam_status kam__maximise(struct kam__search *search, kam__function function,
                         void *context);

#endif
