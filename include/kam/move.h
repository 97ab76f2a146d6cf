/* SPDX-License-Identifier: MIT */
/**
 * @file kam/move.h
 * Tiers that hold still (T7): an account changes its tier when its score is past
 * a limit surely enough, has stayed long enough where it was, and nobody said
 * otherwise for the time being. And who moved, from one day to another.
 */
#ifndef KAM_MOVE_H
#define KAM_MOVE_H

#include "column.h"
#include "host.h"
#include "tier.h"

KAM_BEGIN

/** What became of a tier. The numbers are pinned. */
enum {
    KAM_MOVE_NONE = 0,        /**< no answer: the score is missing */
    KAM_MOVE_NEW = 1,         /**< its first tier */
    KAM_MOVE_SAME = 2,        /**< its score keeps it where it was */
    KAM_MOVE_UP = 3,          /**< promoted */
    KAM_MOVE_DOWN = 4,        /**< demoted */
    KAM_MOVE_HELD_CHANCE = 5, /**< stays: past the limit, but not surely */
    KAM_MOVE_HELD_DWELL = 6,  /**< stays: not long enough where it was */
    KAM_MOVE_OVERRIDE = 7     /**< as the caller says, until a day */
};

/** When a tier may change. */
typedef struct kam_move_options {
    uint32_t struct_size; /**< set by _init */
    int32_t as_of_day;    /**< "today", a day number; must be set */
    int32_t dwell_months; /**< calendar months in a tier before it may change,
                               [0, 1200]; default 0: none */
    int32_t reserved;     /**< 0 */
    double confidence;    /**< least chance_up or chance_down for a move,
                               (0, 1]; default 0.8 */
} kam_move_options;

/** What stands at its default, as bits. */
enum {
    KAM_MOVE_DEFAULT_DWELL = 1,     /**< no months */
    KAM_MOVE_DEFAULT_CONFIDENCE = 2 /**< 0.8 */
};

/** Writes the defaults into the first `struct_size` bytes of `options`. */
KAM_API kam_status kam_move_options_init(kam_move_options *options,
                                         uint32_t struct_size);

/**
 * What is known of each account. A view; every column but `score` may be absent.
 *
 * What is sure comes in one of two ways. `score_low` and `score_high` are bounds
 * of the true score, such as the ends of a lifetime value's interval: the ends of
 * an 80 % interval are each passed with a chance of 10 %, so a move that they
 * allow has a chance of 90 % or more. `chance_up` and `chance_down` are the
 * caller's own probabilities. A move must pass all that are given.
 */
typedef struct kam_move_rows {
    uint32_t struct_size;      /**< sizeof(kam_move_rows) */
    uint32_t reserved;         /**< 0 */
    int64_t n_rows;            /**< rows in every column that is present */
    kam_column score;          /**< higher is better */
    kam_column tier_before;    /**< [0, n_bands]; missing: none yet */
    kam_column since;          /**< day on which it came to that tier */
    kam_column score_low;      /**< <= score */
    kam_column score_high;     /**< >= score */
    kam_column chance_up;      /**< 0..1, that the true score enters the tier
                                    that the score enters */
    kam_column chance_down;    /**< 0..1, that the true score is below what
                                    keeps the tier before */
    kam_column override_tier;  /**< [0, n_bands]; missing: none */
    kam_column override_until; /**< first day on which it no longer holds;
                                    without one there is no override */
} kam_move_rows;

/** Where to write, each shape (n_rows). NULL: not wanted. */
typedef struct kam_move_out {
    uint32_t struct_size; /**< sizeof(kam_move_out) */
    uint32_t reserved;    /**< 0 */
    int32_t *tier;        /**< 0 is the best, n_bands: none; -1: no answer */
    int32_t *verdict;     /**< KAM_MOVE_* */
    int32_t *proposed;    /**< tier that the score alone would give, by
                               kam_tier_assign; -1: no answer */
    int32_t *since;       /**< day it came to `tier`: as_of_day when it moved;
                               KAM_NO_DAY (kam/ledger.h) when not known */
    uint32_t *row_flags;  /**< KAM_ROW_MISSING: the score, an override's end, or
                               what a move had to be judged by; KAM_ROW_DOMAIN:
                               a tier that is none, bounds that do not hold the
                               score, a chance outside 0..1 */
    uint32_t *
        defaults; /**< one number for the call: KAM_MOVE_DEFAULT_* that stand */
} kam_move_out;

/**
 * Decides tiers. Never allocates; can be cancelled.
 *
 * In this order: an override that has not expired; no tier before: that of the
 * score; the tier that the score proposes, if it is the tier before; dwell, counted
 * in calendar months from `since` (a move without `since` is flagged, not held);
 * then as far up as score_low enters, or as far down as score_high still keeps,
 * and only with chance_up or chance_down at or above `confidence`. Evidence that
 * is given for other rows but missing here holds the tier.
 *
 * @param limits shape (n_bands), falling, from kam_tier_cutpoints or by hand
 */
KAM_API kam_status kam_move_decide(const kam_move_options *options,
                                   const kam_tier_band *limits, int32_t n_bands,
                                   const kam_move_rows *rows,
                                   const kam_host *host,
                                   const kam_move_out *out, kam_diag *diag);

/** The verdict as a phrase, such as "promoted" (晋级), KAM_EN or KAM_ZH
 *  (kam/reason.h). Never NULL. */
KAM_API const char *kam_move_name(int32_t verdict, int32_t language);

/** Who was in which tier on two days. */
typedef struct kam_move_table {
    uint32_t struct_size; /**< sizeof(kam_move_table) */
    int32_t n_bands;      /**< set by the caller, 1..16 */
    int64_t *count;       /**< shape (n_bands + 2, n_bands + 2): accounts from
                               tier (row) to tier (column); n_bands: untiered,
                               n_bands + 1: not in the book, or no answer */
    double *amount;       /**< the same shape, sum of `amount`; NULL: not
                               wanted */
    int64_t n_up;         /**< written: to a better tier */
    int64_t n_down;       /**< written: to a worse one */
    int64_t n_same;       /**< written: to the same */
    int64_t n_new;        /**< written: had no tier before */
    int64_t n_gone;       /**< written: has none after */
} kam_move_table;

/**
 * Counts moves between two days (a migration table). Never allocates.
 *
 * @param before shape (n_rows), [0, n_bands]; missing, or any other number: no
 *               answer
 * @param after  as before
 * @param amount shape (n_rows), such as revenue; missing counts as no money; may
 *               be NULL when table->amount is
 * @return KAM_OK; KAM_ERR_OVERFLOW for an infinite amount; 1..19
 */
KAM_API kam_status kam_move_count(const kam_column *before,
                                  const kam_column *after,
                                  const kam_column *amount, int64_t n_rows,
                                  kam_move_table *table, kam_diag *diag);

KAM_END

#endif
