/* SPDX-License-Identifier: MIT */
/* What is said of a contract: checks, tiles, flags. */
#include <float.h>
#include <math.h>

#include "base/diag.h"
#include "base/memory.h"
#include "math/elementary.h"
#include "value/retention_rows.h"

/* The law of a row's contract that may be renewed. Ends of an account say
 * something of theta, and leave its other contracts running. */
static struct kam__retention law_of(const struct kam__retention *law,
                                    double *ended) {
    struct kam__retention own = *law;
    if (own.shared) {
        own.alpha += *ended;
        *ended = 0;
    }
    return own;
}

/* One answer a row, or two. */
struct question {
    struct kam__retention law;
    kam_accounts accounts;
    double ahead, discount;
    const char *ahead_is; /* its public name */
    double *out, *after;
    uint32_t *row_flags;
    double (*answer)(const struct question *question, double n, double ended,
                     double before);
};

static void answer_rows(void *context, int64_t first, int32_t n) {
    const struct question *const question = context;
    struct kam__contracts rows;
    kam__retention_load(&question->accounts, question->law.shared, first, n,
                        &rows);
    for (int32_t i = 0; i < n; i++) {
        uint32_t flag = rows.flag[i];
        const double out =
            flag ? (double)NAN
                 : question->answer(question, rows.n[i], rows.ended[i],
                                    rows.before[i]);
        if (out > DBL_MAX) flag |= KAM_ROW_INFINITE;
        question->out[first + i] = out;
        if (question->row_flags) question->row_flags[first + i] = flag;
    }
}

/* Checks what every question needs. */
static kam_status prepare(struct question *question, kam_host *ours,
                          const kam_retention *model,
                          const kam_accounts *accounts, const kam_host *host,
                          kam_diag *diag) {
    kam_status status;
    if (!kam__retention_read_model(&question->law, model, &status, diag))
        return status;
    status = kam__retention_read_accounts(&question->accounts, accounts, diag);
    if (status == KAM_OK) status = kam__host_read(ours, host, diag);
    if (status != KAM_OK) return status;
    if (!(question->ahead >= 0))
        return kam__fail(diag, KAM_ERR_OPTION, question->ahead_is, -1,
                         question->ahead, "{value} is no number of terms.");
    if (!(question->discount >= 0 && question->discount < INFINITY))
        return kam__fail(diag, KAM_ERR_OPTION, "discount_per_period", -1,
                         question->discount, "{value} is no discount rate.");
    return KAM_OK;
}

