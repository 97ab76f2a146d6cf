/* SPDX-License-Identifier: MIT */
#include "churn/cohort.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "math/extent.h"
#include "math/sort.h"

/* What the panel holds, as it comes: columns of numbers. */
/* Columns that vary by less have no scale: powers of two end. */
#define LEAST_SPREAD 1e-280

enum { STOP, START, EVENT, WEIGHT, OFFSET, SIGNALS };

struct source {
    const kam_panel *panel;
    const kam_column *risk;
    int32_t p;
};

/* What an absent column holds. */
static double otherwise(int32_t k) {
    return k == START ? -(double)INFINITY : k == WEIGHT ? 1 : 0;
}

static const kam_column *column_of(const struct source *source, int32_t k) {
    const kam_panel *const panel = source->panel;
    switch (k) {
    case STOP: return &panel->stop;
    case START: return &panel->start;
    case EVENT: return &panel->event;
    case WEIGHT: return &panel->weight;
    case OFFSET: return &panel->offset;
    default:
        k -= SIGNALS;
        return k < panel->n_columns ? &panel->column[k] : source->risk;
    }
}

/* Rows [first, first + n) of an item: the column's own memory, or `tile`. */
static const double *items(const struct source *source, int32_t k,
                           int64_t first, int32_t n, double *tile) {
    const kam_column *const column = column_of(source, k);
    if (column->values) return kam__gather(column, first, n, tile);
    for (int32_t i = 0; i < n; i++) tile[i] = otherwise(k);
    return tile;
}

/* 1 for rows that can be used. */
static void find_usable(const struct source *source, int64_t first, int32_t n,
                        double *usable) {
    double tile[SIGNALS][KAM__TILE];
    const double *item[SIGNALS];
    for (int32_t k = 0; k < SIGNALS; k++)
        item[k] = items(source, k, first, n, tile[k]);
    for (int32_t i = 0; i < n; i++) {
        const double stop = item[STOP][i], event = item[EVENT][i];
        const double weight = item[WEIGHT][i];
        const int fits = (stop - stop == 0) & (item[START][i] < stop) &
                         ((event == 0) | (event == 1)) & (weight > 0) &
                         (weight < INFINITY) &
                         (item[OFFSET][i] - item[OFFSET][i] == 0);
        usable[i] = fits;
    }
    for (int32_t j = 0; j < source->p; j++) {
        const double *const x = items(source, SIGNALS + j, first, n, tile[0]);
        for (int32_t i = 0; i < n; i++)
            usable[i] = x[i] - x[i] == 0 ? usable[i] : 0;
    }
    const kam_column *const stratum = &source->panel->stratum;
    for (int32_t i = 0; stratum->values && i < n; i++)
        usable[i] = kam__is_present(stratum, first + i) ? usable[i] : 0;
}

static void find_rows(struct kam__cohort *cohort, const struct source *source) {
    double usable[KAM__TILE];
    for (int64_t first = 0; first < cohort->n_rows; first += KAM__TILE) {
        const int64_t left = cohort->n_rows - first;
        const int32_t n = (int32_t)(left < KAM__TILE ? left : KAM__TILE);
        find_usable(source, first, n, usable);
        for (int32_t i = 0; i < n; i++)
            if (usable[i] > 0) cohort->order[cohort->n++] = first + i;
    }
}

static double item_at(const struct source *source, int32_t k, int64_t row) {
    const kam_column *const column = column_of(source, k);
    return column->values ? kam__number_at(column, row) : otherwise(k);
}

static int by_content(const void *context, int64_t a, int64_t b) {
    const struct source *const source = context;
    for (int32_t k = START; k < SIGNALS + source->p; k++) {
        const double x = item_at(source, k, a), y = item_at(source, k, b);
        if (x < y) return -1;
        if (x > y) return 1;
    }
    return 0;
}

static int64_t stratum_at(const kam_panel *panel, int64_t row) {
    return panel->stratum.values ? kam__integer_at(&panel->stratum, row) : 0;
}

/* Sorts by `key` of the rows that `order` holds, keeping ties in order. */
static void sort_stably(const double *key, const int64_t *integer, int64_t n,
                        int64_t *order, int64_t *place, int64_t *scratch) {
    if (key)
        kam__sort_by_number(key, n, place, scratch);
    else
        kam__sort_by_integer(integer, n, place, scratch);
    for (int64_t i = 0; i < n; i++) scratch[i] = order[place[i]];
    memcpy(order, scratch, (size_t)n * sizeof *order);
}

