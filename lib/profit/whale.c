/* SPDX-License-Identifier: MIT */
/* The whale curve (P3): Kaplan & Narayanan 2001, "Measuring and managing
 * customer profitability", Journal of Cost Management 15(5). */
#include <kam/profit.h>

#include <math.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "math/exact.h"
#include "math/extent.h"
#include "math/sort.h"

/* What the call works with. Profits are scaled, and negated so that the best
 * comes first in a rising order; missing ones are NaN and come last. */
struct curve {
    const kam_column *profit;
    int64_t n_rows;
    struct kam__extent extent;
    struct kam__scaling scaling;
    double *minus_profit; /* shape (n_rows) */
    int64_t *order;       /* shape (n_rows) */
    kam_sum earned, lost;
    int64_t n_earning;
};

static void load(struct curve *curve) {
    double buffer[KAM__TILE];
    for (int64_t first = 0; first < curve->n_rows; first += KAM__TILE) {
        const int64_t left = curve->n_rows - first;
        const int32_t n = (int32_t)(left < KAM__TILE ? left : KAM__TILE);
        const double *const profit =
            kam__gather(curve->profit, first, n, buffer);
        for (int32_t i = 0; i < n; i++)
            curve->minus_profit[first + i] = -profit[i] * curve->scaling.up;
    }
}

/* What the earning accounts earn and the loss-making lose. Returns 1 when that
 * is beyond the range of a sum or of a double. */
static int split(struct curve *curve) {
    int failed = 0;
    for (int64_t i = 0; i < curve->n_rows; i++) {
        const double minus = curve->minus_profit[i];
        if (minus != minus) continue;
        failed |= kam_sum_add(minus < 0 ? &curve->earned : &curve->lost,
                              fabs(minus)) != KAM_OK;
        curve->n_earning += minus < 0;
    }
    const double down = curve->scaling.down;
    return failed || isinf(kam_sum_value(&curve->earned) * down) ||
           isinf(kam_sum_value(&curve->lost) * down);
}

static void walk(const struct curve *curve, double *cumulative) {
    kam_sum sum = {0, 0};
    for (int64_t k = 0; k < curve->n_rows; k++) {
        const double minus = curve->minus_profit[curve->order[k]];
        if (minus == minus) (void)kam_sum_add(&sum, -minus);
        cumulative[k] = kam_sum_value(&sum) * curve->scaling.down;
    }
}

static void describe(const struct curve *curve, kam_whale *whale) {
    const double down = curve->scaling.down;
    kam_sum total = curve->earned;
    const uint64_t low = ~curve->lost.low + 1;
    const uint64_t high = ~(uint64_t)curve->lost.high + (low == 0);
    (void)kam__exact_add(&total, low, (int64_t)high);
    whale->n_accounts = curve->extent.n_known;
    whale->n_loss_making = curve->extent.n_negative;
    whale->n_to_peak = curve->n_earning;
    whale->total = kam_sum_value(&total) * down;
    whale->peak = kam_sum_value(&curve->earned) * down;
    whale->destroyed = kam_sum_value(&curve->lost) * down;
}

static kam_status draw(struct curve *curve, int64_t *scratch,
                       double *cumulative, kam_whale *whale, kam_diag *diag) {
    load(curve);
    if (split(curve))
        return kam__fail(diag, KAM_ERR_OVERFLOW, "profit", -1, NAN, "");
    kam__sort_by_number(curve->minus_profit, curve->n_rows, curve->order,
                        scratch);
    if (cumulative) walk(curve, cumulative);
    describe(curve, whale);
    return kam__ok(diag);
}

static kam_status check(const struct curve *curve, const kam_whale *whale,
                        kam_diag *diag) {
    if (curve->n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1,
                         (double)curve->n_rows, "n_rows is {value}.");
    if (!curve->profit)
        return kam__fail(diag, KAM_ERR_NULL, "profit", -1, NAN, "");
    const kam_status status =
        kam__column_check(curve->profit, curve->n_rows, KAM__NUMBERS, 0,
                          "profit", diag);
    if (status != KAM_OK || !whale) return status;
    return kam__sized_check(whale, KAM__FIRST(kam_whale), "whale", diag);
}

/* Looks over the profits; says why they cannot be drawn, if they cannot. */
static kam_status look_over(struct curve *curve, kam_diag *diag) {
    kam__extent_of(curve->profit, curve->n_rows, &curve->extent);
    if (curve->extent.first_infinite >= 0)
        return kam__fail(diag, KAM_ERR_OVERFLOW, "profit",
                         curve->extent.first_infinite,
                         kam__number_at(curve->profit,
                                        curve->extent.first_infinite),
                         "Row {row}'s profit is {value}.");
    if (curve->extent.n_known == 0)
        return kam__fail(diag, KAM_ERR_EMPTY, "profit", -1, NAN,
                         "No profit is known.");
    curve->scaling = kam__scaling_of(curve->extent.largest, KAM__SUM_BITS);
    return KAM_OK;
}

kam_status kam_profit_whale(const kam_column *profit, int64_t n_rows,
                            const kam_host *host, int64_t *order,
                            double *cumulative, kam_whale *whale,
                            kam_diag *diag) {
    kam_host lent;
    kam_whale ours = {0};
    struct curve curve = {.profit = profit, .n_rows = n_rows, .order = order};
    kam_status status = check(&curve, whale, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status == KAM_OK) status = look_over(&curve, diag);
    if (status != KAM_OK) return status;
    const uint64_t n = (uint64_t)n_rows;
    int64_t *const scratch = kam__allocate(&lent, n, sizeof *scratch);
    int64_t *const own = order ? NULL : kam__allocate(&lent, n, sizeof *own);
    curve.minus_profit = kam__allocate(&lent, n, sizeof *curve.minus_profit);
    if (!order) curve.order = own;
    status = scratch && curve.order && curve.minus_profit
                 ? draw(&curve, scratch, cumulative, &ours, diag)
                 : kam__no_memory(diag);
    kam__release(&lent, curve.minus_profit, n, sizeof *curve.minus_profit);
    kam__release(&lent, own, n, sizeof *own);
    kam__release(&lent, scratch, n, sizeof *scratch);
    if (status == KAM_OK && whale)
        status = kam__sized_write(whale, &ours, sizeof ours,
                                  KAM__FIRST(kam_whale), "whale", diag);
    return status;
}
