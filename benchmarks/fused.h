/* SPDX-License-Identifier: MIT */
/* Profit and tier as one would write them by hand for one book: what libkam's
 * general way is compared with. No nulls, no strides, no checks. */
#ifndef FUSED_H
#define FUSED_H

#include <kam/score.h>

struct fused {
    int64_t n;
    const double *gross, *returns, *direct, *service, *score, *before;
    kam_tier_band limits[3];
    kam_scores out;
};

void fused_base(const struct fused *f);
void fused_v3(const struct fused *f);
void fused_v4(const struct fused *f);

#endif
