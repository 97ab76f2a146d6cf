/* SPDX-License-Identifier: MIT */
/* Answers of the Pareto/NBD for an account. */
#include "base/isa.h"
#include "value/race.h"

/* e^700 is as far as products of chances keep their digits. */
#define CAP 700.0

/* log of the odds of having left of LANES rows. */
static inline void log_odds_of(const struct kam__pareto *m,
                               const struct kam__btyd_tile *tile, int32_t at,
                               double *log_odds) {
    struct race race;
    struct course course;
    double J[LANES], K[LANES];
    silence_of(m, tile, at, &race);
    prepare(&race, &course);
    run(&course, 0);
    shares(&race, &course, J, K);
    for (int i = 0; i < LANES; i++)
        log_odds[i] = fall_of(&race, i) + kam__log(K[i]);
}

static void active(const struct kam__pareto *m,
                   const struct kam__btyd_tile *tile, double *main,
                   double *excess, double *odds) {
    for (int32_t at = 0; at < tile->n; at += LANES) {
        double log_odds[LANES], chance[LANES], left[LANES];
        log_odds_of(m, tile, at, log_odds);
        for (int i = 0; i < LANES; i++) {
            const double capped = log_odds[i] < CAP ? log_odds[i] : CAP;
            const double over = log_odds[i] > CAP ? log_odds[i] - CAP : 0;
            left[i] = kam__exp(capped);
            chance[i] = 1 / (1 + left[i]);
            log_odds[i] = over;
        }
        const int32_t n = tile->n - at < LANES ? tile->n - at : LANES;
        for (int32_t i = 0; i < n; i++) {
            main[at + i] = chance[i];
            excess[at + i] = log_odds[i];
            if (odds) odds[at + i] = left[i];
        }
    }
}

static void ahead(const struct kam__pareto *m,
                  const struct kam__btyd_tile *tile, double h, double *order,
                  double *silence) {
    for (int32_t at = 0; at < tile->n; at += LANES) {
        struct race race = {.alpha = m->alpha, .beta = m->beta};
        struct course course;
        double J[LANES], K[LANES];
        for (int32_t k = 0; k < LANES; k++) {
            const int32_t i = row_of(tile, at, k);
            race.R[k] = m->r + tile->x[i];
            race.A[k] = m->alpha + tile->T[i];
            race.s[k] = m->s;
            race.B[k] = m->beta + tile->T[i];
            race.h[k] = h;
        }
        prepare(&race, &course);
        run(&course, 0);
        shares(&race, &course, J, K);
        for (int i = 0; i < LANES; i++) {
            const double sum = K[i] + kam__exp(-fall_of(&race, i));
            K[i] = J[i] < 0.5 ? 1 - J[i] : sum;
        }
        const int32_t n = tile->n - at < LANES ? tile->n - at : LANES;
        for (int32_t i = 0; i < n; i++) {
            order[at + i] = J[i];
            silence[at + i] = K[i];
        }
    }
}

/* Over time t in panels, none longer than twice B + t, which is how far back the
 * chance to be active has its branch point, nor than that in which the integrand
 * falls by e^10. */
struct times {
    double s, discount; /* the weight's: twice that of squares */
    double B[LANES], inverse[LANES], end[LANES], start[LANES], length[LANES];
    double sum[LANES];
};

static inline int next_panels(struct times *to) {
    int any = 0;
    for (int i = 0; i < LANES; i++) {
        const double start = to->start[i] + to->length[i];
        const double left = to->end[i] - start, reach = to->B[i] + start;
        const double slow = 10 / (to->discount + to->s / reach);
        const double longest = slow < 2 * reach ? slow : 2 * reach;
        const double length = left < 1.0625 * longest ? left : longest;
        /* The last panel may end a rounding before the end: that is the end. */
        const int more = left > 0x1p-50 * to->end[i];
        to->start[i] = more ? start : to->end[i];
        to->length[i] = more ? length : 0.0;
        any |= more;
    }
    return any;
}

/* Orders, pairs undiscounted, pairs; of the last less 1 / discount, which may
 * overflow. */
enum counted { SINGLE, PLAIN_PAIRS, PAIRS };

