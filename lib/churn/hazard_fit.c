/* SPDX-License-Identifier: MIT */
/* kam_hazard_fit: what it takes, and its verdicts. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/memory.h"
#include "base/sized.h"
#include "churn/hazard_fit.h"
#include "math/elementary.h"

/* Squared lengths of a step, in standard errors, at which a search ends: of few
 * rows, and of many, whose gradient is rounded. */
#define THERE 1e-23
#define THERE_OF_MANY 1e-15
/* Least share of a column that the others leave unexplained, below which the sums
 * of many rows are taken once more. */
#define NEARLY_COLLINEAR 1e-3

kam_status kam_hazard_options_init(kam_hazard_options *options,
                                   uint32_t struct_size) {
    kam_hazard_options ours = {0};
    ours.max_steps = 200;
    return kam__sized_init(options, struct_size, &ours, sizeof ours,
                           KAM__FIRST(kam_hazard_options));
}

static kam_status read_options(struct kam__hazard_fit *fit,
                               const kam_hazard_options *theirs) {
    kam_hazard_options *const ours = &fit->options;
    if (!theirs) return kam_hazard_options_init(ours, sizeof *ours);
    const kam_status status =
        kam__sized_read(ours, sizeof *ours, theirs,
                        KAM__FIRST(kam_hazard_options), "options", fit->diag);
    if (status != KAM_OK) return status;
    if (ours->firth < KAM_FIRTH_AUTO || ours->firth > KAM_FIRTH_NEVER)
        return kam__fail(fit->diag, KAM_ERR_OPTION, "options.firth", -1,
                         ours->firth, "{value} is no KAM_FIRTH_*.");
    if (ours->max_steps < 1 || ours->max_steps > 10000)
        return kam__fail(fit->diag, KAM_ERR_OPTION, "options.max_steps", -1,
                         ours->max_steps, "{value} steps are not 1..10000.");
    if (ours->robust != 0 && ours->robust != 1)
        return kam__fail(fit->diag, KAM_ERR_OPTION, "options.robust", -1,
                         ours->robust, "{value} is neither 0 nor 1.");
    if (!(ours->ridge >= 0 && ours->ridge < INFINITY))
        return kam__fail(fit->diag, KAM_ERR_OPTION, "options.ridge", -1,
                         ours->ridge, "a ridge of {value} is not possible.");
    for (int32_t j = 0; j < fit->q; j++) {
        const double mean = ours->prior_mean ? ours->prior_mean[j] : 0;
        const double known =
            ours->prior_precision ? ours->prior_precision[j] : 0;
        if (!(fabs(mean) < INFINITY))
            return kam__fail(fit->diag, KAM_ERR_OPTION, "options.prior_mean", j,
                             mean, "number {row} is {value}.");
        if (!(known >= 0 && known < INFINITY))
            return kam__fail(fit->diag, KAM_ERR_OPTION,
                             "options.prior_precision", j, known,
                             "number {row} is {value}.");
    }
    return KAM_OK;
}

int64_t kam__hazard_pieces(int64_t n_rows) {
    return (n_rows + KAM__PIECE - 1) / KAM__PIECE;
}

static void set_prior(struct kam__hazard_fit *fit, kam_hazard_report *report) {
    const kam_hazard_options *const o = &fit->options;
    for (int32_t j = 0; j < fit->q; j++) {
        const double given = o->prior_precision ? o->prior_precision[j] : 0;
        const double mean = o->prior_mean ? o->prior_mean[j] : 0;
        const double ridge = j > 0 ? o->ridge : 0;
        fit->precision[j] = given + ridge;
        /* two normal laws, one around 0, make one */
        fit->mean[j] = ridge > 0 ? mean * given / (given + ridge) : mean;
        report->has_prior |= fit->precision[j] > 0;
    }
}

