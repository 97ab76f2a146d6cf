/* SPDX-License-Identifier: MIT */
#include "value/beta_mixture.h"

#include "math/elementary.h"
#include "math/quadrature.h"

/* In u = log(p / (1 - p)) the density is p^a (1 - p)^B, log-concave with its mode
 * at p = a / (a + B), and analytic for |Im u| < pi: Gauss-Legendre panels of
 * width 2, or of the mode's own width when that is less, give all digits. Panels
 * go outwards from the mode until the density is negligible or p (or 1 - p) is
 * so small that the averaged function no longer changes; what lies beyond is
 * added in closed form as one node. */
#define NEGLIGIBLE (-46.0) /* log of 1e-20 */
/* Towards p = 0, where an average that is itself small has its weight. */
#define FARTHER (-92.0)
#define SO_SMALL 1e-19
enum { MOST_PANELS = 60 };

struct shape {
    double a, B, p, q; /* the mode and its complement */
};

/* Log density at a distance d from the mode, against the mode's, and p there. */
static double density(const struct shape *s, double d, double *p, double *q) {
    const double log_p = -kam__log1p(s->q * kam__expm1(-d));
    const double log_q = -kam__log1p(s->p * kam__expm1(d));
    *p = s->p * kam__exp(log_p);
    *q = s->q * kam__exp(log_q);
    return s->a * log_p + s->B * log_q;
}

static void add_node(struct kam__mixture *mixture, double p, double weight) {
    if (mixture->n >= KAM__MIXTURE_NODES || !(weight > 0)) return;
    mixture->p[mixture->n] = p;
    mixture->weight[mixture->n++] = weight;
}

/* Panels from the mode in direction `sign` (-1: towards p = 0). */
static void add_side(struct kam__mixture *mixture, const struct shape *s,
                     double sign, double width, double smallest) {
    const struct kam__rule *const rule = &kam__legendre16;
    double p = s->p, q = s->q, end = 0, level = 0;
    for (int panel = 0; panel < MOST_PANELS; panel++) {
        for (int32_t i = 0; i < rule->n; i++) {
            const double d = sign * (end + width * (1 + rule->node[i]) / 2);
            const double log_density = density(s, d, &p, &q);
            add_node(mixture, p,
                     kam__exp(log_density) * rule->weight[i] * width / 2);
        }
        end += width;
        level = density(s, sign * end, &p, &q);
        if (level < (sign < 0 ? FARTHER : NEGLIGIBLE)) return;
        if (sign < 0 && p < smallest) break;
        if (sign > 0 && q < SO_SMALL) break;
    }
    /* Beyond, the density is e^(a d) or e^(-B d), and the function constant. */
    if (sign < 0)
        add_node(mixture, 0, kam__exp(level) / s->a);
    else
        add_node(mixture, 1, kam__exp(level) / s->B);
}

void kam__beta_mixture(double a, double B, double steepness,
                       struct kam__mixture *mixture) {
    const struct shape s = {a, B, a / (a + B), B / (a + B)};
    const double spread = sqrt((a + B) / a / B);
    const double width = spread < 1 ? 2 * spread : 2;
    const double scale = steepness > B ? steepness : B;
    mixture->n = 0;
    add_side(mixture, &s, -1, width, SO_SMALL / (scale > 1 ? scale : 1));
    add_side(mixture, &s, 1, width, 0);
    double total = 0;
    for (int32_t i = 0; i < mixture->n; i++) total += mixture->weight[i];
    for (int32_t i = 0; i < mixture->n; i++) mixture->weight[i] /= total;
}

double kam__mixture_survival(const struct kam__mixture *mixture, double R,
                             double w) {
    double sum = 0;
    for (int32_t i = 0; i < mixture->n; i++)
        sum +=
            mixture->weight[i] * kam__exp(-R * kam__log1p(mixture->p[i] * w));
    return sum;
}

double kam__mixture_orders(const struct kam__mixture *mixture, double R,
                           double w) {
    double sum = 0;
    for (int32_t i = 0; i < mixture->n; i++) {
        const double p = mixture->p[i];
        const double gone = -kam__expm1(-R * kam__log1p(p * w));
        sum += mixture->weight[i] * (p > 0 ? gone / p : R * w);
    }
    return sum;
}
