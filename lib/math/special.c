/* SPDX-License-Identifier: MIT */
/* Log-gamma, its derivatives, their differences, log-beta. From KAM__FAR on,
 * the asymptotic series (DLMF 5.11.1, 5.11.2, 5.15.8) in w = 1 / x and u = w^2;
 * below, the recurrences f(x) = f(x + 1) - ... (DLMF 5.5.1, 5.5.2) up to it. */
#include "math/special.h"

#include "math/elementary.h"
#include "math/gamma.h"

#define KAM__FAR 12.0 /* the first term left out is below 1e-17 of the sum */

/* Polynomials in u; what multiplies them is written where they are used. */
enum { TERMS = 7 };
static const double log_gamma_term[TERMS] = {1.0 / 12,   -1.0 / 360,
                                             1.0 / 1260, -1.0 / 1680,
                                             1.0 / 1188, -691.0 / 360360,
                                             1.0 / 156};
static const double digamma_term[TERMS] = {1.0 / 12,  -1.0 / 120,
                                           1.0 / 252, -1.0 / 240,
                                           1.0 / 132, -691.0 / 32760,
                                           1.0 / 12};
static const double trigamma_term[TERMS] = {1.0 / 6,   -1.0 / 30, 1.0 / 42,
                                            -1.0 / 30, 5.0 / 66,  -691.0 / 2730,
                                            7.0 / 6};

static double series(const double *term, double u) {
    double sum = term[TERMS - 1];
    for (int i = TERMS - 2; i >= 0; i--) sum = sum * u + term[i];
    return sum;
}

/* series(u1), and in *slope (series(u1) - series(u2)) / (u1 - u2) without
 * cancellation: Horner's scheme for both at once. */
static double series_slope(const double *term, double u1, double u2,
                           double *slope) {
    double one = term[TERMS - 1], two = one, d = 0;
    for (int i = TERMS - 2; i >= 0; i--) {
        d = d * u1 + two;
        one = one * u1 + term[i];
        two = two * u2 + term[i];
    }
    *slope = d;
    return one;
}

double kam__lgamma(double x) { return kam__gamma_log(x); }

double kam__digamma(double x) {
    if (!(x > 0)) return x == 0 ? -(double)INFINITY : (double)NAN;
    double sum = 0;
    for (; x < KAM__FAR; x += 1) sum += 1 / x;
    const double w = 1 / x, u = w * w;
    return kam__log(x) - (sum + (0.5 * w + u * series(digamma_term, u)));
}

double kam__trigamma(double x) {
    if (!(x > 0)) return x == 0 ? (double)INFINITY : (double)NAN;
    double sum = 0;
    for (; x < KAM__FAR; x += 1) sum += 1 / x / x;
    const double w = 1 / x, u = w * w;
    return sum + (w + 0.5 * u + w * u * series(trigamma_term, u));
}

/* lgamma(x + n) - lgamma(x), x >= KAM__FAR. */
static double lgamma_far(double x, double n) {
    const double h = n / x, w1 = 1 / x, w2 = 1 / (x + n);
    const double d = h * w2; /* w1 - w2 */
    const double log_part = h < 1e-17 ? n - 0.5 * h : (x - 0.5) * kam__log1p(h);
    double slope;
    const double s = series_slope(log_gamma_term, w1 * w1, w2 * w2, &slope);
    return log_part + n * (kam__log(x + n) - 1) -
           d * (s + w2 * (w1 + w2) * slope);
}

double kam__lgamma_difference(double x, double n) {
    if (!(x >= 0 && n >= 0)) return (double)NAN;
    if (n == 0) return 0;
    if (n > 1e25 && x < KAM__FAR) return kam__lgamma(x + n) - kam__lgamma(x);
    if (x >= KAM__FAR) return lgamma_far(x, n);
    /* Gamma(x + m + n) / Gamma(x + m) over prod_i (x + i + n) / (x + i) */
    const double h = n / x;
    const double first =
        h < KAM__LARGEST ? kam__log1p(h) : kam__log(x + n) - kam__log(x);
    double product = 0; /* less 1 */
    for (x += 1; x < KAM__FAR; x += 1) product += (n / x) * (1 + product);
    return lgamma_far(x, n) - (kam__log1p(product) + first);
}

double kam__digamma_difference(double x, double n) {
    if (!(x >= 0 && n >= 0)) return (double)NAN;
    if (n == 0) return 0;
    if (n > 1e300) return kam__digamma(x + n) - kam__digamma(x);
    double sum = 0;
    for (; x < KAM__FAR; x += 1) sum += n / (x + n) / x;
    const double w1 = 1 / x, w2 = 1 / (x + n);
    const double d = n / x * w2; /* w1 - w2 */
    double slope;
    const double s = series_slope(digamma_term, w1 * w1, w2 * w2, &slope);
    /* u s(u): a product of two, so its difference has two parts */
    return sum + kam__log1p(n / x) +
           d * (0.5 + (w1 + w2) * (s + w2 * w2 * slope));
}

double kam__trigamma_difference(double x, double n) {
    if (!(x >= 0 && n >= 0)) return (double)NAN;
    if (n == 0) return 0;
    if (n > 1e300) return kam__trigamma(x + n) - kam__trigamma(x);
    double sum = 0;
    for (; x < KAM__FAR; x += 1) sum += n / x / (x + n) * (1 / x + 1 / (x + n));
    const double w1 = 1 / x, w2 = 1 / (x + n);
    const double d = n / x * w2, u1 = w1 * w1, u2 = w2 * w2;
    double slope;
    const double s = series_slope(trigamma_term, u1, u2, &slope);
    /* w u s(u): a product of three, so its difference has three parts */
    const double rest = u1 * s + w2 * (w1 + w2) * (s + u2 * slope);
    return -(sum + d * (1 + 0.5 * (w1 + w2) + rest));
}

double kam__lbeta(double a, double b) {
    const double p = a < b ? a : b, q = a < b ? b : a;
    if (!(p > 0 && q > 0)) return (double)NAN;
    if (p < KAM__FAR) return kam__lgamma(p) - kam__lgamma_difference(q, p);
    /* Stirling for all three, the large parts joined */
    const double h = p / q;
    const double far = kam__gamma_far(1 / p) + kam__gamma_far(1 / q) -
                       kam__gamma_far(1 / q / (1 + h));
    return (p - 0.5) * kam__log(h / (1 + h)) - q * kam__log1p(h) -
           0.5 * kam__log(q) + (0x1.d67f1c864beb4p-1 + far);
}
