/* SPDX-License-Identifier: MIT */
#include "math/incomplete_beta.h"

#include "math/elementary.h"
#include "math/special.h"

enum { MOST_STEPS = 100, MOST_TERMS = 20000 };

/* The continued fraction DLMF 8.17.22 by Lentz's method, without its front;
 * quick for x < (a + 1) / (a + b + 2), where no denominator comes near 0. */
static double fraction(double a, double b, double x) {
    double c = 1, d = 1 / (1 - (a + b) * x / (a + 1)), h = d;
    for (int m = 1; m < MOST_TERMS; m++) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / (1 + even * d);
        c = 1 + even / c;
        h *= c * d;
        const double odd =
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / (1 + odd * d);
        c = 1 + odd / c;
        h *= c * d;
        if (c * d < 1 + 3e-16 && c * d > 1 - 3e-16) break;
    }
    return h;
}

/* log P(log(G / H) <= t), and its derivative. */
static double log_lower(double a, double b, double t, double *slope) {
    const double size = t < 0 ? -t : t;
    const double e = kam__exp(-size), near = kam__log1p(e);
    const double large = 1 / (1 + e), small = e * large;
    const double x = t < 0 ? small : large, y = t < 0 ? large : small;
    const double log_x = t < 0 ? t - near : -near;
    const double log_y = t < 0 ? -near : -t - near;
    const double front = a * log_x + b * log_y - kam__lbeta(a, b);
    const double lower =
        x < (a + 1) / (a + b + 2)
            ? front + kam__log(fraction(a, b, x) / a)
            : kam__log1p(-kam__exp(front) * fraction(b, a, y) / b);
    *slope = kam__exp(front - lower);
    return lower;
}

/* The p-quantile of log(G / H), p <= 0.5, by Newton's method on the logarithm of
 * the lower tail, which rises and is concave (the density is log-concave): it
 * converges from the left. It begins where a normal law of the same mean and
 * variance has the quantile. */
static double log_quantile(double a, double b, double p) {
    const double target = kam__log(p);
    double t =
        kam__digamma(a) - kam__digamma(b) +
        kam__normal_quantile(p) * sqrt(kam__trigamma(a) + kam__trigamma(b));
    for (int i = 0; i < MOST_STEPS; i++) {
        double slope;
        const double now = log_lower(a, b, t, &slope);
        const double step = (target - now) / slope;
        t += step;
        if (step < 1e-13 && step > -1e-13) break;
    }
    return t;
}

double kam__beta_prime(double a, double b, double y) {
    double slope;
    if (!(y > 0)) return y == 0 ? 0 : (double)NAN;
    if (y > KAM__LARGEST) return 1;
    return kam__exp(log_lower(a, b, kam__log(y), &slope));
}

double kam__beta_prime_inverse(double a, double b, double p) {
    if (!(a > 0 && b > 0 && p >= 0 && p <= 1)) return (double)NAN;
    if (p == 0 || p == 1) return p == 0 ? 0 : (double)INFINITY;
    return kam__exp(p > 0.5 ? -log_quantile(b, a, 1 - p)
                            : log_quantile(a, b, p));
}

double kam__beta_prime_lower(double a, double b, double y) {
    double slope;
    if (!(a > 0 && b > 0 && y >= 0)) return (double)NAN;
    if (y == 0 || y > KAM__LARGEST) return y == 0 ? 0 : 1;
    return kam__exp(log_lower(a, b, kam__log(y), &slope));
}
