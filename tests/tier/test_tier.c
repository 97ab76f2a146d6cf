/* SPDX-License-Identifier: MIT */
#include "support/check.h"
#include "support/hosts.h"

static const kam_tier_band CNY[3] = {{5e6, 5e6}, {1e6, 1e6}, {5e5, 5e5}};
static const kam_tier_band STICKY[3] = {{100, 80}, {50, 40}, {20, 10}};

static kam_tier_policy policy_of(int32_t basis, const kam_tier_band *bands,
                                 int32_t n_bands) {
    kam_tier_policy policy = {.struct_size = sizeof policy};
    policy.basis = basis;
    policy.bands = bands;
    policy.n_bands = n_bands;
    return policy;
}

/* ---- names and the preset ---- */

static void test_names(void **state) {
    (void)state;
    assert_string_equal(kam_tier_name(0, 3, KAM_EN), "strategic");
    assert_string_equal(kam_tier_name(1, 3, KAM_EN), "key");
    assert_string_equal(kam_tier_name(2, 3, KAM_EN), "basic");
    assert_string_equal(kam_tier_name(3, 3, KAM_EN), "untiered");
    assert_string_equal(kam_tier_name(-1, 3, KAM_EN), "unknown");
    assert_string_equal(kam_tier_name(4, 3, KAM_EN), "unknown");
    assert_string_equal(kam_tier_name(0, 3, KAM_ZH), "战略级");
    assert_string_equal(kam_tier_name(1, 3, KAM_ZH), "重点级");
    assert_string_equal(kam_tier_name(2, 3, KAM_ZH), "基础级");
    assert_string_equal(kam_tier_name(3, 3, KAM_ZH), "未入级");
    assert_string_equal(kam_tier_name(-1, 3, KAM_ZH), "未知");
    assert_string_equal(kam_tier_name(0, 17, KAM_ZH), "未知");
    assert_string_equal(kam_tier_name(0, 0, KAM_EN), "unknown");
    for (int32_t n = 1; n <= 16; n++)
        for (int32_t tier = 0; tier < n && n != 3; tier++) {
            char en[24], zh[24];
            snprintf(en, sizeof en, "tier %d", tier + 1);
            snprintf(zh, sizeof zh, "第%d级", tier + 1);
            assert_string_equal(kam_tier_name(tier, n, KAM_EN), en);
            assert_string_equal(kam_tier_name(tier, n, KAM_ZH), zh);
            assert_string_equal(kam_tier_name(n, n, KAM_EN), "untiered");
        }
}

static void test_preset_is_t1(void **state) {
    (void)state;
    kam_tier_band bands[3];
    assert_status(kam_tier_preset_cny(bands), KAM_OK);
    assert_memory_equal(bands, CNY, sizeof bands);
    assert_status(kam_tier_preset_cny(NULL), KAM_ERR_NULL);
}

/* ---- assigning ---- */

struct answer {
    int32_t tier;
    double to_next, above_limit;
    uint32_t flags;
};

static struct answer assign(const kam_tier_band *limits, int32_t n_bands,
                            double score, double before) {
    const kam_column scores = column_of(&score), tiers = column_of(&before);
    struct answer a;
    kam_tier_out out = {.struct_size = sizeof out};
    out.tier = &a.tier;
    out.to_next = &a.to_next;
    out.above_limit = &a.above_limit;
    out.row_flags = &a.flags;
    assert_status(kam_tier_assign(limits, n_bands, &scores, &tiers, 1, NULL,
                                  &out, NULL),
                  KAM_OK);
    return a;
}

static void expect(struct answer a, int32_t tier, double to_next,
                   double above_limit, uint32_t flags) {
    assert_int_equal(a.tier, tier);
    assert_bits(a.to_next, to_next);
    if (isnan(above_limit))
        assert_true(isnan(a.above_limit));
    else
        assert_bits(a.above_limit, above_limit);
    assert_int_equal(a.flags, flags);
}

/* T1: intervals are closed below. */
static void test_payment_tiers(void **state) {
    (void)state;
    expect(assign(CNY, 3, 5000000, NAN), 0, 0, 0, 0);
    expect(assign(CNY, 3, 5000000.01, NAN), 0, 0, 5000000.01 - 5000000, 0);
    expect(assign(CNY, 3, 4999999.99, NAN), 1, 5000000 - 4999999.99,
           4999999.99 - 1000000, 0);
    expect(assign(CNY, 3, 1000000, NAN), 1, 4000000, 0, 0);
    expect(assign(CNY, 3, 999999, NAN), 2, 1, 499999, 0);
    expect(assign(CNY, 3, 500000, NAN), 2, 500000, 0, 0);
    expect(assign(CNY, 3, 499999, NAN), 3, 1, NAN, 0);
    expect(assign(CNY, 3, -7, NAN), 3, 500007, NAN, 0);
}

