/* SPDX-License-Identifier: MIT */
#include "churn/timeline.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "math/sort.h"

enum { ARRAYS = 4 };

static int compare(const void *context, int64_t a, int64_t b) {
    const struct kam__timeline *const line = context;
    if (line->account[a] != line->account[b])
        return line->account[a] < line->account[b] ? -1 : 1;
    if (line->period[a] == line->period[b]) return 0;
    return line->period[a] < line->period[b] ? -1 : 1;
}

kam_status kam__timeline_new(struct kam__timeline *line,
                             const kam_column *account,
                             const kam_column *period, int64_t n_rows,
                             const kam_host *host, kam_diag *diag) {
    const int64_t n = n_rows;
    kam_status status =
        kam__column_check(account, n, KAM__INTEGERS, 1, "account", diag);
    if (status == KAM_OK)
        status = kam__column_check(period, n, KAM__INTEGERS, 1, "period", diag);
    if (status != KAM_OK) return status;
    line->host = host;
    line->n_rows = n;
    line->n = 0;
    line->memory = kam__allocate(host, ARRAYS * ((uint64_t)n + 1), 8);
    if (!line->memory) return kam__no_memory(diag);
    line->order = line->memory;
    line->account = line->order + n;
    line->period = line->account + n;
    for (int64_t i = 0; i < n; i++) {
        if (!kam__is_present(account, i) || !kam__is_present(period, i))
            continue;
        line->account[i] = kam__integer_at(account, i);
        line->period[i] = kam__integer_at(period, i);
        line->order[line->n++] = i;
    }
    kam__sort_by(compare, line, line->n, line->order, line->period + n);
    return KAM_OK;
}

void kam__timeline_free(struct kam__timeline *line) {
    kam__release(line->host, line->memory,
                 ARRAYS * ((uint64_t)line->n_rows + 1), 8);
}

int64_t kam__timeline_end(const struct kam__timeline *line, int64_t first) {
    int64_t end = first + 1;
    while (end < line->n &&
           line->account[line->order[end]] == line->account[line->order[first]])
        end++;
    return end;
}
