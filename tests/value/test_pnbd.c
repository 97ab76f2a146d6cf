/* SPDX-License-Identifier: MIT */
/* The Pareto/NBD: published numbers, high-precision tables, fits, and what must
 * hold whatever the numbers are. */
#include "support/check.h"
#include "support/hosts.h"
#include "value/any_case.h"
#include "value/btyd_family.h"

enum { F = KAM_BTYD_PNBD };

/* ---- published numbers ---- */

/* The 30-digit solution for CDNOW; Fader, Hardie & Lee (2005), "RFM and CLV",
 * print .553, 10.578, .606, 11.669 and -9595.0. */
static const double CDNOW[] = {0.5532770468532, 10.5776834633, 0.6062399891278,
                               11.66873528885};
static const double CDNOW_ERROR[] = {0.047627926, 0.84272253, 0.18728134,
                                     6.2111136};

static kam_btyd cdnow(void) {
    return btyd_model(F, CDNOW[0], CDNOW[1], CDNOW[2], CDNOW[3]);
}

/* The manual and the walkthrough of the R package BTYD, as quoted in the tests of
 * lifetimes: E[X(t)] of a new account, P(alive) and 52 weeks of an account. */
static void test_published(void **state) {
    (void)state;
    static const double expected[] = {0.05077821, 0.09916088, 0.14542507,
                                      0.18979930, 0.23247466, 0.27361274,
                                      0.31335159, 0.35181024, 0.38909211};
    const kam_btyd manual = btyd_model(F, 0.55, 10.56, 0.61, 11.64);
    for (int t = 1; t <= 9; t++)
        assert_near(ask_one(ASK_ORDERS, &manual, 0, 0, 0, t, 0),
                    expected[t - 1], 5e-9);
    const kam_btyd model = btyd_model(F, 0.5534, 10.5802, 0.6061, 11.6562);
    assert_near(ask_one(ASK_ALIVE, &model, 26, 30.86, 31, 0, 0), 0.9979, 5e-5);
    const kam_btyd fitted = cdnow();
    assert_near(ask_one(ASK_ORDERS, &fitted, 26, 30.86, 31, 52, 0), 25.46,
                0.0055);
}

/* Neighbours where a likelihood in linear space underflows: the tests of
 * lifetimes. */
static void test_underflow_pair(void **state) {
    (void)state;
    const kam_btyd model = btyd_model(F, 0.55, 10.58, 0.61, 11.67);
    assert_relative(ask_one(ASK_ORDERS, &model, 132, 200, 200, 10, 0),
                    6.2060517889632418, 1e-13);
    assert_relative(ask_one(ASK_ORDERS, &model, 133, 200, 200, 10, 0),
                    6.2528722475748113, 1e-13);
}

/* DERT at 15 % a year, computed anew from the paper's formula. */
static void test_dert(void **state) {
    (void)state;
    static const double rows[][4] = {{0, 0, 0.29529, 0.47846},
                                     {1, 35, 0.95002, 4.32293},
                                     {2, 35, 0.94798, 7.09129},
                                     {7, 35, 0.93608, 20.71608},
                                     {4, 10, 0.09010, 1.20200}};
    const kam_btyd model = btyd_model(F, 0.553, 10.578, 0.606, 11.669);
    const double discount = log(1.15) / 52;
    for (int i = 0; i < 5; i++) {
        assert_near(ask_one(ASK_ALIVE, &model, rows[i][0], rows[i][1], 38.86, 0,
                            0),
                    rows[i][2], 5e-6);
        assert_near(ask_one(ASK_DISCOUNTED, &model, rows[i][0], rows[i][1],
                            38.86, INFINITY, discount),
                    rows[i][3], 5e-6);
    }
}

