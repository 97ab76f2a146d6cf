/* SPDX-License-Identifier: MIT */
/* Profit of an account in layers (P1). The whale curve is in whale.c. */
#include <kam/profit.h>

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "profit/layers.h"

enum {
    ACCOUNTS_FIRST_VERSION = sizeof(kam_accounts),
    OUT_FIRST_VERSION = sizeof(kam_profit_out)
};

/* Where a tile comes from and goes to. */
struct tile {
    const double *gross, *returns, *direct, *service;
    double *net, *margin, *contribution, *margin_ratio, *contribution_ratio;
};

/* 1 where a number is known, else 0. */
static inline double known(double x) { return x == x ? 1.0 : 0.0; }

/* NaN for what is not finite. */
static inline double finite(double x) {
    return fabs(x) <= DBL_MAX ? x : (double)NAN;
}

/* What is not known is NaN and stays so; what is out of range becomes NaN. */
static void lay(const double *restrict gross, const double *restrict returns,
                const double *restrict direct, const double *restrict service,
                double *restrict net, double *restrict margin,
                double *restrict contribution, int32_t n) {
    for (int32_t i = 0; i < n; i++) {
        const double g = gross[i];
        const double r = returns[i] == returns[i] ? returns[i] : 0;
        const double s = service[i] == service[i] ? service[i] : 0;
        const double least = g < r ? g : r;
        const double left = least >= 0 ? finite(g - r) : (double)NAN;
        const double more = finite(left - direct[i]);
        net[i] = left;
        margin[i] = more;
        contribution[i] = finite(more - s);
    }
}

static void divide(double *restrict margin_ratio,
                   double *restrict contribution_ratio,
                   const double *restrict margin,
                   const double *restrict contribution,
                   const double *restrict net, int32_t n) {
    for (int32_t i = 0; i < n; i++) {
        const double divisor = net[i] > 0 ? net[i] : (double)NAN;
        margin_ratio[i] = margin[i] / divisor;
        contribution_ratio[i] = contribution[i] / divisor;
    }
}

/* A layer that is NaN although the layer above it and what is taken off are
 * known is out of range. */
static void flag(const struct tile *tile, const struct kam__profit_layers *to,
                 double *restrict flags, int32_t n) {
    const double *restrict gross = tile->gross, *restrict net = tile->net;
    const double *restrict direct = tile->direct;
    const double *restrict margin = tile->margin;
    const double *restrict left = tile->contribution;
    const double any = to->any, cost = to->cost;
    const double serve = to->service, ratio = to->ratio;
    for (int32_t i = 0; i < n; i++) {
        const double g = known(gross[i]), d = known(direct[i]);
        const double u = known(net[i]), v = known(margin[i]);
        const double nothing = net[i] <= 0 ? ratio : 0.0;
        const double missing = any * (1 - g) + cost * (1 - d);
        const double wrong = any * (g - u) + cost * (u * d - v) +
                             serve * (v - known(left[i])) + nothing;
        const double bit = missing > 0 ? 1.0 * KAM_ROW_MISSING : 0.0;
        const double other = wrong > 0 ? 1.0 * KAM_ROW_DOMAIN : 0.0;
        flags[i] = bit + other;
    }
}

static double *or_else(double *out, int64_t first, double *unwanted) {
    return out ? out + first : unwanted;
}

void kam__profit_rows(const struct kam__profit_layers *to, int64_t first,
                      int32_t n) {
    const kam_accounts *const a = &to->accounts;
    const kam_profit_out *const out = &to->out;
    double in[4][KAM__TILE], unwanted[5][KAM__TILE], flags[KAM__TILE];
    const struct tile tile = {kam__gather(&a->gross_revenue, first, n, in[0]),
                              kam__gather(&a->returns, first, n, in[1]),
                              kam__gather(&a->direct_cost, first, n, in[2]),
                              kam__gather(&a->service_cost, first, n, in[3]),
                              or_else(out->net_revenue, first, unwanted[0]),
                              or_else(out->gross_margin, first, unwanted[1]),
                              or_else(out->contribution, first, unwanted[2]),
                              or_else(out->gross_margin_ratio, first,
                                      unwanted[3]),
                              or_else(out->contribution_ratio, first,
                                      unwanted[4])};
    lay(tile.gross, tile.returns, tile.direct, tile.service, tile.net,
        tile.margin, tile.contribution, n);
    if (to->ratio)
        divide(tile.margin_ratio, tile.contribution_ratio, tile.margin,
               tile.contribution, tile.net, n);
    if (out->row_flags) flag(&tile, to, flags, n);
    for (int32_t i = 0; out->row_flags && i < n; i++)
        out->row_flags[first + i] |= (uint32_t)(int32_t)flags[i];
}

static void find_wanted(struct kam__profit_layers *to) {
    const kam_profit_out *const out = &to->out;
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
                             const kam_profit_out *out, kam_diag *diag) {
    memset(to, 0, sizeof *to);
    kam_status status =
        kam__sized_read(&to->accounts, sizeof to->accounts, accounts,
                        ACCOUNTS_FIRST_VERSION, "accounts", diag);
    if (status == KAM_OK) status = check_columns(&to->accounts, diag);
    if (status == KAM_OK)
        status = kam__sized_read(&to->out, sizeof to->out, out,
                                 OUT_FIRST_VERSION, "out", diag);
    find_wanted(to);
    return status;
}

static void layer_rows(void *context, int64_t first, int32_t n) {
    const struct kam__profit_layers *const to = context;
    if (to->out.row_flags)
        memset(to->out.row_flags + first, 0,
               (size_t)n * sizeof *to->out.row_flags);
    kam__profit_rows(to, first, n);
}

kam_status kam_profit_layers(const kam_accounts *accounts, const kam_host *host,
                             const kam_profit_out *out, kam_diag *diag) {
    kam_host lent;
    struct kam__profit_layers to;
    kam_status status = kam__profit_begin(&to, accounts, out, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status = kam__for_rows(&lent, to.accounts.n_rows, layer_rows, &to, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}
