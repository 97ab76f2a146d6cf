/* SPDX-License-Identifier: MIT */
/* Reading covariates, and an account's own parameters. */
#ifndef KAM_VALUE_COVARIATES_H
#define KAM_VALUE_COVARIATES_H

#include <kam/btyd_covariates.h>

#include "value/btyd_family.h"

enum { KAM__COVARIATES = 4 }; /* of each process */

/* Facts of a tile: z[k][i], those of orders first, those of leaving from
 * KAM__COVARIATES on; unused: 0. */
struct kam__facts_tile {
    double z[2 * KAM__COVARIATES][KAM__TILE];
    uint32_t flag[KAM__TILE];
};

kam_status kam__covariates_read(kam_btyd_covariates *ours,
                                const kam_btyd_covariates *theirs,
                                int64_t n_rows, kam_diag *diag);
void kam__covariates_load(const kam_btyd_covariates *covariates, int64_t first,
                          int32_t n, struct kam__facts_tile *tile);

/* Whether covariates act on the family at all. */
int kam__covariates_can(kam__family family);

/* The account's parameters, given e^(sum of coefficients times facts) of both
 * processes: those of the family times that, or divided by it. */
void kam__covariates_own(kam__family family, const double *parameter,
                         double of_orders, double of_leaving, double *own);

#endif
