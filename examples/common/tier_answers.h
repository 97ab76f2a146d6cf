/* SPDX-License-Identifier: MIT */
/* What kam-tier finds out, and how it prints it. */
#ifndef TIER_ANSWERS_H
#define TIER_ANSWERS_H

#include <stdio.h>

#include "tier_book.h"

/* Every answer about every account; NULL: not asked for. */
struct tier_answers {
    kam_tier_band limits[16];
    int32_t *tier, *verdict, *proposed, *since, *abc, *matrix_class, *agreement;
    double *share, *value_score, *potential_score, *group_amount;
    int64_t *rank, *group, *label;
    int64_t n_groups, n_labels, *label_row;
    kam_concentration book; /* over groups, when there are parents */
    double gini;            /* over accounts */
    kam_matrix matrix;
    kam_move_table moves;
    int64_t count[18 * 18];
    kam_segment_agreement agree;
    uint32_t *row_flags;
};

void tier_answers_make(struct tier_answers *answers,
                       const struct tier_book *book,
                       const struct tier_options *options);
void tier_answers_free(struct tier_answers *answers);

/* The CSV. */
void tier_print(FILE *out, const struct tier_answers *answers,
                const struct tier_book *book,
                const struct tier_options *options);

/* What was read and found, in words. */
void tier_print_summary(FILE *out, const struct tier_answers *answers,
                        const struct tier_book *book,
                        const struct tier_options *options);

#endif
