/* SPDX-License-Identifier: MIT */
/* Fits: reference solutions, derivatives, order and cut of the rows, books that
 * have no answer, and hosts that fail. */
#include "support/check.h"
#include "support/hosts.h"
#include "base/rows.h"
#include "value/histories.h"

/* A fit and all it tells. */
struct fitted {
    kam_btyd model;
    double covariance[16];
    kam_estimate_report report;
    kam_diag diag;
    kam_status status;
};

/* Cleared, so that two can be compared byte by byte. */
static struct fitted blank(void) {
    struct fitted fit;
    memset(&fit, 0, sizeof fit);
    fit.report.struct_size = sizeof fit.report;
    fit.diag.struct_size = sizeof fit.diag;
    return fit;
}

static kam_estimate_options options_with(int32_t prior, int32_t max_steps) {
    kam_estimate_options options;
    assert_status(kam_estimate_options_init(&options, sizeof options), KAM_OK);
    options.prior = prior;
    options.max_steps = max_steps;
    return options;
}

static struct fitted fit_parts(int32_t family, const kam_accounts *parts,
                               int64_t n_parts, int32_t prior,
                               const kam_host *host) {
    struct fitted fit = blank();
    const kam_estimate_options options = options_with(prior, 200);
    fit.status =
        kam_btyd_fit(family, parts, n_parts, 7, &options, host, &fit.model,
                     fit.covariance, &fit.report, &fit.diag);
    assert_int_equal(fit.report.status, fit.status);
    assert_int_equal(fit.diag.status, fit.status);
    return fit;
}

static struct fitted fit_book(int32_t family, const struct histories *book,
                              int32_t prior) {
    const kam_accounts accounts = accounts_from(book);
    return fit_parts(family, &accounts, 1, prior, NULL);
}

static kam_objective objective_of(const kam_btyd *model,
                                  const kam_accounts *part,
                                  const kam_host *host) {
    kam_objective objective;
    memset(&objective, 0, sizeof objective);
    objective.struct_size = sizeof objective;
    assert_status(kam_btyd_objective(model, part, host, &objective, NULL),
                  KAM_OK);
    return objective;
}

static double hessian_at(const kam_objective *objective, int i, int j) {
    const int row = i > j ? i : j, column = i > j ? j : i;
    return kam_sum_value(&objective->hessian[row * (row + 1) / 2 + column]);
}

/* ---- known answers ---- */

/* The 30-digit solutions for CDNOW. */
static void reference_fit(int32_t family, const char *book_path,
                          const double *parameter, const double *error,
                          double log_likelihood) {
    struct histories book;
    skip_without(histories_read(&book, book_path), book_path);
    to_whole_days(&book);
    const struct fitted fit = fit_book(family, &book, KAM_PRIOR_NONE);
    assert_status(fit.status, KAM_OK);
    double worst = 0;
    for (int i = 0; i < 4; i++) {
        worst = fmax(worst, check_rel(fit.model.parameter[i], parameter[i]));
        assert_relative(fit.model.parameter[i] * sqrt(fit.covariance[5 * i]),
                        error[i], 6e-8); /* of which 8 digits are printed */
    }
    fprintf(stderr, "CDNOW, family %d: parameters off by %.1e, %d steps\n",
            family, worst, fit.report.n_steps);
    assert_true(worst <= 1e-11); /* a and b are given to 13 digits, or 12 */
    assert_relative(fit.report.log_likelihood, log_likelihood, 1e-15);
    assert_int_equal(fit.report.n_rows, 2357);
    assert_int_equal(fit.report.n_skipped, 0);
    histories_free(&book);
}

static void test_reference_fits(void **state) {
    (void)state;
    static const double bg[] = {0.2425945224302, 4.413602019013,
                                0.7929220172256, 2.425906776826};
    static const double bg_error[] = {0.012557378, 0.37822406, 0.18573382,
                                      0.70541426};
    static const double mbg[] = {0.5248431591063, 6.183085279576,
                                 0.8913593907322, 1.61400224017};
    static const double mbg_error[] = {0.083268207, 0.69562064, 0.15478993,
                                       0.5374948};
    reference_fit(1, TEST_SHARED "/reference/mle_bgnbd_cdnow_pred.csv", bg,
                  bg_error, -9582.429206673931);
    reference_fit(2, TEST_SHARED "/reference/mle_mbgnbd_cdnow_pred.csv", mbg,
                  mbg_error, -9582.13571555375);
}

/* A small book of our own, with weights and priors. */
static void test_golden_fits(void **state) {
    (void)state;
    struct table rows, table;
    struct histories book;
    double worst = 0, worst_error = 0;
    assert_true(table_read(&rows, TEST_GOLDEN "/btyd_fit_book.csv"));
    assert_true(table_read(&table, TEST_GOLDEN "/btyd_fit.csv"));
    assert_true(histories_read(&book, TEST_GOLDEN "/btyd_fit_book.csv"));
    double *const weight = calloc((size_t)book.n, sizeof *weight);
    for (int64_t i = 0; i < book.n; i++)
        weight[i] = table_at(&rows, i, "weight");
    assert_int_equal(table.n_rows, 8);
    for (int64_t i = 0; i < table.n_rows; i++) {
        static const char *const names[] = {"r", "alpha", "a", "b"};
        static const char *const errors[] = {"se_r", "se_alpha", "se_a",
                                             "se_b"};
        book.weight = table_at(&table, i, "weighted") > 0 ? weight : NULL;
        const struct fitted fit =
            fit_book((int32_t)table_at(&table, i, "family"), &book,
                     (int32_t)table_at(&table, i, "prior"));
        assert_status(fit.status, KAM_OK);
        for (int k = 0; k < 4; k++) {
            worst = fmax(worst, check_rel(fit.model.parameter[k],
                                          table_at(&table, i, names[k])));
            worst_error =
                fmax(worst_error, check_rel(sqrt(fit.covariance[5 * k]),
                                            table_at(&table, i, errors[k])));
        }
        assert_relative(fit.covariance[3],
                        table_at(&table, i, "covariance_r_b"), 1e-8);
        assert_bits(fit.covariance[3], fit.covariance[12]);
        assert_relative(fit.report.log_likelihood, table_at(&table, i, "ll"),
                        1e-14);
        assert_int_equal(fit.report.prior, (int)table_at(&table, i, "prior"));
    }
    fprintf(stderr, "golden fits: parameters off by %.1e, errors by %.1e\n",
            worst, worst_error);
    assert_true(worst <= 1e-11);
    assert_true(worst_error <= 1e-11);
    book.weight = weight;
    histories_free(&book);
    table_free(&rows);
    table_free(&table);
}

/* Books from known parameters give them back, within their standard errors. */
static void test_simulated_books_give_their_parameters_back(void **state) {
    (void)state;
    for (int32_t family = 1; family <= 2; family++) {
        const double truth[] = {2, 15, 1, 3};
        struct histories book = simulated_book(6000, family, 2, 15, 1, 3, 31);
        const struct fitted fit = fit_book(family, &book, KAM_PRIOR_NONE);
        assert_status(fit.status, KAM_OK);
        double distance = 0; /* chi-squared with 4 degrees of freedom */
        const kam_accounts accounts = accounts_from(&book);
        const kam_objective objective =
            objective_of(&fit.model, &accounts, NULL);
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 4; j++)
                distance -= log(fit.model.parameter[i] / truth[i]) *
                            hessian_at(&objective, i, j) *
                            log(fit.model.parameter[j] / truth[j]);
        fprintf(stderr, "simulated, family %d: distance %.2f\n", family,
                distance);
        assert_true(distance < 18.5); /* 1 in 1000 */
        histories_free(&book);
    }
}

