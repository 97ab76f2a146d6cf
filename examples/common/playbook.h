/* SPDX-License-Identifier: MIT */
/* What to do for each account: class, stage, touches and actions. */
#ifndef PLAYBOOK_H
#define PLAYBOOK_H

#include <stdio.h>

#include "accounts.h"
#include "scoring.h"
#include "signals.h"

/* Answers of --playbook; arrays of shape (n), or as in kam_scores. */
struct playbook {
    kam_scores scores;
    int32_t width;     /* actions an account */
    uint32_t touches;  /* bit k: the file tells when touch k + 1 was made */
    uint32_t defaults; /* parts of the policy that stand at their defaults */
};

/* Finds them; `signals` may be NULL. */
void playbook_make(struct playbook *playbook, const struct order_log *log,
                   const struct book *book, const struct account_facts *facts,
                   const struct answers *answers, const struct signals *signals,
                   const struct options *options);

/* Names of KAM_ROW_* joined by bars; what goes before another one. */
const char *put_flag_names(FILE *out, uint32_t flags);

/* Names of its columns, each after a comma. */
void playbook_header(FILE *out);

/* The fields of a row, each after a comma. */
void playbook_row(FILE *out, const struct playbook *playbook, int32_t as_of,
                  int64_t row, int32_t language);

/* What was found, in words; and which rules stand at their defaults. */
void playbook_summary(FILE *out, const struct playbook *playbook, int64_t n,
                      int32_t language);

void playbook_free(struct playbook *playbook);

#endif
