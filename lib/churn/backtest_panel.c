/* SPDX-License-Identifier: MIT */
/* Rolling origin: fitted again and again on what was known. */
#include <kam/backtest_panel.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "churn/panel.h"

struct job {
    const kam_panel *panel; /* the caller's */
    kam_panel train;        /* the same with the events of the past alone */
    kam_backtest_panel_plan plan;
    kam_host lent;
    const kam_column *period;
    double *event, *forecast, *coefficient;
    double *probability, *naive; /* copied to the caller's at the end */
    kam_backtest_panel_report told;
    kam_diag *diag;
};

static kam_status fit_hazard(struct job *job) {
    const kam_hazard model = {job->plan.link, job->train.n_columns,
                              job->coefficient, 0};
    const kam_status status =
        kam_hazard_fit(job->plan.link, &job->train, job->plan.options,
                       &job->lent, job->coefficient, 0, 0, job->diag);
    if (status != KAM_OK) return status;
    return kam_hazard_risk(&model, &job->train, 0, &job->lent, job->forecast, 0,
                           0, 0, job->diag);
}

/* Verdicts on the data are no failure of the call: there was no forecast yet. */
static int is_verdict(kam_status status) {
    return status >= KAM_ERR_EMPTY && status < KAM_ERR_OVERFLOW;
}

static double hide_future(struct job *job, int64_t origin) {
    double n = 0, n_events = 0;
    for (int64_t i = 0; i < job->panel->n_rows; i++) {
        const int known = kam__is_present(job->period, i) &&
                          kam__integer_at(job->period, i) < origin;
        const double y =
            known ? kam__number_at(&job->panel->event, i) : (double)NAN;
        job->event[i] = y;
        n += y == y;
        n_events += y == 1;
    }
    return (n_events + 0.5) / (n + 1);
}

static kam_status forecast_from(struct job *job, int64_t origin) {
    const double rate = hide_future(job, origin), none = (double)NAN;
    const int64_t end = origin < INT64_MAX - job->plan.step
                            ? origin + job->plan.step
                            : INT64_MAX;
    const kam_status status =
        job->plan.model
            ? job->plan.model(job->plan.context, &job->train, job->forecast)
            : fit_hazard(job);
    if (status != KAM_OK && !is_verdict(status)) return status;
    job->told.n_fits++;
    if (status != KAM_OK) {
        job->told.n_refused++;
        job->told.status = status;
    }
    for (int64_t i = 0; i < job->panel->n_rows; i++) {
        if (!kam__is_present(job->period, i)) continue;
        const int64_t at = kam__integer_at(job->period, i);
        if (at < origin || at >= end) continue;
        job->probability[i] = status == KAM_OK ? job->forecast[i] : none;
        job->told.n_rows += job->probability[i] == job->probability[i];
        job->naive[i] = rate;
    }
    return KAM_OK;
}

/* The origin at `from` or later before whose successor there is a row: periods
 * far ahead must not cost a fit for every one before them. */
static int64_t next_origin(const struct job *job, int64_t from) {
    int64_t next = INT64_MAX;
    for (int64_t i = 0; i < job->panel->n_rows; i++) {
        if (!kam__is_present(job->period, i)) continue;
        const int64_t at = kam__integer_at(job->period, i);
        if (at >= from && at < next) next = at;
    }
    const uint64_t gap = (uint64_t)next - (uint64_t)from;
    /* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): a step is above 0 */
    return next - (int64_t)(gap % (uint64_t)job->plan.step);
}

static kam_status roll(struct job *job) {
    int64_t last = INT64_MIN;
    kam_status status = KAM_OK;
    for (int64_t i = 0; i < job->panel->n_rows; i++) {
        if (!kam__is_present(job->period, i)) continue;
        const int64_t at = kam__integer_at(job->period, i);
        if (at > last) last = at;
    }
    if (last < job->plan.first)
        return kam__fail(job->diag, KAM_ERR_EMPTY, "plan.first", -1,
                         (double)job->plan.first,
                         "No row is of period {value} or later.");
    for (int64_t o = job->plan.first; status == KAM_OK && o <= last;) {
        status = forecast_from(job, o);
        if ((uint64_t)last - (uint64_t)o < (uint64_t)job->plan.step) break;
        o = next_origin(job, o + job->plan.step);
    }
    return status;
}

