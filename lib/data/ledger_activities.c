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

static kam_status post_tile(struct kam_ledger *ledger,
                            const struct kam__posting *from, int64_t first,
                            int32_t n, struct kam__tile *tile) {
    int over = 0;
    kam__tile_read(ledger, from, first, n, tile, ledger->counts.activity);
    const kam_status status = kam__tile_find(ledger, tile);
    if (status != KAM_OK) return status;
    for (int32_t i = 0; i < tile->n; i++)
        over |=
            kam__exact_add(kam__array_at(&ledger->service, tile->account[i]),
                           tile->value[i].low, tile->value[i].high);
    return over ? KAM_ERR_OVERFLOW : KAM_OK;
}

kam_status kam_ledger_add_activities(kam_ledger *ledger,
                                     const kam_activities *activities,
                                     kam_diag *diag) {
    kam_activities ours;
    struct kam__tile tile;
    kam_status status = kam__ledger_usable(ledger, diag);
    if (status == KAM_OK)
        status = kam__sized_read(&ours, sizeof ours, activities, sizeof ours,
                                 "activities", diag);
    if (status == KAM_OK) status = check_columns(&ours, diag);
    if (status != KAM_OK || ours.n_rows == 0)
        return status != KAM_OK ? status : kam__ok(diag);
    status = kam__kind_check(&ledger->accounts, &ours.account,
                             "activities.account", diag);
    if (status != KAM_OK) return status;
    const struct kam__posting from = {&ours.account, &ours.day, &ours.cost};
    ledger->accounts.kind = kam__kind_of(&ours.account);
    ledger->service.size = sizeof(kam_sum);
    for (int64_t at = 0; at < ours.n_rows && status == KAM_OK;
         at += KAM__TILE) {
        const int64_t left = ours.n_rows - at;
        status = kam__ledger_progress(ledger, at, ours.n_rows);
        if (status == KAM_OK)
            status = post_tile(ledger, &from, at,
                               (int32_t)(left < KAM__TILE ? left : KAM__TILE),
                               &tile);
    }
    return kam__ledger_end(ledger, status, diag);
}
