/* SPDX-License-Identifier: MIT */
/* How early the warnings came. */
#include <kam/backtest_panel.h>
#include <math.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "churn/timeline.h"
#include "math/sort.h"

struct job {
    struct kam__timeline line;
    const kam_column *risk, *event;
    double threshold;
    int64_t *lead; /* shape (n_rows): of those warned */
    kam_backtest_panel_lead_report told;
};

/* One account, rows [first, end) of the timeline. */
static void take_account(struct job *job, int64_t first, int64_t end) {
    const struct kam__timeline *const line = &job->line;
    int is_warned = 0, ever = 0;
    int64_t since = 0;
    for (int64_t i = first; i < end; i++) {
        const int64_t row = line->order[i];
        const int now = kam__number_at(job->risk, row) >= job->threshold;
        if (now && !is_warned) since = line->period[row];
        is_warned = now;
        ever |= now;
        if (!(kam__number_at(job->event, row) == 1)) continue;
        job->told.n_left++;
        if (is_warned)
            job->lead[job->told.n_warned++] = line->period[row] - since;
        return;
    }
    job->told.n_stayed++;
    job->told.n_false += ever;
}

static double ratio(int64_t a, int64_t b) {
    return b > 0 ? (double)a / (double)b : (double)NAN;
}

static void sum_up(struct job *job, int64_t *scratch) {
    kam_backtest_panel_lead_report *const told = &job->told;
    const int64_t n = told->n_warned;
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += (double)job->lead[i];
    told->caught = ratio(n, told->n_left);
    told->precision = ratio(n, n + told->n_false);
    told->mean_lead = n > 0 ? sum / (double)n : (double)NAN;
    told->median_lead = (double)NAN;
    if (n == 0) return;
    kam__sort_by_integer(job->lead, n, scratch, scratch + n);
    /* NOLINTNEXTLINE(bugprone-integer-division): the lower middle */
    told->median_lead = (double)job->lead[scratch[(n - 1) / 2]];
}

static kam_status check(const kam_column *risk, const kam_column *event,
                        int64_t n_rows, double threshold,
                        kam_backtest_panel_lead_report *report,
                        kam_diag *diag) {
    kam_status status =
        kam__sized_check(report, KAM__FIRST(kam_backtest_panel_lead_report),
                         "report", diag);
    if (status == KAM_OK && n_rows < 0)
        status = kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                           "n_rows is {value}.");
    if (status == KAM_OK)
        status = kam__column_check(risk, n_rows, KAM__NUMBERS, 1, "risk", diag);
    if (status == KAM_OK)
        status =
            kam__column_check(event, n_rows, KAM__NUMBERS, 1, "event", diag);
    if (status == KAM_OK && threshold != threshold)
        status = kam__fail(diag, KAM_ERR_OPTION, "threshold", -1, threshold,
                           "the threshold is no number.");
    return status;
}

kam_status kam_backtest_panel_lead(const kam_column *account,
                                   const kam_column *period,
                                   const kam_column *risk,
                                   const kam_column *event, int64_t n_rows,
                                   double threshold, const kam_host *host,
                                   kam_backtest_panel_lead_report *report,
                                   kam_diag *diag) {
    struct job job = {.risk = risk, .event = event, .threshold = threshold};
    kam_host lent;
    const uint64_t room = 3 * ((uint64_t)(n_rows > 0 ? n_rows : 0) + 1);
    kam_status status = check(risk, event, n_rows, threshold, report, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status == KAM_OK)
        status =
            kam__timeline_new(&job.line, account, period, n_rows, &lent, diag);
    if (status != KAM_OK) return status;
    job.lead = kam__allocate(&lent, room, sizeof(int64_t));
    if (!job.lead) {
        status = kam__no_memory(diag);
    } else if (job.line.n == 0) {
        status = kam__fail(diag, KAM_ERR_EMPTY, "account", -1, NAN,
                           "No row has an account and a period.");
    } else {
        for (int64_t i = 0, end; i < job.line.n; i = end) {
            end = kam__timeline_end(&job.line, i);
            take_account(&job, i, end);
        }
        sum_up(&job, job.lead + n_rows);
    }
    kam__release(&lent, job.lead, room, sizeof(int64_t));
    kam__timeline_free(&job.line);
    if (status != KAM_OK) return status;
    kam__sized_write(report, &job.told, sizeof job.told,
                     KAM__FIRST(kam_backtest_panel_lead_report), "report",
                     NULL);
    return kam__ok(diag);
}
