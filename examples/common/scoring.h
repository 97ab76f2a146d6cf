/* SPDX-License-Identifier: MIT */
/* The two calls that do everything. */
#ifndef SCORING_H
#define SCORING_H

#include "book.h"
#include "pace.h"

/* Every answer about every row of a book. */
struct answers {
    kam_models models;
    kam_fit_report fit;
    kam_scores scores;
    struct pace pace;
    uint32_t defaults; /* KAM_POLICY_*: parts at their defaults */
};

/* Fits the book, and scores it when it has rows, at its pace. */
void answers_make(struct answers *answers, const struct book *book,
                  const struct order_log *log, const struct options *options,
                  const kam_clv_options *future);

void answers_free(struct answers *answers);

/* Row numbers by falling churn_risk * lifetime_value, then lifetime_value, then
 * revenue, what is not known last; shape (n). The caller frees it. */
int64_t *answers_by_risk(const struct answers *answers, int64_t n);

/* Money at risk in a row: churn_risk * lifetime_value; NaN when not known. */
double answers_at_risk(const struct answers *answers, int64_t row);

#endif
