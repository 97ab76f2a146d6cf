/* SPDX-License-Identifier: MIT */
/* exp, expm1, log, log1p, pow and the array log-gamma against 60-digit mpmath
 * (tests/golden/make_elementary.py), dense around every change of formula. The
 * largest error of each goes to stderr: the numbers of docs/accuracy.md. */
#include "support/check.h"

#include "base/isa.h"
#include "math/elementary.h"
#include "math/elementary_kernels.h"
#include "math/gamma.h"
#include "math/special.h"

typedef double (*one_argument)(double);

static double step_at(double value) {
    return nextafter(fabs(value), INFINITY) - fabs(value);
}

/* Error in ulp of the value; the rest is in ulp too. */
static double error_at(const struct table *golden, int64_t row, double actual) {
    const double value = table_at(golden, row, "value");
    const double rest = table_at(golden, row, "rest");
    if (isinf(value)) return actual == value ? 0 : 1e300;
    return fabs((actual - value) / step_at(value) - rest);
}

static void open_golden(struct table *golden, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/elementary_%s.csv", TEST_GOLDEN, name);
    if (!table_read(golden, path)) fail_msg("%s is not there", path);
    assert_true(golden->n_rows > 1000);
}

static void check_table(const char *name, one_argument f, double limit) {
    struct table golden;
    double worst = 0, where = 0;
    open_golden(&golden, name);
    for (int64_t i = 0; i < golden.n_rows; i++) {
        const double x = table_at(&golden, i, "x");
        const double error = error_at(&golden, i, f(x));
        if (!(error <= worst)) {
            worst = error;
            where = x;
        }
    }
    fprintf(stderr, "%s: %.3f ulp at %.17g, %d values\n", name, worst, where,
            (int)golden.n_rows);
    table_free(&golden);
    if (!(worst <= limit))
        fail_msg("%s(%.17g) is off by %g ulp", name, where, worst);
}

static double exp_of(double x) { return kam__exp(x); }
static double expm1_of(double x) { return kam__expm1(x); }
static double log_of(double x) { return kam__log(x); }
static double log1p_of(double x) { return kam__log1p(x); }

static void test_exp(void **state) {
    (void)state;
    check_table("exp", exp_of, 1);
}

static void test_expm1(void **state) {
    (void)state;
    check_table("expm1", expm1_of, 1.5);
}

static void test_log(void **state) {
    (void)state;
    check_table("log", log_of, 1);
}

static void test_log1p(void **state) {
    (void)state;
    check_table("log1p", log1p_of, 1);
}

static void test_pow(void **state) {
    struct table golden;
    double worst = 0;
    (void)state;
    open_golden(&golden, "pow");
    for (int64_t i = 0; i < golden.n_rows; i++) {
        const double x = table_at(&golden, i, "x");
        const double y = table_at(&golden, i, "y");
        const double error = error_at(&golden, i, kam__pow(x, y));
        if (!(error <= 1))
            fail_msg("pow(%a, %a) is off by %g ulp", x, y, error);
        if (error > worst) worst = error;
    }
    fprintf(stderr, "pow: %.3f ulp, %d pairs\n", worst, (int)golden.n_rows);
    table_free(&golden);
}

/* Ten ulp is 1e-15 relative, right through the zeros at 1 and 2. */
static void test_lgamma(void **state) {
    (void)state;
    check_table("lgamma", kam__lgamma, 10);
}

