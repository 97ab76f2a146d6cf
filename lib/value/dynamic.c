/* SPDX-License-Identifier: MIT */
#include "value/dynamic.h"

#include <math.h>
#include <string.h>

#include "math/elementary.h"
#include "math/quadrature.h"

enum { OUT = KAM__CLOCKS / 2 }; /* where M begins */

/* Beyond, nothing is left of a race, even when facts change by e^60. */
#define FADED 100.0

/* How fast the clocks of a stretch run, and their derivatives. */
struct pace {
    double of[KAM__CLOCKS];
    double z[KAM__FACTS]; /* scaled */
};

static void clock_pace(const double *coefficient, const double *z, int32_t n,
                       double *of) {
    double sum = 0;
    for (int32_t j = 0; j < n; j++) sum += coefficient[j] * z[j];
    double *pair = of + 1 + KAM__COVARIATES;
    of[0] = kam__exp(sum);
    for (int32_t j = 0; j < n; j++) {
        of[1 + j] = z[j] * of[0];
        for (int32_t k = 0; k <= j; k++) *pair++ = z[j] * z[k] * of[0];
    }
}

static void pace_of(const struct kam__dynamic *m, const double *fact,
                    struct pace *pace) {
    memset(pace, 0, sizeof *pace);
    for (int32_t k = 0; k < KAM__FACTS; k++) pace->z[k] = fact[k] / m->scale[k];
    clock_pace(m->coefficient, pace->z, m->n_orders, pace->of);
    clock_pace(m->coefficient + KAM__COVARIATES, pace->z + KAM__COVARIATES,
               m->n_leaving, pace->of + OUT);
}

/* What the clocks show a while later. */
static void later(const double *show, const struct pace *pace, double time,
                  double *to) {
    for (int32_t k = 0; k < KAM__CLOCKS; k++)
        to[k] = show[k] + time * pace->of[k];
}

void kam__course_begin(struct kam__course *course,
                       const struct kam__timeline *timeline, int64_t row) {
    memset(course, 0, sizeof *course);
    kam__walk_begin(&course->walk, timeline, row);
}

void kam__course_to(const struct kam__dynamic *m, struct kam__course *course,
                    double until) {
    struct pace pace;
    while (kam__walk_on(&course->walk, until)) {
        pace_of(m, course->walk.fact, &pace);
        later(course->show, &pace, course->walk.length, course->show);
    }
}

/* Derivatives of one process at a point: -g log(1 + show / c) - x log(c + show),
 * G = g + x, in log g, log c and coefficients; x is the number of orders, or 1
 * while leaving. The parameters stand at `at`, coefficients from `from` on. */
static void process_slopes(double g, double c, double x, const double *show,
                           int32_t n, int32_t at, int32_t from, double *first,
                           double *second) {
    const double full = c + show[0], u = c / full, G = g + x;
    const double log_full = kam__log1p(show[0] / c);
    const double *pair = show + 1 + KAM__COVARIATES;
    first[at] = -g * log_full;
    first[at + 1] = g - G * u;
    second[at * (at + 1) / 2 + at] = -g * log_full;
    second[(at + 1) * (at + 2) / 2 + at] = g * (1 - u);
    second[(at + 1) * (at + 2) / 2 + at + 1] = -G * u * (1 - u);
    for (int32_t j = 0; j < n; j++) {
        const int32_t i = from + j, row = i * (i + 1) / 2;
        const double e = show[1 + j] / full;
        first[i] = -G * e;
        second[row + at] = -g * e;
        second[row + at + 1] = G * e * u;
        for (int32_t k = 0; k <= j; k++)
            second[row + from + k] =
                -G * (*pair++ / full - e * (show[1 + k] / full));
    }
}

/* Adds weight times the derivatives of e^Q at a point, over e^Q: Q is the log of
 * alpha^r beta^s / (a^R b^s), and while leaving (z not NULL) times s psi / b. */
