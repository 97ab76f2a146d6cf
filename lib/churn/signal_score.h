/* SPDX-License-Identifier: MIT */
/* How unusual a measurement is beside the earlier ones. */
#ifndef KAM_CHURN_SIGNAL_SCORE_H
#define KAM_CHURN_SIGNAL_SCORE_H

#include <stdint.h>

/* What is known of an account's usual measurements. */
struct kam__usual {
    int32_t law;          /* KAM_SIGNAL_IS_* */
    int32_t is_known;     /* level and spread are given */
    double level, spread; /* known, or mean and sum of squares so far */
    double n, sum;        /* earlier measurements, as they are */
    uint64_t seen;        /* a mix of all earlier ones, in their order */
};

/* Whether the law has room for it. */
int kam__usual_takes(const struct kam__usual *usual, double x);

/* A standard normal number when nothing has changed, independent of the earlier
 * ones, within +-8; 0 when there is no telling yet. */
int kam__usual_score(const struct kam__usual *usual, double x, double *score);

/* Counts x among the usual ones. */
void kam__usual_add(struct kam__usual *usual, double x);

/* Mixes a number into what was mixed before. */
uint64_t kam__mix(uint64_t before, double x);

/* A number in (0, 1) from what was mixed. */
double kam__part(uint64_t mixed);

/* The mean so far, or as known; NaN without any. */
double kam__usual_mean(const struct kam__usual *usual);

#endif
