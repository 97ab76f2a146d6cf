/* SPDX-License-Identifier: MIT */
/* The passes of a hazard fit over its rows. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "churn/hazard_fit.h"
#include "math/accumulate.h"
#include "math/elementary.h"
#include "math/extent.h"

/* Gradient terms are held until there are this many: exact sums like long
 * rows. */
enum { HELD = 4 * KAM__TILE };

uint64_t kam__hazard_room(int32_t q) {
    return (uint64_t)q * KAM__TILE + (1 + (uint64_t)q) * HELD +
           kam__gram_size(q);
}

static int32_t tile_of(int64_t left) {
    return (int32_t)(left < KAM__TILE ? left : KAM__TILE);
}

void kam__hazard_load(const struct kam__hazard_fit *fit, int64_t first,
                      int32_t n, struct kam__panel_rows *rows) {
    kam__panel_load(&fit->panel, KAM__FOR_FITS, fit->isa, first, n, fit->centre,
                    fit->scale, rows, NULL);
    for (int32_t i = 0; i < rows->n; i++) {
        rows->signal[i] = 1;
        rows->weight[i] *= fit->weight_scale;
    }
}

/* ---- looking over ---- */

struct extremes {
    struct kam__hazard_fit *fit;
    double *low, *high; /* shape (n_pieces, q - 1) */
};

static void look_over(void *context, int64_t piece, int64_t first, int64_t n) {
    const struct extremes *const to = context;
    struct kam__hazard_fit *const fit = to->fit;
    const int32_t p = fit->q - 1;
    struct kam__hazard_piece *const mine = &fit->piece[piece];
    double *const low = to->low + piece * p, *const high = to->high + piece * p;
    struct kam__panel_rows rows;
    rows.signal = fit->room + (uint64_t)piece * fit->room_size;
    memset(mine, 0, sizeof *mine);
    for (int32_t j = 0; j < p; j++) {
        low[j] = (double)INFINITY;
        high[j] = -(double)INFINITY;
    }
    for (int64_t at = 0; at < n; at += KAM__TILE) {
        kam__panel_load(&fit->panel, KAM__FOR_FITS, fit->isa, first + at,
                        tile_of(n - at), NULL, NULL, &rows, NULL);
        for (int32_t i = 0; i < rows.n; i++) {
            mine->n_events += rows.event[i] > 0;
            if (rows.weight[i] > mine->largest_weight)
                mine->largest_weight = rows.weight[i];
        }
        mine->n_used += rows.n;
        for (int32_t j = 0; j < p; j++) {
            const double *const x = rows.signal + (j + 1) * KAM__TILE;
            for (int32_t i = 0; i < rows.n; i++) {
                low[j] = x[i] < low[j] ? x[i] : low[j];
                high[j] = x[i] > high[j] ? x[i] : high[j];
            }
        }
    }
}

/* Sums of the signals, moved and scaled by what is known of them so far. */
static void add_signals(void *context, int64_t piece, int64_t first,
                        int64_t n) {
    struct kam__hazard_fit *const fit = context;
    struct kam__panel_rows rows;
    rows.signal = fit->room + (uint64_t)piece * fit->room_size;
    kam_sum *const sum = fit->sums + (uint64_t)piece * fit->n_sums;
    memset(sum, 0, (size_t)(fit->q + 1) * sizeof *sum);
    for (int64_t at = 0; at < n; at += KAM__TILE) {
        kam__hazard_load(fit, first + at, tile_of(n - at), &rows);
        for (int32_t j = 1; j < fit->q; j++)
            (void)kam__accumulate_at(fit->isa, &sum[j],
                                     rows.signal + j * KAM__TILE, NULL, rows.n);
        (void)kam__accumulate_at(fit->isa, &sum[0], rows.weight, NULL, rows.n);
        for (int32_t i = 0; i < rows.n; i++) rows.event[i] *= rows.weight[i];
        (void)kam__accumulate_at(fit->isa, &sum[fit->q], rows.event, NULL,
                                 rows.n);
    }
}

