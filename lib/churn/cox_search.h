/* SPDX-License-Identifier: MIT */
/* The search for Cox's coefficients. */
#ifndef KAM_CHURN_COX_SEARCH_H
#define KAM_CHURN_COX_SEARCH_H

#include <kam/survival.h>

#include "churn/cox_terms.h"

struct kam__cox_search {
    struct kam__cox cox;
    struct kam__cohort cohort;
    kam_panel panel;
    int32_t isa;
    double *theta, *next, *step, *factor; /* (p) (p) (p) (p, p) */
    double length;                        /* of the step ahead, squared */
    double event_weight;
    int is_careful;
    kam_diag *diag;
};

/* Value, gradient and information at theta. */
void kam__cox_evaluate(struct kam__cox_search *search, const double *theta);

/* From theta to the maximum. */
kam_status kam__cox_find(struct kam__cox_search *search,
                         kam_survival_report *report);

/* A verdict that names column j. */
kam_status kam__cox_blame(const struct kam__cox_search *search,
                          kam_status status, int32_t j,
                          kam_survival_report *report, const char *message);

#endif
