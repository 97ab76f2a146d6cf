/* SPDX-License-Identifier: MIT */
/**
 * @file kam/survival.h
 * Time until an account leaves, some of them not gone yet: Kaplan-Meier, Cox's
 * proportional hazards, concordance. Formulas: docs/models/survival.md.
 *
 * Of kam_panel these functions read `stop` (the time of the event, or the end of
 * what is known), `event` (0 or 1), `weight`, `stratum`, and `start`: under
 * observation in (start, stop], from the beginning when absent; several rows of
 * one account carry signals that change. Rows with something missing or start >=
 * stop are left out. `offset` is read by Cox's model. All allocate and can be
 * cancelled; the order of the rows does not matter to the bits.
 */
#ifndef KAM_SURVIVAL_H
#define KAM_SURVIVAL_H

#include "host.h"
#include "panel.h"

KAM_BEGIN

/** Events at the same time. The numbers are pinned. */
enum {
    KAM_TIES_EFRON = 1,  /**< Efron (1977) */
    KAM_TIES_BRESLOW = 2 /**< Breslow (1974) */
};

/** Scales of the interval of a survival curve. The numbers are pinned. */
enum {
    KAM_SURVIVAL_LOG_LOG = 1, /**< stays within 0..1; for few events */
    KAM_SURVIVAL_LOG = 2,     /**< as R's survfit does it */
    KAM_SURVIVAL_PLAIN = 3    /**< S +- z se, cut to 0..1 */
};

/** A survival curve: memory of the caller's, and how much of it was used. */
typedef struct kam_survival_curve {
    uint32_t struct_size; /**< sizeof(kam_survival_curve) */
    int32_t scale;        /**< KAM_SURVIVAL_*; 0: log-log */
    double confidence;    /**< of low..high, in (0, 1); 0: 0.95 */
    int64_t n_times;      /**< written: distinct times, at most n_rows */
    int64_t n_rows;       /**< written: rows used */
    int64_t n_skipped;    /**< written: rows left out */
    double median; /**< written: first time with survival <= 1/2, or NaN */
    /* shape (n_rows of the panel) each; NULL: not wanted */
    double *time;      /**< rising */
    double *n_risk;    /**< weight at risk just before */
    double *n_event;   /**< weight of the events there */
    double *survival;  /**< just after */
    double *std_error; /**< Greenwood's; NaN where survival is 0 */
    double *low;       /**< of the interval at this time, not of the curve */
    double *high;      /**< likewise */
    /** of the curve: with that confidence all of it lies within (equal precision,
     *  Nair 1984), from the 10th event to the last with 10 left; else NaN */
    double *band_low;
    double *band_high;  /**< likewise */
    double band_factor; /**< written with a band: in place of the normal
                             quantile; NaN: too few events */
} kam_survival_curve;

/** What a Cox fit tells of itself. */
typedef struct kam_survival_report {
    uint32_t struct_size;       /**< sizeof(kam_survival_report) */
    kam_status status;          /**< as returned */
    int64_t n_rows;             /**< rows used */
    int64_t n_skipped;          /**< rows left out */
    int64_t n_events;           /**< rows used with the event */
    int32_t n_steps;            /**< Newton steps */
    int32_t culprit;            /**< the column a verdict names, or -1 */
    double log_likelihood;      /**< partial, at the answer */
    double log_likelihood_null; /**< with all coefficients 0 */
    double gradient; /**< length of the gradient there, in standard errors */
} kam_survival_report;

/** Pairs of which it is known who left first. */
typedef struct kam_survival_pairs {
    uint32_t struct_size; /**< sizeof(kam_survival_pairs) */
    uint32_t reserved;    /**< 0 */
    int64_t concordant;   /**< the one with more risk left first */
    int64_t discordant;   /**< the other one did */
    int64_t tied;         /**< both have the same risk */
    double concordance;   /**< (concordant + tied / 2) / all; NaN: no pair */
} kam_survival_pairs;

/**
 * Kaplan & Meier (1958), with Greenwood's standard error (1926).
 *
 * @param[in,out] curve scale, confidence and arrays in; the rest out
 * @return KAM_OK; KAM_ERR_EMPTY; 1..19; 60..79
 */
KAM_API kam_status kam_survival_kaplan_meier(const kam_panel *panel,
                                             const kam_host *host,
                                             kam_survival_curve *curve,
                                             kam_diag *diag);

/**
 * Cox's proportional hazards (1972): the log hazard is a baseline that nobody
 * needs to know plus sum of coefficient j times signal j.
 *
 * @param ties KAM_TIES_*
 * @param[out] coefficient shape (n_columns)
 * @param[out] covariance  shape (n_columns, n_columns); may be NULL
 * @param[out] report      may be NULL
 * @return KAM_OK; KAM_ERR_EMPTY; KAM_ERR_ONE_CLASS (no event); KAM_ERR_TOO_FEW
 *         (no more rows than columns);
 *         KAM_ERR_CONSTANT, KAM_ERR_COLLINEAR, KAM_ERR_SEPARATED (a column
 *         orders all events, as was shown: no finite answer), naming the column,
 *         without an answer; KAM_ERR_NOT_CONVERGED with the best point, naming
 *         a column whose weight grows out of sight; 1..19; 60..79
 */
KAM_API kam_status kam_survival_cox(int32_t ties, const kam_panel *panel,
                                    const kam_host *host, double *coefficient,
                                    double *covariance,
                                    kam_survival_report *report,
                                    kam_diag *diag);

/**
 * The baseline of Cox's model: cumulative hazard of an account at the reference,
 * at every event time, by the estimator that goes with the ties.
 *
 * @param coefficient shape (n_columns)
 * @param reference   shape (n_columns); NULL: zeros
 * @param[out] stratum    shape (n_rows), of each time; may be NULL
 * @param[out] time       shape (n_rows): rising within each stratum
 * @param[out] cumulative shape (n_rows)
 * @param[out] n_times    how many were written
 */
KAM_API kam_status kam_survival_baseline(int32_t ties, const kam_panel *panel,
                                         const double *coefficient,
                                         const double *reference,
                                         const kam_host *host, int64_t *stratum,
                                         double *time, double *cumulative,
                                         int64_t *n_times, kam_diag *diag);

/**
 * Harrell's concordance (1982) of a risk score, within strata, weights not
 * counted: pairs whose earlier time is an event, the other still at risk then.
 *
 * @param risk shape (n_rows): more means sooner
 */
KAM_API kam_status kam_survival_concordance(const kam_panel *panel,
                                            const kam_column *risk,
                                            const kam_host *host,
                                            kam_survival_pairs *pairs,
                                            kam_diag *diag);

KAM_END

#endif