static kam_status check(const struct job *job, const double *probability,
                        const kam_backtest_panel_report *report) {
    kam_diag *const diag = job->diag;
    if (!probability)
        return kam__fail(diag, KAM_ERR_NULL, "probability", -1, NAN, "");
    if (job->plan.step < 1)
        return kam__fail(diag, KAM_ERR_OPTION, "plan.step", -1,
                         (double)job->plan.step, "{value} is below 1.");
    if (!job->plan.model && job->plan.link != KAM_HAZARD_LOGISTIC &&
        job->plan.link != KAM_HAZARD_CLOGLOG)
        return kam__fail(diag, KAM_ERR_OPTION, "plan.link", -1, job->plan.link,
                         "{value} is neither KAM_HAZARD_LOGISTIC nor "
                         "KAM_HAZARD_CLOGLOG.");
    kam_status status = kam__column_check(job->period, job->train.n_rows,
                                          KAM__INTEGERS, 1, "period", diag);
    if (status == KAM_OK && report)
        status = kam__sized_check(report, KAM__FIRST(kam_backtest_panel_report),
                                  "report", diag);
    return status;
}

enum { MOST_COEFFICIENTS = KAM_PANEL_MOST_COLUMNS + 1 };

/* The memory of a call: four numbers a row, and the coefficients of a fit. */
static void share_out(struct job *job, uint64_t n) {
    job->forecast = job->event + n;
    job->probability = job->forecast + n;
    job->naive = job->probability + n;
    job->coefficient = job->naive + n;
    for (uint64_t i = 0; i < n; i++) job->probability[i] = job->naive[i] = NAN;
    const kam_column known = {job->event, 0, 0, 0, 0, KAM_F64, 0};
    job->train.event = known;
}

static void hand_out(const struct job *job, uint64_t n, double *probability,
                     double *naive) {
    if (n == 0) return;
    memcpy(probability, job->probability, n * sizeof *probability);
    if (naive) memcpy(naive, job->naive, n * sizeof *naive);
}

kam_status kam_backtest_panel_rolling(const kam_panel *panel,
                                      const kam_column *period,
                                      const kam_backtest_panel_plan *plan,
                                      const kam_host *host, double *probability,
                                      double *naive,
                                      kam_backtest_panel_report *report,
                                      kam_diag *diag) {
    struct job job = {.period = period, .diag = diag};
    kam_panel whole;
    kam_status status = kam__panel_read(&whole, panel, KAM__FOR_FITS, diag);
    if (status == KAM_OK)
        status =
            kam__sized_read(&job.plan, sizeof job.plan, plan,
                            KAM__FIRST(kam_backtest_panel_plan), "plan", diag);
    if (status == KAM_OK) status = kam__host_read(&job.lent, host, diag);
    job.panel = &whole;
    if (status == KAM_OK) {
        job.train = whole;
        status = check(&job, probability, report);
    }
    if (status != KAM_OK) return status;
    const uint64_t n = (uint64_t)whole.n_rows, room = 4 * n + MOST_COEFFICIENTS;
    job.event = kam__allocate(&job.lent, room, sizeof(double));
    if (!job.event) return kam__no_memory(diag);
    share_out(&job, n);
    status = roll(&job);
    if (status == KAM_OK) hand_out(&job, n, probability, naive);
    kam__release(&job.lent, job.event, room, sizeof(double));
    if (status != KAM_OK) return status;
    if (report)
        kam__sized_write(report, &job.told, sizeof job.told,
                         KAM__FIRST(kam_backtest_panel_report), "report", NULL);
    return kam__ok(diag);
}
