/* SPDX-License-Identifier: MIT */
/* T6 and P6: weighted criteria. */
#include "support/check.h"
#include "support/hosts.h"

static const kam_scorecard_criterion FIT[3] = {{50, 0, 10},
                                               {30, 100, 0},
                                               {20, -1, 1}};

static kam_scorecard card_of(double least_coverage) {
    const kam_scorecard card = {.struct_size = sizeof card,
                                .n_criteria = 3,
                                .least_coverage = least_coverage,
                                .criteria = FIT};
    return card;
}

struct result {
    double score, coverage, part[3];
    uint32_t flags;
};

static struct result score_of(double least_coverage, double a, double b,
                              double c) {
    const kam_scorecard card = card_of(least_coverage);
    const kam_column values[3] = {column_of(&a), column_of(&b), column_of(&c)};
    struct result r;
    const kam_scorecard_out out = {.struct_size = sizeof out,
                                   .score = &r.score,
                                   .coverage = &r.coverage,
                                   .part = r.part,
                                   .row_flags = &r.flags};
    assert_status(kam_scorecard_score(&card, values, 1, NULL, &out, NULL),
                  KAM_OK);
    return r;
}

static void test_by_hand(void **state) {
    (void)state;
    /* 0.5 * 0.8 + 0.3 * 0.75 + 0.2 * 0.5 */
    struct result r = score_of(1, 8, 25, 0);
    assert_near(r.score, 0.725, 1e-11);
    assert_bits(r.coverage, 1);
    assert_int_equal(r.flags, 0);
    assert_near(r.part[0], 0.4, 1e-12);
    assert_near(r.part[1], 0.225, 1e-12);
    assert_near(r.part[2], 0.1, 1e-12);
    /* Beyond the ends; the best of all is 1, the worst 0. */
    assert_near(score_of(1, 99, -5, INFINITY).score, 1, 1e-12);
    assert_bits(score_of(1, -3, 1000, -INFINITY).score, 0);
}

static void test_missing(void **state) {
    (void)state;
    struct result r = score_of(0.5, 8, NAN, 0); /* weighed anew: 50 and 20 */
    assert_near(r.score, (0.5 * 0.8 + 0.2 * 0.5) / 0.7, 1e-11);
    assert_near(r.coverage, 0.7, 1e-15);
    assert_true(isnan(r.part[1]));
    assert_int_equal(r.flags, KAM_ROW_MISSING);
    r = score_of(0.5, NAN, 25, 0); /* exactly half of the weight */
    assert_near(r.score, 0.3 * 0.75 / 0.5 + 0.2 * 0.5 / 0.5, 1e-11);
    r = score_of(0.51, NAN, 25, 0);
    assert_true(isnan(r.score) && isnan(r.part[1]));
    assert_near(r.coverage, 0.5, 1e-15);
    r = score_of(1, 8, NAN, 0); /* all or nothing */
    assert_true(isnan(r.score));
    r = score_of(0, NAN, NAN, NAN); /* nothing is not enough */
    assert_true(isnan(r.score));
    assert_bits(r.coverage, 0);
}

/* Parts add up to the score exactly, in any order; a better value never scores
 * less; twice the weights change nothing. */
static void test_properties(void **state) {
    (void)state;
    uint64_t seed = 21;
    for (int round = 0; round < 3000; round++) {
        const double a = random_unit(&seed) * 12 - 1;
        const double b =
            random_unit(&seed) < 0.2 ? (double)NAN : random_unit(&seed) * 120;
        const double c = random_unit(&seed) * 3 - 1.5;
        const struct result r = score_of(0, a, b, c);
        const double middle = b == b ? r.part[1] : 0;
        assert_bits(r.part[0] + middle + r.part[2], r.score);
        assert_bits(r.part[2] + middle + r.part[0], r.score);
        assert_true(r.score >= 0 && r.score <= 1 + 0x1p-38);
        assert_true(score_of(0, a + random_unit(&seed), b, c).score >= r.score);
    }
}

