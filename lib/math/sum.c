/* SPDX-License-Identifier: MIT */
#include <kam/sum.h>

#include "math/exact.h"

kam_status kam_sum_add(kam_sum *sum, double value) {
    if (!sum) return KAM_ERR_NULL;
    if (!(fabs(value) <= 0x1p62)) return KAM_ERR_OPTION;
    const kam_sum term = kam__exact_of(value);
    return kam__exact_add(sum, term.low, term.high) ? KAM_ERR_OVERFLOW : KAM_OK;
}

kam_status kam_sum_merge(kam_sum *sum, const kam_sum *other) {
    if (!sum || !other) return KAM_ERR_NULL;
    return kam__exact_add(sum, other->low, other->high) ? KAM_ERR_OVERFLOW
                                                        : KAM_OK;
}

double kam_sum_value(const kam_sum *sum) {
    return sum ? kam__exact_value(*sum) : NAN;
}
