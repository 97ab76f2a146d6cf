/* SPDX-License-Identifier: MIT */
/* kam_btyd_reasons: exact sums, what moves what, and rows without an answer. */
#include "support/check.h"
#include "support/hosts.h"

enum { ROWS = 400 };

static const kam_btyd MODEL = {KAM_BTYD_MBGNBD, 4, 7, {0.9, 9, 0.6, 2.4}};
static const double TYPICAL[3] = {4, 60, 75}; /* every 15, silent for 15 */

static kam_accounts view(const double *x, const double *t_x, const double *T,
                         int64_t n) {
    kam_accounts a = {.struct_size = sizeof a, .n_rows = n};
    a.repeat_orders = column_of(x);
    a.last_order_periods = column_of(t_x);
    a.age_periods = column_of(T);
    return a;
}

static void explain(const kam_accounts *a, kam_reason *reasons) {
    assert_status(kam_btyd_reasons(&MODEL, a, 52, TYPICAL, NULL, reasons, NULL,
                                   NULL),
                  KAM_OK);
}

static void draw(double *x, double *t_x, double *T) {
    uint64_t seed = 77;
    for (int i = 0; i < ROWS; i++) {
        T[i] = floor(200 * random_unit(&seed)) * (i % 50 ? 1 : 0);
        x[i] = floor(30 * random_unit(&seed) * random_unit(&seed));
        t_x[i] = x[i] > 0 ? floor(T[i] * random_unit(&seed)) : 0;
    }
}

/* Base and parts add up to the log-odds of the risk, with ==, in any order. */
static void test_exact_sums(void **state) {
    (void)state;
    static double x[ROWS], t_x[ROWS], T[ROWS], risk[ROWS];
    static kam_reason reasons[ROWS][4];
    draw(x, t_x, T);
    const kam_accounts a = view(x, t_x, T, ROWS);
    explain(&a, &reasons[0][0]);
    assert_status(kam_btyd_no_order(&MODEL, &a, 52, NULL, risk, NULL, NULL),
                  KAM_OK);
    static const int order[4][4] = {{0, 1, 2, 3},
                                    {3, 2, 1, 0},
                                    {2, 0, 3, 1},
                                    {1, 3, 0, 2}};
    for (int i = 0; i < ROWS; i++) {
        double sum[4];
        for (int k = 0; k < 4; k++) {
            sum[k] = 0;
            for (int j = 0; j < 4; j++)
                sum[k] += reasons[i][order[k][j]].contribution;
            assert_bits(sum[k], sum[0]);
        }
        if (risk[i] < 1 - 1e-6) /* above, 1 - risk has lost its digits */
            assert_near(sum[0], log(risk[i] / (1 - risk[i])), 1e-9);
        for (int j = 0; j < 4; j++) {
            const double c = reasons[i][j].contribution * 0x1p40;
            assert_true(c == floor(c));
            assert_int_equal(reasons[i][j].id, KAM_REASON_BASE + j);
        }
    }
}

/* The typical account has no reason but the base. */
static void test_typical(void **state) {
    (void)state;
    kam_reason reasons[4];
    double risk;
    const kam_accounts a = view(&TYPICAL[0], &TYPICAL[1], &TYPICAL[2], 1);
    explain(&a, reasons);
    assert_status(kam_btyd_no_order(&MODEL, &a, 52, NULL, &risk, NULL, NULL),
                  KAM_OK);
    for (int j = 1; j < 4; j++) assert_near(reasons[j].contribution, 0, 1e-10);
    assert_near(reasons[0].value, risk, 1e-14);
}

/* Where orders are counted by period, every mixture of facts is a history, also
 * with a typical account that is none; and the parts add up. */
