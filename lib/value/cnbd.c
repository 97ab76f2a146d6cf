/* SPDX-License-Identifier: MIT */
/* BG/CNBD-k and MBG/CNBD-k as families of kam/btyd.h. Formulas:
 * docs/models/btyd.md. With k = 1 they are BG/NBD and MBG/NBD, to the bit. */
#include "value/cnbd.h"

#include <string.h>

#include "math/elementary.h"
#include "math/special.h"
#include "value/cnbd_far.h"

enum { LANES = KAM__LANES };

/* 1 in families without (parameter[4] is 0 there). */
static int32_t rhythm_of(const double *parameter) {
    return parameter[4] > 1 ? (int32_t)floor(parameter[4] + 0.5) : 1;
}

static struct kam__cnbd model_of(kam__family family, const double *parameter) {
    return (struct kam__cnbd){{parameter[0], parameter[1], parameter[2],
                               parameter[3], family->variant},
                              rhythm_of(parameter)};
}

/* The family that this is when k = 1. */
static kam__family plain(kam__family family, const double *parameter) {
    if (rhythm_of(parameter) > 1) return 0;
    return family->variant > 0 ? &kam__mbgnbd : &kam__bgnbd;
}

/* As for BG/NBD, with Gamma(r + k x) / Gamma(r). */
static void count_terms(kam__family family, const double *parameter, double x,
                        double *out) {
    const kam__family same = plain(family, parameter);
    const double r = parameter[0], a = parameter[2], b = parameter[3];
    const double X = rhythm_of(parameter) * x;
    const double chances = x + family->variant;
    const double n = chances > 1 ? chances - 1 : 0;
    if (same) {
        same->count_terms(same, parameter, x, out);
        return;
    }
    const double r1 = r * kam__digamma_difference(r, X);
    const double s1 = kam__digamma_difference(a + b, n);
    const double s2 = kam__trigamma_difference(a + b, n);
    const double b1 = kam__digamma_difference(b, n);
    memset(out, 0, 15 * sizeof *out);
    out[0] = kam__lgamma_difference(r, X) + kam__lgamma_difference(b, n) -
             kam__lgamma_difference(a + b, n);
    out[1] = r1;
    out[3] = -a * s1;
    out[4] = b * (b1 - s1);
    out[5] = r1 + r * r * kam__trigamma_difference(r, X);
    out[10] = -a * s1 - a * a * s2;
    out[13] = -a * b * s2;
    out[14] = b * (b1 - s1) + b * b * (kam__trigamma_difference(b, n) - s2);
}

/* Density of the times between x + 1 orders, as far as no parameter moves it:
 * the product of gap^(k - 1) / Gamma(k). */
static double gap_terms(const double *parameter, double x, double log_gaps) {
    const double k = rhythm_of(parameter);
    return k > 1 && x > 0 ? (k - 1) * log_gaps - x * kam__lgamma(k) : 0;
}

static void time_terms(kam__family family, const double *parameter,
                       kam__tile tile, double (*out)[KAM__TILE]) {
    const struct kam__cnbd m = model_of(family, parameter);
    const kam__family same = plain(family, parameter);
    if (same)
        same->time_terms(same, parameter, tile, out);
    else
        kam__cnbd_at(tile->isa)->time_terms(&m, tile, out);
}

/* Hidden events come k times as often as orders. */
static void start(kam__facts facts, int32_t attempt, double *log_parameter) {
    const struct kam__btyd_facts hidden = {facts->mean_age,
                                           facts->mean_orders * facts->rhythm,
                                           facts->rhythm};
    kam__mbgnbd.start(&hidden, attempt, log_parameter);
}

static void bounds(kam__facts facts, double *lower, double *upper) {
    const struct kam__btyd_facts hidden = {facts->mean_age,
                                           facts->mean_orders * facts->rhythm,
                                           facts->rhythm};
    kam__mbgnbd.bounds(&hidden, lower, upper);
}

static void prior(kam__facts facts, double *centre, double *width) {
    const struct kam__btyd_facts hidden = {facts->mean_age,
                                           facts->mean_orders * facts->rhythm,
                                           facts->rhythm};
    kam__mbgnbd.prior(&hidden, centre, width);
}

/* ---- answers ---- */

static void no_order(kam__family family, const double *parameter,
                     kam__tile tile, double horizon, double *out) {
    const struct kam__cnbd m = model_of(family, parameter);
    const kam__family same = plain(family, parameter);
    if (same)
        same->no_order(same, parameter, tile, horizon, out);
    else
        kam__cnbd_at(tile->isa)->no_order(&m, tile, horizon, out);
}

