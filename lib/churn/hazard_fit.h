/* SPDX-License-Identifier: MIT */
/* A hazard fit under way. It works on centred and scaled signals z within +-1
 * and their coefficients theta; T leads back: beta_j = s_j theta_j, beta_0 =
 * theta_0 - sum of c_j s_j theta_j. */
#ifndef KAM_CHURN_HAZARD_FIT_H
#define KAM_CHURN_HAZARD_FIT_H

#include <kam/hazard.h>

#include "churn/hazard_terms.h"
#include "churn/panel.h"
#include "math/gram.h"

/* What one piece of rows is summed up in. */
struct kam__hazard_piece {
    int64_t n_used, n_events;
    double largest_score, largest_weight;
    int32_t failed;
};

struct kam__hazard_fit {
    const kam_host *host;
    kam_diag *diag;
    kam_panel panel;
    kam_hazard_options options;
    int32_t link, q, isa;
    int32_t is_firth, is_fine;
    double weight_scale;       /* brings the largest weight into [1/2, 1) */
    double total_weight, rate; /* rate: share of it that has the event */
    int64_t n_used, n_events, n_pieces;
    double largest_score;
    /* shape (q - 1) */
    double *centre, *scale, *low, *high;
    /* shape (q) */
    double *theta, *next, *gradient, *step, *mean, *precision, *trial;
    /* Firth's search: steps taken and how the gradient fell, shape (PAIRS, q);
     * the gradient before, shape (q) */
    double *moved, *fell, *before;
    int32_t n_pairs;
    const double *used; /* the factor the last step was solved with */
    /* shape (q, q) */
    double *hessian, *factor, *covariance, *firth;
    double value; /* log likelihood, nothing added */
    double *memory;
    uint64_t n_memory;
    /* a piece */
    struct kam__hazard_piece *piece;
    double *room; /* shape (n_pieces, room_size) */
    uint64_t room_size;
    kam_sum *sums; /* shape (n_pieces, n_sums) */
    uint64_t n_sums;
};

/* Doubles that a piece needs. */
uint64_t kam__hazard_room(int32_t q);

enum { KAM__HAZARD_PAIRS = 8 };

/* Up to here all sums are fine from the start. */
enum { KAM__HAZARD_FEW_ROWS = 100000 };

/* Where a search stands. */
struct kam__hazard_walk {
    double objective; /* log posterior, Firth's penalty included */
    double length;    /* of the step ahead, squared, in standard errors */
    int32_t culprit;  /* a column, or -1 */
    int32_t n_steps, n_slow;
    kam_status status; /* KAM_ERR_COLLINEAR, _SEPARATED: it ended there */
};

/* Finds fit->theta; factor and hessian are those of there. KAM_OK, also with a
 * status in `walk`; KAM_ERR_NOT_CONVERGED; KAM_ERR_OVERFLOW; 60..79. */
kam_status kam__hazard_search(struct kam__hazard_fit *fit,
                              struct kam__hazard_walk *walk);

/* beta = T theta. */
void kam__hazard_beta(const struct kam__hazard_fit *fit, const double *theta,
                      double *beta);

/* covariance = information^-1, of theta; `collinear` as in the report. */
void kam__hazard_invert(struct kam__hazard_fit *fit, double *collinear);

/* covariance = T covariance T'. */
void kam__hazard_transform(struct kam__hazard_fit *fit);

/* Looks the rows over: which are usable, centres and scales. */
kam_status kam__hazard_scan(struct kam__hazard_fit *fit);

/* value, gradient and hessian at `theta`, without the prior. Penalised: Firth's
 * gradient, and his curvature to fit->firth; this needs fit->factor, the Cholesky
 * factor at theta. */
kam_status kam__hazard_evaluate(struct kam__hazard_fit *fit,
                                const double *theta, int penalised);

/* Replaces fit->covariance, the inverse of the information, by the sandwich. */
kam_status kam__hazard_robust(struct kam__hazard_fit *fit, int64_t *n_clusters);

/* Values a row, given a place to put them: z (q, KAM__TILE). */
void kam__hazard_load(const struct kam__hazard_fit *fit, int64_t first,
                      int32_t n, struct kam__panel_rows *rows);

#endif
