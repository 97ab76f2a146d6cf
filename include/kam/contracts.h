/* SPDX-License-Identifier: MIT */
/**
 * @file kam/contracts.h
 * From a table of contracts, a row each with all its renewals, to what
 * kam/retention.h reads: what was known of each on a day, today or long ago, and
 * what came of it since. Rules and examples: docs/models/contracts.md.
 *
 * A contract's terms end `term_months`, 2 `term_months`, ... calendar months
 * after its start (kam_calendar_add_months): on each of these days it is decided
 * whether it is renewed. One that is over by then, or whose end is that day or
 * the day before (the term's last), was not renewed there.
 */
#ifndef KAM_CONTRACTS_H
#define KAM_CONTRACTS_H

#include "host.h"
#include "ledger.h"

KAM_BEGIN

/** The days of a month where lengths are counted in terms: 365.25 / 12. The
 *  period_days of a model of these terms is `term_months` times as long. */
#define KAM_CONTRACTS_MONTH_DAYS 30.4375

/** A table of contracts. A view: the caller owns every buffer. Days are KAM_DAY,
 *  KAM_I32 or KAM_I64 in the years 1 to 9999; KAM_NO_DAY is missing. */
typedef struct kam_contracts {
    uint32_t struct_size; /**< sizeof(kam_contracts) */
    uint32_t reserved;    /**< 0 */
    int64_t n_rows;       /**< rows in every column that is present */
    kam_column start_day; /**< the first day of the first term */
    kam_column end_day;   /**< when it ended, or is to end: the last day or the
                                 day after it, not before start_day. Missing:
                                 none is known, and it runs */
    kam_column ended;     /**< 1: not renewed at end_day, which may be to come
                                 (notice was given); 0: it runs, though end_day
                                 may be past; missing: as end_day says */
    kam_column
        term_months; /**< from one decision to the next, whole, 1..1200 */
} kam_contracts;

/** What a contract is on a day. The numbers are pinned. */
enum {
    KAM_CONTRACTS_RUNS = 1,    /**< and may be renewed */
    KAM_CONTRACTS_LEAVES = 2,  /**< runs, and notice was given */
    KAM_CONTRACTS_ENDED = 3,   /**< is over */
    KAM_CONTRACTS_TO_COME = 4, /**< begins later */
    KAM_CONTRACTS_UNSEEN = 5   /**< was over before the table began */
};

/** What was known: arrays of shape (n_rows), NULL: not wanted. Of rows to come,
 *  unseen or unusable, numbers are NaN, so that fits leave them out, and days
 *  KAM_NO_DAY. */
typedef struct kam_contracts_view {
    uint32_t struct_size;    /**< sizeof(kam_contracts_view) */
    uint32_t reserved;       /**< 0 */
    int32_t *state;          /**< KAM_CONTRACTS_*; 0: the row cannot be used */
    double *renewals;        /**< of one whose end is known: those before it */
    double *contract_ended;  /**< for a fit. 1: the decision after those was to
                                  end. 0 until all of its age have decided, too:
                                  else a fit would see only those that end */
    double *renewals_before; /**< those before `since_day`; without one 0 */
    double *periods_to_end;  /**< terms until end_day, >= 0 */
    int32_t *end_day;        /**< of the term that runs, or when it ended or is
                                  to; INT32_MAX: after the year 9999 */
    uint32_t *row_flags;     /**< KAM_ROW_MISSING: no start, no term, or ended
                                  without a day; KAM_ROW_DOMAIN: out of range */
} kam_contracts_view;

/**
 * Contracts as known on a day. Of today, `is_past` is 0: what the table says of
 * that day holds, ends and notices to come included; a decision due on it is not
 * made yet. With `is_past` 1 the day is over and nothing of later days is known:
 * its own decisions are made, later ends and notices, and whether a later end
 * was planned, are hidden, and no change of the table after that day changes
 * any answer. An end on a term's last day counts as on the day after.
 * Never allocates; can be cancelled.
 *
 * @param as_of_day the day, in the years 1 to 9999
 * @param since_day the table lacks contracts that ended before this day (left
 *                  truncation); KAM_NO_DAY: it lacks none
 * @param is_past   0 or 1
 * @return KAM_OK; KAM_ERR_OPTION; 1..19; 60..79
 */
KAM_API kam_status kam_contracts_known(const kam_contracts *contracts,
                                       int32_t as_of_day, int32_t since_day,
                                       int32_t is_past, const kam_host *host,
                                       const kam_contracts_view *out,
                                       kam_diag *diag);

/** What came of contracts in the days after one: arrays of shape (n_rows), NULL:
 *  not wanted. NaN where a contract did not run when that day was over. */
typedef struct kam_contracts_outcome {
    uint32_t struct_size; /**< sizeof(kam_contracts_outcome) */
    uint32_t reserved;    /**< 0 */
    double *renewed;      /**< decisions of those days that renewed it */
    double *ended;        /**< 1: one more was due in them, and did not; 0 */
    double *open;         /**< 1: one more is due on the as-of day: not settled,
                               and in neither of the two; 0 */
    double *early;        /**< 1: it ended in those days, within a term; 0 */
    double *lost;         /**< 1: it does not run when they are over; 0: it
                               does; NaN: open, so that only an end is known */
    double *terms;        /**< terms that it ran in them, each as long as
                               KAM_CONTRACTS_MONTH_DAYS says; at most all */
    uint32_t *row_flags;  /**< as in kam_contracts_view */
} kam_contracts_outcome;

/**
 * What came of the contracts that ran when `day` was over (kam_contracts_known
 * with `is_past`), in the days after it to `last_day`, by what the table says
 * on `as_of_day`: how a forecast made on `day` is held against what came. Never
 * allocates; can be cancelled.
 *
 * @param day       in the years 1 to 9999
 * @param last_day  after `day`, up to as_of_day
 * @param as_of_day when the table was written, in the years 1 to 9999
 * @return KAM_OK; KAM_ERR_OPTION; 1..19; 60..79
 */
KAM_API kam_status kam_contracts_came(const kam_contracts *contracts,
                                      int32_t day, int32_t last_day,
                                      int32_t as_of_day, const kam_host *host,
                                      const kam_contracts_outcome *out,
                                      kam_diag *diag);

KAM_END

#endif
