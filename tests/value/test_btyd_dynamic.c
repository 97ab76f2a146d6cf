/* SPDX-License-Identifier: MIT */
/* The Pareto/NBD with facts that change: 30-digit references, facts that do not
 * change after all, derivatives, recovery of known truth, and what calls keep. */
#include "support/check.h"
#include "support/hosts.h"
#include "value/histories.h"

enum { K = 5, ANSWERS = 6 };

/* Accounts with intervals, five each or fewer, and up to three facts. */
struct world {
    struct histories book;
    int64_t n_intervals;
    double *first, *end, *orders, *a, *b, *c;
};

static struct world world_new(int64_t n, int64_t per_account) {
    const size_t m = (size_t)(n * per_account);
    struct world w = {.book = histories_new(n), .n_intervals = n * per_account};
    w.first = calloc((size_t)n + 1, sizeof(double));
    w.end = calloc(m, sizeof(double));
    w.orders = calloc(m, sizeof(double));
    w.a = calloc(m, sizeof(double));
    w.b = calloc(m, sizeof(double));
    w.c = calloc(m, sizeof(double));
    for (int64_t i = 0; i <= n; i++) w.first[i] = (double)(i * per_account);
    return w;
}

static void world_free(struct world *w) {
    histories_free(&w->book);
    free(w->first);
    free(w->end);
    free(w->orders);
    free(w->a);
    free(w->b);
    free(w->c);
}

static kam_btyd_timeline timeline_of(const struct world *w) {
    kam_btyd_timeline t = {.struct_size = sizeof t,
                           .n_intervals = w->n_intervals};
    t.first = column_of(w->first);
    t.end = column_of(w->end);
    t.repeat_orders = column_of(w->orders);
    return t;
}

static kam_btyd_covariates facts_of(const struct world *w, int n_orders,
                                    int n_leaving) {
    kam_btyd_covariates z;
    memset(&z, 0, sizeof z);
    z.struct_size = sizeof z;
    z.n_orders = n_orders;
    z.n_leaving = n_leaving;
    z.orders[0] = column_of(w->a);
    z.leaving[0] = column_of(w->b);
    z.leaving[1] = column_of(w->c);
    return z;
}

static kam_btyd_covariate_model model_of(double r, double alpha, double s,
                                         double beta) {
    kam_btyd_covariate_model model = {
        .base = {KAM_BTYD_PNBD, 4, 7, {r, alpha, s, beta}}};
    return model;
}

/* Answer number `which` of all rows; 0 is the log likelihood, 1..4 KAM_BTYD_ASK_*,
 * 5 alive now. */
static kam_status answer(const struct world *w,
                         const kam_btyd_covariate_model *model, int which,
                         double ahead, double discount, const kam_host *host,
                         double *out, uint32_t *flags) {
    const kam_btyd_timeline timeline = timeline_of(w);
    const kam_btyd_covariates facts =
        facts_of(w, model->n_orders, model->n_leaving);
    const kam_accounts accounts = accounts_from(&w->book);
    if (which == 0)
        return kam_btyd_dynamic_log_likelihood(model, &accounts, &timeline,
                                               &facts, host, out, flags, NULL);
    return kam_btyd_dynamic_answer(model, &accounts, &timeline, &facts,
                                   which == 5 ? KAM_BTYD_ASK_ALIVE : which,
                                   which == 5 ? 0 : ahead, discount, host, out,
                                   flags, NULL);
}

static void read_row(const struct table *table, int64_t row, struct world *w,
                     kam_btyd_covariate_model *model) {
    char name[8];
    const char *const what[] = {"end", "n", "a", "b", "c"};
    double *const to[] = {w->end, w->orders, w->a, w->b, w->c};
    for (int f = 0; f < 5; f++)
        for (int k = 0; k < K; k++) {
            snprintf(name, sizeof name, "%s%d", what[f], k);
            to[f][k] = table_at(table, row, name);
        }
    w->book.x[0] = table_at(table, row, "x");
    w->book.t_x[0] = table_at(table, row, "t_x");
    w->book.T[0] = table_at(table, row, "T");
    *model = model_of(table_at(table, row, "r"), table_at(table, row, "alpha"),
                      table_at(table, row, "s"), table_at(table, row, "beta"));
    model->n_orders = 1;
    model->n_leaving = 2;
    model->orders[0] = table_at(table, row, "orders");
    model->leaving[0] = table_at(table, row, "leaving0");
    model->leaving[1] = table_at(table, row, "leaving1");
}

