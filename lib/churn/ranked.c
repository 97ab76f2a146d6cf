/* SPDX-License-Identifier: MIT */
#include "churn/ranked.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "math/sort.h"

static kam_status check(const kam_column *key, const char *key_name,
                        const kam_column *value, const kam_column *event,
                        int64_t n_rows, kam_diag *diag) {
    if (n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                         "n_rows is {value}.");
    if (!key) return kam__fail(diag, KAM_ERR_NULL, key_name, -1, NAN, "");
    kam_status status =
        kam__column_check(key, n_rows, KAM__NUMBERS, 0, key_name, diag);
    if (status == KAM_OK && value)
        status =
            kam__column_check(value, n_rows, KAM__NUMBERS, 0, "value", diag);
    if (status == KAM_OK && event)
        status =
            kam__column_check(event, n_rows, KAM__NUMBERS, 0, "event", diag);
    return status;
}

struct rows {
    const kam_column *key, *value, *event;
    const char *key_name;
    int is_probability;
};

/* 1: used; 0: something is missing; -1: out of range, diag filled. */
static int read_row(const struct rows *rows, int64_t i, double *item,
                    kam_diag *diag) {
    item[0] = kam__number_at(rows->key, i);
    item[1] = rows->value ? kam__number_at(rows->value, i) : 1;
    item[2] = rows->event ? kam__number_at(rows->event, i) : 0;
    if (rows->is_probability && (item[0] < 0 || item[0] > 1)) {
        (void)kam__fail(diag, KAM_ERR_OPTION, rows->key_name, i, item[0],
                        "Row {row}'s probability is {value}, not from 0 to 1.");
        return -1;
    }
    if (item[2] == item[2] && item[2] != 0 && item[2] != 1) {
        (void)kam__fail(diag, KAM_ERR_OPTION, "event", i, item[2],
                        "Row {row}'s event is {value}, not 0 or 1.");
        return -1;
    }
    if (!(item[1] >= 0 && item[1] < INFINITY) && item[1] == item[1]) {
        (void)kam__fail(diag, KAM_ERR_OPTION, "value", i, item[1],
                        "Row {row}'s value is {value}.");
        return -1;
    }
    return item[0] == item[0] && item[1] == item[1] && item[2] == item[2];
}

/* Sorts by one of three columns, keeping what the sort before gave. */
static void sort_by(const double *column, int64_t n, int64_t *order,
                    int64_t *place, int64_t *scratch, double *moved) {
    for (int64_t i = 0; i < n; i++) moved[i] = column[order[i]];
    kam__sort_by_number(moved, n, place, scratch);
    for (int64_t i = 0; i < n; i++) scratch[i] = order[place[i]];
    memcpy(order, scratch, (size_t)n * sizeof *order);
}

static uint64_t words(int64_t n) { return 9 * (uint64_t)n; }

/* The first column of which nothing is known, or the last. */
kam_status kam__ranked_fail_empty(const kam_column *const *column,
                                  const char *const *name, int32_t n_columns,
                                  int64_t n_rows, kam_diag *diag) {
    int32_t last = 0;
    if (n_rows == 0)
        return kam__fail(diag, KAM_ERR_EMPTY, "n_rows", -1, 0,
                         "there are no rows.");
    for (int32_t k = 0; k < n_columns; k++) {
        int64_t i = 0;
        if (!column[k]) continue;
        while (i < n_rows && isnan(kam__number_at(column[k], i))) i++;
        if (i == n_rows)
            return kam__fail(diag, KAM_ERR_EMPTY, name[k], -1, (double)n_rows,
                             "none of its {value} rows is known.");
        last = k;
    }
    return kam__fail(diag, KAM_ERR_EMPTY, name[last], -1, NAN,
                     "it is known of no row of which the rest is.");
}

static kam_status fail_empty(const struct rows *rows, int64_t n_rows,
                             kam_diag *diag) {
    const kam_column *const column[] = {rows->key, rows->value, rows->event};
    const char *const name[] = {rows->key_name, "value", "event"};
    return kam__ranked_fail_empty(column, name, 3, n_rows, diag);
}

static kam_status fill(struct kam__ranked *to, const struct rows *rows,
                       kam_diag *diag) {
    const int64_t n_rows = to->n_rows;
    double *const raw = to->memory, *const moved = raw + 3 * n_rows;
    int64_t *const order = (int64_t *)(void *)(raw + 4 * n_rows);
    for (int64_t i = 0; i < n_rows; i++) {
        double item[3];
        const int used = read_row(rows, i, item, diag);
        if (used < 0) return KAM_ERR_OPTION;
        for (int k = 0; used && k < 3; k++) raw[k * n_rows + to->n] = item[k];
        to->n += used;
    }
    if (to->n == 0) return fail_empty(rows, n_rows, diag);
    for (int64_t i = 0; i < to->n; i++) order[i] = i;
    for (int k = 3; k-- > 0;) {
        const int column = k == 2 ? 2 : k == 1 ? 1 : 0;
        sort_by(raw + column * n_rows, to->n, order, order + n_rows,
                order + 2 * n_rows, moved);
    }
    to->key = raw + 7 * n_rows;
    to->value = raw + 8 * n_rows;
    to->event = (uint8_t *)(void *)(raw + 3 * n_rows);
    for (int64_t i = 0; i < to->n; i++) {
        to->key[i] = raw[order[i]];
        to->value[i] = raw[n_rows + order[i]];
        to->event[i] = raw[2 * n_rows + order[i]] > 0;
        to->n_events += to->event[i];
    }
    return KAM_OK;
}

kam_status kam__ranked_new(struct kam__ranked *ranked, const kam_column *key,
                           const char *key_name, int is_probability,
                           const kam_column *value, const kam_column *event,
                           int64_t n_rows, const kam_host *host,
                           kam_diag *diag) {
    const struct rows rows = {key, value, event, key_name, is_probability};
    memset(ranked, 0, sizeof *ranked);
    const kam_status status = check(key, key_name, value, event, n_rows, diag);
    if (status != KAM_OK) return status;
    ranked->host = host;
    ranked->n_rows = n_rows;
    if (n_rows == 0) return fail_empty(&rows, 0, diag);
    ranked->memory = kam__allocate(host, words(n_rows), sizeof(double));
    if (!ranked->memory) return kam__no_memory(diag);
    return fill(ranked, &rows, diag);
}

void kam__ranked_free(struct kam__ranked *ranked) {
    if (ranked->memory)
        kam__release(ranked->host, ranked->memory, words(ranked->n_rows),
                     sizeof(double));
}

int64_t kam__ranked_band(const struct kam__ranked *ranked, int32_t band,
                         int32_t n_bands) {
    if (band >= n_bands - 1) return ranked->n;
    const double share = (double)(band + 1) / (double)n_bands;
    const int64_t at = (int64_t)(share * (double)ranked->n);
    return at > 0 ? kam__ranked_end(ranked, at - 1) : 0;
}
