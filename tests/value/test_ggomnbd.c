/* SPDX-License-Identifier: MIT */
/* The GGompertz/NBD: high-precision tables, its limit, its derivatives, and what
 * must hold whatever the numbers are. */
#include "support/check.h"
#include "support/hosts.h"
#include "value/any_case.h"
#include "value/btyd_family.h"

enum { F = KAM_BTYD_GGOMNBD, P = 5 };

static kam_btyd ggompertz(double r, double alpha, double b, double s,
                          double beta) {
    const kam_btyd model = {F, P, 7, {r, alpha, b, s, beta, 0, 0, 0}};
    return model;
}

static kam_btyd model_in(const struct table *table, int64_t i) {
    return ggompertz(table_at(table, i, "r"), table_at(table, i, "alpha"),
                     table_at(table, i, "b"), table_at(table, i, "s"),
                     table_at(table, i, "beta"));
}

static void against_table(const char *path, const kam_btyd *fixed,
                          double limit) {
    struct table table;
    struct worst ll = {0}, alive = {0};
    skip_without(table_read(&table, path), path);
    assert_true(table.n_rows > 100);
    for (int64_t i = 0; i < table.n_rows; i++) {
        const kam_btyd model = fixed ? *fixed : model_in(&table, i);
        const double x = table_at(&table, i, "x");
        double t_x = table_at(&table, i, "t_x"), T = table_at(&table, i, "T");
        if (fixed) {
            t_x = floor(t_x * 7 + 0.5) / 7;
            T = floor(T * 7 + 0.5) / 7;
        }
        look(&ll, ask_one(ASK_LOG_LIKELIHOOD, &model, x, t_x, T, 0, 0),
             table_at(&table, i, "ll"), i);
        look(&alive, ask_one(ASK_ALIVE, &model, x, t_x, T, 0, 0),
             table_at(&table, i, "p_alive"), i);
    }
    tell("log likelihood", &ll, 1e-11);
    tell("alive", &alive, limit);
    table_free(&table);
}

/* The tables' chances have about ten digits: mpmath at 40 digits agrees with the
 * library to 1e-15 where it differs from them most. */
static void test_hard_cases(void **state) {
    (void)state;
    against_table(TEST_SHARED "/reference/hard_ggomnbd.csv", NULL, 1e-10);
}

static void test_cdnow(void **state) {
    (void)state;
    const kam_btyd at =
        ggompertz(0.553039208492708, 10.5726995700926, 9.98187005215026e-06,
                  0.606123090764072, 0.000116483112538977);
    against_table(TEST_SHARED
                  "/reference/mle_ggomnbd_at_clvtools_opt_cdnow.csv",
                  &at, 1e-10);
}

static void test_golden_cases(void **state) {
    (void)state;
    enum { N = 7 };
    static const struct {
        enum question question;
        const char *column;
        int ahead; /* 0: now, 1: the row's horizon, 2: for ever */
    } asked[N] = {
        {ASK_LOG_LIKELIHOOD, "ll", 0},
        {ASK_ALIVE, "alive", 0},
        {ASK_ALIVE, "alive_ahead", 1},
        {ASK_ORDERS, "orders", 1},
        {ASK_NO_ORDER, "no_order", 1},
        {ASK_DISCOUNTED, "discounted", 1},
        {ASK_DISCOUNTED, "discounted_for_good", 2},
    };
    struct table table;
    struct worst worst[N] = {{0}}, pairs = {0}, squares = {0};
    assert_true(table_read(&table, TEST_GOLDEN "/ggomnbd.csv"));
    assert_int_equal(table.n_rows, 24);
    for (int64_t i = 0; i < table.n_rows; i++) {
        const kam_btyd model = model_in(&table, i);
        const double ahead[] = {0, table_at(&table, i, "h"), INFINITY};
        const double rate = table_at(&table, i, "rate");
        const double x = table_at(&table, i, "x");
        const double t_x = table_at(&table, i, "t_x");
        const double T = table_at(&table, i, "T");
        const struct kam__btyd_tile tile = {1,  KAM_ISA_BASE, &x,  &t_x,
                                            &T, NULL,         NULL};
        double out[2];
        for (int k = 0; k < N; k++)
            look(&worst[k],
                 ask_one(asked[k].question, &model, x, t_x, T,
                         ahead[asked[k].ahead], rate),
                 table_at(&table, i, asked[k].column), i);
        kam__ggomnbd.discounted_pairs(&kam__ggomnbd, model.parameter, &tile,
                                      ahead[1], rate, out);
        look(&pairs, out[0], table_at(&table, i, "pairs"), i);
        look(&squares, out[1], table_at(&table, i, "squares"), i);
    }
    for (int k = 0; k < N; k++) tell(asked[k].column, &worst[k], 5e-13);
    tell("pairs", &pairs, 5e-13);
    tell("squares", &squares, 5e-13);
    table_free(&table);
}

