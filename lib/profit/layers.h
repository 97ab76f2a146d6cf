/* SPDX-License-Identifier: MIT */
/* kam_profit_layers in two steps, for kam_score: check once, then tile by
 * tile. */
#ifndef KAM_PROFIT_LAYERS_H
#define KAM_PROFIT_LAYERS_H

#include <kam/profit.h>

/* Which answers are wanted, and so which inputs matter to a row's flags. */
struct kam__profit_layers {
    kam_accounts accounts;
    kam_profit_out out;
    int any, cost, service, ratio;
};

/* Checks the arguments of kam_profit_layers; touches nothing else. */
kam_status kam__profit_begin(struct kam__profit_layers *to,
                             const kam_accounts *accounts,
                             const kam_profit_out *out, kam_diag *diag);

/* Computes rows [first, first + n), n <= KAM__TILE; adds to row_flags. */
void kam__profit_rows(const struct kam__profit_layers *to, int64_t first,
                      int32_t n);

#endif
