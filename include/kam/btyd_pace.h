/* SPDX-License-Identifier: MIT */
/**
 * @file kam/btyd_pace.h
 * Whether the book orders faster or slower than its past says. Order models take
 * an account's rate as constant; a business that grows, or a market that shrinks,
 * moves the rates of all accounts at once, and every forecast errs to one side.
 * A forecast made a year ago and what came of it tell by how much.
 */
#ifndef KAM_BTYD_PACE_H
#define KAM_BTYD_PACE_H

#include "btyd.h"

KAM_BEGIN

/** What kam_btyd_pace found. */
typedef struct kam_btyd_pace_report {
    uint32_t struct_size; /**< sizeof(kam_btyd_pace_report) */
    uint32_t reserved;    /**< 0 */
    double pace;     /**< > 0: as many days of the past pass in a day to come; 1
                          where what came does not tell otherwise */
    double variance; /**< of log(pace), given what came */
    double observed; /**< the pace at which the model comes to just what came,
                          chance included */
    double observed_variance; /**< of log(observed) */
    double expected;          /**< orders of all accounts, at a pace of 1 */
    double actual;            /**< orders that came */
    int64_t n_rows;           /**< accounts that count */
} kam_btyd_pace_report;

/**
 * The pace of a book: g such that the orders expected in `horizon` periods come to
 * those that came, where the book's time passes g times as fast, shrunk towards 1
 * by what may be chance (docs/models/pace.md). It goes to kam_clv_options. Accounts
 * of unusable history, and those whose orders are missing, do not count; an
 * account counts as often as its weight. The window is best a whole year, so that
 * seasons cancel. Never allocates. The same rows give the same bits in any order.
 *
 * @param model      fitted to the book as it was when the window began; not
 *                   KAM_BTYD_BGBB, whose time comes in whole periods
 * @param covariance shape (p, p), of log parameters; NULL, or NaN in any entry: not
 *                   known, and its part of the variances is left out
 * @param accounts   the book as it was when the window began
 * @param orders     shape (n_rows): orders of each account in the window, >= 0
 * @param horizon    length of the window in periods, > 0, finite
 * @param[out] out   its struct_size must be set
 * @return KAM_OK; KAM_ERR_TOO_FEW: fewer than two accounts count, by
 *         weight;
 *         KAM_ERR_EMPTY: no order is expected of them;
 *         KAM_ERR_AT_BOUND: the book came to less than a quarter of its pace or to
 *         more than four times, and that bound is reported; KAM_ERR_OPTION with the row
 *         and value of orders below zero or endless; KAM_ERR_OVERFLOW; 1..19
 */
KAM_API kam_status kam_btyd_pace(const kam_btyd *model,
                                 const double *covariance,
                                 const kam_accounts *accounts,
                                 const kam_column *orders, double horizon,
                                 kam_btyd_pace_report *out, kam_diag *diag);

KAM_END

#endif
