/* SPDX-License-Identifier: MIT */
/* Memory that grows without moving what it holds: arrays of items in chunks, and
 * an arena for blocks of any size. */
#ifndef KAM_DATA_STORE_H
#define KAM_DATA_STORE_H

#include <kam/host.h>

/* Asks memory for what will be needed soon. The empty statement keeps gcc from
 * taking a function that does nothing else for one without effect. */
#if defined(__GNUC__)
#define KAM__PREFETCH(address)                                                 \
    do {                                                                       \
        __builtin_prefetch((address));                                         \
        __asm__ volatile("");                                                  \
    } while (0)
#else
#define KAM__PREFETCH(address) ((void)(address))
#endif

enum { KAM__CHUNK_BITS = 10, KAM__CHUNK = 1 << KAM__CHUNK_BITS };

/* Items of one size; all of them are zero until written. */
struct kam__array {
    char **chunk; /* shape (n_chunks), each KAM__CHUNK items */
    uint64_t n_chunks;
    uint64_t room; /* of `chunk` */
    uint64_t size; /* bytes an item; 0: the array is not in use */
};

/* Makes sure that items [0, n) exist; 0, or 1 without memory. */
int kam__array_reserve(struct kam__array *array, const kam_host *host,
                       uint64_t n);
void kam__array_free(struct kam__array *array, const kam_host *host);

static inline void *kam__array_at(const struct kam__array *array,
                                  uint64_t index) {
    return array->chunk[index >> KAM__CHUNK_BITS] +
           (index & (KAM__CHUNK - 1)) * array->size;
}

/* Blocks that are given back all at once. */
struct kam__arena {
    struct kam__arena_chunk *chunk; /* the newest; each knows the one before */
    char *at;                       /* free bytes of the newest */
    uint64_t left;
    uint64_t total; /* bytes of all chunks */
};

/* `size` bytes, or NULL. Aligned to 8 as long as all sizes are multiples of
 * it. */
void *kam__arena_take(struct kam__arena *arena, const kam_host *host,
                      uint64_t size);
void kam__arena_free(struct kam__arena *arena, const kam_host *host);

#endif
