/* SPDX-License-Identifier: MIT */
/* lib/math/special.h against mpmath (tests/golden/make_special.py), dense around
 * every change of formula, then identities. The largest error of each goes to
 * stderr: the numbers of docs/accuracy.md. */
#include "support/check.h"

#include "math/special.h"

/* What an error is measured against: the value, but no less than this. */
typedef double (*floor_of)(double x, double n);

static double no_floor(double x, double n) {
    (void)x;
    (void)n;
    return 0;
}

static double one(double x, double n) {
    (void)x;
    (void)n;
    return 1;
}

/* Differences near their zeros: the size of n, as the parts that cancel. */
static double size_of_n(double x, double n) {
    (void)x;
    return n < 1 ? n : 1;
}

struct worst {
    double error, x, n;
};

static void take(struct worst *worst, double actual, double value, double least,
                 double x, double n) {
    const double scale = fabs(value) > least ? fabs(value) : least;
    const double error = actual == value ? 0 : fabs(actual - value) / scale;
    if (error <= worst->error) return;
    worst->error = error;
    worst->x = x;
    worst->n = n;
}

static void check_table(const char *name, double (*f)(double),
                        double (*g)(double, double), floor_of least,
                        double limit) {
    char path[4096];
    struct table t;
    struct worst worst = {0, 0, 0};
    snprintf(path, sizeof path, "%s/special_%s.csv", TEST_GOLDEN, name);
    if (!table_read(&t, path)) fail_msg("%s is not there", path);
    assert_true(t.n_rows > 200);
    assert_int_equal(t.n_columns, f ? 2 : 3);
    for (int64_t i = 0; i < t.n_rows; i++) {
        const double *row = t.cell + i * t.n_columns;
        const double x = row[0], n = f ? 0 : row[1];
        take(&worst, f ? f(x) : g(x, n), table_at(&t, i, "value"), least(x, n),
             x, n);
    }
    fprintf(stderr, "%s: %.3g at (%.17g, %.17g), %d values\n", name,
            worst.error, worst.x, worst.n, (int)t.n_rows);
    table_free(&t);
    if (!(worst.error <= limit))
        fail_msg("%s(%.17g, %.17g) is off by %g", name, worst.x, worst.n,
                 worst.error);
}

static void test_gamma(void **state) {
    (void)state;
    check_table("digamma", kam__digamma, NULL, one, 2e-15);
    check_table("trigamma", kam__trigamma, NULL, no_floor, 2e-15);
    check_table("lbeta", NULL, kam__lbeta, one, 1.5e-15);
}

static void test_differences(void **state) {
    (void)state;
    check_table("lgamma_difference", NULL, kam__lgamma_difference, size_of_n,
                1e-14);
    check_table("digamma_difference", NULL, kam__digamma_difference, no_floor,
                2e-15);
    check_table("trigamma_difference", NULL, kam__trigamma_difference, no_floor,
                2e-15);
}

/* The further out in a tail, the more digits its logarithm takes. */
static void check_tail(const char *name, double (*f)(double, double)) {
    char path[4096];
    struct table t;
    snprintf(path, sizeof path, "%s/special_%s.csv", TEST_GOLDEN, name);
    if (!table_read(&t, path)) fail_msg("%s is not there", path);
    for (int64_t i = 0; i < t.n_rows; i++) {
        const double *row = t.cell + i * 3;
        const double limit = 1e-14 - 6e-16 * log(row[2]);
        const double error = check_rel(f(row[0], row[1]), row[2]);
        if (!(error <= limit))
            fail_msg("%s(%.17g, %.17g) is off by %g", name, row[0], row[1],
                     error);
    }
    table_free(&t);
}

static void test_incomplete_gamma(void **state) {
    (void)state;
    check_table("gamma_p", NULL, kam__gamma_p, no_floor, 2e-13);
    check_table("gamma_q", NULL, kam__gamma_q, no_floor, 2e-13);
    check_tail("gamma_p", kam__gamma_p);
    check_tail("gamma_q", kam__gamma_q);
    check_table("gamma_p_inverse", NULL, kam__gamma_p_inverse, no_floor, 1e-12);
}

static void test_normal(void **state) {
    (void)state;
    check_table("erfc", kam__erfc, NULL, no_floor, 2e-15);
    check_table("normal_quantile", kam__normal_quantile, NULL, no_floor, 1e-15);
}

static double logarithmic(int i, int n, double low, double high) {
    return exp(log(low) + (log(high) - log(low)) * i / n);
}

