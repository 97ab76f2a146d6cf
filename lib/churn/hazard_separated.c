/* SPDX-License-Identifier: MIT */
/* Where the data separate, or seem to: what tells that they do, Firth's steps,
 * and the frame they are taken in.
 *
 * Where the data separate, Firth's answer depends on the rows about the border
 * alone, however many there are, and on differences between these as small as
 * they come. So once few rows tell anything, the search goes on in z' = F^-1 z,
 * theta' = F' theta, F the factor of the information where the frame was made:
 * there all standard errors are about 1, and the rows about the border differ by
 * about 1, too. The answer does not depend on the frame (Firth 1993, section 3),
 * only how well it is found. */
#include "churn/hazard_fit.h"

#include <math.h>
#include <string.h>

#include "base/isa.h"
#include "math/accumulate.h"
#include "math/cholesky.h"

/* A row with a score beyond this, on the right side, is less than 2^-160 to any
 * sum. */
#define SILENT 111

/* A score this far on the right side stays there; a step that moves some by so
 * much, and none by more than this to the wrong one, is a way to infinity. */
#define SURE 10
#define MOVED 0.1
#define STILL 1e-6

/* ---- separation ---- */

/* v <- F'^-1 v: theta in the columns' own scales */
static void leave(const struct kam__hazard_fit *fit, double *v) {
    const int32_t q = fit->q;
    for (int32_t j = q - 1; j >= 0; j--) {
        for (int32_t k = j + 1; k < q; k++)
            v[j] -= fit->frame[k * q + j] * v[k];
        v[j] /= fit->frame[j * q + j];
    }
}

/* What the rows of a piece say of two ways to separate, one of which is enough:
 * theta itself (all on their right sides), and the step. */
enum { NOT_THETA = 1, NOT_STEP = 2, STEPS = 4 };

static void find_margins(void *context, int64_t piece, int64_t first,
                         int64_t n) {
    struct kam__hazard_fit *const fit = context;
    const struct kam__hazard_kernels *const kernels =
        KAM__PICK(fit->isa, kam__hazard);
    static const double nothing[KAM__TILE];
    struct kam__panel_rows rows;
    int said = 0;
    rows.signal = kam__hazard_room_of(fit, piece);
    for (int64_t at = 0; at < n; at += KAM__TILE) {
        double here[KAM__TILE], move[KAM__TILE];
        kam__hazard_load(fit, first + at, kam__hazard_tile(n - at), &rows);
        if (fit->is_framed) kam__hazard_enter(fit, &rows);
        kernels->scores(rows.signal, fit->theta, fit->q, nothing, rows.n, here);
        kernels->scores(rows.signal, fit->step, fit->q, nothing, rows.n, move);
        for (int32_t i = 0; i < rows.n; i++) {
            const double side = rows.event[i] > 0 ? 1 : -1;
            if (!(side * here[i] > 0)) said |= NOT_THETA;
            if (!(side * here[i] > SURE || side * move[i] >= -STILL))
                said |= NOT_STEP;
            if (side * move[i] >= MOVED) said |= STEPS;
        }
    }
    fit->piece[piece].said = said;
}

kam_status kam__hazard_separates(struct kam__hazard_fit *fit,
                                 int32_t *culprit) {
    int said = 0;
    *culprit = -1;
    const kam_status status = kam__for_pieces(fit->host, fit->panel.n_rows,
                                              find_margins, fit, fit->diag);
    for (int64_t piece = 0; piece < fit->n_pieces; piece++)
        said |= fit->piece[piece].said;
    if (status != KAM_OK ||
        (said & NOT_THETA && (said & NOT_STEP || !(said & STEPS))))
        return status;
    memcpy(fit->next, fit->step, (size_t)fit->q * sizeof *fit->next);
    if (fit->is_framed) leave(fit, fit->next);
    *culprit = 0;
    for (int32_t j = 1; j < fit->q; j++)
        if (fabs(fit->next[j]) > fabs(fit->next[*culprit + 1]))
            *culprit = j - 1;
    return KAM_OK;
}

/* ---- steps ---- */

