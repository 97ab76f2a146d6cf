/* SPDX-License-Identifier: MIT */
/* The Pareto/NBD on two clocks (docs/models/btyd_dynamic.md). While facts are the
 * same, the clock of orders runs at the rate e^(coefficients x facts), and so does
 * that of leaving; Lambda and M are what they show, counted from the first order.
 * With the clocks, all is as in pareto.h: a race with A = alpha + Lambda and B =
 * beta + M, R = r + x. */
#ifndef KAM_VALUE_DYNAMIC_H
#define KAM_VALUE_DYNAMIC_H

#include "value/btyd_timeline.h"

/* A model; coefficient k is of fact k divided by scale[k]. */
struct kam__dynamic {
    double r, alpha, s, beta;
    int32_t n_orders, n_leaving;
    double coefficient[KAM__FACTS], scale[KAM__FACTS];
};

/* Its own derivatives are in the four log parameters, the coefficients of orders,
 * those of leaving; second ones in the lower triangle by rows. */
enum {
    KAM__DYNAMIC = 4 + KAM__FACTS,
    KAM__DYNAMIC_PAIRS = KAM__DYNAMIC * (KAM__DYNAMIC + 1) / 2,
    KAM__CLOCKS =
        2 * (1 + KAM__COVARIATES + KAM__COVARIATES * (KAM__COVARIATES + 1) / 2)
};

/* Integrals of 1, first and second derivatives over a density. */
struct kam__dynamic_sums {
    double value, first[KAM__DYNAMIC], second[KAM__DYNAMIC_PAIRS];
};

/* An account on its way. show[0] is Lambda, then its derivatives in the
 * coefficients, and the second ones; from KAM__CLOCKS / 2 on those of M. */
struct kam__course {
    struct kam__walk walk;
    double show[KAM__CLOCKS];
};

void kam__course_begin(struct kam__course *course,
                       const struct kam__timeline *timeline, int64_t row);

/* Goes on to a time. */
void kam__course_to(const struct kam__dynamic *m, struct kam__course *course,
                    double until);

/* Goes on to a time, and tells what comes first, of an account active so far with
 * R = r + x: an order, or leaving, which has the probability that is returned; or
 * neither, which has e^-fall. Adds derivatives to sums unless they are NULL. */
double kam__course_race(const struct kam__dynamic *m,
                        struct kam__course *course, double x, double until,
                        double *fall, struct kam__dynamic_sums *sums);

/* Goes on to a time; orders until then, each discounted, at a rate of 1 of the
 * clock of orders. */
double kam__course_orders(const struct kam__dynamic *m,
                          struct kam__course *course, double until,
                          double discount);

/* The log likelihood of a history but for Gamma(r + x) / Gamma(r), with its
 * derivatives unless they are NULL. */
double kam__dynamic_likelihood(const struct kam__dynamic *m,
                               const struct kam__timeline *timeline,
                               int64_t row, double x, double t_x, double T,
                               struct kam__dynamic_sums *slopes);

#endif
