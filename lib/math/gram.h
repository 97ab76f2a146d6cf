/* SPDX-License-Identifier: MIT */
/* Sums over rows of products of columns, a_i a_j, that do not depend on the
 * order of the rows: every number is rounded to 2^-20, what is left of it to
 * 2^-40, and products of such parts add up in doubles without rounding. */
#ifndef KAM_MATH_GRAM_H
#define KAM_MATH_GRAM_H

#include <kam/host.h>
#include <kam/sum.h>

#include "base/rows.h"

/* A multiple of 8 columns, the rest zero. */
static inline int32_t kam__gram_width(int32_t q) { return (q + 7) & ~7; }

struct kam__gram {
    int32_t q, isa;
    int32_t is_fine;    /* products of first with second parts, too: 2^-40; else
                        2^-20 */
    int32_t n_held;     /* rows in high and low */
    double *part[2];    /* shape (KAM__TILE, width) */
    double *high, *low; /* shape (q, width) */
    kam_sum *sum;       /* shape (q (q + 1) / 2): lower triangle by rows */
};

/* Doubles that one gram needs, and its place in them. */
uint64_t kam__gram_size(int32_t q);
void kam__gram_place(struct kam__gram *gram, int32_t q, int32_t isa,
                     int32_t is_fine, double *room, kam_sum *sum);

/* Adds n <= KAM__TILE rows root[i] * column[j][i], each within +-1; column has
 * shape (q, KAM__TILE). */
void kam__gram_add(struct kam__gram *gram, const double *column,
                   const double *root, int32_t n);

/* What is held goes to `sum`, after the last row. Returns 1 on overflow. */
int kam__gram_flush(struct kam__gram *gram);

struct kam__gram_kernels {
    /* by rows; low may be NULL */
    void (*split)(const double *column, const double *root, int32_t q,
                  int32_t n, double *high, double *low);
    void (*square)(const double *a, int32_t q, int32_t n, double *sum);
    void (*cross)(const double *a, const double *b, int32_t q, int32_t n,
                  double *sum);
};

extern const struct kam__gram_kernels kam__gram_base, kam__gram_v3,
    kam__gram_v4;

#endif