/* The account at `from` seen `ahead` later, as a lane. */
void kam__cnbd_lane(const struct kam__cnbd *m, const struct kam__btyd_tile *t,
                    int32_t row, double ahead, struct kam__hidden *s,
                    int32_t lane) {
    const double x = t->x[row], T = t->T[row], t_x = t->t_x[row];
    const double R = m->of.r + m->k * x, A = m->of.alpha + T;
    const double v = (T - t_x) / A;
    double sum = 0, weight = 1;
    s->R[lane] = R;
    s->B[lane] = m->of.b + x + m->of.first;
    s->ratio[lane] = ahead / A;
    for (int32_t j = 0; j < m->k; j++) {
        s->w[j][lane] = weight;
        sum += weight;
        weight = weight * (R + j) * v / (j + 1);
    }
    for (int32_t j = 0; j < m->k; j++) s->w[j][lane] /= sum;
}

/* Rows [at, at + LANES); rows past the end repeat the last. */
static int32_t set_rows(const struct kam__cnbd *m,
                        const struct kam__btyd_tile *tile, int32_t at,
                        double ahead, struct kam__hidden *s) {
    s->k = m->k;
    s->a = m->of.a;
    for (int32_t l = 0; l < LANES; l++)
        kam__cnbd_lane(m, tile, at + l < tile->n ? at + l : tile->n - 1, ahead,
                       s, l);
    return tile->n - at < LANES ? tile->n - at : LANES;
}

/* What an active account does within `ahead`: orders, and whether it stays. */
static void look_ahead(const struct kam__cnbd *m, kam__tile tile, double ahead,
                       double *orders, double *stays) {
    for (int32_t at = 0; at < tile->n; at += LANES) {
        double one[LANES], two[LANES];
        struct kam__hidden s;
        const int32_t n = set_rows(m, tile, at, ahead, &s);
        kam__cnbd_at(tile->isa)->ahead(&s, one, two);
        for (int32_t l = 0; l < n; l++) {
            if (one[l] != one[l]) kam__cnbd_far(&s, l, &one[l], &two[l]);
            orders[at + l] = one[l];
            stays[at + l] = two[l];
        }
    }
}

static void alive(kam__family family, const double *parameter, kam__tile tile,
                  double ahead, double *out) {
    const struct kam__cnbd m = model_of(family, parameter);
    const kam__family same = plain(family, parameter);
    double rest[KAM__TILE], sum[KAM__TILE];
    if (same) {
        same->alive(same, parameter, tile, ahead, out);
        return;
    }
    kam__cnbd_at(tile->isa)->alive(&m, tile, out, rest, sum);
    for (int32_t i = 0; i < tile->n; i++) out[i] *= rest[i];
    if (!(ahead > 0)) return;
    double orders[KAM__TILE], stays[KAM__TILE];
    look_ahead(&m, tile, ahead, orders, stays);
    for (int32_t i = 0; i < tile->n; i++) out[i] *= stays[i];
}

/* For ever: E 1/p, whatever the rhythm. */
static double for_ever(const struct kam__cnbd *m, double x) {
    const double B = m->of.b + x + m->of.first;
    return m->of.a > 1 ? (m->of.a + B - 1) / (m->of.a - 1) : (double)INFINITY;
}

static void expected(kam__family family, const double *parameter,
                     kam__tile tile, double horizon, double *out) {
    const struct kam__cnbd m = model_of(family, parameter);
    const kam__family same = plain(family, parameter);
    double rest[KAM__TILE], sum[KAM__TILE];
    double orders[KAM__TILE], stays[KAM__TILE];
    if (same) {
        same->expected(same, parameter, tile, horizon, out);
        return;
    }
    kam__cnbd_at(tile->isa)->alive(&m, tile, out, rest, sum);
    if (horizon < INFINITY)
        look_ahead(&m, tile, horizon, orders, stays);
    else
        for (int32_t i = 0; i < tile->n; i++)
            orders[i] = for_ever(&m, tile->x[i]);
    for (int32_t i = 0; i < tile->n; i++)
        out[i] = orders[i] < INFINITY ? out[i] * orders[i] * rest[i]
                                      : (double)INFINITY;
}

/* Odds of no order: [q rho + stay (h - due)] / (stay due), where due is h times
 * the chance that an active account orders. */
static void no_order_log_odds(kam__family family, const double *parameter,
                              kam__tile tile, double horizon, double *out) {
    const struct kam__cnbd m = model_of(family, parameter);
    const kam__family same = plain(family, parameter);
    double main[KAM__TILE], rest[KAM__TILE], sum[KAM__TILE];
    if (same) {
        same->no_order_log_odds(same, parameter, tile, horizon, out);
        return;
    }
    kam__cnbd_at(tile->isa)->no_order(&m, tile, horizon, out);
    kam__cnbd_at(tile->isa)->alive(&m, tile, main, rest, sum);
    for (int32_t i = 0; i < tile->n; i++) {
        struct kam__hidden s;
        s.k = m.k;
        s.a = m.of.a;
        kam__cnbd_lane(&m, tile, i, horizon, &s, 0);
        const double due = horizon < INFINITY ? kam__cnbd_due(&s, 0) : 1;
        out[i] = kam__log(out[i] / (main[i] * due)) - kam__log(rest[i]);
    }
}

