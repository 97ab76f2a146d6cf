/* SPDX-License-Identifier: MIT */
/* Profit of an account in layers (P1). The whale curve is in whale.c. */
#include <kam/profit.h>

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

/* Money beyond this is none; four such amounts still add up. */
#define MOST_MONEY 0x1p1021

/* A tile on its way. Flags are doubles, above 0 or not, so that all lanes are
 * of one width and the kernels below become vector code. */
struct tile {
    double gross[KAM__TILE], returns[KAM__TILE];
    double direct[KAM__TILE], service[KAM__TILE];
    double net[KAM__TILE], margin[KAM__TILE], contribution[KAM__TILE];
    double margin_ratio[KAM__TILE], contribution_ratio[KAM__TILE];
    double missing[KAM__TILE], domain[KAM__TILE];
};

/* The input where it is in range, `unknown` where it is not known, else NaN. */
static void clean(double *restrict amount, const double *restrict input,
                  double lowest, double unknown, int32_t n) {
    for (int32_t i = 0; i < n; i++) {
        const double x = input[i];
        const double from_low = x >= lowest ? x : (double)NAN;
        const double in_range = x <= MOST_MONEY ? from_low : (double)NAN;
        amount[i] = x == x ? in_range : unknown;
    }
}

/* A row is in the wrong domain when its input is known and its amount is not;
 * it is missing something when an input that nothing stands in for is NaN. */
static void flag(struct tile *restrict tile, const double *restrict input,
                 const double *restrict amount, int needed, int32_t n) {
    const double lack = needed ? 1 : 0;
    for (int32_t i = 0; i < n; i++) {
        const double known = input[i] == input[i] ? 1.0 : 0.0;
        const double usable = amount[i] == amount[i] ? 1.0 : 0.0;
        tile->missing[i] += (1 - known) * lack;
        tile->domain[i] += known * (1 - usable);
    }
}

static void add_up(struct tile *restrict tile, int32_t n) {
    for (int32_t i = 0; i < n; i++) {
        const double net = tile->gross[i] - tile->returns[i];
        const double margin = net - tile->direct[i];
        const double divisor = net > 0 ? net : (double)NAN;
        tile->net[i] = net;
        tile->margin[i] = margin;
        tile->contribution[i] = margin - tile->service[i];
        tile->margin_ratio[i] = margin / divisor;
        tile->contribution_ratio[i] = tile->contribution[i] / divisor;
    }
}

static void flag_ratio(struct tile *restrict tile, int32_t n) {
    for (int32_t i = 0; i < n; i++)
        tile->domain[i] += tile->net[i] <= 0 ? 1.0 : 0.0;
}

/* Reads one column of the tile: what it holds, and what is wrong with it. */
static void read_money(const kam_column *column, int64_t first, int32_t n,
                       double lowest, int needed, int flagged, double *amount,
                       struct tile *tile) {
    double buffer[KAM__TILE];
    const double *const input = kam__gather(column, first, n, buffer);
    clean(amount, input, lowest, needed ? (double)NAN : 0, n);
    if (flagged) flag(tile, input, amount, needed, n);
}

static void copy_out(double *out, const double *from, int64_t first,
                     int32_t n) {
    if (out) memcpy(out + first, from, (size_t)n * sizeof *out);
}

static void write_flags(uint32_t *restrict flags,
                        const struct tile *restrict tile, int32_t n) {
    for (int32_t i = 0; i < n; i++) {
        const double missing = tile->missing[i] > 0 ? KAM_ROW_MISSING : 0.0;
        const double domain = tile->domain[i] > 0 ? KAM_ROW_DOMAIN : 0.0;
        flags[i] |= (uint32_t)(int32_t)(missing + domain);
    }
}

void kam__profit_rows(const struct kam__profit_layers *to, int64_t first,
                      int32_t n) {
    const kam_accounts *const a = &to->accounts;
    const kam_profit_out *const out = &to->out;
    struct tile tile;
    memset(tile.missing, 0, sizeof tile.missing);
    memset(tile.domain, 0, sizeof tile.domain);
    read_money(&a->gross_revenue, first, n, 0, 1, to->any, tile.gross, &tile);
    read_money(&a->returns, first, n, 0, 0, to->any, tile.returns, &tile);
    read_money(&a->direct_cost, first, n, -MOST_MONEY, 1, to->cost, tile.direct,
               &tile);
    read_money(&a->service_cost, first, n, -MOST_MONEY, 0, to->service,
               tile.service, &tile);
    add_up(&tile, n);
    if (to->ratio) flag_ratio(&tile, n);
    copy_out(out->net_revenue, tile.net, first, n);
    copy_out(out->gross_margin, tile.margin, first, n);
    copy_out(out->contribution, tile.contribution, first, n);
    copy_out(out->gross_margin_ratio, tile.margin_ratio, first, n);
    copy_out(out->contribution_ratio, tile.contribution_ratio, first, n);
    if (out->row_flags) write_flags(out->row_flags + first, &tile, n);
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
