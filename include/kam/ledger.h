/* SPDX-License-Identifier: MIT */
/**
 * @file kam/ledger.h
 * From order lines in any order to one row an account.
 *
 * A ledger takes lines in chunks, keeps a few numbers an account, and counts
 * every rule it applied and every line it dropped. Two ledgers over two pieces
 * of a log merge to the ledger of the whole, to the bit, whatever the order of
 * the lines and the cut.
 *
 * The rules (examples: docs/models/ledger.md):
 *  - all lines of one account on one day are one order (`order` column absent),
 *    or all of one account and order number are, worth their sum, on the day of
 *    the earliest (present; a line without a number is read as without it);
 *  - an amount below zero is a return: it lowers revenue and is never an order;
 *    a numbered order worth less than zero is none;
 *  - an amount of zero (a numbered order worth zero) is an order, as in the
 *    CDNOW table of the literature, unless `zero_is_order` says otherwise;
 *  - lines without account, day or amount, and lines after `as_of_day` or
 *    before `first_day`, are dropped and counted, each for the first reason
 *    that holds, in the order of kam_ledger_report. Equal lines are two lines.
 *
 * Memory grows with accounts and order days (about 100 and at most 16 bytes),
 * not with lines; with orders, too, when they have numbers; 40 more a day kept.
 */
#ifndef KAM_LEDGER_H
#define KAM_LEDGER_H

#include "account.h"
#include "host.h"
#include "sum.h"

KAM_BEGIN

/** No day. */
#define KAM_NO_DAY INT32_MIN

/** A growing summary of a log. Opaque; freed by kam_ledger_free. */
typedef struct kam_ledger kam_ledger;

/** How to read the log. */
typedef struct kam_ledger_options {
    uint32_t struct_size;  /**< set by _init */
    int32_t as_of_day;     /**< "today", a day number; must be set */
    int32_t first_day;     /**< earlier lines are dropped; KAM_NO_DAY: none */
    int32_t zero_is_order; /**< 1 (default) or 0 */
    int32_t window_months; /**< trailing window, 1..120, default 12: from the
                                day after the one so many calendar months
                                before as_of_day, to as_of_day */
    int32_t n_quarters;    /**< trailing quarters of revenue, 0..40; default 0;
                                cut 3, 6, ... months before as_of_day, as it */
    double period_days;    /**< days in a period, > 0; default 7 */
    int32_t keep_values;   /**< 1: keep each day's value, for `log_values` */
    int32_t value_first;   /**< 1: the first day is among `valued_orders` */
} kam_ledger_options;

/** A chunk of order lines. A view: the caller owns every buffer. */
typedef struct kam_lines {
    uint32_t struct_size; /**< sizeof(kam_lines) */
    uint32_t reserved;    /**< 0 */
    int64_t n_rows;       /**< rows in every column that is present */
    kam_column account;   /**< KAM_I64, KAM_I32 or text; one kind a ledger */
    kam_column day;       /**< KAM_DAY, KAM_I32 or KAM_I64 days since 1970 */
    kam_column revenue;   /**< money, |amount| <= 2^52; below 0: a return */
    kam_column cost;      /**< money; not known beyond 2^52; may be absent */
    kam_column order; /**< order number, as account; in all chunks or none */
} kam_lines;

/** Cost-to-serve postings (P2). A view. Rows are dropped as lines are. */
typedef struct kam_activities {
    uint32_t struct_size; /**< sizeof(kam_activities) */
    uint32_t reserved;    /**< 0 */
    int64_t n_rows;       /**< rows in every column */
    kam_column account;   /**< as in kam_lines */
    kam_column day;       /**< as in kam_lines */
    kam_column cost;      /**< money, |amount| <= 2^52 */
} kam_activities;

/** What happened to the lines. All counts are of lines unless they say else. */
typedef struct kam_ledger_report {
    uint32_t struct_size;         /**< sizeof(kam_ledger_report) */
    uint32_t reserved;            /**< 0 */
    int64_t n_lines;              /**< lines given */
    int64_t n_used;               /**< lines that count in the summary */
    int64_t n_missing_account;    /**< dropped: no account, or an empty one */
    int64_t n_missing_day;        /**< dropped: no day, or KAM_NO_DAY */
    int64_t n_missing_amount;     /**< dropped: no revenue, or NaN */
    int64_t n_bad_amount;         /**< dropped: infinite or beyond 2^52 */
    int64_t n_bad_day;            /**< dropped: not in the years 1 to 9999 */
    int64_t n_after_as_of;        /**< dropped: after as_of_day */
    int64_t n_before_first;       /**< dropped: before first_day */
    int64_t n_returns;            /**< used: amount below zero */
    int64_t n_zero;               /**< used: amount zero */
    int64_t n_missing_cost;       /**< used, but without a cost that is known */
    int64_t n_merged;             /**< used: joined another line's order */
    int64_t n_accounts;           /**< accounts with a used line or posting */
    int64_t n_without_order;      /**< accounts that never ordered */
    int64_t n_orders;             /**< orders after merging */
    int64_t n_void_orders;        /**< numbered orders that do not count */
    int64_t n_activities;         /**< activity rows used */
    int64_t n_activities_dropped; /**< activity rows dropped, for any reason */
    int32_t first_line_day;       /**< earliest day used, KAM_NO_DAY if none */
    int32_t last_line_day;        /**< latest day used, KAM_NO_DAY if none */
} kam_ledger_report;

