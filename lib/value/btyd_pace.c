/* SPDX-License-Identifier: MIT */
/* How fast a book goes on, from a forecast and what came of it. With E(g) the
 * orders expected of the book in g times the window, the observed pace solves
 * E(g) = A, the orders that came. By the delta method the variance of log g is
 * that of A, by the accounts' deviations (they need not be Poisson), and that of
 * E, by the fit's covariance, over E's slope in log g squared. docs/models/pace.md */
#include <kam/btyd_pace.h>

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"
#include "math/accumulate.h"
#include "math/elementary.h"
#include "value/clv.h"
#include "value/fit_parts.h"

/* No book's pace is believed beyond: log 4. */
#define MOST_LOG 0x1.62e42fefa39efp+0
/* Of differences in logs: slopes to five digits are enough for a variance. */
#define STEP 1e-5
enum { MOST_PARAMETERS = 8, MOST_STEPS = 100 };

struct pace {
    const kam_accounts *accounts;
    const kam_column *orders;
    kam__family family;
    double horizon;
    int is_too_large; /* a sum was, once */
};

/* What a book comes to. */
struct total {
    double expected, actual, accounts; /* weighted */
    double squares;                    /* of actual - expected */
    int64_t n_rows;
};

struct sums {
    kam_sum expected, actual, accounts, squares;
};

static void add_tile(struct pace *pace, const double *parameter,
                     double log_pace, int64_t first, int32_t n,
                     struct sums *sums, int64_t *n_rows) {
    struct kam__btyd_rows rows;
    double orders_tile[KAM__TILE], weight[KAM__TILE], expected[KAM__TILE];
    double actual[KAM__TILE], squares[KAM__TILE];
    const struct kam__btyd_tile tile =
        kam__btyd_load(pace->accounts, first, n, KAM_ISA_BASE, &rows);
    const double *const orders =
        kam__gather(pace->orders, first, n, orders_tile);
    int32_t m = 0;
    kam__weights(pace->accounts, first, n, weight);
    pace->family->expected(pace->family, parameter, &tile,
                           pace->horizon * kam__exp(log_pace), expected);
    for (int32_t i = 0; i < n; i++) {
        if (rows.flag[i] || !kam__is_weight(weight[i]) ||
            orders[i] != orders[i])
            continue;
        const double deviation = orders[i] - expected[i];
        actual[m] = orders[i];
        expected[m] = expected[i];
        squares[m] = deviation * deviation;
        weight[m++] = weight[i];
    }
    *n_rows += m;
    pace->is_too_large |= kam__accumulate(&sums->expected, expected, weight, m);
    pace->is_too_large |= kam__accumulate(&sums->actual, actual, weight, m);
    pace->is_too_large |= kam__accumulate(&sums->squares, squares, weight, m);
    pace->is_too_large |= kam__accumulate(&sums->accounts, weight, 0, m);
}

static struct total add_up(struct pace *pace, const double *parameter,
                           double log_pace) {
    struct total total;
    struct sums sums;
    memset(&sums, 0, sizeof sums);
    total.n_rows = 0;
    for (int64_t at = 0; at < pace->accounts->n_rows; at += KAM__TILE) {
        const int64_t left = pace->accounts->n_rows - at;
        const int32_t n = (int32_t)(left < KAM__TILE ? left : KAM__TILE);
        add_tile(pace, parameter, log_pace, at, n, &sums, &total.n_rows);
    }
    total.expected = kam_sum_value(&sums.expected);
    total.actual = kam_sum_value(&sums.actual);
    total.squares = kam_sum_value(&sums.squares);
    total.accounts = kam_sum_value(&sums.accounts);
    return total;
}

/* The log of the observed pace, from what is expected at a pace of 1: the secant
 * method on log E, which is nearly a line in the log of the pace, never past the ends
 * of what is left. *is_inside says whether there is one between the bounds. */
static double solve(struct pace *pace, const double *parameter, double expected,
                    double actual, int *is_inside) {
    double end[2] = {-MOST_LOG, MOST_LOG}, x = 0, slope = 1;
    double off = kam__log(expected / actual);
    *is_inside = 1;
    for (int step = 0; step < MOST_STEPS && fabs(off) > 1e-14; step++) {
        const int side = off > 0;
        const double other = end[!side];
        double next = x - off / slope;
        end[side] = x;
        if (x == other) *is_inside = 0;
        if (!(fabs(next - x) < fabs(other - x)))
            next = fabs(other) < MOST_LOG ? (x + other) / 2 : other;
        if (fabs(next - x) < 1e-14) break;
        const double was = off;
        off = kam__log(add_up(pace, parameter, next).expected / actual);
        slope = (off - was) / (next - x);
        if (!(slope > 0)) slope = 1;
        x = next;
    }
    return x;
}

/* What the book comes to more than `here`, in the log of one thing: parameter j, or
 * the pace when j is -1. */
static double slope_of(struct pace *pace, const double *parameter, int32_t j,
                       double log_pace, double here) {
    double moved[MOST_PARAMETERS];
    memcpy(moved, parameter, sizeof moved);
    if (j < 0)
        log_pace += STEP;
    else
        moved[j] *= kam__exp(STEP);
    return (add_up(pace, moved, log_pace).expected - here) / STEP;
}

