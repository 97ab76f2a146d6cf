/* SPDX-License-Identifier: MIT */
/* BG/BB: the donations of Fader, Hardie & Shang (2010), 60-digit references, and
 * what must hold. */
#include "support/check.h"
#include "support/hosts.h"
#include "value/histories.h"

enum { BGBB = KAM_BTYD_BGBB, COUNTS = 4 };

static kam_btyd periods_model(double alpha, double beta, double gamma,
                              double delta) {
    const kam_btyd model = {BGBB,
                            4,
                            365.25,
                            {alpha, beta, gamma, delta, 0, 0, 0, 0}};
    return model;
}

/* The 30-digit maximum of shared/reference/mle_bgbb_donations_params.csv. */
static kam_btyd donations_model(void) {
    return periods_model(1.203522351602, 0.7497163581729, 0.6567182084418,
                         2.783442232577);
}

/* 22 histories of 11,104 donors, 1995-2001 (the paper's table 1). */
static int read_donations(struct histories *book, struct table *table) {
    if (!table_read(table,
                    TEST_SHARED "/reference/btyd_bgbb_donations_pred.csv"))
        return 0;
    *book = histories_new(table->n_rows);
    book->weight = calloc((size_t)table->n_rows, sizeof(double));
    for (int64_t i = 0; i < table->n_rows; i++) {
        book->x[i] = table_at(table, i, "x");
        book->t_x[i] = table_at(table, i, "t_x");
        book->T[i] = table_at(table, i, "n");
        book->weight[i] = table_at(table, i, "custs");
    }
    return 1;
}

static void test_donations(void **state) {
    (void)state;
    struct table table;
    struct histories book;
    skip_without(read_donations(&book, &table), "shared/reference");
    const kam_accounts accounts = accounts_from(&book);
    kam_btyd model;
    kam_estimate_report report = {.struct_size = sizeof report};
    double covariance[16];
    assert_status(kam_btyd_fit(BGBB, &accounts, 1, 365.25, NULL, NULL, &model,
                               covariance, &report, NULL),
                  KAM_OK);
    const kam_btyd known = donations_model();
    const double error[] = {0.069391362, 0.029447717, 0.051009859, 0.320819};
    const double published[] = {1.204, 0.750, 0.657, 2.783};
    for (int i = 0; i < 4; i++) {
        assert_relative(model.parameter[i], known.parameter[i], 1e-10);
        assert_near(model.parameter[i], published[i], 0.0005);
        assert_relative(model.parameter[i] * sqrt(covariance[5 * i]), error[i],
                        1e-6);
    }
    assert_relative(report.log_likelihood, -33225.58127434701, 1e-13);
    /* Donors expected to have given 0 and 6 times, and to give in the next five
     * years (the authors' spreadsheet, by way of shared/design A4). */
    double counts[7], sum = 0;
    const double zero = 0;
    const kam_accounts one = one_account(&zero, &zero, &zero);
    assert_status(kam_btyd_order_counts(&model, &one, 6, 7, NULL, counts, NULL,
                                        NULL),
                  KAM_OK);
    assert_near(11104 * counts[0], 3454.9, 0.05);
    assert_near(11104 * counts[6], 1253.1, 0.05);
    for (int64_t i = 0; i < book.n; i++) {
        const double x = book.x[i], t_x = book.t_x[i];
        const double cet = ask_one(ASK_ORDERS, &model, x, t_x, 6, 5, 0);
        sum += book.weight[i] * cet;
        /* BTYD stops some 1e-4 short of the maximum. */
        assert_relative(cet, table_at(&table, i, "cet5"), 3e-4);
        assert_relative(ask_one(ASK_ALIVE, &model, x, t_x, 6, 1, 0),
                        table_at(&table, i, "p_alive_at_n_plus_1"), 3e-4);
        assert_relative(ask_one(ASK_DISCOUNTED, &model, x, t_x, 6, INFINITY,
                                log(1.1)),
                        table_at(&table, i, "dert_d0.1"), 1e-3);
    }
    assert_near(sum, 12884.2, 0.05);
    /* Active in 2002 (the paper's table 4). */
    assert_near(ask_one(ASK_ALIVE, &model, 0, 0, 6, 1, 0), 0.11, 0.005);
    assert_near(ask_one(ASK_ALIVE, &model, 2, 4, 6, 1, 0), 0.59, 0.005);
    assert_near(ask_one(ASK_ALIVE, &model, 6, 6, 6, 1, 0), 0.93, 0.005);
    histories_free(&book);
    table_free(&table);
}

