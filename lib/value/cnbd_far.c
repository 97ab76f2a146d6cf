/* SPDX-License-Identifier: MIT */
#include "value/cnbd_far.h"

#include <float.h>

#include "base/isa.h"
#include "math/elementary.h"
#include "math/gamma.h"
#include "math/quadrature.h"
#include "math/special.h"

const struct kam__cnbd_kernels *kam__cnbd_at(int32_t isa) {
    return KAM__PICK(isa, kam__cnbd);
}

/* ---- negative binomial, for any real count ---- */

/* log Gamma(x + 1) less Stirling's (x + 1/2) log x - x + log(2 pi) / 2. */
static double stirling_error(double x) {
    if (x >= 3) return kam__gamma_far(1 / x);
    return kam__lgamma(x + 1) - ((x + 0.5) * kam__log(x) - x) -
           0.91893853320467274178;
}

/* x log(x / m) + m - x, of which d = x - m is known well (Loader 2000). */
static double deviance(double x, double m, double d) {
    if (fabs(d) > 0.1 * (x + m)) return x * kam__log(x / m) - d;
    const double v = d / (x + m), v2 = v * v;
    double sum = d * v, term = 2 * x * v;
    for (int j = 3; j < 200; j += 2) {
        term *= v2;
        const double next = sum + term / j;
        if (next == sum) break;
        sum = next;
    }
    return sum;
}

/* Gamma(R + i) / (Gamma(R) Gamma(i + 1)) z^i (1 - z)^R, z = g / (1 + g). */
static double chance_of(double R, double g, double i) {
    if (!(i > 0)) return i < 0 ? 0 : kam__exp(-R * kam__log1p(g));
    const double n = R + i, d = (i - R * g) / (1 + g);
    const double power = stirling_error(n) - stirling_error(R) -
                         stirling_error(i) - deviance(R, n / (1 + g), -d) -
                         deviance(i, n * (g / (1 + g)), d);
    return kam__exp(power) * sqrt(R / n / i * 0.15915494309189533577);
}

/* ---- sums over the number of orders that could have come ---- */

enum { ORDERS, STAYS, RATE, PAIRS };

struct far {
    const struct kam__hidden *s;
    int32_t lane;
    double a, B;
    double done; /* orders placed of the first KNOWN that could come */
};

enum { SUMMED = 256, KNOWN = SUMMED - 8, MOST_PANELS = 100000 };

/* E (1 - p)^n. */
static double stays(double a, double B, double n) {
    return kam__exp(
        a < n
            ? kam__lgamma_difference(B, a) - kam__lgamma_difference(B + n, a)
            : kam__lgamma_difference(B, n) - kam__lgamma_difference(B + a, n));
}

/* E (1 - (1 - p)^n) / p, with no difference near a = 1; a + B > 1. */
static double placed(double a, double B, double n) {
    const double c = a - 1;
    if (fabs(c) > B) {
        const double power =
            kam__lgamma_difference(B, n) - kam__lgamma_difference(B + c, n);
        return (B + c) / c * -kam__expm1(power);
    }
    const struct kam__rule *const rule = &kam__legendre16;
    double slope = 0;
    for (int32_t i = 0; i < rule->n; i++)
        slope += rule->weight[i] / 2 *
                 kam__digamma_difference(B + c * (1 + rule->node[i]) / 2, n);
    const double y = c * slope;
    return (B + c) * slope * (fabs(y) > 1e-300 ? -kam__expm1(-y) / y : 1);
}

/* The chance that exactly n orders could have come by then, n >= 0, real: a chance
 * of one number of hidden events leads to that of the next by a factor. */
static double possible(const struct far *f, double n) {
    const int32_t k = f->s->k;
    const double g = f->s->ratio[f->lane], z = g / (1 + g);
    double sum = 0;
    for (int32_t j = 0; j < k; j++) {
        const double R = f->s->R[f->lane] + j, first = n * k - j;
        double chance = 0, all = 0;
        for (int32_t r = 0; r < k; r++) {
            const double i = first + r;
            chance = i >= 1 && r > 0 ? chance * ((R + (i - 1)) / i * z)
                                     : chance_of(R, g, i);
            all += chance;
        }
        sum += f->s->w[j][f->lane] * all;
    }
    return sum;
}

/* The rate at which order n + 1 could come. Of a given sum of R + j and the number of
 * hidden events, the chance that j is k - 1 leads to the others; it is the largest where
 * few orders were to be expected. */
static double possible_rate(const struct far *f, double n) {
    const int32_t k = f->s->k;
    const double R = f->s->R[f->lane], g = f->s->ratio[f->lane];
    double chance = chance_of(R + (k - 1), g, n * k), sum = 0;
    for (int32_t j = k - 1; j >= 0; j--) {
        sum += f->s->w[j][f->lane] * chance;
        chance *= (R + (j - 1)) * g / (n * k + (k - j));
    }
    return sum * (R + n * k + (k - 1)) / (1 + g);
}

static double addend(const struct far *f, int what, double n) {
    const double a = f->a, B = f->B;
    if (what == RATE) return possible_rate(f, n) * stays(a, B, n);
    if (what == PAIRS) return possible_rate(f, n) * stays(a, B, n) * n;
    if (what == STAYS) return possible(f, n) * stays(a, B, n);
    return possible(f, n) *
           (f->done + stays(a, B, KNOWN) * placed(a, B + KNOWN, n - KNOWN));
}

/* Sum over n >= SUMMED: the integral from SUMMED - 1/2 on, and Euler and
 * Maclaurin's terms of the midpoint rule there, in central differences. Orders that could
 * come are spread around R g / k by sqrt(R g (1 + g)) / k. */
