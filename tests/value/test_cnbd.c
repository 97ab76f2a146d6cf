/* SPDX-License-Identifier: MIT */
/* BG/CNBD-k and MBG/CNBD-k, and what families say of the number of orders and of
 * the next one: 40-digit references, the k = 1 limit, and simulations. */
#include "support/check.h"
#include "support/hosts.h"
#include "value/histories.h"

enum { BG = KAM_BTYD_BGCNBD, MBG = KAM_BTYD_MBGCNBD, COUNTS = 6 };

static kam_btyd rhythmic(int32_t family, double r, double alpha, double a,
                         double b, double k) {
    kam_btyd model = {family, 5, 7, {r, alpha, a, b, k, 0, 0, 0}};
    if (family < BG) model.n_parameters = 4, model.parameter[4] = 0;
    return model;
}

struct worst {
    double error;
    int64_t row;
};

static void look(struct worst *worst, double actual, double expected,
                 int64_t row) {
    const double error = check_rel(actual, expected);
    if (error <= worst->error) return;
    worst->error = isnan(error) ? (double)INFINITY : error;
    worst->row = row;
}

static double log_likelihood_of(const kam_btyd *model,
                                const kam_accounts *accounts) {
    double out;
    uint32_t flags;
    assert_status(kam_btyd_log_likelihood(model, accounts, NULL, &out, &flags,
                                          NULL),
                  KAM_OK);
    assert_int_equal(flags, 0);
    return out;
}

static void test_golden(void **state) {
    (void)state;
    static const char *const name[] = {"ll",     "alive",      "alive_ahead",
                                       "orders", "next_order", "discounted",
                                       "counts"};
    static const double limit[] = {1e-13, 1e-13, 1e-12, 1e-12,
                                   1e-13, 1e-11, 2e-12};
    struct table table;
    struct worst worst[7] = {{0, 0}};
    assert_true(table_read(&table, TEST_GOLDEN "/cnbd.csv"));
    assert_int_equal(table.n_rows, 52);
    for (int64_t i = 0; i < table.n_rows; i++) {
        const kam_btyd model =
            rhythmic((int32_t)table_at(&table, i, "family"),
                     table_at(&table, i, "r"), table_at(&table, i, "alpha"),
                     table_at(&table, i, "a"), table_at(&table, i, "b"),
                     table_at(&table, i, "k"));
        const double x = table_at(&table, i, "x");
        const double t_x = table_at(&table, i, "t_x");
        const double T = table_at(&table, i, "T");
        const double h = table_at(&table, i, "h");
        const double rate = table_at(&table, i, "rate");
        const double log_gaps = table_at(&table, i, "log_gaps");
        const double discounted = table_at(&table, i, "discounted");
        kam_accounts account = one_account(&x, &t_x, &T);
        double next, chance[COUNTS];
        uint32_t flags;
        account.log_gaps = column_of(&log_gaps);
        if (T > 0)
            look(&worst[0], log_likelihood_of(&model, &account),
                 table_at(&table, i, "ll"), i);
        look(&worst[1], ask_one(ASK_ALIVE, &model, x, t_x, T, 0, 0),
             table_at(&table, i, "alive"), i);
        look(&worst[2], ask_one(ASK_ALIVE, &model, x, t_x, T, h, 0),
             table_at(&table, i, "alive_ahead"), i);
        look(&worst[3], ask_one(ASK_ORDERS, &model, x, t_x, T, h, 0),
             table_at(&table, i, "orders"), i);
        assert_status(kam_btyd_next_order(&model, &account, NULL, &next, &flags,
                                          NULL),
                      KAM_OK);
        look(&worst[4], next, table_at(&table, i, "next_order"), i);
        assert_int_equal(flags, isinf(next) ? KAM_ROW_INFINITE : 0);
        /* The reference integrates to 22 digits after the point. */
        if (discounted > 1e-9)
            look(&worst[5], ask_one(ASK_DISCOUNTED, &model, x, t_x, T, h, rate),
                 discounted, i);
        assert_status(kam_btyd_order_counts(&model, &account, h, COUNTS, NULL,
                                            chance, &flags, NULL),
                      KAM_OK);
        for (int n = 0; n < COUNTS; n++) {
            char column[16];
            snprintf(column, sizeof column, "count_%d", n);
            /* What is below 1e-25 may be a difference in the reference. */
            if (table_at(&table, i, column) > 1e-25)
                look(&worst[6], chance[n], table_at(&table, i, column), i);
        }
        look(&worst[6], ask_one(ASK_NO_ORDER, &model, x, t_x, T, h, 0),
             table_at(&table, i, "count_0"), i);
    }
    for (int k = 0; k < 7; k++)
        fprintf(stderr, "%s: %.1e, row %ld\n", name[k], worst[k].error,
                (long)worst[k].row);
    for (int k = 0; k < 7; k++)
        if (!(worst[k].error <= limit[k])) fail_msg("%s", name[k]);
    table_free(&table);
}

