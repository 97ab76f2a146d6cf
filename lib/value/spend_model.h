/* SPDX-License-Identifier: MIT */
/* What the Gamma-Gamma model says of one account. */
#ifndef KAM_VALUE_SPEND_MODEL_H
#define KAM_VALUE_SPEND_MODEL_H

#include <kam/spend.h>

#include "base/rows.h"

/* 1 when the model can be used; else 0, *status set and the diag filled. */
int kam__spend_read_model(const kam_spend *model, kam_status *status,
                          kam_diag *diag);

/* Reads the caller's struct and checks the columns of order values. */
kam_status kam__spend_read_accounts(kam_accounts *ours,
                                    const kam_accounts *theirs, kam_diag *diag);

/* Why row i of x and m cannot be used, or 0. */
uint32_t kam__spend_flag(double x, double m);

/* Expected value of an order of an account with x repeat orders of mean m; the
 * book's mean when x is 0; infinity when that has none. */
double kam__spend_mean(const double *parameter, double x, double m);

/* E v, E v^2 and E v_i v_j of orders still to come; infinity where there is no
 * such moment. */
void kam__spend_moments(const double *parameter, double x, double m,
                        double *mean, double *mean_square,
                        double *mean_product);

#endif
