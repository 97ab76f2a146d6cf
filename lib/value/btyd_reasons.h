/* SPDX-License-Identifier: MIT */
/* kam_btyd_reasons in two steps, for kam_score: check once, then tile by tile. */
#ifndef KAM_VALUE_BTYD_REASONS_H
#define KAM_VALUE_BTYD_REASONS_H

#include "value/btyd_rows.h"

struct kam__explainer {
    kam__family family;
    const kam_btyd *model;
    double horizon;
    double reference[3];
    int32_t isa;
};

/* Checks horizon and reference account; the model was read. */
kam_status kam__btyd_explainer(struct kam__explainer *work, kam__family family,
                               const kam_btyd *model, double horizon,
                               const double *reference, int32_t isa,
                               kam_diag *diag);

/* Reasons of n <= KAM__TILE loaded rows, shape (n, 4). */
void kam__btyd_explain(const struct kam__explainer *work,
                       const struct kam__btyd_rows *rows, int32_t n,
                       kam_reason *reasons);

#endif
