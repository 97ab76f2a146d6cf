/* SPDX-License-Identifier: MIT */
/**
 * @file kam/estimate.h
 * What every fit takes, and what it tells: options, a report, and the partial
 * sums by which an engine that holds a book in pieces can fit it.
 */
#ifndef KAM_ESTIMATE_H
#define KAM_ESTIMATE_H

#include "host.h"
#include "sum.h"

KAM_BEGIN

/** What is believed before the data speak. */
enum {
    KAM_PRIOR_NONE = 0, /**< nothing: maximum likelihood */
    KAM_PRIOR_WEAK = 1  /**< normal priors on log parameters, scale-free; each
                             model's page lists their centres and widths */
};

/** How to fit. NULL stands for the defaults. */
typedef struct kam_estimate_options {
    uint32_t struct_size; /**< set by _init */
    int32_t prior;        /**< KAM_PRIOR_*; default none */
    int32_t max_steps;    /**< Newton steps, 1..10000; default 200 */
    int32_t rhythm;       /**< k of an order model with a regular rhythm; 0
                               (default): chosen by likelihood; other models: 0 */
} kam_estimate_options;

/** What a fit tells of itself. */
typedef struct kam_estimate_report {
    uint32_t struct_size;  /**< sizeof(kam_estimate_report) */
    kam_status status;     /**< the fit's verdict, as returned */
    int64_t n_rows;        /**< rows used */
    int64_t n_skipped;     /**< rows left out: missing or out of range */
    int64_t n_distinct;    /**< distinct rows, after equal ones were merged */
    int32_t n_steps;       /**< Newton steps taken */
    int32_t n_evaluations; /**< likelihood evaluations */
    int32_t prior;         /**< KAM_PRIOR_* that was used */
    int32_t culprit; /**< the parameter a verdict names; of KAM_OK without a
                                prior, the one that the weak prior would move most
                                of its standard errors, if by more than one: errors
                                and intervals of this fit do not hold; or -1 */
    double log_likelihood; /**< at the answer, prior not counted */
    double gradient;       /**< largest |gradient| of the log posterior in log
                                parameters there, a row (weighted) */
    double condition;      /**< condition number of the information matrix,
                                scaled to unit diagonal; inf when singular */
} kam_estimate_report;

/**
 * Log likelihood, gradient and Hessian over some rows, in log parameters.
 * Partial results merge to the same bits in any order and of any cut.
 */
typedef struct kam_objective {
    uint32_t struct_size;   /**< sizeof(kam_objective) */
    int32_t n_parameters;   /**< p */
    int64_t n_rows;         /**< rows used */
    int64_t n_skipped;      /**< rows left out: missing or out of range */
    kam_sum log_likelihood; /**< over those rows */
    kam_sum gradient[8];    /**< first p used */
    kam_sum hessian[36];    /**< lower triangle by rows, p (p + 1) / 2 used */
} kam_objective;

/**
 * An interval of one parameter by profile likelihood: all values that, the other
 * parameters making the best of it, fit the rows (with the prior, if one is used)
 * so well that the likelihood-ratio test does not reject them. Unlike an estimate
 * plus and minus standard errors it is not symmetric, and it may have no end.
 */
typedef struct kam_estimate_interval {
    uint32_t struct_size;   /**< sizeof(kam_estimate_interval) */
    int32_t parameter;      /**< in: which, from 0 */
    double level;           /**< in: probability inside, (0, 1), such as 0.95 */
    double estimate;        /**< at the maximum */
    double low;             /**< the least that it may be */
    double high;            /**< the most */
    kam_status fit;         /**< verdict of the fit */
    kam_status low_status;  /**< KAM_OK; KAM_ERR_AT_BOUND: no end, `low` is 0,
                                 or minus infinity for mu; or
                                 KAM_ERR_NOT_CONVERGED: the last value tried */
    kam_status high_status; /**< likewise; no end: `high` is infinite */
    int32_t reserved;       /**< 0 */
} kam_estimate_interval;

/** Writes the defaults into the first `struct_size` bytes of `options`. */
KAM_API kam_status kam_estimate_options_init(kam_estimate_options *options,
                                             uint32_t struct_size);

/** The p value of the likelihood-ratio test (Wilks 1938) of a model against one
 *  that it is nested in, with `n_more` >= 1 parameters more, both fitted to the
 *  same rows without a prior: BdW against sBG, say. Half of it where the smaller
 *  model lies at a bound of the larger (Self & Liang 1987, one parameter). 1 when
 *  the larger fits no better; NaN for what is not known. */
KAM_API double kam_estimate_ratio_test(double log_likelihood,
                                       double larger_log_likelihood,
                                       int32_t n_more);

/** Adds `other` to `objective`; both must be of one model, unless one is empty
 *  (zero but for its struct_size).
 *  @return KAM_OK; KAM_ERR_NULL; KAM_ERR_STRUCT; KAM_ERR_SHAPE;
 *          KAM_ERR_OVERFLOW */
KAM_API kam_status kam_objective_merge(kam_objective *objective,
                                       const kam_objective *other);

KAM_END

#endif