/* ---- derivatives and sums ---- */

static kam_btyd moved(const kam_btyd *model, int i, double by) {
    kam_btyd other = *model;
    other.parameter[i] *= exp(by);
    return other;
}

static struct histories weighted_book(int64_t n, uint64_t seed) {
    struct histories book = mixed_book(n, seed);
    book.weight = calloc((size_t)n, sizeof *book.weight);
    for (int64_t i = 0; i < n; i++)
        book.weight[i] =
            i % 4 == 0 ? 0.25 * (double)(i % 9) + 0.1 : (double)(i % 3 + 1);
    return book;
}

/* Richardson's extrapolation of central differences: error h^4. `what` is 0 for
 * the value, else a component of the gradient. */
static double slope(const kam_btyd *model, const kam_accounts *part, int i,
                    int what) {
    const double h = 2.5e-4;
    double difference[2];
    for (int k = 0; k < 2; k++) {
        const kam_btyd up = moved(model, i, h * (k + 1));
        const kam_btyd down = moved(model, i, -h * (k + 1));
        const kam_objective a = objective_of(&up, part, NULL);
        const kam_objective b = objective_of(&down, part, NULL);
        difference[k] = what == 0 ? kam_sum_value(&a.log_likelihood) -
                                        kam_sum_value(&b.log_likelihood)
                                  : kam_sum_value(&a.gradient[what - 1]) -
                                        kam_sum_value(&b.gradient[what - 1]);
    }
    return (8 * difference[0] - difference[1]) / (12 * h);
}

static void test_gradient_and_hessian_are_the_derivatives(void **state) {
    (void)state;
    static const double points[][4] = {
        {1, 10, 0.5, 3},      {0.24, 4.4, 0.79, 2.4}, {20, 3, 5, 0.1},
        {0.05, 200, 1, 1},    {300, 900, 0.01, 40},   {3, 0.02, 30, 70},
        {0.7, 8, 1e-5, 2e-4}, {2, 30, 1e3, 4e3},
    };
    struct histories book = weighted_book(200, 21);
    const kam_accounts part = accounts_from(&book);
    double worst_gradient = 0, worst_hessian = 0;
    for (int32_t family = 1; family <= 2; family++)
        for (int p = 0; p < 8; p++) {
            const kam_btyd model =
                btyd_model(family, points[p][0], points[p][1], points[p][2],
                           points[p][3]);
            const kam_objective at = objective_of(&model, &part, NULL);
            const double size = fabs(kam_sum_value(&at.log_likelihood));
            for (int i = 0; i < 4; i++) {
                const double gradient = kam_sum_value(&at.gradient[i]);
                worst_gradient =
                    fmax(worst_gradient,
                         fabs(gradient - slope(&model, &part, i, 0)) / size);
                for (int j = 0; j < 4; j++)
                    worst_hessian = fmax(worst_hessian,
                                         fabs(hessian_at(&at, i, j) -
                                              slope(&model, &part, j, i + 1)) /
                                             size);
            }
        }
    fprintf(stderr,
            "against differences, as a part of the log likelihood: gradient "
            "%.1e, Hessian %.1e\n",
            worst_gradient, worst_hessian);
    assert_true(worst_gradient <= 3e-10);
    assert_true(worst_hessian <= 3e-10);
    histories_free(&book);
}

/* The sum of the rows' own log likelihoods, times their weights. */
static void test_the_objective_is_the_sum_of_the_rows(void **state) {
    (void)state;
    enum { N = 500 };
    struct histories book = weighted_book(N, 22);
    const kam_accounts part = accounts_from(&book);
    double out[N];
    for (int32_t family = 1; family <= 2; family++) {
        const kam_btyd model = btyd_model(family, 0.7, 9, 0.6, 2);
        double sum = 0, size = 0;
        assert_status(kam_btyd_log_likelihood(&model, &part, NULL, out, NULL,
                                              NULL),
                      KAM_OK);
        for (int i = 0; i < N; i++) {
            sum += book.weight[i] * out[i];
            size += fabs(book.weight[i] * out[i]);
        }
        const kam_objective objective = objective_of(&model, &part, NULL);
        assert_near(kam_sum_value(&objective.log_likelihood), sum,
                    1e-14 * size);
        assert_int_equal(objective.n_rows, N);
        assert_int_equal(objective.n_parameters, 4);
    }
    histories_free(&book);
}

/* Cut anywhere, in any order, at any level: the same bits. */
static void test_partial_objectives_merge_to_the_whole(void **state) {
    (void)state;
    enum { N = 997 };
    uint64_t seed = 23;
    struct histories book = weighted_book(N, 23), other = weighted_book(N, 1);
    book.x[17] = NAN;
    book.weight[18] = 0;
    for (int64_t i = 0; i < N; i++) {
        const int64_t to = shuffled_place(i, N);
        other.x[to] = book.x[i];
        other.t_x[to] = book.t_x[i];
        other.T[to] = book.T[i];
        other.weight[to] = book.weight[i];
    }
    const kam_accounts accounts = accounts_from(&book);
    const kam_accounts shuffled = accounts_from(&other);
    for (int round = 0; round < 30; round++) {
        const kam_btyd model = btyd_model(1 + round % 2, 0.7, 9, 0.6, 2);
        const kam_objective whole = objective_of(&model, &accounts, NULL);
        assert_int_equal(whole.n_rows, N - 2);
        assert_int_equal(whole.n_skipped, 2);
        kam_host host = {.struct_size = sizeof host, .isa = round % 4};
        kam_objective merged, grown;
        memset(&merged, 0, sizeof merged);
        merged.struct_size = sizeof merged;
        merged.n_parameters = 4;
        grown = merged;
        for (int64_t at = 0; at < N;) {
            const double most = round < 4 ? N : 300;
            int64_t n = (int64_t)(random_unit(&seed) * most) + 1;
            if (n > N - at) n = N - at;
            kam_accounts slice = {.struct_size = sizeof slice};
            assert_status(kam_accounts_slice(&shuffled, at, n, &slice), KAM_OK);
            const kam_objective part = objective_of(&model, &slice, &host);
            assert_status(kam_objective_merge(&merged, &part), KAM_OK);
            /* Or added to what is there already. */
            assert_status(kam_btyd_objective(&model, &slice, &host, &grown,
                                             NULL),
                          KAM_OK);
            at += n;
        }
        assert_memory_equal(&merged, &whole, sizeof whole);
        assert_memory_equal(&grown, &whole, sizeof whole);
    }
    histories_free(&book);
    histories_free(&other);
}

/* At the answer: no gradient, the covariance inverts the information, and the
 * log likelihood is the objective's to the last bit. */
