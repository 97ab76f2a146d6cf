/* SPDX-License-Identifier: MIT */
#include "value/gompertz.h"

#include "math/elementary.h"
#include "math/quadrature.h"

/* Beyond, nothing is left of the integrand, or of e^(-b y) beside 1. */
#define FADED 52.0
#define SETTLED 42.0
/* Where e^(b y) is not formed any more. */
#define LARGE 600.0
enum { MOST_PANELS = 4096 };

double kam__gompertz_later(double b, double B, double t) {
    return B * kam__exp(-b * t) - kam__expm1(-b * t);
}

double kam__gompertz_fall(double b, double B, double y) {
    const double by = b * y;
    if (by < LARGE) return kam__log1p(kam__expm1(by) / B);
    return by + kam__log(kam__gompertz_later(b, B, y) / B);
}

double kam__gompertz_hazard(const struct kam__gompertz *law, double y) {
    return law->s * law->b / kam__gompertz_later(law->b, law->B, y);
}

static double fall_at(const struct kam__gompertz *law, double y) {
    const double orders = law->R > 0 ? law->R * kam__log1p(y / law->A) : 0;
    return orders + law->s * kam__gompertz_fall(law->b, law->B, y) +
           law->discount * y;
}

static double smaller(double a, double b) { return a < b ? a : b; }

/* The integrand has a branch point at -A and, where e^(b y) = 1 - B, at
 * log(1 - B) / b or pi / b off the real axis: panels are at most twice the distance
 * to the first, or 4 / b, while b y is not so large that it no longer matters;
 * and such that it falls by e^10 at most. Then sixteen points leave 1e-15 (Davis &
 * Rabinowitz 1984, section 4.6). */
double kam__gompertz_panel(const struct kam__gompertz *law, double y,
                           double left) {
    const double b = law->b, B = law->B;
    double length = left;
    if (law->R > 0) length = smaller(length, 2 * (law->A + y));
    if (b * y < SETTLED + (B > 1 ? kam__log(B) : 0)) {
        length = smaller(length, 4 / b);
        if (B < 1) length = smaller(length, 2 * (y - kam__log1p(-B) / b));
    }
    const double now = kam__gompertz_hazard(law, y);
    const double then =
        length < INFINITY ? kam__gompertz_hazard(law, y + length) : law->s * b;
    const double orders = law->R > 0 ? law->R / (law->A + y) : 0;
    const double slope = orders + law->discount + (now > then ? now : then);
    length = smaller(length, 10 / slope);
    /* A sliver at the end joins its neighbour. */
    return left < 1.0625 * length ? left : length;
}

int kam__gompertz_next(const struct kam__gompertz *law, double end,
                       struct kam__gompertz_walk *walk) {
    const struct kam__rule *const rule = &kam__legendre16;
    const double start = walk->start;
    if (!(start < end) || fall_at(law, start) > FADED) return 0;
    const double length = kam__gompertz_panel(law, start, end - start);
    for (int i = 0; i < KAM__GOMPERTZ_NODES; i++) {
        walk->y[i] = start + length * (0.5 * (1 + rule->node[i]));
        walk->weight[i] = 0.5 * length * rule->weight[i];
        walk->faded[i] = kam__exp(-fall_at(law, walk->y[i]));
    }
    walk->start = length < end - start ? start + length : end;
    return KAM__GOMPERTZ_NODES;
}

struct kam__gompertz_race kam__gompertz_run(const struct kam__gompertz *law,
                                            double h) {
    struct kam__gompertz_race race = {0, 0, 0};
    struct kam__gompertz_walk walk;
    walk.start = 0;
    for (int panel = 0; panel < MOST_PANELS; panel++) {
        const int n = kam__gompertz_next(law, h, &walk);
        if (n == 0) break;
        for (int i = 0; i < n; i++) {
            const double g = walk.weight[i] * walk.faded[i];
            race.J += g * (law->R / (law->A + walk.y[i]));
            race.K += g * kam__gompertz_hazard(law, walk.y[i]);
        }
    }
    race.fall = h < INFINITY ? fall_at(law, h) : (double)INFINITY;
    return race;
}

double kam__gompertz_time(const struct kam__gompertz *law, double h,
                          int pairs) {
    struct kam__gompertz_walk walk;
    const double discount = law->discount;
    double sum = 0;
    walk.start = 0;
    for (int panel = 0; panel < MOST_PANELS; panel++) {
        const int n = kam__gompertz_next(law, h, &walk);
        if (n == 0) break;
        for (int i = 0; i < n; i++) {
            const double y = walk.y[i];
            const double before = !pairs ? 1
                                  : discount > 0
                                      ? -kam__expm1(-discount * y) / discount
                                      : y;
            sum += walk.weight[i] * walk.faded[i] * before;
        }
    }
    return sum;
}
