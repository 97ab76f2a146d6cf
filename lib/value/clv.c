/* SPDX-License-Identifier: MIT */
/* Lifetime value: checks, margins, and the product. The interval around it is
 * in clv_interval.c; formulas: docs/models/clv.md. */
#include <float.h>
#include <math.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/memory.h"
#include "base/sized.h"
#include "math/elementary.h"
#include "value/clv_tile.h"
#include "value/spend_model.h"

enum { UNUSABLE = KAM_ROW_MISSING | KAM_ROW_DOMAIN };

#define DAYS_PER_YEAR 365.25

/* Money beyond this is none; four such amounts still add up. */
#define MOST_MONEY 0x1p1021

#define USUAL_DISCOUNT 0.10
static const kam_clv_options DEFAULTS = {
    sizeof(kam_clv_options), 0, 365, USUAL_DISCOUNT, 0.80, 1, 0};

/* Of the usual rate it was found beforehand: it shows where one account is
 * asked for. */
static double log_of_rate(double per_year) {
    return per_year == USUAL_DISCOUNT ? KAM__LOG_OF_USUAL_DISCOUNT
                                      : kam__log1p(per_year);
}

kam_status kam_clv_options_init(kam_clv_options *options,
                                uint32_t struct_size) {
    return kam__sized_init(options, struct_size, &DEFAULTS, sizeof DEFAULTS,
                           KAM__FIRST(kam_clv_options));
}

static kam_status check_options(const kam_clv_options *ours, kam_diag *diag) {
    if (ours->reserved != 0)
        return kam__fail(diag, KAM_ERR_NEWER, "options.reserved", -1,
                         ours->reserved, "reserved is {value}, not 0.");
    if (!(ours->horizon_days > 0))
        return kam__fail(diag, KAM_ERR_OPTION, "options.horizon_days", -1,
                         ours->horizon_days,
                         "a horizon of {value} days is not possible: it must "
                         "be above zero.");
    if (!(ours->discount_per_year >= 0 && ours->discount_per_year < INFINITY))
        return kam__fail(diag, KAM_ERR_OPTION, "options.discount_per_year", -1,
                         ours->discount_per_year,
                         "{value} is no discount rate: it must be finite and "
                         "not below zero.");
    if (!(ours->interval > 0 && ours->interval < 1))
        return kam__fail(diag, KAM_ERR_OPTION, "options.interval", -1,
                         ours->interval,
                         "no interval holds a probability of {value}: it must "
                         "lie between 0 and 1.");
    if (!(ours->pace > 0 && ours->pace < INFINITY))
        return kam__fail(diag, KAM_ERR_OPTION, "options.pace", -1, ours->pace,
                         "no book goes on at a pace of {value}.");
    if (!(ours->pace_variance >= 0 && ours->pace_variance < INFINITY))
        return kam__fail(diag, KAM_ERR_OPTION, "options.pace_variance", -1,
                         ours->pace_variance, "{value} is no variance.");
    return KAM_OK;
}

kam_status kam__clv_read_options(kam_clv_options *ours,
                                 const kam_clv_options *theirs,
                                 kam_diag *diag) {
    *ours = DEFAULTS;
    if (!theirs) return KAM_OK;
    const kam_status status =
        kam__sized_read(ours, sizeof *ours, theirs, KAM__FIRST(kam_clv_options),
                        "options", diag);
    if (ours->pace == 0) ours->pace = 1;
    return status == KAM_OK ? check_options(ours, diag) : status;
}

static kam_status check_columns(const kam_accounts *a, kam_diag *diag) {
    const struct {
        const kam_column *column;
        const char *name;
    } columns[] = {{&a->mean_order_value, "accounts.mean_order_value"},
                   {&a->gross_revenue, "accounts.gross_revenue"},
                   {&a->returns, "accounts.returns"},
                   {&a->direct_cost, "accounts.direct_cost"},
                   {&a->service_cost, "accounts.service_cost"}};
    kam_status status = KAM_OK;
    for (int i = 0; status == KAM_OK && i < 5; i++)
        status = kam__column_check(columns[i].column, a->n_rows, KAM__NUMBERS,
                                   0, columns[i].name, diag);
    return status == KAM_OK ? kam__spend_check(a, diag) : status;
}

const double *kam__known_covariance(const double *covariance, int32_t p) {
    for (int32_t i = 0; covariance && i < p * p; i++)
        if (!(fabs(covariance[i]) <= DBL_MAX)) return NULL;
    return covariance;
}

