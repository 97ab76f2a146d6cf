/* SPDX-License-Identifier: MIT */
/* kam/btyd_choose.h: CDNOW against the peers' table, books of known kind, and
 * wrong calls. */
#include "support/check.h"
#include "support/hosts.h"
#include "value/histories.h"

enum { BG = KAM_BTYD_BGNBD, MBG = KAM_BTYD_MBGNBD, MOST = 6 };

struct choice {
    kam_status status;
    kam_btyd_candidate candidate[MOST];
    int32_t best;
    kam_diag diag;
};

static struct choice choose(const kam_accounts *parts, int64_t n_parts,
                            const int32_t *families, int32_t n_families,
                            int32_t criterion, double horizon,
                            const double *actual, const double *before,
                            const kam_host *host) {
    struct choice choice;
    kam_btyd_contest contest = {.struct_size = sizeof contest,
                                .criterion = criterion,
                                .n_families = n_families,
                                .families = families,
                                .horizon_periods = horizon};
    memset(&choice, 0x44, sizeof choice);
    choice.diag.struct_size = sizeof choice.diag;
    if (actual) contest.actual_orders = column_of(actual);
    if (before) contest.orders_before = column_of(before);
    choice.status =
        kam_btyd_choose(parts, n_parts, 7, &contest, NULL, host,
                        choice.candidate, &choice.best, &choice.diag);
    return choice;
}

/* The holdout of weeks 40-78: bias -12.15 and -16.22 %, MAE .7855 and .7648,
 * RMSE 1.6080 and 1.6072 (shared/reference, peers-measured.md), and to all digits
 * of the peer that converges best. */
static void test_cdnow(void **state) {
    (void)state;
    struct table table, peer, orders;
    struct histories book;
    const char *const path = TEST_SHARED "/reference/mle_bgnbd_cdnow_pred.csv";
    skip_without(table_read(&peer,
                            TEST_SHARED "/reference/holdout_lifetimes.csv"),
                 "shared/reference");
    skip_without(table_read(&table, path), path);
    skip_without(table_read(&orders, TEST_SHARED
                            "/reference/clvtools_bgnbd_cdnow_pred.csv"),
                 "shared/reference");
    assert_true(histories_read(&book, path));
    to_whole_days(&book);
    const kam_accounts accounts = accounts_from(&book);
    double *const actual = calloc((size_t)book.n, sizeof *actual);
    for (int64_t i = 0; i < book.n; i++)
        actual[i] = table_at(&orders, i, "actual.x");
    const int32_t families[] = {BG, MBG};
    const struct choice choice =
        choose(&accounts, 1, families, 2, KAM_BTYD_BY_HOLDOUT, 39, actual, NULL,
               NULL);
    assert_status(choice.status, KAM_OK);
    for (int k = 0; k < 2; k++) {
        const kam_btyd_candidate *const of = &choice.candidate[k];
        assert_int_equal(of->family, families[k]);
        assert_int_equal(of->n_holdout, 2357);
        assert_bits(of->actual, 1882);
        assert_relative(of->forecast, table_at(&peer, k, "sum_cet39"), 1e-6);
        assert_relative(100 * (of->forecast / of->actual - 1),
                        table_at(&peer, k, "cet_bias_pct"), 1e-5);
        assert_relative(of->mae, table_at(&peer, k, "mae"), 1e-6);
        assert_relative(of->rmse, table_at(&peer, k, "rmse"), 1e-6);
        assert_relative(of->aic, 8 - 2 * of->log_likelihood, 1e-15);
        assert_relative(of->bic, 4 * log(2357) - 2 * of->log_likelihood, 1e-15);
    }
    assert_near(choice.candidate[0].log_likelihood, -9582.429206673931, 1e-8);
    assert_near(choice.candidate[0].mae, 0.7855, 0.00005);
    assert_near(choice.candidate[1].mae, 0.7648, 0.00005);
    assert_near(choice.candidate[0].rmse, 1.6080, 0.00005);
    assert_near(choice.candidate[1].rmse, 1.6072, 0.00005);
    /* Both beat going on as before; MBG/NBD is the best. */
    assert_int_equal(choice.best, 1);
    assert_int_equal(choice.candidate[2].family, KAM_BTYD_OWN_RATE);
    assert_true(choice.candidate[2].rmse > 1.65);
    assert_int_equal(choice.candidate[3].family, KAM_BTYD_ORDERS_BEFORE);
    assert_int_equal(choice.candidate[3].n_holdout, 0);
    assert_true(isnan(choice.candidate[3].rmse));
    free(actual);
    histories_free(&book);
    table_free(&table);
    table_free(&peer);
    table_free(&orders);
}

