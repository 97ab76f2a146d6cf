/* SPDX-License-Identifier: MIT */
/* Business hours, checked once and then used for many rows. */
#ifndef KAM_DATA_BUSINESS_H
#define KAM_DATA_BUSINESS_H

#include <kam/business.h>

#include "data/calendar.h"

#define KAM__DAY_SECONDS INT64_C(86400)

struct kam__business {
    int32_t always; /* every second counts */
    int32_t n_holidays;
    const int32_t *holidays;
    int64_t open[7], close[7]; /* seconds after midnight */
    int64_t before[7];         /* business seconds of the week's days before */
    int64_t week;              /* business seconds a week */
};

/* Reads a caller's hours, NULL for always. */
kam_status kam__business_read(struct kam__business *ours,
                              const kam_business_hours *theirs, kam_diag *diag);

int64_t kam__business_between(const struct kam__business *b, int64_t from,
                              int64_t to);

int64_t kam__business_after(const struct kam__business *b, int64_t from,
                            int64_t seconds);

/* Whether a time lies in the years that the calendar has. */
static inline int kam__is_time(int64_t time) {
    return time >= KAM__FIRST_DAY * KAM__DAY_SECONDS &&
           time < (KAM__LAST_DAY + 1) * KAM__DAY_SECONDS;
}

#endif
