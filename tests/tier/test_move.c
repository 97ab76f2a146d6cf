/* SPDX-License-Identifier: MIT */
/* T7: tiers that hold still. */
#include "support/check.h"
#include "support/hosts.h"

static const kam_tier_band STICKY[3] = {{100, 80}, {50, 40}, {20, 10}};

/* One account; what is NaN is missing, and an absent column when it is so for
 * all. */
struct one {
    double score, before, since, low, high, up, down, tier, until;
};

static const struct one NOBODY = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};

struct decision {
    int32_t tier, verdict, proposed, since;
    uint32_t flags;
};

static int32_t day_of(int32_t year, int32_t month, int32_t day) {
    int32_t number;
    assert_status(kam_calendar_day(year, month, day, &number), KAM_OK);
    return number;
}

static kam_move_options options_of(int32_t as_of, int32_t dwell) {
    kam_move_options options;
    assert_status(kam_move_options_init(&options, sizeof options), KAM_OK);
    options.as_of_day = as_of;
    options.dwell_months = dwell;
    return options;
}

static kam_column given(const double *value) {
    const kam_column absent = {0};
    return *value == *value ? column_of(value) : absent;
}

static struct decision decide(const kam_move_options *options,
                              const struct one *a) {
    struct decision d;
    const int64_t since = a->since == a->since ? (int64_t)a->since : 0;
    const int64_t until = a->until == a->until ? (int64_t)a->until : 0;
    kam_move_rows rows = {.struct_size = sizeof rows, .n_rows = 1};
    rows.score = column_of(&a->score);
    rows.tier_before = given(&a->before);
    rows.score_low = given(&a->low);
    rows.score_high = given(&a->high);
    rows.chance_up = given(&a->up);
    rows.chance_down = given(&a->down);
    rows.override_tier = given(&a->tier);
    rows.since.type = rows.override_until.type = KAM_I64;
    if (a->since == a->since) rows.since.values = &since;
    if (a->until == a->until) rows.override_until.values = &until;
    const kam_move_out out = {.struct_size = sizeof out,
                              .tier = &d.tier,
                              .verdict = &d.verdict,
                              .proposed = &d.proposed,
                              .since = &d.since,
                              .row_flags = &d.flags};
    kam_diag diag = {.struct_size = sizeof diag};
    if (kam_move_decide(options, STICKY, 3, &rows, NULL, &out, &diag) != KAM_OK)
        fail_msg("%s: %s", diag.argument, diag.message);
    return d;
}

static void expect(struct decision d, int32_t tier, int32_t verdict,
                   uint32_t flags) {
    assert_int_equal(d.tier, tier);
    assert_int_equal(d.verdict, verdict);
    assert_int_equal(d.flags, flags);
}

static void test_limits_alone(void **state) {
    (void)state;
    const kam_move_options options = options_of(10000, 0);
    struct one a = NOBODY;
    a.score = 100; /* exactly at the limit: in */
    struct decision d = decide(&options, &a);
    expect(d, 0, KAM_MOVE_NEW, 0);
    assert_int_equal(d.since, 10000);
    a.before = 1;
    expect(decide(&options, &a), 0, KAM_MOVE_UP, 0);
    a.score = 99;
    expect(decide(&options, &a), 1, KAM_MOVE_SAME, 0);
    a.before = 0;
    a.score = 80; /* exactly what keeps it */
    a.since = 9000;
    d = decide(&options, &a);
    expect(d, 0, KAM_MOVE_SAME, 0);
    assert_int_equal(d.since, 9000);
    a.score = 79.99;
    d = decide(&options, &a);
    expect(d, 1, KAM_MOVE_DOWN, 0);
    assert_int_equal(d.since, 10000);
    a.before = 3; /* untiered is a tier */
    a.score = 3;
    expect(decide(&options, &a), 3, KAM_MOVE_SAME, 0);
    a.score = NAN;
    d = decide(&options, &a);
    expect(d, -1, KAM_MOVE_NONE, KAM_ROW_MISSING);
    assert_int_equal(d.since, KAM_NO_DAY);
    assert_int_equal(d.proposed, -1);
    a.score = 60;
    a.before = 4; /* no such tier: as if it had none */
    expect(decide(&options, &a), 1, KAM_MOVE_NEW, KAM_ROW_DOMAIN);
}

