/* SPDX-License-Identifier: MIT */
/**
 * @file kam/key_account.h
 * What makes a key account (T4): it orders often, much, at a margin, and is a
 * large part of the book; and it does so again and again.
 */
#ifndef KAM_KEY_ACCOUNT_H
#define KAM_KEY_ACCOUNT_H

#include "column.h"
#include "host.h"

KAM_BEGIN

/** The four tests, as numbers of arrays; 1 << number is the bit of `passed`. */
enum {
    KAM_KEY_ACCOUNT_FREQUENCY = 0, /**< repeat orders */
    KAM_KEY_ACCOUNT_VOLUME = 1,    /**< repeat revenue */
    KAM_KEY_ACCOUNT_MARGIN = 2,    /**< margin */
    KAM_KEY_ACCOUNT_SHARE = 3      /**< share of the book's revenue */
};

/** The cuts. */
typedef struct kam_key_account_options {
    uint32_t struct_size;       /**< set by _init */
    uint32_t reserved;          /**< 0 */
    double top_share[4];        /**< share of accounts, from the top, that pass
                                     each test, (0, 1]; default 0.25 */
    double least_repeat_orders; /**< fewer are no loyalty, >= 1; default 2: one
                                     large order, first or second, is none */
} kam_key_account_options;

/** Writes the defaults into the first `struct_size` bytes of `options`. */
KAM_API kam_status kam_key_account_options_init(
    kam_key_account_options *options, uint32_t struct_size);

/** What stands at its default, as bits. */
enum {
    KAM_KEY_ACCOUNT_DEFAULT_SHARES = 1, /**< 0.25 each */
    KAM_KEY_ACCOUNT_DEFAULT_ORDERS = 2  /**< 2 */
};

/** A fitted test: plain numbers. Frozen: 56 bytes. */
typedef struct kam_key_account {
    double cut[4]; /**< least repeat orders, repeat revenue, margin, revenue */
    double total;  /**< revenue of the book, what shares are of */
    double least_repeat_orders; /**< as in the options */
    uint32_t defaults;          /**< KAM_KEY_ACCOUNT_DEFAULT_* */
    uint32_t reserved;          /**< 0 */
} kam_key_account;

/** What is known of each account. A view. */
typedef struct kam_key_account_rows {
    uint32_t struct_size;      /**< sizeof(kam_key_account_rows) */
    uint32_t reserved;         /**< 0 */
    int64_t n_rows;            /**< rows in every column */
    kam_column repeat_orders;  /**< orders after the first */
    kam_column repeat_revenue; /**< money of these, the largest left out where
                                    the host knows it */
    kam_column margin;         /**< money */
    kam_column revenue;        /**< money */
} kam_key_account_rows;

/** Fits the cuts to a book, ties in, as kam_tier_cutpoints has them. Allocates.
 *  @param options NULL: the defaults
 *  @return KAM_OK; KAM_ERR_EMPTY when a column has no value, or total revenue is
 *          not above 0; KAM_ERR_OVERFLOW for an infinite revenue; 1..19; 60..79 */
KAM_API kam_status kam_key_account_fit(const kam_key_account_options *options,
                                       const kam_key_account_rows *rows,
                                       const kam_host *host,
                                       kam_key_account *fitted, kam_diag *diag);

/** Where to write, each shape (n_rows). NULL: not wanted. */
typedef struct kam_key_account_out {
    uint32_t struct_size; /**< sizeof(kam_key_account_out) */
    uint32_t reserved;    /**< 0 */
    int32_t *is_key;     /**< 1: all four, with enough repeat orders; 0; -1: not
                               known, because of what is missing */
    uint32_t *passed;    /**< bits of the tests passed */
    double *share;       /**< of the book's revenue */
    uint32_t *row_flags; /**< KAM_ROW_MISSING */
} kam_key_account_out;

/** Tests accounts. Never allocates; can be cancelled. */
KAM_API kam_status kam_key_account_test(const kam_key_account *fitted,
                                        const kam_key_account_rows *rows,
                                        const kam_host *host,
                                        const kam_key_account_out *out,
                                        kam_diag *diag);

/** What a test is called, such as "frequency" (频次). Never NULL. */
KAM_API const char *kam_key_account_test_name(int32_t test, int32_t language);

KAM_END

#endif
