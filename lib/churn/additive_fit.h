/* SPDX-License-Identifier: MIT */
/* An additive model under way. */
#ifndef KAM_CHURN_ADDITIVE_FIT_H
#define KAM_CHURN_ADDITIVE_FIT_H

#include <kam/additive.h>
#include <kam/sum.h>

#include "churn/panel.h"

struct kam__additive_fit {
    const kam_host *host;
    kam_diag *diag;
    kam_panel panel;
    kam_additive_options options;
    kam_additive *model;
    int64_t n, n_events; /* rows used */
    int32_t n_terms, p;  /* p: 1 + all bins */
    int32_t *first;      /* shape (n_terms + 1): of each term's bins among p */
    int64_t *row;        /* shape (n): of the panel */
    uint8_t *bin;        /* shape (n, n_terms) */
    uint8_t *event, *fold; /* shape (n) */
    double *weight;        /* shape (n), the largest in [1/2, 1) */
    double weight_scale;
    double smooth;
    int32_t held_out; /* fold that is left out, or -1 */
    double value;
    int64_t *counts; /* shape (p): gradient in units of 2^-40 */
    double *gradient, *theta, *next, *step; /* shape (p) */
    double *columns;                        /* shape (4 p) */
    double *hessian, *factor;               /* shape (p, p) */
};

/* Folds of the choice of `smooth`; rows beyond the first 60,000 or so, drawn by
 * what they hold, take no part in it. */
enum { KAM__FOLDS = 3, KAM__NO_FOLD = 3, KAM__MOST_CHOOSING = 60000 };

/* Where the bins of a column end: edges, at most most_bins - 1, from its known
 * values, sorted. Returns how many. */
int32_t kam__additive_edges(const double *sorted, int64_t n, int32_t most_bins,
                            double *edge);

/* The bin of a value, as in kam_additive_term. */
static inline int32_t kam__additive_bin(const double *edge, int32_t n,
                                        double x) {
    int32_t low = 0, high = n;
    if (x != x) return 0;
    while (low < high) {
        const int32_t middle = (low + high) / 2;
        if (edge[middle] <= x)
            low = middle + 1;
        else
            high = middle;
    }
    return 1 + low;
}

/* A term's bin of a row: among (n_edges + 2) (n_second + 2), or n_edges + 2. */
int32_t kam__additive_bin_of(const kam_additive *model, int32_t term,
                             const kam_panel *panel, int64_t row);

/* How many bins a term has. */
int32_t kam__additive_n_bins(const kam_additive_term *term);

/* Edges of all terms, weights' places, bins of all rows. */
kam_status kam__additive_cut(struct kam__additive_fit *fit);

/* Places of weights, and bins of all rows, after edges have changed. */
void kam__additive_place(struct kam__additive_fit *fit);

/* theta for fit->smooth, over all rows but those held out. 1: not converged;
 * 2: cancelled. */
int kam__additive_search(struct kam__additive_fit *fit, int32_t *n_steps);

/* Mean log loss of the rows of one fold. */
double kam__additive_loss(const struct kam__additive_fit *fit, int32_t fold);

#endif
