/* SPDX-License-Identifier: MIT */
/* Watching accounts: a chart each, period by period. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "churn/run_length.h"
#include "churn/signal_gap.h"
#include "churn/signal_score.h"

struct job {
    kam_signal_chart chart;
    kam_signal_series series;
    kam_signal_out out;
    double limit; /* of the statistic itself */
};

/* The statistic of one direction, and since when it is above 0; -1: it is not. */
struct side {
    double at;
    int32_t since;
};

enum { MEMORY = 64 };

/* A measurement that was taken, its score, and the mean of those before it. */
struct taken {
    double x, z, base;
    int32_t period;
};

struct told {
    double value, base, change, statistic;
    int32_t since;
    uint32_t flags;
};

struct account {
    struct kam__usual usual;
    struct side side[2]; /* up, down */
    struct told last;
    int32_t age; /* periods since the last measurement; -1: none yet */
    int32_t n_taken;
    struct taken taken[MEMORY]; /* the last ones, in a ring */
};

static void begin(const struct job *job, int64_t row, struct account *a) {
    const kam_signal_series *const s = &job->series;
    memset(a, 0, offsetof(struct account, taken));
    a->age = -1;
    a->side[0].since = a->side[1].since = -1;
    a->usual.law = s->law;
    if (job->chart.kind == KAM_SIGNAL_POISSON) {
        a->usual.is_known = 1;
        a->usual.level = job->chart.rate;
    } else if (s->level.values) {
        a->usual.is_known = 1;
        a->usual.level = kam__number_at(&s->level, row);
        a->usual.spread =
            s->law >= KAM_SIGNAL_IS_COUNT ? 1 : kam__number_at(&s->spread, row);
    }
}

/* What is known must be possible; else nothing of the account is told. */
static int is_sound(const struct kam__usual *u) {
    if (!u->is_known) return 1;
    if (u->law == KAM_SIGNAL_IS_COUNT) return u->level > 0 && u->level <= 1e6;
    return isfinite(u->level) && u->spread > 0 && isfinite(u->spread) &&
           (u->law != KAM_SIGNAL_IS_GAP || u->level > 0);
}

static void move_side(const struct job *job, struct side *side, double to,
                      int32_t period) {
    const double most = 2 * job->limit;
    side->at = to > most ? most : to > 0 ? to : 0;
    if (side->since < 0 || !(to > 0)) side->since = to > 0 ? period : -1;
}

/* z: the score, or the count itself on a Poisson chart. */
static void move(const struct job *job, struct account *a, double z, double x,
                 int32_t period) {
    const kam_signal_chart *const c = &job->chart;
    const double k = c->reference;
    double up = a->side[0].at, down = a->side[1].at;
    if (c->kind == KAM_SIGNAL_POISSON) {
        up = c->direction == KAM_SIGNAL_UP ? up + x - k : 0;
        down = c->direction == KAM_SIGNAL_DOWN ? down + k - x : 0;
    } else if (c->kind == KAM_SIGNAL_CUSUM) {
        up = up + z - k;
        down = down - z - k;
    } else if (c->direction == KAM_SIGNAL_BOTH) {
        up = (1 - k) * (up - down) + k * z;
        down = -up;
    } else {
        up = (1 - k) * up + k * z;
        down = (1 - k) * down - k * z;
    }
    move_side(job, &a->side[0], up, period);
    move_side(job, &a->side[1], down, period);
    const struct taken now = {x,
                              c->kind == KAM_SIGNAL_POISSON ? x - c->rate : z,
                              kam__usual_mean(&a->usual), period};
    a->taken[a->n_taken++ % MEMORY] = now;
}

static uint32_t alarm_of(const struct job *job, const struct account *a,
                         const struct side **lead) {
    const struct side *const up = &a->side[0], *const down = &a->side[1];
    const int is_up =
        (job->chart.direction & KAM_SIGNAL_UP) && up->at >= job->limit;
    const int is_down =
        (job->chart.direction & KAM_SIGNAL_DOWN) && down->at >= job->limit;
    *lead = is_up != is_down ? (is_up ? up : down)
                             : (up->at >= down->at ? up : down);
    return is_up || is_down ? KAM_SIGNAL_ALARM : 0;
}

/* A count of none is no sign of more, whatever stands in for its part. */
static double score_for(const struct job *job, double z, double x) {
    return job->series.law == KAM_SIGNAL_IS_COUNT && x == 0 && z > 0 &&
                   job->chart.direction == KAM_SIGNAL_UP
               ? 0
               : z;
}

