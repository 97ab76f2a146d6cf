/* SPDX-License-Identifier: MIT */
/* The usable rows of a panel for survival, sorted: by stratum, then from the
 * latest stop to the earliest, then by all they hold. Rows that are equal in all
 * are the same, so plain sums in this order are the same for any order of the
 * panel. */
#ifndef KAM_CHURN_COHORT_H
#define KAM_CHURN_COHORT_H

#include "churn/panel.h"

struct kam__cohort {
    const kam_host *host;
    int64_t n, n_rows; /* used; of the panel */
    int32_t p;
    double *stop, *start, *event, *weight, *offset; /* shape (n) */
    int64_t *stratum;                               /* shape (n) */
    int64_t
        *by_start; /* rows, within strata from the latest start; NULL when no
                          row has a start */
    double *x;     /* shape (n, p) */
    double *centre, *scale; /* shape (p): x = (signal - centre) * scale */
    double *memory;
    int64_t *order; /* shape (3 n_rows): the row of each, then scratch */
};

/* `risk`, which may be NULL, is one more column, p becomes one more. `culprit`,
 * which may be NULL: a column without a number, where there is one. */
kam_status kam__cohort_new(struct kam__cohort *cohort, const kam_panel *panel,
                           const kam_column *risk, const kam_host *host,
                           int32_t *culprit, kam_diag *diag);
void kam__cohort_free(struct kam__cohort *cohort);

/* The end of the rows from `first` on that share stratum, or stop too. */
int64_t kam__cohort_stratum_end(const struct kam__cohort *cohort,
                                int64_t first);
int64_t kam__cohort_time_end(const struct kam__cohort *cohort, int64_t first);

#endif