/* k = 1 is BG/NBD or MBG/NBD, to the bit, in every answer. */
static void test_k_of_one(void **state) {
    (void)state;
    struct histories book = mixed_book(400, 3);
    const kam_accounts accounts = accounts_from(&book);
    double one[400], two[400];
    for (int32_t family = 1; family <= 2; family++) {
        const kam_btyd plain = btyd_model(family, 0.7, 9, 0.8, 2.5);
        const kam_btyd same = rhythmic(family + 5, 0.7, 9, 0.8, 2.5, 1);
        for (int q = 0; q < N_QUESTIONS; q++) {
            assert_status(ask((enum question)q, &plain, &accounts, 20, 0.01,
                              NULL, one, NULL, NULL),
                          KAM_OK);
            assert_status(ask((enum question)q, &same, &accounts, 20, 0.01,
                              NULL, two, NULL, NULL),
                          KAM_OK);
            assert_memory_equal(one, two, sizeof one);
        }
        kam_objective a = {.struct_size = sizeof a}, b = a;
        assert_status(kam_btyd_objective(&plain, &accounts, NULL, &a, NULL),
                      KAM_OK);
        assert_status(kam_btyd_objective(&same, &accounts, NULL, &b, NULL),
                      KAM_OK);
        assert_memory_equal(&a, &b, sizeof a);
    }
    histories_free(&book);
}

static void test_derivatives(void **state) {
    (void)state;
    const double step = 1e-5;
    struct histories book = mixed_book(300, 5);
    const kam_accounts accounts = accounts_from(&book);
    for (int32_t family = BG; family <= MBG; family++)
        for (int k = 2; k < 8; k += 3) {
            const kam_btyd model = rhythmic(family, 1.3, 12, 0.7, 1.9, k);
            kam_objective centre = {.struct_size = sizeof centre};
            assert_status(kam_btyd_objective(&model, &accounts, NULL, &centre,
                                             NULL),
                          KAM_OK);
            assert_int_equal(centre.n_parameters, 4);
            for (int i = 0; i < 4; i++) {
                double value[2], gradient[2][4];
                for (int side = 0; side < 2; side++) {
                    kam_btyd moved = model;
                    moved.parameter[i] *= exp(side ? step : -step);
                    kam_objective part = {.struct_size = sizeof part};
                    assert_status(kam_btyd_objective(&moved, &accounts, NULL,
                                                     &part, NULL),
                                  KAM_OK);
                    value[side] = kam_sum_value(&part.log_likelihood);
                    for (int j = 0; j < 4; j++)
                        gradient[side][j] = kam_sum_value(&part.gradient[j]);
                }
                const double slope = kam_sum_value(&centre.gradient[i]);
                assert_near(slope, (value[1] - value[0]) / (2 * step),
                            1e-5 * (1 + fabs(slope)));
                for (int j = 0; j <= i; j++) {
                    const double curve =
                        kam_sum_value(&centre.hessian[i * (i + 1) / 2 + j]);
                    assert_near(curve,
                                (gradient[1][j] - gradient[0][j]) / (2 * step),
                                1e-6 * (1 + fabs(curve)));
                }
            }
        }
    histories_free(&book);
}

/* ---- simulated books ---- */

struct orders {
    struct histories book;
    double *log_gaps;
};

/* An account's orders until T, and whether it is still active then. */
static int simulate_one(int32_t family, int k, double rate, double p, double T,
                        uint64_t *seed, double *x, double *t_x, double *gaps) {
    double t = 0;
    int active = family != MBG || random_unit(seed) >= p;
    *x = *t_x = *gaps = 0;
    while (active) {
        const double gap = random_gamma(seed, k) / rate;
        if (t + gap > T) break;
        t += gap;
        *gaps += log(gap);
        ++*x;
        *t_x = t;
        active = random_unit(seed) >= p;
    }
    return active;
}

static double random_beta(uint64_t *seed, int a, int b) {
    const double of_a = random_gamma(seed, a);
    return of_a / (of_a + random_gamma(seed, b));
}

