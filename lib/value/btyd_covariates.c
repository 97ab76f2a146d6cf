/* SPDX-License-Identifier: MIT */
/* Answers of order models with covariates. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/memory.h"
#include "math/elementary.h"
#include "value/btyd_rows.h"
#include "value/covariates.h"

static kam_status check_model(const kam_btyd_covariate_model *model,
                              const kam_btyd_covariates *covariates,
                              kam__family *family, kam_diag *diag) {
    kam_status status;
    if (!model) return kam__fail(diag, KAM_ERR_NULL, "model", -1, NAN, "");
    *family = kam__btyd_read_model(&model->base, &status, diag);
    if (!*family) return status;
    if (!kam__covariates_can(*family))
        return kam__fail(diag, KAM_ERR_UNSUPPORTED, "model.base.family", -1,
                         model->base.family,
                         "family {value} takes no covariates.");
    if (model->n_orders != covariates->n_orders ||
        model->n_leaving != covariates->n_leaving)
        return kam__fail(diag, KAM_ERR_SHAPE, "covariates", -1,
                         model->n_orders + model->n_leaving,
                         "the model has {value} coefficients, and there are "
                         "not as many columns, or not of those processes.");
    for (int32_t k = 0; k < KAM__COVARIATES; k++) {
        const double sum = model->orders[k] + model->leaving[k];
        if (!(fabs(sum) <= DBL_MAX))
            return kam__fail(diag, KAM_ERR_OPTION, "model.orders", k, sum,
                             "coefficient {row} is not finite.");
    }
    return KAM_OK;
}

/* What row i multiplies its rates by. */
static double effect(const double *coefficient, double (*z)[KAM__TILE],
                     int32_t i) {
    double sum = 0;
    for (int32_t k = 0; k < KAM__COVARIATES; k++)
        sum += coefficient[k] * z[k][i];
    return kam__exp(sum);
}

/* The model of row i of a tile; flags effects beyond the range of numbers. */
static uint32_t own_model(const kam_btyd_covariate_model *model,
                          kam__family family, struct kam__facts_tile *tile,
                          int32_t i, kam_btyd *own) {
    const double up = effect(model->orders, tile->z, i);
    const double out = effect(model->leaving, tile->z + KAM__COVARIATES, i);
    uint32_t flag = tile->flag[i];
    *own = model->base;
    kam__covariates_own(family, model->base.parameter, up, out, own->parameter);
    for (int32_t j = 0; j < own->n_parameters; j++)
        if (!(own->parameter[j] >= DBL_MIN && own->parameter[j] <= DBL_MAX))
            flag |= KAM_ROW_DOMAIN;
    for (int32_t j = 0; flag && j < own->n_parameters; j++)
        own->parameter[j] = NAN;
    return flag;
}

struct question {
    const kam_btyd_covariate_model *model;
    kam__family family;
    kam_accounts accounts;
    kam_btyd_covariates covariates;
    int32_t question, isa;
    double ahead, discount;
    double *out;
    kam_btyd *own;
    uint32_t *row_flags;
};

static void own_rows(void *context, int64_t first, int32_t n) {
    const struct question *const q = context;
    struct kam__facts_tile tile;
    kam__covariates_load(&q->covariates, first, n, &tile);
    for (int32_t i = 0; i < n; i++) {
        const uint32_t flag =
            own_model(q->model, q->family, &tile, i, &q->own[first + i]);
        if (q->row_flags) q->row_flags[first + i] = flag;
    }
}

