/* SPDX-License-Identifier: MIT */
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/sized.h"

enum { ALIGNMENT = 64 };

/* malloc promises 16 bytes at best: over-allocate and keep the way back in the
 * word before the block. */
static void *aligned_malloc(uint64_t size) {
    if (size > SIZE_MAX - ALIGNMENT - sizeof(void *)) return NULL;
    char *const raw = malloc((size_t)size + ALIGNMENT + sizeof raw);
    if (!raw) return NULL;
    char *const first = raw + sizeof raw;
    char *const block =
        first + (ALIGNMENT - (uintptr_t)first % ALIGNMENT) % ALIGNMENT;
    memcpy(block - sizeof raw, &raw, sizeof raw);
    return block;
}

static void aligned_free(void *block) {
    void *raw;
    memcpy(&raw, (char *)block - sizeof raw, sizeof raw);
    free(raw);
}

void *kam__allocate(const kam_host *host, uint64_t count, uint64_t size) {
    if (count > UINT64_MAX / size) return NULL;
    if (host && host->allocate)
        return host->allocate(host->memory, count * size, ALIGNMENT);
    return aligned_malloc(count * size);
}

void *kam__allocate_zero(const kam_host *host, uint64_t count, uint64_t size) {
    void *const block = kam__allocate(host, count, size);
    if (block) memset(block, 0, (size_t)(count * size));
    return block;
}

void kam__release(const kam_host *host, void *block, uint64_t count,
                  uint64_t size) {
    if (!block) return;
    if (host && host->allocate)
        host->release(host->memory, block, count * size);
    else
        aligned_free(block);
}

#undef kam__no_memory
kam_status kam__no_memory(kam_diag *diag) {
    return kam__fail(diag, KAM_ERR_MEMORY, "host", -1, NAN, "");
}
