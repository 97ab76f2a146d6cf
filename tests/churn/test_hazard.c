/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

#include "churn/churn_support.h"

enum { MOST = MOST_SIGNALS + 1 };

struct answer {
    kam_status status;
    double beta[MOST], covariance[MOST * MOST];
    kam_hazard_report report;
    kam_diag diag;
};

static struct answer fit(int32_t link, const kam_panel *panel,
                         const kam_hazard_options *options,
                         const kam_host *host) {
    struct answer a;
    memset(&a, 0, sizeof a);
    a.report.struct_size = sizeof a.report;
    a.diag.struct_size = sizeof a.diag;
    a.status = kam_hazard_fit(link, panel, options, host, a.beta, a.covariance,
                              &a.report, &a.diag);
    assert_int_equal(a.diag.status, a.status);
    return a;
}

static struct answer fit_book(const struct book *book) {
    return fit(KAM_HAZARD_LOGISTIC, &book->panel, NULL, NULL);
}

static double standard_error(const struct answer *a, int32_t p, int32_t j) {
    return sqrt(a->covariance[j * (p + 1) + j]);
}

/* ---- against tables ---- */

/* The Telco book: coefficients of a Newton fit to 1e-13, twelve digits given. */
static void test_telco(void **state) {
    (void)state;
    struct table design, expected;
    skip_without(
        table_read(&design, TEST_SHARED "/reference/telco_design.csv") &&
            table_read(&expected, TEST_SHARED
                       "/reference/churn_telco_logistic_full_params.csv"),
        "../shared/reference");
    const int32_t p = (int32_t)design.n_columns - 1;
    struct book *const book =
        book_of(&design, (const char *const *)design.name, p, "Churn");
    const struct answer a = fit_book(book);
    assert_status(a.status, KAM_OK);
    assert_int_equal(a.report.verdict, KAM_HAZARD_FITTED);
    for (int32_t j = 0; j <= p; j++) {
        assert_near(a.beta[j], table_at(&expected, j, "estimate"), 1e-10);
        assert_relative(standard_error(&a, p, j),
                        table_at(&expected, j, "std_error"), 5e-8);
    }
    assert_near(a.report.log_likelihood, -2914.14215489, 6e-9);
    assert_true(a.report.gradient < 1e-9);
    book_free(book);
    table_free(&design);
    table_free(&expected);
}

/* glm's tables of R at tolerance 1e-14, twelve digits given; its standard errors
 * are those of the step before the last. */
static void check_glm(const char *dataset, struct book *book,
                      const struct table *expected) {
    const struct answer a = fit_book(book);
    int32_t j = 0;
    assert_status(a.status, KAM_OK);
    for (int64_t i = 0; i < expected->n_rows; i++) {
        if (table_at(expected, i, "n") != (double)book->n) continue;
        assert_relative(a.beta[j], table_at(expected, i, "coef"), 2e-11);
        assert_relative(standard_error(&a, book->p, j),
                        table_at(expected, i, "se"), 1e-7);
        assert_relative(a.report.log_likelihood,
                        table_at(expected, i, "loglik"), 2e-11);
        assert_relative(-2 * a.report.log_likelihood_null,
                        table_at(expected, i, "null_deviance"), 2e-11);
        j++;
    }
    if (j != book->p + 1) fail_msg("%s: %d rows expected", dataset, (int)j);
    book_free(book);
}

/* The file has quotes; they are taken out on the way. */
static int read_quoted(struct table *table, const char *path) {
    static const char plain[] = "test_hazard.csv";
    char line[4096];
    FILE *const from = fopen(path, "r");
    if (!from) return 0;
    FILE *const to = fopen(plain, "w");
    assert_non_null(to);
    while (fgets(line, sizeof line, from)) {
        int quoted = 0;
        for (const char *c = line; *c; c++) {
            if (*c == '"') quoted = !quoted;
            if (*c != '"' && *c != ' ')
                fputc(quoted && *c == ',' ? ';' : *c, to);
        }
    }
    fclose(from);
    fclose(to);
    const int found = table_read(table, plain);
    remove(plain);
    return found;
}

static void test_glm_tables(void **state) {
    (void)state;
    struct table expected, data;
    skip_without(read_quoted(&expected, TEST_SHARED
                             "/data/logistic/expected_logistic.csv"),
                 "../shared/data/logistic");
    assert_true(read_quoted(&data, TEST_SHARED "/data/logistic/spector.csv"));
    const char *const spector[] = {"GPA", "TUCE", "PSI"};
    check_glm("spector", book_of(&data, spector, 3, "GRADE"), &expected);
    table_free(&data);

    assert_true(
        read_quoted(&data, TEST_SHARED "/data/logistic/vaso_finney1947.csv"));
    const char *const vaso[] = {"Volume", "Rate"};
    struct book *book = book_of(&data, vaso, 2, "Y");
    for (int64_t i = 0; i < book->n; i++)
        for (int j = 0; j < 2; j++) book->x[j][i] = log(book->x[j][i]);
    check_glm("vaso", book, &expected);
    table_free(&data);

    assert_true(read_quoted(&data, TEST_SHARED "/data/logistic/birthwt.csv"));
    const char *const birth[] = {"age", "lwt", "race", "race", "smoke",
                                 "ptl", "ht",  "ui",   "ftv"};
    book = book_of(&data, birth, 9, "low");
    for (int64_t i = 0; i < book->n; i++) {
        const double race = book->x[2][i];
        book->x[2][i] = race == 2;
        book->x[3][i] = race == 3;
    }
    check_glm("birthwt", book, &expected);
    table_free(&data);
    table_free(&expected);
}

