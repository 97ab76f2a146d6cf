/* SPDX-License-Identifier: MIT */
/* What kam-tier reads: a table with one row an account, and the options. */
#ifndef TIER_BOOK_H
#define TIER_BOOK_H

#include <kam/kam.h>

#include "policy.h"
#include "texts.h"

/* Columns of numbers, days and tiers, in the order of `fact_name`. */
enum {
    FACT_VALUE,
    FACT_PROFIT,
    FACT_LOW,
    FACT_HIGH,
    FACT_STABLE,
    FACT_GROWTH,
    FACT_WALLET,
    FACT_PAIN,
    FACT_TIER_BEFORE,
    FACT_SINCE,
    FACT_OVERRIDE,
    FACT_UNTIL,
    FACT_QUARTER, /* q1 */
    MOST_QUARTERS = 16,
    N_FACTS = FACT_QUARTER + MOST_QUARTERS
};

struct tier_options {
    const char *file;
    const char *account, *value, *profit, *parent, *against; /* column names */
    int value_is_wanted, profit_is_wanted; /* the column was named */
    char delimiter;                        /* 0: find out */
    char point;                            /* the decimal point */
    int add_up;         /* lines of one account are added up */
    struct rules rules; /* the policy that stands */
    kam_move_options moves;
    int32_t language;
    int quiet;
};

/* Reads the command line; ends the program for --help, --version and for what
 * cannot be. */
void tier_options_read(struct tier_options *options, int n, const char **words);

/* One row an account. What is not known is NaN. */
struct tier_book {
    int64_t n;
    struct texts account, parent, label;
    double *fact[N_FACTS]; /* NULL: the column is not there */
    int64_t n_read;        /* lines */
    int64_t n_unnamed;     /* dropped: without an account */
    int64_t n_added;       /* added to an account that was there already */
    int has_parent, has_label;
};

void tier_book_read(struct tier_book *book, const struct tier_options *options);
void tier_book_free(struct tier_book *book);

/* The column as libkam takes it; absent when it is not there. */
kam_column tier_book_column(const struct tier_book *book, int fact);

/* How many of q1, q2, ... are there. */
int32_t tier_book_quarters(const struct tier_book *book);

#endif
