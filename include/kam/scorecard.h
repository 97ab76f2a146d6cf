/* SPDX-License-Identifier: MIT */
/**
 * @file kam/scorecard.h
 * Weighted criteria as one number, with its parts (T6): strategic fit, or how much
 * an account depends on us (P6).
 */
#ifndef KAM_SCORECARD_H
#define KAM_SCORECARD_H

#include "column.h"
#include "host.h"

KAM_BEGIN

/** One criterion. Frozen: 24 bytes. */
typedef struct kam_scorecard_criterion {
    double weight; /**< > 0; only ratios of weights matter */
    double worst;  /**< the value that scores 0 */
    double best;   /**< the value that scores 1, above or below `worst`; values
                        between score on a straight line, others 0 or 1 */
} kam_scorecard_criterion;

/** A scorecard. */
typedef struct kam_scorecard {
    uint32_t struct_size;  /**< sizeof(kam_scorecard) */
    int32_t n_criteria;    /**< [1, 64] */
    double least_coverage; /**< share of the weight that must be known, [0, 1]:
                                from there on, what is known is weighed anew;
                                below it there is no score. 1: all; 0: any one */
    const kam_scorecard_criterion *criteria; /**< shape (n_criteria) */
} kam_scorecard;

/** What stands at its default, as bits. */
enum {
    KAM_SCORECARD_DEFAULT_STICKINESS = 1 /**< the criteria are those of
                                              kam_scorecard_preset_stickiness */
};

/** Where to write. NULL: not wanted. */
typedef struct kam_scorecard_out {
    uint32_t struct_size; /**< sizeof(kam_scorecard_out) */
    uint32_t reserved;    /**< 0 */
    double *score;        /**< (n_rows) 0..1; NaN below the coverage */
    double *coverage;     /**< (n_rows) share of the weight that is known */
    double *part;         /**< (n_rows, n_criteria) what each criterion adds to
                               the score, multiples of 2^-40: they add up to it
                               exactly, in any order; NaN where it is missing */
    uint32_t *row_flags;  /**< (n_rows) KAM_ROW_MISSING: a criterion */
    uint32_t *
        defaults; /**< one number for the call: KAM_SCORECARD_DEFAULT_* that stand */
} kam_scorecard_out;

/**
 * Scores accounts. Never allocates; can be cancelled.
 *
 * @param values shape (n_criteria), columns of shape (n_rows)
 */
KAM_API kam_status kam_scorecard_score(const kam_scorecard *scorecard,
                                       const kam_column *values, int64_t n_rows,
                                       const kam_host *host,
                                       const kam_scorecard_out *out,
                                       kam_diag *diag);

/**
 * Ranks scores, or anything else of which more is better. Allocates.
 *
 * @param score shape (n_rows)
 * @param[out] rank shape (n_rows), 1 is the best; equal scores share the best of
 *                  their ranks; 0 where missing
 */
KAM_API kam_status kam_scorecard_rank(const kam_column *score, int64_t n_rows,
                                      const kam_host *host, int64_t *rank,
                                      kam_diag *diag);

/**
 * Stickiness 业务依赖 (P6), how much an account depends on us, as a scorecard of
 * three criteria of equal weight: services used (0 .. n_services), integration
 * (0 .. 1) and alternatives it has (3 or more .. 0). It is no part of
 * concentration, which is how much we depend on the account (kam/concentration.h).
 *
 * @param n_services services that we offer, > 0
 * @param[out] criteria shape (3)
 * @return KAM_OK; KAM_ERR_NULL; KAM_ERR_OPTION
 */
KAM_API kam_status kam_scorecard_preset_stickiness(
    double n_services, kam_scorecard_criterion *criteria);

KAM_END

#endif
