/* SPDX-License-Identifier: MIT */
/* The signals of practice (C4): which rule, which law, what is shown. */
#include <kam/reason.h>
#include <kam/signal.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"
#include "churn/signal_gap.h"
#include "churn/signal_limit.h"

/* What becomes the signal: how far it fell, as a share or as it is, or what it
 * is. */
enum { FALL_SHARE, FALL, LEVEL };

enum { RECENT = 3 }; /* periods a change of the contact person stays in mind */

static const struct practice {
    int32_t reason, rule, law, direction, shown;
    int32_t events; /* of the chart of times between; 0: of measurements */
    int32_t stale_periods;
} PRACTICE[] = {
    {KAM_REASON_USAGE, KAM_SIGNAL_TOTAL, KAM_SIGNAL_IS_LOG_NORMAL,
     KAM_SIGNAL_DOWN, FALL_SHARE, 0, 2},
    {KAM_REASON_PAYMENT_DELAY, KAM_SIGNAL_DELAY, KAM_SIGNAL_IS_NORMAL,
     KAM_SIGNAL_UP, LEVEL, 0, 2},
    {KAM_REASON_ORDERS, KAM_SIGNAL_SUM, KAM_SIGNAL_IS_NORMAL, KAM_SIGNAL_DOWN,
     FALL_SHARE, 0, 0},
    {KAM_REASON_PRICE_GAP, KAM_SIGNAL_MEAN, KAM_SIGNAL_IS_NORMAL, KAM_SIGNAL_UP,
     LEVEL, 0, 6},
    {KAM_REASON_CHANGES, KAM_SIGNAL_OPEN, KAM_SIGNAL_IS_NORMAL, KAM_SIGNAL_DOWN,
     LEVEL, KAM__PASSED, 0},
    {KAM_REASON_CONTACT_CHANGED, KAM_SIGNAL_COUNT, KAM_SIGNAL_IS_NORMAL,
     KAM_SIGNAL_DOWN, LEVEL, KAM__EACH, 0},
    {KAM_REASON_SATISFACTION, KAM_SIGNAL_MEAN, KAM_SIGNAL_IS_NORMAL,
     KAM_SIGNAL_DOWN, FALL, 0, 12},
    {KAM_REASON_COMPLAINTS, KAM_SIGNAL_OPEN, KAM_SIGNAL_IS_NORMAL,
     KAM_SIGNAL_DOWN, LEVEL, KAM__PASSED, 0},
    {KAM_REASON_CONTACT_GAP, KAM_SIGNAL_AGE, KAM_SIGNAL_IS_NORMAL,
     KAM_SIGNAL_UP, LEVEL, KAM__VISIT, 0},
    {KAM_REASON_DELIVERY, KAM_SIGNAL_LATE, KAM_SIGNAL_IS_NORMAL,
     KAM_SIGNAL_DOWN, LEVEL, KAM__LATE, 2},
};

static const struct practice *practice_of(int32_t reason) {
    for (size_t i = 0; i < sizeof PRACTICE / sizeof PRACTICE[0]; i++)
        if (PRACTICE[i].reason == reason) return &PRACTICE[i];
    return 0;
}

/* Changes of the contact person within the last periods; a log without any says
 * that there was none. */
static void add_recent(double *value, int64_t n_accounts, int32_t n_periods) {
    for (int64_t i = 0; i < n_accounts; i++) {
        double *const row = value + i * n_periods;
        for (int32_t t = 0; t < n_periods; t++)
            row[t] = row[t] == row[t] ? row[t] : 0;
        for (int32_t t = n_periods; t-- > 0;)
            for (int32_t k = 1; k < RECENT && k <= t; k++) row[t] += row[t - k];
    }
}

/* Everything of one period: what the chart said becomes the signal. */
static void convert(const struct practice *p, int64_t n_cells, double limit,
                    double *signal, int32_t *since, uint32_t *flags) {
    for (int64_t i = 0; i < n_cells; i++) {
        if (p->events) {
            since[i] = -1;
            flags[i] &= ~(uint32_t)(KAM_SIGNAL_SHORT | KAM_SIGNAL_ALARM);
        } else if (p->shown != LEVEL) {
            if (flags[i] & KAM_SIGNAL_SHORT) signal[i] = (double)NAN;
            signal[i] = signal[i] == 0 ? 0 : -signal[i];
        }
        if (signal[i] >= limit) flags[i] |= KAM_SIGNAL_LIMIT;
    }
}

/* What a call works with; each shape (n_cells). */
struct room {
    double *value, *signal;
    int32_t *since;
    uint32_t *flags;
};