static void test_reference_predictions(void **state) {
    (void)state;
    const char *const path = TEST_SHARED "/reference/mle_pnbd_cdnow_pred.csv";
    struct table table;
    struct histories book;
    struct worst alive = {0}, orders = {0}, dert = {0};
    skip_without(table_read(&table, path), path);
    assert_true(histories_read(&book, path));
    to_whole_days(&book);
    const kam_btyd model = cdnow();
    assert_int_equal(table.n_rows, 2357);
    for (int64_t i = 0; i < book.n; i++) {
        const double x = book.x[i], t_x = book.t_x[i], T = book.T[i];
        look(&alive, ask_one(ASK_ALIVE, &model, x, t_x, T, 0, 0),
             table_at(&table, i, "p_alive"), i);
        look(&orders, ask_one(ASK_ORDERS, &model, x, t_x, T, 39, 0),
             table_at(&table, i, "cet39"), i);
        look(&dert,
             ask_one(ASK_DISCOUNTED, &model, x, t_x, T, INFINITY, 0.0027),
             table_at(&table, i, "dert_0.0027"), i);
    }
    /* The parameters above have 12 or 13 digits. */
    tell("CDNOW, alive", &alive, 5e-12);
    tell("CDNOW, orders of 39 weeks", &orders, 5e-12);
    tell("CDNOW, DERT", &dert, 5e-12);
    histories_free(&book);
    table_free(&table);
}

/* ---- high-precision tables ---- */

static kam_btyd model_in(const struct table *table, int64_t i) {
    return btyd_model(F, table_at(table, i, "r"), table_at(table, i, "alpha"),
                      table_at(table, i, "s"), table_at(table, i, "beta"));
}

static void test_hard_cases(void **state) {
    (void)state;
    static const struct {
        enum question question;
        const char *column;
        double ahead, discount, limit;
    } asked[] = {{ASK_LOG_LIKELIHOOD, "ll", 0, 0, 1e-13},
                 /* The table has T = 38.857142857142857 to more digits. */
                 {ASK_ALIVE, "p_alive", 0, 0, 1e-12},
                 {ASK_ORDERS, "cet39", 39, 0, 1e-12},
                 {ASK_DISCOUNTED, "dert_0.0027", (double)INFINITY, 0.0027,
                  1e-12}};
    const char *const path = TEST_SHARED "/reference/hard_pnbd.csv";
    struct table table;
    skip_without(table_read(&table, path), path);
    assert_true(table.n_rows > 200);
    for (int k = 0; k < 4; k++) {
        struct worst worst = {0};
        for (int64_t i = 0; i < table.n_rows; i++) {
            const kam_btyd model = model_in(&table, i);
            look(&worst,
                 ask_one(asked[k].question, &model, table_at(&table, i, "x"),
                         table_at(&table, i, "t_x"), table_at(&table, i, "T"),
                         asked[k].ahead, asked[k].discount),
                 table_at(&table, i, asked[k].column), i);
        }
        tell(asked[k].column, &worst, asked[k].limit);
    }
    table_free(&table);
}

static void test_golden_answers(void **state) {
    (void)state;
    enum { N = 7 };
    static const struct {
        enum question question;
        const char *column;
        int ahead; /* 0: now, 1: the row's horizon, 2: for ever */
        double limit;
    } asked[N] = {
        {ASK_LOG_LIKELIHOOD, "ll", 0, 1e-12},
        {ASK_ALIVE, "alive", 0, 5e-13},
        {ASK_ALIVE, "alive_ahead", 1, 5e-13},
        {ASK_ORDERS, "orders", 1, 5e-13},
        {ASK_NO_ORDER, "no_order", 1, 5e-15},
        {ASK_DISCOUNTED, "discounted", 1, 5e-13},
        {ASK_DISCOUNTED, "discounted_for_good", 2, 5e-13},
    };
    struct table table;
    struct worst worst[N] = {{0}};
    assert_true(table_read(&table, TEST_GOLDEN "/pnbd.csv"));
    assert_int_equal(table.n_rows, 66);
    for (int64_t i = 0; i < table.n_rows; i++) {
        const kam_btyd model = model_in(&table, i);
        const double ahead[] = {0, table_at(&table, i, "h"), INFINITY};
        for (int k = 0; k < N; k++)
            look(&worst[k],
                 ask_one(asked[k].question, &model, table_at(&table, i, "x"),
                         table_at(&table, i, "t_x"), table_at(&table, i, "T"),
                         ahead[asked[k].ahead], table_at(&table, i, "rate")),
                 table_at(&table, i, asked[k].column), i);
    }
    for (int k = 0; k < N; k++)
        tell(asked[k].column, &worst[k], asked[k].limit);
    table_free(&table);
}

