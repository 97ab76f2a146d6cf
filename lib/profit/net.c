/* SPDX-License-Identifier: MIT */
/* The last layers of an account's profit (P1), and who is served too much (P4). */
#include <kam/profit.h>

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "math/exact.h"
#include "math/extent.h"

struct ratio {
    const kam_column *layer, *taken, *net_revenue;
    double *left, *ratio;
    uint32_t *row_flags;
};

static void divide_rows(void *context, int64_t first, int32_t n) {
    const struct ratio *const to = context;
    for (int64_t row = first; row < first + n; row++) {
        const double layer = kam__number_at(to->layer, row);
        const double taken = to->taken ? kam__number_at(to->taken, row) : 0;
        const double revenue = kam__number_at(to->net_revenue, row);
        const double left = layer - taken;
        uint32_t flags = 0;
        if (left != left || revenue != revenue) flags = KAM_ROW_MISSING;
        if (revenue <= 0 || isinf(left) || isinf(revenue))
            flags |= KAM_ROW_DOMAIN;
        if (to->left) to->left[row] = isinf(left) ? (double)NAN : left;
        if (to->ratio) to->ratio[row] = flags ? (double)NAN : left / revenue;
        if (to->row_flags) to->row_flags[row] = flags;
    }
}

static kam_status check_ratio(const struct ratio *to, const char *layer,
                              int64_t n_rows, kam_diag *diag) {
    if (n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                         "n_rows is {value}.");
    if (!to->layer || !to->net_revenue)
        return kam__fail(diag, KAM_ERR_NULL, to->layer ? "net_revenue" : layer,
                         -1, (double)NAN, "");
    kam_status status =
        kam__column_check(to->layer, n_rows, KAM__NUMBERS, 0, layer, diag);
    if (status == KAM_OK)
        status = kam__column_check(to->taken, n_rows, KAM__NUMBERS, 0,
                                   "shared_cost", diag);
    if (status == KAM_OK)
        status = kam__column_check(to->net_revenue, n_rows, KAM__NUMBERS, 0,
                                   "net_revenue", diag);
    return status;
}

