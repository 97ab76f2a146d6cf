/* SPDX-License-Identifier: MIT */
#include "math/draw.h"

#include <math.h>

#include "math/elementary.h"

/* SplitMix64: Steele, Lea & Flood (2014), Fast splittable pseudorandom number
 * generators, OOPSLA. Its state only counts, so any stream can be begun
 * anywhere. */
static const uint64_t STEP = UINT64_C(0x9E3779B97F4A7C15);

static uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

struct kam__draw kam__draw_begin(uint64_t seed, uint64_t stream) {
    struct kam__draw draw = {mix(seed + STEP)};
    draw.state = mix(draw.state ^ (stream * UINT64_C(0xD1342543DE82EF95) + 1));
    return draw;
}

double kam__draw_uniform(struct kam__draw *draw) {
    draw->state += STEP;
    return ((double)(mix(draw->state) >> 12) + 0.5) * 0x1p-52;
}

/* Marsaglia's polar method. */
double kam__draw_normal(struct kam__draw *draw) {
    double x, y, square;
    do {
        x = 2 * kam__draw_uniform(draw) - 1;
        y = 2 * kam__draw_uniform(draw) - 1;
        square = x * x + y * y;
    } while (square >= 1);
    return x * sqrt(-2 * kam__log(square) / square);
}

/* The log of a gamma variate, so that the tiny ones of a small shape do not
 * become 0: Marsaglia & Tsang (2000), A simple method for generating gamma
 * variables, ACM TOMS 26(3); shapes below 1 by their section 6. */
static double log_gamma(struct kam__draw *draw, double shape) {
    const int is_small = shape < 1;
    const double small =
        is_small ? -kam__log(kam__draw_uniform(draw)) / shape : 0;
    const double d = (is_small ? shape + 1 : shape) - 1.0 / 3;
    const double c = 1 / sqrt(9 * d);
    double x, v;
    do {
        do {
            x = kam__draw_normal(draw);
            v = 1 + c * x;
        } while (v <= 0);
        v = v * v * v;
    } while (kam__log(kam__draw_uniform(draw)) >=
             0.5 * x * x + d * (1 - v + kam__log(v)));
    return kam__log(d * v) - small;
}

double kam__draw_beta(struct kam__draw *draw, double a, double b) {
    const double x = log_gamma(draw, a);
    const double y = log_gamma(draw, b);
    return 1 / (1 + kam__exp(y - x));
}
