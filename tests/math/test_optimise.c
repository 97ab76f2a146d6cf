/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

#include "math/optimise.h"

enum { N = KAM__LARGEST_MATRIX };

/* A search in the box of +-`half`, from `start`. */
static struct kam__search search_from(int32_t n, double half,
                                      const double *start) {
    struct kam__search search;
    memset(&search, 0, sizeof search);
    search.n = n;
    search.max_steps = 200;
    search.size = 1;
    for (int32_t i = 0; i < n; i++) {
        search.lower[i] = -half;
        search.upper[i] = half;
        search.x[i] = start[i];
    }
    return search;
}

/* ---- quadratics ---- */

/* -(x - c)' A (x - c) / 2 with A = diagonal + 0.3 beside it. */
struct hill {
    int32_t n;
    double centre[N], steep[N], beside;
};

static double steepness(const struct hill *hill, int32_t i, int32_t j) {
    if (i == j) return hill->steep[i];
    return i - j == 1 || j - i == 1 ? hill->beside : 0;
}

static kam_status climb(void *context, const double *x, double *value,
                        double *gradient, double *hessian) {
    const struct hill *const hill = context;
    *value = 0;
    for (int32_t i = 0; i < hill->n; i++) {
        gradient[i] = 0;
        for (int32_t j = 0; j < hill->n; j++) {
            const double a = steepness(hill, i, j);
            gradient[i] -= a * (x[j] - hill->centre[j]);
            hessian[i * hill->n + j] = -a;
        }
        *value += gradient[i] * (x[i] - hill->centre[i]) / 2;
    }
    return KAM_OK;
}

static void test_a_quadratic_in_one_step(void **state) {
    (void)state;
    for (int32_t n = 1; n <= N; n++) {
        struct hill hill = {n, {0}, {0}, n > 1 ? 0.25 : 0};
        double start[N];
        for (int32_t i = 0; i < n; i++) {
            hill.centre[i] = 1 + i;
            hill.steep[i] = 1 << i;
            start[i] = hill.centre[i] + (i % 2 ? 1.5 : -1);
        }
        struct kam__search search = search_from(n, 30, start);
        assert_status(kam__maximise(&search, climb, &hill), KAM_OK);
        /* One step there, one that finds nothing left. */
        assert_in_range(search.n_steps, 1, 2);
        assert_in_range(search.n_evaluations, 2, 3);
        assert_int_equal(search.culprit, -1);
        for (int32_t i = 0; i < n; i++) {
            assert_near(search.x[i], hill.centre[i], 1e-13);
            assert_near(search.gradient[i], 0, 1e-10);
            for (int32_t j = 0; j < n; j++)
                assert_bits(search.hessian[i * n + j], -steepness(&hill, i, j));
        }
        assert_near(search.value, 0, 1e-20);
        double matrix[N * N];
        for (int32_t i = 0; i < n * n; i++) matrix[i] = -search.hessian[i];
        assert_bits(search.condition, kam__condition(matrix, n, NULL));
    }
}

/* Steps are no longer than 2: variables are logarithms. */
static void test_far_away(void **state) {
    (void)state;
    struct hill hill = {2, {25, -25}, {3, 5}, 1};
    const double start[] = {-25, 25};
    struct kam__search search = search_from(2, 30, start);
    assert_status(kam__maximise(&search, climb, &hill), KAM_OK);
    assert_in_range(search.n_steps, 25, 30);
    assert_near(search.x[0], 25, 1e-12);
    assert_near(search.x[1], -25, 1e-12);
}

static void test_a_start_at_the_maximum(void **state) {
    (void)state;
    struct hill hill = {3, {1, -2, 3}, {1, 2, 3}, 0.5};
    struct kam__search search = search_from(3, 30, hill.centre);
    assert_status(kam__maximise(&search, climb, &hill), KAM_OK);
    for (int i = 0; i < 3; i++) assert_bits(search.x[i], hill.centre[i]);
    assert_bits(search.value, 0);
}

/* ---- bounds ---- */

