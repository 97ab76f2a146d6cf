/* SPDX-License-Identifier: MIT */
/* kam_additive_fit: options, smoothing, directions, the answer. */
#include "churn/additive_fit.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"
#include "math/cholesky.h"
#include "math/extent.h"

enum { MOST_PAIRS = 64, MOST_WEIGHTS = 2500, FEW_EVENTS = 20 };
#define SMOOTH_OF_FEW 10

kam_status kam_additive_options_init(kam_additive_options *options,
                                     uint32_t struct_size) {
    kam_additive_options ours = {0};
    ours.most_bins = 32;
    ours.pair_bins = 6;
    return kam__sized_init(options, struct_size, &ours, sizeof ours,
                           KAM__FIRST(kam_additive_options));
}

static kam_status check_pairs(const kam_additive_options *o, int32_t n_columns,
                              kam_diag *diag) {
    if (o->n_pairs < 0 || o->n_pairs > MOST_PAIRS)
        return kam__fail(diag, KAM_ERR_OPTION, "options.n_pairs", -1,
                         o->n_pairs, "{value} pairs are not 0..64.");
    if (o->n_pairs > 0 && !o->pair)
        return kam__fail(diag, KAM_ERR_NULL, "options.pair", -1, NAN, "");
    for (int32_t k = 0; k < 2 * o->n_pairs; k++)
        if (o->pair[k] < 0 || o->pair[k] >= n_columns ||
            o->pair[k] == o->pair[k ^ 1])
            return kam__fail(diag, KAM_ERR_OPTION, "options.pair", k / 2,
                             o->pair[k],
                             "pair {row} has {value}: no column, or twice the "
                             "same.");
    return KAM_OK;
}

static kam_status read_options(kam_additive_options *ours,
                               const kam_additive_options *theirs,
                               int32_t n_columns, kam_diag *diag) {
    if (!theirs) return kam_additive_options_init(ours, sizeof *ours);
    const kam_status status =
        kam__sized_read(ours, sizeof *ours, theirs,
                        KAM__FIRST(kam_additive_options), "options", diag);
    if (status != KAM_OK) return status;
    if (ours->most_bins < 2 || ours->most_bins > 250)
        return kam__fail(diag, KAM_ERR_OPTION, "options.most_bins", -1,
                         ours->most_bins, "{value} bins are not 2..250.");
    if (ours->pair_bins < 2 || ours->pair_bins > 14)
        return kam__fail(diag, KAM_ERR_OPTION, "options.pair_bins", -1,
                         ours->pair_bins, "{value} bins are not 2..14.");
    if (!(ours->smooth >= 0 && ours->smooth < INFINITY))
        return kam__fail(diag, KAM_ERR_OPTION, "options.smooth", -1,
                         ours->smooth, "{value} is no smoothing.");
    for (int32_t j = 0; ours->direction && j < n_columns; j++)
        if (ours->direction[j] < -1 || ours->direction[j] > 1)
            return kam__fail(diag, KAM_ERR_OPTION, "options.direction", j,
                             ours->direction[j], "{value} is not -1, 0 or 1.");
    return check_pairs(ours, n_columns, diag);
}

kam_status kam_additive_room(int32_t n_columns,
                             const kam_additive_options *options,
                             int32_t *n_terms, int64_t *n_edges,
                             int64_t *n_weights, kam_diag *diag) {
    kam_additive_options o;
    if (n_columns < 0 || n_columns > KAM_PANEL_MOST_COLUMNS)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_columns", -1, n_columns,
                         "{value} columns are not 0..255.");
    if (!n_terms || !n_edges || !n_weights)
        return kam__fail(diag, KAM_ERR_NULL, "n_terms", -1, NAN, "");
    const kam_status status = read_options(&o, options, n_columns, diag);
    if (status != KAM_OK) return status;
    const int64_t side = o.pair_bins + 1;
    *n_terms = n_columns + o.n_pairs;
    *n_edges = (int64_t)n_columns * (o.most_bins - 1) +
               (int64_t)o.n_pairs * 2 * (o.pair_bins - 1);
    *n_weights =
        (int64_t)n_columns * (o.most_bins + 1) + o.n_pairs * side * side;
    return kam__ok(diag);
}

/* ---- rows ---- */

