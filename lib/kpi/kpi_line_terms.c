/* SPDX-License-Identifier: MIT */
/* Order lines to terms: K1, K2, K4 by day, K10 by promised day. */
#include "base/isa.h"
#include "kpi/lines.h"

#define IF(condition, i) ((uint32_t)(condition) << (i))

struct row {
    double revenue, cost, units;
    int in_now, in_base;
};

static uint32_t sell(const struct row *row, struct kam__kpi_tile *tile,
                     int32_t i) {
    const int known = kam__kpi_is_known(row->revenue);
    const int costed = known & kam__kpi_is_known(row->cost);
    const int counted = kam__kpi_is_known(row->units);
    const int now = row->in_now, base = row->in_base, any = now | base;
    tile->term[NOW][i] = now & known ? row->revenue : 0;
    tile->term[BASE][i] = base & known ? row->revenue : 0;
    tile->term[UNITS][i] = now & counted ? row->units : 0;
    tile->term[MARGIN][i] = now & costed ? row->revenue - row->cost : 0;
    tile->term[COSTED][i] = now & costed ? row->revenue : 0;
    return IF(now, ALL_NOW) | IF(now & known, N_NOW) |
           IF(now & counted, N_UNITS) | IF(now & costed, N_COSTED) |
           IF(any, ALL_BOTH) | IF(any & known, N_BOTH);
}

/* A line due in the period, as things stood at the end of `today`. */
static uint32_t deliver(double promised, double delivered, double complete,
                        double today, double grace) {
    const int arrived = kam__kpi_is_in(delivered, KAM__FIRST_DAY, today);
    const double latest = promised + grace;
    const int timed = arrived | (latest < today);
    const int on_time = arrived & (delivered <= latest);
    const int filled = arrived & (complete == complete);
    const int in_full = filled & (complete != 0);
    const int both = timed & (filled | !arrived);
    return IF(1, ALL_DUE) | IF(timed, N_DUE) | IF(on_time, N_ON_TIME) |
           IF(filled, N_FULL) | IF(in_full, N_IN_FULL) | IF(both, N_OTIF) |
           IF(on_time & in_full, N_BOTH_MET);
}

void KAM__ISA(kam__kpi_line_terms)(const struct kam__kpi_job *job,
                                   int64_t first, int32_t n,
                                   struct kam__kpi_tile *tile) {
    double in[7][KAM__TILE];
    const double *column[7];
    for (int c = 0; c < 7; c++)
        column[c] = kam__kpi_read(job, c, first, n, in[c]);
    for (int32_t i = 0; i < n; i++) {
        const double day = column[DAY][i], promised = column[PROMISED][i];
        const struct row row = {column[REVENUE][i], column[COST][i],
                                column[QUANTITY][i],
                                kam__kpi_in_period(job, day),
                                kam__kpi_is_in(day, job->base_first,
                                               job->base_last)};
        const uint32_t due =
            (uint32_t)kam__kpi_is_in(promised, job->first, job->last);
        tile->mark[i] = sell(&row, tile, i) |
                        ((0u - due) & deliver(promised, column[DELIVERED][i],
                                              column[COMPLETE][i], job->last,
                                              job->options.grace_days));
    }
}
