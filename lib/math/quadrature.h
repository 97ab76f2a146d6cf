/* SPDX-License-Identifier: MIT */
/* Gauss-Legendre rules on [-1, 1]: the integral of f is about
 * sum_i weight[i] f(node[i]), exact for polynomials below degree 2n. */
#ifndef KAM_MATH_QUADRATURE_H
#define KAM_MATH_QUADRATURE_H

#include <stdint.h>

struct kam__rule {
    int32_t n;
    const double *node;   /* ascending, symmetric about 0 */
    const double *weight; /* positive, summing to 2 */
};

extern const struct kam__rule kam__legendre8;
extern const struct kam__rule kam__legendre16;
extern const struct kam__rule kam__legendre32;

#endif
