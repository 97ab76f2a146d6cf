/* SPDX-License-Identifier: MIT */
/* Discounted orders of BG/NBD and MBG/NBD are integrals over time. */
#include "base/isa.h"
#include "math/elementary.h"
#include "math/quadrature.h"
#include "value/beta_geometric.h"
#include "value/beta_mixture.h"

enum { LANES = KAM__LANES };

/* Time is cut into panels on which the rate of orders of an active account is
 * smooth: none longer than twice alpha + T + t, which is how far back the rate has
 * its branch point, nor than that in which the weight falls by e^6, nor than the
 * time in which the rate falls by e^10, or than the time so far: the rate is a
 * mixture of falling exponentials, so in the complex plane it is nowhere larger
 * than on the real axis to the left. Sixteen points a panel then leave about 1e-15
 * (Davis & Rabinowitz 1984, section 4.6). */
struct panels {
    double start, length, age, fall, most;
};

static int next_panel(struct panels *panels, double end) {
    panels->start += panels->length;
    if (!(panels->start < end)) return 0;
    const double reach = panels->age + panels->start;
    const double fall = panels->fall * reach;
    const double slow = fall > panels->start ? fall : panels->start;
    const double smooth = slow < 2 * reach ? slow : 2 * reach;
    const double longest = smooth < panels->most ? smooth : panels->most;
    const double left = end - panels->start;
    /* A sliver at the end joins its neighbour. */
    panels->length = left < 1.0625 * longest ? left : longest;
    return 1;
}

/* E_p (1 + p t / A)^-R, p ~ Beta(a, c - a), at several times. */
struct survivor {
    int32_t isa;
    double a, R, c, A;
    double end; /* the last time that is asked for */
    struct kam__mixture mixture;
};

static int any_open(const double *stays) {
    int open = 0;
    for (int k = 0; k < LANES; k++) open |= stays[k] != stays[k];
    return open;
}

static void survive(struct survivor *s, const double *t, double *stays) {
    double w[LANES];
    for (int k = 0; k < LANES; k++) w[k] = t[k] / s->A;
    KAM__PICK(s->isa, kam__shared_series)->survival(s->a, s->R, s->c, w, stays);
    if (!any_open(stays)) return;
    KAM__PICK(s->isa, kam__beta_geometric)
        ->survival_shared(s->a, s->R, s->c, w, stays);
    for (int k = 0; k < LANES; k++) {
        if (stays[k] == stays[k]) continue;
        if (s->mixture.n == 0)
            kam__beta_mixture(s->a, s->c - s->a, s->R * s->end / s->A,
                              &s->mixture);
        stays[k] = kam__mixture_survival(&s->mixture, s->R, w[k]);
    }
}

/* What E (1 + p t / A)^-R is multiplied with at the times t. */
static void weigh(int32_t isa, int kind, double discount, const double *t,
                  double *weight) {
    const double times = kind == KAM__TWO_DISCOUNTS ? 2 : 1;
    KAM__PICK(isa, kam__shared_series)
        ->exponential(-times * discount, t, weight);
    for (int k = 0; kind == KAM__PAIR_DISCOUNT && k < LANES; k++)
        weight[k] = discount > 0
                        ? weight[k] * -kam__expm1(-discount * t[k]) / discount
                        : t[k];
}

double kam__discounted_survival(int32_t isa, double a, double R, double c,
                                double A, double horizon, double discount,
                                int kind) {
    const struct kam__rule *const rule = &kam__legendre16;
    /* Beyond, e^(-discount t) is below the last bit of the sum. */
    const double last = discount > 0 ? 45 / discount : (double)INFINITY;
    const double chance = (a + 4 * sqrt(a) + 4) / c;
    /* The weights fall like e^(-2 discount t) at most. */
    const double most = discount > 0 ? 3 / discount : (double)INFINITY;
    struct panels panels = {0, 0, A, 10 / (R * (chance < 1 ? chance : 1)),
                            most};
    struct survivor s;
    s.isa = isa;
    s.a = a, s.R = R, s.c = c, s.A = A;
    s.end = horizon < last ? horizon : last;
    s.mixture.n = 0;
    double sum = 0;
    while (next_panel(&panels, s.end)) {
        const double half = panels.length / 2;
        for (int32_t at = 0; at < rule->n; at += LANES) {
            double t[LANES], stays[LANES], weight[LANES];
            for (int k = 0; k < LANES; k++)
                t[k] = panels.start + half * (1 + rule->node[at + k]);
            survive(&s, t, stays);
            weigh(isa, kind, discount, t, weight);
            for (int k = 0; k < LANES; k++)
                sum += rule->weight[at + k] * half * weight[k] * stays[k];
        }
    }
    return sum;
}
