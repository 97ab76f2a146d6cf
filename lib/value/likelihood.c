/* SPDX-License-Identifier: MIT */
#include "value/likelihood.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/memory.h"
#include "base/sized.h"
#include "math/accumulate.h"
#include "math/elementary.h"
#include "math/optimise.h"
#include "value/prior.h"

enum { P = KAM__MOST_PARAMETERS };

static int32_t n_terms(int32_t p) { return 1 + p + p * (p + 1) / 2; }

int kam__likelihood_add(const struct kam__likelihood *model,
                        const double *parameter, const double *const *key,
                        const double *weight, int32_t n, int32_t isa,
                        kam_sum *sums) {
    double out[KAM__MOST_TERMS][KAM__TILE];
    model->row_terms(model->context, parameter, key, n, isa, out);
    for (int32_t k = 0; k < n_terms(model->p); k++)
        if (kam__accumulate_at(isa, &sums[k], out[k], weight, n)) return 1;
    return 0;
}

int kam__likelihood_add_counts(const struct kam__likelihood *model,
                               const double *parameter, const double *count,
                               const double *weight, int32_t n, kam_sum *sums) {
    const int32_t m = n_terms(model->p);
    double out[KAM__MOST_TERMS] = {0}, known = -1;
    if (!model->count_terms) return 0;
    for (int32_t i = 0; i < n; i++) {
        /* Counts often come in runs; a term depends on nothing but its count. */
        if (i == 0 || count[i] != known)
            model->count_terms(model->context, parameter, count[i], out);
        known = count[i];
        for (int32_t k = 0; k < m; k++)
            if (kam__accumulate(&sums[k], &out[k], weight ? &weight[i] : 0, 1))
                return 1;
    }
    return 0;
}

void kam__likelihood_export(int32_t p, const kam_sum *sums,
                            kam_objective *objective) {
    objective->log_likelihood = sums[0];
    for (int32_t i = 0; i < p; i++) objective->gradient[i] = sums[1 + i];
    for (int32_t i = 0; i < p * (p + 1) / 2; i++)
        objective->hessian[i] = sums[1 + p + i];
}

void kam__likelihood_import(int32_t p, const kam_objective *objective,
                            kam_sum *sums) {
    sums[0] = objective->log_likelihood;
    for (int32_t i = 0; i < p; i++) sums[1 + i] = objective->gradient[i];
    for (int32_t i = 0; i < p * (p + 1) / 2; i++)
        sums[1 + p + i] = objective->hessian[i];
}

kam_status kam__estimate_read(kam_estimate_options *ours,
                              const kam_estimate_options *theirs,
                              kam_diag *diag) {
    if (!theirs) return kam_estimate_options_init(ours, sizeof *ours);
    const kam_status status =
        kam__sized_read(ours, sizeof *ours, theirs,
                        KAM__FIRST(kam_estimate_options), "options", diag);
    if (status != KAM_OK) return status;
    if (ours->rhythm != 0)
        return kam__fail(diag, KAM_ERR_OPTION, "options.rhythm", -1,
                         ours->rhythm,
                         "this model has no rhythm: {value} must be 0.");
    if (ours->prior != KAM_PRIOR_NONE && ours->prior != KAM_PRIOR_WEAK)
        return kam__fail(diag, KAM_ERR_OPTION, "options.prior", -1, ours->prior,
                         "{value} is no KAM_PRIOR_*.");
    if (ours->max_steps < 1 || ours->max_steps > 10000)
        return kam__fail(diag, KAM_ERR_OPTION, "options.max_steps", -1,
                         ours->max_steps, "{value} steps are not 1..10000.");
    return KAM_OK;
}

/* One fit: what the function to be maximised needs to see. */
struct problem {
    const struct kam__likelihood *model;
    const struct kam__distinct *rows; /* or, when they lie elsewhere: */
    const struct kam__total *total;
    kam_status total_failed;
    struct kam__distinct counts;
    const kam_host *host;
    kam_diag *diag;
    const double *parameter;          /* of the evaluation under way */
    kam_sum (*sums)[KAM__MOST_TERMS]; /* one a piece of rows */
    int64_t n_pieces;
    int32_t *failed; /* one a piece */
    int32_t isa, prior;
};

