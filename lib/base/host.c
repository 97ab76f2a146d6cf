/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"

kam_status kam__host_read(kam_host *ours, const kam_host *theirs,
                          kam_diag *diag) {
    memset(ours, 0, sizeof *ours);
    if (!theirs) {
        ours->struct_size = sizeof *ours;
        return KAM_OK;
    }
    const kam_status status =
        kam__sized_read(ours, sizeof *ours, theirs, KAM__FIRST(kam_host),
                        "host", diag);
    if (status != KAM_OK) return status;
    if (ours->isa < KAM_ISA_AUTO || ours->isa > KAM_ISA_V4)
        return kam__fail(diag, KAM_ERR_OPTION, "host.isa", -1, ours->isa,
                         "{value} is no KAM_ISA_*.");
    if (!ours->allocate != !ours->release)
        return kam__fail(diag, KAM_ERR_NULL, "host.release", -1, NAN,
                         "allocate and release must be given together.");
    return KAM_OK;
}
