/* SPDX-License-Identifier: MIT */
/* Rows with a number and an event, sorted by the number. */
#ifndef KAM_CHURN_RANKED_H
#define KAM_CHURN_RANKED_H

#include "base/rows.h"

struct kam__ranked {
    const kam_host *host;
    int64_t n, n_rows, n_events; /* used; given */
    double *key, *value;         /* shape (n), rising */
    uint8_t *event;              /* shape (n) */
    double *memory;
};

/* Reads and sorts. `event` and `value` may be NULL (0; 1). With is_probability,
 * keys must lie within 0..1. Rows of equal key are sorted by value and event, so
 * that their order is not the caller's. */
kam_status kam__ranked_new(struct kam__ranked *ranked, const kam_column *key,
                           const char *key_name, int is_probability,
                           const kam_column *value, const kam_column *event,
                           int64_t n_rows, const kam_host *host,
                           kam_diag *diag);
void kam__ranked_free(struct kam__ranked *ranked);

/* No row has all these columns (NULL: not asked for): names the one to look at. */
kam_status kam__ranked_fail_empty(const kam_column *const *column,
                                  const char *const *name, int32_t n_columns,
                                  int64_t n_rows, kam_diag *diag);

/* The row after the last that shares the key of `first`. */
static inline int64_t kam__ranked_end(const struct kam__ranked *ranked,
                                      int64_t first) {
    int64_t end = first + 1;
    while (end < ranked->n && ranked->key[end] == ranked->key[first]) end++;
    return end;
}

/* Where band `band` of `n_bands` ends: an end of equal keys. */
int64_t kam__ranked_band(const struct kam__ranked *ranked, int32_t band,
                         int32_t n_bands);

/* Wilson's 95 % interval of a share k / n (1927). */
void kam__wilson(double k, double n, double *low, double *high);

#endif
