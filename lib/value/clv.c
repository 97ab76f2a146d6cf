/* SPDX-License-Identifier: MIT */
/* Customer lifetime value: discounted orders x order value x margin rate. */
#include "value/clv.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/isa.h"
#include "base/memory.h"
#include "base/sized.h"
#include "math/elementary.h"
#include "value/btyd_rows.h"
#include "value/spend_model.h"

#define DAYS_PER_YEAR 365.25

kam_status kam_clv_options_init(kam_clv_options *options,
                                uint32_t struct_size) {
    const kam_clv_options ours = {sizeof ours, 0, 365, 0.10, 0.80};
    if (!options) return KAM_ERR_NULL;
    options->struct_size = struct_size;
    return kam__sized_write(options, &ours, sizeof ours, sizeof ours, "options",
                            NULL);
}

kam_status kam__clv_read_options(kam_clv_options *ours,
                                 const kam_clv_options *theirs,
                                 kam_diag *diag) {
    const kam_status status =
        theirs ? kam__sized_read(ours, sizeof *ours, theirs, sizeof *ours,
                                 "options", diag)
               : kam_clv_options_init(ours, sizeof *ours);
    if (status != KAM_OK) return status;
    if (!(ours->horizon_days > 0))
        return kam__fail(diag, KAM_ERR_OPTION, "options.horizon_days", -1,
                         ours->horizon_days, "{value} days are no horizon.");
    if (!(ours->discount_per_year >= 0 && ours->discount_per_year < INFINITY))
        return kam__fail(diag, KAM_ERR_OPTION, "options.discount_per_year", -1,
                         ours->discount_per_year,
                         "{value} is no yearly discount rate.");
    if (!(ours->interval > 0 && ours->interval < 1))
        return kam__fail(diag, KAM_ERR_OPTION, "options.interval", -1,
                         ours->interval,
                         "{value} is no probability between 0 and 1.");
    return KAM_OK;
}

