/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

#include "math/cholesky.h"

enum { MOST = KAM__LARGEST_MATRIX };

/* A lower triangle of small whole numbers with powers of two on the diagonal:
 * whatever is done with it, nothing is rounded. Above the diagonal: NaN. */
static void whole_factor(uint64_t *seed, int32_t n, double *l) {
    static const double power[] = {1, 2, 4, 0.5};
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < n; j++)
            l[i * n + j] = j > i    ? (double)NAN
                           : j == i ? power[(int)(random_unit(seed) * 4)]
                                    : floor(random_unit(seed) * 7) - 3;
}

/* The lower triangle of l l'; above it: NaN, which nobody may read. */
static void product(const double *l, int32_t n, double *a) {
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < n; j++) {
            double sum = 0;
            for (int32_t k = 0; k <= j && j <= i; k++)
                sum += l[i * n + k] * l[j * n + k];
            a[i * n + j] = j <= i ? sum : (double)NAN;
        }
}

static double symmetric_at(const double *a, int32_t n, int32_t i, int32_t j) {
    return i >= j ? a[i * n + j] : a[j * n + i];
}

static void test_factor_solution_and_inverse_are_exact(void **state) {
    (void)state;
    uint64_t seed = 1;
    for (int round = 0; round < 40; round++)
        for (int32_t n = 1; n <= MOST; n++) {
            double l[MOST * MOST], a[MOST * MOST], whole[MOST * MOST];
            double x[MOST], b[MOST], inverse[MOST * MOST];
            whole_factor(&seed, n, l);
            product(l, n, whole);
            memcpy(a, whole, sizeof a);
            assert_int_equal(kam__cholesky(a, n), 0);
            for (int32_t i = 0; i < n; i++)
                for (int32_t j = 0; j < n; j++) {
                    if (j <= i) assert_bits(a[i * n + j], l[i * n + j]);
                    if (j > i) assert_true(isnan(a[i * n + j]));
                }
            for (int32_t i = 0; i < n; i++)
                x[i] = floor(random_unit(&seed) * 9) - 4;
            for (int32_t i = 0; i < n; i++) {
                b[i] = 0;
                for (int32_t j = 0; j < n; j++)
                    b[i] += symmetric_at(whole, n, i, j) * x[j];
            }
            kam__cholesky_solve(a, n, b);
            for (int32_t i = 0; i < n; i++) assert_true(b[i] == x[i]);
            kam__cholesky_invert(a, n, inverse);
            for (int32_t i = 0; i < n; i++)
                for (int32_t j = 0; j < n; j++) {
                    double sum = 0;
                    for (int32_t k = 0; k < n; k++)
                        sum +=
                            symmetric_at(whole, n, i, k) * inverse[k * n + j];
                    assert_true(sum == (i == j));
                    assert_bits(inverse[i * n + j], inverse[j * n + i]);
                }
        }
}

/* Many elements at once: the bits of one after the other. */
static void test_large_ones(void **state) {
    (void)state;
    enum { MOST = 43 };
    static double a[MOST * MOST], b[MOST * MOST], scratch[4 * MOST];
    for (int32_t n = 1; n <= MOST; n += 3) {
        for (int32_t i = 0; i < n; i++)
            for (int32_t j = 0; j <= i; j++)
                a[i * n + j] = b[i * n + j] =
                    i == j ? 2 + i * 0.1 : 1 / (1.5 + i + 0.3 * j);
        assert_int_equal(kam__cholesky(a, n), 0);
        assert_int_equal(kam__cholesky_large(b, n, scratch), 0);
        for (int32_t i = 0; i < n; i++)
            for (int32_t j = 0; j <= i; j++)
                assert_bits(b[i * n + j], a[i * n + j]);
        b[n * n - 1] = -1;
        for (int32_t i = 0; i < n - 1; i++) b[(n - 1) * n + i] = 0;
        assert_int_equal(kam__cholesky_large(b, n, scratch), 1);
    }
}

static void test_a_factor_with_roots(void **state) {
    (void)state;
    double a[] = {4, NAN, 2, 3};
    assert_int_equal(kam__cholesky(a, 2), 0);
    assert_bits(a[0], 2);
    assert_bits(a[2], 1);
    assert_bits(a[3], sqrt(2));
}

