/* SPDX-License-Identifier: MIT */
/* Built once for each instruction set, as libkam's own kernels are. */
#include "fused.h"

#include <math.h>

#define GLUE2(a, b) a##_##b
#define GLUE(a, b) GLUE2(a, b)

static void loop(int64_t n, const double *restrict gross,
                 const double *restrict returns, const double *restrict direct,
                 const double *restrict service, const double *restrict score,
                 const double *restrict before, const kam_tier_band *limits,
                 double *restrict net, double *restrict profit,
                 double *restrict ratio, int32_t *restrict tier,
                 double *restrict to_next, double *restrict above,
                 uint32_t *restrict flags) {
    const kam_tier_band first = limits[0], second = limits[1];
    const kam_tier_band third = limits[2];
    for (int64_t i = 0; i < n; i++) {
        const double left = gross[i] - returns[i];
        const double earned = left - direct[i] - service[i];
        const double s = score[i], b = before[i];
        /* Lanes are doubles all along, so that this becomes vector code. */
        const double out_1 = s >= (b <= 0 ? first.keep : first.enter) ? 0 : 1;
        const double out_2 = s >= (b <= 1 ? second.keep : second.enter) ? 0 : 1;
        const double out_3 = s >= (b <= 2 ? third.keep : third.enter) ? 0 : 1;
        const double above_1 = out_1 > 0 ? first.enter : s;
        const double above_2 = out_2 > 0 ? second.enter : above_1;
        const double above_3 = out_3 > 0 ? third.enter : above_2;
        const double keep_1 = out_1 > 0 ? second.keep : first.keep;
        const double keep_2 = out_2 > 0 ? third.keep : keep_1;
        const double keep_3 = out_3 > 0 ? (double)NAN : keep_2;
        net[i] = left;
        profit[i] = earned;
        ratio[i] = left > 0 ? earned / left : (double)NAN;
        tier[i] = (int32_t)(out_1 + out_2 + out_3);
        to_next[i] = above_3 - s;
        above[i] = s - keep_3;
        flags[i] = (uint32_t)(int32_t)(earned == earned && s == s
                                           ? 0.0
                                           : 1.0 * KAM_ROW_MISSING);
    }
}

void GLUE(fused, KAM_ISA_SUFFIX)(const struct fused *f) {
    const kam_scores *const out = &f->out;
    loop(f->n, f->gross, f->returns, f->direct, f->service, f->score, f->before,
         f->limits, out->net_revenue, out->profit, out->margin_ratio, out->tier,
         out->tier_to_next, out->tier_above_limit, out->row_flags);
}