/* lgamma(x + 1) - lgamma(x) = log x and its derivatives; two steps are one. */
static void test_steps(void **state) {
    (void)state;
    for (int i = 0; i <= 600; i++) {
        const double x = logarithmic(i, 600, 1e-280, 1e12);
        const double n = logarithmic(i * 37 % 601, 600, 1e-3, 1e6);
        const double m = logarithmic(i * 53 % 601, 600, 1e-3, 1e6);
        assert_near(kam__lgamma_difference(x, 1), log(x),
                    1e-15 + 4e-16 * fabs(log(x)));
        assert_relative(kam__digamma_difference(x, 1), 1 / x, 1e-15);
        if (x > 1e-150)
            assert_relative(kam__trigamma_difference(x, 1), -1 / x / x, 1e-15);
        const double one = kam__lgamma_difference(x, n);
        const double two = kam__lgamma_difference(x + n, m);
        assert_near(kam__lgamma_difference(x, n + m), one + two,
                    2e-15 * (fabs(one) + fabs(two)) +
                        4e-16 * fabs(kam__lgamma(x)));
        assert_relative(kam__digamma_difference(x, n + m),
                        kam__digamma_difference(x, n) +
                            kam__digamma_difference(x + n, m),
                        3e-15);
    }
}

/* As n goes to 0, difference / n is the derivative. */
static void test_small_differences(void **state) {
    (void)state;
    for (int i = 0; i <= 300; i++) {
        const double x = logarithmic(i, 300, 1e-5, 1e12), n = x * 1e-17;
        assert_near(kam__lgamma_difference(x, n) / n, kam__digamma(x),
                    1e-14 * (1 + 1 / x));
        assert_relative(kam__digamma_difference(x, n) / n, kam__trigamma(x),
                        3e-15);
        assert_true(kam__trigamma_difference(x, n) < 0);
    }
}

static void test_rising(void **state) {
    (void)state;
    /* across every shift of the recurrences, by steps of some ulp */
    for (int k = 1; k <= 13; k++)
        for (int i = -200; i < 200; i++) {
            const double x = k + i * 0x1p-44, y = x + 0x1p-44;
            if (k > 1) assert_true(kam__lgamma(y) > kam__lgamma(x));
            assert_true(kam__digamma(y) > kam__digamma(x) - 4e-16);
            assert_true(kam__trigamma(y) < kam__trigamma(x) + 4e-16);
            assert_true(kam__lgamma_difference(y, 50) >
                        kam__lgamma_difference(x, 50) - 3e-14);
        }
}

static void test_gamma_edges(void **state) {
    (void)state;
    assert_bits(kam__lgamma(1), 0);
    assert_bits(kam__lgamma(2), 0);
    assert_bits(kam__lgamma(0), INFINITY);
    assert_bits(kam__lgamma(INFINITY), INFINITY);
    assert_true(isnan(kam__lgamma(-0.5)) && isnan(kam__lgamma(NAN)));
    assert_bits(kam__digamma(0), -INFINITY);
    assert_bits(kam__digamma(INFINITY), INFINITY);
    assert_true(isnan(kam__digamma(-1)) && isnan(kam__digamma(NAN)));
    assert_bits(kam__trigamma(0), INFINITY);
    assert_bits(kam__trigamma(INFINITY), 0);
    assert_true(isnan(kam__trigamma(-1)) && isnan(kam__trigamma(NAN)));
    assert_near(kam__digamma(1), -0.57721566490153286, 2e-15);
    assert_relative(kam__trigamma(1), 1.6449340668482264, 1e-15);
    assert_bits(kam__lgamma_difference(7, 0), 0);
    assert_bits(kam__digamma_difference(1e-300, 0), 0);
    assert_bits(kam__trigamma_difference(1e12, 0), 0);
    assert_true(isnan(kam__lgamma_difference(-1, 2)));
    assert_true(isnan(kam__digamma_difference(1, -2)));
    assert_true(isnan(kam__trigamma_difference(NAN, 2)));
    assert_relative(kam__lgamma_difference(3, 1e40), kam__lgamma(1e40), 1e-15);
    assert_relative(kam__lgamma_difference(0.5, 1e30), 6.8077552789821371894e31,
                    1e-15);
    assert_relative(kam__lgamma_difference(1e-310, 1e5), 1050573.9075948287407,
                    1e-15);
    assert_bits(kam__lgamma_difference(2, INFINITY), INFINITY);
    assert_bits(kam__digamma_difference(2, INFINITY), INFINITY);
    assert_relative(kam__trigamma_difference(2, INFINITY), -kam__trigamma(2),
                    1e-15);
    assert_bits(kam__lbeta(3.25, 400), kam__lbeta(400, 3.25));
    assert_relative(kam__lbeta(1e300, 1e300), -2e300 * log(2), 1e-15);
    assert_relative(kam__lbeta(1e-300, 1e-300), 300 * log(10) + log(2), 1e-15);
    assert_relative(kam__lbeta(1, 7), -log(7), 1e-15);
    assert_true(isnan(kam__lbeta(0, 1)) && isnan(kam__lbeta(1, NAN)));
}