/* Of the log of the observed pace. */
static double variance_of(struct pace *pace, const double *parameter,
                          const double *covariance, double log_pace) {
    double g[MOST_PARAMETERS] = {0};
    const int32_t p = pace->family->n_parameters;
    const struct total here = add_up(pace, parameter, log_pace);
    const double over = slope_of(pace, parameter, -1, log_pace, here.expected);
    double sum = here.squares * (here.accounts / (here.accounts - 1));
    for (int32_t j = 0; covariance && j < p; j++)
        if (covariance[j * p + j] > 0)
            g[j] = slope_of(pace, parameter, j, log_pace, here.expected);
    for (int32_t j = 0; covariance && j < p * p; j++)
        sum += g[j / p] * covariance[j] * g[j % p];
    return sum / (over * over);
}

/* A normal prior of the log of the pace around 0, its variance from what was seen:
 * so much stays as is not chance (Efron & Morris 1973, JASA 68). */
static void shrink(kam_btyd_pace_report *found, double log_pace) {
    const double chance = found->observed_variance / (log_pace * log_pace);
    const double stays = chance >= 0 && chance < 1 ? 1 - chance : 0;
    found->observed = kam__exp(log_pace);
    found->pace = kam__exp(stays * log_pace);
    found->variance = stays > 0 ? stays * found->observed_variance : 0;
}

static kam_status find(struct pace *pace, const double *parameter,
                       const double *covariance, kam_btyd_pace_report *found,
                       kam_diag *diag) {
    int is_inside = 1;
    const struct total now = add_up(pace, parameter, 0);
    found->expected = now.expected;
    found->actual = now.actual;
    found->n_rows = now.n_rows;
    if (!pace->is_too_large && !(now.accounts >= 2))
        return kam__fail(diag, KAM_ERR_TOO_FEW, "accounts", -1, now.accounts,
                         "{value} accounts have no pace: it takes two.");
    if (!pace->is_too_large && !(now.expected > 0))
        return kam__fail(diag, KAM_ERR_EMPTY, "accounts", -1, now.expected,
                         "{value} orders are expected of the book: it has no "
                         "pace.");
    const double log_pace =
        solve(pace, parameter, now.expected, now.actual, &is_inside);
    found->observed_variance =
        variance_of(pace, parameter, covariance, log_pace);
    if (pace->is_too_large)
        return kam__fail(diag, KAM_ERR_OVERFLOW, "orders", -1, NAN,
                         "orders add up too high.");
    shrink(found, log_pace);
    return is_inside ? KAM_OK : KAM_ERR_AT_BOUND;
}

static kam_status check_orders(const kam_accounts *accounts,
                               const kam_column *orders, kam_diag *diag) {
    const kam_status status =
        kam__column_check(orders, accounts->n_rows, KAM__NUMBERS, 1, "orders",
                          diag);
    for (int64_t i = 0; status == KAM_OK && i < accounts->n_rows; i++) {
        const double n = kam__number_at(orders, i);
        if (n == n && !(n >= 0 && n <= DBL_MAX))
            return kam__fail(diag, KAM_ERR_OPTION, "orders", i, n,
                             "row {row} has {value} orders.");
    }
    return status;
}

kam_status kam_btyd_pace(const kam_btyd *model, const double *covariance,
                         const kam_accounts *accounts, const kam_column *orders,
                         double horizon, kam_btyd_pace_report *out,
                         kam_diag *diag) {
    kam_accounts read;
    kam_btyd_pace_report found = {.struct_size = sizeof found};
    kam_status status = kam__btyd_read_accounts(&read, accounts, diag);
    if (status == KAM_OK)
        status = kam__sized_check(out, KAM__FIRST(kam_btyd_pace_report), "out",
                                  diag);
    if (status != KAM_OK) return status;
    const kam__family family = kam__btyd_read_model(model, &status, diag);
    if (!family) return status;
    if (family->usable)
        return kam__fail(diag, KAM_ERR_UNSUPPORTED, "model.family", -1,
                         family->id,
                         "a family that counts whole periods has no pace.");
    if (!(horizon > 0 && horizon < INFINITY))
        return kam__fail(diag, KAM_ERR_OPTION, "horizon", -1, horizon,
                         "{value} is no length of a window.");
    status = check_orders(&read, orders, diag);
    if (status != KAM_OK) return status;
    struct pace pace = {&read, orders, family, horizon, 0};
    const kam_status verdict =
        find(&pace, model->parameter,
             kam__known_covariance(covariance, family->n_parameters), &found,
             diag);
    if (verdict != KAM_OK && verdict != KAM_ERR_AT_BOUND) return verdict;
    status = kam__sized_write(out, &found, sizeof found,
                              KAM__FIRST(kam_btyd_pace_report), "out", diag);
    if (status != KAM_OK) return status;
    if (verdict == KAM_ERR_AT_BOUND)
        return kam__fail(diag, verdict, "orders", -1, found.actual,
                         "{value} orders are beyond a quarter and four times "
                         "of what the model expects.");
    return kam__ok(diag);
}
