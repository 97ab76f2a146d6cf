/* SPDX-License-Identifier: MIT */
/* Order lines: sales, margin, growth (K1, K2, K4) and deliveries (K10). */
#include <math.h>

#include "base/sized.h"
#include "kpi/figures.h"

enum { LINES_FIRST_VERSION = sizeof(kam_kpi_lines) };

enum { DAY, REVENUE, COST, QUANTITY, PROMISED, DELIVERED, COMPLETE };
enum { NOW, BASE, UNITS, MARGIN, COSTED, N_SUMS };
enum {
    ALL_NOW, /* lines of the period */
    N_NOW,
    N_UNITS,
    N_COSTED,
    ALL_BOTH, /* lines of the period and of its base */
    N_BOTH,
    ALL_DUE, /* lines promised in the period */
    N_DUE,
    N_ON_TIME,
    N_FULL,
    N_IN_FULL,
    N_OTIF,
    N_BOTH_MET,
    N_COUNTS
};

static const struct kam__kpi_recipe RECIPES[] = {
    {KAM_KPI_REVENUE, KAM__KPI_TOTAL, NOW, -1, -1, COUNT(N_NOW), REST(ALL_NOW),
     0},
    {KAM_KPI_QUANTITY, KAM__KPI_TOTAL, UNITS, -1, -1, COUNT(N_UNITS),
     REST(ALL_NOW), 0},
    {KAM_KPI_MARGIN, KAM__KPI_RATIO, MARGIN, -1, COSTED, COUNT(N_COSTED),
     REST(ALL_NOW), 0},
    {KAM_KPI_GROWTH, KAM__KPI_RATIO, NOW, BASE, BASE, COUNT(N_BOTH),
     REST(ALL_BOTH), KAM__KPI_NEEDS_BASE},
    {KAM_KPI_OTIF, KAM__KPI_SHARE, COUNT(N_BOTH_MET), -1, COUNT(N_OTIF),
     COUNT(N_OTIF), REST(ALL_DUE), KAM__KPI_NEEDS_TODAY},
    {KAM_KPI_ON_TIME, KAM__KPI_SHARE, COUNT(N_ON_TIME), -1, COUNT(N_DUE),
     COUNT(N_DUE), REST(ALL_DUE), KAM__KPI_NEEDS_TODAY},
    {KAM_KPI_IN_FULL, KAM__KPI_SHARE, COUNT(N_IN_FULL), -1, COUNT(N_FULL),
     COUNT(N_FULL), REST(ALL_DUE), KAM__KPI_NEEDS_TODAY}};

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
    const int both =
        (timed & filled) | (timed & !on_time) | (filled & !in_full);
    return IF(1, ALL_DUE) | IF(timed, N_DUE) | IF(on_time, N_ON_TIME) |
           IF(filled, N_FULL) | IF(in_full, N_IN_FULL) | IF(both, N_OTIF) |
           IF(on_time & in_full, N_BOTH_MET);
}

static void make_terms(const struct kam__kpi_job *job, int64_t first, int32_t n,
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

kam_status kam_kpi_of_lines(const kam_kpi_lines *lines,
                            const kam_kpi_options *options,
                            const kam_host *host, kam_kpi *out,
                            kam_kpi_report *report, kam_diag *diag) {
    kam_kpi_lines l;
    struct kam__kpi_job job = {.recipe = RECIPES,
                               .n_recipes = sizeof RECIPES / sizeof *RECIPES,
                               .n_sums = N_SUMS,
                               .n_counts = N_COUNTS,
                               .terms = make_terms};
    const struct kam__kpi_column columns[] = {
        {&l.group, KAM__INTEGERS, "lines.group"},
        {&l.day, KAM__DAYS, "lines.day"},
        {&l.revenue, KAM__NUMBERS, "lines.revenue"},
        {&l.cost, KAM__NUMBERS, "lines.cost"},
        {&l.quantity, KAM__NUMBERS, "lines.quantity"},
        {&l.promised_day, KAM__DAYS, "lines.promised_day"},
        {&l.delivered_day, KAM__DAYS, "lines.delivered_day"},
        {&l.complete, KAM__NUMBERS, "lines.complete"}};
    kam_status status = kam__sized_read(&l, sizeof l, lines,
                                        LINES_FIRST_VERSION, "lines", diag);
    if (status == KAM_OK)
        status = kam__kpi_begin(&job, l.n_rows, columns, 8, options, out,
                                report, diag);
    if (status != KAM_OK) return status;
    return kam__kpi_run(&job, host, out, report, diag);
}
