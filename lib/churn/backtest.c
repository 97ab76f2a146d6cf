/* SPDX-License-Identifier: MIT */
/* Errors of forecast probabilities (C6). Those of amounts are in
 * backtest_amount.c. */
#include <kam/backtest.h>

#include <math.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "churn/ranked.h"
#include "math/accumulate.h"
#include "math/elementary.h"
#include "math/sort.h"

/* As scikit-learn and others do it: no row is punished beyond all measure. */
#define LEAST_PROBABILITY 1e-15

/* Terms are scaled by this before they are summed to multiples of 2^-64, so
 * that near-perfect forecasts have a loss too: -ln(1 - 1e-15) is 2^-50. */
#define FINE 0x1p20

/* What the call works with. */
struct forecast {
    const kam_column *probability, *event;
    int64_t n_rows;
    double *key;       /* shape (n_rows): probability, NaN where not used */
    uint8_t *happened; /* shape (n_rows) */
    int64_t *order;    /* shape (n_rows): rows by rising probability */
    int64_t n, n_events;
    kam_sum expected, squares, losses;
};

static kam_status check_tile(const double *probability, const double *event,
                             int64_t first, int32_t n, kam_diag *diag) {
    for (int32_t i = 0; i < n; i++) {
        if (probability[i] < 0 || probability[i] > 1)
            return kam__fail(diag, KAM_ERR_OPTION, "probability", first + i,
                             probability[i],
                             "Row {row}'s probability is {value}, not from 0 "
                             "to 1.");
        if (event[i] == event[i] && event[i] != 0 && event[i] != 1)
            return kam__fail(diag, KAM_ERR_OPTION, "event", first + i, event[i],
                             "Row {row}'s event is {value}, not 0 or 1.");
    }
    return KAM_OK;
}

/* A row that is not known in both columns adds nothing. */
static void measure_tile(struct forecast *to, const double *probability,
                         const double *event, int64_t first, int32_t n) {
    double p[KAM__TILE], square[KAM__TILE], loss[KAM__TILE];
    for (int32_t i = 0; i < n; i++) {
        const int known =
            probability[i] == probability[i] && event[i] == event[i];
        const double y = event[i] == 1 ? 1 : 0;
        const double q = known ? probability[i] : y;
        const double low = q < LEAST_PROBABILITY ? LEAST_PROBABILITY : q;
        const double clear =
            low > 1 - LEAST_PROBABILITY ? 1 - LEAST_PROBABILITY : low;
        const double nats = y != 0 ? kam__log(clear) : kam__log1p(-clear);
        p[i] = known ? q * FINE : 0;
        square[i] = (q - y) * (q - y) * FINE;
        loss[i] = known ? -nats * FINE : 0;
        to->key[first + i] = known ? probability[i] : (double)NAN;
        to->happened[first + i] = known && y != 0;
        to->n += known;
        to->n_events += known && y != 0;
    }
    (void)kam__accumulate(&to->expected, p, NULL, n);
    (void)kam__accumulate(&to->squares, square, NULL, n);
    (void)kam__accumulate(&to->losses, loss, NULL, n);
}

static kam_status fail_empty(const struct forecast *to, kam_diag *diag) {
    const kam_column *const column[] = {to->probability, to->event};
    const char *const name[] = {"probability", "event"};
    return kam__ranked_fail_empty(column, name, 2, to->n_rows, diag);
}

static kam_status read_rows(struct forecast *to, kam_diag *diag) {
    double probability_tile[KAM__TILE], event_tile[KAM__TILE];
    for (int64_t first = 0; first < to->n_rows; first += KAM__TILE) {
        const int64_t left = to->n_rows - first;
        const int32_t n = (int32_t)(left < KAM__TILE ? left : KAM__TILE);
        const double *const probability =
            kam__gather(to->probability, first, n, probability_tile);
        const double *const event =
            kam__gather(to->event, first, n, event_tile);
        const kam_status status =
            check_tile(probability, event, first, n, diag);
        if (status != KAM_OK) return status;
        measure_tile(to, probability, event, first, n);
    }
    return to->n == 0 ? fail_empty(to, diag) : KAM_OK;
}

