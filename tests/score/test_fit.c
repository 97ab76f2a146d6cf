/* SPDX-License-Identifier: MIT */
/* kam_fit: the parts it is made of, books that cannot answer, and the bits. */
#include "support/check.h"
#include "support/hosts.h"

#include "score_book.h"

static kam_status fit(const kam_accounts *parts, int64_t n_parts,
                      const kam_host *host, kam_models *models,
                      kam_fit_report *report) {
    models->struct_size = sizeof *models;
    if (report) report->struct_size = sizeof *report;
    return kam_fit(parts, n_parts, NULL, host, models, report, NULL);
}

/* What it gives is what its parts give. */
static void test_parts_agree(void **state) {
    (void)state;
    kam_account account[BOOK];
    book_fill(account, BOOK);
    const kam_accounts view = book_view(account, BOOK);
    kam_models models;
    kam_fit_report report;
    assert_status(fit(&view, 1, NULL, &models, &report), KAM_OK);
    kam_btyd orders;
    kam_spend spend;
    double covariance[16];
    assert_status(kam_btyd_fit(KAM_BTYD_MBGNBD, &view, 1, 7, NULL, NULL,
                               &orders, covariance, NULL, NULL),
                  KAM_OK);
    assert_status(kam_spend_fit(KAM_SPEND_GAMMA_GAMMA, &view, 1, NULL, NULL,
                                &spend, NULL, NULL, NULL),
                  KAM_OK);
    assert_memory_equal(&models.orders, &orders, sizeof orders);
    assert_memory_equal(&models.spend, &spend, sizeof spend);
    assert_memory_equal(models.orders_covariance, covariance,
                        sizeof covariance);
    assert_int_equal(report.orders_ml, KAM_OK);
    assert_int_equal(report.orders_culprit, -1);
    assert_int_equal(report.orders.prior, KAM_PRIOR_NONE);
    /* T1: the CNY preset. */
    assert_int_equal(models.n_bands, 3);
    assert_true(models.limits[0].enter == 5000000 &&
                models.limits[2].keep == 500000);
}

/* All accounts sell at one price: an order is worth that, and a lifetime as
 * many of them as are expected; only how many come is in doubt. */
static void test_one_price(void **state) {
    (void)state;
    static kam_account account[BOOK];
    static double orders[BOOK], value[BOOK], low[BOOK], high[BOOK];
    book_fill(account, BOOK);
    for (int i = 0; i < BOOK; i++) {
        account[i].mean_order_value = account[i].repeat_orders > 0 ? 40 : 0;
        account[i].gross_revenue = account[i].direct_cost = NAN;
        account[i].returns = account[i].service_cost = NAN;
    }
    const kam_accounts view = book_view(account, BOOK);
    kam_models models;
    kam_fit_report report;
    assert_status(fit(&view, 1, NULL, &models, &report), KAM_OK);
    assert_int_equal(models.spend.family, KAM_SPEND_EQUAL);
    assert_relative(models.spend.parameter[0], 40, 1e-14);
    assert_status(report.spend_ml, KAM_ERR_CONSTANT);
    assert_status(report.spend.status, KAM_OK);
    kam_clv_options future;
    kam_clv_options_init(&future, sizeof future);
    future.discount_per_year = 0;
    const kam_policy policy = {.struct_size = sizeof policy, .future = &future};
    kam_scores scores = {.struct_size = sizeof scores};
    scores.expected_orders = orders;
    scores.lifetime_value = value;
    scores.lifetime_value_low = low;
    scores.lifetime_value_high = high;
    assert_status(kam_score(&view, &models, &policy, KAM_NO_DAY, NULL, &scores,
                            NULL),
                  KAM_OK);
    for (int i = 0; i < BOOK; i++) {
        assert_relative(value[i], 40 * orders[i], 1e-12);
        assert_true(low[i] <= high[i] && high[i] < 40 * 400);
    }
}