static void sort_rows(struct kam__cohort *cohort, const struct source *source) {
    const int64_t n = cohort->n;
    int64_t *const order = cohort->order, *const place = order + cohort->n_rows;
    int64_t *const scratch = place + cohort->n_rows;
    for (int64_t i = 0; i < n; i++)
        cohort->stop[i] = -item_at(source, STOP, order[i]);
    sort_stably(cohort->stop, NULL, n, order, place, scratch);
    for (int64_t i = 0; i < n; i++)
        cohort->stop[i] = item_at(source, STOP, order[i]);
    for (int64_t first = 0, end; first < n; first = end) {
        for (end = first + 1;
             end < n && cohort->stop[end] == cohort->stop[first];)
            end++;
        if (end - first > 1)
            kam__sort_by(by_content, source, end - first, order + first,
                         scratch);
    }
    if (source->panel->stratum.values) {
        for (int64_t i = 0; i < n; i++)
            cohort->stratum[i] = stratum_at(source->panel, order[i]);
        sort_stably(NULL, cohort->stratum, n, order, place, scratch);
    }
}

/* Rows are read as they come, whose memory lies in order, and written to their
 * places. place: shape (n_rows). */
static void fill(struct kam__cohort *cohort, const struct source *source,
                 int64_t *place) {
    double *const to[SIGNALS] = {cohort->stop, cohort->start, cohort->event,
                                 cohort->weight, cohort->offset};
    const int32_t p = cohort->p;
    double tile[KAM__TILE];
    const int has_stratum = source->panel->stratum.values != NULL;
    for (int64_t row = 0; row < cohort->n_rows; row++) place[row] = -1;
    for (int64_t i = 0; i < cohort->n; i++) {
        place[cohort->order[i]] = i;
        cohort->stratum[i] = 0;
        for (int32_t k = 0; k < SIGNALS; k++) to[k][i] = otherwise(k);
    }
    for (int64_t first = 0; first < cohort->n_rows; first += KAM__TILE) {
        const int64_t left = cohort->n_rows - first;
        const int32_t n = (int32_t)(left < KAM__TILE ? left : KAM__TILE);
        const int64_t *const at = place + first;
        for (int32_t k = 0; k < SIGNALS + p; k++) {
            if (!column_of(source, k)->values) continue;
            const double *const item = items(source, k, first, n, tile);
            double *const column =
                k < SIGNALS ? to[k] : cohort->x + k - SIGNALS;
            const int64_t step = k < SIGNALS ? 1 : p;
            for (int32_t i = 0; i < n; i++)
                if (at[i] >= 0) column[at[i] * step] = item[i];
        }
        for (int32_t i = 0; has_stratum && i < n; i++)
            if (at[i] >= 0)
                cohort->stratum[at[i]] = stratum_at(source->panel, first + i);
    }
}

/* Rows by falling start within their stratum; the order above breaks ties. */
static void sort_by_start(struct kam__cohort *cohort, int64_t *place,
                          int64_t *scratch) {
    cohort->by_start = cohort->order;
    for (int64_t first = 0; first < cohort->n;) {
        const int64_t end = kam__cohort_stratum_end(cohort, first);
        for (int64_t i = first; i < end; i++)
            cohort->start[i] = -cohort->start[i];
        kam__sort_by_number(cohort->start + first, end - first, place, scratch);
        for (int64_t i = first; i < end; i++) {
            cohort->start[i] = -cohort->start[i];
            cohort->by_start[i] = first + place[i - first];
        }
        first = end;
    }
}

