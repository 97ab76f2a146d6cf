/* SPDX-License-Identifier: MIT */
/* Time-driven activity-based costing (P2): Kaplan & Anderson 2004, "Time-driven
 * activity-based costing", Harvard Business Review 82(11), 131-138. */
#include <kam/costing.h>

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/diag.h"
#include "base/memory.h"
#include "base/rows.h"
#include "base/sized.h"
#include "profit/ration.h"

enum { DEFAULT_CENTS = 100, MOST_PARTS = 1000000 };

/* What a call works with. */
struct work {
    kam_costing_model model;
    kam_costing_lines lines;
    kam_costing_out out;
    double cents; /* parts of 1 of money */
    struct kam__ration ration;
    int64_t *account_cents; /* shape (n_accounts) */
};

/* Not floor(x + 0.5), which makes odd numbers beyond 2^52 even. */
static double nearest(double x) {
    const double whole = floor(x);
    return x - whole >= 0.5 ? whole + 1 : whole;
}

static kam_status check_cents(int32_t cents, const char *argument,
                              kam_diag *diag) {
    if (cents >= 0 && cents <= MOST_PARTS) return KAM_OK;
    return kam__fail(diag, KAM_ERR_OPTION, argument, -1, cents,
                     "{value} is not from 0 to 1,000,000.");
}

static kam_status check_pools(const kam_costing_model *model, kam_diag *diag) {
    for (int32_t p = 0; p < model->n_pools; p++) {
        const kam_costing_pool *const pool = &model->pools[p];
        if (!(pool->cost >= 0) || isinf(pool->cost))
            return kam__fail(diag, KAM_ERR_OPTION, "model.pools.cost", p,
                             pool->cost,
                             "Pool {row} costs {value}, not a finite number "
                             "from 0 on.");
        if (!(pool->capacity > 0) || isinf(pool->capacity))
            return kam__fail(diag, KAM_ERR_OPTION, "model.pools.capacity", p,
                             pool->capacity,
                             "Pool {row} has a capacity of {value}, not a "
                             "finite number above 0.");
    }
    return KAM_OK;
}

static kam_status check_activities(const kam_costing_model *model,
                                   kam_diag *diag) {
    for (int32_t a = 0; a < model->n_activities; a++) {
        const kam_costing_activity *const activity = &model->activities[a];
        if (activity->pool < 0 || activity->pool >= model->n_pools)
            return kam__fail(diag, KAM_ERR_OPTION, "model.activities.pool", a,
                             activity->pool,
                             "Activity {row} takes from pool {value}, and "
                             "there is none.");
        if (activity->reserved != 0)
            return kam__fail(diag, KAM_ERR_NEWER, "model.activities.reserved",
                             a, activity->reserved,
                             "reserved is {value}, not 0.");
        if (!(activity->units_each >= 0) || isinf(activity->units_each))
            return kam__fail(diag, KAM_ERR_OPTION,
                             "model.activities.units_each", a,
                             activity->units_each,
                             "Activity {row} takes {value}, not a finite "
                             "number from 0 on.");
    }
    return KAM_OK;
}

static kam_status read_model(struct work *work, const kam_costing_model *theirs,
                             kam_diag *diag) {
    kam_costing_model *const model = &work->model;
    kam_status status =
        kam__sized_read(model, sizeof *model, theirs,
                        KAM__FIRST(kam_costing_model), "model", diag);
    if (status != KAM_OK) return status;
    if (model->n_pools < 1 || model->n_activities < 1)
        return kam__fail(
            diag, KAM_ERR_SHAPE,
            model->n_pools < 1 ? "model.n_pools" : "model.n_activities", -1,
            model->n_pools < 1 ? model->n_pools : model->n_activities,
            "There are {value}, not 1 or more.");
    if (!model->pools || !model->activities)
        return kam__fail(diag, KAM_ERR_NULL,
                         model->pools ? "model.activities" : "model.pools", -1,
                         (double)NAN, "");
    status = check_cents(model->cents, "model.cents", diag);
    if (status == KAM_OK) status = check_pools(model, diag);
    if (status == KAM_OK) status = check_activities(model, diag);
    work->cents = model->cents ? model->cents : DEFAULT_CENTS;
    return status;
}

static kam_status read_lines(kam_costing_lines *lines,
                             const kam_costing_lines *theirs, kam_diag *diag) {
    kam_status status =
        kam__sized_read(lines, sizeof *lines, theirs,
                        KAM__FIRST(kam_costing_lines), "lines", diag);
    if (status != KAM_OK) return status;
    if (lines->n_rows < 0 || lines->n_accounts < 0)
        return kam__fail(
            diag, KAM_ERR_SHAPE,
            lines->n_rows < 0 ? "lines.n_rows" : "lines.n_accounts", -1,
            (double)(lines->n_rows < 0 ? lines->n_rows : lines->n_accounts),
            "It is {value}.");
    status = kam__column_check(&lines->account, lines->n_rows, KAM__NUMBERS, 1,
                               "lines.account", diag);
    if (status == KAM_OK)
        status = kam__column_check(&lines->activity, lines->n_rows,
                                   KAM__NUMBERS, 1, "lines.activity", diag);
    if (status == KAM_OK)
        status = kam__column_check(&lines->quantity, lines->n_rows,
                                   KAM__NUMBERS, 1, "lines.quantity", diag);
    return status;
}