kam_status kam_btyd_covariates_models(const kam_btyd_covariate_model *model,
                                      const kam_btyd_covariates *covariates,
                                      int64_t n_rows, const kam_host *host,
                                      kam_btyd *own, uint32_t *row_flags,
                                      kam_diag *diag) {
    struct question q = {.model = model, .own = own, .row_flags = row_flags};
    kam_host lent;
    if (n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                         "there cannot be {value} rows.");
    kam_status status =
        kam__covariates_read(&q.covariates, covariates, n_rows, diag);
    if (status == KAM_OK)
        status = check_model(model, &q.covariates, &q.family, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    if (!own) return kam__fail(diag, KAM_ERR_NULL, "own", -1, NAN, "");
    status = kam__for_rows(&lent, n_rows, own_rows, &q, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

static void ask_family(const struct question *q, const double *parameter,
                       kam__tile tile, double *out) {
    const kam__family f = q->family;
    switch (q->question) {
    case KAM_BTYD_ASK_ALIVE: f->alive(f, parameter, tile, q->ahead, out); break;
    case KAM_BTYD_ASK_ORDERS:
        f->expected(f, parameter, tile, q->ahead, out);
        break;
    case KAM_BTYD_ASK_DISCOUNTED:
        f->discounted(f, parameter, tile, q->ahead, q->discount, out);
        break;
    default: f->no_order(f, parameter, tile, q->ahead, out); break;
    }
}

static void answer_rows(void *context, int64_t first, int32_t n) {
    const struct question *const q = context;
    struct kam__btyd_rows rows;
    struct kam__facts_tile facts;
    kam__btyd_load(&q->accounts, first, n, q->isa, &rows);
    kam__covariates_load(&q->covariates, first, n, &facts);
    for (int32_t i = 0; i < n; i++) {
        kam_btyd own;
        const struct kam__btyd_tile one = {1,          q->isa,
                                           &rows.x[i], &rows.t_x[i],
                                           &rows.T[i], NULL,
                                           NULL};
        double answer = NAN;
        uint32_t flag =
            own_model(q->model, q->family, &facts, i, &own) | rows.flag[i];
        if (!flag) ask_family(q, own.parameter, &one, &answer);
        if (answer > DBL_MAX) flag = KAM_ROW_INFINITE;
        q->out[first + i] = answer;
        if (q->row_flags) q->row_flags[first + i] = flag;
    }
}

static kam_status check_question(const struct question *q, kam_diag *diag) {
    const int may_be_infinite = q->question != KAM_BTYD_ASK_ALIVE;
    const int may_be_zero = q->question != KAM_BTYD_ASK_NO_ORDER;
    if (q->question < KAM_BTYD_ASK_ALIVE || q->question > KAM_BTYD_ASK_NO_ORDER)
        return kam__fail(diag, KAM_ERR_OPTION, "question", -1, q->question,
                         "{value} is no KAM_BTYD_ASK_*.");
    if (!(q->ahead >= 0 && (may_be_infinite || q->ahead < INFINITY) &&
          (may_be_zero || q->ahead > 0)))
        return kam__fail(diag, KAM_ERR_OPTION, "ahead_periods", -1, q->ahead,
                         "{value} is no time ahead.");
    if (!(q->discount >= 0 && q->discount < INFINITY))
        return kam__fail(diag, KAM_ERR_OPTION, "discount_per_period", -1,
                         q->discount, "{value} is no discount rate.");
    return KAM_OK;
}

kam_status kam_btyd_covariates_answer(const kam_btyd_covariate_model *model,
                                      const kam_accounts *accounts,
                                      const kam_btyd_covariates *covariates,
                                      int32_t question, double ahead_periods,
                                      double discount_per_period,
                                      const kam_host *host, double *out,
                                      uint32_t *row_flags, kam_diag *diag) {
    struct question q = {.model = model,
                         .question = question,
                         .ahead = ahead_periods,
                         .discount = discount_per_period,
                         .out = out,
                         .row_flags = row_flags};
    kam_host lent;
    kam_status status = kam__btyd_read_accounts(&q.accounts, accounts, diag);
    if (status == KAM_OK)
        status = kam__covariates_read(&q.covariates, covariates,
                                      q.accounts.n_rows, diag);
    if (status == KAM_OK)
        status = check_model(model, &q.covariates, &q.family, diag);
    if (status == KAM_OK) status = check_question(&q, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    if (!out) return kam__fail(diag, KAM_ERR_NULL, "out", -1, NAN, "");
    q.isa = kam__isa_level(&lent, q.accounts.n_rows);
    status = kam__for_rows(&lent, q.accounts.n_rows, answer_rows, &q, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
