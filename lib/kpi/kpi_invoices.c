/* SPDX-License-Identifier: MIT */
/* Invoices: receivables, ageing and lateness (K3). */
#include <math.h>

#include "base/sized.h"
#include "kpi/figures.h"

enum { SENT, DUE, PAID, AMOUNT };
enum {
    INVOICED,
    OPEN,
    MEAN_OPEN,
    AGED,
    BUCKET, /* not due, then four ages */
    DAYS_LATE = BUCKET + 5,
    DAYS_TO_PAY,
    MONEY_DAYS,
    SETTLED,
    N_SUMS
};
enum {
    N_INVOICED,
    N_ROWS_OUT, /* without a day or an amount */
    N_OPEN,
    N_AGED,
    N_AGED_OUT,
    N_DECIDED,
    N_DECIDED_OUT,
    N_LATE,
    N_LATE_PAID,
    N_LATE_OPEN,
    N_SETTLED,
    N_SETTLED_OUT,
    N_COUNTS
};

enum { OF_AGES = KAM__KPI_NEEDS_TODAY };
static const struct kam__kpi_recipe RECIPES[] = {
    {KAM_KPI_TURNOVER, KAM__KPI_RATIO, INVOICED, -1, MEAN_OPEN,
     COUNT(N_INVOICED), COUNT(N_ROWS_OUT), KAM__KPI_NEEDS_PERIOD},
    {KAM_KPI_DSO, KAM__KPI_DAYS, OPEN, -1, INVOICED, COUNT(N_INVOICED),
     COUNT(N_ROWS_OUT), KAM__KPI_NEEDS_PERIOD},
    {KAM_KPI_OVERDUE, KAM__KPI_RATIO, AGED, BUCKET, AGED, COUNT(N_AGED),
     COUNT(N_AGED_OUT), OF_AGES},
    {KAM_KPI_AGE_NOT_DUE, KAM__KPI_RATIO, BUCKET, -1, AGED, COUNT(N_AGED),
     COUNT(N_AGED_OUT), OF_AGES},
    {KAM_KPI_AGE_1, KAM__KPI_RATIO, BUCKET + 1, -1, AGED, COUNT(N_AGED),
     COUNT(N_AGED_OUT), OF_AGES},
    {KAM_KPI_AGE_2, KAM__KPI_RATIO, BUCKET + 2, -1, AGED, COUNT(N_AGED),
     COUNT(N_AGED_OUT), OF_AGES},
    {KAM_KPI_AGE_3, KAM__KPI_RATIO, BUCKET + 3, -1, AGED, COUNT(N_AGED),
     COUNT(N_AGED_OUT), OF_AGES},
    {KAM_KPI_AGE_4, KAM__KPI_RATIO, BUCKET + 4, -1, AGED, COUNT(N_AGED),
     COUNT(N_AGED_OUT), OF_AGES},
    {KAM_KPI_LATE, KAM__KPI_SHARE, COUNT(N_LATE), -1, COUNT(N_DECIDED),
     COUNT(N_DECIDED), COUNT(N_DECIDED_OUT), KAM__KPI_NEEDS_TODAY},
    {KAM_KPI_DAYS_LATE, KAM__KPI_RATIO, DAYS_LATE, -1, COUNT(N_LATE_PAID),
     COUNT(N_LATE_PAID), COUNT(N_LATE_OPEN), KAM__KPI_NEEDS_TODAY},
    {KAM_KPI_DAYS_TO_PAY, KAM__KPI_RATIO, DAYS_TO_PAY, -1, COUNT(N_SETTLED),
     COUNT(N_SETTLED), COUNT(N_SETTLED_OUT), KAM__KPI_NEEDS_TODAY},
    {KAM_KPI_MONEY_DAYS_TO_PAY, KAM__KPI_RATIO, MONEY_DAYS, -1, SETTLED,
     COUNT(N_SETTLED), COUNT(N_SETTLED_OUT), KAM__KPI_NEEDS_TODAY}};

#define IF(condition, i) ((condition) ? UINT32_C(1) << (i) : 0u)

struct row {
    double sent, due, paid, amount; /* paid: inf while open */
};

static int bucket_of(const int32_t *limits, double age) {
    return age <= 0           ? 0
           : age <= limits[0] ? 1
           : age <= limits[1] ? 2
           : age <= limits[2] ? 3
                              : 4;
}