/* Where the series of the race begins and ends, and beyond. */
static void test_golden_series(void **state) {
    struct table table;
    struct worst alive = {0}, silent = {0};
    (void)state;
    assert_true(table_read(&table, TEST_GOLDEN "/pnbd_series.csv"));
    assert_int_equal(table.n_rows, 112);
    for (int64_t i = 0; i < table.n_rows; i++) {
        const kam_btyd model = model_in(&table, i);
        const double x = table_at(&table, i, "x"), h = table_at(&table, i, "h");
        const double t_x = table_at(&table, i, "t_x");
        const double T = table_at(&table, i, "T");
        look(&alive, ask_one(ASK_ALIVE, &model, x, t_x, T, 0, 0),
             table_at(&table, i, "alive"), i);
        look(&silent, ask_one(ASK_NO_ORDER, &model, x, t_x, T, h, 0),
             table_at(&table, i, "no_order"), i);
    }
    tell("series, alive", &alive, 1e-13);
    tell("series, no_order", &silent, 1e-13);
    table_free(&table);
}

/* Second moments, and the log-odds of silence, which no public function tells
 * directly. */
static void test_golden_moments(void **state) {
    (void)state;
    struct table table;
    struct worst pairs = {0}, squares = {0}, odds = {0};
    assert_true(table_read(&table, TEST_GOLDEN "/pnbd.csv"));
    for (int64_t i = 0; i < table.n_rows; i++) {
        const kam_btyd model = model_in(&table, i);
        const double x = table_at(&table, i, "x");
        const double t_x = table_at(&table, i, "t_x");
        const double T = table_at(&table, i, "T"), h = table_at(&table, i, "h");
        const struct kam__btyd_tile tile = {1,  KAM_ISA_BASE, &x,  &t_x,
                                            &T, NULL,         NULL};
        double out[2];
        kam__pnbd.discounted_pairs(&kam__pnbd, model.parameter, &tile, h,
                                   table_at(&table, i, "rate"), out);
        look(&pairs, out[0], table_at(&table, i, "pairs"), i);
        look(&squares, out[1], table_at(&table, i, "squares"), i);
        kam__pnbd.no_order_log_odds(&kam__pnbd, model.parameter, &tile, h, out);
        const double expected = table_at(&table, i, "log_odds");
        look(&odds, 1 + out[0], 1 + expected, i); /* an odds of 1 is no pole */
    }
    tell("pairs", &pairs, 5e-13);
    tell("squares", &squares, 5e-13);
    tell("log-odds", &odds, 1e-13);
    table_free(&table);
}

/* Gradient and Hessian of one row, against the size of the row's own terms. */
static void test_golden_derivatives(void **state) {
    (void)state;
    struct table table;
    double worst = 0;
    assert_true(table_read(&table, TEST_GOLDEN "/pnbd.csv"));
    for (int64_t i = 0; i < table.n_rows; i++) {
        const kam_btyd model = model_in(&table, i);
        const double x = table_at(&table, i, "x");
        const double t_x = table_at(&table, i, "t_x");
        const double T = table_at(&table, i, "T");
        const struct kam__btyd_tile tile = {1,  KAM_ISA_BASE, &x,  &t_x,
                                            &T, NULL,         NULL};
        double time[KAM__BTYD_TERMS][KAM__TILE], count[KAM__BTYD_TERMS];
        kam__pnbd.time_terms(&kam__pnbd, model.parameter, &tile, time);
        kam__pnbd.count_terms(&kam__pnbd, model.parameter, x, count);
        for (int k = 1; k < 15; k++) {
            static const char *const names[] = {"ll",  "g0",  "g1",  "g2",
                                                "g3",  "h00", "h10", "h11",
                                                "h20", "h21", "h22", "h30",
                                                "h31", "h32", "h33"};
            const double expected = table_at(&table, i, names[k]);
            const double size =
                fabs(expected) + fabs(time[k][0]) + fabs(count[k]) + 1e-3;
            worst = fmax(worst, fabs(time[k][0] + count[k] - expected) / size);
        }
    }
    fprintf(stderr, "derivatives: off by %.1e of their terms\n", worst);
    assert_true(worst <= 2e-11);
    table_free(&table);
}