kam_status kam__clv_begin(struct kam__clv *to, kam__family family,
                          const kam_btyd *orders,
                          const double *orders_covariance, kam__spend law,
                          const kam_spend *spend,
                          const double *spend_covariance,
                          const kam_accounts *accounts,
                          const kam_clv_options *options, int32_t isa,
                          const struct kam__clv_out *out, kam_diag *diag) {
    const kam_status status = check_columns(accounts, diag);
    if (status != KAM_OK) return status;
    to->family = family;
    to->law = law;
    to->accounts = accounts;
    to->orders = orders->parameter;
    to->spend = spend->parameter;
    const int interval = out->low || out->high;
    to->orders_covariance =
        interval
            ? kam__known_covariance(orders_covariance, orders->n_parameters)
            : NULL;
    to->spend_covariance =
        interval ? kam__known_covariance(spend_covariance, spend->n_parameters)
                 : NULL;
    to->horizon = kam__clv_periods(options, orders->period_days);
    to->discount = log_of_rate(options->discount_per_year) *
                   (orders->period_days / DAYS_PER_YEAR) / options->pace;
    to->pace_variance = interval ? options->pace_variance : 0;
    to->interval = options->interval;
    to->out = *out;
    to->isa = isa;
    to->plan = kam__btyd_plan(to->family, to->orders, to->horizon, to->discount,
                              isa, accounts->n_rows, &to->room);
    return KAM_OK;
}

/* A number that is known and lies outside [lowest, MOST_MONEY]. */
static int is_no_money(double amount, double lowest) {
    return amount == amount && !(amount >= lowest && amount <= MOST_MONEY);
}

/* What is left of a unit of gross revenue; adds flags. Where revenue or direct
 * cost is not known neither is the margin: 1, and the row says so. */
static double margin_of(double gross, double returns, double direct,
                        double service, uint32_t *flag) {
    if (is_no_money(gross, 0) || is_no_money(returns, 0) ||
        is_no_money(direct, -MOST_MONEY) || is_no_money(service, -MOST_MONEY)) {
        *flag |= KAM_ROW_DOMAIN;
        return NAN;
    }
    if (gross != gross || direct != direct) {
        *flag |= KAM_ROW_ON_REVENUE;
        return 1;
    }
    const double net = gross - (returns == returns ? returns : 0);
    const double rate =
        (net - direct - (service == service ? service : 0)) / gross;
    if (!(fabs(rate) <= DBL_MAX)) *flag |= KAM_ROW_DOMAIN; /* gross is 0 */
    return rate;
}

static void read_margins(const kam_accounts *a, int64_t first,
                         struct kam__clv_tile *t) {
    double tiles[4][KAM__TILE];
    const int32_t n = t->tile.n;
    const double *const gross =
        kam__gather(&a->gross_revenue, first, n, tiles[0]);
    const double *const returns = kam__gather(&a->returns, first, n, tiles[1]);
    const double *const direct =
        kam__gather(&a->direct_cost, first, n, tiles[2]);
    const double *const service =
        kam__gather(&a->service_cost, first, n, tiles[3]);
    for (int32_t i = 0; i < n; i++)
        t->margin[i] =
            margin_of(gross[i], returns[i], direct[i], service[i], &t->flag[i]);
}

/* The history as it is read for orders, and again, raw, for order values: a row
 * lists all that is wrong with it. */
static void read_rows(const struct kam__clv *to, int64_t first,
                      const struct kam__btyd_tile *tile,
                      const struct kam__btyd_rows *rows,
                      struct kam__clv_tile *t) {
    double x_tile[KAM__TILE], m_tile[KAM__TILE];
    const kam_accounts *const a = to->accounts;
    const int32_t n = tile->n;
    t->tile = *tile;
    t->tile.plan = to->plan;
    t->rows = rows;
    const double *const x = kam__spend_orders(a, first, n, x_tile);
    const double *const m = kam__gather(&a->mean_order_value, first, n, m_tile);
    for (int32_t i = 0; i < n; i++) {
        t->x[i] = x[i];
        t->flag[i] =
            t->rows->flag[i] | kam__spend_flag(x[i], m[i], to->law->is_margin);
        t->m[i] = m[i];
    }
    /* Margins of orders are net of all costs already. */
    for (int32_t i = 0; i < n; i++) t->margin[i] = 1;
    if (!to->law->is_margin) read_margins(a, first, t);
    for (int32_t i = 0; i < n; i++)
        if (t->flag[i] & UNUSABLE) t->flag[i] &= UNUSABLE;
}

/* Orders that are nearly certain never to come may underflow to 0, but 0 times
 * infinity is infinite here; no margin at all is no value. */
