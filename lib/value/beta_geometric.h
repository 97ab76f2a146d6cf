/* SPDX-License-Identifier: MIT */
/* Kernels of BG/NBD and MBG/NBD, which differ in one number: how often an account
 * with x repeat orders could have left. `first` is 0 for BG/NBD (Fader, Hardie &
 * Lee 2005: x chances, none before the first repeat order) and 1 for MBG/NBD
 * (Batislam et al. 2007: x + 1, the first order included).
 *
 * After x orders and still active, the chance to leave is p ~ Beta(a, B) with
 * B = b + x + first, the rate is Gamma(R = r + x, A = alpha + T), and
 *   odds of having left = [x + first > 0] a / (B - 1) ((alpha + T) /
 *                         (alpha + t_x))^R.
 */
#ifndef KAM_VALUE_BETA_GEOMETRIC_H
#define KAM_VALUE_BETA_GEOMETRIC_H

#include "value/btyd_family.h"

enum { KAM__LANES = 16 };

struct kam__beta_geometric {
    double r, alpha, a, b;
    double first; /* 0 or 1 */
};

/* E over p ~ Beta(a, c - a) of (1 + p w)^-R = 2F1(R, a; c; -w), and of
 * (1 - (1 + p w)^-R) / p, for KAM__LANES rows at a time. out is NaN where the
 * series did not converge: kam__beta_mixture answers those. */
struct kam__lanes {
    int32_t n; /* rows; the lanes past them repeat the last */
    double a;
    double R[KAM__LANES], c[KAM__LANES], w[KAM__LANES];
};

enum {
    KAM__ACTIVE,
    KAM__REST,
    KAM__GONE,
    KAM__STAY,
    KAM__MIXED,
    KAM__LATER,
    KAM__QUIET,
    KAM__PARTS
};

struct kam__beta_geometric_kernels {
    void (*time_terms)(const struct kam__beta_geometric *m,
                       const struct kam__btyd_tile *tile,
                       double (*out)[KAM__TILE]);
    /* P(active) = active * rest, active = stay / mixed; P(left) = gone / mixed.
     * Unless the horizon is 0, later = log(1 + horizon / A), and quiet.
     * Shape (KAM__PARTS, n). */
    void (*activity)(const struct kam__beta_geometric *m,
                     const struct kam__btyd_tile *tile, double horizon,
                     double (*part)[KAM__TILE]);
    void (*alive)(const struct kam__beta_geometric *m,
                  const struct kam__btyd_tile *tile, double *active,
                  double *rest);
    /* P(no order within the horizon) of an active account. */
    void (*quiet)(const struct kam__beta_geometric *m,
                  const struct kam__btyd_tile *tile, double horizon,
                  double *out);
    void (*no_order_log_odds)(const struct kam__beta_geometric *m,
                              const struct kam__btyd_tile *tile, double horizon,
                              double *out);
    void (*survival)(const struct kam__lanes *lanes, double *out);
    void (*orders)(const struct kam__lanes *lanes, double *out);
    /* survival at many w for one R and c: the coefficients are shared. */
    void (*survival_shared)(double a, double R, double c, const double *w,
                            double *out);
};

extern const struct kam__beta_geometric_kernels kam__beta_geometric_base,
    kam__beta_geometric_v3, kam__beta_geometric_v4;

/* The same where the coefficients of the series are shared; NaN where the
 * kernels above must be asked. */
struct kam__shared_series {
    /* Orders of a tile's accounts while they are active, over the horizon;
     * `later` as above. */
    void (*orders)(const struct kam__beta_geometric *m,
                   const struct kam__btyd_tile *tile, double horizon,
                   const double *later, double *out);
    /* E (1 + p w)^-R at n = 8 or 16 growing w = e^u - 1, and w and e^(rate w). */
    void (*survival)(double a, double R, double c, const double *u, int32_t n,
                     double rate, double *w, double *weight, double *out);
};
extern const struct kam__shared_series kam__shared_series_base,
    kam__shared_series_v3, kam__shared_series_v4;

/* The integral over t from 0 to `horizon` of E (1 + p t / A)^-R times e^(-discount
 * t), its square, or the integral over s in (0, t) of e^(-discount (s + t)).
 * `later` points to log(1 + horizon / A) when that is known. */
enum { KAM__ONE_DISCOUNT, KAM__TWO_DISCOUNTS, KAM__PAIR_DISCOUNT };
double kam__discounted_survival(int32_t isa, double a, double R, double c,
                                double A, double horizon, const double *later,
                                double discount, int kind);

/* What r, alpha, a or b at a bound means, for the table of families. */
#define KAM__BETA_GEOMETRIC_BOUNDS                                             \
    {"r tends to 0: hardly any account orders again.",                         \
     "alpha tends to 0: accounts order again at once or never.",               \
     "a tends to 0: nothing in the data says that accounts leave.",            \
     "b tends to 0: every account seems to leave.",                            \
     0,                                                                        \
     0,                                                                        \
     0,                                                                        \
     0},                                                                       \
    {                                                                          \
        "r grows without limit: all accounts order at the same rate.",         \
            "alpha grows without limit: all accounts order at the same rate.", \
            "a grows without limit: all accounts have the same chance to "     \
            "leave.",                                                          \
            "b grows without limit: the chance to leave is the same for all, " \
            "or "                                                              \
            "none.",                                                           \
            0, 0, 0, 0                                                         \
    }

/* Which form of the series serves: see beta_geometric.c. */
#define KAM__LEAST_KAPPA (-2.0)
#define KAM__LARGEST_POWER 600.0

#endif