static struct orders simulated_orders(int64_t n, int32_t family, int k, int r,
                                      double alpha, int a, int b,
                                      uint64_t seed) {
    struct orders made = {histories_new(n), calloc((size_t)n, sizeof(double))};
    for (int64_t i = 0; i < n; i++) {
        const double rate = random_gamma(&seed, r) / alpha;
        const double p = random_beta(&seed, a, b);
        made.book.T[i] = floor(7 * (20 + 20 * random_unit(&seed))) / 7;
        simulate_one(family, k, rate, p, made.book.T[i], &seed, &made.book.x[i],
                     &made.book.t_x[i], &made.log_gaps[i]);
    }
    return made;
}

static kam_status fit_rhythm(int32_t family, const kam_accounts *accounts,
                             int32_t rhythm, const kam_host *host,
                             kam_btyd *model, double *covariance,
                             kam_estimate_report *report, kam_diag *diag) {
    kam_estimate_options options;
    assert_status(kam_estimate_options_init(&options, sizeof options), KAM_OK);
    options.rhythm = rhythm;
    report->struct_size = sizeof *report;
    if (diag) diag->struct_size = sizeof *diag;
    return kam_btyd_fit(family, accounts, 1, 7, &options, host, model,
                        covariance, report, diag);
}

/* The likelihood finds k, and the fit its parameters, within three and a half
 * standard errors. */
static void test_simulated_books(void **state) {
    (void)state;
    for (int32_t family = BG; family <= MBG; family++)
        for (int k = 1; k <= 3; k++) {
            const double truth[] = {2, 4, 1, 3};
            struct orders made =
                simulated_orders(3000, family, k, 2, 4, 1, 3, 77 + (uint64_t)k);
            kam_accounts accounts = accounts_from(&made.book);
            kam_btyd model, given;
            kam_estimate_report report, again;
            double covariance[25], sum = 0, row[3000];
            accounts.log_gaps = column_of(made.log_gaps);
            assert_status(fit_rhythm(family, &accounts, 0, NULL, &model,
                                     covariance, &report, NULL),
                          KAM_OK);
            assert_bits(model.parameter[4], k);
            assert_int_equal(model.n_parameters, 5);
            for (int i = 0; i < 4; i++)
                assert_near(log(model.parameter[i] / truth[i]), 0,
                            3.5 * sqrt(covariance[6 * i]));
            for (int i = 0; i < 5; i++) {
                assert_bits(covariance[20 + i], 0);
                assert_bits(covariance[5 * i + 4], 0);
            }
            /* The same when k is given; and the rows' likelihoods add up. */
            assert_status(fit_rhythm(family, &accounts, k, NULL, &given, NULL,
                                     &again, NULL),
                          KAM_OK);
            assert_memory_equal(&model, &given, sizeof model);
            assert_status(kam_btyd_log_likelihood(&model, &accounts, NULL, row,
                                                  NULL, NULL),
                          KAM_OK);
            for (int i = 0; i < 3000; i++) sum += row[i];
            assert_relative(report.log_likelihood, sum, 1e-12);
            assert_bits(report.log_likelihood, again.log_likelihood);
            histories_free(&made.book);
            free(made.log_gaps);
        }
}

/* New accounts, simulated: orders, their distribution, who is active, when the
 * first comes. Within four standard errors of 60,000 accounts. */
static void test_new_accounts(void **state) {
    (void)state;
    enum { N = 60000 };
    for (int32_t family = BG; family <= MBG; family++) {
        const int k = family == BG ? 2 : 3;
        const kam_btyd model = rhythmic(family, 3, 4, 2, 5, k);
        const double horizon = 10, zero = 0;
        const kam_accounts account = one_account(&zero, &zero, &zero);
        uint64_t seed = 9;
        double sum = 0, square = 0, count[COUNTS] = {0}, active = 0, by = 0;
        double when, chance[COUNTS];
        assert_status(kam_btyd_next_order_by(&model, &account, 0.4, NULL, &when,
                                             NULL, NULL),
                      KAM_OK);
        for (int i = 0; i < N; i++) {
            double x, t_x, gaps;
            const double rate = random_gamma(&seed, 3) / 4;
            const double p = random_beta(&seed, 2, 5);
            uint64_t first = seed;
            active += simulate_one(family, k, rate, p, horizon, &seed, &x, &t_x,
                                   &gaps);
            sum += x;
            square += x * x;
            count[x < COUNTS - 1 ? (int)x : COUNTS - 1]++;
            simulate_one(family, k, rate, p, when, &first, &x, &t_x, &gaps);
            by += x > 0;
        }
        const double mean = sum / N, sd = sqrt(square / N - mean * mean);
        assert_near(ask_one(ASK_ORDERS, &model, 0, 0, 0, horizon, 0), mean,
                    4 * sd / sqrt(N));
        assert_near(ask_one(ASK_ALIVE, &model, 0, 0, 0, horizon, 0), active / N,
                    2 / sqrt(N));
        assert_near(by / N, 0.4, 2 / sqrt(N));
        assert_status(kam_btyd_order_counts(&model, &account, horizon, COUNTS,
                                            NULL, chance, NULL, NULL),
                      KAM_OK);
        for (int n = 0; n < COUNTS; n++)
            assert_near(chance[n], count[n] / N, 2 / sqrt(N));
    }
}

