/* SPDX-License-Identifier: MIT */
/* Sums over hidden events (cnbd.h) where the walk of cnbd_kernels.c is too long
 * or begins below the smallest double: slower, and right for any history. */
#ifndef KAM_VALUE_CNBD_FAR_H
#define KAM_VALUE_CNBD_FAR_H

#include "value/cnbd.h"

/* As kam__cnbd_kernels.ahead and .rate, for one lane. */
void kam__cnbd_far(const struct kam__hidden *s, int32_t lane, double *orders,
                   double *active);
void kam__cnbd_far_rate(const struct kam__hidden *s, int32_t lane,
                        double *orders, double *pairs);

/* The chance of at least one order, with all its digits. */
double kam__cnbd_due(const struct kam__hidden *s, int32_t lane);

/* The chances of 0, 1, ..., n - 2 orders, and of n - 1 or more, n >= 1, of an
 * account that is active. */
void kam__cnbd_counts(const struct kam__hidden *s, int32_t lane, int32_t n,
                      double *chance);

#endif
