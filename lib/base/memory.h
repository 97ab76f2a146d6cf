/* SPDX-License-Identifier: MIT */
/* Memory through the host, or malloc when it lends none. */
#ifndef KAM_BASE_MEMORY_H
#define KAM_BASE_MEMORY_H

#include <kam/host.h>

/* Reads and checks a caller's host (NULL: all zero) into `ours`. */
kam_status kam__host_read(kam_host *ours, const kam_host *theirs,
                          kam_diag *diag);

/* `count` items of `size` bytes, aligned to 64, not zeroed; NULL when the host
 * refuses or the product overflows. count * size must be > 0. */
void *kam__allocate(const kam_host *host, uint64_t count, uint64_t size);

/* The same, zeroed. */
void *kam__allocate_zero(const kam_host *host, uint64_t count, uint64_t size);

/* Gives back what kam__allocate gave, with the same count and size. NULL is
 * fine. */
void kam__release(const kam_host *host, void *block, uint64_t count,
                  uint64_t size);

/* The failure every allocating function returns. */
kam_status kam__no_memory(kam_diag *diag);
#ifdef __clang_analyzer__ /* sees one file at a time */
#define kam__no_memory(diag) ((void)kam__no_memory(diag), KAM_ERR_MEMORY)
#endif

#endif