static void test_by_period(void **state) {
    (void)state;
    static const kam_btyd model = {KAM_BTYD_BGBB, 4, 30, {1.2, 0.8, 0.5, 9}};
    static const double references[][3] = {{4, 10, 12}, {3.5, 9.5, 11.25}};
    static double x[ROWS], t_x[ROWS], T[ROWS], risk[ROWS];
    static kam_reason reasons[ROWS][4];
    draw(x, t_x, T);
    for (int i = 0; i < ROWS; i++) {
        T[i] = floor(T[i] / 8);
        t_x[i] = floor(t_x[i] / 8);
        x[i] = x[i] < t_x[i] ? x[i] : t_x[i];
    }
    const kam_accounts a = view(x, t_x, T, ROWS);
    assert_status(kam_btyd_no_order(&model, &a, 12, NULL, risk, NULL, NULL),
                  KAM_OK);
    for (int r = 0; r < 2; r++) {
        assert_status(kam_btyd_reasons(&model, &a, 12, references[r], NULL,
                                       &reasons[0][0], NULL, NULL),
                      KAM_OK);
        for (int i = 0; i < ROWS; i++) {
            double sum = 0;
            for (int j = 0; j < 4; j++) sum += reasons[i][j].contribution;
            assert_true(isfinite(sum));
            if (risk[i] < 1 - 1e-6)
                assert_near(sum, log(risk[i] / (1 - risk[i])), 1e-9);
        }
    }
}

/* Only what differs from the typical account is a reason, with its sign, and its
 * fact is in days. */
static void test_one_fact_at_a_time(void **state) {
    (void)state;
    static const double rows[4][3] = {
        {4, 60, 115},  /* silent for 55 */
        {4, 60, 65},   /* silent for 5 */
        {9, 67.5, 75}, /* every 7.5, as long and on its rhythm */
        {9, 135, 150}  /* for twice as long */
    };
    static const int moved[] = {1, 1, 2, 3}, sign[] = {1, -1, -1, -1};
    kam_reason reasons[4];
    for (int r = 0; r < 4; r++) {
        const kam_accounts a = view(&rows[r][0], &rows[r][1], &rows[r][2], 1);
        explain(&a, reasons);
        for (int k = 1; k < 4; k++)
            if (k == moved[r])
                assert_true(sign[r] * reasons[k].contribution > 0.05);
            else
                assert_near(reasons[k].contribution, 0, 1e-10);
        assert_near(reasons[1].value, 7 * (rows[r][2] - rows[r][1]), 1e-12);
        assert_near(reasons[2].value, 7 * rows[r][1] / rows[r][0], 1e-12);
        assert_near(reasons[3].value, 7 * rows[r][2], 1e-12);
        assert_int_equal(reasons[1].tenths, r == 0 ? 37 : r == 1 ? 3 : 10);
    }
    /* Never ordered again: a rhythm of no number. */
    const double never[] = {0, 0, 70};
    const kam_accounts c = view(&never[0], &never[1], &never[2], 1);
    explain(&c, reasons);
    assert_true(isinf(reasons[2].value) && isfinite(reasons[2].contribution));
    assert_int_equal(reasons[1].tenths, 0);
    assert_true(reasons[1].contribution > 0);
}

/* Whoever is silent for longer than its own interval has a higher risk for it,
 * whoever is not a lower one (but where orders are a clock and the next one is
 * not due within the horizon): for accounts long gone too. */
