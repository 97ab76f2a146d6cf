/* SPDX-License-Identifier: MIT */
/**
 * @file kam/costing.h
 * What it costs to serve an account (P2), by time-driven activity-based costing
 * (Kaplan & Anderson 2004, Harvard Business Review 82(11)), and shared cost (P1)
 * laid on accounts. Amounts add up to the last cent.
 */
#ifndef KAM_COSTING_H
#define KAM_COSTING_H

#include "column.h"
#include "host.h"

KAM_BEGIN

/** What a group of people or machines costs. Frozen: 16 bytes. */
typedef struct kam_costing_pool {
    double cost; /**< money of the period, >= 0; taken to the nearest cent */
    double capacity; /**< practical capacity of the period, > 0, such as minutes
                          (not the theoretical one: 80 to 85 % of it) */
} kam_costing_pool;

/** Something that is done for accounts. Frozen: 16 bytes. */
typedef struct kam_costing_activity {
    int32_t pool;      /**< whose capacity it takes, [0, n_pools) */
    int32_t reserved;  /**< 0 */
    double units_each; /**< capacity that one takes, >= 0: minutes an order; 1
                            where quantities are minutes already */
} kam_costing_activity;

/** Pools and activities: how work becomes money. */
typedef struct kam_costing_model {
    uint32_t struct_size;                   /**< sizeof(kam_costing_model) */
    int32_t n_pools;                        /**< >= 1 */
    int32_t n_activities;                   /**< >= 1 */
    int32_t cents;                          /**< parts of 1 of money that an
                                                 amount may have, 1..1,000,000;
                                                 0: 100 */
    const kam_costing_pool *pools;          /**< shape (n_pools) */
    const kam_costing_activity *activities; /**< shape (n_activities) */
} kam_costing_model;

/** What was done, for whom. A view: the caller owns every buffer. */
typedef struct kam_costing_lines {
    uint32_t struct_size; /**< sizeof(kam_costing_lines) */
    uint32_t reserved;    /**< 0 */
    int64_t n_rows;       /**< rows in every column */
    int64_t n_accounts;   /**< >= 0 */
    kam_column account;   /**< [0, n_accounts) */
    kam_column activity;  /**< [0, n_activities) */
    kam_column quantity;  /**< of that activity, >= 0 */
} kam_costing_lines;

/** What became of a pool. Frozen: 48 bytes. */
typedef struct kam_costing_use {
    double rate;      /**< money a unit of capacity: cost / capacity */
    double used;      /**< capacity that the lines take */
    double unused;    /**< capacity - used; below 0: more than there is */
    double used_cost; /**< rate * used to the nearest cent: what the amounts of
                             the pool's lines add up to */
    double unused_cost; /**< cost, to the nearest cent, - used_cost: reported,
                             never spread */
    int64_t n_lines;    /**< lines that count */
} kam_costing_use;

/** What stands at its default, as bits. */
enum {
    KAM_COSTING_DEFAULT_CENTS = 1 /**< 100 parts */
};

/** Where to write. NULL: not wanted. */
typedef struct kam_costing_out {
    uint32_t struct_size; /**< sizeof(kam_costing_out) */
    uint32_t reserved;    /**< 0 */
    double *amount;       /**< (n_rows) money, whole cents; NaN where flagged */
    double *rate;         /**< (n_rows) money one of the activity costs: with
                               activity, quantity and amount the trace */
    double *account_cost; /**< (n_accounts) sum of the account's amounts */
    kam_costing_use *use; /**< (n_pools) */
    uint32_t *row_flags;  /**< (n_rows) KAM_ROW_MISSING, KAM_ROW_DOMAIN */
    uint32_t *
        defaults; /**< one number for the call: KAM_COSTING_DEFAULT_* that stand */
} kam_costing_out;

/**
 * Lays the used cost of each pool on its lines. Allocates.
 *
 * A line costs rate * units_each * quantity, rounded down to a cent; the cents
 * that a pool then lacks go one each to the lines that lost most by rounding
 * (largest remainder, ties by row). So the amounts of a pool add up to its
 * used_cost exactly, and those of an account to its account_cost. A flagged line
 * takes no capacity.
 *
 * @return KAM_OK; KAM_ERR_OVERFLOW when a pool's cost is beyond 2^53 cents;
 *         1..19; 60..79
 */
KAM_API kam_status kam_costing_allocate(const kam_costing_model *model,
                                        const kam_costing_lines *lines,
                                        const kam_host *host,
                                        const kam_costing_out *out,
                                        kam_diag *diag);

/**
 * Spreads a shared cost over accounts in proportion to a key (P1), to the last
 * cent, by largest remainder, ties by row. Allocates.
 *
 * @param total  money, >= 0, taken to the nearest cent
 * @param key    shape (n_rows), >= 0; a row without one, or with one below 0,
 *               takes no part, and its amount is NaN
 * @param cents  as in kam_costing_model
 * @param[out] amount shape (n_rows)
 * @return KAM_OK; KAM_ERR_EMPTY when no key is above 0; KAM_ERR_OVERFLOW beyond
 *         2^53 cents; 1..19; 60..79
 */
KAM_API kam_status kam_costing_spread(double total, const kam_column *key,
                                      int64_t n_rows, int32_t cents,
                                      const kam_host *host, double *amount,
                                      kam_diag *diag);

KAM_END

#endif