/* ---- against 40 digits ---- */

static struct book *golden_rows(int separated, double **more) {
    struct table rows;
    assert_true(table_read(&rows, TEST_GOLDEN "/hazard_rows.csv"));
    int64_t n = 0;
    for (int64_t i = 0; i < rows.n_rows; i++)
        n += table_at(&rows, i, "separated") == separated;
    struct book *const book = book_new(n, 2);
    double *const weight = malloc((size_t)(3 * n) * sizeof *weight);
    double *const offset = weight + n;
    int64_t *const cluster = (int64_t *)(void *)(offset + n);
    n = 0;
    for (int64_t i = 0; i < rows.n_rows; i++) {
        if (table_at(&rows, i, "separated") != separated) continue;
        book->x[0][n] = table_at(&rows, i, "x1");
        book->x[1][n] = table_at(&rows, i, "x2");
        book->event[n] = table_at(&rows, i, "event");
        weight[n] = table_at(&rows, i, "weight");
        offset[n] = table_at(&rows, i, "offset");
        cluster[n++] = (int64_t)table_at(&rows, i, "cluster");
    }
    book->panel.weight = column_of(weight);
    book->panel.offset = column_of(offset);
    book->panel.cluster = column_of(offset + n);
    book->panel.cluster.type = KAM_I64;
    *more = weight;
    table_free(&rows);
    return book;
}

static void test_golden(void **state) {
    (void)state;
    struct table expected;
    const double mean[] = {-2, 0.5, 0}, precision[] = {1, 4, 100};
    assert_true(table_read(&expected, TEST_GOLDEN "/hazard.csv"));
    assert_true(expected.n_rows >= 14);
    for (int64_t i = 0; i < expected.n_rows; i++) {
        double *more;
        const int separated = (int)table_at(&expected, i, "separated");
        const int firth = (int)table_at(&expected, i, "firth");
        const int robust = (int)table_at(&expected, i, "robust");
        struct book *const book = golden_rows(separated, &more);
        kam_hazard_options options;
        assert_status(kam_hazard_options_init(&options, sizeof options),
                      KAM_OK);
        if (robust < 2) memset(&book->panel.cluster, 0, sizeof(kam_column));
        options.robust = robust > 0;
        if (table_at(&expected, i, "prior") > 0) {
            options.prior_mean = mean;
            options.prior_precision = precision;
        }
        /* Separated data get Firth's answer without being asked. */
        options.firth = firth && !separated ? KAM_FIRTH_ALWAYS : KAM_FIRTH_AUTO;
        const struct answer a = fit((int32_t)table_at(&expected, i, "link"),
                                    &book->panel, &options, NULL);
        assert_status(a.status, KAM_OK);
        assert_int_equal(a.report.verdict, !firth      ? KAM_HAZARD_FITTED
                                           : separated ? KAM_HAZARD_SEPARATED
                                                       : KAM_HAZARD_FIRTH);
        if (firth && separated) assert_int_equal(a.report.culprit, 0);
        const char *const b[] = {"b0", "b1", "b2"};
        const char *const se[] = {"se0", "se1", "se2"};
        for (int32_t j = 0; j < 3; j++) {
            const double error = table_at(&expected, i, se[j]);
            assert_near(a.beta[j], table_at(&expected, i, b[j]), 1e-9 * error);
            assert_relative(standard_error(&a, 2, j), error, 3e-10);
        }
        assert_relative(a.report.log_likelihood,
                        table_at(&expected, i, "log_likelihood"), 1e-9);
        assert_int_equal(a.report.n_clusters, robust == 2 ? 10 : 0);
        book_free(book);
        free(more);
    }
    table_free(&expected);
}

/* ---- what a fit says of its data ---- */

static const double BETA[] = {-1, 0.5, -0.25, 0.1};

