/* SPDX-License-Identifier: MIT */
/* What makes a key account (T4). */
#include <kam/key_account.h>
#include <kam/reason.h>
#include <kam/tier.h>

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "math/exact.h"
#include "math/extent.h"

enum { N_TESTS = 4 };

static const char ARGUMENT[N_TESTS][24] = {"rows.repeat_orders",
                                           "rows.repeat_revenue", "rows.margin",
                                           "rows.revenue"};

static const kam_key_account_options DEFAULTS = {
    .struct_size = sizeof(kam_key_account_options),
    .top_share = {0.25, 0.25, 0.25, 0.25},
    .least_repeat_orders = 2};

kam_status kam_key_account_options_init(kam_key_account_options *options,
                                        uint32_t struct_size) {
    return kam__sized_init(options, struct_size, &DEFAULTS, sizeof DEFAULTS,
                           KAM__FIRST(kam_key_account_options));
}

static kam_status read_options(kam_key_account_options *ours,
                               const kam_key_account_options *theirs,
                               kam_diag *diag) {
    *ours = DEFAULTS;
    if (!theirs) return KAM_OK;
    const kam_status status =
        kam__sized_read(ours, sizeof *ours, theirs,
                        KAM__FIRST(kam_key_account_options), "options", diag);
    if (status != KAM_OK) return status;
    for (int t = 0; t < N_TESTS; t++)
        if (!(ours->top_share[t] > 0 && ours->top_share[t] <= 1))
            return kam__fail(diag, KAM_ERR_OPTION, "options.top_share", t,
                             ours->top_share[t],
                             "Test {row}'s share is {value}, not above 0 and "
                             "at most 1.");
    if (!(ours->least_repeat_orders >= 1) || isinf(ours->least_repeat_orders))
        return kam__fail(diag, KAM_ERR_OPTION, "options.least_repeat_orders",
                         -1, ours->least_repeat_orders,
                         "{value} is not a finite number from 1 on.");
    return KAM_OK;
}

static kam_status read_rows(kam_key_account_rows *ours,
                            const kam_key_account_rows *theirs,
                            const kam_column **column, kam_diag *diag) {
    kam_status status =
        kam__sized_read(ours, sizeof *ours, theirs,
                        KAM__FIRST(kam_key_account_rows), "rows", diag);
    if (status != KAM_OK) return status;
    if (ours->n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "rows.n_rows", -1,
                         (double)ours->n_rows, "n_rows is {value}.");
    column[KAM_KEY_ACCOUNT_FREQUENCY] = &ours->repeat_orders;
    column[KAM_KEY_ACCOUNT_VOLUME] = &ours->repeat_revenue;
    column[KAM_KEY_ACCOUNT_MARGIN] = &ours->margin;
    column[KAM_KEY_ACCOUNT_SHARE] = &ours->revenue;
    for (int t = 0; t < N_TESTS && status == KAM_OK; t++)
        status = kam__column_check(column[t], ours->n_rows, KAM__NUMBERS, 0,
                                   ARGUMENT[t], diag);
    return status;
}

/* Revenue of the book; it must be above 0. */
static kam_status add_up(const kam_key_account_rows *rows, double *total,
                         kam_diag *diag) {
    struct kam__extent extent;
    kam_sum sum = {0, 0};
    kam__extent_of(&rows->revenue, rows->n_rows, &extent);
    if (extent.first_infinite >= 0)
        return kam__fail(diag, KAM_ERR_OVERFLOW, "rows.revenue",
                         extent.first_infinite,
                         kam__number_at(&rows->revenue, extent.first_infinite),
                         "Row {row}'s revenue is {value}.");
    const struct kam__scaling scaling =
        kam__scaling_of(extent.largest, KAM__SUM_BITS);
    for (int64_t i = 0; i < rows->n_rows; i++) {
        const double revenue = kam__number_at(&rows->revenue, i);
        if (revenue != revenue) continue;
        const kam_sum term = kam__exact_of(revenue * scaling.up);
        (void)kam__exact_add(&sum, term.low, term.high);
    }
    *total = kam_sum_value(&sum) * scaling.down;
    if (*total > 0 && !isinf(*total)) return KAM_OK;
    return kam__fail(diag, isinf(*total) ? KAM_ERR_OVERFLOW : KAM_ERR_EMPTY,
                     "rows.revenue", -1, *total,
                     "Total revenue is {value}: there are no shares of it.");
}

static uint32_t defaults_of(const kam_key_account_options *o) {
    uint32_t bits = 0;
    if (memcmp(o->top_share, DEFAULTS.top_share, sizeof o->top_share) == 0)
        bits |= KAM_KEY_ACCOUNT_DEFAULT_SHARES;
    if (o->least_repeat_orders == DEFAULTS.least_repeat_orders)
        bits |= KAM_KEY_ACCOUNT_DEFAULT_ORDERS;
    return bits;
}

