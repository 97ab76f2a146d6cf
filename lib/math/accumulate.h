/* SPDX-License-Identifier: MIT */
/* Order-independent sums of many doubles at vector speed: each term is split
 * onto three fixed grids (multiples of 1, 2^-32, 2^-64; what is below is rounded
 * off), and the parts are added without rounding. */
#ifndef KAM_MATH_ACCUMULATE_H
#define KAM_MATH_ACCUMULATE_H

#include <kam/host.h>
#include <kam/sum.h>

/* Adds the sum of weight[i] * term[i] (weight NULL: 1). For a whole weight w the
 * result is that of adding term[i] w times; for others weight * term is rounded
 * first. Returns 0, or 1 when a term is not finite, is beyond 2^62, or the sum
 * overflows (then `sum` is unspecified). One build for each instruction set. */
int kam__accumulate_base(kam_sum *sum, const double *term, const double *weight,
                         int64_t n);
int kam__accumulate_v3(kam_sum *sum, const double *term, const double *weight,
                       int64_t n);
int kam__accumulate_v4(kam_sum *sum, const double *term, const double *weight,
                       int64_t n);

static inline int kam__accumulate(kam_sum *sum, const double *term,
                                  const double *weight, int64_t n) {
    return kam__accumulate_base(sum, term, weight, n);
}

/* The same at a KAM_ISA_* level. */
static inline int kam__accumulate_at(int32_t isa, kam_sum *sum,
                                     const double *term, const double *weight,
                                     int64_t n) {
#ifdef KAM_HAVE_ISA
    if (isa == KAM_ISA_V4) return kam__accumulate_v4(sum, term, weight, n);
    if (isa == KAM_ISA_V3) return kam__accumulate_v3(sum, term, weight, n);
#endif
    (void)isa;
    return kam__accumulate_base(sum, term, weight, n);
}

#endif
