/* SPDX-License-Identifier: MIT */
/* Stages (L1) on their edges. */
#include "support/check.h"
#include "support/hosts.h"

static int32_t day(int year, int month, int of_month) {
    int32_t number;
    assert_status(kam_calendar_day(year, month, of_month, &number), KAM_OK);
    return number;
}

static kam_column days_of(const int32_t *values) {
    kam_column column = {0};
    column.values = values;
    column.type = KAM_DAY;
    return column;
}

static void expect(int32_t contract, int32_t as_of, int32_t stage, int32_t next,
                   uint32_t flags) {
    const kam_column column = days_of(&contract);
    int32_t found, next_day;
    uint32_t row_flags;
    double days;
    const kam_stage_out out = {.struct_size = sizeof out,
                               .stage = &found,
                               .next_day = &next_day,
                               .days_to_next = &days,
                               .row_flags = &row_flags};
    assert_status(kam_stage_assign(&column, 1, as_of, NULL, NULL, &out, NULL),
                  KAM_OK);
    assert_int_equal(found, stage);
    assert_int_equal(next_day, next);
    assert_int_equal(row_flags, flags);
    if (next == KAM_NO_DAY)
        assert_true(isnan(days));
    else
        assert_bits(days, (double)next - as_of);
}

/* Exactly 3 calendar months, 1 year and 3 years; a day less is the stage
 * before. */
static void test_edges(void **state) {
    (void)state;
    const int32_t signed_on = day(2023, 5, 17);
    const int32_t three = day(2023, 8, 17), year = day(2024, 5, 17);
    const int32_t three_years = day(2026, 5, 17);
    expect(signed_on, signed_on, KAM_STAGE_INITIAL, three, 0);
    expect(signed_on, three - 1, KAM_STAGE_INITIAL, three, 0);
    expect(signed_on, three, KAM_STAGE_STABLE, year, 0);
    expect(signed_on, year - 1, KAM_STAGE_STABLE, year, 0);
    expect(signed_on, year, KAM_STAGE_DEEP, three_years, 0);
    expect(signed_on, three_years - 1, KAM_STAGE_DEEP, three_years, 0);
    expect(signed_on, three_years, KAM_STAGE_SYMBIOSIS, KAM_NO_DAY, 0);
    expect(signed_on, day(2090, 1, 1), KAM_STAGE_SYMBIOSIS, KAM_NO_DAY, 0);
}

/* The 31st and the end of February: the month's last day stands in. */
static void test_short_months(void **state) {
    (void)state;
    /* 30 November + 3 months: 29 February in 2024, 28 in 2023. */
    expect(day(2023, 11, 30), day(2024, 2, 28), KAM_STAGE_INITIAL,
           day(2024, 2, 29), 0);
    expect(day(2023, 11, 30), day(2024, 2, 29), KAM_STAGE_STABLE,
           day(2024, 11, 30), 0);
    expect(day(2022, 11, 30), day(2023, 2, 28), KAM_STAGE_STABLE,
           day(2023, 11, 30), 0);
    /* 31 January + 3 months is 30 April. */
    expect(day(2023, 1, 31), day(2023, 4, 29), KAM_STAGE_INITIAL,
           day(2023, 4, 30), 0);
    expect(day(2023, 1, 31), day(2023, 4, 30), KAM_STAGE_STABLE,
           day(2024, 1, 31), 0);
    /* 29 February + 1 year is 28 February; + 3 years too. */
    expect(day(2024, 2, 29), day(2025, 2, 27), KAM_STAGE_STABLE,
           day(2025, 2, 28), 0);
    expect(day(2024, 2, 29), day(2025, 2, 28), KAM_STAGE_DEEP, day(2027, 2, 28),
           0);
}

static void test_unknown(void **state) {
    (void)state;
    const int32_t today = day(2024, 1, 1);
    expect(KAM_NO_DAY, today, KAM_STAGE_UNKNOWN, KAM_NO_DAY, KAM_ROW_MISSING);
    expect(today + 1, today, KAM_STAGE_UNKNOWN, today + 1, KAM_ROW_DOMAIN);
    /* At the end of the calendar nothing falls off it. */
    expect(day(9999, 12, 1), day(9999, 12, 30), KAM_STAGE_INITIAL,
           day(9999, 12, 31), 0);
}

