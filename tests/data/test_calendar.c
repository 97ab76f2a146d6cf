/* SPDX-License-Identifier: MIT */
#include "support/check.h"

static int32_t day(int32_t year, int32_t month, int32_t day_of_month) {
    int32_t number = KAM_NO_DAY;
    assert_status(kam_calendar_day(year, month, day_of_month, &number), KAM_OK);
    return number;
}

/* Known day numbers: Unix time / 86400 of the midnights (POSIX.1-2017, 4.16,
 * gives 1970-01-01 as 0 and 365 days to 1971-01-01), and the length of the
 * Gregorian cycle of 400 years: 146,097 days. */
static void known_days(void **state) {
    (void)state;
    assert_int_equal(day(1970, 1, 1), 0);
    assert_int_equal(day(1971, 1, 1), 365);
    assert_int_equal(day(1969, 12, 31), -1);
    assert_int_equal(day(2000, 3, 1), 11017); /* 951868800 s */
    assert_int_equal(day(2000, 2, 29), 11016);
    assert_int_equal(day(2038, 1, 19), 24855); /* 2^31 s */
    assert_int_equal(day(1997, 9, 30), 10134); /* 875577600 s */
    assert_int_equal(day(2400, 1, 1) - day(2000, 1, 1), 146097);
    assert_int_equal(day(1, 1, 1), -719162);
    assert_int_equal(day(9999, 12, 31), 2932896);
}

/* Walks every day of the years 1 to 9999 with a month table of its own. */
static void every_day_and_back(void **state) {
    (void)state;
    static const int32_t length[] = {31, 28, 31, 30, 31, 30,
                                     31, 31, 30, 31, 30, 31};
    int32_t expected = -719162;
    for (int32_t y = 1; y <= 9999; y++)
        for (int32_t m = 1; m <= 12; m++) {
            const int leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
            const int32_t days = length[m - 1] + (m == 2 && leap);
            for (int32_t d = 1; d <= days; d++, expected++) {
                int32_t number, year, month, of_month;
                const kam_status a = kam_calendar_day(y, m, d, &number);
                const kam_status b =
                    kam_calendar_date(expected, &year, &month, &of_month);
                if (a || b || number != expected || year != y || month != m ||
                    of_month != d)
                    fail_msg("%d-%02d-%02d", y, m, d);
            }
            int32_t number = 7;
            if (kam_calendar_day(y, m, days + 1, &number) != KAM_ERR_OPTION ||
                number != 7)
                fail_msg("%d-%02d-%02d is taken for a date", y, m, days + 1);
        }
    assert_int_equal(expected, 2932897);
}

static void no_such_date(void **state) {
    (void)state;
    const int32_t date[][3] = {{0, 1, 1},
                               {10000, 1, 1},
                               {2000, 0, 1},
                               {2000, 13, 1},
                               {2000, 1, 0},
                               {2000, 1, 32},
                               {1900, 2, 29},
                               {-4, 2, 29},
                               {2001, 2, 29},
                               {2000, 4, 31},
                               {2000, 1, -1},
                               {INT32_MAX, 1, 1},
                               {2000, 1, INT32_MAX},
                               {2000, INT32_MIN, 1}};
    for (size_t i = 0; i < sizeof date / sizeof *date; i++) {
        int32_t number = 7;
        assert_status(kam_calendar_day(date[i][0], date[i][1], date[i][2],
                                       &number),
                      KAM_ERR_OPTION);
        assert_int_equal(number, 7);
    }
    const int32_t number[] = {-719163, 2932897, INT32_MIN, INT32_MAX};
    for (int i = 0; i < 4; i++) {
        int32_t y = 7, m = 7, d = 7;
        assert_status(kam_calendar_date(number[i], &y, &m, &d), KAM_ERR_OPTION);
        assert_true(y == 7 && m == 7 && d == 7);
        assert_status(kam_calendar_add_months(number[i], 0, &y),
                      KAM_ERR_OPTION);
    }
}

static void null_outputs(void **state) {
    (void)state;
    int32_t x;
    assert_status(kam_calendar_day(2000, 1, 1, NULL), KAM_ERR_NULL);
    assert_status(kam_calendar_date(0, NULL, &x, &x), KAM_ERR_NULL);
    assert_status(kam_calendar_date(0, &x, NULL, &x), KAM_ERR_NULL);
    assert_status(kam_calendar_date(0, &x, &x, NULL), KAM_ERR_NULL);
    assert_status(kam_calendar_add_months(0, 1, NULL), KAM_ERR_NULL);
}

static int32_t step(int32_t from, int32_t months) {
    int32_t to = KAM_NO_DAY;
    assert_status(kam_calendar_add_months(from, months, &to), KAM_OK);
    return to;
}

static void months_by_hand(void **state) {
    (void)state;
    assert_int_equal(step(day(2023, 1, 31), 1), day(2023, 2, 28));
    assert_int_equal(step(day(2024, 1, 31), 1), day(2024, 2, 29));
    assert_int_equal(step(day(2024, 2, 29), 12), day(2025, 2, 28));
    assert_int_equal(step(day(2024, 2, 29), 48), day(2028, 2, 29));
    assert_int_equal(step(day(2024, 2, 29), -12 * 124), day(1900, 2, 28));
    assert_int_equal(step(day(2023, 3, 31), -1), day(2023, 2, 28));
    assert_int_equal(step(day(2023, 5, 31), -3), day(2023, 2, 28));
    assert_int_equal(step(day(2023, 8, 31), 1), day(2023, 9, 30));
    assert_int_equal(step(day(2023, 12, 15), 1), day(2024, 1, 15));
    assert_int_equal(step(day(2023, 1, 15), -1), day(2022, 12, 15));
    assert_int_equal(step(day(2023, 7, 4), 0), day(2023, 7, 4));
    assert_int_equal(step(day(9999, 11, 30), 1), day(9999, 12, 30));
    assert_int_equal(step(day(1, 1, 31), 119987), day(9999, 12, 31));
}

/* Every month end of 400 years lands on the month end it should. */
static void month_ends(void **state) {
    (void)state;
    int32_t y, m, d;
    for (int32_t months = 0; months < 4800; months++) {
        const int32_t to = step(day(2000, 1, 31), months);
        assert_status(kam_calendar_date(to + 1, &y, &m, &d), KAM_OK);
        assert_int_equal(d, 1);
        assert_int_equal(12 * y + m, 12 * 2000 + 2 + months);
        assert_int_equal(step(day(2399, 12, 31), -months) + 1,
                         step(day(2400, 1, 1), -months));
    }
}

static void months_beyond_the_years(void **state) {
    (void)state;
    int32_t to = 7;
    assert_status(kam_calendar_add_months(day(9999, 12, 1), 1, &to),
                  KAM_ERR_OPTION);
    assert_status(kam_calendar_add_months(day(1, 1, 1), -1, &to),
                  KAM_ERR_OPTION);
    assert_status(kam_calendar_add_months(0, INT32_MAX, &to), KAM_ERR_OPTION);
    assert_status(kam_calendar_add_months(0, INT32_MIN, &to), KAM_ERR_OPTION);
    assert_int_equal(to, 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_days),
        cmocka_unit_test(every_day_and_back),
        cmocka_unit_test(no_such_date),
        cmocka_unit_test(null_outputs),
        cmocka_unit_test(months_by_hand),
        cmocka_unit_test(month_ends),
        cmocka_unit_test(months_beyond_the_years),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