static void test_no_event_gives_the_prior(void **state) {
    (void)state;
    struct book *const book = book_simulated(50, 2, BETA, 7);
    const double mean[] = {-4, 0.5, 2}, precision[] = {1, 4, 16};
    kam_hazard_options options;
    kam_hazard_options_init(&options, sizeof options);
    for (int all = 0; all < 2; all++) {
        for (int64_t i = 0; i < book->n; i++) book->event[i] = all;
        assert_status(fit_book(book).status, KAM_ERR_ONE_CLASS);
        options.prior_mean = mean;
        options.prior_precision = precision;
        const struct answer a =
            fit(KAM_HAZARD_LOGISTIC, &book->panel, &options, NULL);
        assert_status(a.status, KAM_OK);
        assert_int_equal(a.report.verdict, KAM_HAZARD_PRIOR_ONLY);
        assert_int_equal(a.report.n_events, all ? 50 : 0);
        assert_int_equal(a.report.has_prior, 1);
        for (int j = 0; j < 3; j++) {
            assert_bits(a.beta[j], mean[j]);
            assert_bits(standard_error(&a, 2, j), sqrt(1 / precision[j]));
        }
    }
    assert_string_equal(kam_hazard_verdict_name(KAM_HAZARD_PRIOR_ONLY),
                        "prior_only");
    assert_string_equal(kam_hazard_verdict_name(KAM_HAZARD_SEPARATED),
                        "separated");
    assert_string_equal(kam_hazard_verdict_name(KAM_HAZARD_FITTED), "fitted");
    assert_string_equal(kam_hazard_verdict_name(KAM_HAZARD_FIRTH), "firth");
    assert_string_equal(kam_hazard_verdict_name(0), "unknown");
    book_free(book);
}

static void expect(const struct book *book, kam_status status,
                   const char *argument, int32_t culprit) {
    const struct answer a = fit_book(book);
    assert_status(a.status, status);
    assert_string_equal(a.diag.argument, argument);
    assert_int_equal(a.report.culprit, culprit);
    assert_int_equal(a.report.status, status);
    assert_true(strlen(a.diag.message) > 10);
}

static void test_hostile_columns(void **state) {
    (void)state;
    struct book *const book = book_simulated(200, 3, BETA, 3);
    const char *const name[] = {"usage", "delay", "gap"};
    memcpy(book->name, name, sizeof name);
    double *const last = book->x[2];
    for (int64_t i = 0; i < book->n; i++) last[i] = 7;
    expect(book, KAM_ERR_CONSTANT, "column 2", 2);
    book->panel.name = book->name;
    expect(book, KAM_ERR_CONSTANT, "gap", 2);
    memcpy(last, book->x[0], (size_t)book->n * sizeof *last);
    expect(book, KAM_ERR_COLLINEAR, "gap", 2);
    for (int64_t i = 0; i < book->n; i++)
        last[i] = 3 * book->x[0][i] - 1e3 * book->x[1][i] + 1e6;
    expect(book, KAM_ERR_COLLINEAR, "gap", 2);
    for (int64_t i = 0; i < book->n; i++) last[i] = i % 2 ? NAN : INFINITY;
    expect(book, KAM_ERR_EMPTY, "gap", 2);
    for (int64_t i = 0; i < book->n; i++) last[i] = i % 2 ? NAN : -INFINITY;
    last[5] = 1;
    book->event[5] = 1;
    expect(book, KAM_ERR_TOO_FEW, "panel", -1);
    for (int64_t i = 0; i < book->n; i++) {
        last[i] = (double)(i % 7);
        book->event[i] = 2; /* no event at all: out of range */
    }
    expect(book, KAM_ERR_EMPTY, "panel.event", -1);
    /* 1 stayed, 2 left: as other systems have it, and no event of ours */
    for (int64_t i = 0; i < book->n; i += 2) book->event[i] = 1;
    expect(book, KAM_ERR_ONE_CLASS, "panel.event", -1);
    for (int64_t i = 0; i < book->n; i++) {
        book->event[i] = (double)(i % 3 == 0);
        last[i] = 1e-300 * (double)(i % 7); /* varies by less than numbers do */
    }
    expect(book, KAM_ERR_CONSTANT, "gap", 2);
    for (int64_t i = 0; i < book->n; i++) last[i] *= 1e-20;
    expect(book, KAM_ERR_CONSTANT, "gap", 2);
    book->panel.n_rows = 0;
    expect(book, KAM_ERR_EMPTY, "panel", -1);
    book_free(book);
}

static void test_a_ridge_takes_hostile_columns(void **state) {
    (void)state;
    struct book *const book = book_simulated(200, 3, BETA, 3);
    kam_hazard_options options;
    kam_hazard_options_init(&options, sizeof options);
    options.ridge = 2;
    for (int64_t i = 0; i < book->n; i++) book->x[2][i] = book->x[0][i];
    struct answer a = fit(KAM_HAZARD_LOGISTIC, &book->panel, &options, NULL);
    assert_status(a.status, KAM_OK);
    assert_near(a.beta[1], a.beta[3], 1e-12); /* shared alike */
    for (int64_t i = 0; i < book->n; i++) book->x[2][i] = 7;
    a = fit(KAM_HAZARD_LOGISTIC, &book->panel, &options, NULL);
    assert_status(a.status, KAM_OK);
    assert_near(a.beta[3], 0, 1e-12);
    assert_near(standard_error(&a, 3, 3), sqrt(0.5), 1e-9);
    book_free(book);
}

