/* SPDX-License-Identifier: MIT */
/* Averages over a chance p ~ Beta(a, B) by quadrature: slower than the series of
 * beta_geometric.c, and right where they do not converge. */
#ifndef KAM_VALUE_BETA_MIXTURE_H
#define KAM_VALUE_BETA_MIXTURE_H

#include <stdint.h>

enum { KAM__MIXTURE_NODES = 2048 };

/* Nodes and weights; weights sum to 1. */
struct kam__mixture {
    int32_t n;
    double p[KAM__MIXTURE_NODES], weight[KAM__MIXTURE_NODES];
};

/* For functions of p that are smooth in log p, level below p = 1 / steepness,
 * and positive. a, B > 0. */
void kam__beta_mixture(double a, double B, double steepness,
                       struct kam__mixture *mixture);

/* E (1 + p w)^-R, and E (1 - (1 + p w)^-R) / p, w >= 0 (infinity allowed in the
 * second only when a > 1). */
double kam__mixture_survival(const struct kam__mixture *mixture, double R,
                             double w);
double kam__mixture_orders(const struct kam__mixture *mixture, double R,
                           double w);

#endif