/* The maximum of the hill inside the box, by coordinates in turn. */
static void best_in_box(const struct hill *hill, double half, double *x) {
    for (int32_t i = 0; i < hill->n; i++) x[i] = 0;
    for (int round = 0; round < 4000; round++)
        for (int32_t i = 0; i < hill->n; i++) {
            double pull = 0;
            for (int32_t j = 0; j < hill->n; j++)
                if (j != i)
                    pull += steepness(hill, i, j) * (x[j] - hill->centre[j]);
            const double to = hill->centre[i] - pull / hill->steep[i];
            x[i] = fmin(fmax(to, -half), half);
        }
}

static void test_a_maximum_on_the_bound_names_its_culprit(void **state) {
    (void)state;
    uint64_t seed = 9;
    for (int round = 0; round < 200; round++) {
        const int32_t n = 1 + round % N, culprit = (int32_t)(round / N % n);
        struct hill hill = {n, {0}, {0}, n > 1 ? 0.4 : 0};
        double start[N], best[N];
        for (int32_t i = 0; i < n; i++) {
            hill.centre[i] = random_unit(&seed) - 0.5;
            hill.steep[i] = 1 + random_unit(&seed) * 3;
            start[i] = 4 * random_unit(&seed) - 2;
        }
        hill.centre[culprit] = round % 2 ? 9 : -9; /* well outside */
        struct kam__search search = search_from(n, 3, start);
        assert_status(kam__maximise(&search, climb, &hill), KAM_ERR_AT_BOUND);
        best_in_box(&hill, 3, best);
        for (int32_t i = 0; i < n; i++) assert_near(search.x[i], best[i], 1e-8);
        assert_bits(search.x[culprit], round % 2 ? 3 : -3);
        int32_t first = 0;
        while (fabs(search.x[first]) < 3) first++;
        assert_int_equal(search.culprit, first);
    }
}

/* A bound that is only passed on the way holds nobody. */
static void test_a_bound_on_the_way(void **state) {
    (void)state;
    struct hill hill = {2, {2.9, 0}, {1, 1}, 0.9};
    const double start[] = {-3, 3};
    struct kam__search search = search_from(2, 3, start);
    assert_status(kam__maximise(&search, climb, &hill), KAM_OK);
    assert_near(search.x[0], 2.9, 1e-12);
    assert_near(search.x[1], 0, 1e-12);
}

/* The maximum lies on the bound and would go no further: still at the bound. */
static void test_a_bound_without_a_push(void **state) {
    (void)state;
    for (int side = -1; side <= 1; side += 2) {
        struct hill hill = {2, {3.0 * side, 0.5}, {1, 1}, 0};
        const double start[] = {side, 0};
        struct kam__search search = search_from(2, 3, start);
        assert_status(kam__maximise(&search, climb, &hill), KAM_ERR_AT_BOUND);
        assert_int_equal(search.culprit, 0);
        assert_bits(search.x[0], 3.0 * side);
        assert_near(search.x[1], 0.5, 1e-12);
        assert_near(search.condition, 1, 1e-15); /* of the free variable */
    }
}

static void test_all_variables_at_bounds(void **state) {
    (void)state;
    struct hill hill = {2, {8, 8}, {1, 1}, 0};
    const double start[] = {0, 0};
    struct kam__search search = search_from(2, 1, start);
    assert_status(kam__maximise(&search, climb, &hill), KAM_ERR_AT_BOUND);
    assert_bits(search.x[0], 1);
    assert_bits(search.x[1], 1);
    assert_true(isinf(search.condition));
}

/* ---- curved valleys ---- */

/* Minus Rosenbrock's function (1960), the maximum at (1, 1). */
static kam_status rosenbrock(void *context, const double *x, double *value,
                             double *gradient, double *hessian) {
    (void)context;
    const double a = x[1] - x[0] * x[0], b = 1 - x[0];
    *value = -(100 * a * a + b * b);
    gradient[0] = 400 * a * x[0] + 2 * b;
    gradient[1] = -200 * a;
    hessian[0] = 400 * a - 800 * x[0] * x[0] - 2;
    hessian[1] = hessian[2] = 400 * x[0];
    hessian[3] = -200;
    return KAM_OK;
}

