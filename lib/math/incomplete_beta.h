/* SPDX-License-Identifier: MIT */
/* The beta-prime law: the ratio of two independent gamma variables. */
#ifndef KAM_MATH_INCOMPLETE_BETA_H
#define KAM_MATH_INCOMPLETE_BETA_H

/* P(G / H <= y), where G and H are gamma variables of shapes a and b and scale 1:
 * the regularised incomplete beta function at y / (1 + y). y may be infinite. */
double kam__beta_prime(double a, double b, double y);

/* The y with P(G / H <= y) = p, where G and H are gamma variables of shapes a
 * and b and scale 1; y / (1 + y) is the p-quantile of Beta(a, b). For
 * 1e-8 <= a <= 1e6, 1 <= b <= 1e6; relative error at most 1e-10 where a >= 1e-3
 * (below, that of a log y is). 0 for p = 0, inf for p = 1, NaN outside. */
double kam__beta_prime_inverse(double a, double b, double p);

/* P(G / H <= y), y >= 0, which is I(y / (1 + y); a, b). */
double kam__beta_prime_lower(double a, double b, double y);

#endif
