/* SPDX-License-Identifier: MIT */
/* The GGompertz/NBD's law of leaving, and integrals over it (gompertz.c). With
 * leaving laws (b, s, B) from some day on, an account is still there at y with
 * probability (1 + (e^(b y) - 1) / B)^-s; who is still there at T goes on with
 * (b, s, B(T)), B(T) = B e^(-b T) + 1 - e^(-b T) (Bemmaor & Glady 2012). */
#ifndef KAM_VALUE_GOMPERTZ_H
#define KAM_VALUE_GOMPERTZ_H

#include <stdint.h>

/* A race between the next order, at rates Gamma(R, A), and leaving, as in
 * pareto.h; R = 0 leaves orders out. What lies at time y counts e^(-discount y). */
struct kam__gompertz {
    double R, A, b, s, B, discount;
};

/* B after a time t. */
double kam__gompertz_later(double b, double B, double t);

/* -log of the chance to be there at y, over s. */
double kam__gompertz_fall(double b, double B, double y);

/* Nodes and weights on panels of (0, end), one panel a call; returns how many, 0
 * at the end. `start` is 0 at first. The integrand, times any slowly varying
 * function, is integrated to about 1e-15. */
enum { KAM__GOMPERTZ_NODES = 16 };
struct kam__gompertz_walk {
    double start, y[KAM__GOMPERTZ_NODES], weight[KAM__GOMPERTZ_NODES];
    double faded[KAM__GOMPERTZ_NODES]; /* the integrand without its measure */
};
int kam__gompertz_next(const struct kam__gompertz *law, double end,
                       struct kam__gompertz_walk *walk);

/* The length of the panel that such a walk would take from y on, `left` at most. */
double kam__gompertz_panel(const struct kam__gompertz *law, double y,
                           double left);

/* Hazard of leaving at y. */
double kam__gompertz_hazard(const struct kam__gompertz *law, double y);

/* Chances that within h an order comes first (J), leaving comes first (K), and
 * -log of the chance that neither comes. */
struct kam__gompertz_race {
    double J, K, fall;
};
struct kam__gompertz_race kam__gompertz_run(const struct kam__gompertz *law,
                                            double h);

/* Integral over (0, h) of the chance to be there times e^(-discount y) and, with
 * `pairs`, (1 - e^(-discount y)) / discount. R of the law is 0. */
double kam__gompertz_time(const struct kam__gompertz *law, double h, int pairs);

#endif