/* Orders that nobody's leaving explains: everyone goes on at the own rate, and
 * the baseline says so. */
static void test_a_baseline_wins(void **state) {
    (void)state;
    enum { N = 400 };
    struct histories book = histories_new(N);
    double actual[N], before[N];
    uint64_t seed = 3;
    for (int i = 0; i < N; i++) {
        book.T[i] = 40;
        book.x[i] = floor(20 * random_unit(&seed) * random_unit(&seed));
        book.t_x[i] = book.x[i] > 0 ? 40 * random_unit(&seed) : 0;
        before[i] = floor(5 * random_unit(&seed));
        actual[i] = book.x[i] / 2;
    }
    const kam_accounts accounts = accounts_from(&book);
    const int32_t families[] = {BG, MBG};
    struct choice choice =
        choose(&accounts, 1, families, 2, KAM_BTYD_BY_HOLDOUT, 20, actual,
               before, NULL);
    assert_status(choice.status, KAM_OK);
    assert_int_equal(choice.best, 2);
    assert_bits(choice.candidate[2].rmse, 0);
    assert_int_equal(choice.candidate[3].n_holdout, N);
    assert_true(choice.candidate[3].rmse > 1);
    /* By what they say of the book, baselines do not count. */
    choice = choose(&accounts, 1, families, 2, KAM_BTYD_BY_AIC, 20, actual,
                    before, NULL);
    assert_status(choice.status, KAM_OK);
    assert_true(choice.best < 2);
    /* Last time's orders, when they come again. */
    choice = choose(&accounts, 1, families, 2, KAM_BTYD_BY_HOLDOUT, 20, before,
                    before, NULL);
    assert_int_equal(choice.best, 3);
    /* Unknown orders do not count. */
    before[7] = NAN;
    choice = choose(&accounts, 1, families, 2, KAM_BTYD_BY_HOLDOUT, 20, actual,
                    before, NULL);
    for (int k = 0; k < 4; k++)
        assert_int_equal(choice.candidate[k].n_holdout, N - 1);
    /* Nor do endless ones. */
    actual[9] = INFINITY;
    choice = choose(&accounts, 1, families, 2, KAM_BTYD_BY_HOLDOUT, 20, actual,
                    before, NULL);
    for (int k = 0; k < 4; k++)
        assert_int_equal(choice.candidate[k].n_holdout, N - 2);
    histories_free(&book);
}

/* A regular book is told from an irregular one; k counts as a parameter. */
static void test_rhythm_is_found(void **state) {
    (void)state;
    enum { N = 2000 };
    for (int k = 1; k <= 2; k++) {
        struct histories book = histories_new(N);
        double *const log_gaps = calloc(N, sizeof *log_gaps);
        uint64_t seed = 21;
        for (int i = 0; i < N; i++) {
            const double rate = random_gamma(&seed, 2) / 4;
            const double of_a = random_gamma(&seed, 1);
            const double p = of_a / (of_a + random_gamma(&seed, 3));
            double t = 0;
            book.T[i] = 30;
            int active = random_unit(&seed) >= p;
            while (active) {
                const double gap = random_gamma(&seed, k) / rate;
                if (t + gap > 30) break;
                t += gap;
                log_gaps[i] += log(gap);
                book.x[i]++;
                book.t_x[i] = t;
                active = random_unit(&seed) >= p;
            }
        }
        kam_accounts accounts = accounts_from(&book);
        accounts.log_gaps = column_of(log_gaps);
        const int32_t families[] = {MBG, KAM_BTYD_MBGCNBD, BG};
        const struct choice choice =
            choose(&accounts, 1, families, 3, KAM_BTYD_BY_BIC, 0, NULL, NULL,
                   NULL);
        assert_status(choice.status, KAM_OK);
        assert_int_equal(choice.best, k - 1);
        assert_bits(choice.candidate[1].model.parameter[4], k);
        assert_int_equal(choice.candidate[1].n_parameters, 5);
        assert_true(isnan(choice.candidate[0].rmse));
        if (k == 1)
            assert_near(choice.candidate[1].log_likelihood,
                        choice.candidate[0].log_likelihood, 1e-9);
        /* Pieces and executors: the same bits. */
        kam_host host = {.struct_size = sizeof host,
                         .parallel_for = run_backwards};
        kam_accounts parts[2] = {accounts, accounts};
        assert_status(kam_accounts_slice(&accounts, 0, 700, &parts[0]), KAM_OK);
        assert_status(kam_accounts_slice(&accounts, 700, 1300, &parts[1]),
                      KAM_OK);
        const struct choice cut = choose(parts, 2, families, 3, KAM_BTYD_BY_BIC,
                                         0, NULL, NULL, &host);
        assert_memory_equal(cut.candidate, choice.candidate,
                            5 * sizeof *cut.candidate);
        histories_free(&book);
        free(log_gaps);
    }
}

