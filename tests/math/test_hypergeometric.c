/* SPDX-License-Identifier: MIT */
/* 2F1 against mpmath (tests/golden/make_hypergeometric.py), closed forms and
 * contiguous relations. The largest error goes to stderr (docs/accuracy.md). */
#include "support/check.h"

#include "math/hypergeometric.h"

static void test_golden(void **state) {
    struct table t;
    double worst = 0, worst_log = 0, at[4] = {0};
    (void)state;
    if (!table_read(&t, TEST_GOLDEN "/hypergeometric.csv")) fail();
    assert_true(t.n_rows > 1500);
    for (int64_t i = 0; i < t.n_rows; i++) {
        const double *x = t.cell + i * t.n_columns, value = x[4], log_f = x[5];
        double scale;
        const double f = kam__hyp2f1(x[0], x[1], x[2], x[3]);
        const double m = kam__hyp2f1_scaled(x[0], x[1], x[2], x[3], &scale);
        const double error = isfinite(value) && fabs(value) > 1e-300
                                 ? check_rel(f, value)
                                 : fabs(f - value) > 1e-300;
        const double log_error =
            fabs(log(fabs(m)) + scale - log_f) / (1 + fabs(log_f));
        assert_true(fabs(m) >= 0.5 && fabs(m) <= 2);
        if (!(log_error <= worst_log)) worst_log = log_error;
        if (error <= worst) continue;
        worst = error;
        memcpy(at, x, sizeof at);
    }
    fprintf(stderr, "hyp2f1: %.3g at (%.17g, %.17g; %.17g; %.17g), log %.3g\n",
            worst, at[0], at[1], at[2], at[3], worst_log);
    table_free(&t);
    assert_true(worst < 1e-14);
    assert_true(worst_log < 1e-15);
}

/* DLMF 15.4.1, 15.4.3, 15.4.6: closed forms, where libm is exact enough. */
static void test_closed_forms(void **state) {
    (void)state;
    for (int i = 1; i < 1000; i++) {
        const double z = 1 - ldexp(1 + i % 8 / 8.0, -i / 20 - 1), w = 1 - z;
        const double b = 0.01 * i * i, a = 60.0 / i - 0.5;
        assert_relative(kam__hyp2f1(1, 1, 2, z), -log(w) / z, 1e-15);
        assert_relative(kam__hyp2f1(1, 1, 2, -b), log1p(b) / b, 1e-15);
        assert_relative(kam__hyp2f1(0.5, 1, 1.5, -b * b), atan(b) / b, 1e-15);
        assert_relative(kam__hyp2f1(a, b, b, z), pow(w, -a),
                        1e-15 + 3e-16 * fabs(a * log(w)));
        assert_relative(kam__hyp2f1(b, -a, b, -b), pow(1 + b, a),
                        1e-15 + 3e-16 * fabs(a * log(1 + b)));
    }
}

