/* SPDX-License-Identifier: MIT */
/**
 * @file kam/business.h
 * Business hours: which seconds count, by weekday and without holidays (L3).
 *
 * Times are whole seconds since 1970-01-01 00:00 of the office's own clock. A
 * host turns instants into them; a day of 23 or 25 hours is the host's to mend.
 */
#ifndef KAM_BUSINESS_H
#define KAM_BUSINESS_H

#include "status.h"

KAM_BEGIN

/** No time. */
#define KAM_NO_TIME INT64_MIN

/** When the office is open. NULL in calls: always, by the clock. */
typedef struct kam_business_hours {
    uint32_t struct_size;    /**< set by _init */
    int32_t n_holidays;      /**< >= 0 */
    const int32_t *holidays; /**< shape (n_holidays), day numbers, rising: shut
                                  all day; NULL when there is none */
    int32_t open_minute[7];  /**< Monday first, minutes after midnight, 0..1440;
                                  default 540 (09:00) Monday to Friday */
    int32_t close_minute[7]; /**< >= open; equal: shut; default 1080 (18:00) */
} kam_business_hours;

/** Writes Monday to Friday, 09:00 to 18:00, without holidays, into the first
 *  `struct_size` bytes of `hours`. */
KAM_API kam_status kam_business_hours_init(kam_business_hours *hours,
                                           uint32_t struct_size);

/**
 * Business seconds from one time to another; below zero when they run
 * backwards. Never allocates.
 *
 * @param hours NULL: every second counts
 * @return KAM_OK; KAM_ERR_OPTION when hours are no hours, a week has none,
 *         holidays do not rise, or a time is not in the years 1 to 9999
 */
KAM_API kam_status kam_business_between(const kam_business_hours *hours,
                                        int64_t from, int64_t to,
                                        int64_t *seconds, kam_diag *diag);

/**
 * The earliest time at which so many business seconds have passed: `from` itself
 * for none, and closing time rather than the next opening. Never allocates.
 *
 * @param seconds [0, 2^40], and not past the year 9999
 * @return as kam_business_between
 */
KAM_API kam_status kam_business_after(const kam_business_hours *hours,
                                      int64_t from, int64_t seconds,
                                      int64_t *time, kam_diag *diag);

KAM_END

#endif
