/* SPDX-License-Identifier: MIT */
/* Discounted sums over the orders of an account with a regular rhythm. */
#include "math/elementary.h"
#include "math/quadrature.h"
#include "value/cnbd_far.h"

enum { LANES = KAM__LANES };

/* Panels of time: as in bgnbd.c for the average over chances to leave; and while
 * the rhythm since the last order is not yet forgotten, short enough to follow it.
 * With w the k-th roots of unity, the rate of orders is a sum of (1 + t (1 - w) /
 * A)^-(R + 1), averaged: in a panel none that still counts turns by more than
 * TURN. Sixteen points then leave about 1e-13. */
struct span {
    double start, length;
    double A, R, chance, most, cosine;
};

/* More than any model that fits a book needs; with r of 1e299 there would be no end. */
enum { MOST_SPANS = 300 };

#define TURN 8.0
#define FORGOTTEN 42.0

/* cos(2 pi / k), k >= 2. */
static double first_cosine(int32_t k) {
    const double x = 6.283185307179586477 / k, x2 = x * x;
    double sum = 0, term = 1;
    for (int32_t n = 0; n < 40; n += 2) {
        sum += term;
        term *= -x2 / ((n + 1) * (n + 2));
    }
    return sum;
}

static double rhythm_length(const struct span *span, int32_t k) {
    const double t = span->start / span->A;
    double least = INFINITY, before = 1, cosine = span->cosine;
    for (int32_t l = 1; 2 * l <= k; l++) {
        const double real = 1 + t * (1 - cosine);
        const double sine2 = cosine * cosine < 1 ? 1 - cosine * cosine : 0;
        const double size = sqrt(real * real + t * t * sine2);
        const double turn = sqrt(2 * (1 - cosine));
        const double length = TURN * span->A * size / (turn * span->R);
        if (span->R * kam__log(size) < FORGOTTEN && length < least)
            least = length;
        const double next = 2 * span->cosine * cosine - before;
        before = cosine;
        cosine = next;
    }
    return least;
}

static int next_span(struct span *span, int32_t k, double end) {
    span->start += span->length;
    if (!(span->start < end)) return 0;
    const double reach = span->A + span->start;
    const double fall = 10 * reach / (span->R * span->chance);
    const double slow = fall > span->start ? fall : span->start;
    const double smooth = slow < 2 * reach ? slow : 2 * reach;
    const double rhythm = rhythm_length(span, k);
    const double both = smooth < rhythm ? smooth : rhythm;
    const double longest = both < span->most ? both : span->most;
    const double left = end - span->start;
    span->length = left < 1.0625 * longest ? left : longest;
    return 1;
}

/* The integral over s in (0, t) of e^(-discount (s + t)), a unit of t. */
static double both(double t, double discount) {
    const double y = discount * t;
    return kam__exp(-y) * (y > 0 ? -kam__expm1(-y) / y : 1);
}

void kam__cnbd_discount(const struct kam__cnbd *m,
                        const struct kam__btyd_tile *tile, int32_t row,
                        double horizon, double discount, double *out) {
    const struct kam__rule *const rule = &kam__legendre16;
    const double A = m->of.alpha + tile->T[row];
    const double R = m->of.r + m->k * tile->x[row];
    const double last = discount > 0 ? 45 / discount : (double)INFINITY;
    const double end = horizon < last ? horizon : last;
    const double a = m->of.a, c = a + m->of.b + tile->x[row] + m->of.first;
    const double chance = (a + 4 * sqrt(a) + 4) / c;
    struct span span = {
        0, 0, A, R, chance < 1 ? chance : 1, 3 / discount, first_cosine(m->k)};
    int n_spans = 0;
    out[0] = out[1] = out[2] = 0;
    while (next_span(&span, m->k, end)) {
        if (++n_spans > MOST_SPANS) {
            out[0] = out[1] = out[2] = (double)NAN;
            return;
        }
        struct kam__hidden s;
        double orders[LANES], pairs[LANES];
        s.k = m->k;
        s.a = m->of.a;
        for (int32_t l = 0; l < LANES; l++)
            kam__cnbd_lane(m, tile, row,
                           span.start + span.length * (1 + rule->node[l]) / 2,
                           &s, l);
        kam__cnbd_at(tile->isa)->rate(&s, orders, pairs);
        for (int32_t l = 0; l < LANES; l++) {
            const double t = span.start + span.length * (1 + rule->node[l]) / 2;
            const double weight = rule->weight[l] * span.length / (2 * A);
            if (orders[l] != orders[l])
                kam__cnbd_far_rate(&s, l, &orders[l], &pairs[l]);
            out[0] += weight * orders[l] * kam__exp(-discount * t);
            out[1] += weight * orders[l] * kam__exp(-2 * discount * t);
            out[2] += weight * pairs[l] * both(t, discount);
        }
    }
}
