/* SPDX-License-Identifier: MIT */
/* Whether a health score foresees who leaves. */
#include <kam/backtest.h>
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "churn/health.h"
#include "churn/ranked.h"
#include "churn/timeline.h"

struct job {
    kam_health_policy policy;
    struct kam__timeline line;
    const kam_column *account, *period, *score, *event;
    int64_t horizon;
    double *risk, *outcome, *worst; /* shape (n_rows) */
    kam_health_band band[KAM_HEALTH_MOST_BANDS];
    int64_t n_leavers, n_stayers, n_green;
    kam_health_report told;
};

/* One row with a score whose outcome is known. */
static void take_row(struct job *job, int64_t row, int left, int is_first) {
    const double score = kam__number_at(job->score, row);
    const int32_t band = kam__health_band(&job->policy, score);
    if (band < 0) return;
    job->risk[row] = 1 - score / 100;
    job->outcome[row] = left;
    job->band[band].n_rows++;
    job->band[band].n_left += left;
    job->n_green += is_first && left && band == job->policy.n_bands - 1;
}

/* Rows [first, end) of one account: who leaves does so at `gone`. */
static void take_account(struct job *job, int64_t first, int64_t end) {
    const struct kam__timeline *const line = &job->line;
    int64_t gone = INT64_MAX, last = INT64_MIN;
    int is_first = 1;
    for (int64_t i = first; i < end; i++) {
        const int64_t row = line->order[i];
        last = line->period[row];
        if (kam__number_at(job->event, row) == 1) {
            gone = last;
            break;
        }
    }
    job->n_leavers += gone < INT64_MAX;
    job->n_stayers += gone == INT64_MAX;
    for (int64_t i = first; i < end; i++) {
        const int64_t row = line->order[i], at = line->period[row];
        if (at > gone) break;
        job->worst[row] =
            kam__health_band(&job->policy, kam__number_at(job->score, row)) ==
            0;
        const int left = gone < INT64_MAX && gone - at < job->horizon;
        if (!left && last - at < job->horizon - 1) continue;
        take_row(job, row, left, is_first && left);
        if (left) is_first = 0;
    }
}

/* Hanley & McNeil (1982), for as many leavers and stayers as accounts. */
static void judge(struct job *job) {
    kam_health_report *const told = &job->told;
    const double a = told->auc, n = (double)job->n_leavers,
                 m = (double)job->n_stayers;
    const double q1 = a / (2 - a), q2 = 2 * a * a / (1 + a);
    const double variance =
        (a * (1 - a) + (n - 1) * (q1 - a * a) + (m - 1) * (q2 - a * a)) /
        (n * m);
    told->auc_std_error = sqrt(variance > 0 ? variance : 0);
    const double reach = 1.959963984540054 * told->auc_std_error;
    told->verdict = a - reach > 0.5   ? KAM_BACKTEST_BETTER
                    : a + reach < 0.5 ? KAM_BACKTEST_WORSE
                                      : KAM_BACKTEST_UNDECIDED;
    told->green_left = n > 0 ? (double)job->n_green / n : (double)NAN;
    for (int32_t k = 0; k < job->policy.n_bands; k++) {
        kam_health_band *const b = &job->band[k];
        b->share = b->low = b->high = (double)NAN;
        if (b->n_rows == 0) continue;
        b->share = (double)b->n_left / (double)b->n_rows;
        kam__wilson((double)b->n_left, (double)b->n_rows, &b->low, &b->high);
    }
}

static kam_status measure(struct job *job, const kam_host *host,
                          kam_diag *diag) {
    const int64_t n = job->line.n_rows;
    const kam_column risk = {job->risk, 0, 0, 0, 0, KAM_F64, 0};
    const kam_column outcome = {job->outcome, 0, 0, 0, 0, KAM_F64, 0};
    const kam_column worst = {job->worst, 0, 0, 0, 0, KAM_F64, 0};
    kam_backtest_event_report event = {.struct_size = sizeof event};
    for (int64_t i = 0; i < 3 * n; i++) job->risk[i] = (double)NAN;
    for (int64_t i = 0, end; i < job->line.n; i = end) {
        end = kam__timeline_end(&job->line, i);
        take_account(job, i, end);
    }
    kam_status status =
        kam_backtest_event(&risk, &outcome, n, host, &event, diag);
    if (status == KAM_ERR_EMPTY && n > 0)
        return kam__fail(diag, KAM_ERR_EMPTY, "score", -1, NAN,
                         "no score is known whose account's end, or whole "
                         "horizon, is known too.");
    if (status != KAM_OK) return status;
    job->told.n_rows = event.n_rows;
    job->told.n_left = event.n_events;
    job->told.auc = event.auc;
    job->told.lead.struct_size = sizeof job->told.lead;
    status =
        kam_backtest_panel_lead(job->account, job->period, &worst, job->event,
                                n, 1, host, &job->told.lead, diag);
    if (status == KAM_OK) judge(job);
    return status;
}

static kam_status check(struct job *job, int64_t n_rows, int32_t horizon,
                        const kam_health_report *report, kam_diag *diag) {
    kam_status status =
        kam__sized_check(report, KAM__FIRST(kam_health_report), "report", diag);
    if (status == KAM_OK && n_rows < 0)
        status = kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                           "n_rows is {value}.");
    if (status == KAM_OK && horizon < 1)
        status = kam__fail(diag, KAM_ERR_OPTION, "horizon", -1, horizon,
                           "a horizon of {value} periods is not possible.");
    if (status == KAM_OK)
        status = kam__column_check(job->score, n_rows, KAM__NUMBERS, 1, "score",
                                   diag);
    if (status == KAM_OK)
        status = kam__column_check(job->event, n_rows, KAM__NUMBERS, 1, "event",
                                   diag);
    for (int64_t i = 0; status == KAM_OK && i < n_rows; i++) {
        const double score = kam__number_at(job->score, i);
        if (score < 0 || score > 100)
            return kam__fail(diag, KAM_ERR_OPTION, "score", i, score,
                             "row {row} has a score of {value}, not 0..100.");
    }
    return status;
}

kam_status kam_health_backtest(const kam_health_policy *policy,
                               const kam_column *account,
                               const kam_column *period,
                               const kam_column *score, const kam_column *event,
                               int64_t n_rows, int32_t horizon,
                               const kam_host *host, kam_health_band *bands,
                               kam_health_report *report, kam_diag *diag) {
    struct job job = {.account = account,
                      .period = period,
                      .score = score,
                      .event = event,
                      .horizon = horizon};
    kam_host lent;
    kam_status status = kam__health_policy_read(&job.policy, policy, diag);
    if (status == KAM_OK) status = check(&job, n_rows, horizon, report, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status == KAM_OK)
        status =
            kam__timeline_new(&job.line, account, period, n_rows, &lent, diag);
    if (status != KAM_OK) return status;
    const uint64_t room = 3 * (uint64_t)n_rows + 1;
    job.risk = kam__allocate(&lent, room, sizeof(double));
    if (job.risk) {
        job.outcome = job.risk + n_rows;
        job.worst = job.outcome + n_rows;
        status = measure(&job, &lent, diag);
    } else {
        status = kam__no_memory(diag);
    }
    kam__release(&lent, job.risk, room, sizeof(double));
    kam__timeline_free(&job.line);
    if (status != KAM_OK) return status;
    if (bands)
        memcpy(bands, job.band, (size_t)job.policy.n_bands * sizeof *bands);
    kam__sized_write(report, &job.told, sizeof job.told,
                     KAM__FIRST(kam_health_report), "report", NULL);
    return kam__ok(diag);
}