static void test_golden(void **state) {
    (void)state;
    static const char *const names[ANSWERS] = {"log_likelihood", "alive_ahead",
                                               "expected",       "discounted",
                                               "no_order",       "alive"};
    struct table table;
    double worst = 0;
    assert_true(table_read(&table, TEST_GOLDEN "/btyd_dynamic.csv"));
    assert_int_equal(table.n_rows, 30);
    struct world w = world_new(1, K);
    for (int64_t row = 0; row < table.n_rows; row++) {
        kam_btyd_covariate_model model;
        read_row(&table, row, &w, &model);
        for (int q = 0; q < ANSWERS; q++) {
            double out;
            uint32_t flag;
            const double known = table_at(&table, row, names[q]);
            const double discount = q == KAM_BTYD_ASK_DISCOUNTED
                                        ? table_at(&table, row, "discount")
                                        : 0;
            assert_status(answer(&w, &model, q, table_at(&table, row, "ahead"),
                                 discount, NULL, &out, &flag),
                          KAM_OK);
            assert_int_equal(flag, 0);
            if (check_rel(out, known) > worst) worst = check_rel(out, known);
            if (known > 1e-280 || known < 0) assert_relative(out, known, 1e-12);
        }
    }
    print_message("largest relative error %.2g\n", worst);
    world_free(&w);
    table_free(&table);
}

/* A book whose facts change with the season, of a known truth: orders come e^0.8
 * times as fast in the high season, and accounts leave e^-0.7 times as fast while
 * they are served well. */
static struct world seasons(int64_t n, uint64_t seed) {
    struct world w = world_new(n, 9);
    for (int64_t i = 0; i < n; i++) {
        const double rate = random_gamma(&seed, 2) / 10,
                     leave = random_gamma(&seed, 1) / 25;
        const double shift = 13 * random_unit(&seed);
        const double T = 30 + 40 * random_unit(&seed);
        /* Both clocks, until they show what was drawn. */
        double until_order = random_exponential(&seed) / rate;
        double until_gone = random_exponential(&seed) / leave;
        double before = 0;
        for (int k = 0; k < 9; k++) {
            const int64_t at = i * 9 + k;
            w.end[at] = 13 * (k + 1) - shift;
            w.a[at] = k % 4 == 1;
            w.b[at] = k / 3 % 2 == 1 ? 1.5 : 0;
            w.c[at] = k;
            const double up = exp(0.8 * w.a[at]),
                         out = exp(-0.7 / 1.5 * w.b[at]);
            double now = before;
            const double stop = w.end[at] < T ? w.end[at] : T;
            while (now < stop && until_gone > 0) {
                const double to_order = until_order / up,
                             to_gone = until_gone / out;
                double step = stop - now;
                if (to_gone < step) step = to_gone;
                const int is_order = to_order < step;
                if (is_order) step = to_order;
                now += step;
                until_order -= step * up;
                until_gone = to_gone <= step ? 0 : until_gone - step * out;
                if (!is_order) continue;
                until_order = random_exponential(&seed) / rate;
                w.book.x[i]++;
                w.book.t_x[i] = now;
                w.orders[at]++;
            }
            before = w.end[at];
        }
        w.book.T[i] = T;
    }
    return w;
}

struct fitted {
    kam_btyd_covariate_model model;
    double covariance[64];
    kam_estimate_report report;
    kam_diag diag;
    kam_status status;
};

