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
    int64_t n_used, n_events, n_chosen;
    double largest_score, largest_weight;
    int32_t failed, said;
};

/* Some of the rows, to start from. */
struct kam__hazard_sample {
    uint8_t *chosen;    /* a bit a row; NULL: no sample is wanted */
    int32_t bits;       /* of a row's hash that are zero if it is chosen */
    int64_t n;          /* rows; 0: no sample */
    uint64_t n_room;    /* rows there is room for */
    double *number;     /* shape (q + 2, n_room) */
    kam_column *column; /* shape (q) */
    kam_panel panel;
    int32_t is_whole;
};

struct kam__hazard_fit {
    const kam_host *host;
    kam_diag *diag;
    kam_panel panel;
    kam_hazard_options options;
    int32_t link, q, isa;
    int32_t is_firth;
    int32_t is_whole; /* every row can be used */
    int32_t is_quick; /* so many rows that terms of the gradient are rounded */
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
    int32_t is_framed;      /* theta is in `frame`, and so is what is found */
    double *frame, *framed; /* shape (q, q); (q, q + 2): work */
    const double *used;     /* the factor the last step was solved with */
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
    struct kam__hazard_sample sample;
};

int64_t kam__hazard_pieces(int64_t n_rows);

/* Doubles that a piece needs, and where they are. */
uint64_t kam__hazard_room(int32_t q);
double *kam__hazard_room_of(const struct kam__hazard_fit *fit, int64_t piece);

enum { KAM__HAZARD_PAIRS = 8 };

/* Columns that vary by less are as good as constant: the square of their scale
 * is no number. */
#define KAM__HAZARD_LEAST_SPREAD 1e-140

/* Up to here a fit takes no short cuts. */
enum { KAM__HAZARD_FEW_ROWS = 100000 };

/* Where a search stands. */
struct kam__hazard_walk {
    double objective; /* log posterior, Firth's penalty included */
    double length;    /* of the step ahead, squared, in standard errors */
    int32_t culprit;  /* a column, or -1 */
    int32_t n_steps, n_slow;
    int32_t is_lost;   /* a step led to where no row tells anything */
    kam_status status; /* KAM_ERR_COLLINEAR, _SEPARATED: it ended there */
};

/* From nothing until squared steps in standard errors are no longer than
 * `there`. Finds fit->theta; factor and hessian are those of there, or of so near
 * that it makes no difference. KAM_OK, also with a status in `walk`;
 * KAM_ERR_NOT_CONVERGED; KAM_ERR_OVERFLOW; 60..79. */
kam_status kam__hazard_search(struct kam__hazard_fit *fit,
                              struct kam__hazard_walk *walk, double there);

/* Makes ready for a sample, where there is to be one; and frees what it took. */
kam_status kam__hazard_prepare(struct kam__hazard_fit *fit);
void kam__hazard_forget(struct kam__hazard_fit *fit);

/* Marks rows of the sample; `row`, shape (n), from `first` on; NULL: all. Returns
 * how many. */
int64_t kam__hazard_choose(const struct kam__hazard_sample *sample,
                           int64_t first, const int32_t *row,
                           const uint64_t *hash, int32_t n);

/* Collects the sample and its means; none when sample.n is 0 afterwards. */
kam_status kam__hazard_gather(struct kam__hazard_fit *fit);

/* The fit's rows are those of the sample, or back again. */
void kam__hazard_swap(struct kam__hazard_fit *fit);

/* The same as a search by few passes over many rows, from where a sample ends;
 * `found` is 0 when that led nowhere. */
kam_status kam__hazard_hasten(struct kam__hazard_fit *fit,
                              struct kam__hazard_walk *walk, int *found);

/* Factors the information; returns the least pivot as a share of its diagonal,
 * the column it belongs to in *worst. Columns nobody knows anything of have a
 * share of 0. */
double kam__hazard_factorise(struct kam__hazard_fit *fit, int32_t *worst);

/* A column of which the others explain all but this share is collinear. */
#define KAM__HAZARD_LEAST_PIVOT 1e-11

/* step = information^-1 gradient; returns gradient . step. */
double kam__hazard_solve(struct kam__hazard_fit *fit);

/* beta = T theta. */
void kam__hazard_beta(const struct kam__hazard_fit *fit, const double *theta,
                      double *beta);

/* covariance = information^-1, of theta; `collinear` as in the report. */
void kam__hazard_invert(struct kam__hazard_fit *fit, double *collinear);

/* covariance = T covariance T'. */
void kam__hazard_transform(struct kam__hazard_fit *fit);

/* Looks the rows over: which are usable, centres and scales. */
kam_status kam__hazard_scan(struct kam__hazard_fit *fit);

/* Centres and scales, of extremes and the fit's rows. */
kam_status kam__hazard_means(struct kam__hazard_fit *fit);

/* Rows of a tile when so many are left. */
static inline int32_t kam__hazard_tile(int64_t left) {
    return (int32_t)(left < KAM__TILE ? left : KAM__TILE);
}

/* Log prior; adds its gradient, and minus its Hessian unless NULL. */
double kam__hazard_prior(struct kam__hazard_fit *fit, const double *theta,
                         double *gradient, double *hessian);

/* Before and after a step of Firth's: turns fit->step by what was learned. */
void kam__hazard_accelerate(struct kam__hazard_fit *fit);
void kam__hazard_remember(struct kam__hazard_fit *fit);

/* Puts the search into the frame of fit->factor, and takes it out: theta,
 * factor and hessian are the columns' again. */
void kam__hazard_reframe(struct kam__hazard_fit *fit);
void kam__hazard_unframe(struct kam__hazard_fit *fit);

/* Whether theta, or the step from it, tells every event from the other rows:
 * `culprit` is the column that does so most, or -1. */
kam_status kam__hazard_separates(struct kam__hazard_fit *fit, int32_t *culprit);

/* The prior in a frame; rows' signals brought into it. */
double kam__hazard_framed_prior(struct kam__hazard_fit *fit,
                                const double *theta, double *gradient,
                                double *hessian);
void kam__hazard_enter(const struct kam__hazard_fit *fit,
                       struct kam__panel_rows *rows);

/* Leaves out rows that add nothing to any sum; returns the largest score. */
double kam__hazard_drop_silent(const struct kam__hazard_fit *fit,
                               struct kam__panel_rows *rows, double *score);

/* Adds products of columns, lower triangle by rows, each exact to 2^-64. Returns
 * 1 on overflow. */
int kam__hazard_add_products(const struct kam__hazard_fit *fit,
                             const double *column, int32_t n, kam_sum *sum);

/* What a pass finds. */
enum {
    KAM__HAZARD_ALL = 0,   /* value, gradient and hessian, without the prior */
    KAM__HAZARD_SLOPE = 1, /* the gradient alone */
    KAM__HAZARD_FIRTH = 2  /* Firth's gradient, and his curvature to fit->firth;
                              needs fit->factor, the Cholesky factor at theta */
};
kam_status kam__hazard_evaluate(struct kam__hazard_fit *fit,
                                const double *theta, int what);

/* Replaces fit->covariance, the inverse of the information, by the sandwich. */
kam_status kam__hazard_robust(struct kam__hazard_fit *fit, int64_t *n_clusters);

/* Values a row, given a place to put them: z (q, KAM__TILE). */
void kam__hazard_load(const struct kam__hazard_fit *fit, int64_t first,
                      int32_t n, struct kam__panel_rows *rows);

#endif
