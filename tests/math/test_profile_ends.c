/* SPDX-License-Identifier: MIT */
/* Where a value has fallen by a given amount: math/profile.h. */
#include "support/check.h"

#include "math/profile.h"

/* A function of two variables, and where it has no value. */
struct hill {
    double (*value)(double x, double *slope, double *curve);
    double cliff;       /* no value below it */
    int64_t n_left;     /* calls until one fails; below 0: none does */
    kam_status failure; /* what it then says */
    int64_t n_calls;
};

/* The first variable's own part, and -(y - x)^2 / 2, which y can make 0. */
static kam_status climb(void *context, const double *x, double *value,
                        double *gradient, double *hessian) {
    struct hill *const hill = context;
    double slope, curve;
    const double apart = x[1] - x[0];
    hill->n_calls++;
    if (hill->n_left-- == 0) return hill->failure;
    if (x[0] < hill->cliff) return KAM_ERR_OVERFLOW;
    *value = hill->value(x[0], &slope, &curve) - apart * apart / 2;
    gradient[0] = slope + apart;
    gradient[1] = -apart;
    hessian[0] = curve - 1;
    hessian[1] = hessian[2] = 1;
    hessian[3] = -1;
    return KAM_OK;
}

/* -2 (x - 1)^2 */
static double parabola(double x, double *slope, double *curve) {
    *slope = -4 * (x - 1);
    *curve = -4;
    return -2 * (x - 1) * (x - 1);
}

/* log x - x */
static double lopsided(double x, double *slope, double *curve) {
    *slope = 1 / x - 1;
    *curve = -1 / (x * x);
    return log(x) - x;
}

/* From the top at (1, 1), in a box of +-20. */
static kam_status ends_of(struct hill *hill, double fall,
                          struct kam__profile_end end[2]) {
    struct kam__search best;
    memset(&best, 0, sizeof best);
    best.n = 2;
    best.max_steps = 100;
    best.size = 1;
    for (int i = 0; i < 2; i++) {
        best.lower[i] = -20;
        best.upper[i] = 20;
        best.x[i] = 1.5;
    }
    const int64_t n_left = hill->n_left;
    hill->n_left = -1;
    assert_status(kam__maximise(&best, climb, hill), KAM_OK);
    assert_near(best.x[0], 1, 1e-9);
    hill->n_left = n_left;
    hill->n_calls = 0;
    return kam__profile(&best, 0, fall, climb, hill, end);
}

static void test_a_parabola(void **state) {
    (void)state;
    struct hill hill = {parabola, -INFINITY, -1, KAM_OK, 0};
    struct kam__profile_end end[2];
    for (double fall = 0.5; fall < 200; fall *= 3) {
        assert_status(ends_of(&hill, fall, end), KAM_OK);
        for (int i = 0; i < 2; i++) {
            assert_status(end[i].status, KAM_OK);
            assert_near(end[i].x, 1 + (i ? 1 : -1) * sqrt(fall / 2), 1e-8);
        }
    }
    assert_status(ends_of(&hill, 1000, end), KAM_OK); /* beyond the box */
    for (int i = 0; i < 2; i++) {
        assert_status(end[i].status, KAM_ERR_AT_BOUND);
        assert_bits(end[i].x, i ? 20 : -20);
    }
}

/* The first step down, by the curvature, leads to where there is no value: the end
 * lies before it. */
static void test_steps_too_far(void **state) {
    (void)state;
    struct hill hill = {lopsided, 0, -1, KAM_OK, 0};
    struct kam__profile_end end[2];
    const double fall = 1.920729410347062; /* 95 % */
    assert_status(ends_of(&hill, fall, end), KAM_OK);
    for (int i = 0; i < 2; i++) {
        assert_status(end[i].status, KAM_OK);
        assert_near(log(end[i].x) - end[i].x, -1 - fall, 1e-7);
    }
    assert_true(end[0].x < 0.1 && end[1].x > 4);
    assert_true(hill.n_calls <= 40); /* t is nearly a straight line */
}

/* No value from 0.5 on downwards, long before it has fallen that far: not an end. */
static void test_a_cliff(void **state) {
    (void)state;
    struct hill hill = {parabola, 0.5, -1, KAM_OK, 0};
    struct kam__profile_end end[2];
    assert_status(ends_of(&hill, 2, end), KAM_OK);
    assert_status(end[0].status, KAM_ERR_NOT_CONVERGED);
    assert_near(end[0].x, 0.5, 1e-8);
    assert_status(end[1].status, KAM_OK);
    assert_near(end[1].x, 2, 1e-8);
}

static void test_failures(void **state) {
    (void)state;
    static const kam_status statuses[] = {KAM_ERR_MEMORY, KAM_ERR_CANCELLED};
    for (int s = 0; s < 2; s++)
        for (int64_t after = 0; after < 6; after++) {
            struct hill hill = {parabola, -INFINITY, after, statuses[s], 0};
            struct kam__profile_end end[2];
            assert_status(ends_of(&hill, 2, end), statuses[s]);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_parabola),
        cmocka_unit_test(test_steps_too_far),
        cmocka_unit_test(test_a_cliff),
        cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
