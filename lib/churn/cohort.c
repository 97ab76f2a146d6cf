/* SPDX-License-Identifier: MIT */
#include "churn/cohort.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "math/extent.h"
#include "math/sort.h"

/* What the panel holds, as it comes: columns of numbers. */
enum { STOP, START, EVENT, WEIGHT, OFFSET, SIGNALS };

struct source {
    const kam_panel *panel;
    const kam_column *risk;
    int32_t p;
};

static double read_at(const kam_column *column, int64_t row, double otherwise) {
    return column->values ? kam__number_at(column, row) : otherwise;
}

static double item_at(const struct source *source, int32_t k, int64_t row) {
    const kam_panel *const panel = source->panel;
    switch (k) {
    case STOP: return kam__number_at(&panel->stop, row);
    case START: return read_at(&panel->start, row, -(double)INFINITY);
    case EVENT: return kam__number_at(&panel->event, row);
    case WEIGHT: return read_at(&panel->weight, row, 1);
    case OFFSET: return read_at(&panel->offset, row, 0);
    default:
        k -= SIGNALS;
        return kam__number_at(k < panel->n_columns ? &panel->column[k]
                                                   : source->risk,
                              row);
    }
}

static int is_usable(const struct source *source, int64_t row) {
    const double stop = item_at(source, STOP, row);
    const double start = item_at(source, START, row);
    const double event = item_at(source, EVENT, row);
    const double weight = item_at(source, WEIGHT, row);
    if (!isfinite(stop) || !(start < stop) || !(event == 0 || event == 1) ||
        !(weight > 0 && weight < INFINITY) ||
        !isfinite(item_at(source, OFFSET, row)))
        return 0;
    if (source->panel->stratum.values &&
        !kam__is_present(&source->panel->stratum, row))
        return 0;
    for (int32_t j = 0; j < source->p; j++)
        if (!isfinite(item_at(source, SIGNALS + j, row))) return 0;
    return 1;
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

static void fill(struct kam__cohort *cohort, const struct source *source) {
    for (int64_t i = 0; i < cohort->n; i++) {
        const int64_t row = cohort->order[i];
        cohort->stop[i] = item_at(source, STOP, row);
        cohort->start[i] = item_at(source, START, row);
        cohort->event[i] = item_at(source, EVENT, row);
        cohort->weight[i] = item_at(source, WEIGHT, row);
        cohort->offset[i] = item_at(source, OFFSET, row);
        cohort->stratum[i] = stratum_at(source->panel, row);
    }
    for (int32_t j = 0; j < cohort->p; j++)
        for (int64_t i = 0; i < cohort->n; i++)
            cohort->x[i * cohort->p + j] =
                item_at(source, SIGNALS + j, cohort->order[i]);
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
    const int32_t p = cohort->p;
    for (int32_t j = 0; j < p; j++) {
        double low = (double)INFINITY, high = -low, mean = 0;
        for (int64_t i = 0; i < cohort->n; i++) {
            const double x = cohort->x[i * p + j];
            low = x < low ? x : low;
            high = x > high ? x : high;
        }
        /* halves: the difference of two finite numbers may not be one */
        const double middle = low * 0.5 + high * 0.5;
        for (int64_t i = 0; i < cohort->n; i++)
            mean += (cohort->x[i * p + j] - middle) / (double)cohort->n;
        const double c = low < high ? middle + mean : low;
        const double most = high - c > c - low ? high - c : c - low;
        cohort->centre[j] = c;
        cohort->scale[j] = most > 0 ? kam__scaling_of(most, 0).up : 1;
        for (int64_t i = 0; i < cohort->n; i++) {
            double *const x = &cohort->x[i * p + j];
            *x = (*x - c) * cohort->scale[j];
        }
    }
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
                           kam_diag *diag) {
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
    for (int64_t i = 0; i < panel->n_rows; i++)
        if (is_usable(&source, i)) cohort->order[cohort->n++] = i;
    if (cohort->n == 0)
        return kam__fail(diag, KAM_ERR_EMPTY, "panel", -1,
                         (double)panel->n_rows,
                         "none of {value} rows is usable: each lacks a number "
                         "or has one out of range.");
    if (host->progress && host->progress(host->watcher, 0, cohort->n) != 0)
        return kam__fail(diag, KAM_ERR_CANCELLED, "host.progress", -1, NAN, "");
    sort_rows(cohort, &source);
    fill(cohort, &source);
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
