/* SPDX-License-Identifier: MIT */
/* Newton's method for weights of bins. Sums over rows are of whole multiples of
 * small units, so they do not depend on the order of the rows. */
#include "churn/additive_fit.h"

#include <math.h>
#include <string.h>

#include "math/cholesky.h"
#include "math/elementary.h"

/* Gradient in units of 2^-40 (whole numbers), Hessian of 2^-30 (doubles, exact
 * up to 2^23). */
#define GRADIENT_UNITS 0x1p40
#define TO_2_30 0x1.8p22
/* Every bin is pulled towards 0 by this share of the smoothing. */
#define RIDGE 0.05
/* Squared length of a step, in standard errors. */
#define THERE 1e-16
enum { MOST_STEPS = 100 };

static double score_of(const struct kam__additive_fit *fit, const double *theta,
                       int64_t i) {
    const uint8_t *const bin = fit->bin + i * fit->n_terms;
    double s = theta[0];
    for (int32_t t = 0; t < fit->n_terms; t++)
        s += theta[fit->first[t] + bin[t]];
    return s;
}

/* -log likelihood of a row. */
static double loss_of(double s, int y) {
    const double e = kam__exp(-fabs(s));
    return kam__log1p(e) - (s < 0 ? y * s : (y - 1) * s);
}

static void add_row(struct kam__additive_fit *fit, int64_t i, double s) {
    const uint8_t *const bin = fit->bin + i * fit->n_terms;
    const double e = kam__exp(-fabs(s)), w = fit->weight[i];
    const double p = s < 0 ? e / (1 + e) : 1 / (1 + e);
    const double r = w * ((fit->event[i] ? 1 : 0) - p);
    const double curve = (w * (e / ((1 + e) * (1 + e))) + TO_2_30) - TO_2_30;
    const int64_t units = (int64_t)floor(r * GRADIENT_UNITS + 0.5);
    int32_t at[KAM_PANEL_MOST_COLUMNS + 65];
    fit->counts[0] += units;
    fit->hessian[0] += curve;
    for (int32_t t = 0; t < fit->n_terms; t++) {
        at[t] = fit->first[t] + bin[t];
        double *const to = fit->hessian + (int64_t)at[t] * fit->p;
        fit->counts[at[t]] += units;
        to[0] += curve;
        for (int32_t u = 0; u <= t; u++) to[at[u]] += curve;
    }
}

/* Squared steps between neighbours of one line of bins, `stride` apart; the bin
 * of what is missing has no neighbours. */
static void smooth_line(struct kam__additive_fit *fit, const double *theta,
                        int32_t first, int32_t n, int32_t stride) {
    const double k = fit->smooth;
    for (int32_t b = 1; b + 1 < n; b++) {
        const int64_t i = first + (int64_t)b * stride, j = i + stride;
        const double d = theta[j] - theta[i];
        fit->value -= 0.5 * k * d * d;
        fit->gradient[i] += k * d;
        fit->gradient[j] -= k * d;
        fit->hessian[i * fit->p + i] += k;
        fit->hessian[j * fit->p + j] += k;
        fit->hessian[j * fit->p + i] -= k;
    }
}

static void add_penalty(struct kam__additive_fit *fit, const double *theta) {
    const double ridge = RIDGE * fit->smooth;
    for (int32_t t = 0; t < fit->n_terms; t++) {
        const kam_additive_term *const term = &fit->model->term[t];
        const int32_t first = fit->first[t], rows = term->n_edges + 2;
        const int32_t columns = term->second < 0 ? 1 : term->n_second + 2;
        for (int32_t c = 0; c < columns; c++)
            smooth_line(fit, theta, first + c, rows, columns);
        for (int32_t r = 0; columns > 1 && r < rows; r++)
            smooth_line(fit, theta, first + r * columns, columns, 1);
        for (int32_t i = first; i < fit->first[t + 1]; i++) {
            fit->value -= 0.5 * ridge * theta[i] * theta[i];
            fit->gradient[i] -= ridge * theta[i];
            fit->hessian[(int64_t)i * fit->p + i] += ridge;
        }
    }
}

/* Penalised log likelihood, gradient, Hessian (lower triangle); 1: cancelled. */
static int evaluate(struct kam__additive_fit *fit, const double *theta) {
    const size_t p = (size_t)fit->p;
    kam_sum loss = {0, 0};
    memset(fit->counts, 0, p * sizeof *fit->counts);
    memset(fit->hessian, 0, p * p * sizeof *fit->hessian);
    for (int64_t i = 0; i < fit->n; i++) {
        if (i % KAM__PIECE == 0 && fit->host->progress &&
            fit->host->progress(fit->host->watcher, i, fit->n) != 0)
            return 1;
        if (fit->held_out >= 0 &&
            (fit->fold[i] == fit->held_out || fit->fold[i] == KAM__NO_FOLD))
            continue;
        const double s = score_of(fit, theta, i);
        (void)kam_sum_add(&loss, fit->weight[i] * loss_of(s, fit->event[i]));
        add_row(fit, i, s);
    }
    fit->value = -kam_sum_value(&loss) / fit->weight_scale;
    for (size_t i = 0; i < p; i++)
        fit->gradient[i] =
            (double)fit->counts[i] / GRADIENT_UNITS / fit->weight_scale;
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j <= i; j++)
            fit->hessian[i * p + j] /= fit->weight_scale;
    add_penalty(fit, theta);
    return 0;
}

int kam__additive_search(struct kam__additive_fit *fit, int32_t *n_steps) {
    const size_t p = (size_t)fit->p;
    if (evaluate(fit, fit->theta)) return 2;
    for (*n_steps = 0; *n_steps < MOST_STEPS; ++*n_steps) {
        const double before = fit->value;
        double length = 0, share = 1;
        memcpy(fit->factor, fit->hessian, p * p * sizeof *fit->factor);
        if (kam__cholesky_large(fit->factor, fit->p, fit->columns)) return 1;
        memcpy(fit->step, fit->gradient, p * sizeof *fit->step);
        kam__cholesky_solve(fit->factor, fit->p, fit->step);
        for (size_t i = 0; i < p; i++)
            length += fit->step[i] * fit->gradient[i];
        if (length <= THERE) return 0;
        for (int halved = 0; halved < 40; halved++, share *= 0.5) {
            for (size_t i = 0; i < p; i++)
                fit->next[i] = fit->theta[i] + share * fit->step[i];
            if (evaluate(fit, fit->next)) return 2;
            if (fit->value >= before - 1e-9 * (1 + fabs(before)) * share) break;
        }
        memcpy(fit->theta, fit->next, p * sizeof *fit->theta);
    }
    return 1;
}

double kam__additive_loss(const struct kam__additive_fit *fit, int32_t fold) {
    kam_sum loss = {0, 0}, weight = {0, 0};
    for (int64_t i = 0; i < fit->n; i++) {
        if (fold >= 0 && fit->fold[i] != fold) continue;
        (void)kam_sum_add(&weight, fit->weight[i]);
        (void)kam_sum_add(&loss,
                          fit->weight[i] * loss_of(score_of(fit, fit->theta, i),
                                                   fit->event[i]));
    }
    return kam_sum_value(&loss) / kam_sum_value(&weight);
}
