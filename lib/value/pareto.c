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

static void time_integral(const struct kam__pareto *m,
                          const struct kam__btyd_tile *tile, double h,
                          double discount, enum kam__time_weight weight,
                          double *out) {
    struct times times;
    times.s = m->s;
    times.discount = weight == KAM__SQUARE ? 2 * discount : discount;
    /* Beyond, e^(-discount t) is below the last bit of the sum. */
    const double last =
        times.discount > 0 ? 45 / times.discount : (double)INFINITY;
    const double longest = h < last ? h : last;
    /* As (1 + t / B)^-s, of pairs times t, is. */
    const double order = m->s - (weight == KAM__PAIR ? 2 : 1);
    const double faded = order > 0 ? kam__expm1(45 / order) : (double)INFINITY;
    const double scale = weight == KAM__PAIR && discount > 0 ? 1 / discount : 1;
    for (int32_t at = 0; at < tile->n; at += LANES) {
        for (int32_t k = 0; k < LANES; k++) {
            const double B = m->beta + tile->T[row_of(tile, at, k)];
            times.B[k] = B;
            times.inverse[k] = 1 / B;
            times.end[k] = longest < B * faded ? longest : B * faded;
            times.start[k] = times.length[k] = times.sum[k] = 0;
        }
        if (weight != KAM__PAIR)
            add_times(&times, SINGLE);
        else if (discount > 0)
            add_times(&times, PAIRS);
        else
            add_times(&times, PLAIN_PAIRS);
        const int32_t n = tile->n - at < LANES ? tile->n - at : LANES;
        for (int32_t i = 0; i < n; i++) out[at + i] = times.sum[i] * scale;
    }
}

const struct kam__pareto_kernels KAM__ISA(kam__pareto) = {active, ahead,
                                                          time_integral};