static void test_keep_limits(void **state) {
    (void)state;
    /* Strategic before: stays down to 80, then falls to what it can keep. */
    expect(assign(STICKY, 3, 99, 0), 0, 0, 19, 0);
    expect(assign(STICKY, 3, 80, 0), 0, 0, 0, 0);
    expect(assign(STICKY, 3, 79, 0), 1, 21, 39, 0);
    expect(assign(STICKY, 3, 40, 0), 1, 60, 0, 0);
    expect(assign(STICKY, 3, 39, 0), 2, 11, 29, 0);
    expect(assign(STICKY, 3, 9, 0), 3, 11, NAN, 0);
    /* Key before: 85 is within the strategic keep band, but it was not in. */
    expect(assign(STICKY, 3, 85, 1), 1, 15, 45, 0);
    expect(assign(STICKY, 3, 100, 1), 0, 0, 20, 0);
    expect(assign(STICKY, 3, 45, 1), 1, 55, 5, 0);
    /* No history, or none in a tier: only enter counts. */
    expect(assign(STICKY, 3, 45, 3), 2, 5, 35, 0);
    expect(assign(STICKY, 3, 45, NAN), 2, 5, 35, 0);
    expect(assign(STICKY, 3, 15, 3), 3, 5, NAN, 0);
    /* Promoted from basic to key: once in, 40 keeps it there. */
    expect(assign(STICKY, 3, 60, 2), 1, 40, 20, 0);
}

static void test_odd_rows(void **state) {
    (void)state;
    struct answer a = assign(STICKY, 3, NAN, 0);
    assert_int_equal(a.tier, -1);
    assert_true(isnan(a.to_next) && isnan(a.above_limit));
    assert_int_equal(a.flags, KAM_ROW_MISSING);
    const double wrong[] = {-1, 4, 0.5, 1e300, -INFINITY, INFINITY, -0.25};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        expect(assign(STICKY, 3, 45, wrong[i]), 2, 5, 35, KAM_ROW_DOMAIN);
    expect(assign(STICKY, 3, 85, -0.0), 0, 0, 5, 0);
    a = assign(STICKY, 3, NAN, 9);
    assert_int_equal(a.flags, KAM_ROW_MISSING | KAM_ROW_DOMAIN);
    expect(assign(STICKY, 3, INFINITY, NAN), 0, 0, INFINITY, 0);
    expect(assign(STICKY, 3, -INFINITY, 0), 3, INFINITY, NAN, 0);
}

/* What the header promises, over a grid of scores and histories. */
static void test_properties(void **state) {
    (void)state;
    for (int32_t before = -1; before <= 3; before++) {
        const double history = before < 0 ? (double)NAN : before;
        int32_t last = 3;
        for (double score = -5; score < 130; score += 0.25) {
            const struct answer a = assign(STICKY, 3, score, history);
            assert_true(a.tier <= last); /* raising a score never lowers */
            last = a.tier;
            if (before >= 0 && before < 3 && score >= STICKY[before].keep)
                assert_true(a.tier <= before);
            for (int32_t u = 0; u < 3; u++)
                if (score >= STICKY[u].enter) assert_true(a.tier <= u);
            /* Assigned once more, nothing moves. */
            assert_int_equal(assign(STICKY, 3, score, a.tier).tier, a.tier);
            /* From then on: to_next leads up, and not a step earlier. */
            if (a.tier > 0) {
                const double up = score + a.to_next;
                assert_true(a.to_next > 0);
                assert_true(assign(STICKY, 3, up, a.tier).tier < a.tier);
                assert_int_equal(assign(STICKY, 3, up - 0.25, a.tier).tier,
                                 a.tier);
            }
            /* above_limit is what can be lost, and not a step more. */
            if (a.tier < 3) {
                const double down = score - a.above_limit;
                assert_true(a.above_limit >= 0);
                assert_int_equal(assign(STICKY, 3, down, a.tier).tier, a.tier);
                assert_true(assign(STICKY, 3, down - 0.25, a.tier).tier >
                            a.tier);
            }
            /* A better history never gives a worse tier. */
            if (before > 0)
                assert_true(assign(STICKY, 3, score, before - 1).tier <=
                            a.tier);
        }
    }
}

