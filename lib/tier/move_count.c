/* SPDX-License-Identifier: MIT */
/* Who moved between two days (T7). */
#include <kam/move.h>

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/rows.h"
#include "base/sized.h"
#include "math/exact.h"
#include "math/extent.h"

enum { MOST_BANDS = 16 };

/* Where a row counts: its tier, or n_bands + 1. */
static int32_t place_of(double tier, int32_t n_bands) {
    return tier >= 0 && tier <= n_bands && floor(tier) == tier ? (int32_t)tier
                                                               : n_bands + 1;
}

static void count_move(kam_move_table *table, int32_t from, int32_t to) {
    const int32_t out = table->n_bands + 1;
    table->count[from * (out + 1) + to]++;
    if (from == out)
        table->n_new += to != out;
    else if (to == out)
        table->n_gone++;
    else if (to < from)
        table->n_up++;
    else
        *(to == from ? &table->n_same : &table->n_down) += 1;
}

static void fill(const kam_column *before, const kam_column *after,
                 const kam_column *amount, int64_t n_rows, double largest,
                 kam_move_table *table) {
    enum { MOST_PLACES = MOST_BANDS + 2 };
    kam_sum sum[MOST_PLACES * MOST_PLACES] = {{0, 0}};
    const int32_t n = table->n_bands + 2;
    const struct kam__scaling scaling = kam__scaling_of(largest, KAM__SUM_BITS);
    memset(table->count, 0, (size_t)(n * n) * sizeof *table->count);
    for (int64_t i = 0; i < n_rows; i++) {
        const int32_t from =
            place_of(kam__number_at(before, i), table->n_bands);
        const int32_t to = place_of(kam__number_at(after, i), table->n_bands);
        count_move(table, from, to);
        const double money = table->amount ? kam__number_at(amount, i) : 0;
        if (!(fabs(money) > 0)) continue;
        const kam_sum term = kam__exact_of(money * scaling.up);
        (void)kam__exact_add(&sum[from * n + to], term.low, term.high);
    }
    for (int32_t k = 0; table->amount && k < n * n; k++)
        table->amount[k] = kam_sum_value(&sum[k]) * scaling.down;
}

static kam_status check(const kam_column *before, const kam_column *after,
                        const kam_column *amount, int64_t n_rows,
                        const kam_move_table *table, kam_diag *diag) {
    if (n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                         "n_rows is {value}.");
    if (table->n_bands < 1 || table->n_bands > MOST_BANDS)
        return kam__fail(diag, KAM_ERR_OPTION, "table.n_bands", -1,
                         table->n_bands, "{value} is not from 1 to 16.");
    const char *const lacks = !before                    ? "before"
                              : !after                   ? "after"
                              : !table->count            ? "table.count"
                              : table->amount && !amount ? "amount"
                                                         : NULL;
    if (lacks) return kam__fail(diag, KAM_ERR_NULL, lacks, -1, (double)NAN, "");
    kam_status status =
        kam__column_check(before, n_rows, KAM__NUMBERS, 0, "before", diag);
    if (status == KAM_OK)
        status =
            kam__column_check(after, n_rows, KAM__NUMBERS, 0, "after", diag);
    if (status == KAM_OK && table->amount)
        status =
            kam__column_check(amount, n_rows, KAM__NUMBERS, 0, "amount", diag);
    return status;
}

kam_status kam_move_count(const kam_column *before, const kam_column *after,
                          const kam_column *amount, int64_t n_rows,
                          kam_move_table *table, kam_diag *diag) {
    kam_move_table ours;
    struct kam__extent extent = {0, 0, -1, 0};
    kam_status status =
        kam__sized_read(&ours, sizeof ours, table, KAM__FIRST(kam_move_table),
                        "table", diag);
    if (status == KAM_OK)
        status = check(before, after, amount, n_rows, &ours, diag);
    if (status != KAM_OK) return status;
    if (ours.amount) kam__extent_of(amount, n_rows, &extent);
    if (extent.first_infinite >= 0)
        return kam__fail(diag, KAM_ERR_OVERFLOW, "amount",
                         extent.first_infinite,
                         kam__number_at(amount, extent.first_infinite),
                         "Row {row}'s amount is {value}.");
    ours.n_up = ours.n_down = ours.n_same = ours.n_new = ours.n_gone = 0;
    fill(before, after, amount, n_rows, extent.largest, &ours);
    status = kam__sized_write(table, &ours, sizeof ours,
                              KAM__FIRST(kam_move_table), "table", diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
