/* SPDX-License-Identifier: MIT */
/* What contracts may bring: draws of parameters, of chances to end, of lives. */
#include <math.h>
#include <string.h>

#include "math/cholesky.h"
#include "math/elementary.h"
#include "value/retention_outlook.h"
#include "value/retention_rows.h"

void kam__outlook_draw(const kam_retention *model, const double *covariance,
                       double *parameters) {
    const int32_t p = kam__retention_parameters(model->family);
    double root[9];
    struct kam__draw draw = kam__draw_begin(1, 0);
    if (covariance) memcpy(root, covariance, sizeof root);
    if (!covariance || kam__cholesky(root, p)) memset(root, 0, sizeof root);
    for (int32_t d = 0; d < KAM__RETENTION_DRAWS; d++) {
        double z[3];
        for (int32_t i = 0; i < p; i++) z[i] = kam__draw_normal(&draw);
        for (int32_t i = 0; i < p; i++) {
            double shift = 0;
            for (int32_t k = 0; k <= i; k++) shift += root[i * p + k] * z[k];
            parameters[3 * d + i] = model->parameter[i] * kam__exp(shift);
        }
    }
}

/* Renewals to come with a chance theta to end: k such that (1 - theta)^((n +
 * k)^c - n^c) is what a uniform draw says. */
static double lives(double n, double power, double theta,
                    struct kam__draw *draw) {
    const double u = kam__log(kam__draw_uniform(draw));
    const double more = theta < 1 ? u / kam__log1p(-theta) : 0;
    const double to =
        power == 1 ? n + more : kam__pow(kam__pow(n, power) + more, 1 / power);
    return floor(to - n);
}

double kam__outlook_brings(const struct kam__outlook *o,
                           const double *parameters, struct kam__draw *draw,
                           double *theta) {
    const double horizon = o->m->horizon;
    double length = o->near;
    if (!o->leaves && horizon >= o->left) {
        const double power =
            o->m->family == KAM_RETENTION_BDW ? parameters[2] : 1;
        if (*theta != *theta)
            *theta =
                kam__draw_beta(draw, parameters[0] + o->ends,
                               parameters[1] +
                                   (power == 1 ? o->past
                                               : kam__pow(o->past, power)));
        const double more = lives(o->renewals, power, *theta, draw);
        length = o->left + (more > 0 ? more : 0);
        if (!(length <= horizon)) length = horizon;
    }
    return o->value * kam__retention_accrued(length, o->m->discount);
}
