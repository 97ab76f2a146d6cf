/* SPDX-License-Identifier: MIT */
/* What a buy-till-you-die family is to the functions of kam/btyd.h. A family is
 * one private file that fills one of these; adding one touches its own file and
 * the table in btyd_family.c. */
#ifndef KAM_VALUE_BTYD_FAMILY_H
#define KAM_VALUE_BTYD_FAMILY_H

#include <kam/btyd.h>

#include "base/rows.h"

/* Facts of a book from which a fit starts and to which a prior is scaled. */
struct kam__btyd_facts {
    double mean_age;    /* mean of T, > 0 */
    double mean_orders; /* mean of x, > 0 */
    double rhythm;      /* k, or 0 in families without */
};

/* What several answers to one tile are made of, kept from the first to the next
 * by families that have such a thing; for one set of parameters, and the horizon
 * most are for, or 0. */
struct kam__btyd_memo {
    const double *parameter;
    double horizon;
    int32_t is_known;
    double part[7][KAM__TILE];
};

/* What discounted orders of many rows are made of, found once for all of them: for
 * one set of parameters, one horizon and one discount. */
enum { KAM__OCTAVES = 16, KAM__OCTAVE_TERMS = 16 };
struct kam__btyd_plan {
    const double *parameter;
    double horizon, discount;
    int32_t first, n;
    double term[KAM__OCTAVES][KAM__OCTAVE_TERMS];
};

/* A tile of usable rows: x, t_x, T, each shape (n), n <= KAM__TILE. */
struct kam__btyd_tile {
    int32_t n;
    int32_t isa; /* which build of the kernels */
    const double *x, *t_x, *T;
    struct kam__btyd_memo *memo;       /* or NULL */
    const struct kam__btyd_plan *plan; /* or NULL */
};

enum { KAM__BTYD_TERMS = 45 }; /* 1 + 8 + 36 */
enum { KAM__BTYD_STARTS = 3 };

struct kam__btyd_family;
typedef const struct kam__btyd_family *kam__family;
typedef const struct kam__btyd_tile *kam__tile;
typedef const struct kam__btyd_facts *kam__facts;

struct kam__btyd_family {
    int32_t id, n_parameters;
    const char *name;
    const char *parameter[8];
    const char *at_lower[8]; /* what a fit at a bound means, a sentence each */
    const char *at_upper[8];
    double variant; /* tells apart families that share their functions */

    /* Which parameters a fact that speeds up ordering, or leaving, multiplies (1)
     * or divides (-1). */
    signed char on_orders[8], on_leaving[8];

    /* The log likelihood of a row is a part that depends on x alone and a part
     * that depends on times. Each writes value, gradient (p) and lower triangle
     * of the Hessian (by rows), in log parameters. */
    void (*count_terms)(kam__family family, const double *parameter, double x,
                        double *out);
    void (*time_terms)(kam__family family, const double *parameter,
                       kam__tile tile, double (*out)[KAM__TILE]);

    /* Where a fit starts (`attempt` 0, 1, 2), how far it may go, and the weak
     * prior: all of log parameters, shape (p). */
    void (*start)(kam__facts facts, int32_t attempt, double *log_parameter);
    void (*bounds)(kam__facts facts, double *lower, double *upper);
    void (*prior)(kam__facts facts, double *centre, double *width);

    /* Answers for a tile; what they mean stands in kam/btyd.h. */
    void (*alive)(kam__family family, const double *parameter, kam__tile tile,
                  double ahead, double *out);
    void (*no_order)(kam__family family, const double *parameter,
                     kam__tile tile, double horizon, double *out);
    void (*no_order_log_odds)(kam__family family, const double *parameter,
                              kam__tile tile, double horizon, double *out);
    void (*expected)(kam__family family, const double *parameter,
                     kam__tile tile, double horizon, double *out);
    void (*discounted)(kam__family family, const double *parameter,
                       kam__tile tile, double horizon, double discount,
                       double *out);
    /* The second moment behind the variance of lifetime value, for orders at
     * times t_i: the means of sum over i < j of exp(-discount (t_i + t_j)), and
     * of sum over i of exp(-2 discount t_i). Shape (2, n). */
    void (*discounted_pairs)(kam__family family, const double *parameter,
                             kam__tile tile, double horizon, double discount,
                             double *out);

    /* Chances of 0, 1, ..., m - 2 and of m - 1 or more orders within a horizon
     * that may be infinite; shape (n, m). */
    void (*order_counts)(kam__family family, const double *parameter,
                         kam__tile tile, double horizon, int32_t m,
                         double *out);
    /* Expected time to the next order, if there is one. */
    void (*next_order)(kam__family family, const double *parameter,
                       kam__tile tile, double *out);

    /* Families with a regular rhythm: their last parameter is k, whole,
     * 1..most_rhythm, which a fit takes as given; others: 0. And the log density of
     * the times between x + 1 orders as far as only k moves it. */
    int32_t most_rhythm;
    double (*gap_terms)(const double *parameter, double x, double log_gaps);

    /* Whether a history is possible in the family; NULL: any is. Of others,
     * answers are NaN. */
    int (*usable)(double x, double t_x, double T);

    /* Fills what it needs of a plan. NULL: the family needs none. */
    void (*plan)(kam__family family, const double *parameter, double horizon,
                 double discount, int32_t isa, struct kam__btyd_plan *plan);
};

/* How many parameters a fit estimates: all but k. */
static inline int32_t kam__btyd_estimated(kam__family family) {
    return family->n_parameters - (family->most_rhythm > 0);
}

/* The plan for so many rows; NULL where it is not worth its while. */
const struct kam__btyd_plan *kam__btyd_plan(kam__family family,
                                            const double *parameter,
                                            double horizon, double discount,
                                            int32_t isa, int64_t n_rows,
                                            struct kam__btyd_plan *plan);

/* NULL when there is no such family. */
const struct kam__btyd_family *kam__btyd_family_of(int32_t id);

extern const struct kam__btyd_family kam__bgnbd, kam__mbgnbd, kam__bgcnbd,
    kam__mbgcnbd, kam__bgbb, kam__pnbd, kam__ggomnbd;

#endif
