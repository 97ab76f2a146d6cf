/* SPDX-License-Identifier: MIT */
#include "support/check.h"

#include "support/hosts.h"

enum { HOUR = 3600, DAY = 86400 };

static int64_t at(int year, int month, int day, int hour, int minute) {
    int32_t number;
    assert_status(kam_calendar_day(year, month, day, &number), KAM_OK);
    return (int64_t)number * DAY + hour * HOUR + minute * 60;
}

static kam_business_hours office(void) {
    kam_business_hours hours;
    assert_status(kam_business_hours_init(&hours, sizeof hours), KAM_OK);
    return hours;
}

static int64_t between(const kam_business_hours *hours, int64_t from,
                       int64_t to) {
    int64_t seconds = -1;
    assert_status(kam_business_between(hours, from, to, &seconds, NULL),
                  KAM_OK);
    return seconds;
}

static int64_t after(const kam_business_hours *hours, int64_t from,
                     int64_t seconds) {
    int64_t time = -1;
    assert_status(kam_business_after(hours, from, seconds, &time, NULL),
                  KAM_OK);
    return time;
}

/* 2024-02-09 was a Friday. */
static void test_weekends(void **state) {
    (void)state;
    const kam_business_hours hours = office();
    const int64_t friday = at(2024, 2, 9, 17, 0);
    const int64_t monday = at(2024, 2, 12, 10, 0);
    assert_int_equal(between(&hours, friday, monday), 2 * HOUR);
    assert_int_equal(between(&hours, monday, friday), -2 * HOUR);
    assert_int_equal(between(NULL, friday, monday), 65 * HOUR);
    assert_int_equal(after(&hours, friday, 2 * HOUR), monday);
    /* Closing time is closing time, not the next opening. */
    assert_int_equal(after(&hours, friday, HOUR), at(2024, 2, 9, 18, 0));
    assert_int_equal(after(&hours, friday, HOUR + 1),
                     at(2024, 2, 12, 9, 0) + 1);
    assert_int_equal(after(&hours, friday, 0), friday);
    assert_int_equal(after(NULL, friday, 24 * HOUR), friday + DAY);
    /* Saturday morning: the clock starts on Monday at nine. */
    assert_int_equal(after(&hours, at(2024, 2, 10, 8, 0), HOUR), monday);
    assert_int_equal(between(&hours, at(2024, 2, 10, 8, 0), monday), HOUR);
    /* 24 business hours from Thursday 17:00: 1 + 9 + 9 + 5. */
    assert_int_equal(after(&hours, at(2024, 2, 8, 17, 0), 24 * HOUR),
                     at(2024, 2, 13, 14, 0));
}

/* Chinese New Year 2024: 10 to 17 February, of which 12 to 16 are weekdays. */
static void test_holidays(void **state) {
    (void)state;
    kam_business_hours hours = office();
    int32_t holidays[8];
    for (int i = 0; i < 8; i++)
        holidays[i] = (int32_t)(at(2024, 2, 10 + i, 0, 0) / DAY);
    hours.holidays = holidays;
    hours.n_holidays = 8;
    const int64_t friday = at(2024, 2, 9, 17, 0);
    assert_int_equal(after(&hours, friday, 2 * HOUR), at(2024, 2, 19, 10, 0));
    assert_int_equal(between(&hours, friday, at(2024, 2, 19, 10, 0)), 2 * HOUR);
    assert_int_equal(between(&hours, at(2024, 2, 12, 10, 0),
                             at(2024, 2, 14, 10, 0)),
                     0);
    assert_int_equal(after(&hours, at(2024, 2, 14, 12, 0), 60),
                     at(2024, 2, 19, 9, 1));
}

