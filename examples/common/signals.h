/* SPDX-License-Identifier: MIT */
/* The file of signals: what else is known of accounts, and what it does to their
 * churn risk. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <stdio.h>

#include "scoring.h"

enum { N_SIGNALS = 10, SIGNAL_MONTHS = 36 };

/* What the file held of one signal. */
struct signal_log {
    int64_t n, day_room, end_room, amount_room, term_room;
    double *day, *end, *amount, *term; /* NaN: missing */
    struct texts account;
};

/* Signals of accounts as of a day; arrays of shape (n) by signal used. */
struct signal_view {
    int32_t start[SIGNAL_MONTHS + 1];
    double *value[N_SIGNALS], *centred[N_SIGNALS];
    int32_t *since[N_SIGNALS]; /* month, or -1 */
    uint32_t *flags[N_SIGNALS];
};

struct signals {
    int64_t n_events, n_strangers; /* strangers: of accounts without orders */
    struct signal_log log[N_SIGNALS];
    int32_t n_used, reason[N_SIGNALS];
    double typical[N_SIGNALS], most[N_SIGNALS];
    double weight[N_SIGNALS + 1];
    struct signal_view now;
    int64_t n_rows, n_measured, n_alarmed;
    int64_t n_learned, n_left; /* accounts the weights were moved by */
};

/* Reads the file; ends the program when something is wrong. */
void signals_read(struct signals *signals, const struct options *options,
                  const struct book *book);

/* Puts the signals into the churn risks and reasons of a scored book. */
void signals_apply(struct signals *signals, struct answers *answers,
                   const struct book *book, const struct order_log *log,
                   const struct options *options);

/* The reason in words, with the month where it began; `signals` may be NULL. */
void signals_reason(const struct signals *signals, int64_t row,
                    const kam_reason *reason, int32_t language, char *text,
                    size_t size);

/* Names of what the signals of a row are: alarm, stale, unmeasured. */
void signals_flags(const struct signals *signals, int64_t row, FILE *out,
                   const char *between);

/* Alarms as kam_account has them: bit 0 is usage, and so on; NaN: nothing is
 * measured. */
double signals_alarms(const struct signals *signals, int64_t row);

void signals_free(struct signals *signals);

#endif
