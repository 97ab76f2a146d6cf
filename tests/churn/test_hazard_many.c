/* SPDX-License-Identifier: MIT */
/* So many rows that a fit starts from a sample of them and takes short cuts. */
#include "support/check.h"
#include "support/hosts.h"

#include "churn/churn_support.h"

enum { P = 3, Q = P + 1, N = 130001, N_SUMS = 1 + Q + Q * (Q + 1) / 2 };

static const double BETA[Q] = {-2, 0.6, -0.4, 0.1};

struct answer {
    kam_status status;
    double beta[Q], covariance[Q * Q];
    kam_hazard_report report;
};

static struct answer fit(const kam_panel *panel,
                         const kam_hazard_options *options,
                         const kam_host *host) {
    struct answer a;
    memset(&a, 0, sizeof a);
    a.report.struct_size = sizeof a.report;
    a.status = kam_hazard_fit(KAM_HAZARD_LOGISTIC, panel, options, host, a.beta,
                              a.covariance, &a.report, NULL);
    return a;
}

/* The exact sums at the answer: no gradient is left, and the covariance is the
 * inverse of the information. */
static void assert_is_maximum(const struct answer *a, const kam_panel *panel,
                              const double *precision) {
    const kam_hazard model = {KAM_HAZARD_LOGISTIC, P, a->beta, NULL};
    kam_sum sum[N_SUMS] = {{0, 0}};
    int64_t n = 0;
    assert_status(a->status, KAM_OK);
    assert_status(kam_hazard_objective(&model, panel, NULL, sum, &n, NULL),
                  KAM_OK);
    assert_int_equal(n, a->report.n_rows);
    assert_relative(a->report.log_likelihood, kam_sum_value(&sum[0]), 1e-12);
    double gradient[Q], length = 0;
    for (int i = 0; i < Q; i++)
        gradient[i] = kam_sum_value(&sum[1 + i]) -
                      (precision ? precision[i] * a->beta[i] : 0);
    for (int i = 0; i < Q; i++)
        for (int j = 0; j < Q; j++)
            length += gradient[i] * a->covariance[i * Q + j] * gradient[j];
    /* as near as the report says, but for rounding */
    assert_true(sqrt(length) <= a->report.gradient + 1e-9);
    assert_true(a->report.gradient <= 1e-8);
    for (int i = 0; i < Q; i++)
        for (int j = 0; j < Q; j++) {
            double product = 0;
            for (int k = 0; k < Q; k++) {
                const int r = i > k ? i : k, c = i > k ? k : i;
                double known = kam_sum_value(&sum[1 + Q + r * (r + 1) / 2 + c]);
                if (precision && i == k) known += precision[i];
                product += known * a->covariance[k * Q + j];
            }
            const double unit =
                sqrt(a->covariance[i * (Q + 1)] / a->covariance[j * (Q + 1)]);
            assert_near(product * unit, i == j, 1e-6);
        }
}

static void test_maximum(void **state) {
    (void)state;
    struct book *const book = book_simulated(N, P, BETA, 3);
    const struct answer plain = fit(&book->panel, NULL, NULL);
    assert_is_maximum(&plain, &book->panel, NULL);
    assert_true(plain.report.n_steps <= 4); /* from nothing it takes six */
    const double precision[Q] = {2, 3000, 50, 9000};
    kam_hazard_options options;
    kam_hazard_options_init(&options, sizeof options);
    options.prior_precision = precision;
    const struct answer prior = fit(&book->panel, &options, NULL);
    assert_is_maximum(&prior, &book->panel, precision);
    assert_true(fabs(prior.beta[1] - plain.beta[1]) > 0.1);
    /* far from 0, in other units */
    for (int64_t i = 0; i < N; i++) book->x[1][i] = 2020 + 1e-3 * book->x[1][i];
    const struct answer moved = fit(&book->panel, NULL, NULL);
    assert_relative(moved.beta[2], 1e3 * plain.beta[2], 1e-7);
    assert_relative(moved.covariance[2 * Q + 2],
                    1e6 * plain.covariance[2 * Q + 2], 1e-6);
    book_free(book);
}