static void test_other_limits(void **state) {
    (void)state;
    const int32_t contract = day(2024, 1, 15);
    const kam_column column = days_of(&contract);
    int32_t stage;
    const kam_stage_out out = {.struct_size = sizeof out, .stage = &stage};
    kam_stage_options options;
    assert_status(kam_stage_options_init(&options, sizeof options), KAM_OK);
    assert_int_equal(options.months[0], 3);
    assert_int_equal(options.months[1], 12);
    assert_int_equal(options.months[2], 36);
    options.months[0] = 6, options.months[1] = 7, options.months[2] = 8;
    const int32_t ends[] = {day(2024, 7, 15), day(2024, 8, 15),
                            day(2024, 9, 15)};
    for (int i = 0; i < 3; i++) {
        assert_status(kam_stage_assign(&column, 1, ends[i] - 1, &options, NULL,
                                       &out, NULL),
                      KAM_OK);
        assert_int_equal(stage, i);
        assert_status(kam_stage_assign(&column, 1, ends[i], &options, NULL,
                                       &out, NULL),
                      KAM_OK);
        assert_int_equal(stage, i + 1);
    }
    memset(options.months, 0, sizeof options.months); /* as NULL */
    assert_status(kam_stage_assign(&column, 1, day(2024, 4, 15), &options, NULL,
                                   &out, NULL),
                  KAM_OK);
    assert_int_equal(stage, KAM_STAGE_STABLE);
}

/* Many at once, in any order, as one by one. */
static void test_one_is_many(void **state) {
    (void)state;
    enum { N = 1000 };
    static int32_t contract[N], stage[N], other[N];
    const int32_t today = day(2024, 6, 30);
    const kam_column column = days_of(contract);
    const kam_stage_out out = {.struct_size = sizeof out, .stage = stage};
    kam_host host = {.struct_size = sizeof host, .parallel_for = run_backwards};
    for (int i = 0; i < N; i++) contract[i] = today - i * 3 + 20;
    assert_status(kam_stage_assign(&column, N, today, NULL, NULL, &out, NULL),
                  KAM_OK);
    const kam_stage_out again = {.struct_size = sizeof again, .stage = other};
    assert_status(kam_stage_assign(&column, N, today, NULL, &host, &again,
                                   NULL),
                  KAM_OK);
    assert_memory_equal(stage, other, sizeof stage);
    for (int i = 0; i < N; i++) {
        kam_column one = column;
        int32_t alone;
        const kam_stage_out to = {.struct_size = sizeof to, .stage = &alone};
        one.offset = i;
        assert_status(kam_stage_assign(&one, 1, today, NULL, NULL, &to, NULL),
                      KAM_OK);
        assert_int_equal(alone, stage[i]);
    }
}

/* The stage by the calendar itself, one contract at a time. */
static int32_t slow_stage(int32_t contract, int32_t as_of,
                          const int32_t *months, int32_t *next) {
    int32_t stage = 0;
    *next = KAM_NO_DAY;
    for (; stage < 3; stage++) {
        int32_t ends;
        if (kam_calendar_add_months(contract, months[stage], &ends) != KAM_OK)
            ends = 2932896;
        if (as_of < ends) {
            *next = ends;
            break;
        }
    }
    return stage;
}

/* The next stage of many contracts is looked up, that of one is found: the same,
 * on every day around the limits and for days that are none. */
static void check_many(const kam_stage_options *options, int32_t step) {
    enum { N = 20000 };
    static int32_t contract[N], next[N];
    static double left[N];
    static uint32_t flags[N];
    const int32_t today = day(2024, 2, 29);
    const kam_column column = days_of(contract);
    const kam_stage_out out = {.struct_size = sizeof out,
                               .next_day = next,
                               .days_to_next = left,
                               .row_flags = flags};
    for (int i = 0; i < N; i++) contract[i] = today + 50 - i % 2000 * step;
    contract[7] = KAM_NO_DAY, contract[8] = INT32_MAX;
    contract[9] = day(1, 1, 1);
    assert_status(kam_stage_assign(&column, N, today, options, NULL, &out,
                                   NULL),
                  KAM_OK);
    int32_t ahead = 0;
    for (int i = 0; i < 2000; i++) {
        kam_column one = column;
        double days = 0;
        int32_t then = 0;
        uint32_t flag = 0;
        const kam_stage_out to = {.struct_size = sizeof to,
                                  .next_day = &then,
                                  .days_to_next = &days,
                                  .row_flags = &flag};
        one.offset = i;
        assert_status(kam_stage_assign(&one, 1, today, options, NULL, &to,
                                       NULL),
                      KAM_OK);
        assert_memory_equal(&days, &left[i], sizeof days);
        assert_int_equal(then, next[i]);
        assert_int_equal(flag, flags[i]);
        ahead += days > 0;
    }
    assert_in_range(ahead, 100, 1999);
}

