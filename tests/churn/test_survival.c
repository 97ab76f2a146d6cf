/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

#include "churn/churn_support.h"
#include "math/band.h"

struct answer {
    kam_status status;
    double beta[MOST_SIGNALS], covariance[MOST_SIGNALS * MOST_SIGNALS];
    kam_survival_report report;
    kam_diag diag;
};

static struct answer cox(int32_t ties, const kam_panel *panel,
                         const kam_host *host) {
    struct answer a;
    memset(&a, 0, sizeof a);
    a.report.struct_size = sizeof a.report;
    a.diag.struct_size = sizeof a.diag;
    a.status = kam_survival_cox(ties, panel, host, a.beta, a.covariance,
                                &a.report, &a.diag);
    assert_int_equal(a.diag.status, a.status);
    return a;
}

static double standard_error(const struct answer *a, int32_t p, int32_t j) {
    return sqrt(a->covariance[j * p + j]);
}

static kam_survival_pairs concordance(const kam_panel *panel,
                                      const double *risk) {
    kam_survival_pairs pairs = {.struct_size = sizeof pairs};
    const kam_column column = column_of(risk);
    assert_status(kam_survival_concordance(panel, &column, NULL, &pairs, NULL),
                  KAM_OK);
    return pairs;
}

/* Freireich et al. (1963), 6-MP (0) against placebo (1). */
static const double WEEKS[42] = {6,  6,  6,  7,  10, 13, 16, 22, 23, 6,  9,
                                 10, 11, 17, 19, 20, 25, 32, 32, 34, 35, 1,
                                 1,  2,  2,  3,  4,  4,  5,  5,  8,  8,  8,
                                 8,  11, 11, 12, 12, 15, 17, 22, 23};

static struct book *remission(void) {
    struct book *const book = book_new(42, 1);
    for (int i = 0; i < 42; i++) {
        book->x[0][i] = i >= 21;
        book->event[i] = i < 9 || i >= 21;
    }
    book->panel.stop = column_of(WEEKS);
    return book;
}

/* R's survival, six digits given. */
static void test_remission(void **state) {
    (void)state;
    struct book *const book = remission();
    const struct answer e = cox(KAM_TIES_EFRON, &book->panel, NULL);
    const struct answer b = cox(KAM_TIES_BRESLOW, &book->panel, NULL);
    assert_status(e.status, KAM_OK);
    assert_near(e.beta[0], 1.572125, 6e-7);
    assert_near(standard_error(&e, 1, 0), 0.412397, 6e-7);
    assert_near(e.report.log_likelihood_null, -93.18427, 6e-6);
    assert_near(e.report.log_likelihood, -85.00842, 6e-6);
    assert_status(b.status, KAM_OK);
    assert_near(b.beta[0], 1.509191, 6e-7);
    assert_near(standard_error(&b, 1, 0), 0.409564, 6e-7);
    assert_near(b.report.log_likelihood_null, -93.98505, 6e-6);
    assert_near(b.report.log_likelihood, -86.37962, 6e-6);
    assert_int_equal(e.report.n_events, 30);
    book_free(book);
}

/* Coefficients, errors, likelihoods and concordance of a file of R's survival;
 * the digits given (eight
 * of the errors) are the limit. */
static void check_file(const char *path, const struct book *book,
                       int32_t ties) {
    struct table expected;
    assert_true(table_read(&expected, path));
    const struct answer a = cox(ties, &book->panel, NULL);
    const int32_t p = book->p;
    assert_status(a.status, KAM_OK);
    for (int32_t j = 0; j < p; j++) {
        assert_near(a.beta[j], table_at(&expected, j, "estimate"), 1e-9);
        assert_relative(standard_error(&a, p, j),
                        table_at(&expected, j, "std_error"), 5e-8);
    }
    assert_relative(a.report.log_likelihood_null,
                    table_at(&expected, p, "estimate"), 1e-11);
    assert_relative(a.report.log_likelihood,
                    table_at(&expected, p + 1, "estimate"), 1e-11);
    double *const score = calloc((size_t)book->n, sizeof *score);
    for (int64_t i = 0; i < book->n; i++)
        for (int32_t j = 0; j < p; j++) score[i] += a.beta[j] * book->x[j][i];
    assert_near(concordance(&book->panel, score).concordance,
                table_at(&expected, p + 2, "estimate"), 1e-11);
    free(score);
    table_free(&expected);
}