/* The inverse of Hilbert's matrix has whole entries: (-1)^(i + j) (i + j + 1)
 * C(n + i, n - j - 1) C(n + j, n - i - 1) C(i + j, i)^2 (Choi 1983). */
static double choose(int n, int k) {
    double c = 1;
    for (int i = 1; i <= k; i++) c = c * (n - k + i) / i;
    return c;
}

static void test_the_inverse_of_hilberts_matrix(void **state) {
    (void)state;
    for (int32_t n = 1; n <= MOST; n++) {
        double a[MOST * MOST], inverse[MOST * MOST], most = 0, worst = 0;
        for (int32_t i = 0; i < n; i++)
            for (int32_t j = 0; j < n; j++) a[i * n + j] = 1.0 / (i + j + 1);
        assert_int_equal(kam__cholesky(a, n), 0);
        kam__cholesky_invert(a, n, inverse);
        for (int32_t i = 0; i < n; i++)
            for (int32_t j = 0; j < n; j++) {
                const double c = choose(i + j, i);
                const double entry = ((i + j) % 2 ? -1 : 1) * (i + j + 1) *
                                     choose(n + i, n - j - 1) *
                                     choose(n + j, n - i - 1) * c * c;
                const double error = fabs(inverse[i * n + j] - entry);
                most = fmax(most, fabs(entry));
                worst = fmax(worst, error);
            }
        /* Its condition number is about 33^n / 30: all that rounding may cost. */
        assert_true(worst <= most * 0x1p-52 * pow(33.97, n) / 25);
    }
}

static void test_what_is_not_positive_definite(void **state) {
    (void)state;
    static const double bad[][4] = {{0, 0, 0, 1},        {-1, 0, 0, 1},
                                    {1, NAN, 2, 4},      {1, NAN, 2, 3},
                                    {NAN, 0, 0, 1},      {INFINITY, 0, 0, 1},
                                    {1, 0, NAN, 1},      {1, 0, 0, NAN},
                                    {1, 0, INFINITY, 1}, {1, 0, 0, INFINITY},
                                    {1, 0, 0, 0},        {1, 0, 0, -0.0},
                                    {1e200, 0, 1e300, 1}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        double a[4];
        memcpy(a, bad[i], sizeof a);
        if (kam__cholesky(a, 2) != 1) fail_msg("matrix %d", (int)i);
    }
}

/* ---- condition numbers ---- */

/* Unit diagonal, one correlation everywhere: eigenvalues 1 + (n - 1) rho, once,
 * and 1 - rho. */
static void test_equal_correlations(void **state) {
    (void)state;
    static const double rhos[] = {-0.1, 0.25, 0.5, 0.9, 0.999, 1 - 0x1p-30};
    for (int32_t n = 2; n <= MOST; n++)
        for (int r = 0; r < 6; r++) {
            double a[MOST * MOST];
            const double rho = rhos[r], one = 1 + (n - 1) * rho, rest = 1 - rho;
            for (int32_t i = 0; i < n * n; i++)
                a[i] = i / n == i % n ? 1 : i % n < i / n ? rho : (double)NAN;
            const double expected = rho > 0 ? one / rest : rest / one;
            assert_relative(kam__condition(a, n, NULL), expected,
                            1e-15 * n * expected + 1e-14);
        }
}

static void test_scales_do_not_matter(void **state) {
    (void)state;
    uint64_t seed = 3;
    for (int round = 0; round < 100; round++) {
        const int32_t n = 2 + round % 7;
        double l[MOST * MOST], a[MOST * MOST], scaled[MOST * MOST];
        int32_t worst, same;
        whole_factor(&seed, n, l);
        product(l, n, a);
        for (int32_t i = 0; i < n * n; i++)
            scaled[i] = ldexp(a[i], 40 * (i / n) + 40 * (i % n) - 200);
        assert_bits(kam__condition(scaled, n, &same),
                    kam__condition(a, n, &worst));
        assert_int_equal(worst, same);
    }
    const double diagonal[] = {0x1p-60, 0, 0, 0, 1, 0, 0, 0, 0x1p60};
    assert_bits(kam__condition(diagonal, 3, NULL), 1);
    const double one[] = {7};
    assert_bits(kam__condition(one, 1, NULL), 1);
}