static void test_many(void **state) {
    (void)state;
    kam_stage_options days = {.struct_size = sizeof days, .months = {1, 2, 3}};
    kam_stage_options decades = {.struct_size = sizeof decades,
                                 .months = {3, 12, 120}};
    check_many(NULL, 1);
    check_many(&days, 1);
    check_many(&decades, 2);
}

enum { DAYS = 1464 }; /* four years and a little */

/* Every contract day around, at every instruction set, from the calendar's first
 * days to its last. */
static void test_every_day(void **state) {
    (void)state;
    static int32_t contract[DAYS], stage[DAYS], next[DAYS];
    const int32_t as_of[] = {-719162 + 40,      day(1900, 2, 28),
                             day(1970, 1, 1),   day(2000, 2, 29),
                             day(2023, 2, 28),  day(2024, 2, 29),
                             day(2024, 3, 31),  day(2025, 11, 30),
                             day(9999, 12, 30), 2932896};
    const kam_stage_options options = {.struct_size = sizeof options,
                                       .months = {1, 11, 37}};
    for (size_t t = 0; t < sizeof as_of / sizeof *as_of; t++)
        for (int32_t isa = KAM_ISA_BASE; isa <= KAM_ISA_V4; isa++) {
            const kam_host host = {.struct_size = sizeof host, .isa = isa};
            for (int i = 0; i < DAYS; i++) {
                contract[i] = as_of[t] - DAYS + 1 + i;
                if (contract[i] < -719162) contract[i] = -719162 + i % 40;
            }
            const kam_column column = days_of(contract);
            const kam_stage_out out = {.struct_size = sizeof out,
                                       .stage = stage,
                                       .next_day = next};
            assert_status(kam_stage_assign(&column, DAYS, as_of[t], &options,
                                           &host, &out, NULL),
                          KAM_OK);
            for (int i = 0; i < DAYS; i++) {
                int32_t expected;
                assert_int_equal(stage[i],
                                 slow_stage(contract[i], as_of[t],
                                            options.months, &expected));
                assert_int_equal(next[i], expected);
            }
        }
}

static void test_names(void **state) {
    (void)state;
    const char *const en[] = {"unknown", "initial",   "stable",
                              "deep",    "symbiosis", "unknown"};
    const char *const zh[] = {"未知",     "初步合作", "稳定合作",
                              "深度绑定", "价值共生", "未知"};
    for (int32_t i = 0; i < 6; i++) {
        assert_string_equal(kam_stage_name(i - 1, KAM_EN), en[i]);
        assert_string_equal(kam_stage_name(i - 1, KAM_ZH), zh[i]);
    }
}

static void test_bad_arguments(void **state) {
    (void)state;
    const int32_t contract = 0;
    const kam_column column = days_of(&contract);
    int32_t stage = 77;
    const kam_stage_out out = {.struct_size = sizeof out, .stage = &stage};
    const kam_stage_options falling = {.struct_size = sizeof falling,
                                       .months = {3, 3, 36}};
    const double number = 0;
    const kam_column wrong = column_of(&number);
    assert_status(kam_stage_assign(NULL, 1, 0, NULL, NULL, &out, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_stage_assign(&column, -1, 0, NULL, NULL, &out, NULL),
                  KAM_ERR_SHAPE);
    assert_status(kam_stage_assign(&wrong, 1, 0, NULL, NULL, &out, NULL),
                  KAM_ERR_TYPE);
    assert_status(kam_stage_assign(&column, 1, 0, &falling, NULL, &out, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_stage_assign(&column, 1, 0, NULL, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    assert_int_equal(stage, 77);
    assert_status(kam_stage_options_init(NULL, 8), KAM_ERR_NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_short_months),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_other_limits),
        cmocka_unit_test(test_one_is_many),
        cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_bad_arguments),
    };
    return cmocka_run_group_tests_name("stage", tests, NULL, NULL);
}
