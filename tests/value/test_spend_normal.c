/* SPDX-License-Identifier: MIT */
/* Margins that may be below zero: the normal model, and lifetime value with it. */
#include "support/check.h"
#include "support/hosts.h"
#include "value/clv_tile.h"
#include "value/histories.h"
#include "value/worst.h"
#include <kam/fit.h>
#include <kam/score.h>

enum { NORMAL = KAM_SPEND_NORMAL, MANY = 300 };

static kam_spend model_of(double mu, double tau, double sigma) {
    const kam_spend model = {NORMAL, 3, {mu, tau, sigma, 0}};
    return model;
}

static kam_accounts book_of(const double *x, const double *m, int64_t n) {
    kam_accounts accounts = {.struct_size = sizeof accounts, .n_rows = n};
    accounts.repeat_orders = column_of(x);
    accounts.mean_order_value = column_of(m);
    return accounts;
}

static void test_golden(void **state) {
    (void)state;
    struct table table;
    struct worst likelihood = {0}, expected = {0};
    assert_true(table_read(&table, TEST_GOLDEN "/spend_normal.csv"));
    assert_int_equal(table.n_rows, 60);
    for (int64_t i = 0; i < table.n_rows; i++) {
        const double x = table_at(&table, i, "x"), m = table_at(&table, i, "m");
        const kam_spend model =
            model_of(table_at(&table, i, "mu"), table_at(&table, i, "tau"),
                     table_at(&table, i, "sigma"));
        const kam_accounts one = book_of(&x, &m, 1);
        double ll, value;
        assert_status(kam_spend_log_likelihood(&model, &one, NULL, &ll, NULL,
                                               NULL),
                      KAM_OK);
        assert_status(kam_spend_expected(&model, &one, NULL, &value, NULL,
                                         NULL),
                      KAM_OK);
        look(&likelihood, ll, table_at(&table, i, "ll"), i);
        /* m near -mu cancels; what is lost is of mu. */
        const double true_value = table_at(&table, i, "expected");
        look(&expected, value + model.parameter[0] * 2,
             true_value + model.parameter[0] * 2, i);
    }
    tell("log likelihood", &likelihood, 1e-13);
    tell("expected margin", &expected, 1e-14);
    table_free(&table);
}

static void test_fit(void **state) {
    (void)state;
    struct table table;
    assert_true(table_read(&table, TEST_GOLDEN "/spend_normal_fit.csv"));
    double x[MANY], m[MANY], covariance[9];
    for (int unit = 0; unit < 3; unit++) {
        static const double by[] = {1, 1e12, -0x1p-30};
        for (int64_t i = 0; i < table.n_rows; i++) {
            x[i] = table_at(&table, i, "x");
            m[i] = table_at(&table, i, "m") * by[unit];
        }
        const kam_accounts book = book_of(x, m, table.n_rows);
        kam_estimate_report report = {.struct_size = sizeof report};
        kam_spend model;
        assert_status(kam_spend_fit(NORMAL, &book, 1, NULL, NULL, &model,
                                    covariance, &report, NULL),
                      KAM_OK);
        const double size = fabs(by[unit]);
        assert_relative(model.parameter[0],
                        table_at(&table, 0, "mu") * by[unit], 1e-11);
        assert_relative(model.parameter[1], table_at(&table, 0, "tau") * size,
                        1e-10);
        assert_relative(model.parameter[2], table_at(&table, 0, "sigma") * size,
                        1e-11);
        assert_relative(covariance[0],
                        table_at(&table, 0, "mu_mu") * size * size, 1e-9);
        assert_relative(covariance[3], table_at(&table, 0, "mu_tau") * by[unit],
                        1e-8);
        assert_relative(covariance[8], table_at(&table, 0, "sigma_sigma"),
                        1e-9);
        assert_true(report.gradient < 1e-9);
        if (unit == 0)
            assert_relative(report.log_likelihood, table_at(&table, 0, "ll"),
                            1e-13);
    }
    table_free(&table);
}