/* Since when, and how large: the split of the measurements since the statistic
 * left 0 (at most MEMORY of them) at which the scores after it are the least
 * likely without a change (Hinkley 1970). */
static void find_change(const struct account *a, const struct side *lead,
                        struct told *told) {
    const double sign = lead == &a->side[0] ? 1 : -1;
    double sum = 0, level = 0, best = -1;
    for (int32_t m = 1; m <= a->n_taken && m <= MEMORY; m++) {
        const struct taken *const one = &a->taken[(a->n_taken - m) % MEMORY];
        if (one->period < lead->since) break;
        sum += sign * one->z;
        level += one->x;
        const double size = sum > 0 ? sum * sum / m : 0;
        if (!(size > best)) continue;
        best = size;
        told->since = one->period;
        told->base = one->base;
        told->change = level / m - one->base;
    }
}

static void take(const struct job *job, struct account *a, double x,
                 int32_t period) {
    const struct side *lead;
    double z = 0;
    int has_score = job->chart.kind == KAM_SIGNAL_POISSON;
    if (!has_score) has_score = kam__usual_score(&a->usual, x, &z);
    if (has_score) move(job, a, score_for(job, z, x), x, period);
    const uint32_t alarm = alarm_of(job, a, &lead);
    a->last.value = x;
    a->last.base = kam__usual_mean(&a->usual);
    a->last.change = 0;
    a->last.since = -1;
    if (has_score && lead->since >= 0) find_change(a, lead, &a->last);
    a->last.statistic =
        (lead == &a->side[0] ? lead->at : -lead->at) / job->limit;
    a->last.flags = alarm | (has_score ? 0 : (uint32_t)KAM_SIGNAL_SHORT);
    a->age = 0;
    /* What is alarming is not usual. */
    if (!alarm) kam__usual_add(&a->usual, x);
}

static struct told lost(void) {
    const double none = (double)NAN;
    const struct told told = {none, none, none, none, -1, KAM_SIGNAL_LOST};
    return told;
}

static struct told look(const struct job *job, struct account *a, double x,
                        int32_t period) {
    const int is_known = x == x, fits = kam__usual_takes(&a->usual, x);
    if (fits) {
        take(job, a, x, period);
        return a->last;
    }
    if (a->age >= 0) a->age++;
    const int is_stale = a->age >= 0 && a->age <= job->series.stale_periods;
    struct told told = is_stale ? a->last : lost();
    if (is_stale) told.flags |= KAM_SIGNAL_STALE;
    if (is_known) told.flags |= KAM_SIGNAL_OUTSIDE;
    return told;
}

static void tell(const kam_signal_out *out, int64_t at,
                 const struct told *told) {
    if (out->value) out->value[at] = told->value;
    if (out->base) out->base[at] = told->base;
    if (out->change) out->change[at] = told->change;
    if (out->share)
        out->share[at] =
            told->base > 0 ? told->change / told->base : (double)NAN;
    if (out->since) out->since[at] = told->since;
    if (out->statistic) out->statistic[at] = told->statistic;
    if (out->flags) out->flags[at] = told->flags;
}

static void watch(void *context, int64_t first, int32_t n) {
    const struct job *const job = context;
    const int32_t n_periods = job->series.n_periods;
    for (int64_t row = first; row < first + n; row++) {
        struct account account;
        begin(job, row, &account);
        const int sound = is_sound(&account.usual);
        for (int32_t t = 0; t < n_periods; t++) {
            const int64_t at = row * n_periods + t;
            const double x = kam__number_at(&job->series.value, at);
            const struct told told = sound ? look(job, &account, x, t) : lost();
            tell(&job->out, at, &told);
        }
    }
}

/* Of the statistic itself. */
static double limit_of(const kam_signal_chart *chart) {
    const double k = chart->reference;
    return chart->kind == KAM_SIGNAL_EWMA ? chart->limit * sqrt(k / (2 - k))
                                          : chart->limit;
}

/* The alarm at a period's end: of a gap that ended in it; or one that stands,
 * as the gap still open lets it. An open gap that is short tells nothing yet; a
 * long one tells as much as if it ended now. */