/* ---- fits ---- */

struct fitted {
    kam_btyd model;
    double covariance[16];
    kam_estimate_report report;
    kam_diag diag;
    kam_status status;
};

static struct fitted fit_book(const struct histories *book, int32_t prior,
                              const kam_host *host) {
    struct fitted fit;
    memset(&fit, 0, sizeof fit);
    fit.report.struct_size = sizeof fit.report;
    fit.diag.struct_size = sizeof fit.diag;
    kam_estimate_options options;
    assert_status(kam_estimate_options_init(&options, sizeof options), KAM_OK);
    options.prior = prior;
    const kam_accounts accounts = accounts_from(book);
    fit.status = kam_btyd_fit(F, &accounts, 1, 7, &options, host, &fit.model,
                              fit.covariance, &fit.report, &fit.diag);
    assert_int_equal(fit.report.status, fit.status);
    return fit;
}

static double error_of(const struct fitted *fit, int i) {
    return fit->model.parameter[i] * sqrt(fit->covariance[5 * i]);
}

static void test_reference_fit(void **state) {
    (void)state;
    const char *const path = TEST_SHARED "/reference/mle_pnbd_cdnow_pred.csv";
    struct histories book;
    skip_without(histories_read(&book, path), path);
    to_whole_days(&book);
    const struct fitted fit = fit_book(&book, KAM_PRIOR_NONE, NULL);
    assert_status(fit.status, KAM_OK);
    for (int i = 0; i < 4; i++) {
        assert_relative(fit.model.parameter[i], CDNOW[i], 1e-12);
        assert_relative(error_of(&fit, i), CDNOW_ERROR[i], 6e-8);
    }
    assert_relative(fit.report.log_likelihood, -9594.976178939543, 1e-15);
    histories_free(&book);
}

/* The apparel book; its solution was found in doubles, with 10 digits. */
static void test_apparel_fit(void **state) {
    (void)state;
    const char *const path = TEST_SHARED "/reference/apparel_cbs_static.csv";
    static const double expected[] = {1.448939125, 48.63488143, 0.561251049,
                                      46.88210927};
    struct table table;
    skip_without(table_read(&table, path), path);
    struct histories book = histories_new(table.n_rows);
    for (int64_t i = 0; i < book.n; i++) {
        book.x[i] = table_at(&table, i, "x");
        book.t_x[i] = table_at(&table, i, "t.x");
        book.T[i] = table_at(&table, i, "T.cal");
    }
    const struct fitted fit = fit_book(&book, KAM_PRIOR_NONE, NULL);
    assert_status(fit.status, KAM_OK);
    for (int i = 0; i < 4; i++)
        assert_relative(fit.model.parameter[i], expected[i], 2e-9);
    assert_relative(fit.report.log_likelihood, -5848.0978269, 1e-11);
    histories_free(&book);
    table_free(&table);
}

/* Rates and times of leaving from their laws, with whole shapes. */
static struct histories pareto_book(int64_t n, uint64_t seed) {
    struct histories book = histories_new(n);
    for (int64_t i = 0; i < n; i++) {
        const double rate = random_gamma(&seed, 2) / 15;
        const double leave = random_gamma(&seed, 1) / 20;
        const double T = floor(7 * (20 + 20 * random_unit(&seed))) / 7;
        const double gone = random_exponential(&seed) / leave;
        for (double t = 0;;) {
            t += random_exponential(&seed) / rate;
            if (t > T || t > gone) break;
            book.x[i]++;
            book.t_x[i] = t;
        }
        book.T[i] = T;
    }
    return book;
}

static void test_simulated_books_give_their_parameters_back(void **state) {
    (void)state;
    static const double truth[] = {2, 15, 1, 20};
    struct histories book = pareto_book(6000, 31);
    const struct fitted fit = fit_book(&book, KAM_PRIOR_NONE, NULL);
    assert_status(fit.status, KAM_OK);
    for (int i = 0; i < 4; i++)
        assert_true(fabs(log(fit.model.parameter[i] / truth[i])) <
                    3.5 * sqrt(fit.covariance[5 * i]));
    const struct fitted weak = fit_book(&book, KAM_PRIOR_WEAK, NULL);
    assert_status(weak.status, KAM_OK);
    assert_true(weak.report.log_likelihood < fit.report.log_likelihood);
    for (int i = 0; i < 4; i++)
        assert_true(weak.covariance[5 * i] < fit.covariance[5 * i]);
    histories_free(&book);
}

