/* SPDX-License-Identifier: MIT */
/* Cholesky factors of small symmetric positive definite matrices, full storage
 * by rows; only the lower triangle is read. */
#ifndef KAM_MATH_CHOLESKY_H
#define KAM_MATH_CHOLESKY_H

#include <stdint.h>

enum { KAM__LARGEST_MATRIX = 8 };

/* Replaces the lower triangle of a, shape (n, n), by its factor L, a = L L'.
 * Returns 0, or 1 when a is not positive definite (a is then spoilt). */
int kam__cholesky(double *a, int32_t n);

/* The same, to the bit, for large ones; scratch: shape (4 n). */
int kam__cholesky_large(double *a, int32_t n, double *scratch);

/* Solves L L' x = b in place, b of shape (n). */
void kam__cholesky_solve(const double *l, int32_t n, double *b);

/* inverse, shape (n, n), symmetric, = (L L')^-1. */
void kam__cholesky_invert(const double *l, int32_t n, double *inverse);

/* Condition number (2-norm) of a symmetric positive semidefinite matrix scaled
 * to unit diagonal, n <= KAM__LARGEST_MATRIX; infinity when singular. `worst`
 * (may be NULL) is the index that weighs most in the flattest direction. */
double kam__condition(const double *a, int32_t n, int32_t *worst);

#endif