/* Three accounts whose medians can be read off. */
static void test_reference(void **state) {
    (void)state;
    kam_account account[5];
    const double fact[5][3] = {
        {4, 30, 40}, {10, 90, 100}, {2, 5, 50}, {6, 58, 60}, {9, 70, 80}};
    memset(account, 0, sizeof account);
    for (int i = 0; i < 5; i++) {
        account[i].repeat_orders = fact[i][0];
        account[i].last_order_periods = fact[i][1];
        account[i].age_periods = fact[i][2];
        account[i].mean_order_value = 10 + i;
        account[i].weight = 1;
    }
    const kam_accounts view = book_view(account, 5);
    kam_models models;
    assert_status(fit(&view, 1, NULL, &models, NULL), KAM_OK);
    /* Medians: silence 10 of {10, 10, 45, 2, 10}, rhythm .1 of {.1, .1, .04, .1,
     * .1125}, tenure 60 of {40, 100, 50, 60, 80}. */
    assert_near(models.reference[0], 6, 1e-12);
    assert_near(models.reference[1], 50, 1e-12);
    assert_near(models.reference[2], 60, 0);
    /* Most never came again: no orders, so no silence since the last. */
    for (int i = 0; i < 3; i++)
        account[i].repeat_orders = account[i].last_order_periods = 0;
    assert_status(fit(&view, 1, NULL, &models, NULL), KAM_OK);
    assert_near(models.reference[0], 0, 0);
    assert_near(models.reference[1], 0, 0);
    assert_near(models.reference[2], 60, 0);
}

/* A book of regular or irregular orders, about a third of them gone. */
static void rhythmic_book(kam_account *account, int events, int with_gaps) {
    uint64_t seed = 31;
    book_fill(account, BOOK);
    for (int i = 0; i < BOOK; i++) {
        kam_account *const a = &account[i];
        const double rate = (0.1 + 0.4 * random_unit(&seed)) * events;
        const double gone =
            -40 * log(random_unit(&seed)) / (0.1 + random_unit(&seed));
        double t = 0;
        a->age_periods = floor(40 + 60 * random_unit(&seed));
        a->repeat_orders = a->last_order_periods = a->log_gaps = 0;
        for (;;) {
            double gap = 0;
            for (int k = 0; k < events; k++)
                gap -= log(1 - random_unit(&seed)) / rate;
            t += gap;
            if (t > a->age_periods || t > gone) break;
            a->repeat_orders++;
            a->last_order_periods = t;
            a->log_gaps += log(gap);
        }
        if (!with_gaps) a->log_gaps = NAN;
    }
}

/* KAM_FIT_CHOOSE fits what kam_btyd_choose says is best by BIC, and nothing else
 * changes. */
static void expect_choice(const kam_account *account, int64_t n,
                          int32_t n_families, int32_t expected) {
    static const int32_t families[] = {KAM_BTYD_MBGNBD, KAM_BTYD_PNBD,
                                       KAM_BTYD_MBGCNBD};
    const kam_accounts view = book_view(account, n);
    kam_btyd_contest contest = {.struct_size = sizeof contest,
                                .criterion = KAM_BTYD_BY_BIC,
                                .n_families = n_families,
                                .families = families};
    kam_btyd_candidate candidate[5];
    int32_t best = -1;
    kam_fit_options options;
    kam_models chosen = {.struct_size = sizeof chosen}, plain = chosen;
    assert_status(kam_fit_options_init(&options, sizeof options), KAM_OK);
    options.family = KAM_FIT_CHOOSE;
    assert_status(kam_fit(&view, 1, &options, NULL, &chosen, NULL, NULL),
                  KAM_OK);
    options.family = expected;
    assert_status(kam_fit(&view, 1, &options, NULL, &plain, NULL, NULL),
                  KAM_OK);
    assert_int_equal(chosen.orders.family, expected);
    assert_memory_equal(&chosen, &plain, sizeof chosen);
    if (n < BOOK) return;
    assert_status(kam_btyd_choose(&view, 1, 7, &contest, NULL, NULL, candidate,
                                  &best, NULL),
                  KAM_OK);
    assert_int_equal(candidate[best].family, expected);
    for (int i = 0; i < n_families; i++)
        assert_true(candidate[best].bic <= candidate[i].bic);
}