kam_status kam_key_account_fit(const kam_key_account_options *options,
                               const kam_key_account_rows *rows,
                               const kam_host *host, kam_key_account *fitted,
                               kam_diag *diag) {
    kam_key_account_options ours;
    kam_key_account_rows view;
    const kam_column *column[N_TESTS];
    kam_status status = read_options(&ours, options, diag);
    if (status == KAM_OK) status = read_rows(&view, rows, column, diag);
    if (status != KAM_OK) return status;
    if (!fitted)
        return kam__fail(diag, KAM_ERR_NULL, "fitted", -1, (double)NAN, "");
    kam_key_account found = {.least_repeat_orders = ours.least_repeat_orders,
                             .defaults = defaults_of(&ours)};
    status = add_up(&view, &found.total, diag);
    for (int t = 0; t < N_TESTS && status == KAM_OK; t++) {
        const kam_tier_band band = {ours.top_share[t], ours.top_share[t]};
        const kam_tier_policy policy = {.struct_size = sizeof policy,
                                        .basis = KAM_TIER_BY_RANK,
                                        .n_bands = 1,
                                        .bands = &band};
        kam_tier_band limit = {0, 0};
        status = kam_tier_cutpoints(&policy, column[t], view.n_rows, host,
                                    &limit, diag);
        found.cut[t] = limit.enter;
        if (status == KAM_ERR_EMPTY)
            status = kam__fail(diag, status, ARGUMENT[t], -1, (double)NAN,
                               "None of its values is known.");
    }
    if (status != KAM_OK) return status;
    *fitted = found;
    return kam__ok(diag);
}

/* ---- testing ---- */

struct work {
    kam_key_account fitted;
    const kam_column *column[N_TESTS];
    kam_key_account_out out;
};

/* One failed test is a no, whatever is missing. */
static void test_row(const struct work *work, int64_t row) {
    const kam_key_account_out *const out = &work->out;
    const double orders =
        kam__number_at(work->column[KAM_KEY_ACCOUNT_FREQUENCY], row);
    uint32_t passed = 0;
    int failed = orders < work->fitted.least_repeat_orders, missing = 0;
    for (int t = 0; t < N_TESTS; t++) {
        const double x = kam__number_at(work->column[t], row);
        missing |= x != x;
        failed |= x < work->fitted.cut[t];
        if (x >= work->fitted.cut[t]) passed |= 1u << t;
    }
    if (out->is_key) out->is_key[row] = failed ? 0 : missing ? -1 : 1;
    if (out->passed) out->passed[row] = passed;
    if (out->share)
        out->share[row] =
            kam__number_at(work->column[KAM_KEY_ACCOUNT_SHARE], row) /
            work->fitted.total;
    if (out->row_flags) out->row_flags[row] = missing ? KAM_ROW_MISSING : 0;
}

static void test_rows(void *context, int64_t first, int32_t n) {
    for (int32_t i = 0; i < n; i++) test_row(context, first + i);
}

kam_status kam_key_account_test(const kam_key_account *fitted,
                                const kam_key_account_rows *rows,
                                const kam_host *host,
                                const kam_key_account_out *out,
                                kam_diag *diag) {
    kam_host lent;
    kam_key_account_rows view;
    struct work work;
    memset(&work, 0, sizeof work);
    if (!fitted)
        return kam__fail(diag, KAM_ERR_NULL, "fitted", -1, (double)NAN, "");
    if (!(fitted->total > 0))
        return kam__fail(diag, KAM_ERR_OPTION, "fitted.total", -1,
                         fitted->total, "{value} is not above 0.");
    kam_status status = read_rows(&view, rows, work.column, diag);
    if (status == KAM_OK)
        status = kam__sized_read(&work.out, sizeof work.out, out,
                                 KAM__FIRST(kam_key_account_out), "out", diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    work.fitted = *fitted;
    status = kam__for_rows(&lent, view.n_rows, test_rows, &work, diag);
    return status == KAM_OK ? kam__ok(diag) : status;
}

const char *kam_key_account_test_name(int32_t test, int32_t language) {
    const int zh = language == KAM_ZH;
    switch (test) {
    case KAM_KEY_ACCOUNT_FREQUENCY: return zh ? "频次" : "frequency";
    case KAM_KEY_ACCOUNT_VOLUME: return zh ? "体量" : "volume";
    case KAM_KEY_ACCOUNT_MARGIN: return zh ? "利润" : "margin";
    case KAM_KEY_ACCOUNT_SHARE: return zh ? "占比" : "share of the book";
    default: return zh ? "未知" : "unknown";
    }
}