/* Whether x is a whole number in [0, n). */
static int is_index(double x, int64_t n) {
    return x >= 0 && x < (double)n && floor(x) == x;
}

/* The row's flags; 0 when its three numbers can be used. */
static uint32_t judge(const struct work *work, double account, double activity,
                      double quantity) {
    if (account != account || activity != activity || quantity != quantity)
        return KAM_ROW_MISSING;
    return is_index(account, work->lines.n_accounts) &&
                   is_index(activity, work->model.n_activities) &&
                   quantity >= 0 && !isinf(quantity)
               ? 0
               : KAM_ROW_DOMAIN;
}

/* Capacity that each line takes, as a claim on its pool. Returns a row whose
 * claim is beyond a double, or -1. */
static int64_t claim(struct work *work) {
    for (int64_t i = 0; i < work->lines.n_rows; i++) {
        const double activity = kam__number_at(&work->lines.activity, i);
        const double quantity = kam__number_at(&work->lines.quantity, i);
        work->ration.claim[i] = (double)NAN;
        if (judge(work, kam__number_at(&work->lines.account, i), activity,
                  quantity) != 0)
            continue;
        const kam_costing_activity *const a =
            &work->model.activities[(int32_t)activity];
        work->ration.pot[i] = a->pool;
        work->ration.claim[i] = quantity * a->units_each;
        if (isinf(work->ration.claim[i])) return i;
    }
    return -1;
}

/* Cents of cost that the used part of each pool stands for. */
static kam_status cost_of_use(struct work *work, kam_diag *diag) {
    for (int32_t p = 0; p < work->model.n_pools; p++) {
        const kam_costing_pool *const pool = &work->model.pools[p];
        const double whole = pool->cost * work->cents;
        const double used = whole * (work->ration.total[p] / pool->capacity);
        if (!(whole <= KAM__MOST_CENTS && used <= KAM__MOST_CENTS) ||
            isinf(work->ration.total[p]))
            return kam__fail(diag, KAM_ERR_OVERFLOW, "model.pools.cost", p,
                             pool->cost,
                             "Pool {row}, which costs {value}, or what is "
                             "used of it, is beyond 2^53 cents.");
        work->ration.left[p] = (int64_t)nearest(used);
    }
    return KAM_OK;
}

static void write_use(const struct work *work, const int64_t *used_cents) {
    kam_costing_use *const use = work->out.use;
    for (int32_t p = 0; p < work->model.n_pools; p++) {
        const kam_costing_pool *const pool = &work->model.pools[p];
        const double used = (double)used_cents[p];
        use[p].rate = pool->cost / pool->capacity;
        use[p].used = work->ration.total[p];
        use[p].unused = pool->capacity - work->ration.total[p];
        use[p].used_cost = used / work->cents;
        use[p].unused_cost =
            (nearest(pool->cost * work->cents) - used) / work->cents;
        use[p].n_lines = 0;
    }
    for (int64_t i = 0; i < work->ration.n; i++)
        if (work->ration.claim[i] >= 0) use[work->ration.pot[i]].n_lines++;
}

static void write_lines(const struct work *work) {
    const kam_costing_out *const out = &work->out;
    for (int64_t i = 0; i < work->lines.n_rows; i++) {
        const double account = kam__number_at(&work->lines.account, i);
        const double activity = kam__number_at(&work->lines.activity, i);
        const double quantity = kam__number_at(&work->lines.quantity, i);
        const uint32_t flags = judge(work, account, activity, quantity);
        if (out->row_flags) out->row_flags[i] = flags;
        if (out->amount)
            out->amount[i] = flags
                                 ? (double)NAN
                                 : (double)work->ration.cents[i] / work->cents;
        if (out->rate) {
            const int known = is_index(activity, work->model.n_activities);
            const kam_costing_activity *const a =
                &work->model.activities[known ? (int32_t)activity : 0];
            const kam_costing_pool *const pool = &work->model.pools[a->pool];
            out->rate[i] = known ? pool->cost / pool->capacity * a->units_each
                                 : (double)NAN;
        }
        if (!flags)
            work->account_cents[(int64_t)account] += work->ration.cents[i];
    }
    for (int64_t i = 0; out->account_cost && i < work->lines.n_accounts; i++)
        out->account_cost[i] = (double)work->account_cents[i] / work->cents;
}

