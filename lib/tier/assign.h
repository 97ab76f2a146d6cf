/* SPDX-License-Identifier: MIT */
/* kam_tier_assign in two steps, for kam_score: check once, then tile by tile. */
#ifndef KAM_TIER_ASSIGN_H
#define KAM_TIER_ASSIGN_H

#include <kam/tier.h>

struct kam__tier_assignment {
    const kam_tier_band *limits;
    int32_t n_bands;
    kam_column score, before;
    kam_tier_out out;
};

/* Checks the arguments of kam_tier_assign; touches nothing else. */
kam_status kam__tier_begin(struct kam__tier_assignment *to,
                           const kam_tier_band *limits, int32_t n_bands,
                           const kam_column *score, const kam_column *before,
                           int64_t n_rows, const kam_tier_out *out,
                           kam_diag *diag);

/* Assigns rows [first, first + n), n <= KAM__TILE; adds to row_flags. */
void kam__tier_rows(const struct kam__tier_assignment *to, int64_t first,
                    int32_t n);

#endif