static void draw(double *x, double *m, uint64_t seed) {
    for (int i = 0; i < MANY; i++) {
        x[i] = floor(6 * random_unit(&seed) * random_unit(&seed) * 2);
        m[i] = 30 * random_unit(&seed) - 20;
        if (x[i] > 0) m[i] += 40 * random_normal(&seed) / sqrt(x[i]);
    }
}

/* Gradient and Hessian are the derivatives of the value; of mu, times sigma. */
static void test_derivatives(void **state) {
    (void)state;
    double x[MANY], m[MANY];
    draw(x, m, 7);
    const kam_accounts book = book_of(x, m, MANY);
    const kam_spend model = model_of(-3, 8, 14);
    const double h = 1e-5;
    kam_objective centre = {.struct_size = sizeof centre};
    assert_status(kam_spend_objective(&model, &book, NULL, &centre, NULL),
                  KAM_OK);
    for (int i = 0; i < 3; i++) {
        double value[2], gradient[2][3];
        for (int side = 0; side < 2; side++) {
            const double step = side ? h : -h;
            kam_spend moved = model;
            if (i == 0)
                moved.parameter[0] += step * model.parameter[2];
            else
                moved.parameter[i] *= exp(step);
            kam_objective part = {.struct_size = sizeof part};
            assert_status(kam_spend_objective(&moved, &book, NULL, &part, NULL),
                          KAM_OK);
            value[side] = kam_sum_value(&part.log_likelihood);
            for (int j = 0; j < 3; j++)
                gradient[side][j] = kam_sum_value(&part.gradient[j]);
            gradient[side][0] *= model.parameter[2] / moved.parameter[2];
        }
        assert_near(kam_sum_value(&centre.gradient[i]),
                    (value[1] - value[0]) / (2 * h), 1e-4);
        for (int j = 0; j <= i; j++)
            assert_near(kam_sum_value(&centre.hessian[i * (i + 1) / 2 + j]),
                        (gradient[1][j] - gradient[0][j]) / (2 * h), 1e-4);
    }
}