static void test_golden(void **state) {
    (void)state;
    struct table table;
    double worst[7] = {0};
    assert_true(table_read(&table, TEST_GOLDEN "/bgbb.csv"));
    assert_int_equal(table.n_rows, 60);
    for (int64_t i = 0; i < table.n_rows; i++) {
        const kam_btyd model = periods_model(table_at(&table, i, "alpha"),
                                             table_at(&table, i, "beta"),
                                             table_at(&table, i, "gamma"),
                                             table_at(&table, i, "delta"));
        const double x = table_at(&table, i, "x");
        const double t_x = table_at(&table, i, "t_x");
        const double n = table_at(&table, i, "n");
        const double h = table_at(&table, i, "h");
        const double rate = table_at(&table, i, "rate");
        const kam_accounts account = one_account(&x, &t_x, &n);
        double chance[COUNTS];
        const double ll = ask_one(ASK_LOG_LIKELIHOOD, &model, x, t_x, n, 0, 0);
        assert_near(ll, table_at(&table, i, "ll"),
                    1e-12 * (1 + fabs(table_at(&table, i, "ll"))));
        check_digits(&worst[1], ask_one(ASK_ALIVE, &model, x, t_x, n, 0, 0),
                     table_at(&table, i, "alive"), i, 1e-12);
        check_digits(&worst[2], ask_one(ASK_ALIVE, &model, x, t_x, n, h, 0),
                     table_at(&table, i, "alive_ahead"), i, 1e-12);
        check_digits(&worst[3], ask_one(ASK_ORDERS, &model, x, t_x, n, h, 0),
                     table_at(&table, i, "orders"), i, 1e-12);
        check_digits(&worst[4],
                     ask_one(ASK_DISCOUNTED, &model, x, t_x, n, h, rate),
                     table_at(&table, i, "discounted"), i, 1e-12);
        check_digits(&worst[5], ask_one(ASK_NO_ORDER, &model, x, t_x, n, h, 0),
                     table_at(&table, i, "no_order"), i, 1e-12);
        assert_status(kam_btyd_order_counts(&model, &account, h, COUNTS, NULL,
                                            chance, NULL, NULL),
                      KAM_OK);
        for (int c = 0; c < COUNTS; c++) {
            char column[16];
            snprintf(column, sizeof column, "count_%d", c);
            assert_near(chance[c], table_at(&table, i, column), 1e-13);
            if (c + 1 < COUNTS && table_at(&table, i, column) > 0)
                check_digits(&worst[6], chance[c], table_at(&table, i, column),
                             i, 1e-11);
        }
    }
    fprintf(stderr,
            "largest errors: alive %.1e, ahead %.1e, orders %.1e, discounted "
            "%.1e, no order %.1e, counts %.1e\n",
            worst[1], worst[2], worst[3], worst[4], worst[5], worst[6]);
    table_free(&table);
}

/* ---- books ---- */

static void simulate(struct histories *book, int64_t n, uint64_t seed) {
    *book = histories_new(n);
    for (int64_t i = 0; i < n; i++) {
        /* p ~ Beta(2, 3), theta ~ Beta(1, 5) */
        const double a = random_gamma(&seed, 2);
        const double p = a / (a + random_gamma(&seed, 3));
        const double theta = 1 - pow(random_unit(&seed), 0.2);
        book->T[i] = 4 + floor(9 * random_unit(&seed));
        for (int t = 1; t <= book->T[i]; t++) {
            if (random_unit(&seed) < theta) break;
            if (random_unit(&seed) >= p) continue;
            book->x[i]++;
            book->t_x[i] = t;
        }
    }
}

static void test_simulated_book(void **state) {
    (void)state;
    struct histories book;
    const double truth[] = {2, 3, 1, 5};
    kam_btyd model;
    double covariance[16];
    simulate(&book, 6000, 12);
    const kam_accounts accounts = accounts_from(&book);
    kam_accounts parts[2] = {accounts, accounts};
    assert_status(kam_btyd_fit(BGBB, &accounts, 1, 30, NULL, NULL, &model,
                               covariance, NULL, NULL),
                  KAM_OK);
    for (int i = 0; i < 4; i++)
        assert_near(log(model.parameter[i] / truth[i]), 0,
                    3.5 * sqrt(covariance[5 * i]));
    /* Cut and order do not matter; nor the executor. */
    kam_btyd again;
    kam_host host = {.struct_size = sizeof host, .parallel_for = run_backwards};
    assert_status(kam_accounts_slice(&accounts, 1234, 4766, &parts[0]), KAM_OK);
    assert_status(kam_accounts_slice(&accounts, 0, 1234, &parts[1]), KAM_OK);
    assert_status(kam_btyd_fit(BGBB, parts, 2, 30, NULL, &host, &again, NULL,
                               NULL, NULL),
                  KAM_OK);
    assert_memory_equal(&model, &again, sizeof model);
    histories_free(&book);
}

