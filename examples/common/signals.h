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

/* Why events are left out. */
enum signal_loss {
    LOST_STRANGER, /* of accounts without orders */
    LOST_DAY,      /* without a day */
    LOST_AMOUNT,   /* without an amount that is needed */
    LOST_CREDIT,   /* a payment without days of credit */
    LOST_LATER,    /* after the as-of day */
    LOST_WRONG,    /* a value that cannot be */
    N_LOSSES
};

struct signals {
    int64_t n_events, n_lost[N_LOSSES];
    char first_wrong[256]; /* where, and what; "": none */
    unsigned char *wrong;  /* shape (n_rows): an event of it cannot be */
    struct signal_log log[N_SIGNALS];
    int is_seen[N_SIGNALS]; /* of an account of the book */
    int32_t n_used, reason[N_SIGNALS];
    double typical[N_SIGNALS], most[N_SIGNALS];
    double weight[N_SIGNALS + 1];
    struct signal_view now;
    int64_t n_rows, n_measured, n_alarmed, n_limited;
    int64_t n_learned, n_left; /* accounts the weights were moved by */
};

/* Reads the file, nothing of it dated after the book's day; ends the program
 * when something is wrong. */
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

/* Names of what the signals of a row are: alarm, limit, stale, unmeasured,
 * impossible.
 */
void signals_flags(const struct signals *signals, int64_t row, FILE *out,
                   const char *between);

/* Alarms, and limits of practice, as kam_account has them: bit 0 is usage, and so on; NaN: nothing is
 * measured. */
double signals_alarms(const struct signals *signals, int64_t row);

void signals_free(struct signals *signals);

#endif