#define REFERENCE TEST_SHARED "/reference/"

static struct book *telco(struct table *table) {
    const char *name[MOST_SIGNALS];
    int32_t p = 0;
    double *const tenure = calloc(7043, sizeof *tenure);
    for (int64_t j = 0; j + 1 < table->n_columns; j++)
        if (strcmp(table->name[j], "tenure") != 0 &&
            strcmp(table->name[j], "TotalCharges") != 0)
            name[p++] = table->name[j];
    struct book *const book = book_of(table, name, p, "Churn");
    for (int64_t i = 0; i < book->n; i++)
        tenure[i] = table_at(table, i, "tenure");
    book->panel.stop = column_of(tenure);
    return book;
}

static void test_telco(void **state) {
    (void)state;
    struct table table, expected;
    skip_without(table_read(&table, REFERENCE "telco_design.csv"),
                 "../shared/reference");
    struct book *const book = telco(&table);
    const double *const tenure = book->panel.stop.values;
    check_file(REFERENCE "coxph_telco_efron_params.csv", book, KAM_TIES_EFRON);
    check_file(REFERENCE "coxph_telco_breslow_params.csv", book,
               KAM_TIES_BRESLOW);
    /* Baselines: of an account at the mean of all signals. */
    for (int32_t ties = 1; ties <= 2; ties++) {
        const struct answer a = cox(ties, &book->panel, NULL);
        double *const time = calloc(2 * 7043, sizeof *time);
        int64_t n = 0;
        assert_true(
            table_read(&expected, ties == KAM_TIES_EFRON ? REFERENCE
                                      "coxph_telco_efron_basehaz.csv"
                                                         : REFERENCE
                                      "coxph_telco_breslow_basehaz.csv"));
        assert_status(kam_survival_baseline(ties, &book->panel, a.beta, NULL,
                                            NULL, NULL, time, time + 7043, &n,
                                            NULL),
                      KAM_OK);
        for (int64_t i = 0, k = 0; i < expected.n_rows; i++) {
            const double t = table_at(&expected, i, "time");
            while (k < n && time[k] < t) k++;
            if (k < n && time[k] == t)
                assert_near(time[7043 + k], table_at(&expected, i, "cumhaz"),
                            1e-9);
        }
        assert_int_equal(n, 72);
        table_free(&expected);
        free(time);
    }
    free((void *)(uintptr_t)tenure);
    book_free(book);
    table_free(&table);
}

static void test_lung(void **state) {
    (void)state;
    struct table table;
    skip_without(table_read(&table, REFERENCE "lung.csv"),
                 "../shared/reference");
    const char *const name[] = {"age", "sex", "ph.ecog"};
    struct book *const book = book_of(&table, name, 3, "status");
    double *const time = calloc((size_t)book->n, sizeof *time);
    for (int64_t i = 0; i < book->n; i++) {
        time[i] = table_at(&table, i, "time");
        book->event[i] = book->event[i] == 2;
    }
    book->panel.stop = column_of(time);
    check_file(REFERENCE "coxph_lung_efron_params.csv", book, KAM_TIES_EFRON);
    check_file(REFERENCE "coxph_lung_breslow_params.csv", book,
               KAM_TIES_BRESLOW);
    free(time);
    book_free(book);
    table_free(&table);
}

struct curve {
    kam_survival_curve curve;
    double column[9][8000];
};

static void draw(struct curve *c, const kam_panel *panel, int32_t scale) {
    memset(&c->curve, 0, sizeof c->curve);
    c->curve.struct_size = sizeof c->curve;
    c->curve.scale = scale;
    double **const column[] = {&c->curve.time,      &c->curve.n_risk,
                               &c->curve.n_event,   &c->curve.survival,
                               &c->curve.std_error, &c->curve.low,
                               &c->curve.high,      &c->curve.band_low,
                               &c->curve.band_high};
    for (int k = 0; k < 9; k++) *column[k] = c->column[k];
    assert_status(kam_survival_kaplan_meier(panel, NULL, &c->curve, NULL),
                  KAM_OK);
}

static struct curve CURVE; /* too large for the stack */

