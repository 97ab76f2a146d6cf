/* SPDX-License-Identifier: MIT */
/* Tickets: within the agreed hours, and percentiles of hours (K12). */
#include <kam/kpi_of_customers.h>

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"
#include "kpi/figures.h"
#include "math/sort.h"
#include "math/special.h"

enum { DAY, HOURS, LIMIT, IS_OPEN };
enum { N_DECIDED, N_DECIDED_OUT, N_HIT, N_ANSWERED, N_ANSWERED_OUT, N_COUNTS };

static const struct kam__kpi_recipe RECIPES[] = {
    {KAM_KPI_HOURS_P50, KAM__KPI_TOTAL, -1, -1, -1, COUNT(N_ANSWERED),
     COUNT(N_ANSWERED_OUT), 0},
    {KAM_KPI_HOURS_P90, KAM__KPI_TOTAL, -1, -1, -1, COUNT(N_ANSWERED),
     COUNT(N_ANSWERED_OUT), 0},
    {KAM_KPI_HOURS_P95, KAM__KPI_TOTAL, -1, -1, -1, COUNT(N_ANSWERED),
     COUNT(N_ANSWERED_OUT), 0},
    {KAM_KPI_SLA_HIT, KAM__KPI_SHARE, COUNT(N_HIT), -1, COUNT(N_DECIDED),
     COUNT(N_DECIDED), COUNT(N_DECIDED_OUT), 0}};

#define IF(condition, i) ((condition) ? UINT32_C(1) << (i) : 0u)

static int is_time(double hours) {
    return hours >= 0 && kam__kpi_is_known(hours);
}

static void make_terms(const struct kam__kpi_job *job, int64_t first, int32_t n,
                       struct kam__kpi_tile *tile) {
    double in[4][KAM__TILE];
    const double *column[4];
    for (int c = 0; c < 4; c++)
        column[c] = kam__kpi_read(job, c, first, n, in[c]);
    for (int32_t i = 0; i < n; i++) {
        const double hours = column[HOURS][i], limit = column[LIMIT][i];
        const int timed = is_time(hours), is_limited = limit >= 0;
        const int open = column[IS_OPEN][i] == 1;
        const int within = hours <= limit;
        const int decided = timed && is_limited && (!open || !within);
        const int answered = timed && !open;
        tile->mark[i] =
            kam__kpi_in_period(job, column[DAY][i])
                ? IF(decided, N_DECIDED) | IF(!decided, N_DECIDED_OUT) |
                      IF(decided && within, N_HIT) | IF(answered, N_ANSWERED) |
                      IF(!answered, N_ANSWERED_OUT)
                : 0;
    }
}

/* Hours of the answered tickets of the period, by group and rising. */
struct times {
    double *hours;
    int64_t *group, *order, *scratch;
    int64_t n, room;
};

static int compare(const void *context, int64_t a, int64_t b) {
    const struct times *const t = context;
    if (t->group[a] != t->group[b]) return t->group[a] < t->group[b] ? -1 : 1;
    return (t->hours[a] > t->hours[b]) - (t->hours[a] < t->hours[b]);
}

static void collect(const struct kam__kpi_job *job, struct times *t) {
    for (int64_t row = 0; row < job->n_rows; row++) {
        const double g =
            job->group.values ? kam__number_at(&job->group, row) : 0;
        const double hours = kam__number_at(&job->column[HOURS], row);
        const double day = kam__number_at(&job->column[DAY], row);
        if (!(g >= 0 && g < (double)job->options.n_groups) || !is_time(hours) ||
            kam__number_at(&job->column[IS_OPEN], row) == 1 ||
            !kam__kpi_in_period(job, day))
            continue;
        t->hours[t->n] = hours;
        t->group[t->n] = (int64_t)g;
        t->order[t->n] = t->n;
        t->n++;
    }
    kam__sort_by(compare, t, t->n, t->order, t->scratch);
}

static double at_rank(const struct times *t, int64_t first, int64_t n,
                      double rank) {
    return rank >= 1 && rank <= (double)n
               ? t->hours[t->order[first + (int64_t)rank - 1]]
               : (double)NAN;
}