static uint64_t random_bits(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static double between(uint64_t *seed, double low, double high) {
    return low + (double)(random_bits(seed) >> 11) * 0x1p-53 * (high - low);
}

/* A relation of neighbours, Abramowitz & Stegun 15.2.20:
 * c (1 - z) F - c F(a - 1) + (c - b) z F(c + 1) = 0, over parameters up to
 * `size`, in logarithms so that nothing overflows. */
static void check_neighbours(double size, int n) {
    uint64_t seed = 88172645463325252u;
    double worst = 0;
    for (int i = 0; i < n; i++) {
        const double top = log(size);
        const double a = 1 + round(exp(between(&seed, -3, top)) * 64) / 64;
        const double b = round(exp(between(&seed, -3, top)) * 64) / 64;
        const double c = 0.25 + round(exp(between(&seed, -3, top)) * 64) / 64;
        const double w = exp(between(&seed, -20, 0));
        const double z = i % 2 ? 1 - w : -1 / w;
        double s[3];
        double f[3] = {c * (1 - z), -c, (c - b) * z};
        f[0] *= kam__hyp2f1_scaled(a, b, c, z, &s[0]);
        f[1] *= kam__hyp2f1_scaled(a - 1, b, c, z, &s[1]);
        f[2] *= kam__hyp2f1_scaled(a, b, c + 1, z, &s[2]);
        const double most = fmax(s[0], fmax(s[1], s[2]));
        double sum = 0, large = 0;
        for (int k = 0; k < 3; k++) {
            f[k] *= exp(s[k] - most);
            sum += f[k];
            large = fmax(large, fabs(f[k]));
        }
        /* scale itself is rounded to an ulp */
        const double error = fabs(sum) / (large * (1 + fabs(most) / 10));
        if (!(error <= worst)) worst = error;
        if (!(worst < 3e-15))
            fail_msg("2F1(%.17g, %.17g; %.17g; %.17g) and its neighbours: %g",
                     a, b, c, z, error);
    }
    fprintf(stderr, "hyp2f1 and neighbours up to %g: %.3g\n", size, worst);
}

static void test_neighbours(void **state) {
    (void)state;
    check_neighbours(10, 2000);
    check_neighbours(300, 200);
    check_neighbours(1e4, 30);
}

/* F at the two sides of each change of method: the growth between neighbouring
 * z is what the derivative a b / c F(a + 1, b + 1; c + 1) says. */
static void test_seams(void **state) {
    static const double seams[] = {0x1p-40, 0.5, 0.75, 0.9, 0.99, -1, -0x1p-40};
    (void)state;
    for (size_t i = 0; i < sizeof seams / sizeof *seams; i++) {
        const double z = seams[i], h = fabs(z) * 0x1p-13;
        const double a = 1.25, b = 2.5, c = 3.75;
        const double rise =
            kam__hyp2f1(a, b, c, z + h) - kam__hyp2f1(a, b, c, z - h);
        const double slope = a * b / c * kam__hyp2f1(a + 1, b + 1, c + 1, z);
        assert_near(rise / (2 * h * slope), 1,
                    2e-16 / (h * slope) + 1e3 * h * h / ((1 - z) * (1 - z)));
    }
}

static void test_edges(void **state) {
    double scale;
    (void)state;
    assert_bits(kam__hyp2f1(1.5, 2.5, 3.5, 0), 1);
    assert_bits(kam__hyp2f1(0, 2.5, 3.5, 0.7), 1);
    assert_bits(kam__hyp2f1(1.5, 0, 3.5, -70), 1);
    assert_bits(kam__hyp2f1(500, 600, 2, 0.999), INFINITY);
    assert_near(kam__hyp2f1(-1, 2, 4, 0.5), 0.75, 1e-16);
    assert_near(kam__hyp2f1(-1, 2, 1, 0.5), 0, 1e-16);
    assert_near(kam__hyp2f1_scaled(1e4, 1e4, 1e4, 0.999, &scale), 1, 0.5);
    assert_relative(scale, 1e4 * log(1000), 1e-4);
    /* 3e-2365, from mpmath with enough digits */
    const double m = kam__hyp2f1_scaled(-800.25, 9.5, 2.5, 0.999, &scale);
    assert_near(log(-m) + scale, -5444.220447979415365, 2e-12);
    assert_true(isnan(kam__hyp2f1(1, 1, 0, 0.5)));
    assert_true(isnan(kam__hyp2f1(1, 1, -2.5, 0.5)));
    assert_true(isnan(kam__hyp2f1(1, 1, 2, 1)));
    assert_true(isnan(kam__hyp2f1(1, 1, 2, 1.5)));
    assert_true(isnan(kam__hyp2f1(NAN, 1, 2, 0.5)));
    assert_true(isnan(kam__hyp2f1(1, INFINITY, 2, 0.5)));
    assert_true(isnan(kam__hyp2f1(1, 1, 2, -INFINITY)));
    assert_true(isnan(kam__hyp2f1(1e16, 2e16, 1.5, 0.9999)));
    assert_true(isnan(kam__hyp2f1_scaled(1, 1, 2, NAN, &scale)));
    /* cancels more than pairs hold: refused, not wrong */
    assert_true(isnan(kam__hyp2f1(-400, 600.5, 1, 0.9)));
    /* the Legendre polynomial P_400(-0.8), which oscillates */
    assert_relative(kam__hyp2f1(-400, 401, 1, 0.9), 0.04020892227840837, 1e-14);
    /* a polynomial that is tiny beside what its equation could do */
    assert_relative(kam__hyp2f1(9.140625, 2.859375, 1.859375,
                                -179187.99593939472),
                    -3.7522086681160420612e-48, 1e-15);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),     cmocka_unit_test(test_closed_forms),
        cmocka_unit_test(test_neighbours), cmocka_unit_test(test_seams),
        cmocka_unit_test(test_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
