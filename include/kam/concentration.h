/* SPDX-License-Identifier: MIT */
/**
 * @file kam/concentration.h
 * How much of a book hangs on few accounts (T3, P5).
 */
#ifndef KAM_CONCENTRATION_H
#define KAM_CONCENTRATION_H

#include "column.h"
#include "host.h"

KAM_BEGIN

/** Concentration of one amount over a book. */
typedef struct kam_concentration {
    uint32_t struct_size;    /**< sizeof(kam_concentration) */
    uint32_t reserved;       /**< 0 */
    int64_t n_accounts;      /**< accounts with a known amount */
    int64_t n_negative;      /**< of these, below zero */
    int64_t n_for_80;        /**< fewest accounts that hold 80 % of the total */
    int64_t n_at_10;         /**< accounts that hold 10 % or more (IFRS 8) */
    int64_t n_at_50;         /**< accounts that hold 50 % or more */
    double total;            /**< sum of the amounts */
    double largest_share;    /**< of the total, 0..1 */
    double top_10_share;     /**< held by the ceil(10 % n) largest accounts */
    double top_20_share;     /**< held by the ceil(20 % n) largest accounts */
    double gini;             /**< 0 equal .. 1: 2 sum(i x_i) / (n sum x) -
                                  (n + 1) / n, x ascending; NaN when an amount
                                  is negative */
    double hhi;              /**< Herfindahl-Hirschman index, sum of squared
                                  shares, 0..1 (times 10,000 for points) */
    double effective_number; /**< 1 / hhi: concentrated as this many equals */
    double gini_signed;      /**< as gini, over the sum of |x_i| in place of
                                  that of x_i: 0..1 whatever the signs, and equal
                                  to gini when none is below zero; NaN when all
                                  amounts are 0 (Raffinetti et al. 2015) */
} kam_concentration;

/**
 * Measures concentration. Allocates (to sort). Shares, and all that follows
 * from them, are NaN (counts 0) when the total is not above zero. Counts take a
 * share within 2^-46 of a line as on it, for cents are not exact in binary.
 *
 * @param amount shape (n_rows); missing rows do not count
 * @param[out] share shape (n_rows), each account's share; NaN where missing;
 *                   may be NULL
 * @return KAM_OK; KAM_ERR_EMPTY when no amount is known; 1..19; 41; 60..79
 */
KAM_API kam_status kam_concentration_measure(
    const kam_column *amount, int64_t n_rows, const kam_host *host,
    double *share, kam_concentration *result, kam_diag *diag);

/**
 * The curves of Lorenz (1905): what the k largest, and what the k smallest,
 * accounts hold of the total. Allocates (to sort).
 *
 * @param amount shape (n_rows); missing rows do not count
 * @param[out] top    shape (n_rows), share that the 1, 2, ... largest hold: the
 *                    top-k shares, for every k; NaN past the last known; may be
 *                    NULL
 * @param[out] lorenz shape (n_rows), the same of the 1, 2, ... smallest; may be
 *                    NULL
 * @param[out] n_known how many amounts are known; may be NULL
 * @return KAM_OK; KAM_ERR_EMPTY when no amount is known, or their total is not
 *         above zero; 1..19; 41; 60..79
 */
KAM_API kam_status kam_concentration_curve(const kam_column *amount,
                                           int64_t n_rows, const kam_host *host,
                                           double *top, double *lorenz,
                                           int64_t *n_known, kam_diag *diag);

/**
 * Groups accounts under common control (P5), so that concentration can be
 * measured over groups. Accounts belong together when one names the other as its
 * parent, or both name the same, through any number of steps; a parent need not
 * be an account. Allocates.
 *
 * @param key    shape (n_rows), the accounts' names, integers or texts; NULL:
 *               none, `parent` only marks who belongs together
 * @param parent shape (n_rows), of the kind of `key`; missing: none
 * @param amount shape (n_rows); may be NULL
 * @param[out] group        shape (n_rows), 0, 1, ... by the first row of each
 * @param[out] group_amount shape (n_rows), the first n_groups are written: sum
 *                          of the known amounts, NaN when none is; may be NULL
 * @param[out] n_groups     how many
 * @return KAM_OK; KAM_ERR_TYPE when key and parent are of two kinds;
 *         KAM_ERR_OVERFLOW for an infinite amount; 1..19; 60..79
 */
KAM_API kam_status kam_concentration_groups(
    const kam_column *key, const kam_column *parent, const kam_column *amount,
    int64_t n_rows, const kam_host *host, int64_t *group, double *group_amount,
    int64_t *n_groups, kam_diag *diag);

KAM_END

#endif