static void test_incomplete_edges(void **state) {
    (void)state;
    for (int i = -300; i <= 300; i++) {
        const double x = exp(i * 0.02), a = exp(i * 7 % 600 * 0.02);
        assert_relative(kam__gamma_p(1, x), -expm1(-x), 1e-14);
        assert_relative(kam__gamma_q(1, x), exp(-x), 1e-13);
        assert_near(kam__gamma_p(a, x) + kam__gamma_q(a, x), 1, 1e-14);
        const double p = kam__gamma_p(a, x);
        if (p > 1e-290 && p < 0.9)
            assert_relative(kam__gamma_p_inverse(a, p), x, 1e-12);
    }
    assert_bits(kam__gamma_p(2, 0), 0);
    assert_bits(kam__gamma_q(2, 0), 1);
    assert_bits(kam__gamma_p(2, INFINITY), 1);
    assert_bits(kam__gamma_q(2, INFINITY), 0);
    assert_true(isnan(kam__gamma_p(0, 1)) && isnan(kam__gamma_p(1, -1)));
    assert_true(isnan(kam__gamma_q(NAN, 1)) && isnan(kam__gamma_q(1, NAN)));
    assert_bits(kam__gamma_p_inverse(3, 0), 0);
    assert_bits(kam__gamma_p_inverse(3, 1), INFINITY);
    assert_true(isnan(kam__gamma_p_inverse(3, -0.1)));
    assert_true(isnan(kam__gamma_p_inverse(3, 1.1)));
    assert_true(isnan(kam__gamma_p_inverse(0, 0.5)));
    assert_bits(kam__gamma_p_inverse(1e-3, 1e-100), 0);
    assert_bits(kam__gamma_p_inverse(5e-324, 0.999), 0);
    assert_bits(kam__gamma_p_inverse(1e308, 0.01), 1e308);
    assert_bits(kam__gamma_p(1e308, 9e307), 0);
    assert_bits(kam__gamma_q(1e308, 1.1e308), 0);
    assert_near(kam__gamma_p(1e40, 1e40), 0.5, 1e-15);
    assert_near(kam__gamma_p(1e35, 1e35), 0.5, 1e-15);
    assert_near(kam__gamma_p(5e-324, 1), 1, 1e-15);
    /* the median is near a - 1/3 (Choi, Proc. AMS 121 (1994) 245-251) */
    assert_relative(kam__gamma_p_inverse(1e12, 0.5), 1e12 - 1.0 / 3, 1e-14);
    assert_relative(kam__gamma_p_inverse(1e6, 0.5), 1e6 - 1.0 / 3 + 8.0 / 405e6,
                    1e-14);
    /* chi-square with 2 and 10 degrees of freedom, 95 %: 5.991, 18.307 */
    assert_near(2 * kam__gamma_p_inverse(1, 0.95), 5.991464547107979, 1e-14);
    assert_near(2 * kam__gamma_p_inverse(5, 0.95), 18.307038053275146, 1e-13);
}

static void test_normal_edges(void **state) {
    (void)state;
    assert_relative(kam__erfc(0), 1, 2e-16);
    assert_bits(kam__erfc(INFINITY), 0);
    assert_bits(kam__erfc(-INFINITY), 2);
    assert_true(isnan(kam__erfc(NAN)));
    assert_relative(kam__scaled_erfc(1e200), 0.56418958354775629e-200, 1e-15);
    assert_relative(kam__scaled_erfc(1e14), 0.56418958354775629e-14, 1e-15);
    assert_bits(kam__normal_quantile(0.5), 0);
    assert_bits(kam__normal_quantile(0), -INFINITY);
    assert_bits(kam__normal_quantile(1), INFINITY);
    assert_true(isnan(kam__normal_quantile(-0.1)));
    assert_true(isnan(kam__normal_quantile(1.1)));
    assert_true(isnan(kam__normal_quantile(NAN)));
    /* Wichura (1988), table 1: 0.25, 0.001, 1e-20 */
    assert_relative(kam__normal_quantile(0.25), -0.6744897501960817, 4e-16);
    assert_relative(kam__normal_quantile(0.001), -3.090232306167814, 4e-16);
    assert_relative(kam__normal_quantile(1e-20), -9.262340089798408, 4e-16);
    for (int i = 1; i < 512; i++)
        assert_bits(kam__normal_quantile(i / 1024.0),
                    -kam__normal_quantile(1 - i / 1024.0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gamma),
        cmocka_unit_test(test_differences),
        cmocka_unit_test(test_incomplete_gamma),
        cmocka_unit_test(test_normal),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_small_differences),
        cmocka_unit_test(test_rising),
        cmocka_unit_test(test_gamma_edges),
        cmocka_unit_test(test_incomplete_edges),
        cmocka_unit_test(test_normal_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
