/* SPDX-License-Identifier: MIT */
/**
 * @file kam/additive.h
 * A glass box: the log-odds of leaving are a constant plus one step function a
 * signal (and, on request, a pair of signals), fitted together. What each signal
 * does can be read off and printed; reasons are exact by construction. Missing
 * is a step of its own. Formulas: docs/models/additive.md.
 */
#ifndef KAM_ADDITIVE_H
#define KAM_ADDITIVE_H

#include "host.h"
#include "panel.h"
#include "reason.h"

KAM_BEGIN

/** One step function: of `column`, or of it and `second`. Frozen. The bin of a
 *  value is 0 when it is missing, else 1 + the number of edges at or below it. */
typedef struct kam_additive_term {
    int32_t column;       /**< 0-based */
    int32_t second;       /**< of a pair; -1: none */
    int32_t n_edges;      /**< of column: n_edges + 2 bins */
    int32_t n_second;     /**< edges of second; 0 without */
    int64_t first_edge;   /**< where they begin in kam_additive.edge; those of
                              second follow */
    int64_t first_weight; /**< where its weights begin; a pair's by rows, second
                               running fastest */
} kam_additive_term;

/** A model: numbers in the caller's memory, of kam_additive_room's shapes. */
typedef struct kam_additive {
    int32_t n_columns;       /**< signals, as many as the panel has */
    int32_t n_terms;         /**< terms used */
    double constant;         /**< log-odds of the average account */
    kam_additive_term *term; /**< shape (n_terms) */
    double *edge;            /**< rising within each list */
    double *weight;          /**< log-odds, multiples of 2^-40 */
    double *std_error;       /**< of the weights; NULL: not wanted */
} kam_additive;

/** How to fit. NULL stands for the defaults. */
typedef struct kam_additive_options {
    uint32_t struct_size; /**< set by _init */
    int32_t most_bins; /**< a signal, missing not counted, 2..250; default 32 */
    double smooth;     /**< weight on squared steps between neighbours, > 0;
                               0, the default: chosen by 3-fold cross-validation
                               within the rows given */
    const int32_t *direction; /**< shape (n_columns): 1 may only rise, -1 only
                                   fall, 0 free; NULL: free */
    int32_t n_pairs;          /**< 0..64 */
    int32_t pair_bins;        /**< a side of a pair, 2..14; default 6 */
    const int32_t *pair;      /**< shape (n_pairs, 2): columns */
} kam_additive_options;

/** What a fit tells of itself. */
typedef struct kam_additive_report {
    uint32_t struct_size; /**< sizeof(kam_additive_report) */
    kam_status status;    /**< as returned */
    int64_t n_rows;       /**< rows used */
    int64_t n_skipped;    /**< rows without an event, or weight out of range */
    int64_t n_events;     /**< rows used with the event */
    int32_t n_weights;    /**< of all terms */
    int32_t n_steps;      /**< Newton steps of the last fit */
    double smooth;        /**< used */
    double log_loss;      /**< mean, of the rows of the fit */
    double held_out;      /**< mean log loss of rows held out in the choice of
                                `smooth`; NaN when it was given, or there
                                were too few events or clusters to choose by */
} kam_additive_report;

/** One bin of a term, and what it says: a line of a scorecard. */
typedef struct kam_additive_bin {
    double from;      /**< at or above; -inf for the first, NaN for missing */
    double to;        /**< below; inf for the last, NaN for missing */
    int64_t n_rows;   /**< rows of the panel in it */
    int64_t n_events; /**< of these, with the event */
    double woe;    /**< weight of evidence: ln of its share of the events over
                           its share of the others, half a row added to each */
    double iv;     /**< its part of the information value */
    double weight; /**< log-odds it adds */
    double points; /**< on the scale given; more is safer */
} kam_additive_bin;

/** A points scale (Siddiqi 2006): `points` at odds of staying of `odds` to 1,
 *  `pdo` more when they double. */
typedef struct kam_additive_scale {
    double points; /**< such as 600 */
    double odds;   /**< such as 19, > 0 */
    double pdo;    /**< such as 50, > 0 */
} kam_additive_scale;

/** Writes the defaults into the first `struct_size` bytes of `options`. */
KAM_API kam_status kam_additive_options_init(kam_additive_options *options,
                                             uint32_t struct_size);

/** Shapes of the memory of a model: terms, edges, weights.
 *  @return KAM_OK; KAM_ERR_OPTION; KAM_ERR_SHAPE; KAM_ERR_NULL */
KAM_API kam_status kam_additive_room(int32_t n_columns,
                                     const kam_additive_options *options,
                                     int32_t *n_terms, int64_t *n_edges,
                                     int64_t *n_weights, kam_diag *diag);

/**
 * Fits by penalised maximum likelihood. Allocates; can be cancelled. The same
 * rows give the same bits in any order.
 *
 * @param panel          event 0 or 1, weight; NaN signals are missing, offset is
 *                       not read
 * @param[in,out] model  term, edge, weight (and std_error) set by the caller
 * @param[out] report    may be NULL
 * @return KAM_OK; KAM_ERR_EMPTY; KAM_ERR_ONE_CLASS; KAM_ERR_NOT_CONVERGED when
 *         a given `smooth` is too small to hold the weights; 1..19; 60..79
 */
KAM_API kam_status kam_additive_fit(const kam_panel *panel,
                                    const kam_additive_options *options,
                                    const kam_host *host, kam_additive *model,
                                    kam_additive_report *report,
                                    kam_diag *diag);

/** Risk of each row, 0..1, and its log-odds. Never allocates; can be cancelled.
 *  @param[out] risk, score shape (n_rows); each may be NULL */
KAM_API kam_status kam_additive_risk(const kam_additive *model,
                                     const kam_panel *panel,
                                     const kam_host *host, double *risk,
                                     double *score, kam_diag *diag);

/** Why: base (the average account; value: its risk), the `top` largest terms by
 *  size, the rest; they add up exactly to the score. A pair's id is 1000 +
 *  n_columns + its position. Never allocates; can be cancelled.
 *  @param[out] reasons shape (n_rows, top + 2) */
KAM_API kam_status kam_additive_reasons(const kam_additive *model,
                                        const kam_panel *panel, int32_t top,
                                        const kam_host *host,
                                        kam_reason *reasons, kam_diag *diag);

/** The table of one term that is no pair, over a panel: weight of evidence,
 *  information value, points. Never allocates.
 *  @param scale NULL: 600 points at 19 to 1, 50 to double
 *  @param[out] bins  shape (n_edges + 2): missing first
 *  @param[out] iv    the information value; may be NULL
 *  @param[out] base_points of the constant; may be NULL */
KAM_API kam_status kam_additive_table(const kam_additive *model,
                                      const kam_panel *panel, int32_t term,
                                      const kam_additive_scale *scale,
                                      kam_additive_bin *bins, double *iv,
                                      double *base_points, kam_diag *diag);

KAM_END

#endif
