/* SPDX-License-Identifier: MIT */
/* kam_matrix_classify in two steps, for kam_score. */
#ifndef KAM_TIER_CLASSIFY_H
#define KAM_TIER_CLASSIFY_H

#include <kam/matrix.h>

#include "base/rows.h"

struct kam__classification {
    kam_matrix matrix;
    kam_matrix_rows rows;
    kam_matrix_out out;
};

/* Checks the arguments of kam_matrix_classify; touches nothing else. */
kam_status kam__classify_begin(struct kam__classification *to,
                               const kam_matrix *matrix,
                               const kam_matrix_rows *rows,
                               const kam_matrix_out *out, kam_diag *diag);

/* Classifies rows [first, first + n), n <= KAM__TILE, also into `matrix_class`,
 * shape (n); adds to row_flags. */
void kam__classify_rows(const struct kam__classification *to, int64_t first,
                        int32_t n, int32_t *matrix_class);

#endif
