/* SPDX-License-Identifier: MIT */
#include "value/retention_law.h"

#include <string.h>

#include "math/elementary.h"
#include "math/quadrature.h"
#include "math/special.h"
#include "value/beta_mixture.h"

/* n^c. */
static double exposure(const struct kam__retention *m, double n) {
    return m->c == 1 ? n : kam__pow(n, m->c);
}

/* (n + k)^c - n^c, without cancellation. */
static double more_exposure(const struct kam__retention *m, double n,
                            double k) {
    if (m->c == 1) return k;
    return n > 0 ? kam__pow(n, m->c) * kam__expm1(m->c * kam__log1p(k / n))
                 : kam__pow(k, m->c);
}

/* log E (1 - theta)^u, theta ~ Beta(a, B): lgamma differences, and where those
 * would cancel the integral over (0, a) of the digamma difference they are. */
static double log_stay(double a, double B, double u) {
    if (!(u < 1e300)) return -(double)INFINITY;
    if (a > 2 * B || u > 0.25 * B)
        return a < u ? kam__lgamma_difference(B, a) -
                           kam__lgamma_difference(B + u, a)
                     : kam__lgamma_difference(B, u) -
                           kam__lgamma_difference(B + a, u);
    const struct kam__rule *const rule = &kam__legendre16;
    double sum = 0;
    for (int32_t i = 0; i < rule->n; i++)
        sum += rule->weight[i] *
               kam__digamma_difference(B + a * (1 + rule->node[i]) / 2, u);
    return -a / 2 * sum;
}

double kam__retention_log_survival(const struct kam__retention *m, double n,
                                   double k) {
    if (!(k > 0)) return 0;
    if (!(k < INFINITY)) return -(double)INFINITY;
    return log_stay(m->alpha, m->beta + exposure(m, n), more_exposure(m, n, k));
}

double kam__retention_accrued(double length, double discount) {
    return discount > 0 ? -kam__expm1(-discount * length) / discount : length;
}

/* ---- residual life ---- */

/* With theta ~ Beta(alpha, B), B = beta + n, of one contract the sum is
 * (1 - theta) (1 - y^horizon) / (1 - y), y = (1 - theta) e^-discount; the factor
 * 1 - theta turns the average into one over Beta(alpha, B + 1). */
static double geometric_residual(const struct kam__retention *m, double n,
                                 double horizon, double discount) {
    struct kam__mixture mixture;
    const double B = m->beta + n, renew = B / (m->alpha + B);
    const double lost = -kam__expm1(-discount);
    if (!(horizon < INFINITY) && !(discount > 0))
        return m->alpha > 1 ? B / (m->alpha - 1) : (double)INFINITY;
    const double least = lost + (horizon < INFINITY ? 1 / horizon : 0);
    kam__beta_mixture(m->alpha, B + 1, 1 / least, &mixture);
    double sum = 0;
    for (int32_t i = 0; i < mixture.n; i++) {
        const double p = mixture.p[i] < 1 ? mixture.p[i] : 1; /* rounding */
        const double end = p + (1 - p) * lost;
        const double power = horizon * (kam__log1p(-p) - discount);
        sum +=
            mixture.weight[i] * (end > 0 ? -kam__expm1(power) / end : horizon);
    }
    return renew * sum;
}

/* The terms of the sum as a function of real k, and its logarithm's slope. */
struct terms {
    const struct kam__retention *m;
    double n, discount;
};

static double term(const struct terms *s, double k) {
    return kam__exp(kam__retention_log_survival(s->m, s->n, k) -
                    s->discount * (k - 1));
}

/* -d log term / dk. */
static double hazard(const struct terms *s, double k) {
    const struct kam__retention *const m = s->m;
    const double v = kam__pow(s->n + k, m->c);
    return s->discount + kam__digamma_difference(m->beta + v, m->alpha) *
                             (m->c * v / (s->n + k));
}

/* What the sum over whole k <= x - 1/2 is more than the integral up to x: the
 * Euler-Maclaurin terms of the midpoint rule, f'/24 - 7 f'''/5760 + 31
 * f'''''/967680, the higher derivatives as central differences of f'. */
static double midpoint_correction(const struct terms *s, double x) {
    double slope[5];
    for (int i = 0; i < 5; i++)
        slope[i] = -hazard(s, x + i - 2) * term(s, x + i - 2);
    const double second = slope[1] - 2 * slope[2] + slope[3];
    const double fourth =
        slope[0] - 4 * slope[1] + 6 * slope[2] - 4 * slope[3] + slope[4];
    return slope[2] / 24 - 7 * second / 5760 + 129 * fourth / 967680;
}

enum { ONE_BY_ONE = 64, MOST_PANELS = 4096 };
#define NEGLIGIBLE (-45.0)

/* Panels double in length; in none does the term fall by more than e^10 or so. */
static double panel_length(const struct terms *s, double x) {
    double length = x + s->n;
    while (length * hazard(s, x) > 10 || length * hazard(s, x + length) > 20)
        length /= 2;
    return length;
}

/* The integral of the terms from x up; the tail of an endless sum without
 * discount is a power law once k^c has swallowed alpha and beta. */