static void test_powers_of_two_change_nothing(void **state) {
    (void)state;
    const double factors[] = {0x1p-60, 0.5, 2, 0x1p40, 0x1p500};
    for (int f = 0; f < 5; f++) {
        kam_tier_band limits[3];
        for (int i = 0; i < 3; i++) {
            limits[i].enter = STICKY[i].enter * factors[f];
            limits[i].keep = STICKY[i].keep * factors[f];
        }
        for (double score = -3; score < 120; score += 0.7) {
            const struct answer a = assign(STICKY, 3, score, 1);
            expect(assign(limits, 3, score * factors[f], 1), a.tier,
                   a.to_next * factors[f], a.above_limit * factors[f], a.flags);
        }
    }
}

enum { MANY = 200000 };

struct answers {
    int32_t *tier;
    double *to_next, *above_limit;
    uint32_t *flags;
};

static struct answers answers_new(void) {
    struct answers a;
    a.tier = malloc(MANY * sizeof *a.tier);
    a.to_next = malloc(MANY * sizeof *a.to_next);
    a.above_limit = malloc(MANY * sizeof *a.above_limit);
    a.flags = malloc(MANY * sizeof *a.flags);
    return a;
}

static void answers_free(struct answers *a) {
    free(a->tier);
    free(a->to_next);
    free(a->above_limit);
    free(a->flags);
}

static kam_tier_out out_of(const struct answers *a, int64_t first) {
    kam_tier_out out = {.struct_size = sizeof out};
    out.tier = a->tier + first;
    out.to_next = a->to_next + first;
    out.above_limit = a->above_limit + first;
    out.row_flags = a->flags + first;
    return out;
}

static void assert_same(const struct answers *a, const struct answers *b) {
    assert_memory_equal(a->tier, b->tier, MANY * sizeof *a->tier);
    assert_memory_equal(a->to_next, b->to_next, MANY * sizeof *a->to_next);
    assert_memory_equal(a->above_limit, b->above_limit,
                        MANY * sizeof *a->above_limit);
    assert_memory_equal(a->flags, b->flags, MANY * sizeof *a->flags);
}

static void test_one_is_many(void **state) {
    (void)state;
    double *const score = malloc(MANY * sizeof *score);
    int32_t *const before = malloc(MANY * sizeof *before);
    uint8_t *const present = calloc(MANY / 8 + 1, 1);
    struct answers whole = answers_new(), again = answers_new();
    uint64_t seed = 3;
    for (int64_t i = 0; i < MANY; i++) {
        score[i] = i % 31 == 0 ? (double)NAN : random_unit(&seed) * 130 - 5;
        before[i] = (int32_t)(random_unit(&seed) * 6) - 1;
        if (i % 5 != 0) present[i / 8] |= (uint8_t)(1 << i % 8);
    }
    kam_column scores = column_of(score);
    kam_column tiers = {.values = before, .validity = present, .type = KAM_I32};
    kam_tier_out out = out_of(&whole, 0);
    assert_status(kam_tier_assign(STICKY, 3, &scores, &tiers, MANY, NULL, &out,
                                  NULL),
                  KAM_OK);
    for (int64_t i = 0; i < MANY; i += 97) {
        const int known = present[i / 8] >> i % 8 & 1;
        const struct answer a =
            assign(STICKY, 3, score[i], known ? before[i] : (double)NAN);
        assert_int_equal(a.tier, whole.tier[i]);
        assert_memory_equal(&a.to_next, &whole.to_next[i], 8);
        assert_memory_equal(&a.above_limit, &whole.above_limit[i], 8);
        assert_int_equal(a.flags, whole.flags[i]);
    }
    /* In slices of odd lengths. */
    for (int64_t first = 0, n; first < MANY; first += n) {
        n = 1 + first * 7 % 40001;
        if (n > MANY - first) n = MANY - first;
        scores.offset = tiers.offset = first;
        out = out_of(&again, first);
        assert_status(kam_tier_assign(STICKY, 3, &scores, &tiers, n, NULL, &out,
                                      NULL),
                      KAM_OK);
    }
    assert_same(&whole, &again);
    scores.offset = tiers.offset = 0;
    /* On executors that run tasks in odd orders. */
    kam_host host = {.struct_size = sizeof host};
    out = out_of(&again, 0);
    for (int e = 0; e < 2; e++) {
        memset(again.tier, 1, MANY * sizeof *again.tier);
        host.parallel_for = e ? run_odd_first : run_backwards;
        assert_status(kam_tier_assign(STICKY, 3, &scores, &tiers, MANY, &host,
                                      &out, NULL),
                      KAM_OK);
        assert_same(&whole, &again);
    }
    /* Out of an array of records, with every answer on its own. */
    struct record {
        double junk, score;
    } *const record = malloc(MANY * sizeof *record);
    for (int64_t i = 0; i < MANY; i++) record[i].score = score[i];
    const kam_column strided = {.values = &record->score,
                                .stride = sizeof *record,
                                .type = KAM_F64};
    memset(again.to_next, 1, MANY * sizeof *again.to_next);
    kam_tier_out only = {.struct_size = sizeof only};
    only.to_next = again.to_next;
    assert_status(kam_tier_assign(STICKY, 3, &strided, &tiers, MANY, NULL,
                                  &only, NULL),
                  KAM_OK);
    assert_same(&whole, &again);
    host.parallel_for = run_nothing;
    assert_status(kam_tier_assign(STICKY, 3, &scores, &tiers, MANY, &host, &out,
                                  NULL),
                  KAM_ERR_EXECUTOR);
    free(record);
    free(score);
    free(before);
    free(present);
    answers_free(&whole);
    answers_free(&again);
}

