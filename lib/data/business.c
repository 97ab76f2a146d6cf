/* SPDX-License-Identifier: MIT */
#include "data/business.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/sized.h"

enum { MINUTES_A_DAY = 1440 };

static const int64_t MOST_SECONDS = INT64_C(1) << 40;

kam_status kam_business_hours_init(kam_business_hours *hours,
                                   uint32_t struct_size) {
    kam_business_hours ours;
    memset(&ours, 0, sizeof ours);
    for (int i = 0; i < 5; i++) {
        ours.open_minute[i] = 9 * 60;
        ours.close_minute[i] = 18 * 60;
    }
    return kam__sized_init(hours, struct_size, &ours, sizeof ours,
                           KAM__FIRST(kam_business_hours));
}

static kam_status check(const kam_business_hours *h, kam_diag *diag) {
    int32_t open_days = 0;
    for (int i = 0; i < 7; i++) {
        const int32_t open = h->open_minute[i], close = h->close_minute[i];
        if (open < 0 || open > MINUTES_A_DAY)
            return kam__fail(diag, KAM_ERR_OPTION, "hours.open_minute", i, open,
                             "Day {row} opens at minute {value}.");
        if (close < open || close > MINUTES_A_DAY)
            return kam__fail(diag, KAM_ERR_OPTION, "hours.close_minute", i,
                             close,
                             "Day {row} closes at minute {value}, before it "
                             "opens or after midnight.");
        open_days += close > open;
    }
    if (open_days == 0)
        return kam__fail(diag, KAM_ERR_OPTION, "hours.open_minute", -1,
                         (double)NAN, "No day of the week is open.");
    if (h->n_holidays < 0)
        return kam__fail(diag, KAM_ERR_OPTION, "hours.n_holidays", -1,
                         h->n_holidays, "{value} is below 0.");
    if (h->n_holidays > 0 && !h->holidays)
        return kam__fail(diag, KAM_ERR_NULL, "hours.holidays", -1, (double)NAN,
                         "");
    for (int32_t i = 1; i < h->n_holidays; i++)
        if (h->holidays[i] <= h->holidays[i - 1])
            return kam__fail(diag, KAM_ERR_OPTION, "hours.holidays", i,
                             h->holidays[i],
                             "Holiday {row}, day {value}, is not later than "
                             "the one before.");
    return KAM_OK;
}

kam_status kam__business_read(struct kam__business *ours,
                              const kam_business_hours *theirs,
                              kam_diag *diag) {
    kam_business_hours h;
    memset(ours, 0, sizeof *ours);
    ours->always = !theirs;
    if (!theirs) return KAM_OK;
    kam_status status =
        kam__sized_read(&h, sizeof h, theirs, KAM__FIRST(kam_business_hours),
                        "hours", diag);
    if (status == KAM_OK) status = check(&h, diag);
    if (status != KAM_OK) return status;
    ours->n_holidays = h.n_holidays;
    ours->holidays = h.holidays;
    for (int i = 0; i < 7; i++) {
        ours->open[i] = h.open_minute[i] * INT64_C(60);
        ours->close[i] = h.close_minute[i] * INT64_C(60);
        ours->before[i] = ours->week;
        ours->week += ours->close[i] - ours->open[i];
    }
    return KAM_OK;
}

static int64_t day_of(int64_t time) {
    return time / KAM__DAY_SECONDS - (time % KAM__DAY_SECONDS < 0);
}

/* 0 is Monday; 1970-01-01 was a Thursday. */
static int weekday_of(int64_t day) {
    const int64_t rest = (day + 3) % 7;
    return (int)(rest < 0 ? rest + 7 : rest);
}

/* Seconds open between two times of one weekday, after its midnight. */
static int64_t open_within(const struct kam__business *b, int weekday,
                           int64_t from, int64_t to) {
    const int64_t first = from > b->open[weekday] ? from : b->open[weekday];
    const int64_t last = to < b->close[weekday] ? to : b->close[weekday];
    return last > first ? last - first : 0;
}

