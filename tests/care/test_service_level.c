/* SPDX-License-Identifier: MIT */
/* Service levels (L3). */
#include "support/check.h"
#include "support/hosts.h"

enum { HOUR = 3600, DAY = 86400 };

static int64_t at(int year, int month, int day, int hour) {
    int32_t number;
    assert_status(kam_calendar_day(year, month, day, &number), KAM_OK);
    return (int64_t)number * DAY + hour * HOUR;
}

static kam_column times_of(const int64_t *values) {
    kam_column column = {0};
    column.values = values;
    column.type = KAM_I64;
    return column;
}

struct answer {
    int64_t due;
    double hours, left;
    int32_t met;
    uint32_t flags;
};

static struct answer read(int64_t started, int64_t stopped, double limit,
                          int64_t now, const kam_business_hours *hours) {
    struct answer a;
    const uint8_t running = 0;
    kam_service_level_clocks clocks = {.struct_size = sizeof clocks,
                                       .n_rows = 1,
                                       .started = times_of(&started),
                                       .stopped = times_of(&stopped),
                                       .limit = column_of(&limit)};
    const kam_service_level_out out = {.struct_size = sizeof out,
                                       .due = &a.due,
                                       .hours = &a.hours,
                                       .hours_left = &a.left,
                                       .met = &a.met,
                                       .row_flags = &a.flags};
    if (stopped == KAM_NO_TIME) clocks.stopped.validity = &running;
    assert_status(kam_service_level_clock(&clocks, hours, now, NULL, &out,
                                          NULL),
                  KAM_OK);
    return a;
}

/* A ticket over a weekend and a holiday: Friday 2024-05-31 17:00, the Monday
 * after is off. */
static void test_weekend_and_holiday(void **state) {
    (void)state;
    kam_business_hours hours;
    const int32_t holiday = (int32_t)(at(2024, 6, 3, 0) / DAY);
    const int64_t opened = at(2024, 5, 31, 17), now = at(2024, 6, 30, 0);
    assert_status(kam_business_hours_init(&hours, sizeof hours), KAM_OK);
    hours.holidays = &holiday;
    hours.n_holidays = 1;
    /* 4 h: one on Friday, three on Tuesday. */
    struct answer a = read(opened, at(2024, 6, 4, 12), 4, now, &hours);
    assert_int_equal(a.due, at(2024, 6, 4, 12));
    assert_bits(a.hours, 4);
    assert_bits(a.left, 0);
    assert_int_equal(a.met, 1); /* exactly at the limit is within it */
    a = read(opened, at(2024, 6, 4, 12) + 1, 4, now, &hours);
    assert_int_equal(a.met, 0);
    assert_relative(a.left, -1.0 / 3600, 1e-12);
    /* The same by the wall: 91 hours. */
    a = read(opened, at(2024, 6, 4, 12), 4, now, NULL);
    assert_bits(a.hours, 91);
    assert_int_equal(a.met, 0);
    assert_int_equal(a.due, opened + 4 * HOUR);
}

/* L3: 24 h and 48 h. Running is undecided until the limit is passed. */
static void test_running(void **state) {
    (void)state;
    const int64_t opened = at(2024, 5, 1, 8);
    struct answer a = read(opened, KAM_NO_TIME, 24, opened + 24 * HOUR, NULL);
    assert_int_equal(a.met, -1);
    assert_bits(a.left, 0);
    a = read(opened, KAM_NO_TIME, 24, opened + 24 * HOUR + 1, NULL);
    assert_int_equal(a.met, 0);
    /* What stops tomorrow runs today. */
    a = read(opened, opened + 30 * HOUR, 48, opened + 20 * HOUR, NULL);
    assert_bits(a.hours, 20);
    assert_int_equal(a.met, -1);
    a = read(opened, opened + 30 * HOUR, 48, opened + 40 * HOUR, NULL);
    assert_bits(a.hours, 30);
    assert_int_equal(a.met, 1);
}

