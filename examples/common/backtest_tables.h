/* SPDX-License-Identifier: MIT */
/* What backtests of orders and of contracts share: a forecast and what happened
 * side by side, measured by the library, in tables and in verdicts. */
#ifndef BACKTEST_TABLES_H
#define BACKTEST_TABLES_H

#include <stdio.h>

#include <kam/kam.h>

#include "words.h"

/* A forecast of amounts beside what came; no rows when it cannot be judged. */
kam_backtest_amount_report measured_amount(const kam_column *forecast,
                                           const kam_column *actual, int64_t n);

/* Likewise probabilities of an event. */
kam_backtest_event_report measured_event(const kam_column *probability,
                                         const kam_column *event, int64_t n);

/* How a table of amounts is written. */
struct amounts_style {
    const char *what; /* the first heading */
    int with_rmse;
    int forecast_decimals, error_decimals;
};

/* Prints the reports that have rows, `names` beside them. */
void print_amounts(FILE *out, const struct amounts_style *style,
                   const char *const *names,
                   const kam_backtest_amount_report *report, int n, int zh);

/* Likewise of events, in the given order; report number `only_ranks` (-1: none)
 * is of ranks, not of probabilities. */
void print_events(FILE *out, const char *what, const char *const *names,
                  const kam_backtest_event_report *report, const int *order,
                  int n, int only_ranks, int zh);

/* Whether the model or its best baseline erred less, both with two decimals; `what`
 * begins the sentence, `measure` is of the errors. */
void print_money_verdict(FILE *out, const char *what, const char *measure,
                         double model, const char *baseline, double best,
                         int zh);

#endif