static double value_of(double orders, double order_value, double margin) {
    const double revenue = orders * order_value;
    if (margin == 0 || revenue == 0) return 0;
    return (revenue == revenue ? revenue : (double)INFINITY) * margin;
}

static void value_rows(const struct kam__clv *to, struct kam__clv_tile *t) {
    to->family->discounted(to->family, to->orders, &t->tile, to->horizon,
                           to->discount, t->orders);
    for (int32_t i = 0; i < t->tile.n; i++) {
        if (t->flag[i] & UNUSABLE) {
            t->order_value[i] = t->value[i] = NAN;
            continue;
        }
        t->order_value[i] = to->law->mean(to->spend, t->x[i], t->m[i]);
        t->value[i] = value_of(t->orders[i], t->order_value[i], t->margin[i]);
        if (!(fabs(t->value[i]) <= DBL_MAX)) t->flag[i] |= KAM_ROW_INFINITE;
    }
}

void kam__clv_rows(const struct kam__clv *to, int64_t first,
                   const struct kam__btyd_tile *tile,
                   const struct kam__btyd_rows *rows) {
    struct kam__clv_tile t;
    double low[KAM__TILE], high[KAM__TILE];
    const struct kam__clv_out *const out = &to->out;
    read_rows(to, first, tile, rows, &t);
    value_rows(to, &t);
    if (out->low || out->high) kam__clv_interval_tile(to, &t, low, high);
    for (int32_t i = 0; i < tile->n; i++) {
        if (out->value) out->value[first + i] = t.value[i];
        if (out->low) out->low[first + i] = low[i];
        if (out->high) out->high[first + i] = high[i];
        if (out->row_flags) out->row_flags[first + i] |= t.flag[i];
    }
}

static void fresh_rows(void *context, int64_t first, int32_t n) {
    const struct kam__clv *const to = context;
    struct kam__btyd_rows rows;
    for (int32_t i = 0; to->out.row_flags && i < n; i++)
        to->out.row_flags[first + i] = 0;
    const struct kam__btyd_tile tile =
        kam__btyd_load(to->accounts, first, n, to->isa, &rows);
    kam__clv_rows(to, first, &tile, &rows);
}

/* Both public functions, once their outputs are known to be there. */
static kam_status ask(const kam_btyd *orders, const double *orders_covariance,
                      const kam_spend *spend, const double *spend_covariance,
                      const kam_accounts *accounts,
                      const kam_clv_options *options, const kam_host *host,
                      const struct kam__clv_out *out, kam_diag *diag) {
    struct kam__clv to;
    kam_accounts read;
    kam_clv_options ours;
    kam_host lent;
    kam_status status = kam__clv_read_options(&ours, options, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status == KAM_OK)
        status = kam__btyd_read_accounts(&read, accounts, diag);
    if (status != KAM_OK) return status;
    if (!orders || !spend)
        return kam__fail(diag, KAM_ERR_NULL, orders ? "spend" : "orders", -1,
                         NAN, "");
    const kam__family family = kam__btyd_read_model(orders, &status, diag);
    if (!family) return status;
    const kam__spend law = kam__spend_read_model(spend, &status, diag);
    if (!law) return status;
    status = kam__clv_begin(&to, family, orders, orders_covariance, law, spend,
                            spend_covariance, &read, &ours,
                            kam__isa_level(&lent, read.n_rows), out, diag);
    if (status != KAM_OK) return status;
    status = kam__for_rows(&lent, read.n_rows, fresh_rows, &to, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

kam_status kam_clv_value(const kam_btyd *orders, const kam_spend *spend,
                         const kam_accounts *accounts,
                         const kam_clv_options *options, const kam_host *host,
                         double *value, uint32_t *row_flags, kam_diag *diag) {
    const struct kam__clv_out out = {value, NULL, NULL, row_flags};
    if (!value) return kam__fail(diag, KAM_ERR_NULL, "value", -1, NAN, "");
    return ask(orders, NULL, spend, NULL, accounts, options, host, &out, diag);
}

kam_status kam_clv_interval(const kam_btyd *orders,
                            const double *orders_covariance,
                            const kam_spend *spend,
                            const double *spend_covariance,
                            const kam_accounts *accounts,
                            const kam_clv_options *options,
                            const kam_host *host, double *low, double *high,
                            uint32_t *row_flags, kam_diag *diag) {
    const struct kam__clv_out out = {NULL, low, high, row_flags};
    if (!low || !high)
        return kam__fail(diag, KAM_ERR_NULL, low ? "high" : "low", -1, NAN, "");
    return ask(orders, orders_covariance, spend, spend_covariance, accounts,
               options, host, &out, diag);
}
