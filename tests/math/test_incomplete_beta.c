/* SPDX-License-Identifier: MIT */
#include "support/check.h"

#include "math/incomplete_beta.h"

static void test_golden(void **state) {
    (void)state;
    struct table table;
    assert_true(
        table_read(&table, TEST_GOLDEN "/incomplete_beta_prime_inverse.csv"));
    assert_true(table.n_rows > 300);
    double worst = 0;
    for (int64_t i = 0; i < table.n_rows; i++) {
        const double a = table_at(&table, i, "a"), b = table_at(&table, i, "b");
        const double p = table_at(&table, i, "p");
        const double y = kam__beta_prime_inverse(a, b, p);
        const double error = check_rel(y, table_at(&table, i, "value"));
        if (!(error <= 1e-10))
            fail_msg("a %g, b %g, p %g: %.17g, off by %g", a, b, p, y, error);
        if (error > worst) worst = error;
    }
    fprintf(stderr, "# quantiles of beta-prime: largest error %.1e\n", worst);
    table_free(&table);
}

/* a = 1: P = 1 - (1 + y)^-b. b = 1: P = (y / (1 + y))^a. */
static void test_closed_forms(void **state) {
    (void)state;
    for (double p = 0.01; p < 1; p += 0.07) {
        for (double b = 1; b < 100; b *= 3)
            assert_relative(kam__beta_prime_inverse(1, b, p),
                            expm1(-log1p(-p) / b), 1e-12);
        for (double a = 0.01; a < 100; a *= 3)
            assert_relative(kam__beta_prime_inverse(a, 1, p),
                            1 / expm1(-log(p) / a), 1e-11);
    }
}

/* G / H and H / G mirror each other. */
static void test_mirror(void **state) {
    (void)state;
    for (double a = 1; a < 1e5; a *= 7)
        for (double b = 1; b < 1e5; b *= 5)
            for (double p = 0.05; p < 1; p += 0.15)
                assert_relative(kam__beta_prime_inverse(a, b, p) *
                                    kam__beta_prime_inverse(b, a, 1 - p),
                                1, 1e-10);
}

/* Down to shapes whose quantiles lie far below the least double. */
static void test_small_shapes(void **state) {
    (void)state;
    for (double a = 1e-8; a < 1; a *= 10)
        for (double b = 1; b < 1e6; b *= 100) {
            double last = 0;
            for (double p = 0.05; p < 1; p += 0.05) {
                const double y = kam__beta_prime_inverse(a, b, p);
                assert_true(y >= last && y < INFINITY);
                last = y;
            }
        }
    assert_bits(kam__beta_prime_inverse(1e-8, 3, 0.5), 0);
}

static void test_edges(void **state) {
    (void)state;
    assert_bits(kam__beta_prime_inverse(2, 3, 0), 0);
    assert_bits(kam__beta_prime_inverse(2, 3, 1), INFINITY);
    assert_true(isnan(kam__beta_prime_inverse(2, 3, -0.1)));
    assert_true(isnan(kam__beta_prime_inverse(2, 3, 1.1)));
    assert_true(isnan(kam__beta_prime_inverse(2, 3, NAN)));
    assert_true(isnan(kam__beta_prime_inverse(0, 3, 0.5)));
    assert_true(isnan(kam__beta_prime_inverse(2, NAN, 0.5)));
    assert_true(kam__beta_prime_inverse(1e6, 1e6, 1 - 0x1p-53) < 1.02);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden), cmocka_unit_test(test_closed_forms),
        cmocka_unit_test(test_mirror), cmocka_unit_test(test_small_shapes),
        cmocka_unit_test(test_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
