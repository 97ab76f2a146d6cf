/* SPDX-License-Identifier: MIT */
/* What an additive model says: risk, reasons, and the table of a term. */
#include "churn/additive_fit.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "math/elementary.h"

enum { MOST_TERMS = KAM_PANEL_MOST_COLUMNS + 64 };
#define LN_2 0x1.62e42fefa39efp-1

static kam_status check_term(const kam_additive *model, int32_t t,
                             kam_diag *diag) {
    const kam_additive_term *const term = &model->term[t];
    const int good = term->column >= 0 && term->column < model->n_columns &&
                     term->second >= -1 && term->second < model->n_columns &&
                     term->n_edges >= 0 && term->n_second >= 0 &&
                     term->first_edge >= 0 && term->first_weight >= 0;
    return good ? KAM_OK
                : kam__fail(diag, KAM_ERR_SHAPE, "model.term", t, NAN,
                            "term {row} is not one a fit makes.");
}

static kam_status check(const kam_additive *model, kam_panel *ours,
                        const kam_panel *panel, int32_t purpose,
                        kam_diag *diag) {
    kam_status status = kam__panel_read(ours, panel, purpose, diag);
    if (status != KAM_OK) return status;
    if (!model) return kam__fail(diag, KAM_ERR_NULL, "model", -1, NAN, "");
    if (model->n_columns != ours->n_columns)
        return kam__fail(diag, KAM_ERR_SHAPE, "model.n_columns", -1,
                         model->n_columns,
                         "the model has {value} columns, the panel another "
                         "number.");
    if (model->n_terms < 0 || model->n_terms > MOST_TERMS)
        return kam__fail(diag, KAM_ERR_SHAPE, "model.n_terms", -1,
                         model->n_terms, "{value} terms are not possible.");
    if (model->n_terms > 0 && (!model->term || !model->edge || !model->weight))
        return kam__fail(diag, KAM_ERR_NULL, "model", -1, NAN, "");
    for (int32_t t = 0; status == KAM_OK && t < model->n_terms; t++)
        status = check_term(model, t, diag);
    return status;
}

static double logistic(double s) {
    const double e = kam__exp(-fabs(s));
    return s < 0 ? e / (1 + e) : 1 / (1 + e);
}

static double part_of(const kam_additive *model, int32_t t,
                      const kam_panel *panel, int64_t row) {
    return model->weight[model->term[t].first_weight +
                         kam__additive_bin_of(model, t, panel, row)];
}

struct job {
    const kam_additive *model;
    kam_panel panel;
    double *risk, *score;
    kam_reason *reasons;
    int32_t top;
};

static void score_rows(void *context, int64_t first, int32_t n) {
    const struct job *const job = context;
    for (int64_t row = first; row < first + n; row++) {
        double s = job->model->constant;
        for (int32_t t = 0; t < job->model->n_terms; t++)
            s += part_of(job->model, t, &job->panel, row);
        if (job->risk) job->risk[row] = logistic(s);
        if (job->score) job->score[row] = s;
    }
}

