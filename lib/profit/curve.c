/* SPDX-License-Identifier: MIT */
/* What the largest and the smallest accounts hold (T3): Lorenz 1905, "Methods of
 * measuring the concentration of wealth", Publications of the American
 * Statistical Association 9(70). */
#include <kam/concentration.h>

#include <math.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "math/exact.h"
#include "math/extent.h"
#include "math/sort.h"

struct curve {
    const kam_column *column;
    int64_t n_rows;
    struct kam__extent extent;
    double *amount;           /* shape (n_rows), scaled; NaN: missing */
    int64_t *order, *scratch; /* of the amounts, rising, missing last */
};

/* The shares of the first 1, 2, ... accounts in `order`, or in the reverse. */
static void walk(const struct curve *curve, double total, int from_the_top,
                 double *share) {
    const int64_t n = curve->extent.n_known;
    kam_sum sum = {0, 0};
    for (int64_t k = 0; k < n; k++) {
        const int64_t row = curve->order[from_the_top ? n - 1 - k : k];
        const kam_sum term = kam__exact_of(curve->amount[row]);
        (void)kam__exact_add(&sum, term.low, term.high);
        share[k] = kam_sum_value(&sum) / total;
    }
    for (int64_t k = n; k < curve->n_rows; k++) share[k] = (double)NAN;
}

static kam_status draw(struct curve *curve, double *top, double *lorenz,
                       int64_t *n_known, kam_diag *diag) {
    const double up = kam__scaling_of(curve->extent.largest, KAM__SUM_BITS).up;
    kam_sum sum = {0, 0};
    for (int64_t i = 0; i < curve->n_rows; i++) {
        const double amount = kam__number_at(curve->column, i) * up;
        curve->amount[i] = amount;
        if (amount != amount) continue;
        const kam_sum term = kam__exact_of(amount);
        (void)kam__exact_add(&sum, term.low, term.high);
    }
    const double total = kam_sum_value(&sum);
    if (!(total > 0))
        return kam__fail(diag, KAM_ERR_EMPTY, "amount", -1, total,
                         "The total is not above zero.");
    kam__sort_by_number(curve->amount, curve->n_rows, curve->order,
                        curve->scratch);
    if (top) walk(curve, total, 1, top);
    if (lorenz) walk(curve, total, 0, lorenz);
    if (n_known) *n_known = curve->extent.n_known;
    return kam__ok(diag);
}

static kam_status look_over(struct curve *curve, kam_diag *diag) {
    if (curve->n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1,
                         (double)curve->n_rows, "n_rows is {value}.");
    if (!curve->column)
        return kam__fail(diag, KAM_ERR_NULL, "amount", -1, (double)NAN, "");
    const kam_status status =
        kam__column_check(curve->column, curve->n_rows, KAM__NUMBERS, 0,
                          "amount", diag);
    if (status != KAM_OK) return status;
    kam__extent_of(curve->column, curve->n_rows, &curve->extent);
    const int64_t bad = curve->extent.first_infinite;
    if (bad >= 0)
        return kam__fail(diag, KAM_ERR_OVERFLOW, "amount", bad,
                         kam__number_at(curve->column, bad),
                         "Row {row}'s amount is {value}.");
    if (curve->extent.n_known == 0)
        return kam__fail(diag, KAM_ERR_EMPTY, "amount", -1, (double)NAN,
                         "No amount is known.");
    return KAM_OK;
}

kam_status kam_concentration_curve(const kam_column *amount, int64_t n_rows,
                                   const kam_host *host, double *top,
                                   double *lorenz, int64_t *n_known,
                                   kam_diag *diag) {
    kam_host lent;
    struct curve curve = {.column = amount, .n_rows = n_rows};
    kam_status status = kam__host_read(&lent, host, diag);
    if (status == KAM_OK) status = look_over(&curve, diag);
    if (status != KAM_OK) return status;
    const uint64_t n = (uint64_t)n_rows;
    curve.amount = kam__allocate(&lent, n, sizeof *curve.amount);
    curve.order = kam__allocate(&lent, n, sizeof *curve.order);
    curve.scratch = kam__allocate(&lent, n, sizeof *curve.scratch);
    status = curve.amount && curve.order && curve.scratch
                 ? draw(&curve, top, lorenz, n_known, diag)
                 : kam__no_memory(diag);
    kam__release(&lent, curve.scratch, n, sizeof *curve.scratch);
    kam__release(&lent, curve.order, n, sizeof *curve.order);
    kam__release(&lent, curve.amount, n, sizeof *curve.amount);
    return status;
}
