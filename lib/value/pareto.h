/* SPDX-License-Identifier: MIT */
/* Kernels of the Pareto/NBD: an account orders at a rate lambda ~ Gamma(r, alpha)
 * and leaves at a rate mu ~ Gamma(s, beta), whatever it orders (Schmittlein,
 * Morrison & Colombo 1987).
 *
 * Everything is a race. With the rates Gamma(R, A) and Gamma(s, B) from now on,
 * within a time h an order comes first with probability J, leaving comes first
 * with probability K, and neither comes with probability G; J + K + G = 1:
 *   g(y) = (A / (A + y))^R (B / (B + y))^s,  G = g(h),
 *   J = integral over (0, h) of R / (A + y) g,  K = the same of s / (B + y) g.
 * The likelihood of a history is that of its orders times K + G of the race from
 * the last order to the as-of day, the odds of having left are K / G of that
 * race, and 1 - J of the race from the as-of day on is the chance of silence.
 */
#ifndef KAM_VALUE_PARETO_H
#define KAM_VALUE_PARETO_H

#include "value/btyd_family.h"

struct kam__pareto {
    double r, alpha, s, beta;
};

/* What each order that comes at time t counts for, in kam__pareto_kernels.time:
 * e^(-discount t), e^(-2 discount t), or its pairs with earlier ones, the
 * integral over u in (0, t) of e^(-discount (u + t)). */
enum kam__time_weight { KAM__ONE, KAM__SQUARE, KAM__PAIR };

struct kam__pareto_likelihood {
    void (*time_terms)(const struct kam__pareto *m,
                       const struct kam__btyd_tile *tile,
                       double (*out)[KAM__TILE]);
};

struct kam__pareto_kernels {
    /* P(active) = main e^-excess, excess 0 unless P is below e^-700; `odds` of
     * having left are those of main, and may be NULL. */
    void (*active)(const struct kam__pareto *m,
                   const struct kam__btyd_tile *tile, double *main,
                   double *excess, double *odds);
    /* J and 1 - J of the race of an active account in (T, T + h]; h may be
     * infinite. */
    void (*ahead)(const struct kam__pareto *m,
                  const struct kam__btyd_tile *tile, double h, double *order,
                  double *silence);
    /* Integral over t in (0, h) of (B / (B + t))^s, B = beta + T; h may be
     * infinite. */
    void (*time_ahead)(const struct kam__pareto *m,
                       const struct kam__btyd_tile *tile, double h,
                       double *time);
    /* Orders in so much time: times (r + x) / (alpha + T) of the chance that was
     * in `out`; infinite in infinite time. */
    void (*orders)(const struct kam__pareto *m,
                   const struct kam__btyd_tile *tile, const double *time,
                   double *out);
    /* What `time` of KAM__ONE needs for the usual ages; the bits are the same
     * without. */
    void (*plan)(const struct kam__pareto *m, double h, double discount,
                 struct kam__btyd_plan *plan);
    /* Integral over t in (0, h) of (B / (B + t))^s times the weight, B = beta +
     * T; h may be infinite where the integral is not. */
    void (*time)(const struct kam__pareto *m, const struct kam__btyd_tile *tile,
                 double h, double discount, enum kam__time_weight weight,
                 const struct kam__btyd_plan *plan, double *out);
};

/* P(active) and the odds of having left by a series, where it serves; NaN in other
 * rows, and for odds that are small. For kernels only. */
typedef void (*kam__pareto_series)(const struct kam__pareto *m,
                                   const struct kam__btyd_tile *tile,
                                   double *main, double *odds);
extern const kam__pareto_series kam__pareto_series_base, kam__pareto_series_v3,
    kam__pareto_series_v4;

extern const struct kam__pareto_likelihood kam__pareto_likelihood_base,
    kam__pareto_likelihood_v3, kam__pareto_likelihood_v4;
extern const struct kam__pareto_kernels kam__pareto_base, kam__pareto_v3,
    kam__pareto_v4;

#endif
