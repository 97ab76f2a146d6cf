/* SPDX-License-Identifier: MIT */
/* Blocks of a given alignment, for hosts of tests. Windows has calls of its own. */
#ifndef TEST_ALIGNED_H
#define TEST_ALIGNED_H

#include <stdint.h>
#include <stdlib.h>
#ifdef _WIN32
#include <malloc.h>
#endif

/* alignment: a power of 2; NULL when there is no memory. */
static inline void *aligned_block(uint64_t size, uint64_t alignment) {
    const size_t least = alignment < 8 ? 8 : (size_t)alignment;
#ifdef _WIN32
    return _aligned_malloc((size_t)size, least);
#else
    void *block = NULL;
    return posix_memalign(&block, least, (size_t)size) ? NULL : block;
#endif
}

static inline void aligned_block_free(void *block) {
#ifdef _WIN32
    _aligned_free(block);
#else
    free(block);
#endif
}

#endif
