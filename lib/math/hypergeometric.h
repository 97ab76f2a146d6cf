/* SPDX-License-Identifier: MIT */
/* Gauss's hypergeometric function, slowly and surely. */
#ifndef KAM_MATH_HYPERGEOMETRIC_H
#define KAM_MATH_HYPERGEOMETRIC_H

/* 2F1(a, b; c; z) for real a, b, finite c > 0 and z < 1; NaN outside. Relative
 * error at most 1e-13 where the value is well conditioned, that is, where it
 * does not cancel more than 15 digits. Overflows to inf where the value does.
 * Takes microseconds to some milliseconds. */
double kam__hyp2f1(double a, double b, double c, double z);

/* The same as (returned) * exp(*scale), for values outside the range of
 * doubles: what is returned is about 1 in size, or 0. */
double kam__hyp2f1_scaled(double a, double b, double c, double z,
                          double *scale);

#endif