static void add_piece(void *context, int64_t piece, int64_t first, int64_t n) {
    struct problem *const problem = context;
    const struct kam__distinct *const rows = problem->rows;
    memset(problem->sums[piece], 0, sizeof problem->sums[piece]);
    problem->failed[piece] = 0;
    for (int64_t at = first; at < first + n; at += KAM__TILE) {
        const int64_t left = first + n - at;
        const double *key[KAM__MOST_KEYS] = {0};
        for (int32_t k = 0; k < rows->n_keys; k++) key[k] = rows->key[k] + at;
        if (kam__likelihood_add(problem->model, problem->parameter, key,
                                rows->weight + at,
                                (int32_t)(left < KAM__TILE ? left : KAM__TILE),
                                problem->isa, problem->sums[piece])) {
            problem->failed[piece] = 1;
            return;
        }
    }
}

/* All sums of one evaluation, joined; the order does not matter. */
static kam_status add_all(struct problem *problem, kam_sum *sums) {
    const struct kam__distinct *const counts = &problem->counts;
    const int32_t m = n_terms(problem->model->p);
    const kam_status status =
        kam__for_pieces(problem->host, problem->rows->n, add_piece, problem,
                        problem->diag);
    if (status != KAM_OK) return status;
    memset(sums, 0, KAM__MOST_TERMS * sizeof *sums);
    for (int64_t piece = 0; piece < problem->n_pieces; piece++) {
        if (problem->failed[piece]) return KAM_ERR_OVERFLOW;
        for (int32_t k = 0; k < m; k++)
            if (kam_sum_merge(&sums[k], &problem->sums[piece][k]))
                return KAM_ERR_OVERFLOW;
    }
    for (int64_t at = 0; at < counts->n; at += KAM__TILE) {
        const int64_t left = counts->n - at;
        if (kam__likelihood_add_counts(problem->model, problem->parameter,
                                       counts->key[0] + at, counts->weight + at,
                                       (int32_t)(left < KAM__TILE ? left
                                                                  : KAM__TILE),
                                       sums))
            return KAM_ERR_OVERFLOW;
    }
    return KAM_OK;
}

/* What ends a search must not look like a verdict of it. */
static kam_status ask_total(struct problem *problem, kam_sum *sums) {
    kam_objective total;
    memset(&total, 0, sizeof total);
    total.struct_size = sizeof total;
    const kam_status status =
        problem->total->ask(problem->total->context, problem->parameter, &total,
                            problem->diag);
    if (status == KAM_ERR_OVERFLOW) return status;
    problem->total_failed = status;
    if (status != KAM_OK) return KAM_ERR_CANCELLED;
    kam__likelihood_import(problem->model->p, &total, sums);
    return KAM_OK;
}

static double parameter_at(const struct kam__likelihood *model, int32_t i,
                           double x) {
    return model->unit[i] > 0 ? model->offset[i] + model->unit[i] * x
                              : kam__exp(x);
}

static kam_status evaluate(void *context, const double *x, double *value,
                           double *gradient, double *hessian) {
    struct problem *const problem = context;
    const int32_t p = problem->model->p;
    double parameter[P];
    kam_sum sums[KAM__MOST_TERMS];
    for (int32_t i = 0; i < p; i++)
        parameter[i] = parameter_at(problem->model, i, x[i]);
    problem->parameter = parameter;
    const kam_status status =
        problem->total ? ask_total(problem, sums) : add_all(problem, sums);
    if (status != KAM_OK) return status;
    *value = kam_sum_value(&sums[0]);
    const kam_sum *next = sums + 1;
    for (int32_t i = 0; i < p; i++) gradient[i] = kam_sum_value(next++);
    for (int32_t i = 0; i < p; i++)
        for (int32_t j = 0; j <= i; j++)
            hessian[i * p + j] = hessian[j * p + i] = kam_sum_value(next++);
    if (problem->prior == KAM_PRIOR_WEAK)
        kam__prior_add(problem->model, x, value, gradient, hessian);
    return KAM_OK;
}