/* Three calendar months, from the last of a month to the last of another. */
static void test_dwell(void **state) {
    (void)state;
    const int32_t since = day_of(2023, 11, 30), free_from = day_of(2024, 2, 29);
    kam_move_options options = options_of(free_from - 1, 3);
    struct one a = NOBODY;
    a.before = 1;
    a.since = since;
    a.score = 5;
    struct decision d = decide(&options, &a);
    expect(d, 1, KAM_MOVE_HELD_DWELL, 0);
    assert_int_equal(d.proposed, 3);
    assert_int_equal(d.since, since);
    a.score = 500;
    expect(decide(&options, &a), 1, KAM_MOVE_HELD_DWELL, 0);
    options.as_of_day = free_from;
    expect(decide(&options, &a), 0, KAM_MOVE_UP, 0);
    a.since = NAN; /* not held, but said */
    expect(decide(&options, &a), 0, KAM_MOVE_UP, KAM_ROW_MISSING);
    a.score = 45; /* no move, so nothing was missed */
    expect(decide(&options, &a), 1, KAM_MOVE_SAME, 0);
    a.score = 500;
    a.since = 1e17;
    expect(decide(&options, &a), 0, KAM_MOVE_UP, KAM_ROW_DOMAIN);
}

static void test_bounds(void **state) {
    (void)state;
    const kam_move_options options = options_of(0, 0);
    struct one a = NOBODY;
    a.before = 2;
    a.score = 120;
    a.low = 99;
    a.high = 130;
    struct decision d =
        decide(&options, &a); /* sure of key, not of strategic */
    expect(d, 1, KAM_MOVE_UP, 0);
    assert_int_equal(d.proposed, 0);
    a.low = 100;
    expect(decide(&options, &a), 0, KAM_MOVE_UP, 0);
    a.low = 49;
    expect(decide(&options, &a), 2, KAM_MOVE_HELD_CHANCE, 0);
    a.before = 0;
    a.score = 5;
    a.low = 1;
    a.high = 80; /* may still be worth what keeps it */
    expect(decide(&options, &a), 0, KAM_MOVE_HELD_CHANCE, 0);
    a.high = 79;
    expect(decide(&options, &a), 1, KAM_MOVE_DOWN, 0);
    a.high = 9;
    expect(decide(&options, &a), 3, KAM_MOVE_DOWN, 0);
    a.high = 4; /* below the score: no bound at all */
    expect(decide(&options, &a), 0, KAM_MOVE_HELD_CHANCE, KAM_ROW_DOMAIN);
    a.before = NAN; /* a first tier is no change */
    expect(decide(&options, &a), 3, KAM_MOVE_NEW, 0);
}

static void test_chances(void **state) {
    (void)state;
    kam_move_options options = options_of(0, 0);
    struct one a = NOBODY;
    a.before = 1;
    a.score = 120;
    a.up = 0.8;
    a.down = 0;
    expect(decide(&options, &a), 0, KAM_MOVE_UP, 0); /* exactly the default */
    a.up = 0.7999;
    expect(decide(&options, &a), 1, KAM_MOVE_HELD_CHANCE, 0);
    options.confidence = 1;
    a.up = 1;
    expect(decide(&options, &a), 0, KAM_MOVE_UP, 0);
    a.up = 0.7999;
    options.confidence = 0.5;
    expect(decide(&options, &a), 0, KAM_MOVE_UP, 0);
    a.up = 1.5;
    expect(decide(&options, &a), 1, KAM_MOVE_HELD_CHANCE, KAM_ROW_DOMAIN);
    a.score = 5;
    a.up = 0;
    expect(decide(&options, &a), 1, KAM_MOVE_HELD_CHANCE, 0);
    a.down = 0.6;
    expect(decide(&options, &a), 3, KAM_MOVE_DOWN, 0);
    a.score = 45; /* no move: nobody asks for a chance */
    a.up = 7;
    expect(decide(&options, &a), 1, KAM_MOVE_SAME, 0);
}

static void test_override(void **state) {
    (void)state;
    kam_move_options options = options_of(100, 12);
    struct one a = NOBODY;
    a.score = 5;
    a.before = 3;
    a.tier = 0;
    a.until = 101;
    struct decision d = decide(&options, &a);
    expect(d, 0, KAM_MOVE_OVERRIDE, 0);
    assert_int_equal(d.proposed, 3);
    assert_int_equal(d.since, 100);
    options.as_of_day = 101; /* closed below, open above */
    expect(decide(&options, &a), 3, KAM_MOVE_SAME, 0);
    a.until = NAN; /* for ever is not a day */
    expect(decide(&options, &a), 3, KAM_MOVE_SAME, KAM_ROW_MISSING);
    a.until = 1000;
    a.tier = 4;
    expect(decide(&options, &a), 3, KAM_MOVE_SAME, KAM_ROW_DOMAIN);
    a.tier = 1;
    a.score = NAN; /* the caller's word needs no score */
    expect(decide(&options, &a), 1, KAM_MOVE_OVERRIDE, 0);
}