/* A book of one account, many rows: no errors between accounts to be had. */
static void test_one_cluster(void **state) {
    (void)state;
    const double truth[] = {-1, 1};
    struct book *const book = book_simulated(500, 1, truth, 11);
    double beta[2] = {7, 7}, covariance[4];
    int32_t key[500] = {0};
    kam_hazard_options o;
    kam_hazard_report r = {.struct_size = sizeof r};
    kam_diag diag = {.struct_size = sizeof diag};
    kam_hazard_options_init(&o, sizeof o);
    o.robust = 1;
    book->panel.cluster.values = key;
    book->panel.cluster.type = KAM_I32;
    assert_status(kam_hazard_fit(KAM_HAZARD_LOGISTIC, &book->panel, &o, NULL,
                                 beta, covariance, &r, &diag),
                  KAM_ERR_TOO_FEW);
    assert_string_equal(diag.argument, "panel.cluster");
    assert_true(beta[0] == 7 && r.verdict == 0);
    key[3] = 1;
    assert_status(kam_hazard_fit(KAM_HAZARD_LOGISTIC, &book->panel, &o, NULL,
                                 beta, covariance, &r, &diag),
                  KAM_OK);
    assert_int_equal(r.n_clusters, 2);
    book_free(book);
}

/* Each signal with and without an event: coefficients 0, and by hand C = I / w,
 * M = w^2 I, so that errors know no weight, in whatever currency. */
static void test_robust_with_heavy_weights(void **state) {
    (void)state;
    const double weight[] = {1e-200, 1e6, 1e11, 1e25, 1e300};
    double each[4];
    struct book *const book = book_new(4, 1);
    for (int i = 0; i < 4; i++) {
        book->x[0][i] = i < 2 ? -1 : 1;
        book->event[i] = i % 2;
    }
    book->panel.weight = column_of(each);
    for (int k = 0; k < 5; k++) {
        for (int i = 0; i < 4; i++) each[i] = weight[k];
        kam_hazard_options options;
        kam_hazard_options_init(&options, sizeof options);
        options.robust = 1;
        const struct answer a =
            fit(KAM_HAZARD_LOGISTIC, &book->panel, &options, NULL);
        assert_status(a.status, KAM_OK);
        for (int j = 0; j < 2; j++) {
            assert_near(a.beta[j], 0, 1e-12);
            assert_near(standard_error(&a, 1, j), 1, 1e-10);
        }
    }
    book_free(book);
}

static void test_few_rows(void **state) {
    (void)state;
    struct book *const book = book_simulated(2, 1, BETA, 3);
    book->event[0] = 1;
    book->event[1] = 0;
    struct answer a = fit_book(book); /* two rows are always separated */
    assert_status(a.status, KAM_OK);
    assert_int_equal(a.report.verdict, KAM_HAZARD_SEPARATED);
    for (int j = 0; j < 2; j++)
        assert_true(isfinite(a.beta[j]) && isfinite(standard_error(&a, 1, j)));
    kam_hazard_options options;
    kam_hazard_options_init(&options, sizeof options);
    options.firth = KAM_FIRTH_NEVER;
    a = fit(KAM_HAZARD_LOGISTIC, &book->panel, &options, NULL);
    assert_status(a.status, KAM_ERR_SEPARATED);
    assert_string_equal(a.diag.argument, "column 0");
    assert_int_equal(a.report.verdict, 0);
    book->panel.n_rows = 1;
    expect(book, KAM_ERR_TOO_FEW, "panel", -1);
    book_free(book);
}

static void test_a_verdict_writes_no_answer(void **state) {
    (void)state;
    struct book *const book = book_simulated(20, 1, BETA, 3);
    double beta[] = {1, 2}, covariance[] = {3, 4, 5, 6};
    for (int64_t i = 0; i < book->n; i++) book->x[0][i] = 1;
    assert_status(kam_hazard_fit(1, &book->panel, NULL, NULL, beta, covariance,
                                 NULL, NULL),
                  KAM_ERR_CONSTANT);
    assert_true(beta[0] == 1 && beta[1] == 2 && covariance[3] == 6);
    book_free(book);
}

/* Quasi-complete: one group without any event. */
static void test_a_group_without_events(void **state) {
    (void)state;
    struct book *const book = book_simulated(300, 2, BETA, 11);
    for (int64_t i = 0; i < book->n; i++) {
        book->x[1][i] = i % 3 == 0;
        if (i % 3 == 0) book->event[i] = 0;
    }
    const struct answer a = fit_book(book);
    assert_status(a.status, KAM_OK);
    assert_int_equal(a.report.verdict, KAM_HAZARD_SEPARATED);
    assert_int_equal(a.report.culprit, 1);
    assert_true(a.beta[2] < -2 && a.beta[2] > -12);
    book_free(book);
}