static inline void add_times(struct times *to, enum counted counted) {
    const struct kam__rule *const rule = &kam__legendre16;
    const double s = to->s, discount = to->discount;
    for (int panel = 0; panel < MOST_PANELS && next_panels(to); panel++)
        for (int32_t j = 0; j < rule->n; j++) {
            const double at = 0.5 * (1 + rule->node[j]);
            const double weight = 0.5 * rule->weight[j];
            for (int i = 0; i < LANES; i++) {
                const double t = to->start[i] + to->length[i] * at;
                const double f = kam__exp(-discount * t -
                                          s * kam__log1p(t * to->inverse[i]));
                const double before = counted == SINGLE ? 1
                                      : counted == PLAIN_PAIRS
                                          ? t
                                          : -kam__expm1(-discount * t);
                to->sum[i] += weight * to->length[i] * (f * before);
            }
        }
}

/* What all rows have in common. */
struct span {
    double s, discount, longest, faded, scale;
    enum counted counted;
};

static struct span span_of(const struct kam__pareto *m, double h,
                           double discount, enum kam__time_weight weight) {
    struct span span;
    span.s = m->s;
    span.discount = weight == KAM__SQUARE ? 2 * discount : discount;
    /* Beyond, e^(-discount t) is below the last bit of the sum. */
    const double last =
        span.discount > 0 ? 45 / span.discount : (double)INFINITY;
    span.longest = h < last ? h : last;
    /* As (1 + t / B)^-s, of pairs times t, is. */
    const double order = m->s - (weight == KAM__PAIR ? 2 : 1);
    span.faded = order > 0 ? kam__expm1(45 / order) : (double)INFINITY;
    span.scale = weight == KAM__PAIR && discount > 0 ? 1 / discount : 1;
    span.counted = weight != KAM__PAIR ? SINGLE
                   : discount > 0      ? PAIRS
                                       : PLAIN_PAIRS;
    return span;
}

static void integrate(const struct span *span, const double *B, double *out) {
    struct times times;
    times.s = span->s;
    times.discount = span->discount;
    for (int32_t k = 0; k < LANES; k++) {
        const double far = B[k] * span->faded;
        times.B[k] = B[k];
        times.inverse[k] = 1 / B[k];
        times.end[k] = span->longest < far ? span->longest : far;
        times.start[k] = times.length[k] = times.sum[k] = 0;
    }
    if (span->counted == SINGLE)
        add_times(&times, SINGLE);
    else if (span->counted == PAIRS)
        add_times(&times, PAIRS);
    else
        add_times(&times, PLAIN_PAIRS);
    for (int i = 0; i < LANES; i++) out[i] = times.sum[i] * span->scale;
}

/* The integral is an analytic function of B but for B <= 0. Between two powers of
 * 2, as a function of u, B = 2^e sqrt(2) (1 + K u) / (1 - K u) with K u from -K to
 * K = (sqrt(2) - 1) / (sqrt(2) + 1), its nearest singularity is at u = 1 / K, and
 * 16 Chebyshev terms leave (1 / K + sqrt(1 / K^2 - 1))^-16, about 1e-17 (Trefethen
 * 2013, Approximation Theory and Approximation Practice, theorem 8.2). They depend on
 * nothing but the model, the question and e. */
#define ROOT_2 0x1.6a09e667f3bcdp+0
#define K 0x1.5f619980c4337p-3
enum { TERMS = KAM__OCTAVE_TERMS };

/* cos(i pi / 32), i = 0..64. */
static double cosine(int i) {
    static const double of[] = {0x1.0000000000000p+0,
                                0x1.fd88da3d12526p-1,
                                0x1.f6297cff75cb0p-1,
                                0x1.e9f4156c62ddap-1,
                                0x1.d906bcf328d46p-1,
                                0x1.c38b2f180bdb1p-1,
                                0x1.a9b66290ea1a3p-1,
                                0x1.8bc806b151741p-1,
                                0x1.6a09e667f3bcdp-1,
                                0x1.44cf325091dd6p-1,
                                0x1.1c73b39ae68c8p-1,
                                0x1.e2b5d3806f63bp-2,
                                0x1.87de2a6aea963p-2,
                                0x1.294062ed59f06p-2,
                                0x1.8f8b83c69a60bp-3,
                                0x1.917a6bc29b42cp-4,
                                0x0.0p+0};
    const int turned = i > 32 ? 64 - i : i; /* cos(2 pi - a) = cos(a) */
    return turned > 16 ? -of[32 - turned] : of[turned];
}

