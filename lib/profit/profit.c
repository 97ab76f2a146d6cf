/* SPDX-License-Identifier: MIT */
/* Profit of an account in layers (P1). The whale curve is in whale.c. */
#include <kam/profit.h>

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "data/account.h"
#include "profit/layers.h"

static double *or_else(double *out, int64_t first, double *unwanted) {
    return out ? out + first : unwanted;
}

void kam__profit_rows(const struct kam__profit_layers *to, int64_t first,
                      int32_t n) {
    const kam_accounts *const a = to->accounts;
    const kam_profit_out *const out = to->out;
    double in[4][KAM__TILE], unwanted[2][KAM__TILE];
    uint32_t no_flags[KAM__TILE];
    const struct kam__layer_tile tile = {
        n,
        to->any,
        to->cost,
        to->service,
        to->ratio,
        kam__gather(&a->gross_revenue, first, n, in[0]),
        kam__gather(&a->returns, first, n, in[1]),
        kam__gather(&a->direct_cost, first, n, in[2]),
        kam__gather(&a->service_cost, first, n, in[3]),
        or_else(out->net_revenue, first, unwanted[0]),
        or_else(out->gross_margin, first, NULL),
        or_else(out->contribution, first, unwanted[1]),
        or_else(out->gross_margin_ratio, first, NULL),
        or_else(out->contribution_ratio, first, NULL),
        out->row_flags ? out->row_flags + first : no_flags};
    if (!out->row_flags) memset(no_flags, 0, (size_t)n * sizeof *no_flags);
    (*KAM__PICK(to->isa, kam__lay))(&tile);
}

static void find_wanted(struct kam__profit_layers *to) {
    const kam_profit_out *const out = to->out;
    to->ratio = out->gross_margin_ratio || out->contribution_ratio;
    to->service = out->contribution || out->contribution_ratio;
    to->cost = out->gross_margin || to->service || to->ratio;
    to->any = out->net_revenue || to->cost;
}

static kam_status check_columns(const kam_accounts *accounts, kam_diag *diag) {
    const int64_t n = accounts->n_rows;
    if (n < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "accounts.n_rows", -1, (double)n,
                         "n_rows is {value}.");
    kam_status status =
        kam__column_check(&accounts->gross_revenue, n, KAM__NUMBERS, 0,
                          "accounts.gross_revenue", diag);
    if (status == KAM_OK)
        status = kam__column_check(&accounts->returns, n, KAM__NUMBERS, 0,
                                   "accounts.returns", diag);
    if (status == KAM_OK)
        status = kam__column_check(&accounts->direct_cost, n, KAM__NUMBERS, 0,
                                   "accounts.direct_cost", diag);
    if (status == KAM_OK)
        status = kam__column_check(&accounts->service_cost, n, KAM__NUMBERS, 0,
                                   "accounts.service_cost", diag);
    return status;
}

kam_status kam__profit_begin(struct kam__profit_layers *to,
                             const kam_accounts *accounts,
                             const kam_profit_out *out, int32_t isa,
                             kam_diag *diag) {
    to->isa = isa;
    to->accounts = accounts;
    kam_status status = check_columns(accounts, diag);
    if (status == KAM_OK)
        to->out =
            kam__sized_view(&to->room, sizeof to->room, out,
                            KAM__FIRST(kam_profit_out), "out", &status, diag);
    if (status == KAM_OK) find_wanted(to);
    return status;
}

static void layer_rows(void *context, int64_t first, int32_t n) {
    const struct kam__profit_layers *const to = context;
    if (to->out->row_flags)
        memset(to->out->row_flags + first, 0,
               (size_t)n * sizeof *to->out->row_flags);
    kam__profit_rows(to, first, n);
}

kam_status kam_profit_layers(const kam_accounts *accounts, const kam_host *host,
                             const kam_profit_out *out, kam_diag *diag) {
    kam_host lent;
    kam_accounts ours;
    struct kam__profit_layers to;
    kam_status status =
        kam__sized_read(&ours, sizeof ours, accounts, KAM__FIRST(kam_accounts),
                        "accounts", diag);
    if (status == KAM_OK)
        status = kam__profit_begin(&to, &ours, out, KAM_ISA_BASE, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    to.isa = kam__isa_level(&lent, ours.n_rows);
    status = kam__for_rows(&lent, ours.n_rows, layer_rows, &to, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
