/* SPDX-License-Identifier: MIT */
#include "value/btyd_rhythm.h"

#include <float.h>
#include <math.h>

#include "base/diag.h"
#include "math/accumulate.h"
#include "value/fit_parts.h"

void kam__btyd_log_gaps(const kam_accounts *accounts, int64_t first, int32_t n,
                        const double *x, double *log_gaps) {
    const double *const given =
        kam__gather(&accounts->log_gaps, first, n, log_gaps);
    for (int32_t i = 0; i < n; i++) {
        const double known = fabs(given[i]) <= DBL_MAX ? given[i] : (double)NAN;
        log_gaps[i] = x[i] > 0 ? known : 0;
    }
}

/* One tile: accounts that ordered again, squeezed together. */
static int add_tile(const kam_accounts *part, int64_t first, int32_t n,
                    kam_sum *sum, kam_sum *orders, kam_sum *n_unknown) {
    struct kam__btyd_rows rows;
    double weight[KAM__TILE], log_gaps[KAM__TILE], x[KAM__TILE];
    int32_t m = 0;
    kam__btyd_load(part, first, n, KAM_ISA_BASE, &rows);
    kam__weights(part, first, n, weight);
    kam__btyd_log_gaps(part, first, n, rows.x, log_gaps);
    for (int32_t i = 0; i < n; i++) {
        if (rows.flag[i] || !kam__is_weight(weight[i]) || !(rows.x[i] > 0))
            continue;
        if (log_gaps[i] != log_gaps[i]) {
            if (kam_sum_add(n_unknown, 1) != KAM_OK) return 1;
            continue;
        }
        log_gaps[m] = log_gaps[i];
        x[m] = rows.x[i];
        weight[m++] = weight[i];
    }
    return kam__accumulate(sum, log_gaps, weight, m) ||
           kam__accumulate(orders, x, weight, m);
}

kam_status kam__btyd_add_gaps(const kam_accounts *part, kam_sum *log_gaps,
                              kam_sum *orders, kam_sum *n_unknown,
                              kam_diag *diag) {
    for (int64_t at = 0; at < part->n_rows; at += KAM__TILE) {
        const int64_t left = part->n_rows - at;
        const int32_t n = (int32_t)(left < KAM__TILE ? left : KAM__TILE);
        if (add_tile(part, at, n, log_gaps, orders, n_unknown))
            return kam__fail(diag, KAM_ERR_OVERFLOW, "accounts.log_gaps", at,
                             NAN, "times add up too high.");
    }
    return KAM_OK;
}
