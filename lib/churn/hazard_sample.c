/* SPDX-License-Identifier: MIT */
/* Many rows: the search starts where a sample of them ends. What is in a row
 * decides whether it is chosen, not where it stands, so that the start, too, is
 * the same for any order of the rows. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "churn/hazard_fit.h"
#include "math/cholesky.h"

/* One row in 32. A sample four times as large or small as that is of rows that
 * repeat each other, and left alone. */
enum { CHOSEN_BITS = 5, ODD = 4 };
/* Squared length of a step in standard errors, of the sample's fit. */
#define NEAR_ENOUGH 1e-2
/* How often a step is refined: each leaves a tenth of an error, or less. */
enum { ROUNDS = 2 };

int64_t kam__hazard_choose(const struct kam__hazard_sample *sample,
                           int64_t first, const int32_t *row,
                           const uint64_t *hash, int32_t n) {
    int64_t chosen = 0;
    for (int32_t k = 0; k < n; k++) {
        /* Finaliser of MurmurHash3, its first half. */
        const uint64_t mixed =
            (hash[k] ^ hash[k] >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
        if (mixed >> (64 - CHOSEN_BITS) != 0) continue;
        const int64_t at = first + (row ? row[k] : k);
        sample->chosen[at / 8] |= (uint8_t)(1 << at % 8);
        chosen++;
    }
    return chosen;
}

kam_status kam__hazard_prepare(struct kam__hazard_fit *fit) {
    struct kam__hazard_sample *const sample = &fit->sample;
    const uint64_t n = (uint64_t)fit->panel.n_rows;
    if (fit->panel.n_rows <= KAM__HAZARD_FEW_ROWS ||
        fit->link != KAM_HAZARD_LOGISTIC ||
        fit->options.firth == KAM_FIRTH_ALWAYS)
        return KAM_OK;
    sample->chosen = kam__allocate_zero(fit->host, (n + 7) / 8, 1);
    return sample->chosen ? KAM_OK : kam__no_memory(fit->diag);
}

void kam__hazard_forget(struct kam__hazard_fit *fit) {
    struct kam__hazard_sample *const sample = &fit->sample;
    const uint64_t q = (uint64_t)fit->q;
    kam__release(fit->host, sample->number, (q + 2) * sample->n_room,
                 sizeof *sample->number);
    kam__release(fit->host, sample->column, q, sizeof *sample->column);
    kam__release(fit->host, sample->chosen,
                 ((uint64_t)fit->panel.n_rows + 7) / 8, 1);
    memset(sample, 0, sizeof *sample);
}

/* Chosen rows of one column, of a tile, follow those before. */
static void take(const kam_column *column, int64_t first, int32_t n,
                 const int32_t *row, int32_t n_taken, double *to) {
    double copy[KAM__TILE];
    const double *const x = kam__gather(column, first, n, copy);
    for (int32_t k = 0; k < n_taken; k++) to[k] = x[row[k]];
}

static void take_all(const kam_panel *from, struct kam__hazard_sample *sample) {
    const int64_t n_rows = from->n_rows, p = from->n_columns;
    const uint64_t size = sample->n_room;
    double *const event = sample->number + (uint64_t)p * size;
    int64_t m = 0;
    for (int64_t first = 0; first < n_rows; first += KAM__TILE) {
        const int32_t n = kam__hazard_tile(n_rows - first);
        int32_t row[KAM__TILE], taken = 0;
        for (int32_t i = 0; i < n; i++)
            if (sample->chosen[(first + i) / 8] >> i % 8 & 1) row[taken++] = i;
        if (taken == 0) continue;
        for (int64_t j = 0; j < p; j++)
            take(&from->column[j], first, n, row, taken,
                 sample->number + (uint64_t)j * size + m);
        take(&from->event, first, n, row, taken, event + m);
        if (from->offset.values)
            take(&from->offset, first, n, row, taken, event + size + m);
        if (from->weight.values)
            take(&from->weight, first, n, row, taken, event + 2 * size + m);
        m += taken;
    }
}

static kam_column packed(const double *values) {
    kam_column column = {0};
    column.values = values;
    column.type = KAM_F64;
    return column;
}

static void make_panel(const kam_panel *from,
                       struct kam__hazard_sample *sample) {
    const int32_t p = from->n_columns;
    const uint64_t size = sample->n_room;
    const double *const event = sample->number + (uint64_t)p * size;
    sample->panel = *from;
    sample->panel.n_rows = sample->n;
    sample->panel.column = sample->column;
    sample->panel.event = packed(event);
    for (int32_t j = 0; j < p; j++)
        sample->column[j] = packed(sample->number + (uint64_t)j * size);
    if (from->offset.values) sample->panel.offset = packed(event + size);
    if (from->weight.values) sample->panel.weight = packed(event + 2 * size);
}

/* The fit's rows are those of the sample, or back again. */
static void swap(struct kam__hazard_fit *fit) {
    struct kam__hazard_sample *const sample = &fit->sample;
    const kam_panel panel = fit->panel;
    const int64_t n = fit->n_used;
    const int32_t whole = fit->is_whole;
    fit->panel = sample->panel;
    fit->n_used = sample->n;
    fit->is_whole = sample->is_whole;
    sample->panel = panel;
    sample->n = n;
    sample->is_whole = whole;
    fit->n_pieces = kam__hazard_pieces(fit->panel.n_rows);
}

kam_status kam__hazard_gather(struct kam__hazard_fit *fit) {
    struct kam__hazard_sample *const sample = &fit->sample;
    const int64_t expected = fit->n_used >> CHOSEN_BITS, n = sample->n;
    const uint64_t q = (uint64_t)fit->q;
    if (n < expected / ODD || n > expected * ODD || n < 20 * fit->q) {
        sample->n = 0;
        return KAM_OK;
    }
    sample->n_room = (uint64_t)n;
    sample->number = kam__allocate(fit->host, (q + 2) * sample->n_room,
                                   sizeof *sample->number);
    sample->column = kam__allocate(fit->host, q, sizeof *sample->column);
    if (!sample->number || !sample->column) return kam__no_memory(fit->diag);
    take_all(&fit->panel, sample);
    make_panel(&fit->panel, sample);
    sample->is_whole = 1;
    swap(fit);
    const kam_status status = kam__hazard_means(fit);
    swap(fit);
    return status;
}

kam_status kam__hazard_start(struct kam__hazard_fit *fit) {
    struct kam__hazard_walk walk = {0, 0, -1, 0, 0, 0, 0, 0};
    const double share = (double)fit->sample.n / (double)fit->n_used;
    const size_t size = (size_t)fit->q * sizeof *fit->precision;
    double *const kept = fit->moved; /* Firth's search, which comes later */
    memcpy(kept, fit->precision, size);
    for (int32_t j = 0; j < fit->q; j++) {
        /* A row's worth of doubt, should the sample not tell columns apart. */
        const double scale = j > 0 ? fit->scale[j - 1] : 1;
        fit->precision[j] = fit->precision[j] * share + 1 / (scale * scale);
    }
    swap(fit);
    const kam_status status = kam__hazard_search(fit, &walk, NEAR_ENOUGH);
    swap(fit);
    memcpy(fit->precision, kept, size);
    fit->is_guess =
        status == KAM_OK && walk.status == KAM_OK && !fit->is_framed;
    fit->is_framed = 0;
    return status == KAM_ERR_NOT_CONVERGED || status == KAM_ERR_OVERFLOW
               ? KAM_OK
               : status;
}

/* What the step leaves out, the third derivative and those above, the sample
 * knows about (Jordan, Lee & Yang 2019, Journal of the American Statistical
 * Association 114): the gradient elsewhere is the rows' own here, plus the
 * sample's difference, plus what the Hessians of both differ by. */
kam_status kam__hazard_refine(struct kam__hazard_fit *fit, int is_new) {
    const int32_t q = fit->q;
    const size_t size = (size_t)q * sizeof(double);
    const double ratio = (double)fit->n_used / (double)fit->sample.n;
    double *const here = fit->moved, *const bend = fit->firth;
    if (is_new) memcpy(bend, fit->hessian, (size_t)q * size);
    memcpy(here, fit->gradient, size);
    swap(fit);
    kam_status status =
        kam__hazard_evaluate(fit, fit->theta,
                             is_new ? KAM__HAZARD_ALL : KAM__HAZARD_SLOPE);
    for (int32_t i = 0; is_new && i < q * q; i++)
        bend[i] = ratio * fit->hessian[i] - bend[i];
    for (int32_t j = 0; j < q; j++) here[j] -= ratio * fit->gradient[j];
    for (int round = 0; status == KAM_OK && round < ROUNDS; round++) {
        for (int32_t j = 0; j < q; j++)
            fit->next[j] = fit->theta[j] + fit->step[j];
        status = kam__hazard_evaluate(fit, fit->next, KAM__HAZARD_SLOPE);
        for (int32_t i = 0; i < q; i++) {
            double there = here[i] + ratio * fit->gradient[i];
            for (int32_t j = 0; j < q; j++)
                there += bend[i * q + j] * fit->step[j];
            fit->next[i] = there;
        }
        kam__cholesky_solve(fit->factor, q, fit->next);
        for (int32_t j = 0; j < q; j++) fit->step[j] += fit->next[j];
    }
    swap(fit);
    return status;
}

kam_status kam__hazard_follow(struct kam__hazard_fit *fit) {
    const int32_t n = fit->q * fit->q;
    const double ratio = (double)fit->n_used / (double)fit->sample.n;
    const double value = fit->value;
    double *const kept = fit->firth;
    memcpy(kept, fit->hessian, (size_t)n * sizeof *kept);
    swap(fit);
    kam_status status = kam__hazard_evaluate(fit, fit->theta, KAM__HAZARD_ALL);
    for (int32_t i = 0; i < n; i++) kept[i] -= ratio * fit->hessian[i];
    if (status == KAM_OK)
        status = kam__hazard_evaluate(fit, fit->next, KAM__HAZARD_ALL);
    for (int32_t i = 0; i < n; i++)
        fit->hessian[i] = kept[i] + ratio * fit->hessian[i];
    swap(fit);
    fit->value = value;
    return status;
}
