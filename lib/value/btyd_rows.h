/* SPDX-License-Identifier: MIT */
/* Checking models and reading rows for the functions of kam/btyd.h. */
#ifndef KAM_VALUE_BTYD_ROWS_H
#define KAM_VALUE_BTYD_ROWS_H

#include "value/btyd_family.h"

/* A tile of rows, with a flag for each: rows that cannot be used have a flag
 * and stand-in numbers that every kernel can bear. Where all are plain there is
 * no flag (and none may be there all the same). */
struct kam__btyd_rows {
    const double *x, *t_x, *T; /* in `own`, or in the columns themselves */
    double own[3][KAM__TILE];
    uint32_t flag[KAM__TILE];
    int32_t are_plain;
};

/* Whether all rows can be used as they are but for t_x, which goes to `last`,
 * 0 where x is. Shape (n) each. */
typedef int (*kam__plain_rows)(const double *x, const double *t_x,
                               const double *T, int32_t n, double *last);
extern const kam__plain_rows kam__plain_base, kam__plain_v3, kam__plain_v4;

/* Reads the caller's struct into `ours`, and checks the columns of an order
 * history. */
kam_status kam__btyd_read_accounts(kam_accounts *ours,
                                   const kam_accounts *theirs, kam_diag *diag);

/* The model's family, or NULL with the diag filled and *status set. */
kam__family kam__btyd_read_model(const kam_btyd *model, kam_status *status,
                                 kam_diag *diag);

/* Reads rows [first, first + n) and returns the tile that views them. */
struct kam__btyd_tile kam__btyd_load(const kam_accounts *accounts,
                                     int64_t first, int32_t n, int32_t isa,
                                     struct kam__btyd_rows *rows);

#endif
