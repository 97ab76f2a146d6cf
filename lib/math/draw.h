/* SPDX-License-Identifier: MIT */
/* Random draws that depend on a seed, a stream and how many came before, and on
 * nothing else. */
#ifndef KAM_MATH_DRAW_H
#define KAM_MATH_DRAW_H

#include <stdint.h>

struct kam__draw {
    uint64_t state;
};

/* Begins stream number `stream` of a seed. */
struct kam__draw kam__draw_begin(uint64_t seed, uint64_t stream);

/* Uniform in (0, 1). */
double kam__draw_uniform(struct kam__draw *draw);

/* Standard normal. */
double kam__draw_normal(struct kam__draw *draw);

/* Beta(a, b); a, b > 0. */
double kam__draw_beta(struct kam__draw *draw, double a, double b);

#endif
