/* SPDX-License-Identifier: MIT */
/**
 * @file kam/calendar.h
 * Days since 1970-01-01 in the Gregorian calendar, and calendar steps.
 */
#ifndef KAM_CALENDAR_H
#define KAM_CALENDAR_H

#include "status.h"

KAM_BEGIN

/**
 * The day number of a date. Never allocates.
 *
 * @param year  [1, 9999]
 * @param month [1, 12]
 * @param day   [1, 31], as that month has
 * @return KAM_OK; KAM_ERR_NULL; KAM_ERR_OPTION when there is no such date
 */
KAM_API kam_status kam_calendar_day(int32_t year, int32_t month, int32_t day,
                                    int32_t *day_number);

/** The date of a day number, the inverse of kam_calendar_day.
 *  @return KAM_OK; KAM_ERR_NULL; KAM_ERR_OPTION outside years 1..9999 */
KAM_API kam_status kam_calendar_date(int32_t day_number, int32_t *year,
                                     int32_t *month, int32_t *day);

/**
 * The day `months` calendar months later (earlier when negative): the same day
 * of the month, or the month's last day when it is shorter (31 January + 1
 * month is the last of February).
 * @return KAM_OK; KAM_ERR_NULL; KAM_ERR_OPTION outside years 1..9999
 */
KAM_API kam_status kam_calendar_add_months(int32_t day_number, int32_t months,
                                           int32_t *result);

KAM_END

#endif