static void add_slopes(const struct kam__dynamic *m, const double *show,
                       double x, const double *z, double weight,
                       struct kam__dynamic_sums *sums) {
    const int32_t from = 4 + m->n_orders, d = from + m->n_leaving;
    double first[KAM__DYNAMIC], second[KAM__DYNAMIC_PAIRS] = {0};
    process_slopes(m->r, m->alpha, x, show, m->n_orders, 0, 4, first, second);
    process_slopes(m->s, m->beta, z ? 1 : 0, show + OUT, m->n_leaving, 2, from,
                   first, second);
    if (z) first[2] += 1;
    for (int32_t j = 0; z && j < m->n_leaving; j++)
        first[from + j] += z[KAM__COVARIATES + j];
    sums->value += weight;
    for (int32_t i = 0, k = 0; i < d; i++) {
        sums->first[i] += weight * first[i];
        for (int32_t j = 0; j <= i; j++, k++)
            sums->second[k] += weight * (first[i] * first[j] + second[k]);
    }
}

/* The next panel: short enough that it ends before its branch points are nearer
 * than its length and that the integrand falls by e^10 at most; sixteen points
 * there, and eight where both are well within, leave less than 1e-15 (Davis &
 * Rabinowitz 1984, section 4.6). */
static const struct kam__rule *next_panel(double reach, double slope,
                                          double left, double *length) {
    const double steep = slope > 0 ? 10 / slope : left;
    const double longest = reach < steep ? reach : steep;
    *length = left < 1.0625 * longest ? left : longest;
    return *length <= reach / 8 && *length * slope <= 2 ? &kam__legendre8
                                                        : &kam__legendre16;
}

struct leg {
    const struct kam__dynamic *m;
    const struct pace *pace;
    double x, A, B;         /* at the start of the race */
    double orders, leaving; /* by how much the clocks went on since */
    struct kam__dynamic_sums *sums;
};

/* From what the clocks went on alone: added to what they show, a little while
 * would be lost, and with it the end of a race that takes no longer. */
static double fall_after(const struct leg *leg, double time) {
    const double orders = leg->orders + time * leg->pace->of[0];
    const double leaving = leg->leaving + time * leg->pace->of[OUT];
    return (leg->m->r + leg->x) * kam__log1p(orders / leg->A) +
           leg->m->s * kam__log1p(leaving / leg->B);
}

/* The part of a race that lies in a stretch: s psi / b e^-fall. */
static double race_of(const struct leg *leg, const double *show, double left) {
    const struct kam__dynamic *const m = leg->m;
    const double up = leg->pace->of[0], out = leg->pace->of[OUT];
    double sum = 0, done = 0, node[KAM__CLOCKS];
    while (done < left) {
        const double a = m->alpha + show[0] + done * up;
        const double b = m->beta + show[OUT] + done * out;
        const double slope = (m->r + leg->x) * up / a + (m->s + 1) * out / b;
        double length;
        const struct kam__rule *const rule =
            next_panel(a / up < b / out ? a / up : b / out, slope, left - done,
                       &length);
        if (fall_after(leg, done) > FADED) break;
        for (int32_t j = 0; j < rule->n; j++) {
            const double time = done + length * 0.5 * (1 + rule->node[j]);
            later(show, leg->pace, time, node);
            const double w = 0.5 * length * rule->weight[j] * m->s * out /
                             (m->beta + node[OUT]) *
                             kam__exp(-fall_after(leg, time));
            sum += w;
            if (leg->sums)
                add_slopes(m, node, leg->x, leg->pace->z, w, leg->sums);
        }
        /* A panel too short to move on is the end of what numbers can tell. */
        if (!(done + length > done)) break;
        done += length;
    }
    return sum;
}

double kam__course_race(const struct kam__dynamic *m,
                        struct kam__course *course, double x, double until,
                        double *fall, struct kam__dynamic_sums *sums) {
    struct pace pace;
    double leaving = 0;
    struct leg leg = {.m = m,
                      .pace = &pace,
                      .x = x,
                      .A = m->alpha + course->show[0],
                      .B = m->beta + course->show[OUT],
                      .sums = sums};
    memset(&pace, 0, sizeof pace);
    while (kam__walk_on(&course->walk, until)) {
        const double length = course->walk.length;
        pace_of(m, course->walk.fact, &pace);
        leaving += race_of(&leg, course->show, length);
        later(course->show, &pace, length, course->show);
        leg.orders += length * pace.of[0];
        leg.leaving += length * pace.of[OUT];
    }
    *fall = fall_after(&leg, 0);
    if (sums) add_slopes(m, course->show, x, NULL, kam__exp(-*fall), sums);
    return leaving;
}