static uint32_t alarm_at(const struct job *job, const struct account *ended,
                         double open, int32_t at) {
    struct account now = *ended;
    const int is_up = job->chart.direction == KAM_SIGNAL_UP;
    if (!(open > 0)) return is_up ? 0 : ended->last.flags & KAM_SIGNAL_ALARM;
    take(job, &now, open, at);
    return now.last.flags & (is_up ? ~0u : ended->last.flags) &
           KAM_SIGNAL_ALARM;
}

void kam__signal_gaps(const kam_signal_chart *chart, int32_t law,
                      const struct kam__gaps *gaps, uint32_t *flags) {
    struct job job = {.chart = *chart, .limit = limit_of(chart)};
    struct account account;
    int64_t i = 0;
    job.series.law = law;
    begin(&job, 0, &account);
    for (int32_t t = 0; t < gaps->n_periods; t++) {
        uint32_t alarm = 0;
        for (; i < gaps->n && gaps->when[i] < gaps->start[t + 1]; i++) {
            if (i == 0) continue;
            take(&job, &account, gaps->at[i] - gaps->at[i - 1], (int32_t)i);
            alarm |= account.last.flags & KAM_SIGNAL_ALARM;
        }
        const double open = i > 0 ? gaps->end_at[t] - gaps->at[i - 1] : 0;
        flags[t] |= alarm | alarm_at(&job, &account, open, (int32_t)i);
        if (account.n_taken == 0) flags[t] |= KAM_SIGNAL_SHORT;
    }
}

static kam_status check_series(const struct job *job, kam_diag *diag) {
    const kam_signal_series *const s = &job->series;
    const int is_count = s->law == KAM_SIGNAL_IS_COUNT;
    const int has_spread = s->law < KAM_SIGNAL_IS_COUNT;
    if (s->n_periods < 1)
        return kam__fail(diag, KAM_ERR_SHAPE, "series.n_periods", -1,
                         s->n_periods, "{value} periods are not 1 or more.");
    if (s->n_accounts < 0 || s->n_accounts > INT64_MAX / s->n_periods)
        return kam__fail(diag, KAM_ERR_SHAPE, "series.n_accounts", -1,
                         (double)s->n_accounts,
                         "{value} accounts are not possible.");
    if (s->law < KAM_SIGNAL_IS_NORMAL || s->law > KAM_SIGNAL_IS_GAP)
        return kam__fail(diag, KAM_ERR_OPTION, "series.law", -1, s->law,
                         "{value} is no KAM_SIGNAL_IS_*.");
    if (job->chart.kind == KAM_SIGNAL_POISSON && !is_count)
        return kam__fail(diag, KAM_ERR_OPTION, "series.law", -1, s->law,
                         "A chart of counts takes counts.");
    if (s->stale_periods < 0)
        return kam__fail(diag, KAM_ERR_OPTION, "series.stale_periods", -1,
                         s->stale_periods, "{value} is below 0.");
    if (has_spread && !s->level.values != !s->spread.values)
        return kam__fail(diag, KAM_ERR_NULL,
                         s->level.values ? "series.spread" : "series.level", -1,
                         NAN, "Level and spread go together.");
    kam_status status =
        kam__column_check(&s->value, s->n_accounts * s->n_periods, KAM__NUMBERS,
                          1, "series.value", diag);
    if (status == KAM_OK)
        status = kam__column_check(&s->level, s->n_accounts, KAM__NUMBERS, 0,
                                   "series.level", diag);
    if (status == KAM_OK)
        status = kam__column_check(&s->spread, s->n_accounts, KAM__NUMBERS, 0,
                                   "series.spread", diag);
    return status;
}

kam_status kam_signal_watch(const kam_signal_chart *chart,
                            const kam_signal_series *series,
                            const kam_host *host, const kam_signal_out *out,
                            kam_diag *diag) {
    struct job job;
    kam_host lent;
    kam_status status = kam__signal_check(chart, diag);
    if (status == KAM_OK)
        status = kam__sized_read(&job.series, sizeof job.series, series,
                                 KAM__FIRST(kam_signal_series), "series", diag);
    if (status == KAM_OK)
        status = kam__sized_read(&job.out, sizeof job.out, out,
                                 KAM__FIRST(kam_signal_out), "out", diag);
    if (status != KAM_OK) return status;
    job.chart = *chart;
    job.limit = limit_of(chart);
    status = check_series(&job, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status == KAM_OK)
        status = kam__for_rows(&lent, job.series.n_accounts, watch, &job, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