static void test_weights_offsets_and_gaps(void **state) {
    (void)state;
    struct book *const book = book_simulated(N, P, BETA, 4);
    double *const weight = calloc(N, sizeof *weight);
    double *const offset = calloc(N, sizeof *offset);
    for (int64_t i = 0; i < N; i++) {
        weight[i] = 0.5 + (double)(i % 7);
        offset[i] = 0.1 * (double)(i % 5);
    }
    book->panel.weight = column_of(weight);
    book->panel.offset = column_of(offset);
    const struct answer whole = fit(&book->panel, NULL, NULL);
    assert_is_maximum(&whole, &book->panel, NULL);
    for (int64_t i = 0; i < N; i += 301) book->x[i % P][i] = NAN;
    weight[5] = -1;
    const struct answer gaps = fit(&book->panel, NULL, NULL);
    assert_is_maximum(&gaps, &book->panel, NULL);
    assert_int_equal(gaps.report.n_skipped, N / 301 + 2);
    free(weight);
    free(offset);
    book_free(book);
}

/* Rows in any order, on any instruction set and executor: the same bits. */
static void test_order(void **state) {
    (void)state;
    struct book *const book = book_simulated(N, P, BETA, 5);
    struct book *const other = book_new(N, P);
    for (int way = 0; way < 2; way++) {
        for (int64_t i = 0; i < N; i++) {
            const int64_t to = shuffled_place(i, N);
            for (int j = 0; j < P; j++) other->x[j][to] = book->x[j][i];
            other->event[to] = book->event[i];
        }
        const struct answer a = fit(&book->panel, NULL, NULL);
        for (int32_t isa = KAM_ISA_AUTO; isa <= KAM_ISA_V4; isa++) {
            kam_host host = {.struct_size = sizeof host};
            host.isa = isa;
            if (isa & 1) host.parallel_for = run_backwards;
            const struct answer b = fit(&other->panel, NULL, &host);
            assert_status(b.status, KAM_OK);
            assert_memory_equal(b.beta, a.beta, sizeof a.beta);
            assert_memory_equal(b.covariance, a.covariance,
                                sizeof a.covariance);
            assert_bits(b.report.log_likelihood, a.report.log_likelihood);
        }
        book->x[1][77] = NAN;
    }
    book_free(other);
    book_free(book);
}

/* The same numbers in records, or narrower: the same bits. */
static void test_columns_of_any_form(void **state) {
    (void)state;
    struct book *const book = book_simulated(N, P, BETA, 8);
    float *const narrow = calloc(N, sizeof *narrow);
    double *const record = calloc(2 * N, sizeof *record);
    for (int64_t i = 0; i < N; i++) {
        narrow[i] = (float)book->x[0][i];
        book->x[0][i] = (double)narrow[i];
        record[2 * i] = book->x[1][i];
    }
    const struct answer a = fit(&book->panel, NULL, NULL);
    assert_is_maximum(&a, &book->panel, NULL);
    kam_column column[P];
    memcpy(column, book->panel.column, sizeof column);
    column[0].values = narrow;
    column[0].type = KAM_F32;
    column[1].values = record;
    column[1].stride = 2 * sizeof *record;
    book->panel.column = column;
    const struct answer b = fit(&book->panel, NULL, NULL);
    assert_status(b.status, KAM_OK);
    assert_memory_equal(b.beta, a.beta, sizeof a.beta);
    assert_memory_equal(b.covariance, a.covariance, sizeof a.covariance);
    free(narrow);
    free(record);
    book_free(book);
}

/* What is rounded for many rows counts a million times here. */
static void test_nearly_collinear(void **state) {
    (void)state;
    struct book *const book = book_simulated(N, P, BETA, 10);
    for (int64_t i = 0; i < N; i++)
        book->x[1][i] = book->x[0][i] + 1e-3 * book->x[1][i];
    const struct answer a = fit(&book->panel, NULL, NULL);
    assert_is_maximum(&a, &book->panel, NULL);
    assert_true(a.report.collinear < 1e-5);
    book_free(book);
}

/* A row that repeats is chosen every time or never: the sample is of no use, or
 * of another book than this. */
static void test_rows_that_repeat(void **state) {
    (void)state;
    for (uint64_t kinds = 2; kinds <= 64; kinds *= 2) {
        struct book *const book = book_new(N, P);
        uint64_t seed = kinds;
        for (int64_t i = 0; i < N; i++) {
            const uint64_t kind =
                (uint64_t)(random_unit(&seed) * (double)kinds);
            book->x[0][i] = (double)(kind % 2);
            book->x[1][i] = (double)(kind / 2 % 4) + random_unit(&seed) * 1e-3;
            book->x[2][i] = (double)(kind / 8);
            if (kinds == 64) book->x[1][i] = floor(book->x[1][i]);
            if (kinds < 64) book->x[2][i] += random_unit(&seed) < 0.5;
            book->event[i] = random_unit(&seed) < 0.1 + 0.3 * book->x[0][i];
        }
        const struct answer a = fit(&book->panel, NULL, NULL);
        assert_is_maximum(&a, &book->panel, NULL);
        book_free(book);
    }
}