enum { CELL = 2 * sizeof(double) + sizeof(int32_t) + sizeof(uint32_t) };

static struct room room_in(void *block, uint64_t n) {
    struct room room = {.value = block};
    room.signal = room.value + n;
    room.since = (int32_t *)(void *)(room.signal + n);
    room.flags = (uint32_t *)(void *)(room.since + n);
    return room;
}

static void hand_out(const struct room *room, uint64_t n, double *signal,
                     int32_t *since, uint32_t *flags) {
    if (signal) memcpy(signal, room->signal, n * sizeof *signal);
    if (since) memcpy(since, room->since, n * sizeof *since);
    if (flags) memcpy(flags, room->flags, n * sizeof *flags);
}

static kam_status look(const struct practice *p, const kam_signal_events *e,
                       const kam_signal_chart *chart, const kam_host *host,
                       const struct room *room, kam_diag *diag) {
    kam_signal_series series = {.struct_size = sizeof series};
    kam_signal_out out = {.struct_size = sizeof out};
    kam_status status =
        kam_signal_measure(p->rule, e, host, room->value, 0, diag);
    if (status != KAM_OK) return status;
    if (p->reason == KAM_REASON_CONTACT_CHANGED)
        add_recent(room->value, e->n_accounts, e->n_periods);
    series.n_periods = e->n_periods;
    series.n_accounts = e->n_accounts;
    series.value.values = room->value;
    series.value.type = KAM_F64;
    series.law = p->law;
    series.stale_periods = p->stale_periods;
    out.flags = room->flags;
    out.since = room->since;
    if (p->shown == FALL_SHARE) out.share = room->signal;
    if (p->shown == FALL) out.change = room->signal;
    if (p->shown == LEVEL) out.value = room->signal;
    status = kam_signal_watch(chart, &series, host, &out, diag);
    if (status == KAM_OK)
        convert(p, e->n_accounts * e->n_periods, kam__signal_limit(p->reason),
                room->signal, room->since, room->flags);
    if (status == KAM_OK && p->events)
        status =
            kam__signal_by_gap(p->events, chart, e, host, room->flags, diag);
    return status;
}

static kam_status design(const struct practice *p,
                         const kam_signal_options *options,
                         const kam_host *host, kam_signal_chart *chart,
                         kam_diag *diag) {
    kam_signal_options o;
    const kam_status status =
        options
            ? kam__sized_read(&o, sizeof o, options,
                              KAM__FIRST(kam_signal_options), "options", diag)
            : kam_signal_options_init(&o, sizeof o);
    if (status != KAM_OK) return status;
    if (o.kind == KAM_SIGNAL_POISSON)
        return kam__fail(diag, KAM_ERR_OPTION, "options.kind", -1, o.kind,
                         "A chart of counts cannot watch shares.");
    o.direction = p->direction;
    return kam_signal_design(&o, host, chart, 0, diag);
}

kam_status kam_signal_of(int32_t reason, const kam_signal_events *events,
                         const kam_signal_options *options,
                         const kam_host *host, double *signal, int32_t *since,
                         uint32_t *flags, kam_diag *diag) {
    const struct practice *const p = practice_of(reason);
    kam_signal_events e;
    kam_signal_chart chart;
    kam_host lent;
    if (!p)
        return kam__fail(diag, KAM_ERR_OPTION, "reason", -1, reason,
                         "{value} is no signal of KAM_REASON_*.");
    kam_status status =
        kam__sized_read(&e, sizeof e, events, KAM__FIRST(kam_signal_events),
                        "events", diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status == KAM_OK) status = design(p, options, host, &chart, diag);
    if (status != KAM_OK) return status;
    if (e.n_periods < 1 || e.n_accounts < 0 ||
        e.n_accounts > INT64_MAX / 16 / e.n_periods)
        return kam__fail(diag, KAM_ERR_SHAPE, "events.n_periods", -1,
                         e.n_periods, "{value} periods are not 1..100000.");
    const uint64_t n =
        (uint64_t)e.n_accounts * (uint64_t)e.n_periods + (e.n_accounts == 0);
    void *const block = kam__allocate(&lent, n, CELL);
    if (!block) return kam__no_memory(diag);
    const struct room room = room_in(block, n);
    status = look(p, &e, &chart, &lent, &room, diag);
    if (status == KAM_OK && e.n_accounts > 0)
        hand_out(&room, n, signal, since, flags);
    kam__release(&lent, block, n, CELL);
    return status == KAM_OK ? kam__ok(diag) : status;
}