static void test_missing_and_wrong(void **state) {
    (void)state;
    const int64_t now = at(2024, 5, 1, 8);
    struct answer a = read(now - HOUR, now, NAN, now, NULL);
    assert_int_equal(a.due, KAM_NO_TIME);
    assert_bits(a.hours, 1);
    assert_true(isnan(a.left));
    assert_int_equal(a.met, -1);
    assert_int_equal(a.flags, 0);
    a = read(now - HOUR, now, -1, now, NULL);
    assert_int_equal(a.flags, KAM_ROW_DOMAIN);
    a = read(now + 1, KAM_NO_TIME, 1, now, NULL);
    assert_int_equal(a.flags, KAM_ROW_DOMAIN);
    assert_true(isnan(a.hours));
    a = read(now, now - 1, 1, now, NULL);
    assert_int_equal(a.flags, KAM_ROW_DOMAIN);
    a = read(INT64_MIN, KAM_NO_TIME, 1, now, NULL);
    assert_int_equal(a.flags, KAM_ROW_MISSING);
    assert_int_equal(a.met, -1);
}

static void test_limits(void **state) {
    (void)state;
    const double stage[] = {0, 0, 0, 0, 1, 2, 3, NAN, 0, 4, 0.5};
    const double service[] = {0, 1, 2, 3, 2, 2, 1, 0, NAN, 0, 0};
    const double expected[] = {24, 48, NAN, 24, 1, 1, 48, NAN, NAN, NAN, NAN};
    const uint32_t flags[] = {0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              0,
                              KAM_ROW_MISSING,
                              KAM_ROW_MISSING,
                              KAM_ROW_DOMAIN,
                              KAM_ROW_DOMAIN};
    const kam_column of_stage = column_of(stage), of = column_of(service);
    double hours[11];
    uint32_t row_flags[11];
    assert_status(kam_service_level_limits(&of_stage, &of, 11, NULL, NULL,
                                           hours, row_flags, NULL),
                  KAM_OK);
    for (int i = 0; i < 11; i++) {
        assert_int_equal(row_flags[i], flags[i]);
        if (isnan(expected[i]))
            assert_true(isnan(hours[i]));
        else
            assert_bits(hours[i], expected[i]);
    }
    kam_service_level_options options;
    assert_status(kam_service_level_options_init(&options, sizeof options),
                  KAM_OK);
    options.hours[0][0] = 8;
    assert_status(kam_service_level_limits(&of_stage, &of, 11, &options, NULL,
                                           hours, NULL, NULL),
                  KAM_OK);
    assert_bits(hours[0], 8);
    options.hours[3][3] = -1;
    assert_status(kam_service_level_limits(&of_stage, &of, 11, &options, NULL,
                                           hours, NULL, NULL),
                  KAM_ERR_OPTION);
}

/* L3: first orders come one to two days early. */
static void test_first_orders(void **state) {
    (void)state;
    const int32_t promised[] = {100, 100, 100, 100, 102, 101, KAM_NO_DAY, 100};
    const int32_t delivered[] = {98,         99,         100, 101,
                                 KAM_NO_DAY, KAM_NO_DAY, 99,  200};
    const double early[] = {2, 1, 0, -1, 1, 0, NAN, -1};
    const int32_t expected[] = {1, 1, 0, 0, -1, 0, -1, 0};
    kam_service_level_orders orders = {.struct_size = sizeof orders,
                                       .as_of_day = 101,
                                       .n_rows = 8};
    double days[8];
    int32_t met[8];
    orders.promised_day.values = promised;
    orders.delivered_day.values = delivered;
    orders.promised_day.type = orders.delivered_day.type = KAM_DAY;
    assert_status(kam_service_level_first_orders(&orders, NULL, NULL, days, met,
                                                 NULL),
                  KAM_OK);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(met[i], expected[i]);
        if (isnan(early[i]))
            assert_true(isnan(days[i]));
        else
            assert_bits(days[i], early[i]);
    }
}

