/* SPDX-License-Identifier: MIT */
#include "value/prior.h"

#include <math.h>

enum { P = KAM__MOST_PARAMETERS };

void kam__prior_add(const struct kam__likelihood *model, const double *x,
                    double *value, double *gradient, double *hessian) {
    for (int32_t i = 0; i < model->p; i++) {
        const double d = (x[i] - model->centre[i]) / model->width[i];
        *value -= 0.5 * d * d;
        gradient[i] -= d / model->width[i];
        hessian[i * model->p + i] -= 1 / (model->width[i] * model->width[i]);
    }
}

/* Replaces `matrix` by the factor of its negative; 1 when there is none. */
static int factor(double *matrix, int32_t p) {
    for (int32_t i = 0; i < p * p; i++) matrix[i] = -matrix[i];
    return kam__cholesky(matrix, p);
}

int32_t kam__prior_moves(const struct kam__likelihood *model, const double *x,
                         const double *hessian) {
    double alone[P * P], both[P * P], covariance[P * P], step[P] = {0};
    double value = 0, most = 1;
    const int32_t p = model->p;
    int32_t moved = -1;
    for (int32_t i = 0; i < p * p; i++) alone[i] = both[i] = hessian[i];
    kam__prior_add(model, x, &value, step, both);
    if (factor(alone, p) || factor(both, p)) return -1;
    kam__cholesky_invert(alone, p, covariance);
    kam__cholesky_solve(both, p, step);
    for (int32_t i = 0; i < p; i++) {
        const double errors = fabs(step[i]) / sqrt(covariance[i * p + i]);
        if (errors > most) {
            most = errors;
            moved = i;
        }
    }
    return moved;
}