/* Of log parameters, or of those that are no exponentials. */
static void write_covariance(const struct kam__likelihood *model,
                             const struct kam__search *search,
                             kam_status status, double *covariance) {
    double matrix[P * P];
    const int32_t p = search->n;
    for (int32_t i = 0; i < p * p; i++) {
        matrix[i] = -search->hessian[i];
        covariance[i] = NAN;
    }
    if (status == KAM_OK && !kam__cholesky(matrix, p))
        kam__cholesky_invert(matrix, p, covariance);
    for (int32_t i = 0; i < p; i++)
        for (int32_t j = 0; j < p && model->unit[i] > 0; j++) {
            covariance[i * p + j] *= model->unit[i];
            covariance[j * p + i] *= model->unit[i];
        }
}

static void write_report(const struct problem *problem,
                         const struct kam__search *search, kam_status status,
                         kam_estimate_report *report) {
    double prior = 0, gradient[P] = {0}, hessian[P * P] = {0};
    if (problem->prior == KAM_PRIOR_WEAK)
        kam__prior_add(problem->model, search->x, &prior, gradient, hessian);
    report->status = status;
    report->n_distinct = problem->rows ? problem->rows->n : 0;
    report->n_steps = search->n_steps;
    report->n_evaluations += search->n_evaluations;
    report->prior = problem->prior;
    report->culprit = search->culprit;
    if (status == KAM_OK)
        report->culprit =
            problem->prior == KAM_PRIOR_NONE
                ? kam__prior_moves(problem->model, search->x, search->hessian)
                : -1;
    report->log_likelihood = search->value - prior;
    report->condition = search->condition;
    report->gradient = 0;
    for (int32_t i = 0; i < search->n; i++)
        if (fabs(search->gradient[i]) / search->size > report->gradient)
            report->gradient = fabs(search->gradient[i]) / search->size;
}

static kam_status verdict(const struct kam__likelihood *model,
                          const struct kam__search *search, kam_status status,
                          kam_diag *diag) {
    const int32_t c = search->culprit;
    const char *const name = c >= 0 ? model->name[c] : "";
    const double at =
        c >= 0 ? parameter_at(model, c, search->x[c]) : (double)NAN;
    if (status == KAM_OK) return kam__ok(diag);
    if (status == KAM_ERR_AT_BOUND)
        return kam__fail(diag, status, name, -1, at,
                         search->x[c] <= search->lower[c] ? model->at_lower[c]
                                                          : model->at_upper[c]);
    if (status == KAM_ERR_FLAT)
        return kam__fail(diag, status, name, -1, at,
                         "this parameter ({value}) and others with it can move "
                         "without changing the fit.");
    if (status == KAM_ERR_NOT_CONVERGED)
        return kam__fail(diag, status, name, -1, search->value,
                         "the search stopped at a log posterior of {value}.");
    return status; /* the diag is filled where it failed */
}

/* Tries one start after the other until one ends well; keeps the best. */
static kam_status search_from_starts(struct problem *problem,
                                     const kam_estimate_options *options,
                                     double size, struct kam__search *best,
                                     kam_estimate_report *report) {
    const struct kam__likelihood *const model = problem->model;
    kam_status kept = KAM_ERR_NOT_CONVERGED;
    for (int attempt = 0; attempt < model->n_starts; attempt++) {
        struct kam__search search;
        memset(&search, 0, sizeof search);
        search.n = model->p;
        search.max_steps = options->max_steps;
        search.size = size;
        memcpy(search.lower, model->lower, sizeof search.lower);
        memcpy(search.upper, model->upper, sizeof search.upper);
        memcpy(search.x, model->start[attempt], sizeof search.x);
        const kam_status status = kam__maximise(&search, evaluate, problem);
        if (status >= KAM_ERR_MEMORY) return status;
        const double margin = 1e-9 * (fabs(search.value) + 1);
        if (attempt == 0 || search.value > best->value + margin ||
            (status == KAM_OK && search.value > best->value - margin)) {
            if (attempt > 0) report->n_evaluations += best->n_evaluations;
            *best = search;
            kept = status;
        } else {
            report->n_evaluations += search.n_evaluations;
        }
        if (kept == KAM_OK) break;
    }
    return kept;
}

