/* SPDX-License-Identifier: MIT */
#include "value/ahead.h"

#include <string.h>

#include "math/elementary.h"
#include "math/quadrature.h"
#include "math/special.h"

/* A chance below this is nothing beside 1, nor is e^-FADED. */
#define NOTHING 1e-24
#define FADED 55.0
/* e^42: beyond it nothing is left of A and B beside y. */
#define FAR 1.7e18
enum { MOST_PANELS = 8192 };

static double smaller(double a, double b) { return a < b ? a : b; }
static double larger(double a, double b) { return a > b ? a : b; }

/* -log of the chance to be there at y. */
static double fall_of(const struct kam__gompertz *law, double y) {
    return law->s * (law->b > 0 ? kam__gompertz_fall(law->b, law->B, y)
                                : kam__log1p(y / law->B));
}

static double hazard_of(const struct kam__gompertz *law, double y) {
    return law->b > 0 ? kam__gompertz_hazard(law, y) : law->s / (law->B + y);
}

/* As a function of log(A + y) the chance of n orders is bell-shaped around
 * y = A n / R, with standard deviation sqrt(n / (R (R + n))), or falls at the rate
 * R: panels of three deviations, or in which it falls by e^8, and none that reaches
 * further than the branch points at -A and -B, or in which leaving takes e^8. */
static double panel_length(const struct kam__gompertz *law, double most,
                           double y, double left) {
    const double R = law->R, reach = law->A + y;
    const double peak = R * y / law->A, n = peak < most ? peak : most;
    const double bell = 3 * sqrt(n / R / (R + n));
    const double length =
        reach * smaller(1.5, larger(8 / R, bell)); /* of the orders */
    if (law->b > 0) {
        const struct kam__gompertz leaving = {.b = law->b,
                                              .s = law->s,
                                              .B = law->B};
        return smaller(length, kam__gompertz_panel(&leaving, y, left));
    }
    const double leaving = smaller(1.5 * (law->B + y), 8 / hazard_of(law, y));
    const double longest = smaller(length, leaving);
    return left < 1.0625 * longest ? left : longest;
}

/* Chances of n orders by y at rates Gamma(R, A), from those of one n. */
struct orders {
    double R, up; /* up = y / (A + y) */
    int32_t n;
    double chance;
};

/* At n = 0; where that is too small for a double, at the likeliest n of 0..most. */
static struct orders orders_by(const struct kam__gompertz *law, int32_t most,
                               double y) {
    const double R = law->R, none = R * kam__log1p(y / law->A);
    struct orders o = {R, y / (law->A + y), 0, 0};
    if (none < 600) {
        o.chance = kam__exp(-none);
        return o;
    }
    const double likeliest = R * y / law->A;
    o.n = likeliest < most ? (int32_t)likeliest : most;
    o.chance = kam__exp(kam__lgamma_difference(R, o.n) - kam__lgamma(o.n + 1) -
                        none + o.n * kam__log(o.up));
    return o;
}

/* Adds `weight` times the chance of each n <= most; returns that of the last. */
static double add_orders(struct orders o, int32_t most, double weight,
                         double *out) {
    double chance = o.chance;
    for (int32_t n = o.n; n > 0; n--) {
        chance *= n / ((o.R + n - 1) * o.up);
        out[n - 1] += weight * chance;
    }
    chance = o.chance;
    for (int32_t n = o.n;; n++) {
        out[n] += weight * chance;
        if (n == most) return chance;
        chance *= (o.R + n) * o.up / (n + 1);
    }
}

/* Those who leave in a panel having placed n orders, and the order number m - 1.
 * Returns whether there is more to come. */
static int add_panel(const struct kam__gompertz *law, double start,
                     double length, int32_t m, double *out) {
    const struct kam__rule *const rule = &kam__legendre16;
    const int32_t most = m - 2;
    double last = 0;
    for (int32_t i = 0; i < rule->n; i++) {
        const double y = start + length * (0.5 * (1 + rule->node[i]));
        const double there =
            0.5 * length * rule->weight[i] * kam__exp(-fall_of(law, y));
        last = add_orders(orders_by(law, most, y), most,
                          there * hazard_of(law, y), out);
        out[m - 1] += there * last * ((law->R + most) / (law->A + y));
    }
    const double end = start + length;
    return fall_of(law, end) < FADED &&
           (last > NOTHING || law->R * end < law->A * most);
}

/* Past `far` both processes are powers of y. */
static void add_tail(const struct kam__gompertz *law, double far, int32_t m,
                     double *out) {
    const int32_t most = m - 2;
    const double there = kam__exp(-fall_of(law, far)) / (law->R + law->s);
    const double last =
        add_orders(orders_by(law, most, far), most, law->s * there, out);
    out[m - 1] += (law->R + most) * there * last;
}

void kam__ahead_counts(const struct kam__gompertz *law, double h, int32_t m,
                       double *out) {
    const double far = law->b > 0 ? (double)INFINITY
                                  : FAR * larger(law->A * (m + law->R), law->B);
    const int endless = !(h < INFINITY);
    const double end = endless ? far : h;
    double start = 0;
    int more = 1;
    memset(out, 0, (size_t)m * sizeof *out);
    if (m == 1) {
        out[0] = 1;
        return;
    }
    for (int panel = 0; panel < MOST_PANELS && more && start < end; panel++) {
        const double length = panel_length(law, m, start, end - start);
        more = add_panel(law, start, length, m, out);
        start = length < end - start ? start + length : end;
    }
    if (!endless)
        (void)add_orders(orders_by(law, m - 2, h), m - 2,
                         kam__exp(-fall_of(law, h)), out);
    else if (more)
        add_tail(law, far, m, out);
}

/* Means over the time y of the next order: of 1 and of y. */
static void add_next(const struct kam__gompertz *law, double start,
                     double length, double sum[2]) {
    const struct kam__rule *const rule = &kam__legendre16;
    for (int32_t i = 0; i < rule->n; i++) {
        const double y = start + length * (0.5 * (1 + rule->node[i]));
        const double density =
            0.5 * length * rule->weight[i] / (law->A + y) *
            kam__exp(-law->R * kam__log1p(y / law->A) - fall_of(law, y));
        sum[0] += density;
        sum[1] += density * y;
    }
}

double kam__ahead_next(const struct kam__gompertz *law) {
    const int power = !(law->b > 0);
    const double end = power ? FAR * larger(law->A, law->B) : (double)INFINITY;
    const double order = law->R + law->s;
    double sum[2] = {0, 0}, start = 0;
    int more = 1;
    if (power && !(law->R - 1 + law->s > 0)) return INFINITY;
    for (int panel = 0; panel < MOST_PANELS && more && start < end; panel++) {
        const double length = panel_length(law, 0, start, end - start);
        double now[2] = {0, 0};
        add_next(law, start, length, now);
        sum[0] += now[0];
        sum[1] += now[1];
        more = now[1] > 0x1p-60 * sum[1];
        start = length < end - start ? start + length : end;
    }
    if (more && power) {
        const double g =
            kam__exp(-law->R * kam__log1p(end / law->A) - fall_of(law, end));
        sum[0] += g / order;
        sum[1] += g * end / (law->R - 1 + law->s);
    }
    return sum[1] / sum[0];
}