static void centre(struct kam__cohort *cohort) {
    double low[KAM_PANEL_MOST_COLUMNS + 1], high[KAM_PANEL_MOST_COLUMNS + 1];
    double mean[KAM_PANEL_MOST_COLUMNS + 1];
    const int32_t p = cohort->p;
    const double n = (double)cohort->n;
    double *const end = cohort->x + cohort->n * p;
    for (int32_t j = 0; j < p; j++) {
        low[j] = (double)INFINITY, high[j] = -(double)INFINITY;
        mean[j] = 0;
    }
    for (const double *x = cohort->x; x < end; x += p)
        for (int32_t j = 0; j < p; j++) {
            low[j] = x[j] < low[j] ? x[j] : low[j];
            high[j] = x[j] > high[j] ? x[j] : high[j];
        }
    /* halves: the difference of two finite numbers may not be one */
    for (int32_t j = 0; j < p; j++)
        cohort->centre[j] = low[j] * 0.5 + high[j] * 0.5;
    for (const double *x = cohort->x; x < end; x += p)
        for (int32_t j = 0; j < p; j++)
            mean[j] += (x[j] - cohort->centre[j]) / n;
    for (int32_t j = 0; j < p; j++) {
        const double c =
            low[j] < high[j] ? cohort->centre[j] + mean[j] : low[j];
        const double most = high[j] - c > c - low[j] ? high[j] - c : c - low[j];
        cohort->centre[j] = c;
        cohort->scale[j] =
            most > LEAST_SPREAD ? kam__scaling_of(most, 0).up : 1;
    }
    for (double *x = cohort->x; x < end; x += p)
        for (int32_t j = 0; j < p; j++)
            x[j] = (x[j] - cohort->centre[j]) * cohort->scale[j];
}

static uint64_t size_of(const struct kam__cohort *cohort) {
    return (uint64_t)cohort->n_rows * (uint64_t)(6 + cohort->p) +
           2 * (uint64_t)cohort->p + 1;
}

static kam_status allocate(struct kam__cohort *cohort, kam_diag *diag) {
    const uint64_t n = (uint64_t)cohort->n_rows;
    cohort->memory =
        kam__allocate(cohort->host, size_of(cohort), sizeof(double));
    cohort->order = kam__allocate(cohort->host, 3 * n, sizeof *cohort->order);
    if (!cohort->memory || !cohort->order) return kam__no_memory(diag);
    double *at = cohort->memory;
    double **const column[] = {&cohort->stop, &cohort->start, &cohort->event,
                               &cohort->weight, &cohort->offset};
    for (size_t k = 0; k < sizeof column / sizeof column[0]; k++, at += n)
        *column[k] = at;
    cohort->stratum = (int64_t *)(void *)at;
    cohort->x = at + n;
    cohort->centre = cohort->x + n * (uint64_t)cohort->p;
    cohort->scale = cohort->centre + cohort->p;
    return KAM_OK;
}

kam_status kam__cohort_new(struct kam__cohort *cohort, const kam_panel *panel,
                           const kam_column *risk, const kam_host *host,
                           int32_t *culprit, kam_diag *diag) {
    const struct source source = {panel, risk,
                                  panel->n_columns + (risk ? 1 : 0)};
    memset(cohort, 0, sizeof *cohort);
    cohort->host = host;
    cohort->n_rows = panel->n_rows;
    cohort->p = source.p;
    if (panel->n_rows > 0) {
        const kam_status status = allocate(cohort, diag);
        if (status != KAM_OK) return status;
    }
    find_rows(cohort, &source);
    if (cohort->n == 0)
        return kam__panel_fail_empty(panel, KAM__FOR_SURVIVAL, culprit, diag);
    if (host->progress && host->progress(host->watcher, 0, cohort->n) != 0)
        return kam__fail(diag, KAM_ERR_CANCELLED, "host.progress", -1, NAN, "");
    sort_rows(cohort, &source);
    fill(cohort, &source, cohort->order + cohort->n_rows);
    if (panel->start.values)
        sort_by_start(cohort, cohort->order + cohort->n_rows,
                      cohort->order + 2 * cohort->n_rows);
    centre(cohort);
    return KAM_OK;
}

void kam__cohort_free(struct kam__cohort *cohort) {
    kam__release(cohort->host, cohort->order, 3 * (uint64_t)cohort->n_rows,
                 sizeof *cohort->order);
    kam__release(cohort->host, cohort->memory, size_of(cohort),
                 sizeof *cohort->memory);
}

int64_t kam__cohort_stratum_end(const struct kam__cohort *cohort,
                                int64_t first) {
    int64_t end = first + 1;
    while (end < cohort->n && cohort->stratum[end] == cohort->stratum[first])
        end++;
    return end;
}

int64_t kam__cohort_time_end(const struct kam__cohort *cohort, int64_t first) {
    int64_t end = first + 1;
    while (end < cohort->n && cohort->stop[end] == cohort->stop[first] &&
           cohort->stratum[end] == cohort->stratum[first])
        end++;
    return end;
}
