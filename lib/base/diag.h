/* SPDX-License-Identifier: MIT */
/* Failing a call: one place that fills a kam_diag. */
#ifndef KAM_BASE_DIAG_H
#define KAM_BASE_DIAG_H

#include <kam/status.h>

/* Fills `diag` (may be NULL) and returns `status`. In `message`, "{row}" and
 * "{value}" are replaced. `argument` and `message` may be "" but not NULL. */
kam_status kam__fail(kam_diag *diag, kam_status status, const char *argument,
                     int64_t row, double value, const char *message);

#ifdef __clang_analyzer__ /* sees one file at a time */
#define kam__fail(diag, status, ...)                                           \
    ((void)kam__fail(diag, status, __VA_ARGS__), (status))
#endif

/* kam_status_text(KAM_OK) */
#define KAM__IT_WORKED "It worked."

/* Fills `diag` for success and returns KAM_OK. Every public function that takes
 * a diag ends in kam__ok or kam__fail. */
kam_status kam__ok(kam_diag *diag);

/* Fills `diag` with what another was told. */
void kam__tell(kam_diag *diag, const kam_diag *told);

#endif
