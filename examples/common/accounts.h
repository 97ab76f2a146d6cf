/* SPDX-License-Identifier: MIT */
/* The file of facts about accounts. */
#ifndef ACCOUNTS_H
#define ACCOUNTS_H

#include "book.h"

/* What --playbook asks of accounts beside; the last touches are ten, side by
 * side (KAM_TOUCH_VISIT and on). */
enum {
    FACT_STABLE,
    FACT_GROWTH,
    FACT_WALLET,
    FACT_PAIN,
    FACT_CONTRACT, /* start_day */
    FACT_TOUCHED,
    N_FACTS = FACT_TOUCHED + KAM_SCORE_TOUCHES
};

/* What the file held. */
struct account_facts {
    int64_t n_records;
    int64_t n_unnamed;     /* without an account; left out */
    int64_t n_strangers;   /* accounts that no order line names */
    double strangers_cost; /* their cost to serve */
    int64_t n_early;       /* accounts that ordered before their start_day */
    int has_cost, has_start, has_tier;
    double *fact[N_FACTS]; /* shape (n); NULL: no such column, or not asked */
};

/* Reads the file into the book's service_cost and tier_before. */
void accounts_read(struct account_facts *facts, struct book *book,
                   const struct options *options);

void accounts_free(struct account_facts *facts);

#endif