static void set_scale(struct kam__hazard_fit *fit, int32_t j) {
    const double up = fit->high[j] - fit->centre[j];
    const double down = fit->centre[j] - fit->low[j];
    const double most = up > down ? up : down;
    fit->scale[j] = most > 0 ? kam__scaling_of(most, 0).up : 1;
}

static double total_of(const struct kam__hazard_fit *fit, int32_t k) {
    kam_sum total = {0, 0};
    for (int64_t piece = 0; piece < fit->n_pieces; piece++)
        (void)kam_sum_merge(
            &total, &fit->sums[(uint64_t)piece * fit->n_sums + (uint64_t)k]);
    return kam_sum_value(&total);
}

static kam_status find_means(struct kam__hazard_fit *fit) {
    for (int32_t j = 0; j < fit->q - 1; j++) {
        fit->centre[j] = fit->low[j] * 0.5 + fit->high[j] * 0.5;
        if (!(fit->low[j] < fit->high[j])) fit->centre[j] = fit->low[j];
        set_scale(fit, j);
    }
    const kam_status status = kam__for_pieces(fit->host, fit->panel.n_rows,
                                              add_signals, fit, fit->diag);
    if (status != KAM_OK) return status;
    for (int32_t j = 1; j < fit->q; j++) {
        fit->centre[j - 1] +=
            total_of(fit, j) / (double)fit->n_used / fit->scale[j - 1];
        set_scale(fit, j - 1);
    }
    const double weight = total_of(fit, 0);
    fit->rate = total_of(fit, fit->q) / weight;
    fit->total_weight = weight / fit->weight_scale;
    return KAM_OK;
}

kam_status kam__hazard_scan(struct kam__hazard_fit *fit) {
    const int32_t p = fit->q - 1;
    /* Each piece's sums are memory enough for its extremes. */
    struct extremes to = {fit, (double *)(void *)fit->sums, NULL};
    double largest = 0;
    to.high = to.low + fit->n_pieces * p;
    const kam_status status = kam__for_pieces(fit->host, fit->panel.n_rows,
                                              look_over, &to, fit->diag);
    if (status != KAM_OK) return status;
    for (int32_t j = 0; j < p; j++) {
        fit->low[j] = (double)INFINITY;
        fit->high[j] = -(double)INFINITY;
    }
    for (int64_t piece = 0; piece < fit->n_pieces; piece++) {
        fit->n_used += fit->piece[piece].n_used;
        fit->n_events += fit->piece[piece].n_events;
        if (fit->piece[piece].largest_weight > largest)
            largest = fit->piece[piece].largest_weight;
        for (int32_t j = 0; j < p; j++) {
            const double low = to.low[piece * p + j];
            const double high = to.high[piece * p + j];
            if (low < fit->low[j]) fit->low[j] = low;
            if (high > fit->high[j]) fit->high[j] = high;
        }
    }
    if (fit->n_used == 0) return KAM_OK;
    fit->weight_scale = kam__scaling_of(largest, 0).up;
    return find_means(fit);
}

/* ---- evaluating ---- */

/* Sums of a piece: value, gradient, lower triangle of the Hessian. */
struct pass {
    struct kam__hazard_fit *fit;
    const double *theta;
    int penalised;
};

/* |L^-1 z|^2 of each row, L the factor of the information. */
static void leverages(const struct kam__hazard_fit *fit, const double *z,
                      int32_t n, double *work, double *leverage) {
    const int32_t q = fit->q;
    memset(leverage, 0, (size_t)n * sizeof *leverage);
    for (int32_t j = 0; j < q; j++) {
        double *const u = work + j * KAM__TILE;
        memcpy(u, z + j * KAM__TILE, (size_t)n * sizeof *u);
        for (int32_t k = 0; k < j; k++) {
            const double l = fit->factor[j * q + k];
            const double *const v = work + k * KAM__TILE;
            for (int32_t i = 0; i < n; i++) u[i] -= l * v[i];
        }
        for (int32_t i = 0; i < n; i++) {
            u[i] /= fit->factor[j * q + j];
            leverage[i] += u[i] * u[i];
        }
    }
}

