/* SPDX-License-Identifier: MIT */
/* The Gamma-Gamma likelihood: with P = p x, the total x m of x orders, divided by
 * gamma, is Beta-prime(P, q) distributed (Fader, Hardie & Lee 2005b, eq. (1a);
 * note 025, eq. (3)):
 *   log L = -log B(P, q) - P log(1 + gamma / (x m)) - q log(1 + x m / gamma)
 *           - log m.
 * Parameters p, q, gamma. */
#ifndef KAM_VALUE_GAMMA_GAMMA_H
#define KAM_VALUE_GAMMA_GAMMA_H

#include "base/rows.h"

/* The part that depends on the whole row, for a tile of them: shape (10, n). */
struct kam__gamma_gamma_kernels {
    void (*row_terms)(const double *parameter, const double *x, const double *m,
                      int32_t n, double (*out)[KAM__TILE]);
};

extern const struct kam__gamma_gamma_kernels kam__gamma_gamma_base,
    kam__gamma_gamma_v3, kam__gamma_gamma_v4;

#endif