static void test_special_values(void **state) {
    const double inf = INFINITY, nan = NAN;
    (void)state;
    assert_bits(kam__exp(0), 1);
    assert_bits(kam__exp(-0.0), 1);
    assert_bits(kam__exp(inf), inf);
    assert_bits(kam__exp(1e300), inf);
    assert_bits(kam__exp(-inf), 0);
    assert_bits(kam__exp(-746), 0);
    assert_bits(kam__exp(-745.13), 0x1p-1074);
    assert_true(isnan(kam__exp(nan)));
    assert_bits(kam__expm1(0), 0);
    assert_bits(kam__expm1(-0.0), -0.0);
    assert_bits(kam__expm1(0x1p-1074), 0x1p-1074);
    assert_bits(kam__expm1(inf), inf);
    assert_bits(kam__expm1(-inf), -1);
    assert_true(isnan(kam__expm1(nan)));
    assert_bits(kam__log(1), 0);
    assert_bits(kam__log(0), -inf);
    assert_bits(kam__log(-0.0), -inf);
    assert_bits(kam__log(inf), inf);
    assert_true(isnan(kam__log(-1)));
    assert_true(isnan(kam__log(-inf)));
    assert_true(isnan(kam__log(nan)));
    assert_bits(kam__log1p(0), 0);
    assert_bits(kam__log1p(-0.0), -0.0);
    assert_bits(kam__log1p(-1), -inf);
    assert_bits(kam__log1p(inf), inf);
    assert_bits(kam__log1p(0x1p-1074), 0x1p-1074);
    assert_true(isnan(kam__log1p(-1.5)));
    assert_true(isnan(kam__log1p(-inf)));
    assert_true(isnan(kam__log1p(nan)));
}

