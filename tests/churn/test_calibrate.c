/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

enum { N = 3000 };

static double P[N], Y[N], KNOT[N], LEVEL[N], OUT[N];

/* A model that is too sure of itself: its log-odds are twice the true ones, and
 * moved. */
static void simulate(int64_t n, double stretch, double moved, uint64_t seed) {
    for (int64_t i = 0; i < n; i++) {
        const double s = 4 * random_unit(&seed) - 2.5;
        Y[i] = random_unit(&seed) < 1 / (1 + exp(-s));
        P[i] = 1 / (1 + exp(-(stretch * s + moved)));
    }
}

static kam_calibration fit(int32_t method, int64_t n, int has_room) {
    const kam_column p = column_of(P), y = column_of(Y);
    kam_calibration curve;
    assert_status(kam_calibrate_fit(method, &p, &y, n, NULL,
                                    has_room ? KNOT : NULL,
                                    has_room ? LEVEL : NULL, &curve, NULL),
                  KAM_OK);
    return curve;
}

static void apply(const kam_calibration *curve, int64_t n) {
    const kam_column p = column_of(P);
    assert_status(kam_calibrate_apply(curve, &p, n, NULL, OUT, NULL, NULL),
                  KAM_OK);
}

/* Platt's two numbers undo the distortion; at the answer the residuals against
 * Lin's targets are orthogonal to the features. */
static void test_platt(void **state) {
    (void)state;
    simulate(N, 2, 0.7, 1);
    const kam_calibration c = fit(KAM_CALIBRATE_PLATT, N, 0);
    assert_int_equal(c.why, KAM_CALIBRATE_ASKED);
    assert_near(c.coefficient[0], 0.5, 0.05);
    assert_near(c.coefficient[1], -0.35, 0.1);
    apply(&c, N);
    double flat = 0, sloped = 0, n1 = 0;
    for (int i = 0; i < N; i++) n1 += Y[i];
    for (int i = 0; i < N; i++) {
        const double t = Y[i] > 0 ? (n1 + 1) / (n1 + 2) : 1 / (N - n1 + 2);
        flat += t - OUT[i];
        sloped += (t - OUT[i]) * log(P[i] / (1 - P[i]));
    }
    assert_near(flat, 0, 1e-8);
    assert_near(sloped, 0, 1e-8);
}

static void test_beta(void **state) {
    (void)state;
    simulate(N, 1, 0, 2);
    for (int i = 0; i < N; i++) P[i] = pow(P[i], 1.7);
    const kam_calibration c = fit(KAM_CALIBRATE_BETA, N, 0);
    apply(&c, N);
    double a = 0, b = 0, n1 = 0;
    for (int i = 0; i < N; i++) n1 += Y[i];
    for (int i = 0; i < N; i++) {
        const double t = Y[i] > 0 ? (n1 + 1) / (n1 + 2) : 1 / (N - n1 + 2);
        a += (t - OUT[i]) * log(P[i]);
        b += (t - OUT[i]) * log1p(-P[i]);
    }
    assert_near(a, 0, 1e-8);
    assert_near(b, 0, 1e-8);
    assert_true(c.coefficient[0] >= 0 && c.coefficient[1] >= 0);
    /* A forecast that is upside down: no curve may fall. */
    for (int i = 0; i < N; i++) P[i] = 1 - P[i];
    const kam_calibration d = fit(KAM_CALIBRATE_BETA, N, 0);
    assert_true(d.coefficient[0] >= 0 && d.coefficient[1] >= 0);
}

