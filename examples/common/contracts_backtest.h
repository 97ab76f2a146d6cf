/* SPDX-License-Identifier: MIT */
/* What was forecast of contracts, held against what came of them. */
#ifndef CONTRACTS_BACKTEST_H
#define CONTRACTS_BACKTEST_H

#include "backtest_tables.h"
#include "contracts.h"

/* What is asked: all of it as known when the day `cut` was over. */
struct contract_question {
    const struct contracts *past; /* fitted and applied to `answers` */
    const struct contract_lines *lines;
    const struct book *book;
    const struct answers *answers; /* money not discounted */
    const double *plain; /* churn risk without signals; NULL: there are none */
    const struct options *options;
    int32_t cut, last; /* the forecast days are those after `cut` to `last` */
    int32_t as_of;     /* decisions before it are told by the file */
};

/* Who forecast. */
enum { OF_MODEL, OF_RATE, OF_ALL, OF_SIGNALS, N_FORECASTS };

/* A forecast, each way, and what came; NaN: not known. */
struct forecast {
    double by[N_FORECASTS], came;
};

struct contract_trial {
    int64_t n_decisions, room, n_accounts;
    struct forecast *renewal;    /* shape (n_decisions): chance; 1: renewed */
    struct forecast *loss;       /* shape (n_accounts): of all its contracts */
    struct forecast *money;      /* shape (n_accounts): what they bring */
    double inside, below, above; /* shares of accounts: of the intervals */
    int64_t n_undecided, n_early, n_begun, n_unmodelled;
};

/* Finds all that is compared. */
void contract_trial_make(struct contract_trial *trial,
                         const struct contract_question *question);

void contract_trial_print(FILE *out, const struct contract_trial *trial,
                          const struct contract_question *question);

void contract_trial_free(struct contract_trial *trial);

#endif