static void test_kaplan_meier_of_telco(void **state) {
    (void)state;
    struct table table, expected;
    skip_without(table_read(&table, REFERENCE "telco_design.csv") &&
                     table_read(&expected, REFERENCE "km_telco.csv"),
                 "../shared/reference");
    struct book *const book = telco(&table);
    draw(&CURVE, &book->panel, 0);
    assert_int_equal(CURVE.curve.n_times, expected.n_rows);
    for (int64_t i = 0; i < expected.n_rows; i++) {
        assert_bits(CURVE.column[0][i], table_at(&expected, i, "time"));
        assert_bits(CURVE.column[1][i], table_at(&expected, i, "n_risk"));
        assert_bits(CURVE.column[2][i], table_at(&expected, i, "n_event"));
        assert_near(CURVE.column[3][i], table_at(&expected, i, "surv"), 1e-11);
        assert_near(CURVE.column[4][i], table_at(&expected, i, "std_err"),
                    1e-11);
    }
    free((void *)(uintptr_t)book->panel.stop.values);
    book_free(book);
    table_free(&table);
    table_free(&expected);
}

/* The 6-MP arm: by hand, and R's three intervals at 10 weeks (S = 0.7529,
 * Greenwood's error 0.0963). */
static void test_kaplan_meier_by_hand(void **state) {
    (void)state;
    struct book *const book = remission();
    book->panel.n_rows = 21;
    const double s6 = 18 / 21.0, s7 = s6 * 16 / 17, s10 = s7 * 14 / 15;
    const double greenwood =
        3 / (21.0 * 18) + 1 / (17.0 * 16) + 1 / (15.0 * 14);
    for (int32_t scale = 1; scale <= 3; scale++) {
        draw(&CURVE, &book->panel, scale);
        const int64_t at = 3; /* 6 7 9 10 */
        assert_bits(CURVE.column[0][at], 10);
        assert_near(CURVE.column[3][at], s10, 1e-15);
        assert_near(CURVE.column[4][at], s10 * sqrt(greenwood), 1e-15);
        const double z = 1.959963984540054, e = z * sqrt(greenwood);
        const double low[] = {pow(s10, exp(-e / log(s10))), s10 * exp(-e),
                              s10 - e * s10};
        const double high[] = {pow(s10, exp(e / log(s10))),
                               fmin(1, s10 * exp(e)), fmin(1, s10 + e * s10)};
        assert_near(CURVE.column[5][at], fmin(low[scale - 1], 1), 1e-14);
        assert_near(CURVE.column[6][at], high[scale - 1], 1e-14);
        assert_bits(CURVE.curve.median, 23);
    }
    book->panel.n_rows = 42;
    draw(&CURVE, &book->panel, 0);
    /* The last event leaves some: never 0; of the placebo arm alone it is 0. */
    kam_panel panel = book->panel;
    panel.stop.offset = panel.event.offset = 21;
    panel.n_rows = 21;
    draw(&CURVE, &panel, 0);
    const int64_t last = CURVE.curve.n_times - 1;
    assert_bits(CURVE.column[3][last], 0);
    assert_true(isnan(CURVE.column[4][last]) && isnan(CURVE.column[5][last]));
    book_free(book);
}

/* ---- rows cut in time, late entry, strata ---- */

static struct book *simulated(int64_t n, double **time) {
    const double beta[] = {0, 0.6, -0.4};
    struct book *const book = book_simulated(n, 2, beta, 17);
    uint64_t seed = 5;
    *time = calloc((size_t)(2 * n), sizeof **time);
    for (int64_t i = 0; i < n; i++) {
        const double rate = exp(0.6 * book->x[0][i] - 0.4 * book->x[1][i]);
        /* ties: whole tenths */
        (*time)[i] = ceil(-log(random_unit(&seed)) / rate * 10) / 10;
        (*time)[n + i] = floor((*time)[i] * random_unit(&seed) * 10) / 10;
        book->event[i] = random_unit(&seed) < 0.7;
    }
    book->panel.stop = column_of(*time);
    return book;
}

/* Between 0.1 and 0.6: 2.8826 is what Miller and Siegmund's (1982) approximation
 * gives, P = f (c - 1 / c) log(ratio) + 4 f / c, which is good where P is small;
 * 2.8872 the equation on a grid four times as fine. */
