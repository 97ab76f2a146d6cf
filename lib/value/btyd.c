/* SPDX-License-Identifier: MIT */
/* What is said of an account, for every family: checks, tiles, flags. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/memory.h"
#include "value/btyd_ask.h"
#include "value/btyd_rhythm.h"

static int impossible(kam__family family, kam__tile tile, int32_t i) {
    return family->usable &&
           !family->usable(tile->x[i], tile->t_x[i], tile->T[i]);
}

/* Several answers a row go straight to the caller. */
static void answer_wide(const struct kam__question *question,
                        const struct kam__btyd_rows *rows, kam__tile tile,
                        int64_t first) {
    const int64_t width = question->width;
    double *const out = question->out + first * width;
    question->answer(question, tile, out);
    for (int32_t i = 0; i < tile->n; i++) {
        for (int64_t k = 0; k < width && rows->flag[i]; k++)
            out[i * width + k] = NAN;
        const uint32_t flag =
            !rows->flag[i] && impossible(question->family, tile, i)
                ? KAM_ROW_DOMAIN
                : rows->flag[i];
        if (question->row_flags) question->row_flags[first + i] = flag;
    }
}

static int are_finite(const double *answer, int32_t n) {
    double odd = 0;
    for (int32_t i = 0; i < n; i++) odd = fabs(answer[i]) <= DBL_MAX ? odd : 1;
    return !(odd > 0);
}

static void answer_rows(void *context, int64_t first, int32_t n) {
    const struct kam__question *const question = context;
    struct kam__btyd_rows rows;
    double out[KAM__TILE];
    struct kam__btyd_tile tile =
        kam__btyd_load(&question->accounts, first, n, question->isa, &rows);
    tile.plan = question->plan;
    if (question->width > 0) {
        answer_wide(question, &rows, &tile, first);
        return;
    }
    question->answer(question, &tile, out);
    if (question->with_gaps && question->family->gap_terms) {
        double log_gaps[KAM__TILE];
        kam__btyd_log_gaps(&question->accounts, first, n, rows.x, log_gaps);
        for (int32_t i = 0; i < n; i++)
            out[i] += question->family->gap_terms(question->parameter,
                                                  rows.x[i], log_gaps[i]);
    }
    if (rows.are_plain && are_finite(out, n)) {
        memcpy(question->out + first, out, (size_t)n * sizeof *out);
        if (question->row_flags)
            memset(question->row_flags + first, 0,
                   (size_t)n * sizeof *question->row_flags);
        return;
    }
    for (int32_t i = 0; i < n; i++) {
        uint32_t flag = rows.flag[i];
        if (!flag && out[i] > DBL_MAX) flag = KAM_ROW_INFINITE;
        if (!flag && out[i] != out[i])
            flag = impossible(question->family, &tile, i) ? KAM_ROW_DOMAIN
                                                          : KAM_ROW_MISSING;
        question->out[first + i] = rows.flag[i] ? (double)NAN : out[i];
        if (question->row_flags) question->row_flags[first + i] = flag;
    }
}