/* Firth (1993): the score of log det(information) / 2 is that of one half of
 * each row's leverage times the slope of the log of its weight; to the curve it
 * adds the leverage's share, about. */
static void add_firth(const struct kam__hazard_fit *fit,
                      const struct kam__hazard_kernels *kernels,
                      const struct kam__panel_rows *rows, const double *score,
                      double *work, struct kam__hazard_terms *terms) {
    double leverage[KAM__TILE], tilt[KAM__TILE];
    leverages(fit, rows->signal, rows->n, work, leverage);
    kernels->tilt(fit->link, score, rows->n, tilt);
    for (int32_t i = 0; i < rows->n; i++)
        terms->slope[i] += 0.5 * terms->curve[i] * leverage[i] * tilt[i];
    for (int32_t i = 0; i < rows->n; i++) terms->curve[i] *= 1 + leverage[i];
}

/* Gradient terms of many rows need no grid finer than 2^-40: what rounding does
 * to their sum is less than 1e-11 of its standard error. */
static int is_quick(const struct pass *pass) {
    return pass->fit->n_used > KAM__HAZARD_FEW_ROWS && !pass->penalised &&
           pass->fit->link == KAM_HAZARD_LOGISTIC;
}

/* Sums that were held to be added up exactly, of value and gradient. */
struct held {
    double *term; /* shape (1 + q, HELD); quick: sums stand in the first of each
                     row but row 0 */
    kam_sum *sum; /* shape (1 + q) */
    int32_t n, n_quick, is_quick;
};

/* 2^12 terms within +-1, in units of 2^-40, are exact. */
enum { MOST_QUICK = 4096 };

static int flush(const struct kam__hazard_fit *fit, struct held *held) {
    int failed =
        kam__accumulate_at(fit->isa, &held->sum[0], held->term, NULL, held->n);
    for (int32_t k = 1; k <= fit->q; k++) {
        double *const term = held->term + k * HELD;
        if (held->is_quick) continue;
        failed |=
            kam__accumulate_at(fit->isa, &held->sum[k], term, NULL, held->n);
    }
    held->n = 0;
    return failed;
}

static void flush_quick(const struct kam__hazard_fit *fit, struct held *held) {
    for (int32_t k = 1; held->is_quick && k <= fit->q; k++) {
        (void)kam_sum_add(&held->sum[k], held->term[k * HELD]);
        held->term[k * HELD] = 0;
    }
    held->n_quick = 0;
}

static int hold(const struct kam__hazard_fit *fit,
                const struct kam__hazard_kernels *kernels,
                const struct kam__panel_rows *rows,
                const struct kam__hazard_terms *terms, struct held *held) {
    const int32_t n = rows->n;
    memcpy(held->term + held->n, terms->value, (size_t)n * sizeof(double));
    for (int32_t j = 0; j < fit->q; j++) {
        const double *const z = rows->signal + j * KAM__TILE;
        double *const to = held->term + (1 + j) * HELD;
        if (held->is_quick)
            kernels->gradient(z, terms->slope, n, to);
        else
            for (int32_t i = 0; i < n; i++)
                to[held->n + i] = z[i] * terms->slope[i];
    }
    held->n += n;
    held->n_quick += n;
    if (held->n_quick > MOST_QUICK - KAM__TILE) flush_quick(fit, held);
    return held->n > HELD - KAM__TILE ? flush(fit, held) : 0;
}

