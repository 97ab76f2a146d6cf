/* SPDX-License-Identifier: MIT */
/* The command line of kam-score. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdint.h>

#include <kam/kam.h>

#include "policy.h"

struct options {
    const char **orders; /* files of order lines, ended by NULL */
    const char *accounts_file, *signals_file, *contracts_file;
    double term_months;      /* of contracts that do not say */
    int32_t contracts_since; /* KAM_NO_DAY: all are there */
    const char *account, *day, *revenue, *cost, *order; /* column names */
    int cost_is_wanted, order_is_wanted; /* named on the command line */
    const char *date_format;
    char delimiter; /* 0: find out */
    char point;     /* the decimal point */
    int drop_bad;
    int32_t as_of;       /* KAM_NO_DAY: the last day seen */
    int32_t backtest;    /* KAM_NO_DAY: none */
    int32_t family;      /* KAM_BTYD_*, 0: the default */
    int32_t period_days; /* orders are counted by such periods; 0: by days */
    struct rules rules;  /* the policy that stands */
    int32_t language;
    int32_t top; /* rows of the aligned table; 0: CSV */
    int quiet;
    int horizon_is_given; /* on the command line */
    int pace_is_given;    /* not found */
    int playbook;         /* what to do is asked for too */
};

/* Reads the command line; ends the program for --help, --version and for what
 * cannot be. */
void options_read(struct options *options, int n, const char **words);

/* Reads what --tiers says; NULL, or what is wrong with it. */
const char *tiers_read(const char *text, double keep, kam_tier_policy *policy,
                       kam_tier_band bands[16]);

#endif