/* With a given k > 1 the likelihood is of gaps, too: no AIC beside others. */
static void test_a_given_rhythm(void **state) {
    (void)state;
    struct histories book = simulated_book(300, MBG, 2, 15, 1, 3, 8);
    double *const log_gaps = calloc((size_t)book.n, sizeof *log_gaps);
    for (int64_t i = 0; i < book.n; i++)
        log_gaps[i] =
            book.x[i] > 0 ? book.x[i] * log(book.t_x[i] / book.x[i]) : 0;
    kam_accounts accounts = accounts_from(&book);
    accounts.log_gaps = column_of(log_gaps);
    const int32_t families[] = {MBG, KAM_BTYD_MBGCNBD};
    const kam_btyd_contest contest = {.struct_size = sizeof contest,
                                      .criterion = KAM_BTYD_BY_BIC,
                                      .n_families = 2,
                                      .families = families};
    for (int32_t k = 1; k <= 2; k++) {
        kam_estimate_options options;
        kam_btyd_candidate candidate[4];
        int32_t best = -1;
        assert_status(kam_estimate_options_init(&options, sizeof options),
                      KAM_OK);
        options.rhythm = k;
        assert_status(kam_btyd_choose(&accounts, 1, 7, &contest, &options, NULL,
                                      candidate, &best, NULL),
                      KAM_OK);
        assert_bits(candidate[1].model.parameter[4], k);
        assert_int_equal(isnan(candidate[1].bic), k == 2);
        assert_int_equal(best, 0);
    }
    histories_free(&book);
    free(log_gaps);
}

/* Fits that fail are told, and do not win. */
static void test_no_candidate(void **state) {
    (void)state;
    const double x[] = {0, 0, 0}, t_x[] = {0, 0, 0}, T[] = {3, 4, 5};
    const double actual[] = {0, 1, 0};
    kam_accounts accounts = one_account(x, t_x, T);
    accounts.n_rows = 3;
    const int32_t families[] = {BG, KAM_BTYD_BGBB};
    struct choice choice =
        choose(&accounts, 1, families, 2, KAM_BTYD_BY_AIC, 0, NULL, NULL, NULL);
    assert_status(choice.status, KAM_ERR_EMPTY);
    assert_int_equal(choice.best, -1);
    assert_status(choice.candidate[0].status, KAM_ERR_TOO_FEW);
    assert_int_equal(choice.candidate[0].model.family, 0);
    choice = choose(&accounts, 1, families, 2, KAM_BTYD_BY_HOLDOUT, 2, actual,
                    NULL, NULL);
    assert_status(choice.status, KAM_OK);
    assert_int_equal(choice.best, 2);
}