/* Pairs of a row with the event and a row without, doubled: 2 where the row
 * with the event is ranked above, 1 where the two are tied. Over all pairs that
 * is the area under the ROC curve (Hanley & McNeil 1982), and in whole numbers
 * there is nothing to round. */
static uint64_t twice_won(const struct forecast *to) {
    uint64_t won = 0, without_below = 0;
    for (int64_t i = 0; i < to->n;) {
        const double p = to->key[to->order[i]];
        uint64_t with = 0, without = 0;
        for (; i < to->n && to->key[to->order[i]] == p; i++) {
            with += to->happened[to->order[i]];
            without += !to->happened[to->order[i]];
        }
        won += with * (2 * without_below + without);
        without_below += without;
    }
    return won;
}

static kam_status report_on(struct forecast *to, int64_t *scratch,
                            kam_backtest_event_report *report, kam_diag *diag) {
    const kam_status status = read_rows(to, diag);
    if (status != KAM_OK) return status;
    const double n = (double)to->n * FINE;
    const int64_t n_without = to->n - to->n_events;
    report->n_rows = to->n;
    report->n_events = to->n_events;
    report->expected = kam_sum_value(&to->expected) / FINE;
    report->brier = kam_sum_value(&to->squares) / n;
    report->log_loss = kam_sum_value(&to->losses) / n;
    report->auc = (double)NAN;
    if (to->n_events == 0 || n_without == 0) return kam__ok(diag);
    kam__sort_by_number(to->key, to->n_rows, to->order, scratch);
    report->auc =
        (double)twice_won(to) / (2 * (double)to->n_events * (double)n_without);
    return kam__ok(diag);
}

static kam_status check(const struct forecast *to,
                        const kam_backtest_event_report *report,
                        kam_diag *diag) {
    if (to->n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)to->n_rows,
                         "n_rows is {value}.");
    if (!to->probability || !to->event)
        return kam__fail(diag, KAM_ERR_NULL,
                         to->probability ? "event" : "probability", -1, NAN,
                         "");
    kam_status status = kam__column_check(to->probability, to->n_rows,
                                          KAM__NUMBERS, 0, "probability", diag);
    if (status == KAM_OK)
        status = kam__column_check(to->event, to->n_rows, KAM__NUMBERS, 0,
                                   "event", diag);
    if (status != KAM_OK) return status;
    return kam__sized_check(report, KAM__FIRST(kam_backtest_event_report),
                            "report", diag);
}

kam_status kam_backtest_event(const kam_column *probability,
                              const kam_column *event, int64_t n_rows,
                              const kam_host *host,
                              kam_backtest_event_report *report,
                              kam_diag *diag) {
    kam_host lent;
    kam_backtest_event_report ours = {0};
    struct forecast to = {.probability = probability,
                          .event = event,
                          .n_rows = n_rows};
    kam_status status = check(&to, report, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    if (n_rows == 0) return fail_empty(&to, diag);
    const uint64_t n = (uint64_t)n_rows;
    int64_t *const scratch = kam__allocate(&lent, n, sizeof *scratch);
    to.key = kam__allocate(&lent, n, sizeof *to.key);
    to.happened = kam__allocate(&lent, n, sizeof *to.happened);
    to.order = kam__allocate(&lent, n, sizeof *to.order);
    status = scratch && to.key && to.happened && to.order
                 ? report_on(&to, scratch, &ours, diag)
                 : kam__no_memory(diag);
    kam__release(&lent, to.order, n, sizeof *to.order);
    kam__release(&lent, to.happened, n, sizeof *to.happened);
    kam__release(&lent, to.key, n, sizeof *to.key);
    kam__release(&lent, scratch, n, sizeof *scratch);
    if (status == KAM_OK)
        status = kam__sized_write(report, &ours, sizeof ours,
                                  KAM__FIRST(kam_backtest_event_report),
                                  "report", diag);
    return status;
}