/* Over a grid: inside its keep band a tier never moves; a higher score, with
 * bounds about it, never gives a lower tier; nothing more happens on the same
 * day; without evidence and dwell it is kam_tier_assign. */
static void test_properties(void **state) {
    (void)state;
    const kam_move_options options = options_of(1000, 0);
    for (int32_t before = 0; before <= 3; before++)
        for (double width = 0; width <= 40; width += 8) {
            int32_t last = 3;
            for (double score = -5; score < 150; score += 0.5) {
                struct one a = NOBODY;
                a.score = score;
                a.before = before;
                a.low = score - width;
                a.high = score + width / 2;
                const struct decision d = decide(&options, &a);
                assert_true(d.tier <= last);
                last = d.tier;
                if (before < 3 && score >= STICKY[before].keep &&
                    (before == 0 || score < STICKY[before - 1].enter))
                    assert_int_equal(d.tier, before);
                if (width == 0) assert_int_equal(d.tier, d.proposed);
                int32_t tier;
                const kam_column scores = column_of(&a.score);
                const kam_column tiers = column_of(&a.before);
                kam_tier_out out = {.struct_size = sizeof out, .tier = &tier};
                assert_status(kam_tier_assign(STICKY, 3, &scores, &tiers, 1,
                                              NULL, &out, NULL),
                              KAM_OK);
                assert_int_equal(d.proposed, tier);
                a.before = d.tier;
                if (d.tier == d.proposed)
                    assert_int_equal(decide(&options, &a).verdict,
                                     KAM_MOVE_SAME);
            }
        }
}

/* A book, fitted and assigned. */
static void tiers_of(int32_t basis, const double *value, int64_t n,
                     int32_t *tier) {
    static const kam_tier_band bands[3] = {{0.1, 0.1}, {0.3, 0.3}, {0.7, 0.7}};
    const kam_tier_policy policy = {.struct_size = sizeof policy,
                                    .basis = basis,
                                    .n_bands = 3,
                                    .bands = bands};
    const kam_column column = column_of(value);
    const kam_tier_out out = {.struct_size = sizeof out, .tier = tier};
    kam_tier_band limits[3];
    assert_status(kam_tier_cutpoints(&policy, &column, n, NULL, limits, NULL),
                  KAM_OK);
    assert_status(kam_tier_assign(limits, 3, &column, NULL, n, NULL, &out,
                                  NULL),
                  KAM_OK);
}

/* The whole way, from a book to tiers in shares (T1, T3): raising one account's
 * revenue never lowers its tier, although the limits move with it; money in
 * another unit changes no tier; a permutation permutes the tiers. */
static void test_books(void **state) {
    (void)state;
    enum { N = 60 };
    double value[N], other[N];
    int32_t before[N], after[N];
    uint64_t seed = 14;
    for (int round = 0; round < 2000; round++) {
        const int32_t basis = round % 2 ? KAM_TIER_BY_RANK : KAM_TIER_BY_TOTAL;
        const int64_t n = 1 + (int64_t)(random_unit(&seed) * N);
        const int64_t row = (int64_t)(random_unit(&seed) * (double)n);
        for (int64_t i = 0; i < n; i++) {
            value[i] = floor(exp(4 * random_unit(&seed))); /* with ties */
            other[i] = value[i] * 100;
        }
        tiers_of(basis, value, n, before);
        tiers_of(basis, other, n, after);
        assert_memory_equal(before, after, (size_t)n * sizeof *before);
        for (int64_t i = 0; i < n; i++) other[shuffled_place(i, n)] = value[i];
        tiers_of(basis, other, n, after);
        for (int64_t i = 0; i < n; i++)
            assert_int_equal(after[shuffled_place(i, n)], before[i]);
        value[row] += floor(20 * random_unit(&seed));
        tiers_of(basis, value, n, after);
        assert_true(after[row] <= before[row]);
    }
}

enum { MANY = 100000 };