/* ---- what must hold whatever the numbers are ---- */

static kam_btyd any_model(uint64_t *seed, int i) {
    const double alpha = any_size(seed, 1e-2, 1e3);
    return rhythmic(i % 2 ? BG : MBG, any_size(seed, 1e-2, 30), alpha,
                    any_size(seed, 1e-2, 1e2), any_size(seed, 1e-2, 1e2),
                    1 + i % 6);
}

/* Thousands of orders could come, but nobody stays for more than a few: the sums of
 * cnbd_far.c with a far above b, beside the chances of each number of orders. */
static void test_all_leave_early(void **state) {
    (void)state;
    static const double a[] = {300, 2000, 40};
    const double x = 0, t_x = 0, T = 1;
    const kam_accounts account = one_account(&x, &t_x, &T);
    for (int i = 0; i < 6; i++) {
        const kam_btyd model =
            rhythmic(i % 2 ? BG : MBG, 3, 0.5, a[i / 2], 2, 2 + i % 3);
        double chance[400], mean = 0, all = 0;
        assert_status(kam_btyd_order_counts(&model, &account, 2000, 400, NULL,
                                            chance, NULL, NULL),
                      KAM_OK);
        for (int n = 0; n < 400; n++) {
            mean += n * chance[n];
            all += chance[n];
        }
        assert_near(all, 1, 1e-12);
        assert_true(chance[399] < 1e-15);
        assert_relative(ask_one(ASK_ORDERS, &model, x, t_x, T, 2000, 0), mean,
                        1e-10);
    }
}

static void test_answers_hang_together(void **state) {
    (void)state;
    uint64_t seed = 41;
    for (int i = 0; i < 300; i++) {
        const kam_btyd model = any_model(&seed, i);
        const double alpha = model.parameter[1];
        const double T = alpha * any_size(&seed, 1e-2, 1e2);
        const double x = i % 5 ? floor(any_size(&seed, 1, 300)) : 0;
        const double t_x = x > 0 ? T * random_unit(&seed) : 0;
        const double h = (alpha + T) * any_size(&seed, 1e-2, 10);
        const kam_accounts account = one_account(&x, &t_x, &T);
        double chance[40], total = 0, mean = 0, before = 0;
        assert_status(kam_btyd_order_counts(&model, &account, h, 40, NULL,
                                            chance, NULL, NULL),
                      KAM_OK);
        for (int n = 0; n < 40; n++) {
            assert_true(chance[n] >= 0 && chance[n] <= 1);
            total += chance[n];
            mean += n * chance[n];
        }
        const double orders = ask_one(ASK_ORDERS, &model, x, t_x, T, h, 0);
        const double alive = ask_one(ASK_ALIVE, &model, x, t_x, T, 0, 0);
        const double later = ask_one(ASK_ALIVE, &model, x, t_x, T, h, 0);
        assert_near(total, 1, 1e-12);
        assert_true(mean <= orders * (1 + 1e-11));
        if (chance[39] < 1e-14 * orders)
            assert_near(mean, orders, 1e-10 * orders);
        assert_bits(chance[0], ask_one(ASK_NO_ORDER, &model, x, t_x, T, h, 0));
        assert_true(later <= alive * (1 + 1e-13) && alive <= 1 && later >= 0);
        for (int k = 0; k < 3; k++) {
            const double soon =
                ask_one(ASK_DISCOUNTED, &model, x, t_x, T, h, pow(10, -k) / h);
            assert_true(soon >= before * (1 - 1e-10) &&
                        soon <= orders * (1 + 1e-11));
            before = soon;
        }
        if (alive > 0.01 && orders < 1e3)
            assert_relative(ask_one(ASK_DISCOUNTED, &model, x, t_x, T, h,
                                    1e-9 / h),
                            orders, 1e-8);
    }
}

