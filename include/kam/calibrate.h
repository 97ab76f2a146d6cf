/* SPDX-License-Identifier: MIT */
/**
 * @file kam/calibrate.h
 * Probabilities that mean what they say: a curve from a model's probability to
 * the share of events seen at it, fitted on rows that the model did not see.
 * Formulas: docs/models/calibrate.md.
 */
#ifndef KAM_CALIBRATE_H
#define KAM_CALIBRATE_H

#include "column.h"
#include "host.h"

KAM_BEGIN

/** Curves. The numbers are pinned. */
enum {
    KAM_CALIBRATE_AUTO = 0,    /**< by the number of events; see `why` */
    KAM_CALIBRATE_PLATT = 1,   /**< Platt (1999): two numbers */
    KAM_CALIBRATE_BETA = 2,    /**< Kull, Silva Filho & Flach (2017): three */
    KAM_CALIBRATE_ISOTONIC = 3 /**< Ayer et al. (1955): any rising curve */
};

/** Why a curve was taken. The numbers are pinned. */
enum {
    KAM_CALIBRATE_ASKED = 1,  /**< the caller wanted it */
    KAM_CALIBRATE_FEW = 2,    /**< below 50 events, or non-events: Platt */
    KAM_CALIBRATE_SOME = 3,   /**< below 1,000 of either: beta */
    KAM_CALIBRATE_MANY = 4,   /**< 1,000 of both: isotonic */
    KAM_CALIBRATE_NO_ROOM = 5 /**< many, but no memory for knots: beta */
};

/** A fitted curve: plain numbers, and knots in the caller's memory. */
typedef struct kam_calibration {
    int32_t method;        /**< KAM_CALIBRATE_PLATT to _ISOTONIC */
    int32_t why;           /**< why this one: KAM_CALIBRATE_ASKED to _NO_ROOM */
    double coefficient[3]; /**< Platt: a, b of a logit(p) + b; beta: a, b, c of
                                a ln p - b ln(1 - p) + c */
    int64_t n_knots;       /**< isotonic: used entries of knot and level */
    int64_t n_rows;        /**< rows of the fit */
    int64_t n_events;      /**< of these, with the event */
    double *knot;          /**< rising probabilities; NULL: none */
    double *level;         /**< what they mean; lines in between */
} kam_calibration;

/** The reason's name, such as "few_events". Never NULL. */
KAM_API const char *kam_calibrate_why_name(int32_t why);

/**
 * Fits a curve. Allocates; can be cancelled. The same rows give the same bits in
 * any order.
 *
 * @param method      KAM_CALIBRATE_*
 * @param probability shape (n_rows), 0..1; rows that lack it or an event are
 *                    left out
 * @param event       shape (n_rows), 0 or 1
 * @param[out] knot   shape (n_rows), and
 * @param[out] level  shape (n_rows): memory for an isotonic curve, kept by
 *                    `curve`; both NULL: none
 * @return KAM_OK; KAM_ERR_EMPTY; KAM_ERR_ONE_CLASS; KAM_ERR_OPTION with the row
 *         and value of an entry out of range; KAM_ERR_NOT_CONVERGED; 1..19;
 *         60..79
 */
KAM_API kam_status kam_calibrate_fit(int32_t method,
                                     const kam_column *probability,
                                     const kam_column *event, int64_t n_rows,
                                     const kam_host *host, double *knot,
                                     double *level, kam_calibration *curve,
                                     kam_diag *diag);

/**
 * Calibrated probabilities. Never allocates; can be cancelled.
 *
 * @param[out] calibrated shape (n_rows); NaN where missing or not within 0..1
 * @param[out] row_flags  shape (n_rows), written; may be NULL
 */
KAM_API kam_status kam_calibrate_apply(const kam_calibration *curve,
                                       const kam_column *probability,
                                       int64_t n_rows, const kam_host *host,
                                       double *calibrated, uint32_t *row_flags,
                                       kam_diag *diag);

KAM_END

#endif
