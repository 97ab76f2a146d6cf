/* SPDX-License-Identifier: MIT */
#include "base/sized.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/diag.h"

enum { LARGEST = 65536 };

static kam_status check_size(uint32_t size, uint32_t first_version,
                             const char *argument, kam_diag *diag) {
    if (size >= first_version && size <= LARGEST) return KAM_OK;
    return kam__fail(
        diag, KAM_ERR_STRUCT, argument, -1, (double)size,
        "struct_size is {value}: set it to the size of the struct.");
}

kam_status kam__sized_check(const void *theirs, uint32_t first_version,
                            const char *argument, kam_diag *diag) {
    if (!theirs) return kam__fail(diag, KAM_ERR_NULL, argument, -1, NAN, "");
    uint32_t size;
    memcpy(&size, theirs, sizeof size);
    return check_size(size, first_version, argument, diag);
}

kam_status kam__sized_read(void *ours, uint32_t known, const void *theirs,
                           uint32_t first_version, const char *argument,
                           kam_diag *diag) {
    const kam_status status =
        kam__sized_check(theirs, first_version, argument, diag);
    if (status != KAM_OK) return status;
    uint32_t size;
    memcpy(&size, theirs, sizeof size);
    for (uint32_t i = known; i < size; i++)
        if (((const char *)theirs)[i] != 0)
            return kam__fail(
                diag, KAM_ERR_NEWER, argument, -1, (double)i,
                "byte {value} of the struct is set, and unknown to "
                "this version of libkam.");
    const uint32_t shared = size < known ? size : known;
    memcpy(ours, theirs, shared);
    memset((char *)ours + shared, 0, known - shared);
    memcpy(ours, &known, sizeof known);
    return KAM_OK;
}

const void *kam__sized_view(void *room, uint32_t known, const void *theirs,
                            uint32_t first_version, const char *argument,
                            kam_status *status, kam_diag *diag) {
    uint32_t size = 0;
    *status = KAM_OK;
    if (theirs) memcpy(&size, theirs, sizeof size);
    if (size == known) return theirs;
    *status =
        kam__sized_read(room, known, theirs, first_version, argument, diag);
    return *status == KAM_OK ? room : NULL;
}

kam_status kam__sized_write(void *theirs, const void *ours, uint32_t known,
                            uint32_t first_version, const char *argument,
                            kam_diag *diag) {
    const kam_status status =
        kam__sized_check(theirs, first_version, argument, diag);
    if (status != KAM_OK) return status;
    uint32_t size;
    memcpy(&size, theirs, sizeof size);
    const uint32_t shared = size < known ? size : known;
    memcpy((char *)theirs + sizeof size, (const char *)ours + sizeof size,
           shared - sizeof size);
    memset((char *)theirs + shared, 0, size - shared);
    return KAM_OK;
}

kam_status kam__sized_init(void *theirs, uint32_t struct_size, const void *ours,
                           uint32_t known, uint32_t first_version) {
    if (!theirs) return KAM_ERR_NULL;
    const kam_status status = check_size(struct_size, first_version, "", NULL);
    if (status != KAM_OK) return status;
    memcpy(theirs, &struct_size, sizeof struct_size);
    return kam__sized_write(theirs, ours, known, first_version, "", NULL);
}
