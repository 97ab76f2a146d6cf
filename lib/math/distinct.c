/* SPDX-License-Identifier: MIT */
#include "math/distinct.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "math/elementary.h"

/* Rows looked up together, so that the processor waits for memory once for all
 * of them; slots in use at first. */
enum { BATCH = 32, FIRST_SLOTS = 4 * BATCH };

kam_status kam__distinct_new(struct kam__distinct *rows, const kam_host *host,
                             int32_t n_keys, int64_t room) {
    memset(rows, 0, sizeof *rows);
    rows->host = host;
    rows->n_keys = n_keys;
    rows->room = room > 0 ? room : 1;
    /* Row numbers are 32 bits wide: beyond, rows are kept without merging. */
    rows->n_slots = 0;
    if (rows->room < INT32_MAX)
        for (rows->n_slots = FIRST_SLOTS;
             rows->n_slots < 2 * (uint64_t)rows->room;)
            rows->n_slots *= 2;
    const uint64_t n = (uint64_t)rows->room;
    int failed = 0;
    for (int32_t k = 0; k < n_keys; k++) {
        rows->key[k] = kam__allocate(host, n, sizeof(double));
        failed |= !rows->key[k];
    }
    rows->weight = kam__allocate(host, n, sizeof(double));
    if (rows->n_slots)
        rows->slot = kam__allocate(host, rows->n_slots, sizeof *rows->slot);
    if (!failed && rows->weight && (rows->slot || !rows->n_slots))
        return KAM_OK;
    kam__distinct_free(rows);
    return KAM_ERR_MEMORY;
}

struct row {
    double key[KAM__MOST_KEYS], weight;
    uint64_t hash;
};

/* Of numbers, not of bits: -0 is 0. */
static struct row row_at(const double *const *key, const double *weight,
                         int32_t n_keys, int64_t i) {
    struct row row = {{0}, weight[i], 0};
    for (int32_t k = 0; k < n_keys; k++) {
        row.key[k] = key[k][i];
        row.hash =
            (row.hash ^ kam__bits(row.key[k] + 0.0)) * 0x9E3779B97F4A7C15u;
        row.hash ^= row.hash >> 29;
    }
    row.hash = row.hash * 0xBF58476D1CE4E5B9u >> 20;
    return row;
}

/* All keys at once, for waiting is what takes the time here. */
static int is_equal(const struct kam__distinct *rows, int64_t at,
                    const struct row *row) {
    int equal = 1;
    for (int32_t k = 0; k < rows->n_keys; k++)
        equal &= rows->key[k][at] == row->key[k];
    return equal;
}

/* Sums of whole numbers are exact when they come out below this. */
#define MOST_WEIGHT 0x1p53

/* The table holds the rows of whole weight; only these are merged. */
static int is_whole(double weight) { return weight == floor(weight); }

/* Whether row `at` may take the weight of one that is equal; it does then. */
static int merge(struct kam__distinct *rows, int64_t at, double weight) {
    const double sum = rows->weight[at] + weight;
    if (!(sum < MOST_WEIGHT)) return 0;
    rows->weight[at] = sum;
    return 1;
}

/* Keeps the table at most half full with `more` rows: what is used of it grows
 * with the distinct rows, and stays in the processor's cache when they are few.
 * Rows keep their order, so that of equal ones the first comes first. */
static void grow(struct kam__distinct *rows, int64_t more) {
    uint64_t n_used = rows->n_used ? rows->n_used : FIRST_SLOTS;
    while (n_used < rows->n_slots && n_used < 2 * (uint64_t)(rows->n + more))
        n_used *= 2;
    if (n_used == rows->n_used) return;
    const uint64_t mask = n_used - 1;
    rows->n_used = n_used;
    memset(rows->slot, 0, n_used * sizeof *rows->slot);
    for (int64_t i = 0; i < rows->n; i++) {
        if (!is_whole(rows->weight[i])) continue;
        const struct row row = row_at((const double *const *)rows->key,
                                      rows->weight, rows->n_keys, i);
        uint64_t at = row.hash & mask;
        while (rows->slot[at]) at = (at + 1) & mask;
        rows->slot[at] = (uint32_t)i + 1;
    }
}

static void append(struct kam__distinct *rows, const struct row *row) {
    for (int32_t k = 0; k < rows->n_keys; k++)
        rows->key[k][rows->n] = row->key[k];
    rows->weight[rows->n++] = row->weight;
}

static void insert(struct kam__distinct *rows, const struct row *row) {
    const uint64_t mask = rows->n_used - 1;
    uint64_t at = row->hash & mask;
    for (; rows->slot[at]; at = (at + 1) & mask) {
        const int64_t there = rows->slot[at] - 1;
        if (is_equal(rows, there, row) && merge(rows, there, row->weight))
            return;
    }
    rows->slot[at] = (uint32_t)rows->n + 1;
    append(rows, row);
}

/* First all look where they would go, then each goes there. */
static void add_batch(struct kam__distinct *rows, const double *const *key,
                      const double *weight, int64_t first, int64_t n) {
    struct row row[BATCH];
    uint32_t slot[BATCH];
    grow(rows, n);
    for (int64_t i = 0; i < n; i++) {
        row[i] = row_at(key, weight, rows->n_keys, first + i);
        slot[i] = rows->slot[row[i].hash & (rows->n_used - 1)];
    }
    for (int64_t i = 0; i < n; i++)
        if (slot[i] && !is_equal(rows, slot[i] - 1, &row[i])) slot[i] = 0;
    for (int64_t i = 0; i < n; i++) {
        if (!is_whole(row[i].weight))
            append(rows, &row[i]);
        else if (!slot[i] || !merge(rows, slot[i] - 1, row[i].weight))
            insert(rows, &row[i]);
    }
}

void kam__distinct_add(struct kam__distinct *rows, const double *const *key,
                       const double *weight, int64_t n) {
    for (int64_t at = 0; at < n; at += BATCH) {
        const int64_t m = n - at < BATCH ? n - at : BATCH;
        if (rows->n_slots) {
            add_batch(rows, key, weight, at, m);
            continue;
        }
        for (int64_t i = at; i < at + m; i++) {
            const struct row row = row_at(key, weight, rows->n_keys, i);
            append(rows, &row);
        }
    }
}

void kam__distinct_free(struct kam__distinct *rows) {
    const uint64_t n = (uint64_t)rows->room;
    for (int32_t k = 0; k < rows->n_keys; k++)
        kam__release(rows->host, rows->key[k], n, sizeof(double));
    kam__release(rows->host, rows->weight, n, sizeof(double));
    kam__release(rows->host, rows->slot, rows->n_slots, sizeof *rows->slot);
    memset(rows, 0, sizeof *rows);
}