static void test_memory(void **state) {
    (void)state;
    struct histories book = simulated_book(200, MBG, 2, 15, 1, 3, 4);
    const kam_accounts accounts = accounts_from(&book);
    const int32_t families[] = {BG, MBG};
    struct lender lender;
    kam_host host = lender_host(&lender, 0);
    struct choice choice = choose(&accounts, 1, families, 2, KAM_BTYD_BY_AIC, 0,
                                  NULL, NULL, &host);
    const int64_t calls = lender.n_calls;
    assert_status(choice.status, KAM_OK);
    for (int64_t fail = 1; fail <= calls; fail++) {
        host = lender_host(&lender, fail);
        choice = choose(&accounts, 1, families, 2, KAM_BTYD_BY_AIC, 0, NULL,
                        NULL, &host);
        assert_status(choice.status, KAM_ERR_MEMORY);
        assert_int_equal(lender.n_live, 0);
    }
    histories_free(&book);
}

static void expect_wrong(const kam_btyd_contest *contest, kam_status status,
                         const char *argument) {
    const double x = 1, t_x = 1, T = 2;
    const kam_accounts accounts = one_account(&x, &t_x, &T);
    kam_btyd_candidate candidate[MOST];
    int32_t best = 55;
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_btyd_choose(&accounts, 1, 7, contest, NULL, NULL,
                                  candidate, &best, &diag),
                  status);
    assert_string_equal(diag.argument, argument);
    assert_int_equal(best, 55);
}

static void test_wrong_calls(void **state) {
    (void)state;
    const int32_t families[] = {BG, 99};
    const double one = 1;
    kam_btyd_contest good = {.struct_size = sizeof good,
                             .criterion = KAM_BTYD_BY_AIC,
                             .n_families = 1,
                             .families = families};
    expect_wrong(NULL, KAM_ERR_NULL, "contest");
    kam_btyd_contest bad = good;
    bad.struct_size = 8;
    expect_wrong(&bad, KAM_ERR_STRUCT, "contest");
    bad = good;
    bad.reserved = 1;
    expect_wrong(&bad, KAM_ERR_NEWER, "contest.reserved");
    bad = good;
    bad.criterion = 0;
    expect_wrong(&bad, KAM_ERR_OPTION, "contest.criterion");
    bad.criterion = 4;
    expect_wrong(&bad, KAM_ERR_OPTION, "contest.criterion");
    bad = good;
    bad.n_families = 0;
    expect_wrong(&bad, KAM_ERR_SHAPE, "contest.n_families");
    bad = good;
    bad.n_families = 2;
    expect_wrong(&bad, KAM_ERR_OPTION, "contest.families");
    bad = good;
    bad.families = NULL;
    expect_wrong(&bad, KAM_ERR_NULL, "contest.families");
    bad = good;
    bad.criterion = KAM_BTYD_BY_HOLDOUT;
    expect_wrong(&bad, KAM_ERR_OPTION, "contest.horizon_periods");
    bad = good;
    bad.horizon_periods = -1;
    expect_wrong(&bad, KAM_ERR_OPTION, "contest.horizon_periods");
    bad = good;
    bad.horizon_periods = 3;
    expect_wrong(&bad, KAM_ERR_NULL, "contest.actual_orders");
    bad.actual_orders = column_of(&one);
    bad.orders_before = column_of(&one);
    bad.orders_before.type = KAM_CHARS;
    expect_wrong(&bad, KAM_ERR_TYPE, "contest.orders_before");
}

/* Tails of chi-squared laws (tables of any textbook). */
static void test_ratio_test(void **state) {
    (void)state;
    assert_near(kam_estimate_ratio_test(-10, -10 + 3.841458820694124 / 2, 1),
                0.05, 1e-12);
    assert_near(kam_estimate_ratio_test(-10, -10 + 9.210340371976184 / 2, 2),
                0.01, 1e-12);
    assert_bits(kam_estimate_ratio_test(-10, -10, 3), 1);
    assert_bits(kam_estimate_ratio_test(-10, -11, 1), 1);
    assert_true(isnan(kam_estimate_ratio_test(NAN, -11, 1)));
    assert_true(isnan(kam_estimate_ratio_test(-10, NAN, 1)));
    assert_true(isnan(kam_estimate_ratio_test(-10, -9, 0)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cdnow),
        cmocka_unit_test(test_a_baseline_wins),
        cmocka_unit_test(test_rhythm_is_found),
        cmocka_unit_test(test_a_given_rhythm),
        cmocka_unit_test(test_no_candidate),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_wrong_calls),
        cmocka_unit_test(test_ratio_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