static void test_the_answer_is_a_maximum(void **state) {
    (void)state;
    for (int32_t family = 1; family <= 2; family++) {
        struct histories book = simulated_book(800, family, 1, 12, 1, 4, 41);
        const kam_accounts accounts = accounts_from(&book);
        const struct fitted fit = fit_book(family, &book, KAM_PRIOR_NONE);
        assert_status(fit.status, KAM_OK);
        const kam_objective at = objective_of(&fit.model, &accounts, NULL);
        assert_bits(fit.report.log_likelihood,
                    kam_sum_value(&at.log_likelihood));
        double steepest = 0;
        for (int i = 0; i < 4; i++) {
            steepest = fmax(steepest, fabs(kam_sum_value(&at.gradient[i])));
            for (int j = 0; j < 4; j++) {
                double product = 0;
                for (int k = 0; k < 4; k++)
                    product -=
                        hessian_at(&at, i, k) * fit.covariance[4 * k + j];
                assert_near(product, i == j, 1e-11);
            }
            for (int sign = -1; sign <= 1; sign += 2) {
                const kam_btyd beside = moved(&fit.model, i, sign * 1e-3);
                const kam_objective b = objective_of(&beside, &accounts, NULL);
                assert_true(kam_sum_value(&b.log_likelihood) <
                            fit.report.log_likelihood);
            }
        }
        assert_relative(fit.report.gradient, steepest / 800, 1e-15);
        assert_true(steepest / 800 <= 1e-12);
        assert_true(fit.report.condition >= 1 && fit.report.condition < 1e6);
        assert_int_equal(fit.report.culprit, -1);
        assert_true(fit.report.n_steps > 0);
        assert_true(fit.report.n_evaluations > fit.report.n_steps);
        histories_free(&book);
    }
}

/* ---- the same rows give the same bits ---- */

static void expect_same_fit(const struct fitted *a, const struct fitted *b) {
    assert_int_equal(a->status, b->status);
    assert_memory_equal(&a->model, &b->model, sizeof a->model);
    assert_memory_equal(a->covariance, b->covariance, sizeof a->covariance);
    assert_memory_equal(&a->report, &b->report, sizeof a->report);
    assert_memory_equal(&a->diag, &b->diag, sizeof a->diag);
}

static void test_order_and_cut_do_not_matter(void **state) {
    (void)state;
    enum { N = 600, PARTS = 9 };
    uint64_t seed = 51;
    for (int32_t family = 1; family <= 2; family++) {
        struct histories book = simulated_book(N, family, 2, 15, 1, 3, 52);
        struct histories other = simulated_book(N, family, 2, 15, 1, 3, 53);
        book.weight = calloc(N, sizeof *book.weight);
        other.weight = calloc(N, sizeof *other.weight);
        for (int64_t i = 0; i < N; i++) {
            const int64_t to = shuffled_place(i, N);
            book.weight[i] = i % 10 == 3 ? 0.7 : (double)(1 + i % 3);
            other.x[to] = book.x[i];
            other.t_x[to] = book.t_x[i];
            other.T[to] = book.T[i];
            other.weight[to] = book.weight[i];
        }
        const kam_accounts accounts = accounts_from(&book);
        const kam_accounts shuffled = accounts_from(&other);
        const struct fitted one = fit_parts(family, &accounts, 1, 0, NULL);
        struct fitted same = fit_parts(family, &shuffled, 1, 0, NULL);
        assert_status(one.status, KAM_OK);
        expect_same_fit(&one, &same);
        for (int round = 0; round < 5; round++) {
            kam_accounts parts[PARTS];
            memset(parts, 0, sizeof parts);
            int64_t at = 0;
            for (int p = 0; p < PARTS; p++) {
                const int64_t left = N - at;
                const int64_t n =
                    p == PARTS - 1
                        ? left
                        : (int64_t)(random_unit(&seed) * (double)left / 3);
                parts[p].struct_size = sizeof parts[p];
                assert_status(kam_accounts_slice(round % 2 ? &shuffled
                                                           : &accounts,
                                                 at, n, &parts[p]),
                              KAM_OK);
                at += n;
            }
            same = fit_parts(family, parts, PARTS, 0, NULL);
            expect_same_fit(&one, &same);
        }
        histories_free(&book);
        histories_free(&other);
    }
}

static void test_weights_are_repeated_rows(void **state) {
    (void)state;
    enum { N = 120 };
    struct histories book = simulated_book(N, 2, 2, 15, 1, 3, 61);
    struct histories repeated = histories_new(3 * N);
    book.weight = calloc(N, sizeof *book.weight);
    int64_t n = 0;
    for (int64_t i = 0; i < N; i++) {
        book.weight[i] = (double)(1 + i % 3);
        for (int k = 0; k < 1 + i % 3; k++) {
            repeated.x[n] = book.x[i];
            repeated.t_x[n] = book.t_x[i];
            repeated.T[n++] = book.T[i];
        }
    }
    repeated.n = n;
    const struct fitted one = fit_book(2, &book, 0);
    struct fitted same = fit_book(2, &repeated, 0);
    assert_status(one.status, KAM_OK);
    assert_int_equal(one.report.n_rows, N);
    assert_int_equal(same.report.n_rows, n);
    assert_int_equal(one.report.n_distinct, same.report.n_distinct);
    same.report.n_rows = one.report.n_rows; /* the only thing that differs */
    expect_same_fit(&one, &same);
    histories_free(&book);
    histories_free(&repeated);
}

/* Half a weight each: the same answer, half as sure. */
static void test_fractional_weights(void **state) {
    (void)state;
    struct histories book = simulated_book(300, 1, 2, 15, 1, 3, 62);
    const struct fitted one = fit_book(1, &book, 0);
    book.weight = calloc(300, sizeof *book.weight);
    for (int i = 0; i < 300; i++) book.weight[i] = 0.5;
    const struct fitted half = fit_book(1, &book, 0);
    assert_status(half.status, KAM_OK);
    for (int i = 0; i < 4; i++)
        assert_relative(half.model.parameter[i], one.model.parameter[i], 1e-9);
    for (int i = 0; i < 16; i++)
        assert_relative(half.covariance[i], 2 * one.covariance[i], 1e-8);
    assert_relative(half.report.log_likelihood, one.report.log_likelihood / 2,
                    1e-12);
    histories_free(&book);
}

static void test_weights_that_count_and_that_do_not(void **state) {
    (void)state;
    struct histories book = simulated_book(200, 1, 2, 15, 1, 3, 63);
    const struct fitted plain = fit_book(1, &book, 0);
    struct histories more = histories_new(205);
    more.weight = calloc(205, sizeof *more.weight);
    static const double none[] = {0, -1, INFINITY, -INFINITY, -0.0};
    for (int i = 0; i < 205; i++) {
        const int from = i < 200 ? i : 0;
        more.x[i] = book.x[from];
        more.t_x[i] = book.t_x[from];
        more.T[i] = book.T[from];
        more.weight[i] = i < 200 ? (i % 2 ? 1 : (double)NAN) : none[i - 200];
    }
    struct fitted same = fit_book(1, &more, 0);
    assert_int_equal(same.report.n_rows, 200);
    assert_int_equal(same.report.n_skipped, 5);
    same.report.n_skipped = 0;
    expect_same_fit(&plain, &same);
    histories_free(&book);
    histories_free(&more);
}

static void test_rows_that_cannot_be_used_are_skipped(void **state) {
    (void)state;
    static const double bad[][3] = {{NAN, 1, 2}, {1, NAN, 2},     {1, 1, NAN},
                                    {-1, 0, 2},  {1.5, 1, 2},     {1, 3, 2},
                                    {1, -1, 2},  {1, 1, INFINITY}};
    struct histories book = simulated_book(200, 2, 2, 15, 1, 3, 64);
    const struct fitted plain = fit_book(2, &book, 0);
    struct histories more = histories_new(208);
    for (int i = 0; i < 208; i++) {
        more.x[i] = i < 200 ? book.x[i] : bad[i - 200][0];
        more.t_x[i] = i < 200 ? book.t_x[i] : bad[i - 200][1];
        more.T[i] = i < 200 ? book.T[i] : bad[i - 200][2];
    }
    struct fitted same = fit_book(2, &more, 0);
    assert_int_equal(same.report.n_skipped, 8);
    same.report.n_skipped = 0;
    expect_same_fit(&plain, &same);
    histories_free(&book);
    histories_free(&more);
}