/* What was open at the end of the last day, and before the first. */
static uint32_t stand(const struct kam__kpi_job *job, const struct row *row,
                      struct kam__kpi_tile *tile, int32_t i) {
    const int before = row->sent < job->first && row->paid >= job->first;
    const int open = row->sent <= job->last && row->paid > job->last;
    const int invoiced = kam__kpi_in_period(job, row->sent);
    const int aged = open && kam__kpi_is_day(row->due);
    tile->term[INVOICED][i] = invoiced ? row->amount : 0;
    tile->term[OPEN][i] = open ? row->amount : 0;
    tile->term[MEAN_OPEN][i] = 0.5 * (before + open) * row->amount;
    tile->term[AGED][i] = aged ? row->amount : 0;
    if (aged)
        tile->term[BUCKET + bucket_of(job->options.age_days,
                                      job->last - row->due)][i] = row->amount;
    return IF(invoiced || open, N_INVOICED) | IF(open, N_OPEN) |
           IF(aged, N_AGED) | IF(open && !aged, N_AGED_OUT);
}

/* An invoice of the period, as it stands at the end of the last day. */
static uint32_t pay(const struct kam__kpi_job *job, const struct row *row,
                    struct kam__kpi_tile *tile, int32_t i) {
    const int settled = row->paid <= job->last;
    const int dated = kam__kpi_is_day(row->due);
    const double end = settled ? row->paid : job->last;
    const int late = dated && end > row->due;
    const int decided = dated && (settled || late);
    tile->term[DAYS_LATE][i] = late && settled ? row->paid - row->due : 0;
    tile->term[DAYS_TO_PAY][i] = settled ? row->paid - row->sent : 0;
    tile->term[MONEY_DAYS][i] =
        settled ? (row->paid - row->sent) * row->amount : 0;
    tile->term[SETTLED][i] = settled ? row->amount : 0;
    return IF(decided, N_DECIDED) | IF(!decided, N_DECIDED_OUT) |
           IF(late, N_LATE) | IF(late && settled, N_LATE_PAID) |
           IF(late && !settled, N_LATE_OPEN) | IF(settled, N_SETTLED) |
           IF(!settled, N_SETTLED_OUT);
}

static void make_terms(const struct kam__kpi_job *job, int64_t first, int32_t n,
                       struct kam__kpi_tile *tile) {
    double in[4][KAM__TILE];
    const double *column[4];
    for (int c = 0; c < 4; c++)
        column[c] = kam__kpi_read(job, c, first, n, in[c]);
    for (int32_t i = 0; i < n; i++) {
        const double paid = column[PAID][i];
        const struct row row = {column[SENT][i], column[DUE][i],
                                kam__kpi_is_day(paid) ? paid : INFINITY,
                                column[AMOUNT][i]};
        const int known =
            kam__kpi_is_day(row.sent) && kam__kpi_is_known(row.amount);
        for (int k = 0; k < N_SUMS; k++) tile->term[k][i] = 0;
        tile->mark[i] = known ? stand(job, &row, tile, i)
                              : IF(1, N_ROWS_OUT) | IF(1, N_AGED_OUT) |
                                    IF(1, N_DECIDED_OUT) | IF(1, N_SETTLED_OUT);
        if (known && row.amount > 0 && kam__kpi_in_period(job, row.sent))
            tile->mark[i] |= pay(job, &row, tile, i);
    }
}

kam_status kam_kpi_of_invoices(const kam_kpi_invoices *invoices,
                               const kam_kpi_options *options,
                               const kam_host *host, kam_kpi *out,
                               kam_kpi_report *report, kam_diag *diag) {
    static const struct kam__kpi_column columns[] = {
        {KAM__INTEGERS, "invoices.group"},
        {KAM__DAYS, "invoices.invoice_day"},
        {KAM__DAYS, "invoices.due_day"},
        {KAM__DAYS, "invoices.paid_day"},
        {KAM__NUMBERS, "invoices.amount"}};
    struct kam__kpi_job job = {.kind = "invoices",
                               .first_version = KAM__FIRST(kam_kpi_invoices),
                               .columns = columns,
                               .n_columns = sizeof columns / sizeof *columns,
                               .recipe = RECIPES,
                               .n_recipes = sizeof RECIPES / sizeof *RECIPES,
                               .n_sums = N_SUMS,
                               .n_counts = N_COUNTS,
                               .terms = make_terms};
    return kam__kpi_of(&job, invoices, options, host, out, report, diag);
}