static void test_rosenbrocks_valley(void **state) {
    (void)state;
    static const double starts[][2] = {{-1.2, 1},   {0, 0},      {2, 2},
                                       {-1.9, 1.9}, {1.9, -1.9}, {0, 1.9}};
    int32_t evaluations = 0;
    for (int s = 0; s < 6; s++) {
        struct kam__search search = search_from(2, 2, starts[s]);
        assert_status(kam__maximise(&search, rosenbrock, NULL), KAM_OK);
        assert_near(search.x[0], 1, 1e-9);
        assert_near(search.x[1], 1, 1e-9);
        evaluations += search.n_evaluations;
    }
    fprintf(stderr, "Rosenbrock: %d evaluations from 6 starts\n", evaluations);
    assert_true(evaluations <= 300);
    /* With the end of the valley cut off, the best point is on the cut: x0 = 0.5
     * leaves x1 = 0.25. */
    struct kam__search search = search_from(2, 2, starts[0]);
    search.upper[0] = 0.5;
    assert_status(kam__maximise(&search, rosenbrock, NULL), KAM_ERR_AT_BOUND);
    assert_bits(search.x[0], 0.5);
    assert_near(search.x[1], 0.25, 1e-9);
    assert_int_equal(search.culprit, 0);
}

/* -(x0 + x1)^2 / 2 - e (x0 - x1)^2 / 2 - (x2 - 1)^2 / 2: a ridge along
 * (1, -1, 0), level when e = 0, else of condition number 1 / e. */
static kam_status ridge(void *context, const double *x, double *value,
                        double *gradient, double *hessian) {
    const double e = *(const double *)context;
    const double a = x[0] + x[1], b = x[2] - 1, d = x[0] - x[1];
    *value = -(a * a + e * d * d + b * b) / 2;
    gradient[0] = -a - e * d;
    gradient[1] = -a + e * d;
    gradient[2] = -b;
    memset(hessian, 0, 9 * sizeof *hessian);
    hessian[0] = hessian[4] = -1 - e;
    hessian[1] = hessian[3] = -1 + e;
    hessian[8] = -1;
    return KAM_OK;
}

static void test_a_flat_direction_is_said(void **state) {
    (void)state;
    const double start[] = {2, 1, -1};
    static const double falls[] = {0, 0x1p-48}; /* 2^48 is about 3e14 */
    for (int i = 0; i < 2; i++) {
        double e = falls[i];
        struct kam__search search = search_from(3, 5, start);
        assert_status(kam__maximise(&search, ridge, &e), KAM_ERR_FLAT);
        assert_true(search.culprit == 0 || search.culprit == 1);
        assert_near(search.x[0] + search.x[1], 0, 1e-8);
        assert_near(search.x[2], 1, 1e-8);
        assert_true(search.condition > 1e13);
    }
}

/* A ridge that falls, if slowly, has its top. */
static void test_a_nearly_flat_direction_is_climbed(void **state) {
    (void)state;
    const double start[] = {4, 1, -1};
    double e = 1e-8;
    struct kam__search search = search_from(3, 5, start);
    assert_status(kam__maximise(&search, ridge, &e), KAM_OK);
    for (int i = 0; i < 3; i++) assert_near(search.x[i], i == 2, 1e-7);
    assert_relative(search.condition, 1e8, 1e-6);
}

static kam_status level(void *context, const double *x, double *value,
                        double *gradient, double *hessian) {
    (void)context;
    (void)x;
    *value = 3;
    memset(gradient, 0, 2 * sizeof *gradient);
    memset(hessian, 0, 4 * sizeof *hessian);
    return KAM_OK;
}

static void test_a_level_function_is_flat(void **state) {
    (void)state;
    const double start[] = {1, 2};
    struct kam__search search = search_from(2, 5, start);
    assert_status(kam__maximise(&search, level, NULL), KAM_ERR_FLAT);
    assert_bits(search.x[0], 1);
    assert_bits(search.x[1], 2);
    assert_bits(search.value, 3);
}

