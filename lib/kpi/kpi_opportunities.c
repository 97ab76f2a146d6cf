/* SPDX-License-Identifier: MIT */
/* Opportunities: what is won of what is decided, and of what was opened (K11). */
#include <kam/kpi_of_customers.h>

#include <math.h>

#include "base/sized.h"
#include "kpi/figures.h"

enum { OPENED, CLOSED, WON, VALUE };
enum { MONEY_WON, MONEY_DECIDED, N_SUMS };
enum {
    N_DECIDED,
    N_DECIDED_OUT,
    N_WON,
    N_VALUED,
    N_VALUED_OUT,
    N_OPENED,
    N_CONVERTED,
    N_COUNTS
};

static const struct kam__kpi_recipe RECIPES[] = {
    {KAM_KPI_WIN_RATE, KAM__KPI_SHARE, COUNT(N_WON), -1, COUNT(N_DECIDED),
     COUNT(N_DECIDED), COUNT(N_DECIDED_OUT), 0},
    {KAM_KPI_WIN_RATE_MONEY, KAM__KPI_RATIO, MONEY_WON, -1, MONEY_DECIDED,
     COUNT(N_VALUED), COUNT(N_VALUED_OUT), 0},
    {KAM_KPI_CONVERSION, KAM__KPI_SHARE, COUNT(N_CONVERTED), -1,
     COUNT(N_OPENED), COUNT(N_OPENED), -1, 0}};

#define IF(condition, i) ((condition) ? UINT32_C(1) << (i) : 0u)

static void make_terms(const struct kam__kpi_job *job, int64_t first, int32_t n,
                       struct kam__kpi_tile *tile) {
    double in[4][KAM__TILE];
    const double *column[4];
    for (int c = 0; c < 4; c++)
        column[c] = kam__kpi_read(job, c, first, n, in[c]);
    for (int32_t i = 0; i < n; i++) {
        const double won = column[WON][i], value = column[VALUE][i];
        const int opened = kam__kpi_in_period(job, column[OPENED][i]);
        const int closed = kam__kpi_in_period(job, column[CLOSED][i]);
        const int open = won != won;
        const int decided = closed && !open;
        const int valued = decided && kam__kpi_is_known(value);
        const int is_won = !open && won != 0;
        /* As things stood at the end of the last day. */
        const int converted =
            opened && is_won && !(column[CLOSED][i] > job->last);
        tile->term[MONEY_WON][i] = valued && is_won ? value : 0;
        tile->term[MONEY_DECIDED][i] = valued ? value : 0;
        tile->mark[i] = IF(decided, N_DECIDED) | IF(open, N_DECIDED_OUT) |
                        IF(decided && is_won, N_WON) | IF(valued, N_VALUED) |
                        IF(open || (decided && !valued), N_VALUED_OUT) |
                        IF(opened, N_OPENED) | IF(converted, N_CONVERTED);
    }
}

kam_status kam_kpi_of_opportunities(const kam_kpi_opportunities *opportunities,
                                    const kam_kpi_options *options,
                                    const kam_host *host, kam_kpi *out,
                                    kam_kpi_report *report, kam_diag *diag) {
    static const struct kam__kpi_column columns[] = {
        {KAM__INTEGERS, "opportunities.group"},
        {KAM__DAYS, "opportunities.opened_day"},
        {KAM__DAYS, "opportunities.closed_day"},
        {KAM__NUMBERS, "opportunities.won"},
        {KAM__NUMBERS, "opportunities.value"}};
    struct kam__kpi_job job = {.kind = "opportunities",
                               .first_version =
                                   KAM__FIRST(kam_kpi_opportunities),
                               .columns = columns,
                               .n_columns = sizeof columns / sizeof *columns,
                               .recipe = RECIPES,
                               .n_recipes = sizeof RECIPES / sizeof *RECIPES,
                               .n_sums = N_SUMS,
                               .n_counts = N_COUNTS,
                               .terms = make_terms};
    return kam__kpi_of(&job, opportunities, options, host, out, report, diag);
}
