/* SPDX-License-Identifier: MIT */
/* Stages for the other files of this room, and kam_stage_assign in two steps,
 * for kam_score. */
#ifndef KAM_CARE_STAGE_H
#define KAM_CARE_STAGE_H

#include <kam/stage.h>

#include "base/rows.h"
#include "data/calendar.h"

#define KAM__NO_DAY INT32_MIN

/* Where stages end, seen from one day. */
struct kam__stages {
    int32_t as_of;
    int32_t months[3];
    int32_t
        latest[3]; /* contracts of this day or before it have left stage k */
};

/* When the next stage begins, for contracts of the days after latest[2] and up to
 * `as_of`: n of them, or 0 when they were not worth finding beforehand. */
enum { KAM__STAGE_DAYS = 2048 };
struct kam__next_stage {
    int32_t n;
    float begins[KAM__STAGE_DAYS];
};

struct kam__stage_assignment {
    struct kam__stages stages;
    struct kam__next_stage ahead;
    kam_column contract;
    kam_stage_out out;
    int32_t isa;
};

/* Where a tile comes from and goes to, shape (n) each. The day on which the next
 * stage begins and the days until then are NaN after the last stage, and may be
 * NULL; flags are added to. */
struct kam__stage_tile {
    int32_t n;
    const double *contract;
    const struct kam__next_stage *ahead;
    int32_t *stage;
    double *next, *days_left;
    uint32_t *flags;
};

typedef void (*kam__stage_work)(const struct kam__stages *stages,
                                const struct kam__stage_tile *tile);
extern const kam__stage_work kam__stage_base, kam__stage_v3, kam__stage_v4;

/* Reads and checks a caller's options (NULL: defaults). */
kam_status kam__stage_read(kam_stage_options *ours,
                           const kam_stage_options *theirs, kam_diag *diag);

/* The same, as seen from a day. */
kam_status kam__stages_read(struct kam__stages *stages, int32_t as_of_day,
                            const kam_stage_options *theirs, kam_diag *diag);

/* Whether these are L1's. */
int kam__stages_are_default(const struct kam__stages *stages);

/* The stage of a contract signed on or before the day. */
static inline int32_t kam__stage_of(const struct kam__stages *stages,
                                    int32_t contract_day) {
    return (contract_day <= stages->latest[0]) +
           (contract_day <= stages->latest[1]) +
           (contract_day <= stages->latest[2]);
}

/* The last day from which so many calendar months lead to `day` or before. */
int32_t kam__latest_from(int32_t day, int32_t months);

/* So many calendar months later, or the calendar's last day. */
int32_t kam__months_later(int32_t day, int32_t months);

/* The day in a column, KAM__NO_DAY when it is missing or in no calendar. */
int32_t kam__day_at(const kam_column *column, int64_t row);

/* Checks the arguments of kam_stage_assign; touches nothing else. `types` are
 * those the column may have. */
kam_status kam__stage_begin(struct kam__stage_assignment *to,
                            const kam_column *contract_day, int32_t types,
                            int64_t n_rows, int32_t as_of_day,
                            const kam_stage_options *options,
                            const kam_stage_out *out, int32_t isa,
                            kam_diag *diag);

/* Finds the stages of rows [first, first + n), n <= KAM__TILE; adds to row_flags.
 * Returns them: in the output, or, when nobody wants it, in `stage`, shape (n). */
const int32_t *kam__stage_rows(const struct kam__stage_assignment *to,
                               int64_t first, int32_t n, int32_t *stage);

#endif