/* For ever is what long horizons tend to; without end where a <= 1. */
static void test_for_ever(void **state) {
    (void)state;
    static const double k[] = {2, 3, 7};
    static const double x[] = {0, 4, 40}, t_x[] = {0, 20, 88},
                        T[] = {9, 30, 90};
    for (int32_t family = BG; family <= MBG; family++)
        for (int i = 0; i < 9; i++) {
            const int row = i % 3;
            const double a = 2.5 + i / 3, h = 1e12;
            kam_btyd model = rhythmic(family, 3, 20, a, 3, k[i / 3]);
            const double ever = ask_one(ASK_ORDERS, &model, x[row], t_x[row],
                                        T[row], (double)INFINITY, 0);
            assert_relative(ever,
                            ask_one(ASK_ORDERS, &model, x[row], t_x[row],
                                    T[row], h, 0),
                            1e-9);
            assert_bits(ever, ask_one(ASK_DISCOUNTED, &model, x[row], t_x[row],
                                      T[row], (double)INFINITY, 0));
            model.parameter[2] = 0.9;
            const kam_accounts account =
                one_account(&x[row], &t_x[row], &T[row]);
            double orders;
            uint32_t flags;
            assert_status(kam_btyd_expected_orders(&model, &account,
                                                   (double)INFINITY, NULL,
                                                   &orders, &flags, NULL),
                          KAM_OK);
            assert_int_equal(flags, KAM_ROW_INFINITE);
        }
}

/* By the time that comes with probability p, the risk of no order is 1 - p. */
/* Clockwork (k = 32) looked at some 200 orders ahead, where the chances of more than
 * 248 vanish: each answer once took ten seconds. Orders keep coming at one a week. */
static void test_clockwork_ends(void **state) {
    (void)state;
    const kam_btyd model = {KAM_BTYD_MBGCNBD, 5, 7, {563, 17.6, 0.03, 7.2, 32}};
    const double x = 279, t_x = 279, T = 279.1;
    const kam_accounts one = one_account(&x, &t_x, &T);
    double before = 0;
    for (double h = 150; h < 260; h += 0.5) {
        double orders, discounted;
        assert_status(kam_btyd_expected_orders(&model, &one, h, NULL, &orders,
                                               NULL, NULL),
                      KAM_OK);
        assert_status(kam_btyd_discounted_orders(&model, &one, h, 0.002, NULL,
                                                 &discounted, NULL, NULL),
                      KAM_OK);
        assert_near(orders, 0.988 * h, 0.6);
        assert_true(orders > before && discounted < orders);
        before = orders;
    }
}

/* Chances too small to be numbers: the sum of them once had no end. */
static void test_unlikely_counts_end(void **state) {
    (void)state;
    enum { COUNTS = 60 };
    const kam_btyd model = {KAM_BTYD_MBGCNBD,
                            5,
                            7,
                            {0.12675, 0.02107, 0.03874, 0.24208, 27}};
    const double none = 0, T = 1.2138;
    const kam_accounts one = one_account(&none, &none, &T);
    double chance[COUNTS], sum = 0;
    assert_status(kam_btyd_order_counts(&model, &one, 1.24455, COUNTS, NULL,
                                        chance, NULL, NULL),
                  KAM_OK);
    for (int i = 0; i < COUNTS; i++) {
        assert_true(chance[i] >= 0 && (i == 0 || chance[i] <= chance[i - 1]));
        sum += chance[i];
    }
    assert_near(sum, 1, 1e-13);
    assert_true(chance[30] > 0 && chance[COUNTS - 1] == 0);
}

static void test_next_order_by(void **state) {
    (void)state;
    uint64_t seed = 43;
    int n_infinite = 0;
    for (int i = 0; i < 300; i++) {
        const kam_btyd model =
            i % 3 ? any_model(&seed, i)
                  : btyd_model(1 + i % 2, 0.5, 8, 0.7, any_size(&seed, 0.1, 9));
        const double x = floor(any_size(&seed, 0.5, 30)), T = 40;
        const double t_x = x > 0 ? T * random_unit(&seed) : 0;
        const double p = random_unit(&seed);
        const kam_accounts account = one_account(&x, &t_x, &T);
        double when;
        uint32_t flags;
        assert_status(kam_btyd_next_order_by(&model, &account, p, NULL, &when,
                                             &flags, NULL),
                      KAM_OK);
        if (isinf(when)) {
            n_infinite++;
            assert_int_equal(flags, KAM_ROW_INFINITE);
            assert_true(1 - ask_one(ASK_ALIVE, &model, x, t_x, T, 0, 0) >=
                        1 - p - 1e-15);
        } else {
            assert_near(ask_one(ASK_NO_ORDER, &model, x, t_x, T, when, 0),
                        1 - p, 1e-12);
        }
    }
    assert_true(n_infinite > 5 && n_infinite < 200);
}

