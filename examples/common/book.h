/* SPDX-License-Identifier: MIT */
/* From order lines to one row an account, through a ledger. */
#ifndef BOOK_H
#define BOOK_H

#include "orders.h"

/* One row an account, by ascending key. */
struct book {
    int64_t n;
    int32_t as_of;
    kam_ledger *ledger; /* owns the keys */
    kam_ledger_report report;
    const char **key; /* shape (n), not ended by NUL */
    int64_t *key_length;
    kam_summary summary;
    double *service_cost; /* NaN: not known */
    double *tier_before;  /* 0 is the best; NaN: none */
    double *weight;       /* in the fits; NULL: 1 each */
    int64_t *place;       /* the row of each of the ledger's; NULL: the same */
    kam_accounts rows;    /* a view of the above */
};

/* Sums up the lines dated first_day (KAM_NO_DAY: any)..as_of. Repeat orders are
 * days with an order, or with `period_days` above 0 such periods, the last of
 * which ends with as_of. A book without any usable line has no rows. */
void book_make(struct book *book, const struct order_log *log,
               int32_t first_day, int32_t as_of, int32_t period_days);

/* Adds a row, of which nothing is known, for each of these accounts that has
 * none. The texts must outlive the book. */
void book_add(struct book *book, const struct texts *accounts);

/* A column of the ledger's rows as one of the book's, NaN where they have none.
 * Takes the column. */
double *book_spread(const struct book *book, double *column);

/* Keeps a row out of the fits; only after book_add. */
void book_leave_out(struct book *book, int64_t row);

/* Distinct days on which an account ordered; 0 for row -1. */
double book_order_days(const struct book *book, int64_t row);

/* The same in this book of an account of another. */
double book_orders_of(const struct book *in, const struct book *whose,
                      int64_t row);

/* The row of an account, or -1. */
int64_t book_find(const struct book *book, const char *key, int64_t length);

void book_free(struct book *book);

/* Ends the program when a call of the library failed. */
void check(kam_status status, const kam_diag *diag);

/* Column of doubles. */
kam_column doubles(const double *values);

#endif
