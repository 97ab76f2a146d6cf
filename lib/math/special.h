/* SPDX-License-Identifier: MIT */
/* Gamma and its relatives for one number at a time. Errors are at most 1e-14,
 * relative, or absolute near a zero, unless a function says otherwise; the
 * measured ones are in docs/accuracy.md. Same bits on every machine. */
#ifndef KAM_MATH_SPECIAL_H
#define KAM_MATH_SPECIAL_H

/* Log-gamma of x > 0 and its first two derivatives. NaN below 0 and for NaN; at
 * 0: inf, -inf, inf. */
double kam__lgamma(double x);
double kam__digamma(double x);
double kam__trigamma(double x);

/* f(x + n) - f(x) for x > 0, n >= 0 (n need not be whole), without the
 * cancellation of writing just that: relative error stays small as n goes to 0
 * and as x goes to infinity. Exactly 0 for n = 0. */
double kam__lgamma_difference(double x, double n);
double kam__digamma_difference(double x, double n);
double kam__trigamma_difference(double x, double n);

/* log B(a, b) for a, b > 0, equal arguments of 1e-300 or 1e300 included. */
double kam__lbeta(double a, double b);

/* Regularised lower incomplete gamma P(a, x) and its complement Q = 1 - P, for
 * a > 0, x >= 0: probability of at most x under a gamma law of shape a, scale
 * 1. Relative error about 1e-13 (more for a above 1e8, where P itself is
 * conditioned worse). */
double kam__gamma_p(double a, double x);
double kam__gamma_q(double a, double x);

/* The x with P(a, x) = p: the p-quantile of that law, 1e-10 relative (as far as
 * p determines it). 0 for p = 0, inf for p = 1, NaN outside [0, 1]. */
double kam__gamma_p_inverse(double a, double p);

/* erfc(x) = 1 - erf(x), relative error about 1e-15 down to its underflow. */
double kam__erfc(double x);
/* exp(x^2) erfc(x), x >= 0. */
double kam__scaled_erfc(double x);

/* The p-quantile of the standard normal law; -inf, inf at 0, 1. */
double kam__normal_quantile(double p);

#endif
