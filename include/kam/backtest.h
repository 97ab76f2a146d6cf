/* SPDX-License-Identifier: MIT */
/**
 * @file kam/backtest.h
 * How good a forecast was (C6): errors of amounts, and of probabilities.
 */
#ifndef KAM_BACKTEST_H
#define KAM_BACKTEST_H

#include "column.h"
#include "host.h"

KAM_BEGIN

/** Errors of a forecast amount, over accounts. */
typedef struct kam_backtest_amount_report {
    uint32_t struct_size; /**< sizeof(kam_backtest_amount_report) */
    uint32_t reserved;    /**< 0 */
    int64_t n_rows;       /**< rows where both are known */
    double actual;        /**< sum of what happened */
    double forecast;      /**< sum of what was forecast */
    double bias;          /**< forecast / actual - 1; NaN when actual is 0 */
    double mae;           /**< mean absolute error an account */
    double rmse;          /**< root mean squared error */
    double wape;          /**< sum |error| / sum |actual|; NaN when that is 0 */
    double correlation;   /**< Pearson's; NaN when either is constant */
} kam_backtest_amount_report;

/** Compares forecast amounts with what happened. Never allocates.
 *  @return KAM_OK; KAM_ERR_EMPTY; 1..19; 41 */
KAM_API kam_status kam_backtest_amount(const kam_column *forecast,
                                       const kam_column *actual, int64_t n_rows,
                                       kam_backtest_amount_report *report,
                                       kam_diag *diag);

/** Errors of a forecast probability of a yes/no event, over accounts. */
typedef struct kam_backtest_event_report {
    uint32_t struct_size; /**< sizeof(kam_backtest_event_report) */
    uint32_t reserved;    /**< 0 */
    int64_t n_rows;       /**< rows where both are known */
    int64_t n_events;     /**< rows where it happened */
    double expected;      /**< sum of the probabilities */
    double brier;         /**< mean squared error of the probability */
    double log_loss;      /**< mean -ln of the probability given to what
                               happened, probabilities kept in 1e-15..1-1e-15 */
    double auc;           /**< chance that a row with the event was ranked above
                               one without, ties half; NaN if either is none */
} kam_backtest_event_report;

/**
 * Compares forecast probabilities with what happened. Allocates (to sort).
 *
 * @param probability shape (n_rows), 0..1
 * @param event       shape (n_rows), 0 or 1
 * @return KAM_OK; KAM_ERR_EMPTY; KAM_ERR_OPTION with the row and value of an
 *         entry out of range; 1..19; 60..79
 */
KAM_API kam_status kam_backtest_event(const kam_column *probability,
                                      const kam_column *event, int64_t n_rows,
                                      const kam_host *host,
                                      kam_backtest_event_report *report,
                                      kam_diag *diag);

KAM_END

#endif