static void test_ranks(void **state) {
    (void)state;
    const double score[] = {0.5, NAN, 0.9, 0.5, 0.1, 0.9};
    const int64_t expected[] = {3, 0, 1, 3, 5, 1};
    const kam_column column = column_of(score);
    int64_t rank[6];
    assert_status(kam_scorecard_rank(&column, 6, NULL, rank, NULL), KAM_OK);
    assert_memory_equal(rank, expected, sizeof rank);
    assert_status(kam_scorecard_rank(&column, 1, NULL, rank, NULL), KAM_OK);
    assert_int_equal(rank[0], 1);
    assert_status(kam_scorecard_rank(&column, 0, NULL, rank, NULL), KAM_OK);
    assert_status(kam_scorecard_rank(&column, -1, NULL, rank, NULL),
                  KAM_ERR_SHAPE);
    assert_status(kam_scorecard_rank(NULL, 1, NULL, rank, NULL), KAM_ERR_NULL);
    assert_status(kam_scorecard_rank(&column, 1, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    struct lender lender;
    kam_host host = lender_host(&lender, 0);
    assert_status(kam_scorecard_rank(&column, 6, &host, rank, NULL), KAM_OK);
    const int64_t n_calls = lender.n_calls;
    rank[0] = 77;
    for (int64_t fail = 1; fail <= n_calls; fail++) {
        host = lender_host(&lender, fail);
        assert_status(kam_scorecard_rank(&column, 6, &host, rank, NULL),
                      KAM_ERR_MEMORY);
        assert_int_equal(lender.n_live, 0);
        assert_int_equal(rank[0], 77);
    }
}

/* P6: all our services, fully integrated, nobody else to go to: 1. */
static void test_stickiness(void **state) {
    (void)state;
    kam_scorecard_criterion criteria[3];
    assert_status(kam_scorecard_preset_stickiness(5, criteria), KAM_OK);
    const kam_scorecard card = {.struct_size = sizeof card,
                                .n_criteria = 3,
                                .least_coverage = 0.6,
                                .criteria = criteria};
    const double services[] = {5, 0, 3, NAN}, integration[] = {1, 0, 0.5, 1};
    const double alternatives[] = {0, 3, NAN, NAN};
    const kam_column values[3] = {column_of(services), column_of(integration),
                                  column_of(alternatives)};
    double score[4];
    kam_scorecard_out out = {.struct_size = sizeof out, .score = score};
    assert_status(kam_scorecard_score(&card, values, 4, NULL, &out, NULL),
                  KAM_OK);
    assert_near(score[0], 1, 1e-11);
    assert_bits(score[1], 0);
    assert_near(score[2], 0.55, 1e-11);
    assert_true(isnan(score[3]));
    assert_status(kam_scorecard_preset_stickiness(0, criteria), KAM_ERR_OPTION);
    assert_status(kam_scorecard_preset_stickiness(NAN, criteria),
                  KAM_ERR_OPTION);
    assert_status(kam_scorecard_preset_stickiness(5, NULL), KAM_ERR_NULL);
}

static void test_refuses(void **state) {
    (void)state;
    const double x = 1;
    const kam_column values[3] = {column_of(&x), column_of(&x), column_of(&x)};
    double score = 77;
    kam_diag diag = {.struct_size = sizeof diag};
#define REFUSED(change, expected, name)                                        \
    do {                                                                       \
        kam_scorecard_criterion criteria[3];                                   \
        kam_scorecard card = card_of(1);                                       \
        kam_scorecard_out out = {.struct_size = sizeof out, .score = &score};  \
        const kam_column *columns = values;                                    \
        int64_t n_rows = 1;                                                    \
        memcpy(criteria, FIT, sizeof criteria);                                \
        card.criteria = criteria;                                              \
        change;                                                                \
        assert_status(kam_scorecard_score(&card, columns, n_rows, NULL, &out,  \
                                          &diag),                              \
                      expected);                                               \
        assert_string_equal(diag.argument, name);                              \
        assert_bits(score, 77);                                                \
    } while (0)
    REFUSED(card.n_criteria = 0, KAM_ERR_OPTION, "scorecard.n_criteria");
    REFUSED(card.n_criteria = 65, KAM_ERR_OPTION, "scorecard.n_criteria");
    REFUSED(card.least_coverage = NAN, KAM_ERR_OPTION,
            "scorecard.least_coverage");
    REFUSED(card.least_coverage = 1.01, KAM_ERR_OPTION,
            "scorecard.least_coverage");
    REFUSED(card.criteria = NULL, KAM_ERR_NULL, "scorecard.criteria");
    REFUSED(columns = NULL, KAM_ERR_NULL, "values");
    REFUSED(criteria[1].weight = 0, KAM_ERR_OPTION,
            "scorecard.criteria.weight");
    REFUSED(criteria[1].weight = INFINITY, KAM_ERR_OPTION,
            "scorecard.criteria.weight");
    REFUSED(criteria[1].best = 100, KAM_ERR_OPTION, "scorecard.criteria.best");
    REFUSED(criteria[1].best = NAN, KAM_ERR_OPTION, "scorecard.criteria.best");
    REFUSED(n_rows = -1, KAM_ERR_SHAPE, "n_rows");
    REFUSED(card.struct_size = 4, KAM_ERR_STRUCT, "scorecard");
    REFUSED(out.struct_size = 4, KAM_ERR_STRUCT, "out");
#undef REFUSED
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),    cmocka_unit_test(test_missing),
        cmocka_unit_test(test_properties), cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_stickiness), cmocka_unit_test(test_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