/* One row gives the bits it has among many, at every level, on any executor. */
static void test_one_is_many(void **state) {
    (void)state;
    struct histories book = mixed_book(300, 6);
    const kam_accounts accounts = accounts_from(&book);
    const kam_btyd model = rhythmic(MBG, 0.7, 9, 0.8, 2.5, 3);
    double whole[300], again[300], counts[300][COUNTS], other[COUNTS];
    uint32_t flags[300];
    for (int q = 0; q < N_QUESTIONS; q++) {
        if (q == ASK_LOG_LIKELIHOOD) continue;
        assert_status(ask((enum question)q, &model, &accounts, 20, 0.01, NULL,
                          whole, NULL, NULL),
                      KAM_OK);
        for (int32_t isa = KAM_ISA_BASE; isa <= kam_host_isa(); isa++) {
            kam_host host = {.struct_size = sizeof host,
                             .isa = isa,
                             .parallel_for = run_odd_first};
            assert_status(ask((enum question)q, &model, &accounts, 20, 0.01,
                              &host, again, NULL, NULL),
                          KAM_OK);
            assert_memory_equal(whole, again, sizeof whole);
        }
        for (int64_t i = 0; i < 300; i++)
            assert_bits(ask_one((enum question)q, &model, book.x[i],
                                book.t_x[i], book.T[i], 20, 0.01),
                        whole[i]);
    }
    book.T[7] = NAN;
    assert_status(kam_btyd_order_counts(&model, &accounts, 20, COUNTS, NULL,
                                        counts[0], flags, NULL),
                  KAM_OK);
    for (int64_t i = 0; i < 300; i++) {
        kam_accounts part = accounts;
        assert_status(kam_accounts_slice(&accounts, i, 1, &part), KAM_OK);
        assert_status(kam_btyd_order_counts(&model, &part, 20, COUNTS, NULL,
                                            other, NULL, NULL),
                      KAM_OK);
        if (i == 7) {
            assert_int_equal(flags[i], KAM_ROW_MISSING);
            for (int n = 0; n < COUNTS; n++) assert_true(isnan(counts[i][n]));
        } else {
            assert_int_equal(flags[i], 0);
            assert_memory_equal(counts[i], other, sizeof other);
        }
    }
    histories_free(&book);
}