static kam_status divide(struct ratio *to, const char *layer, int64_t n_rows,
                         const kam_host *host, kam_diag *diag) {
    kam_host lent;
    kam_status status = check_ratio(to, layer, n_rows, diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    status = kam__for_rows(&lent, n_rows, divide_rows, to, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

kam_status kam_profit_net(const kam_column *contribution,
                          const kam_column *shared_cost,
                          const kam_column *net_revenue, int64_t n_rows,
                          const kam_host *host, double *net_profit,
                          double *ratio, uint32_t *row_flags, kam_diag *diag) {
    struct ratio to = {contribution, shared_cost, net_revenue,
                       net_profit,   ratio,       row_flags};
    if (!shared_cost)
        return kam__fail(diag, KAM_ERR_NULL, "shared_cost", -1, (double)NAN,
                         "");
    return divide(&to, "contribution", n_rows, host, diag);
}

kam_status kam_profit_ratio(const kam_column *layer,
                            const kam_column *net_revenue, int64_t n_rows,
                            const kam_host *host, double *ratio,
                            uint32_t *row_flags, kam_diag *diag) {
    struct ratio to = {.layer = layer,
                       .net_revenue = net_revenue,
                       .ratio = ratio,
                       .row_flags = row_flags};
    return divide(&to, "layer", n_rows, host, diag);
}

/* ---- P4 ---- */

/* The sum of a column; KAM_ERR_EMPTY unless it is above 0. */
static kam_status total_of(const kam_column *column, int64_t n_rows,
                           const char *argument, double *total,
                           kam_diag *diag) {
    struct kam__extent extent;
    kam_sum sum = {0, 0};
    kam__extent_of(column, n_rows, &extent);
    if (extent.first_infinite >= 0)
        return kam__fail(diag, KAM_ERR_OVERFLOW, argument,
                         extent.first_infinite,
                         kam__number_at(column, extent.first_infinite),
                         "Row {row} has {value}.");
    const struct kam__scaling scaling =
        kam__scaling_of(extent.largest, KAM__SUM_BITS);
    for (int64_t i = 0; i < n_rows; i++) {
        const double x = kam__number_at(column, i);
        if (x != x) continue;
        const kam_sum term = kam__exact_of(x * scaling.up);
        (void)kam__exact_add(&sum, term.low, term.high);
    }
    *total = kam_sum_value(&sum) * scaling.down;
    if (*total > 0 && !isinf(*total)) return KAM_OK;
    return kam__fail(diag, isinf(*total) ? KAM_ERR_OVERFLOW : KAM_ERR_EMPTY,
                     argument, -1, *total,
                     "The total is {value}: there are no shares of it.");
}

static kam_status check_served(const kam_column *service_cost,
                               const kam_column *contribution, int64_t n_rows,
                               kam_diag *diag) {
    if (n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                         "n_rows is {value}.");
    if (!service_cost || !contribution)
        return kam__fail(diag, KAM_ERR_NULL,
                         service_cost ? "contribution" : "service_cost", -1,
                         (double)NAN, "");
    const kam_status status =
        kam__column_check(service_cost, n_rows, KAM__NUMBERS, 0, "service_cost",
                          diag);
    if (status != KAM_OK) return status;
    return kam__column_check(contribution, n_rows, KAM__NUMBERS, 0,
                             "contribution", diag);
}

kam_status kam_profit_served_fit(const kam_column *service_cost,
                                 const kam_column *contribution, int64_t n_rows,
                                 kam_profit_served *book, kam_diag *diag) {
    kam_profit_served found = {0, 0};
    kam_status status = check_served(service_cost, contribution, n_rows, diag);
    if (status == KAM_OK && !book)
        status = kam__fail(diag, KAM_ERR_NULL, "book", -1, (double)NAN, "");
    if (status == KAM_OK)
        status = total_of(service_cost, n_rows, "service_cost",
                          &found.service_cost, diag);
    if (status == KAM_OK)
        status = total_of(contribution, n_rows, "contribution",
                          &found.contribution, diag);
    if (status != KAM_OK) return status;
    *book = found;
    return kam__ok(diag);
}

struct served {
    kam_profit_served book;
    const kam_column *service_cost, *contribution;
    double limit;
    kam_profit_served_out out;
};

static void serve_rows(void *context, int64_t first, int32_t n) {
    const struct served *const to = context;
    const kam_profit_served_out *const out = &to->out;
    for (int64_t row = first; row < first + n; row++) {
        const double cost =
            kam__number_at(to->service_cost, row) / to->book.service_cost;
        const double earned =
            kam__number_at(to->contribution, row) / to->book.contribution;
        const int known = cost == cost && earned == earned;
        const double least = earned > 0 ? earned * to->limit : 0;
        if (out->cost_share) out->cost_share[row] = cost;
        if (out->contribution_share) out->contribution_share[row] = earned;
        if (out->over_served) out->over_served[row] = known ? cost > least : -1;
        if (out->row_flags) out->row_flags[row] = known ? 0 : KAM_ROW_MISSING;
    }
}

kam_status kam_profit_over_served(
    const kam_profit_served *book, const kam_column *service_cost,
    const kam_column *contribution, int64_t n_rows, double limit,
    const kam_host *host, const kam_profit_served_out *out, kam_diag *diag) {
    kam_host lent;
    struct served to = {.service_cost = service_cost,
                        .contribution = contribution,
                        .limit = limit > 0 ? limit : 1};
    kam_status status = check_served(service_cost, contribution, n_rows, diag);
    if (status == KAM_OK && !book)
        status = kam__fail(diag, KAM_ERR_NULL, "book", -1, (double)NAN, "");
    if (status == KAM_OK && !(book->service_cost > 0 && book->contribution > 0))
        status = kam__fail(diag, KAM_ERR_OPTION, "book", -1, book->contribution,
                           "A total is not above 0.");
    if (status == KAM_OK && (!(limit >= 0) || isinf(limit)))
        status = kam__fail(diag, KAM_ERR_OPTION, "limit", -1, limit,
                           "{value} is not a finite number from 0 on.");
    if (status == KAM_OK)
        status =
            kam__sized_read(&to.out, sizeof to.out, out,
                            KAM__FIRST(kam_profit_served_out), "out", diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    to.book = *book;
    status = kam__for_rows(&lent, n_rows, serve_rows, &to, diag);
    if (status != KAM_OK) return status;
    if (to.out.defaults)
        *to.out.defaults = to.limit == 1 ? KAM_PROFIT_DEFAULT_LIMIT : 0u;
    return kam__ok(diag);
}
