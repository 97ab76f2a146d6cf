/* SPDX-License-Identifier: MIT */
/* The file of facts about accounts. */
#ifndef ACCOUNTS_H
#define ACCOUNTS_H

#include "book.h"

/* What the file held. */
struct account_facts {
    int64_t n_records;
    int64_t n_unnamed;     /* without an account; left out */
    int64_t n_strangers;   /* accounts that no order line names */
    double strangers_cost; /* their cost to serve */
    int64_t n_early;       /* accounts that ordered before their start_day */
    int has_cost, has_start, has_tier;
};

/* Reads the file into the book's service_cost and tier_before. */
void accounts_read(struct account_facts *facts, struct book *book,
                   const struct options *options);

#endif