static void test_choose(void **state) {
    (void)state;
    kam_account account[BOOK];
    rhythmic_book(account, 3, 1);
    expect_choice(account, BOOK, 3, KAM_BTYD_MBGCNBD);
    /* Without times between orders their rhythm cannot be known. */
    rhythmic_book(account, 1, 0);
    expect_choice(account, BOOK, 2, KAM_BTYD_PNBD);
    /* Four accounts have no interior maximum to compare. */
    expect_choice(account, 4, 2, KAM_BTYD_MBGNBD);
}

/* Nobody leaves: no interior maximum, so the weak prior answers, and the report
 * says both. */
static void test_fallback(void **state) {
    (void)state;
    kam_account account[BOOK];
    book_fill(account, BOOK);
    for (int i = 0; i < BOOK; i++) {
        account[i].repeat_orders = 3 + i % 5;
        account[i].age_periods = account[i].last_order_periods = 38;
        account[i].mean_order_value = 100;
    }
    const kam_accounts view = book_view(account, BOOK);
    kam_models models;
    kam_fit_report report;
    assert_status(fit(&view, 1, NULL, &models, &report), KAM_OK);
    assert_int_equal(report.orders_ml, KAM_ERR_AT_BOUND);
    assert_int_equal(report.orders_culprit, 0); /* r: equal rates */
    assert_int_equal(report.orders.status, KAM_OK);
    assert_int_equal(report.orders.prior, KAM_PRIOR_WEAK);
    assert_int_equal(report.spend_ml, KAM_ERR_CONSTANT);
    assert_int_equal(models.spend.family, KAM_SPEND_EQUAL);
    /* Equal orders but for one account in a hundred thousand's part. */
    account[7].mean_order_value = 100.1;
    assert_status(fit(&view, 1, NULL, &models, &report), KAM_OK);
    assert_int_equal(report.spend_ml, KAM_ERR_AT_BOUND);
    for (int i = 0; i < 4; i++)
        assert_true(models.orders_covariance[5 * i] > 0);
}

/* A maximum that the weak prior would move by more than its error is not believed:
 * the fit is that with the prior, and the report says why. */
static void test_weak_books(void **state) {
    (void)state;
    kam_account account[BOOK];
    rhythmic_book(account, 1, 0);
    kam_fit_options options;
    assert_status(kam_fit_options_init(&options, sizeof options), KAM_OK);
    options.family = KAM_BTYD_PNBD;
    int n_weak = 0, n_strong = 0;
    for (int64_t first = 0; first + 20 <= BOOK; first++) {
        const kam_accounts view = book_view(account + first, 20);
        kam_estimate_options how;
        kam_estimate_options_init(&how, sizeof how);
        kam_estimate_report told = {.struct_size = sizeof told};
        kam_models models = {.struct_size = sizeof models};
        kam_fit_report report = {.struct_size = sizeof report};
        kam_btyd orders;
        if (kam_btyd_fit(KAM_BTYD_PNBD, &view, 1, 7, &how, NULL, &orders, NULL,
                         &told, NULL) != KAM_OK)
            continue;
        const int is_weak = told.culprit >= 0;
        how.prior = KAM_PRIOR_WEAK;
        if (is_weak)
            assert_status(kam_btyd_fit(KAM_BTYD_PNBD, &view, 1, 7, &how, NULL,
                                       &orders, NULL, NULL, NULL),
                          KAM_OK);
        assert_status(kam_fit(&view, 1, &options, NULL, &models, &report, NULL),
                      KAM_OK);
        assert_status(report.orders_ml, is_weak ? KAM_ERR_WEAK : KAM_OK);
        assert_int_equal(report.orders_culprit, told.culprit);
        assert_status(report.orders.status, KAM_OK);
        assert_int_equal(report.orders.prior, is_weak);
        assert_memory_equal(&models.orders, &orders, sizeof orders);
        n_weak += is_weak;
        n_strong += !is_weak;
    }
    fprintf(stderr, "%d books of 20 are weak, %d are not\n", n_weak, n_strong);
    assert_true(n_weak > 0 && n_strong > 0);
}

