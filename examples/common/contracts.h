/* SPDX-License-Identifier: MIT */
/* The file of contracts: who is bound, how long yet, and what that is worth. */
#ifndef CONTRACTS_H
#define CONTRACTS_H

#include <stdio.h>

#include "scoring.h"

/* Contracts of one term, and what was fitted to them. */
struct contract_model {
    double months;    /* the term */
    int64_t first, n; /* contracts [first, first + n) */
    int64_t n_ended;
    double n_renewed;     /* renewals seen */
    kam_retention model;  /* family 0: none */
    double covariance[9]; /* of log parameters; NaN: not known */
    kam_status ml;        /* verdict of maximum likelihood */
    kam_estimate_report report;
};

/* One line of the file, as it stands there. */
struct contract_line {
    int64_t account; /* its number in `accounts` */
    int32_t start, end;
    double said; /* column "ended": 1 yes, 0 no, NaN nothing */
    double months, value;
};

struct contract_lines {
    int64_t n, n_read, room; /* lines kept, and all */
    int64_t n_unnamed, n_without_start;
    struct contract_line *line;
    struct texts accounts;
};

/* One contract that has begun. */
struct contract {
    int64_t line;
    int64_t account; /* its number in `accounts`; later the row of the book */
    int32_t start, end; /* the end of its term now, or when it ended */
    int8_t runs;        /* on the as-of day */
    int32_t state;      /* KAM_CONTRACTS_* */
    double months;      /* a term */
    double renewals, before;
    double decided;    /* 1: the decision after those was to end; 0 as long as
                          others of its age have not decided */
    double left;       /* terms to its end, >= 0 */
    double past, ends; /* renewals and ends that tell of its chance to end: its
                          own, or of all contracts of the account */
    double value;      /* money a term; NaN: not known */
};

/* What the contracts of a row of the book say. */
struct bond {
    int64_t n, n_running;
    int64_t main;   /* the one that is told of; -1: none */
    int8_t scored;  /* whether scores are of contracts */
    double renewal; /* of the main one at its next decision; NaN: not known */
    double days;    /* it is expected to run within the horizon */
};

struct contracts {
    int64_t n, room;
    int64_t n_unnamed, n_without_start, n_future, n_before;
    int64_t n_running, n_accounts, n_returned, n_chained;
    struct contract *contract; /* by term, then as read */
    struct texts accounts;
    int32_t n_models;
    struct contract_model *model;
    struct bond *bond; /* shape (rows of the book) */
};

/* Reads the file; ends the program when something is wrong. */
void contracts_read(struct contract_lines *lines,
                    const struct options *options);

/* The lines as the library reads them. */
kam_contracts contracts_table(const struct contract_lines *lines);

/* The contracts as of a day. With `is_past`, what was known when that day was
 * over: no later end, and no notice of one. */
void contracts_make(struct contracts *contracts,
                    const struct contract_lines *lines,
                    const struct options *options, int32_t as_of, int is_past);

/* Gives accounts without orders a row of the book, finds the contracts of each
 * row, and keeps orders that contracts bring out of the order model. */
void contracts_join(struct contracts *contracts, struct book *book);

/* Fits a model to the contracts of each term. */
void contracts_fit(struct contracts *contracts);

/* Fits the contracts, and scores the rows that they bind. */
void contracts_apply(struct contracts *contracts, struct answers *answers,
                     const struct book *book, const struct options *options);

/* The model of its term. */
const struct contract_model *contracts_model(const struct contracts *contracts,
                                             const struct contract *contract);

/* The chance that a contract is renewed at each of its next decisions; NaN: not
 * known. */
double contracts_renewal(const struct contracts *contracts,
                         const struct contract *contract, double n_terms);

/* How many sentences there are on a row, 0 when contracts do not score it. */
int contracts_n_reasons(const struct contracts *contracts, int64_t row);

/* Sentence k of them. */
void contracts_reason(const struct contracts *contracts, int64_t row, int k,
                      const struct options *options, char *text, size_t size);

/* Whether a row is scored by contracts; `contracts` may be NULL. */
int contracts_bind(const struct contracts *contracts, int64_t row);

/* What was read and fitted, in words. */
void contracts_summary(const struct contracts *contracts, FILE *out,
                       const struct options *options);

void contracts_free(struct contracts *contracts);

void contracts_free_lines(struct contract_lines *lines);

#endif
