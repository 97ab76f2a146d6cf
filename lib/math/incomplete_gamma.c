/* SPDX-License-Identifier: MIT */
/* The regularised incomplete gamma functions and their inverse. Everything is
 * computed as logarithms of both tails, so that the inverse can walk far out.
 * `u` is log x throughout: x itself may underflow. */
#include "math/elementary.h"
#include "math/gamma.h"
#include "math/special.h"

enum { ORDERS = 6, POWERS = 13, MANY = 100000 };
static const double LARGE = 100;  /* shapes for Temme's expansion */
static const double POINT = 1e36; /* all of the law is within an ulp of a */

/* Temme's coefficients (DLMF 8.12.8, 8.12.10; tests/golden/
 * make_coefficients.py): C_k(eta) = sum_n temme[k][n] eta^n. */
static const double temme[ORDERS][POWERS] = {
    {-0x1.5555555555555p-2, 0x1.5555555555555p-4, -0x1.e573ac901e574p-7,
     0x1.2f684bda12f68p-10, 0x1.71de3a556c734p-12, -0x1.76e06fec7273bp-13,
     0x1.48c5892f7cd83p-15, -0x1.255370652afc1p-19, -0x1.f1b22f594c6b5p-20,
     0x1.bd6d21e4b4109p-21, -0x1.7b5f9a2d0465cp-23, 0x1.ccf5ceb7f0d9fp-28,
     0x1.6097d55c37c1cp-27},
    {-0x1.e573ac901e574p-10, -0x1.c71c71c71c71cp-9, 0x1.5ac056b015ac0p-9,
     -0x1.0394f6f09e723p-10, 0x1.af83440e53dbcp-13, -0x1.af83440e53dbcp-22,
     -0x1.2fa4ae89e5af0p-16, 0x1.00a9cabd6b83ep-17, -0x1.b0bdfcc629cbap-20,
     0x1.3f59230a8357cp-28, 0x1.280f2cde3f847p-23, -0x1.ee23d0cba8aeep-25,
     0x1.9aa7a30de114cp-27},
    {0x1.0ee643b990ee6p-8, -0x1.5f7268edab4c8p-9, 0x1.948b0fcd6e9e0p-11,
     0x1.0db20a88f4696p-19, -0x1.c253efaa1a932p-14, 0x1.bbf43daf4fe53p-15,
     -0x1.ac2d05890f2c3p-17, 0x1.26154ae39151dp-25, 0x1.7058929663937p-20,
     -0x1.522cb05171911p-21, 0x1.32ac81c15d3d7p-23, -0x1.c24bd0e740a6cp-33,
     -0x1.e437343a46f5dp-27},
    {0x1.547d93b34e2b6p-11, 0x1.e13ce465fa859p-13, -0x1.ebfb188b7ca00p-12,
     0x1.18b9b5bf2d984p-12, -0x1.3d2a3a29b5d9dp-14, -0x1.0152a1871f27ap-22,
     0x1.73df462204ef4p-17, -0x1.7cd6f27b3f020p-18, 0x1.7e0201539310ep-20,
     -0x1.ea23269c140a7p-36, -0x1.6c2dcffbefeefp-23, 0x1.5bde8ef4c4dc7p-24,
     -0x1.4853ced169327p-26},
    {-0x1.c3e0b02da7bf9p-11, 0x1.9b0ff6874f2c4p-11, -0x1.3999a85a4237ap-12,
     -0x1.88f2ae1def9d0p-20, 0x1.16908b48ce058p-14, -0x1.4ce3fd902bcadp-15,
     0x1.7db4c02846e81p-17, 0x1.13b3c5b7cb45ep-32, -0x1.c71c074985d3fp-20,
     0x1.de37d9f09164cp-21, -0x1.ec676cf33153cp-23, 0x1.041515bab6adap-35,
     0x1.efe94304ac16bp-26},
    {-0x1.6128ac5a4fa71p-12, -0x1.247604839c038p-14, 0x1.22be87360ef1fp-12,
     -0x1.a2042c5148e27p-13, 0x1.1d1e9cb24760bp-14, 0x1.30bdcf208080ep-23,
     -0x1.c823fc1b3cc36p-17, 0x1.0d0e229150428p-17, -0x1.338eb19652fd9p-19,
     -0x1.659cfde0bb2ebp-32, 0x1.741504e5c87c2p-22, -0x1.8c267becd0c0fp-23,
     0x1.9e630225a095bp-25}};

struct tails {
    double lower, upper; /* log P, log Q */
};

static double log_complement(double log_p) {
    return log_p > -0.6931471805599453 ? kam__log(-kam__expm1(log_p))
                                       : kam__log1p(-kam__exp(log_p));
}

/* m - log(1 + m), m = x / a - 1. */
static double excess(double a, double x) {
    const double m = (x - a) / a;
    if (m < -0.5 || m > 0.5) return m - kam__log(x / a);
    /* log(1 + m) = 2 s + 2 s^3 / 3 + ..., 2 s = m - m s, s = m / (2 + m) */
    const double s = m / (2 + m), z = s * s;
    double power = z, sum = 0;
    for (int k = 3; power > 1e-18 * z; k += 2, power *= z) sum += power / k;
    return m * s - 2 * s * sum;
}

/* log(x^a e^-x / Gamma(a + 1)). */
static double log_front(double a, double u, double x) {
    if (a < 12) return a * u - x - kam__lgamma(a + 1);
    return -a * excess(a, x) - 0.5 * kam__log(6.283185307179586 * a) -
           kam__gamma_far(1 / a);
}