static void expect_verdict(const struct histories *book, kam_status status,
                           const char *culprit) {
    const struct fitted fit = fit_book(book, KAM_PRIOR_NONE, NULL);
    assert_status(fit.status, status);
    assert_string_equal(fit.diag.argument, culprit);
    if (status == KAM_ERR_AT_BOUND) assert_true(isnan(fit.covariance[0]));
}

/* Books without an answer end in a verdict that says why; with a prior they have
 * one, unless nobody ordered again. */
static void test_verdicts(void **state) {
    (void)state;
    struct histories book = pareto_book(300, 77);
    for (int64_t i = 0; i < book.n; i++) book.t_x[i] = book.T[i];
    for (int64_t i = 0; i < book.n; i++) book.x[i] += 1;
    const struct fitted active = fit_book(&book, KAM_PRIOR_NONE, NULL);
    assert_status(active.status, KAM_ERR_AT_BOUND);
    assert_true(active.model.parameter[2] < 1e-7 ||
                active.model.parameter[0] > 1e5);
    assert_status(fit_book(&book, KAM_PRIOR_WEAK, NULL).status, KAM_OK);
    for (int64_t i = 0; i < book.n; i++) {
        book.x[i] = 2;
        book.t_x[i] = 20;
        book.T[i] = 38;
    }
    expect_verdict(&book, KAM_ERR_AT_BOUND, "r");
    for (int64_t i = 0; i < book.n; i++) book.x[i] = 0;
    expect_verdict(&book, KAM_ERR_TOO_FEW, "accounts.repeat_orders");
    for (int64_t i = 0; i < book.n; i++) book.T[i] = 0;
    expect_verdict(&book, KAM_ERR_TOO_FEW, "accounts.repeat_orders");
    histories_free(&book);
}

/* Small books of any kind: an answer or a verdict, never NaN. */
/* One account with 2^31 orders: a ridge to the bounds, along which searches went to
 * and fro, 2,300 evaluations of a likelihood that takes its time. */
static void test_a_wild_account(void **state) {
    (void)state;
    static const double x[] = {10, 9, 0, 5, 0, 0, 6, 6, 7, 9, 15, 0x1p31};
    static const double t_x[] = {45, 27, 0, 62, 0, 0, 38, 50, 34, 10, 9, 10};
    static const double T[] = {6047.5,  2530, 2067,    1211.25, 2644.5, 1045,
                               2895.75, 2688, 1083.75, 1225.5,  345,    6457.5};
    struct histories book = histories_new(12);
    for (int i = 0; i < 12; i++) {
        book.x[i] = x[i];
        book.t_x[i] = t_x[i];
        book.T[i] = T[i];
    }
    const struct fitted fit = fit_book(&book, KAM_PRIOR_NONE, NULL);
    assert_status(fit.status, KAM_ERR_AT_BOUND);
    assert_in_range(fit.report.n_evaluations, 10, 250);
    histories_free(&book);
}

static void test_small_books(void **state) {
    (void)state;
    uint64_t seed = 91;
    int answered = 0;
    for (int k = 0; k < 150; k++) {
        struct histories book =
            mixed_book(3 + (int64_t)(random_unit(&seed) * 30), 1000 + seed);
        const struct fitted fit = fit_book(&book, KAM_PRIOR_NONE, NULL);
        const int at_a_point = fit.status == KAM_OK ||
                               fit.status == KAM_ERR_AT_BOUND ||
                               fit.status == KAM_ERR_FLAT;
        assert_true(at_a_point || fit.status == KAM_ERR_TOO_FEW);
        for (int i = 0; at_a_point && i < 4; i++)
            assert_true(fit.model.parameter[i] > 0 &&
                        fit.model.parameter[i] < INFINITY);
        if (fit.status == KAM_OK) assert_true(fit.report.gradient <= 1e-8);
        answered += fit.status == KAM_OK;
        const struct fitted weak = fit_book(&book, KAM_PRIOR_WEAK, NULL);
        /* Hundreds of orders at age 0 outweigh any prior. */
        assert_true(weak.status == KAM_OK || weak.status == KAM_ERR_AT_BOUND ||
                    weak.status == KAM_ERR_TOO_FEW);
        histories_free(&book);
    }
    fprintf(stderr, "small books: %d of 150 have an interior maximum\n",
            answered);
    assert_true(answered > 10);
}