static uint64_t n_rows(const struct kam__additive_fit *fit) {
    return (uint64_t)(fit->panel.n_rows > 0 ? fit->panel.n_rows : 1);
}

static uint64_t n_bins(const struct kam__additive_fit *fit) {
    return n_rows(fit) * (uint64_t)(fit->n_terms > 0 ? fit->n_terms : 1);
}

static kam_status allocate_rows(struct kam__additive_fit *fit) {
    const uint64_t n = n_rows(fit), t = (uint64_t)fit->n_terms + 1;
    fit->first = kam__allocate(fit->host, t, sizeof *fit->first);
    fit->row = kam__allocate(fit->host, n, sizeof *fit->row);
    fit->bin = kam__allocate(fit->host, n_bins(fit), sizeof *fit->bin);
    fit->event = kam__allocate(fit->host, n, sizeof *fit->event);
    fit->fold = kam__allocate(fit->host, n, sizeof *fit->fold);
    fit->weight = kam__allocate(fit->host, n, sizeof *fit->weight);
    return fit->first && fit->row && fit->bin && fit->event && fit->fold &&
                   fit->weight
               ? KAM_OK
               : kam__no_memory(fit->diag);
}

static uint64_t n_doubles(int32_t p) {
    return (uint64_t)p * (2 * (uint64_t)p + 9);
}

static kam_status allocate_weights(struct kam__additive_fit *fit, int32_t p) {
    double *at = kam__allocate_zero(fit->host, n_doubles(p), sizeof *at);
    if (!at) return kam__no_memory(fit->diag);
    fit->hessian = at;
    fit->factor = at + (uint64_t)p * (uint64_t)p;
    fit->gradient = fit->factor + (uint64_t)p * (uint64_t)p;
    fit->theta = fit->gradient + p;
    fit->next = fit->theta + p;
    fit->step = fit->next + p;
    fit->columns = fit->step + p;
    fit->counts = (int64_t *)(void *)(fit->columns + 4 * (uint64_t)p);
    return KAM_OK;
}

static void release(struct kam__additive_fit *fit, int32_t p) {
    const uint64_t n = n_rows(fit), t = (uint64_t)fit->n_terms + 1;
    if (fit->hessian)
        kam__release(fit->host, fit->hessian, n_doubles(p), sizeof(double));
    kam__release(fit->host, fit->weight, n, sizeof *fit->weight);
    kam__release(fit->host, fit->fold, n, sizeof *fit->fold);
    kam__release(fit->host, fit->event, n, sizeof *fit->event);
    kam__release(fit->host, fit->bin, n_bins(fit), sizeof *fit->bin);
    kam__release(fit->host, fit->row, n, sizeof *fit->row);
    kam__release(fit->host, fit->first, t, sizeof *fit->first);
}

static kam_status read_rows(struct kam__additive_fit *fit,
                            kam_additive_report *report) {
    const kam_panel *const panel = &fit->panel;
    double largest = 0;
    for (int64_t i = 0; i < panel->n_rows; i++) {
        const double y = kam__number_at(&panel->event, i);
        const double w =
            panel->weight.values ? kam__number_at(&panel->weight, i) : 1;
        if (!(y == 0 || y == 1) || !(w > 0 && w < INFINITY)) continue;
        fit->row[fit->n] = i;
        fit->event[fit->n] = y > 0;
        fit->weight[fit->n++] = w;
        fit->n_events += y > 0;
        largest = w > largest ? w : largest;
    }
    report->n_rows = fit->n;
    report->n_skipped = panel->n_rows - fit->n;
    report->n_events = fit->n_events;
    if (fit->n == 0)
        return kam__panel_fail_empty(panel, KAM__FOR_BINS, NULL, fit->diag);
    if (fit->n_events > 0 && fit->n_events < fit->n) {
        fit->weight_scale = kam__scaling_of(largest, 0).up;
        for (int64_t i = 0; i < fit->n; i++)
            fit->weight[i] *= fit->weight_scale;
        return KAM_OK;
    }
    const kam_status status = kam__panel_check_events(panel, fit->diag);
    return status != KAM_OK ? status
                            : kam__fail(fit->diag, KAM_ERR_ONE_CLASS,
                                        "panel.event", -1, fit->n_events > 0,
                                        "the event is {value} in every row.");
}

