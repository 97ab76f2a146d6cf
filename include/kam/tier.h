/* SPDX-License-Identifier: MIT */
/**
 * @file kam/tier.h
 * From a score to a tier (T1, T3, T7), without accounts flapping between two.
 *
 * A policy may speak of the book ("the best 5 %"). One account on a screen has
 * no book, so there are two steps: kam_tier_cutpoints turns a policy and a book
 * into plain score limits, once; kam_tier_assign applies limits to one account
 * or to ten million, and gives each the same tier either way.
 */
#ifndef KAM_TIER_H
#define KAM_TIER_H

#include "column.h"
#include "host.h"

KAM_BEGIN

/** What a band's two numbers are measured in. */
enum {
    KAM_TIER_BY_SCORE = 1, /**< the score itself */
    KAM_TIER_BY_RANK = 2,  /**< share of accounts from the top, 0..1 */
    KAM_TIER_BY_TOTAL = 3  /**< share of the summed score from the top (ABC) */
};

/** One tier's two limits. Frozen: 16 bytes. */
typedef struct kam_tier_band {
    double enter; /**< an account comes in at this or better */
    double keep;  /**< one already in stays at this or better; <= enter for
                       scores, >= enter for shares */
} kam_tier_band;

/** Bands from the best tier down; what fits no band is tier n_bands. */
typedef struct kam_tier_policy {
    uint32_t struct_size;       /**< sizeof(kam_tier_policy) */
    int32_t basis;              /**< KAM_TIER_BY_* */
    int32_t n_bands;            /**< [1, 16] */
    int32_t reserved;           /**< 0 */
    const kam_tier_band *bands; /**< shape (n_bands) */
} kam_tier_policy;

/**
 * T1's payment tiers in CNY: strategic 5,000,000, key 1,000,000, basic 500,000
 * of payments in the trailing 12 months; keep = enter.
 * @param[out] bands shape (3)
 */
KAM_API kam_status kam_tier_preset_cny(kam_tier_band *bands);

/**
 * What a tier is called: with 3 bands "strategic", "key", "basic" and
 * "untiered" (战略级 重点级 基础级 未入级), otherwise "tier 1", ... and
 * "untiered".
 *
 * @param tier     [-1, n_bands]; -1 is "unknown" (未知)
 * @param language KAM_EN or KAM_ZH (kam/reason.h)
 * @return UTF-8, never NULL
 */
KAM_API const char *kam_tier_name(int32_t tier, int32_t n_bands,
                                  int32_t language);

/**
 * Turns a policy into score limits for one book. Allocates; can be cancelled.
 * Equal scores always fall on the same side of a limit: a share that would cut
 * through a tie takes all of the tie in. Limits that are scores already
 * (KAM_TIER_BY_SCORE) are checked and passed through; the book is not read.
 *
 * @param score   shape (n_rows), higher is better; missing and infinite scores
 *                do not count; KAM_TIER_BY_TOTAL counts those below 0 as 0
 * @param[out] limits shape (policy->n_bands), in units of `score`
 * @return KAM_OK; KAM_ERR_EMPTY when no row is usable; 1..19; 60..79
 */
KAM_API kam_status kam_tier_cutpoints(const kam_tier_policy *policy,
                                      const kam_column *score, int64_t n_rows,
                                      const kam_host *host,
                                      kam_tier_band *limits, kam_diag *diag);

/** Where to write, each shape (n_rows). NULL: not wanted. */
typedef struct kam_tier_out {
    uint32_t struct_size; /**< sizeof(kam_tier_out) */
    uint32_t reserved;    /**< 0 */
    int32_t *tier;        /**< 0 is the best, n_bands: none; -1: no answer */
    double *to_next;      /**< score missing to enter the tier above; 0 when in
                               the best */
    double *above_limit;  /**< score above what keeps it in this tier from now
                               on, limits[tier].keep; NaN when untiered */
    uint32_t *row_flags;  /**< KAM_ROW_* */
} kam_tier_out;

/**
 * Applies score limits. Never allocates; can be cancelled. An account in tier t
 * before keeps t or better while its score is at or above limits[t].keep; below
 * that it falls to the first lower tier that its score keeps. Any account is in
 * the best tier that it enters, if that is better.
 *
 * @param limits      shape (n_bands), falling, from kam_tier_cutpoints or by
 *                    hand
 * @param score       shape (n_rows)
 * @param tier_before shape (n_rows), tiers; NULL or missing: no history; what
 *                    is no tier in [0, n_bands] counts as none, KAM_ROW_DOMAIN
 */
KAM_API kam_status kam_tier_assign(const kam_tier_band *limits, int32_t n_bands,
                                   const kam_column *score,
                                   const kam_column *tier_before,
                                   int64_t n_rows, const kam_host *host,
                                   const kam_tier_out *out, kam_diag *diag);

KAM_END

#endif