static int32_t octave_of(double B) {
    return (int32_t)(kam__bits(B) >> 52) - 1023;
}

static void octave_terms(const struct span *span, int32_t octave,
                         double *term) {
    double B[LANES], value[LANES];
    for (int i = 0; i < TERMS; i++) {
        const double u = K * cosine(2 * i + 1);
        B[i] = kam__scale(ROOT_2 * ((1 + u) / (1 - u)), octave);
    }
    integrate(span, B, value);
    for (int j = 0; j < TERMS; j++) {
        double sum = 0;
        for (int i = 0; i < TERMS; i++)
            sum += value[i] * cosine((2 * i + 1) * j % 64);
        term[j] = sum * (j == 0 ? 1.0 / TERMS : 2.0 / TERMS);
    }
}

/* Clenshaw's sums for rows of this octave; other rows stay. */
static void sum_terms(const double *term, int32_t octave, const double *B,
                      double *out) {
    const double power = kam__power_of_2(octave), end = 2 * power;
    double twice[LANES], one[LANES], two[LANES];
    for (int i = 0; i < LANES; i++) {
        const double m = B[i] / power;
        twice[i] = (2 / K) * ((m - ROOT_2) / (m + ROOT_2));
        one[i] = two[i] = 0;
    }
    for (int j = TERMS - 1; j > 0; j--)
        for (int i = 0; i < LANES; i++) {
            const double next = (twice[i] * one[i] + term[j]) - two[i];
            two[i] = one[i];
            one[i] = next;
        }
    for (int i = 0; i < LANES; i++) {
        const double sum = (0.5 * twice[i] * one[i] + term[0]) - two[i];
        out[i] = B[i] >= power && B[i] < end ? sum : out[i];
    }
}

static void plan_time(const struct kam__pareto *m, double h, double discount,
                      struct kam__btyd_plan *plan) {
    const struct span span = span_of(m, h, discount, KAM__ONE);
    plan->first = octave_of(m->beta);
    plan->n = KAM__OCTAVES;
    for (int32_t i = 0; i < plan->n; i++)
        octave_terms(&span, plan->first + i, plan->term[i]);
}

/* The terms of an octave, from the plan where it has them. */
static const double *terms_of(const struct span *span,
                              const struct kam__btyd_plan *plan, int32_t octave,
                              double *room) {
    if (plan && octave >= plan->first && octave < plan->first + plan->n)
        return plan->term[octave - plan->first];
    octave_terms(span, octave, room);
    return room;
}

/* Octave by octave, from the lowest that the tile has. */
static void time_integral(const struct kam__pareto *m,
                          const struct kam__btyd_tile *tile, double h,
                          double discount, enum kam__time_weight weight,
                          const struct kam__btyd_plan *plan, double *out) {
    const struct span span = span_of(m, h, discount, weight);
    const int32_t groups = (tile->n + LANES - 1) / LANES;
    double B[KAM__TILE], value[KAM__TILE], least = INFINITY;
    for (int32_t i = 0; i < groups * LANES; i++) {
        const double age = m->beta + tile->T[i < tile->n ? i : tile->n - 1];
        B[i] = age > 0x1p-1022 ? age : 0x1p-1022;
        value[i] = 0;
        least = B[i] < least ? B[i] : least;
    }
    while (least < INFINITY) {
        double room[TERMS], next = INFINITY;
        const int32_t octave = octave_of(least);
        const double end = 2 * kam__power_of_2(octave);
        const double *const term = terms_of(&span, plan, octave, room);
        for (int32_t group = 0; group < groups; group++)
            sum_terms(term, octave, B + group * LANES, value + group * LANES);
        for (int32_t i = 0; i < tile->n; i++)
            next = B[i] >= end && B[i] < next ? B[i] : next;
        least = next;
    }
    for (int32_t i = 0; i < tile->n; i++) out[i] = value[i];
}

const struct kam__pareto_kernels KAM__ISA(kam__pareto) = {active, ahead,
                                                          plan_time,
                                                          time_integral};
