/* SPDX-License-Identifier: MIT */
/* Random draws that depend on a seed, a stream and a counter alone: account
 * number 7 is the same in a book of ten and of ten million. */
#ifndef DRAW_H
#define DRAW_H

#include <stdint.h>

/* A stream of draws. */
struct draw {
    uint64_t state;
};

/* Begins stream number `stream` of a seed. */
struct draw draw_begin(uint64_t seed, uint64_t stream);

/* Uniform in (0, 1). */
double draw_uniform(struct draw *draw);

/* Exponential of mean 1. */
double draw_exponential(struct draw *draw);

/* Standard normal. */
double draw_normal(struct draw *draw);

/* Log of a gamma variate of scale 1, so that the tiny ones of a small shape do
 * not become zero. */
double draw_log_gamma(struct draw *draw, double shape);

/* Beta variate. */
double draw_beta(struct draw *draw, double a, double b);

#endif