static kam_status ask(struct question *question, const kam_retention *model,
                      const kam_accounts *accounts, const kam_host *host,
                      kam_diag *diag) {
    kam_host ours;
    kam_status status = prepare(question, &ours, model, accounts, host, diag);
    if (status != KAM_OK) return status;
    if (!question->out)
        return kam__fail(diag, KAM_ERR_NULL, "out", -1, NAN, "");
    status = kam__for_rows(&ours, question->accounts.n_rows, answer_rows,
                           question, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

static double answer_renewal(const struct question *q, double n, double ended,
                             double before) {
    const struct kam__retention law = law_of(&q->law, &ended);
    (void)before;
    if (!(q->ahead > 0)) return 1 - ended;
    return ended > 0 ? 0
                     : kam__exp(kam__retention_log_survival(&law, n,
                                                            floor(q->ahead)));
}

kam_status kam_retention_renewal(const kam_retention *model,
                                 const kam_accounts *accounts, double n_terms,
                                 const kam_host *host, double *probability,
                                 uint32_t *row_flags, kam_diag *diag) {
    struct question question = {.ahead = n_terms,
                                .ahead_is = "n_terms",
                                .out = probability,
                                .row_flags = row_flags,
                                .answer = answer_renewal};
    return ask(&question, model, accounts, host, diag);
}

static double answer_residual(const struct question *q, double n, double ended,
                              double before) {
    const struct kam__retention law = law_of(&q->law, &ended);
    (void)before;
    return ended > 0 ? 0
                     : kam__retention_residual(&law, n, q->ahead, q->discount);
}

kam_status kam_retention_residual(const kam_retention *model,
                                  const kam_accounts *accounts,
                                  double horizon_terms,
                                  double discount_per_period,
                                  const kam_host *host, double *renewals,
                                  uint32_t *row_flags, kam_diag *diag) {
    struct question question = {.ahead = horizon_terms,
                                .ahead_is = "horizon_terms",
                                .discount = discount_per_period,
                                .out = renewals,
                                .row_flags = row_flags,
                                .answer = answer_residual};
    return ask(&question, model, accounts, host, diag);
}

static double answer_log_likelihood(const struct question *q, double n,
                                    double ended, double before) {
    double terms[10];
    kam__retention_terms(&q->law, n, ended, before, terms);
    return terms[0];
}

kam_status kam_retention_log_likelihood(const kam_retention *model,
                                        const kam_accounts *accounts,
                                        const kam_host *host,
                                        double *log_likelihood,
                                        uint32_t *row_flags, kam_diag *diag) {
    struct question question = {.out = log_likelihood,
                                .row_flags = row_flags,
                                .answer = answer_log_likelihood};
    return ask(&question, model, accounts, host, diag);
}

static void value_rows(void *context, int64_t first, int32_t n) {
    const struct question *const q = context;
    struct kam__contracts rows;
    double left_tile[KAM__TILE], money_tile[KAM__TILE];
    kam__retention_load(&q->accounts, q->law.shared, first, n, &rows);
    const double *const left =
        kam__gather(&q->accounts.periods_to_end, first, n, left_tile);
    const double *const money =
        kam__gather(&q->accounts.contract_value, first, n, money_tile);
    for (int32_t i = 0; i < n; i++) {
        uint32_t flag = rows.flag[i];
        if (left[i] != left[i] || money[i] != money[i]) flag |= KAM_ROW_MISSING;
        if (left[i] < 0 || left[i] > DBL_MAX || fabs(money[i]) > DBL_MAX)
            flag |= KAM_ROW_DOMAIN;
        const struct kam__retention law = law_of(&q->law, &rows.ended[i]);
        const double of_term =
            flag ? (double)NAN : money[i] * (1 - rows.ended[i]);
        double until = of_term, after = of_term;
        if (of_term > 0 || of_term < 0) {
            until *= kam__retention_accrued(left[i], q->discount);
            after *=
                kam__retention_accrued(1, q->discount) *
                kam__exp(-q->discount * left[i]) *
                kam__retention_residual(&law, rows.n[i], q->ahead, q->discount);
        }
        if (fabs(after) > DBL_MAX) flag |= KAM_ROW_INFINITE;
        if (q->out) q->out[first + i] = until;
        if (q->after) q->after[first + i] = after;
        if (q->row_flags) q->row_flags[first + i] = flag;
    }
}

kam_status kam_retention_value(const kam_retention *model,
                               const kam_accounts *accounts,
                               double horizon_terms, double discount_per_period,
                               const kam_host *host, double *until_end,
                               double *after_end, uint32_t *row_flags,
                               kam_diag *diag) {
    kam_host ours;
    struct question question = {.ahead = horizon_terms,
                                .ahead_is = "horizon_terms",
                                .discount = discount_per_period,
                                .out = until_end,
                                .after = after_end,
                                .row_flags = row_flags};
    kam_status status = prepare(&question, &ours, model, accounts, host, diag);
    if (status == KAM_OK)
        status = kam__for_rows(&ours, question.accounts.n_rows, value_rows,
                               &question, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

kam_status kam_retention_curve(const kam_retention *model, int64_t n_terms,
                               double *retention, double *survival,
                               kam_diag *diag) {
    struct kam__retention law;
    kam_status status;
    if (!kam__retention_read_model(&law, model, &status, diag)) return status;
    if (n_terms < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_terms", -1, (double)n_terms,
                         "there cannot be {value} terms.");
    for (int64_t t = 1; (retention || survival) && t <= n_terms; t++) {
        const double before = (double)(t - 1);
        if (retention)
            retention[t - 1] =
                kam__exp(kam__retention_log_survival(&law, before, 1));
        if (survival)
            survival[t - 1] =
                kam__exp(kam__retention_log_survival(&law, 0, (double)t));
    }
    return kam__ok(diag);
}