/* A part that the data cannot carry is left out; the rest stays. */
static void test_partial_books(void **state) {
    (void)state;
    kam_account account[4];
    memset(account, 0, sizeof account);
    for (int i = 0; i < 4; i++) {
        account[i].age_periods = 10 + i;
        account[i].tier_value = NAN;
        account[i].weight = 1;
    }
    const kam_accounts view = book_view(account, 4);
    kam_models models;
    kam_fit_report report;
    assert_status(fit(&view, 1, NULL, &models, &report), KAM_OK);
    assert_int_equal(models.orders.family, 0);
    assert_int_equal(report.orders.status, KAM_ERR_TOO_FEW);
    assert_int_equal(models.spend.family, 0);
    assert_int_equal(report.spend.status, KAM_ERR_EMPTY);
    /* Limits in money need no book; shares of it do. */
    assert_int_equal(models.n_bands, 3);
    const kam_tier_band best = {0.1, 0.1};
    kam_fit_options options;
    assert_status(kam_fit_options_init(&options, sizeof options), KAM_OK);
    options.tiers.basis = KAM_TIER_BY_RANK;
    options.tiers.n_bands = 1;
    options.tiers.bands = &best;
    assert_status(kam_fit(&view, 1, &options, NULL, &models, &report, NULL),
                  KAM_OK);
    assert_int_equal(models.n_bands, 0);
    assert_int_equal(report.tiers, KAM_ERR_EMPTY);
}

/* Any cut and any order of the book: the same bits. */
static void test_same_bits(void **state) {
    (void)state;
    kam_account account[BOOK], shuffled[BOOK];
    book_fill(account, BOOK);
    for (int64_t i = 0; i < BOOK; i++)
        shuffled[shuffled_place(i, BOOK)] = account[i];
    const kam_accounts whole = book_view(account, BOOK);
    kam_models one, other;
    assert_status(fit(&whole, 1, NULL, &one, NULL), KAM_OK);
    kam_accounts parts[3];
    const int64_t cut[] = {0, 17, 130, BOOK};
    for (int k = 0; k < 3; k++)
        parts[k] = book_view(shuffled + cut[k], cut[k + 1] - cut[k]);
    kam_host host = {.struct_size = sizeof host,
                     .isa = KAM_ISA_BASE,
                     .parallel_for = run_backwards};
    assert_status(fit(parts, 3, &host, &other, NULL), KAM_OK);
    assert_memory_equal(&one, &other, sizeof one);
}

static void test_shares(void **state) {
    (void)state;
    kam_account account[BOOK];
    book_fill(account, BOOK);
    const kam_accounts view = book_view(account, BOOK);
    const kam_tier_band bands[] = {{0.05, 0.1}, {0.2, 0.25}};
    kam_fit_options options;
    assert_status(kam_fit_options_init(&options, sizeof options), KAM_OK);
    options.tiers.basis = KAM_TIER_BY_RANK;
    options.tiers.n_bands = 2;
    options.tiers.bands = bands;
    kam_models models = {.struct_size = sizeof models};
    assert_status(kam_fit(&view, 1, &options, NULL, &models, NULL, NULL),
                  KAM_OK);
    int best = 0;
    for (int i = 0; i < BOOK; i++)
        best += account[i].tier_value >= models.limits[0].enter;
    assert_int_equal(models.n_bands, 2);
    assert_int_equal(best, 12); /* 5 % of 240 */
    assert_true(models.limits[0].keep < models.limits[0].enter);
}

