/* SPDX-License-Identifier: MIT */
/* lib/math/special.h against mpmath (tests/golden/make_special.py), dense around
 * every change of formula, then identities. The largest error of each goes to
 * stderr: the numbers of docs/accuracy.md. */
#include "support/check.h"

#include "math/special.h"

/* What an error is measured against: the value, but near a zero no less than
 * this. */
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
    check_table("lbeta", NULL, kam__lbeta, one, 5e-15);
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

static void test_incomplete_gamma(void **state) {
    (void)state;
    check_table("gamma_p", NULL, kam__gamma_p, no_floor, 2e-13);
    check_table("gamma_q", NULL, kam__gamma_q, no_floor, 2e-13);
    check_table("gamma_p_inverse", NULL, kam__gamma_p_inverse, no_floor, 1e-12);
}

static void test_normal(void **state) {
    (void)state;
    check_table("erfc", kam__erfc, NULL, no_floor, 2e-15);
    check_table("normal_quantile", kam__normal_quantile, NULL, no_floor, 1e-15);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gamma),
        cmocka_unit_test(test_differences),
        cmocka_unit_test(test_incomplete_gamma),
        cmocka_unit_test(test_normal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
