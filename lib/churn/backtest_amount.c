/* SPDX-License-Identifier: MIT */
/* Errors of forecast amounts (C6). Formulas: docs/models/backtest.md. */
#include <kam/backtest.h>

#include <math.h>

#include "base/diag.h"
#include "base/rows.h"
#include "base/sized.h"
#include "churn/ranked.h"
#include "math/accumulate.h"
#include "math/extent.h"

/* Lowest and highest of a series. */
struct range {
    double lowest, highest;
};

/* What the three passes over the rows learn. */
struct comparison {
    const kam_column *forecast, *actual;
    int64_t n_rows;
    int64_t n; /* rows where both are known */
    /* pass 1 */
    struct range range[2]; /* forecast, actual */
    double largest, largest_error;
    /* pass 2; amounts and errors are scaled, each in their way */
    struct kam__scaling amounts, errors;
    kam_sum sum[2], size, error, error_square;
    /* pass 3: deviations from the mean, scaled again */
    double mean[2];
    struct kam__scaling deviations[2];
    kam_sum square[2], product;
};

/* A tile's rows where both are known: x[0] forecast, x[1] actual. */
struct pairs {
    double x[2][KAM__TILE], error[KAM__TILE];
};

typedef void (*pass)(struct comparison *to, const struct pairs *pairs,
                     int32_t n);

static void for_pairs(struct comparison *to, pass work) {
    double forecast_tile[KAM__TILE], actual_tile[KAM__TILE];
    struct pairs pairs;
    for (int64_t first = 0; first < to->n_rows; first += KAM__TILE) {
        const int64_t left = to->n_rows - first;
        const int32_t n = (int32_t)(left < KAM__TILE ? left : KAM__TILE);
        const double *const forecast =
            kam__gather(to->forecast, first, n, forecast_tile);
        const double *const actual =
            kam__gather(to->actual, first, n, actual_tile);
        int32_t m = 0;
        for (int32_t i = 0; i < n; i++) {
            pairs.x[0][m] = forecast[i];
            pairs.x[1][m] = actual[i];
            pairs.error[m] = forecast[i] - actual[i];
            m += forecast[i] == forecast[i] && actual[i] == actual[i];
        }
        work(to, &pairs, m);
    }
}

static double larger(double a, double b) { return a > b ? a : b; }

static void find_ranges(struct comparison *to, const struct pairs *pairs,
                        int32_t n) {
    for (int s = 0; s < 2; s++)
        for (int32_t i = 0; i < n; i++) {
            const double x = pairs->x[s][i];
            if (x < to->range[s].lowest) to->range[s].lowest = x;
            if (x > to->range[s].highest) to->range[s].highest = x;
            to->largest = larger(fabs(x), to->largest);
        }
    for (int32_t i = 0; i < n; i++)
        to->largest_error = larger(fabs(pairs->error[i]), to->largest_error);
    to->n += n;
}

/* Both infinite: their difference is NaN, but their size is seen. */
static kam_status fail_infinite(const struct comparison *to, kam_diag *diag) {
    int64_t row = 0;
    double forecast = 0, actual = 0;
    for (; row < to->n_rows; row++) {
        forecast = kam__number_at(to->forecast, row);
        actual = kam__number_at(to->actual, row);
        const int known = forecast == forecast && actual == actual;
        if (known && !isfinite(forecast - actual)) break;
    }
    const int is_forecast = isinf(forecast) || !isinf(actual);
    return kam__fail(diag, KAM_ERR_OVERFLOW,
                     is_forecast ? "forecast" : "actual", row,
                     is_forecast ? forecast : actual,
                     "Row {row}'s amount, {value}, or its error is too large.");
}

static void add_up(struct comparison *to, const struct pairs *pairs,
                   int32_t n) {
    const double to_square = kam__power_of_2(KAM__SQUARE_BITS - KAM__SUM_BITS);
    double term[4][KAM__TILE], square[KAM__TILE];
    for (int32_t i = 0; i < n; i++) {
        term[0][i] = pairs->x[0][i] * to->amounts.up;
        term[1][i] = pairs->x[1][i] * to->amounts.up;
        term[2][i] = fabs(term[1][i]);
        term[3][i] = fabs(pairs->error[i]) * to->errors.up;
        square[i] = term[3][i] * to_square * (term[3][i] * to_square);
    }
    (void)kam__accumulate(&to->sum[0], term[0], NULL, n);
    (void)kam__accumulate(&to->sum[1], term[1], NULL, n);
    (void)kam__accumulate(&to->size, term[2], NULL, n);
    (void)kam__accumulate(&to->error, term[3], NULL, n);
    (void)kam__accumulate(&to->error_square, square, NULL, n);
}

