/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

#include "churn/churn_support.h"

enum { N = 1200, MONTHS = 12 };

static int64_t PERIOD[N], ACCOUNT[N];
static double PROBABILITY[N], NAIVE[N];

static kam_column integers_of(const int64_t *values) {
    kam_column column = {0};
    column.values = values;
    column.type = KAM_I64;
    return column;
}

static const double BETA[] = {-2, 1, -0.5};

static struct book *simulated(void) {
    struct book *const book = book_simulated(N, 2, BETA, 99);
    for (int64_t i = 0; i < N; i++) PERIOD[i] = i % MONTHS;
    return book;
}

static kam_backtest_panel_plan plan_of(int64_t first, int64_t step) {
    kam_backtest_panel_plan plan = {.struct_size = sizeof plan};
    plan.link = KAM_HAZARD_LOGISTIC;
    plan.first = first;
    plan.step = step;
    return plan;
}

static void run(const struct book *book, const kam_backtest_panel_plan *plan,
                kam_backtest_panel_report *report) {
    const kam_column period = integers_of(PERIOD);
    report->struct_size = sizeof *report;
    assert_status(kam_backtest_panel_rolling(&book->panel, &period, plan, NULL,
                                             PROBABILITY, NAIVE, report, NULL),
                  KAM_OK);
}

/* Each origin is a fit by hand. */
static void equals_fits(int backwards) {
    struct book *const book = simulated();
    for (int64_t i = 0; i < N && backwards; i++)
        PERIOD[i] = (N - 1 - i) % MONTHS; /* the last row comes first */
    const kam_backtest_panel_plan plan = plan_of(6, 4);
    kam_backtest_panel_report report;
    run(book, &plan, &report);
    assert_int_equal(report.n_fits, 2);
    assert_int_equal(report.n_refused, 0);
    assert_int_equal(report.n_rows, N / 2);
    for (int64_t o = 6; o < MONTHS; o += 4) {
        double event[N], beta[3], risk[N], n = 0, k = 0;
        kam_panel train = book->panel;
        for (int64_t i = 0; i < N; i++) {
            event[i] = PERIOD[i] < o ? book->event[i] : NAN;
            n += PERIOD[i] < o;
            k += PERIOD[i] < o && book->event[i] == 1;
        }
        train.event = column_of(event);
        kam_hazard_fit(KAM_HAZARD_LOGISTIC, &train, NULL, NULL, beta, NULL,
                       NULL, NULL);
        const kam_hazard model = {KAM_HAZARD_LOGISTIC, 2, beta, NULL};
        kam_hazard_risk(&model, &train, 0, NULL, risk, NULL, NULL, NULL, NULL);
        for (int64_t i = 0; i < N; i++)
            if (PERIOD[i] >= o && PERIOD[i] < o + 4) {
                assert_bits(PROBABILITY[i], risk[i]);
                assert_bits(NAIVE[i], (k + 0.5) / (n + 1));
            }
    }
    for (int64_t i = 0; i < N; i++)
        if (PERIOD[i] < 6) assert_true(isnan(PROBABILITY[i]));
    book_free(book);
}

static void test_equals_fits(void **state) {
    (void)state;
    equals_fits(0);
    equals_fits(1);
}

/* No row of a later period can change what was forecast for an earlier one. */
static void test_no_leak(void **state) {
    (void)state;
    const kam_backtest_panel_plan plan = plan_of(4, 1);
    kam_backtest_panel_report report;
    double before[N];
    for (int64_t cut = 5; cut < MONTHS; cut += 3) {
        struct book *const book = simulated();
        run(book, &plan, &report);
        memcpy(before, PROBABILITY, sizeof before);
        for (int64_t i = 0; i < N; i++) {
            if (PERIOD[i] < cut) continue;
            book->event[i] = 1 - book->event[i];
            book->x[0][i] = -7 * book->x[0][i] + 3;
            book->x[1][i] = i % 5 ? 100 : NAN;
        }
        run(book, &plan, &report);
        int moved = 0;
        for (int64_t i = 0; i < N; i++) {
            if (PERIOD[i] < cut)
                assert_bits(PROBABILITY[i], before[i]);
            else
                moved |= PROBABILITY[i] != before[i];
        }
        assert_true(moved);
        book_free(book);
    }
}

static kam_status half(void *context, const kam_panel *train,
                       double *probability) {
    int *const n_calls = context;
    for (int64_t i = 0; i < train->n_rows; i++) probability[i] = 0.5;
    return ++*n_calls == 1 ? KAM_ERR_TOO_FEW : KAM_OK;
}