/* Piece's memory: z (q, TILE), gradient terms (1 + q, HELD), then the gram. */
static void add_piece(void *context, int64_t piece, int64_t first, int64_t n) {
    const struct pass *const pass = context;
    struct kam__hazard_fit *const fit = pass->fit;
    const struct kam__hazard_kernels *const kernels =
        KAM__PICK(fit->isa, kam__hazard);
    struct kam__hazard_piece *const mine = &fit->piece[piece];
    kam_sum *const sum = fit->sums + (uint64_t)piece * fit->n_sums;
    const int32_t q = fit->q;
    double *const room = fit->room + (uint64_t)piece * fit->room_size;
    struct held held = {room + q * KAM__TILE, sum, 0, 0, is_quick(pass)};
    double *const behind = held.term + (1 + q) * HELD;
    struct kam__gram gram;
    struct kam__panel_rows rows;
    rows.signal = room;
    for (int32_t k = 1; k <= q; k++) held.term[k * HELD] = 0;
    mine->failed = 0;
    mine->largest_score = 0;
    memset(sum, 0, (size_t)(1 + q) * sizeof *sum);
    kam__gram_place(&gram, q, fit->isa, fit->is_fine, behind, sum + 1 + q);
    for (int64_t at = 0; at < n; at += KAM__TILE) {
        struct kam__hazard_terms terms;
        double score[KAM__TILE], root[KAM__TILE];
        kam__hazard_load(fit, first + at, tile_of(n - at), &rows);
        kernels->scores(rows.signal, pass->theta, q, rows.offset, rows.n,
                        score);
        if (fit->link == KAM_HAZARD_LOGISTIC)
            kernels->logistic(score, rows.event, rows.n, &terms);
        else
            kernels->cloglog(score, rows.event, rows.n, &terms);
        if (pass->penalised)
            add_firth(fit, kernels, &rows, score, behind, &terms);
        for (int32_t i = 0; i < rows.n; i++) {
            const double size = fabs(score[i]);
            root[i] = sqrt(terms.curve[i] * rows.weight[i]);
            terms.value[i] *= rows.weight[i];
            terms.slope[i] *= rows.weight[i];
            mine->largest_score =
                size > mine->largest_score ? size : mine->largest_score;
        }
        mine->failed |= hold(fit, kernels, &rows, &terms, &held);
        kam__gram_add(&gram, rows.signal, root, rows.n);
    }
    mine->failed |= flush(fit, &held);
    flush_quick(fit, &held);
    mine->failed |= kam__gram_flush(&gram);
}

static kam_status join(struct kam__hazard_fit *fit, kam_sum *total) {
    memset(total, 0, fit->n_sums * sizeof *total);
    fit->largest_score = 0;
    for (int64_t piece = 0; piece < fit->n_pieces; piece++) {
        const kam_sum *const sum = fit->sums + (uint64_t)piece * fit->n_sums;
        if (fit->piece[piece].failed) return KAM_ERR_OVERFLOW;
        if (fit->piece[piece].largest_score > fit->largest_score)
            fit->largest_score = fit->piece[piece].largest_score;
        for (uint64_t k = 0; k < fit->n_sums; k++)
            if (kam_sum_merge(&total[k], &sum[k])) return KAM_ERR_OVERFLOW;
    }
    return KAM_OK;
}

kam_status kam__hazard_evaluate(struct kam__hazard_fit *fit,
                                const double *theta, int penalised) {
    struct pass pass = {fit, theta, penalised};
    double *const to = penalised ? fit->firth : fit->hessian;
    const int32_t q = fit->q;
    /* One more place for sums, behind the pieces'. */
    kam_sum *const total = fit->sums + (uint64_t)fit->n_pieces * fit->n_sums;
    kam_status status = kam__for_pieces(fit->host, fit->panel.n_rows, add_piece,
                                        &pass, fit->diag);
    if (status == KAM_OK) status = join(fit, total);
    if (status != KAM_OK) return status;
    fit->value = kam_sum_value(&total[0]) / fit->weight_scale;
    for (int32_t i = 0; i < q; i++)
        fit->gradient[i] = kam_sum_value(&total[1 + i]) / fit->weight_scale;
    const kam_sum *next = total + 1 + q;
    for (int32_t i = 0; i < q; i++)
        for (int32_t j = 0; j <= i; j++)
            to[i * q + j] = to[j * q + i] =
                kam_sum_value(next++) / fit->weight_scale;
    return KAM_OK;
}