static void test_one_is_many(void **state) {
    (void)state;
    static double score[MANY], low[MANY], high[MANY];
    static int32_t before[MANY], since[MANY];
    static struct decision whole[MANY], again[MANY];
    uint64_t seed = 8;
    for (int64_t i = 0; i < MANY; i++) {
        score[i] = i % 29 == 0 ? (double)NAN : random_unit(&seed) * 130 - 5;
        low[i] = score[i] - 20 * random_unit(&seed);
        high[i] = score[i] + 20 * random_unit(&seed);
        before[i] = (int32_t)(random_unit(&seed) * 6) - 1;
        since[i] = (int32_t)(random_unit(&seed) * 300);
    }
    const kam_move_options options = options_of(300, 3);
    kam_move_rows rows = {.struct_size = sizeof rows, .n_rows = MANY};
    kam_host host = {.struct_size = sizeof host, .parallel_for = run_odd_first};
    for (int part = 0; part < 2; part++) {
        struct decision *const to = part ? again : whole;
        const int64_t step = part ? 12345 : MANY;
        for (int64_t first = 0; first < MANY; first += step) {
            int32_t *const column = malloc(4 * MANY * sizeof *column);
            uint32_t *const flags = malloc(MANY * sizeof *flags);
            const int64_t n = MANY - first < step ? MANY - first : step;
            rows.n_rows = n;
            rows.score = column_of(score + first);
            rows.score_low = column_of(low + first);
            rows.score_high = column_of(high + first);
            rows.tier_before.values = before + first;
            rows.tier_before.type = KAM_I32;
            rows.since.values = since + first;
            rows.since.type = KAM_DAY;
            const kam_move_out out = {.struct_size = sizeof out,
                                      .tier = column,
                                      .verdict = column + MANY,
                                      .proposed = column + 2 * MANY,
                                      .since = column + 3 * MANY,
                                      .row_flags = flags};
            assert_status(kam_move_decide(&options, STICKY, 3, &rows,
                                          part ? &host : NULL, &out, NULL),
                          KAM_OK);
            for (int64_t i = 0; i < n; i++) {
                const struct decision d = {column[i], column[MANY + i],
                                           column[2 * MANY + i],
                                           column[3 * MANY + i], flags[i]};
                to[first + i] = d;
            }
            free(column);
            free(flags);
        }
    }
    assert_memory_equal(whole, again, sizeof whole);
    int64_t n_verdicts[8] = {0};
    for (int64_t i = 0; i < MANY; i++) n_verdicts[whole[i].verdict]++;
    for (int v = 0; v <= KAM_MOVE_HELD_DWELL; v++)
        assert_true(n_verdicts[v] > 100);
}

