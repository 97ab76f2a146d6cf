/* SPDX-License-Identifier: MIT */
#include <kam/calendar.h>

#include <stddef.h>

#include "data/calendar.h"

/* Years begin in March here, so that the day that comes and goes is the last of
 * the year; 400 of them have 146,097 days. Day 0 is 1 March of the year 0. After
 * Hinnant, "chrono-Compatible Low-Level Date Algorithms", 2013. */
enum {
    DAYS_IN_400_YEARS = 146097,
    DAYS_IN_100_YEARS = 36524,
    DAYS_IN_4_YEARS = 1461,
    DAYS_IN_YEAR = 365,
    EPOCH = 719468 /* 1970-01-01 */
};

static int is_no_day(int32_t day_number) {
    return day_number < KAM__FIRST_DAY || day_number > KAM__LAST_DAY;
}

static int is_leap(int32_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int32_t days_in_month(int32_t year, int32_t month) {
    if (month == 2) return 28 + is_leap(year);
    return 30 + ((month + month / 8) & 1);
}

/* Days before the month, counted from March (0) to February (11): 31 30 31 30 31
 * again and again. */
static int32_t days_before(int32_t month_from_march) {
    return (153 * month_from_march + 2) / 5;
}

static int32_t day_of(int32_t year, int32_t month, int32_t day) {
    const int32_t from_march = (month + 9) % 12;
    const int32_t y = year - (month < 3);
    return DAYS_IN_YEAR * y + y / 4 - y / 100 + y / 400 +
           days_before(from_march) + day - 1 - EPOCH;
}

static void date_of(int32_t day_number, int32_t *year, int32_t *month,
                    int32_t *day) {
    const int32_t z = day_number + EPOCH;
    int32_t rest = z % DAYS_IN_400_YEARS;
    /* The last day of a leap cycle would else count as a cycle of its own. */
    const int32_t y =
        (rest - rest / (DAYS_IN_4_YEARS - 1) + rest / DAYS_IN_100_YEARS -
         rest / (DAYS_IN_400_YEARS - 1)) /
        DAYS_IN_YEAR;
    rest -= DAYS_IN_YEAR * y + y / 4 - y / 100;
    const int32_t from_march = (5 * rest + 2) / 153;
    *day = rest - days_before(from_march) + 1;
    *month = from_march < 10 ? from_march + 3 : from_march - 9;
    *year = z / DAYS_IN_400_YEARS * 400 + y + (*month < 3);
}

kam_status kam_calendar_day(int32_t year, int32_t month, int32_t day,
                            int32_t *day_number) {
    if (!day_number) return KAM_ERR_NULL;
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month))
        return KAM_ERR_OPTION;
    *day_number = day_of(year, month, day);
    return KAM_OK;
}

kam_status kam_calendar_date(int32_t day_number, int32_t *year, int32_t *month,
                             int32_t *day) {
    if (!year || !month || !day) return KAM_ERR_NULL;
    if (is_no_day(day_number)) return KAM_ERR_OPTION;
    date_of(day_number, year, month, day);
    return KAM_OK;
}

kam_status kam_calendar_add_months(int32_t day_number, int32_t months,
                                   int32_t *result) {
    int32_t year, month, day;
    if (!result) return KAM_ERR_NULL;
    if (is_no_day(day_number)) return KAM_ERR_OPTION;
    date_of(day_number, &year, &month, &day);
    const int64_t count = (int64_t)year * 12 + (month - 1) + months;
    if (count < 12 || count >= 12 * INT64_C(10000)) return KAM_ERR_OPTION;
    year = (int32_t)(count / 12);
    month = (int32_t)(count % 12) + 1;
    const int32_t last = days_in_month(year, month);
    *result = day_of(year, month, day < last ? day : last);
    return KAM_OK;
}
