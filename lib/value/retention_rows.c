/* SPDX-License-Identifier: MIT */
#include "value/retention_rows.h"

#include <math.h>

#include "base/diag.h"
#include "base/sized.h"
#include "data/account.h"

static const char *const FAMILY[] = {"sbg", "bdw", "shared"};
static const char *const PARAMETER[] = {"alpha", "beta", "c"};

int32_t kam__retention_parameters(int32_t family) {
    if (family == KAM_RETENTION_SBG || family == KAM_RETENTION_SHARED) return 2;
    return family == KAM_RETENTION_BDW ? 3 : 0;
}

const char *kam_retention_family_name(int32_t family) {
    return kam__retention_parameters(family) > 0 ? FAMILY[family - 1]
                                                 : "unknown";
}

const char *kam_retention_parameter_name(int32_t family, int32_t i) {
    return i >= 0 && i < kam__retention_parameters(family) ? PARAMETER[i] : 0;
}

int kam__retention_read_model(struct kam__retention *law,
                              const kam_retention *model, kam_status *status,
                              kam_diag *diag) {
    *status = KAM_OK;
    if (!model) {
        *status = kam__fail(diag, KAM_ERR_NULL, "model", -1, NAN, "");
        return 0;
    }
    const int32_t p = kam__retention_parameters(model->family);
    if (p == 0 || model->n_parameters != p) {
        *status =
            kam__fail(diag, KAM_ERR_OPTION, "model.family", -1, model->family,
                      "{value} is no family, or not with that many "
                      "parameters.");
        return 0;
    }
    if (!(model->period_days > 0 && model->period_days < INFINITY)) {
        *status = kam__fail(diag, KAM_ERR_OPTION, "model.period_days", -1,
                            model->period_days,
                            "a term of {value} days is not possible.");
        return 0;
    }
    for (int32_t i = 0; i < p; i++)
        if (!(model->parameter[i] > 0 && model->parameter[i] < INFINITY)) {
            *status = kam__fail(diag, KAM_ERR_OPTION, "model.parameter", i,
                                model->parameter[i],
                                "parameter {row} is {value}: it must be above "
                                "zero and finite.");
            return 0;
        }
    *law = (struct kam__retention){model->parameter[0], model->parameter[1],
                                   p > 2 ? model->parameter[2] : 1,
                                   model->family == KAM_RETENTION_SHARED};
    return 1;
}

kam_status kam__retention_read_accounts(kam_accounts *ours,
                                        const kam_accounts *theirs,
                                        kam_diag *diag) {
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
    const kam_column *const columns[] = {&ours->renewals, &ours->contract_ended,
                                         &ours->renewals_before,
                                         &ours->periods_to_end,
                                         &ours->contract_value};
    static const char *const names[] = {"accounts.renewals",
                                        "accounts.contract_ended",
                                        "accounts.renewals_before",
                                        "accounts.periods_to_end",
                                        "accounts.contract_value"};
    for (int i = 0; i < 5 && status == KAM_OK; i++)
        status =
            kam__column_check(columns[i], n, KAM__NUMBERS, 0, names[i], diag);
    return status;
}

/* Why a row cannot be used, or 0. */
static uint32_t flag_of(double n, double ended, double before, int32_t shared) {
    if (n != n || ended != ended || before != before) return KAM_ROW_MISSING;
    const int whole = n >= 0 && n < 0x1p53 && n == floor(n) && before >= 0 &&
                      before <= n && before == floor(before);
    const int counted =
        shared ? ended >= 0 && ended < 0x1p53 && ended == floor(ended)
               : ended == 0 || ended == 1;
    return whole && counted ? 0 : KAM_ROW_DOMAIN;
}

void kam__retention_load(const kam_accounts *accounts, int32_t shared,
                         int64_t first, int32_t n,
                         struct kam__contracts *rows) {
    const int since_start = !accounts->renewals_before.values;
    const double *const renewals =
        kam__gather(&accounts->renewals, first, n, rows->n);
    const double *const ended =
        kam__gather(&accounts->contract_ended, first, n, rows->ended);
    const double *const before =
        kam__gather(&accounts->renewals_before, first, n, rows->before);
    for (int32_t i = 0; i < n; i++) {
        const double seen = since_start ? 0 : before[i];
        const uint32_t flag = flag_of(renewals[i], ended[i], seen, shared);
        rows->flag[i] = flag;
        rows->n[i] = flag ? 0 : renewals[i];
        rows->ended[i] = flag ? 0 : ended[i];
        rows->before[i] = flag ? 0 : seen;
    }
}