static kam_status allocate(struct kam__hazard_fit *fit) {
    const uint64_t q = (uint64_t)fit->q, n = (uint64_t)fit->n_pieces;
    double *at;
    fit->n_memory = (14 + 2 * KAM__HAZARD_PAIRS) * q + 6 * q * q;
    fit->room_size = kam__hazard_room(fit->q);
    fit->n_sums = 1 + q + q * (q + 1) / 2;
    fit->memory = kam__allocate_zero(fit->host, fit->n_memory, sizeof *at);
    fit->piece = kam__allocate(fit->host, n, sizeof *fit->piece);
    fit->room = kam__allocate(fit->host, n * fit->room_size, sizeof *at);
    fit->sums =
        kam__allocate_zero(fit->host, (n + 1) * fit->n_sums, sizeof *fit->sums);
    if (!fit->memory || !fit->piece || !fit->room || !fit->sums)
        return kam__no_memory(fit->diag);
    at = fit->memory;
    double **const vector[] = {&fit->centre,    &fit->scale, &fit->low,
                               &fit->high,      &fit->theta, &fit->next,
                               &fit->gradient,  &fit->step,  &fit->mean,
                               &fit->precision, &fit->trial};
    for (size_t i = 0; i < sizeof vector / sizeof vector[0]; i++, at += q)
        *vector[i] = at;
    fit->hessian = at;
    fit->factor = at + q * q;
    fit->covariance = at + 2 * q * q;
    fit->firth = at + 3 * q * q;
    fit->moved = at + 4 * q * q;
    fit->fell = fit->moved + KAM__HAZARD_PAIRS * q;
    fit->before = fit->fell + KAM__HAZARD_PAIRS * q;
    fit->frame = fit->before + q;
    fit->framed = fit->frame + q * q;
    return KAM_OK;
}

static void release(struct kam__hazard_fit *fit) {
    const uint64_t n = (uint64_t)fit->n_pieces;
    kam__hazard_forget(fit);
    kam__release(fit->host, fit->sums, (n + 1) * fit->n_sums,
                 sizeof *fit->sums);
    kam__release(fit->host, fit->room, n * fit->room_size, sizeof *fit->room);
    kam__release(fit->host, fit->piece, n, sizeof *fit->piece);
    kam__release(fit->host, fit->memory, fit->n_memory, sizeof *fit->memory);
}

static kam_status fail_column(const struct kam__hazard_fit *fit,
                              kam_status status, int32_t j, double value,
                              const char *message) {
    char name[48];
    return kam__fail(fit->diag, status,
                     j >= 0 ? kam__panel_name(&fit->panel, j, name)
                            : "the constant",
                     -1, value, message);
}

static kam_status check_classes(const struct kam__hazard_fit *fit) {
    int32_t n_free = 0;
    for (int32_t j = 0; j < fit->q; j++) n_free += !(fit->precision[j] > 0);
    if (fit->n_used < n_free || (fit->n_used < 2 && n_free > 0))
        return kam__fail(fit->diag, KAM_ERR_TOO_FEW, "panel", -1,
                         (double)fit->n_used,
                         "{value} usable rows say too little without a prior.");
    if (fit->n_events > 0 && fit->n_events < fit->n_used) return KAM_OK;
    return kam__fail(fit->diag, KAM_ERR_ONE_CLASS, "panel.event", -1,
                     fit->n_events > 0 ? 1 : 0,
                     "the event is {value} in every row, and there is no "
                     "prior.");
}

/* What can be said before any search. */
static kam_status look_over(struct kam__hazard_fit *fit,
                            kam_hazard_report *report) {
    kam_status status = kam__hazard_scan(fit);
    if (status != KAM_OK) return status;
    report->n_rows = fit->n_used;
    report->n_skipped = fit->panel.n_rows - fit->n_used;
    report->n_events = fit->n_events;
    if (fit->n_used == 0)
        return kam__panel_fail_empty(&fit->panel, KAM__FOR_FITS,
                                     &report->culprit, fit->diag);
    if (fit->n_events == 0 || fit->n_events == fit->n_used) {
        status = kam__panel_check_events(&fit->panel, fit->diag);
        if (status != KAM_OK) return status;
    }
    if ((fit->n_events == 0 || fit->n_events == fit->n_used) &&
        fit->precision[0] > 0) {
        report->verdict = KAM_HAZARD_PRIOR_ONLY;
        return KAM_OK;
    }
    status = check_classes(fit);
    for (int32_t j = 0; status == KAM_OK && j < fit->q - 1; j++)
        if (!(fit->high[j] * 0.5 - fit->low[j] * 0.5 >
              KAM__HAZARD_LEAST_SPREAD) &&
            !(fit->precision[j + 1] > 0)) {
            report->culprit = j;
            status = fail_column(fit, KAM_ERR_CONSTANT, j, fit->low[j],
                                 "it is {value} in every row.");
        }
    return status;
}