static void test_every_allocation_failed(void **state) {
    (void)state;
    kam_account account[BOOK];
    book_fill(account, BOOK);
    const kam_accounts view = book_view(account, BOOK);
    struct lender lender;
    int64_t fail_at = 0;
    kam_status status;
    do {
        kam_models models, before;
        kam_host host = lender_host(&lender, ++fail_at);
        memset(&models, 0x33, sizeof models);
        models.struct_size = sizeof models;
        before = models;
        status = kam_fit(&view, 1, NULL, &host, &models, NULL, NULL);
        assert_int_equal(lender.n_live, 0);
        if (status == KAM_OK) break;
        assert_status(status, KAM_ERR_MEMORY);
        assert_memory_equal(&models, &before, sizeof models);
    } while (fail_at < 200);
    assert_status(status, KAM_OK);
    assert_true(fail_at > 10);
}

static void test_cancelled(void **state) {
    (void)state;
    kam_account account[BOOK];
    book_fill(account, BOOK);
    const kam_accounts view = book_view(account, BOOK);
    int64_t looks = 0;
    for (; looks < 1000; looks++) {
        int64_t left = looks;
        kam_models models, before;
        kam_host host = {.struct_size = sizeof host,
                         .progress = stop_when_used_up,
                         .watcher = &left};
        memset(&models, 0x33, sizeof models);
        models.struct_size = sizeof models;
        before = models;
        const kam_status status =
            kam_fit(&view, 1, NULL, &host, &models, NULL, NULL);
        if (status == KAM_OK) break;
        assert_status(status, KAM_ERR_CANCELLED);
        assert_memory_equal(&models, &before, sizeof models);
    }
    assert_true(looks > 5 && looks < 1000);
}

