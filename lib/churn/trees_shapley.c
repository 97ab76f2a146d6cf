/* SPDX-License-Identifier: MIT */
#include "churn/trees_shapley.h"

#include <string.h>

#include "base/isa.h"
#include "math/quadrature.h"

enum { MOST = 16 };

/* All arrays over t hold as many numbers as the rule has nodes. */
struct work {
    const kam_trees *trees;
    const double *x;
    double t[MOST], weight[MOST];
    /* Of the path to where we are: z and o; 1 and 1 where it asks nothing. */
    double z[KAM_PANEL_MOST_COLUMNS], o[KAM_PANEL_MOST_COLUMNS];
    double phi[KAM_PANEL_MOST_COLUMNS * MOST];
};

/* `product` over the path at each t; adds to `sum` the leaves below. */
typedef void (*descent)(struct work *w, int32_t at, const double *product,
                        double *sum);

static int goes_left(const struct work *w, int32_t at) {
    const struct kam__tree_fact *const fact = &w->trees->fact[at];
    const double x = w->x[fact->feature];
    if (x != x) return fact->missing_left;
    if (fact->n_categories < 0) return x <= w->trees->node[at].threshold;
    return kam__trees_in_set(w->trees, fact->first_category, fact->n_categories,
                             x);
}

/* One child: its share z1 and o1 of the feature, after z and o above. */
static inline void follow(struct work *w, int32_t child, int32_t feature,
                          double z1, double o1, const double *product,
                          double *sum, int32_t n, descent further) {
    const double z = w->z[feature], o = w->o[feature];
    double *const phi = w->phi + feature * n;
    double below[MOST], part[MOST] = {0}, slope[MOST];
    if (z1 == 0 && o1 == 0) return;
    for (int32_t k = 0; k < n; k++) {
        const double now = z1 + w->t[k] * (o1 - z1);
        below[k] = product[k] * now;
        slope[k] = (o1 - z1) / now;
    }
    if (z != 1 || o != 1)
        for (int32_t k = 0; k < n; k++) {
            const double before = z + w->t[k] * (o - z);
            below[k] /= before;
            slope[k] -= (o - z) / before;
        }
    w->z[feature] = z1;
    w->o[feature] = o1;
    further(w, child, below, part);
    w->z[feature] = z;
    w->o[feature] = o;
    for (int32_t k = 0; k < n; k++) {
        phi[k] += slope[k] * part[k];
        sum[k] += part[k];
    }
}

static inline void descend(struct work *w, int32_t at, const double *product,
                           double *sum, int32_t n, descent further) {
    const struct kam__tree_fact *const fact = &w->trees->fact[at];
    const int32_t left = w->trees->node[at].left;
    if (left == at) {
        for (int32_t k = 0; k < n; k++) sum[k] += fact->value * product[k];
        return;
    }
    const int32_t f = fact->feature;
    const int goes = goes_left(w, at);
    const double z = w->z[f], o = w->o[f];
    const struct kam__tree_fact *const child = &w->trees->fact[left];
    follow(w, left, f, z * child[0].share, goes ? o : 0, product, sum, n,
           further);
    follow(w, left + 1, f, z * child[1].share, goes ? 0 : o, product, sum, n,
           further);
}

static void descend8(struct work *w, int32_t at, const double *product,
                     double *sum) {
    descend(w, at, product, sum, 8, descend8);
}

static void descend16(struct work *w, int32_t at, const double *product,
                      double *sum) {
    descend(w, at, product, sum, 16, descend16);
}

static void explain(const kam_trees *trees, const double *x, double *phi) {
    const int short_paths = trees->path_features <= 16;
    const struct kam__rule *const rule =
        short_paths ? &kam__legendre8 : &kam__legendre16;
    struct work w;
    double one[MOST], sum[MOST] = {0};
    w.trees = trees;
    w.x = x;
    memset(w.phi, 0, (size_t)(trees->n_features * rule->n) * sizeof *w.phi);
    for (int32_t f = 0; f < trees->n_features; f++) w.z[f] = w.o[f] = 1;
    for (int32_t k = 0; k < rule->n; k++) {
        one[k] = 1;
        w.t[k] = 0.5 + 0.5 * rule->node[k];
        w.weight[k] = 0.5 * rule->weight[k];
    }
    for (int64_t t = 0; t < trees->n_trees; t++)
        (short_paths ? descend8 : descend16)(&w, (int32_t)trees->root[t], one,
                                             sum);
    for (int32_t f = 0; f < trees->n_features; f++) {
        phi[f] = 0;
        for (int32_t k = 0; k < rule->n; k++)
            phi[f] += w.weight[k] * w.phi[f * rule->n + k];
    }
}

const struct kam__shapley_kernels KAM__ISA(kam__shapley) = {explain};