static struct fitted fit(const struct world *w, const kam_btyd_covariates *z,
                         const kam_host *host) {
    struct fitted fit;
    memset(&fit, 0, sizeof fit);
    fit.report.struct_size = sizeof fit.report;
    fit.diag.struct_size = sizeof fit.diag;
    const kam_btyd_timeline timeline = timeline_of(w);
    const kam_accounts accounts = accounts_from(&w->book);
    fit.status =
        kam_btyd_dynamic_fit(&accounts, &timeline, z, 7, NULL, host, &fit.model,
                             fit.covariance, &fit.report, &fit.diag);
    return fit;
}

static void test_recovers_truth(void **state) {
    (void)state;
    struct world w = seasons(2500, 7);
    const kam_btyd_covariates z = facts_of(&w, 1, 1);
    const struct fitted f = fit(&w, &z, NULL);
    assert_status(f.status, KAM_OK);
    assert_int_equal(f.report.n_rows, 2500);
    assert_true(f.report.gradient < 1e-8);
    const double truth[] = {log(2), log(10), log(1), log(25), 0.8, -0.7 / 1.5};
    for (int i = 0; i < 6; i++) {
        const double found = i < 4    ? log(f.model.base.parameter[i])
                             : i == 4 ? f.model.orders[0]
                                      : f.model.leaving[0];
        const double se = sqrt(f.covariance[7 * i]);
        print_message("%d: %.3f, truth %.3f, se %.3f\n", i, found, truth[i],
                      se);
        assert_true(fabs(found - truth[i]) < 3.3 * se);
        assert_true(i < 4 || se < 0.3);
    }
    world_free(&w);
}

/* The inverse covariance is the second differences of the public likelihood. */
static double total(const struct world *w, const struct fitted *f,
                    const double *step) {
    kam_btyd_covariate_model m = f->model;
    double sum = 0, *const out = calloc((size_t)w->book.n, sizeof(double));
    for (int i = 0; i < 4; i++) m.base.parameter[i] *= exp(step[i]);
    m.orders[0] += step[4];
    m.leaving[0] += step[5];
    assert_status(answer(w, &m, 0, 0, 0, NULL, out, NULL), KAM_OK);
    for (int64_t i = 0; i < w->book.n; i++) sum += out[i];
    free(out);
    return sum;
}

static void test_covariance(void **state) {
    (void)state;
    struct world w = seasons(300, 11);
    const kam_btyd_covariates z = facts_of(&w, 1, 1);
    const struct fitted f = fit(&w, &z, NULL);
    assert_status(f.status, KAM_OK);
    const double h = 2e-3;
    double information[6][6];
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++) {
            double sum = 0;
            for (int sign = 0; sign < 4; sign++) {
                double step[6] = {0};
                step[i] += sign & 1 ? h : -h;
                step[j] += sign & 2 ? h : -h;
                const double value = total(&w, &f, step);
                sum += (sign == 0 || sign == 3) ? value : -value;
            }
            information[i][j] = -sum / (4 * h * h);
        }
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++) {
            double product = 0;
            for (int k = 0; k < 6; k++)
                product += information[i][k] * f.covariance[6 * k + j] *
                           sqrt(f.covariance[7 * i] / f.covariance[7 * j]);
            assert_near(product, i == j, 2e-3);
        }
    world_free(&w);
}

/* Facts that never change: fits and answers of kam/btyd_covariates.h. One fact
 * acts on both with one coefficient, too. */
static void make_constant(struct world *w, double *a, double *b) {
    for (int64_t i = 0; i < w->book.n; i++)
        for (int64_t k = 9 * i; k < 9 * (i + 1); k++) {
            w->a[k] = a[i] = (double)(i % 2);
            w->b[k] = b[i] = (double)(i % 3) - 1;
        }
}