kam_status kam_additive_risk(const kam_additive *model, const kam_panel *panel,
                             const kam_host *host, double *risk, double *score,
                             kam_diag *diag) {
    struct job job = {model, {0}, risk, score, NULL, 0};
    kam_host lent;
    kam_status status = check(model, &job.panel, panel, KAM__FOR_SCORES, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status = kam__for_rows(&lent, job.panel.n_rows, score_rows, &job, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

static int32_t id_of(const struct job *job, int32_t t) {
    return t < job->panel.n_columns && job->panel.reason
               ? job->panel.reason[t]
               : KAM_REASON_COLUMN + t;
}

static void explain_row(const struct job *job, int64_t row, kam_reason *out) {
    const kam_additive *const model = job->model;
    double part[MOST_TERMS], rest = 0;
    uint8_t taken[MOST_TERMS] = {0};
    for (int32_t t = 0; t < model->n_terms; t++)
        part[t] = part_of(model, t, &job->panel, row);
    out[0] = (kam_reason){KAM_REASON_BASE, 0, model->constant,
                          logistic(model->constant)};
    for (int32_t k = 1; k <= job->top; k++) {
        int32_t most = -1;
        for (int32_t t = 0; t < model->n_terms; t++)
            if (!taken[t] && (most < 0 || fabs(part[t]) > fabs(part[most])))
                most = t;
        taken[most] = 1;
        const kam_column *const column =
            &job->panel.column[model->term[most].column];
        out[k] = (kam_reason){id_of(job, most), 0, part[most],
                              kam__number_at(column, row)};
    }
    for (int32_t t = 0; t < model->n_terms; t++) rest += taken[t] ? 0 : part[t];
    out[job->top + 1] = (kam_reason){KAM_REASON_REST, 0, rest,
                                     (double)(model->n_terms - job->top)};
}

static void explain_rows(void *context, int64_t first, int32_t n) {
    const struct job *const job = context;
    for (int64_t row = first; row < first + n; row++)
        explain_row(job, row, job->reasons + row * (job->top + 2));
}

kam_status kam_additive_reasons(const kam_additive *model,
                                const kam_panel *panel, int32_t top,
                                const kam_host *host, kam_reason *reasons,
                                kam_diag *diag) {
    struct job job = {model, {0}, NULL, NULL, reasons, top};
    kam_host lent;
    kam_status status = check(model, &job.panel, panel, KAM__FOR_SCORES, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    if (!reasons) return kam__fail(diag, KAM_ERR_NULL, "reasons", -1, NAN, "");
    if (top < 0 || top > model->n_terms)
        return kam__fail(diag, KAM_ERR_OPTION, "top", -1, top,
                         "{value} reasons are not 0 to one a term.");
    status = kam__for_rows(&lent, job.panel.n_rows, explain_rows, &job, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

/* ---- the table of a term ---- */

static void count_bins(const kam_additive *model, const kam_panel *panel,
                       int32_t t, kam_additive_bin *bins, double *n,
                       double *n_events) {
    for (int64_t i = 0; i < panel->n_rows; i++) {
        const double y = kam__number_at(&panel->event, i);
        if (!(y == 0 || y == 1)) continue;
        kam_additive_bin *const bin =
            &bins[kam__additive_bin_of(model, t, panel, i)];
        bin->n_rows++;
        bin->n_events += y > 0;
        *n += 1;
        *n_events += y;
    }
}

static double weigh_bins(kam_additive_bin *bins, int32_t n_bins, double n,
                         double n_events) {
    const double half = 0.5 * n_bins;
    double iv = 0;
    for (int32_t b = 0; b < n_bins; b++) {
        const double events = (double)bins[b].n_events + 0.5;
        const double others = (double)(bins[b].n_rows - bins[b].n_events) + 0.5;
        const double p = events / (n_events + half);
        const double q = others / (n - n_events + half);
        bins[b].woe = kam__log(p / q);
        bins[b].iv = (p - q) * bins[b].woe;
        iv += bins[b].iv;
    }
    return iv;
}

static kam_status check_scale(const kam_additive_scale *s, kam_diag *diag) {
    if (fabs(s->points) < INFINITY && s->odds > 0 && s->odds < INFINITY &&
        s->pdo > 0 && s->pdo < INFINITY)
        return KAM_OK;
    return kam__fail(diag, KAM_ERR_OPTION, "scale", -1, s->pdo,
                     "points, odds or pdo ({value}) are not possible.");
}

kam_status kam_additive_table(const kam_additive *model, const kam_panel *panel,
                              int32_t term, const kam_additive_scale *scale,
                              kam_additive_bin *bins, double *iv,
                              double *base_points, kam_diag *diag) {
    const kam_additive_scale usual = {600, 19, 50};
    const kam_additive_scale *const s = scale ? scale : &usual;
    kam_panel ours;
    kam_status status = check(model, &ours, panel, KAM__FOR_FITS, diag);
    if (status == KAM_OK) status = check_scale(s, diag);
    if (status != KAM_OK) return status;
    if (!bins) return kam__fail(diag, KAM_ERR_NULL, "bins", -1, NAN, "");
    if (term < 0 || term >= model->n_terms || model->term[term].second >= 0)
        return kam__fail(diag, KAM_ERR_OPTION, "term", -1, term,
                         "{value} is no term of one signal.");
    const kam_additive_term *const t = &model->term[term];
    const double *const edge = model->edge + t->first_edge;
    const int32_t n_bins = t->n_edges + 2;
    const double factor = s->pdo / LN_2;
    double n = 0, n_events = 0;
    memset(bins, 0, (size_t)n_bins * sizeof *bins);
    for (int32_t b = 0; b < n_bins; b++) {
        bins[b].from = b == 0   ? (double)NAN
                       : b == 1 ? -(double)INFINITY
                                : edge[b - 2];
        bins[b].to = b == 0            ? (double)NAN
                     : b == n_bins - 1 ? (double)INFINITY
                                       : edge[b - 1];
        bins[b].weight = model->weight[t->first_weight + b];
        bins[b].points = -factor * bins[b].weight;
    }
    count_bins(model, &ours, term, bins, &n, &n_events);
    const double value = weigh_bins(bins, n_bins, n, n_events);
    if (iv) *iv = value;
    if (base_points)
        *base_points =
            s->points - factor * kam__log(s->odds) - factor * model->constant;
    return kam__ok(diag);
}
