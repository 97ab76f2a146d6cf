/* SPDX-License-Identifier: MIT */
#include "value/btyd_rows.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/sized.h"
#include "data/account.h"

kam_status kam__btyd_read_accounts(kam_accounts *ours,
                                   const kam_accounts *theirs, kam_diag *diag) {
    kam_status status =
        kam__sized_read(ours, sizeof *ours, theirs, KAM__FIRST(kam_accounts),
                        "accounts", diag);
    if (status != KAM_OK) return status;
    if (ours->reserved != 0)
        return kam__fail(diag, KAM_ERR_NEWER, "accounts.reserved", -1,
                         ours->reserved, "reserved is {value}, not 0.");
    const int64_t n = ours->n_rows;
    if (n < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "accounts.n_rows", -1, (double)n,
                         "there cannot be {value} rows.");
    status = kam__column_check(&ours->repeat_orders, n, KAM__NUMBERS, 0,
                               "accounts.repeat_orders", diag);
    if (status == KAM_OK)
        status = kam__column_check(&ours->last_order_periods, n, KAM__NUMBERS,
                                   0, "accounts.last_order_periods", diag);
    if (status == KAM_OK)
        status = kam__column_check(&ours->age_periods, n, KAM__NUMBERS, 0,
                                   "accounts.age_periods", diag);
    if (status == KAM_OK)
        status = kam__column_check(&ours->log_gaps, n, KAM__NUMBERS, 0,
                                   "accounts.log_gaps", diag);
    return status;
}

kam__family kam__btyd_read_model(const kam_btyd *model, kam_status *status,
                                 kam_diag *diag) {
    if (!model) {
        *status = kam__fail(diag, KAM_ERR_NULL, "model", -1, NAN, "");
        return 0;
    }
    const kam__family family = kam__btyd_family_of(model->family);
    if (!family || model->n_parameters != family->n_parameters) {
        *status =
            kam__fail(diag, KAM_ERR_OPTION, "model.family", -1, model->family,
                      "{value} is no family, or not with that many "
                      "parameters.");
        return 0;
    }
    if (!(model->period_days > 0 && model->period_days < INFINITY)) {
        *status = kam__fail(diag, KAM_ERR_OPTION, "model.period_days", -1,
                            model->period_days,
                            "a period of {value} days is not possible.");
        return 0;
    }
    for (int32_t i = 0; i < model->n_parameters; i++)
        if (!(model->parameter[i] > 0 && model->parameter[i] < INFINITY)) {
            *status = kam__fail(diag, KAM_ERR_OPTION, "model.parameter", i,
                                model->parameter[i],
                                "parameter {row} is {value}: it must be above "
                                "zero and finite.");
            return 0;
        }
    for (int32_t i = model->n_parameters; i < 8; i++)
        if (model->parameter[i] != 0) {
            *status =
                kam__fail(diag, KAM_ERR_OPTION, "model.parameter", i,
                          model->parameter[i],
                          "parameter {row} is {value}: the model does not "
                          "have it, so it must be 0.");
            return 0;
        }
    const double k = model->parameter[model->n_parameters - 1];
    if (family->most_rhythm > 0 &&
        !(k <= family->most_rhythm && k == floor(k))) {
        *status = kam__fail(diag, KAM_ERR_OPTION, "model.parameter",
                            model->n_parameters - 1, k,
                            "parameter {row} is {value}: k must be whole and "
                            "at most 32.");
        return 0;
    }
    *status = KAM_OK;
    return family;
}

/* Why a row cannot be used, or 0. Comparisons fail for NaN: asked first. */
static uint32_t flag_of(double x, double t_x, double T) {
    if (x != x || T != T || (x > 0 && t_x != t_x)) return KAM_ROW_MISSING;
    const int whole = x >= 0 && x < 0x1p53 && x == floor(x);
    const int ordered = T >= 0 && T < INFINITY && t_x >= 0 && t_x <= T;
    return whole && ordered ? 0 : KAM_ROW_DOMAIN;
}

/* Rows that cannot be used are flagged, and stand as an account just begun. */
static void check_each(const double *x, const double *t_x, const double *T,
                       int32_t n, struct kam__btyd_rows *rows) {
    for (int32_t i = 0; i < n; i++) {
        const double last = x[i] > 0 ? t_x[i] : 0;
        const uint32_t flag = flag_of(x[i], last, T[i]);
        rows->flag[i] = flag;
        rows->own[0][i] = flag ? 0 : x[i];
        rows->own[1][i] = flag ? 0 : last;
        rows->own[2][i] = flag ? 0 : T[i];
    }
}

struct kam__btyd_tile kam__btyd_load(const kam_accounts *accounts,
                                     int64_t first, int32_t n, int32_t isa,
                                     struct kam__btyd_rows *rows) {
    const double *const x =
        kam__gather(&accounts->repeat_orders, first, n, rows->own[0]);
    const double *const t_x =
        kam__gather(&accounts->last_order_periods, first, n, rows->own[1]);
    const double *const T =
        kam__gather(&accounts->age_periods, first, n, rows->own[2]);
    rows->are_plain = 0;
    rows->x = rows->own[0];
    rows->t_x = rows->own[1];
    rows->T = rows->own[2];
    if (n == 1) {
        check_each(x, t_x, T, 1, rows);
    } else if ((*KAM__PICK(isa, kam__plain))(x, t_x, T, n, rows->own[1])) {
        rows->are_plain = 1;
        memset(rows->flag, 0, (size_t)n * sizeof *rows->flag);
        rows->x = x;
        rows->T = T;
    } else {
        check_each(x, t_x, T, n, rows);
    }
    return (struct kam__btyd_tile){
        .n = n, .isa = isa, .x = rows->x, .t_x = rows->t_x, .T = rows->T};
}
