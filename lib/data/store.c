/* SPDX-License-Identifier: MIT */
#include "data/store.h"

#include <stddef.h>
#include <string.h>

#include "base/memory.h"

/* The table of chunks doubles; the chunks stay where they are. */
static int widen(struct kam__array *array, const kam_host *host) {
    const uint64_t room = array->room ? 2 * array->room : 8;
    char **const chunk = kam__allocate(host, room, sizeof *chunk);
    if (!chunk) return 1;
    if (array->n_chunks)
        memcpy(chunk, array->chunk, (size_t)array->n_chunks * sizeof *chunk);
    kam__release(host, array->chunk, array->room, sizeof *chunk);
    array->chunk = chunk;
    array->room = room;
    return 0;
}

int kam__array_reserve(struct kam__array *array, const kam_host *host,
                       uint64_t n) {
    while (array->n_chunks << KAM__CHUNK_BITS < n) {
        if (array->n_chunks == array->room && widen(array, host)) return 1;
        char *const chunk = kam__allocate_zero(host, KAM__CHUNK, array->size);
        if (!chunk) return 1;
        array->chunk[array->n_chunks++] = chunk;
    }
    return 0;
}

void kam__array_free(struct kam__array *array, const kam_host *host) {
    for (uint64_t i = 0; i < array->n_chunks; i++)
        kam__release(host, array->chunk[i], KAM__CHUNK, array->size);
    kam__release(host, array->chunk, array->room, sizeof *array->chunk);
}

/* As long as an alignment, so that blocks keep theirs: those of days stand beside
 * bits in their address. */
struct kam__arena_chunk {
    uint64_t size;
    struct kam__arena_chunk *before;
    char unused[64 - sizeof(uint64_t) - sizeof(void *)];
};
_Static_assert(sizeof(struct kam__arena_chunk) == 64, "blocks keep alignment");

enum { SMALLEST = 4096, LARGEST = 1 << 20 };

static int add_chunk(struct kam__arena *arena, const kam_host *host,
                     uint64_t needed) {
    struct kam__arena_chunk *chunk;
    uint64_t size = arena->total < SMALLEST  ? SMALLEST
                    : arena->total > LARGEST ? LARGEST
                                             : arena->total;
    if (needed > UINT64_MAX - sizeof *chunk) return 1;
    if (size < needed + sizeof *chunk) size = needed + sizeof *chunk;
    chunk = kam__allocate(host, size, 1);
    if (!chunk) return 1;
    chunk->before = arena->chunk;
    chunk->size = size;
    arena->chunk = chunk;
    arena->at = (char *)(chunk + 1);
    arena->left = size - sizeof *chunk;
    arena->total += size;
    return 0;
}

void *kam__arena_take(struct kam__arena *arena, const kam_host *host,
                      uint64_t size) {
    if (size > arena->left && add_chunk(arena, host, size)) return NULL;
    void *const block = arena->at;
    arena->at += size;
    arena->left -= size;
    return block;
}

void kam__arena_free(struct kam__arena *arena, const kam_host *host) {
    while (arena->chunk) {
        struct kam__arena_chunk *const chunk = arena->chunk;
        arena->chunk = chunk->before;
        kam__release(host, chunk, chunk->size, 1);
    }
}
