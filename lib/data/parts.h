/* SPDX-License-Identifier: MIT */
/* A book in parts: an array of kam_accounts, as long each as its caller's. */
#ifndef KAM_DATA_PARTS_H
#define KAM_DATA_PARTS_H

#include <kam/account.h>

static inline const kam_accounts *kam__part(const kam_accounts *parts,
                                            int64_t i) {
    const char *const first = (const char *)parts;
    return (const kam_accounts *)(const void *)(first + i * parts->struct_size);
}

#endif