/* Of forty rows that differ in a column a sample has one or two. */
static void test_a_rare_column(void **state) {
    (void)state;
    struct book *const book = book_simulated(N, P, BETA, 6);
    for (int64_t i = 0; i < N; i++) book->x[2][i] = i < 40;
    for (int64_t i = 0; i < 40; i++) book->event[i] = i % 3 == 0;
    const struct answer a = fit(&book->panel, NULL, NULL);
    assert_is_maximum(&a, &book->panel, NULL);
    book_free(book);
}

/* Of rows of few kinds the sample has whole kinds or none. */
static void test_few_kinds(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct book *const book = book_simulated(N, P, BETA, seed);
        uint64_t draw = seed;
        for (int64_t i = 0; i < N; i++) {
            const double kind = floor(3 * fabs(book->x[0][i]));
            book->x[0][i] = kind / (double)(seed + 2);
            book->x[1][i] = book->x[1][i] > 0;
            book->x[2][i] = book->x[2][i] > 1;
            const double score = -3.6 + 0.25 * kind;
            book->event[i] = random_unit(&draw) < 1 / (1 + exp(-score));
        }
        book->panel.n_rows = 100001;
        const struct answer a = fit(&book->panel, NULL, NULL);
        assert_is_maximum(&a, &book->panel, NULL);
        book_free(book);
    }
}

static void test_separated(void **state) {
    (void)state;
    struct book *const book = book_simulated(N, P, BETA, 7);
    for (int64_t i = 0; i < N; i++) {
        book->event[i] = book->x[1][i] > 1;
        book->x[1][i] += 3 * book->event[i];
    }
    const struct answer a = fit(&book->panel, NULL, NULL);
    assert_status(a.status, KAM_OK);
    assert_int_equal(a.report.verdict, KAM_HAZARD_SEPARATED);
    assert_int_equal(a.report.culprit, 1);
    assert_true(a.beta[2] > 0 && a.beta[2] < 1e6);
    for (int64_t i = 0; i < N; i++) book->x[2][i] = 2 * book->x[0][i] + 1;
    assert_status(fit(&book->panel, NULL, NULL).status, KAM_ERR_COLLINEAR);
    book_free(book);
}

static void test_every_allocation_fails(void **state) {
    (void)state;
    struct book *const book = book_simulated(N, P, BETA, 2);
    struct lender lender;
    kam_host host = lender_host(&lender, 0);
    assert_status(fit(&book->panel, NULL, &host).status, KAM_OK);
    assert_int_equal(lender.n_live, 0);
    const int64_t n_calls = lender.n_calls;
    assert_true(n_calls >= 7);
    for (int64_t i = 1; i <= n_calls; i++) {
        host = lender_host(&lender, i);
        const struct answer a = fit(&book->panel, NULL, &host);
        assert_status(a.status, KAM_ERR_MEMORY);
        assert_true(a.beta[0] == 0 && a.covariance[0] == 0);
        assert_int_equal(lender.n_live, 0);
    }
    /* stopped in every pass, those over the sample included */
    for (int64_t stop = 0, status = KAM_ERR_CANCELLED;
         status == KAM_ERR_CANCELLED; stop++) {
        int64_t left = stop;
        host = lender_host(&lender, 0);
        host.progress = stop_when_used_up;
        host.watcher = &left;
        status = fit(&book->panel, NULL, &host).status;
        assert_int_equal(lender.n_live, 0);
        assert_true(stop < 60);
        if (status != KAM_ERR_CANCELLED)
            assert_status((kam_status)status, KAM_OK);
    }
    book_free(book);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_maximum),
        cmocka_unit_test(test_weights_offsets_and_gaps),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_columns_of_any_form),
        cmocka_unit_test(test_nearly_collinear),
        cmocka_unit_test(test_rows_that_repeat),
        cmocka_unit_test(test_a_rare_column),
        cmocka_unit_test(test_few_kinds),
        cmocka_unit_test(test_separated),
        cmocka_unit_test(test_every_allocation_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