/* phi (B / b)^s e^(-discount time) of a stretch that begins at a time, b - B by
 * then being `gone`. */
static double orders_of(const struct kam__dynamic *m, const struct pace *pace,
                        double B, double gone, double time, double left,
                        double discount) {
    const double out = pace->of[OUT];
    double sum = 0, done = 0;
    while (done < left) {
        const double more = gone + done * out, here = B + more;
        double length;
        const struct kam__rule *const rule =
            next_panel(here / out, m->s * out / here + discount, left - done,
                       &length);
        if (m->s * kam__log1p(more / B) + discount * (time + done) > 750) break;
        for (int32_t j = 0; j < rule->n; j++) {
            const double v = done + length * 0.5 * (1 + rule->node[j]);
            sum += 0.5 * length * rule->weight[j] *
                   kam__exp(-m->s * kam__log1p((gone + v * out) / B) -
                            discount * (time + v));
        }
        if (!(done + length > done)) break;
        done += length;
    }
    return pace->of[0] * sum;
}

double kam__course_orders(const struct kam__dynamic *m,
                          struct kam__course *course, double until,
                          double discount) {
    const double start = course->walk.now, B = m->beta + course->show[OUT];
    struct pace pace;
    double sum = 0, gone = 0;
    while (kam__walk_on(&course->walk, until)) {
        const double length = course->walk.length;
        pace_of(m, course->walk.fact, &pace);
        sum += orders_of(m, &pace, B, gone, course->walk.now - length - start,
                         length, discount);
        later(course->show, &pace, length, course->show);
        gone += length * pace.of[OUT];
    }
    return sum;
}

/* Adds coefficients times facts, for each repeat order. */
static double of_orders(const struct kam__dynamic *m,
                        const struct kam__timeline *timeline, int64_t row,
                        double *slope) {
    int64_t first, end;
    double sum = 0, fact[KAM__FACTS];
    kam__timeline_range(timeline, row, &first, &end);
    for (int64_t k = first; m->n_orders > 0 && k < end; k++) {
        const double n = kam__number_at(&timeline->of.repeat_orders, k);
        if (!(n > 0)) continue;
        kam__timeline_facts(timeline, k, fact);
        for (int32_t j = 0; j < m->n_orders; j++) {
            const double z = n * (fact[j] / m->scale[j]);
            sum += m->coefficient[j] * z;
            if (slope) slope[4 + j] += z;
        }
    }
    return sum;
}

double kam__dynamic_likelihood(const struct kam__dynamic *m,
                               const struct kam__timeline *timeline,
                               int64_t row, double x, double t_x, double T,
                               struct kam__dynamic_sums *slopes) {
    struct kam__course course;
    double fall, value;
    if (slopes) memset(slopes, 0, sizeof *slopes);
    kam__course_begin(&course, timeline, row);
    kam__course_to(m, &course, t_x);
    const double up = course.show[0], out = course.show[OUT];
    const double leaving = kam__course_race(m, &course, x, T, &fall, slopes);
    value = kam__log(leaving + kam__exp(-fall)) -
            m->r * kam__log1p(up / m->alpha) - x * kam__log(m->alpha + up) -
            m->s * kam__log1p(out / m->beta);
    if (!slopes) return value + of_orders(m, timeline, row, NULL);
    const int32_t d = 4 + m->n_orders + m->n_leaving;
    const double inverse = 1 / slopes->value;
    for (int32_t i = 0, k = 0; i < d; i++) {
        slopes->first[i] *= inverse;
        for (int32_t j = 0; j <= i; j++, k++)
            slopes->second[k] = slopes->second[k] * inverse -
                                slopes->first[i] * slopes->first[j];
    }
    slopes->value = value + of_orders(m, timeline, row, slopes->first);
    return slopes->value;
}
