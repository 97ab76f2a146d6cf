/* SPDX-License-Identifier: MIT */
/* The first and the last day the calendar has. */
#ifndef KAM_DATA_CALENDAR_H
#define KAM_DATA_CALENDAR_H

enum {
    KAM__FIRST_DAY = -719162, /* 0001-01-01 */
    KAM__LAST_DAY = 2932896   /* 9999-12-31 */
};

#endif
