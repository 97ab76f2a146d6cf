/* SPDX-License-Identifier: MIT */
/* Answers of the Pareto/NBD with facts that change. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "math/elementary.h"
#include "value/btyd_rows.h"
#include "value/dynamic.h"

enum { LIKELIHOOD = 0 };

struct question {
    struct kam__dynamic model;
    kam_accounts accounts;
    struct kam__timeline timeline;
    int32_t question; /* KAM_BTYD_ASK_* or LIKELIHOOD */
    double ahead, discount;
    double *out;
    uint32_t *row_flags;
};

static double log_likelihood(const struct question *q, int64_t row, double x,
                             double t_x, double T) {
    const kam__family f = kam__btyd_family_of(KAM_BTYD_PNBD);
    const double parameter[8] = {q->model.r, q->model.alpha, q->model.s,
                                 q->model.beta};
    double count[KAM__BTYD_TERMS];
    f->count_terms(f, parameter, x, count);
    return count[0] + kam__dynamic_likelihood(&q->model, &q->timeline, row, x,
                                              t_x, T, NULL);
}

static double answer(const struct question *q, int64_t row, double x,
                     double t_x, double T) {
    const struct kam__dynamic *const m = &q->model;
    struct kam__course course;
    double fall;
    if (q->question == LIKELIHOOD) return log_likelihood(q, row, x, t_x, T);
    kam__course_begin(&course, &q->timeline, row);
    kam__course_to(m, &course, t_x);
    const double gone = kam__course_race(m, &course, x, T, &fall, NULL);
    const double A = m->alpha + course.show[0];
    const double odds = fall + kam__log(gone); /* of having left, log */
    const double less = kam__exp(odds > 0 ? -odds : odds);
    const double alive = (odds > 0 ? less : 1) / (1 + less);
    const double left = (odds > 0 ? 1 : less) / (1 + less);
    if (q->question == KAM_BTYD_ASK_NO_ORDER) {
        const double leaves =
            kam__course_race(m, &course, x, T + q->ahead, &fall, NULL);
        return left + alive * (leaves + kam__exp(-fall));
    }
    if (q->question == KAM_BTYD_ASK_ALIVE) {
        const double before = course.show[KAM__CLOCKS / 2];
        kam__course_to(m, &course, T + q->ahead);
        const double more = course.show[KAM__CLOCKS / 2] - before;
        return alive * kam__exp(-m->s * kam__log1p(more / (m->beta + before)));
    }
    return alive * ((m->r + x) / A) *
           kam__course_orders(m, &course, T + q->ahead, q->discount);
}

static void answer_rows(void *context, int64_t first, int32_t n) {
    const struct question *const q = context;
    const int with_orders = q->question == LIKELIHOOD;
    struct kam__btyd_rows rows;
    kam__btyd_load(&q->accounts, first, n, KAM_ISA_BASE, &rows);
    for (int32_t i = 0; i < n; i++) {
        double out = NAN;
        uint32_t flag = rows.flag[i];
        if (!flag)
            flag = kam__timeline_flag(&q->timeline, first + i,
                                      with_orders ? rows.x[i] : -1,
                                      rows.T[i] + q->ahead);
        if (!flag)
            out = answer(q, first + i, rows.x[i], rows.t_x[i], rows.T[i]);
        /* Effects beyond the range of numbers. */
        if (!flag && !(fabs(out) <= DBL_MAX)) flag = KAM_ROW_DOMAIN;
        q->out[first + i] = flag ? (double)NAN : out;
        if (q->row_flags) q->row_flags[first + i] = flag;
    }
}

static kam_status read_model(struct question *q,
                             const kam_btyd_covariate_model *model,
                             kam_diag *diag) {
    const kam_btyd_covariates *const z = &q->timeline.facts;
    const double *const p = model->base.parameter;
    q->model = (struct kam__dynamic){p[0],        p[1],         p[2], p[3],
                                     z->n_orders, z->n_leaving, {0},  {0}};
    for (int32_t k = 0; k < KAM__FACTS; k++) {
        const double given = k < KAM__COVARIATES
                                 ? model->orders[k]
                                 : model->leaving[k - KAM__COVARIATES];
        if (!(fabs(given) <= DBL_MAX))
            return kam__fail(diag, KAM_ERR_OPTION, "model.orders", k, given,
                             "coefficient {row} is not finite.");
        q->model.coefficient[k] = given;
        q->model.scale[k] = 1;
    }
    return KAM_OK;
}