/* ---- the same bits ---- */

static void assert_same(const struct answer *a, const struct answer *b,
                        int32_t p) {
    assert_status(a->status, b->status);
    assert_memory_equal(a->beta, b->beta, (size_t)(p + 1) * sizeof(double));
    assert_memory_equal(a->covariance, b->covariance,
                        (size_t)((p + 1) * (p + 1)) * sizeof(double));
    assert_bits(a->report.log_likelihood, b->report.log_likelihood);
}

static void test_order_executor_and_shape(void **state) {
    (void)state;
    enum { P = 3 };
    const int64_t n = 70001; /* two pieces, the last tile a stump */
    struct book *const book = book_simulated(n, P, BETA, 5);
    struct book *const other = book_new(n, P);
    for (int64_t i = 0; i < n; i += 97) book->x[i % P][i] = NAN;
    const struct answer a = fit_book(book);
    assert_status(a.status, KAM_OK);
    assert_int_equal(a.report.n_skipped, (n + 96) / 97);
    for (int64_t i = 0; i < n; i++) {
        const int64_t to = shuffled_place(i, n);
        for (int j = 0; j < P; j++) other->x[j][to] = book->x[j][i];
        other->event[to] = book->event[i];
    }
    for (int32_t isa = KAM_ISA_AUTO; isa <= KAM_ISA_V4; isa++) {
        kam_host host = {.struct_size = sizeof host};
        host.isa = isa;
        if (isa & 1) host.parallel_for = run_backwards;
        const struct answer b =
            fit(KAM_HAZARD_LOGISTIC, &other->panel, NULL, &host);
        assert_same(&b, &a, P);
    }
    book_free(other);
    book_free(book);
}

static void test_nulls_and_floats(void **state) {
    (void)state;
    struct book *const book = book_simulated(500, 2, BETA, 9);
    float *const single = calloc(2 * 500, sizeof *single);
    uint8_t validity[63];
    memset(validity, 0xFF, sizeof validity);
    for (int64_t i = 0; i < 500; i++) {
        single[2 * i] = (float)book->x[0][i];
        book->x[0][i] = (double)single[2 * i];
        if (i % 50 == 3) {
            validity[i / 8] &= (uint8_t) ~(1 << (i % 8));
            book->x[1][i] = NAN;
        }
    }
    const struct answer a = fit_book(book);
    for (int64_t i = 0; i < 500; i++)
        if (i % 50 == 3) book->x[1][i] = 99; /* behind a null */
    book->column[0].values = single;
    book->column[0].type = KAM_F32;
    book->column[0].stride = 8;
    book->column[1].validity = validity;
    const struct answer b = fit_book(book);
    assert_status(a.status, KAM_OK);
    assert_int_equal(b.report.n_skipped, 10);
    assert_same(&a, &b, 2);
    free(single);
    book_free(book);
}

static void test_every_allocation_fails(void **state) {
    (void)state;
    struct book *const book = book_simulated(300, 3, BETA, 2);
    int64_t cluster[300];
    for (int i = 0; i < 300; i++) cluster[i] = i / 5;
    book->panel.cluster = column_of(NULL);
    book->panel.cluster.values = cluster;
    book->panel.cluster.type = KAM_I64;
    kam_hazard_options options;
    kam_hazard_options_init(&options, sizeof options);
    options.robust = 1;
    struct lender lender;
    kam_host host = lender_host(&lender, 0);
    const struct answer whole =
        fit(KAM_HAZARD_LOGISTIC, &book->panel, &options, &host);
    assert_status(whole.status, KAM_OK);
    assert_int_equal(lender.n_live, 0);
    const int64_t n_calls = lender.n_calls;
    assert_true(n_calls >= 8);
    for (int64_t i = 1; i <= n_calls; i++) {
        double beta[4] = {1, 2, 3, 4};
        host = lender_host(&lender, i);
        assert_status(kam_hazard_fit(1, &book->panel, &options, &host, beta,
                                     NULL, NULL, NULL),
                      KAM_ERR_MEMORY);
        assert_true(beta[0] == 1 && beta[3] == 4);
        assert_int_equal(lender.n_live, 0);
    }
    int64_t left = 2;
    host = lender_host(&lender, 0);
    host.progress = stop_when_used_up;
    host.watcher = &left;
    assert_status(
        fit(KAM_HAZARD_LOGISTIC, &book->panel, &options, &host).status,
        KAM_ERR_CANCELLED);
    assert_int_equal(lender.n_live, 0);
    host.progress = NULL;
    book_free(book);
}

/* ---- wrong calls ---- */

