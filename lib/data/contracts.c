/* SPDX-License-Identifier: MIT */
#include "data/contracts.h"

#include <kam/calendar.h>

#include <math.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"
#include "data/calendar.h"

enum { MOST_MONTHS = 1200 };

kam_status kam__contracts_read(kam_contracts *ours, kam_host *lent,
                               const kam_contracts *theirs,
                               const kam_host *host, kam_diag *diag) {
    kam_status status =
        kam__sized_read(ours, sizeof *ours, theirs, KAM__FIRST(kam_contracts),
                        "contracts", diag);
    if (status != KAM_OK) return status;
    if (ours->reserved != 0)
        return kam__fail(diag, KAM_ERR_NEWER, "contracts.reserved", -1,
                         ours->reserved, "reserved is {value}, not 0.");
    const int64_t n = ours->n_rows;
    if (n < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "contracts.n_rows", -1, (double)n,
                         "there cannot be {value} rows.");
    const struct {
        const kam_column *column;
        int32_t types, required;
        const char *name;
    } columns[] = {{&ours->start_day, KAM__DAYS, 1, "contracts.start_day"},
                   {&ours->end_day, KAM__DAYS, 0, "contracts.end_day"},
                   {&ours->ended, KAM__NUMBERS, 0, "contracts.ended"},
                   {&ours->term_months, KAM__NUMBERS, 1,
                    "contracts.term_months"}};
    for (int i = 0; i < 4 && status == KAM_OK; i++)
        status = kam__column_check(columns[i].column, n, columns[i].types,
                                   columns[i].required, columns[i].name, diag);
    return status == KAM_OK ? kam__host_read(lent, host, diag) : status;
}

static int is_day(double day) {
    return day >= KAM__FIRST_DAY && day <= KAM__LAST_DAY;
}

kam_status kam__contracts_day(int32_t day, const char *argument,
                              kam_diag *diag) {
    if (is_day(day)) return KAM_OK;
    return kam__fail(diag, KAM_ERR_OPTION, argument, -1, day,
                     "{value} is no day of the years 1 to 9999.");
}

/* Also of a calendar that writes "no day" in its own way. */
static double day_at(const kam_column *column, int64_t row) {
    const double day = kam__number_at(column, row);
    return day == KAM_NO_DAY ? (double)NAN : day;
}

uint32_t kam__contract_load(const kam_contracts *table, int64_t row,
                            struct kam__contract *c) {
    const double start = day_at(&table->start_day, row);
    const double end = day_at(&table->end_day, row);
    const double said = kam__number_at(&table->ended, row);
    const double months = kam__number_at(&table->term_months, row);
    const int has_end = end == end, has_said = said == said;
    if (start != start || months != months || (said == 1 && !has_end))
        return KAM_ROW_MISSING;
    if (!is_day(start) || (has_end && !(is_day(end) && end >= start)) ||
        (has_said && said != 0 && said != 1) ||
        !(months >= 1 && months <= MOST_MONTHS && months == floor(months)))
        return KAM_ROW_DOMAIN;
    c->start = (int32_t)start;
    c->end = has_end ? (int32_t)end : KAM_NO_DAY;
    c->said = has_said ? (int32_t)said : -1;
    c->months = (int32_t)months;
    return 0;
}

int32_t kam__contract_term_end(const struct kam__contract *c, double n) {
    int32_t day = INT32_MAX;
    (void)kam_calendar_add_months(c->start, (int32_t)(n * c->months), &day);
    return day;
}

double kam__contract_terms(const struct kam__contract *c, int32_t day) {
    int32_t y0 = 0, m0 = 0, y1 = 0, m1 = 0, d;
    if (day <= c->start) return 0;
    (void)kam_calendar_date(c->start, &y0, &m0, &d);
    (void)kam_calendar_date(day, &y1, &m1, &d);
    const int32_t n = (12 * (y1 - y0) + m1 - m0) / c->months;
    return n - (n > 0 && kam__contract_term_end(c, n) > day);
}

int32_t kam__contract_end(const struct kam__contract *c) {
    if (c->end == KAM_NO_DAY) return c->end;
    const int32_t due =
        kam__contract_term_end(c, kam__contract_terms(c, c->end - 1) + 1);
    return c->end == due - 1 ? due : c->end;
}