/* Enough distinct rows for three pieces of work. */
static void test_every_level_and_executor_gives_the_same_fit(void **state) {
    (void)state;
    enum { N = 150000 };
    struct histories book = simulated_book(N, 1, 2, 6, 1, 3, 71);
    const kam_accounts accounts = accounts_from(&book);
    kam_host host = {.struct_size = sizeof host, .isa = KAM_ISA_BASE};
    const struct fitted one = fit_parts(1, &accounts, 1, 0, &host);
    assert_status(one.status, KAM_OK);
    assert_true(one.report.n_distinct > 65536);
    host.isa = KAM_ISA_V3;
    host.parallel_for = run_backwards;
    struct fitted same = fit_parts(1, &accounts, 1, 0, &host);
    expect_same_fit(&one, &same);
    host.isa = KAM_ISA_V4;
    host.parallel_for = run_odd_first;
    same = fit_parts(1, &accounts, 1, 0, &host);
    expect_same_fit(&one, &same);
    /* An executor that fails: nothing is answered. */
    host.parallel_for = run_nothing;
    struct fitted none = fit_parts(1, &accounts, 1, 0, &host);
    assert_status(none.status, KAM_ERR_EXECUTOR);
    assert_int_equal(none.model.family, 0);
    histories_free(&book);
}

/* In seconds or in thousands of years: the same fit, rescaled. */
static void test_the_unit_of_time_does_not_matter(void **state) {
    (void)state;
    static const double scales[] = {604800, 1 / 52177.5, 0x1p40, 1e-9, 1e9};
    for (int32_t family = 1; family <= 2; family++)
        for (int prior = 0; prior < 2; prior++) {
            struct histories book =
                simulated_book(500, family, 2, 15, 1, 3, 81);
            const struct fitted weeks = fit_book(family, &book, prior);
            assert_status(weeks.status, KAM_OK);
            double n_orders = 0;
            for (int64_t i = 0; i < book.n; i++) n_orders += book.x[i];
            for (int s = 0; s < 5; s++) {
                struct histories other = histories_new(book.n);
                for (int64_t i = 0; i < book.n; i++) {
                    other.x[i] = book.x[i];
                    other.t_x[i] = book.t_x[i] * scales[s];
                    other.T[i] = book.T[i] * scales[s];
                }
                const struct fitted fit = fit_book(family, &other, prior);
                assert_status(fit.status, KAM_OK);
                for (int i = 0; i < 4; i++)
                    assert_relative(fit.model.parameter[i],
                                    weeks.model.parameter[i] *
                                        (i == 1 ? scales[s] : 1),
                                    1e-9);
                for (int i = 0; i < 16; i++)
                    assert_near(fit.covariance[i], weeks.covariance[i], 1e-8);
                assert_relative(fit.report.log_likelihood,
                                weeks.report.log_likelihood -
                                    n_orders * log(scales[s]),
                                1e-11);
                assert_int_equal(fit.report.n_steps, weeks.report.n_steps);
                histories_free(&other);
            }
            histories_free(&book);
        }
}

/* ---- books without an answer ---- */

static void expect_finite(const struct fitted *fit) {
    assert_int_equal(fit->model.n_parameters, 4);
    assert_bits(fit->model.period_days, 7);
    for (int i = 0; i < 4; i++) {
        assert_true(fit->model.parameter[i] > 0);
        assert_true(fit->model.parameter[i] < INFINITY);
        assert_bits(fit->model.parameter[4 + i], 0);
    }
    assert_true(fit->report.log_likelihood > -INFINITY &&
                fit->report.log_likelihood < INFINITY);
    assert_true(fit->diag.message[0] != 0);
}

/* A verdict that is not OK: the culprit is named, no error is claimed. */
static void expect_verdict(const struct fitted *fit, kam_status status) {
    assert_status(fit->status, status);
    expect_finite(fit);
    for (int i = 0; i < 16; i++) assert_true(isnan(fit->covariance[i]));
    const int32_t culprit = fit->report.culprit;
    assert_in_range(culprit, 0, 3);
    assert_string_equal(fit->diag.argument,
                        kam_btyd_parameter_name(fit->model.family, culprit));
    assert_bits(fit->diag.value, fit->model.parameter[culprit]);
}

/* Refused before any search: nothing is written. */
static void expect_refused(const struct fitted *fit, kam_status status) {
    const struct fitted untouched = blank();
    assert_status(fit->status, status);
    assert_memory_equal(&fit->model, &untouched.model, sizeof fit->model);
    assert_memory_equal(fit->covariance, untouched.covariance,
                        sizeof fit->covariance);
    assert_int_equal(fit->report.culprit, -1);
    assert_int_equal(fit->report.n_evaluations, 0);
    assert_true(fit->diag.message[0] != 0);
}

static void expect_prior_helps(int32_t family, const struct histories *book) {
    const struct fitted fit = fit_book(family, book, KAM_PRIOR_WEAK);
    assert_status(fit.status, KAM_OK);
    expect_finite(&fit);
    for (int i = 0; i < 4; i++) {
        /* No surer than the data allow, no less sure than the prior. */
        assert_true(fit.covariance[5 * i] > 0);
        assert_true(sqrt(fit.covariance[5 * i]) <= 1.5 * (1 + 1e-9) ||
                    family == KAM_BTYD_MBGNBD);
    }
    assert_int_equal(fit.report.prior, KAM_PRIOR_WEAK);
    assert_int_equal(fit.report.culprit, -1); /* it has moved already */
}

/* n accounts alike. */
static struct histories alike(int64_t n, double x, double t_x, double T) {
    struct histories book = histories_new(n);
    for (int64_t i = 0; i < n; i++) {
        book.x[i] = x;
        book.t_x[i] = t_x;
        book.T[i] = T;
    }
    return book;
}

static void test_no_rows_at_all(void **state) {
    (void)state;
    for (int prior = 0; prior < 2; prior++) {
        struct fitted fit = fit_parts(1, NULL, 0, prior, NULL);
        expect_refused(&fit, KAM_ERR_EMPTY);
        const kam_accounts empty[2] = {{.struct_size = sizeof empty[0]},
                                       {.struct_size = sizeof empty[0]}};
        fit = fit_parts(2, empty, 2, prior, NULL);
        expect_refused(&fit, KAM_ERR_EMPTY);
        struct histories book = alike(30, NAN, 3, 4);
        fit = fit_book(2, &book, prior);
        expect_refused(&fit, KAM_ERR_EMPTY);
        assert_int_equal(fit.report.n_skipped, 30);
        assert_bits(fit.diag.value, 30);
        histories_free(&book);
    }
}

static void test_nobody_ordered_again(void **state) {
    (void)state;
    uint64_t seed = 91;
    for (int32_t family = 1; family <= 2; family++)
        for (int64_t n = 1; n <= 1000; n *= 10) {
            struct histories book = alike(n, 0, 0, 38);
            for (int64_t i = 0; i < n; i++)
                book.T[i] = 20 + 18 * random_unit(&seed);
            for (int prior = 0; prior < 2; prior++) {
                const struct fitted fit = fit_book(family, &book, prior);
                expect_refused(&fit, KAM_ERR_TOO_FEW);
                assert_string_equal(fit.diag.argument,
                                    "accounts.repeat_orders");
                assert_int_equal(fit.report.n_rows, n);
            }
            histories_free(&book);
        }
}

/* One account that ordered again cannot tell rates from leaving; with a prior it
 * has a say. */