/* cos x0 cos x1, concave only near its tops. */
static kam_status tops(void *context, const double *x, double *value,
                       double *gradient, double *hessian) {
    (void)context;
    const double c0 = cos(x[0]), c1 = cos(x[1]), s0 = sin(x[0]), s1 = sin(x[1]);
    *value = c0 * c1;
    gradient[0] = -s0 * c1;
    gradient[1] = -c0 * s1;
    hessian[0] = hessian[3] = -c0 * c1;
    hessian[1] = hessian[2] = s0 * s1;
    return KAM_OK;
}

static void test_a_start_where_the_function_is_not_concave(void **state) {
    (void)state;
    static const double starts[][2] = {{1.5, 0.1},   {1.4, 1.4}, {-1.2, 1.3},
                                       {0.1, -1.55}, {2.9, 0.3}, {1.6, 1.5}};
    for (int s = 0; s < 6; s++) {
        struct kam__search search = search_from(2, 7, starts[s]);
        assert_status(kam__maximise(&search, tops, NULL), KAM_OK);
        assert_relative(search.value, 1, 1e-15); /* some top, not a saddle */
        assert_true(search.condition < 1.001);
    }
}

/* -1000 (x1 - x0)^2 - e^-x0: a narrow ridge that rises for ever, by less and less.
 * The step that the box cuts leads off the ridge. */
static kam_status diagonal(void *context, const double *x, double *value,
                           double *gradient, double *hessian) {
    const double apart = x[1] - x[0], rest = exp(-x[0]);
    (void)context;
    *value = -1000 * apart * apart - rest;
    gradient[0] = 2000 * apart + rest;
    gradient[1] = -2000 * apart;
    hessian[0] = -2000 - rest;
    hessian[1] = hessian[2] = 2000;
    hessian[3] = -2000;
    return KAM_OK;
}

static void test_a_ridge_through_the_box(void **state) {
    (void)state;
    const double start[] = {0, 0.5};
    struct kam__search search = search_from(2, 30, start);
    search.upper[0] = 6.4;
    assert_status(kam__maximise(&search, diagonal, NULL), KAM_ERR_AT_BOUND);
    assert_int_equal(search.culprit, 0);
    assert_bits(search.x[0], 6.4);
    assert_near(search.x[1], 6.4, 1e-6);
    assert_int_equal(search.n_evaluations, search.n_steps + 1);
}

/* ---- trouble ---- */

/* log x0 - 4 x0, nothing left of 0: maximum at 1/4. */
static kam_status half_line(void *context, const double *x, double *value,
                            double *gradient, double *hessian) {
    const int32_t *const how = context;
    *value = log(x[0]) - 4 * x[0];
    gradient[0] = 1 / x[0] - 4;
    hessian[0] = -1 / (x[0] * x[0]);
    if (x[0] > 0) return KAM_OK;
    /* Either said, or left to be seen. */
    return *how ? KAM_ERR_OVERFLOW : KAM_OK;
}

static void test_a_region_without_values_is_stepped_back_from(void **state) {
    (void)state;
    for (int32_t how = 0; how < 2; how++) {
        const double start[] = {
            1.5}; /* Newton's step, cut to 2, leads to -0.5 */
        struct kam__search search = search_from(1, 5, start);
        assert_status(kam__maximise(&search, half_line, &how), KAM_OK);
        assert_near(search.x[0], 0.25, 1e-12);
        assert_true(search.n_evaluations > search.n_steps + 1);
        const double outside[] = {-1};
        search = search_from(1, 5, outside);
        assert_status(kam__maximise(&search, half_line, &how),
                      KAM_ERR_NOT_CONVERGED);
        assert_bits(search.x[0], -1);
        assert_bits(search.value, -INFINITY);
    }
}

/* Fails at its n-th call. */
struct failing {
    struct hill hill;
    int64_t left;
    kam_status status;
};

static kam_status fail_later(void *context, const double *x, double *value,
                             double *gradient, double *hessian) {
    struct failing *const failing = context;
    if (failing->left-- == 0) return failing->status;
    return climb(&failing->hill, x, value, gradient, hessian);
}

