/* SPDX-License-Identifier: MIT */
/* Many rows: a sample of them, to start from. What is in a row decides whether it is
 * chosen, not where it stands, so that the start, too, is the same for any order of
 * the rows. */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "churn/hazard_fit.h"
#include "math/wide.h"

/* One row in 32, or more where that makes fewer than LEAST: what the sample does
 * not know goes with its own size. One four times as large or small as that is of
 * rows that repeat each other, and left alone. */
enum { MOST_BITS = 5, LEAST = 30000, ODD = 4 };

static int bits_of(int64_t n_rows) {
    int bits = 1;
    while (bits < MOST_BITS && n_rows >> (bits + 1) >= LEAST) bits++;
    return bits;
}

int64_t kam__hazard_choose(const struct kam__hazard_sample *sample,
                           int64_t first, const int32_t *row,
                           const uint64_t *hash, int32_t n) {
    int64_t chosen = 0;
    for (int32_t k = 0; k < n; k++) {
        /* Finaliser of MurmurHash3, its first half. */
        const uint64_t mixed =
            (hash[k] ^ hash[k] >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
        if (mixed >> (64 - sample->bits) != 0) continue;
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
    sample->bits = bits_of(fit->panel.n_rows);
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

/* So many rows are asked for before they are read. */
enum { ASKED = 64 };

/* Some rows of a column. */
static void take(const kam_column *column, const int64_t *row, int64_t n,
                 double *to) {
    double none;
    const double *const x = kam__gather_rows(column, 0, 0, &none);
    const int is_plain = x != &none;
    for (int64_t k = 0; k < n; k++) {
        if (is_plain && k + ASKED < n) kam__fetch(x + row[k + ASKED], 0);
        to[k] = is_plain ? x[row[k]] : kam__number_at(column, row[k]);
    }
}

static kam_status take_all(struct kam__hazard_fit *fit) {
    struct kam__hazard_sample *const sample = &fit->sample;
    const kam_panel *const from = &fit->panel;
    const int64_t n_rows = from->n_rows, p = from->n_columns, n = sample->n;
    double *const event = sample->number + p * n;
    int64_t *const row = kam__allocate(fit->host, sample->n_room, sizeof *row);
    if (!row) return kam__no_memory(fit->diag);
    for (int64_t i = 0, k = 0; i < n_rows; i++)
        if (sample->chosen[i / 8] >> i % 8 & 1) row[k++] = i;
    for (int64_t j = 0; j < p; j++)
        take(&from->column[j], row, n, sample->number + j * n);
    take(&from->event, row, n, event);
    if (from->offset.values) take(&from->offset, row, n, event + n);
    if (from->weight.values) take(&from->weight, row, n, event + 2 * n);
    kam__release(fit->host, row, sample->n_room, sizeof *row);
    return KAM_OK;
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

void kam__hazard_swap(struct kam__hazard_fit *fit) {
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
    const int64_t expected = fit->n_used >> sample->bits, n = sample->n;
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
    kam_status status = take_all(fit);
    if (status != KAM_OK) return status;
    make_panel(&fit->panel, sample);
    sample->is_whole = 1;
    kam__hazard_swap(fit);
    status = kam__hazard_means(fit);
    kam__hazard_swap(fit);
    return status;
}