static void test_one_repeater(void **state) {
    (void)state;
    for (int32_t family = 1; family <= 2; family++)
        for (int64_t n = 1; n <= 2; n++) {
            struct histories book = alike(n, 0, 0, 38);
            book.x[0] = 3;
            book.t_x[0] = 30;
            const struct fitted fit = fit_book(family, &book, 0);
            expect_refused(&fit, KAM_ERR_TOO_FEW);
            assert_bits(fit.diag.value, 1);
            expect_prior_helps(family, &book);
            histories_free(&book);
        }
}

static void test_all_accounts_have_no_age(void **state) {
    (void)state;
    struct histories book = alike(20, 2, 0, 0);
    const struct fitted fit = fit_book(1, &book, 0);
    expect_refused(&fit, KAM_ERR_TOO_FEW);
    assert_string_equal(fit.diag.argument, "accounts.age_periods");
    histories_free(&book);
}

/* Equal rates: r and alpha run off together. */
static void test_accounts_that_are_all_alike(void **state) {
    (void)state;
    for (int32_t family = 1; family <= 2; family++) {
        struct histories book = alike(500, 2, 20, 38);
        const struct fitted fit = fit_book(family, &book, 0);
        expect_verdict(&fit, KAM_ERR_AT_BOUND);
        assert_int_equal(fit.report.culprit, 0);
        assert_non_null(strstr(fit.diag.message, "same rate"));
        assert_int_equal(fit.report.n_distinct, 1);
        expect_prior_helps(family, &book);
        histories_free(&book);
    }
}

static void test_nobody_left(void **state) {
    (void)state;
    for (int32_t family = 1; family <= 2; family++) {
        /* Every account ordered on the last day, at equal rates. */
        struct histories book = alike(300, 5, 38, 38);
        for (int64_t i = 0; i < 300; i++) book.x[i] = (double)(3 + i % 6);
        struct fitted fit = fit_book(family, &book, 0);
        expect_verdict(&fit, KAM_ERR_AT_BOUND);
        expect_prior_helps(family, &book);
        histories_free(&book);
        /* Rates that differ, and no dropout: Poisson with a gamma mixture. */
        book = simulated_book(3000, KAM_BTYD_BGNBD, 2, 10, 0, 1, 92);
        fit = fit_book(family, &book, 0);
        expect_verdict(&fit, KAM_ERR_AT_BOUND);
        assert_int_equal(fit.report.culprit, 2);
        assert_non_null(strstr(fit.diag.message, "a tends to 0"));
        assert_true(fit.model.parameter[2] < 1e-6);
        /* What can be known is known: r = 2, alpha = 10. */
        assert_relative(fit.model.parameter[0], 2, 0.1);
        assert_relative(fit.model.parameter[1], 10, 0.1);
        expect_prior_helps(family, &book);
        histories_free(&book);
    }
}

/* Equal chances to leave: a and b run off together. */
static void test_equal_chances_to_leave(void **state) {
    (void)state;
    uint64_t seed = 93;
    for (int32_t family = 1; family <= 2; family++) {
        struct histories book = histories_new(4000);
        for (int64_t i = 0; i < book.n; i++) {
            const double rate = random_gamma(&seed, 2) / 10;
            double t = 0;
            book.T[i] = 30 + floor(70 * random_unit(&seed)) / 7;
            int active = family == 1 || random_unit(&seed) >= 0.25;
            while (active) {
                t += random_exponential(&seed) / rate;
                if (t > book.T[i]) break;
                book.x[i]++;
                book.t_x[i] = t;
                active = random_unit(&seed) >= 0.25;
            }
        }
        const struct fitted fit = fit_book(family, &book, 0);
        const double a = fit.model.parameter[2], b = fit.model.parameter[3];
        if (fit.status != KAM_OK) {
            expect_verdict(&fit, KAM_ERR_AT_BOUND);
            assert_in_range(fit.report.culprit, 2, 3);
        }
        assert_relative(a / (a + b), 0.25, 0.1);
        assert_true(a + b > 20);
        expect_prior_helps(family, &book);
        histories_free(&book);
    }
}

/* The project's own hard cases: no point that any of four other programs found is
 * better than ours. */
