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
    int32_t isa;
};

/* Where a tile comes from and goes to, shape (n) each; scores may be NULL. */
struct kam__class_tile {
    int32_t n;
    const double *revenue, *stable, *growth, *wallet, *pain;
    int32_t *matrix_class;
    double *wallet_share;
    uint32_t *flags; /* added to */
    double *value_score, *potential_score;
};

typedef void (*kam__class_work)(const kam_matrix *matrix,
                                const struct kam__class_tile *tile);
extern const kam__class_work kam__class_base, kam__class_v3, kam__class_v4;

/* Checks the arguments of kam_matrix_classify; touches nothing else. */
kam_status kam__classify_begin(struct kam__classification *to,
                               const kam_matrix *matrix,
                               const kam_matrix_rows *rows,
                               const kam_matrix_out *out, int32_t isa,
                               kam_diag *diag);

/* Classifies rows [first, first + n), n <= KAM__TILE; adds to row_flags. Returns
 * the classes: in the output, or, when nobody wants it, in `matrix_class`, shape
 * (n). */
const int32_t *kam__classify_rows(const struct kam__classification *to,
                                  int64_t first, int32_t n,
                                  int32_t *matrix_class);

#endif
