/* SPDX-License-Identifier: MIT */
/* Intervals by profile likelihood. */
#include "support/check.h"
#include "support/hosts.h"
#include "value/histories.h"
#include "value/worst.h"
#include <kam/retention.h>
#include <kam/spend.h>

enum { BGNBD = 1, SBG = 2, NORMAL = 3, HIGH_END = 8 };

/* The books of make_profile.py. */
struct books {
    struct histories orders;
    struct table spend;
    kam_accounts accounts[4];
    double x[64], m[64], renewals[HIGH_END], ended[HIGH_END], weight[HIGH_END];
};

static void books_read(struct books *b) {
    static const double left[] = {131, 126, 90, 60, 42, 34, 26, 491};
    memset(b, 0, sizeof *b);
    assert_true(histories_read(&b->orders, TEST_GOLDEN "/profile_book.csv"));
    b->accounts[BGNBD] = accounts_from(&b->orders);
    assert_true(table_read(&b->spend, TEST_GOLDEN "/spend_normal_fit.csv"));
    for (int64_t i = 0; i < b->spend.n_rows; i++) {
        b->x[i] = table_at(&b->spend, i, "x");
        b->m[i] = table_at(&b->spend, i, "m");
    }
    kam_accounts *const spend = &b->accounts[NORMAL];
    *spend =
        (kam_accounts){.struct_size = sizeof *spend, .n_rows = b->spend.n_rows};
    spend->repeat_orders = column_of(b->x);
    spend->mean_order_value = column_of(b->m);
    for (int t = 0; t < HIGH_END; t++) {
        b->renewals[t] = t;
        b->ended[t] = t < HIGH_END - 1;
        b->weight[t] = left[t];
    }
    kam_accounts *const contracts = &b->accounts[SBG];
    *contracts =
        (kam_accounts){.struct_size = sizeof *contracts, .n_rows = HIGH_END};
    contracts->renewals = column_of(b->renewals);
    contracts->contract_ended = column_of(b->ended);
    contracts->weight = column_of(b->weight);
}

static void books_free(struct books *b) {
    histories_free(&b->orders);
    table_free(&b->spend);
}

static kam_status profile(const struct books *b, int model,
                          const kam_host *host, kam_estimate_interval *interval,
                          kam_diag *diag) {
    const kam_accounts *const book = &b->accounts[model];
    if (model == BGNBD)
        return kam_btyd_profile(KAM_BTYD_BGNBD, book, 1, NULL, host, interval,
                                diag);
    if (model == SBG)
        return kam_retention_profile(KAM_RETENTION_SBG, book, 1, NULL, host,
                                     interval, diag);
    return kam_spend_profile(KAM_SPEND_NORMAL, book, 1, NULL, host, interval,
                             diag);
}

static void test_golden(void **state) {
    (void)state;
    struct books b;
    struct table table;
    struct worst worst = {0};
    books_read(&b);
    assert_true(table_read(&table, TEST_GOLDEN "/profile.csv"));
    assert_int_equal(table.n_rows, 7);
    for (int64_t i = 0; i < table.n_rows; i++) {
        const int model = (int)table_at(&table, i, "model");
        const int j = (int)table_at(&table, i, "parameter");
        kam_estimate_interval interval = {.struct_size = sizeof interval,
                                          .parameter = j,
                                          .level = 0.95};
        const int is_log = model != NORMAL || j > 0;
        assert_status(profile(&b, model, NULL, &interval, NULL), KAM_OK);
        assert_int_equal(interval.fit, KAM_OK);
        const double told[] = {table_at(&table, i, "estimate"),
                               table_at(&table, i, "low"),
                               table_at(&table, i, "high")};
        look(&worst, interval.estimate, is_log ? exp(told[0]) : told[0], i);
        /* Ends of logs more than 8 away are told as infinite. */
        if (isinf(told[1]))
            assert_true(interval.low < interval.estimate * exp(-8));
        else
            look(&worst, interval.low, is_log ? exp(told[1]) : told[1], i);
        if (isinf(told[2]))
            assert_true(interval.high > interval.estimate * exp(8));
        else
            look(&worst, interval.high, is_log ? exp(told[2]) : told[2], i);
    }
    tell("profile intervals", &worst, 1e-8);
    table_free(&table);
    books_free(&b);
}

