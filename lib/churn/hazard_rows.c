/* SPDX-License-Identifier: MIT */
/* A pass of a hazard fit over its rows: value, gradient and Hessian. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "churn/hazard_fit.h"
#include "math/accumulate.h"
#include "math/grid.h"

/* Terms are held until there are this many: exact sums like long rows. */
enum { HELD = 4 * KAM__TILE };
/* Doubles of a cache line, where vectors begin. */
enum { LINE = 8 };

/* z (width, TILE), Firth's work (q, TILE), terms (1 + q, HELD), ones (TILE), sums
 * on a grid (q, LANES), the gram. */
uint64_t kam__hazard_room(int32_t q) {
    const uint64_t n = (uint64_t)q, width = (uint64_t)kam__gram_width(q);
    return (width + n + 1) * KAM__TILE + (1 + n) * HELD +
           n * KAM__HAZARD_LANES + kam__gram_size(q) + LINE;
}

double *kam__hazard_room_of(const struct kam__hazard_fit *fit, int64_t piece) {
    double *const room = fit->room + (uint64_t)piece * fit->room_size;
    return room + (LINE - (uintptr_t)room / sizeof *room % LINE) % LINE;
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

/* A column's rows, or `absent` where it is not given. */
static void copy_rows(const struct kam__hazard_fit *fit,
                      const kam_column *column, int64_t first, int32_t n,
                      double absent, double *to) {
    for (int32_t i = 0; i < n; i++) to[i] = absent;
    if (!column->values) return;
    const double *const x = kam__gather_by(fit->isa, column, first, n, to);
    if (x != to) memcpy(to, x, (size_t)n * sizeof *to);
}

/* The same of rows known to be usable. */
static void load_whole(const struct kam__hazard_fit *fit, int64_t first,
                       int32_t n, struct kam__panel_rows *rows) {
    const struct kam__hazard_kernels *const kernels =
        KAM__PICK(fit->isa, kam__hazard);
    const kam_panel *const panel = &fit->panel;
    rows->n = n;
    copy_rows(fit, &panel->event, first, n, 0, rows->event);
    copy_rows(fit, &panel->offset, first, n, 0, rows->offset);
    copy_rows(fit, &panel->weight, first, n, 1, rows->weight);
    for (int32_t i = 0; i < n; i++) {
        rows->signal[i] = 1;
        rows->weight[i] *= fit->weight_scale;
    }
    for (int32_t j = 0; j < panel->n_columns; j++) {
        double copy[KAM__TILE];
        const double *const x =
            kam__gather_by(fit->isa, &panel->column[j], first, n, copy);
        (void)kernels->shift(x, fit->centre[j], fit->scale[j], n,
                             rows->signal + (j + 1) * KAM__TILE);
    }
}

/* Sums of a piece: value, gradient, lower triangle of the Hessian. */
struct pass {
    struct kam__hazard_fit *fit;
    const double *theta;
    int what;
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

/* A piece's sums under way. */
struct sums {
    double *signal, *work, *term, *one, *lane; /* kam__hazard_room */
    struct kam__gram gram;
    kam_sum *sum; /* shape (1 + q) */
    int32_t n_held, is_quick, has_gram;
    int32_t n_laid; /* rows in a lane, at most */
};

static void place_sums(const struct pass *pass, int64_t piece,
                       struct sums *sums) {
    struct kam__hazard_fit *const fit = pass->fit;
    const int32_t q = fit->q, width = kam__gram_width(q);
    sums->signal = kam__hazard_room_of(fit, piece);
    sums->work = sums->signal + width * KAM__TILE;
    sums->term = sums->work + q * KAM__TILE;
    sums->one = sums->term + (1 + q) * HELD;
    sums->lane = sums->one + KAM__TILE;
    for (int32_t i = 0; i < KAM__TILE; i++) sums->one[i] = 1;
    sums->sum = fit->sums + (uint64_t)piece * fit->n_sums;
    sums->is_quick =
        fit->is_quick && pass->what != KAM__HAZARD_FIRTH && !fit->is_framed;
    sums->has_gram = pass->what != KAM__HAZARD_SLOPE;
    sums->n_held = sums->n_laid = 0;
    for (int32_t i = 0; i < q * KAM__HAZARD_LANES; i++)
        sums->lane[i] = KAM__GRID;
    memset(sums->signal + q * KAM__TILE, 0,
           (size_t)(width - q) * KAM__TILE * sizeof(double));
    memset(sums->sum, 0, (size_t)(1 + q) * sizeof *sums->sum);
    kam__gram_place(&sums->gram, q, fit->isa, sums->is_quick,
                    sums->lane + q * KAM__HAZARD_LANES, sums->sum + 1 + q);
}

/* What is held is added up exactly: values, unless the gradient is all that is
 * wanted, and the gradient, unless quick. */
static int flush(const struct kam__hazard_fit *fit, struct sums *sums) {
    const int32_t n = sums->n_held;
    const int32_t n_terms = !sums->is_quick ? 1 + fit->q : sums->has_gram;
    int failed = 0;
    for (int32_t k = 0; k < n_terms; k++)
        failed |= kam__accumulate_at(fit->isa, &sums->sum[k],
                                     sums->term + k * HELD, NULL, n);
    sums->n_held = 0;
    return failed;
}

static int flush_lanes(const struct kam__hazard_fit *fit, struct sums *sums) {
    int failed = 0;
    for (int32_t k = 0; k < fit->q; k++) {
        double *const lane = sums->lane + k * KAM__HAZARD_LANES;
        failed |= kam__grid_end(lane, KAM__HAZARD_LANES, &sums->sum[1 + k]);
        for (int32_t i = 0; i < KAM__HAZARD_LANES; i++) lane[i] = KAM__GRID;
    }
    sums->n_laid = 0;
    return failed;
}

static int count_in(const struct kam__hazard_fit *fit, int32_t n,
                    struct sums *sums) {
    int failed = 0;
    sums->n_held += n;
    sums->n_laid += n / KAM__HAZARD_LANES + n % KAM__HAZARD_LANES;
    if (sums->n_held > HELD - KAM__TILE) failed |= flush(fit, sums);
    if (sums->n_laid > KAM__GRID_ROWS - 2 * KAM__HAZARD_LANES)
        failed |= flush_lanes(fit, sums);
    return failed;
}

/* Column j of a tile of usable rows as it lies, or of those loaded. */
static const double *column_of(const struct kam__hazard_fit *fit,
                               const struct sums *sums, int64_t first,
                               int32_t n, int32_t j, double *copy) {
    if (first < 0) return sums->signal + j * KAM__TILE;
    if (j == 0) return sums->one;
    return kam__gather_by(fit->isa, &fit->panel.column[j - 1], first, n, copy);
}

/* Adds a tile with rounded terms; first < 0: its rows were loaded. */
static int add_quickly(const struct kam__hazard_fit *fit,
                       const struct kam__hazard_kernels *kernels, int64_t first,
                       int32_t n, const struct kam__hazard_terms *terms,
                       const double *root, struct sums *sums) {
    double copy[KAM__TILE];
    for (int32_t j = 0; j < fit->q; j++) {
        const int as_is = first < 0 || j == 0;
        kernels->gradient(column_of(fit, sums, first, n, j, copy),
                          as_is ? 0 : fit->centre[j - 1],
                          as_is ? 1 : fit->scale[j - 1], terms->slope,
                          sums->has_gram ? root : NULL, n,
                          sums->signal + j * KAM__TILE,
                          sums->lane + j * KAM__HAZARD_LANES);
    }
    if (sums->has_gram) kam__gram_add(&sums->gram, sums->signal, n);
    return count_in(fit, n, sums);
}

static int add_rows(const struct kam__hazard_fit *fit,
                    const struct kam__hazard_kernels *kernels,
                    const struct kam__panel_rows *rows,
                    const struct kam__hazard_terms *terms, const double *root,
                    struct sums *sums) {
    const int32_t n = rows->n;
    int failed = 0;
    for (int32_t j = 0; j < fit->q; j++) {
        double *const z = rows->signal + j * KAM__TILE;
        double *const to = sums->term + (1 + j) * HELD + sums->n_held;
        for (int32_t i = 0; i < n; i++) to[i] = z[i] * terms->slope[i];
        if (sums->has_gram) kernels->spread(z, root, n);
    }
    if (sums->has_gram && fit->is_framed)
        failed |=
            kam__hazard_add_products(fit, rows->signal, n, sums->gram.sum);
    else if (sums->has_gram)
        kam__gram_add(&sums->gram, rows->signal, n);
    return failed | count_in(fit, n, sums);
}

/* A tile of rows, whatever is in them. */
static void add_tile(const struct pass *pass, int64_t first, int32_t m,
                     struct kam__hazard_piece *mine, struct sums *sums) {
    struct kam__hazard_fit *const fit = pass->fit;
    const struct kam__hazard_kernels *const kernels =
        KAM__PICK(fit->isa, kam__hazard);
    struct kam__panel_rows rows;
    struct kam__hazard_terms terms;
    _Alignas(64) double score[KAM__TILE], root[KAM__TILE];
    double largest;
    rows.signal = sums->signal;
    if (fit->is_whole)
        load_whole(fit, first, m, &rows);
    else
        kam__hazard_load(fit, first, m, &rows);
    if (fit->is_framed) kam__hazard_enter(fit, &rows);
    kernels->scores(rows.signal, pass->theta, fit->q, rows.offset, rows.n,
                    score);
    if (fit->is_framed) {
        largest = kam__hazard_drop_silent(fit, &rows, score);
        if (largest > mine->largest_score) mine->largest_score = largest;
    }
    if (fit->link == KAM_HAZARD_LOGISTIC)
        kernels->logistic(score, rows.event, rows.n, &terms);
    else
        kernels->cloglog(score, rows.event, rows.n, &terms);
    if (pass->what == KAM__HAZARD_FIRTH)
        add_firth(fit, kernels, &rows, score, sums->work, &terms);
    largest = kernels->weigh(&terms, rows.weight, score, rows.n, root,
                             sums->term + sums->n_held);
    if (largest > mine->largest_score) mine->largest_score = largest;
    mine->failed |=
        sums->is_quick
            ? add_quickly(fit, kernels, -1, rows.n, &terms, root, sums)
            : add_rows(fit, kernels, &rows, &terms, root, sums);
}

/* Scores of a tile of rows that are all usable. */
static void score_whole(const struct pass *pass,
                        const struct kam__hazard_kernels *kernels,
                        int64_t first, int32_t n, double *score) {
    const struct kam__hazard_fit *const fit = pass->fit;
    const kam_panel *const panel = &fit->panel;
    double copy[KAM__TILE];
    for (int32_t i = 0; i < n; i++) score[i] = pass->theta[0];
    if (panel->offset.values) {
        const double *const x =
            kam__gather_by(fit->isa, &panel->offset, first, n, copy);
        for (int32_t i = 0; i < n; i++) score[i] += x[i];
    }
    for (int32_t j = 0; j < panel->n_columns; j++)
        kernels->add_score(kam__gather_by(fit->isa, &panel->column[j], first, n,
                                          copy),
                           fit->centre[j], fit->scale[j], pass->theta[j + 1], n,
                           score);
}

/* A tile of many rows that are all usable: each column is looked at twice, where it
 * lies. */
static void add_whole(const struct pass *pass, int64_t first, int32_t n,
                      struct kam__hazard_piece *mine, struct sums *sums) {
    struct kam__hazard_fit *const fit = pass->fit;
    const struct kam__hazard_kernels *const kernels =
        KAM__PICK(fit->isa, kam__hazard);
    const kam_panel *const panel = &fit->panel;
    struct kam__hazard_terms terms;
    _Alignas(64) double score[KAM__TILE], root[KAM__TILE];
    double weight[KAM__TILE], copy[KAM__TILE];
    score_whole(pass, kernels, first, n, score);
    copy_rows(fit, &panel->weight, first, n, 1, weight);
    for (int32_t i = 0; i < n; i++) weight[i] *= fit->weight_scale;
    const double *const y =
        kam__gather_by(fit->isa, &panel->event, first, n, copy);
    if (!sums->has_gram) {
        kernels->logistic_slope(score, y, weight, n, terms.slope);
    } else {
        kernels->logistic(score, y, n, &terms);
        const double largest = kernels->weigh(&terms, weight, score, n, root,
                                              sums->term + sums->n_held);
        if (largest > mine->largest_score) mine->largest_score = largest;
    }
    mine->failed |= add_quickly(fit, kernels, first, n, &terms, root, sums);
}

static void add_piece(void *context, int64_t piece, int64_t first, int64_t n) {
    const struct pass *const pass = context;
    const struct kam__hazard_fit *const fit = pass->fit;
    struct kam__hazard_piece *const mine = &fit->piece[piece];
    struct sums sums;
    place_sums(pass, piece, &sums);
    mine->failed = 0;
    mine->largest_score = 0;
    for (int64_t at = 0; at < n; at += KAM__TILE) {
        const int32_t m = kam__hazard_tile(n - at);
        if (sums.is_quick && fit->is_whole)
            add_whole(pass, first + at, m, mine, &sums);
        else
            add_tile(pass, first + at, m, mine, &sums);
    }
    mine->failed |= flush(fit, &sums);
    mine->failed |= flush_lanes(fit, &sums);
    kam__gram_flush(&sums.gram);
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
                                const double *theta, int what) {
    struct pass pass = {fit, theta, what};
    double *const to = what == KAM__HAZARD_FIRTH ? fit->firth : fit->hessian;
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
    for (int32_t i = 0; what != KAM__HAZARD_SLOPE && i < q; i++)
        for (int32_t j = 0; j <= i; j++)
            to[i * q + j] = to[j * q + i] =
                kam_sum_value(next++) / fit->weight_scale;
    return KAM_OK;
}
