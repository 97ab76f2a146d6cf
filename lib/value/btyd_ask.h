/* SPDX-License-Identifier: MIT */
/* Asking a family something of every row: checks, tiles, flags. */
#ifndef KAM_VALUE_BTYD_ASK_H
#define KAM_VALUE_BTYD_ASK_H

#include "value/btyd_rows.h"

/* `width` answers a row. `ahead` and `discount` mean what the question says. */
struct kam__question {
    kam__family family;
    const double *parameter;
    kam_accounts accounts;
    double ahead, discount;
    double *out;
    uint32_t *row_flags;
    int32_t isa, width, with_gaps;
    const struct kam__btyd_plan *plan; /* of `discounted`, or NULL */
    void (*answer)(const struct kam__question *question, kam__tile tile,
                   double *out);
    int32_t is_discounted;
};

/* Checks what every question needs, then asks. */
kam_status kam__btyd_ask(struct kam__question *question, const kam_btyd *model,
                         const kam_accounts *accounts, const kam_host *host,
                         kam_diag *diag);

#endif
