/* SPDX-License-Identifier: MIT */
/* The error function's complement and the normal law's quantiles. */
#include "math/elementary.h"
#include "math/special.h"

static double polynomial(const double *term, int n, double x) {
    double sum = term[n - 1];
    for (int i = n - 2; i >= 0; i--) sum = sum * x + term[i];
    return sum;
}

/* Shepherd & Laframboise, Math. Comp. 36 (1981) 249-253, with coefficients of
 * tests/golden/make_coefficients.py. */
double kam__scaled_erfc(double x) {
    static const double term[26] = {
        0x1.3ccda0b5d5dc2p+0,   -0x1.1f367683f89a7p-3,  0x1.d5f294815a448p-9,
        0x1.510169d096803p-4,   -0x1.bda9309a294fdp-4,  0x1.7a14188a99b30p-4,
        -0x1.e0d0fa6ddf01ap-5,  0x1.d0b0037dcc906p-6,   -0x1.3f603c39af06fp-7,
        0x1.cc3a0e2212f44p-10,  0x1.33fb298161868p-12,  -0x1.303f9d8ceda2dp-12,
        0x1.b14395a551aeep-15,  0x1.778a276cd97c4p-16,  -0x1.80005da99b005p-17,
        -0x1.052525efa669bp-20, 0x1.d63256489b33bp-20,  -0x1.f4941f05a731dp-25,
        -0x1.15b8e4af3e51ap-22, 0x1.a1809ecfcbfe0p-26,  0x1.4c1b8fe94af13p-25,
        -0x1.2e2777e7e9c1ap-28, -0x1.63376daa748f8p-28, 0x1.2d8bb3ae3b809p-31,
        0x1.d28e6270e10c9p-32,  -0x1.4e14d07a8416dp-35};
    return polynomial(term, 26, (x - 3.75) / (x + 3.75)) / (1 + 2 * x);
}

double kam__erfc(double x) {
    if (x != x) return x;
    const double y = x < 0 ? -x : x;
    if (y > 27.5) return x < 0 ? 2 : 0;
    double low;
    const double square = kam__product(y, y, &low);
    const double tail = kam__exp_sum(-square, -low) * kam__scaled_erfc(y);
    return x < 0 ? 2 - tail : tail;
}

/* Wichura's PPND16, Applied Statistics 37 (1988) 477-484, algorithm AS 241:
 * relative error about 1e-16 before rounding. */
static double quantile_centre(double q) {
    static const double a[8] = {
        3.3871328727963666080e0,  1.3314166789178437745e+2,
        1.9715909503065514427e+3, 1.3731693765509461125e+4,
        4.5921953931549871457e+4, 6.7265770927008700853e+4,
        3.3430575583588128105e+4, 2.5090809287301226727e+3};
    static const double b[8] = {1,
                                4.2313330701600911252e+1,
                                6.8718700749205790830e+2,
                                5.3941960214247511077e+3,
                                2.1213794301586595867e+4,
                                3.9307895800092710610e+4,
                                2.8729085735721942674e+4,
                                5.2264952788528545610e+3};
    const double r = 0.180625 - q * q;
    return q * polynomial(a, 8, r) / polynomial(b, 8, r);
}

static double quantile_middle(double r) {
    static const double c[8] = {
        1.42343711074968357734e0,  4.63033784615654529590e0,
        5.76949722146069140550e0,  3.64784832476320460504e0,
        1.27045825245236838258e0,  2.41780725177450611770e-1,
        2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double d[8] = {1,
                                2.05319162663775882187e0,
                                1.67638483018380384940e0,
                                6.89767334985100004550e-1,
                                1.48103976427480074590e-1,
                                1.51986665636164571966e-2,
                                5.47593808499534494600e-4,
                                1.05075007164441684324e-9};
    return polynomial(c, 8, r - 1.6) / polynomial(d, 8, r - 1.6);
}

static double quantile_far(double r) {
    static const double e[8] = {
        6.65790464350110377720e0,  5.46378491116411436990e0,
        1.78482653991729133580e0,  2.96560571828504891230e-1,
        2.65321895265761230930e-2, 1.24266094738807843860e-3,
        2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double f[8] = {1,
                                5.99832206555887937690e-1,
                                1.36929880922735805310e-1,
                                1.48753612908506148525e-2,
                                7.86869131145613259100e-4,
                                1.84631831751005468180e-5,
                                1.42151175831644588870e-7,
                                2.04426310338993978564e-15};
    return polynomial(e, 8, r - 5) / polynomial(f, 8, r - 5);
}

double kam__normal_quantile(double p) {
    if (!(p >= 0 && p <= 1)) return (double)NAN;
    const double q = p - 0.5;
    if (q <= 0.425 && q >= -0.425) return quantile_centre(q);
    const double tail = q < 0 ? p : 1 - p;
    if (tail == 0) return q < 0 ? -(double)INFINITY : (double)INFINITY;
    const double r = sqrt(-kam__log(tail));
    const double x = r <= 5 ? quantile_middle(r) : quantile_far(r);
    return q < 0 ? -x : x;
}
