/* SPDX-License-Identifier: MIT */
/* Surveys: satisfaction and how many answered (K6). */
#include <kam/kpi_of_customers.h>

#include <math.h>

#include "base/sized.h"
#include "kpi/figures.h"

enum { DAY, SCORE, SCALE };
enum {
    N_ASKED,
    N_ANSWERED,
    N_OF_5,
    N_OF_5_OUT,
    N_TOP_2,
    N_OF_10,
    N_OF_10_OUT,
    N_PROMOTERS,
    N_DETRACTORS,
    N_COUNTS
};

static const struct kam__kpi_recipe RECIPES[] = {
    {KAM_KPI_CSAT, KAM__KPI_SHARE, COUNT(N_TOP_2), -1, COUNT(N_OF_5),
     COUNT(N_OF_5), COUNT(N_OF_5_OUT), 0},
    {KAM_KPI_NPS, KAM__KPI_SCORE, COUNT(N_PROMOTERS), COUNT(N_DETRACTORS),
     COUNT(N_OF_10), COUNT(N_OF_10), COUNT(N_OF_10_OUT), 0},
    {KAM_KPI_RESPONSE_RATE, KAM__KPI_SHARE, COUNT(N_ANSWERED), -1,
     COUNT(N_ASKED), COUNT(N_ASKED), -1, 0}};

#define IF(condition, i) ((condition) ? UINT32_C(1) << (i) : 0u)

/* A score that is not on its scale is an answer, but says nothing. */
static uint32_t judge(double score, double scale) {
    const int answered = score == score;
    const int of_5 = scale == 5, of_10 = scale == 10;
    const int fits = (of_5 && score >= 1 && score <= 5) ||
                     (of_10 && score >= 0 && score <= 10);
    return IF(1, N_ASKED) | IF(answered, N_ANSWERED) |
           IF(of_5 && fits, N_OF_5) | IF(of_5 && !fits, N_OF_5_OUT) |
           IF(of_5 && fits && score >= 4, N_TOP_2) |
           IF(of_10 && fits, N_OF_10) | IF(of_10 && !fits, N_OF_10_OUT) |
           IF(of_10 && fits && score >= 9, N_PROMOTERS) |
           IF(of_10 && fits && score < 7, N_DETRACTORS);
}

static void make_terms(const struct kam__kpi_job *job, int64_t first, int32_t n,
                       struct kam__kpi_tile *tile) {
    double in[3][KAM__TILE];
    const double *const day = kam__kpi_read(job, DAY, first, n, in[DAY]);
    const double *const score = kam__kpi_read(job, SCORE, first, n, in[SCORE]);
    const double *const scale = kam__kpi_read(job, SCALE, first, n, in[SCALE]);
    for (int32_t i = 0; i < n; i++)
        tile->mark[i] =
            kam__kpi_in_period(job, day[i])
                ? judge(score[i],
                        scale[i] == scale[i] ? scale[i] : job->options.scale)
                : 0;
}

kam_status kam_kpi_of_surveys(const kam_kpi_surveys *surveys,
                              const kam_kpi_options *options,
                              const kam_host *host, kam_kpi *out,
                              kam_kpi_report *report, kam_diag *diag) {
    static const struct kam__kpi_column columns[] = {
        {KAM__INTEGERS, "surveys.group"},
        {KAM__DAYS, "surveys.day"},
        {KAM__NUMBERS, "surveys.score"},
        {KAM__NUMBERS, "surveys.scale"}};
    struct kam__kpi_job job = {.kind = "surveys",
                               .first_version = KAM__FIRST(kam_kpi_surveys),
                               .columns = columns,
                               .n_columns = sizeof columns / sizeof *columns,
                               .recipe = RECIPES,
                               .n_recipes = sizeof RECIPES / sizeof *RECIPES,
                               .n_counts = N_COUNTS,
                               .terms = make_terms};
    return kam__kpi_of(&job, surveys, options, host, out, report, diag);
}
