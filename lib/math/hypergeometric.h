/* SPDX-License-Identifier: MIT */
/* Gauss's hypergeometric function, slowly and surely. */
#ifndef KAM_MATH_HYPERGEOMETRIC_H
#define KAM_MATH_HYPERGEOMETRIC_H

/* 2F1(a, b; c; z) for real a, b, c > 0 and z < 1 (z = 1 too when c > a + b):
 * 1e-13 relative where the value is well conditioned. NaN outside. May
 * overflow to inf where the value does. */
double kam__hyp2f1(double a, double b, double c, double z);

/* The same as value * exp(scale): returns the value, about 1 in size or 0, and
 * sets *scale. For arguments where 2F1 itself leaves the range of doubles. */
double kam__hyp2f1_scaled(double a, double b, double c, double z,
                          double *scale);

#endif
