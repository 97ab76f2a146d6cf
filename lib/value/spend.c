/* SPDX-License-Identifier: MIT */
/* What is said of an account's order value. */
#include <float.h>
#include <math.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"
#include "value/gamma_gamma.h"
#include "value/spend_model.h"

static const char *const PARAMETER[] = {"p", "q", "gamma"};

const char *kam_spend_parameter_name(int32_t family, int32_t i) {
    return family == KAM_SPEND_GAMMA_GAMMA && i >= 0 && i < 3 ? PARAMETER[i]
                                                              : 0;
}

int kam__spend_read_model(const kam_spend *model, kam_status *status,
                          kam_diag *diag) {
    *status = KAM_OK;
    if (!model) {
        *status = kam__fail(diag, KAM_ERR_NULL, "model", -1, NAN, "");
    } else if (model->family != KAM_SPEND_GAMMA_GAMMA ||
               model->n_parameters != 3) {
        *status =
            kam__fail(diag, KAM_ERR_OPTION, "model.family", -1, model->family,
                      "{value} is no family, or not with that many "
                      "parameters.");
    } else {
        for (int32_t i = 0; i < 3 && *status == KAM_OK; i++)
            if (!(model->parameter[i] > 0 && model->parameter[i] < INFINITY))
                *status = kam__fail(diag, KAM_ERR_OPTION, "model.parameter", i,
                                    model->parameter[i],
                                    "parameter {row} is {value}: it must be "
                                    "above zero and finite.");
    }
    return *status == KAM_OK;
}

kam_status kam__spend_read_accounts(kam_accounts *ours,
                                    const kam_accounts *theirs,
                                    kam_diag *diag) {
    kam_status status = kam__sized_read(ours, sizeof *ours, theirs,
                                        sizeof *ours, "accounts", diag);
    if (status != KAM_OK) return status;
    const int64_t n = ours->n_rows;
    if (n < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "accounts.n_rows", -1, (double)n,
                         "there cannot be {value} rows.");
    status = kam__column_check(&ours->repeat_orders, n, KAM__NUMBERS, 0,
                               "accounts.repeat_orders", diag);
    if (status == KAM_OK)
        status = kam__column_check(&ours->mean_order_value, n, KAM__NUMBERS, 0,
                                   "accounts.mean_order_value", diag);
    return status;
}

uint32_t kam__spend_flag(double x, double m) {
    if (x != x || (x > 0 && m != m)) return KAM_ROW_MISSING;
    if (!(x >= 0 && x < 0x1p53 && x == floor(x))) return KAM_ROW_DOMAIN;
    if (x > 0 && !(m >= 0 && m < INFINITY)) return KAM_ROW_DOMAIN;
    return x > 0 ? 0 : KAM_ROW_ONE_ORDER;
}

/* Fader & Hardie (2013), note 025, eq. (5); with x = 0, eq. (4). */
double kam__spend_mean(const double *parameter, double x, double m) {
    const double p = parameter[0], q = parameter[1], gamma = parameter[2];
    const double shape = p * x + q - 1;
    const double known = x > 0 ? x * m : 0;
    return shape > 0 ? (p / shape) * (gamma + known) : (double)INFINITY;
}

void kam__spend_moments(const double *parameter, double x, double m,
                        double *mean, double *mean_square,
                        double *mean_product) {
    const double p = parameter[0], s = p * x + parameter[1];
    *mean = kam__spend_mean(parameter, x, m);
    const double product =
        s > 2 ? *mean * *mean * ((s - 1) / (s - 2)) : (double)INFINITY;
    *mean_product = product;
    *mean_square = product * ((p + 1) / p);
}

struct work {
    kam_accounts accounts;
    const double *parameter;
    double *out;
    uint32_t *row_flags;
    double (*answer)(const double *parameter, double x, double m);
};

static void answer_rows(void *context, int64_t first, int32_t n) {
    const struct work *const work = context;
    double x_tile[KAM__TILE], m_tile[KAM__TILE];
    const double *const x =
        kam__gather(&work->accounts.repeat_orders, first, n, x_tile);
    const double *const m =
        kam__gather(&work->accounts.mean_order_value, first, n, m_tile);
    for (int32_t i = 0; i < n; i++) {
        uint32_t flag = kam__spend_flag(x[i], m[i]);
        const int usable = flag == 0 || flag == KAM_ROW_ONE_ORDER;
        const double value =
            usable ? work->answer(work->parameter, x[i], m[i]) : (double)NAN;
        if (value > DBL_MAX) flag |= KAM_ROW_INFINITE;
        if (usable && value != value) flag |= KAM_ROW_DOMAIN;
        work->out[first + i] = value;
        if (work->row_flags) work->row_flags[first + i] = flag;
    }
}

static kam_status ask(struct work *work, const kam_spend *model,
                      const kam_accounts *accounts, const kam_host *host,
                      kam_diag *diag) {
    kam_status status;
    kam_host ours;
    if (!kam__spend_read_model(model, &status, diag)) return status;
    status = kam__spend_read_accounts(&work->accounts, accounts, diag);
    if (status == KAM_OK) status = kam__host_read(&ours, host, diag);
    if (status != KAM_OK) return status;
    if (!work->out) return kam__fail(diag, KAM_ERR_NULL, "out", -1, NAN, "");
    work->parameter = model->parameter;
    status =
        kam__for_rows(&ours, work->accounts.n_rows, answer_rows, work, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

kam_status kam_spend_expected(const kam_spend *model,
                              const kam_accounts *accounts,
                              const kam_host *host, double *value,
                              uint32_t *row_flags, kam_diag *diag) {
    struct work work = {.out = value,
                        .row_flags = row_flags,
                        .answer = kam__spend_mean};
    return ask(&work, model, accounts, host, diag);
}

kam_status kam_spend_log_likelihood(const kam_spend *model,
                                    const kam_accounts *accounts,
                                    const kam_host *host,
                                    double *log_likelihood, uint32_t *row_flags,
                                    kam_diag *diag) {
    struct work work = {.out = log_likelihood,
                        .row_flags = row_flags,
                        .answer = kam__gamma_gamma_log_likelihood};
    return ask(&work, model, accounts, host, diag);
}
