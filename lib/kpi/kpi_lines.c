/* SPDX-License-Identifier: MIT */
/* Order lines: sales, margin, growth (K1, K2, K4) and deliveries (K10). */
#include "base/sized.h"
#include "kpi/lines.h"

static const struct kam__kpi_recipe RECIPES[] = {
    {KAM_KPI_REVENUE, KAM__KPI_TOTAL, NOW, -1, -1, COUNT(N_NOW), REST(ALL_NOW),
     0},
    {KAM_KPI_QUANTITY, KAM__KPI_TOTAL, UNITS, -1, -1, COUNT(N_UNITS),
     REST(ALL_NOW), 0},
    {KAM_KPI_MARGIN, KAM__KPI_RATIO, MARGIN, -1, COSTED, COUNT(N_COSTED),
     REST(ALL_NOW), 0},
    {KAM_KPI_GROWTH, KAM__KPI_RATIO, NOW, BASE, BASE, COUNT(N_BOTH),
     REST(ALL_BOTH), KAM__KPI_NEEDS_BASE},
    {KAM_KPI_OTIF, KAM__KPI_PROVEN, COUNT(N_BOTH_MET), COUNT(N_FULL),
     COUNT(N_OTIF), COUNT(N_OTIF), REST(ALL_DUE), KAM__KPI_NEEDS_TODAY},
    {KAM_KPI_ON_TIME, KAM__KPI_SHARE, COUNT(N_ON_TIME), -1, COUNT(N_DUE),
     COUNT(N_DUE), REST(ALL_DUE), KAM__KPI_NEEDS_TODAY},
    {KAM_KPI_IN_FULL, KAM__KPI_SHARE, COUNT(N_IN_FULL), -1, COUNT(N_FULL),
     COUNT(N_FULL), REST(ALL_DUE), KAM__KPI_NEEDS_TODAY}};

static void line_terms(const struct kam__kpi_job *job, int64_t first, int32_t n,
                       struct kam__kpi_tile *tile) {
#ifdef KAM_HAVE_ISA
    if (job->level == KAM_ISA_V4)
        kam__kpi_line_terms_v4(job, first, n, tile);
    else if (job->level == KAM_ISA_V3)
        kam__kpi_line_terms_v3(job, first, n, tile);
    else
#endif
        kam__kpi_line_terms_base(job, first, n, tile);
}

kam_status kam_kpi_of_lines(const kam_kpi_lines *lines,
                            const kam_kpi_options *options,
                            const kam_host *host, kam_kpi *out,
                            kam_kpi_report *report, kam_diag *diag) {
    static const struct kam__kpi_column columns[] = {
        {KAM__INTEGERS, "lines.group"},     {KAM__DAYS, "lines.day"},
        {KAM__NUMBERS, "lines.revenue"},    {KAM__NUMBERS, "lines.cost"},
        {KAM__NUMBERS, "lines.quantity"},   {KAM__DAYS, "lines.promised_day"},
        {KAM__DAYS, "lines.delivered_day"}, {KAM__NUMBERS, "lines.complete"}};
    struct kam__kpi_job job = {.kind = "lines",
                               .first_version = KAM__FIRST(kam_kpi_lines),
                               .columns = columns,
                               .n_columns = sizeof columns / sizeof *columns,
                               .recipe = RECIPES,
                               .n_recipes = sizeof RECIPES / sizeof *RECIPES,
                               .n_sums = N_SUMS,
                               .n_counts = N_COUNTS,
                               .terms = line_terms};
    return kam__kpi_of(&job, lines, options, host, out, report, diag);
}
