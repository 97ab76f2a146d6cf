/* SPDX-License-Identifier: MIT */
/* kam_cadence_due in two steps, for kam_score. */
#ifndef KAM_CARE_CADENCE_H
#define KAM_CARE_CADENCE_H

#include <kam/cadence.h>

#include "care/stage.h"

struct kam__cadence {
    kam_cadence_accounts accounts;
    kam_cadence_out out;
    struct kam__stages stages;
    const kam_cadence_rule *rules;
    int32_t n_rules;
};

/* Checks the arguments of kam_cadence_due; touches nothing else. `types` are
 * those that columns of days may have. */
kam_status kam__cadence_begin(struct kam__cadence *to,
                              const kam_cadence_accounts *accounts,
                              int32_t types, int32_t as_of_day,
                              const kam_cadence_options *options,
                              const kam_cadence_out *out, kam_diag *diag);

/* Looks at rows [first, first + n) with these tiers and classes, shape (n); a
 * tier below 0 and a class below 1 are not known; adds to row_flags. */
void kam__cadence_rows(const struct kam__cadence *to, int64_t first, int32_t n,
                       const int32_t *tier, const int32_t *matrix_class);

#endif