static kam_status verdict_of(const struct kam__hazard_fit *fit,
                             const struct kam__hazard_walk *walk,
                             kam_status status) {
    if (status == KAM_ERR_NOT_CONVERGED)
        return kam__fail(fit->diag, status, "options.max_steps", -1,
                         walk->n_steps,
                         "the search stopped after {value} steps.");
    if (status == KAM_ERR_OVERFLOW)
        return kam__fail(fit->diag, status, "panel", -1, NAN,
                         "the weights are too large to add up.");
    if (status != KAM_OK) return status; /* the diag is filled */
    if (walk->status == KAM_ERR_COLLINEAR)
        return fail_column(fit, walk->status, walk->culprit, NAN,
                           "it says nothing that the columns before it do not "
                           "say.");
    if (walk->status == KAM_ERR_SEPARATED)
        return fail_column(fit, walk->status, walk->culprit, NAN,
                           "with the others, it tells every event from every "
                           "other row.");
    return KAM_OK;
}

/* Nearly collinear columns magnify what is rounded for many rows: one more step
 * with sums as exact as those of few. */
static kam_status sharpen(struct kam__hazard_fit *fit,
                          struct kam__hazard_walk *walk) {
    double collinear;
    int32_t worst;
    kam__hazard_invert(fit, &collinear);
    if (collinear >= NEARLY_COLLINEAR) return KAM_OK;
    fit->is_quick = 0;
    const kam_status status =
        kam__hazard_evaluate(fit, fit->theta, KAM__HAZARD_ALL);
    if (status != KAM_OK) return status;
    fit->value +=
        kam__hazard_prior(fit, fit->theta, fit->gradient, fit->hessian);
    if (!(kam__hazard_factorise(fit, &worst) >= KAM__HAZARD_LEAST_PIVOT)) {
        walk->status = KAM_ERR_COLLINEAR;
        walk->culprit = worst - 1;
        return KAM_OK;
    }
    fit->value += 0.5 * kam__hazard_solve(fit);
    for (int32_t j = 0; j < fit->q; j++) fit->theta[j] += fit->step[j];
    fit->value -= kam__hazard_prior(fit, fit->theta, fit->gradient, NULL);
    walk->n_steps++;
    return KAM_OK;
}

static kam_status fit_rows(struct kam__hazard_fit *fit,
                           kam_hazard_report *report) {
    struct kam__hazard_walk walk = {0, 0, -1, 0, 0, 0, 0};
    fit->is_quick =
        fit->n_used > KAM__HAZARD_FEW_ROWS && fit->link == KAM_HAZARD_LOGISTIC;
    fit->is_firth = fit->options.firth == KAM_FIRTH_ALWAYS;
    report->verdict = fit->is_firth ? KAM_HAZARD_FIRTH : KAM_HAZARD_FITTED;
    const double there =
        fit->n_used > KAM__HAZARD_FEW_ROWS ? THERE_OF_MANY : THERE;
    int found = 0;
    kam_status status =
        fit->sample.n > 0 ? kam__hazard_hasten(fit, &walk, &found) : KAM_OK;
    if (status == KAM_OK && !found)
        status = kam__hazard_search(fit, &walk, there);
    if (status == KAM_OK && walk.status == KAM_ERR_SEPARATED &&
        fit->options.firth == KAM_FIRTH_AUTO) {
        report->culprit = walk.culprit;
        report->verdict = KAM_HAZARD_SEPARATED;
        fit->is_firth = 1;
        status = kam__hazard_search(fit, &walk, there);
    } else {
        report->culprit = walk.culprit;
    }
    kam__hazard_unframe(fit);
    if (status == KAM_OK && walk.status == KAM_OK && fit->is_quick &&
        !fit->is_firth)
        status = sharpen(fit, &walk);
    report->n_steps = walk.n_steps;
    report->gradient = sqrt(walk.length > 0 ? walk.length : 0);
    report->log_likelihood = fit->value;
    status = verdict_of(fit, &walk, status);
    if (status != KAM_OK && status != KAM_ERR_NOT_CONVERGED) {
        report->verdict = 0;
        return status;
    }
    kam__hazard_invert(fit, &report->collinear);
    if (status != KAM_OK || !fit->options.robust) return status;
    status = kam__hazard_robust(fit, &report->n_clusters);
    if (status != KAM_OK) report->verdict = 0;
    return status;
}