/* With b to 0 and beta / b kept, the Pareto/NBD (Bemmaor & Glady 2012). */
static void test_the_limit_is_the_pareto_nbd(void **state) {
    (void)state;
    struct histories book = mixed_book(200, 71);
    const double b = 1e-13;
    const kam_btyd limit = ggompertz(0.6, 9, b, 0.7, 12 * b);
    const kam_btyd pareto = btyd_model(KAM_BTYD_PNBD, 0.6, 9, 0.7, 12);
    struct worst worst = {0};
    for (int64_t i = 0; i < book.n; i++)
        for (enum question q = 0; q < N_QUESTIONS; q++) {
            const double expected = ask_one(q, &pareto, book.x[i], book.t_x[i],
                                            book.T[i], 30, 0.01);
            if (q == ASK_LOG_LIKELIHOOD && fabs(expected) < 1e-3) continue;
            if (fabs(expected) < 1e-290) continue;
            look(&worst,
                 ask_one(q, &limit, book.x[i], book.t_x[i], book.T[i], 30,
                         0.01),
                 expected, i);
        }
    tell("limit", &worst, 1e-9); /* b T is up to 1e-9 */
    histories_free(&book);
}

/* ---- derivatives ---- */

static kam_objective objective_of(const kam_btyd *model,
                                  const kam_accounts *part) {
    kam_objective objective;
    memset(&objective, 0, sizeof objective);
    objective.struct_size = sizeof objective;
    assert_status(kam_btyd_objective(model, part, NULL, &objective, NULL),
                  KAM_OK);
    return objective;
}

/* Richardson's extrapolation of central differences: error h^4. `what` is 0 for
 * the value, else a component of the gradient. */
static double slope(const kam_btyd *model, const kam_accounts *part, int i,
                    int what) {
    const double h = 2.5e-4;
    double difference[2];
    for (int k = 0; k < 2; k++) {
        kam_btyd up = *model, down = *model;
        up.parameter[i] *= exp(h * (k + 1));
        down.parameter[i] *= exp(-h * (k + 1));
        const kam_objective a = objective_of(&up, part);
        const kam_objective b = objective_of(&down, part);
        difference[k] = what == 0 ? kam_sum_value(&a.log_likelihood) -
                                        kam_sum_value(&b.log_likelihood)
                                  : kam_sum_value(&a.gradient[what - 1]) -
                                        kam_sum_value(&b.gradient[what - 1]);
    }
    return (8 * difference[0] - difference[1]) / (12 * h);
}

static void test_gradient_and_hessian_are_the_derivatives(void **state) {
    (void)state;
    static const double points[][P] = {{1, 10, 0.1, 0.5, 3},
                                       {0.24, 4.4, 1e-3, 0.79, 0.4},
                                       {20, 3, 2, 5, 0.1},
                                       {0.7, 8, 1e-4, 1e-5, 2e-4},
                                       {3, 30, 0.03, 40, 900}};
    struct histories book = mixed_book(60, 21);
    for (int64_t i = 0; i < book.n; i++)
        if (book.T[i] > 1000) book.T[i] = 1000 + book.t_x[i] * 0;
    for (int64_t i = 0; i < book.n; i++)
        if (book.t_x[i] > book.T[i]) book.t_x[i] = book.T[i];
    const kam_accounts part = accounts_from(&book);
    double worst_gradient = 0, worst_hessian = 0;
    for (int p = 0; p < 5; p++) {
        const double *const at_point = points[p];
        const kam_btyd model = ggompertz(at_point[0], at_point[1], at_point[2],
                                         at_point[3], at_point[4]);
        const kam_objective at = objective_of(&model, &part);
        const double size = fabs(kam_sum_value(&at.log_likelihood));
        for (int i = 0; i < P; i++) {
            worst_gradient =
                fmax(worst_gradient, fabs(kam_sum_value(&at.gradient[i]) -
                                          slope(&model, &part, i, 0)) /
                                         size);
            for (int j = 0; j <= i; j++)
                worst_hessian =
                    fmax(worst_hessian,
                         fabs(kam_sum_value(&at.hessian[i * (i + 1) / 2 + j]) -
                              slope(&model, &part, j, i + 1)) /
                             size);
        }
    }
    fprintf(stderr, "against differences: gradient %.1e, Hessian %.1e\n",
            worst_gradient, worst_hessian);
    assert_true(worst_gradient <= 1e-9);
    assert_true(worst_hessian <= 1e-9);
    histories_free(&book);
}

