/* SPDX-License-Identifier: MIT */
/* Discounted orders of BG/NBD and MBG/NBD are integrals over time t, taken over
 * u = log(1 + t / A): there the chance to stay, E (1 + p (e^u - 1))^-R, has its
 * nearest branch points pi away, at any age. */
#include <math.h> /* sqrt, INFINITY */

#include "base/isa.h"
#include "math/elementary.h"
#include "math/quadrature.h"
#include "value/beta_geometric.h"
#include "value/beta_mixture.h"

enum { LANES = KAM__LANES };

#define LARGEST_W 0x1p900

/* E (1 + p w)^-R, p ~ Beta(a, c - a), w = t / A. */
struct survivor {
    int32_t isa;
    double a, R, c, A;
    double discount;
    double end; /* the last w that is asked for */
    double fall;
    struct kam__mixture mixture;
};

/* The points of a rule on the panel from u to u + length. Eight leave about 1e-15
 * of functions that are analytic within 4.3 half lengths, and fall by e^2.4 at
 * most; sixteen do within 1.3, and e^16 (Davis & Rabinowitz 1984, section 4.6). */
struct panel {
    double u, length;
    const struct kam__rule *rule;
};

/* Whether eight points reach from u to the end. */
static int is_short(const struct survivor *s, double u, double left) {
    if (left > 1.45) return 0;
    const double time = s->A * (s->end - (u > 0 ? kam__expm1(u) : 0));
    return s->fall * left + 2 * s->discount * time <= 2.4;
}

/* For sixteen. The chance to stay is a mixture of falling exponentials of t: over
 * as much time as there was before it is smooth however fast it fell. */
static double longest(const struct survivor *s, double u) {
    const double before = kam__log1p(-kam__expm1(-u));
    const double fall = 10 / s->fall;
    const double smooth = fall > before ? fall : before;
    const double discounted =
        kam__log1p(3 / s->discount / (s->A * kam__exp(u)));
    const double most = smooth < 2 ? smooth : 2;
    return most < discounted ? most : discounted;
}

static int next_panel(const struct survivor *s, struct panel *panel,
                      double end) {
    panel->u += panel->length;
    const double left = end - panel->u;
    if (!(left > 0)) return 0;
    const int fits = is_short(s, panel->u, left);
    const double most = fits ? left : longest(s, panel->u);
    panel->rule = fits ? &kam__legendre8 : &kam__legendre16;
    /* A sliver at the end joins its neighbour. */
    panel->length = left < 1.0625 * most ? left : most;
    return 1;
}

static int any_open(const double *stays, int32_t n) {
    int open = 0;
    for (int32_t k = 0; k < n; k++) open |= stays[k] != stays[k];
    return open;
}

/* What the shared series left open. */
static void close(struct survivor *s, const double *w, int32_t n,
                  double *stays) {
    double all[LANES], other[LANES];
    for (int32_t k = 0; k < LANES; k++) all[k] = w[k & (n - 1)];
    KAM__PICK(s->isa, kam__beta_geometric)
        ->survival_shared(s->a, s->R, s->c, all, other);
    for (int32_t k = 0; k < n; k++) {
        if (stays[k] == stays[k]) continue;
        stays[k] = other[k];
        if (other[k] == other[k]) continue;
        if (s->mixture.n == 0)
            kam__beta_mixture(s->a, s->c - s->a, s->R * s->end, &s->mixture);
        stays[k] = kam__mixture_survival(&s->mixture, s->R, w[k]);
    }
}

/* The weight e^(-discount A w) of one order becomes that of a pair. */
static void pair(const struct survivor *s, const double *w, int32_t n,
                 double *weight) {
    const double once = s->discount * s->A;
    for (int32_t k = 0; k < n; k++)
        weight[k] = once > 0
                        ? weight[k] * -kam__expm1(-once * w[k]) / s->discount
                        : s->A * w[k];
}

static double sum_panel(struct survivor *s, int kind,
                        const struct panel *panel) {
    const double half = panel->length / 2;
    const struct kam__rule *const rule = panel->rule;
    const int32_t n = rule->n;
    const double once = s->discount * s->A;
    double u[LANES], w[LANES], stays[LANES], weight[LANES], sum = 0;
    for (int32_t k = 0; k < n; k++)
        u[k] = panel->u + half * (1 + rule->node[k]);
    KAM__PICK(s->isa, kam__shared_series)
        ->survival(s->a, s->R, s->c, u, n,
                   kind == KAM__TWO_DISCOUNTS ? -2 * once : -once, w, weight,
                   stays);
    if (any_open(stays, n)) close(s, w, n, stays);
    if (kind == KAM__PAIR_DISCOUNT) pair(s, w, n, weight);
    for (int32_t k = 0; k < n; k++)
        sum += rule->weight[k] * (1 + w[k]) * weight[k] * stays[k];
    return sum * half;
}

double kam__discounted_survival(int32_t isa, double a, double R, double c,
                                double A, double horizon, const double *later,
                                double discount, int kind) {
    /* Beyond, e^(-discount t) is below the last bit of the sum. */
    const double last = discount > 0 ? 45 / discount : (double)INFINITY;
    const double chance = (a + 4 * sqrt(a) + 4) / c;
    struct survivor s;
    struct panel panel = {0, 0, &kam__legendre16};
    double sum = 0;
    s.isa = isa;
    s.a = a, s.R = R, s.c = c, s.A = A;
    s.discount = discount;
    const int reaches = horizon < last && horizon / A < LARGEST_W;
    const double w = (horizon < last ? horizon : last) / A;
    s.end = w < LARGEST_W ? w : LARGEST_W;
    s.fall = R * (chance < 1 ? chance : 1);
    s.mixture.n = 0;
    const double end = later && reaches ? *later : kam__log1p(s.end);
    while (next_panel(&s, &panel, end)) sum += sum_panel(&s, kind, &panel);
    return A * sum;
}