static kam_status check_money(const kam_accounts *accounts, kam_diag *diag) {
    const int64_t n = accounts->n_rows;
    kam_status status =
        kam__column_check(&accounts->mean_order_value, n, KAM__NUMBERS, 0,
                          "accounts.mean_order_value", diag);
    if (status == KAM_OK)
        status = kam__column_check(&accounts->gross_revenue, n, KAM__NUMBERS, 0,
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

/* A covariance that is not known (NaN) is as good as none. */
static const double *known(const double *covariance) {
    return covariance && covariance[0] == covariance[0] ? covariance : NULL;
}

kam_status kam__clv_begin(struct kam__clv *to, const kam_btyd *orders,
                          const double *orders_covariance,
                          const kam_spend *spend,
                          const double *spend_covariance,
                          const kam_accounts *accounts,
                          const kam_clv_options *options, int32_t isa,
                          const struct kam__clv_out *out, kam_diag *diag) {
    kam_status status;
    memset(to, 0, sizeof *to);
    to->family = kam__btyd_read_model(orders, &status, diag);
    if (!to->family) return status;
    if (!kam__spend_read_model(spend, &status, diag)) return status;
    status = kam__btyd_read_accounts(&to->accounts, accounts, diag);
    if (status == KAM_OK) status = check_money(&to->accounts, diag);
    if (status != KAM_OK) return status;
    to->orders = orders->parameter;
    to->spend = spend->parameter;
    to->orders_covariance = known(orders_covariance);
    to->spend_covariance = known(spend_covariance);
    to->horizon = options->horizon_days / orders->period_days;
    to->discount = kam__log1p(options->discount_per_year) *
                   (orders->period_days / DAYS_PER_YEAR);
    to->interval = options->interval;
    to->isa = isa;
    to->out = *out;
    return KAM_OK;
}

/* What is left of a unit of gross revenue. Costs are known only when the direct
 * cost is: without it the value is of revenue. */
static double margin_rate(double gross, double returns, double direct,
                          double service, uint32_t *flag) {
    if (gross != gross || direct != direct) {
        *flag |= KAM_ROW_ON_REVENUE;
        return 1;
    }
    if (!(gross > 0 && gross <= DBL_MAX)) {
        *flag |= KAM_ROW_DOMAIN;
        return NAN;
    }
    const double back = returns == returns ? returns : 0;
    const double effort = service == service ? service : 0;
    const double rate = (gross - back - direct - effort) / gross;
    if (!(fabs(rate) <= DBL_MAX)) *flag |= KAM_ROW_DOMAIN;
    return fabs(rate) <= DBL_MAX ? rate : (double)NAN;
}

struct money {
    const double *m, *gross, *returns, *direct, *service;
    double tile[5][KAM__TILE];
};

static void load_money(const kam_accounts *a, int64_t first, int32_t n,
                       struct money *money) {
    money->m = kam__gather(&a->mean_order_value, first, n, money->tile[0]);
    money->gross = kam__gather(&a->gross_revenue, first, n, money->tile[1]);
    money->returns = kam__gather(&a->returns, first, n, money->tile[2]);
    money->direct = kam__gather(&a->direct_cost, first, n, money->tile[3]);
    money->service = kam__gather(&a->service_cost, first, n, money->tile[4]);
}

/* The interval of a row whose value is finite, on margin. */
static void write_interval(const struct kam__clv *to,
                           const struct kam__btyd_rows *rows, int32_t i,
                           int64_t row, double m, double rate, int answered) {
    double low = NAN, high = NAN;
    if (!to->out.low && !to->out.high) return;
    if (answered)
        kam__clv_interval_row(to, rows->x[i], rows->t_x[i], rows->T[i], m, &low,
                              &high);
    if (to->out.low) to->out.low[row] = rate < 0 ? high * rate : low * rate;
    if (to->out.high) to->out.high[row] = rate < 0 ? low * rate : high * rate;
}

void kam__clv_rows(const struct kam__clv *to, int64_t first, int32_t n) {
    struct kam__btyd_rows rows;
    struct money money;
    double orders[KAM__TILE];
    const struct kam__btyd_tile tile =
        kam__btyd_load(&to->accounts, first, n, to->isa, &rows);
    load_money(&to->accounts, first, n, &money);
    to->family->discounted(to->family, to->orders, &tile, to->horizon,
                           to->discount, orders);
    for (int32_t i = 0; i < n; i++) {
        uint32_t flag = rows.flag[i];
        const uint32_t spends = kam__spend_flag(rows.x[i], money.m[i]);
        if (!flag) flag = spends;
        const int usable = !(flag & (KAM_ROW_MISSING | KAM_ROW_DOMAIN));
        const double rate =
            margin_rate(money.gross[i], money.returns[i], money.direct[i],
                        money.service[i], &flag);
        const double mean =
            usable ? kam__spend_mean(to->spend, rows.x[i], money.m[i]) : 0;
        const double value =
            usable ? orders[i] * mean * rate : (double)NAN;
        const int infinite = usable && !(orders[i] * mean <= DBL_MAX);
        if (infinite) flag |= KAM_ROW_INFINITE;
        if (to->out.value) to->out.value[first + i] = value;
        write_interval(to, &rows, i, first + i, money.m[i], rate,
                       usable && !infinite && rate == rate);
        if (to->out.row_flags) to->out.row_flags[first + i] |= flag;
    }
}

static void value_rows(void *context, int64_t first, int32_t n) {
    const struct kam__clv *const to = context;
    if (to->out.row_flags)
        memset(to->out.row_flags + first, 0,
               (size_t)n * sizeof *to->out.row_flags);
    kam__clv_rows(to, first, n);
}

static kam_status value_accounts(const kam_btyd *orders,
                                 const double *orders_covariance,
                                 const kam_spend *spend,
                                 const double *spend_covariance,
                                 const kam_accounts *accounts,
                                 const kam_clv_options *options,
                                 const kam_host *host,
                                 const struct kam__clv_out *out,
                                 kam_diag *diag) {
    kam_clv_options ours;
    kam_host lent;
    struct kam__clv to;
    kam_status status = kam__clv_read_options(&ours, options, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status == KAM_OK)
        status = kam__clv_begin(&to, orders, orders_covariance, spend,
                                spend_covariance, accounts, &ours, KAM_ISA_BASE,
                                out, diag);
    if (status != KAM_OK) return status;
    to.isa = kam__isa_level(&lent, to.accounts.n_rows);
    status = kam__for_rows(&lent, to.accounts.n_rows, value_rows, &to, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

kam_status kam_clv_value(const kam_btyd *orders, const kam_spend *spend,
                         const kam_accounts *accounts,
                         const kam_clv_options *options, const kam_host *host,
                         double *value, uint32_t *row_flags, kam_diag *diag) {
    const struct kam__clv_out out = {value, NULL, NULL, row_flags};
    if (!value) return kam__fail(diag, KAM_ERR_NULL, "value", -1, NAN, "");
    return value_accounts(orders, NULL, spend, NULL, accounts, options, host,
                          &out, diag);
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
    return value_accounts(orders, orders_covariance, spend, spend_covariance,
                          accounts, options, host, &out, diag);
}
