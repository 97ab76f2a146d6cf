/* SPDX-License-Identifier: MIT */
/* Whole cents handed out in proportion, so that they add up: the method of the
 * largest remainder (Hamilton's). */
#ifndef KAM_PROFIT_RATION_H
#define KAM_PROFIT_RATION_H

#include <kam/host.h>
#include <kam/sum.h>

/* Claims on pots of cents. */
struct kam__ration {
    int64_t n; /* claims */
    int32_t n_pots;
    double *claim;  /* shape (n), >= 0; NaN: none */
    int32_t *pot;   /* shape (n), which pot a claim is on */
    int64_t *cents; /* shape (n), what each gets */
    double *total;  /* shape (n_pots), sum of the claims on a pot */
    kam_sum *sum;   /* shape (n_pots), for the work */
    int64_t *left;  /* shape (n_pots), cents to hand out; 0 at the end */
    double *lost;   /* shape (n), for the work */
    int64_t *order, *scratch; /* shape (n), for the work */
};

/* 2^53: the most cents a pot may hold. */
#define KAM__MOST_CENTS 9007199254740992.0

/* Memory for n claims on n_pots pots; 0, or 1 without memory. Everything is 0,
 * claims are to be set. */
int kam__ration_new(struct kam__ration *ration, const kam_host *host, int64_t n,
                    int32_t n_pots);
void kam__ration_free(struct kam__ration *ration, const kam_host *host);

/* Adds up the claims on each pot into `total`; inf when beyond a double. */
void kam__ration_add_up(struct kam__ration *ration);

/* Hands out the cents, in proportion to claims whose total is finite. A pot
 * whose claims are all 0 must hold none. */
void kam__ration_hand_out(struct kam__ration *ration);

#endif
