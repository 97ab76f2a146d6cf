/* SPDX-License-Identifier: MIT */
/**
 * @file kam/hazard.h
 * The risk that an account leaves within a period, from its signals (C2): a
 * discrete-time hazard (Allison 1982; Prentice & Gloeckler 1978). The expert
 * scorecard is the prior, so that it works before anybody left, and the data
 * move it from the first event on. Formulas and limits: docs/models/hazard.md.
 *
 * score = coefficient[0] + offset + sum over j of coefficient[1 + j] * column j.
 */
#ifndef KAM_HAZARD_H
#define KAM_HAZARD_H

#include "host.h"
#include "panel.h"
#include "reason.h"
#include "sum.h"

KAM_BEGIN

/** From score to risk. The numbers are pinned. */
enum {
    KAM_HAZARD_LOGISTIC = 1, /**< risk = 1 / (1 + exp(-score)) */
    KAM_HAZARD_CLOGLOG = 2   /**< risk = 1 - exp(-exp(score)): proportional
                                  hazards, seen by the period */
};

/** When to use Firth's penalty (1993), which keeps an answer finite. */
enum {
    KAM_FIRTH_AUTO = 0,   /**< when the data separate */
    KAM_FIRTH_ALWAYS = 1, /**< from the start */
    KAM_FIRTH_NEVER = 2   /**< separated data end in KAM_ERR_SEPARATED */
};

/** What an answer is. The numbers are pinned. */
enum {
    KAM_HAZARD_FITTED = 1,     /**< the most likely coefficients */
    KAM_HAZARD_PRIOR_ONLY = 2, /**< no event, or only events: the prior */
    KAM_HAZARD_SEPARATED = 3,  /**< a column tells events apart without error;
                                    the answer is Firth's */
    KAM_HAZARD_FIRTH = 4       /**< Firth's, as asked for */
};

/** A model to apply: numbers of the caller's. Frozen. */
typedef struct kam_hazard {
    int32_t link;              /**< KAM_HAZARD_LOGISTIC or _CLOGLOG */
    int32_t n_columns;         /**< signals, as many as the panel has */
    const double *coefficient; /**< shape (1 + n_columns), constant first */
    const double *covariance; /**< shape (1 + n_columns, same); NULL: unknown */
} kam_hazard;

/** How to fit. NULL stands for the defaults. */
typedef struct kam_hazard_options {
    uint32_t struct_size; /**< set by _init */
    int32_t firth;        /**< KAM_FIRTH_*; default auto */
    int32_t max_steps;    /**< Newton steps, 1..10000; default 200 */
    /** 1: standard errors that hold when the model does not (Huber 1967, White
     *  1982), by panel.cluster when given (Liang & Zeger 1986, times
     *  G / (G - 1)); default 0 */
    int32_t robust;
    double ridge; /**< >= 0: precision added to every coefficient but the
                       constant; default 0 */
    const double *prior_mean;      /**< shape (1 + n_columns); NULL: 0 */
    const double *prior_precision; /**< shape (1 + n_columns), >= 0, 1 /
                                        variance; NULL: none */
} kam_hazard_options;

/** What a fit tells of itself. */
typedef struct kam_hazard_report {
    uint32_t struct_size;  /**< sizeof(kam_hazard_report) */
    kam_status status;     /**< as returned */
    int32_t verdict;       /**< KAM_HAZARD_*; 0: no answer */
    int32_t culprit;       /**< the column a verdict names, or -1 */
    int64_t n_rows;        /**< rows used */
    int64_t n_skipped;     /**< rows left out: missing or out of range */
    int64_t n_events;      /**< rows used with the event */
    int64_t n_clusters;    /**< clusters; 0 when not asked for */
    int32_t n_steps;       /**< Newton steps taken */
    int32_t has_prior;     /**< 1: a prior or ridge was used */
    double log_likelihood; /**< at the answer, prior and penalty not counted */
    double log_likelihood_null; /**< of a constant alone; NaN with offsets */
    double gradient;  /**< length of the gradient there, in standard errors, at
                          most */
    double collinear; /**< least share of a column's variance that the others
                           leave unexplained, weighted as in the fit */
} kam_hazard_report;

/** The verdict's name, such as "separated". Never NULL. */
KAM_API const char *kam_hazard_verdict_name(int32_t verdict);