/* ---- discounted ---- */

static void discounted(kam__family family, const double *parameter,
                       kam__tile tile, double horizon, double discount,
                       double *out) {
    const struct kam__cnbd m = model_of(family, parameter);
    const kam__family same = plain(family, parameter);
    double rest[KAM__TILE], sum[KAM__TILE];
    if (same) {
        same->discounted(same, parameter, tile, horizon, discount, out);
        return;
    }
    if (!(discount > 0)) {
        expected(family, parameter, tile, horizon, out);
        return;
    }
    kam__cnbd_at(tile->isa)->alive(&m, tile, out, rest, sum);
    for (int32_t i = 0; i < tile->n; i++) {
        double sums[3];
        kam__cnbd_discount(&m, tile, i, horizon, discount, sums);
        out[i] *= sums[0] * rest[i];
    }
}

static void discounted_pairs(kam__family family, const double *parameter,
                             kam__tile tile, double horizon, double discount,
                             double *out) {
    const struct kam__cnbd m = model_of(family, parameter);
    const kam__family same = plain(family, parameter);
    const int endless = !(horizon < INFINITY) && !(discount > 0);
    double main[KAM__TILE], rest[KAM__TILE], sum[KAM__TILE], sums[3];
    if (same) {
        same->discounted_pairs(same, parameter, tile, horizon, discount, out);
        return;
    }
    kam__cnbd_at(tile->isa)->alive(&m, tile, main, rest, sum);
    for (int32_t i = 0; i < tile->n; i++) {
        const double active = main[i] * rest[i],
                     B = m.of.b + tile->x[i] + m.of.first;
        if (endless) {
            const double ever = for_ever(&m, tile->x[i]);
            sums[1] = ever;
            sums[2] = m.of.a > 2 ? B / (m.of.a - 2) * ever : (double)INFINITY;
        } else {
            kam__cnbd_discount(&m, tile, i, horizon, discount, sums);
        }
        out[i] = active > 0 ? active * sums[2] : 0;
        out[tile->n + i] = active > 0 ? active * sums[1] : 0;
    }
}

void kam__cnbd_order_counts(kam__family family, const double *parameter,
                            kam__tile tile, double horizon, int32_t m,
                            double *out) {
    const struct kam__cnbd model = model_of(family, parameter);
    double active[KAM__TILE], none[KAM__TILE];
    family->alive(family, parameter, tile, 0, active);
    family->no_order(family, parameter, tile, horizon, none);
    for (int32_t i = 0; i < tile->n; i++) {
        struct kam__hidden s;
        double *const chance = out + (int64_t)i * m;
        s.k = model.k;
        s.a = model.of.a;
        kam__cnbd_lane(&model, tile, i, horizon, &s, 0);
        kam__cnbd_counts(&s, 0, m, chance);
        for (int32_t n = 1; n < m; n++) chance[n] *= active[i];
        if (m > 1) chance[0] = none[i];
    }
}

/* k - j events more, of an account that has seen j: infinite when R <= 1. */
void kam__cnbd_next_order(kam__family family, const double *parameter,
                          kam__tile tile, double *out) {
    const struct kam__cnbd m = model_of(family, parameter);
    for (int32_t i = 0; i < tile->n; i++) {
        struct kam__hidden s;
        s.k = m.k;
        s.a = m.of.a;
        kam__cnbd_lane(&m, tile, i, 0, &s, 0);
        const double A = m.of.alpha + tile->T[i];
        double sum = 0;
        for (int32_t j = 0; j < m.k; j++)
            sum += s.w[j][0] * (m.k - j) * A / (s.R[0] + (j - 1));
        out[i] = s.R[0] > 1 ? sum : (double)INFINITY;
    }
}

#define SHARED                                                                 \
    {"r", "alpha", "a", "b", "k", 0, 0, 0}, KAM__BETA_GEOMETRIC_BOUNDS
#define FUNCTIONS                                                              \
    .count_terms = count_terms, .time_terms = time_terms, .start = start,      \
    .bounds = bounds, .prior = prior, .alive = alive, .no_order = no_order,    \
    .no_order_log_odds = no_order_log_odds, .expected = expected,              \
    .discounted = discounted, .discounted_pairs = discounted_pairs,            \
    .order_counts = kam__cnbd_order_counts,                                    \
    .next_order = kam__cnbd_next_order, .most_rhythm = KAM__MOST_RHYTHM,       \
    .gap_terms = gap_terms

const struct kam__btyd_family kam__bgcnbd = {KAM_BTYD_BGCNBD, 5, "bgcnbd",
                                             SHARED,          0, FUNCTIONS};

const struct kam__btyd_family kam__mbgcnbd = {KAM_BTYD_MBGCNBD, 5, "mbgcnbd",
                                              SHARED,           1, FUNCTIONS};
