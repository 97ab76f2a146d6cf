/* SPDX-License-Identifier: MIT */
/* Cox's partial likelihood: one walk over a cohort, from the latest time to the
 * earliest, with the sums of those at risk. */
#ifndef KAM_CHURN_COX_TERMS_H
#define KAM_CHURN_COX_TERMS_H

#include "churn/cohort.h"

/* Weighted sums of r = exp(score): r, r x, r x x' (lower triangle by rows). In
 * the careful walk the score is less `top`, rx is the mean of x, and rxx about
 * it. */
struct kam__cox_sums {
    double r, top;
    double *rx;  /* shape (p) */
    double *rxx; /* shape (p, p) */
};

struct kam__cox {
    const struct kam__cohort *cohort;
    int32_t ties;
    double *risk; /* shape (n): weight * exp(score - largest) */
    double *score;
    double largest;
    /* entered, of these not yet in, at risk, events */
    struct kam__cox_sums in, gone, left, dead;
    /* answers */
    double value;
    int is_lost;  /* plain sums: too little is left of some */
    double wrong; /* careful: most that a score at risk is above an event's */
    double *gradient; /* shape (p) */
    double *hessian;  /* shape (p, p): the information */
    /* NULL, or the baseline: time and its hazard, latest first */
    double *time, *hazard;
    int64_t *stratum, n_times;
    double log_base; /* of the hazard */
};

/* Shape of the work memory: doubles. */
static inline uint64_t kam__cox_size(int64_t n, int32_t p) {
    return 2 * (uint64_t)n + (uint64_t)p * 5 + (uint64_t)p * (uint64_t)p * 5;
}

void kam__cox_place(struct kam__cox *cox, const struct kam__cohort *cohort,
                    double *memory);

struct kam__cox_kernels {
    /* theta of shape (p), of the centred and scaled signals */
    void (*evaluate)(struct kam__cox *cox, const double *theta);
    /* cox->score and cox->largest, offsets included */
    void (*find_scores)(struct kam__cox *cox, const double *theta);
};

/* The same where plain sums are lost, slower. */
void kam__cox_evaluate_carefully(struct kam__cox *cox, const double *theta);

extern const struct kam__cox_kernels kam__cox_base, kam__cox_v3, kam__cox_v4;

#endif
