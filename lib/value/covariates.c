/* SPDX-License-Identifier: MIT */
#include "value/covariates.h"

#include <math.h>

#include "base/diag.h"
#include "base/sized.h"
#include "math/elementary.h"

static kam_status check_columns(const kam_column *columns, int32_t n,
                                int64_t n_rows, const char *count,
                                const char *name, kam_diag *diag) {
    if (n < 0 || n > KAM__COVARIATES)
        return kam__fail(diag, KAM_ERR_SHAPE, count, -1, n,
                         "{value} columns are not 0 to 4.");
    for (int32_t k = 0; k < n; k++) {
        const kam_status status =
            kam__column_check(&columns[k], n_rows, KAM__NUMBERS, 1, name, diag);
        if (status != KAM_OK) return status;
    }
    return KAM_OK;
}

static kam_status check_ridge(double ridge, const char *name, kam_diag *diag) {
    if (ridge >= 0 && ridge < INFINITY) return KAM_OK;
    return kam__fail(diag, KAM_ERR_OPTION, name, -1, ridge,
                     "{value} is no penalty: it must be finite and not below "
                     "zero.");
}

kam_status kam__covariates_read(kam_btyd_covariates *ours,
                                const kam_btyd_covariates *theirs,
                                int64_t n_rows, kam_diag *diag) {
    kam_status status =
        kam__sized_read(ours, sizeof *ours, theirs,
                        KAM__FIRST(kam_btyd_covariates), "covariates", diag);
    if (status != KAM_OK) return status;
    if (ours->reserved != 0)
        return kam__fail(diag, KAM_ERR_NEWER, "covariates.reserved", -1,
                         ours->reserved, "reserved is {value}, not 0.");
    status = check_columns(ours->orders, ours->n_orders, n_rows,
                           "covariates.n_orders", "covariates.orders", diag);
    if (status == KAM_OK)
        status =
            check_columns(ours->leaving, ours->n_leaving, n_rows,
                          "covariates.n_leaving", "covariates.leaving", diag);
    if (status == KAM_OK)
        status =
            check_ridge(ours->ridge_orders, "covariates.ridge_orders", diag);
    if (status == KAM_OK)
        status =
            check_ridge(ours->ridge_leaving, "covariates.ridge_leaving", diag);
    for (int32_t j = 0; status == KAM_OK && j < ours->n_leaving; j++)
        if (ours->equal[j] < 0 || ours->equal[j] > ours->n_orders)
            return kam__fail(diag, KAM_ERR_OPTION, "covariates.equal", j,
                             ours->equal[j],
                             "column {row} is to equal column {value} of "
                             "orders, which is not there.");
    return status;
}

static void load_column(const kam_column *column, int64_t first, int32_t n,
                        double *z, uint32_t *flag) {
    double tile[KAM__TILE];
    const double *const given = kam__gather(column, first, n, tile);
    for (int32_t i = 0; i < n; i++) {
        const double value = given[i];
        if (value != value)
            flag[i] |= KAM_ROW_MISSING;
        else if (!(fabs(value) < INFINITY))
            flag[i] |= KAM_ROW_DOMAIN;
        z[i] = fabs(value) < INFINITY ? value : 0;
    }
}

void kam__covariates_load(const kam_btyd_covariates *covariates, int64_t first,
                          int32_t n, struct kam__facts_tile *tile) {
    for (int32_t i = 0; i < n; i++) tile->flag[i] = 0;
    for (int32_t k = 0; k < 2 * KAM__COVARIATES; k++)
        for (int32_t i = 0; i < n; i++) tile->z[k][i] = 0;
    for (int32_t k = 0; k < covariates->n_orders; k++)
        load_column(&covariates->orders[k], first, n, tile->z[k], tile->flag);
    for (int32_t k = 0; k < covariates->n_leaving; k++)
        load_column(&covariates->leaving[k], first, n,
                    tile->z[KAM__COVARIATES + k], tile->flag);
}

int kam__covariates_can(kam__family family) {
    int any = 0;
    for (int32_t j = 0; j < family->n_parameters; j++)
        any |= family->on_orders[j] != 0;
    return any;
}

void kam__covariates_own(kam__family family, const double *parameter,
                         double of_orders, double of_leaving, double *own) {
    for (int32_t j = 0; j < family->n_parameters; j++) {
        /* NOLINTNEXTLINE(bugprone-signed-char-misuse,cert-str34-c): signs */
        const int up = family->on_orders[j], out = family->on_leaving[j];
        double value = parameter[j];
        if (up) value = up > 0 ? value * of_orders : value / of_orders;
        if (out) value = out > 0 ? value * of_leaving : value / of_leaving;
        own[j] = value;
    }
}