static void test_own_model_and_refusals(void **state) {
    (void)state;
    struct book *const book = simulated();
    kam_backtest_panel_plan plan = plan_of(2, 5);
    kam_backtest_panel_report report;
    int n_calls = 0;
    plan.model = half;
    plan.context = &n_calls;
    run(book, &plan, &report);
    assert_int_equal(n_calls, 2);
    assert_int_equal(report.n_refused, 1);
    assert_status(report.status, KAM_ERR_TOO_FEW);
    for (int64_t i = 0; i < N; i++)
        assert_true(PERIOD[i] >= 7 ? PROBABILITY[i] == 0.5
                                   : isnan(PROBABILITY[i]));
    /* Without events before the first origin the data say nothing yet. */
    plan = plan_of(2, 5);
    for (int64_t i = 0; i < N; i++)
        if (PERIOD[i] < 2) book->event[i] = 0;
    run(book, &plan, &report);
    assert_int_equal(report.n_refused, 1);
    assert_status(report.status, KAM_ERR_ONE_CLASS);
    book_free(book);
}

static void test_wrong_calls(void **state) {
    (void)state;
    struct book *const book = simulated();
    const kam_column period = integers_of(PERIOD);
    kam_backtest_panel_plan plan = plan_of(6, 4);
#define CALL()                                                                 \
    kam_backtest_panel_rolling(&book->panel, &period, &plan, NULL,             \
                               PROBABILITY, NULL, NULL, NULL)
    plan.step = 0;
    assert_status(CALL(), KAM_ERR_OPTION);
    plan = plan_of(100, 1);
    assert_status(CALL(), KAM_ERR_EMPTY);
    plan.link = 7;
    assert_status(CALL(), KAM_ERR_OPTION);
    plan = plan_of(6, INT64_MAX);
    assert_status(CALL(), KAM_OK);
    assert_status(kam_backtest_panel_rolling(NULL, &period, &plan, NULL,
                                             PROBABILITY, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    struct lender lender;
    for (int64_t fail = 1;; fail++) {
        const kam_host host = lender_host(&lender, fail);
        PROBABILITY[0] = 77;
        const kam_status status =
            kam_backtest_panel_rolling(&book->panel, &period, &plan, &host,
                                       PROBABILITY, NULL, NULL, NULL);
        assert_int_equal(lender.n_live, 0);
        if (status == KAM_OK) break;
        assert_status(status, KAM_ERR_MEMORY);
    }
    book_free(book);
}

/* Five accounts: warned two periods ahead; warned too early and again in the
 * last; never; stayed with and without a warning. */
static void test_lead(void **state) {
    (void)state;
    static const double risk[] = {.1, .6, .7, .8,  .9, .2, .9, NAN, .5, .1,
                                  .1, .1, .1, .55, .1, .1, .1, .1,  .2, .3};
    static const double event[20] = {[3] = 1, [6] = 1, [11] = 1};
    static const int64_t rows[] = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2,
                                   2, 2, 3, 3, 3, 3, 4, 4, 4, 4};
    kam_backtest_panel_lead_report r = {.struct_size = sizeof r};
    double r2[20], e2[20];
    for (int64_t i = 0; i < 20; i++) {
        const int64_t to = shuffled_place(i, 20);
        ACCOUNT[to] = rows[i];
        PERIOD[to] = 10 + i % 4;
        r2[to] = risk[i];
        e2[to] = event[i];
    }
    const kam_column account = integers_of(ACCOUNT),
                     period = integers_of(PERIOD), at = column_of(r2),
                     left = column_of(e2);
    assert_status(kam_backtest_panel_lead(&account, &period, &at, &left, 20,
                                          0.5, NULL, &r, NULL),
                  KAM_OK);
    assert_int_equal(r.n_left, 3);
    assert_int_equal(r.n_warned, 2);
    assert_int_equal(r.n_stayed, 2);
    assert_int_equal(r.n_false, 1);
    assert_near(r.caught, 2. / 3, 1e-15);
    assert_near(r.precision, 2. / 3, 1e-15);
    assert_true(r.mean_lead == 1 && r.median_lead == 0);
    assert_status(kam_backtest_panel_lead(&account, &period, &at, &left, 20,
                                          NAN, NULL, &r, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_backtest_panel_lead(&account, &period, &at, &left, 0, 1,
                                          NULL, &r, NULL),
                  KAM_ERR_EMPTY);
    struct lender lender;
    for (int64_t fail = 1; fail <= 2; fail++) {
        const kam_host host = lender_host(&lender, fail);
        assert_status(kam_backtest_panel_lead(&account, &period, &at, &left, 20,
                                              0.5, &host, &r, NULL),
                      KAM_ERR_MEMORY);
        assert_int_equal(lender.n_live, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equals_fits),
        cmocka_unit_test(test_no_leak),
        cmocka_unit_test(test_own_model_and_refusals),
        cmocka_unit_test(test_wrong_calls),
        cmocka_unit_test(test_lead),
    };
    return cmocka_run_group_tests_name("backtest_panel", tests, NULL, NULL);
}
