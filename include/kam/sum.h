/* SPDX-License-Identifier: MIT */
/**
 * @file kam/sum.h
 * A sum that does not depend on the order of its terms, nor on how they were
 * cut into pieces: every term is rounded once to a multiple of 2^-64, and such
 * multiples are added exactly.
 */
#ifndef KAM_SUM_H
#define KAM_SUM_H

#include "status.h"

KAM_BEGIN

/**
 * An exact sum: (high * 2^64 + low) * 2^-64, within +-9.2e18. Frozen: 16 bytes,
 * in the host's byte order; {0, 0} is zero.
 */
typedef struct kam_sum {
    uint64_t low; /**< the fraction, in units of 2^-64 */
    int64_t high; /**< the whole part, rounded down */
} kam_sum;

/**
 * Adds one number. Never allocates.
 *
 * @param sum   changed; untouched on error
 * @param value finite, |value| <= 2^62; parts below 2^-64 are rounded off
 * @return KAM_OK; KAM_ERR_NULL; KAM_ERR_OPTION; KAM_ERR_OVERFLOW
 */
KAM_API kam_status kam_sum_add(kam_sum *sum, double value);

/** Adds another sum: pieces in any order give the bits of the whole.
 *  @return KAM_OK; KAM_ERR_NULL; KAM_ERR_OVERFLOW, with `sum` untouched */
KAM_API kam_status kam_sum_merge(kam_sum *sum, const kam_sum *other);

/** The sum as the nearest double, ties to even; NaN for NULL. */
KAM_API double kam_sum_value(const kam_sum *sum);

KAM_END

#endif