/* Narrower levels lie inside wider ones, and the estimate inside both. */
static void test_levels(void **state) {
    (void)state;
    struct books b;
    books_read(&b);
    double low = 0, high = INFINITY;
    for (double level = 0.9; level > 0.05; level -= 0.2) {
        kam_estimate_interval interval = {.struct_size = sizeof interval,
                                          .parameter = 1,
                                          .level = level};
        assert_status(profile(&b, SBG, NULL, &interval, NULL), KAM_OK);
        assert_true(low < interval.low && interval.low < interval.estimate &&
                    interval.estimate < interval.high && interval.high < high);
        low = interval.low;
        high = interval.high;
    }
    books_free(&b);
}

/* Nobody left: s and beta may be as large as they like together, and s says so. */
static void test_open_end(void **state) {
    (void)state;
    struct histories book = simulated_book(200, KAM_BTYD_MBGNBD, 2, 8, 0, 1, 3);
    const kam_accounts accounts = accounts_from(&book);
    kam_estimate_interval interval = {.struct_size = sizeof interval,
                                      .parameter = 2,
                                      .level = 0.95};
    assert_status(kam_btyd_profile(KAM_BTYD_PNBD, &accounts, 1, NULL, NULL,
                                   &interval, NULL),
                  KAM_OK);
    assert_int_equal(interval.high_status, KAM_ERR_AT_BOUND);
    assert_true(isinf(interval.high));
    interval.parameter = 0;
    assert_status(kam_btyd_profile(KAM_BTYD_PNBD, &accounts, 1, NULL, NULL,
                                   &interval, NULL),
                  KAM_OK);
    assert_int_equal(interval.low_status, KAM_OK);
    assert_int_equal(interval.high_status, KAM_OK);
    assert_true(interval.low < 2 && interval.high > 2 && interval.low > 1);
    histories_free(&book);
}

static void test_refusals(void **state) {
    (void)state;
    struct books b;
    kam_diag diag = {.struct_size = sizeof diag};
    kam_estimate_interval interval = {.struct_size = sizeof interval,
                                      .parameter = 4,
                                      .level = 0.95};
    books_read(&b);
    const kam_accounts *const book = &b.accounts[BGNBD];
    assert_status(profile(&b, BGNBD, NULL, &interval, &diag), KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "interval.parameter");
    interval.parameter = 0;
    interval.level = 1;
    assert_status(profile(&b, BGNBD, NULL, &interval, &diag), KAM_ERR_OPTION);
    interval.level = 0.95;
    assert_status(kam_btyd_profile(99, book, 1, NULL, NULL, &interval, &diag),
                  KAM_ERR_OPTION);
    assert_status(kam_btyd_profile(KAM_BTYD_MBGCNBD, book, 1, NULL, NULL,
                                   &interval, &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "options.rhythm");
    assert_status(kam_btyd_profile(KAM_BTYD_BGNBD, book, 1, NULL, NULL, NULL,
                                   &diag),
                  KAM_ERR_NULL);
    assert_status(kam_spend_profile(99, book, 1, NULL, NULL, &interval, &diag),
                  KAM_ERR_OPTION);
    assert_status(kam_retention_profile(99, book, 1, NULL, NULL, &interval,
                                        &diag),
                  KAM_ERR_OPTION);
    const kam_accounts few = one_account(b.orders.x, b.orders.t_x, b.orders.T);
    interval.low = -7;
    assert_status(kam_btyd_profile(KAM_BTYD_BGNBD, &few, 1, NULL, NULL,
                                   &interval, &diag),
                  KAM_ERR_TOO_FEW);
    assert_near(interval.low, -7, 0);
    kam_estimate_options options;
    kam_estimate_options_init(&options, sizeof options);
    options.rhythm = 2;
    assert_status(kam_btyd_profile(KAM_BTYD_MBGCNBD, book, 1, &options, NULL,
                                   &interval, &diag),
                  KAM_OK);
    books_free(&b);
}

static void test_every_allocation_failed(void **state) {
    (void)state;
    struct books b;
    struct lender lender;
    int64_t fail_at = 0;
    kam_status status;
    books_read(&b);
    do {
        kam_estimate_interval interval = {.struct_size = sizeof interval,
                                          .parameter = 0,
                                          .level = 0.5};
        kam_host host = lender_host(&lender, ++fail_at);
        status = profile(&b, BGNBD, &host, &interval, NULL);
        assert_int_equal(lender.n_live, 0);
        if (status == KAM_OK) break;
        assert_status(status, KAM_ERR_MEMORY);
        assert_near(interval.high, 0, 0);
    } while (fail_at < 100);
    assert_true(fail_at > 4 && fail_at < 100);
    books_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_open_end),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_every_allocation_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