static void test_derivatives(void **state) {
    (void)state;
    const double step = 1e-5;
    struct histories book;
    simulate(&book, 300, 5);
    const kam_accounts accounts = accounts_from(&book);
    const kam_btyd model = periods_model(1.3, 2.1, 0.7, 1.9);
    kam_objective centre = {.struct_size = sizeof centre};
    assert_status(kam_btyd_objective(&model, &accounts, NULL, &centre, NULL),
                  KAM_OK);
    for (int i = 0; i < 4; i++) {
        double value[2], gradient[2][4];
        for (int side = 0; side < 2; side++) {
            kam_btyd moved = model;
            moved.parameter[i] *= exp(side ? step : -step);
            kam_objective part = {.struct_size = sizeof part};
            assert_status(kam_btyd_objective(&moved, &accounts, NULL, &part,
                                             NULL),
                          KAM_OK);
            value[side] = kam_sum_value(&part.log_likelihood);
            for (int j = 0; j < 4; j++)
                gradient[side][j] = kam_sum_value(&part.gradient[j]);
        }
        assert_near(kam_sum_value(&centre.gradient[i]),
                    (value[1] - value[0]) / (2 * step), 1e-5);
        for (int j = 0; j <= i; j++)
            assert_near(kam_sum_value(&centre.hessian[i * (i + 1) / 2 + j]),
                        (gradient[1][j] - gradient[0][j]) / (2 * step), 1e-5);
    }
    histories_free(&book);
}

/* ---- what must hold ---- */

/* The time to the next order is what the risk of none says it is, and for ever
 * is the end of longer and longer horizons. */
static void test_for_ever(void **state) {
    (void)state;
    const kam_btyd model = periods_model(6, 4, 3, 12);
    const double x[] = {0, 2, 5}, t_x[] = {0, 3, 8}, n[] = {0, 6, 8};
    for (int i = 0; i < 3; i++) {
        const kam_accounts account = one_account(&x[i], &t_x[i], &n[i]);
        const double never =
            ask_one(ASK_NO_ORDER, &model, x[i], t_x[i], n[i], INFINITY, 0);
        double mean = 0, next, by, counts[3];
        uint32_t flags;
        for (int h = 0; h < 4000; h++) {
            const double risk =
                ask_one(ASK_NO_ORDER, &model, x[i], t_x[i], n[i], h + 0.5, 0);
            assert_true(risk >= never * (1 - 1e-12));
            mean += (risk - never) / (1 - never);
        }
        assert_status(kam_btyd_next_order(&model, &account, NULL, &next, &flags,
                                          NULL),
                      KAM_OK);
        assert_int_equal(flags, 0);
        assert_relative(next, mean, 1e-7);
        assert_near(ask_one(ASK_NO_ORDER, &model, x[i], t_x[i], n[i], 3000, 0),
                    never, 1e-9);
        assert_relative(ask_one(ASK_ORDERS, &model, x[i], t_x[i], n[i],
                                INFINITY, 0),
                        ask_one(ASK_DISCOUNTED, &model, x[i], t_x[i], n[i],
                                INFINITY, 1e-9),
                        1e-6);
        assert_status(kam_btyd_order_counts(&model, &account, INFINITY, 3, NULL,
                                            counts, NULL, NULL),
                      KAM_OK);
        assert_near(counts[0], never, 1e-12);
        assert_near(counts[0] + counts[1] + counts[2], 1, 1e-12);
        /* The next order comes at the end of a whole period. */
        assert_status(kam_btyd_next_order_by(&model, &account, 0.3, NULL, &by,
                                             NULL, NULL),
                      KAM_OK);
        if (isinf(by)) {
            assert_true(never > 0.7);
            continue;
        }
        assert_bits(by, floor(by));
        assert_true(ask_one(ASK_NO_ORDER, &model, x[i], t_x[i], n[i], by, 0) <=
                    0.7);
        assert_true(by <= 1 || ask_one(ASK_NO_ORDER, &model, x[i], t_x[i], n[i],
                                       by - 1, 0) > 0.7);
    }
}

/* Periods are counted: a horizon that nobody can count is for ever, and every
 * question ends. */
static void test_beyond_counting(void **state) {
    (void)state;
    const kam_btyd model = periods_model(0.4, 3, 0.2, 8);
    for (int q = 0; q < N_QUESTIONS; q++)
        if (q == ASK_NO_ORDER)
            assert_bits(ask_one((enum question)q, &model, 1, 2, 6, 1e300, 0.1),
                        ask_one((enum question)q, &model, 1, 2, 6, INFINITY,
                                0.1));
    const double x = 1, t_x = 2, n = 6;
    const kam_accounts account = one_account(&x, &t_x, &n);
    double by;
    assert_status(kam_btyd_next_order_by(&model, &account, 0.01, NULL, &by,
                                         NULL, NULL),
                  KAM_OK);
    assert_true(by >= 1);
    const double never = ask_one(ASK_NO_ORDER, &model, x, t_x, n, INFINITY, 0);
    assert_status(kam_btyd_next_order_by(&model, &account,
                                         (1 - never) * (1 - 1e-9), NULL, &by,
                                         NULL, NULL),
                  KAM_OK);
    assert_true(by >= 1e6);
}