static void test_wrong_calls(void **state) {
    (void)state;
    struct book *const book = book_simulated(30, 2, BETA, 2);
    kam_hazard_options options;
    double beta[3], bad[] = {0, NAN, 0}, minus[] = {0, -1, 0};
    assert_status(kam_hazard_options_init(NULL, 8), KAM_ERR_NULL);
    assert_status(fit(3, &book->panel, NULL, NULL).status, KAM_ERR_OPTION);
    assert_status(kam_hazard_fit(1, NULL, NULL, NULL, beta, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_hazard_fit(1, &book->panel, NULL, NULL, NULL, NULL, NULL,
                                 NULL),
                  KAM_ERR_NULL);
#define WRONG(field, value_, argument_)                                        \
    do {                                                                       \
        kam_hazard_options_init(&options, sizeof options);                     \
        options.field = (value_);                                              \
        const struct answer w = fit(1, &book->panel, &options, NULL);          \
        assert_status(w.status, KAM_ERR_OPTION);                               \
        assert_string_equal(w.diag.argument, argument_);                       \
    } while (0)
    WRONG(firth, 3, "options.firth");
    WRONG(max_steps, 0, "options.max_steps");
    WRONG(robust, 2, "options.robust");
    WRONG(ridge, -1, "options.ridge");
    WRONG(ridge, NAN, "options.ridge");
    WRONG(prior_mean, bad, "options.prior_mean");
    WRONG(prior_precision, minus, "options.prior_precision");
#undef WRONG
    kam_hazard_options_init(&options, sizeof options);
    options.max_steps = 1;
    const struct answer a = fit(1, &book->panel, &options, NULL);
    assert_status(a.status, KAM_ERR_NOT_CONVERGED);
    assert_true(isfinite(a.beta[1]));
    kam_panel panel = book->panel;
    panel.event.type = KAM_DAY;
    assert_status(fit(1, &panel, NULL, NULL).status, KAM_ERR_TYPE);
    panel = book->panel;
    panel.n_columns = 256;
    assert_status(fit(1, &panel, NULL, NULL).status, KAM_ERR_SHAPE);
    panel = book->panel;
    panel.event.values = NULL;
    assert_status(fit(1, &panel, NULL, NULL).status, KAM_ERR_NULL);
    book_free(book);
}

/* ---- sums for engines ---- */

/* At the answer the gradient vanishes and the information inverts to the
 * covariance; pieces merge to the whole. */
static void test_objective(void **state) {
    (void)state;
    enum { P = 2, Q = 3, N_SUMS = 1 + Q + Q * (Q + 1) / 2 };
    for (int32_t link = 1; link <= 2; link++) {
        struct book *const book = book_simulated(400, P, BETA, 21);
        book->x[0][17] = NAN;
        const struct answer a = fit(link, &book->panel, NULL, NULL);
        const kam_hazard model = {link, P, a.beta, NULL};
        kam_sum whole[N_SUMS] = {{0, 0}}, cut[N_SUMS] = {{0, 0}};
        int64_t n = 0, m = 0;
        assert_status(kam_hazard_objective(&model, &book->panel, NULL, whole,
                                           &n, NULL),
                      KAM_OK);
        assert_int_equal(n, 399);
        for (int64_t first = 0; first < 400; first += 133) {
            kam_panel piece = book->panel;
            kam_column column[P] = {book->column[0], book->column[1]};
            column[0].offset = column[1].offset = piece.event.offset = first;
            piece.column = column;
            piece.n_rows = first + 133 < 400 ? 133 : 400 - first;
            assert_status(kam_hazard_objective(&model, &piece, NULL, cut, &m,
                                               NULL),
                          KAM_OK);
        }
        assert_int_equal(m, n);
        assert_memory_equal(cut, whole, sizeof whole);
        assert_near(kam_sum_value(&whole[0]), a.report.log_likelihood, 1e-10);
        for (int j = 0; j < Q; j++)
            assert_near(kam_sum_value(&whole[1 + j]), 0, 1e-7);
        double product[Q][Q] = {{0}};
        for (int i = 0; i < Q; i++)
            for (int j = 0; j < Q; j++)
                for (int k = 0; k < Q; k++) {
                    const int r = i > k ? i : k, c = i > k ? k : i;
                    product[i][j] +=
                        kam_sum_value(&whole[1 + Q + r * (r + 1) / 2 + c]) *
                        a.covariance[k * Q + j];
                }
        for (int i = 0; i < Q; i++)
            for (int j = 0; j < Q; j++)
                assert_near(product[i][j], i == j, 1e-9);
        book_free(book);
    }
}

/* ---- risks and reasons ---- */

static void test_risks(void **state) {
    (void)state;
    enum { P = 2, N = 100 };
    struct book *const book = book_simulated(N, P, BETA, 4);
    double offset[N], risk[N], low[N], high[N];
    uint32_t flag[N];
    const double covariance[] = {.04, .01, 0, .01, .09, 0, 0, 0, .01};
    for (int i = 0; i < N; i++) offset[i] = 0.01 * i;
    book->panel.offset = column_of(offset);
    book->x[0][3] = NAN;
    book->x[1][4] = INFINITY;
    for (int32_t link = 1; link <= 2; link++) {
        const kam_hazard model = {link, P, BETA, covariance};
        assert_status(kam_hazard_risk(&model, &book->panel, 0.95, NULL, risk,
                                      low, high, flag, NULL),
                      KAM_OK);
        assert_int_equal(flag[3], KAM_ROW_MISSING);
        assert_int_equal(flag[4], KAM_ROW_DOMAIN);
        assert_true(isnan(risk[3]) && isnan(low[4]) && isnan(high[3]));
        for (int i = 5; i < N; i++) {
            const double x = book->x[0][i], y = book->x[1][i];
            const double s = BETA[0] + offset[i] + BETA[1] * x + BETA[2] * y;
            const double se = sqrt(.04 + .02 * x + .09 * x * x + .01 * y * y);
            const double at[] = {s, s - 1.959963984540054 * se,
                                 s + 1.959963984540054 * se};
            const double got[] = {risk[i], low[i], high[i]};
            for (int k = 0; k < 3; k++)
                assert_near(got[k],
                            link == 1 ? 1 / (1 + exp(-at[k]))
                                      : 1 - exp(-exp(at[k])),
                            1e-14);
        }
        /* One is many. */
        for (int i = 0; i < N; i += 13) {
            double one;
            kam_panel panel = book->panel;
            kam_column column[P] = {book->column[0], book->column[1]};
            column[0].offset = column[1].offset = panel.offset.offset = i;
            panel.column = column;
            panel.n_rows = 1;
            assert_status(kam_hazard_risk(&model, &panel, 0, NULL, &one, NULL,
                                          NULL, NULL, NULL),
                          KAM_OK);
            assert_bits(one, risk[i]);
        }
    }
    const kam_hazard blind = {1, P, BETA, NULL};
    const kam_hazard wide = {1, P + 1, BETA, NULL};
    assert_status(kam_hazard_risk(&blind, &book->panel, 0.9, NULL, risk, low,
                                  NULL, NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_hazard_risk(&wide, &book->panel, 0.9, NULL, risk, NULL,
                                  NULL, NULL, NULL),
                  KAM_ERR_SHAPE);
    book_free(book);
}

static void test_reasons(void **state) {
    (void)state;
    enum { P = 3, N = 40, TOP = 2 };
    struct book *const book = book_simulated(N, P, BETA, 6);
    const double reference[] = {0.5, -1, 2};
    const int32_t id[] = {KAM_REASON_USAGE, KAM_REASON_CONTACT_GAP, 1007};
    kam_reason reasons[N][TOP + 2];
    uint32_t flag[N];
    const kam_hazard model = {KAM_HAZARD_LOGISTIC, P, BETA, NULL};
    book->panel.reason = id;
    book->x[2][7] = NAN;
    assert_status(kam_hazard_reasons(&model, &book->panel, reference, TOP, NULL,
                                     &reasons[0][0], flag, NULL),
                  KAM_OK);
    for (int i = 0; i < N; i++) {
        const kam_reason *const r = reasons[i];
        if (i == 7) {
            assert_int_equal(flag[i], KAM_ROW_MISSING);
            assert_true(isnan(r[0].contribution) && r[1].id == KAM_REASON_NONE);
            continue;
        }
        double score = BETA[0], forth = 0, back = 0, part[P];
        for (int j = 0; j < P; j++) {
            score += BETA[j + 1] * book->x[j][i];
            part[j] = BETA[j + 1] * (book->x[j][i] - reference[j]);
        }
        for (int k = 0; k < TOP + 2; k++) {
            forth += r[k].contribution;
            back += r[TOP + 1 - k].contribution;
            assert_bits(r[k].contribution * 0x1p40,
                        floor(r[k].contribution * 0x1p40));
        }
        assert_bits(forth, back); /* exact in any order */
        assert_bits(forth, nearbyint(score * 0x1p40) * 0x1p-40);
        assert_int_equal(r[0].id, KAM_REASON_BASE);
        assert_int_equal(r[TOP + 1].id, KAM_REASON_REST);
        assert_true(fabs(r[1].contribution) >= fabs(r[2].contribution));
        assert_true(fabs(r[2].contribution) >= fabs(r[3].contribution));
        for (int k = 1; k <= TOP; k++)
            for (int j = 0; j < P; j++)
                if (r[k].id == id[j]) {
                    assert_near(r[k].contribution, part[j], 0x1p-40);
                    assert_bits(r[k].value, book->x[j][i]);
                }
    }
    assert_status(kam_hazard_reasons(&model, &book->panel, NULL, P + 1, NULL,
                                     &reasons[0][0], NULL, NULL),
                  KAM_ERR_OPTION);
    book_free(book);
}

/* ---- the expert scorecard ---- */

/* At its limit each signal doubles the odds, give or take as much. */
static void test_expert(void **state) {
    (void)state;
    const int32_t id[] = {KAM_REASON_ORDERS, KAM_REASON_PAYMENT_DELAY,
                          KAM_REASON_CONTACT_GAP, 1000};
    double mean[5], precision[5];
    assert_status(kam_hazard_expert(KAM_HAZARD_LOGISTIC, id, 4, 0, mean,
                                    precision, NULL),
                  KAM_OK);
    assert_near(mean[0], log(0.02 / 0.98), 1e-15);
    assert_bits(precision[0], 1);
    const double limit[] = {0.30, 0.50, 15};
    for (int j = 0; j < 3; j++) {
        assert_near(mean[j + 1] * limit[j], log(2), 1e-15);
        assert_near(1 / sqrt(precision[j + 1]), mean[j + 1], 1e-15);
    }
    assert_bits(mean[4], 0);
    assert_near(precision[4], 1 / (log(2) * log(2)), 1e-14);
    assert_status(kam_hazard_expert(KAM_HAZARD_CLOGLOG, id, 4, 0.1, mean,
                                    precision, NULL),
                  KAM_OK);
    assert_near(1 - exp(-exp(mean[0])), 0.1, 1e-15);
    assert_status(kam_hazard_expert(1, id, 4, 1, mean, precision, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_hazard_expert(1, NULL, 4, 0, mean, precision, NULL),
                  KAM_ERR_NULL);
}

/* Day one: with no event the planted accounts rank above the others; from a few
 * events on, the answer beats prior alone and data alone, on average. */
static void test_prior_and_data_together(void **state) {
    (void)state;
    enum { P = 4, N = 400, N_TEST = 4000, SEEDS = 30 };
    const int32_t id[P] = {KAM_REASON_ORDERS, KAM_REASON_PAYMENT_DELAY,
                           KAM_REASON_CONTACT_GAP, KAM_REASON_COMPLAINTS};
    const double unit[P] = {0.3, 0.5, 15, 1};
    double mean[P + 1], precision[P + 1], loss[2] = {0, 0};
    kam_hazard_expert(1, id, P, 0.05, mean, precision, NULL);
    const double truth[] = {-2.7, 3, 1, 0.06, 0.4};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct book *const train = book_simulated(N, P, truth, seed);
        struct book *const test = book_simulated(N_TEST, P, truth, seed + 99);
        uint64_t draw = seed;
        for (int which = 0; which < 2; which++) {
            struct book *const book = which ? test : train;
            for (int64_t i = 0; i < book->n; i++) {
                double s = truth[0];
                for (int j = 0; j < P; j++) {
                    book->x[j][i] *= unit[j];
                    s += truth[j + 1] * book->x[j][i];
                }
                book->event[i] = random_unit(&draw) < 1 / (1 + exp(-s));
            }
        }
        kam_hazard_options options;
        kam_hazard_options_init(&options, sizeof options);
        options.prior_mean = mean;
        options.prior_precision = precision;
        const struct answer a = fit(1, &train->panel, &options, NULL);
        assert_status(a.status, KAM_OK);
        double risk[N_TEST];
        for (int which = 0; which < 2; which++) {
            const kam_hazard model = {1, P, which ? a.beta : mean, NULL};
            kam_backtest_event_report r = {.struct_size = sizeof r};
            const kam_column f = column_of(risk);
            kam_hazard_risk(&model, &test->panel, 0, NULL, risk, NULL, NULL,
                            NULL, NULL);
            kam_backtest_event(&f, &test->panel.event, N_TEST, NULL, &r, NULL);
            loss[which] += r.log_loss / SEEDS;
            if (which == 0) assert_true(r.auc > 0.75); /* no event seen */
        }
        book_free(train);
        book_free(test);
    }
    assert_true(loss[1] < loss[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_telco),
        cmocka_unit_test(test_glm_tables),
        cmocka_unit_test(test_golden),
        cmocka_unit_test(test_no_event_gives_the_prior),
        cmocka_unit_test(test_hostile_columns),
        cmocka_unit_test(test_a_ridge_takes_hostile_columns),
        cmocka_unit_test(test_one_cluster),
        cmocka_unit_test(test_robust_with_heavy_weights),
        cmocka_unit_test(test_few_rows),
        cmocka_unit_test(test_a_verdict_writes_no_answer),
        cmocka_unit_test(test_a_group_without_events),
        cmocka_unit_test(test_order_executor_and_shape),
        cmocka_unit_test(test_nulls_and_floats),
        cmocka_unit_test(test_every_allocation_fails),
        cmocka_unit_test(test_wrong_calls),
        cmocka_unit_test(test_objective),
        cmocka_unit_test(test_risks),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_expert),
        cmocka_unit_test(test_prior_and_data_together),
    };
    return cmocka_run_group_tests_name("hazard", tests, NULL, NULL);
}
