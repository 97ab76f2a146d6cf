/* SPDX-License-Identifier: MIT */
/* Stages for the other files of this room. */
#ifndef KAM_CARE_STAGE_H
#define KAM_CARE_STAGE_H

#include <kam/stage.h>

#include "data/calendar.h"

#define KAM__NO_DAY INT32_MIN

/* Reads and checks a caller's options (NULL: defaults). */
kam_status kam__stage_read(kam_stage_options *ours,
                           const kam_stage_options *theirs, kam_diag *diag);

/* The stage on a day of a contract signed on or before it. */
int32_t kam__stage_of(const kam_stage_options *options, int32_t contract_day,
                      int32_t as_of_day);

/* So many calendar months later, or the calendar's last day. */
int32_t kam__months_later(int32_t day, int32_t months);

/* The day in a column, KAM__NO_DAY when it is missing or in no calendar. */
int32_t kam__day_at(const kam_column *column, int64_t row);

#endif
