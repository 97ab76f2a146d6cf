/* SPDX-License-Identifier: MIT */
/* Whether the book orders faster or slower than its past says: a fit as of a year
 * ago, held against the year since. */
#ifndef PACE_H
#define PACE_H

#include <stdio.h>

#include "book.h"

struct pace {
    enum {
        PACE_FOUND,     /* which may be 1 */
        PACE_GIVEN,     /* by --pace */
        PACE_YOUNG,     /* the orders do not reach back 18 months */
        PACE_PERIODS,   /* the model has none */
        PACE_NO_MODEL,  /* a year ago there was none */
        PACE_IMPOSSIBLE /* beyond what is believed of any book */
    } how;
    int32_t to; /* the last day of the year */
    kam_btyd_pace_report found;
};

/* Finds the pace as of the book's day and sets it in `future`, unless it was given.
 * Rows that are left out of the book's fit are left out here, too. */
void pace_find(struct pace *pace, const struct book *book,
               const struct order_log *log, const struct options *options,
               kam_clv_options *future);

/* One line, or two, after `lead`, the second indented. */
void pace_print(FILE *out, const struct pace *pace, const char *lead,
                int32_t language);

#endif
