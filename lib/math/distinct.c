/* SPDX-License-Identifier: MIT */
#include "math/distinct.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "math/elementary.h"

kam_status kam__distinct_new(struct kam__distinct *rows, const kam_host *host,
                             int32_t n_keys, int64_t room) {
    memset(rows, 0, sizeof *rows);
    rows->host = host;
    rows->n_keys = n_keys;
    rows->room = room > 0 ? room : 1;
    /* Row numbers are 32 bits wide: beyond, rows are kept without merging. */
    rows->n_slots = 0;
    if (rows->room < INT32_MAX)
        for (rows->n_slots = 16; rows->n_slots < 2 * (uint64_t)rows->room;)
            rows->n_slots *= 2;
    const uint64_t n = (uint64_t)rows->room;
    int failed = 0;
    for (int32_t k = 0; k < n_keys; k++) {
        rows->key[k] = kam__allocate(host, n, sizeof(double));
        failed |= !rows->key[k];
    }
    rows->weight = kam__allocate(host, n, sizeof(double));
    if (rows->n_slots)
        rows->slot =
            kam__allocate_zero(host, rows->n_slots, sizeof *rows->slot);
    if (!failed && rows->weight && (rows->slot || !rows->n_slots))
        return KAM_OK;
    kam__distinct_free(rows);
    return KAM_ERR_MEMORY;
}

/* Of numbers, not of bits: -0 is 0. */
static uint64_t hash_of(const double *key, int32_t n_keys) {
    uint64_t hash = 0;
    for (int32_t k = 0; k < n_keys; k++) {
        hash = (hash ^ kam__bits(key[k] + 0.0)) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 29;
    }
    return hash * 0xBF58476D1CE4E5B9u >> 20;
}

static int is_equal(const struct kam__distinct *rows, int64_t row,
                    const double *key) {
    for (int32_t k = 0; k < rows->n_keys; k++)
        if (rows->key[k][row] != key[k]) return 0;
    return 1;
}

/* Sums of whole numbers are exact when they come out below this. */
#define MOST_WEIGHT 0x1p53

void kam__distinct_add(struct kam__distinct *rows, const double *key,
                       double weight) {
    if (rows->n_slots && weight == floor(weight)) {
        const uint64_t mask = rows->n_slots - 1;
        uint64_t at = hash_of(key, rows->n_keys) & mask;
        for (; rows->slot[at]; at = (at + 1) & mask) {
            const int64_t row = rows->slot[at] - 1;
            const double sum = rows->weight[row] + weight;
            if (sum < MOST_WEIGHT && is_equal(rows, row, key)) {
                rows->weight[row] = sum;
                return;
            }
        }
        rows->slot[at] = (uint32_t)rows->n + 1;
    }
    for (int32_t k = 0; k < rows->n_keys; k++) rows->key[k][rows->n] = key[k];
    rows->weight[rows->n++] = weight;
}

void kam__distinct_free(struct kam__distinct *rows) {
    const uint64_t n = (uint64_t)rows->room;
    for (int32_t k = 0; k < rows->n_keys; k++)
        kam__release(rows->host, rows->key[k], n, sizeof(double));
    kam__release(rows->host, rows->weight, n, sizeof(double));
    kam__release(rows->host, rows->slot, rows->n_slots, sizeof *rows->slot);
    memset(rows, 0, sizeof *rows);
}