static void test_band_limits(void **state) {
    (void)state;
    const double ratio = 0.6 / 0.4 / (0.1 / 0.9);
    assert_near(kam__band_limit(0.95, ratio), 2.8826, 6e-3);
    assert_near(kam__band_limit(0.95, ratio), 2.8872, 1e-3);
    assert_near(kam__band_limit(0.95, 1.2), 2.2749, 1e-3);
    assert_near(kam__band_limit(0.95, 1), 1.959964, 1e-3);
    for (double c = 3; c < 5; c += 0.5)
        for (double r = 10; r < 1e5; r *= 10) {
            const double f = exp(-c * c / 2) / sqrt(2 * 3.14159265358979);
            const double about = f * ((c - 1 / c) * log(r) + 4 / c);
            if (about < 0.05)
                assert_relative(1 - kam__band_chance(c, r), about, 0.02);
        }
}

/* Exponential times, a third censored: the whole curve lies within the band as
 * often as it should; within the intervals, not. */
static void test_band_holds_the_curve(void **state) {
    (void)state;
    enum { BOOKS = 400, N = 200 };
    int in_band = 0, in_all = 0;
    uint64_t seed = 11;
    struct book *const book = book_new(N, 0);
    double *const stop = calloc(N, sizeof *stop);
    book->panel.stop = column_of(stop);
    for (int b = 0; b < BOOKS; b++) {
        for (int i = 0; i < N; i++) {
            const double gone = -log(1 - random_unit(&seed));
            const double seen = -2 * log(1 - random_unit(&seed));
            stop[i] = gone < seen ? gone : seen;
            book->event[i] = gone < seen;
        }
        draw(&CURVE, &book->panel, 0);
        int band = 1, all = 1;
        for (int64_t k = 0; k < CURVE.curve.n_times; k++) {
            const double s = CURVE.column[3][k];
            const double truth = exp(-CURVE.column[0][k]);
            if (s >= 1 || !(s > 0)) continue;
            if (CURVE.column[7][k] == CURVE.column[7][k])
                band &=
                    truth >= CURVE.column[7][k] && truth <= CURVE.column[8][k];
            all &= truth >= CURVE.column[5][k] && truth <= CURVE.column[6][k];
        }
        in_band += band;
        in_all += all;
    }
    printf("# the band holds the curve in %.3f, all intervals in %.3f\n",
           in_band / (double)BOOKS, in_all / (double)BOOKS);
    assert_in_range(in_band, BOOKS * 92 / 100, BOOKS * 98 / 100);
    assert_true(in_all < BOOKS * 3 / 4);
    free(stop);
    book_free(book);
}

/* Cutting a row in two at any time changes nothing. */
static void test_rows_cut_in_time(void **state) {
    (void)state;
    enum { N = 300 };
    double *time, start[2 * N], stop[2 * N];
    struct book *const book = simulated(N, &time);
    struct book *const cut = book_new(2 * N, 2);
    for (int i = 0; i < N; i++) {
        const double at = time[i] / 3;
        for (int half = 0; half < 2; half++) {
            const int to = 2 * i + half;
            for (int j = 0; j < 2; j++) cut->x[j][to] = book->x[j][i];
            start[to] = half ? at : -1;
            stop[to] = half ? time[i] : at;
            cut->event[to] = half ? book->event[i] : 0;
        }
    }
    cut->panel.start = column_of(start);
    cut->panel.stop = column_of(stop);
    for (int32_t ties = 1; ties <= 2; ties++) {
        const struct answer a = cox(ties, &book->panel, NULL);
        const struct answer b = cox(ties, &cut->panel, NULL);
        assert_status(a.status, KAM_OK);
        assert_status(b.status, KAM_OK);
        for (int j = 0; j < 2; j++) {
            assert_near(b.beta[j], a.beta[j], 1e-11);
            assert_near(standard_error(&b, 2, j), standard_error(&a, 2, j),
                        1e-11);
        }
        assert_near(b.report.log_likelihood, a.report.log_likelihood, 1e-9);
    }
    draw(&CURVE, &book->panel, 0);
    double survival[N], at[N];
    int64_t n = CURVE.curve.n_times;
    memcpy(survival, CURVE.column[3], sizeof survival);
    memcpy(at, CURVE.column[0], sizeof at);
    draw(&CURVE, &cut->panel, 0);
    for (int64_t i = 0, k = 0; i < n; i++) {
        while (CURVE.column[0][k] < at[i]) k++;
        assert_near(CURVE.column[3][k], survival[i], 1e-12);
    }
    free(time);
    book_free(book);
    book_free(cut);
}

