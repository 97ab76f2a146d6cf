/* SPDX-License-Identifier: MIT */
/* Checking models and reading contracts for the functions of kam/retention.h. */
#ifndef KAM_VALUE_RETENTION_ROWS_H
#define KAM_VALUE_RETENTION_ROWS_H

#include <kam/retention.h>

#include "base/rows.h"
#include "value/retention_law.h"

/* A tile of contracts; rows with a flag have stand-in numbers. */
struct kam__contracts {
    double n[KAM__TILE], ended[KAM__TILE], before[KAM__TILE];
    uint32_t flag[KAM__TILE];
};

/* How many parameters a family has, 0 when there is no such family. */
int32_t kam__retention_parameters(int32_t family);

/* 1 and the law when the model can be used; else 0, *status set. */
int kam__retention_read_model(struct kam__retention *law,
                              const kam_retention *model, kam_status *status,
                              kam_diag *diag);

kam_status kam__retention_read_accounts(kam_accounts *ours,
                                        const kam_accounts *theirs,
                                        kam_diag *diag);

/* `shared`: rows are accounts, of which any number of contracts ended. */
void kam__retention_load(const kam_accounts *accounts, int32_t shared,
                         int64_t first, int32_t n, struct kam__contracts *rows);

/* The chance that contracts which end with one chance p ~ Beta(a, B) all do in
 * their next k decisions, shape (n). */
double kam__retention_all_end(double a, double B, const double *k, int64_t n);

#endif