static void test_one_is_many(void **state) {
    (void)state;
    enum { N = 700 };
    static int64_t started[N], stopped[N], due[N], other[N];
    static double limit[N];
    kam_business_hours hours;
    const int64_t now = at(2024, 6, 1, 0);
    kam_service_level_clocks clocks = {.struct_size = sizeof clocks,
                                       .n_rows = N,
                                       .started = times_of(started),
                                       .stopped = times_of(stopped),
                                       .limit = column_of(limit)};
    kam_service_level_out out = {.struct_size = sizeof out, .due = due};
    kam_host host = {.struct_size = sizeof host, .parallel_for = run_odd_first};
    uint64_t seed = 3;
    assert_status(kam_business_hours_init(&hours, sizeof hours), KAM_OK);
    for (int i = 0; i < N; i++) {
        started[i] = now - (int64_t)(random_unit(&seed) * 1e7);
        stopped[i] = started[i] + (int64_t)(random_unit(&seed) * 1e6);
        limit[i] = floor(random_unit(&seed) * 100);
    }
    assert_status(kam_service_level_clock(&clocks, &hours, now, NULL, &out,
                                          NULL),
                  KAM_OK);
    out.due = other;
    assert_status(kam_service_level_clock(&clocks, &hours, now, &host, &out,
                                          NULL),
                  KAM_OK);
    assert_memory_equal(due, other, sizeof due);
    for (int i = 0; i < N; i += 13)
        assert_int_equal(
            read(started[i], stopped[i], limit[i], now, &hours).due, due[i]);
}

static void test_bad_arguments(void **state) {
    (void)state;
    const int64_t time = 0;
    const double number = 0;
    kam_service_level_clocks clocks = {.struct_size = sizeof clocks,
                                       .n_rows = 1,
                                       .started = times_of(&time)};
    const kam_service_level_out out = {.struct_size = sizeof out};
    assert_status(kam_service_level_clock(NULL, NULL, 0, NULL, &out, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_service_level_clock(&clocks, NULL, 0, NULL, NULL, NULL),
                  KAM_ERR_NULL);
    assert_status(kam_service_level_clock(&clocks, NULL, INT64_MAX, NULL, &out,
                                          NULL),
                  KAM_ERR_OPTION);
    clocks.started = column_of(&number);
    assert_status(kam_service_level_clock(&clocks, NULL, 0, NULL, &out, NULL),
                  KAM_ERR_TYPE);
    clocks.n_rows = -1;
    assert_status(kam_service_level_clock(&clocks, NULL, 0, NULL, &out, NULL),
                  KAM_ERR_SHAPE);
    assert_status(kam_service_level_first_orders(NULL, NULL, NULL, NULL, NULL,
                                                 NULL),
                  KAM_ERR_NULL);
    assert_status(kam_service_level_limits(NULL, NULL, 0, NULL, NULL, NULL,
                                           NULL, NULL),
                  KAM_ERR_NULL);
    kam_service_level_options options = {.struct_size = sizeof options};
    kam_diag diag = {.struct_size = sizeof diag};
    const double tier = 0;
    const kam_column tiers = column_of(&tier);
    double hours[4] = {7, 7, 7, 7};
    options.early_days = -1;
    assert_status(kam_service_level_limits(&tiers, &tiers, 1, &options, NULL,
                                           hours, NULL, &diag),
                  KAM_ERR_OPTION);
    assert_string_equal(diag.argument, "options.early_days");
    assert_bits(hours[0], 7);
    assert_status(kam_service_level_options_init(NULL, 8), KAM_ERR_NULL);
    assert_string_equal(kam_service_level_name(0, KAM_EN), "reply");
    assert_string_equal(kam_service_level_name(3, KAM_ZH), "对接人交接");
    assert_string_equal(kam_service_level_name(4, KAM_EN), "unknown");
    assert_string_equal(kam_service_level_name(-1, KAM_ZH), "未知");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weekend_and_holiday),
        cmocka_unit_test(test_running),
        cmocka_unit_test(test_missing_and_wrong),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_first_orders),
        cmocka_unit_test(test_one_is_many),
        cmocka_unit_test(test_bad_arguments),
    };
    return cmocka_run_group_tests_name("service_level", tests, NULL, NULL);
}
