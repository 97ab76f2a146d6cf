/* SPDX-License-Identifier: MIT */
/* What a hazard fit must know of its rows before it starts. */
#include <math.h>
#include <string.h>

#include "base/isa.h"
#include "churn/hazard_fit.h"
#include "math/accumulate.h"
#include "math/extent.h"

/* ---- looking over ---- */

struct extremes {
    struct kam__hazard_fit *fit;
    double *low, *high; /* shape (n_pieces, q - 1) */
};

/* What a tile has, of the rows that can be used. */
struct tile {
    int32_t n;
    int64_t n_events;
    double least_weight, largest_weight;
    double low[KAM_PANEL_MOST_COLUMNS], high[KAM_PANEL_MOST_COLUMNS];
    uint64_t hash[KAM__TILE];
};

static void begin(struct tile *tile, int32_t n, int32_t p) {
    tile->n = n;
    tile->n_events = 0;
    tile->least_weight = (double)INFINITY;
    tile->largest_weight = -(double)INFINITY;
    for (int32_t j = 0; j < p; j++) {
        tile->low[j] = (double)INFINITY;
        tile->high[j] = -(double)INFINITY;
    }
    memset(tile->hash, 0, (size_t)n * sizeof *tile->hash);
}

/* Looks at rows where they lie; returns 0 when one of them cannot be used. */
static int survey_whole(const struct kam__hazard_fit *fit, int64_t first,
                        struct tile *tile) {
    const struct kam__hazard_kernels *const k =
        KAM__PICK(fit->isa, kam__hazard);
    const kam_panel *const panel = &fit->panel;
    double copy[KAM__TILE], low = 0, high = 0;
    const double *x =
        kam__gather_by(fit->isa, &panel->event, first, tile->n, copy);
    int wild = !k->events(x, tile->n, &tile->n_events);
    wild |= k->survey(x, tile->n, &low, &high, tile->hash) != 0;
    if (panel->offset.values) {
        x = kam__gather_by(fit->isa, &panel->offset, first, tile->n, copy);
        wild |= k->survey(x, tile->n, &low, &high, tile->hash) != 0;
    }
    if (panel->weight.values) {
        x = kam__gather_by(fit->isa, &panel->weight, first, tile->n, copy);
        wild |= k->survey(x, tile->n, &tile->least_weight,
                          &tile->largest_weight, tile->hash) != 0;
        wild |= !(tile->least_weight > 0);
    }
    for (int32_t j = 0; j < panel->n_columns && !wild; j++) {
        const kam_column *const column = &panel->column[j];
        x = kam__gather_by(fit->isa, column, first, tile->n, copy);
        wild |= k->survey(x, tile->n, &tile->low[j], &tile->high[j],
                          tile->hash) != 0;
    }
    return !wild;
}

/* The same of the rows that are left. */
static void survey_rest(const struct kam__hazard_fit *fit,
                        const struct kam__panel_rows *rows, struct tile *tile) {
    const struct kam__hazard_kernels *const k =
        KAM__PICK(fit->isa, kam__hazard);
    double low = 0, high = 0;
    begin(tile, rows->n, fit->q - 1);
    (void)k->events(rows->event, rows->n, &tile->n_events);
    (void)k->survey(rows->event, rows->n, &low, &high, tile->hash);
    if (fit->panel.offset.values)
        (void)k->survey(rows->offset, rows->n, &low, &high, tile->hash);
    if (fit->panel.weight.values)
        (void)k->survey(rows->weight, rows->n, &tile->least_weight,
                        &tile->largest_weight, tile->hash);
    for (int32_t j = 0; j < fit->q - 1; j++)
        (void)k->survey(rows->signal + (j + 1) * KAM__TILE, rows->n,
                        &tile->low[j], &tile->high[j], tile->hash);
}