static void fill_in(const struct times *t, int64_t first, kam_kpi *kpi,
                    double confidence) {
    const double p = kpi->id == KAM_KPI_HOURS_P50   ? 0.5
                     : kpi->id == KAM_KPI_HOURS_P90 ? 0.9
                                                    : 0.95;
    const double n = (double)kpi->n;
    const double z = kam__normal_quantile((1 + confidence) / 2);
    const double half = z * sqrt(n * p * (1 - p));
    /* 0.9 of 10 rows is 9, whatever binary makes of it. */
    kpi->numerator = at_rank(t, first, kpi->n, ceil(n * p * (1 - 0x1p-46)));
    kpi->low = at_rank(t, first, kpi->n, floor(n * p - half));
    kpi->high = at_rank(t, first, kpi->n, ceil(n * p + half) + 1);
    kam__kpi_settle(kpi);
}

static void fill_all(const struct kam__kpi_job *job, const struct times *t,
                     kam_kpi *out) {
    int64_t at = 0;
    for (int64_t g = 0; g < job->options.n_groups; g++) {
        const int64_t first = at;
        while (at < t->n && t->group[t->order[at]] == g) at++;
        for (int32_t k = 0; k < job->options.n_ids; k++) {
            kam_kpi *const kpi = &out[g * job->options.n_ids + k];
            if (kpi->id != KAM_KPI_SLA_HIT && kpi->n > 0)
                fill_in(t, first, kpi, job->options.confidence);
        }
    }
}

static int borrow(struct times *t, const kam_host *host, uint64_t n) {
    t->hours = kam__allocate(host, n, sizeof *t->hours);
    t->group = kam__allocate(host, n, sizeof *t->group);
    t->order = kam__allocate(host, n, sizeof *t->order);
    t->scratch = kam__allocate(host, n, sizeof *t->scratch);
    return t->hours && t->group && t->order && t->scratch;
}

static void give_back(struct times *t, const kam_host *host, uint64_t n) {
    kam__release(host, t->hours, n, sizeof *t->hours);
    kam__release(host, t->group, n, sizeof *t->group);
    kam__release(host, t->order, n, sizeof *t->order);
    kam__release(host, t->scratch, n, sizeof *t->scratch);
}

static int wants_hours(const kam_kpi_options *options) {
    for (int32_t k = 0; k < options->n_ids; k++)
        if (options->ids[k] != KAM_KPI_SLA_HIT) return 1;
    return 0;
}

static kam_status run(struct kam__kpi_job *job, const kam_host *host,
                      kam_kpi *out, kam_kpi_report *report, kam_diag *diag) {
    kam_host lent;
    struct times t = {0};
    kam_status status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    if (job->n_rows == 0 || !wants_hours(&job->options))
        return kam__kpi_run(job, host, out, report, diag);
    const uint64_t n = (uint64_t)job->n_rows;
    status = borrow(&t, &lent, n) ? kam__kpi_run(job, host, out, report, diag)
                                  : kam__no_memory(diag);
    if (status == KAM_OK) {
        collect(job, &t);
        fill_all(job, &t, out);
    }
    give_back(&t, &lent, n);
    return status;
}

kam_status kam_kpi_of_tickets(const kam_kpi_tickets *tickets,
                              const kam_kpi_options *options,
                              const kam_host *host, kam_kpi *out,
                              kam_kpi_report *report, kam_diag *diag) {
    static const struct kam__kpi_column columns[] = {
        {KAM__INTEGERS, "tickets.group"},
        {KAM__DAYS, "tickets.day"},
        {KAM__NUMBERS, "tickets.hours"},
        {KAM__NUMBERS, "tickets.limit"},
        {KAM__NUMBERS, "tickets.is_open"}};
    struct kam__kpi_job job = {.kind = "tickets",
                               .first_version = KAM__FIRST(kam_kpi_tickets),
                               .columns = columns,
                               .n_columns = sizeof columns / sizeof *columns,
                               .recipe = RECIPES,
                               .n_recipes = sizeof RECIPES / sizeof *RECIPES,
                               .n_counts = N_COUNTS,
                               .terms = make_terms};
    const kam_status status =
        kam__kpi_begin(&job, tickets, options, out, report, diag);
    return status == KAM_OK ? run(&job, host, out, report, diag) : status;
}
