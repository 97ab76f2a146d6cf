/* SPDX-License-Identifier: MIT */
/* Data that separate without a gap, and data that only look like it. */
#include "support/check.h"
#include "support/hosts.h"

#include "churn/churn_support.h"

enum { MOST_Q = 4 };

struct answer {
    kam_status status;
    double beta[MOST_Q], covariance[MOST_Q * MOST_Q];
    kam_hazard_report report;
};

static struct answer fit(int32_t link, const kam_panel *panel,
                         const kam_host *host) {
    struct answer a;
    memset(&a, 0, sizeof a);
    a.report.struct_size = sizeof a.report;
    a.status = kam_hazard_fit(link, panel, NULL, host, a.beta, a.covariance,
                              &a.report, NULL);
    return a;
}

static double error_of(const struct answer *a, int32_t q, int32_t j) {
    return sqrt(a->covariance[j * (q + 1)]);
}

/* x = ..., -1, 0, 1, ...: the rows about the border alone decide, and there is
 * one answer however many others there are. */
static void test_border(void **state) {
    (void)state;
    struct table expected;
    assert_true(table_read(&expected, TEST_GOLDEN "/hazard_border.csv"));
    assert_int_equal(expected.n_rows, 2);
    for (int64_t n = 201; n < 200000; n = n * 26 - 1)
        for (int64_t k = 0; k < 2; k++) {
            struct book *const book = book_new(n, 1);
            for (int64_t i = 0; i < n; i++) {
                const int64_t to = shuffled_place(i, n);
                book->x[0][to] = (double)(i - n / 2);
                book->event[to] = i > n / 2;
            }
            const struct answer a = fit((int32_t)table_at(&expected, k, "link"),
                                        &book->panel, NULL);
            assert_status(a.status, KAM_OK);
            assert_int_equal(a.report.verdict, KAM_HAZARD_SEPARATED);
            assert_int_equal(a.report.culprit, 0);
            const double se[] = {table_at(&expected, k, "se0"),
                                 table_at(&expected, k, "se1")};
            assert_near(a.beta[0], table_at(&expected, k, "b0"), 6e-8 * se[0]);
            assert_near(a.beta[1], table_at(&expected, k, "b1"), 6e-8 * se[1]);
            assert_relative(error_of(&a, 2, 0), se[0], 1e-7);
            assert_relative(error_of(&a, 2, 1), se[1], 1e-7);
            book_free(book);
        }
    table_free(&expected);
}

static struct book *half_space(int64_t n, int32_t p, uint64_t seed) {
    const double direction[] = {0, 1, 2, -1};
    struct book *const book = book_simulated(n, p, direction, seed);
    for (int64_t i = 0; i < n; i++) {
        double score = -0.2;
        for (int32_t j = 0; j < p; j++)
            score += direction[j + 1] * book->x[j][i];
        book->event[i] = score > 0;
    }
    return book;
}

/* Firth's answer does not depend on the units and the origin of the columns, nor
 * on which sums of them are given. */
static void test_columns_in_other_units(void **state) {
    (void)state;
    const int64_t n = 5000;
    struct book *const one = half_space(n, 3, 4), *const two = book_new(n, 3);
    for (int64_t i = 0; i < n; i++) {
        two->x[0][i] = 1e4 * one->x[0][i] + 7e4;
        two->x[1][i] = one->x[1][i] - one->x[0][i];
        two->x[2][i] = 1e-3 * (one->x[2][i] + 0.5 * one->x[1][i]) - 1;
        two->event[i] = one->event[i];
    }
    const struct answer a = fit(KAM_HAZARD_LOGISTIC, &one->panel, NULL);
    const struct answer b = fit(KAM_HAZARD_LOGISTIC, &two->panel, NULL);
    assert_status(a.status, KAM_OK);
    assert_status(b.status, KAM_OK);
    assert_int_equal(a.report.verdict, KAM_HAZARD_SEPARATED);
    const double back[] = {1e4 * b.beta[1] - b.beta[2],
                           b.beta[2] + 0.5e-3 * b.beta[3], 1e-3 * b.beta[3]};
    for (int j = 0; j < 3; j++)
        assert_near(back[j], a.beta[j + 1], 1e-7 * error_of(&a, 4, j + 1));
    assert_relative(b.report.log_likelihood, a.report.log_likelihood, 1e-7);
    book_free(two);
    book_free(one);
}