static void test_constant_facts(void **state) {
    (void)state;
    struct world w = seasons(400, 21);
    double a[400], b[400], out[400], known[400];
    make_constant(&w, a, b);
    kam_btyd_covariate_model m = model_of(1.7, 9, 0.8, 30);
    m.n_orders = m.n_leaving = 1;
    m.orders[0] = 0.4;
    m.leaving[0] = -0.9;
    kam_btyd_covariates z = facts_of(&w, 1, 1), fixed = z;
    fixed.orders[0] = column_of(a);
    fixed.leaving[0] = column_of(b);
    const kam_accounts accounts = accounts_from(&w.book);
    for (int q = 1; q <= 4; q++) {
        const double discount = q == KAM_BTYD_ASK_DISCOUNTED ? 0.01 : 0;
        assert_status(answer(&w, &m, q, 20, discount, NULL, out, NULL), KAM_OK);
        assert_status(kam_btyd_covariates_answer(&m, &accounts, &fixed, q, 20,
                                                 discount, NULL, known, NULL,
                                                 NULL),
                      KAM_OK);
        for (int i = 0; i < 400; i++) assert_relative(out[i], known[i], 1e-12);
    }
    for (int equal = 0; equal < 2; equal++) {
        z.equal[0] = fixed.equal[0] = equal;
        z.ridge_orders = fixed.ridge_orders = 0.7;
        struct fitted one = fit(&w, &z, NULL), other = one;
        assert_status(one.status, KAM_OK);
        assert_status(kam_btyd_covariates_fit(KAM_BTYD_PNBD, &accounts, &fixed,
                                              7, NULL, NULL, &other.model,
                                              other.covariance, &other.report,
                                              NULL),
                      KAM_OK);
        assert_relative(one.report.log_likelihood, other.report.log_likelihood,
                        1e-13);
        for (int i = 0; i < 4; i++)
            assert_relative(one.model.base.parameter[i],
                            other.model.base.parameter[i], 1e-8);
        assert_near(one.model.orders[0], other.model.orders[0], 1e-9);
        assert_near(one.model.leaving[0], other.model.leaving[0], 1e-9);
        for (int i = 0; i < (6 - equal) * (6 - equal); i++)
            assert_near(one.covariance[i], other.covariance[i],
                        1e-7 * (1 + fabs(other.covariance[i])));
    }
    world_free(&w);
}

/* Without facts, the plain Pareto/NBD, also for the oddest of histories. */
static void test_without_facts(void **state) {
    (void)state;
    enum { N = 200 };
    struct world w = world_new(N, 2);
    double out[N], known[N];
    histories_free(&w.book);
    w.book = mixed_book(N, 5);
    for (int i = 0; i < N; i++) {
        w.end[2 * i] = w.book.T[i] / 3 + 1;
        w.end[2 * i + 1] = w.book.T[i] + 100;
        w.orders[2 * i] = w.book.x[i];
    }
    const kam_btyd_covariate_model m = model_of(0.55, 10.6, 0.61, 11.7);
    const kam_accounts accounts = accounts_from(&w.book);
    assert_status(answer(&w, &m, 0, 0, 0, NULL, out, NULL), KAM_OK);
    assert_status(kam_btyd_log_likelihood(&m.base, &accounts, NULL, known, NULL,
                                          NULL),
                  KAM_OK);
    for (int i = 0; i < N; i++) assert_relative(out[i], known[i], 1e-12);
    assert_status(answer(&w, &m, 5, 0, 0, NULL, out, NULL), KAM_OK);
    assert_status(kam_btyd_alive(&m.base, &accounts, 0, NULL, known, NULL,
                                 NULL),
                  KAM_OK);
    for (int i = 0; i < N; i++)
        if (known[i] > 1e-290) assert_relative(out[i], known[i], 1e-11);
    world_free(&w);
}

/* Rates so alike that all is decided in a moment: as without facts, and as soon.
 * Panels of that moment's length to the end of the interval would be 1e26 / s. */
