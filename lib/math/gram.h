/* SPDX-License-Identifier: MIT */
/* Sums over rows of products of columns, a_i a_j, that do not depend on the
 * order of the rows: products are rounded to 2^-41 and add up without further
 * rounding (math/grid.h). */
#ifndef KAM_MATH_GRAM_H
#define KAM_MATH_GRAM_H

#include <kam/host.h>
#include <kam/sum.h>

#include "base/rows.h"

/* A multiple of 4 columns, the rest zero. */
static inline int32_t kam__gram_width(int32_t q) { return (q + 3) & ~3; }

/* Rows at the end of a tile are made up to a multiple of this. */
enum { KAM__GRAM_ROWS = 8 };

struct kam__gram {
    int32_t q, isa;
    int32_t is_odd; /* all numbers are kam__short_odd's: a third faster */
    int32_t n_held; /* rows in the lanes */
    double *lane;   /* shape (q, width, the kernel's lanes) */
    kam_sum *sum;   /* shape (q (q + 1) / 2): lower triangle by rows */
};

/* Doubles that one gram needs, and its place in them. */
uint64_t kam__gram_size(int32_t q);
void kam__gram_place(struct kam__gram *gram, int32_t q, int32_t isa,
                     int32_t is_odd, double *room, kam_sum *sum);

/* Adds n <= KAM__TILE rows of numbers whose products are within +-2; column has
 * shape (width, KAM__TILE), zero from column q on. Its rows from n on are
 * overwritten. */
void kam__gram_add(struct kam__gram *gram, double *column, int32_t n);

/* What is held goes to `sum`, after the last row. */
void kam__gram_flush(struct kam__gram *gram);

struct kam__gram_kernels {
    int32_t lanes; /* at most KAM__GRAM_ROWS */
    void (*add)(const double *column, int32_t q, int32_t n, double *lane);
    void (*add_odd)(const double *column, int32_t q, int32_t n, double *lane);
};

extern const struct kam__gram_kernels kam__gram_base, kam__gram_v3,
    kam__gram_v4;

#endif