static kam_status prepare(struct problem *problem, double *size) {
    const struct kam__distinct *const rows = problem->rows;
    problem->n_pieces = (rows->n + KAM__PIECE - 1) / KAM__PIECE;
    const uint64_t n = (uint64_t)problem->n_pieces;
    problem->sums = kam__allocate(problem->host, n, sizeof *problem->sums);
    problem->failed = kam__allocate(problem->host, n, sizeof *problem->failed);
    if (!problem->sums || !problem->failed ||
        kam__distinct_new(&problem->counts, problem->host, 1, rows->n))
        return kam__no_memory(problem->diag);
    kam_sum total = {0, 0};
    kam__distinct_add(&problem->counts, (const double *const *)rows->key,
                      rows->weight, rows->n);
    for (int64_t i = 0; i < rows->n; i++) /* not too high: facts added them */
        (void)kam_sum_add(&total, rows->weight[i]);
    *size = kam_sum_value(&total);
    return KAM_OK;
}

/* Where the box ends the parameter has no limit. */
static kam_status find_profile(struct problem *problem,
                               const struct kam__search *search) {
    const struct kam__likelihood *const model = problem->model;
    struct kam__profile_wish *const wish = model->profile;
    const int32_t j = wish->parameter;
    const kam_status status =
        kam__profile(search, j, wish->fall, evaluate, problem, wish->end);
    for (int i = 0; i < 2 && status == KAM_OK; i++) {
        const double none = model->unit[j] > 0 ? -(double)INFINITY : 0;
        wish->end[i].x = wish->end[i].status == KAM_ERR_AT_BOUND
                             ? i == 0 ? none : (double)INFINITY
                             : parameter_at(model, j, wish->end[i].x);
    }
    return status;
}

static kam_status find(struct problem *problem,
                       const kam_estimate_options *options, double size,
                       struct kam__estimate *estimate,
                       kam_estimate_report *report) {
    struct kam__search search;
    memset(&search, 0, sizeof search);
    const kam_status status =
        search_from_starts(problem, options, size, &search, report);
    if (status < KAM_ERR_MEMORY) {
        for (int32_t i = 0; i < problem->model->p; i++)
            estimate->parameter[i] =
                parameter_at(problem->model, i, search.x[i]);
        write_covariance(problem->model, &search, status, estimate->covariance);
        write_report(problem, &search, status, report);
    }
    if (problem->model->profile && status < KAM_ERR_NOT_CONVERGED) {
        const kam_status found = find_profile(problem, &search);
        if (found != KAM_OK) return found;
    }
    return verdict(problem->model, &search, status, problem->diag);
}

kam_status kam__likelihood_search(const struct kam__likelihood *model,
                                  const struct kam__total *total, double size,
                                  const kam_estimate_options *options,
                                  struct kam__estimate *estimate, int *answered,
                                  kam_estimate_report *report, kam_diag *diag) {
    struct problem problem = {.model = model,
                              .total = total,
                              .diag = diag,
                              .prior = options->prior};
    const kam_status status = find(&problem, options, size, estimate, report);
    *answered = status < KAM_ERR_MEMORY;
    return problem.total_failed != KAM_OK ? problem.total_failed : status;
}

kam_status kam__likelihood_fit(const struct kam__likelihood *model,
                               const struct kam__distinct *rows,
                               const kam_estimate_options *options,
                               const kam_host *host,
                               struct kam__estimate *estimate,
                               kam_estimate_report *report, kam_diag *diag) {
    struct problem problem = {.model = model,
                              .rows = rows,
                              .host = host,
                              .diag = diag,
                              .isa = kam__isa_level(host, INT64_MAX),
                              .prior = options->prior};
    double size = 0;
    kam_status status = prepare(&problem, &size);
    if (status == KAM_OK)
        status = find(&problem, options, size, estimate, report);
    const uint64_t n = (uint64_t)problem.n_pieces;
    kam__distinct_free(&problem.counts);
    kam__release(host, problem.sums, n, sizeof *problem.sums);
    kam__release(host, problem.failed, n, sizeof *problem.failed);
    return status;
}
