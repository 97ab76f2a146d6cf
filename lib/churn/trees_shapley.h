/* SPDX-License-Identifier: MIT */
/* Shapley values of one row. A tree's value of a set S of known features is the
 * sum over its leaves of v prod(o_j, j in S) prod(z_j, not in S): o_j whether
 * the row meets what the path asks of feature j, z_j the share of rows that do.
 * Such a product has (Owen 1972, multilinear extension)
 *
 *   phi_i = v (o_i - z_i) integral over t in [0, 1] of
 *           prod over j != i of (z_j + t (o_j - z_j)),
 *
 * a polynomial that Gauss-Legendre integrates exactly. All its terms are
 * positive, where the recursion of Lundberg et al. (2018) subtracts. */
#ifndef KAM_CHURN_TREES_SHAPLEY_H
#define KAM_CHURN_TREES_SHAPLEY_H

#include "churn/trees.h"

/* 16 nodes are exact for 32 features. */
enum { KAM__SHAPLEY_DEPTH = 128, KAM__SHAPLEY_FEATURES = 32 };

struct kam__shapley_kernels {
    /* phi of each feature; x as the model sees it, both of shape (n_features) */
    void (*explain)(const kam_trees *trees, const double *x, double *phi);
};

extern const struct kam__shapley_kernels kam__shapley_base, kam__shapley_v3,
    kam__shapley_v4;

#endif