/* ---- searching ---- */

static kam_status search(struct kam__additive_fit *fit,
                         kam_additive_report *report) {
    const int failed = kam__additive_search(fit, &report->n_steps);
    if (failed == 2)
        return kam__fail(fit->diag, KAM_ERR_CANCELLED, "host.progress", -1, NAN,
                         "");
    if (failed)
        return kam__fail(fit->diag, KAM_ERR_NOT_CONVERGED, "", -1,
                         report->n_steps,
                         "the search stopped after {value} steps.");
    return KAM_OK;
}

/* Cross-validation over a grid; each fit starts from the one before. */
static kam_status choose(struct kam__additive_fit *fit,
                         kam_additive_report *report) {
    static const double GRID[] = {100, 30, 10, 3, 1};
    double best = (double)INFINITY, chosen = GRID[0];
    int64_t size[KAM__FOLDS] = {0}, total = 0;
    for (int64_t i = 0; i < fit->n; i++)
        if (fit->fold[i] < KAM__FOLDS) {
            size[fit->fold[i]]++;
            total++;
        }
    for (size_t g = 0; g < sizeof GRID / sizeof GRID[0]; g++) {
        double loss = 0;
        fit->smooth = GRID[g];
        for (int32_t f = 0; f < KAM__FOLDS; f++) {
            if (size[f] == 0) continue;
            fit->held_out = f;
            const kam_status status = search(fit, report);
            if (status != KAM_OK) return status;
            loss +=
                kam__additive_loss(fit, f) * (double)size[f] / (double)total;
        }
        if (loss < best) {
            best = loss;
            chosen = GRID[g];
        }
    }
    fit->held_out = -1;
    fit->smooth = chosen;
    report->held_out = best;
    return KAM_OK;
}

/* Takes out the edges at which a term goes the wrong way; 1 when there were. */
static int merge(struct kam__additive_fit *fit) {
    int merged = 0;
    for (int32_t t = 0; t < fit->panel.n_columns; t++) {
        const int32_t way = fit->options.direction[t];
        kam_additive_term *const term = &fit->model->term[t];
        double *const edge = fit->model->edge + term->first_edge;
        const double *const theta = fit->theta + fit->first[t];
        int32_t kept = 0;
        for (int32_t e = 0; e < term->n_edges; e++)
            if (!(way * (theta[e + 2] - theta[e + 1]) < 0))
                edge[kept++] = edge[e];
        merged |= kept < term->n_edges;
        term->n_edges = kept;
    }
    return merged;
}

/* Whether every fit of the choice has events, and rows without. */
static int can_choose(const struct kam__additive_fit *fit) {
    int64_t count[2] = {0, 0}, own[KAM__FOLDS][2] = {{0}};
    for (int64_t i = 0; i < fit->n; i++) {
        if (fit->fold[i] == KAM__NO_FOLD) continue;
        count[fit->event[i]]++;
        own[fit->fold[i]][fit->event[i]]++;
    }
    for (int32_t f = 0; f < KAM__FOLDS; f++)
        for (int y = 0; y < 2; y++)
            if (count[y] < FEW_EVENTS || count[y] == own[f][y]) return 0;
    return 1;
}

static kam_status search_all(struct kam__additive_fit *fit,
                             kam_additive_report *report) {
    kam_status status;
    fit->held_out = -1;
    fit->smooth = fit->options.smooth > 0 ? fit->options.smooth : SMOOTH_OF_FEW;
    if (!(fit->options.smooth > 0) && can_choose(fit)) {
        status = choose(fit, report);
        if (status != KAM_OK) return status;
    }
    for (;;) {
        status = search(fit, report);
        if (status != KAM_OK || !fit->options.direction || !merge(fit)) break;
        kam__additive_place(fit);
        memset(fit->theta, 0, (size_t)fit->p * sizeof *fit->theta);
    }
    return status;
}

/* ---- the answer ---- */

static double rounded(double x) {
    return fabs(x) < 0x1p11 ? (x + 0x1.8p12) - 0x1.8p12 : x;
}