/* P = x^a e^-x / Gamma(a + 1) sum_k x^k / ((a + 1) ... (a + k)): DLMF 8.7.1. */
static double log_lower_series(double a, double u, double x) {
    double term = 1, sum = 1;
    for (int k = 1; k < MANY && term > 1e-17 * sum; k++) {
        term *= x / (a + k);
        sum += term;
    }
    return log_front(a, u, x) + kam__log(sum);
}

/* Q by Legendre's continued fraction (DLMF 8.9.2, even part), by Lentz's
 * method; for x >= a + 1 all its terms are positive. */
static double log_upper_fraction(double a, double u, double x) {
    double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
    for (int k = 1; k < MANY; k++) {
        const double an = -k * (k - a);
        b += 2;
        d = 1 / (an * d + b);
        c = b + an / c;
        h *= c * d;
        if (!(fabs(c * d - 1) > 3e-16)) break;
    }
    return log_front(a, u, x) + kam__log(a * h);
}

/* Q for a < 1, x < a + 1, where it may be tiny: 1 less DLMF 8.7.1's other form,
 * P = x^a / Gamma(a + 1) (1 + a sum_k (-x)^k / ((a + k) k!)). */
static double log_upper_small(double a, double u, double x) {
    const double log_power = a * u - kam__lgamma_difference(1, a);
    double term = 1, sum = 0;
    for (int k = 1; k < 40; k++) {
        term *= -x / k;
        sum += term / (a + k);
    }
    return kam__log(-kam__expm1(log_power) - kam__exp(log_power) * a * sum);
}

/* Temme's uniform expansion, DLMF 8.12.3-8.12.8. */
static struct tails tails_large(double a, double x) {
    const int left = x < a;
    const double half = excess(a, x); /* eta^2 / 2 */
    const double eta = left ? -sqrt(2 * half) : sqrt(2 * half);
    double rest = 0;
    for (int k = ORDERS - 1; k >= 0; k--) {
        double sum = temme[k][POWERS - 1];
        for (int n = POWERS - 2; n >= 0; n--) sum = sum * eta + temme[k][n];
        rest = rest / a + sum;
    }
    rest /= sqrt(6.283185307179586 * a);
    const double erfc = 0.5 * kam__scaled_erfc(sqrt(a * half));
    const double small = kam__log(left ? erfc - rest : erfc + rest) - a * half;
    const double other = log_complement(small < 0 ? small : 0);
    return left ? (struct tails){small, other} : (struct tails){other, small};
}

static struct tails tails_at(double a, double u, double x) {
    if (a > POINT && x != a)
        return x < a ? (struct tails){-(double)INFINITY, 0}
                     : (struct tails){0, -(double)INFINITY};
    if (a > POINT)
        return (struct tails){-0x1.62e42fefa39efp-1,
                              -0x1.62e42fefa39efp-1}; /* 1/2 */
    if (a >= LARGE && x > 0.7 * a && x < 1.3 * a) return tails_large(a, x);
    if (x < a + 1) {
        const double lower = log_lower_series(a, u, x);
        const double p = lower < 0 ? lower : 0;
        return (struct tails){p, a < 1 ? log_upper_small(a, u, x)
                                       : log_complement(p)};
    }
    const double upper = log_upper_fraction(a, u, x);
    return (struct tails){log_complement(upper), upper};
}

static int wrong(double a, double x) {
    return !(a > 0 && a < (double)INFINITY && x >= 0);
}

double kam__gamma_p(double a, double x) {
    if (wrong(a, x)) return (double)NAN;
    if (x == 0 || x > KAM__LARGEST) return x == 0 ? 0 : 1;
    return kam__exp(tails_at(a, kam__log(x), x).lower);
}

double kam__gamma_q(double a, double x) {
    if (wrong(a, x)) return (double)NAN;
    if (x == 0 || x > KAM__LARGEST) return x == 0 ? 1 : 0;
    return kam__exp(tails_at(a, kam__log(x), x).upper);
}

/* Where to begin: Wilson and Hilferty's cube (1931), or the first term of the
 * series for P, which is left of the root. */
static double first_guess(double a, double p) {
    const double left = (kam__log(p) + kam__lgamma(a + 1)) / a;
    if (a < 1) return left < 1 ? left : 1;
    const double root =
        1 - 1 / (9 * a) + kam__normal_quantile(p) / (3 * sqrt(a));
    return root > 0.1 ? kam__log(a) + 3 * kam__log(root) : left;
}

/* Newton's method on the logarithm of the smaller tail as a function of log x:
 * both are concave, so that it converges from everywhere, but for steps that
 * are much too long where the tail is nearly 1. */
double kam__gamma_p_inverse(double a, double p) {
    if (wrong(a, 0) || !(p >= 0 && p <= 1)) return (double)NAN;
    if (p == 0 || p == 1) return p == 0 ? 0 : (double)INFINITY;
    const int lower = p <= 0.5;
    const double target = lower ? kam__log(p) : kam__log1p(-p);
    if (a > POINT) return a;
    double u = first_guess(a, p);
    if (u < -800) return 0; /* where the guess is right, and exp(u) is 0 */
    for (int i = 0; i < 200; i++) {
        const double x = kam__exp(u);
        const struct tails t = tails_at(a, u, x);
        const double now = lower ? t.lower : t.upper;
        const double slope = a * kam__exp(log_front(a, u, x) - now);
        const double step = (lower ? target - now : now - target) / slope;
        u += step < 1 ? step : 1;
        if (!(fabs(step) > 1e-14 + 4e-16 * fabs(u))) break;
    }
    return kam__exp(u);
}