static void test_failing_hosts(void **state) {
    (void)state;
    struct histories book = pareto_book(120, 5);
    int64_t fail_at = 1;
    for (;; fail_at++) {
        struct lender lender;
        const kam_host host = lender_host(&lender, fail_at);
        const struct fitted fit = fit_book(&book, KAM_PRIOR_NONE, &host);
        assert_int_equal(lender.n_live, 0);
        if (fit.status == KAM_OK) break;
        assert_status(fit.status, KAM_ERR_MEMORY);
        assert_int_equal(fit.model.family, 0);
    }
    assert_true(fail_at > 2);
    histories_free(&book);
}

/* ---- what must hold whatever the numbers are ---- */

static struct any any_case(uint64_t *seed, int64_t i) {
    struct any any;
    const double alpha = any_size(seed, 1e-2, 1e4);
    any.model = btyd_model(F, any_size(seed, 1e-2, 1e3), alpha,
                           any_size(seed, 1e-3, 1e2),
                           alpha * any_size(seed, 1e-3, 1e3));
    if (i % 11 == 4) any.model.parameter[2] = 1;
    if (i % 13 == 4) any.model.parameter[3] = alpha;
    any_history(&any, seed, i);
    return any;
}

enum { CASES = 1500 };
#define SLACK 2e-12

static void test_probabilities(void **state) {
    (void)state;
    uint64_t seed = 101;
    for (int64_t i = 0; i < CASES; i++) {
        const struct any any = any_case(&seed, i);
        const double alive = ask_any(ASK_ALIVE, &any, 0, 0);
        const double later = ask_any(ASK_ALIVE, &any, any.h, 0);
        const double risk = ask_any(ASK_NO_ORDER, &any, any.h, 0);
        const double ever = ask_any(ASK_NO_ORDER, &any, INFINITY, 0);
        assert_true(alive >= 0 && alive <= 1);
        assert_true(later >= 0 && later <= alive * (1 + SLACK));
        assert_true(risk >= 0 && risk <= 1);
        assert_true(risk >= 1 - alive - 1e-15);
        assert_true(ever >= 1 - alive - 1e-15 && ever <= risk + 1e-15);
        assert_bits(ask_one(ASK_ALIVE, &any.model, any.x, any.T, any.T, 0, 0),
                    any.x > 0 ? 1 : alive);
    }
}

static void test_orders_rise_with_the_horizon_within_bounds(void **state) {
    (void)state;
    uint64_t seed = 103;
    for (int64_t i = 0; i < CASES; i++) {
        const struct any any = any_case(&seed, i);
        const double r = any.model.parameter[0], alpha = any.model.parameter[1];
        const double s = any.model.parameter[2];
        const double alive = ask_any(ASK_ALIVE, &any, 0, 0);
        const double rate = (r + any.x) / (alpha + any.T);
        const double ever = ask_any(ASK_ORDERS, &any, INFINITY, 0);
        double before = 0, risk_before = 1;
        for (int k = 0; k < 6; k++) {
            const double h = any.h * ldexp(1, 3 * k - 9);
            const double orders = ask_any(ASK_ORDERS, &any, h, 0);
            const double risk = ask_any(ASK_NO_ORDER, &any, h, 0);
            assert_true(orders >= before * (1 - SLACK) - DBL_MIN);
            assert_true(orders <= alive * rate * h * (1 + SLACK) + DBL_MIN);
            assert_true(orders <= ever * (1 + SLACK) + DBL_MIN);
            assert_true(risk <= risk_before * (1 + SLACK));
            /* An order comes with at most the expected number of orders. */
            assert_true(1 - risk <= orders * (1 + SLACK) + 1e-15);
            before = orders;
            risk_before = risk;
        }
        if (s <= 1) assert_bits(ever, INFINITY);
    }
}