static kam_status check_model(const struct question *q,
                              const kam_btyd_covariate_model *model,
                              kam_diag *diag) {
    kam_status status;
    if (!model) return kam__fail(diag, KAM_ERR_NULL, "model", -1, NAN, "");
    if (!kam__btyd_read_model(&model->base, &status, diag)) return status;
    if (model->base.family != KAM_BTYD_PNBD)
        return kam__fail(diag, KAM_ERR_UNSUPPORTED, "model.base.family", -1,
                         model->base.family,
                         "family {value} takes no facts that change.");
    if (model->n_orders == q->timeline.facts.n_orders &&
        model->n_leaving == q->timeline.facts.n_leaving)
        return KAM_OK;
    return kam__fail(diag, KAM_ERR_SHAPE, "covariates", -1,
                     model->n_orders + model->n_leaving,
                     "the model has {value} coefficients, and there are not as "
                     "many columns, or not of those processes.");
}

static kam_status check_question(const struct question *q, kam_diag *diag) {
    if (q->question < LIKELIHOOD || q->question > KAM_BTYD_ASK_NO_ORDER)
        return kam__fail(diag, KAM_ERR_OPTION, "question", -1, q->question,
                         "{value} is no KAM_BTYD_ASK_*.");
    const int from_zero = q->question != KAM_BTYD_ASK_NO_ORDER;
    if (!(q->ahead >= 0 && q->ahead < INFINITY && (q->ahead > 0 || from_zero)))
        return kam__fail(diag, KAM_ERR_OPTION, "ahead_periods", -1, q->ahead,
                         "{value} is no time ahead.");
    if (!(q->discount >= 0 && q->discount < INFINITY))
        return kam__fail(diag, KAM_ERR_OPTION, "discount_per_period", -1,
                         q->discount, "{value} is no discount rate.");
    return KAM_OK;
}

static kam_status ask(struct question *q, const kam_btyd_covariate_model *model,
                      const kam_accounts *accounts,
                      const kam_btyd_timeline *timeline,
                      const kam_btyd_covariates *covariates,
                      const kam_host *host, kam_diag *diag) {
    kam_host lent;
    kam_status status = kam__btyd_read_accounts(&q->accounts, accounts, diag);
    if (status == KAM_OK)
        status = kam__timeline_read(&q->timeline, timeline, covariates,
                                    q->accounts.n_rows,
                                    q->question == LIKELIHOOD, diag);
    if (status == KAM_OK) status = check_model(q, model, diag);
    if (status == KAM_OK) status = read_model(q, model, diag);
    if (status == KAM_OK) status = check_question(q, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    if (!q->out) return kam__fail(diag, KAM_ERR_NULL, "out", -1, NAN, "");
    status = kam__for_rows(&lent, q->accounts.n_rows, answer_rows, q, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

kam_status kam_btyd_dynamic_log_likelihood(
    const kam_btyd_covariate_model *model, const kam_accounts *accounts,
    const kam_btyd_timeline *timeline, const kam_btyd_covariates *covariates,
    const kam_host *host, double *log_likelihood, uint32_t *row_flags,
    kam_diag *diag) {
    struct question q = {.question = LIKELIHOOD,
                         .out = log_likelihood,
                         .row_flags = row_flags};
    return ask(&q, model, accounts, timeline, covariates, host, diag);
}

kam_status kam_btyd_dynamic_answer(
    const kam_btyd_covariate_model *model, const kam_accounts *accounts,
    const kam_btyd_timeline *timeline, const kam_btyd_covariates *covariates,
    int32_t question, double ahead_periods, double discount_per_period,
    const kam_host *host, double *out, uint32_t *row_flags, kam_diag *diag) {
    struct question q = {.question = question > 0 ? question : -1,
                         .ahead = ahead_periods,
                         .discount = discount_per_period,
                         .out = out,
                         .row_flags = row_flags};
    return ask(&q, model, accounts, timeline, covariates, host, diag);
}
