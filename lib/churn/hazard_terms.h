/* SPDX-License-Identifier: MIT */
/* One row of a hazard model with score s and outcome y, risk p(s):
 *   value  y log p + (1 - y) log(1 - p)
 *   slope  its derivative by s
 *   curve  Fisher's information, p'^2 / (p (1 - p)): at most 1/4 and 0.65
 * Logistic: p = 1 / (1 + e^-s). Cloglog: p = 1 - exp(-e^s). */
#ifndef KAM_CHURN_HAZARD_TERMS_H
#define KAM_CHURN_HAZARD_TERMS_H

#include "base/rows.h"

struct kam__hazard_terms {
    double value[KAM__TILE], slope[KAM__TILE], curve[KAM__TILE];
};

struct kam__hazard_kernels {
    /* to = (x - centre) * scale; returns 0 when all x are finite */
    uint64_t (*shift)(const double *x, double centre, double scale, int32_t n,
                      double *to);
    /* s = offset + sum of theta_j x_j, x of shape (q, KAM__TILE) */
    void (*scores)(const double *x, const double *theta, int32_t q,
                   const double *offset, int32_t n, double *s);
    void (*logistic)(const double *s, const double *y, int32_t n,
                     struct kam__hazard_terms *terms);
    void (*cloglog)(const double *s, const double *y, int32_t n,
                    struct kam__hazard_terms *terms);
    /* sum of x slope, each term within +-1 rounded to 2^-40: added to *sum
     * without rounding, up to 4096 of them */
    void (*gradient)(const double *x, const double *slope, int32_t n,
                     double *sum);
    /* d log(curve) / ds */
    void (*tilt)(int32_t link, const double *s, int32_t n, double *tilt);
    void (*risk)(int32_t link, const double *s, int32_t n, double *risk);
};

extern const struct kam__hazard_kernels kam__hazard_base, kam__hazard_v3,
    kam__hazard_v4;

#endif