static void test_order(void **state) {
    (void)state;
    const int64_t n = 70001;
    struct book *const book = half_space(n, 3, 9), *const other =
                                                       book_new(n, 3);
    for (int64_t i = 0; i < n; i++) {
        const int64_t to = shuffled_place(i, n);
        for (int j = 0; j < 3; j++) other->x[j][to] = book->x[j][i];
        other->event[to] = book->event[i];
    }
    const struct answer a = fit(KAM_HAZARD_LOGISTIC, &book->panel, NULL);
    assert_status(a.status, KAM_OK);
    for (int32_t isa = KAM_ISA_AUTO; isa <= KAM_ISA_V4; isa++) {
        kam_host host = {.struct_size = sizeof host};
        host.isa = isa;
        if (isa & 1) host.parallel_for = run_backwards;
        const struct answer b = fit(KAM_HAZARD_LOGISTIC, &other->panel, &host);
        assert_status(b.status, KAM_OK);
        assert_memory_equal(b.beta, a.beta, sizeof a.beta);
        assert_memory_equal(b.covariance, a.covariance, sizeof a.covariance);
    }
    book_free(other);
    book_free(book);
}

/* No gradient is left. */
static void assert_is_maximum(const struct answer *a, int32_t link,
                              const kam_panel *panel) {
    enum { MOST_SUMS = 1 + MOST_Q + MOST_Q * (MOST_Q + 1) / 2 };
    const int32_t q = panel->n_columns + 1;
    const kam_hazard model = {link, q - 1, a->beta, NULL};
    kam_sum sum[MOST_SUMS] = {{0, 0}};
    double length = 0;
    assert_status(kam_hazard_objective(&model, panel, NULL, sum, NULL, NULL),
                  KAM_OK);
    for (int i = 0; i < q; i++)
        for (int j = 0; j < q; j++)
            length += kam_sum_value(&sum[1 + i]) * a->covariance[i * q + j] *
                      kam_sum_value(&sum[1 + j]);
    assert_true(fabs(length) < 1e-12);
}

/* Wild columns and steep risks, where steps shrink slowly and scores are large;
 * but the rows in the middle are there with both outcomes. */
static void test_what_only_looks_separated(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        const int32_t p = 1 + (int32_t)(seed % 3);
        const int64_t n = seed % 2 ? 60 : 400;
        const double steep = seed % 5 ? 100 : 1;
        struct book *const book = book_new(n + 2 * (p + 2), p);
        uint64_t state_of = seed * UINT64_C(0x9E3779B97F4A7C15);
        for (int64_t i = 0; i < book->n; i++) {
            double score = 0;
            for (int32_t j = 0; j < p; j++) {
                const double u = random_unit(&state_of) - 0.5;
                book->x[j][i] = i < n ? u / (0.25 - u * u) / (0.3 - fabs(u) / 2)
                                      : u * (double)(1 + j);
                if (i >= n && (i - n) % 2) book->x[j][i] = book->x[j][i - 1];
                score += steep * (j + 1) * book->x[j][i];
            }
            book->event[i] = random_unit(&state_of) < 1 / (1 + exp(-score));
            if (i >= n) book->event[i] = (i - n) % 2;
        }
        for (int32_t link = KAM_HAZARD_LOGISTIC; link <= KAM_HAZARD_CLOGLOG;
             link++) {
            const struct answer a = fit(link, &book->panel, NULL);
            assert_status(a.status, KAM_OK);
            assert_int_equal(a.report.verdict, KAM_HAZARD_FITTED);
            assert_is_maximum(&a, link, &book->panel);
        }
        book_free(book);
    }
}

/* The sample does not know of one wild row, and its start is of no use. */
static void test_a_wild_row_of_many(void **state) {
    (void)state;
    const double beta[] = {0, 5, 2};
    for (double far = 100; far < 2e6; far *= 100) {
        struct book *const book = book_simulated(130001, 2, beta, 3);
        for (int i = 0; i < 3; i++) {
            book->x[0][i] = far * (1 + i);
            book->event[i] = 0;
        }
        const struct answer a = fit(KAM_HAZARD_LOGISTIC, &book->panel, NULL);
        assert_status(a.status, KAM_OK);
        assert_int_equal(a.report.verdict, KAM_HAZARD_FITTED);
        assert_true(a.report.n_steps < 40);
        assert_is_maximum(&a, KAM_HAZARD_LOGISTIC, &book->panel);
        book_free(book);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_border),
        cmocka_unit_test(test_columns_in_other_units),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_what_only_looks_separated),
        cmocka_unit_test(test_a_wild_row_of_many),
    };
    return cmocka_run_group_tests_name("hazard_border", tests, NULL, NULL);
}
