/* SPDX-License-Identifier: MIT */
/**
 * @file kam/segment.h
 * A book in segments with their sums (T8), and accounts whose value and profit
 * disagree (T9).
 */
#ifndef KAM_SEGMENT_H
#define KAM_SEGMENT_H

#include "column.h"
#include "host.h"
#include "tier.h"

KAM_BEGIN

/**
 * Numbers the distinct values of a column, such as industry or region.
 * Allocates.
 *
 * @param key shape (n_rows), integers or texts
 * @param[out] segment   shape (n_rows), 0, 1, ... by first appearance; -1 where
 *                       the key is missing or an empty text
 * @param[out] first_row shape (n_rows), of which the first n_segments are written:
 *                       where a segment appears first; may be NULL
 * @param[out] n_segments how many
 */
KAM_API kam_status kam_segment_number(const kam_column *key, int64_t n_rows,
                                      const kam_host *host, int64_t *segment,
                                      int64_t *first_row, int64_t *n_segments,
                                      kam_diag *diag);

/** One segment's accounts and one amount of theirs. Frozen: 64 bytes. */
typedef struct kam_segment {
    int64_t n_accounts; /**< accounts in the segment */
    int64_t n_known;    /**< of these, the amount is known */
    double total;       /**< sum of the amounts; 0 when none is known */
    double share;       /**< of the total of all segments; NaN when that is not
                             above 0 */
    double mean;        /**< total / n_known; NaN when none is known */
    double least;       /**< smallest amount; NaN when none is known */
    double most;        /**< largest amount; NaN when none is known */
    double reserved;    /**< 0 */
} kam_segment;

/**
 * Adds up an amount by segment. Allocates.
 *
 * @param segment shape (n_rows), [0, n_segments): from kam_segment_number, a tier,
 *                a class; rows with another number, or none, do not count
 * @param amount  shape (n_rows)
 * @param[out] segments shape (n_segments)
 * @return KAM_OK; KAM_ERR_OVERFLOW for an infinite amount, or a total beyond a
 *         double; 1..19; 60..79
 */
KAM_API kam_status kam_segment_add_up(const kam_column *segment,
                                      int64_t n_segments,
                                      const kam_column *amount, int64_t n_rows,
                                      const kam_host *host,
                                      kam_segment *segments, kam_diag *diag);

/** Kinds of bands. The numbers are pinned. */
enum {
    KAM_SEGMENT_SIZE = 1,     /**< large 大型, medium 中型, small 小型 */
    KAM_SEGMENT_FREQUENCY = 2 /**< frequent 高频, regular 中频, rare 低频 */
};

/** Bands of size or frequency, as shares of accounts for kam_tier_cutpoints
 *  (KAM_TIER_BY_RANK): the top 20 %, the next 30 %, the rest; our defaults.
 *  @param[out] bands shape (2) */
KAM_API kam_status kam_segment_preset_bands(kam_tier_band *bands);

/** What a band of the preset is called. Never NULL.
 *  @param band 0..2, as a tier; others are "unknown" (未知) */
KAM_API const char *kam_segment_band_name(int32_t kind, int32_t band,
                                          int32_t language);

/** How value and profit of an account stand to each other. Pinned. */
enum {
    KAM_SEGMENT_UNKNOWN = 0,     /**< one of them is missing */
    KAM_SEGMENT_BOTH = 1,        /**< high value and high profit */
    KAM_SEGMENT_VALUE_ONLY = 2,  /**< high value alone: what does it cost us? */
    KAM_SEGMENT_PROFIT_ONLY = 3, /**< high profit alone: could it be more? */
    KAM_SEGMENT_NEITHER = 4      /**< neither */
};

/** Two ranked lists (T9), each shape (n_rows). NULL: not wanted. */
typedef struct kam_segment_ranks {
    uint32_t struct_size; /**< sizeof(kam_segment_ranks) */
    uint32_t reserved;    /**< 0 */
    int64_t *value_rank;  /**< 1 is the best, ties share it; 0: missing */
    int64_t *profit_rank; /**< as value_rank */
    int32_t *agreement;   /**< KAM_SEGMENT_* */
} kam_segment_ranks;

/** What stands at its default, as bits. */
enum {
    KAM_SEGMENT_DEFAULT_TOP = 1 /**< 0.20 */
};

/** The book's numbers. */
typedef struct kam_segment_agreement {
    uint32_t struct_size;  /**< sizeof(kam_segment_agreement) */
    uint32_t defaults;     /**< written: KAM_SEGMENT_DEFAULT_* */
    int64_t n_both;        /**< accounts with KAM_SEGMENT_BOTH */
    int64_t n_value_only;  /**< ... KAM_SEGMENT_VALUE_ONLY */
    int64_t n_profit_only; /**< ... KAM_SEGMENT_PROFIT_ONLY */
    int64_t n_neither;     /**< ... KAM_SEGMENT_NEITHER */
    double value_limit;    /**< where high value begins */
    double profit_limit;   /**< where high profit begins */
} kam_segment_agreement;

/**
 * Ranks accounts by value and by profit, and tells where they disagree. High is
 * the top `top_share` of the known ones, ties in. Allocates.
 *
 * @param value     shape (n_rows), such as revenue or lifetime value
 * @param profit    shape (n_rows)
 * @param top_share (0, 1]; 0: 0.20, our default
 * @param numbers   may be NULL
 * @return KAM_OK; KAM_ERR_EMPTY; 1..19; 60..79
 */
KAM_API kam_status kam_segment_compare(const kam_column *value,
                                       const kam_column *profit, int64_t n_rows,
                                       double top_share, const kam_host *host,
                                       const kam_segment_ranks *ranks,
                                       kam_segment_agreement *numbers,
                                       kam_diag *diag);

/** The agreement as a phrase, such as "high value, low profit". Never NULL. */
KAM_API const char *kam_segment_agreement_name(int32_t agreement,
                                               int32_t language);

KAM_END

#endif