/* Moves each term's mean over the rows into the constant. */
static void centre(struct kam__additive_fit *fit) {
    memset(fit->counts, 0, (size_t)fit->p * sizeof *fit->counts);
    for (int64_t i = 0; i < fit->n; i++) {
        const int64_t units = (int64_t)(fit->weight[i] * 0x1p32);
        fit->counts[0] += units;
        for (int32_t t = 0; t < fit->n_terms; t++)
            fit->counts[fit->first[t] + fit->bin[i * fit->n_terms + t]] +=
                units;
    }
    for (int32_t t = 0; t < fit->n_terms; t++) {
        double mean = 0;
        for (int32_t k = fit->first[t]; k < fit->first[t + 1]; k++)
            mean += fit->theta[k] *
                    ((double)fit->counts[k] / (double)fit->counts[0]);
        for (int32_t k = fit->first[t]; k < fit->first[t + 1]; k++)
            fit->theta[k] -= mean;
        fit->theta[0] += mean;
    }
}

static void answer(struct kam__additive_fit *fit) {
    kam_additive *const model = fit->model;
    const int32_t p = fit->p;
    for (int32_t k = 1; model->std_error && k < p; k++) {
        for (int32_t i = 0; i < p; i++) fit->step[i] = i == k;
        kam__cholesky_solve(fit->factor, p, fit->step);
        model->std_error[k - 1] = sqrt(fit->step[k]);
    }
    centre(fit);
    model->n_columns = fit->panel.n_columns;
    model->n_terms = fit->n_terms;
    model->constant = rounded(fit->theta[0]);
    for (int32_t k = 1; k < p; k++)
        model->weight[k - 1] = rounded(fit->theta[k]);
}

static kam_status run(struct kam__additive_fit *fit,
                      kam_additive_report *report, int32_t *p) {
    kam_status status = allocate_rows(fit);
    if (status == KAM_OK) status = read_rows(fit, report);
    if (status == KAM_OK) status = kam__additive_cut(fit);
    if (status != KAM_OK) return status;
    if (fit->p > MOST_WEIGHTS)
        return kam__fail(fit->diag, KAM_ERR_OPTION, "options.most_bins", -1,
                         fit->p, "{value} bins in all are more than 2500.");
    *p = fit->p;
    status = allocate_weights(fit, *p);
    if (status == KAM_OK) status = search_all(fit, report);
    if (status != KAM_OK) return status;
    report->log_loss = kam__additive_loss(fit, -1);
    answer(fit);
    report->n_weights = fit->p - 1;
    report->smooth = fit->smooth;
    return KAM_OK;
}

static kam_status check(struct kam__additive_fit *fit, const kam_panel *panel,
                        const kam_additive_options *options,
                        const kam_additive_report *report) {
    kam_status status =
        kam__panel_read(&fit->panel, panel, KAM__FOR_FITS, fit->diag);
    if (status == KAM_OK)
        status = read_options(&fit->options, options, fit->panel.n_columns,
                              fit->diag);
    if (status == KAM_OK && report)
        status = kam__sized_check(report, KAM__FIRST(kam_additive_report),
                                  "report", fit->diag);
    if (status != KAM_OK) return status;
    fit->n_terms = fit->panel.n_columns + fit->options.n_pairs;
    if (!fit->model || !fit->model->term || !fit->model->edge ||
        !fit->model->weight)
        return kam__fail(fit->diag, KAM_ERR_NULL, "model", -1, NAN,
                         "a model needs memory for terms, edges and weights.");
    return KAM_OK;
}

kam_status kam_additive_fit(const kam_panel *panel,
                            const kam_additive_options *options,
                            const kam_host *host, kam_additive *model,
                            kam_additive_report *report, kam_diag *diag) {
    struct kam__additive_fit fit;
    kam_additive_report ours;
    kam_host lent;
    int32_t p = 0;
    memset(&fit, 0, sizeof fit);
    memset(&ours, 0, sizeof ours);
    ours.held_out = ours.log_loss = (double)NAN;
    fit.diag = diag;
    fit.model = model;
    kam_status status = check(&fit, panel, options, report);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    fit.host = &lent;
    status = run(&fit, &ours, &p);
    release(&fit, p);
    ours.status = status;
    if (report && status < KAM_ERR_MEMORY)
        (void)kam__sized_write(report, &ours, sizeof ours,
                               KAM__FIRST(kam_additive_report), "report", NULL);
    return status == KAM_OK ? kam__ok(diag) : status;
}
