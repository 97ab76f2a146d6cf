/* SPDX-License-Identifier: MIT */
/* Files of order lines, as columns that libkam takes. */
#ifndef ORDERS_H
#define ORDERS_H

#include "options.h"
#include "texts.h"

/* All lines that were read, but for the dropped bad ones. */
struct order_log {
    int64_t n;
    int64_t day_room, known_room, revenue_room, cost_room;
    int32_t *day;
    uint8_t *day_known; /* bitmap */
    double *revenue;    /* NaN: missing */
    double *cost;       /* NaN: missing */
    struct texts account, order;
    int has_cost, has_order;
    int32_t last_day; /* KAM_NO_DAY: none */
    int64_t n_read;   /* the bad ones included */
    int64_t n_short;  /* with fewer fields than the header */
    int64_t n_bad;    /* dropped for a bad day or number */
    char first_bad[400];
};

/* Reads all files that the options name. */
void orders_read(struct order_log *log, const struct options *options);

/* Lines dated first..last, or rather a view of all lines that the ledger cuts
 * by its options. */
kam_lines orders_lines(const struct order_log *log);

void orders_free(struct order_log *log);

#endif
