/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

#include "churn/churn_support.h"

/* A model and its memory. */
struct glass {
    kam_additive model;
    kam_additive_report report;
    kam_diag diag;
    kam_status status;
    int64_t n_weights;
};

static struct glass fit(const kam_panel *panel,
                        const kam_additive_options *options,
                        const kam_host *host) {
    struct glass g;
    int32_t n_terms;
    int64_t n_edges;
    memset(&g, 0, sizeof g);
    g.report.struct_size = sizeof g.report;
    g.diag.struct_size = sizeof g.diag;
    assert_status(kam_additive_room(panel->n_columns, options, &n_terms,
                                    &n_edges, &g.n_weights, NULL),
                  KAM_OK);
    g.model.term = calloc((size_t)n_terms + 1, sizeof *g.model.term);
    g.model.edge = calloc((size_t)n_edges + 1, sizeof *g.model.edge);
    g.model.weight = calloc((size_t)g.n_weights + 1, sizeof *g.model.weight);
    g.model.std_error = calloc((size_t)g.n_weights + 1, sizeof(double));
    g.status =
        kam_additive_fit(panel, options, host, &g.model, &g.report, &g.diag);
    assert_int_equal(g.diag.status, g.status);
    return g;
}

static void drop(struct glass *g) {
    free(g->model.term);
    free(g->model.edge);
    free(g->model.weight);
    free(g->model.std_error);
}

/* IBM Telco, folds by row % 5: the best booster measured has AUC 0.8476 and log
 * loss 0.4132. All choices are made inside the training rows. */
static void test_telco_folds(void **state) {
    (void)state;
    struct table table;
    skip_without(table_read(&table, TEST_SHARED "/reference/telco_design.csv"),
                 "../shared/reference");
    const int32_t p = (int32_t)table.n_columns - 1;
    struct book *const book =
        book_of(&table, (const char *const *)table.name, p, "Churn");
    double *const risk = calloc((size_t)(2 * book->n), sizeof *risk);
    double *const train = risk + book->n;
    for (int fold = 0; fold < 5; fold++) {
        for (int64_t i = 0; i < book->n; i++)
            train[i] = i % 5 == fold ? NAN : book->event[i];
        kam_panel panel = book->panel;
        panel.event = column_of(train);
        struct glass g = fit(&panel, NULL, NULL);
        assert_status(g.status, KAM_OK);
        assert_int_equal(g.report.n_rows + g.report.n_skipped, book->n);
        double *const all = calloc((size_t)book->n, sizeof *all);
        assert_status(kam_additive_risk(&g.model, &book->panel, NULL, all, NULL,
                                        NULL),
                      KAM_OK);
        for (int64_t i = fold; i < book->n; i += 5) risk[i] = all[i];
        free(all);
        drop(&g);
    }
    const kam_column forecast = column_of(risk);
    kam_backtest_event_report r = {.struct_size = sizeof r};
    kam_backtest_bands_report b = {.struct_size = sizeof b};
    kam_backtest_band band[10];
    assert_status(kam_backtest_event(&forecast, &book->panel.event, book->n,
                                     NULL, &r, NULL),
                  KAM_OK);
    assert_status(kam_backtest_bands(&forecast, &book->panel.event, book->n, 10,
                                     NULL, band, &b, NULL),
                  KAM_OK);
    print_message("# Telco: AUC %.5f, log loss %.5f, calibration error %.4f\n",
                  r.auc, r.log_loss, b.error);
    assert_true(r.auc >= 0.8476);
    assert_true(r.log_loss <= 0.4132);
    assert_true(b.error <= 0.02);
    free(risk);
    book_free(book);
    table_free(&table);
}

/* Events told without error and next to no smoothing: weights without end. */
static void test_too_little_smoothing(void **state) {
    (void)state;
    enum { N = 50 };
    struct book *const book = book_new(N, 1);
    kam_additive_options options;
    for (int i = 0; i < N; i++) {
        book->x[0][i] = i;
        book->event[i] = i >= N / 2;
    }
    assert_status(kam_additive_options_init(&options, sizeof options), KAM_OK);
    options.smooth = 1e-9;
    struct glass g = fit(&book->panel, &options, NULL);
    assert_status(g.status, KAM_ERR_NOT_CONVERGED);
    assert_string_equal(g.diag.message, "the search stopped after 100 steps.");
    for (int64_t k = 0; k < g.n_weights; k++)
        assert_true(g.model.weight[k] == 0);
    drop(&g);
    options.smooth = 1e-3;
    g = fit(&book->panel, &options, NULL);
    assert_status(g.status, KAM_OK);
    drop(&g);
    book_free(book);
}