static void test_isotonic_by_hand(void **state) {
    (void)state;
    const double p[] = {.1, .2, .3, .4, .4, .6, .9},
                 y[] = {0, 1, 0, 0, 1, 1, 1};
    memcpy(P, p, sizeof p);
    memcpy(Y, y, sizeof y);
    const kam_calibration c = fit(KAM_CALIBRATE_ISOTONIC, 7, 1);
    /* blocks: .1 -> 0; .2 to .4 -> 2 of 4; .6 to .9 -> 1, off the edges by 1/9 */
    const double knot[] = {.1, .2, .4, .6, .9};
    const double level[] = {1 / 9.0, .5, .5, 8 / 9.0, 8 / 9.0};
    assert_int_equal(c.n_knots, 5);
    for (int i = 0; i < 5; i++) {
        assert_bits(KNOT[i], knot[i]);
        assert_near(LEVEL[i], level[i], 1e-15);
    }
    P[0] = 0;
    P[1] = 0.5;
    P[2] = 0.3;
    P[3] = 1;
    P[4] = NAN;
    P[5] = 2;
    uint32_t flag[6];
    const kam_column column = column_of(P);
    assert_status(kam_calibrate_apply(&c, &column, 6, NULL, OUT, flag, NULL),
                  KAM_OK);
    assert_near(OUT[0], 1 / 9.0, 1e-15);
    assert_near(OUT[1], (.5 + 8 / 9.0) / 2, 1e-15);
    assert_near(OUT[2], .5, 1e-15);
    assert_near(OUT[3], 8 / 9.0, 1e-15);
    assert_true(isnan(OUT[4]) && isnan(OUT[5]));
    assert_true(flag[4] == KAM_ROW_MISSING && flag[5] == KAM_ROW_DOMAIN);
}

static void test_the_choice(void **state) {
    (void)state;
    simulate(60, 1, 0, 3);
    kam_calibration c = fit(KAM_CALIBRATE_AUTO, 60, 1);
    assert_int_equal(c.method, KAM_CALIBRATE_PLATT);
    assert_string_equal(kam_calibrate_why_name(c.why), "few_events");
    simulate(N, 1, 1, 3);
    c = fit(KAM_CALIBRATE_AUTO, 1000, 1);
    assert_int_equal(c.method, KAM_CALIBRATE_BETA);
    assert_string_equal(kam_calibrate_why_name(c.why), "some_events");
    c = fit(KAM_CALIBRATE_AUTO, N, 1);
    assert_int_equal(c.method, KAM_CALIBRATE_ISOTONIC);
    assert_string_equal(kam_calibrate_why_name(c.why), "many_events");
    c = fit(KAM_CALIBRATE_AUTO, N, 0);
    assert_int_equal(c.method, KAM_CALIBRATE_BETA);
    assert_string_equal(kam_calibrate_why_name(c.why), "no_room");
    assert_string_equal(kam_calibrate_why_name(KAM_CALIBRATE_ASKED), "asked");
    assert_string_equal(kam_calibrate_why_name(99), "unknown");
}

static void test_order_and_allocations(void **state) {
    (void)state;
    static double moved[2 * N];
    simulate(N, 2, 0, 4);
    for (int i = 0; i < N; i++) P[i] = floor(P[i] * 50) / 50; /* ties */
    const kam_calibration a = fit(KAM_CALIBRATE_BETA, N, 0);
    for (int i = 0; i < N; i++) {
        const int64_t to = shuffled_place(i, N);
        moved[to] = P[i];
        moved[N + to] = Y[i];
    }
    memcpy(P, moved, sizeof P);
    memcpy(Y, moved + N, sizeof Y);
    const kam_calibration b = fit(KAM_CALIBRATE_BETA, N, 0);
    assert_memory_equal(a.coefficient, b.coefficient, sizeof a.coefficient);
    const kam_column p = column_of(P), y = column_of(Y);
    for (int64_t i = 1; i <= 2; i++) {
        struct lender lender;
        kam_calibration c = {.method = 77};
        const kam_host host = lender_host(&lender, i);
        assert_status(kam_calibrate_fit(KAM_CALIBRATE_ISOTONIC, &p, &y, N,
                                        &host, KNOT, LEVEL, &c, NULL),
                      KAM_ERR_MEMORY);
        assert_int_equal(lender.n_live, 0);
        assert_int_equal(c.method, 77);
    }
}

/* Lin's targets less what is said of them, in all. */
static double residual(int64_t n) {
    double n1 = 0, sum = 0;
    for (int64_t i = 0; i < n; i++) n1 += Y[i];
    for (int64_t i = 0; i < n; i++)
        sum += (Y[i] > 0 ? (n1 + 1) / (n1 + 2) : 1 / ((double)n - n1 + 2)) -
               OUT[i];
    return sum;
}

