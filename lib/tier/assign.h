/* SPDX-License-Identifier: MIT */
/* kam_tier_assign in two steps, for kam_score: check once, then tile by tile. */
#ifndef KAM_TIER_ASSIGN_H
#define KAM_TIER_ASSIGN_H

#include <kam/tier.h>

#include "base/rows.h"

enum { KAM__MOST_BANDS = 16 };

struct kam__tier_assignment {
    const kam_tier_band *limits;
    int32_t n_bands;
    const kam_column *score, *before;
    const kam_tier_out *out; /* theirs, or `room` */
    kam_tier_out room;
    int32_t isa;
};

/* Where a tile comes from and goes to; outputs that nobody wants go to memory
 * that is thrown away. Flags are added to. Shape (n) each. */
struct kam__band_tile {
    int32_t n, n_bands;
    const kam_tier_band *limits;
    const double *score, *before;
    int32_t *tier;
    double *to_next, *above_limit;
    uint32_t *flags;
};

typedef void (*kam__band_rows)(const struct kam__band_tile *tile);
extern const kam__band_rows kam__band_base, kam__band_v3, kam__band_v4;

/* Checks the arguments of kam_tier_assign; touches nothing else. */
kam_status kam__tier_begin(struct kam__tier_assignment *to,
                           const kam_tier_band *limits, int32_t n_bands,
                           const kam_column *score, const kam_column *before,
                           int64_t n_rows, const kam_tier_out *out, int32_t isa,
                           kam_diag *diag);

/* Assigns rows [first, first + n), n <= KAM__TILE; adds to row_flags. Returns
 * their tiers: in the output, or, when nobody wants it, in `tier`, shape (n). */
const int32_t *kam__tier_rows(const struct kam__tier_assignment *to,
                              int64_t first, int32_t n, int32_t *tier);

#endif
