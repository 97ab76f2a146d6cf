/* SPDX-License-Identifier: MIT */
/* Weighted appraisal (K15). */
#include "support/check.h"
#include "support/hosts.h"

enum { ROWS = 5 };

/* Growth of revenue, weight 60, target 100; days of DSO, weight 40, target 50,
 * where less is better. */
static const double REVENUE[ROWS] = {100, 150, 50, NAN, NAN};
static const double DSO[ROWS] = {50, 40, 200, 45, NAN};

static void make(kam_kpi_criterion criteria[2]) {
    memset(criteria, 0, 2 * sizeof *criteria);
    criteria[0].weight = 60, criteria[0].target = 100;
    criteria[0].value = column_of(REVENUE);
    criteria[1].weight = 40, criteria[1].target = 50, criteria[1].less = 1;
    criteria[1].value = column_of(DSO);
}

static void test_by_hand(void **state) {
    (void)state;
    kam_kpi_criterion criteria[2];
    double score[ROWS], coverage[ROWS], part[ROWS][2];
    uint32_t flags[ROWS];
    make(criteria);
    kam_kpi_appraisal appraisal = {.struct_size = sizeof appraisal,
                                   .n_criteria = 2,
                                   .criteria = criteria,
                                   .n_rows = ROWS};
    const kam_kpi_appraisal_out out = {.struct_size = sizeof out,
                                       .score = score,
                                       .coverage = coverage,
                                       .part = part[0],
                                       .row_flags = flags};
    assert_status(kam_kpi_appraise(&appraisal, NULL, &out, NULL), KAM_OK);
    assert_relative(score[0], 1, 1e-15); /* both met */
    /* 1.5 is cut to 1.2; 2 - 40 / 50 = 1.2. */
    assert_relative(score[1], 1.2, 1e-15);
    assert_relative(part[1][0], 0.72, 1e-15);
    assert_relative(part[1][1], 0.48, 1e-15);
    /* Half of the revenue; four times the days is 0, not less. */
    assert_relative(score[2], 0.3, 1e-15);
    assert_bits(part[2][1], 0);
    /* Only DSO is known, 40 % of the weight: below the least coverage. */
    assert_true(isnan(score[3]));
    assert_relative(coverage[3], 0.4, 1e-15);
    assert_relative(part[3][1], 1.1, 1e-15);
    assert_true(isnan(part[3][0]));
    assert_true(isnan(score[4]));
    assert_bits(coverage[4], 0);
    assert_int_equal(flags[0] | flags[1] | flags[2], 0);
    assert_int_equal(flags[3] & flags[4], KAM_ROW_MISSING);
    /* With less asked for, DSO stands for both. */
    appraisal.least_coverage = 0.4;
    assert_status(kam_kpi_appraise(&appraisal, NULL, &out, NULL), KAM_OK);
    assert_relative(score[3], 1.1, 1e-15);
    assert_true(isnan(score[4]));
    /* Other cuts. */
    criteria[0].highest = 2, criteria[1].lowest = 0.25;
    assert_status(kam_kpi_appraise(&appraisal, NULL, &out, NULL), KAM_OK);
    assert_relative(score[1], 0.6 * 1.5 + 0.4 * 1.2, 1e-15);
    assert_relative(score[2], 0.6 * 0.5 + 0.4 * 0.25, 1e-15);
    /* Weights are shares of their sum, however small. */
    criteria[0].weight = 0.006, criteria[1].weight = 0.004;
    assert_status(kam_kpi_appraise(&appraisal, NULL, &out, NULL), KAM_OK);
    assert_relative(score[1], 0.6 * 1.5 + 0.4 * 1.2, 1e-14);
}

static void test_one_is_many(void **state) {
    (void)state;
    enum { N = 600 };
    static double a[N], b[N], score[N], other[N];
    kam_kpi_criterion criteria[2];
    kam_host host = {.struct_size = sizeof host, .parallel_for = run_backwards};
    uint64_t seed = 11;
    make(criteria);
    for (int i = 0; i < N; i++) {
        a[i] = random_unit(&seed) < 0.1 ? NAN : 200 * random_unit(&seed);
        b[i] = 100 * random_unit(&seed);
    }
    criteria[0].value = column_of(a);
    criteria[1].value = column_of(b);
    kam_kpi_appraisal appraisal = {.struct_size = sizeof appraisal,
                                   .n_criteria = 2,
                                   .criteria = criteria,
                                   .n_rows = N,
                                   .least_coverage = 0.1};
    kam_kpi_appraisal_out out = {.struct_size = sizeof out, .score = score};
    assert_status(kam_kpi_appraise(&appraisal, NULL, &out, NULL), KAM_OK);
    out.score = other;
    assert_status(kam_kpi_appraise(&appraisal, &host, &out, NULL), KAM_OK);
    assert_memory_equal(score, other, sizeof score);
    appraisal.n_rows = 1;
    for (int i = 0; i < N; i++) {
        double alone;
        out.score = &alone;
        criteria[0].value.offset = criteria[1].value.offset = i;
        assert_status(kam_kpi_appraise(&appraisal, NULL, &out, NULL), KAM_OK);
        assert_bits(alone, score[i]);
    }
}

static void refuse(kam_status expected, const char *argument,
                   const kam_kpi_appraisal *appraisal) {
    const kam_kpi_appraisal_out out = {.struct_size = sizeof out};
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_kpi_appraise(appraisal, NULL, &out, &diag), expected);
    assert_string_equal(diag.argument, argument);
}

static void test_bad_arguments(void **state) {
    (void)state;
    kam_kpi_criterion criteria[2];
    make(criteria);
    kam_kpi_appraisal a = {.struct_size = sizeof a,
                           .n_criteria = 2,
                           .criteria = criteria,
                           .n_rows = ROWS};
    const kam_kpi_appraisal good = a;
    refuse(KAM_ERR_NULL, "appraisal", NULL);
    a.n_criteria = 0, refuse(KAM_ERR_OPTION, "appraisal.n_criteria", &a);
    a.n_criteria = 65, refuse(KAM_ERR_OPTION, "appraisal.n_criteria", &a);
    a = good, a.criteria = NULL, refuse(KAM_ERR_NULL, "appraisal.criteria", &a);
    a = good, a.n_rows = -1, refuse(KAM_ERR_SHAPE, "appraisal.n_rows", &a);
    a = good, a.least_coverage = 1.5;
    refuse(KAM_ERR_OPTION, "appraisal.least_coverage", &a);
    a = good;
    criteria[1].weight = 0, refuse(KAM_ERR_OPTION, "criteria.weight", &a);
    make(criteria);
    criteria[1].target = -1, refuse(KAM_ERR_OPTION, "criteria.target", &a);
    make(criteria);
    criteria[1].lowest = 1.2, refuse(KAM_ERR_OPTION, "criteria.lowest", &a);
    make(criteria);
    criteria[1].value.type = 99, refuse(KAM_ERR_TYPE, "criteria.value", &a);
    make(criteria);
    assert_status(kam_kpi_appraise(&a, NULL, NULL, NULL), KAM_ERR_NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_one_is_many),
        cmocka_unit_test(test_bad_arguments),
    };
    return cmocka_run_group_tests_name("kpi_appraise", tests, NULL, NULL);
}