/* A hump, a step for what is missing, and noise. */
static struct book *humps(int64_t n) {
    struct book *const book = book_new(n, 3);
    uint64_t seed = 11;
    for (int64_t i = 0; i < n; i++) {
        const double x = random_unit(&seed);
        const int missing = random_unit(&seed) < 0.1;
        const double s = 3 * (x > 0.3 && x < 0.6) - 2 + (missing ? 2 : 0);
        book->x[0][i] = x;
        book->x[1][i] = missing ? NAN : random_unit(&seed);
        book->x[2][i] = floor(3 * random_unit(&seed));
        book->event[i] = random_unit(&seed) < 1 / (1 + exp(-s));
    }
    return book;
}

static double score_at(const struct glass *g, double a, double b, double c) {
    double x[3] = {a, b, c}, score;
    const kam_column column[3] = {column_of(&x[0]), column_of(&x[1]),
                                  column_of(&x[2])};
    kam_panel panel = {.struct_size = sizeof panel};
    panel.n_columns = 3;
    panel.n_rows = 1;
    panel.column = column;
    assert_status(kam_additive_risk(&g->model, &panel, NULL, NULL, &score,
                                    NULL),
                  KAM_OK);
    return score;
}

static void test_shapes(void **state) {
    (void)state;
    struct book *const book = humps(6000);
    struct glass g = fit(&book->panel, NULL, NULL);
    assert_status(g.status, KAM_OK);
    assert_true(g.report.smooth >= 1 && isfinite(g.report.held_out));
    assert_near(score_at(&g, 0.45, 0.5, 1) - score_at(&g, 0.1, 0.5, 1), 3, 0.5);
    assert_near(score_at(&g, 0.1, NAN, 1) - score_at(&g, 0.1, 0.5, 1), 2, 0.5);
    assert_near(score_at(&g, 0.1, 0.5, 0) - score_at(&g, 0.1, 0.5, 2), 0, 0.3);
    /* One value, one bin; beyond the ends the last bin goes on. */
    assert_int_equal(g.model.term[2].n_edges, 2);
    assert_bits(score_at(&g, -INFINITY, 0.5, 1), score_at(&g, 0, 0.5, 1));
    /* The mean of each term over the rows is in the constant. */
    double mean = 0;
    double *const score = calloc(6000, sizeof *score);
    assert_status(kam_additive_risk(&g.model, &book->panel, NULL, NULL, score,
                                    NULL),
                  KAM_OK);
    for (int i = 0; i < 6000; i++) mean += score[i] / 6000;
    assert_near(mean, g.model.constant, 1e-8);
    for (int64_t k = 0; k < g.report.n_weights; k++)
        assert_true(g.model.std_error[k] > 0 && g.model.std_error[k] < 5);
    free(score);
    drop(&g);
    book_free(book);
}

/* At the answer the penalised likelihood has no slope along the constant: the
 * risks add up to the events. */
static void test_risks_add_up(void **state) {
    (void)state;
    struct book *const book = humps(3000);
    kam_additive_options options;
    kam_additive_options_init(&options, sizeof options);
    options.smooth = 5;
    struct glass g = fit(&book->panel, &options, NULL);
    double *const risk = calloc(3000, sizeof *risk), sum = 0, events = 0;
    kam_additive_risk(&g.model, &book->panel, NULL, risk, NULL, NULL);
    for (int i = 0; i < 3000; i++) {
        sum += risk[i];
        events += book->event[i];
    }
    assert_near(sum, events, 1e-6);
    assert_true(isnan(g.report.held_out));
    free(risk);
    drop(&g);
    book_free(book);
}

static void test_direction(void **state) {
    (void)state;
    struct book *const book = humps(4000);
    const int32_t direction[] = {1, 0, -1};
    kam_additive_options options;
    kam_additive_options_init(&options, sizeof options);
    options.smooth = 3;
    options.direction = direction;
    struct glass g = fit(&book->panel, &options, NULL);
    assert_status(g.status, KAM_OK);
    for (int t = 0; t < 3; t += 2) {
        const kam_additive_term *const term = &g.model.term[t];
        const double *const w = g.model.weight + term->first_weight;
        for (int b = 1; b <= term->n_edges; b++)
            assert_true(direction[t] * (w[b + 1] - w[b]) >= 0);
    }
    assert_true(g.model.term[0].n_edges < 31 && g.model.term[0].n_edges > 0);
    drop(&g);
    book_free(book);
}

