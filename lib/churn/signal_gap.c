/* SPDX-License-Identifier: MIT */
/* From events in any order to the times between them, account by account. */
#include "churn/signal_gap.h"

#include <math.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "churn/signal_score.h"
#include "math/elementary.h"
#include "math/sort.h"

struct job {
    int32_t what;
    kam_signal_events events;
    int64_t n; /* events that count */
    int64_t *account, *order, *scratch;
    double *day; /* on which it is known; half a day later: it is late */
    double *at, *when, *end_at;
};

/* The day an event is known, and whether it is late; NaN: it is none. */
static double day_of(const struct job *job, int64_t row, int *late) {
    const kam_signal_events *const e = &job->events;
    const double none = (double)NAN, day = kam__number_at(&e->day, row);
    const int has_end = job->what >= KAM__PASSED;
    const double end =
        has_end && e->end.values ? kam__number_at(&e->end, row) : none;
    const double term = job->what == KAM__PASSED && e->term.values
                            ? kam__number_at(&e->term, row)
                            : 0;
    *late = 0;
    if (!isfinite(day) || (end == end && !isfinite(end)) ||
        !(term >= 0 && isfinite(term)))
        return none;
    if (!has_end) return day;
    *late = !(end <= day + term);
    if (*late) return day + term + 1;
    return job->what == KAM__LATE ? end : none;
}

static void gather(struct job *job) {
    const kam_signal_events *const e = &job->events;
    for (int64_t row = 0; row < e->n_events; row++) {
        int late;
        if (!kam__is_present(&e->account, row)) continue;
        const int64_t account = kam__integer_at(&e->account, row);
        const double day = day_of(job, row, &late);
        if (account < 0 || account >= e->n_accounts ||
            !(day < e->start[e->n_periods]))
            continue;
        job->account[job->n] = account;
        job->day[job->n] = day + (late ? 0.5 : 0);
        job->n++;
    }
}

static int compare(const void *context, int64_t a, int64_t b) {
    const struct job *const job = context;
    if (job->account[a] != job->account[b])
        return job->account[a] < job->account[b] ? -1 : 1;
    return (job->day[a] > job->day[b]) - (job->day[a] < job->day[b]);
}

/* Events on one day happen at times of it that are as if drawn evenly and sorted,
 * but come from the history. */
static int64_t place_days(const struct job *job, int64_t first, int64_t last) {
    int64_t n = 0;
    uint64_t seen = 0;
    for (int64_t i = first, next; i < last; i = next) {
        const double day = floor(job->day[job->order[i]]);
        for (next = i; next < last && floor(job->day[job->order[next]]) == day;)
            next++;
        const int64_t m = job->what == KAM__VISIT ? 1 : next - i;
        double part = 0;
        for (int64_t j = 0; j < m; j++) {
            seen = kam__mix(seen, day);
            if (job->what != KAM__VISIT)
                part -= (1 - part) *
                        kam__expm1(kam__log(kam__part(seen)) / (double)(m - j));
            job->at[n] = day + part;
            job->when[n++] = day;
        }
    }
    for (int32_t t = 0; t < job->events.n_periods; t++)
        job->end_at[t] = job->events.start[t + 1];
    return n;
}

/* The part of an exponential time beyond its whole number, where that number is
 * geometric with chance p. */
static double part_beyond(uint64_t mixed, double p) {
    const double part = kam__part(mixed);
    return p > 0 && p < 1 ? kam__log1p(-p * part) / kam__log1p(-p) : part;
}

/* From one late delivery to the next: those in time between them, and a part of
 * the late one; the chance to be late is that of the history. */
static int64_t place_late(const struct job *job, int64_t first, int64_t last) {
    int64_t n = 0, i = first, in_time = 0;
    uint64_t seen = 0;
    double at = 0;
    for (int32_t t = 0; t < job->events.n_periods; t++) {
        for (; i < last; i++) {
            const double day = job->day[job->order[i]], known = floor(day);
            if (known >= job->events.start[t + 1]) break;
            in_time++;
            if (day == known) continue;
            seen = kam__mix(seen, (double)(i - first));
            at += (double)(in_time - 1) +
                  part_beyond(seen, (double)n / (double)(i - first + 1));
            in_time = 0;
            job->at[n] = at;
            job->when[n++] = known;
        }
        job->end_at[t] = at + (double)in_time;
    }
    return n;
}

static void look(const struct job *job, const kam_signal_chart *chart,
                 uint32_t *flags) {
    const kam_signal_events *const e = &job->events;
    int64_t i = 0;
    for (int64_t account = 0; account < e->n_accounts; account++) {
        const int64_t first = i;
        while (i < job->n && job->account[job->order[i]] == account) i++;
        struct kam__gaps gaps = {0,           job->at,  job->when,
                                 job->end_at, e->start, e->n_periods};
        gaps.n = job->what == KAM__LATE ? place_late(job, first, i)
                                        : place_days(job, first, i);
        kam__signal_gaps(chart,
                         job->what == KAM__VISIT ? KAM_SIGNAL_IS_LOG_NORMAL
                                                 : KAM_SIGNAL_IS_GAP,
                         &gaps, flags + account * e->n_periods);
    }
}

kam_status kam__signal_by_gap(int32_t what, const kam_signal_chart *chart,
                              const kam_signal_events *events,
                              const kam_host *host, uint32_t *flags,
                              kam_diag *diag) {
    struct job job = {.what = what, .events = *events};
    const uint64_t n = (uint64_t)events->n_events + 1;
    const uint64_t n_periods = (uint64_t)events->n_periods;
    int64_t *const whole = kam__allocate(host, 3 * n, sizeof(int64_t));
    double *const real = kam__allocate(host, 3 * n + n_periods, sizeof(double));
    kam_status status = KAM_OK;
    if (whole && real) {
        job.account = whole;
        job.order = whole + n;
        job.scratch = job.order + n;
        job.day = real;
        job.at = real + n;
        job.when = job.at + n;
        job.end_at = job.when + n;
        gather(&job);
        for (int64_t i = 0; i < job.n; i++) job.order[i] = i;
        kam__sort_by(compare, &job, job.n, job.order, job.scratch);
        look(&job, chart, flags);
    } else {
        status = kam__no_memory(diag);
    }
    kam__release(host, whole, 3 * n, sizeof(int64_t));
    kam__release(host, real, 3 * n + n_periods, sizeof(double));
    return status;
}
