/* SPDX-License-Identifier: MIT */
/* kam_profit_layers in two steps, for kam_score: check once, then tile by
 * tile. */
#ifndef KAM_PROFIT_LAYERS_H
#define KAM_PROFIT_LAYERS_H

#include <kam/profit.h>

#include "base/rows.h"

/* Which answers are wanted, and so which inputs matter to a row's flags. */
struct kam__profit_layers {
    const kam_accounts *accounts;
    const kam_profit_out *out; /* theirs, or `room` */
    kam_profit_out room;
    int any, cost, service, ratio;
    int32_t isa;
};

/* Where a tile comes from and goes to; layers that nobody wants go to memory
 * that is thrown away. Margin and ratios may be NULL; flags are added to. Shape
 * (n) each. */
struct kam__layer_tile {
    int32_t n;
    int any, cost, serve, ratio; /* which answers are wanted: what flags mean */
    const double *gross, *returns, *direct, *service;
    double *net, *margin, *contribution, *margin_ratio, *contribution_ratio;
    uint32_t *flags;
};

typedef void (*kam__layer_rows)(const struct kam__layer_tile *tile);
extern const kam__layer_rows kam__lay_base, kam__lay_v3, kam__lay_v4;

/* Checks the arguments of kam_profit_layers; touches nothing else. `accounts` are
 * ours, and stay where they are. */
kam_status kam__profit_begin(struct kam__profit_layers *to,
                             const kam_accounts *accounts,
                             const kam_profit_out *out, int32_t isa,
                             kam_diag *diag);

/* Computes rows [first, first + n), n <= KAM__TILE; adds to row_flags. */
void kam__profit_rows(const struct kam__profit_layers *to, int64_t first,
                      int32_t n);

#endif
