/* SPDX-License-Identifier: MIT */
#include "value/btyd_timeline.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/sized.h"

static kam_status check_columns(const kam_btyd_timeline *of, int64_t n_rows,
                                int32_t n_orders, kam_diag *diag) {
    kam_status status = kam__column_check(&of->first, n_rows + 1, KAM__NUMBERS,
                                          1, "timeline.first", diag);
    if (status == KAM_OK)
        status = kam__column_check(&of->end, of->n_intervals, KAM__NUMBERS, 1,
                                   "timeline.end", diag);
    if (status == KAM_OK)
        status =
            kam__column_check(&of->repeat_orders, of->n_intervals, KAM__NUMBERS,
                              n_orders > 0, "timeline.repeat_orders", diag);
    return status;
}

/* Offsets that would lead out of the columns are the caller's mistake. */
static kam_status check_first(const kam_btyd_timeline *of, int64_t n_rows,
                              kam_diag *diag) {
    double before = 0;
    for (int64_t i = 0; i <= n_rows; i++) {
        const double at = kam__number_at(&of->first, i);
        const int is_edge =
            i == n_rows ? at == (double)of->n_intervals : i > 0 || at == 0;
        if (!(is_edge && at >= before && at <= (double)of->n_intervals &&
              at == floor(at)))
            return kam__fail(diag, KAM_ERR_SHAPE, "timeline.first", i, at,
                             "the intervals of row {row} cannot begin at "
                             "{value}.");
        before = at;
    }
    return KAM_OK;
}

kam_status kam__timeline_read(struct kam__timeline *ours,
                              const kam_btyd_timeline *timeline,
                              const kam_btyd_covariates *covariates,
                              int64_t n_rows, int with_orders, kam_diag *diag) {
    kam_status status =
        kam__sized_read(&ours->of, sizeof ours->of, timeline,
                        KAM__FIRST(kam_btyd_timeline), "timeline", diag);
    if (status != KAM_OK) return status;
    if (ours->of.reserved != 0)
        return kam__fail(diag, KAM_ERR_NEWER, "timeline.reserved", -1,
                         ours->of.reserved, "reserved is {value}, not 0.");
    if (ours->of.n_intervals < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "timeline.n_intervals", -1,
                         (double)ours->of.n_intervals,
                         "there cannot be {value} intervals.");
    status = kam__covariates_read(&ours->facts, covariates,
                                  ours->of.n_intervals, diag);
    if (status == KAM_OK)
        status = check_columns(&ours->of, n_rows,
                               with_orders ? ours->facts.n_orders : 0, diag);
    return status == KAM_OK ? check_first(&ours->of, n_rows, diag) : status;
}

void kam__timeline_facts(const struct kam__timeline *timeline, int64_t interval,
                         double fact[KAM__FACTS]) {
    const kam_btyd_covariates *const z = &timeline->facts;
    for (int32_t k = 0; k < KAM__COVARIATES; k++) {
        fact[k] = k < z->n_orders ? kam__number_at(&z->orders[k], interval) : 0;
        fact[KAM__COVARIATES + k] =
            k < z->n_leaving ? kam__number_at(&z->leaving[k], interval) : 0;
    }
}

void kam__timeline_range(const struct kam__timeline *timeline, int64_t row,
                         int64_t *first, int64_t *end) {
    *first = (int64_t)kam__number_at(&timeline->of.first, row);
    *end = (int64_t)kam__number_at(&timeline->of.first, row + 1);
}

static uint32_t facts_flag(const struct kam__timeline *timeline,
                           int64_t interval) {
    double fact[KAM__FACTS];
    uint32_t flag = 0;
    kam__timeline_facts(timeline, interval, fact);
    for (int32_t k = 0; k < KAM__FACTS; k++) {
        if (fact[k] != fact[k]) flag |= KAM_ROW_MISSING;
        if (fabs(fact[k]) == INFINITY) flag |= KAM_ROW_DOMAIN;
    }
    return flag;
}

uint32_t kam__timeline_flag(const struct kam__timeline *timeline, int64_t row,
                            double x, double until) {
    int64_t first, end;
    double before = 0, orders = 0;
    uint32_t flag = 0;
    kam__timeline_range(timeline, row, &first, &end);
    for (int64_t k = first; k < end; k++) {
        const double to = kam__number_at(&timeline->of.end, k);
        if (to != to) flag |= KAM_ROW_MISSING;
        if (to <= before || to == INFINITY) flag |= KAM_ROW_DOMAIN;
        if (before < until) flag |= facts_flag(timeline, k);
        if (x >= 0 && timeline->of.repeat_orders.values) {
            const double n = kam__number_at(&timeline->of.repeat_orders, k);
            if (n != n && before < until) flag |= KAM_ROW_MISSING;
            if (n < 0) flag |= KAM_ROW_DOMAIN;
            orders += n > 0 ? n : 0;
        }
        before = to;
    }
    if (!(before >= until)) flag |= KAM_ROW_MISSING;
    if (x >= 0 && timeline->of.repeat_orders.values && orders != x)
        flag |= KAM_ROW_DOMAIN;
    return flag;
}

void kam__walk_begin(struct kam__walk *walk,
                     const struct kam__timeline *timeline, int64_t row) {
    memset(walk, 0, sizeof *walk);
    walk->timeline = timeline;
    kam__timeline_range(timeline, row, &walk->at, &walk->end);
}

static int same(const double *a, const double *b) {
    for (int32_t k = 0; k < KAM__FACTS; k++)
        if (a[k] != b[k]) return 0;
    return 1;
}

int kam__walk_on(struct kam__walk *walk, double until) {
    const kam_column *const end = &walk->timeline->of.end;
    double next[KAM__FACTS];
    if (!(walk->now < until) || walk->at >= walk->end) return 0;
    kam__timeline_facts(walk->timeline, walk->at, walk->fact);
    double to = kam__number_at(end, walk->at);
    while (to < until && walk->at + 1 < walk->end) {
        kam__timeline_facts(walk->timeline, walk->at + 1, next);
        if (!same(walk->fact, next)) break;
        to = kam__number_at(end, ++walk->at);
    }
    walk->at += to <= until;
    to = to < until ? to : until;
    walk->length = to - walk->now;
    walk->now = to;
    return 1;
}