/* C11 F.10.4.4 for x >= 0; NaN for every x < 0. */
static void test_pow_special_values(void **state) {
    static const double nan = NAN, inf = INFINITY;
    const double cases[][3] = {{2, 0, 1},
                               {nan, 0, 1},
                               {0, 0, 1},
                               {inf, -0.0, 1},
                               {1, nan, 1},
                               {1, inf, 1},
                               {1, -1e300, 1},
                               {0, 3, 0},
                               {0, 0.1, 0},
                               {0, -3, inf},
                               {-0.0, 3, 0},
                               {0, inf, 0},
                               {0, -inf, inf},
                               {inf, 2, inf},
                               {inf, -2, 0},
                               {inf, inf, inf},
                               {inf, -inf, 0},
                               {2, inf, inf},
                               {2, -inf, 0},
                               {0.5, inf, 0},
                               {0.5, -inf, inf},
                               {2, 1024, inf},
                               {2, -1076, 0},
                               {2, 1e300, inf},
                               {2, -1074, 0x1p-1074},
                               {2, 10, 1024},
                               {10, -1, 0.1},
                               {0x1.fffffffffffffp-1, 1e300, 0},
                               {1 + 0x1p-52, 1e300, inf},
                               {7, 1, 7},
                               {4, 0.5, 2},
                               {2, 0x1p-1074, 1}};
    const double not_numbers[][2] = {{nan, 1},   {2, nan},  {0, nan},
                                     {inf, nan}, {-1, 2},   {-8, 1.0 / 3},
                                     {-inf, 3},  {-1, inf}, {-1, nan}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_bits(kam__pow(cases[i][0], cases[i][1]), cases[i][2]);
    for (size_t i = 0; i < sizeof not_numbers / sizeof *not_numbers; i++)
        assert_true(isnan(kam__pow(not_numbers[i][0], not_numbers[i][1])));
}

static void check_rises(const char *name, one_argument f, double middle,
                        double step) {
    double before = f(middle - 500 * step);
    for (int i = -499; i <= 500; i++) {
        const double x = middle + i * step, now = f(x);
        if (!(now >= before)) fail_msg("%s falls at %.17g", name, x);
        before = now;
    }
}

/* No jump backwards where the formulas meet: steps of some ulp of the value. */
static void test_monotone(void **state) {
    const double ln2 = 0.6931471805599453, root = 0x1.6a09ep-1;
    (void)state;
    for (int k = -1070; k <= 1022; k += 9) {
        check_rises("exp", exp_of, (k + 0.5) * ln2, 0x1p-43);
        if (k > -55) check_rises("expm1", expm1_of, (k + 0.5) * ln2, 0x1p-43);
    }
    for (int k = -4; k <= 4; k++) {
        check_rises("exp", exp_of, (k + 0.5) * ln2, 0x1p-49);
        check_rises("expm1", expm1_of, (k + 0.5) * ln2, 0x1p-49);
    }
    for (int k = -1020; k <= 1023; k++) {
        const double seam = ldexp(root, k);
        check_rises("log", log_of, seam, seam * 0x1p-43);
        if (k > -20 && k < 60)
            check_rises("log1p", log1p_of, seam - 1, seam * 0x1p-45);
    }
    check_rises("log", log_of, root, 0x1p-50);
    check_rises("expm1", expm1_of, 0x1p-54, 0x1p-106);
    check_rises("log1p", log1p_of, 0x1p-53, 0x1p-105);
}

static void test_inverses(void **state) {
    (void)state;
    for (int i = -7080; i < 7090; i++) {
        const double x = i * 0.1;
        assert_near(kam__log(kam__exp(x)), x, 1e-15 + fabs(x) * 3e-16);
        const double y = ldexp(1 + (i & 1023) / 1024.0, i / 7);
        assert_relative(kam__exp(kam__log(y)), y,
                        (2 + fabs(kam__log(y))) * 0x1p-53);
        assert_relative(kam__log1p(kam__expm1(i * 0.004)), i * 0.004,
                        i < 0 ? 3e-16 * exp(-i * 0.004) : 4e-16);
        assert_relative(kam__pow(kam__pow(y, 0.25), 4), y, 6e-16);
    }
}

/* Every build of the kernels, and every length of array, gives the bits of the
 * scalar functions. */
enum { MANY = 1003 };

static void check_level(const struct kam__elementary *k, const double *x,
                        const double *positive) {
    double out[MANY];
    for (int64_t n = 0; n <= MANY; n = n < 20 ? n + 1 : n * 2 + 1) {
        k->exp(out, x, n);
        for (int64_t i = 0; i < n; i++) assert_bits(out[i], kam__exp(x[i]));
        k->expm1(out, x, n);
        for (int64_t i = 0; i < n; i++) assert_bits(out[i], kam__expm1(x[i]));
        k->log(out, positive, n);
        for (int64_t i = 0; i < n; i++)
            assert_bits(out[i], kam__log(positive[i]));
        k->log1p(out, positive, n);
        for (int64_t i = 0; i < n; i++)
            assert_bits(out[i], kam__log1p(positive[i]));
        k->lgamma(out, positive, n);
        for (int64_t i = 0; i < n; i++)
            assert_bits(out[i], kam__lgamma(positive[i]));
        k->pow(out, positive, x, n);
        for (int64_t i = 0; i < n; i++)
            assert_bits(out[i], kam__pow(positive[i], x[i]));
    }
}

static void test_levels(void **state) {
    double x[MANY], positive[MANY];
    kam_host host;
    (void)state;
    for (int i = 0; i < MANY; i++) {
        x[i] = (i - MANY / 2) * 1.5;
        positive[i] = exp(x[i] * 0.97);
    }
    memset(&host, 0, sizeof host);
    host.struct_size = sizeof host;
    for (int32_t isa = KAM_ISA_BASE; isa <= KAM_ISA_V4; isa++) {
        host.isa = isa;
        const int32_t level = kam__isa_level(&host, 1000000);
        if (level != isa)
            fprintf(stderr, "skipped: level %d\n", (int)isa);
        else
            check_level(KAM__PICK(level, kam__elementary), x, positive);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exp),
        cmocka_unit_test(test_expm1),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_log1p),
        cmocka_unit_test(test_pow),
        cmocka_unit_test(test_lgamma),
        cmocka_unit_test(test_special_values),
        cmocka_unit_test(test_pow_special_values),
        cmocka_unit_test(test_monotone),
        cmocka_unit_test(test_inverses),
        cmocka_unit_test(test_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