/* An exclusive or: nothing for one signal alone, all for the pair. */
static void test_pair(void **state) {
    (void)state;
    enum { N = 4000 };
    struct book *const book = book_new(N, 2);
    uint64_t seed = 4;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < 2; j++) book->x[j][i] = random_unit(&seed);
        const int x = (book->x[0][i] > 0.5) != (book->x[1][i] > 0.5);
        book->event[i] = random_unit(&seed) < (x ? 0.8 : 0.2);
    }
    const int32_t pair[] = {0, 1};
    kam_additive_options options;
    kam_additive_options_init(&options, sizeof options);
    options.smooth = 3;
    struct glass alone = fit(&book->panel, &options, NULL);
    options.n_pairs = 1;
    options.pair = pair;
    struct glass both = fit(&book->panel, &options, NULL);
    assert_status(both.status, KAM_OK);
    assert_true(alone.report.log_loss > 0.68);
    assert_true(both.report.log_loss < 0.55);
    assert_int_equal(both.model.n_terms, 3);
    assert_int_equal(both.model.term[2].second, 1);
    drop(&alone);
    drop(&both);
    book_free(book);
}

static void test_reasons_are_exact(void **state) {
    (void)state;
    enum { N = 500, TOP = 2 };
    struct book *const book = humps(N);
    struct glass g = fit(&book->panel, NULL, NULL);
    static kam_reason reasons[N][TOP + 2];
    static double score[N];
    const int32_t id[] = {KAM_REASON_USAGE, KAM_REASON_ORDERS, 1002};
    book->panel.reason = id;
    kam_additive_risk(&g.model, &book->panel, NULL, NULL, score, NULL);
    assert_status(kam_additive_reasons(&g.model, &book->panel, TOP, NULL,
                                       &reasons[0][0], NULL),
                  KAM_OK);
    for (int i = 0; i < N; i++) {
        const kam_reason *const r = reasons[i];
        double forth = 0, back = 0;
        for (int k = 0; k < TOP + 2; k++) {
            forth += r[k].contribution;
            back += r[TOP + 1 - k].contribution;
        }
        assert_bits(forth, score[i]);
        assert_bits(back, score[i]);
        assert_int_equal(r[0].id, KAM_REASON_BASE);
        assert_int_equal(r[TOP + 1].id, KAM_REASON_REST);
        assert_true(fabs(r[1].contribution) >= fabs(r[2].contribution));
    }
    assert_status(kam_additive_reasons(&g.model, &book->panel, 4, NULL,
                                       &reasons[0][0], NULL),
                  KAM_ERR_OPTION);
    drop(&g);
    book_free(book);
}

