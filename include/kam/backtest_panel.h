/* SPDX-License-Identifier: MIT */
/**
 * @file kam/backtest_panel.h
 * Backtests over time (C6): a model fitted again and again on what was known, and
 * how long before an account left it was warned of. docs/models/backtest.md.
 */
#ifndef KAM_BACKTEST_PANEL_H
#define KAM_BACKTEST_PANEL_H

#include "hazard.h"

KAM_BEGIN

/** A model of the host's own: fits on the rows of `train` that have an event, and
 *  forecasts every row. Returns KAM_OK, or why there is no forecast.
 *  @param train       events of the origin and later are missing
 *  @param probability shape (n_rows) */
typedef kam_status (*kam_backtest_panel_model)(void *context,
                                               const kam_panel *train,
                                               double *probability);

/** When to forecast, and by what. */
typedef struct kam_backtest_panel_plan {
    uint32_t struct_size; /**< sizeof(kam_backtest_panel_plan) */
    int32_t link;         /**< KAM_HAZARD_LOGISTIC or _CLOGLOG; without model */
    int64_t first;        /**< first period to forecast */
    int64_t step;         /**< periods forecast by one fit, >= 1 */
    const kam_hazard_options *options; /**< of the hazard; NULL: defaults */
    kam_backtest_panel_model model;    /**< NULL: kam_hazard_fit */
    void *context;                     /**< given to it */
} kam_backtest_panel_plan;

/** What was done. */
typedef struct kam_backtest_panel_report {
    uint32_t struct_size; /**< sizeof(kam_backtest_panel_report) */
    kam_status status;    /**< of the last fit without an answer, or KAM_OK */
    int32_t n_fits;       /**< origins with rows to forecast */
    int32_t n_refused;    /**< of these, without an answer: forecasts are NaN */
    int64_t n_rows;       /**< rows forecast */
} kam_backtest_panel_report;

/**
 * Rolling origin: for o = first, first + step, ... fits on the rows whose period
 * is before o, and forecasts those of [o, o + step). So no event of a later row
 * reaches an earlier forecast. Compare with kam_backtest_event, _bands, _versus.
 * Allocates; can be cancelled.
 *
 * @param period shape (n_rows): integers
 * @param[out] probability shape (n_rows); NaN before `first`
 * @param[out] naive       shape (n_rows): the rate of events before the origin,
 *                         half an event added; or NULL
 * @param[out] report      may be NULL
 * @return KAM_OK; KAM_ERR_EMPTY (no row to forecast); 1..19; 60..79
 */
KAM_API kam_status kam_backtest_panel_rolling(
    const kam_panel *panel, const kam_column *period,
    const kam_backtest_panel_plan *plan, const kam_host *host,
    double *probability, double *naive, kam_backtest_panel_report *report,
    kam_diag *diag);

/** How early the warnings came, over accounts. */
typedef struct kam_backtest_panel_lead_report {
    uint32_t struct_size; /**< sizeof(kam_backtest_panel_lead_report) */
    uint32_t reserved;    /**< 0 */
    int64_t n_left;       /**< accounts that left */
    int64_t n_warned;     /**< of these, under warning when they left */
    int64_t n_stayed;     /**< accounts that did not leave */
    int64_t n_false;      /**< of these, ever under warning */
    double caught;        /**< n_warned / n_left */
    double precision;     /**< n_warned / (n_warned + n_false) */
    double mean_lead;     /**< periods from the warning to the end, of those
                               warned: 0 in the period in which it left */
    double median_lead;   /**< likewise; ties go to the shorter */
} kam_backtest_panel_lead_report;

/**
 * Lead time of the warnings that a threshold gives: an account is under warning
 * since the first of its last periods, one after the other, with a risk at or
 * above it; a period without a risk ends it. Rows after an event are not looked
 * at. Allocates (to sort).
 *
 * @param account, period shape (n_rows): integers
 * @param risk            shape (n_rows)
 * @param event           shape (n_rows): 1 in the period in which it left
 * @return KAM_OK; KAM_ERR_EMPTY; 1..19; 60..79
 */
KAM_API kam_status
kam_backtest_panel_lead(const kam_column *account, const kam_column *period,
                        const kam_column *risk, const kam_column *event,
                        int64_t n_rows, double threshold, const kam_host *host,
                        kam_backtest_panel_lead_report *report, kam_diag *diag);

KAM_END

#endif