static void test_a_failure_of_the_function_ends_the_search(void **state) {
    (void)state;
    static const kam_status statuses[] = {KAM_ERR_MEMORY, KAM_ERR_EXECUTOR,
                                          KAM_ERR_CANCELLED, KAM_ERR_TYPE};
    for (int s = 0; s < 4; s++)
        for (int64_t after = 0; after < 5; after++) {
            struct failing failing = {{2, {25, -25}, {3, 5}, 1},
                                      after,
                                      statuses[s]};
            const double start[] = {0, 0};
            struct kam__search search = search_from(2, 30, start);
            assert_status(kam__maximise(&search, fail_later, &failing),
                          statuses[s]);
            assert_int_equal(search.n_evaluations, after + 1);
        }
}

/* -x^2 / 2, and a little more where the search begins: noise of a value. */
static kam_status noisy(void *context, const double *x, double *value,
                        double *gradient, double *hessian) {
    *value = -x[0] * x[0] / 2 + (x[0] == *(const double *)context ? 1e-6 : 0);
    gradient[0] = -x[0];
    hessian[0] = -1;
    return KAM_OK;
}

static void test_a_last_step_that_falls_is_not_taken(void **state) {
    (void)state;
    const double start[] = {1e-10};
    double noise = start[0];
    struct kam__search search = search_from(1, 5, start);
    assert_status(kam__maximise(&search, noisy, &noise), KAM_OK);
    assert_bits(search.x[0], start[0]);
    assert_int_equal(search.n_evaluations, 2);
}

static void test_too_few_steps(void **state) {
    (void)state;
    double before = -24.2; /* at the start */
    for (int32_t most = 1; most < 10; most++) {
        const double start[] = {-1.2, 1};
        struct kam__search search = search_from(2, 2, start);
        search.max_steps = most;
        assert_status(kam__maximise(&search, rosenbrock, NULL),
                      KAM_ERR_NOT_CONVERGED);
        assert_int_equal(search.n_steps, most);
        /* The best point so far, with its own value. */
        double value, gradient[2], hessian[4];
        rosenbrock(NULL, search.x, &value, gradient, hessian);
        assert_bits(search.value, value);
        assert_bits(search.gradient[0], gradient[0]);
        assert_true(value > before);
        before = value;
    }
}

/* A gradient counts as none by the size of what is behind the value. */
static void test_size_scales_the_verdict(void **state) {
    (void)state;
    for (int k = -20; k <= 20; k += 10) {
        struct hill hill = {2,
                            {1, -1},
                            {ldexp(2, k), ldexp(3, k)},
                            ldexp(1, k)};
        const double start[] = {0, 0};
        struct kam__search search = search_from(2, 5, start);
        search.size = ldexp(1, k);
        assert_status(kam__maximise(&search, climb, &hill), KAM_OK);
        assert_near(search.x[0], 1, 1e-12);
        assert_near(search.x[1], -1, 1e-12);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_quadratic_in_one_step),
        cmocka_unit_test(test_far_away),
        cmocka_unit_test(test_a_start_at_the_maximum),
        cmocka_unit_test(test_a_maximum_on_the_bound_names_its_culprit),
        cmocka_unit_test(test_a_bound_on_the_way),
        cmocka_unit_test(test_a_bound_without_a_push),
        cmocka_unit_test(test_all_variables_at_bounds),
        cmocka_unit_test(test_rosenbrocks_valley),
        cmocka_unit_test(test_a_flat_direction_is_said),
        cmocka_unit_test(test_a_nearly_flat_direction_is_climbed),
        cmocka_unit_test(test_a_level_function_is_flat),
        cmocka_unit_test(test_a_start_where_the_function_is_not_concave),
        cmocka_unit_test(test_a_ridge_through_the_box),
        cmocka_unit_test(test_a_region_without_values_is_stepped_back_from),
        cmocka_unit_test(test_a_failure_of_the_function_ends_the_search),
        cmocka_unit_test(test_a_last_step_that_falls_is_not_taken),
        cmocka_unit_test(test_too_few_steps),
        cmocka_unit_test(test_size_scales_the_verdict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