static void test_shared_hard_fits(void **state) {
    (void)state;
    static const struct {
        const char *name;
        kam_status status;
        double best[2]; /* log likelihood known, BG/NBD and MBG/NBD */
    } cases[] = {
        {"all_active_tx_eq_T", KAM_ERR_AT_BOUND, {-8633.016, -8633.202}},
        {"all_one_time_1000", KAM_ERR_TOO_FEW, {0, 0}},
        {"identical_500_x2", KAM_ERR_AT_BOUND, {-3883.207, -3945.387}},
        {"one_customer_x0", KAM_ERR_TOO_FEW, {0, 0}},
        {"one_customer_x3", KAM_ERR_TOO_FEW, {0, 0}},
        /* Nobody leaves, but with a few accounts it looks so: others stop at a
         * near 0, a quarter of a unit below the maximum. */
        {"poisson_no_dropout", KAM_OK, {-35889.3951, -35889.6014}},
        {"two_customers", KAM_ERR_TOO_FEW, {0, 0}},
        {"zero_spend_variance", KAM_ERR_AT_BOUND, {-6128.989, -6234.297}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char path[4096];
        struct histories book;
        snprintf(path, sizeof path, "%s/reference/hard_fit_cases/%s.csv",
                 TEST_SHARED, cases[i].name);
        skip_without(histories_read(&book, path), path);
        double repeaters = 0;
        for (int64_t k = 0; k < book.n; k++) repeaters += book.x[k] > 0;
        for (int32_t family = 1; family <= 2; family++) {
            const struct fitted fit = fit_book(family, &book, 0);
            if (cases[i].status == KAM_ERR_TOO_FEW)
                expect_refused(&fit, KAM_ERR_TOO_FEW);
            else if (cases[i].status == KAM_OK)
                assert_status(fit.status, KAM_OK);
            else
                expect_verdict(&fit, cases[i].status);
            if (cases[i].status != KAM_ERR_TOO_FEW)
                assert_true(fit.report.log_likelihood >=
                            cases[i].best[family - 1] - 0.0005);
            if (repeaters > 0) expect_prior_helps(family, &book);
        }
        histories_free(&book);
    }
}

/* Small books of every kind: nowhere on a coarse grid over the whole box is the
 * log likelihood higher than at the answer, whatever the verdict. */
static void test_no_better_point_on_a_grid(void **state) {
    (void)state;
    uint64_t seed = 95;
    int verdicts[64] = {0};
    for (int k = 0; k < 24; k++) {
        const int32_t family = 1 + k % 2;
        const int r = 1 + (int)(random_unit(&seed) * 3);
        const int a = (int)(random_unit(&seed) * 3);
        struct histories book =
            simulated_book(4 + 2 * k, family, r, any_size(&seed, 2, 60), a, 2,
                           96 + (uint64_t)k);
        const kam_accounts accounts = accounts_from(&book);
        const struct fitted fit = fit_book(family, &book, 0);
        double orders = 0, time = 0, best = -1e300;
        verdicts[fit.status]++;
        for (int64_t i = 0; i < book.n; i++) {
            orders += book.x[i];
            time += book.T[i];
        }
        for (int at = 0; at < 5 * 5 * 6 * 6 && fit.status != KAM_ERR_TOO_FEW;
             at++) {
            const double size = exp(3 * (at % 5) - 4);
            const double alpha =
                size * time / orders * exp(0.9 * (at / 5 % 5 - 2));
            const kam_btyd model =
                btyd_model(family, size, alpha, exp(3.5 * (at / 25 % 6) - 8),
                           exp(3.5 * (at / 150) - 8));
            const kam_objective there = objective_of(&model, &accounts, NULL);
            best = fmax(best, kam_sum_value(&there.log_likelihood));
        }
        if (!(best <= fit.report.log_likelihood + 1e-6))
            fail_msg("book %d, %s: %.9g, but %.9g on the grid", k,
                     kam_status_name(fit.status), fit.report.log_likelihood,
                     best);
        histories_free(&book);
    }
    assert_true(verdicts[KAM_OK] > 2 && verdicts[KAM_ERR_AT_BOUND] > 2);
}

static void test_too_few_steps(void **state) {
    (void)state;
    for (int32_t family = 1; family <= 2; family++) {
        struct histories book = simulated_book(300, family, 2, 15, 1, 3, 97);
        const kam_accounts accounts = accounts_from(&book);
        const struct fitted whole = fit_book(family, &book, 0);
        double before = -INFINITY;
        for (int32_t steps = 1; steps <= 3; steps++) {
            struct fitted fit = blank();
            const kam_estimate_options options = options_with(0, steps);
            fit.status = kam_btyd_fit(family, &accounts, 1, 7, &options, NULL,
                                      &fit.model, fit.covariance, &fit.report,
                                      &fit.diag);
            assert_status(fit.status, KAM_ERR_NOT_CONVERGED);
            expect_finite(&fit);
            for (int i = 0; i < 16; i++) assert_true(isnan(fit.covariance[i]));
            assert_int_equal(fit.report.n_steps, steps);
            const kam_objective at = objective_of(&fit.model, &accounts, NULL);
            assert_bits(fit.report.log_likelihood,
                        kam_sum_value(&at.log_likelihood));
            assert_true(fit.report.log_likelihood > before);
            assert_true(fit.report.log_likelihood <
                        whole.report.log_likelihood);
            before = fit.report.log_likelihood;
        }
        histories_free(&book);
    }
}

/* The weak prior weighs as normal densities on the log parameters do. */
static void test_the_prior_pulls(void **state) {
    (void)state;
    struct histories book = simulated_book(40, 2, 2, 15, 1, 3, 98);
    const kam_accounts accounts = accounts_from(&book);
    const struct fitted fit = fit_book(2, &book, KAM_PRIOR_WEAK);
    assert_status(fit.status, KAM_OK);
    double orders = 0, time = 0;
    for (int64_t i = 0; i < book.n; i++) {
        orders += book.x[i];
        time += book.T[i];
    }
    const double centre[] = {1, time / orders, 0.7, 3};
    const kam_objective at = objective_of(&fit.model, &accounts, NULL);
    for (int i = 0; i < 4; i++) {
        const double pull =
            log(fit.model.parameter[i] / centre[i]) / (1.5 * 1.5);
        assert_near(kam_sum_value(&at.gradient[i]), pull, 1e-9);
        double product = 0;
        for (int k = 0; k < 4; k++)
            product += (-hessian_at(&at, i, k) + (i == k) / (1.5 * 1.5)) *
                       fit.covariance[4 * k + i];
        assert_near(product, 1, 1e-11);
    }
    assert_relative(fit.report.log_likelihood,
                    kam_sum_value(&at.log_likelihood), 1e-14);
    histories_free(&book);
}

/* ---- hosts that fail ---- */

static void expect_nothing_written(const struct fitted *fit,
                                   kam_status status) {
    const struct fitted untouched = blank();
    assert_status(fit->status, status);
    assert_memory_equal(&fit->model, &untouched.model, sizeof fit->model);
    assert_memory_equal(fit->covariance, untouched.covariance,
                        sizeof fit->covariance);
}

/* Solves a x = b in place, a symmetric positive definite. */
static void solve_four(double (*a)[4], double *b) {
    for (int k = 0; k < 4; k++)
        for (int i = k + 1; i < 4; i++) {
            const double times = a[i][k] / a[k][k];
            for (int j = k; j < 4; j++) a[i][j] -= times * a[k][j];
            b[i] -= times * b[k];
        }
    for (int k = 3; k >= 0; k--) {
        for (int j = k + 1; j < 4; j++) b[k] -= a[k][j] * b[j];
        b[k] /= a[k][k];
    }
}

/* How many of its standard errors the weak prior moves each log parameter: its
 * centre c and variances W, the fit x and C, C (C + W)^-1 (c - x). */
static void errors_moved(const struct fitted *fit, const struct histories *book,
                         double *errors) {
    double sum[4][4], off[4], age = 0, orders = 0;
    for (int64_t i = 0; i < book->n; i++) {
        age += book->T[i];
        orders += book->x[i];
    }
    const double centre[4] = {0, log(age / orders), log(0.7), log(3)};
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++)
            sum[i][j] = fit->covariance[4 * i + j] + (i == j) * 1.5 * 1.5;
        off[i] = centre[i] - log(fit->model.parameter[i]);
    }
    solve_four(sum, off);
    for (int i = 0; i < 4; i++) {
        errors[i] = 0;
        for (int j = 0; j < 4; j++)
            errors[i] += fit->covariance[4 * i + j] * off[j];
        errors[i] = fabs(errors[i]) / sqrt(fit->covariance[5 * i]);
    }
}

/* A fit that the prior would move by more than an error names the parameter. */
static void test_a_weak_book_says_so(void **state) {
    (void)state;
    int n_weak = 0, n_strong = 0;
    for (uint64_t seed = 1; seed <= 100; seed++)
        for (int32_t family = 1; family <= 2; family++) {
            struct histories book =
                simulated_book(6 + (int64_t)seed % 20, family, 1,
                               seed % 3 ? 2 : 12, 1, 2, seed);
            const struct fitted fit = fit_book(family, &book, KAM_PRIOR_NONE);
            if (fit.status == KAM_OK) {
                double errors[4], most = 1;
                int32_t expected = -1;
                errors_moved(&fit, &book, errors);
                for (int i = 0; i < 4; i++)
                    if (errors[i] > most) {
                        most = errors[i];
                        expected = i;
                    }
                assert_int_equal(fit.report.culprit, expected);
                n_weak += expected >= 0;
                n_strong += expected < 0;
                /* With the prior there is nothing more to move. */
                const struct fitted with =
                    fit_book(family, &book, KAM_PRIOR_WEAK);
                assert_status(with.status, KAM_OK);
                assert_int_equal(with.report.culprit, -1);
            }
            histories_free(&book);
        }
    fprintf(stderr, "%d small books are weak, %d are not\n", n_weak, n_strong);
    assert_true(n_weak >= 2 && n_strong >= 50);
}

static void test_every_allocation_failed_once(void **state) {
    (void)state;
    struct histories book = simulated_book(300, 2, 2, 15, 1, 3, 99);
    const kam_accounts accounts = accounts_from(&book);
    struct lender lender;
    kam_host host = lender_host(&lender, 0);
    const struct fitted whole = fit_parts(2, &accounts, 1, 0, &host);
    const int64_t calls = lender.n_calls;
    assert_status(whole.status, KAM_OK);
    assert_true(calls >= 3);
    assert_int_equal(lender.n_live, 0);
    assert_int_equal(lender.n_bytes, 0);
    for (int64_t fail = 1; fail <= calls; fail++) {
        host = lender_host(&lender, fail);
        const struct fitted fit = fit_parts(2, &accounts, 1, 0, &host);
        expect_nothing_written(&fit, KAM_ERR_MEMORY);
        assert_string_equal(fit.diag.argument, "host");
        assert_int_equal(lender.n_live, 0);
        assert_int_equal(lender.n_bytes, 0);
    }
    histories_free(&book);
}

