/* SPDX-License-Identifier: MIT */
/* Structs that begin with their own size, so that old and new callers meet old
 * and new libraries. */
#ifndef KAM_BASE_SIZED_H
#define KAM_BASE_SIZED_H

#include <kam/status.h>

#include "base/first_version.h"

/* Whether a struct to be written later is given and has a possible size: for
 * the checks that come before the first write. */
kam_status kam__sized_check(const void *theirs, uint32_t first_version,
                            const char *argument, kam_diag *diag);

/* Reads a caller's struct into ours: copies what both know, zeroes the rest.
 * KAM_ERR_STRUCT when its size is below `first_version` or above 65536,
 * KAM_ERR_NEWER when bytes beyond `known` are not zero. */
kam_status kam__sized_read(void *ours, uint32_t known, const void *theirs,
                           uint32_t first_version, const char *argument,
                           kam_diag *diag);

/* The same without a copy when theirs has the size of ours: returns theirs, or
 * `room`; NULL with *status set when it cannot be read. */
const void *kam__sized_view(void *room, uint32_t known, const void *theirs,
                            uint32_t first_version, const char *argument,
                            kam_status *status, kam_diag *diag);

/* Writes ours into a caller's struct, at most its struct_size bytes; its
 * struct_size stays. Bytes of theirs beyond `known` are zeroed. */
kam_status kam__sized_write(void *theirs, const void *ours, uint32_t known,
                            uint32_t first_version, const char *argument,
                            kam_diag *diag);

/* Writes the defaults into a struct that its caller says is `struct_size` bytes
 * long. */
kam_status kam__sized_init(void *theirs, uint32_t struct_size, const void *ours,
                           uint32_t known, uint32_t first_version);

#endif