static double beyond(const struct far *f, int what) {
    const struct kam__rule *const rule = &kam__legendre16;
    const double R = f->s->R[f->lane], g = f->s->ratio[f->lane];
    const double mean = R * g / f->s->k;
    const double spread = sqrt(R * g * (1 + g)) / f->s->k;
    const double tail = (1 + g) / f->s->k;
    const double width = spread > tail ? spread : tail;
    const double first = mean - 12 * spread - 40;
    double x = SUMMED - 0.5, sum = 0, d[6];
    if (first > x) {
        x = first;
    } else {
        for (int i = 0; i < 6; i++) d[i] = addend(f, what, SUMMED - 3 + i);
        sum = (d[3] - d[2]) / 24 -
              17 * (d[4] - 3 * d[3] + 3 * d[2] - d[1]) / 5760 +
              367 *
                  (d[5] - 5 * d[4] + 10 * d[3] - 10 * d[2] + 5 * d[1] - d[0]) /
                  967680;
    }
    for (int panel = 0; panel < MOST_PANELS; panel++) {
        const double length = x < width ? x : width;
        double part = 0;
        for (int32_t i = 0; i < rule->n; i++)
            part += rule->weight[i] * length / 2 *
                    addend(f, what, x + length * (1 + rule->node[i]) / 2);
        sum += part;
        x += length;
        /* A sum of nothing but the rule's own terms may be below zero. */
        if (x > mean && !(part > 1e-18 * fabs(sum))) break;
    }
    return sum;
}

/* Beyond, fewer than 1e-18 of the orders that could come are left: twelve spreads
 * and 45 times the length over which the tail falls by e. */
static double last_possible(const struct far *f) {
    const double R = f->s->R[f->lane], g = f->s->ratio[f->lane];
    return (R * g + 12 * sqrt(R * g * (1 + g)) + 45 * (1 + g)) / f->s->k + 2;
}

/* Orders and the chance to stay, or rates and pairs: one pass for both. */
static void whole(struct far *f, int rates, double *out) {
    const double last = last_possible(f);
    const int32_t n_summed = last < KNOWN ? (int32_t)last : SUMMED;
    double done = 0, stay = 1;
    out[0] = out[1] = 0;
    for (int32_t n = 0; n < n_summed; n++) {
        const double chance = rates ? possible_rate(f, n) : possible(f, n);
        out[0] += chance * (rates ? stay : done);
        out[1] += chance * stay * (rates ? n : 1);
        if (n == KNOWN) f->done = done;
        done += stay;
        stay *= (f->B + n) / (f->a + f->B + n);
    }
    if (n_summed < SUMMED) return;
    out[0] += beyond(f, rates ? RATE : ORDERS);
    out[1] += beyond(f, rates ? PAIRS : STAYS);
}

static struct far far_of(const struct kam__hidden *s, int32_t lane) {
    return (struct far){s, lane, s->a, s->B[lane], 0};
}

void kam__cnbd_far(const struct kam__hidden *s, int32_t lane, double *orders,
                   double *active) {
    struct far f = far_of(s, lane);
    double both[2];
    whole(&f, 0, both);
    *orders = both[0];
    *active = both[1];
}

void kam__cnbd_far_rate(const struct kam__hidden *s, int32_t lane,
                        double *orders, double *pairs) {
    struct far f = far_of(s, lane);
    double both[2];
    whole(&f, 1, both);
    *orders = both[0];
    *pairs = both[1];
}

/* ---- chances ---- */

/* P(N >= m): 1 less the sum below, or, when that is nearly 1, the sum above. */
static double at_least(double R, double g, double m) {
    double below = 0, above = 0;
    if (!(m > 0)) return 1;
    for (double i = 0; i < m && below < 0.5; i++) below += chance_of(R, g, i);
    if (below < 0.5) return 1 - below;
    double term = chance_of(R, g, m);
    const double z = g / (1 + g);
    /* The least numbers there are stay as they are, multiplied by 0.6. */
    for (double i = m; term >= DBL_MIN && term > 1e-18 * above; i++) {
        above += term;
        term *= (R + i) / (i + 1) * z;
    }
    return above;
}

double kam__cnbd_due(const struct kam__hidden *s, int32_t lane) {
    double sum = 0;
    for (int32_t j = 0; j < s->k; j++)
        sum +=
            s->w[j][lane] * at_least(s->R[lane] + j, s->ratio[lane], s->k - j);
    return sum;
}

/* n or more orders: so many could have come, and the account stayed after n - 1.
 * Exactly n: after those, either no more could have come or it left. */
void kam__cnbd_counts(const struct kam__hidden *s, int32_t lane, int32_t n,
                      double *chance) {
    const struct far f = far_of(s, lane);
    const int endless = !(s->ratio[lane] < INFINITY);
    double more = endless ? 1 : 0; /* last, then i + 1 or more could come */
    chance[0] = 1;
    for (int32_t i = 1; i < n; i++)
        chance[i] = i > 1 ? chance[i - 1] * ((s->B[lane] + (i - 2)) /
                                             (s->a + s->B[lane] + (i - 2)))
                          : 1;
    for (int32_t j = 0; j < s->k && !endless; j++)
        more += s->w[j][lane] * at_least(s->R[lane] + j, s->ratio[lane],
                                         (n - 1) * (double)s->k - j);
    chance[n - 1] *= more;
    for (int32_t i = n - 2; i >= 0; i--) {
        const double exactly = endless ? 0 : possible(&f, i);
        const double left = i > 0 ? s->a / (s->a + s->B[lane] + (i - 1)) : 0;
        chance[i] *= exactly + left * more;
        more += exactly;
    }
}