static void test_float_scores(void **state) {
    (void)state;
    const float score[] = {99.5f, 20.0f, NAN, 19.999f};
    const kam_column scores = {.values = score, .type = KAM_F32};
    int32_t tier[4];
    kam_tier_out out = {.struct_size = sizeof out, .tier = tier};
    assert_status(kam_tier_assign(STICKY, 3, &scores, NULL, 4, NULL, &out,
                                  NULL),
                  KAM_OK);
    assert_int_equal(tier[0], 1);
    assert_int_equal(tier[1], 2);
    assert_int_equal(tier[2], -1);
    assert_int_equal(tier[3], 3);
    /* An absent column: nothing is known. */
    const kam_column absent = {0};
    assert_status(kam_tier_assign(STICKY, 3, &absent, NULL, 4, NULL, &out,
                                  NULL),
                  KAM_OK);
    assert_int_equal(tier[0], -1);
}

static void test_assign_refuses(void **state) {
    (void)state;
    const double score[2] = {1, 2};
    const kam_column scores = column_of(score);
    int32_t tier[2] = {77, 77};
    kam_tier_out out = {.struct_size = sizeof out, .tier = tier};
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_tier_assign(NULL, 3, &scores, NULL, 2, NULL, &out, &diag),
                  KAM_ERR_NULL);
    assert_string_equal(diag.argument, "limits");
    assert_status(kam_tier_assign(STICKY, 0, &scores, NULL, 2, NULL, &out,
                                  &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "n_bands");
    assert_status(kam_tier_assign(STICKY, 17, &scores, NULL, 2, NULL, &out,
                                  &diag),
                  KAM_ERR_OPTION);
    const kam_tier_band bad[][2] = {{{10, 10}, {11, 10}},
                                    {{10, 11}, {5, 5}},
                                    {{10, 4}, {8, 6}},
                                    {{10, 10}, {NAN, 5}},
                                    {{INFINITY, 10}, {5, 5}},
                                    {{10, 10}, {5, -INFINITY}}};
    const char *const argument[] = {"limits.enter", "limits.keep",
                                    "limits.keep",  "limits.enter",
                                    "limits.enter", "limits.keep"};
    const int64_t row[] = {1, 0, 1, 1, 0, 1};
    for (int i = 0; i < 6; i++) {
        assert_status(kam_tier_assign(bad[i], 2, &scores, NULL, 2, NULL, &out,
                                      &diag),
                      KAM_ERR_OPTION);
        assert_string_equal(diag.argument, argument[i]);
        assert_int_equal(diag.row, row[i]);
    }
    assert_status(kam_tier_assign(STICKY, 3, NULL, NULL, 2, NULL, &out, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_tier_assign(STICKY, 3, &scores, NULL, -1, NULL, &out,
                                  &diag),
                  KAM_ERR_SHAPE);
    assert_status(kam_tier_assign(STICKY, 3, &scores, NULL, 2, NULL, NULL,
                                  &diag),
                  KAM_ERR_NULL);
    const kam_column text = {.values = score, .text = "", .type = KAM_TEXT32};
    assert_status(kam_tier_assign(STICKY, 3, &text, NULL, 2, NULL, &out, &diag),
                  KAM_ERR_TYPE);
    assert_string_equal(diag.argument, "score");
    assert_status(kam_tier_assign(STICKY, 3, &scores, &text, 2, NULL, &out,
                                  &diag),
                  KAM_ERR_TYPE);
    assert_string_equal(diag.argument, "tier_before");
    out.struct_size = 4;
    assert_status(kam_tier_assign(STICKY, 3, &scores, NULL, 2, NULL, &out,
                                  &diag),
                  KAM_ERR_STRUCT);
    assert_int_equal(tier[0], 77);
    int64_t looks = 0;
    kam_host host = {.struct_size = sizeof host, .progress = stop_when_used_up};
    host.watcher = &looks;
    out.struct_size = sizeof out;
    assert_status(kam_tier_assign(STICKY, 3, &scores, NULL, 2, &host, &out,
                                  NULL),
                  KAM_ERR_CANCELLED);
    assert_status(kam_tier_assign(STICKY, 3, &scores, NULL, 0, NULL, &out,
                                  &diag),
                  KAM_OK);
}

/* ---- cut points ---- */

static kam_status cut(int32_t basis, const kam_tier_band *bands,
                      int32_t n_bands, const double *score, int64_t n,
                      kam_tier_band *limits) {
    const kam_tier_policy policy = policy_of(basis, bands, n_bands);
    const kam_column scores = column_of(score);
    return kam_tier_cutpoints(&policy, &scores, n, NULL, limits, NULL);
}

static double enter_by(int32_t basis, double share, const double *score,
                       int64_t n) {
    const kam_tier_band band = {share, share};
    kam_tier_band limit;
    assert_status(cut(basis, &band, 1, score, n, &limit), KAM_OK);
    assert_bits(limit.keep, limit.enter);
    return limit.enter;
}

static void test_limits_by_score_pass_through(void **state) {
    (void)state;
    const kam_tier_policy policy = policy_of(KAM_TIER_BY_SCORE, STICKY, 3);
    kam_tier_band limits[3];
    assert_status(kam_tier_cutpoints(&policy, NULL, 0, NULL, limits, NULL),
                  KAM_OK);
    assert_memory_equal(limits, STICKY, sizeof limits);
}

static void test_limits_by_rank(void **state) {
    (void)state;
    double score[100];
    for (int64_t i = 0; i < 100; i++)
        score[shuffled_place(i, 100)] = (double)(i + 1);
    /* The best ceil(share n): of 100 the best is 100, the worst 1. */
    assert_bits(enter_by(KAM_TIER_BY_RANK, 0.05, score, 100), 96);
    assert_bits(enter_by(KAM_TIER_BY_RANK, 0.051, score, 100), 95);
    assert_bits(enter_by(KAM_TIER_BY_RANK, 1e-12, score, 100), 100);
    assert_bits(enter_by(KAM_TIER_BY_RANK, 1, score, 100), 1);
    /* 0.07 * 100 is 7.000000000000001 in binary, and 7 to everyone else. */
    assert_bits(enter_by(KAM_TIER_BY_RANK, 0.07, score, 100), 94);
    for (int k = 1; k <= 100; k++)
        assert_bits(enter_by(KAM_TIER_BY_RANK, k / 100.0, score, 100), 101 - k);
}

static void test_ties_are_taken_in(void **state) {
    (void)state;
    const double score[] = {9, 7, 7, 7, 5, 1, 1, 0, -3, -3};
    assert_bits(enter_by(KAM_TIER_BY_RANK, 0.1, score, 10), 9);
    assert_bits(enter_by(KAM_TIER_BY_RANK, 0.2, score, 10), 7);
    assert_bits(enter_by(KAM_TIER_BY_RANK, 0.4, score, 10), 7);
    assert_bits(enter_by(KAM_TIER_BY_RANK, 0.41, score, 10), 5);
    assert_bits(enter_by(KAM_TIER_BY_RANK, 0.9, score, 10), -3);
}

static void test_limits_by_total(void **state) {
    (void)state;
    /* Total of what is above 0: 100. */
    const double score[] = {10, 50, -40, 20, 10, 10, NAN, 0};
    assert_bits(enter_by(KAM_TIER_BY_TOTAL, 0.5, score, 8), 50);
    assert_bits(enter_by(KAM_TIER_BY_TOTAL, 0.51, score, 8), 20);
    assert_bits(enter_by(KAM_TIER_BY_TOTAL, 0.7, score, 8), 20);
    assert_bits(enter_by(KAM_TIER_BY_TOTAL, 0.71, score, 8), 10);
    assert_bits(enter_by(KAM_TIER_BY_TOTAL, 1, score, 8), 10);
    assert_bits(enter_by(KAM_TIER_BY_TOTAL, 1e-9, score, 8), 50);
    /* All is all, however little the last one adds. */
    const double little[] = {1e20, 1e-3, -1};
    assert_bits(enter_by(KAM_TIER_BY_TOTAL, 1, little, 3), 1e-3);
    /* 0.8 * 10 and 0.1 + 0.2 are not exact in binary; the line is met. */
    const double eighty[] = {8, 1, 1};
    assert_bits(enter_by(KAM_TIER_BY_TOTAL, 0.8, eighty, 3), 8);
    const double cents[] = {80.08, 20.02};
    assert_bits(enter_by(KAM_TIER_BY_TOTAL, 0.8, cents, 2), 80.08);
    const double thirds[] = {0.1, 0.1, 0.1, 0.7};
    assert_bits(enter_by(KAM_TIER_BY_TOTAL, 0.7, thirds, 4), 0.7);
}

static void test_enter_and_keep(void **state) {
    (void)state;
    double score[100];
    for (int64_t i = 0; i < 100; i++) score[i] = (double)(i + 1);
    const kam_tier_band bands[] = {{0.05, 0.1}, {0.2, 0.25}, {0.5, 0.5}};
    kam_tier_band limits[3];
    assert_status(cut(KAM_TIER_BY_RANK, bands, 3, score, 100, limits), KAM_OK);
    const kam_tier_band expected[] = {{96, 91}, {81, 76}, {51, 51}};
    assert_memory_equal(limits, expected, sizeof limits);
}

/* Whatever the book: {score >= limit} is the smallest set that is enough, no
 * tie is cut, and kam_tier_assign accepts the limits. */
static void test_sets_by_definition(void **state) {
    (void)state;
    enum { N = 120 };
    uint64_t seed = 5;
    for (int round = 0; round < 300; round++) {
        double score[N];
        double total = 0;
        int64_t known = 0;
        for (int i = 0; i < N; i++) {
            const double u = random_unit(&seed);
            score[i] = round % 2 ? floor(u * 12) - 2 : (u * u - 0.1) * 1e4;
            if (i % 17 == round % 17) score[i] = (double)NAN;
            if (i == 3 && round % 5 == 0) score[i] = (double)INFINITY;
            known += isfinite(score[i]) != 0;
            if (isfinite(score[i]) && score[i] > 0) total += score[i];
        }
        const double share = 0.01 + 0.98 * random_unit(&seed);
        const double k = ceil(share * (double)known);
        const double rank = enter_by(KAM_TIER_BY_RANK, share, score, N);
        const double sum = enter_by(KAM_TIER_BY_TOTAL, share, score, N);
        double at_rank = 0, over_rank = 0, at_sum = 0, over_sum = 0;
        for (int i = 0; i < N; i++) {
            if (!isfinite(score[i])) continue;
            at_rank += score[i] >= rank;
            over_rank += score[i] > rank;
            if (score[i] >= sum) at_sum += score[i];
            if (score[i] > sum) over_sum += score[i];
        }
        assert_true(at_rank >= k && over_rank < k);
        assert_true(at_sum >= share * total * (1 - 1e-12));
        assert_true(over_sum < share * total);
    }
}

static void test_order_and_scale_do_not_matter(void **state) {
    (void)state;
    enum { N = 3000 };
    static double score[N], other[N];
    const kam_tier_band bands[] = {{0.05, 0.08}, {0.2, 0.3}, {0.5, 0.7}};
    kam_tier_band first[3], second[3];
    uint64_t seed = 17;
    for (int64_t i = 0; i < N; i++) {
        const double u = random_unit(&seed);
        score[i] = exp(14 * u) - 50;
        other[shuffled_place(i, N)] = score[i];
    }
    for (int32_t basis = KAM_TIER_BY_RANK; basis <= KAM_TIER_BY_TOTAL;
         basis++) {
        assert_status(cut(basis, bands, 3, score, N, first), KAM_OK);
        assert_status(cut(basis, bands, 3, other, N, second), KAM_OK);
        assert_memory_equal(first, second, sizeof first);
        for (int e = -900; e <= 900; e += 300) {
            for (int64_t i = 0; i < N; i++) other[i] = ldexp(score[i], e);
            assert_status(cut(basis, bands, 3, other, N, second), KAM_OK);
            for (int b = 0; b < 3; b++) {
                assert_bits(second[b].enter, ldexp(first[b].enter, e));
                assert_bits(second[b].keep, ldexp(first[b].keep, e));
            }
        }
        /* Money times 1e12, or in thousands of millions: the same set. */
        for (int64_t i = 0; i < N; i++) other[i] = score[i] * 1e12;
        assert_status(cut(basis, bands, 3, other, N, second), KAM_OK);
        for (int b = 0; b < 3; b++)
            assert_bits(second[b].enter, first[b].enter * 1e12);
        for (int64_t i = 0; i < N; i++) other[shuffled_place(i, N)] = score[i];
    }
}

static void test_columns_and_executors(void **state) {
    (void)state;
    double *const score = malloc(MANY * sizeof *score);
    float *const single = malloc(MANY * sizeof *single);
    const kam_tier_band bands[] = {{0.1, 0.1}, {0.6, 0.7}};
    const kam_tier_policy policy = policy_of(KAM_TIER_BY_TOTAL, bands, 2);
    kam_tier_band limits[2], again[2];
    uint64_t seed = 23;
    for (int64_t i = 0; i < MANY; i++) {
        single[i] = (float)random_unit(&seed);
        score[i] = (double)single[i];
    }
    const kam_column doubles = column_of(score);
    const kam_column floats = {.values = single, .type = KAM_F32};
    assert_status(kam_tier_cutpoints(&policy, &doubles, MANY, NULL, limits,
                                     NULL),
                  KAM_OK);
    assert_status(kam_tier_cutpoints(&policy, &floats, MANY, NULL, again, NULL),
                  KAM_OK);
    assert_memory_equal(limits, again, sizeof limits);
    kam_host host = {.struct_size = sizeof host, .parallel_for = run_odd_first};
    assert_status(kam_tier_cutpoints(&policy, &doubles, MANY, &host, again,
                                     NULL),
                  KAM_OK);
    assert_memory_equal(limits, again, sizeof limits);
    free(score);
    free(single);
}

static void test_cutpoints_refuse(void **state) {
    (void)state;
    const double score[] = {3, 2, 1};
    const kam_column scores = column_of(score);
    kam_tier_band limits[2] = {{77, 77}, {77, 77}};
    kam_diag diag = {.struct_size = sizeof diag};
    const struct {
        int32_t basis;
        kam_tier_band bands[2];
        const char *argument;
        int64_t row;
    } bad[] = {
        {KAM_TIER_BY_SCORE, {{5, 5}, {5, 5}}, "policy.bands.enter", 1},
        {KAM_TIER_BY_SCORE, {{5, 5}, {NAN, 5}}, "policy.bands.enter", 1},
        {KAM_TIER_BY_SCORE, {{INFINITY, 5}, {4, 4}}, "policy.bands.enter", 0},
        {KAM_TIER_BY_SCORE, {{5, 6}, {4, 4}}, "policy.bands.keep", 0},
        {KAM_TIER_BY_SCORE, {{5, 5}, {4, NAN}}, "policy.bands.keep", 1},
        {KAM_TIER_BY_SCORE, {{5, 3}, {4, 4}}, "policy.bands.keep", 1},
        {KAM_TIER_BY_RANK, {{0.5, 0.5}, {0.5, 0.5}}, "policy.bands.enter", 1},
        {KAM_TIER_BY_RANK, {{0, 0.5}, {0.5, 0.5}}, "policy.bands.enter", 0},
        {KAM_TIER_BY_RANK, {{0.5, 0.5}, {1.1, 1.1}}, "policy.bands.enter", 1},
        {KAM_TIER_BY_TOTAL, {{0.5, 0.4}, {0.6, 0.6}}, "policy.bands.keep", 0},
        {KAM_TIER_BY_TOTAL, {{0.5, 0.5}, {0.6, 1.5}}, "policy.bands.keep", 1},
        {KAM_TIER_BY_TOTAL, {{0.5, 0.9}, {0.6, 0.7}}, "policy.bands.keep", 1},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const kam_tier_policy policy = policy_of(bad[i].basis, bad[i].bands, 2);
        assert_status(kam_tier_cutpoints(&policy, &scores, 3, NULL, limits,
                                         &diag),
                      KAM_ERR_OPTION);
        assert_string_equal(diag.argument, bad[i].argument);
        assert_int_equal(diag.row, bad[i].row);
    }
    const kam_tier_band bands[] = {{0.2, 0.2}, {0.5, 0.5}};
    kam_tier_policy policy = policy_of(4, bands, 2);
    assert_status(kam_tier_cutpoints(&policy, &scores, 3, NULL, limits, &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "policy.basis");
    for (int32_t n_bands = 0; n_bands <= 17; n_bands += 17) {
        policy = policy_of(KAM_TIER_BY_RANK, bands, n_bands);
        assert_status(kam_tier_cutpoints(&policy, &scores, 3, NULL, limits,
                                         &diag),
                      KAM_ERR_OPTION);
        assert_string_equal(diag.argument, "policy.n_bands");
    }
    policy = policy_of(KAM_TIER_BY_RANK, NULL, 2);
    assert_status(kam_tier_cutpoints(&policy, &scores, 3, NULL, limits, &diag),
                  KAM_ERR_NULL);
    policy = policy_of(KAM_TIER_BY_RANK, bands, 2);
    policy.reserved = 1;
    assert_status(kam_tier_cutpoints(&policy, &scores, 3, NULL, limits, &diag),
                  KAM_ERR_NEWER);
    policy.reserved = 0;
    assert_status(kam_tier_cutpoints(NULL, &scores, 3, NULL, limits, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_tier_cutpoints(&policy, NULL, 3, NULL, limits, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_tier_cutpoints(&policy, &scores, 3, NULL, NULL, &diag),
                  KAM_ERR_NULL);
    assert_status(kam_tier_cutpoints(&policy, &scores, -3, NULL, limits, &diag),
                  KAM_ERR_SHAPE);
    policy.struct_size = 8;
    assert_status(kam_tier_cutpoints(&policy, &scores, 3, NULL, limits, &diag),
                  KAM_ERR_STRUCT);
    assert_bits(limits[0].enter, 77);
    assert_bits(limits[1].keep, 77);
}

static void test_empty_books(void **state) {
    (void)state;
    const double unknown[] = {NAN, INFINITY, NAN}, losses[] = {-1, 0, -2};
    const kam_tier_band band = {0.5, 0.5};
    kam_tier_band limit = {77, 77};
    const kam_tier_policy policy = policy_of(KAM_TIER_BY_RANK, &band, 1);
    const kam_column absent = {0};
    assert_status(cut(KAM_TIER_BY_RANK, &band, 1, unknown, 3, &limit),
                  KAM_ERR_EMPTY);
    assert_status(cut(KAM_TIER_BY_RANK, &band, 1, unknown, 0, &limit),
                  KAM_ERR_EMPTY);
    assert_status(kam_tier_cutpoints(&policy, &absent, 5, NULL, &limit, NULL),
                  KAM_ERR_EMPTY);
    /* Losses can be ranked, but have no total to share. */
    assert_status(cut(KAM_TIER_BY_TOTAL, &band, 1, losses, 3, &limit),
                  KAM_ERR_EMPTY);
    assert_bits(limit.enter, 77);
    assert_bits(enter_by(KAM_TIER_BY_RANK, 0.5, losses, 3), -1);
    assert_bits(enter_by(KAM_TIER_BY_RANK, 0.5, losses, 1), -1);
}

static void test_cutpoints_memory(void **state) {
    (void)state;
    const double score[] = {3, 2, 1, 5};
    const kam_column scores = column_of(score);
    const kam_tier_band band = {0.5, 0.5};
    const kam_tier_policy policy = policy_of(KAM_TIER_BY_RANK, &band, 1);
    kam_tier_band limit = {77, 77};
    struct lender lender;
    kam_host host = lender_host(&lender, 1);
    assert_status(kam_tier_cutpoints(&policy, &scores, 4, &host, &limit, NULL),
                  KAM_ERR_MEMORY);
    assert_bits(limit.enter, 77);
    assert_int_equal(lender.n_live, 0);
    int64_t looks = 0;
    host = lender_host(&lender, 0);
    host.progress = stop_when_used_up;
    host.watcher = &looks;
    assert_status(kam_tier_cutpoints(&policy, &scores, 4, &host, &limit, NULL),
                  KAM_ERR_CANCELLED);
    assert_int_equal(lender.n_live, 0);
    host = lender_host(&lender, 0);
    assert_status(kam_tier_cutpoints(&policy, &scores, 4, &host, &limit, NULL),
                  KAM_OK);
    assert_bits(limit.enter, 3);
    assert_int_equal(lender.n_calls, 1);
    assert_int_equal(lender.n_live, 0);
    assert_int_equal(lender.n_bytes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_preset_is_t1),
        cmocka_unit_test(test_payment_tiers),
        cmocka_unit_test(test_keep_limits),
        cmocka_unit_test(test_odd_rows),
        cmocka_unit_test(test_properties),
        cmocka_unit_test(test_powers_of_two_change_nothing),
        cmocka_unit_test(test_one_is_many),
        cmocka_unit_test(test_float_scores),
        cmocka_unit_test(test_assign_refuses),
        cmocka_unit_test(test_limits_by_score_pass_through),
        cmocka_unit_test(test_limits_by_rank),
        cmocka_unit_test(test_ties_are_taken_in),
        cmocka_unit_test(test_limits_by_total),
        cmocka_unit_test(test_enter_and_keep),
        cmocka_unit_test(test_sets_by_definition),
        cmocka_unit_test(test_order_and_scale_do_not_matter),
        cmocka_unit_test(test_columns_and_executors),
        cmocka_unit_test(test_cutpoints_refuse),
        cmocka_unit_test(test_empty_books),
        cmocka_unit_test(test_cutpoints_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
