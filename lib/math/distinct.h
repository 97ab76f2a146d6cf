/* SPDX-License-Identifier: MIT */
/* Rows of up to three numbers, equal ones kept once with their weights added. */
#ifndef KAM_MATH_DISTINCT_H
#define KAM_MATH_DISTINCT_H

#include <kam/host.h>

enum { KAM__MOST_KEYS = 3 };

struct kam__distinct {
    const kam_host *host;
    int32_t n_keys;
    int64_t n, room;             /* rows held, rows there is memory for */
    double *key[KAM__MOST_KEYS]; /* each shape (n) */
    double *weight;              /* shape (n) */
    uint32_t *slot;              /* hash table of row + 1, 0: empty */
    uint64_t n_slots, n_used;    /* slots there is memory for, slots in use */
};

/* Memory for up to `room` rows; KAM_ERR_MEMORY leaves nothing behind. */
kam_status kam__distinct_new(struct kam__distinct *rows, const kam_host *host,
                             int32_t n_keys, int64_t room);

/* Adds n rows, key[k] and weight of shape (n). Only whole weights are merged:
 * sums of others depend on their order, and an answer must not. */
void kam__distinct_add(struct kam__distinct *rows, const double *const *key,
                       const double *weight, int64_t n);

void kam__distinct_free(struct kam__distinct *rows);

#endif