static void merge(const struct extremes *to, const struct tile *tile,
                  int64_t piece) {
    struct kam__hazard_piece *const mine = &to->fit->piece[piece];
    const int32_t p = to->fit->q - 1;
    double *const low = to->low + piece * p, *const high = to->high + piece * p;
    const double weight =
        to->fit->panel.weight.values ? tile->largest_weight : 1;
    if (weight > mine->largest_weight) mine->largest_weight = weight;
    mine->n_used += tile->n;
    mine->n_events += tile->n_events;
    for (int32_t j = 0; j < p; j++) {
        if (tile->low[j] < low[j]) low[j] = tile->low[j];
        if (tile->high[j] > high[j]) high[j] = tile->high[j];
    }
}

static void look_over(void *context, int64_t piece, int64_t first, int64_t n) {
    const struct extremes *const to = context;
    struct kam__hazard_fit *const fit = to->fit;
    const int32_t p = fit->q - 1;
    struct kam__hazard_piece *const mine = &fit->piece[piece];
    struct kam__panel_rows rows;
    struct tile tile;
    rows.signal = kam__hazard_room_of(fit, piece);
    memset(mine, 0, sizeof *mine);
    for (int32_t j = 0; j < p; j++) {
        to->low[piece * p + j] = (double)INFINITY;
        to->high[piece * p + j] = -(double)INFINITY;
    }
    for (int64_t at = first; at < first + n; at += KAM__TILE) {
        const int64_t left = first + n - at;
        const int32_t m = (int32_t)(left < KAM__TILE ? left : KAM__TILE);
        const int32_t *row = NULL;
        begin(&tile, m, p);
        if (!survey_whole(fit, at, &tile)) {
            kam__panel_load(&fit->panel, KAM__FOR_FITS, fit->isa, at, m, NULL,
                            NULL, &rows, NULL);
            survey_rest(fit, &rows, &tile);
            row = rows.row;
        }
        merge(to, &tile, piece);
        if (fit->sample.chosen)
            mine->n_chosen +=
                kam__hazard_choose(&fit->sample, at, row, tile.hash, tile.n);
    }
}

/* ---- means ---- */

/* Adds up what `add` takes of each tile of a piece. */
static void add_up(struct kam__hazard_fit *fit, int64_t piece, int64_t first,
                   int64_t n, int32_t n_sums,
                   void (*add)(const struct kam__hazard_fit *fit,
                               struct kam__panel_rows *rows, kam_sum *sum)) {
    kam_sum *const sum = fit->sums + (uint64_t)piece * fit->n_sums;
    struct kam__panel_rows rows;
    rows.signal = kam__hazard_room_of(fit, piece);
    memset(sum, 0, (size_t)n_sums * sizeof *sum);
    for (int64_t at = 0; at < n; at += KAM__TILE) {
        kam__hazard_load(fit, first + at, kam__hazard_tile(n - at), &rows);
        add(fit, &rows, sum);
    }
}

/* Signals, moved and scaled by what is known of them so far. */
static void add_signals(const struct kam__hazard_fit *fit,
                        struct kam__panel_rows *rows, kam_sum *sum) {
    for (int32_t j = 1; j < fit->q; j++)
        (void)kam__accumulate_at(fit->isa, &sum[j],
                                 rows->signal + j * KAM__TILE, NULL, rows->n);
}

/* Weights, and those with the event. */
static void add_weights(const struct kam__hazard_fit *fit,
                        struct kam__panel_rows *rows, kam_sum *sum) {
    (void)kam__accumulate_at(fit->isa, &sum[0], rows->weight, NULL, rows->n);
    for (int32_t i = 0; i < rows->n; i++) rows->event[i] *= rows->weight[i];
    (void)kam__accumulate_at(fit->isa, &sum[1], rows->event, NULL, rows->n);
}

static void add_up_signals(void *context, int64_t piece, int64_t first,
                           int64_t n) {
    struct kam__hazard_fit *const fit = context;
    add_up(fit, piece, first, n, fit->q, add_signals);
}

static void add_up_weights(void *context, int64_t piece, int64_t first,
                           int64_t n) {
    add_up(context, piece, first, n, 2, add_weights);
}

