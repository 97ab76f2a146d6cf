/* SPDX-License-Identifier: MIT */
/**
 * @file kam/profit.h
 * What an account earns, in layers (P1), the whale curve of the book (P3), and who
 * is served more than it brings (P4).
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

/**
 * The last layer (P1): net profit = contribution - shared cost, and its ratio to
 * net revenue. Never allocates; can be cancelled. Shared cost comes from
 * kam_costing_spread, or a host's own rule.
 *
 * @param contribution shape (n_rows), as the other two columns
 * @param[out] net_profit shape (n_rows); may be NULL
 * @param[out] ratio      shape (n_rows); NaN, with KAM_ROW_DOMAIN, where net
 *                        revenue is not above zero; may be NULL
 * @param[out] row_flags  shape (n_rows), KAM_ROW_*; may be NULL
 */
KAM_API kam_status kam_profit_net(const kam_column *contribution,
                                  const kam_column *shared_cost,
                                  const kam_column *net_revenue, int64_t n_rows,
                                  const kam_host *host, double *net_profit,
                                  double *ratio, uint32_t *row_flags,
                                  kam_diag *diag);

/** Any layer or cost over net revenue (P1), with the flags of kam_profit_net.
 *  Never allocates; can be cancelled. */
KAM_API kam_status kam_profit_ratio(const kam_column *layer,
                                    const kam_column *net_revenue,
                                    int64_t n_rows, const kam_host *host,
                                    double *ratio, uint32_t *row_flags,
                                    kam_diag *diag);

/** What shares of cost to serve and of contribution are of. Frozen: 16 bytes. */
typedef struct kam_profit_served {
    double service_cost; /**< of the book, above zero */
    double contribution; /**< of the book, above zero */
} kam_profit_served;

/** Adds up a book for P4. Never allocates. Missing amounts do not count.
 *  @return KAM_OK; KAM_ERR_EMPTY when a total is not above zero; 1..19; 41 */
KAM_API kam_status kam_profit_served_fit(const kam_column *service_cost,
                                         const kam_column *contribution,
                                         int64_t n_rows,
                                         kam_profit_served *book,
                                         kam_diag *diag);

/** What stands at its default, as bits. */
enum {
    KAM_PROFIT_DEFAULT_LIMIT = 1 /**< 1 */
};

/** Where to write, each shape (n_rows). NULL: not wanted. */
typedef struct kam_profit_served_out {
    uint32_t struct_size;       /**< sizeof(kam_profit_served_out) */
    uint32_t reserved;          /**< 0 */
    double *cost_share;         /**< of the book's cost to serve */
    double *contribution_share; /**< of the book's contribution */
    int32_t *over_served;       /**< 1, 0; -1: not known */
    uint32_t *row_flags;        /**< KAM_ROW_MISSING */
    uint32_t *
        defaults; /**< one number for the call: KAM_PROFIT_DEFAULT_* that stand */
} kam_profit_served_out;

/**
 * Flags accounts that are served more than they bring (P4): their share of cost to
 * serve is above `limit` times their share of contribution; an account that brings
 * nothing is over-served at any cost. Never allocates; can be cancelled.
 *
 * @param limit > 0; 0: 1, our default
 */
KAM_API kam_status kam_profit_over_served(
    const kam_profit_served *book, const kam_column *service_cost,
    const kam_column *contribution, int64_t n_rows, double limit,
    const kam_host *host, const kam_profit_served_out *out, kam_diag *diag);

KAM_END

#endif
