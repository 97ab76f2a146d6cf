/* SPDX-License-Identifier: MIT */
#ifndef KAM_VALUE_BTYD_FIT_H
#define KAM_VALUE_BTYD_FIT_H

#include "value/btyd_family.h"
#include "value/likelihood.h"

/* Refuses a book, or sets starts, bounds and prior of the family's parameters.
 * Keys of rows: x first, T third. */
kam_status kam__btyd_prepare(struct kam__likelihood *model,
                             const struct kam__distinct *rows,
                             kam__family family, double rhythm, int32_t prior,
                             kam_diag *diag);

#endif