kam_status kam__btyd_ask(struct kam__question *question, const kam_btyd *model,
                         const kam_accounts *accounts, const kam_host *host,
                         kam_diag *diag) {
    kam_status status;
    kam_host ours;
    question->family = kam__btyd_read_model(model, &status, diag);
    if (!question->family) return status;
    status = kam__btyd_read_accounts(&question->accounts, accounts, diag);
    if (status == KAM_OK) status = kam__host_read(&ours, host, diag);
    if (status != KAM_OK) return status;
    if (!question->out)
        return kam__fail(diag, KAM_ERR_NULL, "out", -1, NAN, "");
    question->parameter = model->parameter;
    const int64_t n_rows = question->accounts.n_rows;
    struct kam__btyd_plan plan;
    question->isa = kam__isa_level(&ours, n_rows);
    if (question->is_discounted)
        question->plan = kam__btyd_plan(question->family, question->parameter,
                                        question->ahead, question->discount,
                                        question->isa, n_rows, &plan);
    status = kam__for_rows(&ours, n_rows, answer_rows, question, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

static kam_status check_ahead(double ahead, int may_be_infinite,
                              const char *argument, kam_diag *diag) {
    if (ahead >= 0 && (may_be_infinite || ahead < INFINITY)) return KAM_OK;
    return kam__fail(diag, KAM_ERR_OPTION, argument, -1, ahead,
                     "{value} is no time ahead.");
}

static void answer_log_likelihood(const struct kam__question *q, kam__tile tile,
                                  double *out) {
    double time[KAM__BTYD_TERMS][KAM__TILE], count[KAM__BTYD_TERMS] = {0};
    q->family->time_terms(q->family, q->parameter, tile, time);
    for (int32_t i = 0; i < tile->n; i++) {
        q->family->count_terms(q->family, q->parameter, tile->x[i], count);
        out[i] = count[0] + time[0][i];
    }
}

kam_status kam_btyd_log_likelihood(const kam_btyd *model,
                                   const kam_accounts *accounts,
                                   const kam_host *host, double *log_likelihood,
                                   uint32_t *row_flags, kam_diag *diag) {
    struct kam__question question = {.out = log_likelihood,
                                     .with_gaps = 1,
                                     .row_flags = row_flags,
                                     .answer = answer_log_likelihood};
    return kam__btyd_ask(&question, model, accounts, host, diag);
}

static void answer_alive(const struct kam__question *q, kam__tile tile,
                         double *out) {
    q->family->alive(q->family, q->parameter, tile, q->ahead, out);
}

kam_status kam_btyd_alive(const kam_btyd *model, const kam_accounts *accounts,
                          double ahead_periods, const kam_host *host,
                          double *probability, uint32_t *row_flags,
                          kam_diag *diag) {
    struct kam__question question = {.ahead = ahead_periods,
                                     .out = probability,
                                     .row_flags = row_flags,
                                     .answer = answer_alive};
    const kam_status status =
        check_ahead(ahead_periods, 0, "ahead_periods", diag);
    return status == KAM_OK
               ? kam__btyd_ask(&question, model, accounts, host, diag)
               : status;
}

static void answer_expected(const struct kam__question *q, kam__tile tile,
                            double *out) {
    q->family->expected(q->family, q->parameter, tile, q->ahead, out);
}

kam_status kam_btyd_expected_orders(const kam_btyd *model,
                                    const kam_accounts *accounts,
                                    double horizon_periods,
                                    const kam_host *host, double *orders,
                                    uint32_t *row_flags, kam_diag *diag) {
    struct kam__question question = {.ahead = horizon_periods,
                                     .out = orders,
                                     .row_flags = row_flags,
                                     .answer = answer_expected};
    const kam_status status =
        check_ahead(horizon_periods, 1, "horizon_periods", diag);
    return status == KAM_OK
               ? kam__btyd_ask(&question, model, accounts, host, diag)
               : status;
}

static void answer_discounted(const struct kam__question *q, kam__tile tile,
                              double *out) {
    q->family->discounted(q->family, q->parameter, tile, q->ahead, q->discount,
                          out);
}

kam_status kam_btyd_discounted_orders(const kam_btyd *model,
                                      const kam_accounts *accounts,
                                      double horizon_periods,
                                      double discount_per_period,
                                      const kam_host *host, double *orders,
                                      uint32_t *row_flags, kam_diag *diag) {
    struct kam__question question = {.ahead = horizon_periods,
                                     .discount = discount_per_period,
                                     .is_discounted = 1,
                                     .out = orders,
                                     .row_flags = row_flags,
                                     .answer = answer_discounted};
    const kam_status status =
        check_ahead(horizon_periods, 1, "horizon_periods", diag);
    if (status != KAM_OK) return status;
    if (!(discount_per_period >= 0 && discount_per_period < INFINITY))
        return kam__fail(diag, KAM_ERR_OPTION, "discount_per_period", -1,
                         discount_per_period, "{value} is no discount rate.");
    return kam__btyd_ask(&question, model, accounts, host, diag);
}

static void answer_no_order(const struct kam__question *q, kam__tile tile,
                            double *out) {
    q->family->no_order(q->family, q->parameter, tile, q->ahead, out);
}

kam_status kam_btyd_no_order(const kam_btyd *model,
                             const kam_accounts *accounts,
                             double horizon_periods, const kam_host *host,
                             double *probability, uint32_t *row_flags,
                             kam_diag *diag) {
    struct kam__question question = {.ahead = horizon_periods,
                                     .out = probability,
                                     .row_flags = row_flags,
                                     .answer = answer_no_order};
    if (!(horizon_periods > 0))
        return kam__fail(diag, KAM_ERR_OPTION, "horizon_periods", -1,
                         horizon_periods, "{value} is no horizon.");
    return kam__btyd_ask(&question, model, accounts, host, diag);
}