static void set_scale(struct kam__hazard_fit *fit, int32_t j) {
    const double up = fit->high[j] - fit->centre[j];
    const double down = fit->centre[j] - fit->low[j];
    const double most = up > down ? up : down;
    fit->scale[j] =
        most > KAM__HAZARD_LEAST_SPREAD ? kam__scaling_of(most, 0).up : 1;
}

static double total_of(const struct kam__hazard_fit *fit, int32_t k) {
    kam_sum total = {0, 0};
    for (int64_t piece = 0; piece < fit->n_pieces; piece++)
        (void)kam_sum_merge(
            &total, &fit->sums[(uint64_t)piece * fit->n_sums + (uint64_t)k]);
    return kam_sum_value(&total);
}

kam_status kam__hazard_means(struct kam__hazard_fit *fit) {
    for (int32_t j = 0; j < fit->q - 1; j++) {
        fit->centre[j] = fit->low[j] * 0.5 + fit->high[j] * 0.5;
        if (!(fit->low[j] < fit->high[j])) fit->centre[j] = fit->low[j];
        set_scale(fit, j);
    }
    const kam_status status = kam__for_pieces(fit->host, fit->panel.n_rows,
                                              add_up_signals, fit, fit->diag);
    if (status != KAM_OK) return status;
    for (int32_t j = 1; j < fit->q; j++) {
        fit->centre[j - 1] +=
            total_of(fit, j) / (double)fit->n_used / fit->scale[j - 1];
        set_scale(fit, j - 1);
    }
    return KAM_OK;
}

static kam_status find_rate(struct kam__hazard_fit *fit) {
    fit->total_weight = (double)fit->n_used;
    fit->rate = (double)fit->n_events / (double)fit->n_used;
    if (!fit->panel.weight.values) return KAM_OK;
    const kam_status status = kam__for_pieces(fit->host, fit->panel.n_rows,
                                              add_up_weights, fit, fit->diag);
    if (status != KAM_OK) return status;
    const double weight = total_of(fit, 0);
    fit->rate = total_of(fit, 1) / weight;
    fit->total_weight = weight / fit->weight_scale;
    return KAM_OK;
}

static void join(struct kam__hazard_fit *fit, const struct extremes *from) {
    const int32_t p = fit->q - 1;
    double largest = 0;
    for (int32_t j = 0; j < p; j++) {
        fit->low[j] = (double)INFINITY;
        fit->high[j] = -(double)INFINITY;
    }
    for (int64_t piece = 0; piece < fit->n_pieces; piece++) {
        fit->n_used += fit->piece[piece].n_used;
        fit->n_events += fit->piece[piece].n_events;
        fit->sample.n += fit->piece[piece].n_chosen;
        if (fit->piece[piece].largest_weight > largest)
            largest = fit->piece[piece].largest_weight;
        for (int32_t j = 0; j < p; j++) {
            const double low = from->low[piece * p + j];
            const double high = from->high[piece * p + j];
            if (low < fit->low[j]) fit->low[j] = low;
            if (high > fit->high[j]) fit->high[j] = high;
        }
    }
    fit->is_whole = fit->n_used == fit->panel.n_rows;
    fit->weight_scale = kam__scaling_of(largest, 0).up;
}

kam_status kam__hazard_scan(struct kam__hazard_fit *fit) {
    /* Each piece's sums are memory enough for its extremes. */
    struct extremes to = {fit, (double *)(void *)fit->sums, NULL};
    to.high = to.low + fit->n_pieces * (fit->q - 1);
    kam_status status = kam__for_pieces(fit->host, fit->panel.n_rows, look_over,
                                        &to, fit->diag);
    if (status != KAM_OK) return status;
    join(fit, &to);
    if (fit->n_used == 0) return KAM_OK;
    status = find_rate(fit);
    if (status == KAM_OK) status = kam__hazard_gather(fit);
    if (status == KAM_OK && fit->sample.n == 0) status = kam__hazard_means(fit);
    return status;
}