static double integral(const struct terms *s, double x, double end) {
    const struct kam__rule *const rule = &kam__legendre16;
    const double fall = s->m->c * s->m->alpha - 1;
    double sum = 0;
    for (int panel = 0; panel < MOST_PANELS && x < end; panel++) {
        const double at = term(s, x);
        const double swallowed = s->m->beta + s->m->alpha + s->n;
        if (!(at * (1 + x) > 1e-20 * sum)) break;
        if (!(s->discount > 0) && !(end < INFINITY) && x > 1e18 * swallowed &&
            kam__pow(x, s->m->c) > 1e18 * swallowed)
            return sum + at * x / fall;
        const double longest = panel_length(s, x);
        const double half = (end - x < longest ? end - x : longest) / 2;
        for (int32_t i = 0; i < rule->n; i++)
            sum += rule->weight[i] * half *
                   term(s, x + half * (1 + rule->node[i]));
        x += 2 * half;
    }
    return sum;
}

double kam__retention_residual(const struct kam__retention *m, double n,
                               double horizon, double discount) {
    const struct terms s = {m, n, discount};
    const double last = floor(horizon);
    if (!(last > 0)) return 0;
    if (m->c == 1) return geometric_residual(m, n, last, discount);
    if (!(last < INFINITY) && !(discount > 0) && !(m->c * m->alpha > 1))
        return INFINITY;
    const double direct = last < ONE_BY_ONE ? last : ONE_BY_ONE;
    double sum = 0;
    for (double k = 1; k <= direct; k++) {
        const double next = term(&s, k);
        sum += next;
        if (next < 1e-20 * sum && hazard(&s, k) > 1e-3) return sum;
    }
    if (!(last > direct)) return sum;
    const double x = direct + 0.5;
    sum += integral(&s, x, last + 0.5) + midpoint_correction(&s, x);
    return last < INFINITY ? sum - midpoint_correction(&s, last + 0.5) : sum;
}

/* ---- likelihood ---- */

enum { N_TERMS = 10 };

/* v = n^c and its first two derivatives in log c. */
struct exposed {
    double v, first, second;
};

static struct exposed expose(const struct kam__retention *m, double n) {
    const double v = exposure(m, n);
    const double slope = n > 1 ? m->c * kam__log(n) : 0;
    return (struct exposed){v, v * slope, v * slope * (1 + slope)};
}

/* log S(n), and its derivatives. */
static void survival_terms(const struct kam__retention *m, double n,
                           double *out) {
    const double a = m->alpha, b = m->beta;
    const struct exposed e = expose(m, n);
    const double all1 = kam__digamma_difference(a + b, e.v);
    const double all2 = kam__trigamma_difference(a + b, e.v);
    const double own1 = kam__digamma_difference(b, e.v);
    const double own2 = kam__trigamma_difference(b, e.v);
    const double by_v = -kam__digamma_difference(b + e.v, a);
    const double by_v2 = -kam__trigamma_difference(b + e.v, a);
    out[0] = log_stay(a, b, e.v);
    out[1] = -a * all1;
    out[2] = b * (own1 - all1);
    out[3] = by_v * e.first;
    out[4] = -a * (all1 + a * all2);
    out[5] = -a * b * all2;
    out[6] = b * (own1 - all1) + b * b * (own2 - all2);
    out[7] = -a * kam__trigamma(a + b + e.v) * e.first;
    out[8] = b * by_v2 * e.first;
    out[9] = by_v * e.second + by_v2 * e.first * e.first;
}

/* Lower triangle by rows. */
static int at(int i, int j) { return 4 + i * (i + 1) / 2 + j; }

/* log (1 - S(n + 1) / S(n)): with D the logarithm of that ratio, log(-expm1 D),
 * and g = 1 / expm1(-D) its slope, turned. */
static void end_terms(const struct kam__retention *m, double n, double *out) {
    double before[N_TERMS], after[N_TERMS], ratio[N_TERMS];
    survival_terms(m, n, before);
    survival_terms(m, n + 1, after);
    for (int k = 1; k < N_TERMS; k++) ratio[k] = after[k] - before[k];
    const double D = kam__retention_log_survival(m, n, 1);
    const double g = 1 / kam__expm1(-D);
    out[0] = kam__log(-kam__expm1(D));
    for (int i = 0; i < 3; i++) {
        out[1 + i] = -g * ratio[1 + i];
        for (int j = 0; j <= i; j++)
            out[at(i, j)] = -g * ratio[at(i, j)] -
                            g * (1 + g) * ratio[1 + i] * ratio[1 + j];
    }
}

/* Of so many ends: log B(alpha + ends, s) / B(alpha, s), s = beta + n. */
static void add_ends(const struct kam__retention *m, double n, double ends,
                     double *out) {
    const double a = m->alpha, b = m->beta, s = a + b + n;
    const double own1 = kam__digamma_difference(a, ends);
    const double own2 = kam__trigamma_difference(a, ends);
    const double all1 = kam__digamma_difference(s, ends);
    const double all2 = kam__trigamma_difference(s, ends);
    out[0] += kam__lgamma_difference(a, ends) - kam__lgamma_difference(s, ends);
    out[1] += a * (own1 - all1);
    out[2] -= b * all1;
    out[at(0, 0)] += a * (own1 - all1) + a * a * (own2 - all2);
    out[at(1, 0)] -= a * b * all2;
    out[at(1, 1)] -= b * all1 + b * b * all2;
}

void kam__retention_terms(const struct kam__retention *m, double n,
                          double ended, double before, double *out) {
    double more[N_TERMS];
    survival_terms(m, n, out);
    if (before > 0) {
        survival_terms(m, before, more);
        for (int k = 1; k < N_TERMS; k++) out[k] -= more[k];
        out[0] = kam__retention_log_survival(m, before, n - before);
    }
    if (!(ended > 0)) return;
    if (m->shared) {
        add_ends(m, n, ended, out);
        return;
    }
    end_terms(m, n, more);
    for (int k = 0; k < N_TERMS; k++) out[k] += more[k];
}
