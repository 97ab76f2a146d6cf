/* SPDX-License-Identifier: MIT */
/* What is said of an account's order value. */
#include <float.h>
#include <math.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/sized.h"
#include "data/account.h"
#include "math/elementary.h"
#include "value/spend_model.h"

static const kam__spend FAMILIES[] = {&kam__gamma_gamma_family,
                                      &kam__normal_family, &kam__equal_family};

kam__spend kam__spend_family_of(int32_t id) {
    for (uint32_t i = 0; i < sizeof FAMILIES / sizeof FAMILIES[0]; i++)
        if (FAMILIES[i]->id == id) return FAMILIES[i];
    return 0;
}

const char *kam_spend_family_name(int32_t family) {
    const kam__spend f = kam__spend_family_of(family);
    return f ? f->name : "unknown";
}

const char *kam_spend_parameter_name(int32_t family, int32_t i) {
    const kam__spend f = kam__spend_family_of(family);
    return f && i >= 0 && i < f->n_parameters ? f->parameter[i] : 0;
}

static kam_status check_parameter(kam__spend family, const kam_spend *model,
                                  int32_t i, kam_diag *diag) {
    const double value = model->parameter[i];
    if (fabs(value) < INFINITY && (i < family->any_sign || value > 0))
        return KAM_OK;
    return kam__fail(diag, KAM_ERR_OPTION, "model.parameter", i, value,
                     i < family->any_sign
                         ? "parameter {row} is {value}: it must be finite."
                         : "parameter {row} is {value}: it must be above zero "
                           "and finite.");
}

kam__spend kam__spend_read_model(const kam_spend *model, kam_status *status,
                                 kam_diag *diag) {
    *status = KAM_OK;
    if (!model) {
        *status = kam__fail(diag, KAM_ERR_NULL, "model", -1, NAN, "");
        return 0;
    }
    const kam__spend family = kam__spend_family_of(model->family);
    if (!family || model->n_parameters != family->n_parameters) {
        *status =
            kam__fail(diag, KAM_ERR_OPTION, "model.family", -1, model->family,
                      "{value} is no family, or not with that many "
                      "parameters.");
        return 0;
    }
    for (int32_t i = 0; i < family->n_parameters && *status == KAM_OK; i++)
        *status = check_parameter(family, model, i, diag);
    return *status == KAM_OK ? family : 0;
}

kam_status kam__spend_read_accounts(kam_accounts *ours,
                                    const kam_accounts *theirs,
                                    kam_diag *diag) {
    kam_status status =
        kam__sized_read(ours, sizeof *ours, theirs, KAM__FIRST(kam_accounts),
                        "accounts", diag);
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
    return status == KAM_OK ? kam__spend_check(ours, diag) : status;
}

kam_status kam__spend_check(const kam_accounts *accounts, kam_diag *diag) {
    const kam_status status =
        kam__column_check(&accounts->valued_orders, accounts->n_rows,
                          KAM__NUMBERS, 0, "accounts.valued_orders", diag);
    if (status != KAM_OK) return status;
    return kam__column_check(&accounts->log_values, accounts->n_rows,
                             KAM__NUMBERS, 0, "accounts.log_values", diag);
}

const double *kam__spend_orders(const kam_accounts *part, int64_t first,
                                int32_t n, double *tile) {
    double room[KAM__TILE];
    const double *const x = kam__gather(&part->repeat_orders, first, n, tile);
    if (!part->valued_orders.values) return x;
    const double *const valued =
        kam__gather(&part->valued_orders, first, n, room);
    for (int32_t i = 0; i < n; i++) tile[i] = valued[i] > 0 ? valued[i] : x[i];
    return tile;
}

static double spread_of(double valued, double m, double log_values) {
    if (!(valued > 1 && m > 0 && fabs(log_values) < INFINITY)) return -1;
    const double spread = kam__log(m) - log_values / valued;
    return spread > 0 ? spread : 0;
}

void kam__spend_read(const kam_accounts *part, int64_t first, int32_t n,
                     struct kam__spend_rows *rows) {
    double valued_tile[KAM__TILE], logs_tile[KAM__TILE];
    rows->x = kam__spend_orders(part, first, n, rows->room[0]);
    rows->m = kam__gather(&part->mean_order_value, first, n, rows->room[1]);
    for (int32_t i = 0; i < n; i++) rows->spread[i] = -1;
    if (!part->valued_orders.values || !part->log_values.values) return;
    const double *const valued =
        kam__gather(&part->valued_orders, first, n, valued_tile);
    const double *const logs =
        kam__gather(&part->log_values, first, n, logs_tile);
    for (int32_t i = 0; i < n; i++)
        rows->spread[i] = spread_of(valued[i], rows->m[i], logs[i]);
}

uint32_t kam__spend_flag(double x, double m, int any_sign) {
    if (x != x || (x > 0 && m != m)) return KAM_ROW_MISSING;
    if (!(x >= 0 && x < 0x1p53 && x == floor(x))) return KAM_ROW_DOMAIN;
    if (x > 0 && !((m >= 0 || any_sign) && fabs(m) < INFINITY))
        return KAM_ROW_DOMAIN;
    return x > 0 ? 0 : KAM_ROW_ONE_ORDER;
}

struct work {
    kam_accounts accounts;
    kam__spend family;
    const double *parameter;
    double *out;
    uint32_t *row_flags;
    int wants_likelihood;
};

static double answer(const struct work *work,
                     const struct kam__spend_rows *rows, int32_t i) {
    const double *const parameter = work->parameter;
    return work->wants_likelihood
               ? work->family->log_likelihood(parameter, rows->x[i], rows->m[i],
                                              rows->spread[i])
               : work->family->mean(parameter, rows->x[i], rows->m[i]);
}

static void answer_rows(void *context, int64_t first, int32_t n) {
    const struct work *const work = context;
    struct kam__spend_rows rows;
    kam__spend_read(&work->accounts, first, n, &rows);
    for (int32_t i = 0; i < n; i++) {
        uint32_t flag =
            kam__spend_flag(rows.x[i], rows.m[i], work->family->is_margin);
        const int usable = flag == 0 || flag == KAM_ROW_ONE_ORDER;
        const double value = usable ? answer(work, &rows, i) : (double)NAN;
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
    work->family = kam__spend_read_model(model, &status, diag);
    if (!work->family) return status;
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
    struct work work = {.out = value, .row_flags = row_flags};
    return ask(&work, model, accounts, host, diag);
}

kam_status kam_spend_log_likelihood(const kam_spend *model,
                                    const kam_accounts *accounts,
                                    const kam_host *host,
                                    double *log_likelihood, uint32_t *row_flags,
                                    kam_diag *diag) {
    struct work work = {.out = log_likelihood,
                        .row_flags = row_flags,
                        .wants_likelihood = 1};
    return ask(&work, model, accounts, host, diag);
}
