/* SPDX-License-Identifier: MIT */
/* One contract of a table, and the days on which its terms end. */
#ifndef KAM_DATA_CONTRACTS_H
#define KAM_DATA_CONTRACTS_H

#include <kam/contracts.h>

#include "base/rows.h"

struct kam__contract {
    int32_t start, end; /* `end`: KAM_NO_DAY, or what the table says */
    int32_t said;       /* `ended`; -1: nothing */
    int32_t months;     /* a term */
};

/* What was known of it on a day. */
struct kam__contract_known {
    int32_t state, end, decided;
    double renewals, left;
};

/* Reads and checks a caller's table, and its host. */
kam_status kam__contracts_read(kam_contracts *ours, kam_host *lent,
                               const kam_contracts *theirs,
                               const kam_host *host, kam_diag *diag);

/* KAM_ERR_OPTION when it is no day of the years 1 to 9999. */
kam_status kam__contracts_day(int32_t day, const char *argument,
                              kam_diag *diag);

/* A row; returns its flags, 0 when it can be used. */
uint32_t kam__contract_load(const kam_contracts *table, int64_t row,
                            struct kam__contract *c);

/* The day on which term n ends; INT32_MAX beyond the calendar. */
int32_t kam__contract_term_end(const struct kam__contract *c, double n);

/* How many terms end on a day or before. */
double kam__contract_terms(const struct kam__contract *c, int32_t day);

/* The first day without it: `end`, or the day after a term's last. */
int32_t kam__contract_end(const struct kam__contract *c);

void kam__contract_known(const struct kam__contract *c, int32_t as_of,
                         int is_past, struct kam__contract_known *to);

/* Days as terms. */
double kam__contract_length(const struct kam__contract *c, int32_t from,
                            int32_t to);

#endif