/** Writes the defaults into the first `struct_size` bytes of `options`. */
KAM_API kam_status kam_hazard_options_init(kam_hazard_options *options,
                                           uint32_t struct_size);

/**
 * The expert scorecard as a prior (C2, C4): at its limit of practice each signal
 * doubles the odds of leaving, give or take as much (one standard deviation).
 * The table of limits is on the model's page; all are defaults of ours.
 *
 * @param reason    shape (n_columns): KAM_REASON_USAGE ..; others get a mean of
 *                  0 and a standard deviation of ln 2 a unit
 * @param base_risk of an account without any signal, a period, in (0, 1); 0:
 *                  the default of 0.02. Its log-odds have a standard deviation
 *                  of 1
 * @param[out] mean      shape (1 + n_columns)
 * @param[out] precision shape (1 + n_columns)
 */
KAM_API kam_status kam_hazard_expert(int32_t link, const int32_t *reason,
                                     int32_t n_columns, double base_risk,
                                     double *mean, double *precision,
                                     kam_diag *diag);

/**
 * Fits by maximum likelihood, or a posteriori with a prior or ridge. Allocates;
 * can be cancelled. The same rows give the same bits in any order and on any
 * executor.
 *
 * @param[out] coefficient shape (1 + n_columns), constant first
 * @param[out] covariance  shape (1 + n_columns, same); may be NULL. The diagonal
 *                         holds squared standard errors
 * @param[out] report      may be NULL; written with every verdict
 * @return KAM_OK, also for PRIOR_ONLY and SEPARATED, which the report tells;
 *         KAM_ERR_EMPTY; KAM_ERR_TOO_FEW (fewer rows than coefficients;
 *         robust errors of one cluster);
 *         KAM_ERR_CONSTANT, KAM_ERR_COLLINEAR (a column that says nothing new),
 *         KAM_ERR_ONE_CLASS (all rows alike, and no prior), KAM_ERR_SEPARATED
 *         (Firth refused), each naming the column in `diag`, without an answer;
 *         KAM_ERR_NOT_CONVERGED with the best point; 1..19; 41; 60..79
 */
KAM_API kam_status kam_hazard_fit(int32_t link, const kam_panel *panel,
                                  const kam_hazard_options *options,
                                  const kam_host *host, double *coefficient,
                                  double *covariance, kam_hazard_report *report,
                                  kam_diag *diag);

/**
 * Adds log likelihood, gradient and lower triangle of the information matrix
 * (expected; by rows) to 1 + q + q (q + 1) / 2 sums, q = 1 + n_columns: for
 * engines that hold a panel in pieces. Merge with kam_sum_merge. Never
 * allocates.
 *
 * @param[in,out] sums      zeroed by the caller before the first piece
 * @param[in,out] n_rows    rows used are added; may be NULL
 */
KAM_API kam_status kam_hazard_objective(const kam_hazard *model,
                                        const kam_panel *panel,
                                        const kam_host *host, kam_sum *sums,
                                        int64_t *n_rows, kam_diag *diag);

/**
 * The risk of each row, 0..1, and its interval: that of the score (Wald), which
 * needs model->covariance. Never allocates; can be cancelled.
 *
 * @param confidence in (0, 1); read only when low or high are wanted
 * @param[out] risk, low, high shape (n_rows); each may be NULL
 * @param[out] row_flags       shape (n_rows), written; may be NULL
 */
KAM_API kam_status kam_hazard_risk(const kam_hazard *model,
                                   const kam_panel *panel, double confidence,
                                   const kam_host *host, double *risk,
                                   double *low, double *high,
                                   uint32_t *row_flags, kam_diag *diag);

/**
 * Why each score is what it is: base (an account at the reference, offset
 * included; value: its risk), the `top` largest contributions by size, and the
 * rest. All parts are multiples of 2^-40 and add up exactly to the score rounded
 * to one. Never allocates; can be cancelled.
 *
 * @param reference shape (n_columns): the typical account; NULL: zeros
 * @param top       0..n_columns
 * @param[out] reasons   shape (n_rows, top + 2): base, largest first, rest
 * @param[out] row_flags shape (n_rows), written; may be NULL
 */
KAM_API kam_status kam_hazard_reasons(const kam_hazard *model,
                                      const kam_panel *panel,
                                      const double *reference, int32_t top,
                                      const kam_host *host, kam_reason *reasons,
                                      uint32_t *row_flags, kam_diag *diag);

KAM_END

#endif