static void test_discounting(void **state) {
    (void)state;
    uint64_t seed = 104;
    for (int64_t i = 0; i < CASES / 10; i++) {
        const struct any any = any_case(&seed, i);
        const double orders = ask_any(ASK_ORDERS, &any, any.h, 0);
        assert_bits(ask_any(ASK_DISCOUNTED, &any, any.h, 0), orders);
        assert_relative(ask_any(ASK_DISCOUNTED, &any, any.h, 1e-300), orders,
                        1e-12);
        double before = orders * (1 + SLACK);
        for (int k = 0; k < 3; k++) {
            const double rate = any.rate * ldexp(1, 6 * k - 6);
            const double soon = ask_any(ASK_DISCOUNTED, &any, any.h, rate);
            const double for_good =
                ask_any(ASK_DISCOUNTED, &any, INFINITY, rate);
            assert_true(soon <= before && soon >= 0);
            assert_true(soon >= orders * exp(-rate * any.h) * (1 - SLACK));
            assert_true(for_good >= soon * (1 - SLACK));
            before = soon * (1 + SLACK);
        }
    }
}

/* Undiscounted second moments from the closed forms. */
static void test_moments_without_discount(void **state) {
    (void)state;
    uint64_t seed = 105;
    struct worst pairs = {0}, squares = {0};
    for (int64_t i = 0; i < CASES / 10; i++) {
        struct any any = any_case(&seed, i);
        double *const p = any.model.parameter, out[2];
        p[2] = any_size(&seed, 2.5, 40);
        const double B = p[3] + any.T;
        const double h = i % 2 ? INFINITY : B * any_size(&seed, 0.2, 30);
        const struct kam__btyd_tile tile = {1,        KAM_ISA_BASE, &any.x,
                                            &any.t_x, &any.T,       NULL,
                                            NULL};
        kam__pnbd.discounted_pairs(&kam__pnbd, p, &tile, h, 0, out);
        const double alive = ask_any(ASK_ALIVE, &any, 0, 0);
        if (alive < 1e-250) continue;
        const double R = p[0] + any.x, A = p[1] + any.T, s = p[2];
        const double z = log1p(h / B);
        /* t = (B + t) - B, so that of t (1 + t / B)^-s is a difference. */
        const double time = B * -expm1((1 - s) * z) / (s - 1);
        const double first =
            B * B *
            (-expm1((2 - s) * z) / (s - 2) - -expm1((1 - s) * z) / (s - 1));
        look(&pairs, out[0], alive * R / A * (R + 1) / A * first, i);
        look(&squares, out[1], alive * R / A * time, i);
    }
    tell("pairs, closed form", &pairs, 1e-11);
    tell("squares, closed form", &squares, 1e-12);
}

static void test_silence_in_two_parts(void **state) {
    (void)state;
    silence_in_two_parts(any_case, CASES);
}

/* Another unit of time: powers of two lose no bit. */
static void test_the_unit_of_time_does_not_matter(void **state) {
    (void)state;
    uint64_t seed = 111;
    for (int64_t i = 0; i < CASES / 10; i++) {
        const struct any any = any_case(&seed, i);
        const int power = (int)(random_unit(&seed) * 60) - 30;
        struct any same = any;
        same.model.parameter[1] = ldexp(any.model.parameter[1], power);
        same.model.parameter[3] = ldexp(any.model.parameter[3], power);
        same.t_x = ldexp(any.t_x, power);
        same.T = ldexp(any.T, power);
        for (enum question q = ASK_ALIVE; q < N_QUESTIONS; q++)
            assert_bits(ask_any(q, &same, ldexp(any.h, power),
                                ldexp(any.rate, -power)),
                        ask_any(q, &any, any.h, any.rate));
    }
}

/* ---- one is many ---- */

