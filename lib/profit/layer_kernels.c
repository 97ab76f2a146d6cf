/* SPDX-License-Identifier: MIT */
/* Profit in layers, for a tile of rows. Lanes are doubles, also of flags, so that
 * these loops become vector code. */
#include <float.h>
#include <math.h> /* fabs, NAN */

#include "base/isa.h"
#include "profit/layers.h"

/* 1 where a number is known, else 0. */
static inline double known(double x) { return x == x ? 1.0 : 0.0; }

/* NaN for what is not finite. */
static inline double finite(double x) {
    return fabs(x) <= DBL_MAX ? x : (double)NAN;
}

/* What is not known is NaN and stays so; what is out of range becomes NaN: a
 * layer that is NaN although the layer above it and what is taken off are
 * known. */
static void lay(const struct kam__layer_tile *tile, double *restrict net,
                double *restrict margin, double *restrict contribution,
                uint32_t *restrict flags) {
    const double *restrict gross = tile->gross;
    const double *restrict returns = tile->returns;
    const double *restrict direct = tile->direct;
    const double *restrict service = tile->service;
    const double any = tile->any, cost = tile->cost;
    const double serve = tile->serve, ratio = tile->ratio;
    for (int32_t i = 0; i < tile->n; i++) {
        const double g = gross[i], d = direct[i];
        const double r = returns[i] == returns[i] ? returns[i] : 0;
        const double s = service[i] == service[i] ? service[i] : 0;
        const double least = g < r ? g : r;
        const double left = least >= 0 ? finite(g - r) : (double)NAN;
        const double more = finite(left - d);
        const double rest = finite(more - s);
        const double u = known(left), v = known(more);
        const double nothing = left <= 0 ? ratio : 0.0;
        const double missing = any * (1 - known(g)) + cost * (1 - known(d));
        const double wrong = any * (known(g) - u) + cost * (u * known(d) - v) +
                             serve * (v - known(rest)) + nothing;
        const double bit = missing > 0 ? 1.0 * KAM_ROW_MISSING : 0.0;
        const double other = wrong > 0 ? 1.0 * KAM_ROW_DOMAIN : 0.0;
        net[i] = left;
        margin[i] = more;
        contribution[i] = rest;
        flags[i] |= (uint32_t)(int32_t)(bit + other);
    }
}

/* Most rows have nothing to flag. Returns 0 when some row has; then `lay` must
 * answer. */
static inline int lay_plain(const struct kam__layer_tile *tile, int has_margin,
                            int has_ratio, double *restrict net,
                            double *restrict margin,
                            double *restrict contribution,
                            double *restrict ratio) {
    const double *restrict gross = tile->gross;
    const double *restrict returns = tile->returns;
    const double *restrict direct = tile->direct;
    const double *restrict service = tile->service;
    double odd = 0;
    for (int32_t i = 0; i < tile->n; i++) {
        const double g = gross[i];
        const double r = returns[i] == returns[i] ? returns[i] : 0;
        const double s = service[i] == service[i] ? service[i] : 0;
        const double left = g - r, more = left - direct[i], rest = more - s;
        const int fits = (r >= 0) & (left > 0) & (fabs(rest) <= DBL_MAX);
        odd = fits ? odd : 1;
        net[i] = left;
        if (has_margin) margin[i] = more;
        contribution[i] = rest;
        if (has_ratio) ratio[i] = rest / left;
    }
    return !(odd > 0);
}

static void divide(double *restrict ratio, const double *restrict layer,
                   const double *restrict net, int32_t n) {
    for (int32_t i = 0; i < n; i++) {
        const double divisor = net[i] > 0 ? net[i] : (double)NAN;
        ratio[i] = layer[i] / divisor;
    }
}

static void lay_tile(const struct kam__layer_tile *t) {
    double unwanted[KAM__TILE];
    double *const margin = t->margin ? t->margin : unwanted;
    double *const ratio = t->contribution_ratio;
    /* Net revenue, profit and its share are what most ask for. */
    const int is_short = !t->margin && !t->margin_ratio && ratio;
    if (is_short && lay_plain(t, 0, 1, t->net, margin, t->contribution, ratio))
        return;
    if (is_short || !lay_plain(t, 1, 0, t->net, margin, t->contribution, ratio))
        lay(t, t->net, margin, t->contribution, t->flags);
    if (t->margin_ratio) divide(t->margin_ratio, margin, t->net, t->n);
    if (ratio) divide(ratio, t->contribution, t->net, t->n);
}

const kam__layer_rows KAM__ISA(kam__lay) = lay_tile;
