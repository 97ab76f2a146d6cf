/* SPDX-License-Identifier: MIT */
/* Columns, sums and counts of order lines. */
#ifndef KAM_KPI_LINES_H
#define KAM_KPI_LINES_H

#include "kpi/figures.h"

enum { DAY, REVENUE, COST, QUANTITY, PROMISED, DELIVERED, COMPLETE };
/* The base comes first: it stands with the counts, and lines of the base year add
 * to no other sum. */
enum { BASE, NOW, UNITS, MARGIN, COSTED, N_SUMS };
enum {
    ALL_NOW, /* lines of the period */
    N_NOW,
    N_UNITS,
    N_COSTED,
    ALL_BOTH, /* lines of the period and of its base */
    N_BOTH,
    ALL_DUE, /* lines promised in the period */
    N_DUE,
    N_ON_TIME,
    N_FULL,
    N_IN_FULL,
    N_OTIF,
    N_BOTH_MET,
    N_COUNTS
};

#endif
