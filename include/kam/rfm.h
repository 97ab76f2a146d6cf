/* SPDX-License-Identifier: MIT */
/**
 * @file kam/rfm.h
 * Recency, frequency, money: scores by quantiles (T5), from cuts that are fitted
 * to a book once and can be frozen and used again.
 */
#ifndef KAM_RFM_H
#define KAM_RFM_H

#include "column.h"
#include "host.h"

KAM_BEGIN

/** What stands at its default, as bits. */
enum {
    KAM_RFM_DEFAULT_SCORES = 1 /**< 5 */
};

/** Fitted cuts: plain numbers. Frozen: 224 bytes, store it as you like. Entry k,
 *  from 0, of each array is where score n_scores - k begins. */
typedef struct kam_rfm {
    int32_t n_scores;    /**< scores are 1 .. n_scores, the best; [2, 10] */
    uint32_t defaults;   /**< KAM_RFM_DEFAULT_* */
    double recency[9];   /**< that many days since the last order, or fewer */
    double frequency[9]; /**< that many orders, or more */
    double money[9];     /**< that much money, or more */
} kam_rfm;

/**
 * Cuts each measure of a book into n_scores parts of equal count. Allocates.
 *
 * The k-th best part ends at account number ceil(k n / n_scores), ties at the cut
 * all in: equal accounts have equal scores, and the better one. Missing and
 * infinite values do not count.
 *
 * @param n_scores [2, 10]; 0: 5, the usual
 * @param recency  shape (n_rows), days since the last order; fewer is better
 * @param frequency shape (n_rows), orders
 * @param money    shape (n_rows), revenue or mean order value
 * @return KAM_OK; KAM_ERR_EMPTY, with the measure that has no value; 1..19;
 *         60..79
 */
KAM_API kam_status kam_rfm_fit(int32_t n_scores, const kam_column *recency,
                               const kam_column *frequency,
                               const kam_column *money, int64_t n_rows,
                               const kam_host *host, kam_rfm *cuts,
                               kam_diag *diag);

/** Where to write, each shape (n_rows). NULL: not wanted. */
typedef struct kam_rfm_out {
    uint32_t struct_size; /**< sizeof(kam_rfm_out) */
    uint32_t reserved;    /**< 0 */
    int32_t *recency;     /**< 1 .. n_scores; 0 where it is missing */
    int32_t *frequency;   /**< as recency */
    int32_t *money;       /**< as recency */
    uint32_t *row_flags;  /**< KAM_ROW_MISSING: a measure that was given */
} kam_rfm_out;

/** Scores accounts by cuts. A measure may be NULL: not wanted. Never allocates;
 *  can be cancelled. */
KAM_API kam_status kam_rfm_score(const kam_rfm *cuts, const kam_column *recency,
                                 const kam_column *frequency,
                                 const kam_column *money, int64_t n_rows,
                                 const kam_host *host, const kam_rfm_out *out,
                                 kam_diag *diag);

KAM_END

#endif
