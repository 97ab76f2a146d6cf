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
    _Alignas(64) double value[KAM__TILE];
    double slope[KAM__TILE], curve[KAM__TILE];
};

enum { KAM__HAZARD_LANES = 16 };

struct kam__hazard_kernels {
    /* low and high take in x; each row's hash takes in its bits. Returns 0 when
     * all x are finite */
    uint64_t (*survey)(const double *x, int32_t n, double *low, double *high,
                       uint64_t *hash);
    /* counts y > 0; returns 0 unless all are 0 or 1 */
    int (*events)(const double *y, int32_t n, int64_t *count);
    /* to = (x - centre) * scale; returns 0 when all x are finite */
    uint64_t (*shift)(const double *x, double centre, double scale, int32_t n,
                      double *to);
    /* s = offset + sum of theta_j x_j, x of shape (q, KAM__TILE) */
    void (*scores)(const double *x, const double *theta, int32_t q,
                   const double *offset, int32_t n, double *s);
    /* s += theta (x - centre) scale */
    void (*add_score)(const double *x, double centre, double scale,
                      double theta, int32_t n, double *s);
    void (*logistic)(const double *s, const double *y, int32_t n,
                     struct kam__hazard_terms *terms);
    /* slope by weight, alone */
    void (*logistic_slope)(const double *s, const double *y,
                           const double *weight, int32_t n, double *slope);
    void (*cloglog)(const double *s, const double *y, int32_t n,
                    struct kam__hazard_terms *terms);
    /* slope, and value to its own place, by weight; root of curve by weight;
     * returns the largest |s| */
    double (*weigh)(struct kam__hazard_terms *terms, const double *weight,
                    const double *s, int32_t n, double *root, double *value);
    /* with z = (x - centre) scale, adds z slope to a sum on a grid
     * (math/grid.h) of KAM__HAZARD_LANES; to = z root, short and odd, unless
     * root is NULL */
    void (*gradient)(const double *x, double centre, double scale,
                     const double *slope, const double *root, int32_t n,
                     double *to, double *lane);
    /* x = x root */
    void (*spread)(double *x, const double *root, int32_t n);
    /* d log(curve) / ds */
    void (*tilt)(int32_t link, const double *s, int32_t n, double *tilt);
    void (*risk)(int32_t link, const double *s, int32_t n, double *risk);
};

extern const struct kam__hazard_kernels kam__hazard_base, kam__hazard_v3,
    kam__hazard_v4;

#endif