/**
 * Where to write the summary: every array of shape (n_accounts), accounts in
 * ascending order of key (numbers by value, text by bytes). NULL: not wanted.
 * A number that is not known is NaN, a day KAM_NO_DAY. An account that never
 * ordered has no days, 0 orders, and NaN from `repeat_orders` to
 * `mean_order_value`; its money is known.
 */
typedef struct kam_summary {
    uint32_t struct_size;       /**< sizeof(kam_summary) */
    uint32_t reserved;          /**< 0 */
    int64_t *key;               /**< the account, when keys are integers */
    int32_t *first_day;         /**< day of the first order */
    int32_t *last_day;          /**< day of the last order */
    double *orders;             /**< orders, the first included */
    double *repeat_orders;      /**< order days after the first, each once */
    double *last_order_periods; /**< first order to last order, periods */
    double *age_periods;        /**< first order to as_of_day, periods */
    double *mean_order_value;   /**< value of all orders after the first day,
                                     a day of `valued_orders`; 0 when none */
    double *gross_revenue;      /**< sum of amounts > 0 */
    double *returns;            /**< minus the sum of amounts < 0 */
    double *direct_cost;        /**< NaN when one of its used lines lacks it */
    double *service_cost;    /**< 0 without a posting; NaN when none has any */
    double *window_revenue;  /**< revenue net of returns, trailing window */
    double *window_cost;     /**< cost there; NaN when a line there lacks it */
    double *quarter_revenue; /**< shape (n_accounts, n_quarters), net of
                                     returns, oldest quarter first */
    uint32_t *row_flags;     /**< KAM_ROW_MISSING: never ordered */
    double *log_gaps;        /**< kam_account.log_gaps; 0 with one order */
    double *valued_orders;   /**< days that mean_order_value is the mean of */
    double *log_values;      /**< theirs; NaN: one is worth 0, or not kept */
} kam_summary;

/** Writes the defaults into the first `struct_size` bytes of `options`. */
KAM_API kam_status kam_ledger_options_init(kam_ledger_options *options,
                                           uint32_t struct_size);

/** Makes an empty ledger, NULL on failure. Allocates. `host` is copied; its
 *  memory serves every later call on this ledger. */
KAM_API kam_status kam_ledger_new(const kam_ledger_options *options,
                                  const kam_host *host, kam_ledger **ledger,
                                  kam_diag *diag);

/**
 * Adds a chunk of lines. Allocates; can be cancelled. On any error but
 * KAM_ERR_CANCELLED, KAM_ERR_MEMORY and KAM_ERR_OVERFLOW the ledger is as
 * before; after those three it can only be freed: every other call returns the
 * same status again.
 * @return KAM_OK; KAM_ERR_TYPE when keys are of another kind than before, or
 *         `order` comes and goes between chunks; any of 1..19, 41, 60..79
 */
KAM_API kam_status kam_ledger_add(kam_ledger *ledger, const kam_lines *lines,
                                  kam_diag *diag);

/** Adds cost-to-serve postings, as kam_ledger_add does lines. An account that
 * has only postings never ordered. */
KAM_API kam_status kam_ledger_add_activities(kam_ledger *ledger,
                                             const kam_activities *activities,
                                             kam_diag *diag);

/** Adds all that `other` holds; `other` stays. Allocates; can be cancelled.
 *  Fails as kam_ledger_add does; the options must be equal (KAM_ERR_OPTION),
 *  keys and order numbers of one kind (KAM_ERR_TYPE). */
KAM_API kam_status kam_ledger_merge(kam_ledger *ledger, const kam_ledger *other,
                                    kam_diag *diag);

/** How many accounts it holds; 0 for NULL. */
KAM_API int64_t kam_ledger_n_accounts(const kam_ledger *ledger);

/** Writes the counts so far. Never allocates. */
KAM_API kam_status kam_ledger_report_of(const kam_ledger *ledger,
                                        kam_ledger_report *report,
                                        kam_diag *diag);

/** Writes one row an account. Allocates (to sort); can be cancelled.
 *  @return KAM_OK; KAM_ERR_TYPE when `out->key` is given and keys are texts */
KAM_API kam_status kam_ledger_summarise(const kam_ledger *ledger,
                                        const kam_summary *out, kam_diag *diag);

/**
 * The keys of text accounts, in the order of the summary. Allocates (to sort).
 * @param[out] text   shape (n_accounts), each points into the ledger, until it
 *                    is freed, and ends in NUL
 * @param[out] length shape (n_accounts), bytes
 * @return KAM_ERR_TYPE when keys are integers
 */
KAM_API kam_status kam_ledger_keys(const kam_ledger *ledger, const char **text,
                                   int64_t *length, kam_diag *diag);

/** Gives the memory back. NULL is fine. */
KAM_API void kam_ledger_free(kam_ledger *ledger);

KAM_END

#endif
