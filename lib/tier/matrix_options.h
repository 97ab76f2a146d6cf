/* SPDX-License-Identifier: MIT */
/* Thresholds of the matrix: defaults, and reading the caller's. */
#ifndef KAM_TIER_MATRIX_OPTIONS_H
#define KAM_TIER_MATRIX_OPTIONS_H

#include <kam/matrix.h>

enum { KAM__MOST_QUARTERS = 16 };

kam_matrix_options kam__matrix_defaults(void);

/* NULL: the defaults. */
kam_status kam__matrix_options_read(kam_matrix_options *ours,
                                    const kam_matrix_options *theirs,
                                    kam_diag *diag);

#endif