/* The nearer forecasts are to each other the more is a curve a line: what it says
 * does not depend on how near, until they are one number. */
static void test_forecasts_near_to_each_other(void **state) {
    (void)state;
    enum { NEAR = 1000 };
    static double wide[NEAR], said[NEAR];
    uint64_t seed = 6;
    for (int i = 0; i < NEAR; i++) {
        wide[i] = random_unit(&seed) - 0.5;
        Y[i] = random_unit(&seed) < 0.3 + 0.2 * wide[i];
    }
    for (int32_t method = 1; method <= 2; method++)
        for (double width = 1e-4; width > 1e-13; width /= 10) {
            for (int i = 0; i < NEAR; i++) P[i] = 0.3 + width * wide[i];
            const kam_calibration c = fit(method, NEAR, 0);
            apply(&c, NEAR);
            assert_near(residual(NEAR), 0, 1e-3);
            if (method == 1 && width > 9e-5) memcpy(said, OUT, sizeof said);
            for (int i = 0; i < NEAR && method == 1; i++)
                assert_near(OUT[i], width > 5e-10 ? said[i] : OUT[0], 1e-3);
        }
    assert_true(said[0] != said[1]);
}

/* Its best a is above 0 and b below; without b, a falls too. Nothing rises. */
static void test_neither_side_rises(void **state) {
    (void)state;
    const double p[] = {.659, .774, .54, .305, .479}, y[] = {0, 0, 0, 0, 1};
    memcpy(P, p, sizeof p);
    memcpy(Y, y, sizeof y);
    const kam_calibration c = fit(KAM_CALIBRATE_BETA, 5, 0);
    assert_true(c.coefficient[0] == 0 && c.coefficient[1] == 0);
    assert_near(c.coefficient[2], log(4.0 / 11), 1e-12); /* of 4 / 15 */
}

static void test_wrong_calls(void **state) {
    (void)state;
    const kam_column p = column_of(P), y = column_of(Y);
    kam_calibration c;
    simulate(100, 1, 0, 5);
    assert_status(kam_calibrate_fit(4, &p, &y, 100, NULL, NULL, NULL, &c, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_calibrate_fit(3, &p, &y, 100, NULL, NULL, NULL, &c, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_calibrate_fit(1, &p, NULL, 100, NULL, NULL, NULL, &c,
                                    NULL),
                  KAM_ERR_NULL);
    assert_status(kam_calibrate_fit(1, &p, &y, -1, NULL, NULL, NULL, &c, NULL),
                  KAM_ERR_SHAPE);
    P[3] = 1.5;
    assert_status(kam_calibrate_fit(1, &p, &y, 100, NULL, NULL, NULL, &c, NULL),
                  KAM_ERR_OPTION);
    P[3] = 0.5;
    memset(Y, 0, sizeof Y);
    assert_status(kam_calibrate_fit(1, &p, &y, 100, NULL, NULL, NULL, &c, NULL),
                  KAM_ERR_ONE_CLASS);
    /* Every row misses something, and nothing is missing in all. */
    kam_diag diag = {.struct_size = sizeof diag};
    for (int i = 0; i < 100; i++) (i % 2 ? P : Y)[i] = NAN;
    assert_status(kam_calibrate_fit(1, &p, &y, 100, NULL, NULL, NULL, &c,
                                    &diag),
                  KAM_ERR_EMPTY);
    assert_string_equal(diag.argument, "event");
    assert_string_equal(diag.message,
                        "it is known of no row of which the rest is.");
    c.method = 9;
    assert_status(kam_calibrate_apply(&c, &p, 100, NULL, OUT, NULL, NULL),
                  KAM_ERR_OPTION);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_platt),
        cmocka_unit_test(test_beta),
        cmocka_unit_test(test_isotonic_by_hand),
        cmocka_unit_test(test_the_choice),
        cmocka_unit_test(test_order_and_allocations),
        cmocka_unit_test(test_forecasts_near_to_each_other),
        cmocka_unit_test(test_neither_side_rises),
        cmocka_unit_test(test_wrong_calls),
    };
    return cmocka_run_group_tests_name("calibrate", tests, NULL, NULL);
}