/* `used_cents`, shape (n_pools), is for the work. */
static kam_status allocate(struct work *work, int64_t *used_cents,
                           kam_diag *diag) {
    const int64_t huge = claim(work);
    if (huge >= 0)
        return kam__fail(diag, KAM_ERR_OVERFLOW, "lines.quantity", huge,
                         kam__number_at(&work->lines.quantity, huge),
                         "What row {row}'s {value} takes is beyond a double.");
    kam__ration_add_up(&work->ration);
    const kam_status status = cost_of_use(work, diag);
    if (status != KAM_OK) return status;
    memcpy(used_cents, work->ration.left,
           (size_t)work->model.n_pools * sizeof *used_cents);
    kam__ration_hand_out(&work->ration);
    if (work->out.use) write_use(work, used_cents);
    write_lines(work);
    if (work->out.defaults)
        *work->out.defaults =
            work->cents == DEFAULT_CENTS ? KAM_COSTING_DEFAULT_CENTS : 0u;
    return kam__ok(diag);
}

kam_status kam_costing_allocate(const kam_costing_model *model,
                                const kam_costing_lines *lines,
                                const kam_host *host,
                                const kam_costing_out *out, kam_diag *diag) {
    kam_host lent;
    struct work work;
    memset(&work, 0, sizeof work);
    kam_status status = read_model(&work, model, diag);
    if (status == KAM_OK) status = read_lines(&work.lines, lines, diag);
    if (status == KAM_OK)
        status = kam__sized_read(&work.out, sizeof work.out, out,
                                 KAM__FIRST(kam_costing_out), "out", diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    const uint64_t n_accounts = (uint64_t)work.lines.n_accounts + 1;
    const uint64_t n_pools = (uint64_t)work.model.n_pools;
    int64_t *const used = kam__allocate(&lent, n_pools, sizeof *used);
    work.account_cents =
        kam__allocate_zero(&lent, n_accounts, sizeof *work.account_cents);
    const int failed = !used || !work.account_cents ||
                       kam__ration_new(&work.ration, &lent, work.lines.n_rows,
                                       work.model.n_pools);
    status = failed ? kam__no_memory(diag) : allocate(&work, used, diag);
    if (!failed) kam__ration_free(&work.ration, &lent);
    kam__release(&lent, work.account_cents, n_accounts,
                 sizeof *work.account_cents);
    kam__release(&lent, used, n_pools, sizeof *used);
    return status;
}

static kam_status spread(struct kam__ration *ration, double whole,
                         const kam_column *key, double cents, double *amount,
                         kam_diag *diag) {
    for (int64_t i = 0; i < ration->n; i++) {
        const double share = kam__number_at(key, i);
        ration->claim[i] = share >= 0 && !isinf(share) ? share : (double)NAN;
    }
    kam__ration_add_up(ration);
    if (!(ration->total[0] > 0))
        return kam__fail(diag, KAM_ERR_EMPTY, "key", -1, (double)NAN,
                         "No key is above 0.");
    if (isinf(ration->total[0]))
        return kam__fail(diag, KAM_ERR_OVERFLOW, "key", -1, (double)NAN, "");
    ration->left[0] = (int64_t)whole;
    kam__ration_hand_out(ration);
    for (int64_t i = 0; i < ration->n; i++)
        amount[i] = ration->claim[i] >= 0 ? (double)ration->cents[i] / cents
                                          : (double)NAN;
    return kam__ok(diag);
}

static kam_status check_spread(double total, const kam_column *key,
                               int64_t n_rows, const double *amount,
                               kam_diag *diag) {
    if (!(total >= 0) || isinf(total))
        return kam__fail(diag, KAM_ERR_OPTION, "total", -1, total,
                         "{value} is not a finite number from 0 on.");
    if (n_rows < 0)
        return kam__fail(diag, KAM_ERR_SHAPE, "n_rows", -1, (double)n_rows,
                         "n_rows is {value}.");
    if (!key || !amount)
        return kam__fail(diag, KAM_ERR_NULL, key ? "amount" : "key", -1,
                         (double)NAN, "");
    return kam__column_check(key, n_rows, KAM__NUMBERS, 0, "key", diag);
}

kam_status kam_costing_spread(double total, const kam_column *key,
                              int64_t n_rows, int32_t cents,
                              const kam_host *host, double *amount,
                              kam_diag *diag) {
    kam_host lent;
    struct kam__ration ration;
    kam_status status = check_spread(total, key, n_rows, amount, diag);
    if (status == KAM_OK) status = check_cents(cents, "cents", diag);
    if (status == KAM_OK) status = kam__host_read(&lent, host, diag);
    if (status != KAM_OK) return status;
    const double parts = cents ? cents : DEFAULT_CENTS;
    const double whole = nearest(total * parts);
    if (!(whole <= KAM__MOST_CENTS))
        return kam__fail(diag, KAM_ERR_OVERFLOW, "total", -1, total,
                         "{value} is beyond 2^53 cents.");
    if (kam__ration_new(&ration, &lent, n_rows, 1)) return kam__no_memory(diag);
    status = spread(&ration, whole, key, parts, amount, diag);
    kam__ration_free(&ration, &lent);
    return status;
}
