/* SPDX-License-Identifier: MIT */
/* BG/BB (Fader, Hardie & Shang 2010): in each period an active account orders or
 * not, with a chance p ~ Beta(alpha, beta) of its own; before each it leaves with
 * a chance theta ~ Beta(gamma, delta). */
#ifndef KAM_VALUE_BGBB_H
#define KAM_VALUE_BGBB_H

#include "value/btyd_family.h"

struct kam__bgbb {
    double alpha, beta, gamma, delta;
};

static inline struct kam__bgbb kam__bgbb_model(const double *p) {
    return (struct kam__bgbb){p[0], p[1], p[2], p[3]};
}

/* Whole periods, and at most one order in each. */
int kam__bgbb_possible(double x, double t_x, double n);

/* Log likelihood of a history, its gradient (4) and lower triangle of the Hessian
 * (10) in log parameters. */
enum { KAM__BGBB_TERMS = 15 };
void kam__bgbb_terms(const struct kam__bgbb *m, double x, double t_x, double n,
                     double *out);

#endif