static void test_a_moment_decides(void **state) {
    (void)state;
    struct world w = world_new(1, 1);
    w.end[0] = 2000;
    w.orders[0] = w.book.x[0] = 3;
    w.book.t_x[0] = 1000;
    w.book.T[0] = 1039;
    const kam_accounts accounts = accounts_from(&w.book);
    for (double size = 1e8; size < 1e300; size *= 1e12)
        for (int which = 0; which < 3; which++) {
            const kam_btyd_covariate_model model =
                model_of(which == 1 ? 1.2 : size, 8, which == 0 ? 0.8 : size,
                         40);
            double plain, value;
            assert_status(kam_btyd_log_likelihood(&model.base, &accounts, NULL,
                                                  &plain, NULL, NULL),
                          KAM_OK);
            assert_status(answer(&w, &model, 0, 0, 0, NULL, &value, NULL),
                          KAM_OK);
            assert_relative(value, plain, 1e-12);
            for (int i = 1; i <= 4; i++) {
                assert_status(answer(&w, &model, i, 30, 0, NULL, &value, NULL),
                              KAM_OK);
                assert_near(value, i == KAM_BTYD_ASK_NO_ORDER, 1e-12);
            }
        }
    /* As little time, and a clock that shows much. */
    w.book.T[0] = 1000 + 0x1p-30;
    for (double s = 1e8; s < 1e14; s *= 10) {
        const kam_btyd_covariate_model model = model_of(1.2, 8, s, 40);
        double plain, value;
        assert_status(kam_btyd_alive(&model.base, &accounts, 0, NULL, &plain,
                                     NULL, NULL),
                      KAM_OK);
        assert_status(answer(&w, &model, 5, 0, 0, NULL, &value, NULL), KAM_OK);
        assert_relative(value, plain, 1e-12);
    }
    world_free(&w);
}

static void test_rows_and_flags(void **state) {
    (void)state;
    enum { N = 300 };
    struct world w = seasons(N, 3);
    double out[ANSWERS][N], again[N];
    uint32_t flags[N];
    kam_btyd_covariate_model m = model_of(2, 10, 1, 25);
    m.n_orders = m.n_leaving = 1;
    m.orders[0] = 0.8;
    m.leaving[0] = -0.5;
    w.b[9 * 4 + 1] = NAN;                /* a fact that is not known */
    w.end[9 * 5 + 3] = w.end[9 * 5 + 2]; /* an interval of no length */
    w.orders[9 * 6] += 1;                /* more orders than x */
    w.book.x[7] = NAN;
    for (int k = 3; k < 9; k++) w.b[9 * 8 + k] = INFINITY;
    w.b[9 * 10 + 8] = NAN;                /* beyond what is asked */
    w.end[9 * 11 + 8] = w.book.T[11] + 1; /* not as far as is asked */
    for (int k = 0; k < 8; k++) w.end[9 * 11 + k] = (k + 1) * w.book.T[11] / 9;
    for (int q = 0; q < ANSWERS; q++) {
        assert_status(answer(&w, &m, q, 5, 0, NULL, out[q], flags), KAM_OK);
        assert_int_equal(flags[4], KAM_ROW_MISSING);
        assert_int_equal(flags[5], KAM_ROW_DOMAIN);
        assert_int_equal(flags[6], q == 0 ? KAM_ROW_DOMAIN : 0);
        assert_int_equal(flags[7], KAM_ROW_MISSING);
        assert_int_equal(flags[8], KAM_ROW_DOMAIN);
        assert_int_equal(flags[10], 0);
        assert_int_equal(flags[11], q >= 1 && q <= 4 ? KAM_ROW_MISSING : 0);
        for (int i = 0; i < N; i++) assert_true(!flags[i] == !isnan(out[q][i]));
    }
    /* One row is as many, and in any order. */
    const kam_host host = {.struct_size = sizeof host,
                           .parallel_for = run_backwards};
    for (int q = 0; q < ANSWERS; q++) {
        assert_status(answer(&w, &m, q, 5, 0, &host, again, NULL), KAM_OK);
        assert_memory_equal(again, out[q], sizeof again);
    }
    struct world one = w;
    double first[2];
    for (int i = 20; i < 30; i++) {
        one.book.n = 1;
        one.book.x = &w.book.x[i], one.book.t_x = &w.book.t_x[i];
        one.book.T = &w.book.T[i];
        one.end = &w.end[9 * i], one.orders = &w.orders[9 * i];
        one.a = &w.a[9 * i], one.b = &w.b[9 * i], one.c = &w.c[9 * i];
        one.n_intervals = 9;
        one.first = first;
        first[0] = 0, first[1] = 9;
        for (int q = 0; q < ANSWERS; q++) {
            assert_status(answer(&one, &m, q, 5, 0, NULL, again, NULL), KAM_OK);
            assert_bits(again[0], out[q][i]);
        }
    }
    world_free(&w);
}