static void test_impossible_rows(void **state) {
    (void)state;
    const double x[] = {2, 2, 2, 3, 2, 2};
    const double t_x[] = {4, 4.5, 4, 2, NAN, 4};
    const double n[] = {6, 6, 6.5, 6, 6, 0x1p20 + 1};
    const uint32_t expected[] = {0,
                                 KAM_ROW_DOMAIN,
                                 KAM_ROW_DOMAIN,
                                 KAM_ROW_DOMAIN,
                                 KAM_ROW_MISSING,
                                 KAM_ROW_DOMAIN};
    const kam_btyd model = donations_model();
    kam_accounts accounts = one_account(x, t_x, n);
    double out[6], counts[12];
    uint32_t flags[6];
    accounts.n_rows = 6;
    for (int q = 0; q < N_QUESTIONS; q++) {
        assert_status(ask((enum question)q, &model, &accounts, 3, 0.1, NULL,
                          out, flags, NULL),
                      KAM_OK);
        assert_memory_equal(flags, expected, sizeof flags);
        assert_true(isfinite(out[0]));
        for (int i = 1; i < 6; i++) assert_true(isnan(out[i]));
    }
    assert_status(kam_btyd_order_counts(&model, &accounts, 3, 2, NULL, counts,
                                        flags, NULL),
                  KAM_OK);
    assert_memory_equal(flags, expected, sizeof flags);
    kam_objective part = {.struct_size = sizeof part};
    assert_status(kam_btyd_objective(&model, &accounts, NULL, &part, NULL),
                  KAM_OK);
    assert_int_equal(part.n_rows, 1);
    assert_int_equal(part.n_skipped, 5);
}

/* Nobody leaves, nobody orders twice, all alike: verdicts; with the weak prior,
 * answers. */
static void test_verdicts(void **state) {
    (void)state;
    const double n[] = {8, 8, 8, 8}, x[] = {4, 4, 4, 4}, t_x[] = {8, 8, 8, 8};
    kam_accounts accounts = one_account(x, t_x, n);
    kam_btyd model;
    kam_estimate_options options;
    double covariance[16];
    accounts.n_rows = 4;
    const kam_status status = kam_btyd_fit(BGBB, &accounts, 1, 30, NULL, NULL,
                                           &model, covariance, NULL, NULL);
    assert_status(status, KAM_ERR_AT_BOUND);
    assert_true(isnan(covariance[0]) && isfinite(model.parameter[0]));
    assert_status(kam_estimate_options_init(&options, sizeof options), KAM_OK);
    options.prior = KAM_PRIOR_WEAK;
    assert_status(kam_btyd_fit(BGBB, &accounts, 1, 30, &options, NULL, &model,
                               covariance, NULL, NULL),
                  KAM_OK);
    assert_true(covariance[0] > 0 && covariance[15] > 0);
}

/* At the answer the likelihood pulls as hard as the prior, whose centre for the
 * rate of leaving moves with the length of a period. */
static void test_weak_prior(void **state) {
    (void)state;
    const double n[] = {30, 40, 60, 70}, x[] = {3, 0, 12, 5};
    const double t_x[] = {11, 0, 58, 66}, mean = 50, p = 20.0 / 200;
    const double centre[] = {log(2 * p), log(2 * (1 - p)), 0, log(mean)};
    kam_accounts accounts = one_account(x, t_x, n);
    kam_objective sums = {.struct_size = sizeof sums};
    kam_estimate_options options;
    kam_btyd model;
    accounts.n_rows = 4;
    assert_status(kam_estimate_options_init(&options, sizeof options), KAM_OK);
    options.prior = KAM_PRIOR_WEAK;
    assert_status(kam_btyd_fit(BGBB, &accounts, 1, 7, &options, NULL, &model,
                               NULL, NULL, NULL),
                  KAM_OK);
    assert_status(kam_btyd_objective(&model, &accounts, NULL, &sums, NULL),
                  KAM_OK);
    for (int i = 0; i < 4; i++)
        assert_near(kam_sum_value(&sums.gradient[i]),
                    (log(model.parameter[i]) - centre[i]) / (1.5 * 1.5), 1e-7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_donations),
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_simulated_book),
        cmocka_unit_test(test_derivatives),
        cmocka_unit_test(test_for_ever),
        cmocka_unit_test(test_beyond_counting),
        cmocka_unit_test(test_impossible_rows),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_weak_prior),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
