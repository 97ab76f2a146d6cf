/* SPDX-License-Identifier: MIT */
/* Cox's model and its baseline. */
#include <kam/survival.h>

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/memory.h"
#include "base/sized.h"
#include "churn/cox_search.h"
#include "math/cholesky.h"
#include "math/elementary.h"

/* Scaled signals that differ by less are of a column without a scale. */
#define ALIKE 1e-270

void kam__cox_place(struct kam__cox *cox, const struct kam__cohort *cohort,
                    double *memory) {
    const int64_t n = cohort->n, p = cohort->p;
    memset(cox, 0, sizeof *cox);
    cox->cohort = cohort;
    cox->risk = memory;
    cox->score = memory + n;
    memory += 2 * n;
    double **const vector[] = {&cox->in.rx, &cox->gone.rx, &cox->dead.rx,
                               &cox->left.rx, &cox->gradient};
    for (size_t k = 0; k < sizeof vector / sizeof vector[0]; k++, memory += p)
        *vector[k] = memory;
    double **const matrix[] = {&cox->in.rxx, &cox->gone.rxx, &cox->dead.rxx,
                               &cox->left.rxx, &cox->hessian};
    for (size_t k = 0; k < sizeof matrix / sizeof matrix[0];
         k++, memory += p * p)
        *matrix[k] = memory;
}

static void answer(struct kam__cox_search *search, double *coefficient,
                   double *covariance) {
    const int32_t p = search->cohort.p;
    const double *const scale = search->cohort.scale;
    for (int32_t j = 0; j < p; j++)
        coefficient[j] = search->theta[j] * scale[j];
    for (int32_t j = 0; covariance && j < p; j++) {
        for (int32_t i = 0; i < p; i++) search->next[i] = i == j;
        kam__cholesky_solve(search->factor, p, search->next);
        for (int32_t i = j; i < p; i++)
            covariance[i * p + j] = covariance[j * p + i] =
                search->next[i] * scale[i] * scale[j];
    }
}

static kam_status check_rows(struct kam__cox_search *search,
                             kam_survival_report *report) {
    const struct kam__cohort *const c = &search->cohort;
    report->n_rows = c->n;
    report->n_skipped = c->n_rows - c->n;
    for (int64_t i = 0; i < c->n; i++) {
        report->n_events += c->event[i] > 0;
        search->event_weight += c->event[i] > 0 ? c->weight[i] : 0;
    }
    if (report->n_events == 0 || report->n_events == c->n) {
        const kam_status status =
            kam__panel_check_events(&search->panel, search->diag);
        if (status != KAM_OK) return status;
    }
    if (report->n_events == 0)
        return kam__fail(search->diag, KAM_ERR_ONE_CLASS, "panel.event", -1, 0,
                         "there is no event.");
    for (int32_t j = 0; j < c->p; j++) {
        int64_t i = 0;
        while (i < c->n && fabs(c->x[i * c->p + j] - c->x[j]) < ALIKE) i++;
        if (i == c->n)
            return kam__cox_blame(search, KAM_ERR_CONSTANT, j, report,
                                  "it is the same in every row.");
    }
    if (c->n <= c->p)
        return kam__fail(search->diag, KAM_ERR_TOO_FEW, "panel", -1,
                         (double)c->n,
                         "{value} usable rows say too little of so many "
                         "columns.");
    return KAM_OK;
}

/* Memory for a search, and what to do with it. */
static kam_status with_memory(struct kam__cox_search *search,
                              const kam_host *host, double **memory,
                              uint64_t *size) {
    const uint64_t p = (uint64_t)search->cohort.p;
    *size =
        kam__cox_size(search->cohort.n, search->cohort.p) + 3 * p + p * p + 1;
    *memory = kam__allocate_zero(host, *size, sizeof **memory);
    if (!*memory) return kam__no_memory(search->diag);
    kam__cox_place(&search->cox, &search->cohort, *memory);
    search->theta = *memory + kam__cox_size(search->cohort.n, search->cohort.p);
    search->next = search->theta + p;
    search->step = search->next + p;
    search->factor = search->step + p;
    return KAM_OK;
}

static kam_status check(struct kam__cox_search *search, int32_t ties,
                        const kam_panel *panel, const double *coefficient) {
    if (ties != KAM_TIES_EFRON && ties != KAM_TIES_BRESLOW)
        return kam__fail(search->diag, KAM_ERR_OPTION, "ties", -1, ties,
                         "{value} is neither KAM_TIES_EFRON nor "
                         "KAM_TIES_BRESLOW.");
    const kam_status status =
        kam__panel_read(&search->panel, panel, KAM__FOR_SURVIVAL, search->diag);
    if (status != KAM_OK) return status;
    if (!coefficient && search->panel.n_columns > 0)
        return kam__fail(search->diag, KAM_ERR_NULL, "coefficient", -1, NAN,
                         "");
    return KAM_OK;
}