/* Against counting minute by minute. */
static void test_against_counting(void **state) {
    (void)state;
    kam_business_hours hours = office();
    const int32_t holidays[] = {-3, 0, 7, 8, 9, 20};
    hours.holidays = holidays;
    hours.n_holidays = 6;
    hours.open_minute[5] = 600, hours.close_minute[5] = 720; /* Saturday */
    hours.close_minute[2] = 1440;                            /* Wednesday */
    hours.open_minute[3] = 0;                                /* Thursday */
    uint64_t seed = 9;
    for (int round = 0; round < 200; round++) {
        const int64_t from = (int64_t)(random_unit(&seed) * 20000 - 8000) * 60;
        const int64_t to = from + (int64_t)(random_unit(&seed) * 30000) * 60;
        int64_t counted = 0;
        for (int64_t t = from; t < to; t += 60) {
            const int64_t day = t / DAY - (t % DAY < 0);
            const int64_t minute = (t - day * DAY) / 60;
            const int64_t weekday = ((day + 3) % 7 + 7) % 7;
            int shut = 0;
            for (int i = 0; i < 6; i++) shut |= holidays[i] == day;
            if (!shut && minute >= hours.open_minute[weekday] &&
                minute < hours.close_minute[weekday])
                counted += 60;
        }
        assert_int_equal(between(&hours, from, to), counted);
        /* The earliest time at which so much has passed. */
        if (counted > 0) {
            const int64_t due = after(&hours, from, counted);
            assert_true(due <= to);
            assert_int_equal(between(&hours, from, due), counted);
            assert_int_equal(between(&hours, from, due - 1), counted - 1);
        }
    }
}

static void test_long_spans(void **state) {
    (void)state;
    const kam_business_hours hours = office();
    const int64_t from = at(2000, 1, 3, 9, 0); /* a Monday */
    assert_int_equal(after(&hours, from, INT64_C(45) * HOUR * 1000 + HOUR),
                     from + INT64_C(7000) * DAY + HOUR);
    assert_int_equal(between(&hours, at(1, 1, 1, 0, 0),
                             at(9999, 12, 31, 0, 0)) > 0,
                     1);
}

static void refuse(kam_status expected, const char *argument,
                   const kam_business_hours *hours) {
    int64_t seconds = 77;
    kam_diag diag = {.struct_size = sizeof diag};
    assert_status(kam_business_between(hours, 0, 1, &seconds, &diag), expected);
    assert_string_equal(diag.argument, argument);
    assert_int_equal(seconds, 77);
}

static void test_bad_arguments(void **state) {
    (void)state;
    kam_business_hours hours = office();
    const int32_t days[] = {5, 5};
    int64_t seconds;
    hours.struct_size = 4;
    refuse(KAM_ERR_STRUCT, "hours", &hours);
    hours = office(), hours.open_minute[1] = -1;
    refuse(KAM_ERR_OPTION, "hours.open_minute", &hours);
    hours = office(), hours.close_minute[1] = 500;
    refuse(KAM_ERR_OPTION, "hours.close_minute", &hours);
    hours = office(), hours.close_minute[1] = 1441;
    refuse(KAM_ERR_OPTION, "hours.close_minute", &hours);
    hours = office(), hours.n_holidays = -1;
    refuse(KAM_ERR_OPTION, "hours.n_holidays", &hours);
    hours = office(), hours.n_holidays = 2;
    refuse(KAM_ERR_NULL, "hours.holidays", &hours);
    hours.holidays = days;
    refuse(KAM_ERR_OPTION, "hours.holidays", &hours);
    hours = office();
    for (int i = 0; i < 7; i++) hours.close_minute[i] = hours.open_minute[i];
    refuse(KAM_ERR_OPTION, "hours.open_minute", &hours);
    hours = office();
    assert_status(kam_business_hours_init(NULL, 8), KAM_ERR_NULL);
    assert_status(kam_business_hours_init(&hours, 8), KAM_ERR_STRUCT);
    hours = office();
    assert_status(kam_business_between(&hours, 0, 1, NULL, NULL), KAM_ERR_NULL);
    assert_status(kam_business_between(&hours, INT64_MIN, 1, &seconds, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_business_between(&hours, 0, INT64_MAX, &seconds, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_business_after(&hours, 0, -1, &seconds, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_business_after(&hours, 0, (INT64_C(1) << 40) + 1,
                                     &seconds, NULL),
                  KAM_ERR_OPTION);
    /* Some 130,000 years of weeks of 45 hours. */
    assert_status(kam_business_after(&hours, 0, INT64_C(1) << 40, &seconds,
                                     NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_business_after(&hours, INT64_MAX, 0, &seconds, NULL),
                  KAM_ERR_OPTION);
    assert_status(kam_business_after(&hours, 0, 0, NULL, NULL), KAM_ERR_NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weekends),
        cmocka_unit_test(test_holidays),
        cmocka_unit_test(test_against_counting),
        cmocka_unit_test(test_long_spans),
        cmocka_unit_test(test_bad_arguments),
    };
    return cmocka_run_group_tests_name("business", tests, NULL, NULL);
}
