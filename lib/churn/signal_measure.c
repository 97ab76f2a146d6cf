/* SPDX-License-Identifier: MIT */
/* From events to one measurement an account and period. A measurement knows its
 * period's last day and nothing after it. */
#include <kam/signal.h>
#include <kam/sum.h>
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"

enum { MOST_PERIODS = 100000 };

struct job {
    kam_signal_events events;
    int32_t rule;
    int64_t n_cells, n_ignored;
    kam_sum *sum;   /* shape (n_cells); NULL: the rule adds nothing */
    double *value;  /* shape (n_cells): numbers of events, days, changes */
    int32_t *since; /* shape (n_accounts): period of the first event */
    kam_diag *diag;
};

/* One event; `first` and `last` are the periods of its day and end, n_periods
 * where these come later than all, -1 where earlier. */
struct event {
    int64_t account;
    int32_t first, last, is_open;
    double day, end, amount, term;
};

static int has_end(int32_t rule) {
    return rule >= KAM_SIGNAL_OPEN && rule != KAM_SIGNAL_AGE;
}

static int has_amount(int32_t rule) {
    return rule == KAM_SIGNAL_SUM || rule == KAM_SIGNAL_TOTAL ||
           rule == KAM_SIGNAL_MEAN;
}

static int has_sum(int32_t rule) {
    return has_amount(rule) || rule == KAM_SIGNAL_DELAY ||
           rule == KAM_SIGNAL_LATE;
}