static void test_silence_beside_own_interval(void **state) {
    (void)state;
    static const kam_btyd models[] = {
        {KAM_BTYD_MBGNBD, 4, 7, {0.9, 9, 0.6, 2.4}},
        {KAM_BTYD_BGNBD, 4, 7, {0.9, 9, 0.8, 2.4}},
        {KAM_BTYD_PNBD, 4, 7, {0.9, 9, 0.6, 20}},
        {KAM_BTYD_GGOMNBD, 5, 7, {0.9, 9, 0.02, 0.6, 0.5}},
        {KAM_BTYD_MBGCNBD, 5, 7, {0.9, 4, 0.6, 2.4, 3}},
        {KAM_BTYD_BGCNBD, 5, 7, {0.9, 4, 0.8, 2.4, 3}}};
    static double x[ROWS], t_x[ROWS], T[ROWS];
    static kam_reason reasons[ROWS][4];
    draw(x, t_x, T);
    for (int i = 0; i < ROWS; i += 3) T[i] += 600;
    for (int m = 0; m < 6; m++) {
        const kam_accounts a = view(x, t_x, T, ROWS);
        assert_status(kam_btyd_reasons(&models[m], &a, 52, TYPICAL, NULL,
                                       &reasons[0][0], NULL, NULL),
                      KAM_OK);
        for (int i = 0; i < ROWS; i++) {
            const double own = x[i] > 0 && t_x[i] > 0 ? t_x[i] / x[i] : 15;
            const double longer = T[i] - t_x[i] - own;
            const double c = reasons[i][1].contribution;
            if (longer > 1e-9) assert_true(c >= 0);
            if (longer > 1 && x[i] > 1 && m != 1) assert_true(c > 0);
            if (longer < -1e-9 && m < 4) assert_true(c <= 0);
            if (fabs(longer) < 1e-9) assert_near(c, 0, 1e-9);
        }
    }
}

static void test_flags_and_bits(void **state) {
    (void)state;
    static double x[ROWS], t_x[ROWS], T[ROWS];
    static kam_reason whole[ROWS][4], one[4];
    uint32_t flag[ROWS];
    draw(x, t_x, T);
    x[7] = NAN;
    t_x[9] = T[9] + 1, x[9] = 3;
    const kam_accounts a = view(x, t_x, T, ROWS);
    const kam_host host = {.struct_size = sizeof host,
                           .isa = KAM_ISA_V3,
                           .parallel_for = run_backwards};
    assert_status(kam_btyd_reasons(&MODEL, &a, 52, TYPICAL, &host, &whole[0][0],
                                   flag, NULL),
                  KAM_OK);
    assert_int_equal(flag[7], KAM_ROW_MISSING);
    assert_int_equal(flag[9], KAM_ROW_DOMAIN);
    assert_true(isnan(whole[7][1].contribution) && isnan(whole[9][1].value));
    for (int i = 0; i < ROWS; i++) {
        if (flag[i]) continue;
        const kam_accounts row = view(&x[i], &t_x[i], &T[i], 1);
        explain(&row, one);
        assert_memory_equal(one, whole[i], sizeof one);
    }
}

static void test_bad_arguments(void **state) {
    (void)state;
    const double x = 1, t = 2;
    const kam_accounts a = view(&x, &t, &t, 1);
    const double odd[3] = {1, 9, 5};
    kam_reason reasons[4];
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_btyd_reasons(&MODEL, &a, 52, NULL, NULL, reasons, NULL,
                                   NULL),
                  KAM_ERR_NULL);
    assert_status(kam_btyd_reasons(&MODEL, &a, 52, TYPICAL, NULL, NULL, NULL,
                                   NULL),
                  KAM_ERR_NULL);
    assert_status(kam_btyd_reasons(&MODEL, &a, 52, odd, NULL, reasons, NULL,
                                   &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "reference");
    const double endless[2][3] = {{INFINITY, 1, 5}, {1, 1, INFINITY}};
    for (int i = 0; i < 2; i++)
        assert_status(kam_btyd_reasons(&MODEL, &a, 52, endless[i], NULL,
                                       reasons, NULL, NULL),
                      KAM_ERR_OPTION);
    assert_status(kam_btyd_reasons(&MODEL, &a, 0, TYPICAL, NULL, reasons, NULL,
                                   &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "horizon_periods");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_sums),
        cmocka_unit_test(test_typical),
        cmocka_unit_test(test_by_period),
        cmocka_unit_test(test_one_fact_at_a_time),
        cmocka_unit_test(test_silence_beside_own_interval),
        cmocka_unit_test(test_flags_and_bits),
        cmocka_unit_test(test_bad_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
