/* SPDX-License-Identifier: MIT */
/* Stages of a tile of rows. Days are doubles, and divisions are products, so that
 * the loop becomes vector code; all values are whole numbers below 2^40. */
#include <math.h> /* fabs, NAN */

#include "base/isa.h"
#include "care/stage.h"

/* The quotient of whole numbers, x >= 0 and n > 0, rounded down: x / n - 1/2 and
 * a little more, to the nearest whole number. */
static inline double over(double x, double n) {
    return ((x * (1 / n) + (0.5 / n - 0.5)) + 0x1.8p52) - 0x1.8p52;
}

/* kam_calendar_add_months, in the calendar of lib/data/calendar.c, whose years
 * begin in March; at most the calendar's last day. */
static inline double months_later(double day, double months) {
    const double z = day + 719468;
    const double cycle = over(z, 146097), rest = z - 146097 * cycle;
    const double y =
        over(rest - over(rest, 1460) + over(rest, 36524) - over(rest, 146096),
             365);
    const double of_year = rest - (365 * y + over(y, 4) - over(y, 100));
    const double month = over(5 * of_year + 2, 153);
    const double of_month = of_year - over(153 * month + 2, 5);
    const double count = 12 * (400 * cycle + y) + month + months;
    const double year = over(count, 12), to_month = count - 12 * year;
    /* Leap days up to the end of the year, and the one that it may have. */
    const double end = year + 1;
    const double fours = over(end, 4), hundreds = over(end, 100);
    const double cycles = over(end, 400);
    const double fourth = 4 * fours == end ? 1.0 : 0.0;
    const double hundredth = 100 * hundreds == end ? 1.0 : 0.0;
    const double last_of_cycle = 400 * cycles == end ? 1.0 : 0.0;
    const double leap = fourth - hundredth + last_of_cycle;
    const double first = 365 * year + (fours - hundreds + cycles) - leap;
    const double begins = over(153 * to_month + 2, 5);
    const double next = over(153 * to_month + 155, 5);
    const double ends = to_month >= 11 ? 365 + leap : next;
    const double wanted = begins + of_month;
    const double last = ends - 1;
    const double later = first + (wanted < last ? wanted : last) - 719468;
    return later < KAM__LAST_DAY ? later : 1.0 * KAM__LAST_DAY;
}

/* Days from the first to the last of the calendar lie around its middle. */
#define MIDDLE (0.5 * KAM__FIRST_DAY + 0.5 * KAM__LAST_DAY)
#define HALF (0.5 * KAM__LAST_DAY - 0.5 * KAM__FIRST_DAY)

/* A contract's day; NaN when it is missing, in no calendar, or no whole number. */
static inline double day_of(double given) {
    const double whole = (given + 0x1.8p52) - 0x1.8p52;
    const double inside = fabs(given - MIDDLE) <= HALF ? 1.0 : 0.0;
    const double usable = whole == given ? inside : 0.0;
    return usable > 0 ? given : (double)NAN;
}

static void find_stage(const struct kam__stages *stages, int32_t n,
                       const double *restrict contract, int32_t *restrict stage,
                       uint32_t *restrict flags) {
    const double as_of = stages->as_of;
    const double latest_0 = stages->latest[0], latest_1 = stages->latest[1];
    const double latest_2 = stages->latest[2];
    for (int32_t i = 0; i < n; i++) {
        const double day = day_of(contract[i]);
        const double first = day <= latest_0 ? 1.0 : 0.0;
        const double second = day <= latest_1 ? 1.0 : 0.0;
        const double third = day <= latest_2 ? 1.0 : 0.0;
        const double past = first + second + third;
        const double begun = day <= as_of ? 1.0 : 0.0;
        const double ahead = day > as_of ? 1.0 : 0.0;
        const double missing = 1 - begun - ahead;
        stage[i] = (int32_t)((past + 1) * begun - 1);
        const double wrong = ahead * KAM_ROW_DOMAIN + missing * KAM_ROW_MISSING;
        flags[i] |= (uint32_t)(int32_t)wrong;
    }
}

/* The next stage begins so many days after `since`. */
static void find_next(const struct kam__stages *stages, int32_t n,
                      const double *restrict contract, double *restrict next,
                      double since) {
    const double as_of = stages->as_of;
    const double latest_0 = stages->latest[0], latest_1 = stages->latest[1];
    const double latest_2 = stages->latest[2];
    const double months_0 = stages->months[0], months_1 = stages->months[1];
    const double months_2 = stages->months[2];
    for (int32_t i = 0; i < n; i++) {
        const double day = day_of(contract[i]);
        const double two = day <= latest_1 ? months_2 : months_1;
        const double months = day <= latest_0 ? two : months_0;
        const double later = months_later(day, months);
        const double begins = day > as_of ? day : later;
        const double ended = day <= latest_2 ? (double)NAN : begins;
        next[i] = ended - since + 0 * day; /* what is not known stays so */
    }
}

/* The same where `begins` was found beforehand. */
static void look_up(const struct kam__stages *stages, int32_t n,
                    const float *restrict begins,
                    const double *restrict contract, double *restrict next,
                    double since) {
    const double as_of = stages->as_of, latest_2 = stages->latest[2];
    for (int32_t i = 0; i < n; i++) {
        const double day = day_of(contract[i]);
        const double under_way = day > latest_2 ? day : as_of + 1;
        const double at = under_way <= as_of ? day - latest_2 - 1 : 0;
        const double later = begins[(int32_t)at];
        const double begun = day > as_of ? day : later;
        const double ended = day <= latest_2 ? (double)NAN : begun;
        next[i] = ended - since + 0 * day;
    }
}

static void find(const struct kam__stages *stages,
                 const struct kam__stage_tile *tile, double *next,
                 double since) {
    if (!next) return;
    if (tile->ahead->n > 0)
        look_up(stages, tile->n, tile->ahead->begins, tile->contract, next,
                since);
    else
        find_next(stages, tile->n, tile->contract, next, since);
}

static void stage_tile(const struct kam__stages *stages,
                       const struct kam__stage_tile *tile) {
    find_stage(stages, tile->n, tile->contract, tile->stage, tile->flags);
    find(stages, tile, tile->next, 0);
    find(stages, tile, tile->days_left, stages->as_of);
}

const kam__stage_work KAM__ISA(kam__stage) = stage_tile;
