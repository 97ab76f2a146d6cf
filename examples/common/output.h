/* SPDX-License-Identifier: MIT */
/* What kam-score prints. All of it is made in memory first and written at once,
 * so that a failure leaves nothing half-written. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdio.h>

#include "accounts.h"
#include "contracts.h"
#include "playbook.h"
#include "scoring.h"
#include "signals.h"

/* All that was read and found out. */
struct result {
    const struct options *options;
    const struct order_log *log;
    const struct book *book;
    const struct account_facts *facts;
    const struct answers *answers;     /* NULL in a backtest */
    const struct signals *signals;     /* NULL: no file of them */
    const struct playbook *playbook;   /* NULL: not asked for */
    const struct contracts *contracts; /* likewise */
};

/* Reason k, 0 the strongest to 2, of a row in words; empty when there is
 * none. */
void result_reason(const struct result *result, int64_t row, int k, char *text,
                   size_t size);

/* The CSV. */
void print_scores(FILE *out, const struct result *result);

/* The aligned table of the accounts with most at risk. */
void print_top(FILE *out, const struct result *result);

/* What was read, fitted and found, in words. */
void print_summary(FILE *out, const struct result *result);

/* The lines that were dropped, by reason: "3 dropped (2 without a day, ...)". */
void print_dropped(FILE *out, const struct order_log *log,
                   const kam_ledger_report *report, int32_t language);

/* How well a fit before options->backtest forecasts the rest; `signals` and
 * `contracts`, NULL without a file of them, are filled with what was known
 * before. */
void print_backtest(FILE *out, const struct result *result,
                    struct signals *signals, const struct contract_lines *lines,
                    struct contracts *contracts);

/* Writes `size` bytes to standard output; ends the program when it cannot. */
void write_out(const char *text, size_t size);

#endif