/* Business seconds since some Monday, without regard to holidays. */
static int64_t since_monday(const struct kam__business *b, int64_t time) {
    const int64_t day = day_of(time);
    const int weekday = weekday_of(day);
    /* A Monday before all time: a multiple of 7 days before 1969-12-29. */
    const int64_t weeks = (day - weekday + 3 + 7 * INT64_C(200000)) / 7;
    return weeks * b->week + b->before[weekday] +
           open_within(b, weekday, 0, time - day * KAM__DAY_SECONDS);
}

/* The first holiday that is not before a day. */
static int32_t first_holiday(const struct kam__business *b, int64_t day) {
    int32_t low = 0, high = b->n_holidays;
    while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        if (b->holidays[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* NOLINTNEXTLINE(misc-no-recursion): once, with the times exchanged */
int64_t kam__business_between(const struct kam__business *b, int64_t from,
                              int64_t to) {
    if (b->always) return to - from;
    if (to < from) return -kam__business_between(b, to, from);
    int64_t seconds = since_monday(b, to) - since_monday(b, from);
    const int64_t last = day_of(to);
    for (int32_t i = first_holiday(b, day_of(from));
         i < b->n_holidays && b->holidays[i] <= last; i++) {
        const int64_t midnight = b->holidays[i] * KAM__DAY_SECONDS;
        seconds -= open_within(b, weekday_of(b->holidays[i]), from - midnight,
                               to - midnight);
    }
    return seconds;
}

static int is_holiday(const struct kam__business *b, int64_t day) {
    const int32_t i = first_holiday(b, day);
    return i < b->n_holidays && b->holidays[i] == day;
}

int64_t kam__business_after(const struct kam__business *b, int64_t from,
                            int64_t seconds) {
    if (b->always) return from + seconds;
    if (seconds == 0) return from;
    /* Whole weeks at once, then day by day. */
    while (seconds > b->week) {
        const int64_t later =
            from + (seconds - 1) / b->week * 7 * KAM__DAY_SECONDS;
        seconds -= kam__business_between(b, from, later);
        from = later;
    }
    for (int64_t day = day_of(from);; day++) {
        const int64_t midnight = day * KAM__DAY_SECONDS;
        const int weekday = weekday_of(day);
        const int64_t open =
            is_holiday(b, day)
                ? 0
                : open_within(b, weekday, from - midnight, KAM__DAY_SECONDS);
        if (seconds <= open)
            return midnight + b->close[weekday] - open + seconds;
        seconds -= open;
    }
}

static kam_status check_time(int64_t time, const char *argument,
                             kam_diag *diag) {
    if (kam__is_time(time)) return KAM_OK;
    return kam__fail(diag, KAM_ERR_OPTION, argument, -1, (double)time,
                     "{value} is not in the years 1 to 9999.");
}

kam_status kam_business_between(const kam_business_hours *hours, int64_t from,
                                int64_t to, int64_t *seconds, kam_diag *diag) {
    struct kam__business b;
    kam_status status = kam__business_read(&b, hours, diag);
    if (status == KAM_OK) status = check_time(from, "from", diag);
    if (status == KAM_OK) status = check_time(to, "to", diag);
    if (status == KAM_OK && !seconds)
        status = kam__fail(diag, KAM_ERR_NULL, "seconds", -1, (double)NAN, "");
    if (status != KAM_OK) return status;
    *seconds = kam__business_between(&b, from, to);
    return kam__ok(diag);
}

kam_status kam_business_after(const kam_business_hours *hours, int64_t from,
                              int64_t seconds, int64_t *time, kam_diag *diag) {
    struct kam__business b;
    kam_status status = kam__business_read(&b, hours, diag);
    if (status == KAM_OK) status = check_time(from, "from", diag);
    if (status == KAM_OK && (seconds < 0 || seconds > MOST_SECONDS))
        status = kam__fail(diag, KAM_ERR_OPTION, "seconds", -1, (double)seconds,
                           "{value} is below 0 or beyond 2^40.");
    if (status == KAM_OK && !time)
        status = kam__fail(diag, KAM_ERR_NULL, "time", -1, (double)NAN, "");
    if (status != KAM_OK) return status;
    const int64_t end = kam__business_after(&b, from, seconds);
    if (!kam__is_time(end))
        return kam__fail(diag, KAM_ERR_OPTION, "seconds", -1, (double)seconds,
                         "{value} seconds later is after the year 9999.");
    *time = end;
    return kam__ok(diag);
}