static void test_one_is_many_at_every_level(void **state) {
    (void)state;
    enum { MANY = 700 };
    struct histories book = mixed_book(MANY, 7);
    const kam_accounts accounts = accounts_from(&book);
    const kam_btyd model = cdnow();
    double whole[MANY], again[MANY];
    uint32_t flags[MANY];
    for (enum question q = 0; q < N_QUESTIONS; q++)
        for (int isa = 0; isa < 4; isa++) {
            kam_host host = {.struct_size = sizeof host, .isa = isa};
            assert_status(ask(q, &model, &accounts, 26, 0.002, &host, again,
                              flags, NULL),
                          KAM_OK);
            if (isa == 0) memcpy(whole, again, sizeof whole);
            assert_memory_equal(again, whole, sizeof whole);
            for (int64_t i = 0; isa == 0 && i < MANY; i++)
                assert_bits(ask_one(q, &model, book.x[i], book.t_x[i],
                                    book.T[i], 26, 0.002),
                            whole[i]);
        }
    histories_free(&book);
}

static void test_objectives_at_every_level(void **state) {
    (void)state;
    struct histories book = mixed_book(500, 17);
    const kam_accounts accounts = accounts_from(&book);
    const kam_btyd model = btyd_model(F, 0.7, 9, 0.6, 2);
    kam_objective first;
    for (int isa = 0; isa < 4; isa++) {
        kam_host host = {.struct_size = sizeof host, .isa = isa};
        kam_objective objective;
        memset(&objective, 0, sizeof objective);
        objective.struct_size = sizeof objective;
        assert_status(kam_btyd_objective(&model, &accounts, &host, &objective,
                                         NULL),
                      KAM_OK);
        if (isa == 0) first = objective;
        assert_memory_equal(&objective, &first, sizeof first);
    }
    histories_free(&book);
}

/* Many rows share what one row finds for itself: the same bits, at any age. */
static void test_discounted_of_many(void **state) {
    (void)state;
    enum { MANY = 4500 };
    const kam_btyd model = cdnow();
    struct histories book = histories_new(MANY);
    double *const out = calloc(MANY, sizeof *out);
    uint64_t seed = 5;
    for (int i = 0; i < MANY; i++) {
        book.T[i] = any_size(&seed, 1e-3, i % 9 ? 300 : 1e7);
        book.x[i] = floor(any_size(&seed, 0.5, 30));
        book.t_x[i] = book.x[i] > 0 ? book.T[i] * random_unit(&seed) : 0;
    }
    const kam_accounts accounts = accounts_from(&book);
    for (int ever = 0; ever < 2; ever++) {
        const double horizon = ever ? INFINITY : 40;
        assert_status(kam_btyd_discounted_orders(&model, &accounts, horizon,
                                                 0.0027, NULL, out, NULL, NULL),
                      KAM_OK);
        for (int i = 0; i < MANY; i++) {
            const double one = ask_one(ASK_DISCOUNTED, &model, book.x[i],
                                       book.t_x[i], book.T[i], horizon, 0.0027);
            assert_memory_equal(&one, &out[i], sizeof one);
        }
    }
    free(out);
    histories_free(&book);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published),
        cmocka_unit_test(test_underflow_pair),
        cmocka_unit_test(test_dert),
        cmocka_unit_test(test_reference_predictions),
        cmocka_unit_test(test_hard_cases),
        cmocka_unit_test(test_discounted_of_many),
        cmocka_unit_test(test_golden_answers),
        cmocka_unit_test(test_golden_series),
        cmocka_unit_test(test_golden_moments),
        cmocka_unit_test(test_golden_derivatives),
        cmocka_unit_test(test_reference_fit),
        cmocka_unit_test(test_apparel_fit),
        cmocka_unit_test(test_simulated_books_give_their_parameters_back),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_a_wild_account),
        cmocka_unit_test(test_small_books),
        cmocka_unit_test(test_failing_hosts),
        cmocka_unit_test(test_probabilities),
        cmocka_unit_test(test_orders_rise_with_the_horizon_within_bounds),
        cmocka_unit_test(test_discounting),
        cmocka_unit_test(test_moments_without_discount),
        cmocka_unit_test(test_silence_in_two_parts),
        cmocka_unit_test(test_the_unit_of_time_does_not_matter),
        cmocka_unit_test(test_one_is_many_at_every_level),
        cmocka_unit_test(test_objectives_at_every_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