kam_status kam_survival_cox(int32_t ties, const kam_panel *panel,
                            const kam_host *host, double *coefficient,
                            double *covariance, kam_survival_report *report,
                            kam_diag *diag) {
    struct kam__cox_search search;
    kam_survival_report ours;
    kam_host lent;
    double *memory = NULL;
    uint64_t size = 0;
    memset(&search, 0, sizeof search);
    memset(&ours, 0, sizeof ours);
    ours.culprit = -1;
    ours.log_likelihood = ours.log_likelihood_null = (double)NAN;
    ours.gradient = (double)NAN;
    search.diag = diag;
    kam_status status = check(&search, ties, panel, coefficient);
    if (status == KAM_OK && report)
        status = kam__sized_check(report, KAM__FIRST(kam_survival_report),
                                  "report", diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    search.isa = kam__isa_level(&lent, search.panel.n_rows);
    status = kam__cohort_new(&search.cohort, &search.panel, NULL, &lent,
                             &ours.culprit, diag);
    if (status == KAM_OK) status = check_rows(&search, &ours);
    if (status == KAM_OK) status = with_memory(&search, &lent, &memory, &size);
    if (status == KAM_OK) {
        search.cox.ties = ties;
        status = kam__cox_find(&search, &ours);
        if (status == KAM_OK || status == KAM_ERR_NOT_CONVERGED)
            answer(&search, coefficient, covariance);
    }
    kam__release(&lent, memory, size, sizeof *memory);
    kam__cohort_free(&search.cohort);
    ours.status = status;
    if (report && status < KAM_ERR_MEMORY)
        (void)kam__sized_write(report, &ours, sizeof ours,
                               KAM__FIRST(kam_survival_report), "report", NULL);
    return status == KAM_OK ? kam__ok(diag) : status;
}

/* Hazards, latest first, become cumulative ones, earliest first, each stratum
 * for itself. */
static void accumulate(struct kam__cox *cox, double base, int64_t *stratum,
                       double *time, double *cumulative) {
    const int64_t *const s = cox->stratum;
    for (int64_t first = 0, end; first < cox->n_times; first = end) {
        double sum = 0;
        end = first + 1;
        while (end < cox->n_times && s[end] == s[first]) end++;
        for (int64_t i = end - 1, to = first; i >= first; i--, to++) {
            sum += cox->hazard[i] * base;
            time[to] = cox->time[i];
            cumulative[to] = sum;
            if (stratum) stratum[to] = s[i];
        }
    }
}

/* Evaluates at the coefficients; `base` is the hazard ratio of the reference to
 * the one the walk worked with. */
static kam_status find_baseline(struct kam__cox_search *search,
                                const kam_host *host, const double *coefficient,
                                const double *reference, int64_t *stratum,
                                double *time, double *cumulative) {
    const struct kam__cohort *const c = &search->cohort;
    const uint64_t n = (uint64_t)c->n;
    double *const room = kam__allocate(host, 3 * n, sizeof *room);
    if (!room) return kam__no_memory(search->diag);
    double log_base = 0;
    search->cox.time = room;
    search->cox.hazard = room + n;
    search->cox.stratum = (int64_t *)(void *)(room + 2 * n);
    for (int32_t j = 0; j < c->p; j++) {
        const double at = reference ? reference[j] : 0;
        search->theta[j] = coefficient[j] / c->scale[j];
        log_base += coefficient[j] * (at - c->centre[j]);
    }
    search->cox.log_base = log_base;
    kam__cox_evaluate(search, search->theta);
    accumulate(&search->cox,
               search->cox.is_lost ? 1
                                   : kam__exp(log_base - search->cox.largest),
               stratum, time, cumulative);
    kam__release(host, room, 3 * n, sizeof *room);
    return KAM_OK;
}

kam_status kam_survival_baseline(int32_t ties, const kam_panel *panel,
                                 const double *coefficient,
                                 const double *reference, const kam_host *host,
                                 int64_t *stratum, double *time,
                                 double *cumulative, int64_t *n_times,
                                 kam_diag *diag) {
    struct kam__cox_search search;
    kam_host lent;
    double *memory = NULL;
    uint64_t size = 0;
    memset(&search, 0, sizeof search);
    search.diag = diag;
    kam_status status = check(&search, ties, panel, coefficient);
    if (status == KAM_OK && (!time || !cumulative || !n_times))
        return kam__fail(diag, KAM_ERR_NULL,
                         !time         ? "time"
                         : !cumulative ? "cumulative"
                                       : "n_times",
                         -1, NAN, "");
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    for (int32_t j = 0; j < search.panel.n_columns; j++)
        if (!isfinite(coefficient[j]) || (reference && !isfinite(reference[j])))
            return kam__fail(diag, KAM_ERR_OPTION,
                             isfinite(coefficient[j]) ? "reference"
                                                      : "coefficient",
                             j, NAN, "number {row} is not finite.");
    search.isa = kam__isa_level(&lent, search.panel.n_rows);
    status =
        kam__cohort_new(&search.cohort, &search.panel, NULL, &lent, NULL, diag);
    if (status == KAM_OK) status = with_memory(&search, &lent, &memory, &size);
    if (status == KAM_OK) {
        search.cox.ties = ties;
        status = find_baseline(&search, &lent, coefficient, reference, stratum,
                               time, cumulative);
    }
    if (status == KAM_OK) *n_times = search.cox.n_times;
    kam__release(&lent, memory, size, sizeof *memory);
    kam__cohort_free(&search.cohort);
    return status == KAM_OK ? kam__ok(diag) : status;
}