/* Siddiqi (2006): at 600 points, 19 to 1, 50 to double the factor is 72.1348. */
static void test_table(void **state) {
    (void)state;
    struct book *const book = humps(3000);
    struct glass g = fit(&book->panel, NULL, NULL);
    static kam_additive_bin bins[40];
    double iv, base;
    assert_status(kam_additive_table(&g.model, &book->panel, 1, NULL, bins, &iv,
                                     &base, NULL),
                  KAM_OK);
    const int32_t n = g.model.term[1].n_edges + 2;
    int64_t rows = 0, events = 0;
    double sum = 0;
    for (int32_t b = 0; b < n; b++) {
        rows += bins[b].n_rows;
        events += bins[b].n_events;
        sum += bins[b].iv;
        assert_near(bins[b].points, -72.13475204 * bins[b].weight, 1e-6);
        assert_true(b < 2 || bins[b].from == bins[b - 1].to);
    }
    assert_int_equal(rows, 3000);
    assert_int_equal(events, g.report.n_events);
    assert_near(iv, sum, 1e-12);
    assert_true(isnan(bins[0].from) && bins[0].woe > 0.5 && iv > 0.1);
    assert_near(base, 600 - 72.13475204 * (log(19) + g.model.constant), 1e-6);
    const kam_additive_scale bad = {600, 0, 50};
    assert_status(kam_additive_table(&g.model, &book->panel, 1, &bad, bins, &iv,
                                     &base, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_additive_table(&g.model, &book->panel, 3, NULL, bins, &iv,
                                     &base, NULL),
                  KAM_ERR_OPTION);
    drop(&g);
    book_free(book);
}

static void test_order_and_allocations(void **state) {
    (void)state;
    enum { N = 2001 };
    struct book *const book = humps(N), *const other = book_new(N, 3);
    double weight[2 * N];
    for (int i = 0; i < N; i++) {
        const int64_t to = shuffled_place(i, N);
        for (int j = 0; j < 3; j++) other->x[j][to] = book->x[j][i];
        other->event[to] = book->event[i];
        weight[i] = weight[N + to] = 1 + i % 3;
    }
    book->panel.weight = column_of(weight);
    other->panel.weight = column_of(weight + N);
    struct lender lender;
    kam_host host = lender_host(&lender, 0);
    struct glass a = fit(&book->panel, NULL, NULL);
    struct glass b = fit(&other->panel, NULL, &host);
    const int64_t n_calls = lender.n_calls;
    assert_int_equal(lender.n_live, 0);
    assert_status(a.status, KAM_OK);
    assert_bits(a.model.constant, b.model.constant);
    assert_bits(a.report.smooth, b.report.smooth);
    assert_memory_equal(a.model.weight, b.model.weight,
                        (size_t)a.n_weights * sizeof(double));
    drop(&b);
    for (int64_t i = 1; i <= n_calls; i++) {
        host = lender_host(&lender, i);
        b = fit(&book->panel, NULL, &host);
        assert_status(b.status, KAM_ERR_MEMORY);
        assert_int_equal(lender.n_live, 0);
        drop(&b);
    }
    drop(&a);
    book_free(book);
    book_free(other);
}

/* Of very many rows some 60,000 choose how smooth it is: the same ones wherever
 * they stand. */
static void test_very_many(void **state) {
    (void)state;
    enum { MANY = 70001 };
    const double beta[] = {-1, 0.8};
    struct book *const book = book_simulated(MANY, 1, beta, 3);
    struct glass a = fit(&book->panel, NULL, NULL);
    assert_status(a.status, KAM_OK);
    double *const x = calloc(MANY, sizeof *x), *const y =
                                                   calloc(MANY, sizeof *y);
    for (int64_t i = 0; i < MANY; i++) {
        x[shuffled_place(i, MANY)] = book->x[0][i];
        y[shuffled_place(i, MANY)] = book->event[i];
    }
    memcpy(book->x[0], x, MANY * sizeof *x);
    memcpy(book->event, y, MANY * sizeof *y);
    struct glass b = fit(&book->panel, NULL, NULL);
    assert_memory_equal(a.model.weight, b.model.weight,
                        (size_t)a.report.n_weights * sizeof(double));
    assert_memory_equal(&a.report, &b.report, sizeof a.report);
    drop(&a);
    drop(&b);
    free(x);
    free(y);
    book_free(book);
}

static void test_hostile(void **state) {
    (void)state;
    struct book *const book = humps(200);
    struct glass g;
    for (int i = 0; i < 200; i++) {
        book->x[0][i] = 5;              /* constant */
        book->x[1][i] = NAN;            /* never known */
        book->x[2][i] = book->event[i]; /* perfect */
    }
    g = fit(&book->panel, NULL, NULL);
    assert_status(g.status, KAM_OK);
    for (int64_t k = 0; k < g.report.n_weights; k++)
        assert_true(fabs(g.model.weight[k]) < 20);
    drop(&g);
    memset(book->event, 0, 200 * sizeof(double));
    g = fit(&book->panel, NULL, NULL);
    assert_status(g.status, KAM_ERR_ONE_CLASS);
    drop(&g);
    for (int i = 0; i < 200; i++) book->event[i] = NAN;
    g = fit(&book->panel, NULL, NULL);
    assert_status(g.status, KAM_ERR_EMPTY);
    assert_string_equal(g.diag.argument, "panel.event");
    drop(&g);
    book->panel.n_rows = 0;
    g = fit(&book->panel, NULL, NULL);
    assert_status(g.status, KAM_ERR_EMPTY);
    drop(&g);
    kam_additive_options o;
    int32_t t;
    int64_t e, w;
    const int32_t pair[] = {1, 1};
    kam_additive_options_init(&o, sizeof o);
    o.most_bins = 1;
    assert_status(kam_additive_room(3, &o, &t, &e, &w, NULL), KAM_ERR_OPTION);
    kam_additive_options_init(&o, sizeof o);
    o.n_pairs = 1;
    assert_status(kam_additive_room(3, &o, &t, &e, &w, NULL), KAM_ERR_NULL);
    o.pair = pair;
    assert_status(kam_additive_room(3, &o, &t, &e, &w, NULL), KAM_ERR_OPTION);
    book_free(book);
    /* 12 signals of 250 bins each */
    double beta[13] = {0};
    struct book *const wide = book_simulated(300, 12, beta, 9);
    kam_additive_options_init(&o, sizeof o);
    o.most_bins = 250;
    g = fit(&wide->panel, &o, NULL);
    assert_status(g.status, KAM_ERR_OPTION);
    assert_string_equal(g.diag.argument, "options.most_bins");
    assert_true(g.diag.value > 2500);
    drop(&g);
    book_free(wide);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_telco_folds),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_risks_add_up),
        cmocka_unit_test(test_direction),
        cmocka_unit_test(test_pair),
        cmocka_unit_test(test_reasons_are_exact),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_order_and_allocations),
        cmocka_unit_test(test_very_many),
        cmocka_unit_test(test_too_little_smoothing),
        cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests_name("additive", tests, NULL, NULL);
}