static void find_means(struct comparison *to) {
    for (int s = 0; s < 2; s++) {
        const double mean = kam_sum_value(&to->sum[s]) / (double)to->n;
        const double above = to->range[s].highest * to->amounts.up - mean;
        const double below = mean - to->range[s].lowest * to->amounts.up;
        to->mean[s] = mean;
        to->deviations[s] =
            kam__scaling_of(larger(above, below), KAM__SQUARE_BITS);
    }
}

static void correlate(struct comparison *to, const struct pairs *pairs,
                      int32_t n) {
    double d[2][KAM__TILE], term[3][KAM__TILE];
    for (int s = 0; s < 2; s++)
        for (int32_t i = 0; i < n; i++)
            d[s][i] = (pairs->x[s][i] * to->amounts.up - to->mean[s]) *
                      to->deviations[s].up;
    for (int32_t i = 0; i < n; i++) {
        term[0][i] = d[0][i] * d[0][i];
        term[1][i] = d[1][i] * d[1][i];
        term[2][i] = d[0][i] * d[1][i];
    }
    (void)kam__accumulate(&to->square[0], term[0], NULL, n);
    (void)kam__accumulate(&to->square[1], term[1], NULL, n);
    (void)kam__accumulate(&to->product, term[2], NULL, n);
}

static double correlation(struct comparison *to) {
    if (!(to->range[0].lowest < to->range[0].highest) ||
        !(to->range[1].lowest < to->range[1].highest))
        return (double)NAN;
    find_means(to);
    for_pairs(to, correlate);
    const double r =
        kam_sum_value(&to->product) /
        sqrt(kam_sum_value(&to->square[0]) * kam_sum_value(&to->square[1]));
    return r > 1 ? 1 : r < -1 ? -1 : r;
}

static void describe(struct comparison *to,
                     kam_backtest_amount_report *report) {
    const double n = (double)to->n;
    const double forecast = kam_sum_value(&to->sum[0]);
    const double actual = kam_sum_value(&to->sum[1]);
    const double size = kam_sum_value(&to->size);
    const double error = kam_sum_value(&to->error);
    const double back = kam__power_of_2(KAM__SUM_BITS - KAM__SQUARE_BITS);
    report->n_rows = to->n;
    report->actual = actual * to->amounts.down;
    report->forecast = forecast * to->amounts.down;
    report->bias = actual != 0 ? (forecast - actual) / actual : (double)NAN;
    report->mae = error / n * to->errors.down;
    report->rmse =
        sqrt(kam_sum_value(&to->error_square) / n) * back * to->errors.down;
    report->wape = size > 0 ? error / size * (to->errors.down * to->amounts.up)
                            : (double)NAN;
    report->correlation = correlation(to);
}

static kam_status compare(struct comparison *to,
                          kam_backtest_amount_report *report, kam_diag *diag) {
    const struct range none = {(double)INFINITY, -(double)INFINITY};
    to->range[0] = to->range[1] = none;
    for_pairs(to, find_ranges);
    const kam_column *const column[] = {to->forecast, to->actual};
    const char *const name[] = {"forecast", "actual"};
    if (to->n == 0)
        return kam__ranked_fail_empty(column, name, 2, to->n_rows, diag);
    if (isinf(to->largest) || isinf(to->largest_error))
        return fail_infinite(to, diag);
    to->amounts = kam__scaling_of(to->largest, KAM__SUM_BITS);
    to->errors = kam__scaling_of(to->largest_error, KAM__SUM_BITS);
    for_pairs(to, add_up);
    describe(to, report);
    if (isinf(report->actual) || isinf(report->forecast))
        return kam__fail(diag, KAM_ERR_OVERFLOW,
                         name[isinf(report->actual) != 0], -1, NAN,
                         "the sum of its amounts is too large.");
    return kam__ok(diag);
}

kam_status kam_backtest_amount(const kam_column *forecast,
                               const kam_column *actual, int64_t n_rows,
                               kam_backtest_amount_report *report,
                               kam_diag *diag) {
    kam_backtest_amount_report ours = {0};
    struct comparison to = {.forecast = forecast,
                            .actual = actual,
                            .n_rows = n_rows};
    if (n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                         "n_rows is {value}.");
    if (!forecast || !actual)
        return kam__fail(diag, KAM_ERR_NULL, forecast ? "actual" : "forecast",
                         -1, NAN, "");
    kam_status status =
        kam__column_check(forecast, n_rows, KAM__NUMBERS, 0, "forecast", diag);
    if (status == KAM_OK)
        status =
            kam__column_check(actual, n_rows, KAM__NUMBERS, 0, "actual", diag);
    if (status == KAM_OK)
        status =
            kam__sized_check(report, KAM__FIRST(kam_backtest_amount_report),
                             "report", diag);
    if (status == KAM_OK) status = compare(&to, &ours, diag);
    if (status != KAM_OK) return status;
    kam__sized_write(report, &ours, sizeof ours,
                     KAM__FIRST(kam_backtest_amount_report), "report", NULL);
    return kam__ok(diag);
}
