/* SPDX-License-Identifier: MIT */
/* Cutting signals into bins. */
#include "churn/additive_fit.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "math/sort.h"

int32_t kam__additive_edges(const double *sorted, int64_t n, int32_t most_bins,
                            double *edge) {
    int64_t n_values = n > 0;
    int32_t k = 0;
    for (int64_t i = 1; i < n; i++) n_values += sorted[i] > sorted[i - 1];
    if (n_values <= most_bins) {
        /* every value its own bin, the edge halfway */
        for (int64_t i = 1; i < n; i++) {
            if (!(sorted[i] > sorted[i - 1])) continue;
            const double half = sorted[i - 1] * 0.5 + sorted[i] * 0.5;
            edge[k++] = half > sorted[i - 1] ? half : sorted[i];
        }
        return k;
    }
    for (int32_t b = 1; b < most_bins; b++) {
        const double at = sorted[(int64_t)((double)b / most_bins * (double)n)];
        if (at > sorted[0] && (k == 0 || at > edge[k - 1])) edge[k++] = at;
    }
    return k;
}

int32_t kam__additive_n_bins(const kam_additive_term *term) {
    return term->second < 0 ? term->n_edges + 2
                            : (term->n_edges + 2) * (term->n_second + 2);
}

int32_t kam__additive_bin_of(const kam_additive *model, int32_t term,
                             const kam_panel *panel, int64_t row) {
    const kam_additive_term *const t = &model->term[term];
    const double *const edge = model->edge + t->first_edge;
    const int32_t bin =
        kam__additive_bin(edge, t->n_edges,
                          kam__number_at(&panel->column[t->column], row));
    if (t->second < 0) return bin;
    return bin * (t->n_second + 2) +
           kam__additive_bin(edge + t->n_edges, t->n_second,
                             kam__number_at(&panel->column[t->second], row));
}

/* Known values of a column, sorted; infinite ones count as values. */
static int64_t sort_column(const struct kam__additive_fit *fit, int32_t j,
                           double *value, double *sorted, int64_t *order) {
    int64_t n = 0;
    for (int64_t i = 0; i < fit->n; i++) {
        const double x = kam__number_at(&fit->panel.column[j], fit->row[i]);
        if (x == x) value[n++] = x;
    }
    kam__sort_by_number(value, n, order, order + n);
    for (int64_t i = 0; i < n; i++) sorted[i] = value[order[i]];
    return n;
}

void kam__additive_place(struct kam__additive_fit *fit) {
    int64_t n_weights = 0;
    for (int32_t t = 0; t < fit->n_terms; t++) {
        fit->model->term[t].first_weight = n_weights;
        fit->first[t] = (int32_t)n_weights + 1;
        n_weights += kam__additive_n_bins(&fit->model->term[t]);
    }
    fit->first[fit->n_terms] = fit->p = (int32_t)n_weights + 1;
    for (int64_t i = 0; i < fit->n; i++)
        for (int32_t t = 0; t < fit->n_terms; t++)
            fit->bin[i * fit->n_terms + t] =
                (uint8_t)kam__additive_bin_of(fit->model, t, &fit->panel,
                                              fit->row[i]);
}

static void cut_terms(struct kam__additive_fit *fit, double *value,
                      double *sorted, int64_t *order) {
    kam_additive *const model = fit->model;
    int64_t n_edges = 0;
    for (int32_t t = 0; t < fit->n_terms; t++) {
        const int32_t k = t - fit->panel.n_columns;
        const int32_t bins =
            k < 0 ? fit->options.most_bins : fit->options.pair_bins;
        kam_additive_term *const term = &model->term[t];
        double *const edge = model->edge + n_edges;
        memset(term, 0, sizeof *term);
        term->column = k < 0 ? t : fit->options.pair[2 * k];
        term->second = k < 0 ? -1 : fit->options.pair[2 * k + 1];
        term->first_edge = n_edges;
        int64_t n = sort_column(fit, term->column, value, sorted, order);
        term->n_edges = kam__additive_edges(sorted, n, bins, edge);
        if (k >= 0) {
            n = sort_column(fit, term->second, value, sorted, order);
            term->n_second =
                kam__additive_edges(sorted, n, bins, edge + term->n_edges);
        }
        n_edges += term->n_edges + term->n_second;
    }
}

/* 64 well mixed bits (Steele, Lea & Flood 2014). */
static uint64_t mix(uint64_t x) {
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static uint64_t hash_row(const struct kam__additive_fit *fit, int64_t i) {
    uint64_t hash = fit->event[i];
    if (fit->panel.cluster.values &&
        kam__is_present(&fit->panel.cluster, fit->row[i]))
        return mix((uint64_t)kam__integer_at(&fit->panel.cluster, fit->row[i]));
    for (int32_t j = 0; j < fit->panel.n_columns; j++) {
        const double x = kam__number_at(&fit->panel.column[j], fit->row[i]);
        uint64_t bits;
        memcpy(&bits, &x, sizeof bits);
        hash = mix(hash + (x == x ? bits : 0) + (uint64_t)j);
    }
    return hash;
}

/* Folds follow from what rows hold, not from where they stand: equal rows are
 * dealt out in turn, rows of one cluster stay together. */
static void assign_folds(struct kam__additive_fit *fit, int64_t *hash,
                         int64_t *order) {
    const int together = fit->panel.cluster.values != NULL;
    uint64_t turn = 0;
    for (int64_t i = 0; i < fit->n; i++)
        hash[i] = (int64_t)(hash_row(fit, i) >> 1);
    kam__sort_by_integer(hash, fit->n, order, order + fit->n);
    for (int64_t k = 0; k < fit->n; k++) {
        const int64_t i = order[k];
        const int same = k > 0 && hash[i] == hash[order[k - 1]];
        const uint64_t own = (uint64_t)hash[i];
        turn = same && !together ? turn + 1 : 0;
        fit->fold[i] = (uint8_t)((own + turn) % KAM__FOLDS);
        if (mix(own) % (uint64_t)fit->n >= KAM__MOST_CHOOSING)
            fit->fold[i] = KAM__NO_FOLD;
    }
}

kam_status kam__additive_cut(struct kam__additive_fit *fit) {
    const uint64_t n = (uint64_t)fit->n;
    double *const value = kam__allocate(fit->host, 2 * n, sizeof *value);
    int64_t *const order = kam__allocate(fit->host, 2 * n, sizeof *order);
    kam_status status = KAM_OK;
    if (value && order) {
        cut_terms(fit, value, value + n, order);
        assign_folds(fit, (int64_t *)(void *)value, order);
    } else {
        status = kam__no_memory(fit->diag);
    }
    kam__release(fit->host, order, 2 * n, sizeof *order);
    kam__release(fit->host, value, 2 * n, sizeof *value);
    if (status != KAM_OK) return status;
    kam__additive_place(fit);
    return KAM_OK;
}