/* Breslow's likelihood with late entry and strata, as it is defined. */
static double breslow(const struct book *book, const double *start,
                      const double *stop, const int64_t *stratum,
                      const double *beta) {
    double value = 0;
    for (int64_t i = 0; i < book->n; i++) {
        double at_risk = 0;
        if (!(book->event[i] > 0)) continue;
        for (int64_t k = 0; k < book->n; k++)
            if (stratum[k] == stratum[i] && start[k] < stop[i] &&
                stop[k] >= stop[i])
                at_risk +=
                    exp(beta[0] * book->x[0][k] + beta[1] * book->x[1][k]);
        value +=
            beta[0] * book->x[0][i] + beta[1] * book->x[1][i] - log(at_risk);
    }
    return value;
}

static void test_late_entry_and_strata(void **state) {
    (void)state;
    enum { N = 300 };
    double *time;
    int64_t stratum[N];
    struct book *const book = simulated(N, &time);
    for (int i = 0; i < N; i++) stratum[i] = i % 3;
    book->panel.start = column_of(time + N);
    book->panel.stratum = column_of(NULL);
    book->panel.stratum.values = stratum;
    book->panel.stratum.type = KAM_I64;
    const struct answer a = cox(KAM_TIES_BRESLOW, &book->panel, NULL);
    assert_status(a.status, KAM_OK);
    const double top = breslow(book, time + N, time, stratum, a.beta);
    assert_near(a.report.log_likelihood, top, 1e-9);
    for (int j = 0; j < 2; j++) {
        double up[2] = {a.beta[0], a.beta[1]}, down[2] = {a.beta[0], a.beta[1]};
        up[j] += 1e-4;
        down[j] -= 1e-4;
        const double u = breslow(book, time + N, time, stratum, up);
        const double d = breslow(book, time + N, time, stratum, down);
        assert_near((u - d) / 2e-4, 0, 1e-5); /* the maximum */
    }
    /* Pairs, one by one. */
    int64_t concordant = 0, all = 0;
    for (int64_t i = 0; i < N; i++)
        for (int64_t k = 0; k < N; k++) {
            if (!(book->event[i] > 0) || stratum[i] != stratum[k] || i == k ||
                !(time[N + k] < time[i]))
                continue;
            if (time[k] > time[i] ||
                (time[k] == time[i] && !(book->event[k] > 0))) {
                all++;
                concordant += book->x[0][i] > book->x[0][k];
            }
        }
    const kam_survival_pairs pairs = concordance(&book->panel, book->x[0]);
    assert_int_equal(pairs.concordant, concordant);
    assert_int_equal(pairs.concordant + pairs.discordant + pairs.tied, all);
    free(time);
    book_free(book);
}

/* ---- verdicts, bits, wrong calls ---- */

static void test_verdicts(void **state) {
    (void)state;
    enum { N = 60 };
    double *time;
    struct book *const book = simulated(N, &time);
    struct answer a;
    for (int i = 0; i < N; i++) book->x[1][i] = 3;
    a = cox(KAM_TIES_EFRON, &book->panel, NULL);
    assert_status(a.status, KAM_ERR_CONSTANT);
    assert_string_equal(a.diag.argument, "column 1");
    assert_int_equal(a.report.culprit, 1);
    for (int i = 0; i < N; i++) book->x[1][i] = 2 * book->x[0][i] + 1;
    a = cox(KAM_TIES_EFRON, &book->panel, NULL);
    assert_status(a.status, KAM_ERR_COLLINEAR);
    assert_string_equal(a.diag.argument, "column 1");
    for (int i = 0; i < N; i++) book->x[1][i] = 5e-324 * (i % 9);
    a = cox(KAM_TIES_EFRON, &book->panel, NULL);
    assert_status(a.status, KAM_ERR_CONSTANT);
    assert_string_equal(a.diag.argument, "column 1");
    for (int i = 0; i < N; i++) book->x[1][i] = NAN;
    a = cox(KAM_TIES_EFRON, &book->panel, NULL);
    assert_status(a.status, KAM_ERR_EMPTY);
    assert_string_equal(a.diag.argument, "column 1");
    assert_int_equal(a.report.culprit, 1);
    uint64_t seed = 9;
    for (int i = 0; i < N; i++) book->x[1][i] = random_unit(&seed);
    book->panel.n_rows = 2;
    book->event[0] = 1;
    assert_status(cox(KAM_TIES_EFRON, &book->panel, NULL).status,
                  KAM_ERR_TOO_FEW);
    book->panel.n_rows = N;
    for (int i = 0; i < N; i++) {
        book->x[0][i] = -time[i];
    }
    a = cox(KAM_TIES_EFRON, &book->panel, NULL);
    assert_status(a.status, KAM_ERR_SEPARATED);
    assert_string_equal(a.diag.argument, "column 0");
    for (int i = 0; i < N; i++) book->event[i] = 1 + i % 2;
    a = cox(KAM_TIES_EFRON, &book->panel, NULL);
    assert_status(a.status, KAM_ERR_ONE_CLASS);
    assert_int_equal(a.diag.row, 1);
    memset(book->event, 0, N * sizeof *book->event);
    assert_status(cox(KAM_TIES_EFRON, &book->panel, NULL).status,
                  KAM_ERR_ONE_CLASS);
    for (int i = 0; i < N; i++) time[i] = NAN;
    assert_status(cox(KAM_TIES_EFRON, &book->panel, NULL).status,
                  KAM_ERR_EMPTY);
    assert_status(cox(3, &book->panel, NULL).status, KAM_ERR_OPTION);
    book->panel.stop.values = NULL;
    assert_status(cox(1, &book->panel, NULL).status, KAM_ERR_NULL);
    free(time);
    book_free(book);
}