/* ---- fits ---- */

/* Times of leaving by inverting their law, with whole shapes: given eta ~
 * Gamma(s, beta), 1 - F(t) = exp(-eta (e^(b t) - 1)). */
static struct histories gompertz_book(int64_t n, double b, double beta,
                                      uint64_t seed) {
    struct histories book = histories_new(n);
    for (int64_t i = 0; i < n; i++) {
        const double rate = random_gamma(&seed, 2) / 5;
        const double eta = random_gamma(&seed, 1) / beta;
        const double T = floor(7 * (20 + 40 * random_unit(&seed))) / 7;
        const double gone = log1p(random_exponential(&seed) / eta) / b;
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

static kam_status fit_book(const struct histories *book, int32_t prior,
                           kam_btyd *model, double *covariance,
                           kam_estimate_report *report, kam_diag *diag) {
    kam_estimate_options options;
    assert_status(kam_estimate_options_init(&options, sizeof options), KAM_OK);
    options.prior = prior;
    memset(report, 0, sizeof *report);
    report->struct_size = sizeof *report;
    memset(diag, 0, sizeof *diag);
    diag->struct_size = sizeof *diag;
    const kam_accounts accounts = accounts_from(book);
    return kam_btyd_fit(F, &accounts, 1, 7, &options, NULL, model, covariance,
                        report, diag);
}

static void test_simulated_books_give_their_parameters_back(void **state) {
    (void)state;
    static const double truth[P] = {2, 5, 0.15, 1, 60};
    struct histories book = gompertz_book(2500, 0.15, 60, 33);
    kam_btyd model;
    double covariance[P * P];
    kam_estimate_report report;
    kam_diag diag;
    assert_status(fit_book(&book, 0, &model, covariance, &report, &diag),
                  KAM_OK);
    for (int i = 0; i < P; i++)
        assert_true(fabs(log(model.parameter[i] / truth[i])) <
                    3.5 * sqrt(covariance[(P + 1) * i]));
    assert_true(report.gradient <= 1e-12);
    /* Nested in it, the Pareto/NBD explains less. */
    const kam_accounts accounts = accounts_from(&book);
    kam_estimate_report other = {.struct_size = sizeof other};
    kam_btyd pareto;
    kam_btyd_fit(KAM_BTYD_PNBD, &accounts, 1, 7, NULL, NULL, &pareto, NULL,
                 &other, NULL);
    assert_true(other.log_likelihood < report.log_likelihood - 5);
    histories_free(&book);
}

/* Where some leave at once and the others hardly ever, no chance that rises with
 * age helps: the fit says that it is a Pareto/NBD. With a prior it has an answer. */
static void test_it_degenerates_to_the_pareto_nbd(void **state) {
    (void)state;
    struct histories book = histories_new(400);
    uint64_t seed = 9;
    for (int64_t i = 0; i < book.n; i++) {
        const double rate = random_gamma(&seed, 2) / 5;
        const double gone = random_exponential(&seed) * (i % 2 ? 1 : 2000);
        book.T[i] = 60;
        for (double t = 0;;) {
            t += random_exponential(&seed) / rate;
            if (t > book.T[i] || t > gone) break;
            book.x[i]++;
            book.t_x[i] = t;
        }
    }
    kam_btyd model;
    double covariance[P * P];
    kam_estimate_report report;
    kam_diag diag;
    const kam_status status =
        fit_book(&book, 0, &model, covariance, &report, &diag);
    assert_status(status, KAM_ERR_AT_BOUND);
    assert_string_equal(diag.argument, "b");
    assert_true(isnan(covariance[0]));
    const kam_accounts accounts = accounts_from(&book);
    kam_estimate_report other = {.struct_size = sizeof other};
    kam_btyd pareto;
    assert_status(kam_btyd_fit(KAM_BTYD_PNBD, &accounts, 1, 7, NULL, NULL,
                               &pareto, NULL, &other, NULL),
                  KAM_OK);
    assert_near(report.log_likelihood, other.log_likelihood, 0.01);
    assert_status(fit_book(&book, KAM_PRIOR_WEAK, &model, covariance, &report,
                           &diag),
                  KAM_OK);
    histories_free(&book);
}

/* ---- what must hold whatever the numbers are ---- */

static struct any any_case(uint64_t *seed, int64_t i) {
    struct any any;
    const double alpha = any_size(seed, 1e-2, 1e4);
    any.model = ggompertz(any_size(seed, 1e-2, 1e3), alpha,
                          any_size(seed, 1e-4, 1e2) / alpha,
                          any_size(seed, 1e-3, 1e2), any_size(seed, 1e-3, 1e3));
    if (i % 7 == 4) any.model.parameter[4] = 1;
    any_history(&any, seed, i);
    return any;
}

enum { CASES = 1000 };
#define SLACK 2e-12

static void test_probabilities_and_orders(void **state) {
    (void)state;
    uint64_t seed = 101;
    for (int64_t i = 0; i < CASES; i++) {
        const struct any any = any_case(&seed, i);
        const double alive = ask_any(ASK_ALIVE, &any, 0, 0);
        const double rate =
            (any.model.parameter[0] + any.x) / (any.model.parameter[1] + any.T);
        double orders_before = 0, risk_before = 1, alive_before = alive;
        assert_true(alive >= 0 && alive <= 1);
        for (int k = 0; k < 4; k++) {
            const double h = any.h * ldexp(1, 3 * k - 6);
            const double later = ask_any(ASK_ALIVE, &any, h, 0);
            const double risk = ask_any(ASK_NO_ORDER, &any, h, 0);
            const double orders = ask_any(ASK_ORDERS, &any, h, 0);
            assert_true(later >= 0 && later <= alive_before * (1 + SLACK));
            assert_true(risk <= risk_before * (1 + SLACK));
            assert_true(risk >= 1 - alive - 1e-15);
            assert_true(orders >= orders_before * (1 - SLACK) - DBL_MIN);
            assert_true(orders <= alive * rate * h * (1 + SLACK) + DBL_MIN);
            assert_true(orders >= later * rate * h * (1 - SLACK) - DBL_MIN);
            assert_true(1 - risk <= orders * (1 + SLACK) + 1e-15);
            alive_before = later;
            risk_before = risk;
            orders_before = orders;
        }
        assert_true(ask_any(ASK_ORDERS, &any, INFINITY, 0) >=
                    orders_before * (1 - SLACK));
    }
}

static void test_silence_in_two_parts(void **state) {
    (void)state;
    silence_in_two_parts(any_case, CASES);
}

static void test_one_is_many(void **state) {
    (void)state;
    enum { MANY = 300 };
    struct histories book = mixed_book(MANY, 7);
    const kam_accounts accounts = accounts_from(&book);
    const kam_btyd model = ggompertz(0.6, 9, 0.02, 0.7, 0.4);
    double whole[MANY];
    uint32_t flags[MANY];
    for (enum question q = 0; q < N_QUESTIONS; q++) {
        assert_status(ask(q, &model, &accounts, 26, 0.002, NULL, whole, flags,
                          NULL),
                      KAM_OK);
        for (int64_t i = 0; i < MANY; i++)
            assert_bits(ask_one(q, &model, book.x[i], book.t_x[i], book.T[i],
                                26, 0.002),
                        whole[i]);
    }
    histories_free(&book);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hard_cases),
        cmocka_unit_test(test_cdnow),
        cmocka_unit_test(test_golden_cases),
        cmocka_unit_test(test_the_limit_is_the_pareto_nbd),
        cmocka_unit_test(test_gradient_and_hessian_are_the_derivatives),
        cmocka_unit_test(test_simulated_books_give_their_parameters_back),
        cmocka_unit_test(test_it_degenerates_to_the_pareto_nbd),
        cmocka_unit_test(test_probabilities_and_orders),
        cmocka_unit_test(test_silence_in_two_parts),
        cmocka_unit_test(test_one_is_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
