/* SPDX-License-Identifier: MIT */
/* What a spend family is to the functions of kam/spend.h and kam/clv.h. */
#ifndef KAM_VALUE_SPEND_MODEL_H
#define KAM_VALUE_SPEND_MODEL_H

#include <kam/spend.h>

#include "value/fit_parts.h"

struct kam__spend_family {
    int32_t id, n_parameters;
    const char *name;
    const char *parameter[4];
    const char *at_lower[4]; /* what a fit at a bound means, a sentence each */
    const char *at_upper[4];
    int32_t any_sign;  /* leading parameters that are no logarithms */
    int32_t is_margin; /* order values are margins, and of any sign */
    int32_t is_equal;  /* orders have no spread: the parameter is known */
    const struct kam__row_kind *rows;
    void (*count_terms)(const void *context, const double *parameter, double x,
                        double *out);
    void (*row_terms)(const void *context, const double *parameter,
                      const double *const *key, int32_t n, int32_t isa,
                      double (*out)[KAM__TILE]);
    /* Expected value of an order of an account with x repeat orders of mean m; the
     * book's mean when x is 0; infinity when that has none. */
    double (*mean)(const double *parameter, double x, double m);
    /* 0 for x = 0; spread as in kam__spend_rows. */
    double (*log_likelihood)(const double *parameter, double x, double m,
                             double spread);
};

typedef const struct kam__spend_family *kam__spend;

extern const struct kam__spend_family kam__gamma_gamma_family,
    kam__normal_family, kam__equal_family;

/* NULL when there is no such family. */
kam__spend kam__spend_family_of(int32_t id);

/* The family when the model can be used; else NULL, *status set and the diag
 * filled. */
kam__spend kam__spend_read_model(const kam_spend *model, kam_status *status,
                                 kam_diag *diag);

/* Reads the caller's struct and checks the columns of order values. */
kam_status kam__spend_read_accounts(kam_accounts *ours,
                                    const kam_accounts *theirs, kam_diag *diag);

/* Checks the columns of single orders. */
kam_status kam__spend_check(const kam_accounts *accounts, kam_diag *diag);

/* How many orders the mean order values of rows are of. */
const double *kam__spend_orders(const kam_accounts *part, int64_t first,
                                int32_t n, double *tile);

/* The order values of a tile of rows. */
struct kam__spend_rows {
    const double *x, *m;
    /* The log of m less the mean log of single orders, >= 0; -1: not known, or of
     * one order, which tells no more than m. */
    double spread[KAM__TILE];
    double room[2][KAM__TILE];
};

void kam__spend_read(const kam_accounts *part, int64_t first, int32_t n,
                     struct kam__spend_rows *rows);

/* Rows of a fit: those with orders whose mean is above zero, or any. Keys are x, m
 * and the spread; -x for rows whose spread is known. */
int32_t kam__spend_load(const kam_accounts *part, int64_t first, int32_t n,
                        double (*key)[KAM__TILE], double *weight, int any_sign);

int32_t kam__spend_load_positive(const kam_accounts *part, int64_t first,
                                 int32_t n, double (*key)[KAM__TILE],
                                 double *weight);

/* Facts of order values above zero: sums of weights, of logs and their squares. */
enum { KAM__SPEND_WEIGHT, KAM__SPEND_LOGS, KAM__SPEND_SQUARES };
enum { KAM__SPEND_LEAST_ALIKE = 3 }; /* accounts, to speak of all */
int kam__spend_add_facts(const double *const *key, const double *weight,
                         int64_t n, kam_sum *fact);

/* Whether all order values are alike; the mean of their logs. */
int kam__spend_alike(const kam_sum *fact, int64_t n_used, double *centre);

/* Why a row of x and m cannot be used, or 0; m may be below zero when
 * `any_sign`. */
uint32_t kam__spend_flag(double x, double m, int any_sign);

#endif