static void test_order_and_allocations(void **state) {
    (void)state;
    enum { N = 301 };
    double *time, moved[2 * N], weight[2 * N];
    struct book *const book = simulated(N, &time);
    struct book *const other = book_new(N, 2);
    uint64_t seed = 3;
    for (int i = 0; i < N; i++) weight[i] = 0.5 + random_unit(&seed);
    book->panel.weight = column_of(weight);
    book->panel.start = column_of(time + N);
    for (int i = 0; i < N; i++) {
        const int64_t to = shuffled_place(i, N);
        for (int j = 0; j < 2; j++) other->x[j][to] = book->x[j][i];
        other->event[to] = book->event[i];
        moved[to] = time[i];
        moved[N + to] = time[N + i];
        weight[N + to] = weight[i];
    }
    other->panel.stop = column_of(moved);
    other->panel.start = column_of(moved + N);
    other->panel.weight = column_of(weight + N);
    struct lender lender;
    for (int32_t isa = KAM_ISA_AUTO; isa <= KAM_ISA_V4; isa++) {
        kam_host host = lender_host(&lender, 0);
        host.isa = isa;
        const struct answer a = cox(KAM_TIES_EFRON, &book->panel, NULL);
        const struct answer b = cox(KAM_TIES_EFRON, &other->panel, &host);
        assert_status(a.status, KAM_OK);
        assert_memory_equal(a.beta, b.beta, sizeof a.beta);
        assert_memory_equal(a.covariance, b.covariance, sizeof a.covariance);
        assert_bits(a.report.log_likelihood, b.report.log_likelihood);
    }
    for (int64_t i = 1; i <= 3; i++) {
        double beta[2] = {7, 7};
        kam_host host = lender_host(&lender, i);
        assert_status(kam_survival_cox(1, &book->panel, &host, beta, NULL, NULL,
                                       NULL),
                      KAM_ERR_MEMORY);
        assert_int_equal(lender.n_live, 0);
        assert_true(beta[0] == 7);
        kam_survival_pairs pairs = {.struct_size = sizeof pairs};
        host = lender_host(&lender, i);
        assert_status(kam_survival_concordance(&book->panel, &book->column[0],
                                               &host, &pairs, NULL),
                      KAM_ERR_MEMORY);
        assert_int_equal(lender.n_live, 0);
    }
    free(time);
    book_free(book);
    book_free(other);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_remission),
        cmocka_unit_test(test_telco),
        cmocka_unit_test(test_lung),
        cmocka_unit_test(test_kaplan_meier_of_telco),
        cmocka_unit_test(test_kaplan_meier_by_hand),
        cmocka_unit_test(test_band_limits),
        cmocka_unit_test(test_band_holds_the_curve),
        cmocka_unit_test(test_rows_cut_in_time),
        cmocka_unit_test(test_late_entry_and_strata),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_order_and_allocations),
    };
    return cmocka_run_group_tests_name("survival", tests, NULL, NULL);
}
