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

/** One band of probabilities, from the lowest to the highest. */
typedef struct kam_backtest_band {
    int64_t n_rows;   /**< rows in it; equal probabilities stay together */
    int64_t n_events; /**< of these, with the event */
    double forecast;  /**< their mean probability */
    double actual;    /**< share with the event */
    double low;       /**< of actual: Wilson's 95 % interval (1927) */
    double high;      /**< likewise */
} kam_backtest_band;

/** Whether probabilities mean what they say, over bands. */
typedef struct kam_backtest_bands_report {
    uint32_t struct_size; /**< sizeof(kam_backtest_bands_report) */
    int32_t n_bands;      /**< bands written, at most as many as asked for */
    double reliability;   /**< Murphy (1973), lower is better */
    double resolution;    /**< likewise, higher is better */
    double uncertainty;   /**< of the event itself */
    double within;        /**< Brier = reliability - resolution + uncertainty +
                               within: what bands hide */
    double error;         /**< mean |forecast - actual| of a row's band */
    double lift;          /**< share with the event in the top band / of all */
} kam_backtest_bands_report;

/** Calibration by bands of about equal size. Allocates (to sort).
 *  @param n_asked 1..1000 bands
 *  @param[out] bands shape (n_asked)
 *  @return as kam_backtest_event */
KAM_API kam_status kam_backtest_bands(const kam_column *probability,
                                      const kam_column *event, int64_t n_rows,
                                      int32_t n_asked, const kam_host *host,
                                      kam_backtest_band *bands,
                                      kam_backtest_bands_report *report,
                                      kam_diag *diag);

/** Verdicts of a comparison. The numbers are pinned. */
enum {
    KAM_BACKTEST_BETTER = 1,   /**< than the naive forecast */
    KAM_BACKTEST_WORSE = 2,    /**< the naive forecast wins: use it */
    KAM_BACKTEST_UNDECIDED = 3 /**< these rows cannot tell */
};

/** A forecast beside a naive one, row by row. */
typedef struct kam_backtest_versus_report {
    uint32_t struct_size; /**< sizeof(kam_backtest_versus_report) */
    int32_t verdict;      /**< KAM_BACKTEST_*, at 95 % */
    int64_t n_rows;       /**< rows where all is known */
    double log_loss;      /**< of the forecast */
    double naive;         /**< log loss of the naive one */
    double gain;          /**< naive - log_loss, a row */
    double std_error;     /**< of the gain */
} kam_backtest_versus_report;

/** Does a forecast beat a naive one (the book's rate, revenue drop alone)? The
 *  gain's standard error is that of the mean difference. Never allocates.
 *  @return as kam_backtest_event */
KAM_API kam_status kam_backtest_versus(const kam_column *probability,
                                       const kam_column *naive,
                                       const kam_column *event, int64_t n_rows,
                                       kam_backtest_versus_report *report,
                                       kam_diag *diag);

/** Whether two sets of scores are alike. */
typedef struct kam_backtest_stability_report {
    uint32_t struct_size; /**< sizeof(kam_backtest_stability_report) */
    int32_t n_bands;      /**< bands of the first set that were used */
    double psi;           /**< population stability index */
    double chance;        /**< its 95 % quantile when nothing changed, for these
                               numbers of rows */
} kam_backtest_stability_report;

/** Population stability: bands of about equal size of `before`, and how `after`
 *  falls into them, half a row added to each; under no change PSI is (1/n + 1/m)
 *  chi-square (Yurdakul 2018). Allocates (to sort).
 *  @return KAM_OK; KAM_ERR_EMPTY; 1..19; 60..79 */
KAM_API kam_status kam_backtest_stability(
    const kam_column *before, int64_t n_before, const kam_column *after,
    int64_t n_after, int32_t n_asked, const kam_host *host,
    kam_backtest_stability_report *report, kam_diag *diag);

/** What keeping an account costs, and how often it works. */
typedef struct kam_backtest_profit_options {
    uint32_t struct_size; /**< set by _init */
    uint32_t reserved;    /**< 0 */
    double saved_alpha; /**< chance that an offer keeps a leaver: Beta(alpha, */
    double saved_beta;  /**< beta); default 6, 14 (Verbraken et al. 2013) */
    double offer;       /**< cost of an offer taken: money; default 10 */
    double offer_share; /**< plus this share of the value; default 0 */
    double contact;     /**< cost of asking; default 1 */
} kam_backtest_profit_options;

/** The best campaign. */
typedef struct kam_backtest_profit_report {
    uint32_t struct_size; /**< sizeof(kam_backtest_profit_report) */
    uint32_t reserved;    /**< 0 */
    int64_t n_rows;       /**< rows where all is known */
    double profit;        /**< expected, an account of the book */
    double share;         /**< of the book to approach, on average */
} kam_backtest_profit_report;

/** Writes the defaults: EMP's of Verbraken, Verbeke & Baesens (2013). */
KAM_API kam_status kam_backtest_profit_options_init(
    kam_backtest_profit_options *options, uint32_t struct_size);

/** Expected maximum profit of approaching the accounts ranked highest (A4): EMP
 *  with one value for all; EMPB (Janssens et al. 2022) with each account's own
 *  value, offer 0, offer_share 0.05 and contact 15. Allocates (to sort).
 *  @param value shape (n_rows): what an account that stays is worth, >= 0
 *  @return as kam_backtest_event */
KAM_API kam_status kam_backtest_profit(
    const kam_column *rank, const kam_column *value, const kam_column *event,
    int64_t n_rows, const kam_backtest_profit_options *options,
    const kam_host *host, kam_backtest_profit_report *report, kam_diag *diag);

KAM_END

#endif
