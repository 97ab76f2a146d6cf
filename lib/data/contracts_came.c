/* SPDX-License-Identifier: MIT */
/* What came of contracts after a day. */
#include "data/contracts.h"

#include <math.h>

#include "base/diag.h"
#include "base/sized.h"

struct job {
    kam_contracts table;
    kam_contracts_outcome out;
    int32_t cut, last, as_of;
};

struct came {
    double renewed, ended, open, early, lost, terms;
};

/* The first day without it, as the table says; INT32_MAX: it knows of none. */
static int32_t end_of(const struct kam__contract *c) {
    return c->end == KAM_NO_DAY || c->said == 0 ? INT32_MAX
                                                : kam__contract_end(c);
}

/* Terms that it ran, whole ones as such, whatever their days. */
static double ran(const struct job *job, const struct kam__contract *c,
                  const struct kam__contract_known *known, int32_t end) {
    const double all = kam__contract_length(c, job->cut, job->last);
    if (end > job->last) return all;
    const double n = kam__contract_terms(c, end - 1);
    const double more = n - known->renewals;
    const int32_t from = kam__contract_term_end(c, n);
    const double part = ((double)end - from) /
                        ((double)kam__contract_term_end(c, n + 1) - from);
    const double length = more > 0 ? known->left + (more - 1 + part)
                                   : kam__contract_length(c, job->cut, end);
    return length < all ? length : all;
}

static void follow(const struct job *job, const struct kam__contract *c,
                   const struct kam__contract_known *known, struct came *to) {
    const int32_t end = end_of(c);
    const int32_t known_to = end < job->as_of ? end : job->as_of;
    const double goes_on = kam__contract_terms(c, known_to - 1);
    const int32_t due = kam__contract_term_end(c, goes_on + 1);
    const double to_last = kam__contract_terms(c, job->last);
    to->renewed = (goes_on < to_last ? goes_on : to_last) - known->renewals;
    to->open = due == job->as_of && due <= job->last;
    to->ended = end <= due && due <= job->last && !(to->open > 0);
    to->early = end <= job->last && end != due;
    to->lost = to->open > 0 ? (double)NAN : end <= job->last;
    to->terms = ran(job, c, known, end);
}

static void write_row(const struct job *job, int64_t row, uint32_t flag,
                      const struct came *came) {
    const kam_contracts_outcome *const out = &job->out;
    const struct {
        double *to, value;
    } columns[] = {{out->renewed, came->renewed}, {out->ended, came->ended},
                   {out->open, came->open},       {out->early, came->early},
                   {out->lost, came->lost},       {out->terms, came->terms}};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (columns[i].to) columns[i].to[row] = columns[i].value;
    if (out->row_flags) out->row_flags[row] = flag;
}

static void answer(void *context, int64_t first, int32_t n) {
    const struct job *const job = context;
    for (int64_t row = first; row < first + n; row++) {
        struct came came = {NAN, NAN, NAN, NAN, NAN, NAN};
        struct kam__contract c;
        struct kam__contract_known known;
        const uint32_t flag = kam__contract_load(&job->table, row, &c);
        if (!flag && c.start <= job->cut) {
            kam__contract_known(&c, job->cut, 1, &known);
            if (known.state == KAM_CONTRACTS_RUNS)
                follow(job, &c, &known, &came);
        }
        write_row(job, row, flag, &came);
    }
}

kam_status kam_contracts_came(const kam_contracts *contracts, int32_t day,
                              int32_t last_day, int32_t as_of_day,
                              const kam_host *host,
                              const kam_contracts_outcome *out,
                              kam_diag *diag) {
    struct job job = {.cut = day, .last = last_day, .as_of = as_of_day};
    kam_host lent;
    kam_status status =
        kam__contracts_read(&job.table, &lent, contracts, host, diag);
    if (status == KAM_OK)
        status =
            kam__sized_read(&job.out, sizeof job.out, out,
                            KAM__FIRST(kam_contracts_outcome), "out", diag);
    if (status == KAM_OK) status = kam__contracts_day(day, "day", diag);
    if (status == KAM_OK)
        status = kam__contracts_day(as_of_day, "as_of_day", diag);
    if (status != KAM_OK) return status;
    if (last_day <= day || last_day > as_of_day)
        return kam__fail(diag, KAM_ERR_OPTION, "last_day", -1, last_day,
                         "{value} does not lie after the day and up to the "
                         "as-of day.");
    status = kam__for_rows(&lent, job.table.n_rows, answer, &job, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