static void test_bad_arguments(void **state) {
    (void)state;
    kam_account account[BOOK];
    book_fill(account, BOOK);
    const kam_accounts view = book_view(account, BOOK);
    kam_models models = {.struct_size = sizeof models};
    kam_fit_options options;
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_fit(NULL, 1, NULL, NULL, &models, NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_fit(&view, 1, NULL, NULL, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_fit(&view, 0, NULL, NULL, &models, NULL, NULL),
                  KAM_ERR_EMPTY);
    assert_status(kam_fit_options_init(&options, sizeof options), KAM_OK);
    options.period_days = 0;
    assert_status(kam_fit(&view, 1, &options, NULL, &models, NULL, &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "options.period_days");
    options.period_days = INFINITY;
    assert_status(kam_fit(&view, 1, &options, NULL, &models, NULL, &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "options.period_days");
    assert_status(kam_fit_options_init(&options, sizeof options), KAM_OK);
    options.family = 77;
    assert_status(kam_fit(&view, 1, &options, NULL, &models, NULL, NULL),
                  KAM_ERR_OPTION);
    /* Too much to add up is no property of a book that could be lived with. */
    for (int i = 0; i < BOOK; i++) account[i].weight = 9e18;
    assert_status(kam_fit(&view, 1, NULL, NULL, &models, NULL, &diag),
                  KAM_ERR_OVERFLOW);
    assert_string_equal(diag.argument, "accounts");
    assert_status(kam_fit_options_init(NULL, sizeof options), KAM_ERR_NULL);
}

/* The log as it is, through the ledger, to the reference optimum. */
static void test_cdnow_log(void **state) {
    (void)state;
    struct table log, mle[3];
    skip_without(table_read(&log,
                            TEST_SHARED "/data/cdnow/cdnow_sample.csv.gz"),
                 "shared/data/cdnow");
    static const char *const file[] = {TEST_SHARED
                                       "/reference/mle_mbgnbd_cdnow_params.csv",
                                       TEST_SHARED
                                       "/reference/mle_gg_cdnow_params.csv",
                                       TEST_SHARED
                                       "/reference/mle_bgnbd_cdnow_params.csv"};
    for (int k = 0; k < 3; k++) assert_true(table_read(&mle[k], file[k]));
    const int64_t n = log.n_rows;
    int64_t *const id = malloc((size_t)n * sizeof *id);
    int32_t *const day = malloc((size_t)n * sizeof *day);
    double *const amount = malloc((size_t)n * sizeof *amount);
    for (int64_t i = 0; i < n; i++) {
        const int32_t date = (int32_t)table_at(&log, i, "date");
        id[i] = (int64_t)table_at(&log, i, "sample_id");
        amount[i] = table_at(&log, i, "dollar_value");
        assert_status(kam_calendar_day(date / 10000, date / 100 % 100,
                                       date % 100, &day[i]),
                      KAM_OK);
    }
    kam_ledger_options options;
    assert_status(kam_ledger_options_init(&options, sizeof options), KAM_OK);
    assert_status(kam_calendar_day(1997, 9, 30, &options.as_of_day), KAM_OK);
    kam_ledger *ledger;
    assert_status(kam_ledger_new(&options, NULL, &ledger, NULL), KAM_OK);
    kam_lines lines = {.struct_size = sizeof lines, .n_rows = n};
    lines.account = (kam_column){.values = id, .type = KAM_I64};
    lines.day = (kam_column){.values = day, .type = KAM_DAY};
    lines.revenue = (kam_column){.values = amount, .type = KAM_F64};
    assert_status(kam_ledger_add(ledger, &lines, NULL), KAM_OK);
    const int64_t m = kam_ledger_n_accounts(ledger);
    assert_int_equal(m, 2357);
    double *const column = malloc((size_t)(4 * m) * sizeof *column);
    const kam_summary out = {.struct_size = sizeof out,
                             .repeat_orders = column,
                             .last_order_periods = column + m,
                             .age_periods = column + 2 * m,
                             .mean_order_value = column + 3 * m};
    assert_status(kam_ledger_summarise(ledger, &out, NULL), KAM_OK);
    kam_accounts accounts = {.struct_size = sizeof accounts, .n_rows = m};
    accounts.repeat_orders = column_of(column);
    accounts.last_order_periods = column_of(column + m);
    accounts.age_periods = column_of(column + 2 * m);
    accounts.mean_order_value = column_of(column + 3 * m);
    kam_models models;
    kam_fit_report report;
    assert_status(fit(&accounts, 1, NULL, &models, &report), KAM_OK);
    kam_btyd bg;
    assert_status(kam_btyd_fit(KAM_BTYD_BGNBD, &accounts, 1, 7, NULL, NULL, &bg,
                               NULL, NULL, NULL),
                  KAM_OK);
    for (int i = 0; i < 4; i++) {
        const double estimate = table_at(&mle[0], i, "estimate");
        assert_relative(models.orders.parameter[i], estimate, 1e-8);
        assert_relative(sqrt(models.orders_covariance[5 * i]) *
                            models.orders.parameter[i],
                        table_at(&mle[0], i, "std_error"), 1e-7);
        assert_relative(bg.parameter[i], table_at(&mle[2], i, "estimate"),
                        1e-8);
    }
    for (int i = 0; i < 3; i++)
        assert_relative(models.spend.parameter[i],
                        table_at(&mle[1], i, "estimate"), 1e-8);
    assert_relative(report.orders.log_likelihood,
                    table_at(&mle[0], 4, "estimate"), 1e-9);
    assert_relative(report.spend.log_likelihood,
                    table_at(&mle[1], 3, "estimate"), 1e-9);
    kam_ledger_free(ledger);
    for (int k = 0; k < 3; k++) table_free(&mle[k]);
    table_free(&log);
    free(column);
    free(amount);
    free(day);
    free(id);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_agree),
        cmocka_unit_test(test_one_price),
        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_choose),
        cmocka_unit_test(test_fallback),
        cmocka_unit_test(test_weak_books),
        cmocka_unit_test(test_partial_books),
        cmocka_unit_test(test_same_bits),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_every_allocation_failed),
        cmocka_unit_test(test_cancelled),
        cmocka_unit_test(test_bad_arguments),
        cmocka_unit_test(test_cdnow_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