static double dot(const double *a, const double *b, int32_t n) {
    double sum = 0;
    for (int32_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

/* The curvature of Firth's penalty is known only about, and steps by it shrink
 * slowly; what the last steps did to the gradient tells the rest (Nocedal 1980,
 * limited-memory BFGS, the step of above as its first guess). */
static void steer(struct kam__hazard_fit *fit) {
    const int32_t q = fit->q, n = fit->n_pairs;
    const int32_t first = n > KAM__HAZARD_PAIRS ? n - KAM__HAZARD_PAIRS : 0;
    double share[KAM__HAZARD_PAIRS];
    double *const g = fit->step;
    memcpy(g, fit->gradient, (size_t)q * sizeof *g);
    for (int32_t k = n - 1; k >= first; k--) {
        const int32_t at = k % KAM__HAZARD_PAIRS;
        const double *const s = fit->moved + at * q, *const y =
                                                         fit->fell + at * q;
        share[at] = dot(s, g, q) / dot(s, y, q);
        for (int32_t j = 0; j < q; j++) g[j] -= share[at] * y[j];
    }
    kam__cholesky_solve(fit->used, q, g);
    for (int32_t k = first; k < n; k++) {
        const int32_t at = k % KAM__HAZARD_PAIRS;
        const double *const s = fit->moved + at * q, *const y =
                                                         fit->fell + at * q;
        const double rest = share[at] - dot(y, g, q) / dot(s, y, q);
        for (int32_t j = 0; j < q; j++) g[j] += rest * s[j];
    }
}

void kam__hazard_remember(struct kam__hazard_fit *fit) {
    const int32_t q = fit->q, at = fit->n_pairs % KAM__HAZARD_PAIRS;
    double *const s = fit->moved + at * q, *const y = fit->fell + at * q;
    for (int32_t j = 0; j < q; j++) {
        s[j] = fit->theta[j] - s[j];
        y[j] = fit->before[j] - fit->gradient[j];
    }
    fit->n_pairs = dot(s, y, q) > 0 ? fit->n_pairs + 1 : 0;
}

void kam__hazard_accelerate(struct kam__hazard_fit *fit) {
    const size_t size = (size_t)fit->q * sizeof(double);
    steer(fit);
    memcpy(fit->moved + fit->n_pairs % KAM__HAZARD_PAIRS * fit->q, fit->theta,
           size);
    memcpy(fit->before, fit->gradient, size);
}

/* ---- the frame ---- */

/* v <- F^-1 v */
static void enter(const struct kam__hazard_fit *fit, double *v, int32_t step) {
    const int32_t q = fit->q;
    for (int32_t j = 0; j < q; j++) {
        for (int32_t k = 0; k < j; k++)
            v[j * step] -= fit->frame[j * q + k] * v[k * step];
        v[j * step] /= fit->frame[j * q + j];
    }
}

double kam__hazard_framed_prior(struct kam__hazard_fit *fit,
                                const double *theta, double *gradient,
                                double *hessian) {
    const int32_t q = fit->q;
    double *const own = fit->framed, *const g = own + q, *const h = g + q;
    memset(g, 0, (size_t)(q + q * q) * sizeof *g);
    memcpy(own, theta, (size_t)q * sizeof *own);
    leave(fit, own);
    const double value = kam__hazard_prior(fit, own, g, hessian ? h : NULL);
    enter(fit, g, 1);
    for (int32_t j = 0; j < q; j++) gradient[j] += g[j];
    for (int32_t j = 0; hessian && j < q; j++) enter(fit, h + j, q);
    for (int32_t j = 0; hessian && j < q; j++) enter(fit, h + j * q, 1);
    for (int32_t j = 0; hessian && j < q * q; j++) hessian[j] += h[j];
    return value;
}

/* to <- F L, both lower triangular; to may be either. */
static void multiply(const struct kam__hazard_fit *fit, const double *l,
                     double *to) {
    const int32_t q = fit->q;
    for (int32_t i = q - 1; i >= 0; i--)
        for (int32_t j = 0; j <= i; j++) {
            double sum = 0;
            for (int32_t k = j; k <= i; k++)
                sum += fit->frame[i * q + k] * l[k * q + j];
            to[i * q + j] = sum;
        }
}

void kam__hazard_reframe(struct kam__hazard_fit *fit) {
    const int32_t q = fit->q;
    for (int32_t j = 0; j < q; j++) {
        double sum = 0;
        for (int32_t k = j; k < q; k++)
            sum += fit->factor[k * q + j] * fit->theta[k];
        fit->theta[j] = sum;
    }
    if (fit->is_framed)
        multiply(fit, fit->factor, fit->frame);
    else
        memcpy(fit->frame, fit->factor, (size_t)(q * q) * sizeof *fit->frame);
    fit->is_framed = 1;
    fit->n_pairs = 0;
}

void kam__hazard_unframe(struct kam__hazard_fit *fit) {
    const int32_t q = fit->q;
    if (!fit->is_framed) return;
    leave(fit, fit->theta);
    multiply(fit, fit->factor, fit->factor);
    for (int32_t i = 0; i < q; i++)
        for (int32_t j = 0; j < q; j++) {
            const int32_t least = i < j ? i : j;
            double sum = 0;
            for (int32_t k = 0; k <= least; k++)
                sum += fit->factor[i * q + k] * fit->factor[j * q + k];
            fit->hessian[i * q + j] = sum;
        }
    fit->is_framed = 0;
}

void kam__hazard_enter(const struct kam__hazard_fit *fit,
                       struct kam__panel_rows *rows) {
    const int32_t q = fit->q;
    for (int32_t j = 0; j < q; j++) {
        double *const z = rows->signal + j * KAM__TILE;
        for (int32_t k = 0; k < j; k++) {
            const double f = fit->frame[j * q + k];
            const double *const other = rows->signal + k * KAM__TILE;
            for (int32_t i = 0; i < rows->n; i++) z[i] -= f * other[i];
        }
        for (int32_t i = 0; i < rows->n; i++) z[i] /= fit->frame[j * q + j];
    }
}

double kam__hazard_drop_silent(const struct kam__hazard_fit *fit,
                               struct kam__panel_rows *rows, double *score) {
    double largest = 0;
    int32_t n = 0;
    for (int32_t i = 0; i < rows->n; i++) {
        const double right = rows->event[i] > 0 ? score[i] : -score[i];
        if (fabs(score[i]) > largest) largest = fabs(score[i]);
        if (right > SILENT) continue;
        score[n] = score[i];
        rows->event[n] = rows->event[i];
        rows->weight[n] = rows->weight[i];
        for (int32_t j = 0; j < fit->q; j++)
            rows->signal[j * KAM__TILE + n] = rows->signal[j * KAM__TILE + i];
        n++;
    }
    rows->n = n;
    return largest;
}

int kam__hazard_add_products(const struct kam__hazard_fit *fit,
                             const double *column, int32_t n, kam_sum *sum) {
    double product[KAM__TILE];
    int failed = 0;
    for (int32_t i = 0; i < fit->q; i++)
        for (int32_t j = 0; j <= i; j++, sum++) {
            const double *const a = column + i * KAM__TILE;
            const double *const b = column + j * KAM__TILE;
            for (int32_t k = 0; k < n; k++) product[k] = a[k] * b[k];
            failed |= kam__accumulate_at(fit->isa, sum, product, NULL, n);
        }
    return failed;
}