static void test_verdicts(void **state) {
    (void)state;
    double x[] = {1, 2, 3, 4}, m[] = {-5, -5, -5, -5};
    kam_accounts book = book_of(x, m, 4);
    kam_spend model;
    kam_diag diag = {.struct_size = sizeof diag};
    kam_estimate_options options;
    assert_status(kam_spend_fit(NORMAL, &book, 1, NULL, NULL, &model, NULL,
                                NULL, &diag),
                  KAM_ERR_CONSTANT);
    book.n_rows = 2;
    assert_status(kam_spend_fit(NORMAL, &book, 1, NULL, NULL, &model, NULL,
                                NULL, &diag),
                  KAM_ERR_TOO_FEW);
    /* Accounts that order equally often cannot tell tau from sigma. */
    for (int i = 0; i < 4; i++) x[i] = 2, m[i] = i * i - 3;
    book.n_rows = 4;
    const kam_status flat =
        kam_spend_fit(NORMAL, &book, 1, NULL, NULL, &model, NULL, NULL, &diag);
    assert_true(flat == KAM_ERR_FLAT || flat == KAM_ERR_AT_BOUND);
    assert_status(kam_estimate_options_init(&options, sizeof options), KAM_OK);
    options.prior = KAM_PRIOR_WEAK;
    assert_status(kam_spend_fit(NORMAL, &book, 1, &options, NULL, &model, NULL,
                                NULL, &diag),
                  KAM_OK);
    model.parameter[0] = NAN;
    double value;
    assert_status(kam_spend_expected(&model, &book, NULL, &value, NULL, &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(kam_spend_family_name(NORMAL), "normal");
    assert_string_equal(kam_spend_family_name(9), "unknown");
    assert_string_equal(kam_spend_parameter_name(NORMAL, 0), "mu");
}

/* A margin below zero is no error here, and one in Gamma-Gamma; no repeat order:
 * the book's mean. */
static void test_rows(void **state) {
    (void)state;
    const double x[] = {3, 0, 2, 2}, m[] = {-7, NAN, NAN, INFINITY};
    const kam_accounts book = book_of(x, m, 4);
    const kam_spend normal = model_of(-1, 2, 4);
    const kam_spend gamma = {KAM_SPEND_GAMMA_GAMMA, 3, {6, 4, 15, 0}};
    double value[4];
    uint32_t flag[4];
    assert_status(kam_spend_expected(&normal, &book, NULL, value, flag, NULL),
                  KAM_OK);
    assert_relative(value[0], -1 + 4 / (4 + 16.0 / 3) * -6, 1e-15);
    assert_near(value[1], -1, 0);
    assert_true(isnan(value[2]) && isnan(value[3]));
    assert_int_equal(flag[0], 0);
    assert_int_equal(flag[1], KAM_ROW_ONE_ORDER);
    assert_int_equal(flag[2], KAM_ROW_MISSING);
    assert_int_equal(flag[3], KAM_ROW_DOMAIN);
    assert_status(kam_spend_expected(&gamma, &book, NULL, value, flag, NULL),
                  KAM_OK);
    assert_int_equal(flag[0], KAM_ROW_DOMAIN);
}

static void test_quantiles(void **state) {
    (void)state;
    struct table table;
    struct worst worst = {0};
    assert_true(table_read(&table, TEST_GOLDEN "/clv_margin.csv"));
    assert_int_equal(table.n_rows, 9);
    for (int64_t i = 0; i < table.n_rows; i++) {
        const struct kam__margin_law law = {table_at(&table, i, "mean"),
                                            table_at(&table, i, "spread"),
                                            table_at(&table, i, "noise"),
                                            table_at(&table, i, "shape"),
                                            table_at(&table, i, "some")};
        double low, high;
        kam__margin_interval(&law, table_at(&table, i, "tail"), &low, &high);
        look(&worst, low, table_at(&table, i, "low"), i);
        look(&worst, high, table_at(&table, i, "high"), i);
    }
    tell("quantiles", &worst, 1e-5);
    table_free(&table);
}

/* 80 % intervals of the next year hold what simulated accounts bring, with the
 * parameters known; the value is the mean of it. */
static void test_simulated(void **state) {
    (void)state;
    enum { N = 20000 };
    const double r = 3, alpha = 12, horizon = 52, week = log(1.1) * 7 / 365.25;
    const kam_btyd orders = btyd_model(KAM_BTYD_MBGNBD, r, alpha, 1, 12);
    const kam_spend spend = model_of(4, 9, 15);
    uint64_t seed = 4711;
    struct histories book =
        simulated_book(N, KAM_BTYD_MBGNBD, 3, alpha, 0, 1, 99);
    double *const m = calloc(N, sizeof *m), *const truth = calloc(N, sizeof *m);
    double *const low = calloc(N, sizeof *m), *const high =
                                                  calloc(N, sizeof *m);
    double *const value = calloc(N, sizeof *m);
    for (int i = 0; i < N; i++) {
        const double rate = random_gamma(&seed, 3) / alpha, T = book.T[i];
        const double of_a = random_gamma(&seed, 1);
        const double p = of_a / (of_a + random_gamma(&seed, 12));
        const double zeta = 4 + 9 * random_normal(&seed);
        double t = 0, sum = 0;
        book.x[i] = book.t_x[i] = 0;
        int active = random_unit(&seed) >= p;
        while (active) {
            t += random_exponential(&seed) / rate;
            if (t > T + horizon) break;
            const double margin = zeta + 15 * random_normal(&seed);
            if (t <= T) {
                book.x[i]++;
                book.t_x[i] = t;
                sum += margin;
            } else {
                truth[i] += margin * exp(-week * (t - T));
            }
            active = random_unit(&seed) >= p;
        }
        m[i] = book.x[i] > 0 ? sum / book.x[i] : 0;
    }
    kam_accounts accounts = accounts_from(&book);
    accounts.mean_order_value = column_of(m);
    kam_clv_options future;
    kam_clv_options_init(&future, sizeof future);
    future.horizon_days = 7 * horizon;
    assert_status(kam_clv_value(&orders, &spend, &accounts, &future, NULL,
                                value, NULL, NULL),
                  KAM_OK);
    assert_status(kam_clv_interval(&orders, NULL, &spend, NULL, &accounts,
                                   &future, NULL, low, high, NULL, NULL),
                  KAM_OK);
    double inside = 0, below = 0, above = 0, all = 0, known = 0, square = 0;
    for (int i = 0; i < N; i++) {
        assert_true(low[i] <= high[i]);
        inside += truth[i] >= low[i] && truth[i] <= high[i];
        below += truth[i] < low[i];
        above += truth[i] > high[i];
        known += value[i];
        all += truth[i];
        square += (truth[i] - value[i]) * (truth[i] - value[i]);
    }
    fprintf(stderr, "inside %.4f, below %.4f, above %.4f\n", inside / N,
            below / N, above / N);
    assert_true(fabs(all - known) < 4 * sqrt(square));
    assert_true(inside / N > 0.79 && inside / N < 0.87);
    assert_true(below / N < 0.105 && above / N < 0.105);
    free(m), free(truth), free(low), free(high), free(value);
    histories_free(&book);
}

static void take_interval(const kam_btyd *orders, const kam_spend *spend,
                          const double *covariance, const kam_accounts *book,
                          double *low, double *high) {
    assert_status(kam_clv_interval(orders, NULL, spend, covariance, book, NULL,
                                   NULL, low, high, NULL, NULL),
                  KAM_OK);
}

/* What is not known of mu is one more part of the variance of an account without
 * orders; what is not known of the others counts as far as they pull its mean. */
static void test_covariance(void **state) {
    (void)state;
    const kam_btyd orders = btyd_model(KAM_BTYD_MBGNBD, 3, 12, 1, 12);
    const kam_spend spend = {NORMAL, 3, {4, 9, 15}};
    const kam_spend wider = {NORMAL, 3, {4, sqrt(81 + 19), 15}};
    const double of_mu[9] = {19}, of_sigma[9] = {0, 0, 0, 0, 0, 0, 0, 0, 0.04};
    const double x[] = {0, 6, 6}, t_x[] = {0, 40, 40}, T[] = {20, 45, 45};
    const double m[] = {0, 4, 10};
    double low[3], high[3], low_all[3], high_all[3];
    kam_accounts book = {.struct_size = sizeof book, .n_rows = 3};
    book.repeat_orders = column_of(x);
    book.last_order_periods = column_of(t_x);
    book.age_periods = column_of(T);
    book.mean_order_value = column_of(m);
    take_interval(&orders, &spend, of_mu, &book, low, high);
    take_interval(&orders, &wider, NULL, &book, low_all, high_all);
    assert_relative(low[0], low_all[0], 1e-9);
    assert_relative(high[0], high_all[0], 1e-9);
    take_interval(&orders, &spend, NULL, &book, low, high);
    take_interval(&orders, &spend, of_sigma, &book, low_all, high_all);
    for (int i = 0; i < 3; i++)
        assert_true(i < 2 ? low_all[i] == low[i] && high_all[i] == high[i]
                          : low_all[i] < low[i] && high_all[i] > high[i]);
}

static void test_weights_too_high(void **state) {
    (void)state;
    enum { N = 50 };
    double x[N], m[N], weight[N];
    uint64_t seed = 4;
    kam_accounts book = {.struct_size = sizeof book, .n_rows = N};
    for (int i = 0; i < N; i++) {
        x[i] = 1 + i % 4;
        m[i] = 20 + 9 * random_normal(&seed);
        weight[i] = 1e18;
    }
    book.repeat_orders = column_of(x);
    book.mean_order_value = column_of(m);
    book.weight = column_of(weight);
    kam_spend model = {.family = 77};
    kam_diag diag = {.struct_size = sizeof diag};
    for (int family = 1; family <= NORMAL; family++) {
        assert_status(kam_spend_fit(family, &book, 1, NULL, NULL, &model, NULL,
                                    NULL, &diag),
                      KAM_ERR_OVERFLOW);
        assert_int_equal(diag.status, KAM_ERR_OVERFLOW);
        assert_int_equal(model.family, 77);
    }
}

/* kam_fit fits it on request; kam_score and kam_clv read no cost then. */
static void test_fit_and_score(void **state) {
    (void)state;
    struct histories book =
        simulated_book(MANY, KAM_BTYD_MBGNBD, 2, 8, 1, 6, 5);
    double m[MANY], cost[MANY], value[MANY], direct[MANY], order_value[MANY];
    uint64_t seed = 8;
    for (int i = 0; i < MANY; i++) {
        m[i] = 30 * random_unit(&seed) - 12;
        cost[i] = 1e6;
    }
    kam_accounts accounts = accounts_from(&book);
    accounts.mean_order_value = column_of(m);
    accounts.gross_revenue = column_of(cost);
    accounts.direct_cost = column_of(cost);
    kam_fit_options options;
    kam_models models = {.struct_size = sizeof models};
    kam_fit_report report = {.struct_size = sizeof report};
    uint32_t flags[MANY];
    assert_status(kam_fit_options_init(&options, sizeof options), KAM_OK);
    options.spend_family = NORMAL;
    assert_status(kam_fit(&accounts, 1, &options, NULL, &models, &report, NULL),
                  KAM_OK);
    assert_int_equal(models.spend.family, NORMAL);
    kam_scores out = {.struct_size = sizeof out};
    out.lifetime_value = value;
    out.order_value = order_value;
    out.row_flags = flags;
    assert_status(kam_score(&accounts, &models, NULL, KAM_NO_DAY, NULL, &out,
                            NULL),
                  KAM_OK);
    assert_status(kam_clv_value(&models.orders, &models.spend, &accounts, NULL,
                                NULL, direct, NULL, NULL),
                  KAM_OK);
    assert_memory_equal(value, direct, sizeof value);
    int n_negative = 0;
    for (int i = 0; i < MANY; i++) {
        n_negative += value[i] < 0;
        assert_int_equal(flags[i] & (uint32_t)~KAM_ROW_ONE_ORDER, 0);
        assert_true((value[i] < 0) == (order_value[i] < 0));
    }
    assert_true(n_negative > 5);
    options.spend_family = 7;
    assert_status(kam_fit(&accounts, 1, &options, NULL, &models, NULL, NULL),
                  KAM_ERR_OPTION);
    histories_free(&book);
}

static void test_every_allocation_failed(void **state) {
    (void)state;
    double x[MANY], m[MANY];
    draw(x, m, 3);
    const kam_accounts book = book_of(x, m, MANY);
    const kam_spend untouched = model_of(1, 2, 3);
    struct lender lender;
    int64_t fail_at = 0;
    kam_status status;
    do {
        kam_spend model = untouched;
        kam_host host = lender_host(&lender, ++fail_at);
        status = kam_spend_fit(NORMAL, &book, 1, NULL, &host, &model, NULL,
                               NULL, NULL);
        assert_int_equal(lender.n_live, 0);
        if (status == KAM_OK) break;
        assert_status(status, KAM_ERR_MEMORY);
        assert_memory_equal(&model, &untouched, sizeof model);
    } while (fail_at < 100);
    assert_status(status, KAM_OK);
    assert_true(fail_at > 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_derivatives),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_quantiles),
        cmocka_unit_test(test_simulated),
        cmocka_unit_test(test_covariance),
        cmocka_unit_test(test_weights_too_high),
        cmocka_unit_test(test_fit_and_score),
        cmocka_unit_test(test_every_allocation_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
