/* SPDX-License-Identifier: MIT */
/* Quantiles of money to come whose orders may lose some. Formulas:
 * docs/models/clv.md. */
#include "math/elementary.h"
#include "math/quadrature.h"
#include "math/special.h"
#include "value/clv_tile.h"

/* A gamma law of still less shape has its mass at 0. */
#define LEAST_SHAPE 0.05
/* e^-16 of the largest density is as good as none. */
#define FADED 16.0
/* In log w; 16 nodes a panel. */
#define LONGEST_PANEL 8.0
/* Deviations a panel. */
#define SHARPNESS 6.0
enum {
    PANELS = 4,
    MOST_PANELS = 64,
    MOST_NODES = 16 * MOST_PANELS,
    MOST_STEPS = 100,
    HALVINGS = 60
};

/* The law of w, cut up. */
struct nodes {
    int32_t n;
    double w[MOST_NODES], p[MOST_NODES];
};

/* Where the density of log w, shape times (z - e^z) and a constant, has faded, on
 * the side of `far`. */
static double edge_of(double shape, double far) {
    double near = 0;
    for (int i = 0; i < HALVINGS; i++) {
        const double z = (near + far) / 2;
        if (shape * (kam__expm1(z) - z) < FADED)
            near = z;
        else
            far = z;
    }
    return near;
}

/* A panel is short, too, against the deviation of S at w = 1, whose chance below q
 * is a step in log w where that is small. */
static void cut_up(const struct kam__margin_law *law, struct nodes *to) {
    const struct kam__rule *const rule = &kam__legendre16;
    const double shape = law->shape;
    const double low = edge_of(shape, -(1 + FADED / shape));
    const double high = edge_of(shape, sqrt(2 * FADED / shape));
    const double sharp = fabs(law->mean) / sqrt(law->spread + law->noise);
    const double wanted =
        PANELS + (high - low) * (1 / LONGEST_PANEL + sharp / SHARPNESS);
    const int panels = wanted < MOST_PANELS ? (int)wanted : MOST_PANELS;
    const double length = (high - low) / panels;
    double sum = 0;
    to->n = 0;
    for (int panel = 0; panel < panels; panel++)
        for (int32_t i = 0; i < rule->n; i++, to->n++) {
            const double z = low + length * (panel + 0.5 * (1 + rule->node[i]));
            to->w[to->n] = kam__exp(z);
            to->p[to->n] =
                rule->weight[i] * kam__exp(-shape * (kam__expm1(z) - z));
            sum += to->p[to->n];
        }
    for (int32_t i = 0; i < to->n; i++) to->p[i] /= sum;
}

/* P(S <= q), S not 0, and its density. */
static double chance_below(const struct kam__margin_law *law,
                           const struct nodes *nodes, double q,
                           double *density) {
    double chance = 0;
    *density = 0;
    for (int32_t i = 0; i < nodes->n; i++) {
        const double w = nodes->w[i];
        const double deviation = sqrt(w * (law->spread * w + law->noise));
        const double t = (q - law->mean * w) / deviation;
        chance += nodes->p[i] * (0.5 * kam__erfc(-0.70710678118654752 * t));
        *density += nodes->p[i] * (0.39894228040143268 / deviation) *
                    kam__exp(t * t < 1400 ? -0.5 * t * t : -700.0);
    }
    return chance;
}

/* Newton's method, between ends that always hold the quantile. */
static double quantile(const struct kam__margin_law *law,
                       const struct nodes *nodes, double level) {
    const double most = nodes->w[nodes->n - 1];
    const double reach = 10 * sqrt(most * (law->spread * most + law->noise));
    double low = (law->mean < 0 ? law->mean * most : 0) - reach;
    double high = (law->mean > 0 ? law->mean * most : 0) + reach;
    double q = law->mean;
    for (int i = 0; i < MOST_STEPS && high - low > 1e-13 * (high + -low); i++) {
        double density;
        const double chance = chance_below(law, nodes, q, &density);
        const double step = (level - chance) / density;
        if (chance < level)
            low = q;
        else
            high = q;
        q += step;
        if (fabs(step) <= 1e-12 * reach) break;
        if (!(q > low && q < high)) q = low + (high - low) / 2;
    }
    return q;
}

void kam__margin_interval(const struct kam__margin_law *law, double tail,
                          double *low, double *high) {
    struct kam__margin_law ours = *law;
    struct nodes nodes;
    double *const end[2] = {low, high}, unused;
    if (ours.shape < LEAST_SHAPE) ours.shape = LEAST_SHAPE;
    cut_up(&ours, &nodes);
    const double none = 1 - law->some;
    const double below = law->some * chance_below(&ours, &nodes, 0, &unused);
    for (int i = 0; i < 2; i++) {
        const double level = i == 0 ? tail : 1 - tail;
        *end[i] = 0;
        if (level < below)
            *end[i] = quantile(&ours, &nodes, level / law->some);
        else if (level > below + none)
            *end[i] = quantile(&ours, &nodes, (level - none) / law->some);
    }
}
