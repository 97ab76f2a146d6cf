/* SPDX-License-Identifier: MIT */
#include "draw.h"

#include <math.h>

/* SplitMix64: Steele, Lea & Flood (2014), Fast splittable pseudorandom number
 * generators, OOPSLA. Its state only counts, so any stream can be begun
 * anywhere. */
static uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static uint64_t next(struct draw *draw) {
    draw->state += UINT64_C(0x9E3779B97F4A7C15);
    return mix(draw->state);
}

struct draw draw_begin(uint64_t seed, uint64_t stream) {
    struct draw draw = {mix(seed + UINT64_C(0x9E3779B97F4A7C15))};
    draw.state = mix(draw.state ^ (stream * UINT64_C(0xD1342543DE82EF95) + 1));
    return draw;
}

double draw_uniform(struct draw *draw) {
    return ((double)(next(draw) >> 12) + 0.5) * 0x1p-52;
}

double draw_exponential(struct draw *draw) { return -log(draw_uniform(draw)); }

/* Marsaglia's polar method. */
double draw_normal(struct draw *draw) {
    double x, y, square;
    do {
        x = 2 * draw_uniform(draw) - 1;
        y = 2 * draw_uniform(draw) - 1;
        square = x * x + y * y;
    } while (square >= 1);
    return x * sqrt(-2 * log(square) / square);
}

/* Marsaglia & Tsang (2000), A simple method for generating gamma variables,
 * ACM TOMS 26(3); shapes below 1 by their section 6. */
double draw_log_gamma(struct draw *draw, double shape) {
    const double small = shape < 1 ? draw_exponential(draw) / shape : 0;
    const double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3;
    const double c = 1 / sqrt(9 * d);
    double x, v;
    do {
        do {
            x = draw_normal(draw);
            v = 1 + c * x;
        } while (v <= 0);
        v = v * v * v;
    } while (log(draw_uniform(draw)) >= 0.5 * x * x + d * (1 - v + log(v)));
    return log(d * v) - small;
}

double draw_beta(struct draw *draw, double a, double b) {
    const double x = draw_log_gamma(draw, a);
    const double y = draw_log_gamma(draw, b);
    return 1 / (1 + exp(y - x));
}
