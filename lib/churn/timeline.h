/* SPDX-License-Identifier: MIT */
/* Rows by account, and within each by period. */
#ifndef KAM_CHURN_TIMELINE_H
#define KAM_CHURN_TIMELINE_H

#include <kam/column.h>
#include <kam/host.h>

struct kam__timeline {
    const kam_host *host;
    int64_t n, n_rows;         /* used: with account and period; given */
    int64_t *order;            /* shape (n): rows, sorted */
    int64_t *account, *period; /* shape (n_rows) */
    int64_t *memory;
};

kam_status kam__timeline_new(struct kam__timeline *line,
                             const kam_column *account,
                             const kam_column *period, int64_t n_rows,
                             const kam_host *host, kam_diag *diag);
void kam__timeline_free(struct kam__timeline *line);

/* Where the account that begins at `first` ends. */
int64_t kam__timeline_end(const struct kam__timeline *line, int64_t first);

#endif
