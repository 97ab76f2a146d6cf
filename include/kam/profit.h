/* SPDX-License-Identifier: MIT */
/**
 * @file kam/profit.h
 * What an account earns, in layers (P1), and the whale curve of the book (P3).
 */
#ifndef KAM_PROFIT_H
#define KAM_PROFIT_H

#include "account.h"
#include "host.h"

KAM_BEGIN

/**
 * Where to write the layers, each shape (n_rows). NULL: not wanted. Ratios are
 * of net revenue, and NaN with KAM_ROW_DOMAIN where that is not above zero.
 */
typedef struct kam_profit_out {
    uint32_t struct_size;       /**< sizeof(kam_profit_out) */
    uint32_t reserved;          /**< 0 */
    double *net_revenue;        /**< gross revenue - returns; returns not known
                                     count as none */
    double *gross_margin;       /**< net revenue - direct cost */
    double *contribution;       /**< gross margin - cost to serve; a cost to
                                     serve that is not known counts as none */
    double *gross_margin_ratio; /**< of net revenue */
    double *contribution_ratio; /**< of net revenue */
    uint32_t *row_flags;        /**< KAM_ROW_* of the answers wanted */
} kam_profit_out;

/** Computes the layers of every account. Never allocates; can be cancelled.
 *  Reads gross_revenue, returns, direct_cost and service_cost. */
KAM_API kam_status kam_profit_layers(const kam_accounts *accounts,
                                     const kam_host *host,
                                     const kam_profit_out *out, kam_diag *diag);

/** The whale curve in numbers (Kaplan & Narayanan 2001). */
typedef struct kam_whale {
    uint32_t struct_size;  /**< sizeof(kam_whale) */
    uint32_t reserved;     /**< 0 */
    int64_t n_accounts;    /**< accounts with a known profit */
    int64_t n_loss_making; /**< of these, profit below zero */
    int64_t n_to_peak;     /**< accounts, best first, up to the peak: those
                                with a profit above zero */
    double total;          /**< sum of profit */
    double peak;           /**< most that the best accounts earn together; 0
                                when none earns */
    double destroyed;      /**< peak - total: what loss-makers take away */
} kam_whale;

/**
 * Sorts accounts by profit, best first (ties by row), and adds up. Allocates.
 *
 * @param profit   shape (n_rows); missing rows come last and add nothing
 * @param[out] order      shape (n_rows), row numbers, best first; may be NULL
 * @param[out] cumulative shape (n_rows), profit of the best 1, 2, ... accounts;
 *                        may be NULL
 * @param[out] whale      may be NULL
 * @return KAM_OK; KAM_ERR_EMPTY when no profit is known; 1..19; 41; 60..79
 */
KAM_API kam_status kam_profit_whale(const kam_column *profit, int64_t n_rows,
                                    const kam_host *host, int64_t *order,
                                    double *cumulative, kam_whale *whale,
                                    kam_diag *diag);

KAM_END

#endif
