/* SPDX-License-Identifier: MIT */
/* Charts of the times between events, for signals that are too rare to count by
 * period (Lucas 1985, Technometrics 27; Bourke 1991, Journal of Quality
 * Technology 23). */
#ifndef KAM_CHURN_SIGNAL_GAP_H
#define KAM_CHURN_SIGNAL_GAP_H

#include <kam/signal.h>

/* What an event of the chart is. */
enum {
    KAM__EACH = 1, /* every one: a change of the contact person */
    KAM__VISIT,  /* every day with one: contacts; their rhythm is log-normal */
    KAM__PASSED, /* one that passed day + term: complaints, changes */
    KAM__LATE    /* one late, its place among all deliveries */
};

/* The events of one account. */
struct kam__gaps {
    int64_t n;
    const double *at;     /* shape (n), rising: days, or deliveries */
    const double *when;   /* shape (n), not falling: the day it is known */
    const double *end_at; /* shape (n_periods): as `at`, at a period's end */
    const int32_t *start; /* shape (n_periods + 1) */
    int32_t n_periods;
};

/* Sets ALARM and SHORT in the flags of one account, shape (n_periods). */
void kam__signal_gaps(const kam_signal_chart *chart, int32_t law,
                      const struct kam__gaps *gaps, uint32_t *flags);

/* The same for every account; flags of shape (n_accounts, n_periods). */
kam_status kam__signal_by_gap(int32_t what, const kam_signal_chart *chart,
                              const kam_signal_events *events,
                              const kam_host *host, uint32_t *flags,
                              kam_diag *diag);

#endif
