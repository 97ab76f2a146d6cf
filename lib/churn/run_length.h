/* SPDX-License-Identifier: MIT */
/* The time until a chart's alarm. */
#ifndef KAM_CHURN_RUN_LENGTH_H
#define KAM_CHURN_RUN_LENGTH_H

#include <kam/signal.h>

/* How fine the counts of a Poisson chart are: its reference and limit are whole
 * multiples. */
double kam__signal_step(double reference);

/* KAM_OK, or why this is no chart. */
kam_status kam__signal_check(const kam_signal_chart *chart, kam_diag *diag);

/* Chance of no alarm within 1 .. n periods into `quiet` (may be NULL), and the
 * mean run length (may be NULL), of a chart that was checked. */
kam_status kam__signal_quiet(const kam_signal_chart *chart, double shift,
                             int32_t n, const kam_host *host, double *quiet,
                             double *run_length, kam_diag *diag);

#endif
