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

static void integrate_active(const struct kam__pareto *m,
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
            odds[at + i] = left[i];
        }
    }
}

/* What the series leaves open is integrated, all such rows together. */
static void active(const struct kam__pareto *m,
                   const struct kam__btyd_tile *tile, double *main,
                   double *excess, double *odds) {
    double room[KAM__TILE], key[3][KAM__TILE], more[3][KAM__TILE];
    int32_t row[KAM__TILE];
    struct kam__btyd_tile open = {
        .n = 0, .isa = tile->isa, .x = key[0], .t_x = key[1], .T = key[2]};
    double *const left = odds ? odds : room;
    int any = 0;
    KAM__ISA(kam__pareto_series)(m, tile, main, left);
    for (int32_t i = 0; i < tile->n; i++) excess[i] = 0;
    for (int32_t i = 0; i < tile->n; i++) any |= !(main[i] > 0);
    for (int32_t i = 0; odds && i < tile->n; i++) any |= !(odds[i] > 0);
    if (!any) return;
    for (int32_t i = 0; i < tile->n; i++) {
        row[open.n] = i;
        key[0][open.n] = tile->x[i];
        key[1][open.n] = tile->t_x[i];
        key[2][open.n] = tile->T[i];
        open.n += !(main[i] > 0) | (odds && !(left[i] > 0));
    }
    integrate_active(m, &open, more[0], more[1], more[2]);
    for (int32_t k = 0; k < open.n; k++) {
        const int32_t i = row[k];
        if (!(main[i] > 0)) {
            main[i] = more[0][k];
            excess[i] = more[1][k];
        }
        left[i] = more[2][k];
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

/* B (1 - e^((1 - s) z)) / (s - 1), z = log(1 + h / B). */
static void time_ahead(const struct kam__pareto *m,
                       const struct kam__btyd_tile *tile, double h,
                       double *restrict time) {
    const double *restrict const T = tile->T;
    const double beta = m->beta, e = m->s - 1;
    const int32_t n = tile->n;
    if (!(h < (double)INFINITY)) {
        for (int32_t i = 0; i < n; i++)
            time[i] = e > 0 ? (beta + T[i]) / e : (double)INFINITY;
        return;
    }
    if (e == 0) {
        for (int32_t i = 0; i < n; i++)
            time[i] = (beta + T[i]) * kam__log1p(h / (beta + T[i]));
        return;
    }
    for (int32_t i = 0; i < n; i++) {
        const double B = beta + T[i];
        time[i] = B * (-kam__expm1(-e * kam__log1p(h / B)) / e);
    }
}

/* Not 0 times infinity: some chance to be active always remains. */
static void orders(const struct kam__pareto *m,
                   const struct kam__btyd_tile *tile,
                   const double *restrict time, double *restrict out) {
    const double *restrict const x = tile->x, *restrict const T = tile->T;
    const double r = m->r, alpha = m->alpha;
    const int32_t n = tile->n;
    for (int32_t i = 0; i < n; i++) {
        const double number = out[i] * ((r + x[i]) / (alpha + T[i]) * time[i]);
        out[i] = time[i] < (double)INFINITY ? number : (double)INFINITY;
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
static void sum_terms(const double *term, int32_t octave, int32_t n,
                      const double *restrict B, double *restrict out) {
    const double power = kam__power_of_2(octave), end = 2 * power;
    double twice[KAM__TILE], one[KAM__TILE], two[KAM__TILE];
    for (int32_t i = 0; i < n; i++) {
        const double m = B[i] / power;
        twice[i] = (2 / K) * ((m - ROOT_2) / (m + ROOT_2));
        one[i] = term[TERMS - 1];
        two[i] = 0;
    }
    for (int j = TERMS - 2; j > 0; j -= 2)
        for (int32_t i = 0; i < n; i++) {
            two[i] = (twice[i] * one[i] + term[j]) - two[i];
            one[i] = (twice[i] * two[i] + term[j - 1]) - one[i];
        }
    for (int32_t i = 0; i < n; i++) {
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
    const double *restrict const T = tile->T;
    const double beta = m->beta;
    const int32_t n = tile->n;
    double B[KAM__TILE];
    uint64_t least = UINT64_MAX; /* bits are in order as numbers are */
    for (int32_t i = 0; i < n; i++) {
        const double age = beta + T[i];
        B[i] = age > 0x1p-1022 ? age : 0x1p-1022;
        out[i] = 0;
    }
    for (int32_t i = 0; i < n; i++)
        least = kam__bits(B[i]) < least ? kam__bits(B[i]) : least;
    while (least < kam__bits((double)INFINITY)) {
        double room[TERMS];
        const uint64_t end = ((least >> 52) + 1) << 52;
        const int32_t octave = (int32_t)(least >> 52) - 1023;
        sum_terms(terms_of(&span, plan, octave, room), octave, n, B, out);
        least = UINT64_MAX;
        for (int32_t i = 0; i < n; i++) {
            const uint64_t at = kam__bits(B[i]);
            least = at >= end && at < least ? at : least;
        }
    }
}

const struct kam__pareto_kernels KAM__ISA(kam__pareto) = {
    active, ahead, time_ahead, orders, plan_time, time_integral};