/* Without the times between orders, k cannot be chosen, but given. */
static void test_unknown_gaps(void **state) {
    (void)state;
    struct orders made = simulated_orders(400, MBG, 2, 2, 4, 1, 3, 5);
    kam_accounts accounts = accounts_from(&made.book);
    kam_btyd model = {0};
    kam_estimate_report report;
    kam_diag diag;
    double out[400];
    uint32_t flags[400];
    assert_status(fit_rhythm(MBG, &accounts, 0, NULL, &model, NULL, &report,
                             &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "options.rhythm");
    assert_int_equal(model.family, 0);
    assert_status(fit_rhythm(MBG, &accounts, 2, NULL, &model, NULL, &report,
                             &diag),
                  KAM_OK);
    assert_status(kam_btyd_log_likelihood(&model, &accounts, NULL, out, flags,
                                          NULL),
                  KAM_OK);
    for (int i = 0; i < 400; i++) {
        assert_int_equal(flags[i], made.book.x[i] > 0 ? KAM_ROW_MISSING : 0);
        assert_int_equal(isnan(out[i]) != 0, made.book.x[i] > 0);
    }
    assert_status(fit_rhythm(MBG, &accounts, 33, NULL, &model, NULL, &report,
                             &diag),
                  KAM_ERR_OPTION);
    assert_status(fit_rhythm(MBG, &accounts, -1, NULL, &model, NULL, &report,
                             &diag),
                  KAM_ERR_OPTION);
    assert_status(fit_rhythm(2, &accounts, 2, NULL, &model, NULL, &report,
                             &diag),
                  KAM_ERR_OPTION);
    histories_free(&made.book);
    free(made.log_gaps);
}

static void test_every_allocation_failed(void **state) {
    (void)state;
    struct orders made = simulated_orders(300, BG, 2, 2, 4, 1, 3, 5);
    kam_accounts accounts = accounts_from(&made.book);
    kam_btyd model, untouched = {0};
    kam_estimate_report report;
    struct lender lender;
    accounts.log_gaps = column_of(made.log_gaps);
    kam_host host = lender_host(&lender, 0);
    assert_status(fit_rhythm(BG, &accounts, 0, &host, &model, NULL, &report,
                             NULL),
                  KAM_OK);
    const int64_t calls = lender.n_calls;
    assert_int_equal(lender.n_live, 0);
    for (int64_t fail = 1; fail <= calls; fail++) {
        host = lender_host(&lender, fail);
        memset(&model, 0, sizeof model);
        kam_diag diag;
        const kam_status status =
            fit_rhythm(BG, &accounts, 0, &host, &model, NULL, &report, &diag);
        assert_status(status, KAM_ERR_MEMORY);
        assert_int_equal(diag.status, KAM_ERR_MEMORY);
        assert_memory_equal(&model, &untouched, sizeof model);
        assert_int_equal(lender.n_live, 0);
    }
    histories_free(&made.book);
    free(made.log_gaps);
}

static void test_wrong_calls(void **state) {
    (void)state;
    const double x = 1, t_x = 1, T = 2;
    kam_accounts account = one_account(&x, &t_x, &T);
    kam_btyd model = rhythmic(MBG, 1, 1, 1, 1, 2);
    kam_diag diag = {.struct_size = sizeof diag};
    double out[2] = {7, 7};
    const double wrong[] = {0.5, 2.5, 33, 0, NAN};
    for (int i = 0; i < 5; i++) {
        model.parameter[4] = wrong[i];
        assert_status(kam_btyd_alive(&model, &account, 0, NULL, out, NULL,
                                     &diag),
                      KAM_ERR_OPTION);
        assert_string_equal(diag.argument, "model.parameter");
        assert_int_equal(diag.row, 4);
    }
    model.parameter[4] = 2;
    assert_status(kam_btyd_order_counts(&model, &account, 0, 2, NULL, out, NULL,
                                        &diag),
                  KAM_ERR_OPTION);
    assert_status(kam_btyd_order_counts(&model, &account, NAN, 2, NULL, out,
                                        NULL, &diag),
                  KAM_ERR_OPTION);
    assert_status(kam_btyd_order_counts(&model, &account, 1, 0, NULL, out, NULL,
                                        &diag),
                  KAM_ERR_SHAPE);
    assert_status(kam_btyd_order_counts(&model, &account, 1, 1025, NULL, out,
                                        NULL, &diag),
                  KAM_ERR_SHAPE);
    assert_status(kam_btyd_order_counts(&model, &account, 1, 2, NULL, NULL,
                                        NULL, &diag),
                  KAM_ERR_NULL);
    const double chance[] = {0, 1, -1, NAN};
    for (int i = 0; i < 4; i++)
        assert_status(kam_btyd_next_order_by(&model, &account, chance[i], NULL,
                                             out, NULL, &diag),
                      KAM_ERR_OPTION);
    assert_status(kam_btyd_next_order(NULL, &account, NULL, out, NULL, &diag),
                  KAM_ERR_NULL);
    account.log_gaps = column_of(&x);
    account.log_gaps.type = KAM_CHARS;
    assert_status(kam_btyd_alive(&model, &account, 0, NULL, out, NULL, &diag),
                  KAM_ERR_TYPE);
    assert_string_equal(diag.argument, "accounts.log_gaps");
    assert_bits(out[0], 7);
}

/* ---- kam_btyd_choose_rhythm ---- */

/* With two times, digamma(2 k) - digamma(k) = -d / 2, which is 1 at k = 1, 5/6 at
 * 2 and 47/60 at 3; the curvature at 1 is pi^2 / 3 - 4 an account. */
static void test_rhythm_closed_form(void **state) {
    (void)state;
    static const double d[] = {-2, -5.0 / 3, -47.0 / 30};
    for (int k = 1; k <= 3; k++)
        for (int unit = 0; unit < 2; unit++) {
            const double length = unit ? 365.25 : 11;
            const double x[] = {2, 2, 2, 1, 0, 2};
            const double t_x[] = {length, length, length, 3, 0, length};
            const double T[] = {1e3, 1e3, 1e3, 1e3, 1e3, NAN};
            double gaps[6], found, error;
            for (int i = 0; i < 6; i++) gaps[i] = d[k - 1] + 2 * log(length);
            kam_accounts a = {.struct_size = sizeof a, .n_rows = 6};
            a.repeat_orders = column_of(x);
            a.last_order_periods = column_of(t_x);
            a.age_periods = column_of(T);
            a.log_gaps = column_of(gaps);
            assert_status(kam_btyd_choose_rhythm(&a, 1, &found, &error, NULL),
                          KAM_OK);
            assert_relative(found, k, 1e-12);
            if (k == 1)
                assert_relative(error,
                                1 / sqrt(3 * (4 - 9.8696044010893586 / 3)),
                                1e-9);
        }
}

/* Accounts that order at rates of their own and leave: it finds k whatever they
 * do, the same bits in any cut, and weights count as rows. */
static void test_rhythm_found(void **state) {
    (void)state;
    enum { N = 1500 };
    for (int k = 1; k <= 5; k += 2) {
        struct orders made = simulated_orders(N, BG, k, 2, 4, 1, 6, 9);
        kam_accounts whole = accounts_from(&made.book), part[2];
        double found, error, again, weighed, half, weight[N];
        whole.log_gaps = column_of(made.log_gaps);
        assert_status(kam_btyd_choose_rhythm(&whole, 1, &found, &error, NULL),
                      KAM_OK);
        print_message("k = %d: %.3f, se %.3f\n", k, found, error);
        assert_true(fabs(found - k) < 3.3 * error && error < 0.2 * k);
        part[0].struct_size = part[1].struct_size = sizeof *part;
        assert_status(kam_accounts_slice(&whole, 700, N - 700, &part[0]),
                      KAM_OK);
        assert_status(kam_accounts_slice(&whole, 0, 700, &part[1]), KAM_OK);
        assert_status(kam_btyd_choose_rhythm(part, 2, &again, NULL, NULL),
                      KAM_OK);
        assert_bits(again, found);
        for (int i = 0; i < N; i++) weight[i] = 4;
        whole.weight = column_of(weight);
        assert_status(kam_btyd_choose_rhythm(&whole, 1, &weighed, &half, NULL),
                      KAM_OK);
        assert_relative(weighed, found, 1e-10);
        assert_relative(half, error / 2, 1e-9);
        histories_free(&made.book);
        free(made.log_gaps);
    }
}

static void test_rhythm_refusals(void **state) {
    (void)state;
    const double x[] = {3, 3}, t[] = {9, 12}, T[] = {20, 20};
    double gaps[] = {3 * 1.0986122886681098, 3 * 1.3862943611198906};
    double k = -1, error = -1;
    kam_diag diag = {.struct_size = sizeof diag};
    kam_accounts a = {.struct_size = sizeof a, .n_rows = 2};
    a.repeat_orders = column_of(x);
    a.last_order_periods = column_of(t);
    a.age_periods = column_of(T);
    assert_true(kam_btyd_choose_rhythm(&a, 1, &k, &error, &diag) != KAM_OK);
    assert_string_equal(diag.argument, "accounts.log_gaps");
    a.log_gaps = column_of(gaps);
    assert_true(k == -1 && error == -1);
    /* A clock. */
    assert_status(kam_btyd_choose_rhythm(&a, 1, &k, &error, NULL),
                  KAM_ERR_AT_BOUND);
    assert_relative(k, 1000, 1e-9);
    assert_true(isnan(error));
    /* Bursts. */
    gaps[0] = gaps[1] = -1e5;
    assert_status(kam_btyd_choose_rhythm(&a, 1, &k, &error, NULL),
                  KAM_ERR_AT_BOUND);
    assert_relative(k, 0.001, 1e-9);
    gaps[1] = NAN;
    assert_status(kam_btyd_choose_rhythm(&a, 1, &k, &error, NULL),
                  KAM_ERR_TOO_FEW);
    assert_status(kam_btyd_choose_rhythm(NULL, 1, &k, &error, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_btyd_choose_rhythm(&a, -1, &k, &error, NULL),
                  KAM_ERR_SHAPE);
    assert_status(kam_btyd_choose_rhythm(&a, 1, NULL, &error, NULL),
                  KAM_ERR_NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_k_of_one),
        cmocka_unit_test(test_derivatives),
        cmocka_unit_test(test_simulated_books),
        cmocka_unit_test(test_new_accounts),
        cmocka_unit_test(test_all_leave_early),
        cmocka_unit_test(test_answers_hang_together),
        cmocka_unit_test(test_for_ever),
        cmocka_unit_test(test_clockwork_ends),
        cmocka_unit_test(test_unlikely_counts_end),
        cmocka_unit_test(test_next_order_by),
        cmocka_unit_test(test_one_is_many),
        cmocka_unit_test(test_unknown_gaps),
        cmocka_unit_test(test_every_allocation_failed),
        cmocka_unit_test(test_wrong_calls),
        cmocka_unit_test(test_rhythm_closed_form),
        cmocka_unit_test(test_rhythm_found),
        cmocka_unit_test(test_rhythm_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