static double log_likelihood_null(const struct kam__hazard_fit *fit) {
    const double p = fit->rate;
    if (fit->panel.offset.values || !(p > 0 && p < 1)) return (double)NAN;
    return fit->total_weight * (p * kam__log(p) + (1 - p) * kam__log1p(-p));
}

static void answer(struct kam__hazard_fit *fit, int prior_only,
                   double *coefficient, double *covariance) {
    const int32_t q = fit->q;
    if (!prior_only) {
        kam__hazard_transform(fit);
        kam__hazard_beta(fit, fit->theta, coefficient);
        for (int32_t i = 0; covariance && i < q * q; i++)
            covariance[i] = fit->covariance[i];
        return;
    }
    for (int32_t i = 0; i < q; i++) coefficient[i] = fit->mean[i];
    for (int32_t i = 0; covariance && i < q; i++)
        for (int32_t j = 0; j < q; j++)
            covariance[i * q + j] = i == j ? 1 / fit->precision[i] : 0;
}

static kam_status run(struct kam__hazard_fit *fit, double *coefficient,
                      double *covariance, kam_hazard_report *report) {
    kam_status status = allocate(fit);
    if (status != KAM_OK) return status;
    set_prior(fit, report);
    status = kam__hazard_prepare(fit);
    if (status != KAM_OK) return status;
    status = look_over(fit, report);
    const int prior_only = report->verdict == KAM_HAZARD_PRIOR_ONLY;
    if (status == KAM_OK && !prior_only) {
        report->log_likelihood_null = log_likelihood_null(fit);
        status = fit_rows(fit, report);
    }
    if (status == KAM_OK || status == KAM_ERR_NOT_CONVERGED)
        answer(fit, prior_only, coefficient, covariance);
    return status;
}

static kam_status check(struct kam__hazard_fit *fit, const kam_panel *panel,
                        const kam_hazard_options *options,
                        const double *coefficient,
                        const kam_hazard_report *report) {
    kam_diag *const diag = fit->diag;
    if (fit->link != KAM_HAZARD_LOGISTIC && fit->link != KAM_HAZARD_CLOGLOG)
        return kam__fail(diag, KAM_ERR_OPTION, "link", -1, fit->link,
                         "{value} is neither KAM_HAZARD_LOGISTIC nor "
                         "KAM_HAZARD_CLOGLOG.");
    kam_status status =
        kam__panel_read(&fit->panel, panel, KAM__FOR_FITS, diag);
    if (status != KAM_OK) return status;
    fit->q = fit->panel.n_columns + 1;
    if (!coefficient)
        return kam__fail(diag, KAM_ERR_NULL, "coefficient", -1, NAN, "");
    if (report)
        status = kam__sized_check(report, KAM__FIRST(kam_hazard_report),
                                  "report", diag);
    return status == KAM_OK ? read_options(fit, options) : status;
}

kam_status kam_hazard_fit(int32_t link, const kam_panel *panel,
                          const kam_hazard_options *options,
                          const kam_host *host, double *coefficient,
                          double *covariance, kam_hazard_report *report,
                          kam_diag *diag) {
    kam_host lent;
    kam_hazard_report ours;
    struct kam__hazard_fit fit;
    memset(&fit, 0, sizeof fit);
    fit.link = link;
    fit.diag = diag;
    kam_status status = check(&fit, panel, options, coefficient, report);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    fit.host = &lent;
    memset(&ours, 0, sizeof ours);
    ours.culprit = -1;
    ours.log_likelihood = ours.log_likelihood_null = (double)NAN;
    ours.gradient = ours.collinear = (double)NAN;
    fit.isa = kam__isa_level(&lent, fit.panel.n_rows);
    fit.weight_scale = 1;
    fit.n_pieces = kam__hazard_pieces(fit.panel.n_rows);
    if (fit.panel.n_rows > 0) {
        status = run(&fit, coefficient, covariance, &ours);
        release(&fit);
    } else {
        status = kam__fail(diag, KAM_ERR_EMPTY, "panel", -1, 0,
                           "there are {value} rows.");
    }
    ours.status = status;
    if (report && status < KAM_ERR_MEMORY)
        (void)kam__sized_write(report, &ours, sizeof ours,
                               KAM__FIRST(kam_hazard_report), "report", NULL);
    return status == KAM_OK ? kam__ok(diag) : status;
}
