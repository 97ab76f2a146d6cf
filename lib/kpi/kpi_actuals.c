/* SPDX-License-Identifier: MIT */
/* What came against what was forecast (K5) and planned (K14). */
#include <math.h>

#include "base/sized.h"
#include "kpi/figures.h"

enum { DAY, ACTUAL, FORECAST, NAIVE, PLAN };
enum { SIZE, MISS, ERROR, CAME, NAIVE_MISS, DONE, PLANNED, N_SUMS };
/* kam__kpi_means takes the count two after the first: N_HISTORY. */
enum { N_SEEN, N_SEEN_OUT, N_HISTORY, N_PLANNED, N_PLANNED_OUT, N_COUNTS };

static const struct kam__kpi_recipe RECIPES[] = {
    {KAM_KPI_ACCURACY, KAM__KPI_RATIO, SIZE, MISS, SIZE, COUNT(N_SEEN),
     COUNT(N_SEEN_OUT), 0},
    {KAM_KPI_BIAS, KAM__KPI_RATIO, ERROR, -1, CAME, COUNT(N_SEEN),
     COUNT(N_SEEN_OUT), 0},
    {KAM_KPI_MASE, KAM__KPI_MEANS, MISS, -1, NAIVE_MISS, COUNT(N_SEEN),
     COUNT(N_SEEN_OUT), 0},
    {KAM_KPI_ATTAINMENT, KAM__KPI_RATIO, DONE, -1, PLANNED, COUNT(N_PLANNED),
     COUNT(N_PLANNED_OUT), 0}};

#define IF(condition, i) ((condition) ? UINT32_C(1) << (i) : 0u)

struct row {
    double actual, forecast, naive, plan;
    int in_period;
};

static uint32_t compare(const struct row *row, struct kam__kpi_tile *tile,
                        int32_t i) {
    const int came = kam__kpi_is_known(row->actual);
    const int told = kam__kpi_is_known(row->forecast);
    const int seen = row->in_period && told && came;
    const int history = !told && came && kam__kpi_is_known(row->naive);
    const int asked = row->in_period && kam__kpi_is_known(row->plan);
    const double error = row->forecast - row->actual;
    tile->term[SIZE][i] = seen ? fabs(row->actual) : 0;
    tile->term[MISS][i] = seen ? fabs(error) : 0;
    tile->term[ERROR][i] = seen ? error : 0;
    tile->term[CAME][i] = seen ? row->actual : 0;
    tile->term[NAIVE_MISS][i] = history ? fabs(row->naive - row->actual) : 0;
    tile->term[DONE][i] = asked && came ? row->actual : 0;
    tile->term[PLANNED][i] = asked && came ? row->plan : 0;
    return IF(seen, N_SEEN) | IF(row->in_period && told && !came, N_SEEN_OUT) |
           IF(history, N_HISTORY) | IF(asked && came, N_PLANNED) |
           IF(asked && !came, N_PLANNED_OUT);
}

static void make_terms(const struct kam__kpi_job *job, int64_t first, int32_t n,
                       struct kam__kpi_tile *tile) {
    double in[5][KAM__TILE];
    const double *column[5];
    for (int c = 0; c < 5; c++)
        column[c] = kam__kpi_read(job, c, first, n, in[c]);
    for (int32_t i = 0; i < n; i++) {
        const struct row row = {column[ACTUAL][i], column[FORECAST][i],
                                column[NAIVE][i], column[PLAN][i],
                                kam__kpi_in_period(job, column[DAY][i])};
        tile->mark[i] = compare(&row, tile, i);
    }
}

kam_status kam_kpi_of_actuals(const kam_kpi_actuals *actuals,
                              const kam_kpi_options *options,
                              const kam_host *host, kam_kpi *out,
                              kam_kpi_report *report, kam_diag *diag) {
    static const struct kam__kpi_column columns[] = {
        {KAM__INTEGERS, "actuals.group"}, {KAM__DAYS, "actuals.day"},
        {KAM__NUMBERS, "actuals.actual"}, {KAM__NUMBERS, "actuals.forecast"},
        {KAM__NUMBERS, "actuals.naive"},  {KAM__NUMBERS, "actuals.plan"}};
    struct kam__kpi_job job = {.kind = "actuals",
                               .first_version = KAM__FIRST(kam_kpi_actuals),
                               .columns = columns,
                               .n_columns = sizeof columns / sizeof *columns,
                               .recipe = RECIPES,
                               .n_recipes = sizeof RECIPES / sizeof *RECIPES,
                               .n_sums = N_SUMS,
                               .n_counts = N_COUNTS,
                               .terms = make_terms};
    return kam__kpi_of(&job, actuals, options, host, out, report, diag);
}