double kam__contract_length(const struct kam__contract *c, int32_t from,
                            int32_t to) {
    return ((double)to - from) / (c->months * KAM_CONTRACTS_MONTH_DAYS);
}

/* Of the past, that day's decisions are known, and no later one. */
void kam__contract_known(const struct kam__contract *c, int32_t as_of,
                         int is_past, struct kam__contract_known *to) {
    const int32_t decided_to = is_past ? as_of : as_of - 1;
    int32_t said = c->said, end = is_past ? kam__contract_end(c) : c->end;
    if (is_past && end > as_of) end = KAM_NO_DAY, said = -1;
    const int has_end = end != KAM_NO_DAY;
    const int runs = !has_end || end > as_of || said == 0;
    const int ended = said == 1 || !runs;
    to->state = !runs   ? KAM_CONTRACTS_ENDED
                : ended ? KAM_CONTRACTS_LEAVES
                        : KAM_CONTRACTS_RUNS;
    to->renewals = kam__contract_terms(c, ended ? end - 1 : decided_to);
    const int32_t due = kam__contract_term_end(c, to->renewals + 1);
    to->decided = ended && due <= decided_to;
    to->end = !has_end || (runs && end <= as_of) ? due : end;
    to->left = runs ? kam__contract_length(c, as_of, to->end) : 0;
}

struct job {
    kam_contracts table;
    kam_contracts_view out;
    int32_t as_of, since, is_past;
};

static void write_row(const struct job *job, int64_t row, uint32_t flag,
                      const struct kam__contract_known *k, double before) {
    const kam_contracts_view *const out = &job->out;
    const int seen =
        k->state >= KAM_CONTRACTS_RUNS && k->state <= KAM_CONTRACTS_ENDED;
    const double none = (double)NAN;
    if (out->state) out->state[row] = k->state;
    if (out->renewals) out->renewals[row] = seen ? k->renewals : none;
    if (out->contract_ended)
        out->contract_ended[row] = seen ? k->decided : none;
    if (out->renewals_before) out->renewals_before[row] = seen ? before : none;
    if (out->periods_to_end) out->periods_to_end[row] = seen ? k->left : none;
    if (out->end_day) out->end_day[row] = seen ? k->end : KAM_NO_DAY;
    if (out->row_flags) out->row_flags[row] = flag;
}

static void answer(void *context, int64_t first, int32_t n) {
    const struct job *const job = context;
    for (int64_t row = first; row < first + n; row++) {
        struct kam__contract c;
        struct kam__contract_known known = {0};
        const uint32_t flag = kam__contract_load(&job->table, row, &c);
        double before = 0;
        if (!flag && c.start > job->as_of) {
            known.state = KAM_CONTRACTS_TO_COME;
        } else if (!flag) {
            kam__contract_known(&c, job->as_of, job->is_past, &known);
            if (job->since != KAM_NO_DAY)
                before = kam__contract_terms(&c, job->since - 1);
            if (before > known.renewals) before = known.renewals;
            /* Before the table began, only what lasted was kept. */
            if (known.state == KAM_CONTRACTS_ENDED &&
                job->since != KAM_NO_DAY && known.end < job->since)
                known.state = KAM_CONTRACTS_UNSEEN;
        }
        write_row(job, row, flag, &known, before);
    }
}

kam_status kam_contracts_known(const kam_contracts *contracts,
                               int32_t as_of_day, int32_t since_day,
                               int32_t is_past, const kam_host *host,
                               const kam_contracts_view *out, kam_diag *diag) {
    struct job job = {.as_of = as_of_day,
                      .since = since_day,
                      .is_past = is_past};
    kam_host lent;
    kam_status status =
        kam__contracts_read(&job.table, &lent, contracts, host, diag);
    if (status == KAM_OK)
        status = kam__sized_read(&job.out, sizeof job.out, out,
                                 KAM__FIRST(kam_contracts_view), "out", diag);
    if (status == KAM_OK)
        status = kam__contracts_day(as_of_day, "as_of_day", diag);
    if (status == KAM_OK && since_day != KAM_NO_DAY)
        status = kam__contracts_day(since_day, "since_day", diag);
    if (status != KAM_OK) return status;
    if (is_past != 0 && is_past != 1)
        return kam__fail(diag, KAM_ERR_OPTION, "is_past", -1, is_past,
                         "is_past is {value}, neither 0 nor 1.");
    status = kam__for_rows(&lent, job.table.n_rows, answer, &job, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
