/* SPDX-License-Identifier: MIT */
/* Reading timelines, and walking along that of an account. */
#ifndef KAM_VALUE_BTYD_TIMELINE_H
#define KAM_VALUE_BTYD_TIMELINE_H

#include <kam/btyd_dynamic.h>

#include "value/covariates.h"

enum { KAM__FACTS = 2 * KAM__COVARIATES }; /* orders first, then leaving */

struct kam__timeline {
    kam_btyd_timeline of;
    kam_btyd_covariates facts;
};

/* with_orders: facts of orders ask for the orders of each interval. */
kam_status kam__timeline_read(struct kam__timeline *ours,
                              const kam_btyd_timeline *timeline,
                              const kam_btyd_covariates *covariates,
                              int64_t n_rows, int with_orders, kam_diag *diag);

/* Whether the intervals of a row reach `until` and have all facts up to there, and
 * hold x orders (x below 0: not looked at). */
uint32_t kam__timeline_flag(const struct kam__timeline *timeline, int64_t row,
                            double x, double until);

/* The facts of an interval, unused ones 0. */
void kam__timeline_facts(const struct kam__timeline *timeline, int64_t interval,
                         double fact[KAM__FACTS]);

/* The intervals of a row. */
void kam__timeline_range(const struct kam__timeline *timeline, int64_t row,
                         int64_t *first, int64_t *end);

/* A walk along the stretches of a row in which facts are the same. */
struct kam__walk {
    const struct kam__timeline *timeline;
    int64_t at, end;
    double now;
    double length, fact[KAM__FACTS]; /* of the stretch walked last */
};

void kam__walk_begin(struct kam__walk *walk,
                     const struct kam__timeline *timeline, int64_t row);

/* Walks on to the end of a stretch, or to `until`; 0 when it is there already. */
int kam__walk_on(struct kam__walk *walk, double until);

#endif