/* The period of a day: the last that begins at or before it. */
static int32_t period_of(const kam_signal_events *e, double day) {
    int32_t low = -1, high = e->n_periods;
    if (day >= e->start[high]) return high;
    while (high - low > 1) {
        const int32_t middle = low + (high - low) / 2;
        if (e->start[middle] <= day)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static int read_event(const struct job *job, int64_t row, struct event *to) {
    const kam_signal_events *const e = &job->events;
    if (!kam__is_present(&e->account, row)) return 0;
    to->account = kam__integer_at(&e->account, row);
    to->day = kam__number_at(&e->day, row);
    to->end = has_end(job->rule) ? kam__number_at(&e->end, row) : (double)NAN;
    to->amount = kam__number_at(&e->amount, row);
    to->term = e->term.values ? kam__number_at(&e->term, row) : 0;
    if (to->account < 0 || to->account >= e->n_accounts) return 0;
    if (!isfinite(to->day) || (to->end == to->end && !isfinite(to->end)))
        return 0;
    if (has_amount(job->rule) && !isfinite(to->amount)) return 0;
    if (!(to->term >= 0 && isfinite(to->term))) return 0;
    to->is_open = !(to->end == to->end);
    to->first = period_of(e, to->day);
    to->last = to->is_open ? e->n_periods : period_of(e, to->end);
    return 1;
}

static kam_status add(struct job *job, int64_t cell, double amount,
                      int64_t row) {
    const kam_status status =
        job->sum ? kam_sum_add(&job->sum[cell], amount) : KAM_OK;
    job->value[cell] += 1;
    if (status == KAM_OK) return KAM_OK;
    return kam__fail(job->diag, KAM_ERR_OVERFLOW, "events.amount", row, amount,
                     "row {row}'s amount, {value}, is too large.");
}

/* Open from the day after `day` + `term` until its end: kept as changes from one
 * period's last day to the next one's. */
static void add_open(struct job *job, int64_t base, const struct event *e) {
    const kam_signal_events *const all = &job->events;
    const int32_t n = all->n_periods;
    const int32_t from = period_of(all, e->day + e->term + 1);
    const int32_t first = from < 0 ? 0 : from;
    const int32_t last = e->last < 0 ? 0 : e->last;
    if (first >= last) return;
    job->value[base + first] += 1;
    if (last < n) job->value[base + last] -= 1;
}

/* Ended in a period, or overdue at its end. */
static kam_status add_due(struct job *job, int64_t base, const struct event *e,
                          int64_t row) {
    const kam_signal_events *const all = &job->events;
    const int is_late_share = job->rule == KAM_SIGNAL_LATE;
    const double term = e->term > 0 ? e->term : 1;
    kam_status status = KAM_OK;
    const int32_t first = e->first < 0 ? 0 : e->first;
    for (int32_t t = first;
         status == KAM_OK && t < e->last && t < all->n_periods; t++) {
        const double late = all->start[t + 1] - 1 - e->day;
        if (late > 0)
            status = add(job, base + t, is_late_share ? 1 : late / term, row);
    }
    if (status == KAM_OK && e->last >= 0 && e->last < all->n_periods) {
        const double late = e->end - e->day;
        status = add(job, base + e->last,
                     is_late_share ? late > 0 : late / term, row);
    }
    return status;
}

static kam_status take(struct job *job, const struct event *e, int64_t row) {
    const kam_signal_events *const all = &job->events;
    const int64_t base = e->account * all->n_periods;
    const int32_t first = e->first < 0 ? 0 : e->first;
    if (first < job->since[e->account]) job->since[e->account] = first;
    switch (job->rule) {
    case KAM_SIGNAL_OPEN: add_open(job, base, e); return KAM_OK;
    case KAM_SIGNAL_DELAY:
    case KAM_SIGNAL_LATE: return add_due(job, base, e, row);
    case KAM_SIGNAL_AGE:
        if (e->first < all->n_periods) {
            double *const last = &job->value[base + first];
            *last = *last > e->day ? *last : e->day;
        }
        return KAM_OK;
    default:
        return e->first == first && first < all->n_periods
                   ? add(job, base + first, e->amount, row)
                   : KAM_OK;
    }
}

static double finished(const struct job *job, int64_t account, int32_t t,
                       double *state) {
    const int64_t cell = account * job->events.n_periods + t;
    const double none = (double)NAN, n = job->value[cell];
    const double sum = job->sum ? kam_sum_value(&job->sum[cell]) : 0;
    switch (job->rule) {
    case KAM_SIGNAL_SUM: return t >= job->since[account] ? sum : none;
    case KAM_SIGNAL_COUNT: return t >= job->since[account] ? n : none;
    case KAM_SIGNAL_TOTAL: return n > 0 ? sum : none;
    case KAM_SIGNAL_OPEN: return *state += n;
    case KAM_SIGNAL_AGE:
        *state = *state > n ? *state : n;
        return isfinite(*state) ? job->events.start[t + 1] - 1 - *state : none;
    default: return n > 0 ? sum / n : none;
    }
}

static void finish(const struct job *job) {
    const int is_age = job->rule == KAM_SIGNAL_AGE;
    for (int64_t i = 0; i < job->events.n_accounts; i++) {
        double state = is_age ? -(double)INFINITY : 0;
        for (int32_t t = 0; t < job->events.n_periods; t++)
            job->value[i * job->events.n_periods + t] =
                finished(job, i, t, &state);
    }
}

static kam_status check_columns(int32_t rule, const kam_signal_events *e,
                                kam_diag *diag) {
    const int32_t days = KAM__DAYS | KAM__NUMBERS;
    const struct {
        const kam_column *column;
        int32_t types, required;
        const char *name;
    } all[] = {{&e->account, KAM__INTEGERS, 1, "events.account"},
               {&e->day, days, 1, "events.day"},
               {&e->end, days, has_end(rule), "events.end"},
               {&e->amount, KAM__NUMBERS, has_amount(rule), "events.amount"},
               {&e->term, KAM__NUMBERS, 0, "events.term"}};
    kam_status status = KAM_OK;
    for (size_t i = 0; status == KAM_OK && i < sizeof all / sizeof all[0]; i++)
        status = kam__column_check(all[i].column, e->n_events, all[i].types,
                                   all[i].required && e->n_events > 0,
                                   all[i].name, diag);
    return status;
}

static kam_status check(int32_t rule, const kam_signal_events *e,
                        const double *value, kam_diag *diag) {
    if (rule < KAM_SIGNAL_SUM || rule > KAM_SIGNAL_LATE)
        return kam__fail(diag, KAM_ERR_OPTION, "rule", -1, rule,
                         "{value} is no rule.");
    if (e->n_periods < 1 || e->n_periods > MOST_PERIODS)
        return kam__fail(diag, KAM_ERR_SHAPE, "events.n_periods", -1,
                         e->n_periods, "{value} periods are not 1..100000.");
    if (e->n_accounts < 0 || e->n_accounts > INT64_MAX / 16 / e->n_periods)
        return kam__fail(diag, KAM_ERR_SHAPE, "events.n_accounts", -1,
                         (double)e->n_accounts,
                         "{value} accounts are not possible.");
    if (e->n_events < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "events.n_events", -1,
                         (double)e->n_events, "n_events is {value}.");
    if (!e->start || (!value && e->n_accounts > 0))
        return kam__fail(diag, KAM_ERR_NULL,
                         e->start ? "value" : "events.start", -1, NAN, "");
    for (int32_t t = 0; t < e->n_periods; t++)
        if (e->start[t + 1] <= e->start[t])
            return kam__fail(diag, KAM_ERR_OPTION, "events.start", t + 1,
                             e->start[t + 1],
                             "period {row} begins on day {value}, not later "
                             "than the one before.");
    return check_columns(rule, e, diag);
}

static kam_status measure(struct job *job) {
    const int is_age = job->rule == KAM_SIGNAL_AGE;
    kam_status status = KAM_OK;
    for (int64_t i = 0; i < job->n_cells; i++)
        job->value[i] = is_age ? -(double)INFINITY : 0;
    for (int64_t i = 0; i < job->events.n_accounts; i++)
        job->since[i] = job->events.n_periods;
    for (int64_t row = 0; status == KAM_OK && row < job->events.n_events;
         row++) {
        struct event event;
        if (read_event(job, row, &event))
            status = take(job, &event, row);
        else
            job->n_ignored++;
    }
    if (status == KAM_OK) finish(job);
    return status;
}

kam_status kam_signal_measure(int32_t rule, const kam_signal_events *events,
                              const kam_host *host, double *value,
                              int64_t *n_ignored, kam_diag *diag) {
    struct job job = {.rule = rule, .value = value, .diag = diag};
    kam_host lent;
    kam_status status =
        kam__sized_read(&job.events, sizeof job.events, events,
                        KAM__FIRST(kam_signal_events), "events", diag);
    if (status == KAM_OK) status = check(rule, &job.events, value, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    job.n_cells = job.events.n_accounts * job.events.n_periods;
    const uint64_t n_cells = (uint64_t)job.n_cells + 1;
    const uint64_t n_accounts = (uint64_t)job.events.n_accounts + 1;
    job.since = kam__allocate(&lent, n_accounts, sizeof(int32_t));
    if (has_sum(rule))
        job.sum = kam__allocate_zero(&lent, n_cells, sizeof(kam_sum));
    status = job.since && (job.sum || !has_sum(rule)) ? measure(&job)
                                                      : kam__no_memory(diag);
    kam__release(&lent, job.sum, n_cells, sizeof(kam_sum));
    kam__release(&lent, job.since, n_accounts, sizeof(int32_t));
    if (status != KAM_OK) return status;
    if (n_ignored) *n_ignored = job.n_ignored;
    return kam__ok(diag);
}