static void test_cancelled_at_every_look(void **state) {
    (void)state;
    struct histories book = simulated_book(300, 1, 2, 15, 1, 3, 100);
    const kam_accounts accounts = accounts_from(&book);
    const struct fitted whole = fit_parts(1, &accounts, 1, 0, NULL);
    assert_status(whole.status, KAM_OK);
    int64_t looks = 0, done = 0;
    while (!done) {
        struct lender lender;
        kam_host host = lender_host(&lender, 0);
        int64_t left = looks;
        host.progress = stop_when_used_up;
        host.watcher = &left;
        const struct fitted fit = fit_parts(1, &accounts, 1, 0, &host);
        assert_int_equal(lender.n_live, 0);
        assert_int_equal(lender.n_bytes, 0);
        done = fit.status == KAM_OK;
        if (done)
            expect_same_fit(&fit, &whole);
        else
            expect_nothing_written(&fit, KAM_ERR_CANCELLED);
        looks += !done;
        assert_true(looks < 1000);
    }
    /* At least once a step. */
    assert_true(looks >= whole.report.n_steps);
    histories_free(&book);
}

/* ---- wrong calls ---- */

struct call {
    int32_t family;
    int64_t n_parts;
    double period_days;
    kam_accounts part;
    kam_estimate_options options;
    kam_host host;
    int no_parts, no_model;
    uint32_t report_size;
};

static const double COLUMN[2] = {1, 2};

static struct call good_call(void) {
    struct call call;
    memset(&call, 0, sizeof call);
    call.family = 1;
    call.n_parts = 1;
    call.period_days = 7;
    call.part.struct_size = sizeof call.part;
    call.part.n_rows = 2;
    call.part.repeat_orders = column_of(COLUMN);
    call.part.last_order_periods = column_of(COLUMN);
    call.part.age_periods = column_of(COLUMN);
    call.part.weight = column_of(COLUMN);
    call.options = options_with(0, 200);
    call.host.struct_size = sizeof call.host;
    call.report_size = sizeof(kam_estimate_report);
    return call;
}

static void expect_wrong(const struct call *call, kam_status status,
                         const char *argument, double value) {
    struct fitted fit = blank();
    const struct fitted untouched = blank();
    fit.report.struct_size = call->report_size;
    const kam_status got =
        kam_btyd_fit(call->family, call->no_parts ? NULL : &call->part,
                     call->n_parts, call->period_days, &call->options,
                     &call->host, call->no_model ? NULL : &fit.model,
                     fit.covariance, &fit.report, &fit.diag);
    if (got != status || strcmp(fit.diag.argument, argument) != 0 ||
        (!isnan(value) && fit.diag.value != value))
        fail_msg("%s of %s (%g), expected %s of %s (%g)", kam_status_name(got),
                 fit.diag.argument, fit.diag.value, kam_status_name(status),
                 argument, value);
    assert_int_equal(fit.diag.status, status);
    assert_memory_equal(&fit.model, &untouched.model, sizeof fit.model);
    assert_memory_equal(fit.covariance, untouched.covariance,
                        sizeof fit.covariance);
}

static void test_wrong_calls(void **state) {
    (void)state;
    struct call call = good_call();
    call.family = 77;
    expect_wrong(&call, KAM_ERR_OPTION, "family", 77);
    call = good_call();
    call.no_model = 1;
    expect_wrong(&call, KAM_ERR_NULL, "model", NAN);
    call = good_call();
    call.no_parts = 1;
    expect_wrong(&call, KAM_ERR_NULL, "parts", NAN);
    call = good_call();
    call.n_parts = -1;
    expect_wrong(&call, KAM_ERR_SHAPE, "n_parts", -1);
    static const double no_period[] = {0, -7, NAN, INFINITY};
    for (int i = 0; i < 4; i++) {
        call = good_call();
        call.period_days = no_period[i];
        expect_wrong(&call, KAM_ERR_OPTION, "period_days", no_period[i]);
    }
    call = good_call();
    call.report_size = 8;
    expect_wrong(&call, KAM_ERR_STRUCT, "report", 8);
    call = good_call();
    call.host.isa = -4;
    expect_wrong(&call, KAM_ERR_OPTION, "host.isa", -4);
}

static void test_wrong_options(void **state) {
    (void)state;
    static const int32_t no_steps[] = {0, -1, 10001, INT32_MIN};
    struct call call;
    for (int i = 0; i < 4; i++) {
        call = good_call();
        call.options.max_steps = no_steps[i];
        expect_wrong(&call, KAM_ERR_OPTION, "options.max_steps", no_steps[i]);
    }
    call = good_call();
    call.options.prior = 2;
    expect_wrong(&call, KAM_ERR_OPTION, "options.prior", 2);
    call = good_call();
    call.options.rhythm = 1;
    expect_wrong(&call, KAM_ERR_OPTION, "options.rhythm", 1);
    call = good_call();
    call.options.struct_size = 4;
    expect_wrong(&call, KAM_ERR_STRUCT, "options", 4);
}

static void test_wrong_parts(void **state) {
    (void)state;
    struct call call = good_call();
    call.part.n_rows = -2;
    expect_wrong(&call, KAM_ERR_SHAPE, "accounts.n_rows", -2);
    call = good_call();
    call.part.struct_size = 0;
    expect_wrong(&call, KAM_ERR_STRUCT, "accounts", 0);
    static const char *const names[] = {"accounts.repeat_orders",
                                        "accounts.last_order_periods",
                                        "accounts.age_periods",
                                        "accounts.weight"};
    for (int c = 0; c < 4; c++) {
        call = good_call();
        kam_column *const columns[] = {&call.part.repeat_orders,
                                       &call.part.last_order_periods,
                                       &call.part.age_periods,
                                       &call.part.weight};
        columns[c]->type = KAM_CHARS;
        expect_wrong(&call, KAM_ERR_TYPE, names[c], KAM_CHARS);
    }
}

/* The second part is wrong: seen before any row is used. */
static void test_a_wrong_part_among_others(void **state) {
    (void)state;
    struct lender lender;
    kam_host host = lender_host(&lender, 0);
    const struct call call = good_call();
    kam_accounts parts[3] = {call.part, call.part, call.part};
    parts[1].weight.offset = -1;
    const struct fitted fit = fit_parts(1, parts, 3, 0, &host);
    expect_nothing_written(&fit, KAM_ERR_SHAPE);
    assert_string_equal(fit.diag.argument, "accounts.weight");
    assert_int_equal(lender.n_calls, 0);
}

static void test_nothing_but_the_model_need_be_asked_for(void **state) {
    (void)state;
    struct histories book = simulated_book(300, 1, 2, 15, 1, 3, 101);
    const kam_accounts accounts = accounts_from(&book);
    const struct fitted whole = fit_book(1, &book, 0);
    kam_btyd model;
    memset(&model, 0x33, sizeof model);
    assert_status(kam_btyd_fit(1, &accounts, 1, 7, NULL, NULL, &model, NULL,
                               NULL, NULL),
                  KAM_OK);
    assert_memory_equal(&model, &whole.model, sizeof model);
    histories_free(&book);
}