/* Power iterations on the matrix and on its inverse: another way to the two
 * outermost eigenvalues. */
static double condition_by_powers(const double *a, int32_t n,
                                  double *flattest) {
    double l[MOST * MOST], v[MOST], most = 0, least = 0;
    memcpy(l, a, (size_t)(n * n) * sizeof *l);
    assert_int_equal(kam__cholesky(l, n), 0);
    for (int inverse = 0; inverse < 2; inverse++) {
        for (int32_t i = 0; i < n; i++) v[i] = 1 + 0.3 * i;
        double size = 1;
        for (int step = 0; step < 3000; step++) {
            double w[MOST];
            memcpy(w, v, sizeof w);
            if (inverse) kam__cholesky_solve(l, n, w);
            for (int32_t i = 0; i < n && !inverse; i++) {
                w[i] = 0;
                for (int32_t j = 0; j < n; j++)
                    w[i] += symmetric_at(a, n, i, j) * v[j];
            }
            size = 0;
            for (int32_t i = 0; i < n; i++) size += w[i] * w[i];
            size = sqrt(size);
            for (int32_t i = 0; i < n; i++) v[i] = w[i] / size;
        }
        if (inverse)
            least = 1 / size;
        else
            most = size;
    }
    memcpy(flattest, v, sizeof v);
    return most / least;
}

static void test_any_matrix_and_its_flattest_direction(void **state) {
    (void)state;
    uint64_t seed = 4;
    for (int round = 0; round < 30; round++) {
        const int32_t n = 2 + round % 7;
        double l[MOST * MOST], a[MOST * MOST], flattest[MOST];
        for (int32_t i = 0; i < n * n; i++)
            l[i] = i % n < i / n ? random_unit(&seed) - 0.5
                                 : 0.5 + random_unit(&seed);
        product(l, n, a);
        for (int32_t i = 0; i < n; i++) /* to unit diagonal */
            for (int32_t j = 0; j < i; j++)
                a[i * n + j] /= sqrt(a[i * n + i]) * sqrt(a[j * n + j]);
        for (int32_t i = 0; i < n; i++) a[i * n + i] = 1;
        int32_t worst = -1;
        const double condition = kam__condition(a, n, &worst);
        assert_relative(condition, condition_by_powers(a, n, flattest), 1e-9);
        for (int32_t i = 0; i < n; i++)
            assert_true(fabs(flattest[i]) <= fabs(flattest[worst]) + 1e-6);
    }
}

/* Two variables that are one, and a third that is free. */
static void test_singular_matrices(void **state) {
    (void)state;
    const double twins[] = {1, 0, 0, 0, 1, 0, 0, 1, 1};
    int32_t worst = -1;
    assert_true(kam__condition(twins, 3, &worst) > 1e15);
    assert_true(worst == 1 || worst == 2);
    static const double no_size[] = {0, -1, NAN};
    for (int i = 0; i < 3; i++) {
        const double a[] = {1, 0, 0, no_size[i]};
        assert_true(isinf(kam__condition(a, 2, &worst)));
        assert_int_equal(worst, 1);
        assert_true(isinf(kam__condition(a, 2, NULL)));
    }
    const double indefinite[] = {1, 0, 3, 1};
    assert_true(isinf(kam__condition(indefinite, 2, NULL)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_factor_solution_and_inverse_are_exact),
        cmocka_unit_test(test_large_ones),
        cmocka_unit_test(test_a_factor_with_roots),
        cmocka_unit_test(test_the_inverse_of_hilberts_matrix),
        cmocka_unit_test(test_what_is_not_positive_definite),
        cmocka_unit_test(test_equal_correlations),
        cmocka_unit_test(test_scales_do_not_matter),
        cmocka_unit_test(test_any_matrix_and_its_flattest_direction),
        cmocka_unit_test(test_singular_matrices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
