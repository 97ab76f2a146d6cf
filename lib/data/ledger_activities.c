/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "base/diag.h"
#include "base/sized.h"
#include "data/ledger.h"

static kam_status check_columns(const kam_activities *activities,
                                kam_diag *diag) {
    const int64_t n = activities->n_rows;
    if (activities->reserved != 0)
        return kam__fail(diag, KAM_ERR_NEWER, "activities.reserved", -1,
                         activities->reserved, "reserved is {value}, not 0.");
    if (n < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "activities.n_rows", -1,
                         (double)n, "{value} rows are not possible.");
    kam_status status =
        kam__column_check(&activities->account, n,
                          1 << KAM_I64 | 1 << KAM_I32 | KAM__TEXTS, 1,
                          "activities.account", diag);
    if (status == KAM_OK)
        status = kam__column_check(&activities->day, n, KAM__DAYS, 1,
                                   "activities.day", diag);
    if (status == KAM_OK)
        status = kam__column_check(&activities->cost, n, KAM__NUMBERS, 1,
                                   "activities.cost", diag);
    if (status == KAM_OK)
        status = kam__text_check(&activities->account, n, "activities.account",
                                 diag);
    return status;
}

static kam_status post_tile(struct kam_ledger *ledger, struct kam__tile *tile,
                            const void *columns) {
    uint64_t over = 0;
    (void)columns;
    for (int32_t i = 0; i < tile->n; i++) {
        kam_sum *const sum = kam__array_at(&ledger->service, tile->account[i]);
        *sum = kam__exact_plus(*sum, kam__exact_fast(tile->amount[i]), &over);
    }
    return over >> 63 ? KAM_ERR_OVERFLOW : KAM_OK;
}

kam_status kam_ledger_add_activities(kam_ledger *ledger,
                                     const kam_activities *activities,
                                     kam_diag *diag) {
    kam_activities ours;
    kam_status status = kam__ledger_usable(ledger, diag);
    if (status == KAM_OK)
        status =
            kam__sized_read(&ours, sizeof ours, activities,
                            KAM__FIRST(kam_activities), "activities", diag);
    if (status == KAM_OK) status = check_columns(&ours, diag);
    if (status != KAM_OK) return status;
    if (ours.n_rows == 0) return kam__ok(diag);
    status = kam__kind_check(&ledger->accounts, &ours.account,
                             "activities.account", diag);
    if (status != KAM_OK) return status;
    ledger->accounts.kind = kam__kind_of(&ours.account);
    ledger->service.size = sizeof(kam_sum);
    const struct kam__walk walk = {
        &ours.account,           &ours.day, &ours.cost, ours.n_rows,
        ledger->counts.activity, post_tile, NULL};
    return kam__ledger_end(ledger, kam__ledger_walk(ledger, &walk), diag);
}