static void test_bad_calls(void **state) {
    (void)state;
    struct world w = seasons(20, 3);
    double out[20];
    kam_diag diag = {.struct_size = sizeof diag};
    kam_btyd_covariate_model m = model_of(2, 10, 1, 25);
    m.n_orders = m.n_leaving = 1;
    const kam_accounts accounts = accounts_from(&w.book);
    const kam_btyd_covariates z = facts_of(&w, 1, 1);
    kam_btyd_timeline t = timeline_of(&w);
    w.first[3] = 28.5;
    assert_status(kam_btyd_dynamic_answer(&m, &accounts, &t, &z, 1, 0, 0, NULL,
                                          out, NULL, &diag),
                  KAM_ERR_SHAPE);
    assert_string_equal(diag.argument, "timeline.first");
    w.first[3] = 27;
    w.first[20] = 181;
    assert_status(kam_btyd_dynamic_answer(&m, &accounts, &t, &z, 1, 0, 0, NULL,
                                          out, NULL, NULL),
                  KAM_ERR_SHAPE);
    w.first[20] = 180;
    assert_status(kam_btyd_dynamic_answer(&m, &accounts, &t, &z, 1, INFINITY, 0,
                                          NULL, out, NULL, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_btyd_dynamic_answer(&m, &accounts, &t, &z, 4, 0, 0, NULL,
                                          out, NULL, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_btyd_dynamic_answer(&m, &accounts, &t, &z, 0, 0, 0, NULL,
                                          out, NULL, NULL),
                  KAM_ERR_OPTION);
    m.n_leaving = 2;
    assert_status(kam_btyd_dynamic_answer(&m, &accounts, &t, &z, 1, 0, 0, NULL,
                                          out, NULL, NULL),
                  KAM_ERR_SHAPE);
    m.n_leaving = 1;
    m.base.family = KAM_BTYD_BGNBD;
    assert_status(kam_btyd_dynamic_answer(&m, &accounts, &t, &z, 1, 0, 0, NULL,
                                          out, NULL, NULL),
                  KAM_ERR_UNSUPPORTED);
    t.repeat_orders.values = NULL;
    m.base.family = KAM_BTYD_PNBD;
    assert_status(kam_btyd_dynamic_answer(&m, &accounts, &t, &z, 1, 0, 0, NULL,
                                          out, NULL, NULL),
                  KAM_OK);
    assert_true(kam_btyd_dynamic_log_likelihood(&m, &accounts, &t, &z, NULL,
                                                out, NULL, NULL) != KAM_OK);
    assert_status(kam_btyd_dynamic_fit(&accounts, NULL, &z, 7, NULL, NULL, &m,
                                       NULL, NULL, NULL),
                  KAM_ERR_NULL);
    world_free(&w);
}

static void test_failing_hosts(void **state) {
    (void)state;
    struct world w = seasons(150, 12);
    const kam_btyd_covariates z = facts_of(&w, 1, 0);
    int64_t fail_at = 1;
    for (;; fail_at++) {
        struct lender lender;
        const kam_host host = lender_host(&lender, fail_at);
        const struct fitted f = fit(&w, &z, &host);
        assert_int_equal(lender.n_live, 0);
        assert_int_equal(lender.n_bytes, 0);
        if (f.status == KAM_OK) break;
        assert_status(f.status, KAM_ERR_MEMORY);
        assert_int_equal(f.model.base.family, 0);
    }
    assert_true(fail_at > 6);
    world_free(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_without_facts),
        cmocka_unit_test(test_constant_facts),
        cmocka_unit_test(test_recovers_truth),
        cmocka_unit_test(test_covariance),
        cmocka_unit_test(test_a_moment_decides),
        cmocka_unit_test(test_rows_and_flags),
        cmocka_unit_test(test_bad_calls),
        cmocka_unit_test(test_failing_hosts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