static void test_refuses(void **state) {
    (void)state;
    const double score = 3;
    int32_t tier = 77;
    kam_diag diag = {.struct_size = sizeof diag};
#define REFUSED(change, expected, name)                                        \
    do {                                                                       \
        kam_move_options options = options_of(0, 0);                           \
        kam_tier_band limits[3];                                               \
        int32_t n_bands = 3;                                                   \
        kam_move_rows rows = {.struct_size = sizeof rows, .n_rows = 1};        \
        kam_host host = {.struct_size = sizeof host};                          \
        kam_move_out out = {.struct_size = sizeof out, .tier = &tier};         \
        memcpy(limits, STICKY, sizeof limits);                                 \
        rows.score = column_of(&score);                                        \
        change;                                                                \
        assert_status(kam_move_decide(&options, limits, n_bands, &rows, &host, \
                                      &out, &diag),                            \
                      expected);                                               \
        assert_string_equal(diag.argument, name);                              \
        assert_int_equal(tier, 77);                                            \
    } while (0)
    int64_t looks = 0;
    REFUSED(options.as_of_day = KAM_NO_DAY, KAM_ERR_OPTION,
            "options.as_of_day");
    REFUSED(options.dwell_months = -1, KAM_ERR_OPTION, "options.dwell_months");
    REFUSED(options.dwell_months = 1201, KAM_ERR_OPTION,
            "options.dwell_months");
    REFUSED(options.confidence = 0, KAM_ERR_OPTION, "options.confidence");
    REFUSED(options.confidence = 1.01, KAM_ERR_OPTION, "options.confidence");
    REFUSED(options.confidence = NAN, KAM_ERR_OPTION, "options.confidence");
    REFUSED(options.reserved = 1, KAM_ERR_NEWER, "options.reserved");
    REFUSED(options.struct_size = 4, KAM_ERR_STRUCT, "options");
    REFUSED(limits[1].enter = 200, KAM_ERR_OPTION, "limits.enter");
    REFUSED(n_bands = 17, KAM_ERR_OPTION, "n_bands");
    REFUSED(rows.n_rows = -1, KAM_ERR_SHAPE, "rows.n_rows");
    REFUSED(rows.score.values = NULL, KAM_ERR_NULL, "rows.score");
    REFUSED(rows.since = column_of(&score), KAM_ERR_TYPE, "rows.since");
    REFUSED(rows.struct_size = 4, KAM_ERR_STRUCT, "rows");
    REFUSED(out.struct_size = 4, KAM_ERR_STRUCT, "out");
    REFUSED((host.progress = stop_when_used_up, host.watcher = &looks),
            KAM_ERR_CANCELLED, "host.progress");
#undef REFUSED
    assert_status(kam_move_decide(NULL, STICKY, 3, NULL, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_move_options_init(NULL, 8), KAM_ERR_NULL);
    kam_move_options options;
    assert_status(kam_move_options_init(&options, 8), KAM_ERR_STRUCT);
}

static void test_names(void **state) {
    (void)state;
    for (int32_t v = KAM_MOVE_NONE; v <= KAM_MOVE_OVERRIDE; v++)
        for (int32_t w = v + 1; w <= KAM_MOVE_OVERRIDE + 1; w++) {
            assert_string_not_equal(kam_move_name(v, KAM_EN),
                                    kam_move_name(w, KAM_EN));
            assert_string_not_equal(kam_move_name(v, KAM_ZH),
                                    kam_move_name(w, KAM_ZH));
        }
    assert_string_equal(kam_move_name(KAM_MOVE_UP, KAM_EN), "promoted");
    assert_string_equal(kam_move_name(KAM_MOVE_UP, KAM_ZH), "晋级");
    assert_string_equal(kam_move_name(-3, KAM_EN), "unknown");
}

/* ---- the migration table ---- */

static void test_count(void **state) {
    (void)state;
    const double before[] = {0, 0, 1, 2, NAN, 9, 2, NAN, 0};
    const double after[] = {0, 1, 0, 2, 1, NAN, -1, NAN, 0};
    const double amount[] = {5, 1, 2, NAN, 4, 8, 16, 32, 0.1};
    const kam_column b = column_of(before), a = column_of(after);
    const kam_column m = column_of(amount);
    int64_t count[16];
    double money[16];
    kam_move_table table = {.struct_size = sizeof table,
                            .n_bands = 2,
                            .count = count,
                            .amount = money};
    assert_status(kam_move_count(&b, &a, &m, 9, &table, NULL), KAM_OK);
    const int64_t expected[16] = {2, 1, 0, 0, /* from tier 0 */
                                  1, 0, 0, 0, /* from tier 1 */
                                  0, 0, 1, 1, /* untiered */
                                  0, 1, 0, 2 /* nowhere; 9 is no tier */};
    const double sums[16] = {5.1, 1, 0, 0,  2, 0, 0, 0,
                             0,   0, 0, 16, 0, 4, 0, 40};
    assert_memory_equal(count, expected, sizeof count);
    for (int i = 0; i < 16; i++) assert_bits(money[i], sums[i]);
    assert_int_equal(table.n_up, 1);
    assert_int_equal(table.n_down, 1);
    assert_int_equal(table.n_same, 3);
    assert_int_equal(table.n_new, 1);
    assert_int_equal(table.n_gone, 1);
}

static void test_count_refuses(void **state) {
    (void)state;
    const double tier[] = {0}, infinite[] = {INFINITY};
    const kam_column t = column_of(tier), m = column_of(infinite);
    int64_t count[9] = {77};
    double money[9];
    kam_move_table table = {.struct_size = sizeof table,
                            .n_bands = 1,
                            .count = count,
                            .amount = money};
    assert_status(kam_move_count(&t, &t, &m, 1, &table, NULL),
                  KAM_ERR_OVERFLOW);
    assert_status(kam_move_count(&t, &t, NULL, 1, &table, NULL), KAM_ERR_NULL);
    assert_status(kam_move_count(&t, NULL, &m, 1, &table, NULL), KAM_ERR_NULL);
    assert_status(kam_move_count(NULL, &t, &m, 1, &table, NULL), KAM_ERR_NULL);
    assert_status(kam_move_count(&t, &t, &m, -1, &table, NULL), KAM_ERR_SHAPE);
    table.n_bands = 17;
    assert_status(kam_move_count(&t, &t, &m, 1, &table, NULL), KAM_ERR_OPTION);
    table.n_bands = 1;
    table.count = NULL;
    assert_status(kam_move_count(&t, &t, &m, 1, &table, NULL), KAM_ERR_NULL);
    assert_status(kam_move_count(&t, &t, &m, 1, NULL, NULL), KAM_ERR_NULL);
    assert_int_equal(count[0], 77);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits_alone),
        cmocka_unit_test(test_dwell),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_chances),
        cmocka_unit_test(test_override),
        cmocka_unit_test(test_properties),
        cmocka_unit_test(test_books),
        cmocka_unit_test(test_one_is_many),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_count),
        cmocka_unit_test(test_count_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