static void test_sums_that_overflow(void **state) {
    (void)state;
    struct histories book = simulated_book(50, 1, 2, 15, 1, 3, 102);
    const kam_accounts accounts = accounts_from(&book);
    const kam_btyd model = btyd_model(1, 1, 10, 1, 3);
    book.weight = calloc(50, sizeof *book.weight);
    for (int i = 0; i < 50; i++) book.weight[i] = 1e18;
    const kam_accounts heavy = accounts_from(&book);
    kam_objective objective = objective_of(&model, &accounts, NULL);
    const kam_objective before = objective;
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_btyd_objective(&model, &heavy, NULL, &objective, &diag),
                  KAM_ERR_OVERFLOW);
    assert_int_equal(diag.status, KAM_ERR_OVERFLOW);
    assert_memory_equal(&objective, &before, sizeof before);
    const struct fitted fit = fit_book(1, &book, 0);
    expect_nothing_written(&fit, KAM_ERR_OVERFLOW);
    histories_free(&book);
}

/* Orders and weights that still add up, but not what the likelihood makes of them
 * in most places: a verdict, and no numbers that are none. */
static void test_likelihoods_that_overflow(void **state) {
    (void)state;
    struct histories book = simulated_book(50, 1, 2, 15, 1, 3, 102);
    book.weight = calloc(50, sizeof *book.weight);
    for (int i = 0; i < 50; i++) {
        book.weight[i] = 1.5e11;
        book.x[i] = 1e6 + i;
        book.t_x[i] = book.T[i];
    }
    for (int family = 1; family <= 2; family++) {
        const struct fitted fit = fit_book(family, &book, 0);
        assert_status(fit.status, KAM_ERR_NOT_CONVERGED);
        for (int i = 0; i < 4; i++)
            assert_true(fit.model.parameter[i] > 0 &&
                        fit.model.parameter[i] < INFINITY);
    }
    histories_free(&book);
}

static struct histories heavy_book(int64_t n, double weight, double x,
                                   double T) {
    struct histories book = histories_new(n);
    book.weight = calloc((size_t)n, sizeof *book.weight);
    for (int64_t i = 0; i < n; i++) {
        book.weight[i] = weight;
        book.x[i] = x;
        book.t_x[i] = book.T[i] = T + 1e-6 * (double)i;
    }
    return book;
}

/* The likelihood can be told at no start, and that is said; the numbers are some. */
static void expect_no_likelihood(const struct histories *book) {
    const struct fitted fit = fit_book(1, book, 0);
    assert_status(fit.status, KAM_ERR_NOT_CONVERGED);
    assert_bits(fit.report.log_likelihood, -INFINITY);
    for (int i = 0; i < 4; i++)
        assert_true(fit.model.parameter[i] > 0 &&
                    fit.model.parameter[i] < INFINITY);
}

/* What depends on counts alone adds up too high, while the rest is next to nothing:
 * alpha + t_x = 1. */
static void test_counts_that_overflow(void **state) {
    (void)state;
    struct histories book = heavy_book(50, 1e14, 1000, 0.5);
    const kam_accounts accounts = accounts_from(&book);
    const kam_btyd model = btyd_model(1, 1, 0.5, 1, 3);
    kam_objective objective = {.struct_size = sizeof objective};
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_btyd_objective(&model, &accounts, NULL, &objective,
                                     &diag),
                  KAM_ERR_OVERFLOW);
    assert_string_equal(diag.argument, "part");
    assert_int_equal(objective.n_rows, 0);
    expect_no_likelihood(&book);
    histories_free(&book);
}

/* What depends on times does; or each piece of the rows adds up, and the two
 * together do not. */
static void test_rows_that_overflow(void **state) {
    (void)state;
    struct histories few = heavy_book(50, 4e15, 20, 20);
    struct histories many = heavy_book(2 * KAM__PIECE, 2.3e10, 1000, 100);
    expect_no_likelihood(&few);
    expect_no_likelihood(&many);
    histories_free(&few);
    histories_free(&many);
}

static void test_wrong_objectives(void **state) {
    (void)state;
    const struct call call = good_call();
    kam_btyd model = btyd_model(1, 1, 10, 1, 3);
    kam_objective objective = objective_of(&model, &call.part, NULL);
    const kam_objective before = objective;
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_btyd_objective(NULL, &call.part, NULL, &objective, &diag),
                  KAM_ERR_NULL);
    assert_string_equal(diag.argument, "model");
    assert_status(kam_btyd_objective(&model, NULL, NULL, &objective, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_btyd_objective(&model, &call.part, NULL, NULL, &diag),
                  KAM_ERR_NULL);
    assert_string_equal(diag.argument, "partial");
    objective.n_parameters = 3;
    assert_status(kam_btyd_objective(&model, &call.part, NULL, &objective,
                                     &diag),
                  KAM_ERR_SHAPE);
    assert_string_equal(diag.argument, "partial.n_parameters");
    objective.n_parameters = 4;
    assert_memory_equal(&objective, &before, sizeof before);
    objective.struct_size = 16;
    assert_status(kam_btyd_objective(&model, &call.part, NULL, &objective,
                                     &diag),
                  KAM_ERR_STRUCT);
    model.parameter[2] = 0;
    objective = before;
    assert_status(kam_btyd_objective(&model, &call.part, NULL, &objective,
                                     &diag),
                  KAM_ERR_OPTION);
    assert_memory_equal(&objective, &before, sizeof before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference_fits),
        cmocka_unit_test(test_golden_fits),
        cmocka_unit_test(test_simulated_books_give_their_parameters_back),
        cmocka_unit_test(test_gradient_and_hessian_are_the_derivatives),
        cmocka_unit_test(test_the_objective_is_the_sum_of_the_rows),
        cmocka_unit_test(test_partial_objectives_merge_to_the_whole),
        cmocka_unit_test(test_the_answer_is_a_maximum),
        cmocka_unit_test(test_order_and_cut_do_not_matter),
        cmocka_unit_test(test_weights_are_repeated_rows),
        cmocka_unit_test(test_fractional_weights),
        cmocka_unit_test(test_weights_that_count_and_that_do_not),
        cmocka_unit_test(test_rows_that_cannot_be_used_are_skipped),
        cmocka_unit_test(test_every_level_and_executor_gives_the_same_fit),
        cmocka_unit_test(test_the_unit_of_time_does_not_matter),
        cmocka_unit_test(test_no_rows_at_all),
        cmocka_unit_test(test_nobody_ordered_again),
        cmocka_unit_test(test_one_repeater),
        cmocka_unit_test(test_all_accounts_have_no_age),
        cmocka_unit_test(test_accounts_that_are_all_alike),
        cmocka_unit_test(test_nobody_left),
        cmocka_unit_test(test_equal_chances_to_leave),
        cmocka_unit_test(test_shared_hard_fits),
        cmocka_unit_test(test_no_better_point_on_a_grid),
        cmocka_unit_test(test_too_few_steps),
        cmocka_unit_test(test_the_prior_pulls),
        cmocka_unit_test(test_a_weak_book_says_so),
        cmocka_unit_test(test_every_allocation_failed_once),
        cmocka_unit_test(test_cancelled_at_every_look),
        cmocka_unit_test(test_wrong_calls),
        cmocka_unit_test(test_wrong_options),
        cmocka_unit_test(test_wrong_parts),
        cmocka_unit_test(test_a_wrong_part_among_others),
        cmocka_unit_test(test_nothing_but_the_model_need_be_asked_for),
        cmocka_unit_test(test_sums_that_overflow),
        cmocka_unit_test(test_likelihoods_that_overflow),
        cmocka_unit_test(test_counts_that_overflow),
        cmocka_unit_test(test_rows_that_overflow),
        cmocka_unit_test(test_wrong_objectives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
