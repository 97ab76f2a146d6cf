/* SPDX-License-Identifier: MIT */
/* The beta-discrete-Weibull law of a contract's life: with a chance theta ~
 * Beta(alpha, beta), S(n) = E (1 - theta)^(n^c) = B(alpha, beta + n^c) /
 * B(alpha, beta) (Fader, Hardie, Liu, Davin & Steenburgh 2018, eq. 2). c = 1 is
 * the shifted beta-geometric of Fader & Hardie (2007). */
#ifndef KAM_VALUE_RETENTION_LAW_H
#define KAM_VALUE_RETENTION_LAW_H

#include <stdint.h>

struct kam__retention {
    double alpha, beta, c;
    int32_t shared; /* a row is an account, whose contracts have one theta */
};

/* log S(n + k) / S(n), n, k >= 0; -inf where that is beyond doubles. */
double kam__retention_log_survival(const struct kam__retention *m, double n,
                                   double k);

/* Sum over k = 1..horizon of S(n + k) / S(n) e^(-discount (k - 1)); the horizon
 * may be infinite, and so may the sum. */
double kam__retention_residual(const struct kam__retention *m, double n,
                               double horizon, double discount);

/* Money of 1 a term that accrues evenly over `length` terms, discounted to their
 * start. */
double kam__retention_accrued(double length, double discount);

/* Log likelihood of a contract that saw n renewals, `before` of them unseen, and
 * then ended or not, or of an account of which so many did; with gradient (3) and lower triangle of the Hessian (6) in
 * log alpha, log beta, log c: 10 numbers. */
void kam__retention_terms(const struct kam__retention *m, double n,
                          double ended, double before, double *out);

#endif
